"""Amounts are integers in minor units of their asset or currency; rates are `Decimal`; nothing is a float."""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from enum import StrEnum

from domain.refusals import InvalidInput

AMOUNT_MAX = 2**62 - 1
"""Largest amount, in minor units, that is stored; sums of two still fit a signed 64-bit column."""

SCALE_MAX = 8
EXACT = Context(prec=60)
"""Enough digits that a product of an amount and a few rates is never rounded on the way."""


class Rounding(StrEnum):
    """How a fraction of a minor unit becomes a whole one."""

    DOWN = "DOWN"
    HALF_UP = "HALF_UP"
    UP = "UP"


MODES = {Rounding.DOWN: ROUND_DOWN, Rounding.HALF_UP: ROUND_HALF_UP, Rounding.UP: ROUND_CEILING}


def rounded(value: Decimal, rounding: Rounding) -> int:
    """Return the non-negative `value` as an integer, rounded as named."""
    return int(value.to_integral_value(MODES[rounding]))


def to_minor(amount: Decimal, scale: int, field: tuple[str, ...]) -> int:
    """Return `amount` in minor units of `scale` decimals.

    Raises `InvalidInput` naming `field` when the amount is not finite, has more decimals than `scale`, or is too large.
    """
    if not amount.is_finite():
        raise InvalidInput(f"{amount} is not an amount.", field=field)
    if abs(amount.adjusted()) > 40:  # noqa: PLR2004  (10^±40 is outside every amount; stops huge exponents early)
        if amount:
            raise InvalidInput(f"{amount} is outside the range of amounts.", field=field)
        return 0
    whole = EXACT.scaleb(amount, scale).to_integral_value(ROUND_DOWN)
    if EXACT.scaleb(whole, -scale) != amount:  # scaling rounds an amount of more digits than the context has
        raise InvalidInput(f"{amount} has more than {scale} decimal places.", field=field)
    if abs(whole) > AMOUNT_MAX:
        raise InvalidInput(f"{amount} is outside the range of amounts.", field=field)
    return int(whole)


def from_minor(minor: int, scale: int) -> Decimal:
    """Return `minor` units as a decimal with exactly `scale` places: 1250 at scale 2 is 12.50."""
    return Decimal(minor).scaleb(-scale)


def spelled(minor: int, scale: int) -> str:
    """Return `minor` units as text with exactly `scale` places."""
    if not scale:
        return str(minor)
    digits = str(abs(minor)).zfill(scale + 1)
    return f"{'-' * (minor < 0)}{digits[:-scale]}.{digits[-scale:]}"
