"""Whether what came back of an order is what its lines, its state and the ledger say."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from domain.ledger import Entry
from domain.orders import Order, OrderEffect, OrderLine, OrderReturn, OrderState
from domain.returns import share

NOT_COMMITTED = (OrderState.HELD, OrderState.CANCELLED, OrderState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Whole:
    """An order with all that belongs to it; of its entries those of its returns."""

    order: Order
    lines: Sequence[OrderLine]
    effects: Sequence[OrderEffect]
    returns: Sequence[OrderReturn]
    entries: Sequence[Entry]


def fault_of_state(whole: Whole) -> str | None:
    """Return what is wrong with the order's state, given its lines and returns."""
    order, lines, returns = whole.order, whole.lines, whole.returns
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
    back = sum(line.returned_quantity for line in lines)
    if order.state in NOT_COMMITTED:
        held = order.held_until is not None and order.transfer_id is None
        state = order.state if held and not back else None
    elif not back:
        state = OrderState.COMMITTED
    elif back == sum(line.quantity for line in lines):
        state = OrderState.RETURNED
    else:
        state = OrderState.PARTIALLY_RETURNED
    if order.state is not state:
        return f"it is {order.state} with {back} pieces returned; nothing in the ledger did that"
    return None


def fault_of_returned(whole: Whole) -> str | None:
    """Return what is wrong with what was given back and taken back."""
    order, lines = whole.order, whole.lines
    returned = {line.ref: line.returned_quantity for line in lines}
    refunded = sum(row.refund for row in whole.returns)
    if refunded != share(order.due, lines, returned):
        return f"{refunded} is to be paid back, not {share(order.due, lines, returned)}"
    back = Counter[int]()
    for entry in whole.entries:
        if entry.effect is not None:
            back[entry.effect] += entry.change_available + entry.change_pending + entry.change_held
    for effect in whole.effects:
        due = share(effect.amount, lines, returned)
        due = due if effect.kind == "SPEND" else -due
        if back[effect.ordinal] != due:
            return f"of effect {effect.ordinal} {back[effect.ordinal]} came back, not {due}"
    unknown = back.keys() - {effect.ordinal for effect in whole.effects}
    return f"it gives back effects that it has not: {sorted(unknown)}" if unknown else None
