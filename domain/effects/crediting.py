"""What all effects have in common that credit an asset: whether they can, and what multipliers see of it."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm

from domain.amounts import Rounding
from domain.assets import Asset
from domain.conditions.base import Facts
from domain.effects.base import (
    NAME_MEMBER,
    NO_MEMBER,
    NO_ORDER,
    EffectKind,
    Outcome,
    Parts,
    Running,
    RunningEarn,
    nothing,
)

WEIGHT_MAX = 10**15
"""The most that is stored as the weight of a line."""
ZERO = Fraction(0)
ByLine = Mapping[str, Fraction] | None
"""How much each line earned, by its ref; None when all lines earn as they cost."""


def no_credit(facts: Facts, asset: Asset, *, without_order: bool = False) -> Outcome | None:
    """Return why nothing of the asset can be credited; None when it can.

    A guest has no account, most effects measure an order, and what would be born expired is not given.
    """
    if facts.member is None:
        return nothing(EffectKind.EARN, NO_MEMBER, NAME_MEMBER, asset)
    if facts.order is None and not without_order:
        return nothing(EffectKind.EARN, NO_ORDER, None, asset)
    if asset.expires_at(facts.occurred_at, facts.recorded_at, facts.program.zone) > facts.recorded_at:
        return None
    ended = asset.ended(facts.recorded_at, facts.program.zone)
    older = "the order is older" if facts.order else "it is longer ago"
    return nothing(EffectKind.EARN, f"{ended}." if ended else f"{older} than {asset.code} last.", None, asset)


def note_earned(
    running: Running, asset: Asset, amount: int, parts: Parts | None, rounding: Rounding | None = None
) -> None:
    """Add `amount` minor units to what multipliers multiply. `rounding` None keeps the mode of the rule before."""
    before = running.earn.get(asset.id)
    if before is None:
        by_line = joined_by_line(running, 0, None, amount, parts)
        running.earn[asset.id] = RunningEarn(Decimal(amount), amount, rounding or Rounding.DOWN, by_line)
        return
    before.by_line = joined_by_line(running, before.total, before.by_line, amount, parts)
    before.exact += amount
    before.total += amount
    before.rounding = rounding or before.rounding


def weights(by_line: ByLine) -> Parts | None:
    """Return whole numbers in the proportion of what each line earned; None when all earn as they cost.

    They are exact, but where that would take more digits than are stored: then each is rounded down.
    """
    earned = {ref: part for ref, part in (by_line or {}).items() if part}
    if not earned:
        return None
    common = lcm(*(part.denominator for part in earned.values()))
    whole = {ref: int(part * common) for ref, part in earned.items()}
    divisor = gcd(*whole.values())
    over = max(whole.values()) // divisor // WEIGHT_MAX + 1
    return {ref: part // divisor // over for ref, part in whole.items()}


def joined_by_line(running: Running, before: int, by_line: ByLine, amount: int, parts: Parts | None) -> ByLine:
    """Return how much each line earned of what was there `before`, as `by_line` says, and of `amount` by its `parts`.

    None when all lines earn as they cost.
    """
    if not amount:
        return by_line
    if by_line is None and before:
        if parts is None:
            return None
        by_line = earned_by_line(running, before, None)
    elif parts is None and not before:
        return None
    found = dict(by_line or {})
    for ref, part in earned_by_line(running, amount, parts).items():
        found[ref] = found.get(ref, ZERO) + part
    return found


def earned_by_line(running: Running, amount: int, parts: Parts | None) -> dict[str, Fraction]:
    """Return how much of `amount` each line earned: by its part, else by what is paid for it."""
    of = parts or {line.ref: line.amount for line in running.lines if line.amount}
    whole = sum(of.values())
    return {ref: Fraction(amount * part, whole) for ref, part in of.items() if part}
