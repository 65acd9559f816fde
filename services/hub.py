"""The process hub: who in this process waits on which stream, and waking them.

A wake-up is a hint that a stream may have news; the news itself is read from the database. Hints may come twice or
not at all, so a listener also wakes by itself after a while. Everything here belongs to one event loop and is called
from its thread only; nothing in it waits except `Listener.wait`.
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID


def member_stream(program_id: UUID, member_id: UUID) -> str:
    """Return the key of one member's event stream; at most 67 characters, none of them a space."""
    return f"m:{program_id.hex}:{member_id.hex}"


def program_stream(program_id: UUID) -> str:
    """Return the key of a whole program's event stream; at most 67 characters, none of them a space."""
    return f"p:{program_id.hex}"


def template_stream(program_id: UUID, campaign_id: UUID) -> str:
    """Return the key of the counters of one template of coupons; at most 67 characters, none of them a space."""
    return f"t:{program_id.hex}:{campaign_id.hex}"


def batch_stream(program_id: UUID, batch_id: UUID) -> str:
    """Return the key of one batch of codes; at most 67 characters, none of them a space."""
    return f"b:{program_id.hex}:{batch_id.hex}"


class WakeSender(Protocol):
    """What the writer calls after a commit."""

    def wake(self, keys: Iterable[str]) -> None:
        """Wake whoever listens to the streams `keys`, here and in other processes. Never waits and never fails."""


@dataclass(frozen=True, slots=True)
class Handle:
    """A mark in a stream's wake-ups, taken before reading, so that a wake-up during the read is not lost."""

    wakes: int


@dataclass(slots=True, eq=False)
class _Stream:
    """The listeners of one key in this process, and how often the key was woken since the first of them came."""

    listeners: int = 0
    wakes: int = 0
    waiters: set[asyncio.Future[None]] = field(default_factory=set)

    def wake(self) -> None:
        self.wakes += 1
        for waiter in self.waiters:
            _release(waiter)
        self.waiters.clear()


def _release(waiter: asyncio.Future[None]) -> None:
    # A waiter may be done already: cancelled, or released by its own timer in this round of the loop.
    if not waiter.done():
        waiter.set_result(None)


class Listener:
    """One subscriber of one stream. Loop: take the handle, read, and when nothing was found wait on that handle."""

    __slots__ = ("_left", "_stream")

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream
        self._left = False

    def handle(self) -> Handle:
        """Mark this moment. Take it before reading: whatever is woken from here on ends a wait on it."""
        return Handle(self._stream.wakes)

    async def wait(self, handle: Handle, timeout_seconds: float) -> bool:
        """Wait until the stream is woken after `handle` was taken, at most `timeout_seconds`; tell whether it was.

        Returns at once when the wake-up came already. Each waiter has a future of its own, so cancelling one does not
        touch the others.
        """
        if self._left:
            raise RuntimeError("The listener has left its stream and would never be woken.")
        stream = self._stream
        if stream.wakes == handle.wakes:
            loop = asyncio.get_running_loop()
            waiter: asyncio.Future[None] = loop.create_future()
            timer = loop.call_later(timeout_seconds, _release, waiter)
            stream.waiters.add(waiter)
            try:
                await waiter
            finally:
                timer.cancel()
                stream.waiters.discard(waiter)
        return stream.wakes != handle.wakes

    def leave(self) -> None:
        """Refuse any further wait."""
        self._left = True


class Hub:
    """All streams that have listeners in this process; a stream without any is not kept."""

    def __init__(self) -> None:
        self._streams: dict[str, _Stream] = {}

    @contextmanager
    def listen(self, key: str) -> Iterator[Listener]:
        """Join the stream `key` for the length of a `with` block."""
        stream = self._streams.setdefault(key, _Stream())
        stream.listeners += 1
        listener = Listener(stream)
        try:
            yield listener
        finally:
            listener.leave()
            stream.listeners -= 1
            if stream.listeners == 0:
                del self._streams[key]

    def wake(self, key: str) -> None:
        """Wake the listeners of `key`; nothing happens when there are none."""
        stream = self._streams.get(key)
        if stream is not None:
            stream.wake()

    def wake_all(self) -> None:
        """Wake every listener: after hints may have been lost, each reads its stream once."""
        for stream in self._streams.values():
            stream.wake()

    def listeners(self, key: str) -> int:
        """Return how many listeners `key` has in this process."""
        stream = self._streams.get(key)
        return 0 if stream is None else stream.listeners

    @property
    def stream_count(self) -> int:
        """How many streams have listeners in this process."""
        return len(self._streams)
