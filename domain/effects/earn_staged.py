"""`earnStaged`: the points of the highest bracket that is reached."""

from dataclasses import dataclass

from domain.amounts import spelled
from domain.assets import Asset
from domain.conditions.base import Facts
from domain.effects.base import EffectKind, Outcome, Stage, nothing
from domain.effects.brackets import Bracket, lowest, reached
from domain.effects.crediting import no_credit, note_earned
from domain.effects.earn_basis import ALL_PAID, EarnBasis


@dataclass(frozen=True, slots=True)
class EarnStaged:
    """What the highest bracket gives of `asset` that the basis reaches."""

    asset: Asset
    brackets: tuple[Bracket, ...]
    basis: EarnBasis = ALL_PAID

    @property
    def stage(self) -> Stage:
        """Base earning comes before its multipliers."""
        return Stage.EARN

    def apply(self, facts: Facts) -> Outcome:
        """Earn what the bracket gives."""
        asset, money, scale = self.asset, facts.program.money, facts.program.currency_scale
        refused = no_credit(facts, asset)
        if refused:
            return refused
        basis, parts = self.basis.measured(facts)
        bracket = reached(self.brackets, basis)
        if bracket is None:
            needed = lowest(self.brackets)
            text = f"{money(basis)} {self.basis.text}, and {money(needed)} are needed."
            return nothing(EffectKind.EARN, text, self.basis.more(facts, needed - basis), asset)
        amount, least = asset.spelled(bracket.gives), spelled(bracket.least, scale)
        note_earned(facts.running, asset, bracket.gives, parts)
        return Outcome(
            kind=EffectKind.EARN,
            asset_id=asset.id,
            amount=bracket.gives,
            text=f"{amount} {asset.code} for {money(basis)} {self.basis.text}, from {money(bracket.least)} on.",
            arithmetic=(f"{spelled(basis, scale)} reaches {least} = {amount}",),
            facts={"basis": basis, "from": bracket.least, "points": bracket.gives} | self.basis.record,
            parts=parts,
        )
