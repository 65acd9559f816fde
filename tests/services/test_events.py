"""Reading events while they are committed: from any place on, each once, in order, none lost behind a slow writer."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

import models
from domain.events import EventKind
from services import events
from services.actors import Actor
from services.database.config import Database, Dialect
from services.engine import Engine
from services.events import Page, ProgramCursor, member_changes, member_events, newest_of_program, program_events
from services.hub import member_stream, program_stream
from services.templates import Template
from tests.factories import World, world
from tests.services.test_writer_commands import Desk
from tests.services.test_writer_health import another, opened
from tests.services.test_writer_parallel import Paused

T = TypeVar("T")
PATIENCE_SECONDS = 60
"""When a reader that was promised something gives up; nothing waits for this."""
START = ProgramCursor(0)


async def take(stream: AsyncGenerator[T, None], number: int) -> list[T]:
    """Return the next items of a stream and leave it."""
    found: list[T] = []
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(stream):
        async for item in stream:
            found.append(item)
            if len(found) == number:
                break
    return found


async def following(item: AsyncIterator[T]) -> T:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await anext(item)


Place = tuple[UUID, int]


def places(rows: Sequence[models.Event]) -> list[Place]:
    return [(row.member_id, row.position) for row in rows]


async def logged(shop: World) -> list[Place]:
    """Return the places of all events of a program in the order of the commits."""
    rows = await models.Event.filter(program_id=shop.program.id).order_by("commit_order", "member_id", "position")
    return places(rows)


async def read(house: Engine, actor: Actor, cursor: ProgramCursor, number: int, **facts: Any) -> list[Place]:
    """Return the places of the next events of a program."""
    found: list[Place] = []
    pages = program_events(house, actor, cursor, facts.get("kinds"))
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(pages):
        async for page in pages:
            found += places(page.events)
            if len(found) >= number:
                break
    return found


async def readable(house: Engine, actor: Actor, cursor: ProgramCursor) -> Page:
    """Return what a reader finds at this moment: the first page comes at once, empty or not."""
    (page,) = await take(program_events(house, actor, cursor, None), 1)
    return page


async def after_all(house: Engine, shop: World) -> ProgramCursor:
    """Return the cursor after everything committed, once no open transaction of the whole cluster is older."""
    left, cursor = await models.Event.filter(program_id=shop.program.id).count(), START
    pages = program_events(house, shop.actor, START, None)
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(pages):
        async for page in pages:
            left, cursor = left - len(page.events), page.cursor
            if not left:
                break
    return cursor


# ── one member ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_member_s_events_are_resumed_after_any_position(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    member = await shop.enrol()
    for _ in range(4):
        await shop.buy(member, "300.00")
    newest = (await models.Member.get(id=member)).position
    assert newest == 1 + 4 * 3 + 1
    for after in range(newest):
        rows = await take(member_events(house, shop.actor, member, after), newest - after)
        assert [row.position for row in rows] == list(range(after + 1, newest + 1))
    assert await events.newest(shop.actor, member) == newest
    assert house.hub.listeners(member_stream(shop.program.id, member)) == 0, "who leaves is not kept"


async def test_readers_of_a_member_get_each_event_once_while_commits_happen(house: Engine) -> None:
    shop = await world(house)
    member, other = await shop.enrol(), await shop.enrol()
    desk = await Desk.at(shop)
    whole = 1 + 60 * 2
    readers = [
        asyncio.create_task(take(member_events(house, shop.actor, member, after), whole - after))
        for after in (0, 0, 1, 50, 120)
    ]
    for _ in range(6):
        await asyncio.gather(*(house.writer.post(desk.commit(one, 1_00)) for one in [member, other] * 10))
    found = [[row.position for row in rows] for rows in await asyncio.gather(*readers)]
    assert found == [list(range(after + 1, whole + 1)) for after in (0, 0, 1, 50, 120)]


async def test_more_events_than_a_page_come_in_order(house: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "PAGE", 7)
    shop = await world(house)
    desk, member = await Desk.at(shop), await shop.enrol()
    await house.writer.post_all([desk.adjust(member, 1) for _ in range(20)])
    rows = await take(member_events(house, shop.actor, member, 0), 21)
    assert [row.position for row in rows] == list(range(1, 22))


async def test_an_event_is_read_as_it_was_told(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol(name="Li Lei")
    desk = await Desk.at(shop)
    await house.writer.post(desk.amend(member, name="Han Meimei", phone="+8613800000001"))
    (row,) = await take(member_events(house, shop.actor, member, 1), 1)
    assert (row.kind, row.details, row.program_id) == (
        EventKind.MEMBER_AMENDED,
        {"fields": ["name", "phone"]},
        shop.program.id,
    )
    await after_all(house, shop)
    page = await readable(house, shop.actor, START)
    assert [(event.kind, event.details) for event in page.events] == [
        ("MEMBER_ENROLLED", None),
        ("MEMBER_AMENDED", {"fields": ["name", "phone"]}),
    ]
    assert page.events[1].occurred_at == row.occurred_at


async def test_changes_of_a_member_fold_into_one_while_the_reader_is_busy(house: Engine) -> None:
    shop = await world(house)
    desk, member = await Desk.at(shop), await shop.enrol(name="one")
    async with aclosing(member_changes(house, shop.actor, member)) as changes:
        seen = [await following(changes)]
        for name in ("two", "three", "four"):
            await house.writer.post(desk.amend(member, name=name))
        seen.append(await following(changes))
        waiting = asyncio.create_task(following(changes))
        await asyncio.sleep(0)  # let it begin to wait
        assert not waiting.done()
        await house.writer.post(desk.adjust(member, 5))
        seen.append(await waiting)
        await house.writer.post(desk.amend(member, name="five"))
        await house.writer.post(desk.amend(member, name="six"))
        seen.append(await following(changes))
    assert [change.position for change in seen] == [1, 4, 5, 7]
    assert house.hub.stream_count == 0


async def test_changes_of_nobody_end_at_once(house: Engine) -> None:
    shop = await world(house)
    assert await take(member_changes(house, shop.actor, uuid7()), 1) == []
    assert await events.newest(shop.actor, uuid7()) is None
    assert house.hub.stream_count == 0


# ── a whole program ──────────────────────────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def writers(house: Engine, number: int) -> AsyncIterator[list[Engine]]:
    """Open further writers on PostgreSQL that wake the readers of this one; on SQLite there is only one."""
    if house.database.dialect is Dialect.SQLITE:
        yield [house] * number
        return
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(another(house.database, hub=house.hub)) for _ in range(number)]


async def test_a_program_s_events_come_once_and_in_order_from_several_writers(house: Engine) -> None:
    shop, other = await world(house), await world(house, code="OTHER")
    members = [await shop.enrol() for _ in range(8)]
    desk, stranger = await Desk.at(shop), await other.enrol()
    theirs = await Desk.at(other)
    whole = 8 + 3 * 40 * 2
    readers = [asyncio.create_task(read(house, shop.actor, START, whole)) for _ in range(3)]
    async with writers(house, 3) as several:
        posted = [engine.writer.post(desk.commit(members[n % 8], 1_00)) for n in range(40) for engine in several]
        posted += [house.writer.post(theirs.commit(stranger, 1_00)) for _ in range(5)]
        await asyncio.gather(*posted)
    found = await asyncio.gather(*readers)
    everything = await logged(shop)
    assert len(everything) == whole
    assert found == [everything] * 3
    for member in members:
        own = [position for one, position in everything if one == member]
        assert own == sorted(own), "the order of the commits is the order of each member's events"


async def test_a_program_s_events_are_resumed_after_any_event(house: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "PAGE", 3)
    shop = await world(house)
    desk, members = await Desk.at(shop), [await shop.enrol() for _ in range(3)]
    await house.writer.post_all([desk.commit(member, 1_00) for member in members])  # one transaction
    await house.writer.post(desk.commit(members[0], 1_00))
    rows = await models.Event.filter(program_id=shop.program.id).order_by("commit_order", "member_id", "position")
    assert len(rows) == 3 + 6 + 2
    assert len({row.commit_order for row in rows}) == 5
    assert await read(house, shop.actor, START, 11) == places(rows)
    for index, row in enumerate(rows[:-1]):
        cursor = ProgramCursor(row.commit_order, row.member_id, row.position)
        assert await read(house, shop.actor, cursor, 10 - index) == places(rows[index + 1 :])


async def test_pages_say_whether_there_is_more(house: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "PAGE", 3)
    shop = await world(house)
    for _ in range(7):
        await shop.enrol()
    await after_all(house, shop)
    pages = await take(program_events(house, shop.actor, START, None), 3)
    assert [(len(page.events), page.caught_up) for page in pages] == [(3, False), (3, False), (1, True)]
    nothing = await readable(house, shop.actor, pages[-1].cursor)
    assert (nothing.events, nothing.cursor, nothing.caught_up) == ([], pages[-1].cursor, True)


async def test_other_kinds_are_passed_over(house: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "PAGE", 2)
    shop = await world(house)
    member = await shop.enrol()
    for _ in range(3):
        await shop.buy(member, "5.00")
    await after_all(house, shop)
    kinds = frozenset({EventKind.BALANCE_CHANGED})
    assert await read(house, shop.actor, START, 3, kinds=kinds) == [(member, 3), (member, 5), (member, 7)]
    pages = await take(program_events(house, shop.actor, START, kinds), 4)
    # the first page comes at once, though nothing on it is of this kind
    assert [places(page.events) for page in pages] == [[], [(member, 3)], [(member, 5)], [(member, 7)]]


async def test_who_asks_for_no_cursor_gets_what_comes_from_now_on(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await after_all(house, shop)
    async with aclosing(program_events(house, shop.actor, None, None)) as pages:
        assert list((await following(pages)).events) == []
        await shop.give(member, "5")
        assert places((await following(pages)).events) == [(member, 2)]
    assert house.hub.listeners(program_stream(shop.program.id)) == 0


async def test_a_cursor_beyond_the_newest_event_is_known(house: Engine) -> None:
    shop = await world(house)
    assert not await events.is_beyond_newest(shop.actor, START)
    await shop.enrol()
    cursor = await after_all(house, shop)
    assert await newest_of_program(house, shop.actor) == ProgramCursor(cursor.commit_order)
    assert not await events.is_beyond_newest(shop.actor, cursor)
    assert await events.is_beyond_newest(shop.actor, ProgramCursor(cursor.commit_order + 1))


async def test_the_order_of_commits_goes_on_after_a_restart(database: Database) -> None:
    async with opened(database) as house:
        shop = await world(house)
        await shop.enrol()
        cursor = await after_all(house, shop)
    async with opened(database) as house:
        again = World(house, shop.program, shop.actor)
        second, third = await again.enrol(), await again.enrol()
        assert await read(house, shop.actor, cursor, 2) == [(second, 1), (third, 1)]


# ── a transaction that stays open ────────────────────────────────────────────────────────────────────────────────────


async def test_a_slow_commit_is_not_passed_over(postgres_house: Engine) -> None:
    house = postgres_house
    shop = await world(house)
    slow, quick, third = await shop.enrol(), await shop.enrol(), await shop.enrol()
    desk = await Desk.at(shop)
    cursor = await after_all(house, shop)
    stores: list[Paused] = []

    def wrap(store: Any) -> Paused:
        stores.append(Paused(store, name="COMMIT"))
        return stores[0]

    async with another(house.database, wrap=wrap, hub=house.hub) as second:
        try:
            early = asyncio.create_task(read(house, shop.actor, cursor, 3))
            first = asyncio.create_task(second.writer.post(desk.adjust(slow, 1)))
            await stores[0].reached.wait()  # its event is written, under the older number, and not committed
            await house.writer.post(desk.adjust(quick, 1))
            assert await models.Event.filter(member_id=quick).count() == 2
            # what is committed behind an open transaction is held back, and nobody's cursor moves past that one
            newest = await newest_of_program(house, shop.actor)
            assert newest.commit_order <= cursor.commit_order
            for place in (cursor, newest):
                page = await readable(house, shop.actor, place)
                assert (list(page.events), page.cursor) == ([], place)
            late = asyncio.create_task(read(house, shop.actor, newest, 3))
            assert not early.done()
            stores[0].go_on.set()
            await first
            await house.writer.post(desk.adjust(third, 1))
            wanted = [(slow, 2), (quick, 2), (third, 2)]
            assert await early == wanted
            assert await late == wanted
            assert await read(house, shop.actor, cursor, 3) == wanted
        finally:
            stores[0].go_on.set()


@pytest.mark.parametrize("name", ["claim", "lock_members"])
async def test_a_member_s_events_are_in_order_though_an_older_transaction_wrote_the_later_ones(
    postgres_house: Engine, name: str
) -> None:
    house = postgres_house
    shop = await world(house)
    member, other = await shop.enrol(), await shop.enrol()
    desk, cursor = await Desk.at(shop), await after_all(house, shop)
    stores: list[Paused] = []

    def wrap(store: Any) -> Paused:
        stores.append(Paused(store, name=name, late=name == "claim"))
        return stores[0]

    async with another(house.database, wrap=wrap, hub=house.hub) as second:
        first = asyncio.create_task(second.writer.post_all([desk.adjust(member, 1), desk.adjust(other, 1)]))
        await stores[0].reached.wait()  # it has its number, and not yet the member's lock
        await house.writer.post(desk.adjust(member, 2))
        stores[0].go_on.set()
        await first
    rows = await models.Event.filter(member_id=member).order_by("position")
    assert [row.position for row in rows] == [1, 2, 3]
    assert [row.commit_order for row in rows] == sorted(row.commit_order for row in rows)
    found = await read(house, shop.actor, cursor, 3)
    assert [position for one, position in found if one == member] == [2, 3]
    assert found == (await logged(shop))[2:]


@pytest.mark.parametrize("ending", ["COMMIT", "ROLLBACK"])
async def test_a_transaction_of_somebody_else_holds_events_back_until_it_ends(
    postgres_house: Engine, ending: str
) -> None:
    house = postgres_house
    shop = await world(house)
    member = await shop.enrol()
    cursor = await after_all(house, shop)
    elsewhere = await asyncpg.connect(house.database.dsn)
    try:
        await elsewhere.execute("BEGIN")
        older = int(await elsewhere.fetchval("SELECT pg_current_xact_id()::text::bigint"))
        waiting = asyncio.create_task(read(house, shop.actor, cursor, 2))
        await shop.give(member, "1")
        await shop.give(member, "2")
        newer = await models.Event.filter(member_id=member).order_by("-position").first()
        assert newer is not None
        assert newer.commit_order > older
        assert await events.horizon(house) <= older
        assert list((await readable(house, shop.actor, cursor)).events) == []
        assert not waiting.done()
        # a member's own events need no horizon: their positions have no gap
        assert [row.position for row in await take(member_events(house, shop.actor, member, 1), 2)] == [2, 3]
        await elsewhere.execute(ending)
        assert await waiting == [(member, 2), (member, 3)]
    finally:
        await elsewhere.close()


async def test_readers_lose_and_repeat_nothing_while_slow_and_quick_writers_mix(postgres_house: Engine) -> None:
    house = postgres_house
    shop = await world(house)
    members = [await shop.enrol() for _ in range(6)]
    desk = await Desk.at(shop)
    cursor = await after_all(house, shop)
    readers = [asyncio.create_task(read(house, shop.actor, cursor, 5 * 6)) for _ in range(2)]
    for turn in range(5):
        stores: list[Paused] = []

        def wrap(store: Any, stores: list[Paused] = stores) -> Paused:
            stores.append(Paused(store, name="COMMIT"))
            return stores[-1]

        async with (
            another(house.database, wrap=wrap, hub=house.hub) as slowest,
            another(house.database, wrap=wrap, hub=house.hub) as slow,
        ):
            held = []
            for engine, store, member in zip((slowest, slow), stores, members, strict=False):
                held.append(asyncio.create_task(engine.writer.post(desk.adjust(member, 1))))
                await store.reached.wait()
            await asyncio.gather(*(house.writer.post(desk.adjust(member, 1)) for member in members[2:]))
            order = stores if turn % 2 else stores[::-1]
            for store in order:
                store.go_on.set()
            await asyncio.gather(*held)
    everything = (await logged(shop))[6:]
    assert len(everything) == 30
    assert await asyncio.gather(*readers) == [everything] * 2
