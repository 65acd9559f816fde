"""Calendar arithmetic. Instants are UTC and aware; days and months are counted in the program's time zone."""

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for "does not happen" in columns that are compared and indexed; the API shows it as null."""

DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day that `instant` falls on in `zone`."""
    return instant.astimezone(zone).date()


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the local midnight that begins `day`.

    Where clocks jump over midnight it is the instant of the jump; where they come back to the day before, it is the
    midnight after that day has ended for good (St John's turned back at 00:01), so that no instant of the day before
    comes after it. 9999-12-31 begins at `NEVER` everywhere.
    """
    if day >= NEVER.date():
        return NEVER
    midnight = datetime.combine(day, time(), zone)
    first, second = midnight.astimezone(UTC), midnight.replace(fold=1).astimezone(UTC)
    if second > first and local_day(second - MICROSECOND, zone) < day:
        return second
    return first


def at_time(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the instant of a local time of a day; one that clocks jump over is the one that they show instead."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which `day` is over: the local midnight that begins the next."""
    return start_of_day(min(day, NEVER.date() - DAY) + DAY, zone)


def end_of_period(instant: datetime, months: int, following: int, zone: ZoneInfo) -> datetime:
    """Return when the month (1), quarter (3) or year (12) of `instant` is over, or the `following`-th after it.

    Periods are those of the calendar: quarters end with March, June, September and December. Beyond the calendar it is
    `NEVER`.
    """
    index = _month_index(local_day(instant, zone))
    next_start = index - index % months + months * (following + 1)
    return start_of_day(_day_of_month(next_start, 1), zone)


def end_of_yearly_day(instant: datetime, month: int, day: int, zone: ZoneInfo) -> datetime:
    """Return when that day of the year is over: this year's, or the next year's when this year's was before `instant`.

    29 February is the 28th in a common year.
    """
    today = local_day(instant, zone)
    yearly = _day_of_month(today.year * 12 + month - 1, day)
    if yearly < today:
        yearly = _day_of_month((today.year + 1) * 12 + month - 1, day)
    return end_of_day(yearly, zone)


def start_of_day_in_month(instant: datetime, months: int, day: int, zone: ZoneInfo) -> datetime:
    """Return the beginning of a day of the `months`-th month after that of `instant`; the last for one it lacks."""
    return start_of_day(_day_of_month(_month_index(local_day(instant, zone)) + months, day), zone)


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


def _month_index(day: date) -> int:
    return day.year * 12 + day.month - 1


def _day_of_month(index: int, day: int) -> date:
    """Return a day of the month with this index, or its last; beyond the calendar, the last of all."""
    year, month = divmod(index, 12)
    if year > NEVER.year:
        return NEVER.date()
    return date(year, month + 1, min(day, monthrange(year, month + 1)[1]))


def _in_calendar(local: Callable[[], datetime]) -> datetime:
    try:
        return min(local().astimezone(UTC), NEVER)
    except OverflowError:
        return NEVER
