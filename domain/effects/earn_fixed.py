"""`earnFixed`, `grantChances` and `addProgress`: so much of an asset, whatever the amount, and without an order too."""

from dataclasses import dataclass

from domain.assets import Asset
from domain.conditions.base import Facts
from domain.effects.base import EffectKind, Outcome, Stage
from domain.effects.crediting import no_credit, note_earned


@dataclass(frozen=True, slots=True)
class EarnFixed:
    """`points` minor units of `asset`."""

    asset: Asset
    points: int

    @property
    def stage(self) -> Stage:
        """Base earning comes before its multipliers."""
        return Stage.EARN

    def apply(self, facts: Facts) -> Outcome:
        """Earn them."""
        words = "for the order" if facts.order else "for the occasion"
        return _credited(facts, self.asset, self.points, words)


@dataclass(frozen=True, slots=True)
class GrantChances:
    """`count` minor units of `asset`, a pass that draws use up."""

    asset: Asset
    count: int

    @property
    def stage(self) -> Stage:
        """Chances are earned as points are."""
        return Stage.EARN

    def apply(self, facts: Facts) -> Outcome:
        """Grant them."""
        return _credited(facts, self.asset, self.count, "to draw with")


@dataclass(frozen=True, slots=True)
class AddProgress:
    """`amount` minor units of `asset`, which the ladder with the code `ladder` is measured by."""

    ladder: str
    asset: Asset
    amount: int

    @property
    def stage(self) -> Stage:
        """Progress comes after all that is earned, so no multiplier counts for it."""
        return Stage.PROGRESS

    def apply(self, facts: Facts) -> Outcome:
        """Add to the progress."""
        return _credited(facts, self.asset, self.amount, f"of progress on {self.ladder}", is_earned=False)


def _credited(facts: Facts, asset: Asset, amount: int, words: str, *, is_earned: bool = True) -> Outcome:
    refused = no_credit(facts, asset, without_order=True)
    if refused:
        return refused
    parts = facts.running.of_goods(facts.goods)
    if is_earned:
        note_earned(facts.running, asset, amount, parts)
    spelled = asset.spelled(amount)
    return Outcome(
        kind=EffectKind.EARN,
        asset_id=asset.id,
        amount=amount,
        text=f"{spelled} {asset.code} {words}.",
        arithmetic=(f"fixed = {spelled}",),
        facts={"points": amount},
        parts=parts,
    )
