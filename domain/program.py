"""A program's set-up as one immutable value: what every decision is made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.amounts import spelled
from domain.instants import (
    NEVER,
    end_of_day,
    end_of_period,
    end_of_yearly_day,
    plus_days,
    plus_months,
    start_of_day_in_month,
)

if TYPE_CHECKING:
    from domain.conditions.base import Condition
    from domain.effects.base import EffectRule


class AssetKind(StrEnum):
    """What an asset counts."""

    POINTS = "POINTS"
    MONEY = "MONEY"
    QUALIFYING = "QUALIFYING"
    PASS = "PASS"  # noqa: S105  (a visit pass)


class ExpiryPolicy(StrEnum):
    """When a lot of an asset expires.

    The rolling ones keep the time of day. All others end with a local day, at the midnight that begins the next.

    A fixed day comes in two kinds. `YEARLY` (each 31 March) is what programs mean who have one: it comes again, so the
    asset may earn for ever and every lot lasts up to a year. `FIXED_DATE` (31 March 2027) is for what ends for good, as
    the points of an anniversary: after it nothing can be credited. With a date alone, somebody would have to set the
    next one each year at midnight; with a month and a day alone, what is to end could not.
    """

    NONE = "NONE"
    ROLLING_DAYS = "ROLLING_DAYS"
    ROLLING_MONTHS = "ROLLING_MONTHS"
    END_OF_MONTH = "END_OF_MONTH"
    END_OF_QUARTER = "END_OF_QUARTER"
    END_OF_YEAR = "END_OF_YEAR"
    YEARLY = "YEARLY"
    FIXED_DATE = "FIXED_DATE"


PERIOD_MONTHS = {ExpiryPolicy.END_OF_MONTH: 1, ExpiryPolicy.END_OF_QUARTER: 3, ExpiryPolicy.END_OF_YEAR: 12}
"""How many months the period has at whose end a lot expires."""


YEARLY_YEAR = 2000
"""The year in which the day of `YEARLY` is written: a leap year, so that 29 February can be."""


class ExpiryFrom(StrEnum):
    """What the expiry of a lot is counted from: when it happened in the world, was recorded here, or is released."""

    OCCURRED = "OCCURRED"
    RECORDED = "RECORDED"
    RELEASED = "RELEASED"


@dataclass(frozen=True, slots=True)
class Asset:
    """What a ledger counts. `floor` (≤ 0) is how far the available balance may go into debt.

    `expiry_length` is in days or months for the rolling policies, and for the ends of periods how many more are waited
    for: 0 ends with the present one. `expiry_date` is the day of `FIXED_DATE`; of `YEARLY` its month and day count, and
    its year is `YEARLY_YEAR`.

    Value is pending for `pending_days`, or until `pending_day` of the `pending_months`-th following month; all 0 is not
    pending at all. A day of a following month is what shops settle by (returns of March are over on 15 April), and
    comes again each month. A fixed date would serve one launch, and from then on say nothing.
    """

    id: UUID
    program_id: UUID
    code: str
    name: str
    kind: AssetKind
    scale: int
    expiry: ExpiryPolicy
    expiry_length: int
    expiry_from: ExpiryFrom
    pending_days: int
    floor: int
    expiry_date: date | None = None
    pending_months: int = 0
    pending_day: int = 0

    def locked_until(self, recorded_at: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when a lot credited at this instant is released; None when it is available at once."""
        if self.pending_months:
            return start_of_day_in_month(recorded_at, self.pending_months, self.pending_day, zone)
        return plus_days(recorded_at, self.pending_days, zone) if self.pending_days else None

    def expires_at(self, occurred_at: datetime, recorded_at: datetime, zone: ZoneInfo) -> datetime:
        """Return when a lot credited at these instants expires; `NEVER` when it does not.

        That may have been before: of what happened too long ago, or after the date of `FIXED_DATE`.
        """
        match self.expiry_from:
            case ExpiryFrom.OCCURRED:
                start = occurred_at
            case ExpiryFrom.RECORDED:
                start = recorded_at
            case ExpiryFrom.RELEASED:
                start = self.locked_until(recorded_at, zone) or recorded_at
        match self.expiry:
            case ExpiryPolicy.NONE:
                return NEVER
            case ExpiryPolicy.ROLLING_DAYS:
                return plus_days(start, self.expiry_length, zone)
            case ExpiryPolicy.ROLLING_MONTHS:
                return plus_months(start, self.expiry_length, zone)
            case ExpiryPolicy.END_OF_MONTH | ExpiryPolicy.END_OF_QUARTER | ExpiryPolicy.END_OF_YEAR:
                return end_of_period(start, PERIOD_MONTHS[self.expiry], self.expiry_length, zone)
            case ExpiryPolicy.YEARLY:
                day = self._day()
                return end_of_yearly_day(start, day.month, day.day, zone)
            case ExpiryPolicy.FIXED_DATE:
                return end_of_day(self._day(), zone)

    def ended(self, now: datetime, zone: ZoneInfo) -> str | None:
        """Return since when nothing can be credited any more, as words; None while something can."""
        if self.expiry is ExpiryPolicy.FIXED_DATE and self.expires_at(now, now, zone) <= now:
            return f"{self.code} expired for good at the end of {self._day()}"
        return None

    def _day(self) -> date:
        assert self.expiry_date is not None, "the policies of a day have one: the database checks it"
        return self.expiry_date

    def spelled(self, minor: int) -> str:
        """Return `minor` units as text with the asset's decimals."""
        return spelled(minor, self.scale)


