"""What the bus's backends share: one channel, a supervisor that listens again after any failure, a bounded queue.

broadcaster's own backends end silently when their connection does and queue without limit; these do neither. Whenever
hints may have been lost (on each connection, and when the queue ran over) they deliver `WAKE_ALL` in their place.
"""

import asyncio
import random
from abc import ABC, abstractmethod
from time import monotonic
from typing import Any, NoReturn

import structlog
from broadcaster import BroadcastBackend, Event

CHANNEL = "huiyuan_wake"
WAKE_ALL = "*"
INCOMING_MESSAGES_MAX = 1_000
BACKOFF_FIRST_SECONDS = 0.1
BACKOFF_MAX_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Link:
    """One direction of the bus: logs each change of its state once, and says how long to wait before trying again."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._is_up: bool | None = None
        self._up_since_seconds = 0.0
        self._backoff_seconds = BACKOFF_FIRST_SECONDS

    @property
    def is_up(self) -> bool:
        """Whether the last attempt succeeded."""
        return self._is_up is True

    def up(self) -> None:
        """Note a success."""
        if not self._is_up:
            self._is_up = True
            self._up_since_seconds = monotonic()
            log.info("bus link up", link=self._name)

    def down(self, error: Exception) -> float:
        """Note a failure and return the seconds to wait: 0.1 doubled up to 5, less up to a half of it by chance."""
        # A connection that comes and goes wakes everybody each time: only one that lasted earns a quick retry.
        if self._is_up and monotonic() - self._up_since_seconds >= BACKOFF_MAX_SECONDS:
            self._backoff_seconds = BACKOFF_FIRST_SECONDS
        if self._is_up is not False:
            self._is_up = False
            log.warning("bus link down", link=self._name, error=f"{type(error).__name__}: {error}")
        wait_seconds = self._backoff_seconds * random.uniform(0.5, 1)  # noqa: S311  (spreads processes, hides nothing)
        self._backoff_seconds = min(self._backoff_seconds * 2, BACKOFF_MAX_SECONDS)
        return wait_seconds


class SupervisedBackend(BroadcastBackend, ABC):
    """A backend for `Broadcast` whose start never fails and whose listening never ends before `disconnect`."""

    def __init__(self, name: str) -> None:
        # The base's own __init__ only raises, so it is not called.
        self.link = Link(f"{name} listener")
        self._name = name
        self._incoming: asyncio.Queue[str] = asyncio.Queue(INCOMING_MESSAGES_MAX)
        self._supervisor: asyncio.Task[NoReturn] | None = None

    @abstractmethod
    async def listen(self) -> NoReturn:
        """Connect, call `connected` once messages arrive and `receive` with each, until an error ends it."""

    async def connect(self) -> None:
        """Start listening in the background; a server that is down is tried again and again."""
        self._supervisor = asyncio.create_task(self._supervise(), name=f"bus {self._name} supervisor")

    async def disconnect(self) -> None:
        """Stop listening."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            await asyncio.gather(self._supervisor, return_exceptions=True)

    async def subscribe(self, group: str) -> None:
        """Do nothing: the one channel is open from the start, so no message can fall between two subscriptions."""

    async def unsubscribe(self, group: str) -> None:
        """Do nothing: the channel stays open until `disconnect`."""

    async def next_published(self) -> Event:
        """Wait for the next message."""
        return Event(CHANNEL, await self._incoming.get())

    def connected(self) -> None:
        """Note that messages arrive from here on; those before may have been missed, so everybody is woken."""
        self.receive(WAKE_ALL)
        self.link.up()

    def receive(self, message: str) -> None:
        """Queue one message; when the queue is full, what it holds is replaced by one `WAKE_ALL`."""
        if self._incoming.full():
            while not self._incoming.empty():
                self._incoming.get_nowait()
            message = WAKE_ALL
        self._incoming.put_nowait(message)

    async def _supervise(self) -> NoReturn:
        while True:
            try:
                await self.listen()
            except Exception as error:  # noqa: BLE001  (whatever a driver raises, the answer is to listen again)
                await asyncio.sleep(self.link.down(error))


class MemoryBackend(SupervisedBackend):
    """The backend of a server that is one process: what is published arrives, under the same laws as elsewhere."""

    def __init__(self) -> None:
        super().__init__("memory")

    async def listen(self) -> NoReturn:
        """Be connected for good."""
        self.connected()
        while True:
            await asyncio.Event().wait()

    async def publish(self, channel: str, message: Any) -> None:  # noqa: ARG002  (there is one channel)
        """Deliver `message` to this process."""
        self.receive(message)
