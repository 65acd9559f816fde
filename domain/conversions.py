"""Conversions: so much of one asset becomes so much of another, exactly."""

from dataclasses import dataclass
from math import gcd
from uuid import UUID

from domain.assets import Asset
from domain.refusals import InvalidInput


def smallest_step(from_amount: int, to_amount: int) -> int:
    """Return the smallest amount that gives a whole minor unit at this rate; its multiples are all that do."""
    return from_amount // gcd(from_amount, to_amount)


@dataclass(frozen=True, slots=True)
class Conversion:
    """`from_amount` minor units of one asset give `to_amount` of another, in whole multiples of `step`.

    The step is a multiple of the smallest that gives a whole minor unit, so that nothing is ever rounded.
    """

    from_id: UUID
    to_id: UUID
    from_amount: int
    to_amount: int
    step: int

    def gain(self, source: Asset, amount: int) -> int:
        """Return what `amount` gives. Raises `InvalidInput`, naming the nearest amounts, for one that is no step."""
        beyond = amount % self.step
        if beyond:
            nearest = [source.spelled(near) for near in (amount - beyond, amount - beyond + self.step) if near]
            raise InvalidInput(
                f"{source.code} are converted in steps of {source.spelled(self.step)}: {' or '.join(nearest)}, "
                f"not {source.spelled(amount)}.",
                field=("amount",),
            )
        gained, rest = divmod(amount * self.to_amount, self.from_amount)
        assert not rest, "a step gives whole minor units"
        return gained
