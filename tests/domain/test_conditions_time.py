"""Conditions on the time: hours, days of the month, birthdays."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conditions.base import Condition, Facts
from domain.conditions.birthday import BirthdayNear
from domain.conditions.hours import Hours
from domain.conditions.month_day import LAST_DAY, MonthDay
from domain.explanation import ConditionResult
from tests.domain.makers import facts, member_facts, program

BERLIN = ZoneInfo("Europe/Berlin")
IN_BERLIN = program(zone=BERLIN)
NINE, ELEVEN, TEN_AT_NIGHT, TWO = 9 * 60, 11 * 60, 22 * 60, 2 * 60


def result(condition: Condition, found: Facts) -> ConditionResult:
    (only,) = condition.results(found)
    assert only.met is condition.met(found)
    return only


def at(text: str, born: str | None = None) -> Facts:
    """Return the facts of an order at a local time in Berlin, or at an instant if `text` tells its offset."""
    local = datetime.fromisoformat(text)
    instant = (local if local.tzinfo else local.replace(tzinfo=BERLIN)).astimezone(UTC)
    birthday = date.fromisoformat(born) if born else None
    return facts(at=instant, program=IN_BERLIN, member=member_facts(birthday=birthday))


@pytest.mark.parametrize(
    ("clock", "met"), [("08:59:59.999999", False), ("09:00", True), ("10:59:59.999999", True), ("11:00", False)]
)
def test_hours_are_half_open(clock: str, met: bool) -> None:
    found = result(Hours(NINE, ELEVEN), at(f"2026-03-03T{clock}"))
    remedy = None if met else "Order between 09:00 and 11:00."
    assert found == ConditionResult("hours", "09:00 to 11:00", clock[:5], met, remedy)


@pytest.mark.parametrize(
    ("clock", "met"), [("21:59", False), ("22:00", True), ("00:00", True), ("01:59", True), ("02:00", False)]
)
def test_hours_may_pass_midnight(clock: str, met: bool) -> None:
    assert Hours(TEN_AT_NIGHT, TWO).met(at(f"2026-03-03T{clock}")) is met


def test_hours_until_midnight_end_with_the_day() -> None:
    assert Hours(TEN_AT_NIGHT, 0).met(at("2026-03-03T23:59:59"))
    assert not Hours(TEN_AT_NIGHT, 0).met(at("2026-03-04T00:00"))


@pytest.mark.parametrize("day", ["2026-03-28", "2026-03-29", "2026-03-30", "2026-10-24", "2026-10-25", "2026-10-26"])
def test_hours_are_those_of_the_clock_before_and_after_it_is_put_forward_or_back(day: str) -> None:
    clocks = ["08:59", "09:00", "10:59", "11:00"]
    assert [Hours(NINE, ELEVEN).met(at(f"{day}T{clock}")) for clock in clocks] == [False, True, True, False]


def test_an_hour_that_comes_twice_counts_twice() -> None:
    half_past_two = ["2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"]
    assert [Hours(TWO, 3 * 60).met(at(instant)) for instant in half_past_two] == [True, True]


def test_an_hour_that_is_left_out_does_not_come() -> None:
    first = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
    instants = [(first + timedelta(minutes=5 * step)).isoformat() for step in range(24)]
    assert not [one for one in instants if Hours(TWO, 3 * 60).met(at(one))]


@given(st.integers(0, 1439), st.integers(0, 1439), st.datetimes(timezones=st.just(UTC)))
def test_it_is_within_the_hours_or_within_all_others(start: int, end: int, instant: datetime) -> None:
    found = facts(at=instant, program=program(zone=ZoneInfo("UTC")))
    if start != end:
        assert Hours(start, end).met(found) != Hours(end, start).met(found)


@pytest.mark.parametrize(
    ("days", "day", "met"),
    [
        ({15}, "2026-04-15", True),
        ({15}, "2026-04-16", False),
        ({31}, "2026-04-30", False),  # April has no 31st
        ({31}, "2026-05-31", True),
        ({LAST_DAY}, "2026-04-30", True),
        ({LAST_DAY}, "2026-05-30", False),
        ({LAST_DAY}, "2026-02-28", True),
        ({LAST_DAY}, "2028-02-28", False),
        ({LAST_DAY}, "2028-02-29", True),
        ({1, LAST_DAY}, "2026-05-01", True),
    ],
)
def test_a_day_of_the_month(days: set[int], day: str, met: bool) -> None:
    assert result(MonthDay(frozenset(days)), at(f"{day}T12:00")).met is met


def test_a_day_of_the_month_is_the_program_s_and_is_told() -> None:
    found = result(MonthDay(frozenset({LAST_DAY, 15, 1})), at("2026-03-31T22:30+00:00"))  # 00:30 on 1 April
    assert found == ConditionResult("monthDay", "day 1 or day 15 or the last day of the month", "day 1", True)
    unmet = result(MonthDay(frozenset({8})), at("2026-03-03T12:00"))
    assert unmet.remedy == "Order on day 8 of the month."


@pytest.mark.parametrize(
    ("condition", "born", "days"),
    [
        (BirthdayNear(), "1990-03-02", ["2026-03-02"]),
        (BirthdayNear(3, 3), "1990-03-02", ["2026-02-27", "2026-03-05"]),
        (BirthdayNear(0, 1), "1990-12-31", ["2026-12-31", "2027-01-01"]),
        (BirthdayNear(2, 0), "1990-01-01", ["2026-12-30", "2027-01-01"]),
        (BirthdayNear(), "1992-02-29", ["2027-02-28"]),
        (BirthdayNear(), "1992-02-29", ["2028-02-29"]),
        (BirthdayNear(0, 1), "1992-02-29", ["2027-02-28", "2027-03-01"]),
        (BirthdayNear(whole_month=True), "1990-02-07", ["2026-02-01", "2026-02-28"]),
        (BirthdayNear(whole_month=True), "1992-02-29", ["2027-02-01", "2027-02-28"]),
        (BirthdayNear(180, 180), "1990-07-02", ["2026-01-03", "2026-12-29"]),
    ],
)
def test_a_birthday_has_a_window_of_days(condition: BirthdayNear, born: str, days: list[str]) -> None:
    first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    day = timedelta(days=1)
    seen = [condition.met(at(f"{one}T12:00", born)) for one in (first - day, first, last, last + day)]
    assert seen == [False, True, True, False]


@pytest.mark.parametrize(
    ("condition", "required", "remedy"),
    [
        (BirthdayNear(3, 3), "3 days before to 3 days after the birthday", "Order between 02-27 and 03-05."),
        (BirthdayNear(1), "1 day before to the birthday", "Order between 03-01 and 03-02."),
        (BirthdayNear(0, 7), "the birthday to 7 days after the birthday", "Order between 03-02 and 03-09."),
        (BirthdayNear(), "the birthday", "Order on 03-02."),
        (BirthdayNear(whole_month=True), "the month of the birthday", "Order in March."),
    ],
)
def test_a_birthday_that_is_not_near_names_the_next_window(condition: BirthdayNear, required: str, remedy: str) -> None:
    for today in ("2026-02-20", "2026-11-20"):
        found = result(condition, at(f"{today}T12:00", "1990-03-02"))
        assert found == ConditionResult("birthday", required, f"{today[5:]}, birthday 03-02", False, remedy)


def test_the_window_that_is_named_is_that_of_the_year_it_is_in() -> None:
    assert result(BirthdayNear(), at("2027-01-01T12:00", "1992-02-29")).remedy == "Order on 02-28."
    assert result(BirthdayNear(), at("2028-01-01T12:00", "1992-02-29")).remedy == "Order on 02-29."


def test_a_birthday_begins_at_local_midnight() -> None:
    assert BirthdayNear().met(at("2026-03-01T23:00+00:00", "1990-03-02"))  # midnight in Berlin
    assert not BirthdayNear().met(at("2026-03-01T22:59:59+00:00", "1990-03-02"))
    assert not BirthdayNear().met(at("2026-03-02T23:00+00:00", "1990-03-02"))


def test_who_told_no_birthday_has_none() -> None:
    for condition in (BirthdayNear(9, 9), BirthdayNear(whole_month=True)):
        assert result(condition, at("2026-03-03T12:00")).actual == "no birthday"
        assert result(condition, facts(member=None)).actual == "no member"


@given(st.integers(0, 180), st.integers(0, 180), st.dates(date(1900, 1, 1)), st.datetimes(timezones=st.just(UTC)))
def test_a_birthday_is_near_or_not_to_the_ends_of_the_calendar(
    before: int, after: int, born: date, instant: datetime
) -> None:
    utc = program(zone=ZoneInfo("UTC"))
    found = facts(at=instant, program=utc, member=member_facts(birthday=born))
    near = result(BirthdayNear(before, after), found)
    if (instant.month, instant.day) == (born.month, born.day):
        assert near.met
    if near.remedy and " between " in near.remedy:
        month, day = map(int, near.remedy.split()[2].split("-"))
        years = [instant.year, instant.year + 1]
        starts = [
            datetime(year, month, day, tzinfo=UTC) for year in years if year < 10_000 and _exists(year, month, day)
        ]
        first = min(start for start in starts if start > instant)
        assert BirthdayNear(before, after).met(facts(at=first, program=utc, member=found.member))


def _exists(year: int, month: int, day: int) -> bool:
    try:
        return bool(date(year, month, day))
    except ValueError:
        return False
