"""The database goes away and comes back, as when it restarts: streams wait for it, or end so that clients come back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import orjson
import pytest
import pytest_asyncio
from starlette.requests import Request
from starlette.responses import Response
from structlog.testing import capture_logs
from tortoise.context import TortoiseContext

from app.server import readyz
from schema.cursors import member_cursor
from services import events, visible
from services.database.away import is_away
from services.database.config import Database
from services.engine import engine
from tests.factories import World
from tests.live.conftest import id_of, opened, settled, until
from tests.live.proxy import Proxy, proxied
from tests.live.server import Site
from tests.live.sockets import FULL, MEMBER_EVENTS, MEMBER_STATE, PROGRAM_EVENTS, HeldSocket, member_events

SOON_SECONDS = 0.01
ORDERS = member_events(FULL)
"""Reads the order that an event is about, after the event itself."""


@dataclass
class Far:
    """A shop whose server reaches its database through a proxy."""

    url: str
    shop: World
    key: str
    member: UUID
    proxy: Proxy
    site: Site

    def held(self, query: str, **variables: Any) -> HeldSocket:
        return HeldSocket(self.site.app(), self.key, query, **variables)

    async def posted(self, query: str, *, last_event_id: str = "", **variables: Any) -> httpx.Response:
        """Ask for server-sent events and return all that came until the server ended them."""
        headers = {
            "authorization": f"Bearer {self.key}",
            "accept": "text/event-stream",
            "last-event-id": last_event_id,
        }
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.site.app()), base_url="http://far") as http:
            return await http.post("/graphql", headers=headers, json={"query": query, "variables": variables})

    def cut_before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return `function`, with the database lost just before."""

        def cut(*args: Any, **facts: Any) -> Any:
            self.proxy.cut()
            return function(*args, **facts)

        return cut

    async def buy_elsewhere(self) -> None:
        """Commit an order over connections of its own; run it as a task, so that its ORM is its own too."""
        database = Database.parse(self.url)
        async with TortoiseContext() as context:
            await context.init(config=database.tortoise())
            async with engine(database) as other:
                await World(other, self.shop.program, self.shop.actor).buy(self.member, "1.00")


@pytest_asyncio.fixture
async def far(clean_postgres_url: str) -> AsyncIterator[Far]:
    async with AsyncExitStack() as stack:
        proxy, url = await stack.enter_async_context(proxied(Database.parse(clean_postgres_url).dsn))
        database = Database.parse(url)
        context = await stack.enter_async_context(TortoiseContext())
        await context.init(config=database.tortoise())
        house = await stack.enter_async_context(engine(database))
        shop, key = await opened(house)
        member = await shop.enrol()
        await settled(house)
        yield Far(clean_postgres_url, shop, key, member, proxy, Site(house))


def sequences(found: list[Any]) -> list[int]:
    return [int(event["sequence"]) for event in found]


async def test_streams_outlive_a_database_that_is_away(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "POLL_SECONDS", SOON_SECONDS)
    monkeypatch.setattr(events, "AWAY_POLL_SECONDS", SOON_SECONDS)
    named, after = id_of(far.member), member_cursor(1, far.member, 1)
    async with (
        far.held(MEMBER_EVENTS, member=named, after=after) as told,
        far.held(MEMBER_STATE, member=named) as state,
        far.held(PROGRAM_EVENTS) as batches,
    ):
        await state.until_offered(1)
        await batches.until_offered(1)
        for socket in (told, state, batches):
            socket.take(4)
        await until(lambda: far.shop.engine.hub.stream_count == 2)
        with capture_logs() as logs:
            far.proxy.cut()
            await until(lambda: len(logs) == 3)
            await asyncio.create_task(far.buy_elsewhere())
        assert [log["event"] for log in logs] == ["events.retry"] * 3  # of each reader one, however often it tries
        far.proxy.restore()
        await told.until_offered(3)
        await state.until_offered(2)
        await batches.until_offered(2)
    assert sequences(told.offered) == [2, 3, 4]
    assert state.offered[-1]["position"] == member_cursor(1, far.member, 4)
    assert sequences(batches.offered[-1]["events"]) == [2, 3, 4]


