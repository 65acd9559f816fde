"""A program's set-up: expiry of lots, windows of versions, tiers by progress, words for amounts."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.assets import ExpiryFrom, ExpiryPolicy
from domain.instants import NEVER
from domain.program import Tier, factor_text, tier_for
from tests.domain.makers import LADDER_ID, NOON, POINTS, PROGRAM_ID, SHANGHAI, TIERS, VALUE, asset, program, version

MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("progress", "code"),
    [
        (-1, "MEMBER"),  # in debt is still a member
        (0, "MEMBER"),
        (999_99, "MEMBER"),
        (1_000_00, "SILVER"),
        (1_000_01, "SILVER"),
        (4_999_99, "SILVER"),
        (5_000_00, "GOLD"),
        (2**62 - 1, "GOLD"),
    ],
)
def test_a_tier_is_reached_at_its_threshold(progress: int, code: str) -> None:
    assert tier_for(TIERS, progress).code == code


def test_the_lowest_tier_is_everybody_s_whatever_its_threshold() -> None:
    ladder = tuple(Tier(UUID(int=n), PROGRAM_ID, LADDER_ID, str(n), str(n), n, 100 * (n + 1)) for n in range(2))
    assert tier_for(ladder, 0).rank == 0
    assert tier_for(ladder[:1], -5).rank == 0


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=6, unique=True).map(sorted), st.data())
def test_more_progress_is_never_a_lower_tier(thresholds: list[int], data: st.DataObject) -> None:
    ladder = tuple(Tier(UUID(int=n), PROGRAM_ID, LADDER_ID, str(n), str(n), n, t) for n, t in enumerate(thresholds))
    less = data.draw(st.integers(-10, 1100))
    more = data.draw(st.integers(less, 1200))
    assert tier_for(ladder, less).rank <= tier_for(ladder, more).rank
    reached = [tier for tier in ladder if tier.threshold <= less]
    assert tier_for(ladder, less) == (reached[-1] if reached else ladder[0])


@pytest.mark.parametrize(
    ("expiry", "length", "counted_from", "expires"),
    [
        (ExpiryPolicy.NONE, 0, ExpiryFrom.OCCURRED, NEVER),
        (ExpiryPolicy.ROLLING_DAYS, 10, ExpiryFrom.OCCURRED, datetime(2026, 1, 20, 4, tzinfo=UTC)),
        (ExpiryPolicy.ROLLING_DAYS, 10, ExpiryFrom.RECORDED, datetime(2026, 3, 13, 4, tzinfo=UTC)),
        (ExpiryPolicy.ROLLING_MONTHS, 1, ExpiryFrom.OCCURRED, datetime(2026, 2, 10, 4, tzinfo=UTC)),
        (ExpiryPolicy.ROLLING_MONTHS, 12, ExpiryFrom.RECORDED, datetime(2027, 3, 3, 4, tzinfo=UTC)),
    ],
)
def test_a_lot_expires_as_its_asset_says(
    expiry: ExpiryPolicy, length: int, counted_from: ExpiryFrom, expires: datetime
) -> None:
    rolling = asset(expiry=expiry, expiry_length=length, expiry_from=counted_from)
    assert rolling.expires_at(datetime(2026, 1, 10, 4, tzinfo=UTC), NOON, SHANGHAI) == expires


def day(year: int, month: int, day: int) -> datetime:
    """Return when that day is over in Shanghai."""
    return datetime(year, month, day, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expiry", "length", "date_", "expires"),
    [
        (ExpiryPolicy.END_OF_MONTH, 0, None, day(2026, 3, 31)),
        (ExpiryPolicy.END_OF_MONTH, 2, None, day(2026, 5, 31)),
        (ExpiryPolicy.END_OF_QUARTER, 0, None, day(2026, 3, 31)),
        (ExpiryPolicy.END_OF_QUARTER, 1, None, day(2026, 6, 30)),
        (ExpiryPolicy.END_OF_YEAR, 0, None, day(2026, 12, 31)),
        (ExpiryPolicy.END_OF_YEAR, 1, None, day(2027, 12, 31)),
        (ExpiryPolicy.YEARLY, 0, date(2000, 2, 29), day(2027, 2, 28)),
        (ExpiryPolicy.FIXED_DATE, 0, date(2027, 3, 31), day(2027, 3, 31)),
        (ExpiryPolicy.FIXED_DATE, 0, date(2025, 3, 31), day(2025, 3, 31)),
    ],
)
def test_a_lot_expires_with_a_day(expiry: ExpiryPolicy, length: int, date_: date | None, expires: datetime) -> None:
    ending = asset(expiry=expiry, expiry_length=length, expiry_date=date_)
    assert ending.expires_at(datetime(2026, 1, 10, 4, tzinfo=UTC), NOON, SHANGHAI) == expires


@pytest.mark.parametrize(
    ("pending", "until"),
    [
        ({}, None),
        ({"pending_days": 3}, datetime(2026, 3, 6, 4, tzinfo=UTC)),
        ({"pending_months": 1, "pending_day": 15}, day(2026, 4, 14)),
        ({"pending_months": 2, "pending_day": 31}, day(2026, 5, 30)),
    ],
)
def test_a_lot_is_locked_as_its_asset_says(pending: dict[str, int], until: datetime | None) -> None:
    assert asset(**pending).locked_until(NOON, SHANGHAI) == until


def test_expiry_may_count_from_the_release() -> None:
    terms = {"expiry": ExpiryPolicy.END_OF_MONTH, "expiry_from": ExpiryFrom.RELEASED}
    assert asset(**terms).expires_at(NOON, NOON, SHANGHAI) == day(2026, 3, 31)
    waiting = asset(**terms, pending_months=1, pending_day=1)
    assert waiting.locked_until(NOON, SHANGHAI) == day(2026, 3, 31)
    assert waiting.expires_at(NOON, NOON, SHANGHAI) == day(2026, 4, 30)


def test_an_asset_of_a_fixed_date_ends_with_that_day() -> None:
    last = asset(expiry=ExpiryPolicy.FIXED_DATE, expiry_date=date(2026, 3, 31))
    assert last.ended(day(2026, 3, 31) - MICROSECOND, SHANGHAI) is None
    assert last.ended(day(2026, 3, 31), SHANGHAI) == "POINTS expired for good at the end of 2026-03-31"
    assert asset(expiry=ExpiryPolicy.YEARLY, expiry_date=date(2000, 3, 31)).ended(day(2026, 3, 31), SHANGHAI) is None


def test_a_version_runs_from_its_start_until_before_its_end() -> None:
    campaign = version("A", starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    assert not campaign.runs_at(NOON - MICROSECOND)
    assert campaign.runs_at(NOON)
    assert campaign.runs_at(NOON + timedelta(hours=1) - MICROSECOND)
    assert not campaign.runs_at(NOON + timedelta(hours=1))


def test_a_version_is_named_by_code_and_number() -> None:
    assert version("BASE", number=3).label == "BASE v3"


@pytest.mark.parametrize(
    ("factor", "text"), [("1.10", "×1.1"), ("2", "×2"), ("100", "×100"), ("1E+1", "×10"), ("1.000", "×1")]
)
def test_a_factor_is_spelled_without_trailing_zeros(factor: str, text: str) -> None:
    assert factor_text(Decimal(factor)) == text


def test_amounts_carry_their_decimals_and_the_currency() -> None:
    assert program().money(12_50) == "12.50 CNY"
    assert program(currency="JPY", currency_scale=0).money(1250) == "1250 JPY"
    assert (POINTS.spelled(7), VALUE.spelled(7)) == ("7", "0.07")


def test_the_present_is_the_sandbox_clock_where_there_is_one() -> None:
    assert program(virtual_now=NOON).now() == NOON
    before = datetime.now(UTC)
    assert before <= program().now() <= datetime.now(UTC)


def test_what_the_program_has_is_found_by_code_and_id() -> None:
    shop = program()
    assert shop.asset("POINTS") is POINTS
    assert shop.asset("points") is None
    assert shop.asset_by_id(VALUE.id) is VALUE
    assert shop.ladder_by_id(LADDER_ID).code == "STANDARD"
    assert shop.tier_by_id(TIERS[2].id).code == "GOLD"
