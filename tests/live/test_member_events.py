"""`memberEvents`: everything that happens to one member, in order, each once, however the listener comes and goes."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

import models
from app.bus import Bus
from domain.assets import ExpiryPolicy
from domain.refusals import DuplicateOrder, InsufficientBalance
from services import balances, events, programs, visible
from services.database.config import Dialect
from services.engine import Engine, engine
from services.hub import Hub
from services.transaction import transaction
from services.writer.session import Rejected
from tests.factories import NOON, World, new_key
from tests.live.conftest import NEVER_SECONDS, Live, Overtaken, id_of, idle, only, opened, until
from tests.live.server import Site
from tests.live.sockets import (
    BRIEF,
    FULL,
    MEMBER_EVENTS,
    NET_SECONDS,
    HeldSocket,
    Subscription,
    member_events,
    subscribed,
)
from tests.services.saving import ladder, pay_in, spend
from tests.services.test_values import terms
from tests.transport_toy import served

REDIS_URL = os.environ.get("HUIYUAN_TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
POSTGRES_URL = os.environ.get("HUIYUAN_TEST_POSTGRES_URL", "postgres://root@127.0.0.1:5432/postgres")
NOWHERE_URL = "redis://127.0.0.1:1/0"

SOON_SECONDS = 0.01
EVENT_STREAM = {"accept": "text/event-stream"}


def sequences(found: list[Any]) -> list[int]:
    return [int(event["sequence"]) for event in found]


async def until_marked(stream: Subscription) -> list[Any]:
    """Return everything up to the gift of 7 points that ends a test's commits."""
    found = [await stream.next()]
    while found[-1].get("change") != "7":
        found.append(await stream.next())
    return found


# ── what is told, and from where on ──────────────────────────────────────────────────────────────────────────────────


async def test_an_order_is_told_in_full_and_in_order(live: Live) -> None:
    member = await live.enrol(name="Han Meimei")
    async with live.subscribed(member_events(FULL), member=id_of(member)) as stream:
        await live.listened_to(member)
        await live.buy(member, "1000.00", external_id="A-1")
        found = await stream.take(4)
    points = {"asset": {"code": "POINTS"}, "change": "1000", "balance": {"available": "1000"}}
    spend = {"asset": {"code": "TIER"}, "change": "1000.00", "balance": {"available": "1000.00"}}
    told = [
        {"kind": "ORDER_COMMITTED", "order": {"externalId": "A-1"}},
        {"kind": "BALANCE_CHANGED", **points},
        {"kind": "BALANCE_CHANGED", **spend},
        {"kind": "TIER_CHANGED"},
    ]
    assert found == [
        {"position": live.cursor(member, number), "sequence": str(number), "member": {"id": id_of(member)}, **facts}
        for number, facts in enumerate(told, 2)
    ]


async def test_a_balance_that_is_told_again_is_that_of_then(live: Live) -> None:
    await terms(live, expiry=ExpiryPolicy.ROLLING_DAYS.value, expiry_length=10, expiry_from="RECORDED")
    await ladder(live, ("100", "20"))
    member = await live.enrol()
    await pay_in(live, member, "100")
    facts = "... on BalanceChanged { change balance { available bonus nextExpiry { amount } } }"
    asked = {"member": id_of(member), "after": live.cursor(member, 1)}
    both = {"bonus": "20.00", "nextExpiry": {"amount": "120.00"}}  # the two lines of the top-up have one instant
    told = [
        {"change": "100.00", "balance": {"available": "100.00", **both}},
        {"change": "20.00", "balance": {"available": "120.00", **both}},
    ]
    async with live.subscribed(member_events(facts), **asked) as stream:
        assert await stream.take(2) == told
        await programs.set_clock(live.program.id, NOON + timedelta(days=1))
        await spend(live, member, "60", asset="VALUE")
        left = {"available": "60.00", "bonus": "0.00", "nextExpiry": {"amount": "60.00"}}
        told.append({"change": "-60.00", "balance": left})
        assert await stream.next() == told[2]
        await programs.set_clock(live.program.id, NOON + timedelta(days=2))
        await spend(live, member, "60", asset="VALUE")
        empty = {"available": "0.00", "bonus": "0.00", "nextExpiry": None}
        told.append({"change": "-60.00", "balance": empty})
        assert await stream.next() == told[3]
    async with live.subscribed(member_events(facts), **asked) as stream:
        assert await stream.take(4) == told


