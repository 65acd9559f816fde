"""Held orders: captured, whole or in part, cancelled, expired."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from domain.book import Book
from domain.commands import CancelOrder, CaptureOrder, ExpireOrder, OrderCommand
from domain.decisions.orders import not_in_state, order_outcome, post_effect
from domain.decisions.situation import Decision, Situation, opened
from domain.decisions.tiers import raise_tiers
from domain.effects.base import EffectKind
from domain.events import EventKind
from domain.holding import spend_held
from domain.ledger import Contra, Hold, Lot, TransferKind
from domain.mature import free_holds
from domain.members import MemberStatus
from domain.orders import Order, OrderEffect, OrderLine, OrderState
from domain.posting import Cause, OpenTransfer
from domain.refusals import HoldExpired, InsufficientBalance, InvalidInput, LimitReached, MemberNotActive, NotFound
from domain.shares import released_share
from domain.undoing import given_back

OVER = frozenset({OrderState.HELD, OrderState.EXPIRED})
"""What can be captured: an order whose hold has run out is reserved again."""


def found(command: OrderCommand, situation: Situation) -> tuple[Order, Book | None]:
    """Return the order, its time looked at, and the book of its member. Raises `NotFound`."""
    order = situation.order
    if order is None or order.id != command.order_id:
        raise NotFound("There is no such order.", field=("order",))
    if command.member_id is None:
        return order.at(situation.now), None
    book = opened(command, situation)
    order = book.order(order.id) or order
    if order.at(situation.now) is not order:  # it reserved nothing, so nothing of its member's fell due with it
        assert order.held_until is not None, "what is held has a limit"
        book.tell(EventKind.ORDER_EXPIRED, order.held_until, order_id=order.id)
        order = order.at(situation.now)
    return order, book


def capture(command: CaptureOrder, situation: Situation) -> Decision:
    """Return the commit of a held order or of a part of it: what that reserved is spent, what it was to earn is earned.

    The rest of what was reserved is available again. Raises `NotFound`, `OrderNotInState`, `InvalidInput`,
    `HoldExpired`, `MemberNotActive` or `LimitReached`.
    """
    order, book = found(command, situation)
    record = situation.record
    assert record is not None, "a command about an order loads it"
    if order.state not in OVER:
        raise not_in_state(order, ("order",))
    lines = _captured(command, record.lines)
    order = replace(order, state=OrderState.COMMITTED, released=released_share(order.due, lines))
    changed = tuple(line for line in lines if line.released_quantity)
    if book is None:
        return _decided(order, book, lines=changed)
    if book.member.status is not MemberStatus.ACTIVE:
        status = book.member.status.value
        raise MemberNotActive(f"The member is {status.lower()}.", field=("order",), status=status)
    matured = len(book.rows.entries)
    reserved = _reserved(book, record.effects, order, lines)
    book.tell(EventKind.ORDER_COMMITTED, order.occurred_at, order_id=order.id)
    try:
        with book.open(TransferKind.ORDER, order.occurred_at, order_id=order.id) as transfer:
            for effect in record.effects:
                amount = effect.amount - released_share(effect.amount, lines)
                if amount:
                    _carry_out(transfer, replace(effect, amount=amount), reserved)
    except LimitReached as refusal:
        refusal.field = ("order",)
        raise
    raise_tiers(book, order.occurred_at)
    transfer_id = transfer.transfer.id if transfer.entries else None
    return _decided(replace(order, transfer_id=transfer_id), book, matured, changed)


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


def _reserved(book: Book, effects: Sequence[OrderEffect], order: Order, lines: Sequence[OrderLine]) -> Reserved:
    """Make available again what is not captured of what the order reserved; return what stays reserved.

    It is what would have been used last, and so would not have been used had less been bought.
    """
    holds = {hold.asset_id: hold for hold in book.holds.values() if hold.order_id == order.id and hold.open}
    rest = {}
    for effect in effects:
        if effect.kind == EffectKind.SPEND and effect.asset_id in holds:
            hold, amount = holds[effect.asset_id], released_share(effect.amount, lines)
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
        hold, parts = reserved[effect.asset_id]
        spend_held(transfer, hold, parts, Contra.REDEMPTION, cause=Cause(effect.ordinal))
        return
    try:
        post_effect(transfer, effect)
    except InsufficientBalance as refusal:
        asset = transfer.book.program.asset_by_id(effect.asset_id)
        raise HoldExpired(
            f"The hold has run out. {refusal.message}", field=("order",), asset=asset.code, **refusal.facts
        ) from None


def cancel(command: CancelOrder, situation: Situation) -> Decision:
    """Return the end of a held order: what it reserved is available again. Raises `NotFound` or `OrderNotInState`."""
    order, book = found(command, situation)
    if order.state is not OrderState.HELD:
        raise not_in_state(order, ("order",))
    order = replace(order, state=OrderState.CANCELLED)
    if book is None:
        return _decided(order, book)
    matured = len(book.rows.entries)
    holds = [hold for hold in book.holds.values() if hold.order_id == order.id and hold.open]
    if holds:
        free_holds(book, [(hold, book.parts(hold)) for hold in holds], situation.now)
    book.tell(EventKind.ORDER_CANCELLED, situation.now, order_id=order.id)
    return _decided(order, book, matured)


def expire(command: ExpireOrder, situation: Situation) -> Decision:
    """Return the end of a held order whose time is over; nothing for any other."""
    return _decided(*found(command, situation))


def _decided(order: Order, book: Book | None, matured: int = 0, lines: tuple[OrderLine, ...] = ()) -> Decision:
    if book is None:
        decision = Decision(order_outcome(order, ()), lines=lines)
        decision.rows.orders[order.id] = order
        return decision
    book.rows.orders[order.id] = order
    entries = tuple((str(entry.account_id), entry.seq) for entry in book.rows.entries[matured:])
    return Decision(order_outcome(order, entries), (book.close(),), book.rows, lines=lines)
