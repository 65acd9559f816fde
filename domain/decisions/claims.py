"""Orders of guests that members claim."""

from collections.abc import Sequence
from uuid import UUID

from domain.book import Book
from domain.claim_commands import ClaimOrder
from domain.decisions.consumption import take_over
from domain.decisions.facts import member_facts
from domain.decisions.order_coupons import by_coupon
from domain.decisions.order_rows import effect_rows
from domain.decisions.orders import carry_out, count_order, not_in_state, order_outcome, posted
from domain.decisions.segments import follow_up
from domain.decisions.situation import Decision, OrderRecord, Situation, opened
from domain.decisions.values import check_active
from domain.effects.base import NAME_MEMBER, Settled
from domain.evaluate import Evaluation, evaluate
from domain.events import EventKind
from domain.explanation import kept_reasons
from domain.ledger import TransferKind
from domain.orders import LineContent, Order, OrderEffect, OrderLine, OrderState
from domain.refusals import LimitReached, NotFound, OrderClaimed
from domain.shares import Parts, released_share
from domain.usage import Usage, UsageKey
from domain.values import replace

ORDER = ("order",)


def claim(command: ClaimOrder, situation: Situation) -> Decision:
    """Return what a guest's order earns for the member who claims it, and the tiers that it raises.

    What the order costs stays as it was decided. The campaigns say what it earns, as of when it was bought; those that
    gave something then give nothing more. An order of which something came back is not claimed any more.

    Raises `NotFound`, `OrderClaimed`, `OrderNotInState`, `MemberNotActive` or `LimitReached`.
    """
    before = situation.order
    if before is None or before.id != command.order_id:
        raise NotFound("There is no such order.", field=ORDER)
    book = opened(command, situation)
    if before.member_id is not None:
        raise OrderClaimed(
            f"Order {before.external_id} of {before.source} is a member's already; an order is claimed once.",
            field=ORDER,
        )
    order = before.at(situation.now)
    if order.state is not OrderState.COMMITTED:
        raise not_in_state(order, ORDER)
    check_active(book)
    record = situation.record
    assert record is not None, "a command about an order loads it"
    try:
        evaluation = evaluate(
            situation.program,
            command.content,
            occurred_at=order.occurred_at,
            recorded_at=situation.now,
            member=member_facts(book),
            usages=situation.usages,
            settled=_settled(order, record, situation),
        )
        order = _claimed(order, record.effects, evaluation, situation, book.member.id)
        effects = effect_rows(order, evaluation.effects, len(record.effects))
        usages = _usages(book, before, order, record, effects)
        matured = len(book.rows.entries)
        count_order(book, order)
        book.tell(EventKind.ORDER_CLAIMED, situation.now, order_id=order.id)
        with book.open(TransferKind.ORDER, order.occurred_at, order_id=order.id) as transfer:
            for effect in effects:
                if amount := effect.amount - released_share(effect.amount, record.lines, effect.parts):
                    carry_out(transfer, replace(effect, amount=amount))
    except LimitReached as refusal:
        refusal.field = ORDER
        raise
    follow_up(book, order.occurred_at)
    order = replace(order, transfer_id=transfer.transfer.id if transfer.entries else None)
    book.rows.orders[order.id] = order
    entries = posted(order, book.rows.entries[matured:])
    return Decision(order_outcome(order, entries), (book.close(),), book.rows, effects=effects, usages=usages)


def _settled(order: Order, record: OrderRecord, situation: Situation) -> Settled:
    lines = tuple((_content(line), line.payable, line.campaign_id is not None) for line in record.lines)
    # What was held and not captured was not given: a gift that was never delivered takes no group.
    gave = [one for one in record.effects if one.amount > released_share(one.amount, record.lines, one.parts)]
    campaigns = frozenset(effect.campaign_id for effect in gave if effect.campaign_id)
    versions = {effect.campaign_version_id for effect in gave}
    groups = {group: given for group, given in record.groups.items() if given[0] in versions}
    coupons = [situation.coupons[coupon_id] for coupon_id in by_coupon(gave) if coupon_id in situation.coupons]
    named = [situation.versions.get(coupon.version_id) for coupon in coupons]
    presented = frozenset(version.code for version in named if version is not None)
    return Settled(lines, order.shipping - order.shipping_discount, campaigns, groups, presented)


def _content(line: OrderLine) -> LineContent:
    return LineContent(
        line.ref,
        line.sku,
        line.name,
        line.category,
        line.quantity,
        line.unit_price,
        tuple(sorted(line.attributes.items())),
    )


def _claimed(
    order: Order, effects: Sequence[OrderEffect], evaluation: Evaluation, situation: Situation, member_id: UUID
) -> Order:
    """Return the order as the member's. Why a campaign gave nothing is said anew where it was looked at anew."""
    again = {str(effect.version.campaign_id) for effect in evaluation.effects if effect.version}
    again.update(str(reason.campaign_id) for reason in evaluation.not_applied)
    # A campaign that gave a part before gives nothing more, and not because nobody is named.
    gave = {str(effect.campaign_id) for effect in effects if effect.campaign_id}
    reasons = [
        record
        for record in order.not_applied
        if record["campaign"] not in again and not (record["campaign"] in gave and record["remedy"] == NAME_MEMBER)
    ]
    consumed = [*order.consumed, *(one.record() for one in evaluation.consumed)]
    return replace(
        order,
        member_id=member_id,
        claimed_at=situation.now,
        not_applied=reasons + kept_reasons(evaluation.not_applied),
        consumed=consumed,
        counted=bool(consumed),
    )


def _usages(
    book: Book, before: Order, after: Order, record: OrderRecord, effects: tuple[OrderEffect, ...]
) -> dict[UsageKey, Usage]:
    """Return the uses of campaigns after the claim."""
    if not after.consumed:
        return {}

    def gone(amount: int, parts: Parts) -> int:
        return released_share(amount, record.lines, parts)

    def left(amount: int, parts: Parts) -> int:
        return amount - gone(amount, parts)

    take_over(book.usages, before, after, (*record.effects, *effects), left=left, gone=gone)
    return book.rows.usages
