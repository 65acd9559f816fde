"""A program behind a server in this process, and what its tests wait for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest_asyncio

import models
from schema import ids
from schema.cursors import member_cursor
from services import credentials, events
from services.actors import ALL_SCOPES
from services.engine import Engine
from services.hub import member_stream, program_stream
from services.templates import Template
from tests.factories import World, world
from tests.live.server import SECRET, Site
from tests.live.sockets import NET_SECONDS, Subscription, subscribed
from tests.transport_toy import served


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what has no event of its own."""
    async with asyncio.timeout(NET_SECONDS):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def only(tasks: set[asyncio.Task[Any]]) -> None:
    """Wait until no others than these tasks are left, but for the caller's."""
    known = tasks | {asyncio.current_task()}
    await until(lambda: asyncio.all_tasks() <= known)


async def settled(engine: Engine) -> None:
    """Wait until readers may pass all that is committed: on PostgreSQL any older open transaction is in the way."""
    newest = await models.Event.all().order_by("-commit_order").first()
    async with asyncio.timeout(NET_SECONDS):
        while newest is not None and await events.horizon(engine) <= newest.commit_order:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@dataclass
class Live(World):
    """A program whose API answers at `host`, with a key that may do everything."""

    site: Site
    host: str
    key: str
    http: httpx.AsyncClient

    def subscribed(
        self, query: str, key: str | None = None, **variables: Any
    ) -> AbstractAsyncContextManager[Subscription]:
        return subscribed(self.host, key or self.key, query, **variables)

    async def ask(self, query: str, **variables: Any) -> Any:
        """Return the value of the one field of a query."""
        answer = (await self.http.post("/graphql", json={"query": query, "variables": variables})).json()
        assert "errors" not in answer, answer
        (value,) = answer["data"].values()
        return value

    async def snapshot(self, member: UUID) -> Any:
        return await self.ask(
            "query ($id: ID!) { member(by: { id: $id }) { position name balance { available } } }", id=id_of(member)
        )

    def cursor(self, member: UUID, position: int, epoch: int = 1) -> str:
        return str(member_cursor(epoch, member, position))

    def token(self, member: UUID) -> str:
        return credentials.member_token(SECRET, program_id=self.program.id, member_id=member, lifetime_seconds=600)

    async def listened_to(self, member: UUID | None, count: int = 1) -> None:
        """Wait until the member's stream, or the program's, has so many listeners here: their start is fixed then."""
        await until(lambda: self.engine.hub.listeners(self.stream(member)) == count)

    async def idle(self, member: UUID | None) -> None:
        """Wait until all listeners of a stream have read everything and wait for a wake-up."""
        await idle(self.engine, self.stream(member))

    def stream(self, member: UUID | None) -> str:
        program_id = self.program.id
        return program_stream(program_id) if member is None else member_stream(program_id, member)


NEVER_SECONDS = 1e6
"""In place of the poll: only a wake-up can end the wait."""


def id_of(member: UUID) -> str:
    return str(ids.encode(ids.MEMBER, member))


async def idle(engine: Engine, stream: str) -> None:
    streams = engine.hub._streams
    await until(lambda: stream in streams and 0 < len(streams[stream].waiters) == streams[stream].listeners)


class Overtaken:
    """A query after which something happens before its reader goes on."""

    def __init__(self, query: Any, then: Callable[[], Awaitable[Any]]) -> None:
        self._query = query
        self._then = then

    def __getattr__(self, name: str) -> Callable[..., "Overtaken"]:
        return lambda *args, **facts: Overtaken(getattr(self._query, name)(*args, **facts), self._then)

    def __await__(self) -> Any:
        return self._run().__await__()

    async def _run(self) -> Any:
        answer = await self._query
        await self._then()
        return answer


async def opened(engine: Engine, **facts: Any) -> tuple[World, str]:
    """Make the standard program and a key."""
    made = await world(engine, Template.STANDARD, **facts)
    key = await credentials.create_key(made.program.id, name="tests", scopes=ALL_SCOPES, now=datetime.now(UTC))
    return made, key.key


@asynccontextmanager
async def living(engine: Engine) -> AsyncIterator[Live]:
    """Open the standard program on an engine and serve it."""
    made, key = await opened(engine)
    site = Site(engine)
    headers = {"authorization": f"Bearer {key}"}
    before = asyncio.all_tasks()
    async with (
        served(site) as host,
        httpx.AsyncClient(base_url=f"http://{host}", headers=headers, timeout=NET_SECONDS) as http,
    ):
        yield Live(engine, made.program, made.actor, site, host, key, http)
        await only(before)  # whoever has left leaves nothing behind
    assert engine.hub.stream_count == 0


@pytest_asyncio.fixture
async def live(house: Engine) -> AsyncIterator[Live]:
    """On both databases."""
    async with living(house) as found:
        yield found


@pytest_asyncio.fixture
async def postgres_live(postgres_house: Engine) -> AsyncIterator[Live]:
    """On PostgreSQL only."""
    async with living(postgres_house) as found:
        yield found
