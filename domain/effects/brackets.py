"""Brackets: from so much on, so much; the highest that is reached counts."""

from collections.abc import Sequence

from domain.values import value


@value
class Bracket:
    """From `least` on, `gives`: each in minor units of what the effect measures and of what it gives."""

    least: int
    gives: int


def reached(brackets: Sequence[Bracket], measured: int) -> Bracket | None:
    """Return the highest bracket that is reached; None when not even the lowest is."""
    return max((row for row in brackets if row.least <= measured), key=lambda row: row.least, default=None)


def lowest(brackets: Sequence[Bracket]) -> int:
    """Return from where on there is any."""
    return min(row.least for row in brackets)
