"""Terms of an asset: when its lots expire and are released, and which combinations make sense."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain import checks
from domain.assets import (
    PERIOD_MONTHS,
    YEARLY_YEAR,
    Asset,
    AssetKind,
    BurnOrder,
    ExpiryFrom,
    ExpiryPolicy,
    ShortfallPolicy,
)
from domain.instants import local_day, start_of_day
from domain.refusals import InvalidInput

LENGTH_MAX = 36_500
"""Longest expiry and longest pending time, in days, months or periods alike: a hundred years of days."""
LEAP_CYCLE_DAYS = 4 * 365 + 1
"""In so many days every length of month and every leap day occurs."""

ROLLING = (ExpiryPolicy.ROLLING_DAYS, ExpiryPolicy.ROLLING_MONTHS)
ON_A_DAY = (ExpiryPolicy.YEARLY, ExpiryPolicy.FIXED_DATE)
PAYING = (AssetKind.POINTS, AssetKind.MONEY)
"""What may pay at checkout."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The policies of an asset; see `Asset`."""

    expiry: ExpiryPolicy = ExpiryPolicy.NONE
    expiry_length: int = 0
    expiry_date: date | None = None
    expiry_from: ExpiryFrom = ExpiryFrom.RECORDED
    pending_days: int = 0
    pending_months: int = 0
    pending_day: int = 0
    shortfall: ShortfallPolicy = ShortfallPolicy.REFUSE
    grace_days: int = 30
    burn_order: BurnOrder = BurnOrder.BONUS_FIRST
    bonus_cap: int = 100
    reminder_days: int = 0


def check_terms(asset: Asset, now: datetime, zone: ZoneInfo) -> None:
    """Refuse an asset whose terms contradict each other, or of which some credits could never be spent.

    Raises `InvalidInput`. Of `FIXED_DATE` only credits of `now` are looked at: what is pending when its one date
    comes is lost, and the days before it are the only ones of which that is so.
    """
    _check_expiry(asset)
    _check_pending(asset)
    _check_use(asset)
    if ended := asset.ended(now, zone):
        raise InvalidInput(f"{ended}: choose a day to come.", field=("expiry",))
    if asset.locked_until(now, zone) is None or asset.expiry is ExpiryPolicy.NONE:
        return
    days = 1 if asset.expiry is ExpiryPolicy.FIXED_DATE else LEAP_CYCLE_DAYS
    today = local_day(now, zone)
    for ahead in range(days):
        credited = max(now, start_of_day(today + timedelta(days=ahead), zone))
        _check_life(asset, credited, zone)


def _check_life(asset: Asset, credited: datetime, zone: ZoneInfo) -> None:
    """Refuse what would expire no later than it is released."""
    released, expires = asset.locked_until(credited, zone), asset.expires_at(credited, credited, zone)
    assert released is not None, "asked of assets with a pending time only"
    if expires <= released:
        remedy = "" if asset.expiry is ExpiryPolicy.FIXED_DATE else " Count the expiry from the release."
        raise InvalidInput(
            f"What is credited on {local_day(credited, zone)} would expire at {expires.astimezone(zone):%Y-%m-%d %H:%M}"
            f" and be released at {released.astimezone(zone):%Y-%m-%d %H:%M}, too late to be spent.{remedy}",
            field=("expiry",),
        )


def _check_expiry(asset: Asset) -> None:
    path = ("expiryLength",)
    if asset.expiry in ROLLING:
        checks.integer(asset.expiry_length, path, 1, LENGTH_MAX)
    else:
        checks.integer(asset.expiry_length, path, 0, LENGTH_MAX if asset.expiry in PERIOD_MONTHS else 0)
    day = asset.expiry_date
    if (day is not None) != (asset.expiry in ON_A_DAY):
        raise InvalidInput("A day goes with the policies YEARLY and FIXED_DATE, and only with them.", field=("expiry",))
    if day is not None and asset.expiry is ExpiryPolicy.YEARLY and day.year != YEARLY_YEAR:
        raise InvalidInput(f"The day of YEARLY is written in the year {YEARLY_YEAR}.", field=("expiry",))


def _check_pending(asset: Asset) -> None:
    checks.integer(asset.pending_days, ("pendingDays",), 0, LENGTH_MAX)
    checks.integer(asset.pending_months, ("pendingMonths",), 0, LENGTH_MAX)
    if asset.pending_months:
        checks.integer(asset.pending_days, ("pendingDays",), 0, 0)
    checks.integer(asset.pending_day, ("pendingDay",), *((1, 31) if asset.pending_months else (0, 0)))


def _check_use(asset: Asset) -> None:
    checks.integer(asset.grace_days, ("graceDays",), 1, LENGTH_MAX)
    checks.integer(asset.bonus_cap, ("bonusCap",), 0, 100)
    checks.integer(asset.reminder_days, ("reminderDays",), 0, LENGTH_MAX)
    if asset.floor and asset.shortfall is not ShortfallPolicy.DEBT:
        raise InvalidInput("A limit of debt goes with the policy DEBT, and only with it.", field=("debtLimit",))
    if asset.pay_amount and asset.kind not in PAYING:
        raise InvalidInput(f"{asset.kind.value} pays nothing at checkout: points and money do.", field=("pays",))
