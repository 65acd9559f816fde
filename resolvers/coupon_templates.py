"""Templates of coupons: what is read of them, and their life, which is that of campaigns."""

from typing import Annotated, Any

import strawberry

from domain.campaigns import CampaignKind
from schema import ids
from schema.connection import Connection, bad_cursor, connection, page_size
from schema.context import Info
from schema.payloads.coupon_template_inputs import (
    CouponTemplateApproveInput,
    CouponTemplateDraftInput,
    CouponTemplateEndInput,
    CouponTemplatePauseInput,
    CouponTemplatePublishInput,
    CouponTemplateResumeInput,
)
from schema.payloads.coupon_templates import (
    CouponTemplateApprovePayload,
    CouponTemplateBy,
    CouponTemplateDraftPayload,
    CouponTemplateEndPayload,
    CouponTemplatePausePayload,
    CouponTemplatePublishPayload,
    CouponTemplateResumePayload,
)
from schema.permissions import Needs
from schema.refusals import Refusals
from schema.types.coupon_template import CouponTemplate, CouponTemplateVersion
from services import campaign_reads, campaigns
from services.actors import Scope
from services.campaign_reads import CampaignCriteria
from services.campaigns import CampaignOutcome

KIND = CampaignKind.COUPON


@strawberry.field(
    description="A template of coupons; null when there is none, or the caller may not see it. A member sees those "
    "that were published.",
    extensions=[Needs(Scope.PROGRAM_READ, member=True)],
)
async def coupon_template(
    info: Info, by: Annotated[CouponTemplateBy, strawberry.argument(description="Which template.")]
) -> CouponTemplate | None:
    """Return the template."""
    row = await campaign_reads.find(info.context.actor, by.ref(), KIND)
    return CouponTemplate.of(row) if row else None


@strawberry.field(
    name="couponTemplates",
    description="Templates of coupons, the newest first. A member sees those that were published.",
    extensions=[Needs(Scope.PROGRAM_READ, member=True)],
)
async def coupon_template_list(
    info: Info,
    first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100.")] = 20,
    after: Annotated[str | None, strawberry.argument(description="Cursor of the template before.")] = None,
) -> Connection[CouponTemplate]:
    """Return a page of templates."""
    size, context = page_size(first), info.context
    before = ids.decode(ids.COUPON_TEMPLATE, after) if after is not None else None
    if after is not None and before is None:
        raise bad_cursor()
    now = (await context.loaders.program.load(context.program_id)).now()
    rows = await campaign_reads.campaigns_page(
        context.engine.reads, context.actor, CampaignCriteria(kind=KIND), now=now, limit=size + 1, before=before
    )
    return connection(rows, size, after, CouponTemplate.of, lambda row: ids.encode(ids.COUPON_TEMPLATE, row.id))


@strawberry.mutation(
    description="Drafts a version of a template of coupons, a new one or the next of one that exists. A version never "
    "changes, and no coupon is had by it until it is published. It is checked against the program as it is.",
    extensions=[Refusals(), Needs(Scope.CAMPAIGNS_WRITE)],
)
async def coupon_template_draft(
    info: Info, input: Annotated[CouponTemplateDraftInput, strawberry.argument(description="Template and version.")]
) -> CouponTemplateDraftPayload:
    """Draft."""
    context, target = info.context, input.template.target()
    outcome = await campaigns.draft(
        context.engine, context.actor, target, input.version.request(), key=input.idempotency_key, kind=KIND
    )
    return CouponTemplateDraftPayload(**await _of(info, outcome))


@strawberry.mutation(
    description="Approves a version of a template of coupons, which somebody else drafted, in place of the one that "
    "was approved before. A program with approval publishes nothing else.",
    extensions=[Refusals(), Needs(Scope.CAMPAIGNS_APPROVE)],
)
async def coupon_template_approve(
    info: Info, input: Annotated[CouponTemplateApproveInput, strawberry.argument(description="Template and version.")]
) -> CouponTemplateApprovePayload:
    """Approve."""
    outcome = await campaigns.approve(
        info.context.actor, input.template.ref(), version=input.version, key=input.idempotency_key, kind=KIND
    )
    return CouponTemplateApprovePayload(**await _of(info, outcome))


@strawberry.mutation(
    description="Lets coupons be had by a version from now on, within its window. Those that are there keep the "
    "version under which they were had. A template that is paused stays paused, with the new version.",
    extensions=[Refusals(), Needs(Scope.CAMPAIGNS_WRITE)],
)
async def coupon_template_publish(
    info: Info, input: Annotated[CouponTemplatePublishInput, strawberry.argument(description="Template and version.")]
) -> CouponTemplatePublishPayload:
    """Publish."""
    context, ref = info.context, input.template.ref()
    outcome = await campaigns.publish(
        context.engine, context.actor, ref, version=input.version, key=input.idempotency_key, kind=KIND
    )
    return CouponTemplatePublishPayload(**await _of(info, outcome))


@strawberry.mutation(
    description="Lets no coupon be had until the template is resumed. Those that are there stay good.",
    extensions=[Refusals(), Needs(Scope.CAMPAIGNS_WRITE)],
)
async def coupon_template_pause(
    info: Info, input: Annotated[CouponTemplatePauseInput, strawberry.argument(description="Which template.")]
) -> CouponTemplatePausePayload:
    """Pause."""
    context, ref = info.context, input.template.ref()
    outcome = await campaigns.pause(context.engine, context.actor, ref, key=input.idempotency_key, kind=KIND)
    return CouponTemplatePausePayload(**await _of(info, outcome))


@strawberry.mutation(
    description="Lets coupons of a paused template be had again.", extensions=[Refusals(), Needs(Scope.CAMPAIGNS_WRITE)]
)
async def coupon_template_resume(
    info: Info, input: Annotated[CouponTemplateResumeInput, strawberry.argument(description="Which template.")]
) -> CouponTemplateResumePayload:
    """Resume."""
    context, ref = info.context, input.template.ref()
    outcome = await campaigns.resume(context.engine, context.actor, ref, key=input.idempotency_key, kind=KIND)
    return CouponTemplateResumePayload(**await _of(info, outcome))


@strawberry.mutation(
    description="Ends a template of coupons for good: none can be had any more. Those that are there stay good.",
    extensions=[Refusals(), Needs(Scope.CAMPAIGNS_WRITE)],
)
async def coupon_template_end(
    info: Info, input: Annotated[CouponTemplateEndInput, strawberry.argument(description="Which template.")]
) -> CouponTemplateEndPayload:
    """End."""
    context, ref = info.context, input.template.ref()
    outcome = await campaigns.end(context.engine, context.actor, ref, key=input.idempotency_key, kind=KIND)
    return CouponTemplateEndPayload(**await _of(info, outcome))


async def _of(info: Info, outcome: CampaignOutcome) -> dict[str, Any]:
    loaders = info.context.loaders
    row = await loaders.coupons.template.load(outcome.campaign_id)
    assert row is not None, "templates are never deleted"
    answer: dict[str, Any] = {"template": CouponTemplate.of(row), "replayed": outcome.replayed}
    if outcome.version is not None:
        version = await loaders.campaign_version.load((row.id, outcome.version))
        answer["version"] = CouponTemplateVersion.of(version, row) if version else None
    return answer
