"""`hours`: the time of day, as clocks in the program's time zone show it."""

from dataclasses import dataclass

from domain.conditions.base import Facts
from domain.explanation import ConditionResult

HOUR_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Hours:
    """The clock shows `start` or later and not yet `end`, both in minutes after 00:00; past midnight if `end` is less.

    It is what the clock shows that counts: of the hour that comes twice when clocks are put back, both do.
    """

    start: int
    end: int

    def met(self, facts: Facts) -> bool:
        """Whether it is within the hours."""
        minute = _minute(facts)
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the hours and the time of day."""
        start, end, is_met = clock(self.start), clock(self.end), self.met(facts)
        remedy = None if is_met else f"Order between {start} and {end}."
        return (ConditionResult("hours", f"{start} to {end}", clock(_minute(facts)), is_met, remedy),)


def clock(minute: int) -> str:
    """Return minutes after 00:00 as a clock shows them."""
    return f"{minute // HOUR_MINUTES:02}:{minute % HOUR_MINUTES:02}"


def _minute(facts: Facts) -> int:
    local = facts.occurred_at.astimezone(facts.program.zone)
    return local.hour * HOUR_MINUTES + local.minute
