"""Stored value: the ladder of bonuses, and why a top-up brought what it did."""

from decimal import Decimal

import strawberry

import models
from domain import assets, stored_value
from domain.amounts import from_minor
from domain.ledger import Contra


@strawberry.type(
    description="A step of a ladder of bonuses: what a top-up gets of whose steps it is the highest reached."
)
class TopUpStep:
    """A step."""

    threshold: Decimal = strawberry.field(description="The least that has to be paid in.")
    amount: Decimal | None = strawberry.field(description="The bonus, when it is a fixed amount.")
    percent: Decimal | None = strawberry.field(
        description="The bonus in percent of what is paid in, when it is that; it is rounded down."
    )

    @classmethod
    def of(cls, step: stored_value.TopUpStep, asset: assets.Asset) -> "TopUpStep":
        """Return the step of the contract."""
        return cls(
            threshold=from_minor(step.threshold, asset.scale),
            amount=from_minor(step.amount, asset.scale) if step.amount else None,
            percent=percent(step) if step.basis_points else None,
        )


def percent(step: stored_value.TopUpStep) -> Decimal:
    """Return the percent of a step, with two decimals."""
    return from_minor(step.basis_points, 2)


def top_up_text(line: models.Entry, asset: assets.Asset, made: stored_value.TopUp, reason: str | None) -> str:
    """Return the sentence for a line of a top-up."""
    paid = f"{asset.spelled(made.amount)} {asset.code}"
    if line.contra == Contra.LIABILITY:
        return f"{paid} paid in: {reason}" if reason else f"{paid} paid in."
    return f"{asset.spelled(made.bonus)} {asset.code} on top of {paid} paid in."


def top_up_arithmetic(line: models.Entry, asset: assets.Asset, made: stored_value.TopUp) -> list[str]:
    """Return how the bonus was calculated; nothing for what was paid in."""
    if line.contra == Contra.LIABILITY:
        return []
    step = made.step
    reached = f"{asset.spelled(made.amount)} reaches the step of {asset.spelled(step.threshold)}"
    if step.amount:
        return [f"{reached}: {asset.spelled(step.amount)}"]
    rate = f"{percent(step).normalize():f} %"
    return [f"{reached}: {rate}", f"{asset.spelled(made.amount)} × {rate} rounded down = {asset.spelled(made.bonus)}"]
