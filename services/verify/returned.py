"""Whether what was captured of an order, and what came back, is what its lines, its state and the ledger say."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.effects.base import LEDGER, EffectKind
from domain.ledger import Entry, EntryKind
from domain.orders import Order, OrderEffect, OrderLine, OrderReturn, OrderState
from domain.payments import overpaid, payment
from domain.shares import paid_share, released_share, returned_share

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
    pays = payment(order, lines, whole.effects)
    if overpaid(pays, order, lines, whole.effects):
        return "what pays for what was captured is not what that costs"
    released = order.due_for_all - pays.due
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
        if effect.kind not in LEDGER:
            continue
        if effect.kind == EffectKind.SPEND:
            amount = -pays.spends[effect.ordinal]
        else:
            amount = effect.amount - released_share(effect.amount, lines, effect.parts)
        due = [(effect.asset_id, effect.campaign_id, amount)] if amount else []
        if (found := posted.pop(effect.ordinal, [])) != due:
            amounts = ", ".join(str(net) for *_, net in found) or "nothing"
            return f"effect {effect.ordinal} comes to {amount}, and {amounts} was posted for this campaign and asset"
    return f"effects were posted that it has not: {list(posted)}" if posted else None


def fault_of_returned(whole: Whole) -> str | None:
    """Return what is wrong with what was given back and taken back, by each of the order's returns."""
    of_transfers: dict[Any, list[Entry]] = defaultdict(list)
    for entry in whole.entries:
        if entry.kind is EntryKind.RETURN:
            of_transfers[entry.transfer_id].append(entry)
    before = Counter[str]()
    for row in sorted(whole.returns, key=lambda one: one.ordinal):
        if any(count < 1 for count in row.quantities.values()):
            return f"return {row.ordinal} is of lines of which nothing came back"
        after = before + Counter(row.quantities)
        due = paid_share(whole.order.due, whole.lines, after) - paid_share(whole.order.due, whole.lines, before)
        if row.refund != due:
            return f"by return {row.ordinal} {row.refund} is to be paid back, not {due}"
        fault = _fault_of_effects(whole, of_transfers.pop(row.transfer_id, []), before, after)
        if fault:
            return f"by return {row.ordinal} {fault}"
        before = after
    return f"none of its returns is transfer {min(of_transfers)}" if of_transfers else None


def _fault_of_effects(
    whole: Whole, entries: Sequence[Entry], before: Mapping[str, int], after: Mapping[str, int]
) -> str | None:
    back = Counter[tuple[Any, Any, Any]]()
    for entry in entries:
        if entry.effect is not None:
            change = entry.change_available + entry.change_pending + entry.change_held
            back[entry.effect, entry.asset_id, entry.campaign_id] += change
    lines, pays = whole.lines, payment(whole.order, whole.lines, whole.effects)
    for effect in whole.effects:
        if effect.kind not in LEDGER:
            continue
        if effect.kind == EffectKind.SPEND:
            paid = pays.spends[effect.ordinal]
            due = paid_share(paid, lines, after) - paid_share(paid, lines, before)
        else:
            due = returned_share(effect.amount, lines, before, effect.parts)
            due -= returned_share(effect.amount, lines, after, effect.parts)
        came = back.pop((effect.ordinal, effect.asset_id, effect.campaign_id), 0)
        if came != due:
            return f"of effect {effect.ordinal} {came} came back, not {due}"
    return f"effects come back that it has not: {sorted(ordinal for ordinal, *_ in back)}" if back else None
