"""`tier`: the member stands on one of the named tiers."""

from dataclasses import dataclass, replace

from domain.conditions.base import Facts
from domain.conditions.wording import alternatives, has_of, listed
from domain.explanation import ConditionResult
from domain.program import Tier


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
        above = alternatives([*dict.fromkeys(tier.code for tier in self._above(facts))])
        actual = listed((tier.code for tier in facts.standings.values()), "no tier")
        remedy = f"Reach {above}." if above and not is_met else None
        return (ConditionResult("tier", required, actual, is_met, remedy, has=has_of(facts)),)

    def follow(self, facts: Facts) -> bool:
        """Let the member of copied facts stand on the nearest tier above, which takes another order at least."""
        tier = next(iter(self._above(facts)), None)
        if facts.member is None or tier is None:
            return False
        standings, orders = facts.member.standings | {tier.ladder_id: tier}, facts.member.orders + 1
        facts.member = replace(facts.member, standings=standings, orders=orders, last_order_at=facts.occurred_at)
        return True

    def _above(self, facts: Facts) -> list[Tier]:
        """Return those of the tiers that are above the member's own of the same ladder, the nearest first."""
        own = {ladder_id: tier.rank for ladder_id, tier in facts.standings.items()}
        found = [tier for tiers in facts.program.tiers.values() for tier in tiers if tier.code in self.codes]
        above = [tier for tier in found if tier.ladder_id not in own or tier.rank > own[tier.ladder_id]]
        return sorted(above, key=lambda tier: (tier.rank, tier.code))

    def _lowest_first(self, facts: Facts) -> list[str]:
        """Return the codes so that the tier that is nearest to reach comes first."""
        ranks = {tier.code: tier.rank for tiers in facts.program.tiers.values() for tier in tiers}
        return sorted(self.codes, key=lambda code: (ranks.get(code, 0), code))
