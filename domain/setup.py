"""A program's whole set-up as one value, which can be written down, read again and compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.assets import Asset
from domain.program import TierMetric
from domain.rules import RuleReader
from domain.stored_value import TopUpStep
from domain.values import keyword_value, value
from domain.versions import VersionForm


class StoredState(StrEnum):
    """Where a campaign is in its life, as it is stored."""

    DRAFT = "DRAFT"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    ENDED = "ENDED"


@value
class AssetSetUp:
    """An asset with the ladder of bonuses of its top-ups, the lowest step first."""

    asset: Asset
    steps: tuple[TopUpStep, ...] = ()


@keyword_value
class ConversionSetUp:
    """`amount` minor units of the asset `source` become `gives` of `target`, in whole multiples of `step`."""

    source: str
    target: str
    amount: int
    gives: int
    step: int


@value
class TierSetUp:
    """A level of a ladder, reached at `threshold` minor units of the ladder's asset."""

    code: str
    name: str
    threshold: int


@keyword_value
class LadderSetUp:
    """A ladder with its tiers, the lowest first; `asset` is the code of what it measures."""

    code: str
    name: str
    metric: TierMetric
    asset: str
    tiers: tuple[TierSetUp, ...]


@value
class SegmentSetUp:
    """A saved condition over members, as a JSON value."""

    code: str
    name: str
    conditions: Mapping[str, Any]


@keyword_value
class CampaignSetUp:
    """A campaign with what its published version says; of one that was never published, its newest draft.

    A template of coupons is the same: its version says something of coupons.
    """

    code: str
    name: str
    state: StoredState
    version: VersionForm

    @property
    def section(self) -> str:
        """The section of a document in which it stands."""
        return "campaigns" if self.version.coupon is None else "couponTemplates"


@dataclass(frozen=True, kw_only=True)
class SetUp:
    """All of it by codes, and conversions by the codes of both assets."""

    id: UUID
    code: str
    name: str
    approval: bool
    currency: str
    currency_scale: int
    zone: ZoneInfo
    assets: Mapping[str, AssetSetUp]
    conversions: Mapping[tuple[str, str], ConversionSetUp]
    ladders: Mapping[str, LadderSetUp]
    campaigns: Mapping[str, CampaignSetUp]
    segments: Mapping[str, SegmentSetUp] = field(default_factory=dict)
    templates: Mapping[str, CampaignSetUp] = field(default_factory=dict)
    """Templates of coupons; no campaign has the code of one."""

    def with_all_of(self, wanted: "SetUp") -> "SetUp":
        """Return this set-up as it is once it has everything that another says."""
        return replace(
            self,
            name=wanted.name,
            approval=wanted.approval,
            assets={**self.assets, **wanted.assets},
            conversions={**self.conversions, **wanted.conversions},
            ladders={**self.ladders, **wanted.ladders},
            segments={**self.segments, **wanted.segments},
            campaigns={**self.campaigns, **wanted.campaigns},
            templates={**self.templates, **wanted.templates},
        )

    def with_campaign(self, one: CampaignSetUp) -> "SetUp":
        """Return this set-up with a campaign, or a template of coupons, as it is given."""
        if one.version.coupon is None:
            return replace(self, campaigns={**self.campaigns, one.code: one})
        return replace(self, templates={**self.templates, one.code: one})

    def rules(self) -> RuleReader:
        """Return what reads rules against this set-up, of which each ladder's asset must be a part."""
        assets = {code: one.asset for code, one in self.assets.items()}
        codes = frozenset(tier.code for ladder in self.ladders.values() for tier in ladder.tiers)
        measured = {ladder.code: assets[ladder.asset] for ladder in self.ladders.values()}
        return RuleReader(tuple(assets.values()), codes, self.currency_scale, measured, frozenset(self.segments))
