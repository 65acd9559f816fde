"""`tag`: the member bears one of the named tags."""

from dataclasses import dataclass

from domain.conditions.base import Facts
from domain.conditions.wording import has_of, listed, one_of
from domain.explanation import ConditionResult


@dataclass(frozen=True, slots=True)
class Tagged:
    """The member has one of `tags`. A guest has none."""

    tags: frozenset[str]

    def met(self, facts: Facts) -> bool:
        """Whether the member has one of them."""
        return facts.member is not None and not self.tags.isdisjoint(facts.member.tags)

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the tags required and the member's own. Staff give tags; the member cannot mend it."""
        actual = listed(facts.member.tags, "no tag") if facts.member else "no member"
        return (ConditionResult("tag", one_of(self.tags), actual, self.met(facts), has=has_of(facts)),)
