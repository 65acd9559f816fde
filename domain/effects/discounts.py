"""What discounts of lines have in common: each is spread over the lines that are meant, and lowers what they cost."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from domain.allocation import spread
from domain.amounts import EXACT, Rounding, rounded, spelled
from domain.conditions.base import Facts
from domain.effects.base import EffectKind, Outcome
from domain.matching import Match


def discount(
    facts: Facts,
    total: int,
    weights: Mapping[str, int],
    *,
    text: str,
    arithmetic: tuple[str, ...],
    details: dict[str, Any],
    times: int = 1,
) -> Outcome:
    """Take `total` minor units of currency off, more than 0, spread by `weights`: of each line at most its weight."""
    parts = {ref: part for ref, part in spread(total, weights).items() if part}
    facts.running.take_off(parts)
    return Outcome(
        kind=EffectKind.DISCOUNT,
        asset_id=None,
        amount=total,
        text=f"{facts.program.money(total)} off {text}.",
        arithmetic=arithmetic,
        facts=details,
        parts=parts,
        times=times,
    )


def amounts(facts: Facts, match: Match) -> dict[str, int]:
    """Return what is left to pay for each line that is meant, by its ref."""
    return {line.ref: line.amount for line in facts.running.matching(match)}


def percentage(amount: int, percent: Decimal, rounding: Rounding, scale: int) -> tuple[int, tuple[str, ...]]:
    """Return so many percent of `amount` minor units, rounded, and the steps to it in currency of `scale` decimals."""
    exact = EXACT.multiply(Decimal(amount), EXACT.scaleb(percent, -2))
    total = rounded(exact, rounding)
    text = format(EXACT.normalize(EXACT.scaleb(exact, -scale)), "f")
    return total, (
        f"{spelled(amount, scale)} × {percent_text(percent)} = {text}",
        f"{text} rounded {rounding.lower()} = {spelled(total, scale)}",
    )


def least(percent: Decimal, rounding: Rounding) -> int:
    """Return the least amount of which so many percent come to one minor unit, rounding included."""
    if rounding is Rounding.UP:
        return 1
    return ceil(Fraction(50 if rounding is Rounding.HALF_UP else 100) / Fraction(percent))


def percent_text(percent: Decimal) -> str:
    """Spell a share without trailing zeros: 12.5 %."""
    return f"{percent.normalize():f} %"


def times_text(times: int) -> str:
    """Spell how often something repeats."""
    return "once" if times == 1 else f"{times} times"


def more(facts: Facts, gap: int, match: Match) -> str:
    """Return that goods which are meant have to cost so much more."""
    of = "" if match.everything else f" of {match.text}"
    return f"{facts.program.money(gap)} more{of}."
