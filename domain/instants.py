"""Calendar arithmetic. Instants are UTC and aware; days and months are counted in the program's time zone."""

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for "does not happen" in columns that are compared and indexed; the API shows it as null."""


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day that `instant` falls on in `zone`."""
    return instant.astimezone(zone).date()


def plus_months(instant: datetime, months: int, zone: ZoneInfo) -> datetime:
    """Return the same local time `months` later; a day that the month lacks becomes its last (31.1. → 28.2.).

    What lies beyond the calendar is `NEVER`.
    """
    local = instant.astimezone(zone)
    index = local.year * 12 + local.month - 1 + months
    year, month = divmod(index, 12)
    if year > NEVER.year:
        return NEVER
    day = min(local.day, monthrange(year, month + 1)[1])
    return _in_calendar(lambda: local.replace(year=year, month=month + 1, day=day))


def plus_days(instant: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the same local time `days` later, whatever the clocks did in between; beyond the calendar, `NEVER`."""
    return _in_calendar(lambda: instant.astimezone(zone) + timedelta(days=days))


def _in_calendar(local: Callable[[], datetime]) -> datetime:
    try:
        return min(local().astimezone(UTC), NEVER)
    except OverflowError:
        return NEVER
