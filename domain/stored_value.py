"""Stored value: what a top-up brings, and what of it is paid back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.values import value

BASIS_POINTS = 10_000
"""Basis points of a whole: one is a hundredth of a percent."""


@dataclass(frozen=True, slots=True)
class TopUpStep:
    """A step of an asset's ladder: a top-up of `threshold` or more gets the bonus of the highest step it reaches.

    The bonus is `amount` minor units, or `basis_points` of what is paid in, rounded down; one of the two is 0.
    """

    threshold: int
    amount: int
    basis_points: int

    def bonus(self, paid: int) -> int:
        """Return the bonus of a top-up."""
        return self.amount or paid * self.basis_points // BASIS_POINTS


NO_STEP = TopUpStep(0, 0, 0)
"""What a top-up gets that reaches no step."""


def step_for(steps: tuple[TopUpStep, ...], paid: int) -> TopUpStep:
    """Return the highest of `steps`, lowest first, that a top-up reaches; `NO_STEP` when it reaches none."""
    return next((step for step in reversed(steps) if step.threshold <= paid), NO_STEP)


@value
class TopUp:
    """A top-up, by its transfer: what was paid in, what was given on top and by which step, and the two lots."""

    transfer_id: UUID
    program_id: UUID
    member_id: UUID
    asset_id: UUID
    lot_id: UUID
    amount: int
    bonus_lot_id: UUID | None
    bonus: int
    step_threshold: int
    step_amount: int
    step_basis_points: int
    recorded_at: datetime

    def bonus_share(self, refunded: int) -> int:
        """Return the bonus that belongs to so much of what was paid in, rounded down."""
        return self.bonus * refunded // self.amount

    @property
    def step(self) -> TopUpStep:
        """The step that decided the bonus."""
        return TopUpStep(self.step_threshold, self.step_amount, self.step_basis_points)
