"""Mutations of behaviour events, and of the tags that campaigns look at."""

from typing import Annotated

import strawberry

from resolvers.members import entries_of, member_of
from schema.context import Info
from schema.payloads.occasions import EventRecordInput, EventRecordPayload, MemberTagInput, MemberTagPayload
from schema.permissions import Needs
from schema.refusals import Refusals
from schema.types.occasion import Occasion
from services import occasions, tags
from services.actors import Scope


@strawberry.mutation(
    description="Records what a member did, such as a check-in or a review, and gives what campaigns give for it.",
    extensions=[Refusals(), Needs(Scope.EVENTS_WRITE)],
)
async def event_record(
    info: Info, input: Annotated[EventRecordInput, strawberry.argument(description="The event.")]
) -> EventRecordPayload:
    """Record."""
    context = info.context
    outcome = await occasions.record_event(context.engine, context.actor, input.request(), key=input.idempotency_key)
    assert outcome.occasion_id is not None, "a behaviour event is always recorded"
    row = await context.loaders.occasion.load(outcome.occasion_id)
    return EventRecordPayload(
        occasion=Occasion.of(row) if row else None,
        member=await member_of(info, outcome),
        entries=await entries_of(info, outcome),
        replayed=outcome.replayed,
    )


@strawberry.mutation(
    description="Sets tags on a member, and takes others away. What is so already stays as it is.",
    extensions=[Refusals(), Needs(Scope.MEMBERS_WRITE)],
)
async def member_tag(
    info: Info, input: Annotated[MemberTagInput, strawberry.argument(description="Which tags.")]
) -> MemberTagPayload:
    """Tag."""
    context = info.context
    outcome = await tags.tag(
        context.engine,
        context.actor,
        input.member.ref(),
        input.add or (),
        input.remove or (),
        key=input.idempotency_key,
    )
    return MemberTagPayload(member=await member_of(info, outcome), replayed=outcome.replayed)
