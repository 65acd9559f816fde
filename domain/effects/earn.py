"""`earn`: so many points for each so much paid."""

from dataclasses import dataclass
from decimal import Decimal

from domain.amounts import EXACT, Rounding, rounded, spelled
from domain.assets import Asset
from domain.conditions.base import Facts
from domain.effects.base import EffectKind, Outcome, Running, RunningEarn, Stage


@dataclass(frozen=True, slots=True)
class EarnPerAmount:
    """`points` (minor units of `asset`) for each `per` (minor units of currency) paid, rounded once per order.

    The basis is what is left to pay, shipping included.
    """

    asset: Asset
    points: int
    per: int
    rounding: Rounding

    @property
    def stage(self) -> Stage:
        """Base earning comes before its multipliers."""
        return Stage.EARN

    def apply(self, facts: Facts, running: Running) -> Outcome:
        """Earn on the payable amount."""
        asset, scale = self.asset, facts.program.currency_scale
        exact = EXACT.divide(EXACT.multiply(Decimal(facts.payable), Decimal(self.points)), Decimal(self.per))
        amount = rounded(exact, self.rounding)
        if asset.expires_at(facts.occurred_at, facts.recorded_at, facts.program.zone) <= facts.recorded_at:
            ended = asset.ended(facts.recorded_at, facts.program.zone)
            text = f"{ended}." if ended else f"the order is older than {asset.code} last."
            return Outcome(EffectKind.EARN, asset.id, 0, text, (), {})
        before = running.earn.get(asset.id)
        base, total = (before.exact, before.total) if before else (Decimal(0), 0)
        running.earn[asset.id] = RunningEarn(base + amount, total + amount, self.rounding)
        paid, per = spelled(facts.payable, scale), spelled(self.per, scale)
        exact_text = format(exact.scaleb(-asset.scale).normalize(), "f")
        if len(exact_text) > 24:  # noqa: PLR2004  (a repeating fraction; the rounded line below is exact)
            exact_text = exact_text[:24] + "…"
        step = f"{paid} ÷ {per} × {asset.spelled(self.points)} = {exact_text}"
        text = f"{asset.spelled(amount)} {asset.code} for {facts.program.money(facts.payable)} paid."
        return Outcome(
            kind=EffectKind.EARN,
            asset_id=asset.id,
            amount=amount,
            text=text,
            arithmetic=(step, f"{exact_text} rounded {self.rounding.lower()} per order = {asset.spelled(amount)}"),
            facts={"basis": facts.payable, "points": self.points, "per": self.per, "rounding": self.rounding.value},
            remedy=None if amount else self._remedy(facts),
        )

    def _remedy(self, facts: Facts) -> str:
        """Return how much more has to be paid for the first minor unit of the asset, rounding included."""
        points = {Rounding.DOWN: self.points, Rounding.HALF_UP: 2 * self.points, Rounding.UP: self.per}[self.rounding]
        needed = -(-self.per // points)
        return f"{facts.program.money(max(needed - facts.payable, 1))} more."
