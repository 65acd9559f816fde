"""`all`, `any` and `not` over other conditions."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.conditions.base import Condition, Facts
from domain.explanation import ConditionResult
from domain.finding import Anchors, anchors_of


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Condition, ...]

    @property
    def anchors(self) -> tuple[Anchors, ...]:
        """What any part asks for must be there."""
        return tuple(anchor for part in self.parts for anchor in anchors_of(part))

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

    @property
    def anchors(self) -> tuple[Anchors, ...]:
        """When every part asks for a name of one kind, one of all these names must be there."""
        asked = [dict(anchors_of(part)) for part in self.parts]
        shared = [kind for kind in asked[0] if all(kind in part for part in asked)] if asked else []
        return tuple((kind, frozenset[str]().union(*(part[kind] for part in asked))) for kind in shared)

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
        """Whether the part does not hold. Of what cannot be told that is not said: a mistake gives nothing away."""
        return not self.part.met(facts) and not any(result.failed for result in self.part.results(facts))

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the part's results, turned round; what would make the part hold is no remedy here."""
        return tuple(
            ConditionResult(
                f"not {r.condition}",
                r.opposite or f"not {r.required}",
                r.actual,
                not r.met and not r.failed,
                failed=r.failed,
                has=r.has,
                opposite=r.required,
            )
            for r in self.part.results(facts)
        )


def leaves(condition: Condition) -> Iterator[Condition]:
    """Yield the conditions that a condition is made of and that are made of no others."""
    if isinstance(condition, (All, AnyOf)):
        for part in condition.parts:
            yield from leaves(part)
    elif isinstance(condition, Not):
        yield from leaves(condition.part)
    else:
        yield condition
