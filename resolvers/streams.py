"""Subscriptions."""

from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry

from schema import ids
from schema.context import Info
from schema.cursors import expired, member_position, program_place
from schema.enums import EventKind
from schema.errors import PublicError, RequestErrorCode
from schema.permissions import Needs
from schema.scalars import Cursor
from schema.types.event import EventBatch, event_of
from schema.types.member import Member
from schema.types.member_event import MemberEvent
from services import events
from services.actors import Scope

AFTER = "Cursor of the last event seen; without it the stream starts with what comes next."
WHOSE = "Whose; a member may leave it out for itself."


def _member_id(info: Info, member_id: str | None) -> UUID:
    found = ids.decode(ids.MEMBER, member_id) if member_id else info.context.actor.member_id
    if found is None:
        raise PublicError(RequestErrorCode.BAD_REQUEST, "There is no such member.", field=["memberId"])
    return found


@strawberry.subscription(
    description="Everything that happens to one member, in order, each once. A member may omit `memberId`. Pass the "
    "last `position` seen to resume.",
    extensions=[Needs(Scope.MEMBERS_READ, member=True)],
)
async def member_events(
    info: Info,
    member_id: Annotated[strawberry.ID | None, strawberry.argument(description=WHOSE)] = None,
    after: Annotated[Cursor | None, strawberry.argument(description=AFTER)] = None,
) -> AsyncGenerator[MemberEvent, None]:
    """Stream a member's events."""
    engine, actor = info.context.engine, info.context.actor
    key = _member_id(info, member_id)
    newest = await events.newest(actor, key)
    if newest is None:
        raise PublicError(RequestErrorCode.BAD_REQUEST, "There is no such member.", field=["memberId"])
    program = await info.context.loaders.program.load(info.context.program_id)
    position = newest if after is None else member_position(after, program.event_epoch, key)
    if position > newest:
        raise expired()
    async with aclosing(events.member_events(engine, actor, key, position)) as stream:
        async for row in stream:
            program = await info.context.loaders.program.load(info.context.program_id)
            yield event_of(row, program)


class _StateThen:
    """A member's state, awaited as part of the answer that it is in, so that all of the answer is of one moment."""

    def __init__(self, info: Info, key: UUID, change: events.MemberChange) -> None:
        self._info = info
        self._key = key
        self._change = change

    def __await__(self) -> Generator[Any, None, Member]:
        return self._read().__await__()

    async def _read(self) -> Member:
        row = await self._info.context.loaders.member.load(self._key)
        assert row is not None, "the stream has just seen the member"
        self._change.position = row.position
        return Member.of(row)


@strawberry.subscription(
    description="The newest state of one member, sent at once and after each change; when the client is slow only the "
    "newest is kept.",
    extensions=[Needs(Scope.MEMBERS_READ, member=True)],
)
async def member_state(
    info: Info, member_id: Annotated[strawberry.ID | None, strawberry.argument(description=WHOSE)] = None
) -> AsyncGenerator[Member, None]:
    """Stream a member's state."""
    key = _member_id(info, member_id)
    found = False
    async with aclosing(events.member_changes(info.context.engine, info.context.actor, key)) as stream:
        async for change in stream:
            found = True
            yield cast("Member", _StateThen(info, key, change))  # awaited by the executor, as any resolver's value
    if not found:
        raise PublicError(RequestErrorCode.BAD_REQUEST, "There is no such member.", field=["memberId"])


@strawberry.subscription(
    description="Staff and partners: every event of the program (or of the given kinds), in batches. The first batch "
    "comes at once.",
    extensions=[Needs(Scope.MEMBERS_READ)],
)
async def program_events(
    info: Info,
    after: Annotated[Cursor | None, strawberry.argument(description=AFTER)] = None,
    kinds: Annotated[list[EventKind] | None, strawberry.argument(description="Only these kinds.")] = None,
) -> AsyncGenerator[EventBatch, None]:
    """Stream a program's events."""
    engine, actor = info.context.engine, info.context.actor
    program = await info.context.loaders.program.load(info.context.program_id)
    place = program_place(after, program.event_epoch, program.id) if after is not None else None
    if place is not None and await events.is_beyond_newest(actor, place):
        raise expired()
    wanted = frozenset(kinds) if kinds is not None else None
    async with aclosing(events.program_events(engine, actor, place, wanted)) as stream:
        async for page in stream:
            program = await info.context.loaders.program.load(info.context.program_id)
            yield EventBatch.of(page, program)