async def test_a_stream_waits_for_a_database_that_is_away_when_it_begins(
    far: Far, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "AWAY_POLL_SECONDS", SOON_SECONDS)
    monkeypatch.setattr(visible, "members", far.cut_before(visible.members))
    with capture_logs() as logs:
        async with far.held(MEMBER_EVENTS, member=id_of(far.member), after=member_cursor(1, far.member, 0)) as socket:
            await until(lambda: [log["event"] for log in logs] == ["events.retry"])
            monkeypatch.undo()
            far.proxy.restore()
            await socket.until_offered(1)
    assert (sequences(socket.offered), socket.closed) == ([1], None)


async def test_an_event_lost_with_the_database_ends_the_stream_in_a_way_that_clients_retry(
    far: Far, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, variables = member_cursor(1, far.member, 0), {"member": id_of(far.member)}
    await far.shop.buy(far.member, "1.00")
    with monkeypatch.context() as patch:
        patch.setattr(visible, "orders", far.cut_before(visible.orders))
        async with far.held(ORDERS, **variables, after=start) as socket:
            socket.take()
            await until(lambda: socket.closed is not None)
        assert (sequences(socket.offered), socket.closed) == ([1], 1013)
        far.proxy.restore()
        text = (await far.posted(ORDERS, **variables, last_event_id=start)).text
        assert text.startswith(f"id: {socket.offered[0]['position']}\n")
        assert text.count("\n\n") == 1  # no error, and no `complete`
        far.proxy.restore()
    async with far.held(ORDERS, **variables, after=socket.offered[0]["position"]) as again:
        again.take(3)
        await again.until_offered(3)
    assert sequences(again.offered) == [2, 3, 4]


@pytest.mark.parametrize("query", [MEMBER_EVENTS, PROGRAM_EVENTS], ids=["member", "program"])
async def test_a_start_lost_with_the_database_is_retried_too(
    far: Far, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before its first event a stream reads the program; that it does not wait for."""
    variables = {"member": id_of(far.member)} if query is MEMBER_EVENTS else {}
    snapshots = type(far.shop.engine.snapshots)
    monkeypatch.setattr(snapshots, "load", far.cut_before(snapshots.load))
    async with far.held(query, **variables) as socket:
        await until(lambda: socket.closed is not None)
    assert (socket.offered, socket.closed) == ([], 1013)
    far.proxy.restore()
    answer = await far.posted(query, **variables)
    assert (answer.status_code, answer.text) == (200, "")


async def test_a_caller_who_cannot_be_looked_up_is_told_to_try_later(far: Far) -> None:
    far.proxy.cut()
    with capture_logs() as logs:
        answer = await far.posted(MEMBER_EVENTS, member=id_of(far.member))
        async with far.held(MEMBER_EVENTS, member=id_of(far.member)) as socket:
            await until(lambda: socket.closed is not None)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (503, "OVERLOADED")
    assert error["message"] == "The database cannot be reached; try again later."
    assert socket.closed == 1013
    assert logs == []  # it is nobody's bug
    far.proxy.restore()
    async with far.held(MEMBER_EVENTS, member=id_of(far.member), after=member_cursor(1, far.member, 0)) as socket:
        await socket.until_offered(1)


async def test_a_server_whose_database_is_away_is_not_ready(far: Far) -> None:
    async def ready() -> Response:
        return await readyz(far.site.house, Request({"type": "http"}))

    far.proxy.cut()
    away = await ready()
    assert (away.status_code, orjson.loads(away.body)) == (503, {"status": "unavailable", "database": False})


@pytest.mark.parametrize(
    "error",
    [
        # Each of these came out of the ORM while PostgreSQL was restarted, fast and immediately, under load.
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.CannotConnectNowError("the database system is shutting down"),
        asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
        ConnectionResetError(104, "Connection reset by peer"),
        ConnectionRefusedError(111, "Connect call failed"),
        # … and these may.
        asyncpg.AdminShutdownError("terminating connection due to administrator command"),
        asyncpg.TooManyConnectionsError("sorry, too many clients already"),
        asyncpg.InterfaceError("connection is closed"),
        TimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_of_a_database_that_is_away(error: Exception) -> None:
    assert is_away(error)


async def test_what_the_database_or_its_driver_refuses_is_no_sign_that_it_is_away(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url)
    try:
        for sql, value in [("SELECT $1::int", "one"), ("SELECT 1 / $1::int", 0), ("SELECT nothing + $1::int", 1)]:
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)) as refusal:
                await connection.fetch(sql, value)
            assert not is_away(refusal.value)
    finally:
        await connection.close()
    assert not is_away(None)