async def test_what_expired_is_told_as_of_when_it_did(live: Live) -> None:
    await terms(live, expiry=ExpiryPolicy.ROLLING_DAYS.value, expiry_length=10, expiry_from="RECORDED")
    await ladder(live, ("100", "20"))
    await programs.set_clock(live.program.id, NOON)
    member = await live.enrol()
    await pay_in(live, member, "100")
    await programs.set_clock(live.program.id, NOON + timedelta(days=4))
    await pay_in(live, member, "30")
    await programs.set_clock(live.program.id, NOON + timedelta(days=20))
    await balances.sweep(live.engine, await live.engine.program(live.program.id), 100)
    facts = "... on BalanceChanged { change balance { bonus nextExpiry { amount at } } }"
    first, last = "2026-03-13T04:00:00.000Z", "2026-03-17T04:00:00.000Z"
    async with live.subscribed(member_events(facts), member=id_of(member), after=live.cursor(member, 1)) as stream:
        found = await stream.take(5)
    both = {"bonus": "20.00", "nextExpiry": {"amount": "120.00", "at": first}}
    assert found == [
        {"change": "100.00", "balance": both},
        {"change": "20.00", "balance": both},
        {"change": "30.00", "balance": both},
        {"change": "-120.00", "balance": {"bonus": "0.00", "nextExpiry": {"amount": "30.00", "at": last}}},
        {"change": "-30.00", "balance": {"bonus": "0.00", "nextExpiry": None}},
    ]


async def test_without_a_cursor_the_stream_starts_with_what_comes_next(live: Live) -> None:
    member = await live.enrol()
    await live.buy(member)
    async with live.subscribed(MEMBER_EVENTS, member=id_of(member), after=None) as stream:
        await live.listened_to(member)
        await live.give(member, "7")
        assert sequences(await until_marked(stream)) == [5]


async def test_streams_started_from_snapshots_amid_commits_have_no_gap_and_no_duplicate(live: Live) -> None:
    member = await live.enrol()
    orders, joiners = 30, []

    async def join() -> tuple[int, list[Any]]:
        position = (await live.snapshot(member))["position"]
        async with live.subscribed(MEMBER_EVENTS, member=id_of(member), after=position) as stream:
            return int(position.split("-")[1]), await until_marked(stream)

    async with asyncio.TaskGroup() as group:
        for number in range(orders):
            await live.buy(member, "1.00")
            if number % 3 == 0:
                joiners.append(group.create_task(join()))
        await live.give(member, "7")
    newest = (await models.Member.get(id=member)).position
    assert newest == 1 + 3 * orders + 1
    starts = [joiner.result()[0] for joiner in joiners]
    assert starts[0] < starts[-1]
    for joiner in joiners:
        start, found = joiner.result()
        assert sequences(found) == list(range(start + 1, newest + 1))


