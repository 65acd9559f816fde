"""Held orders: captured, cancelled, expired."""

from collections.abc import Mapping, MutableMapping, Sequence
from uuid import UUID

from domain.book import Book, Rows
from domain.commands import CancelOrder, CaptureOrder, ExpireOrder, OrderCommand
from domain.coupon_book import CouponBook
from domain.decisions.consumption import everything, give_back, take_again
from domain.decisions.order_coupons import by_coupon, let_go, tally_use
from domain.decisions.order_coupons import capture as capture_coupons
from domain.decisions.orders import carry_out, count_order, not_in_state, order_outcome, posted
from domain.decisions.parties import Parties, uses_after
from domain.decisions.segments import follow_up
from domain.decisions.situation import Decision, Situation, coupon_book
from domain.effects.base import EffectKind
from domain.events import EventKind
from domain.holding import spend_held
from domain.ledger import Contra, Hold, Lot, TransferKind
from domain.mature import free_holds
from domain.orders import Order, OrderEffect, OrderLine, OrderState
from domain.payments import Payment, payment
from domain.posting import Cause, OpenTransfer
from domain.refusals import HoldExpired, InsufficientBalance, InvalidInput, LimitReached, NotFound
from domain.shares import released_share
from domain.undoing import given_back
from domain.usage import Usage, UsageKey
from domain.values import replace

OVER = frozenset({OrderState.HELD, OrderState.EXPIRED})
"""What can be captured: an order whose hold has run out is reserved again."""


def found(command: OrderCommand, situation: Situation) -> tuple[Order, Parties | None]:
    """Return the order, its time looked at, and the books of its member and of who pays. Raises `NotFound`."""
    order = situation.order
    if order is None or order.id != command.order_id:
        raise NotFound("There is no such order.", field=("order",))
    if command.member_id is None:
        return order.at(situation.now), None
    parties = Parties.of(command, situation)
    book = parties.buyer
    order = book.order(order.id) or order
    if order.at(situation.now) is not order:  # it reserved nothing of its member's, so nothing fell due with it
        assert order.held_until is not None, "what is held has a limit"
        book.tell(EventKind.ORDER_EXPIRED, order.held_until, order_id=order.id)
        order = order.at(situation.now)
    return order, parties


def capture(command: CaptureOrder, situation: Situation) -> Decision:
    """Return the commit of a held order or of a part of it: what that reserved is spent, what it was to earn is earned.

    The rest of what was reserved is available again. Raises `NotFound`, `OrderNotInState`, `InvalidInput`,
    `HoldExpired`, `MemberNotActive`, `NotAgent` or `LimitReached`.
    """
    order, parties = found(command, situation)
    record = situation.record
    assert record is not None, "a command about an order loads it"
    if order.state not in OVER:
        raise not_in_state(order, ("order",))
    lines = _captured(command, record.lines)
    usages = _captured_usages(situation, parties, order, record.effects, lines)
    counted = bool(order.consumed)
    pays = payment(order, lines, record.effects)
    order = replace(order, state=OrderState.COMMITTED, released=order.due_for_all - pays.due, counted=counted)
    changed = tuple(line for line in lines if line.released_quantity)
    captured = [replace(effect, amount=_captured_amount(effect, lines, pays)) for effect in record.effects]
    coupons = coupon_book(command, situation, [parties.buyer] if parties else [], Rows())
    _tally(order, lines, captured, coupons)
    if parties is None:
        capture_coupons(order, captured, coupons)
        return _decided(order, parties, lines=changed, usages=usages, rows=coupons.rows)
    parties.check_active(("order",), ("order",))
    effects = [effect for effect in captured if effect.amount]
    book = parties.buyer
    count_order(book, order)
    matured = len(book.rows.entries)
    reserved = _reserved(parties.payer, record.effects, order, pays)
    if not reserved:
        parties.authorise(order, effects, ("order",))
    book.tell(EventKind.ORDER_COMMITTED, order.occurred_at, order_id=order.id)
    capture_coupons(order, captured, coupons)
    try:
        with book.open(TransferKind.ORDER, order.occurred_at, order_id=order.id) as transfer:
            paying = parties.paying(transfer, order)
            for effect in effects:
                _carry_out(paying if effect.kind == EffectKind.SPEND else transfer, effect, reserved)
    except LimitReached as refusal:
        refusal.field = ("order",)
        raise
    follow_up(book, order.occurred_at)
    transfer_id = transfer.transfer.id if transfer.entries else None
    return _decided(replace(order, transfer_id=transfer_id), parties, matured, changed, usages)


