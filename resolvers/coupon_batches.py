"""Batches of codes, and the counters of templates."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any

import strawberry

from schema import ids
from schema.connection import Connection, connection, key_of, page_size
from schema.context import Info
from schema.errors import PublicError, RequestErrorCode
from schema.payloads.coupon_batches import (
    CouponBatchCancelInput,
    CouponBatchCancelPayload,
    CouponBatchGenerateInput,
    CouponBatchGeneratePayload,
    CouponBatchResumeInput,
    CouponBatchResumePayload,
)
from schema.payloads.coupon_templates import CouponTemplateBy
from schema.payloads.inputs import NOBODY
from schema.permissions import Needs
from schema.refusals import Refusals
from schema.types.coupon_batch import CouponBatch
from schema.types.coupon_counters import CouponCounters
from services import coupon_batches as service
from services import coupon_counters as counters
from services.actors import Scope
from services.coupon_batches import BatchOutcome


@strawberry.field(
    description="A batch of codes; null when there is none, or the caller may not see it.",
    extensions=[Needs(Scope.COUPONS_READ)],
)
async def coupon_batch(
    info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id.")]
) -> CouponBatch | None:
    """Return the batch."""
    row = await info.context.loaders.coupons.batch.load(ids.decode(ids.COUPON_BATCH, id) or NOBODY)
    return CouponBatch.of(row) if row else None


@strawberry.field(
    name="couponBatches", description="Batches of codes, the newest first.", extensions=[Needs(Scope.COUPONS_READ)]
)
async def coupon_batch_list(
    info: Info,
    template: Annotated[
        CouponTemplateBy | None, strawberry.argument(description="Of which template; of all when it is left out.")
    ] = None,
    first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100.")] = 20,
    after: Annotated[str | None, strawberry.argument(description="Cursor of the batch before.")] = None,
) -> Connection[CouponBatch]:
    """Return a page of batches."""
    size, before = page_size(first), key_of(ids.COUPON_BATCH, after)
    named = template.ref() if template else None
    rows = await service.page(info.context.actor, named, limit=size + 1, before=before)
    return connection(rows, size, after, CouponBatch.of, lambda row: ids.encode(ids.COUPON_BATCH, row.id))


@strawberry.mutation(
    description="Makes unique codes of a template, in the background: this answers before the first is made. Nobody "
    "has them; who gets one takes it into their wallet, or uses it in an order.",
    extensions=[Refusals(), Needs(Scope.COUPONS_WRITE)],
)
async def coupon_batch_generate(
    info: Info, input: Annotated[CouponBatchGenerateInput, strawberry.argument(description="Which and how many.")]
) -> CouponBatchGeneratePayload:
    """Generate."""
    context = info.context
    outcome = await service.generate(
        context.engine,
        context.actor,
        input.template.ref(),
        size=input.size,
        reason=input.reason,
        key=input.idempotency_key,
    )
    return CouponBatchGeneratePayload(**await _of(info, outcome))


@strawberry.mutation(
    description="Makes no more codes of a batch, and gives the rest back to the template's stock. The codes that are "
    "made stay good.",
    extensions=[Refusals(), Needs(Scope.COUPONS_WRITE)],
)
async def coupon_batch_cancel(
    info: Info, input: Annotated[CouponBatchCancelInput, strawberry.argument(description="Which batch.")]
) -> CouponBatchCancelPayload:
    """Cancel."""
    context, key = info.context, ids.decode(ids.COUPON_BATCH, input.batch) or NOBODY
    outcome = await service.cancel(context.engine, context.actor, key, key=input.idempotency_key)
    return CouponBatchCancelPayload(**await _of(info, outcome))


@strawberry.mutation(
    description="Makes the codes that a cancelled batch lacks, of the version of the template of which the others are. "
    "They are taken out of the template's stock again.",
    extensions=[Refusals(), Needs(Scope.COUPONS_WRITE)],
)
async def coupon_batch_resume(
    info: Info, input: Annotated[CouponBatchResumeInput, strawberry.argument(description="Which batch.")]
) -> CouponBatchResumePayload:
    """Resume."""
    context, key = info.context, ids.decode(ids.COUPON_BATCH, input.batch) or NOBODY
    outcome = await service.resume(context.engine, context.actor, key, key=input.idempotency_key)
    return CouponBatchResumePayload(**await _of(info, outcome))


@strawberry.subscription(
    description="A batch of codes as it is, sent at once and after progress, at most four times a second. It ends with "
    "the batch that is done or cancelled.",
    extensions=[Needs(Scope.COUPONS_READ)],
)
async def coupon_batch_progress(
    info: Info, batch_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the batch.")]
) -> AsyncGenerator[CouponBatch, None]:
    """Stream a batch."""
    context, key, is_found = info.context, ids.decode(ids.COUPON_BATCH, batch_id) or NOBODY, False
    async with aclosing(service.progress(context.engine, context.actor, key)) as stream:
        async for row in stream:
            is_found = True
            yield CouponBatch.of(row)
    if not is_found:
        raise PublicError(RequestErrorCode.BAD_REQUEST, "There is no such batch of codes.", field=["batchId"])


@strawberry.subscription(
    description="What became of the coupons of a template, in numbers, sent at once and after changes, at most four "
    "times a second; changes in between are sent as one.",
    extensions=[Needs(Scope.COUPONS_READ)],
)
async def coupon_counters(
    info: Info, template: Annotated[CouponTemplateBy, strawberry.argument(description="Which template.")]
) -> AsyncGenerator[CouponCounters, None]:
    """Stream the counters of a template."""
    context = info.context
    found = await service.template_named(context.actor, template.ref())
    if found is None:
        at = ["template", "id" if template.id is not None else "code"]
        raise PublicError(RequestErrorCode.BAD_REQUEST, "There is no such template of coupons.", field=at)
    async with aclosing(counters.watch(context.engine, context.actor, found.id)) as stream:
        async for seen in stream:
            yield CouponCounters.of(seen, await context.loaders.program.load(context.program_id))


async def _of(info: Info, outcome: BatchOutcome) -> dict[str, Any]:
    row = await info.context.loaders.coupons.batch.load(outcome.batch_id)
    assert row is not None, "batches are never deleted"
    return {"batch": CouponBatch.of(row), "replayed": outcome.replayed}
