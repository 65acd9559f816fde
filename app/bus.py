"""The bus: tells every process which streams have news, through `broadcaster`.

It carries hints and no facts. A hint may be lost, doubled or late without harm: subscriptions read the event log, and
look by themselves every few seconds. So a mutation never waits for the bus, and the server starts and works without.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, suppress
from itertools import islice
from typing import NoReturn, Self
from urllib.parse import urlsplit

from broadcaster import Broadcast, Event

from app.bus_backend import CHANNEL, WAKE_ALL, Link, MemoryBackend, SupervisedBackend
from app.bus_postgres import PostgresBackend
from app.bus_redis import RedisBackend
from app.settings import SettingsError
from services.hub import Hub

KEYS_PER_MESSAGE = 100
"""A key has at most 67 characters, so a full message stays below the 8,000 bytes that PostgreSQL refuses."""

OUTGOING_KEYS_MAX = 10_000
COALESCE_SECONDS = 0.002
FLUSH_TIMEOUT_SECONDS = 1.0


def backend_for(url: str, client_name: str) -> SupervisedBackend:
    """Return the backend that `url` names, not yet connected; raise `SettingsError` when it names none."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (raises when it is no number)
        match parts.scheme:
            case "memory":
                return MemoryBackend()
            case "redis" | "rediss":
                return RedisBackend(url, client_name)
            case "postgres" | "postgresql":
                return PostgresBackend(url, client_name)
    except ValueError:
        # Neither the URL nor the parser's words are repeated: they may hold the password.
        raise SettingsError("HUIYUAN_BUS_URL is malformed; example: redis://user:password@host:6379/0.") from None
    raise SettingsError(
        f"HUIYUAN_BUS_URL has the scheme {parts.scheme!r}; "
        "use memory://, redis://, rediss://, postgres:// or postgresql://."
    )


class Bus:
    """Joins this process's hub to those of the other processes; an async context manager, and the `WakeSender`."""

    def __init__(self, url: str, hub: Hub) -> None:
        self._hub = hub
        self._origin = secrets.token_hex(4)
        self._backend = backend_for(url, self.client_name)
        self._broadcast = Broadcast(backend=self._backend)
        self._sending = Link(f"{urlsplit(url).scheme} sender")
        self._outgoing: dict[str, None] = {}
        self._queued = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self._tasks: list[asyncio.Task[NoReturn]] = []
        self._open = AsyncExitStack()

    @property
    def client_name(self) -> str:
        """The name under which Redis and PostgreSQL show the connections of this bus."""
        return f"huiyuan-bus-{self._origin}"

    @property
    def is_listening(self) -> bool:
        """Whether hints of other processes arrive now; without them a subscription still looks every few seconds."""
        return self._backend.link.is_up

    async def __aenter__(self) -> Self:
        """Start in the background; succeeds also while Redis or PostgreSQL is down."""
        await self._open.enter_async_context(self._broadcast)
        # Subscribed here and not in the task: a message that comes before the subscription would be dropped.
        subscriber = await self._open.enter_async_context(self._broadcast.subscribe(CHANNEL))
        self._tasks = [
            asyncio.create_task(self._receive_forever(subscriber.get), name="bus receiver"),
            asyncio.create_task(self._send_forever(), name="bus sender"),
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Send what is queued, for a second at most, and stop."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_TIMEOUT_SECONDS):
                await self._drained.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._open.aclose()

    def wake(self, keys: Iterable[str]) -> None:
        """Wake the streams `keys` here at once, and in the other processes a moment later. Never waits, never fails."""
        for key in keys:
            self._hub.wake(key)
            self._outgoing[key] = None
        if len(self._outgoing) > OUTGOING_KEYS_MAX:
            self._outgoing = {WAKE_ALL: None}
        if self._outgoing:
            self._queued.set()
            self._drained.clear()

    async def _receive_forever(self, next_event: Callable[[], Awaitable[Event]]) -> NoReturn:
        while True:
            origin, *keys = (await next_event()).message.split(" ")
            if origin == self._origin:
                continue  # the channel's echo; `wake` has told our hub already
            if WAKE_ALL in (origin, *keys):
                self._hub.wake_all()
            else:
                for key in keys:
                    self._hub.wake(key)

    async def _send_forever(self) -> NoReturn:
        while True:
            await self._queued.wait()
            if len(self._outgoing) < KEYS_PER_MESSAGE:
                await asyncio.sleep(COALESCE_SECONDS)
            # Taken out before sending: a key woken again while its message is under way must be sent again.
            keys = list(islice(self._outgoing, KEYS_PER_MESSAGE))
            for key in keys:
                del self._outgoing[key]
            try:
                await self._broadcast.publish(CHANNEL, " ".join((self._origin, *keys)))
            except Exception as error:  # noqa: BLE001  (whatever a driver raises, the keys are kept and sent later)
                self._outgoing.update(dict.fromkeys(keys))
                await asyncio.sleep(self._sending.down(error))
            else:
                self._sending.up()
                if not self._outgoing:
                    self._queued.clear()
                    self._drained.set()
