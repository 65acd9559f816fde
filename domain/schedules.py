"""When a campaign with the trigger `SCHEDULE` runs: once a day, for each member."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from domain.instants import at_time
from domain.values import value


@value
class Schedule:
    """Each day at a time of the program's zone; calendar and conditions say on which days, and for whom."""

    at: time

    def due_at(self, day: date, zone: ZoneInfo) -> datetime:
        """Return when the run of a day is due; a time that summer time leaves out is taken as the one after it."""
        return at_time(day, self.at, zone)
