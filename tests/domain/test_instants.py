"""Calendar arithmetic in the program's zone: month ends, leap days, clocks that jump, the end of the calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.instants import (
    NEVER,
    end_of_day,
    end_of_period,
    end_of_yearly_day,
    local_day,
    plus_days,
    plus_months,
    start_of_day,
    start_of_day_in_month,
)

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
NEW_YORK, LORD_HOWE = ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")
SAO_PAULO, HAVANA, APIA = ZoneInfo("America/Sao_Paulo"), ZoneInfo("America/Havana"), ZoneInfo("Pacific/Apia")
ST_JOHNS = ZoneInfo("America/St_Johns")
MICROSECOND = timedelta(microseconds=1)

zones = st.sampled_from([BERLIN, SHANGHAI, NEW_YORK, LORD_HOWE, ZoneInfo("UTC")])
odd_zones = st.sampled_from([SHANGHAI, NEW_YORK, BERLIN, APIA, LORD_HOWE, SAO_PAULO, HAVANA, ST_JOHNS, ZoneInfo("UTC")])
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


# ── days, months, quarters and years that end ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "zone", "begins"),
    [
        (date(2026, 3, 4), SHANGHAI, "2026-03-03T16:00"),
        (date(2026, 3, 29), BERLIN, "2026-03-28T23:00"),  # the day on which summer time begins
        (date(2026, 3, 30), BERLIN, "2026-03-29T22:00"),
        (date(2026, 10, 26), BERLIN, "2026-10-25T23:00"),
        (date(2028, 2, 29), NEW_YORK, "2028-02-29T05:00"),
        (date(2018, 11, 4), SAO_PAULO, "2018-11-04T03:00"),  # 00:00 was skipped: it began at 01:00
        (date(2018, 2, 18), SAO_PAULO, "2018-02-18T03:00"),  # 23:00 to 24:00 came twice the evening before
        (date(2026, 11, 1), HAVANA, "2026-11-01T04:00"),  # 00:00 to 01:00 comes twice: the first of them
        (date(2009, 11, 1), ST_JOHNS, "2009-11-01T03:30"),  # back from 00:01 to 23:01: the second midnight
        (date(2011, 12, 30), APIA, "2011-12-30T10:00"),  # a day that was left out
        (date(2011, 12, 31), APIA, "2011-12-30T10:00"),
    ],
)
def test_a_day_begins_at_the_local_midnight(day: date, zone: ZoneInfo, begins: str) -> None:
    assert start_of_day(day, zone) == at(begins)
    assert end_of_day(day - timedelta(days=1), zone) == at(begins)


@given(instants, odd_zones)
def test_an_instant_is_within_its_day(instant: datetime, zone: ZoneInfo) -> None:
    end = end_of_day(local_day(instant, zone), zone)
    assert end.tzinfo is UTC
    assert instant < end
    assert end - instant <= timedelta(hours=26)
    assert local_day(end, zone) > local_day(instant, zone)
    assert local_day(end - MICROSECOND, zone) == local_day(instant, zone)


@given(
    st.sampled_from([ST_JOHNS, SAO_PAULO, HAVANA]),
    st.integers(1990, 2012),
    st.sampled_from([2, 4, 10, 11]),
    st.integers(0, 30),
    st.timedeltas(timedelta(hours=1), timedelta(hours=6)),
)
def test_an_instant_near_a_midnight_that_clocks_touch_is_within_its_day(
    zone: ZoneInfo, year: int, month: int, days: int, hours: timedelta
) -> None:
    instant = datetime(year, month, 1, tzinfo=UTC) + timedelta(days=days) + hours
    assert instant < end_of_day(local_day(instant, zone), zone)


MONTH, QUARTER, YEAR = 1, 3, 12


@pytest.mark.parametrize(
    ("instant", "months", "following", "zone", "end"),
    [
        ("2026-03-03T04:00", MONTH, 0, SHANGHAI, "2026-03-31T16:00"),
        ("2026-03-31T15:59:59.999999", MONTH, 0, SHANGHAI, "2026-03-31T16:00"),  # the month's last microsecond
        ("2026-03-31T16:00", MONTH, 0, SHANGHAI, "2026-04-30T16:00"),  # and the next one's first
        ("2026-01-31T04:00", MONTH, 1, SHANGHAI, "2026-02-28T16:00"),
        ("2028-01-31T04:00", MONTH, 1, SHANGHAI, "2028-02-29T16:00"),  # a leap year
        ("2026-12-01T04:00", MONTH, 0, SHANGHAI, "2026-12-31T16:00"),
        ("2026-12-01T04:00", MONTH, 13, SHANGHAI, "2028-01-31T16:00"),
        ("2026-03-03T11:00", MONTH, 0, BERLIN, "2026-03-31T22:00"),  # from winter into summer time
        ("2026-10-03T11:00", MONTH, 0, BERLIN, "2026-10-31T23:00"),
        ("2026-11-01T03:00", MONTH, 0, NEW_YORK, "2026-11-01T04:00"),  # still October there
        ("2026-01-01T12:00", QUARTER, 0, BERLIN, "2026-03-31T22:00"),
        ("2026-03-31T21:59", QUARTER, 0, BERLIN, "2026-03-31T22:00"),
        ("2026-03-31T22:00", QUARTER, 0, BERLIN, "2026-06-30T22:00"),
        ("2026-08-15T12:00", QUARTER, 0, BERLIN, "2026-09-30T22:00"),
        ("2026-11-15T12:00", QUARTER, 0, BERLIN, "2026-12-31T23:00"),
        ("2026-11-15T12:00", QUARTER, 2, BERLIN, "2027-06-30T22:00"),
        ("2026-01-01T05:00", YEAR, 0, NEW_YORK, "2027-01-01T05:00"),
        ("2026-01-01T04:59", YEAR, 0, NEW_YORK, "2026-01-01T05:00"),  # New Year's Eve there
        ("2028-02-29T12:00", YEAR, 2, NEW_YORK, "2031-01-01T05:00"),
        ("2011-12-30T09:59", MONTH, 0, APIA, "2011-12-31T10:00"),  # the 29th there; the 30th never was
    ],
)
def test_a_period_ends_at_the_midnight_after_its_last_day(
    instant: str, months: int, following: int, zone: ZoneInfo, end: str
) -> None:
    assert end_of_period(at(instant), months, following, zone) == at(end)


@given(instants, st.sampled_from([MONTH, QUARTER, YEAR]), st.integers(0, 40), odd_zones)
def test_a_period_ends_on_its_last_day_and_after_the_instant(
    instant: datetime, months: int, following: int, zone: ZoneInfo
) -> None:
    end = end_of_period(instant, months, following, zone)
    day, last = local_day(instant, zone), local_day(end - MICROSECOND, zone)
    assert end > instant
    assert local_day(end, zone).day == 1
    assert last.month % months == 0
    assert (last.year * 12 + last.month - 1) // months == (day.year * 12 + day.month - 1) // months + following


@pytest.mark.parametrize(
    ("instant", "month", "day", "zone", "end"),
    [
        ("2026-03-03T04:00", 3, 31, SHANGHAI, "2026-03-31T16:00"),
        ("2026-03-31T15:59:59", 3, 31, SHANGHAI, "2026-03-31T16:00"),  # earned on the day: it is over tonight
        ("2026-03-31T16:00", 3, 31, SHANGHAI, "2027-03-31T16:00"),
        ("2026-12-31T16:00", 1, 1, SHANGHAI, "2027-01-01T16:00"),
        ("2026-03-03T04:00", 2, 29, SHANGHAI, "2027-02-28T16:00"),
        ("2027-03-01T04:00", 2, 29, SHANGHAI, "2028-02-29T16:00"),
        ("2028-02-29T04:00", 2, 29, SHANGHAI, "2028-02-29T16:00"),
        ("2026-01-15T12:00", 3, 28, BERLIN, "2026-03-28T23:00"),  # the midnight before clocks change
        ("2026-01-15T12:00", 3, 29, BERLIN, "2026-03-29T22:00"),
        ("2026-07-01T03:59", 6, 30, NEW_YORK, "2026-07-01T04:00"),
    ],
)
def test_a_yearly_day_is_over_at_its_midnight(instant: str, month: int, day: int, zone: ZoneInfo, end: str) -> None:
    assert end_of_yearly_day(at(instant), month, day, zone) == at(end)


@given(instants, st.dates(date(2000, 1, 1), date(2000, 12, 31)), odd_zones)
def test_a_yearly_day_is_the_next_of_its_name(instant: datetime, yearly: date, zone: ZoneInfo) -> None:
    end = end_of_yearly_day(instant, yearly.month, yearly.day, zone)
    last = local_day(end - MICROSECOND, zone)
    assert instant < end <= instant + timedelta(days=367)
    if (yearly.month, yearly.day) == (2, 29):
        assert (last + timedelta(days=1)).month == 3
    elif zone is not APIA:  # which has no 30 December 2011
        assert (last.month, last.day) == (yearly.month, yearly.day)


@pytest.mark.parametrize(
    ("instant", "months", "day", "zone", "begins"),
    [
        ("2026-03-03T04:00", 1, 15, SHANGHAI, "2026-04-14T16:00"),
        ("2026-03-31T15:59", 1, 1, SHANGHAI, "2026-03-31T16:00"),
        ("2026-01-10T04:00", 1, 31, SHANGHAI, "2026-02-27T16:00"),  # February has no 31st
        ("2028-01-10T04:00", 1, 30, SHANGHAI, "2028-02-28T16:00"),
        ("2026-12-10T04:00", 2, 5, SHANGHAI, "2027-02-04T16:00"),
        ("2026-02-10T12:00", 1, 30, BERLIN, "2026-03-29T22:00"),
    ],
)
def test_a_day_of_a_following_month_begins_there(
    instant: str, months: int, day: int, zone: ZoneInfo, begins: str
) -> None:
    assert start_of_day_in_month(at(instant), months, day, zone) == at(begins)


@given(instants, st.integers(1, 24), st.integers(1, 31), odd_zones)
def test_a_day_of_a_following_month_is_ahead(instant: datetime, months: int, day: int, zone: ZoneInfo) -> None:
    begins = start_of_day_in_month(instant, months, day, zone)
    today, then = local_day(instant, zone), local_day(begins, zone)
    assert begins > instant
    if zone is not APIA:
        assert then.year * 12 + then.month == today.year * 12 + today.month + months
        assert then.day == day or (then.day < day and (then + timedelta(days=1)).day == 1)


@given(instants, instants, st.integers(0, 20), st.dates(date(2000, 1, 1), date(2000, 12, 31)), odd_zones)
def test_a_later_day_ends_no_sooner(one: datetime, other: datetime, length: int, yearly: date, zone: ZoneInfo) -> None:
    sooner, later = sorted([one, other])
    if local_day(sooner, zone) <= local_day(later, zone):  # not so for an hour of some Sundays in St John's
        for months in (MONTH, QUARTER, YEAR):
            assert end_of_period(sooner, months, length, zone) <= end_of_period(later, months, length, zone)
        month, day = yearly.month, yearly.day
        assert end_of_yearly_day(sooner, month, day, zone) <= end_of_yearly_day(later, month, day, zone)
        assert start_of_day_in_month(sooner, length, day, zone) <= start_of_day_in_month(later, length, day, zone)
        assert end_of_day(local_day(sooner, zone), zone) <= end_of_day(local_day(later, zone), zone)


@pytest.mark.parametrize("zone", [SHANGHAI, NEW_YORK, ZoneInfo("UTC")])
def test_what_ends_beyond_the_calendar_never_does(zone: ZoneInfo) -> None:
    assert end_of_period(at("2026-03-03T04:00"), YEAR, 8000, zone) == NEVER
    assert end_of_period(at("9999-12-15T04:00"), MONTH, 0, zone) == NEVER
    assert end_of_yearly_day(at("9999-06-15T04:00"), 3, 31, zone) == NEVER
    assert end_of_yearly_day(at("9999-06-15T04:00"), 12, 31, zone) == NEVER
    assert start_of_day_in_month(at("9999-12-02T04:00"), 1, 5, zone) == NEVER
    assert end_of_day(date.max, zone) == NEVER
    assert end_of_day(date(9999, 12, 29), zone) <= NEVER
