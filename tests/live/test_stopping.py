"""A server that is told to stop ends its streams at once, and in a way that clients come back from.

The server waits a day for what does not end by itself, so a stream that is left open hangs the test.
"""

import asyncio
import os
import signal
import threading
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from tortoise.context import TortoiseContext

from app.stopping import told_to_stop
from app.transport.streams import Streams
from services import credentials
from services.actors import ALL_SCOPES
from services.database.config import Database
from services.engine import engine
from services.templates import Template
from tests.factories import world
from tests.live.conftest import id_of, until
from tests.live.server import ServerProcess
from tests.live.sockets import MEMBER_STATE, NET_SECONDS, PROGRAM_EVENTS, subscribed


async def found_shop(database_url: str) -> tuple[str, UUID]:
    """Make a program with a member, and return a key and the member."""
    database = Database.parse(database_url)
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        async with engine(database) as house:
            shop = await world(house, Template.STANDARD)
            key = await credentials.create_key(shop.program.id, name="tests", scopes=ALL_SCOPES, now=datetime.now(UTC))
            return key.key, await shop.enrol()


async def until_first(lines: AsyncGenerator[str, None]) -> None:
    """Read up to the end of the first event."""
    async for line in lines:
        if line.startswith("data:"):
            return


async def test_a_server_that_stops_ends_its_streams_at_once(database_url: str, tmp_path: Path) -> None:
    workers = 1 if database_url.startswith("sqlite") else 2
    key, member = await found_shop(database_url)
    asked = [(PROGRAM_EVENTS, {}), (MEMBER_STATE, {"member": id_of(member)})]
    server = ServerProcess(database_url, tmp_path / "server.log", "--workers", str(workers))
    async with asyncio.timeout(NET_SECONDS), server, AsyncExitStack() as stack:
        await until(lambda: server.log.count("Application startup complete") == workers)
        headers = {"authorization": f"Bearer {key}", "accept": "text/event-stream"}
        http = await stack.enter_async_context(
            httpx.AsyncClient(base_url=server.url, headers=headers, timeout=NET_SECONDS, trust_env=False)
        )
        streams = []
        for query, variables in asked * 2:
            body = {"query": query, "variables": variables}
            answer = await stack.enter_async_context(http.stream("POST", "/graphql", json=body))
            streams.append(answer.aiter_lines())
            await until_first(streams[-1])
        host = server.url.removeprefix("http://")
        sockets = [await stack.enter_async_context(subscribed(host, key, query, **facts)) for query, facts in asked * 2]
        for socket in sockets:
            await socket.next()
        status = await server.stop()
        rest = [[line async for line in stream if line] for stream in streams]
        for socket in sockets:
            await socket.connection.wait_closed()
    assert rest == [[]] * len(streams)  # ended whole, and without `complete`
    assert [socket.connection.close_code for socket in sockets] == [1012] * len(sockets)
    # A process alone ends by the signal, as if it had not caught it; one with workers ends with 0.
    assert status == (-signal.SIGTERM if workers == 1 else 0), server.log
    assert server.log.count("Finished server process") == workers, server.log
    for word in ("Traceback", "ERROR", "Cancel"):
        assert word not in server.log, server.log


async def test_streams_that_are_over_close_their_sources_whatever_these_are_doing() -> None:
    streams, left, reached = Streams(), [], asyncio.Event()

    async def source(name: str) -> AsyncGenerator[str, None]:
        try:
            yield name
            reached.set()
            await asyncio.Event().wait()
        finally:
            left.append(name)

    waiting, between = streams.until_over(source("waiting")), streams.until_over(source("between"))
    assert [await anext(waiting), await anext(between)] == ["waiting", "between"]
    last = asyncio.create_task(anext(waiting, None))
    await reached.wait()
    streams.end()
    await asyncio.sleep(0)
    streams.end()  # a second signal, while the first is at work
    assert await last is None
    assert left == ["waiting"]
    assert await anext(between, None) is None
    assert [item async for item in streams.until_over(source("late"))] == []
    assert left == ["waiting", "between"]  # what never began has nothing to close


async def test_a_stream_passes_on_the_end_and_the_failure_of_its_source() -> None:
    async def source() -> AsyncGenerator[int, None]:
        yield 1
        raise TimeoutError

    async def short() -> AsyncGenerator[int, None]:
        yield 1

    streams = Streams()
    items = streams.until_over(source())
    assert await anext(items) == 1
    with pytest.raises(TimeoutError):
        await anext(items)
    assert [item async for item in streams.until_over(short())] == [1]
    assert not streams.are_over


async def test_a_signal_is_told_and_then_handled_as_before() -> None:
    heard, told = [], asyncio.Event()
    before = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    handler = signal.getsignal(signal.SIGTERM)
    try:
        with told_to_stop(told.set):
            os.kill(os.getpid(), signal.SIGTERM)
            async with asyncio.timeout(NET_SECONDS):
                await told.wait()
        assert heard == [signal.SIGTERM]
        assert signal.getsignal(signal.SIGTERM) is handler
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with told_to_stop(told.set):
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)


def test_outside_the_main_thread_no_signal_is_touched() -> None:
    async def told() -> None:
        with told_to_stop(lambda: None):
            found.append(signal.getsignal(signal.SIGINT))

    found: list[object] = []
    thread = threading.Thread(target=lambda: asyncio.run(told()))
    thread.start()
    thread.join()
    assert found == [signal.getsignal(signal.SIGINT)]
