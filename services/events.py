"""Reading events as they are committed: from a cursor on, each once, in order, for as long as someone listens."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ParamSpec, TypeVar
from uuid import UUID

import structlog

import models
from domain.events import EventKind
from services import visible
from services.actors import Actor
from services.database.away import AWAY
from services.database.config import Dialect
from services.engine import Engine
from services.hub import member_stream, program_stream

P = ParamSpec("P")
T = TypeVar("T")
log = structlog.get_logger(__name__)

PAGE = 100
POLL_SECONDS = 5.0
"""How long a reader waits at most before it looks again: the net under a lost wake-up."""
HORIZON_POLL_SECONDS = 0.05
"""How soon a reader looks again while events wait for an older transaction to end."""
AWAY_POLL_SECONDS = 1.0
"""How soon a reader looks again while the database cannot be reached."""


async def patiently(read: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what `read` does, however long the database is away: a stream outlives a restart of it."""
    is_told = False
    while True:
        try:
            return await read(*args, **kwargs)
        except AWAY as error:
            if not is_told:  # once for each outage, not for each try: thousands may be here at once
                log.warning("events.retry", reason=f"{type(error).__name__}: {error}")
            is_told = True
        await asyncio.sleep(AWAY_POLL_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311  (spreads readers)


async def newest(actor: Actor, member_id: UUID) -> int | None:
    """Return the position of a member's newest event, or None when the actor cannot see the member."""
    row = await patiently(_member, actor, member_id)
    return None if row is None else int(row.position)


async def _member(actor: Actor, member_id: UUID) -> models.Member | None:
    return await visible.members(actor).get_or_none(id=member_id)


async def member_events(
    engine: Engine, actor: Actor, member_id: UUID, after: int
) -> AsyncGenerator[models.Event, None]:
    """Yield a member's events with a position above `after`, then each new one as it is committed, for ever.

    The wake handle is taken before reading, so nothing that commits between read and wait is missed.
    """
    assert actor.program_id is not None, "the field asked for a credential"
    with engine.hub.listen(member_stream(actor.program_id, member_id)) as listener:
        while True:
            handle = listener.handle()
            rows = await patiently(_member_page, actor, member_id, after)
            for row in rows:
                yield row
                after = row.position
            if not rows:
                await listener.wait(handle, POLL_SECONDS)


async def _member_page(actor: Actor, member_id: UUID, after: int) -> list[models.Event]:
    rows = visible.events(actor).filter(member_id=member_id, position__gt=after)
    return await rows.order_by("position").limit(PAGE)


@dataclass(slots=True)
class MemberChange:
    """That a member is at a position not told yet. Who tells it may read a newer one, and notes it here."""

    position: int


async def member_changes(engine: Engine, actor: Actor, member_id: UUID) -> AsyncGenerator[MemberChange, None]:
    """Yield a change now and after each change; while the consumer is busy, changes fold into one.

    The member is not handed over: what was read here is older than what the consumer reads beside it.
    """
    assert actor.program_id is not None, "the field asked for a credential"
    seen = -1
    with engine.hub.listen(member_stream(actor.program_id, member_id)) as listener:
        while True:
            handle = listener.handle()
            row = await patiently(_member, actor, member_id)
            if row is None:
                return
            if row.position != seen:
                change = MemberChange(row.position)
                yield change
                seen = change.position
            else:
                await listener.wait(handle, POLL_SECONDS)


LAST_MEMBER = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class ProgramCursor:
    """A place in the stream of a whole program: after this event. Within one transaction, by member and position."""

    commit_order: int
    member_id: UUID = LAST_MEMBER
    position: int = 2**62


@dataclass(frozen=True, slots=True)
class Page:
    """Events in order, the cursor after them, and whether the reader has caught up with what is committed."""

    events: Sequence[models.Event]
    cursor: ProgramCursor
    caught_up: bool


async def horizon(engine: Engine) -> int:
    """Return the commit order from which on events may still appear out of order; below it, all are there.

    PostgreSQL numbers a transaction when it first writes and not when it commits, so one may appear below another that
    was already read, unless readers stop at the oldest that is still open. On SQLite there is one writer.
    """
    if engine.database.dialect is Dialect.SQLITE:
        return 2**62
    ((value,),) = await engine.reads.fetch("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    return int(value)


async def newest_of_program(engine: Engine, actor: Actor) -> ProgramCursor:
    """Return the cursor after everything that is committed and settled."""
    limit = await horizon(engine)
    row = await visible.events(actor).filter(commit_order__lt=limit).order_by("-commit_order").first()
    return ProgramCursor(row.commit_order if row else 0)


async def is_beyond_newest(actor: Actor, cursor: ProgramCursor) -> bool:
    """Whether the cursor lies beyond the program's newest event, so that it is of another time line."""
    return cursor.commit_order > 0 and not await patiently(_any_from, actor, cursor.commit_order)


async def program_events(
    engine: Engine, actor: Actor, after: ProgramCursor | None, kinds: frozenset[EventKind] | None
) -> AsyncGenerator[Page, None]:
    """Yield a first page at once, perhaps empty, then a page whenever there are new events of these kinds."""
    assert actor.program_id is not None, "the field asked for a credential"
    if after is None:
        after = await patiently(newest_of_program, engine, actor)
    cursor = after
    first = True
    with engine.hub.listen(program_stream(actor.program_id)) as listener:
        while True:
            handle = listener.handle()
            limit = await patiently(horizon, engine)
            rows, more = await patiently(_page, engine, actor, cursor, limit)
            if rows:
                last = rows[-1]
                cursor = ProgramCursor(last.commit_order, last.member_id, last.position)
            shown = [row for row in rows if kinds is None or row.kind in kinds]
            if shown or first:
                yield Page(shown, cursor, caught_up=not more)
                first = False
            if not rows:
                waiting = await patiently(_any_from, actor, limit)
                await listener.wait(handle, HORIZON_POLL_SECONDS if waiting else POLL_SECONDS)


async def _any_from(actor: Actor, limit: int) -> bool:
    return await visible.events(actor).filter(commit_order__gte=limit).exists()


async def _page(engine: Engine, actor: Actor, cursor: ProgramCursor, limit: int) -> tuple[list[models.Event], bool]:
    """Return the next events below `limit` and whether there are more."""
    columns = ", ".join(models.Event._meta.db_fields)  # noqa: SLF001  (the ORM's own description)
    connection = engine.reads
    rows = await connection.fetch(
        f"SELECT {columns} FROM event WHERE program_id = $1 AND commit_order >= $2 AND commit_order < $5 "
        "AND (commit_order, member_id, position) > ($2, $3, $4) "
        f"ORDER BY commit_order, member_id, position LIMIT {PAGE + 1}",
        actor.program_id,
        cursor.commit_order,
        cursor.member_id,
        cursor.position,
        limit,
    )
    events = [models.Event._init_from_db(**dict(row)) for row in rows[:PAGE]]  # noqa: SLF001
    return events, len(rows) > PAGE
