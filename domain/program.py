"""A program's set-up as one immutable value: what every decision is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.amounts import spelled
from domain.assets import Asset
from domain.campaigns import NO_BUDGET, NO_LIMITS, Audience, Budget, Limits, Stage, Trigger
from domain.conversions import Conversion
from domain.finding import CampaignIndex
from domain.refusals import InvalidInput
from domain.stored_value import TopUpStep, step_for

if TYPE_CHECKING:
    from domain.conditions.base import Condition, OccasionFacts
    from domain.coupons import CouponTerms
    from domain.effects.base import EffectRule
    from domain.matching import Match
    from domain.orders import OrderContent
    from domain.schedules import Schedule


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
class Segment:
    """The members who meet a saved condition, which looks at nothing but the member: see `domain.rules_segments`."""

    code: str
    name: str
    condition: "Condition"


UNLIMITED = (None, None, None, None)


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
    trigger: Trigger = Trigger.ORDER
    stage: Stage = Stage.PROMOTION
    """The step at which its discounts of lines are taken: `MEMBER_PRICE` or `PROMOTION`."""
    audience: Audience = Audience.MEMBERS
    calendar: "Condition | None" = None
    """Days and hours at which it runs inside its window, beside the conditions."""
    group: str | None = None
    """Of the campaigns of one stacking group only one applies: the first by priority that gives something."""
    limits: Limits = NO_LIMITS
    budget: Budget = NO_BUDGET
    holdout: int = 0
    """The share of members that it leaves out, in ten-thousandths: see `domain.campaigns.held_out`."""
    schedule: "Schedule | None" = None
    """When it runs, for the trigger `SCHEDULE`."""
    segments: frozenset[str] = frozenset()
    """Which segments it waits for, for the trigger `SEGMENT_ENTERED`."""
    coupon: "CouponTerms | None" = None
    """What a template of coupons says beside its rules; None for a campaign."""
    goods: "tuple[Match, ...]" = ()
    """The goods that its condition asks for: see `domain.conditions.matching_lines.goods_of`."""

    @property
    def label(self) -> str:
        """Name the version as explanations do: `BASE v1`."""
        return f"{self.code} v{self.number}"

    @property
    def gives(self) -> tuple[str, ...]:
        """The templates, by their codes, of which its effects give coupons."""
        return tuple(effect.template for effect in self.effects if effect.stage is Stage.ISSUE_COUPON)  # type: ignore[attr-defined]

    @property
    def counted(self) -> bool:
        """Whether its uses have to be counted: see `domain.usage`."""
        limits = self.limits
        orders = (limits.per_member, limits.per_member_day, limits.per_day, limits.total)
        return self.budget.bounded or orders != UNLIMITED  # asked for several times in each evaluation

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
    top_up_steps: Mapping[UUID, tuple[TopUpStep, ...]] = field(default_factory=dict)
    """The ladder of bonuses of each asset that has one, by its id, lowest step first."""
    conversions: tuple[Conversion, ...] = ()
    """Which assets become which others."""
    segments: Mapping[str, Segment] = field(default_factory=dict)
    """Saved conditions over members, by their codes."""
    has_coupons: bool = False
    """Whether it has, or ever had, a template of coupons: only then wallets are looked at."""
    templates: "Mapping[UUID, CampaignVersion]" = field(default_factory=dict)
    """Published versions of templates of coupons, by the template's id; those that a pause or an end stopped are not
    there."""

    def now(self) -> datetime:
        """Return the program's present instant."""
        return self.virtual_now or datetime.now(UTC)

    def asset(self, code: str) -> Asset | None:
        """Return the asset with this code."""
        return next((asset for asset in self.assets if asset.code == code), None)

    def template(self, code: str) -> "CampaignVersion | None":
        """Return the published version of the template of coupons with this code."""
        return next((version for version in self.templates.values() if version.code == code), None)

    def candidates(
        self, trigger: Trigger, order: "OrderContent | None", occasion: "OccasionFacts | None", at: datetime
    ) -> list[CampaignVersion]:
        """Return the campaigns that may apply to an order or an occasion at an instant: see `domain.finding`."""
        return self.index.candidates(trigger, order, occasion, at)

    @cached_property
    def index(self) -> CampaignIndex:
        """By what the campaigns are found."""
        return CampaignIndex(self.campaigns)

    @cached_property
    def _by_id(self) -> dict[UUID, Any]:
        tiers = (tier for group in self.tiers.values() for tier in group)
        rows: tuple[Any, ...] = (*self.assets, *self.ladders, *tiers)
        return {row.id: row for row in rows}

    def asset_by_id(self, asset_id: UUID) -> Asset:
        """Return the asset with this id, which must be one of the program's."""
        asset: Asset = self._by_id[asset_id]
        return asset

    def top_up_step(self, asset_id: UUID, paid: int) -> TopUpStep:
        """Return the step that decides the bonus of a top-up; one that gives nothing when it reaches none."""
        return step_for(self.top_up_steps.get(asset_id, ()), paid)

    def conversion(self, source: Asset, target: Asset) -> Conversion:
        """Return how one asset becomes another. Raises `InvalidInput`."""
        for found in self.conversions:
            if (found.from_id, found.to_id) == (source.id, target.id):
                return found
        raise InvalidInput(f"{source.code} cannot be converted into {target.code}.", field=("to",))

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
