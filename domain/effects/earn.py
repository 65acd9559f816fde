"""`earn`: so many points for each so much paid."""

from dataclasses import dataclass
from decimal import Decimal

from domain.amounts import EXACT, Rounding, rounded, spelled
from domain.assets import Asset
from domain.conditions.base import Facts
from domain.effects.base import EffectKind, Outcome, Stage
from domain.effects.crediting import no_credit, note_earned
from domain.effects.earn_basis import ALL_PAID, EarnBasis


@dataclass(frozen=True, slots=True)
class EarnPerAmount:
    """`points` (minor units of `asset`) for each `per` (minor units of currency) of the basis, rounded once per order.

    The basis is what is left to pay, shipping included, unless the rule says otherwise.
    """

    asset: Asset
    points: int
    per: int
    rounding: Rounding
    basis: EarnBasis = ALL_PAID

    @property
    def stage(self) -> Stage:
        """Base earning comes before its multipliers."""
        return Stage.EARN

    def apply(self, facts: Facts) -> Outcome:
        """Earn on the basis."""
        asset, scale = self.asset, facts.program.currency_scale
        refused = no_credit(facts, asset)
        if refused:
            return refused
        basis, parts = self.basis.measured(facts)
        exact = EXACT.divide(EXACT.multiply(Decimal(basis), Decimal(self.points)), Decimal(self.per))
        amount = rounded(exact, self.rounding)
        note_earned(facts.running, asset, amount, parts, self.rounding)
        exact_text = format(exact.scaleb(-asset.scale).normalize(), "f")
        if len(exact_text) > 24:  # noqa: PLR2004  (a repeating fraction; the rounded line below is exact)
            exact_text = exact_text[:24] + "…"
        step = f"{spelled(basis, scale)} ÷ {spelled(self.per, scale)} × {asset.spelled(self.points)} = {exact_text}"
        details = {"basis": basis, "points": self.points, "per": self.per, "rounding": self.rounding.value}
        return Outcome(
            kind=EffectKind.EARN,
            asset_id=asset.id,
            amount=amount,
            text=f"{asset.spelled(amount)} {asset.code} for {facts.program.money(basis)} {self.basis.text}.",
            arithmetic=(step, f"{exact_text} rounded {self.rounding.lower()} per order = {asset.spelled(amount)}"),
            facts=details | self.basis.record,
            remedy=None if amount else self._remedy(facts, basis),
            parts=parts,
        )

    def _remedy(self, facts: Facts, basis: int) -> str:
        """Return how much more is needed for the first minor unit of the asset, rounding included."""
        points = {Rounding.DOWN: self.points, Rounding.HALF_UP: 2 * self.points, Rounding.UP: self.per}[self.rounding]
        needed = -(-self.per // points)
        return self.basis.more(facts, max(needed - basis, 1))
