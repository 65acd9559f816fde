"""`multiplyEarn` and `multiplyEarnByTier`: more of what the base rules earned."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from domain.amounts import EXACT, rounded
from domain.assets import Asset
from domain.conditions.base import Facts
from domain.effects.base import EffectKind, Outcome, Running, Stage
from domain.program import Tier, factor_text
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

    def apply(self, facts: Facts, running: Running) -> Outcome:  # noqa: ARG002  (one signature for every rule)
        """Multiply by the one factor."""
        return multiplied(self.asset, self.factor, running, f"{factor_text(self.factor)} points")


@dataclass(frozen=True, slots=True)
class MultiplyEarnByTier:
    """Multiply what is earned of `asset` so far by the factor of the member's tier; a tier without one has ×1."""

    asset: Asset
    factors: Mapping[str, Decimal]

    @property
    def stage(self) -> Stage:
        """Multipliers follow all base earning."""
        return Stage.MULTIPLY_EARN

    def apply(self, facts: Facts, running: Running) -> Outcome:
        """Multiply by the factor of the member's tier, the highest where ladders differ."""
        own = {tier.code: self.factors[tier.code] for tier in facts.standings.values() if tier.code in self.factors}
        code = max(own, key=lambda name: own[name], default=None)
        factor = own[code] if code else Decimal(1)
        earn = running.earn.get(self.asset.id)
        base = earn.exact if earn else Decimal(0)
        outcome = multiplied(self.asset, factor, running, f"{factor_text(factor)} points as {code or 'member'}")
        if outcome.amount or earn is None:
            return outcome
        nearest = self._nearest(facts, lambda better: rounded(EXACT.multiply(base, better), earn.rounding) > earn.total)
        remedy = f"{nearest.code} members earn {factor_text(self.factors[nearest.code])}." if nearest else None
        return replace(outcome, remedy=remedy)

    def _nearest(self, facts: Facts, helps: Callable[[Decimal], bool]) -> Tier | None:
        """Return the nearest tier above the member's own whose factor helps; those below are not to be reached."""
        higher = (
            tier
            for ladder_id, own in facts.standings.items()
            for tier in facts.program.tiers[ladder_id]
            if tier.rank > own.rank and tier.code in self.factors and helps(self.factors[tier.code])
        )
        return min(higher, key=lambda tier: tier.rank, default=None)


def multiplied(asset: Asset, factor: Decimal, running: Running, text: str) -> Outcome:
    """Multiply the running points of `asset` by `factor`."""
    earn = running.earn.get(asset.id)
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
    )
