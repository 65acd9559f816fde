"""`daysSinceLastOrder` and `daysSinceEnrolment`: whole days in the program's time zone."""

from dataclasses import dataclass
from datetime import datetime

from domain.conditions.base import Facts
from domain.conditions.wording import between, counted, has_of
from domain.explanation import ConditionResult
from domain.instants import local_day


@dataclass(frozen=True, slots=True)
class DaysSinceLastOrder:
    """So many days at least, at most, passed since the member's last order. Who had none does not meet it."""

    least: int | None = None
    most: int | None = None

    def met(self, facts: Facts) -> bool:
        """Whether the days are within the bounds."""
        return _within(_days(facts, _last(facts)), self.least, self.most)

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the bounds and the days."""
        days = _days(facts, _last(facts))
        nothing = "no order before" if facts.member else "no member"
        return (_result(facts, "daysSinceLastOrder", days, (self.least, self.most), nothing),)


@dataclass(frozen=True, slots=True)
class DaysSinceEnrolment:
    """So many days at least, at most, passed since the member was enrolled. A guest does not meet it."""

    least: int | None = None
    most: int | None = None

    def met(self, facts: Facts) -> bool:
        """Whether the days are within the bounds."""
        return _within(_days(facts, _enrolled(facts)), self.least, self.most)

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the bounds and the days."""
        days = _days(facts, _enrolled(facts))
        return (_result(facts, "daysSinceEnrolment", days, (self.least, self.most), "no member"),)


def days_since(facts: Facts, then: datetime) -> int:
    """Return how many local days passed. None did when an order is reported late, of a day before."""
    zone = facts.program.zone
    return max((local_day(facts.occurred_at, zone) - local_day(then, zone)).days, 0)


def _last(facts: Facts) -> datetime | None:
    return facts.member.last_order_at if facts.member else None


def _enrolled(facts: Facts) -> datetime | None:
    return facts.member.enrolled_at if facts.member else None


def _days(facts: Facts, then: datetime | None) -> int | None:
    return None if then is None else days_since(facts, then)


def _within(days: int | None, least: int | None, most: int | None) -> bool:
    return days is not None and (least is None or days >= least) and (most is None or days <= most)


def _result(
    facts: Facts, name: str, days: int | None, bounds: tuple[int | None, int | None], nothing: str
) -> ConditionResult:
    least, most = bounds
    has = has_of(facts)
    required = between(least, most, "day")
    if days is None:
        return ConditionResult(name, required, nothing, met=False, has=has)
    gap = max((least or 0) - days, 0)
    remedy = f"Wait {gap} more {'day' if gap == 1 else 'days'}." if gap else None
    return ConditionResult(name, required, counted(days, "day"), _within(days, least, most), remedy, wait=gap, has=has)
