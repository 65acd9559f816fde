"""`monthDay`: the day of the month in the program's time zone."""

from calendar import monthrange
from dataclasses import dataclass

from domain.conditions.base import Facts
from domain.conditions.wording import alternatives
from domain.explanation import ConditionResult
from domain.instants import local_day

LAST_DAY = -1
"""Stands for the last day, whatever its number is."""


@dataclass(frozen=True, slots=True)
class MonthDay:
    """The day of the month is one of `days`, or the last if `LAST_DAY` is. A day that a month lacks does not happen."""

    days: frozenset[int]

    def met(self, facts: Facts) -> bool:
        """Whether it is one of the days."""
        today = local_day(facts.occurred_at, facts.program.zone)
        is_last = today.day == monthrange(today.year, today.month)[1]
        return today.day in self.days or (is_last and LAST_DAY in self.days)

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the days required and the day there is."""
        numbers = [f"day {day}" for day in sorted(self.days - {LAST_DAY})]
        required = alternatives(numbers + ["the last day"] * (LAST_DAY in self.days)) + " of the month"
        actual, is_met = f"day {local_day(facts.occurred_at, facts.program.zone).day}", self.met(facts)
        return (ConditionResult("monthDay", required, actual, is_met, None if is_met else f"Order on {required}."),)