async def test_what_commits_between_a_read_and_its_wait_is_not_missed(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = await live.enrol()
    commits = iter(range(3))

    async def commit() -> None:
        if next(commits, None) is not None:
            await live.buy(member, "1.00")

    monkeypatch.setattr(events, "POLL_SECONDS", NEVER_SECONDS)
    read = visible.events
    monkeypatch.setattr(visible, "events", lambda actor: Overtaken(read(actor), commit))
    async with live.subscribed(MEMBER_EVENTS, member=id_of(member)) as stream:
        assert sequences(await stream.take(9)) == list(range(2, 11))


async def test_any_event_is_a_place_to_resume_from(live: Live) -> None:
    member = await live.enrol()
    await live.buy(member)
    await live.give(member, "7")
    seen = live.cursor(member, 0)
    for number in range(1, 6):
        async with live.subscribed(MEMBER_EVENTS, member=id_of(member), after=seen) as stream:
            event = await stream.next()
        assert int(event["sequence"]) == number
        seen = event["position"]


async def test_more_than_a_page_of_missed_events_comes_in_order(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "PAGE", 4)
    member = await live.enrol()
    for _ in range(7):
        await live.buy(member, "1.00")
    await live.give(member, "7")
    async with live.subscribed(MEMBER_EVENTS, member=id_of(member), after=live.cursor(member, 0)) as stream:
        assert sequences(await until_marked(stream)) == list(range(1, 24))


async def test_a_member_hears_of_itself_and_of_nobody_else(live: Live) -> None:
    member, other = await live.enrol(), await live.enrol()
    async with live.subscribed(MEMBER_EVENTS, live.token(member), after=live.cursor(member, 0)) as stream:
        assert sequences([await stream.next()]) == [1]
    no_member = {"code": "BAD_REQUEST", "field": ["memberId"]}
    for named in (id_of(other), id_of(uuid4()), "mem_nonsense", "ord_" + id_of(member)[4:]):
        async with live.subscribed(MEMBER_EVENTS, live.token(member), member=named) as stream:
            assert await stream.refusal() == no_member
    for named in (None, "mem_nonsense", id_of(uuid4())):
        async with live.subscribed(MEMBER_EVENTS, member=named) as stream:
            assert await stream.refusal() == no_member


async def test_other_programs_do_not_hear(live: Live) -> None:
    member = await live.enrol()
    _, stranger = await opened(live.engine, code="OTHER")
    async with live.subscribed(MEMBER_EVENTS, stranger, member=id_of(member)) as stream:
        assert await stream.refusal() == {"code": "BAD_REQUEST", "field": ["memberId"]}


# ── cursors that are no good ─────────────────────────────────────────────────────────────────────────────────────────


async def test_a_cursor_of_another_stream_is_refused_by_name(live: Live) -> None:
    member, other = await live.enrol(), await live.enrol()
    good = live.cursor(member, 1)
    check = good.rpartition("-")[2]
    bad = [
        *("", "x", "1", "1-1", f"{good}-1", f"p{good}", f"1-1-{check.swapcase()}x", f"1-1-{check} ", "1-1-"),
        *(f"-1-1-{check}", f"1--1-{check}", f"+1-1-{check}", f"1-1.0-{check}", f"1-1e3-{check}", f"1-０-{check}"),
        *(f"{2**63}-1-{check}", f"1-{2**63}-{check}", f"1-{'9' * 10_000}-{check}", f"1-\x00-{check}"),
        live.cursor(other, 1),
        f"p1-1-{'0' * 26}-1-{check}",
    ]
    for cursor in bad:
        async with live.subscribed(MEMBER_EVENTS, member=id_of(member), after=cursor) as stream:
            assert await stream.refusal() == {"code": "BAD_REQUEST", "field": ["after"]}, cursor
    assert live.engine.hub.stream_count == 0


async def test_a_cursor_of_another_time_line_is_expired(live: Live) -> None:
    member = await live.enrol()
    for cursor in (
        live.cursor(member, 2),  # beyond the newest, as after a backup was restored
        live.cursor(member, 2**63 - 1),
        live.cursor(member, 1, epoch=2),
        live.cursor(member, 0, epoch=0),
    ):
        async with live.subscribed(MEMBER_EVENTS, member=id_of(member), after=cursor) as stream:
            assert await stream.refusal() == {"code": "CURSOR_EXPIRED"}
            await live.buy(await live.enrol())  # the socket stays, and nothing follows
            await stream.stop()
    assert live.engine.hub.stream_count == 0


async def test_an_event_stream_tells_of_a_bad_cursor_and_completes(live: Live) -> None:
    member = await live.enrol()
    body = {"query": MEMBER_EVENTS, "variables": {"member": id_of(member)}}
    for last, code in ((live.cursor(member, 9), "CURSOR_EXPIRED"), ("nonsense", "BAD_REQUEST")):
        text = (await live.http.post("/graphql", json=body, headers={**EVENT_STREAM, "last-event-id": last})).text
        result, end, _ = text.split("\n\n")
        (error,) = orjson.loads(result.partition("data: ")[2])["errors"]
        assert (error["extensions"]["code"], end) == (code, "event: complete\ndata:")
        assert "path" not in error


async def test_a_new_epoch_expires_the_cursors_before_it(live: Live) -> None:
    member = await live.enrol()
    old = (await live.snapshot(member))["position"]
    row = await models.Program.get(id=live.program.id)
    async with transaction():
        await models.Program.filter(id=row.id).update(event_epoch=2, config_version=row.config_version + 1)
    async with live.subscribed(MEMBER_EVENTS, member=id_of(member), after=old) as stream:
        assert await stream.refusal() == {"code": "CURSOR_EXPIRED"}
    position = (await live.snapshot(member))["position"]
    assert position == live.cursor(member, 1, epoch=2)
    async with live.subscribed(MEMBER_EVENTS, member=id_of(member), after=position) as stream:
        await live.give(member, "7")
        assert (await stream.next())["position"] == live.cursor(member, 2, epoch=2)


# ── what did not happen is not told ──────────────────────────────────────────────────────────────────────────────────


async def test_refused_commands_are_told_to_nobody(live: Live) -> None:
    member = await live.enrol()
    await live.buy(member, "10.00", external_id="A-1")
    async with live.subscribed(MEMBER_EVENTS, member=id_of(member)) as stream:
        await live.idle(member)
        with live.engine.hub.listen(live.stream(member)) as witness:
            before = witness.handle()
            with pytest.raises(DuplicateOrder):
                await live.buy(member, "11.00", external_id="A-1")
            with pytest.raises(InsufficientBalance):
                await live.give(member, "-1000")
            assert await witness.wait(before, 0) is False
        await live.give(member, "7")
        assert sequences(await until_marked(stream)) == [5]


POISON = {
    Dialect.SQLITE: (
        """CREATE TRIGGER poison AFTER INSERT ON event
        WHEN NEW.order_id IN (SELECT id FROM orders WHERE external_id = 'poison')
        BEGIN SELECT RAISE(ABORT, 'poisoned'); END""",
        "DROP TRIGGER poison",
    ),
    Dialect.POSTGRES: (  # at the commit itself, after everything was written
        """CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.order_id IN (SELECT id FROM orders WHERE external_id = 'poison') THEN
                RAISE 'poisoned' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE CONSTRAINT TRIGGER poison AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION poison()""",
        "DROP TRIGGER poison ON event; DROP FUNCTION poison",
    ),
}


@asynccontextmanager
async def poisoned(dialect: Dialect) -> AsyncIterator[None]:
    """Let the database refuse the order `poison` once all its rows are written."""
    plant, remove = POISON[dialect]
    async with transaction() as connection:
        await connection.execute_script(plant)
    try:
        yield
    finally:
        async with transaction() as connection:
            await connection.execute_script(remove)


async def test_a_transaction_that_is_rolled_back_is_told_to_nobody(live: Live) -> None:
    member, key = await live.enrol(), new_key()
    async with live.subscribed(MEMBER_EVENTS, member=id_of(member)) as stream:
        await live.idle(member)
        with live.engine.hub.listen(live.stream(member)) as witness:
            before = witness.handle()
            async with poisoned(live.engine.database.dialect):
                with pytest.raises(Rejected, match="poisoned"):
                    await live.buy(member, external_id="poison", key=key)
            assert await witness.wait(before, 0) is False
        assert await models.Order.all().count() == 0
        await live.buy(member, external_id="poison", key=key)
        assert sequences(await stream.take(3)) == [2, 3, 4]


# ── listeners that are slow, many, or gone ───────────────────────────────────────────────────────────────────────────


async def test_a_client_that_does_not_read_holds_one_event_and_one_page_and_misses_nothing(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "PAGE", 10)
    reads = []
    read = visible.events
    monkeypatch.setattr(visible, "events", lambda actor: reads.append(actor) or read(actor))
    member = await live.enrol()
    app = live.site.app()
    async with HeldSocket(app, live.key, MEMBER_EVENTS, member=id_of(member), after=live.cursor(member, 0)) as socket:
        await socket.until_offered(1)
        for _ in range(40):
            await live.buy(member, "1.00")
        assert (len(socket.offered), len(reads)) == (1, 1)
        for number in range(1, 121):
            socket.take()
            await socket.until_offered(number + 1)
    assert sequences(socket.offered) == list(range(1, 122))


class Counted:
    """Counts, for each socket, the results that the server got rid of."""

    def __init__(self, app: ASGIApp) -> None:
        self.sent: list[int] = []
        self._app = app

    def app(self) -> ASGIApp:
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        index = len(self.sent)
        self.sent.append(0)

        async def counting(message: Any) -> None:
            await send(message)
            self.sent[index] += '"next"' in message.get("text", "")

        await self._app(scope, receive, counting)


LARGE = member_events(f"{BRIEF} member {{ {' '.join(f'n{number}: name' for number in range(100))} }}")
"""Of a member with a long name, each event has more than 50 kB."""


async def test_a_stopped_client_holds_up_the_server_and_nobody_else_and_gets_everything_afterwards(
    postgres_live: Live,
) -> None:
    live = postgres_live  # once is enough: the database has no part in it
    member = await live.enrol(name="会" * 200)
    counted = Counted(live.site.app())
    facts = {"member": id_of(member), "after": live.cursor(member, 0)}
    async with (
        served(counted) as host,
        subscribed(host, live.key, LARGE, receive_bytes=4096, **facts) as stopped,
        subscribed(host, live.key, LARGE, **facts) as reading,
    ):
        first = await stopped.take(1)
        reader = asyncio.create_task(until_marked(reading))
        for _ in range(40):
            await live.buy(member, "1.00")
        await live.give(member, "7")
        assert sequences(await reader) == list(range(1, 123))
        assert counted.sent[0] < counted.sent[1] == 122
        assert sequences(first + await until_marked(stopped)) == list(range(1, 123))


async def test_two_hundred_listeners_of_one_member_hear_the_same(live: Live) -> None:
    member = await live.enrol()
    async with AsyncExitStack() as stack, asyncio.timeout(NET_SECONDS):
        joining = [live.subscribed(MEMBER_EVENTS, member=id_of(member)) for _ in range(200)]
        streams = await asyncio.gather(*(stack.enter_async_context(stream) for stream in joining))
        await live.listened_to(member, 200)
        for _ in range(2):
            await live.buy(member, "1.00")
        heard = await asyncio.gather(*(stream.take(6) for stream in streams))
        assert sequences(heard[0]) == [2, 3, 4, 5, 6, 7]
        assert heard == [heard[0]] * 200
    await until(lambda: live.engine.hub.stream_count == 0)


async def test_whoever_leaves_leaves_nothing_behind(live: Live) -> None:
    member = await live.enrol()
    before = asyncio.all_tasks()

    async def gone() -> None:
        await only(before)
        assert live.engine.hub.stream_count == 0

    async with live.subscribed(MEMBER_EVENTS, member=id_of(member)) as stream:
        await live.idle(member)
        await stream.stop()  # the operation ends, the socket stays
        await until(lambda: live.engine.hub.stream_count == 0)
    await gone()
    async with live.subscribed(MEMBER_EVENTS, member=id_of(member)) as stream:
        await live.idle(member)
        stream.connection.transport.abort()  # no close frame, no farewell
        await gone()
    async with HeldSocket(
        live.site.app(), live.key, MEMBER_EVENTS, member=id_of(member), after=live.cursor(member, 0)
    ) as socket:
        await socket.until_offered(1)  # and leaves in the middle of a page
    await gone()
    body = {"query": MEMBER_EVENTS, "variables": {"member": id_of(member)}}
    async with live.http.stream("POST", "/graphql", json=body, headers=EVENT_STREAM):
        await live.idle(member)
    await gone()


# ── several server processes ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Pair:
    """Two servers of one database: what is committed in the first is listened to at the second."""

    first: World
    second: Engine
    buses: tuple[Bus, Bus]
    host: str
    stream: Any

    async def next_of(self, member: UUID, listener: Subscription) -> list[int]:
        """Commit at the first while the second waits, and return what its listener hears."""
        await idle(self.second, self.stream(member))
        await self.first.buy(member, "1.00")
        return sequences(await listener.take(3))


@asynccontextmanager
async def pair(live: Live, bus_url: str) -> AsyncIterator[Pair]:
    async with AsyncExitStack() as stack:
        hubs = Hub(), Hub()
        buses = [await stack.enter_async_context(Bus(bus_url, hub)) for hub in hubs]
        engines = [
            await stack.enter_async_context(engine(live.engine.database, hub, bus))
            for hub, bus in zip(hubs, buses, strict=True)
        ]
        host = await stack.enter_async_context(served(Site(engines[1])))
        first = World(engines[0], live.program, live.actor)
        yield Pair(first, engines[1], (buses[0], buses[1]), host, live.stream)


@pytest.mark.parametrize("bus_url", [REDIS_URL, POSTGRES_URL], ids=["redis", "postgres"])
async def test_the_bus_wakes_the_listeners_of_other_processes(
    postgres_live: Live, bus_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "POLL_SECONDS", NEVER_SECONDS)
    member = await postgres_live.enrol()
    async with pair(postgres_live, bus_url) as servers:
        await until(lambda: all(bus.is_listening for bus in servers.buses))
        async with subscribed(servers.host, postgres_live.key, MEMBER_EVENTS, member=id_of(member)) as listener:
            for number in range(5):
                start = 2 + 3 * number
                assert await servers.next_of(member, listener) == [start, start + 1, start + 2]


async def test_without_a_bus_the_poll_finds_what_other_processes_commit(
    postgres_live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "POLL_SECONDS", SOON_SECONDS)
    member = await postgres_live.enrol()
    async with pair(postgres_live, NOWHERE_URL) as servers:
        async with subscribed(servers.host, postgres_live.key, MEMBER_EVENTS, member=id_of(member)) as listener:
            for number in range(5):
                start = 2 + 3 * number
                assert await servers.next_of(member, listener) == [start, start + 1, start + 2]
        assert not any(bus.is_listening for bus in servers.buses)
