"""Calendar arithmetic in the program's zone: month ends, leap days, clocks that jump, the end of the calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.instants import NEVER, local_day, plus_days, plus_months

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
NEW_YORK, LORD_HOWE = ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")

zones = st.sampled_from([BERLIN, SHANGHAI, NEW_YORK, LORD_HOWE, ZoneInfo("UTC")])
instants = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "zone", "day"),
    [
        ("2026-03-03T15:59:59.999999", SHANGHAI, date(2026, 3, 3)),  # a microsecond before midnight there
        ("2026-03-03T16:00", SHANGHAI, date(2026, 3, 4)),  # midnight belongs to the day that begins
        ("2026-03-03T04:59:59", NEW_YORK, date(2026, 3, 2)),
        ("2026-03-03T05:00", NEW_YORK, date(2026, 3, 3)),
        ("2026-03-28T23:00", BERLIN, date(2026, 3, 29)),  # winter time: an hour ahead
        ("2026-03-29T21:59:59", BERLIN, date(2026, 3, 29)),  # summer time since 01:00 UTC: two hours ahead
        ("2026-03-29T22:00", BERLIN, date(2026, 3, 30)),
    ],
)
def test_an_instant_falls_on_the_day_of_the_zone(instant: str, zone: ZoneInfo, day: date) -> None:
    assert local_day(at(instant), zone) == day


@pytest.mark.parametrize(
    ("start", "months", "zone", "end"),
    [
        ("2026-01-31T11:00", 1, BERLIN, "2026-02-28T11:00"),
        ("2024-01-31T11:00", 1, BERLIN, "2024-02-29T11:00"),
        ("2026-03-31T10:00", 1, BERLIN, "2026-04-30T10:00"),
        ("2026-12-31T11:00", 2, BERLIN, "2027-02-28T11:00"),
        ("2024-02-29T11:00", 12, BERLIN, "2025-02-28T11:00"),
        ("2024-02-29T11:00", 48, BERLIN, "2028-02-29T11:00"),
        ("2026-01-30T16:30", 1, SHANGHAI, "2026-02-27T16:30"),  # the 31st there: 00:30 on 28 February
        ("2026-01-31T15:30", 1, SHANGHAI, "2026-02-28T15:30"),
        ("2026-02-15T11:00", 6, BERLIN, "2026-08-15T10:00"),  # noon in winter, noon in summer
        ("2026-08-15T10:00", 6, BERLIN, "2027-02-15T11:00"),
        ("2026-11-30T11:00", 1, BERLIN, "2026-12-30T11:00"),
        ("2026-05-05T10:00", 0, BERLIN, "2026-05-05T10:00"),
        ("2026-02-28T23:30", 1, BERLIN, "2026-03-31T22:30"),  # 00:30 on 1 March there, so 1 April
    ],
)
def test_months_later_is_the_same_time_of_the_same_day_or_the_last(
    start: str, months: int, zone: ZoneInfo, end: str
) -> None:
    assert plus_months(at(start), months, zone) == at(end)


@pytest.mark.parametrize(
    ("start", "days", "zone", "end"),
    [
        ("2026-03-03T04:00", 1, SHANGHAI, "2026-03-04T04:00"),
        ("2026-03-28T11:00", 1, BERLIN, "2026-03-29T10:00"),  # a day of 23 hours
        ("2026-10-24T10:00", 1, BERLIN, "2026-10-25T11:00"),  # a day of 25 hours
        ("2026-03-28T01:30", 1, BERLIN, "2026-03-29T01:30"),  # 02:30 does not exist: an hour later by the clock
        ("2026-10-24T00:30", 1, BERLIN, "2026-10-25T00:30"),  # 02:30 comes twice: the first
        ("2026-10-25T01:30", 1, BERLIN, "2026-10-26T01:30"),  # from the second 02:30
        ("2026-10-02T20:30", 1, LORD_HOWE, "2026-10-03T20:00"),  # clocks there move by half an hour
        ("2028-02-28T11:00", 1, BERLIN, "2028-02-29T11:00"),
        ("2026-02-28T11:00", 1, BERLIN, "2026-03-01T11:00"),
        ("2026-03-03T04:00", 365, SHANGHAI, "2027-03-03T04:00"),
    ],
)
def test_days_later_is_the_same_time_by_the_clock(start: str, days: int, zone: ZoneInfo, end: str) -> None:
    assert plus_days(at(start), days, zone) == at(end)


@given(instants, st.integers(1, 3000), zones)
def test_days_later_moves_the_local_day_by_as_many(instant: datetime, days: int, zone: ZoneInfo) -> None:
    later = plus_days(instant, days, zone)
    assert later.tzinfo is UTC
    assert local_day(later, zone) == local_day(instant, zone) + timedelta(days=days)
    assert abs(later - instant - timedelta(days=days)) <= timedelta(hours=2)


@given(instants, st.integers(0, 240), zones)
def test_months_later_keeps_the_day_where_the_month_has_it(instant: datetime, months: int, zone: ZoneInfo) -> None:
    start, end = local_day(instant, zone), local_day(plus_months(instant, months, zone), zone)
    assert end.year * 12 + end.month == start.year * 12 + start.month + months
    next_month = end.replace(day=1) + timedelta(days=31)
    last = (next_month.replace(day=1) - timedelta(days=1)).day
    assert end.day == min(start.day, last)


@given(instants, instants, st.integers(1, 500), zones)
def test_what_began_a_day_sooner_ends_no_later(one: datetime, other: datetime, length: int, zone: ZoneInfo) -> None:
    sooner, later = sorted([one, other])
    if local_day(sooner, zone) < local_day(later, zone):
        assert plus_days(sooner, length, zone) <= plus_days(later, length, zone)
        assert local_day(plus_months(sooner, length, zone), zone) <= local_day(plus_months(later, length, zone), zone)


@pytest.mark.parametrize("zone", [SHANGHAI, NEW_YORK, ZoneInfo("UTC")])
def test_what_lies_beyond_the_calendar_never_happens(zone: ZoneInfo) -> None:
    assert plus_days(at("2026-03-03T04:00"), 10**7, zone) == NEVER
    assert plus_days(at("2026-03-03T04:00"), 2**31 - 1, zone) == NEVER
    assert plus_months(at("2026-03-03T04:00"), 12 * 8000, zone) == NEVER
    assert plus_months(at("9999-06-01T00:00"), 12, zone) == NEVER
    assert at("9999-12-30T00:00") < plus_months(at("9999-11-30T12:00"), 1, zone) < NEVER
    assert plus_days(at("9999-12-30T23:59"), 1, zone) == NEVER
