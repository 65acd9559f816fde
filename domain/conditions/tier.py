"""`tier`: the member stands on one of the named tiers."""

from dataclasses import dataclass

from domain.conditions.base import Facts
from domain.explanation import ConditionResult


@dataclass(frozen=True, slots=True)
class TierIs:
    """The member's tier on any ladder is one of `codes`. A guest has none."""

    codes: frozenset[str]

    def met(self, facts: Facts) -> bool:
        """Whether the member stands on one of the tiers."""
        return any(tier.code in self.codes for tier in facts.standings.values())

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the tiers required and the member's own."""
        required = " or ".join(sorted(self.codes))
        actual = ", ".join(sorted(tier.code for tier in facts.standings.values())) or "no tier"
        return (ConditionResult("tier", required, actual, self.met(facts), f"Reach {required}."),)
