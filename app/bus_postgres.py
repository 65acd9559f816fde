"""The bus over PostgreSQL LISTEN and NOTIFY: for a server that has no Redis.

Needs a session of its own, so the URL names PostgreSQL itself or a pooler in session mode.
"""

import asyncio
from contextlib import suppress
from typing import Any, NoReturn

import asyncpg  # type: ignore[import-untyped, unused-ignore]

from app.bus_backend import CHANNEL, SupervisedBackend

QUIET_SECONDS = 5.0
COMMAND_TIMEOUT_SECONDS = 5.0
CONNECT_TIMEOUT_SECONDS = 5.0
CLOSE_TIMEOUT_SECONDS = 1.0


class PostgresBackend(SupervisedBackend):
    """One connection that listens and notifies; `application_name` shows in `pg_stat_activity`."""

    def __init__(self, url: str, application_name: str) -> None:
        super().__init__("postgres")
        self._url = url
        self._application_name = application_name
        self._connection: asyncpg.Connection | None = None
        # asyncpg refuses a second statement on a connection while one is running.
        self._statement = asyncio.Lock()

    async def publish(self, channel: str, message: Any) -> None:
        """Send `message` to every process; raises when it did not leave, `ConnectionError` while not connected."""
        async with self._statement:
            if self._connection is None:
                raise ConnectionError("PostgreSQL is not connected.")
            await self._connection.execute("SELECT pg_notify($1, $2)", channel, message)

    async def listen(self) -> NoReturn:
        """Listen and receive until the connection ends or stops answering."""
        connection = await asyncpg.connect(
            self._url,
            timeout=CONNECT_TIMEOUT_SECONDS,
            command_timeout=COMMAND_TIMEOUT_SECONDS,
            server_settings={"application_name": self._application_name},
        )
        try:
            ended = asyncio.Event()
            connection.add_termination_listener(lambda _connection: ended.set())
            await connection.add_listener(CHANNEL, lambda *notice: self.receive(notice[-1]))
            self._connection = connection
            self.connected()
            while True:
                await self._wait_quietly(ended)
                async with self._statement:
                    # A network that drops packets ends no connection: only an unanswered statement tells.
                    await connection.execute("SELECT 1")
        finally:
            self._connection = None
            with suppress(Exception):  # it may be beyond an orderly end; then asyncpg cuts it off
                await connection.close(timeout=CLOSE_TIMEOUT_SECONDS)

    async def _wait_quietly(self, ended: asyncio.Event) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(QUIET_SECONDS):
                await ended.wait()
        if ended.is_set():
            raise ConnectionError("PostgreSQL ended the connection.")
