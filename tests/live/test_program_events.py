"""`programEvents`: everything that happens in a program, in the order of the commits, in batches."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

import models
from app.bus import Bus
from domain.events import EventKind
from schema import ids
from schema.cursors import program_cursor
from services import credentials, events
from services.actors import ALL_SCOPES, Scope
from services.engine import engine
from services.events import ProgramCursor
from services.hub import Hub
from tests.factories import World
from tests.live.conftest import NEVER_SECONDS, Live, id_of, only, opened, settled, until
from tests.live.server import Site
from tests.live.sockets import NET_SECONDS, PROGRAM_EVENTS, Subscription, subscribed
from tests.transport_toy import served

REDIS_URL = os.environ.get("HUIYUAN_TEST_REDIS_URL", "redis://127.0.0.1:6379/9")

Place = tuple[str, int]
"""Member and number of an event."""


def places(batch: Any) -> list[Place]:
    return [(event["member"]["id"], int(event["sequence"])) for event in batch["events"]]


async def logged(*kinds: EventKind) -> list[Place]:
    """Return what the database holds, in its order."""
    rows = models.Event.filter(kind__in=kinds) if kinds else models.Event.all()
    found = await rows.order_by("commit_order", "member_id", "position").values_list("member_id", "position")
    return [(str(ids.encode(ids.MEMBER, member)), position) for member, position in found]


async def until_newest(stream: Subscription, newest: list[Place]) -> list[Place]:
    """Return everything up to the batch that brings the last of `newest`."""
    found: list[Place] = []
    while not set(newest) <= set(found):
        found += places(await stream.next())
    return found


async def followed(stream: Subscription, count: int) -> list[Place]:
    """Return the next batches' events, as many as that."""
    found: list[Place] = []
    while len(found) < count:
        found += places(await stream.next())
    return found


async def start_of(live: Live) -> str:
    """Return the cursor of a first batch, after all that is committed."""
    await settled(live.engine)
    async with live.subscribed(PROGRAM_EVENTS) as stream:
        return str((await stream.next())["cursor"])


# ── where a stream starts ────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_first_batch_comes_at_once_and_what_comes_next_follows(live: Live) -> None:
    async with live.subscribed(PROGRAM_EVENTS) as stream:  # of a program without any event
        first = await stream.next()
        assert (first["events"], first["caughtUp"]) == ([], True)
        member = await live.enrol()
        batch = await stream.next()
        assert (places(batch), batch["caughtUp"]) == ([(id_of(member), 1)], True)
    await settled(live.engine)
    async with live.subscribed(PROGRAM_EVENTS) as stream:
        first = await stream.next()
        assert (first["events"], first["caughtUp"]) == ([], True)
        await live.buy(member)
        assert places(await stream.next()) == [(id_of(member), number) for number in (2, 3, 4)]


async def test_a_stream_resumes_from_its_first_batch_though_it_was_empty(live: Live) -> None:
    before = await start_of(live)
    member = await live.enrol()
    after_one = await start_of(live)
    await live.buy(member)
    await settled(live.engine)
    async with live.subscribed(PROGRAM_EVENTS, after=before) as stream:
        assert places(await stream.next()) == [(id_of(member), number) for number in (1, 2, 3, 4)]
    async with live.subscribed(PROGRAM_EVENTS, after=after_one) as stream:
        assert places(await stream.next()) == [(id_of(member), number) for number in (2, 3, 4)]


