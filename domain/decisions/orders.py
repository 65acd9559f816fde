"""Orders: committed and held."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from domain.book import Book, Rows
from domain.commands import CommitOrder, HoldOrder
from domain.coupon_book import CouponBook
from domain.coupons import Choice, UsedCoupon
from domain.decisions.consumption import take
from domain.decisions.facts import member_facts
from domain.decisions.given_coupons import give_coupons
from domain.decisions.order_coupons import check_applied, offers_of, reserve, tally_use
from domain.decisions.order_rows import effect_rows, line_rows, order_row
from domain.decisions.parties import Parties
from domain.decisions.segments import follow_up
from domain.decisions.situation import Decision, Situation, coupon_book
from domain.decisions.tags import set_tag
from domain.effects.base import EffectKind
from domain.evaluate import evaluate
from domain.events import EventKind
from domain.holding import set_aside
from domain.ledger import Contra, Entry, EntryKind, TransferKind
from domain.orders import Order, OrderContent, OrderEffect, OrderLine, OrderState
from domain.posting import Cause, OpenTransfer
from domain.refusals import (
    DuplicateOrder,
    InsufficientBalance,
    InvalidInput,
    LimitReached,
    OrderNotInState,
    Refusal,
)
from domain.usage import Usage, UsageKey
from domain.values import replace, value

NOT_COMMITTED = frozenset({OrderState.HELD, OrderState.CANCELLED, OrderState.EXPIRED})


def commit(command: CommitOrder, situation: Situation) -> Decision:
    """Return what an order is paid with and earns, and the tiers that it raises.

    Raises `DuplicateOrder`, `OrderNotInState`, `MemberNotActive`, `NotAgent`, `InsufficientBalance`, `LimitReached`
    or `InvalidInput`.
    """
    if situation.order is not None:
        return _same_again(command, situation.order, situation)
    evaluated = _evaluated(command, situation)
    parties, order = evaluated.parties, evaluated.order
    _tally(evaluated)
    if parties is None:
        evaluated.reserve(order, situation)
        return _decision(evaluated, order)
    book = parties.buyer
    matured = len(book.rows.entries)
    count_order(book, order)
    try:
        book.tell(EventKind.ORDER_COMMITTED, order.occurred_at, order_id=order.id)
        evaluated.reserve(order, situation)
        with book.open(TransferKind.ORDER, order.occurred_at, order_id=order.id) as transfer:
            paying = parties.paying(transfer, order)
            for effect in evaluated.effects:
                carry_out(paying if effect.kind == EffectKind.SPEND else transfer, effect)
    except (LimitReached, InsufficientBalance) as refusal:
        refusal.field = _blamed(refusal)
        raise
    follow_up(book, order.occurred_at)
    transfer_id = transfer.transfer.id if transfer.entries else None
    return _decision(evaluated, replace(order, transfer_id=transfer_id), matured)


def hold(command: HoldOrder, situation: Situation) -> Decision:
    """Return what an order reserves of what it is to be paid with. What it is to earn is written down, not posted.

    Raises what `commit` does.
    """
    if situation.order is not None:
        return _same_again(command, situation.order, situation)
    evaluated = _evaluated(command, situation)
    until = situation.now + timedelta(seconds=command.seconds)
    order = replace(evaluated.order, state=OrderState.HELD, held_until=until)
    parties = evaluated.parties
    if parties is None:
        evaluated.reserve(order, situation)
        return _decision(evaluated, order)
    book = parties.buyer
    matured = len(book.rows.entries)
    try:
        book.tell(EventKind.ORDER_HELD, order.occurred_at, order_id=order.id)
        evaluated.reserve(order, situation)
        with book.open(TransferKind.HOLD, situation.now, order_id=order.id) as transfer:
            paying = parties.paying(transfer, order)
            for effect in evaluated.effects:
                if effect.kind == EffectKind.SPEND:
                    asset = book.program.asset_by_id(effect.of_asset)
                    set_aside(paying, asset, effect.amount, order.id, until, cause=Cause(effect.ordinal))
    except InsufficientBalance as refusal:
        refusal.field = _blamed(refusal)
        raise
    return _decision(evaluated, order, matured)


@value
class _Evaluated:
    """An order as it would be stored, and the books of its member and of who pays; a guest's has none."""

    order: Order
    lines: tuple[OrderLine, ...]
    effects: tuple[OrderEffect, ...]
    parties: Parties | None
    usages: dict[UsageKey, Usage]
    coupons: CouponBook
    used: tuple[UsedCoupon, ...]
    choice: Choice | None

    def reserve(self, order: Order, situation: Situation) -> None:
        """Let the order hold its coupons, or use them."""
        reserve(order, self.used, situation, self.coupons, self.parties.buyer if self.parties else None)


