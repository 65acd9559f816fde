"""`weekday`: the order falls on one of the named days in the program's time zone."""

from dataclasses import dataclass

from domain.conditions.base import Facts
from domain.explanation import ConditionResult
from domain.instants import local_day

DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


@dataclass(frozen=True, slots=True)
class Weekday:
    """The day of the order, in the program's time zone, is one of `days` (0 is Monday)."""

    days: frozenset[int]

    def met(self, facts: Facts) -> bool:
        """Whether the order falls on one of the days."""
        return local_day(facts.occurred_at, facts.program.zone).weekday() in self.days

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the days required and the day of the order."""
        required = " or ".join(DAYS[day].title() for day in sorted(self.days))
        actual = DAYS[local_day(facts.occurred_at, facts.program.zone).weekday()].title()
        is_met = self.met(facts)
        return (ConditionResult("weekday", required, actual, is_met, None if is_met else f"Order on {required}."),)
