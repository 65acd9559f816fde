"""Returns of lines, or of parts of them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from domain.book import Rows
from domain.commands import ReturnOrder
from domain.coupon_book import CouponBook
from domain.decisions.consumption import Share, give_back
from domain.decisions.given_coupons import counts_of, take_back
from domain.decisions.holds import found
from domain.decisions.order_coupons import by_coupon, come_back, tally_use
from domain.decisions.orders import NOT_COMMITTED, not_in_state, order_outcome
from domain.decisions.parties import uses_after
from domain.decisions.segments import enter_segments
from domain.decisions.situation import Decision, OrderRecord, Situation, coupon_book
from domain.decisions.tags import unset_tags
from domain.effects.base import EffectKind
from domain.events import EventKind
from domain.ledger import TransferKind
from domain.orders import Order, OrderLine, OrderReturn, OrderState
from domain.refusals import AlreadyReturned, InsufficientBalance, InvalidInput, LimitReached
from domain.returns import Settlement, refund
from domain.shares import Parts, released_share, returned_share
from domain.usage import Usage, UsageKey
from domain.values import replace


def return_(command: ReturnOrder, situation: Situation) -> Decision:
    """Return what came back: its share of all that the order gave and took is undone.

    Raises `NotFound`, `OrderNotInState`, `AlreadyReturned`, `InvalidInput`, `LimitReached`, and
    `InsufficientBalance` when the asset's policy refuses to let the member keep or owe what is missing.
    """
    order, parties = found(command, situation)
    record = situation.record
    assert record is not None, "a command about an order loads it"
    if order.state in NOT_COMMITTED:
        raise not_in_state(order, ("order",))
    before = {line.ref: line.returned_quantity for line in record.lines}
    quantities = _quantities(command, record.lines)
    after = {ref: count + quantities.get(ref, 0) for ref, count in before.items()}
    whole = all(after[line.ref] == line.quantity - line.released_quantity for line in record.lines)
    order = replace(order, state=OrderState.RETURNED if whole else OrderState.PARTIALLY_RETURNED)
    row = OrderReturn(
        id=command.return_id,
        order_id=order.id,
        ordinal=record.returns,
        program_id=order.program_id,
        member_id=order.member_id,
        transfer_id=None,
        quantities=quantities,
        refund=refund(order, record.lines, before, after),
        actor=command.actor,
        reason=command.reason,
        recorded_at=situation.now,
    )
    lines = tuple(
        replace(line, returned_quantity=after[line.ref]) for line in record.lines if after[line.ref] != before[line.ref]
    )
    named = {"return": str(row.id)}

    def share(amount: int, parts: Parts) -> int:
        return returned_share(amount, record.lines, after, parts) - returned_share(amount, record.lines, before, parts)

    coupons = coupon_book(command, situation, [parties.buyer] if parties else [], Rows())

    def settled() -> Mapping[UsageKey, Usage]:
        """Let coupons come back; return the uses of campaigns after that."""
        back = _coupons_back(order, record, situation, coupons, share, whole=whole)
        if not order.counted:
            return {}
        return uses_after(situation, parties, lambda uses: give_back(uses, order, record.effects, share, back))

    if parties is None:
        usages = settled()
        outcome = order_outcome(order, ()) | named
        decision = Decision(outcome, rows=coupons.rows, lines=lines, returns=(row,), usages=usages)
        decision.rows.orders[order.id] = order
        return decision
    book = parties.buyer
    matured = len(book.rows.entries)
    if whole:
        book.member = replace(book.member, orders=book.member.orders - 1)
        unset_tags(book, f"order:{order.id}")
    book.tell(EventKind.ORDER_RETURNED, situation.now, order_id=order.id, details={"return": row.ordinal})
    usages = settled()
    try:
        with book.open(
            TransferKind.RETURN,
            situation.now,
            order_id=order.id,
            original_id=order.transfer_id,
            reason=command.reason,
        ) as transfer:
            Settlement(transfer, parties.paying(transfer, order), order, record, before, after).post()
    except (InsufficientBalance, LimitReached) as refusal:
        refusal.field = ("order",)
        raise
    enter_segments(book, situation.now)
    row = replace(row, transfer_id=transfer.transfer.id if transfer.entries else None)
    book.rows.orders[order.id] = order
    entries = tuple((str(entry.account_id), entry.seq) for entry in book.rows.entries[matured:])
    return Decision(
        order_outcome(order, entries) | named, parties.close(), book.rows, lines=lines, returns=(row,), usages=usages
    )


def _coupons_back(
    order: Order,
    record: OrderRecord,
    situation: Situation,
    coupons: CouponBook,
    share: Share,
    *,
    whole: bool,
) -> dict[UUID, bool]:
    """Let coupons come back, take back those that the order gave; return of which templates the uses come back."""
    effects = record.effects
    amounts = {effect.ordinal: share(effect.amount, effect.parts) for effect in effects}
    take_back(effects, amounts, order.id, coupons)
    goods = sum(line.payable for line in record.lines)
    used = [
        effect
        for own in by_coupon(effects).values()
        if any(one.amount > released_share(one.amount, record.lines, one.parts) for one in own)
        for effect in own
    ]
    tally_use(order, used, {ordinal: -amount for ordinal, amount in amounts.items()}, -share(goods, None), coupons)
    # What was given was had: its limits stay counted, whatever becomes of it.
    given = [effect for effect in effects if effect.kind == EffectKind.ISSUE_COUPON]
    back = dict.fromkeys((template for effect in given for template in counts_of(effect)), False)
    back |= dict.fromkeys(
        (one.campaign_id for own in by_coupon(effects).values() for one in own[:1] if one.campaign_id), False
    )
    return back | (come_back(order, effects, situation, coupons) if whole else {})


def _quantities(command: ReturnOrder, lines: Sequence[OrderLine]) -> dict[str, int]:
    """Return how many pieces of each line come back. Raises `AlreadyReturned` or `InvalidInput`."""
    left = {line.ref: line.quantity - line.released_quantity - line.returned_quantity for line in lines}
    if command.quantities is None:
        quantities = {ref: count for ref, count in left.items() if count}
        if not quantities:
            raise AlreadyReturned("All of the order came back before.", field=("order",), left=Decimal(0))
        return quantities
    for index, (ref, count) in enumerate(command.quantities):
        _check_left(left, ref, count, ("lines", str(index)))
    return dict(command.quantities)


def _check_left(left: Mapping[str, int], ref: str, count: int, path: tuple[str, ...]) -> None:
    if ref not in left:
        raise InvalidInput(f"The order has no line {ref!r}.", field=(*path, "ref"))
    if count > left[ref]:
        raise AlreadyReturned(
            f"Of line {ref!r} {left[ref]} can still come back, not {count}.",
            field=(*path, "quantity"),
            left=Decimal(left[ref]),
        )
