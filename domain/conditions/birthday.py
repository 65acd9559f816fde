"""`birthday`: days round the member's birthday in the program's time zone."""

from calendar import isleap, month_name
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date

from domain.conditions.base import Facts
from domain.conditions.wording import counted, has_of
from domain.explanation import ConditionResult
from domain.instants import local_day

FEBRUARY, LEAP_DAY = 2, 29


@dataclass(frozen=True, slots=True)
class BirthdayNear:
    """It is the birthday, at most `before` days before it or `after` days after it; or the whole month of it.

    A birthday on 29 February is on the 28th in other years. Who told no birthday does not meet it.
    """

    before: int = 0
    after: int = 0
    whole_month: bool = False

    def met(self, facts: Facts) -> bool:
        """Whether the day is in the window."""
        birthday, today = _birthday(facts), local_day(facts.occurred_at, facts.program.zone)
        if birthday is None:
            return False
        if self.whole_month:
            return today.month == birthday.month
        return any(first <= today.toordinal() <= last for first, last in self._windows(birthday, today))

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the window and the day; the remedy is the next window."""
        birthday, today, is_met = _birthday(facts), local_day(facts.occurred_at, facts.program.zone), self.met(facts)
        if birthday is None:
            actual = "no birthday" if facts.member else "no member"
            return (ConditionResult("birthday", self._required, actual, met=False, has=has_of(facts)),)
        actual = f"{today:%m-%d}, birthday {birthday:%m-%d}"
        remedy = None if is_met else self._remedy(birthday, today)
        return (ConditionResult("birthday", self._required, actual, is_met, remedy, has="the day is"),)

    @property
    def _required(self) -> str:
        if self.whole_month:
            return "the month of the birthday"
        if not self.before and not self.after:
            return "the birthday"
        parts = [f"{counted(self.before, 'day')} before"] * bool(self.before)
        parts += [f"{counted(self.after, 'day')} after"] * bool(self.after)
        start = parts[0] if self.before else "the birthday"
        return f"{start} to {parts[-1] if self.after else 'the birthday'}" + " the birthday" * bool(self.after)

    def _windows(self, birthday: date, today: date) -> Iterator[tuple[int, int]]:
        """Yield the first and the last day of the windows of the years about `today`, as numbers of days.

        As numbers, for a window may pass the ends of the calendar.
        """
        for year in range(max(today.year - 1, MINYEAR), min(today.year + 1, MAXYEAR) + 1):
            centre = _in_year(birthday, year).toordinal()
            yield centre - self.before, centre + self.after

    def _remedy(self, birthday: date, today: date) -> str | None:
        if self.whole_month:
            return f"Order in {month_name[birthday.month]}."
        coming = (window for window in self._windows(birthday, today) if window[0] > today.toordinal())
        first, last = next(coming, (0, 0))
        if not 0 < first <= last <= date.max.toordinal():
            return None
        start, end = f"{date.fromordinal(first):%m-%d}", f"{date.fromordinal(last):%m-%d}"
        return f"Order on {start}." if start == end else f"Order between {start} and {end}."


def _birthday(facts: Facts) -> date | None:
    return facts.member.birthday if facts.member else None


def _in_year(birthday: date, year: int) -> date:
    """Return the birthday in a year."""
    lacks = (birthday.month, birthday.day) == (FEBRUARY, LEAP_DAY) and not isleap(year)
    return date(year, birthday.month, birthday.day - lacks)
