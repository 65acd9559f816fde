"""Terms of an asset that make sense, and those that contradict each other or leave no time to spend."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.assets import ExpiryFrom, ExpiryPolicy
from domain.refusals import InvalidInput
from domain.terms import LENGTH_MAX, check_terms
from tests.domain.makers import NOON, SHANGHAI, asset

ROLLING_DAYS, ROLLING_MONTHS = ExpiryPolicy.ROLLING_DAYS, ExpiryPolicy.ROLLING_MONTHS
MONTH, YEAR, YEARLY, ONCE = (
    ExpiryPolicy.END_OF_MONTH,
    ExpiryPolicy.END_OF_YEAR,
    ExpiryPolicy.YEARLY,
    ExpiryPolicy.FIXED_DATE,
)
RELEASED = ExpiryFrom.RELEASED
FIFTEENTH = {"pending_months": 1, "pending_day": 15}


def terms(expiry: ExpiryPolicy = ExpiryPolicy.NONE, length: int = 0, day: date | None = None, **more: Any) -> None:
    check_terms(asset(expiry=expiry, expiry_length=length, expiry_date=day, **more), NOON, SHANGHAI)


@pytest.mark.parametrize(
    ("given_terms", "more"),
    [
        ((), {}),
        ((), {"pending_days": LENGTH_MAX}),
        ((), FIFTEENTH),
        ((ROLLING_DAYS, 4), {"pending_days": 3}),
        ((ROLLING_DAYS, LENGTH_MAX), {}),
        ((ROLLING_MONTHS, 2), FIFTEENTH),
        ((MONTH, 0), {}),
        ((MONTH, 1), FIFTEENTH),
        ((MONTH, 0), FIFTEENTH | {"expiry_from": RELEASED}),
        ((YEAR, 1), {"pending_days": 14}),
        ((YEARLY, 0, date(2000, 2, 29)), {}),
        ((YEARLY, 0, date(2000, 3, 31)), {"pending_days": 14, "expiry_from": RELEASED}),
        ((ONCE, 0, date(2026, 3, 3)), {}),  # today
        ((ONCE, 0, date(2027, 3, 3)), {"pending_days": 14}),
    ],
)
def test_terms_that_leave_time_to_spend_are_taken(given_terms: tuple[Any, ...], more: dict[str, Any]) -> None:
    terms(*given_terms, **more)


@pytest.mark.parametrize(
    ("given_terms", "more", "words"),
    [
        ((ROLLING_DAYS, 0), {}, "`expiryLength` is 0; 1 to 36500 is allowed."),
        ((ROLLING_MONTHS, LENGTH_MAX + 1), {}, "`expiryLength` is 36501; 1 to 36500 is allowed."),
        ((MONTH, -1), {}, "`expiryLength` is -1; 0 to 36500 is allowed."),
        ((ExpiryPolicy.NONE, 1), {}, "`expiryLength` is 1; 0 to 0 is allowed."),
        ((YEARLY,), {}, "A day goes with the policies YEARLY and FIXED_DATE, and only with them."),
        ((MONTH, 0, date(2026, 3, 31)), {}, "A day goes with the policies YEARLY and FIXED_DATE, and only with them."),
        ((YEARLY, 0, date(2027, 3, 31)), {}, "The day of YEARLY is written in the year 2000."),
        ((ONCE, 0, date(2026, 3, 2)), {}, "POINTS expired for good at the end of 2026-03-02: choose a day to come."),
        ((), {"pending_days": LENGTH_MAX + 1}, "`pendingDays` is 36501; 0 to 36500 is allowed."),
        ((), FIFTEENTH | {"pending_day": 32}, "`pendingDay` is 32; 1 to 31 is allowed."),
        ((), FIFTEENTH | {"pending_day": 0}, "`pendingDay` is 0; 1 to 31 is allowed."),
        ((), FIFTEENTH | {"pending_months": 0}, "`pendingDay` is 15; 0 to 0 is allowed."),
        ((), FIFTEENTH | {"pending_days": 1}, "`pendingDays` is 1; 0 to 0 is allowed."),
        (
            (ROLLING_DAYS, 3),
            {"pending_days": 3},
            (
                "What is credited on 2026-03-03 would expire at 2026-03-06 12:00 and be released at 2026-03-06 12:00, "
                "too late to be spent. Count the expiry from the release."
            ),
        ),
        (
            (MONTH, 1),
            {"pending_days": 29},  # February has 28
            "What is credited on 2027-01-31 would expire at 2027-03-01 00:00 and be released at 2027-03-01 00:00",
        ),
        (
            (YEARLY, 0, date(2000, 3, 31)),
            {"pending_days": 14},
            "What is credited on 2026-03-18 would expire at 2026-04-01 00:00 and be released at 2026-04-01 00:00",
        ),
        (
            (ONCE, 0, date(2026, 3, 5)),
            {"pending_days": 14},
            (
                "What is credited on 2026-03-03 would expire at 2026-03-06 00:00 and be released at 2026-03-17 12:00, "
                "too late to be spent."
            ),
        ),
    ],
)
def test_terms_that_make_no_sense_are_refused(given_terms: tuple[Any, ...], more: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        terms(*given_terms, **more)
    assert refused.value.message.startswith(words)


instants = st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from([ZoneInfo(key) for key in ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "UTC")])
policies = st.one_of(
    st.tuples(st.just(ROLLING_DAYS), st.integers(1, 100), st.none()),
    st.tuples(st.sampled_from([MONTH, ExpiryPolicy.END_OF_QUARTER, YEAR]), st.integers(0, 3), st.none()),
    st.tuples(st.just(YEARLY), st.just(0), st.dates(date(2000, 1, 1), date(2000, 12, 31))),
)
waits = st.one_of(
    st.builds(lambda days: {"pending_days": days}, st.integers(1, 60)),
    st.builds(
        lambda months, day: {"pending_months": months, "pending_day": day}, st.integers(1, 3), st.integers(1, 31)
    ),
)


@given(policies, waits, instants, zones)
def test_counted_from_the_release_all_of_it_can_be_spent(
    policy: tuple[ExpiryPolicy, int, date | None], wait: dict[str, int], instant: datetime, zone: ZoneInfo
) -> None:
    expiry, length, day = policy
    made = asset(expiry=expiry, expiry_length=length, expiry_date=day, expiry_from=RELEASED, **wait)
    released = made.locked_until(instant, zone)
    assert released is not None
    assert instant < released < made.expires_at(instant, instant, zone)