def _captured_usages(
    situation: Situation,
    parties: Parties | None,
    order: Order,
    effects: Sequence[OrderEffect],
    lines: Sequence[OrderLine],
) -> Mapping[UsageKey, Usage]:
    """Return the uses of campaigns after a capture. Raises `HoldExpired` for what was given to others meanwhile."""
    if not order.consumed:
        return {}

    def count(uses: MutableMapping[UsageKey, Usage]) -> None:
        if not order.counted:
            take_again(uses, order, situation.program)
        give_back(uses, order, effects, lambda amount, parts: released_share(amount, lines, parts))

    return uses_after(situation, parties, count)


def _open(payer: Book, order: Order) -> dict[UUID, Hold]:
    """Return what the order still reserves, by asset."""
    return {hold.asset_id: hold for hold in payer.holds.values() if hold.order_id == order.id and hold.open}


def _captured(command: CaptureOrder, lines: Sequence[OrderLine]) -> Sequence[OrderLine]:
    """Return the lines, of each released what the command does not name. Raises `InvalidInput`."""
    if command.quantities is None:
        return lines
    held = {line.ref: line.quantity for line in lines}
    for index, (ref, count) in enumerate(command.quantities):
        if ref not in held:
            raise InvalidInput(f"The order has no line {ref!r}.", field=("lines", str(index), "ref"))
        if count > held[ref]:
            raise InvalidInput(
                f"Of line {ref!r} {held[ref]} are held, not {count}.", field=("lines", str(index), "quantity")
            )
    captured = dict(command.quantities)
    return [replace(line, released_quantity=line.quantity - captured.get(line.ref, 0)) for line in lines]


Reserved = Mapping[UUID, tuple[Hold, Sequence[tuple[Lot, int]]]]
"""The hold of each asset, and what it reserves on which lots."""


def _captured_amount(effect: OrderEffect, lines: Sequence[OrderLine], pays: Payment) -> int:
    """Return what an effect comes to with what was captured."""
    if effect.kind == EffectKind.SPEND:
        return pays.spends[effect.ordinal]
    return effect.amount - released_share(effect.amount, lines, effect.parts)


def _reserved(book: Book, effects: Sequence[OrderEffect], order: Order, pays: Payment) -> Reserved:
    """Make available again what is not captured of what the order reserved; return what stays reserved.

    It is what would have been used last, and so would not have been used had less been bought.
    """
    holds = _open(book, order)
    rest = {}
    for effect in effects:
        if effect.kind == EffectKind.SPEND and effect.asset_id in holds:
            hold, amount = holds[effect.asset_id], effect.amount - pays.spends[effect.ordinal]
            rest[hold.id] = given_back(book.parts(hold), 0, amount) if amount else []
    if freed := [(hold, rest[hold.id]) for hold in holds.values() if rest[hold.id]]:
        free_holds(book, freed, book.now)
    stays = {}
    for asset_id, hold in holds.items():
        less = {lot.id: part for lot, part in rest[hold.id]}
        parts = [(lot, part - less.get(lot.id, 0)) for lot, part in book.parts(hold)]
        stays[asset_id] = (book.holds[hold.id], [(lot, part) for lot, part in parts if part])
    return stays