def _evaluated(command: CommitOrder, situation: Situation) -> _Evaluated:
    content, now = command.content, situation.now
    occurred_at = content.occurred_at or now
    parties = None
    member = None
    if content.member_id is not None:
        parties = Parties.of(command, situation)
        parties.check_active(("order", "member"), ("order", "payer"))
        member = member_facts(parties.buyer)
    elif content.spend:
        raise InvalidInput("Only members have balances to pay with; the order names none.", field=("order", "spend"))
    coupons = coupon_book(command, situation, [parties.buyer] if parties else [], Rows())
    offers = offers_of(command, situation, coupons)
    try:
        evaluation = evaluate(
            situation.program,
            content,
            occurred_at=occurred_at,
            recorded_at=now,
            member=member,
            usages=situation.usages,
            coupons=offers,
        )
    except LimitReached as refusal:
        refusal.field = _blamed(refusal)
        raise
    check_applied(command, evaluation)
    order = order_row(command, situation, evaluation)
    effects = effect_rows(order, evaluation.effects)
    if parties is not None:
        parties.authorise(order, effects, ("order", "payer"))
    usages: dict[UsageKey, Usage] = {}
    if evaluation.consumed:
        book = parties.buyer if parties else None
        usages = book.rows.usages if book else dict(situation.usages)
        take(book.usages if book else usages, order.program_id, order.member_id, evaluation.consumed)
    lines = line_rows(order, content, evaluation)
    return _Evaluated(order, lines, effects, parties, usages, coupons, evaluation.coupons, evaluation.choice)


def _tally(evaluated: _Evaluated) -> None:
    """Count for their templates what the coupons of a committed order took off, and what its goods cost."""
    share = {effect.ordinal: effect.amount for effect in evaluated.effects}
    goods = sum(line.payable for line in evaluated.lines)
    tally_use(evaluated.order, evaluated.effects, share, goods, evaluated.coupons)


def _blamed(refusal: Refusal) -> tuple[str, ...]:
    return ("order", "spend" if isinstance(refusal, InsufficientBalance) else "lines")


def count_order(book: Book, order: Order) -> None:
    """Count one more order of the member."""
    last = max(order.occurred_at, book.member.last_order_at or order.occurred_at)
    book.member = replace(book.member, orders=book.member.orders + 1, last_order_at=last)


def carry_out(transfer: OpenTransfer, effect: OrderEffect) -> None:
    """Carry an effect out: on the ledger, or on the member. Raises `InsufficientBalance` or `LimitReached`."""
    if effect.kind == EffectKind.TAG:
        book = transfer.book
        set_tag(book, str(effect.facts["tag"]), f"order:{effect.order_id}")
    if effect.kind == EffectKind.ISSUE_COUPON:
        give_coupons(transfer.book, effect, effect.order_id, count=effect.amount)
    if effect.asset_id is None:
        return  # the order itself tells of discounts and gifts
    asset = transfer.book.program.asset_by_id(effect.asset_id)
    cause = Cause(effect.ordinal, effect.campaign_id)
    if effect.kind == EffectKind.SPEND:
        transfer.debit(asset, effect.amount, EntryKind.SPEND, Contra.REDEMPTION, cause=cause)
    else:
        transfer.credit(asset, effect.amount, EntryKind.EARN, Contra.ISSUANCE, cause=cause)


def _decision(evaluated: _Evaluated, order: Order, matured: int = 0) -> Decision:
    """Return the decision; the entries before `matured` are not the order's."""
    parties = evaluated.parties
    rows = evaluated.coupons.rows
    rows.orders[order.id] = order
    entries = posted(order, rows.entries[matured:])
    return Decision(
        order_outcome(order, entries),
        parties.close() if parties else (),
        rows,
        lines=evaluated.lines,
        effects=evaluated.effects,
        usages=evaluated.usages,
        choice=evaluated.choice,
    )


def posted(order: Order, entries: Sequence[Entry]) -> tuple[tuple[str, int], ...]:
    """Return (account, seq) of the entries that are the order's; what the tier gave that it raised is not."""
    return tuple((str(entry.account_id), entry.seq) for entry in entries if entry.order_id == order.id)


def _same_again(command: CommitOrder, order: Order, situation: Situation) -> Decision:
    """Answer a known (source, external id): the first order when the content is the same, else a refusal."""
    if order.content_hash != command.content.hash():
        raise duplicate(command.content, order.id, ("order",))
    state = order.at(situation.now).state
    again = state is OrderState.HELD if isinstance(command, HoldOrder) else state not in NOT_COMMITTED
    if not again:
        raise not_in_state(order.at(situation.now), ("order", "externalId"))
    entries = tuple((str(account_id), seq) for account_id, seq in situation.order_entries)
    return Decision(order_outcome(order, entries) | {"again": True})


def not_in_state(order: Order, path: tuple[str, ...]) -> OrderNotInState:
    """Return the refusal of what cannot be done in the order's state."""
    return OrderNotInState(
        f"Order {order.external_id} of {order.source} is {order.state.value.lower().replace('_', ' ')}.",
        field=path,
        state=order.state.value,
        order_id=str(order.id),
    )


def duplicate(content: OrderContent, order_id: UUID, path: tuple[str, ...]) -> DuplicateOrder:
    """Return the refusal of an order whose name another has."""
    return DuplicateOrder(
        f"Order {content.external_id} of {content.source} is known already, with other content.",
        field=(*path, "externalId"),
        order_id=str(order_id),
    )


def order_outcome(order: Order, entries: tuple[tuple[str, int], ...]) -> dict[str, Any]:
    """Return what is remembered of a command about an order."""
    return {
        "order": str(order.id),
        "member": str(order.member_id) if order.member_id else None,
        "entries": [list(entry) for entry in entries],
    }
