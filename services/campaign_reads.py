"""Reads of campaigns: pages of them and of their versions, and what was used of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import models
from domain import checks
from domain.campaigns import EVER, CampaignKind, CampaignState
from services import listing, visible
from services.actors import Actor, ActorKind
from services.campaign_rows import CampaignRef, named
from services.listing import OwnPage
from services.reading import OrmSession

FILTER_MAX = 100
"""The most codes that a list is narrowed to."""
SHOWN = (
    "FROM campaign c JOIN campaign_version v ON v.program_id = c.program_id AND v.campaign_id = c.id AND v.number = "
    "COALESCE(c.published_version, (SELECT max(n.number) FROM campaign_version n "
    "WHERE n.program_id = c.program_id AND n.campaign_id = c.id))"
)
"""Campaigns with the version that decides; of drafts with the newest."""
STATES = {
    CampaignState.DRAFT: "c.state = 'DRAFT'",
    CampaignState.SCHEDULED: "c.state = 'RUNNING' AND {now} < v.starts_at",
    CampaignState.RUNNING: "c.state = 'RUNNING' AND v.starts_at <= {now} AND {now} < v.ends_at",
    CampaignState.PAUSED: "c.state = 'PAUSED'",
    CampaignState.ENDED: "(c.state = 'ENDED' OR c.state = 'RUNNING' AND v.ends_at <= {now})",
}
"""What `domain.campaigns.state_at` says, in the database's words."""


@dataclass(frozen=True, slots=True)
class CampaignCriteria:
    """Which campaigns a list shows, or templates of coupons; None does not narrow it."""

    states: Sequence[CampaignState] | None = None
    trigger: str | None = None
    codes: Sequence[str] | None = None
    kind: CampaignKind = CampaignKind.CAMPAIGN


async def campaigns_page(
    reads: OrmSession, actor: Actor, criteria: CampaignCriteria, *, now: datetime, limit: int, before: UUID | None
) -> list[models.Campaign]:
    """Return up to `limit` campaigns of the actor's program as they are at `now`, the newest first."""
    arguments: list[Any] = []

    def given(value: Any) -> str:
        arguments.append(value)
        return f"${len(arguments)}"

    conditions = [f"c.program_id = {given(actor.program_id)}", f"c.kind = {given(criteria.kind)}"]
    if actor.kind is ActorKind.MEMBER:
        conditions.append("c.published_version IS NOT NULL")
    if before is not None:
        conditions.append(f"c.id < {given(before)}")
    if criteria.states is not None:
        states = _any(STATES[state] for state in criteria.states)
        conditions.append(states.format(now=given(now)) if "{now}" in states else states)
    if criteria.trigger is not None:
        conditions.append(f"v.trigger = {given(criteria.trigger)}")
    if criteria.codes is not None:
        codes = filter(None, (checks.sought(code, checks.CODE_MAX) for code in criteria.codes))
        conditions.append(_any(f"c.code = {given(code)}" for code in codes))
    sql = f"SELECT c.id {SHOWN} WHERE {' AND '.join(conditions)} ORDER BY c.id DESC LIMIT {limit}"
    ids = [record[0] for record in await reads.fetch(sql, *arguments)]
    return await visible.of_kind(actor, criteria.kind).filter(id__in=ids).order_by("-id")


def _any(parts: Any) -> str:
    """Return that one of the parts holds; of none, none does."""
    return f"({' OR '.join(parts) or '1 = 0'})"


async def find(actor: Actor, ref: CampaignRef, kind: CampaignKind = CampaignKind.CAMPAIGN) -> models.Campaign | None:
    """Return the campaign, or the template of coupons; None when there is none that the actor can see."""
    return await named(actor, kind, ref).first()


async def versions_by_key(actor: Actor, keys: Sequence[tuple[UUID, int]]) -> list[models.CampaignVersion | None]:
    """Return each version, by its campaign and its number."""
    campaigns, numbers = zip(*keys, strict=True)
    rows = visible.campaign_versions(actor).filter(campaign_id__in=set(campaigns), number__in=set(numbers))
    found = {(row.campaign_id, row.number): row for row in await rows}
    return [found.get(key) for key in keys]


async def version(
    actor: Actor, id: UUID, kind: CampaignKind = CampaignKind.CAMPAIGN
) -> tuple[models.CampaignVersion, models.Campaign] | None:
    """Return a version with its campaign, or with its template of coupons; None when it is of the other kind."""
    row = await visible.campaign_versions(actor).get_or_none(id=id)
    campaign = await visible.of_kind(actor, kind).get_or_none(id=row.campaign_id) if row else None
    return (row, campaign) if row and campaign else None


async def versions_pages(
    reads: OrmSession, actor: Actor, pages: Sequence[OwnPage]
) -> list[list[models.CampaignVersion]]:
    """Return each page of a campaign's versions, the newest first; `before` is a number, and the owner a campaign."""
    return await listing.own_pages(reads, actor, models.CampaignVersion, "number", pages, owner="campaign_id")


async def usages(actor: Actor, ids: Sequence[UUID]) -> list[models.CampaignUsage | None]:
    """Return what everybody ever used of each campaign, None where nothing was counted."""
    rows = visible.campaign_usages(actor).filter(campaign_id__in=list(ids), owner_id__in=list(ids), day=EVER)
    found = {row.campaign_id: row for row in await rows if row.owner_id == row.campaign_id}
    return [found.get(key) for key in ids]
