"""Held orders: captured, cancelled, expired."""

from dataclasses import replace
from uuid import UUID

from domain.commands import CancelOrder, CaptureOrder, ExpireOrder, OrderCommand
from domain.decisions.orders import not_in_state, order_outcome, post_effect
from domain.decisions.parties import Parties
from domain.decisions.situation import Decision, Situation
from domain.decisions.tiers import raise_tiers
from domain.effects.base import EffectKind
from domain.events import EventKind
from domain.holding import spend_held
from domain.ledger import Contra, Hold, TransferKind
from domain.mature import free_holds
from domain.orders import Order, OrderEffect, OrderState
from domain.posting import Cause, OpenTransfer
from domain.refusals import HoldExpired, InsufficientBalance, LimitReached, NotFound

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
    """Return the commit of a held order: what it reserved is spent, what it was to earn is earned.

    Raises `NotFound`, `OrderNotInState`, `HoldExpired`, `MemberNotActive`, `NotAgent` or `LimitReached`.
    """
    order, parties = found(command, situation)
    record = situation.record
    assert record is not None, "a command about an order loads it"
    if order.state not in OVER:
        raise not_in_state(order, ("order",))
    if parties is None:
        return _decided(replace(order, state=OrderState.COMMITTED), parties)
    parties.check_active(("order",), ("order",))
    book = parties.buyer
    holds = _open(parties, order)
    if not holds:
        parties.authorise(order, record.effects, ("order",))
    matured = len(book.rows.entries)
    book.tell(EventKind.ORDER_COMMITTED, order.occurred_at, order_id=order.id)
    try:
        with book.open(TransferKind.ORDER, order.occurred_at, order_id=order.id) as transfer:
            paying = parties.paying(transfer, order)
            for effect in record.effects:
                _carry_out(paying if effect.kind == EffectKind.SPEND else transfer, effect, holds)
    except LimitReached as refusal:
        refusal.field = ("order",)
        raise
    raise_tiers(book, order.occurred_at)
    transfer_id = transfer.transfer.id if transfer.entries else None
    return _decided(replace(order, state=OrderState.COMMITTED, transfer_id=transfer_id), parties, matured)


def _open(parties: Parties, order: Order) -> dict[UUID, Hold]:
    """Return what the order still reserves, by asset."""
    return {hold.asset_id: hold for hold in parties.payer.holds.values() if hold.order_id == order.id and hold.open}


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
    order, parties = found(command, situation)
    if order.state is not OrderState.HELD:
        raise not_in_state(order, ("order",))
    order = replace(order, state=OrderState.CANCELLED)
    if parties is None:
        return _decided(order, parties)
    matured = len(parties.buyer.rows.entries)
    if holds := _open(parties, order):
        free_holds(parties.payer, list(holds.values()), situation.now)
    parties.buyer.tell(EventKind.ORDER_CANCELLED, situation.now, order_id=order.id)
    return _decided(order, parties, matured)


def expire(command: ExpireOrder, situation: Situation) -> Decision:
    """Return the end of a held order whose time is over; nothing for any other."""
    return _decided(*found(command, situation))


def _decided(order: Order, parties: Parties | None, matured: int = 0) -> Decision:
    if parties is None:
        decision = Decision(order_outcome(order, ()))
        decision.rows.orders[order.id] = order
        return decision
    rows = parties.buyer.rows
    rows.orders[order.id] = order
    entries = tuple((str(entry.account_id), entry.seq) for entry in rows.entries[matured:])
    return Decision(order_outcome(order, entries), parties.close(), rows)
