"""The set-up of a program as its rows say it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import models
from domain.assets import Asset, AssetKind, BurnOrder, ExpiryFrom, ExpiryPolicy, ShortfallPolicy
from domain.campaigns import CampaignKind
from domain.program import TierMetric
from domain.setup import (
    AssetSetUp,
    CampaignSetUp,
    ConversionSetUp,
    LadderSetUp,
    SegmentSetUp,
    SetUp,
    StoredState,
    TierSetUp,
)
from domain.stored_value import TopUpStep
from domain.versions import VersionForm, counted_assets
from services.publishing import with_points

VERSION_COLUMNS = tuple(VersionForm.__dataclass_fields__)
ASSET_ENUMS = {
    "kind": AssetKind,
    "expiry": ExpiryPolicy,
    "expiry_from": ExpiryFrom,
    "shortfall": ShortfallPolicy,
    "burn_order": BurnOrder,
}


@dataclass(frozen=True, slots=True)
class Stored:
    """A program as it is stored: its set-up, and what of its rows the set-up does not say."""

    row: models.Program
    setup: SetUp
    campaigns: dict[str, models.Campaign]
    """Templates of coupons are among them here: no two have one code."""
    newest: dict[str, models.CampaignVersion]
    """The newest version of each campaign, published or not."""
    points_of: dict[str, frozenset[str]]
    """The assets of which each campaign may have counted points."""
    ladders: dict[str, models.Ladder]
    tiers: dict[str, list[models.Tier]]
    """Of each ladder by its code, the lowest first."""


async def stored(row: models.Program) -> Stored:
    """Return a program as it is now."""
    assets = {one.id: asset_of(one) for one in await models.Asset.filter(program_id=row.id).order_by("code")}
    ladders = {one.code: one for one in await models.Ladder.filter(program_id=row.id).order_by("code")}
    tiers: dict[str, list[models.Tier]] = {code: [] for code in ladders}
    by_id = {one.id: one.code for one in ladders.values()}
    for tier in await models.Tier.filter(program_id=row.id).order_by("ladder_id", "rank"):
        tiers[by_id[tier.ladder_id]].append(tier)
    campaigns = {one.code: one for one in await models.Campaign.filter(program_id=row.id).order_by("code")}
    versions: dict[UUID, dict[int, models.CampaignVersion]] = defaultdict(dict)
    for version in await models.CampaignVersion.filter(program_id=row.id):
        versions[version.campaign_id][version.number] = version
    newest = {code: versions[one.id][max(versions[one.id])] for code, one in campaigns.items() if versions[one.id]}
    shown = {
        code: _campaign(one, versions[one.id].get(one.published_version or 0) or newest[code])
        for code, one in campaigns.items()
        if code in newest
    }
    setup = SetUp(
        id=row.id,
        code=row.code,
        name=row.name,
        approval=row.approval,
        currency=row.currency,
        currency_scale=row.currency_scale,
        zone=ZoneInfo(row.time_zone),
        assets=await _assets(row.id, assets),
        conversions=await _conversions(row.id, assets),
        ladders={code: _ladder(ladder, assets[ladder.asset_id].code, tiers[code]) for code, ladder in ladders.items()},
        campaigns={code: one for code, one in shown.items() if campaigns[code].kind == CampaignKind.CAMPAIGN},
        templates={code: one for code, one in shown.items() if campaigns[code].kind == CampaignKind.COUPON},
        segments={
            one.code: SegmentSetUp(one.code, one.name, one.conditions)
            for one in await models.Segment.filter(program_id=row.id).order_by("code")
        },
    )
    counting = set(await with_points(row.id).values_list("campaign_id", flat=True))
    budgets = {
        code: counted_assets(
            shown[code].version.budget if one.published_version else None,
            [version.budget for version in versions[one.id].values()],
            counted=one.id in counting,
        )
        for code, one in campaigns.items()
        if code in newest
    }
    return Stored(row, setup, campaigns, newest, budgets, ladders, tiers)


def program_now(row: models.Program) -> datetime:
    """Return a program's present instant: of a sandbox where its clock stands."""
    return row.virtual_now or datetime.now(UTC)


def asset_of(row: models.Asset) -> Asset:
    """Return the asset that a row is of."""
    said: dict[str, Any] = {name: getattr(row, name) for name in Asset.__dataclass_fields__}
    for name, kind in ASSET_ENUMS.items():
        said[name] = kind(said[name])
    return Asset(**said)


def version_form(row: models.CampaignVersion) -> VersionForm:
    """Return what a stored version says."""
    return VersionForm(**{name: getattr(row, name) for name in VERSION_COLUMNS})


async def _assets(program_id: UUID, assets: dict[UUID, Asset]) -> dict[str, AssetSetUp]:
    steps: dict[UUID, list[TopUpStep]] = defaultdict(list)
    for row in await models.TopUpStep.filter(program_id=program_id).order_by("asset_id", "threshold"):
        steps[row.asset_id].append(TopUpStep(row.threshold, row.amount, row.basis_points))
    return {asset.code: AssetSetUp(asset, tuple(steps[asset.id])) for asset in assets.values()}


async def _conversions(program_id: UUID, assets: dict[UUID, Asset]) -> dict[tuple[str, str], ConversionSetUp]:
    found = {}
    for row in await models.Conversion.filter(program_id=program_id):
        source, target = assets[row.from_asset_id].code, assets[row.to_asset_id].code
        found[source, target] = ConversionSetUp(
            source=source, target=target, amount=row.from_amount, gives=row.to_amount, step=row.step
        )
    return dict(sorted(found.items()))


def _ladder(row: models.Ladder, asset: str, tiers: list[models.Tier]) -> LadderSetUp:
    levels = tuple(TierSetUp(tier.code, tier.name, tier.threshold) for tier in tiers)
    return LadderSetUp(code=row.code, name=row.name, metric=TierMetric(row.metric), asset=asset, tiers=levels)


def _campaign(row: models.Campaign, version: models.CampaignVersion) -> CampaignSetUp:
    return CampaignSetUp(code=row.code, name=row.name, state=StoredState(row.state), version=version_form(version))