async def test_a_stream_resumes_from_any_batch_even_in_the_middle_of_a_transaction(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = await start_of(live)
    members = [await live.enrol() for _ in range(3)]
    await asyncio.gather(*(live.buy(member) for member in members for _ in range(3)))
    await settled(live.engine)
    monkeypatch.setattr(events, "PAGE", 2)
    found: list[Place] = []
    caught_up = False
    while not caught_up:
        async with live.subscribed(PROGRAM_EVENTS, after=cursor) as stream:
            batch = await stream.next()
        assert len(batch["events"]) <= 2
        cursor, caught_up = batch["cursor"], batch["caughtUp"]
        found += places(batch)
    assert found == await logged()
    assert len(found) == 30
    async with live.subscribed(PROGRAM_EVENTS, after=cursor) as stream:
        assert await stream.next() == {"cursor": cursor, "caughtUp": True, "events": []}


async def test_a_batch_that_is_not_the_last_says_so(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "PAGE", 4)
    start = await start_of(live)
    member = await live.enrol()
    for _ in range(3):
        await live.buy(member)
    await settled(live.engine)
    async with live.subscribed(PROGRAM_EVENTS, after=start) as stream:
        batches = [await stream.next() for _ in range(3)]
    assert [len(batch["events"]) for batch in batches] == [4, 4, 2]
    assert [batch["caughtUp"] for batch in batches] == [False, False, True]


# ── kinds ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_only_the_kinds_asked_for_are_told(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    start = await start_of(live)
    async with live.subscribed(PROGRAM_EVENTS, kinds=["ORDER_COMMITTED"]) as stream:
        assert (await stream.next())["events"] == []
        member, other = await live.enrol(), await live.enrol()
        await live.give(other, "7")
        await live.buy(member)
        assert places(await stream.next()) == [(id_of(member), 2)]
        await live.buy(other)
        batch = await stream.next()
        assert places(batch) == [(id_of(other), 3)]
    await live.buy(member)
    await settled(live.engine)
    async with live.subscribed(PROGRAM_EVENTS, kinds=["ORDER_COMMITTED"], after=batch["cursor"]) as stream:
        assert places(await stream.next()) == [(id_of(member), 5)]
    monkeypatch.setattr(events, "PAGE", 2)
    wanted = await logged(EventKind.MEMBER_ENROLLED, EventKind.ORDER_COMMITTED)
    kinds = ["ORDER_COMMITTED", "MEMBER_ENROLLED"]
    async with live.subscribed(PROGRAM_EVENTS, kinds=kinds, after=start) as stream:
        assert await until_newest(stream, wanted) == wanted


# ── order and completeness ───────────────────────────────────────────────────────────────────────────────────────────


async def test_four_servers_writing_at_once_are_told_completely_and_in_order(postgres_live: Live) -> None:
    live = postgres_live
    members = [await live.enrol() for _ in range(8)]
    start = await start_of(live)

    async def write(number: int, world: World) -> None:
        for turn in range(6):  # alone, and several in one transaction
            own = members[(number + turn) % 8], members[(number + turn + 4) % 8]
            await asyncio.gather(*(world.buy(member, "1.00") for member in [*own, *own]))

    async with AsyncExitStack() as stack, asyncio.timeout(NET_SECONDS):
        worlds, hosts = [], []
        for _ in range(4):
            hub = Hub()
            bus = await stack.enter_async_context(Bus(REDIS_URL, hub))
            opened_engine = await stack.enter_async_context(engine(live.engine.database, hub, bus))
            worlds.append(World(opened_engine, live.program, live.actor))
            hosts.append(await stack.enter_async_context(served(Site(opened_engine))))
        before = asyncio.all_tasks()
        async with AsyncExitStack() as listening:
            joining = [subscribed(host, live.key, PROGRAM_EVENTS, after=start) for host in hosts]
            streams = [await listening.enter_async_context(stream) for stream in joining]
            reading = [asyncio.create_task(followed(stream, 288)) for stream in streams]
            await asyncio.gather(*(write(number, world) for number, world in enumerate(worlds)))
            found = await asyncio.gather(*reading)
        await only(before)
    log = (await logged())[8:]
    assert len(log) == 288  # 4 servers, 6 turns, 4 orders, 3 events
    assert found == [log] * 4
    for member in members:
        numbers = [number for owner, number in log if owner == id_of(member)]
        assert numbers == list(range(2, 2 + len(numbers)))


async def test_what_commits_between_a_read_and_its_wait_is_not_missed(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = await start_of(live)
    commits = iter(range(3))
    read = events._page

    async def overtaken(*args: Any) -> Any:
        answer = await read(*args)
        if not answer[0] and next(commits, None) is not None:
            await live.enrol()
        return answer

    monkeypatch.setattr(events, "POLL_SECONDS", NEVER_SECONDS)
    monkeypatch.setattr(events, "_page", overtaken)
    async with live.subscribed(PROGRAM_EVENTS, after=start) as stream:
        assert (await stream.next())["events"] == []
        assert len(await followed(stream, 3)) == 3


@asynccontextmanager
async def held_up(live: Live, member: UUID) -> AsyncIterator[asyncpg.Connection]:
    """Let every command of the member wait until the block ends."""
    connection = await asyncpg.connect(live.engine.database.dsn)
    try:
        async with connection.transaction():
            await connection.execute("SELECT 1 FROM member WHERE id = $1 FOR UPDATE", member)
            yield connection
    finally:
        await connection.close()


async def until_waited_for(connection: asyncpg.Connection) -> None:
    """Wait until somebody waits for a lock that this connection holds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    async with asyncio.timeout(NET_SECONDS):
        while not await connection.fetchval(waiting):  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_an_event_of_a_transaction_that_commits_late_is_not_passed_over(postgres_live: Live) -> None:
    live = postgres_live
    late, early = await live.enrol(), await live.enrol()
    start = await start_of(live)
    async with (
        engine(live.engine.database, live.engine.hub) as second,
        live.subscribed(PROGRAM_EVENTS, after=start) as stream,
    ):
        assert (await stream.next())["events"] == []
        elsewhere = World(second, live.program, live.actor)
        async with held_up(live, late) as connection:
            buying = asyncio.create_task(live.buy(late))  # has its number by now, and waits for its member
            await until_waited_for(connection)
            for _ in range(2):  # so that the reader has looked, and waits again, after the first of them
                await live.idle(None)
                await elsewhere.buy(early)
        await buying
        found = await until_newest(stream, [(id_of(late), 4), (id_of(early), 7)])
    assert found == (await logged())[2:]
    assert sorted(found) == sorted(
        [*((id_of(late), number) for number in range(2, 5)), *((id_of(early), number) for number in range(2, 8))]
    )


# ── cursors that are no good ─────────────────────────────────────────────────────────────────────────────────────────


async def test_a_cursor_of_another_stream_is_refused_by_name(live: Live) -> None:
    member = await live.enrol()
    good = await start_of(live)
    head, _, check = good.rpartition("-")
    epoch, order, owner, position = head.split("-")
    other, stranger = await opened(live.engine, code="OTHER")
    bad = [
        *("", "p", "x", "p1-1", head, f"{good}-1", good.upper(), good[1:], f"q{good[1:]}", f"p{good}", f"{good} "),
        *(f"{epoch}-{order}-{owner[1:]}-{position}-{check}", f"{epoch}-{order}-{'z' * 26}-{position}-{check}"),
        *(f"p-{order}-{owner}-{position}-{check}", f"{epoch}--{owner}-{position}-{check}"),
        *(f"{epoch}-{2**63}-{owner}-{position}-{check}", f"{epoch}-{order}-{owner}-{2**63}-{check}"),
        f"{epoch}-{order}-{owner}-{'9' * 10_000}-{check}",
        live.cursor(member, 1),
        program_cursor(1, other.program.id, ProgramCursor(0)),
    ]
    for cursor in bad:
        async with live.subscribed(PROGRAM_EVENTS, after=cursor) as stream:
            assert await stream.refusal() == {"code": "BAD_REQUEST", "field": ["after"]}, cursor
    async with live.subscribed(PROGRAM_EVENTS, stranger, after=good) as stream:
        assert await stream.refusal() == {"code": "BAD_REQUEST", "field": ["after"]}
    assert live.engine.hub.stream_count == 0


async def test_a_cursor_of_another_time_line_is_expired(live: Live) -> None:
    empty, stranger = await opened(live.engine, code="EMPTY")
    await live.enrol()
    newest = (await models.Event.all().order_by("-commit_order").first()).commit_order

    async def expires(key: str, program_id: UUID, cursor: ProgramCursor, epoch: int = 1) -> None:
        after = program_cursor(epoch, program_id, cursor)
        async with live.subscribed(PROGRAM_EVENTS, key, after=after) as stream:
            assert await stream.refusal() == {"code": "CURSOR_EXPIRED"}

    await expires(live.key, live.program.id, ProgramCursor(newest + 1))
    await expires(live.key, live.program.id, ProgramCursor(2**63 - 1))
    await expires(live.key, live.program.id, ProgramCursor(newest), epoch=2)
    await expires(live.key, live.program.id, ProgramCursor(newest), epoch=0)
    await expires(stranger, empty.program.id, ProgramCursor(1))
    assert live.engine.hub.stream_count == 0


# ── who may ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_only_a_key_that_reads_members_may_listen(live: Live) -> None:
    member = await live.enrol()
    scopes = ALL_SCOPES - {Scope.MEMBERS_READ}
    narrow = await credentials.create_key(live.program.id, name="narrow", scopes=scopes, now=datetime.now(UTC))
    for key in (live.token(member), narrow.key):
        async with live.subscribed(PROGRAM_EVENTS, key) as stream:
            assert await stream.refusal() == {"code": "FORBIDDEN"}
    assert live.engine.hub.stream_count == 0


async def test_a_program_hears_of_itself_only(live: Live) -> None:
    other, stranger = await opened(live.engine, code="OTHER")
    async with live.subscribed(PROGRAM_EVENTS) as ours, live.subscribed(PROGRAM_EVENTS, stranger) as theirs:
        assert (await ours.next())["events"] == (await theirs.next())["events"] == []
        member, foreign = await live.enrol(), await other.enrol()
        assert places(await ours.next()) == [(id_of(member), 1)]
        assert places(await theirs.next()) == [(id_of(foreign), 1)]
        await live.give(member, "7")
        assert places(await ours.next()) == [(id_of(member), 2)]
    await until(lambda: live.engine.hub.stream_count == 0)
