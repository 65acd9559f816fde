"""A program's set-up as one immutable value: what every decision is made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.amounts import spelled
from domain.instants import NEVER, plus_days, plus_months

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
    """When a lot of an asset expires."""

    NONE = "NONE"
    ROLLING_DAYS = "ROLLING_DAYS"
    ROLLING_MONTHS = "ROLLING_MONTHS"


class ExpiryFrom(StrEnum):
    """What the expiry of a lot is counted from: when it happened in the world, or when it was recorded here."""

    OCCURRED = "OCCURRED"
    RECORDED = "RECORDED"


@dataclass(frozen=True, slots=True)
class Asset:
    """What a ledger counts. `floor` (≤ 0) is how far the available balance may go into debt."""

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

    def expires_at(self, occurred_at: datetime, recorded_at: datetime, zone: ZoneInfo) -> datetime:
        """Return when a lot credited at these instants expires; `NEVER` when it does not."""
        start = occurred_at if self.expiry_from is ExpiryFrom.OCCURRED else recorded_at
        match self.expiry:
            case ExpiryPolicy.NONE:
                return NEVER
            case ExpiryPolicy.ROLLING_DAYS:
                return plus_days(start, self.expiry_length, zone)
            case ExpiryPolicy.ROLLING_MONTHS:
                return plus_months(start, self.expiry_length, zone)

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


@dataclass(frozen=True, slots=True)
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

    def asset_by_id(self, asset_id: UUID) -> Asset:
        """Return the asset with this id, which must be one of the program's."""
        return next(asset for asset in self.assets if asset.id == asset_id)

    def ladder_by_id(self, ladder_id: UUID) -> Ladder:
        """Return the ladder with this id, which must be one of the program's."""
        return next(ladder for ladder in self.ladders if ladder.id == ladder_id)

    def tier_by_id(self, tier_id: UUID) -> Tier:
        """Return the tier with this id, which must be one of the program's."""
        return next(tier for tiers in self.tiers.values() for tier in tiers if tier.id == tier_id)

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
