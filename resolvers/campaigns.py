"""Campaigns: what is read of them, and their life."""

from typing import Annotated, Any

import strawberry

from schema import ids
from schema.connection import Connection, bad_cursor, connection, page_size
from schema.context import Info
from schema.errors import PublicError, RequestErrorCode
from schema.payloads.campaign_inputs import (
    CampaignApproveInput,
    CampaignBy,
    CampaignDraftInput,
    CampaignEndInput,
    CampaignFilter,
    CampaignPauseInput,
    CampaignPublishInput,
    CampaignResumeInput,
)
from schema.payloads.campaigns import (
    CampaignApprovePayload,
    CampaignDraftPayload,
    CampaignEndPayload,
    CampaignPausePayload,
    CampaignPublishPayload,
    CampaignResumePayload,
)
from schema.permissions import Needs
from schema.refusals import Refusals
from schema.types.campaign import Campaign, CampaignVersion
from services import campaign_reads, campaigns
from services.actors import Scope
from services.campaign_reads import FILTER_MAX, CampaignCriteria
from services.campaigns import CampaignOutcome


@strawberry.field(
    description="A campaign; null when there is none, or the caller may not see it. A member sees those that were "
    "published.",
    extensions=[Needs(Scope.PROGRAM_READ, member=True)],
)
async def campaign(
    info: Info, by: Annotated[CampaignBy, strawberry.argument(description="Which campaign.")]
) -> Campaign | None:
    """Return the campaign."""
    row = await campaign_reads.find(info.context.actor, by.ref())
    return Campaign.of(row) if row else None


@strawberry.field(name="campaigns", description="Campaigns, the newest first.", extensions=[Needs(Scope.PROGRAM_READ)])
async def campaign_list(
    info: Info,
    filter: Annotated[CampaignFilter | None, strawberry.argument(description="Which campaigns.")] = None,
    first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100.")] = 20,
    after: Annotated[str | None, strawberry.argument(description="Cursor of the campaign before.")] = None,
) -> Connection[Campaign]:
    """Return a page of campaigns."""
    size, wanted, context = page_size(first), filter or CampaignFilter(), info.context
    before = ids.decode(ids.CAMPAIGN, after) if after is not None else None
    if after is not None and before is None:
        raise bad_cursor()
    if wanted.codes is not None and len(wanted.codes) > FILTER_MAX:
        message = f"`codes` has {len(wanted.codes)} items; {FILTER_MAX} are allowed."
        raise PublicError(RequestErrorCode.BAD_REQUEST, message, field=["filter", "codes"])
    criteria = CampaignCriteria(states=wanted.states, trigger=wanted.trigger, codes=wanted.codes)
    now = (await context.loaders.program.load(context.program_id)).now()
    rows = await campaign_reads.campaigns_page(
        context.engine.reads, context.actor, criteria, now=now, limit=size + 1, before=before
    )
    return connection(rows, size, after, Campaign.of, lambda row: ids.encode(ids.CAMPAIGN, row.id))


@strawberry.mutation(
    description="Drafts a version of a campaign, a new one or the next of one that exists. A version never changes, "
    "and decides nothing until it is published. It is checked against the program as it is.",
    extensions=[Refusals(), Needs(Scope.CAMPAIGNS_WRITE)],
)
async def campaign_draft(
    info: Info, input: Annotated[CampaignDraftInput, strawberry.argument(description="Campaign and version.")]
) -> CampaignDraftPayload:
    """Draft."""
    context, target = info.context, input.campaign.target()
    outcome = await campaigns.draft(
        context.engine, context.actor, target, input.version.request(), key=input.idempotency_key
    )
    return CampaignDraftPayload(**await _of(info, outcome))


@strawberry.mutation(
    description="Approves a version of a campaign, which somebody else drafted, in place of the one that was approved "
    "before. A program with approval publishes nothing else.",
    extensions=[Refusals(), Needs(Scope.CAMPAIGNS_APPROVE)],
)
async def campaign_approve(
    info: Info, input: Annotated[CampaignApproveInput, strawberry.argument(description="Campaign and version.")]
) -> CampaignApprovePayload:
    """Approve."""
    outcome = await campaigns.approve(
        info.context.actor, input.campaign.ref(), version=input.version, key=input.idempotency_key
    )
    return CampaignApprovePayload(**await _of(info, outcome))


@strawberry.mutation(
    description="Lets a version decide from now on: at once, on every server, within its window. Orders keep the "
    "version that decided them. A campaign that is paused stays paused, with the new version.",
    extensions=[Refusals(), Needs(Scope.CAMPAIGNS_WRITE)],
)
async def campaign_publish(
    info: Info, input: Annotated[CampaignPublishInput, strawberry.argument(description="Campaign and version.")]
) -> CampaignPublishPayload:
    """Publish."""
    context = info.context
    outcome = await campaigns.publish(
        context.engine, context.actor, input.campaign.ref(), version=input.version, key=input.idempotency_key
    )
    return CampaignPublishPayload(**await _of(info, outcome))


@strawberry.mutation(
    description="Lets a campaign that runs, or will, do nothing until it is resumed.",
    extensions=[Refusals(), Needs(Scope.CAMPAIGNS_WRITE)],
)
async def campaign_pause(
    info: Info, input: Annotated[CampaignPauseInput, strawberry.argument(description="Which campaign.")]
) -> CampaignPausePayload:
    """Pause."""
    context = info.context
    outcome = await campaigns.pause(context.engine, context.actor, input.campaign.ref(), key=input.idempotency_key)
    return CampaignPausePayload(**await _of(info, outcome))


@strawberry.mutation(
    description="Lets a paused campaign run again.", extensions=[Refusals(), Needs(Scope.CAMPAIGNS_WRITE)]
)
async def campaign_resume(
    info: Info, input: Annotated[CampaignResumeInput, strawberry.argument(description="Which campaign.")]
) -> CampaignResumePayload:
    """Resume."""
    context = info.context
    outcome = await campaigns.resume(context.engine, context.actor, input.campaign.ref(), key=input.idempotency_key)
    return CampaignResumePayload(**await _of(info, outcome))


@strawberry.mutation(
    description="Ends a campaign for good, also one whose window is over. What it gave stays given.",
    extensions=[Refusals(), Needs(Scope.CAMPAIGNS_WRITE)],
)
async def campaign_end(
    info: Info, input: Annotated[CampaignEndInput, strawberry.argument(description="Which campaign.")]
) -> CampaignEndPayload:
    """End."""
    context = info.context
    outcome = await campaigns.end(context.engine, context.actor, input.campaign.ref(), key=input.idempotency_key)
    return CampaignEndPayload(**await _of(info, outcome))


async def _of(info: Info, outcome: CampaignOutcome) -> dict[str, Any]:
    loaders = info.context.loaders
    row = await loaders.campaign.load(outcome.campaign_id)
    assert row is not None, "campaigns are never deleted"
    answer: dict[str, Any] = {"campaign": Campaign.of(row), "replayed": outcome.replayed}
    if outcome.version is not None:
        version = await loaders.campaign_version.load((row.id, outcome.version))
        answer["version"] = CampaignVersion.of(version, row) if version else None
    return answer
