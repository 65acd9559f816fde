"""`segment`: the member is in one of the named segments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.conditions.base import Condition, Facts, MemberFacts
from domain.conditions.wording import listed, one_of
from domain.effects.base import Running
from domain.explanation import ConditionResult
from domain.finding import Anchor, Anchors, anchors_of
from domain.program import Program


@dataclass(frozen=True, slots=True)
class InSegment:
    """The member is in one of the segments `codes` as they are saved now. A guest is in none."""

    codes: frozenset[str]

    def met(self, facts: Facts) -> bool:
        """Whether the member is in one of them."""
        return bool(self._found(facts))

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the segments required and those of them that the member is in."""
        found = self._found(facts)
        actual = listed(found, "none of them") if facts.member else "no member"
        has = "the member is in" if facts.member else None
        return (ConditionResult("segment", one_of(self.codes), actual, bool(found), has=has),)

    def _found(self, facts: Facts) -> frozenset[str]:
        return segments_of(facts.program, facts.member, self.codes, facts.occurred_at, facts.recorded_at)


@dataclass(frozen=True, slots=True)
class Entered:
    """The occasion is that the member entered one of the segments `codes`, and `condition` holds.

    A campaign that waits for one of them is not looked at when another is entered, so only `condition` has results.
    """

    codes: frozenset[str]
    condition: Condition

    @property
    def anchors(self) -> tuple[Anchors, ...]:
        """What the condition asks for, and the segment."""
        return (*anchors_of(self.condition), (Anchor.CODE, self.codes))

    def met(self, facts: Facts) -> bool:
        """Whether one of them was entered and the condition holds."""
        return facts.occasion is not None and facts.occasion.code in self.codes and self.condition.met(facts)

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the results of the condition."""
        return self.condition.results(facts)


def segments_of(
    program: Program, member: MemberFacts | None, codes: Iterable[str], occurred_at: datetime, recorded_at: datetime
) -> frozenset[str]:
    """Return in which of the segments `codes` a member is, by nothing but the facts of the member at these instants."""
    if member is None:
        return frozenset()
    facts = Facts(program, None, None, occurred_at, recorded_at, member, Running.of(None))
    return frozenset(code for code in codes if program.segments[code].condition.met(facts))
