"""`multiplyEarn` and `multiplyEarnByTier`: more of what the base rules earned."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from domain.amounts import EXACT, rounded
from domain.assets import Asset
from domain.conditions.base import Facts
from domain.effects.base import NAME_MEMBER, NO_MEMBER, NO_ORDER, EffectKind, Outcome, Stage, nothing
from domain.effects.by_tier import best, nearest
from domain.effects.crediting import weights
from domain.program import factor_text
from domain.values import replace


@dataclass(frozen=True, slots=True)
class MultiplyEarn:
    """Multiply what is earned of `asset` so far.

    Multipliers form one product, which is rounded once, in the base rule's mode; each effect is the growth of the
    rounded product. So the sum does not depend on how many multipliers there are, nor on their order.
    """

    asset: Asset
    factor: Decimal

    @property
    def stage(self) -> Stage:
        """Multipliers follow all base earning."""
        return Stage.MULTIPLY_EARN

    def apply(self, facts: Facts) -> Outcome:
        """Multiply by the one factor."""
        return multiplied(facts, self.asset, self.factor, f"{factor_text(self.factor)} points")


@dataclass(frozen=True, slots=True)
class MultiplyEarnByTier:
    """Multiply what is earned of `asset` so far by the factor of the member's tier; a tier without one has ×1."""

    asset: Asset
    factors: Mapping[str, Decimal]

    @property
    def stage(self) -> Stage:
        """Multipliers follow all base earning."""
        return Stage.MULTIPLY_EARN

    def apply(self, facts: Facts) -> Outcome:
        """Multiply by the factor of the member's tier, the highest where ladders differ."""
        code = best(facts, self.factors)
        factor = self.factors[code] if code else Decimal(1)
        earn = facts.running.earn.get(self.asset.id)
        base = earn.exact if earn else Decimal(0)
        outcome = multiplied(facts, self.asset, factor, f"{factor_text(factor)} points as {code or 'member'}")
        if outcome.amount or earn is None or facts.order is None:
            return outcome
        tier = nearest(
            facts, self.factors, lambda better: rounded(EXACT.multiply(base, better), earn.rounding) > earn.total
        )
        remedy = f"{tier.code} members earn {factor_text(self.factors[tier.code])}." if tier else None
        return replace(outcome, remedy=remedy)


def multiplied(facts: Facts, asset: Asset, factor: Decimal, text: str) -> Outcome:
    """Multiply the running points of `asset` by `factor`."""
    if facts.member is None:
        return nothing(EffectKind.MULTIPLY_EARN, NO_MEMBER, NAME_MEMBER, asset)
    if facts.order is None:
        return nothing(EffectKind.MULTIPLY_EARN, NO_ORDER, None, asset)
    earn = facts.running.earn.get(asset.id)
    before = earn.total if earn else 0
    amount = 0
    arithmetic: tuple[str, ...] = ()
    if earn:
        earn.exact = EXACT.multiply(earn.exact, factor)
        earn.total = rounded(earn.exact, earn.rounding)
        amount = earn.total - before
        total = asset.spelled(earn.total)
        exact = format(earn.exact.scaleb(-asset.scale).normalize(), "f")
        arithmetic = (
            f"product with {factor_text(factor)} = {exact}, rounded {earn.rounding.lower()} = {total}",
            f"{total} − {asset.spelled(before)} = {asset.spelled(amount)}",
        )
    return Outcome(
        kind=EffectKind.MULTIPLY_EARN,
        asset_id=asset.id,
        amount=amount,
        text=f"{asset.spelled(amount)} {asset.code} more: {text}.",
        arithmetic=arithmetic,
        facts={"factor": str(factor), "before": before},
        parts=weights(earn.by_line) if earn else None,
    )
