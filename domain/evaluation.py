"""What an evaluation comes to: what the order costs, and every effect with its reason."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from domain.campaigns import Step
from domain.coupons import Choice, UsedCoupon
from domain.effects.base import DISCOUNTS, EARNINGS, GiftLine, Outcome, Parts
from domain.explanation import Explanation, NotApplied
from domain.program import CampaignVersion
from domain.usage import Consumed
from domain.values import value


@value
class Effect:
    """One thing that was decided, by which version, at which step, and why. `amount` of its outcome is never 0."""

    version: CampaignVersion | None
    """None for what the order is paid with."""
    step: Step
    outcome: Outcome
    explanation: Explanation
    coupon_id: UUID | None = None
    """The coupon that did it; None for a campaign."""


@value
class Gift:
    """A line that a campaign adds to the order."""

    ref: str
    line: GiftLine
    campaign_id: UUID


@value
class Evaluation:
    """What an order costs and gives. Amounts are minor units of the program's currency."""

    subtotal: int
    discount_total: int
    """All discounts, that of shipping among them."""
    shipping_discount: int
    spent: int
    payable: int
    paid: int
    effects: tuple[Effect, ...]
    not_applied: tuple[NotApplied, ...]
    discounts: Mapping[str, int]
    """Of each line, by its ref, all its discounts together."""
    gifts: tuple[Gift, ...]
    consumed: tuple[Consumed, ...]
    """What it takes of the campaigns that have limits or budgets."""
    coupons: tuple[UsedCoupon, ...] = ()
    """Those that it uses, in the order in which they were applied."""
    choice: Choice | None = None
    """How they were chosen; None when they were named."""


def wanted_by(version: CampaignVersion, outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Return how much of its budgets a version takes that gives so much."""
    gave = [outcome for outcome in outcomes if outcome.amount]
    points_of = version.budget.points_of
    return {
        "money": sum(outcome.amount for outcome in gave if outcome.kind in DISCOUNTS),
        "points": sum(outcome.amount for outcome in gave if outcome.kind in EARNINGS and outcome.asset_id == points_of),
        "count": sum(outcome.times for outcome in gave),
    }


def parts_of(outcome: Outcome) -> Parts | None:
    """Return the parts of an outcome that are worth writing down."""
    return {ref: part for ref, part in outcome.parts.items() if part} if outcome.parts is not None else None
