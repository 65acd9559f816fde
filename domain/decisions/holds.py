"""Held orders: captured, cancelled, expired."""

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
from domain.ledger import Contra, Hold, TransferKind
from domain.mature import free_holds
from domain.members import MemberStatus
from domain.orders import Order, OrderEffect, OrderState
from domain.posting import Cause, OpenTransfer
from domain.refusals import HoldExpired, InsufficientBalance, LimitReached, MemberNotActive, NotFound

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
    """Return the commit of a held order: what it reserved is spent, what it was to earn is earned.

    Raises `NotFound`, `OrderNotInState`, `HoldExpired`, `MemberNotActive` or `LimitReached`.
    """
    order, book = found(command, situation)
    record = situation.record
    assert record is not None, "a command about an order loads it"
    if order.state not in OVER:
        raise not_in_state(order, ("order",))
    if book is None:
        return _decided(replace(order, state=OrderState.COMMITTED), book)
    if book.member.status is not MemberStatus.ACTIVE:
        status = book.member.status.value
        raise MemberNotActive(f"The member is {status.lower()}.", field=("order",), status=status)
    holds = {hold.asset_id: hold for hold in book.holds.values() if hold.order_id == order.id and hold.open}
    matured = len(book.rows.entries)
    book.tell(EventKind.ORDER_COMMITTED, order.occurred_at, order_id=order.id)
    try:
        with book.open(TransferKind.ORDER, order.occurred_at, order_id=order.id) as transfer:
            for effect in record.effects:
                _carry_out(transfer, effect, holds)
    except LimitReached as refusal:
        refusal.field = ("order",)
        raise
    raise_tiers(book, order.occurred_at)
    transfer_id = transfer.transfer.id if transfer.entries else None
    return _decided(replace(order, state=OrderState.COMMITTED, transfer_id=transfer_id), book, matured)


def _carry_out(transfer: OpenTransfer, effect: OrderEffect, holds: dict[UUID, Hold]) -> None:
    hold = holds.get(effect.asset_id) if effect.kind == EffectKind.SPEND else None
    if hold is not None:
        parts = transfer.book.parts(hold)
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
        free_holds(book, holds, situation.now)
    book.tell(EventKind.ORDER_CANCELLED, situation.now, order_id=order.id)
    return _decided(order, book, matured)


def expire(command: ExpireOrder, situation: Situation) -> Decision:
    """Return the end of a held order whose time is over; nothing for any other."""
    return _decided(*found(command, situation))


def _decided(order: Order, book: Book | None, matured: int = 0) -> Decision:
    if book is None:
        decision = Decision(order_outcome(order, ()))
        decision.rows.orders[order.id] = order
        return decision
    book.rows.orders[order.id] = order
    entries = tuple((str(entry.account_id), entry.seq) for entry in book.rows.entries[matured:])
    return Decision(order_outcome(order, entries), (book.close(),), book.rows)
