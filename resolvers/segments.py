"""Segments: read and saved."""

from typing import Annotated

import strawberry

import models
from schema.context import Info
from schema.payloads.campaign_inputs import SegmentSaveInput
from schema.payloads.campaigns import SegmentSavePayload
from schema.permissions import Needs
from schema.refusals import Refusals
from schema.types.forms import stored
from schema.types.segment import Segment
from services import segments
from services.actors import Scope


@strawberry.field(
    name="segments", description="The program's segments, by their codes.", extensions=[Needs(Scope.PROGRAM_READ)]
)
async def segment_list(info: Info) -> list[Segment]:
    """Return the segments."""
    return [Segment.of(row) for row in await segments.saved(info.context.actor)]


@strawberry.mutation(
    description="Saves a segment, or changes the one with this code: campaigns that name it follow at once. Nobody "
    "enters it by that; SEGMENT_ENTERED is answered when something happens to a member.",
    extensions=[Refusals(), Needs(Scope.CAMPAIGNS_WRITE)],
)
async def segment_save(
    info: Info, input: Annotated[SegmentSaveInput, strawberry.argument(description="The segment.")]
) -> SegmentSavePayload:
    """Save."""
    context = info.context
    answer = await segments.save(
        context.engine,
        context.actor,
        code=input.code,
        name=input.name,
        conditions=stored(input.conditions),
        key=input.idempotency_key,
    )
    row = await models.Segment.get(program_id=context.program_id, code=answer.record["segment"])
    return SegmentSavePayload(segment=Segment.of(row), replayed=answer.replayed)
