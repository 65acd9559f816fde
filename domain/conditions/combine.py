"""`all`, `any` and `not` over other conditions."""

from dataclasses import dataclass

from domain.conditions.base import Condition, Facts
from domain.explanation import ConditionResult


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Condition, ...]

    def met(self, facts: Facts) -> bool:
        """Whether every part holds."""
        return all(part.met(facts) for part in self.parts)

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the results of the parts."""
        return tuple(result for part in self.parts for result in part.results(facts))


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]

    def met(self, facts: Facts) -> bool:
        """Whether at least one part holds."""
        return any(part.met(facts) for part in self.parts)

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the results of the parts."""
        return tuple(result for part in self.parts for result in part.results(facts))


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition

    def met(self, facts: Facts) -> bool:
        """Whether the part does not hold."""
        return not self.part.met(facts)

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the part's results, turned round; what would make the part hold is no remedy here."""
        return tuple(
            ConditionResult(f"not {r.condition}", f"not {r.required}", r.actual, not r.met)
            for r in self.part.results(facts)
        )