def _carry_out(transfer: OpenTransfer, effect: OrderEffect, reserved: Reserved) -> None:
    if effect.kind == EffectKind.SPEND and effect.asset_id in reserved:
        hold, parts = reserved[effect.of_asset]
        spend_held(transfer, hold, parts, Contra.REDEMPTION, cause=Cause(effect.ordinal))
        return
    try:
        carry_out(transfer, effect)
    except InsufficientBalance as refusal:
        asset = transfer.book.program.asset_by_id(effect.of_asset)
        raise HoldExpired(
            f"The hold has run out. {refusal.message}", field=("order",), asset=asset.code, **refusal.facts
        ) from None


def cancel(command: CancelOrder, situation: Situation) -> Decision:
    """Return the end of a held order: what it reserved is available again. Raises `NotFound` or `OrderNotInState`."""
    order, parties = found(command, situation)
    if order.state is not OrderState.HELD:
        raise not_in_state(order, ("order",))
    usages = _given_up(situation, parties, order)
    order = replace(order, state=OrderState.CANCELLED, counted=False)
    coupons = _let_go(command, situation, parties, order)
    if parties is None:
        return _decided(order, parties, usages=usages, rows=coupons.rows)
    matured = len(parties.buyer.rows.entries)
    payer = parties.payer
    if holds := _open(payer, order):
        free_holds(payer, [(hold, payer.parts(hold)) for hold in holds.values()], situation.now)
    parties.buyer.tell(EventKind.ORDER_CANCELLED, situation.now, order_id=order.id)
    return _decided(order, parties, matured, usages=usages)


def expire(command: ExpireOrder, situation: Situation) -> Decision:
    """Return the end of a held order whose time is over; nothing for any other.

    What it took of campaigns is free again by this alone: what else matures its member has no part in their counts.
    """
    order, parties = found(command, situation)
    if order.state is not OrderState.EXPIRED:
        return _decided(order, parties)
    usages = _given_up(situation, parties, order)
    coupons = _let_go(command, situation, parties, order)
    return _decided(replace(order, counted=False), parties, usages=usages, rows=coupons.rows)


def _let_go(command: OrderCommand, situation: Situation, parties: Parties | None, order: Order) -> CouponBook:
    """Let go of the coupons that an order holds."""
    coupons = coupon_book(command, situation, [parties.buyer] if parties else [], Rows())
    let_go(order, coupons)
    return coupons


def _tally(order: Order, lines: Sequence[OrderLine], captured: Sequence[OrderEffect], coupons: CouponBook) -> None:
    """Count for their templates what the coupons that are used took off, and what the captured goods cost."""
    used = [effect for own in by_coupon(captured).values() if any(one.amount for one in own) for effect in own]
    goods = sum(line.payable for line in lines)
    share = {effect.ordinal: effect.amount for effect in used}
    tally_use(order, used, share, goods - released_share(goods, lines), coupons)


def _given_up(situation: Situation, parties: Parties | None, order: Order) -> Mapping[UsageKey, Usage]:
    """Return the uses of campaigns after an order came to nothing."""
    if not order.counted:
        return {}
    record = situation.record
    assert record is not None, "a command about an order loads it"
    return uses_after(situation, parties, lambda uses: give_back(uses, order, record.effects, everything))


def _decided(  # noqa: PLR0917  (each has a type of its own)
    order: Order,
    parties: Parties | None,
    matured: int = 0,
    lines: tuple[OrderLine, ...] = (),
    usages: Mapping[UsageKey, Usage] | None = None,
    rows: Rows | None = None,
) -> Decision:
    if parties is None:
        decision = Decision(order_outcome(order, ()), rows=rows or Rows(), lines=lines, usages=usages or {})
        decision.rows.orders[order.id] = order
        return decision
    rows = parties.buyer.rows
    rows.orders[order.id] = order
    entries = posted(order, rows.entries[matured:])
    return Decision(order_outcome(order, entries), parties.close(), rows, lines=lines, usages=usages or {})
