"""`event`: what happened has one of the named codes."""

from dataclasses import dataclass

from domain.conditions.base import Facts
from domain.conditions.wording import one_of
from domain.explanation import ConditionResult
from domain.finding import Anchor, Anchors


@dataclass(frozen=True, slots=True)
class EventIs:
    """The code of the behaviour event, the segment or the tier is one of `codes`. An order has none."""

    codes: frozenset[str]

    @property
    def anchors(self) -> tuple[Anchors, ...]:
        """One of the codes must be there."""
        return ((Anchor.CODE, self.codes),)

    def met(self, facts: Facts) -> bool:
        """Whether it is one of them."""
        return facts.occasion is not None and facts.occasion.code in self.codes

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the codes required and the one there is."""
        actual = (facts.occasion.code if facts.occasion else None) or "no event"
        return (ConditionResult("event", one_of(self.codes), actual, self.met(facts)),)
