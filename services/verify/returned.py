"""Whether what was captured of an order, and what came back, is what its lines, its state and the ledger say."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from domain.ledger import Entry, EntryKind
from domain.orders import Order, OrderEffect, OrderLine, OrderReturn, OrderState
from domain.shares import released_share, returned_share

NOT_COMMITTED = (OrderState.HELD, OrderState.CANCELLED, OrderState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Whole:
    """An order with all that belongs to it; of its entries those of its returns, and if not all was captured, of it."""

    order: Order
    lines: Sequence[OrderLine]
    effects: Sequence[OrderEffect]
    returns: Sequence[OrderReturn]
    entries: Sequence[Entry]


def fault_of_state(whole: Whole) -> str | None:
    """Return what is wrong with the order's state, given its lines and returns."""
    order, lines = whole.order, whole.lines
    if fault := _fault_of_numbers(lines, whole.returns):
        return fault
    back = sum(line.returned_quantity for line in lines)
    released = sum(line.released_quantity for line in lines)
    captured = sum(line.quantity for line in lines) - released
    if released and (order.held_until is None or not captured):
        return f"{released} pieces were released and {captured} captured; no capture did that"
    if order.state in NOT_COMMITTED:
        held = order.held_until is not None and order.transfer_id is None
        state = order.state if held and not back and not released else None
    elif not back:
        state = OrderState.COMMITTED
    elif back == captured:
        state = OrderState.RETURNED
    else:
        state = OrderState.PARTIALLY_RETURNED
    if order.state is not state:
        return f"it is {order.state} with {back} pieces returned; nothing in the ledger did that"
    return None


def _fault_of_numbers(lines: Sequence[OrderLine], returns: Sequence[OrderReturn]) -> str | None:
    counted = Counter[str]()
    for row in returns:
        counted.update(row.quantities)
    for line in lines:
        if line.returned_quantity != counted.pop(line.ref, 0):
            return f"of line {line.ref!r} {line.returned_quantity} came back, and its returns say otherwise"
    if counted:
        return f"its returns name lines that it has not: {', '.join(sorted(counted))}"
    if sorted(row.ordinal for row in returns) != list(range(len(returns))):
        return "its returns are not numbered from 0"
    return None


def fault_of_captured(whole: Whole) -> str | None:
    """Return what is wrong with what falls away because it was not captured."""
    order, lines = whole.order, whole.lines
    released = released_share(order.due_for_all, lines)
    if order.released != released:
        return f"{order.released} need not be paid of it, not {released}"
    if not any(line.released_quantity for line in lines):
        return None  # `effect.entry` compares its effects with its entries
    posted = defaultdict(list)
    for entry in whole.entries:
        if entry.kind is not EntryKind.RETURN:
            net = entry.change_available + entry.change_pending + entry.change_held
            posted[entry.effect].append((entry.asset_id, entry.campaign_id, net))
    for effect in whole.effects:
        amount = effect.amount - released_share(effect.amount, lines)
        amount = -amount if effect.kind == "SPEND" else amount
        due = [(effect.asset_id, effect.campaign_id, amount)] if amount else []
        if (found := posted.pop(effect.ordinal, [])) != due:
            amounts = ", ".join(str(net) for *_, net in found) or "nothing"
            return f"effect {effect.ordinal} comes to {amount}, and {amounts} was posted for this campaign and asset"
    return f"effects were posted that it has not: {list(posted)}" if posted else None


def fault_of_returned(whole: Whole) -> str | None:
    """Return what is wrong with what was given back and taken back."""
    order, lines = whole.order, whole.lines
    returned = {line.ref: line.returned_quantity for line in lines}
    refunded = sum(row.refund for row in whole.returns)
    if refunded != returned_share(order.due_for_all, lines, returned):
        return f"{refunded} is to be paid back, not {returned_share(order.due_for_all, lines, returned)}"
    back = Counter[int]()
    for entry in whole.entries:
        if entry.effect is not None and entry.kind is EntryKind.RETURN:
            back[entry.effect] += entry.change_available + entry.change_pending + entry.change_held
    for effect in whole.effects:
        due = returned_share(effect.amount, lines, returned)
        due = due if effect.kind == "SPEND" else -due
        if back[effect.ordinal] != due:
            return f"of effect {effect.ordinal} {back[effect.ordinal]} came back, not {due}"
    unknown = back.keys() - {effect.ordinal for effect in whole.effects}
    return f"it gives back effects that it has not: {sorted(unknown)}" if unknown else None
