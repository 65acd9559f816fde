"""`tier`: the member stands on one of the named tiers."""

from dataclasses import dataclass, replace

from domain.conditions.base import Facts
from domain.conditions.wording import alternatives, has_of, listed
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
        required, is_met = alternatives(self._lowest_first(facts)), self.met(facts)
        actual = listed((tier.code for tier in facts.standings.values()), "no tier")
        remedy = None if is_met else f"Reach {required}."
        return (ConditionResult("tier", required, actual, is_met, remedy, has=has_of(facts)),)

    def follow(self, facts: Facts) -> bool:
        """Let the member of copied facts stand on the nearest of the tiers, which takes another order at least."""
        nearest = self._lowest_first(facts)[0]
        tier = next((tier for tiers in facts.program.tiers.values() for tier in tiers if tier.code == nearest), None)
        if facts.member is None or tier is None:
            return False
        standings = facts.member.standings | {tier.ladder_id: tier}
        facts.member = replace(facts.member, standings=standings, orders=facts.member.orders + 1)
        return True

    def _lowest_first(self, facts: Facts) -> list[str]:
        """Return the codes so that the tier that is nearest to reach comes first."""
        ranks = {tier.code: tier.rank for tiers in facts.program.tiers.values() for tier in tiers}
        return sorted(self.codes, key=lambda code: (ranks.get(code, 0), code))
