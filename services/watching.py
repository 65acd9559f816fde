"""What is shown live by its newest state: at once, and after changes, but not more often than people can read."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar

from services import events
from services.hub import Hub

T = TypeVar("T")
Pause = Callable[[], Awaitable[None]]

PAUSE_SECONDS = 0.25
"""How long nothing further is told after something was: at most four times a second."""


async def paused() -> None:
    """Wait for as long as nothing further is told."""
    await asyncio.sleep(PAUSE_SECONDS)


async def newest(
    hub: Hub,
    key: str,
    read: Callable[[], Awaitable[T | None]],
    *,
    is_last: Callable[[T], bool] = lambda _: False,
    pause: Pause = paused,
) -> AsyncGenerator[T, None]:
    """Yield what `read` finds, now and when it is another after the stream `key` was woken, with a pause after each.

    What changes during a pause is told after it, as one. Ends after what `is_last`, or when nothing is found.
    """
    told: T | None = None
    with hub.listen(key) as listener:
        while True:
            handle = listener.handle()
            found = await events.patiently(read)
            if found is None:
                return
            if found == told:
                await listener.wait(handle, events.POLL_SECONDS)
                continue
            yield found
            told = found
            if is_last(found):
                return
            await pause()
