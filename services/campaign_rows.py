"""The rows of campaigns and of templates of coupons, and of their versions: found, and changed, one by one.

The two kinds share codes and a life, and are never taken for each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.expressions import F
from tortoise.queryset import QuerySet

import models
from domain import checks
from domain.campaigns import CampaignKind, CampaignState, Step
from domain.checks import CODE_MAX, Path
from domain.refusals import InvalidInput, NotFound
from domain.versions import counted_assets
from services import visible
from services.actors import Actor
from services.publishing import with_points

NOUNS = {CampaignKind.CAMPAIGN: "campaign", CampaignKind.COUPON: "template"}
"""What each kind is called, in sentences and in paths of inputs."""


@dataclass(frozen=True, slots=True)
class CampaignRef:
    """How a caller names a campaign: exactly one of the fields."""

    id: UUID | None = None
    code: str | None = None


def named(actor: Actor, kind: CampaignKind, ref: CampaignRef) -> QuerySet[models.Campaign]:
    """Return what a reference names, among those of a kind that the actor can see."""
    rows = visible.of_kind(actor, kind)
    if ref.id is not None:
        return rows.filter(id=ref.id)
    return rows.filter(code=checks.sought(ref.code or "", CODE_MAX) or "")


async def found(actor: Actor, kind: CampaignKind, ref: CampaignRef, path: Path = ()) -> models.Campaign:
    """Return what a reference names, which nobody else changes while the program is locked. Raises `NotFound`."""
    row = await named(actor, kind, ref).first()
    if row is None:
        raise NotFound(f"There is no such {NOUNS[kind]}.", field=(NOUNS[kind], *path))
    return row


async def save(campaign: models.Campaign) -> None:
    """Store the campaign and tell every server that the program changed."""
    await campaign.save(update_fields=["state", "published_version", "approved_version", "approved_by"])
    await models.Program.filter(id=campaign.program_id).update(config_version=F("config_version") + 1)


async def versions_of(campaign: models.Campaign) -> list[models.CampaignVersion]:
    """Return all versions, the newest first."""
    rows = models.CampaignVersion.filter(program_id=campaign.program_id, campaign_id=campaign.id)
    return await rows.order_by("-number")


async def newest_of(campaign: models.Campaign) -> int:
    """Return the number of the newest version, 0 when there is none."""
    rows = models.CampaignVersion.filter(program_id=campaign.program_id, campaign_id=campaign.id)
    newest = await rows.order_by("-number").first()
    return newest.number if newest else 0


async def version_of(campaign: models.Campaign, number: int) -> models.CampaignVersion:
    """Return the version with a number. Raises `InvalidInput`."""
    row = await models.CampaignVersion.get_or_none(
        program_id=campaign.program_id, campaign_id=campaign.id, number=number
    )
    if row is None:
        raise InvalidInput(f"{campaign.code} has no version {number}.", field=("version",))
    return row


async def assets_counted(campaign: models.Campaign, versions: Sequence[models.CampaignVersion]) -> list[str]:
    """Return the assets of which the campaign may have counted points."""
    published = next((row.budget for row in versions if row.number == campaign.published_version), None)
    counted = await with_points(campaign.program_id).filter(campaign_id=campaign.id).exists()
    return sorted(counted_assets(published, [row.budget for row in versions], counted=counted))


async def templates_in_force(program_id: UUID) -> dict[str, Mapping[str, Any]]:
    """Return the forms of the terms of all templates of coupons that are published and have not ended, by code."""
    rows = models.Campaign.filter(program_id=program_id, kind=CampaignKind.COUPON, published_version__isnull=False)
    codes = {(row.id, row.published_version): row.code for row in await rows.exclude(state=CampaignState.ENDED)}
    versions = models.CampaignVersion.filter(program_id=program_id, step=Step.COUPON)
    found = versions.filter(campaign_id__in=[campaign_id for campaign_id, _ in codes])
    return {
        codes[campaign_id, number]: coupon
        for campaign_id, number, coupon in await found.values_list("campaign_id", "number", "coupon")
        if (campaign_id, number) in codes
    }