@dataclass(frozen=True, slots=True)
class Tier:
    """A level of a ladder, reached at `threshold` minor units of the ladder's qualifying asset."""

    id: UUID
    program_id: UUID
    ladder_id: UUID
    code: str
    name: str
    rank: int
    threshold: int


class TierMetric(StrEnum):
    """What a ladder measures."""

    SPEND = "SPEND"


@dataclass(frozen=True, slots=True)
class Ladder:
    """An ordered set of tiers. Progress is the available balance of a qualifying asset, whose expiry is the window."""

    id: UUID
    program_id: UUID
    code: str
    name: str
    metric: TierMetric
    asset_id: UUID


@dataclass(frozen=True, slots=True)
class CampaignVersion:
    """What one published version of a campaign says. `name` and `code` are the campaign's own."""

    id: UUID
    campaign_id: UUID
    code: str
    name: str
    number: int
    priority: int
    starts_at: datetime
    ends_at: datetime
    condition: "Condition | None"
    effects: "tuple[EffectRule, ...]"

    @property
    def label(self) -> str:
        """Name the version as explanations do: `BASE v1`."""
        return f"{self.code} v{self.number}"

    def runs_at(self, instant: datetime) -> bool:
        """Whether `instant` is inside the half-open window."""
        return self.starts_at <= instant < self.ends_at


class ItemPolicy(StrEnum):
    """Whether an order may name any SKU or only those that the program lists."""

    OPEN = "OPEN"
    LISTED = "LISTED"


@dataclass(frozen=True)
class Program:
    """One brand's set-up. `virtual_now` is the sandbox clock; a program without one runs on real time."""

    id: UUID
    code: str
    name: str
    currency: str
    currency_scale: int
    zone: ZoneInfo
    virtual_now: datetime | None
    item_policy: ItemPolicy
    config_version: int
    event_epoch: int
    assets: tuple[Asset, ...]
    ladders: tuple[Ladder, ...]
    tiers: Mapping[UUID, tuple[Tier, ...]]
    """Tiers of each ladder by its id, lowest rank first; never empty."""
    campaigns: tuple[CampaignVersion, ...]
    """Published versions, in the order in which they are evaluated."""

    def now(self) -> datetime:
        """Return the program's present instant."""
        return self.virtual_now or datetime.now(UTC)

    def asset(self, code: str) -> Asset | None:
        """Return the asset with this code."""
        return next((asset for asset in self.assets if asset.code == code), None)

    @cached_property
    def _by_id(self) -> dict[UUID, Any]:
        tiers = (tier for group in self.tiers.values() for tier in group)
        rows: tuple[Any, ...] = (*self.assets, *self.ladders, *tiers)
        return {row.id: row for row in rows}

    def asset_by_id(self, asset_id: UUID) -> Asset:
        """Return the asset with this id, which must be one of the program's."""
        asset: Asset = self._by_id[asset_id]
        return asset

    def ladder_by_id(self, ladder_id: UUID) -> Ladder:
        """Return the ladder with this id, which must be one of the program's."""
        ladder: Ladder = self._by_id[ladder_id]
        return ladder

    def tier_by_id(self, tier_id: UUID) -> Tier:
        """Return the tier with this id, which must be one of the program's."""
        tier: Tier = self._by_id[tier_id]
        return tier

    def money(self, minor: int) -> str:
        """Return an amount of the program's currency as text: `12.50 CNY`."""
        return f"{spelled(minor, self.currency_scale)} {self.currency}"


def tier_for(tiers: tuple[Tier, ...], progress: int) -> Tier:
    """Return the highest of `tiers` (lowest rank first) whose threshold `progress` reaches, else the lowest."""
    earned = tiers[0]
    for tier in tiers[1:]:
        if tier.threshold <= progress:
            earned = tier
    return earned


def factor_text(factor: Decimal) -> str:
    """Spell a rate without trailing zeros: ×1.1."""
    return f"×{factor.normalize():f}"
