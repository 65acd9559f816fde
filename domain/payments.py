"""What pays for an order of which not all was captured: together exactly what that costs.

What was to be paid in points, in stored value and outside is not rounded each by itself: three pieces for 1.00 would
then cost 1.02 in three ways of paying. Points and stored value are rounded down, to what pays a whole amount, and the
rest is paid outside; but never more than was agreed outside, so more of what pays is used in its place, the finest
first. Only when nothing finer is left, what cannot be divided pays more than is needed: by less than one step of it.
"""

from collections.abc import Mapping, Sequence
from math import gcd

from domain.effects.base import EffectKind
from domain.orders import Order, OrderEffect, OrderLine
from domain.shares import released_of, released_share, share
from domain.values import value


@value
class Payment:
    """What pays for what was captured: so much of each effect that spends, by its ordinal, and so much outside."""

    spends: Mapping[int, int]
    due: int


def payment(order: Order, lines: Sequence[OrderLine], effects: Sequence[OrderEffect]) -> Payment:
    """Return what pays, given the lines as they were captured."""
    paying = [effect for effect in effects if effect.kind == EffectKind.SPEND]
    released = released_of(lines)
    if not released:
        return Payment({effect.ordinal: effect.amount for effect in paying}, order.due_for_all)
    whole = order.payable + order.spent
    due = whole - released_share(whole, lines)
    captured = {line.ref: line.quantity - line.released_quantity for line in lines}
    spends = {}
    for effect in paying:
        step = _rate(effect)[2]
        spends[effect.ordinal] = share(effect.amount // step, lines, captured) * step
        due -= _worth(effect, spends[effect.ordinal])
    if due > order.due_for_all:
        due = _paid_in_place(paying, spends, due, order.due_for_all)
    return Payment(spends, max(due, 0))


def _paid_in_place(paying: Sequence[OrderEffect], spends: dict[int, int], due: int, most: int) -> int:
    """Let more pay so that no more than `most` is due outside; return what is, below 0 for what is paid too much."""
    finest_first = sorted(paying, key=lambda effect: _worth(effect, _rate(effect)[2]))
    for effect in finest_first:
        step = _rate(effect)[2]
        steps = min((effect.amount - spends[effect.ordinal]) // step, (due - most) // _worth(effect, step))
        spends[effect.ordinal] += steps * step
        due -= _worth(effect, steps * step)
    for effect in finest_first:
        step = _rate(effect)[2]
        if due > most and spends[effect.ordinal] < effect.amount:
            spends[effect.ordinal] += step
            due -= _worth(effect, step)
    for effect in finest_first:
        if due < 0:  # the last step was coarse: what is finer gives way to it
            step = _rate(effect)[2]
            steps = min(spends[effect.ordinal] // step, -due // _worth(effect, step))
            spends[effect.ordinal] -= steps * step
            due += _worth(effect, steps * step)
    return due


def _rate(effect: OrderEffect) -> tuple[int, int, int]:
    """Return so much of the asset pays so much, and of how much a multiple pays a whole amount."""
    amount, worth = int(str(effect.facts["payAmount"])), int(str(effect.facts["payValue"]))
    return amount, worth, amount // gcd(amount, worth)


def overpaid(payment: Payment, order: Order, lines: Sequence[OrderLine], effects: Sequence[OrderEffect]) -> bool:
    """Whether it pays less than the captured part costs, or more, though a step of something could be left out."""
    whole = order.payable + order.spent
    paying = [effect for effect in effects if effect.kind == EffectKind.SPEND]
    over = sum(_worth(effect, payment.spends[effect.ordinal]) for effect in paying) + payment.due
    over -= whole - released_share(whole, lines)
    used = [effect for effect in paying if payment.spends[effect.ordinal]]
    return over < 0 or any(_worth(effect, _rate(effect)[2]) <= over for effect in used) or 0 < payment.due <= over


def _worth(effect: OrderEffect, amount: int) -> int:
    of, worth, _ = _rate(effect)
    return amount * worth // of
