"""The end of open streams when the server stops: it waits for its responses, and a stream has no end of its own."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

Item = TypeVar("Item")


class Streams:
    """The streams that a server has open over HTTP; WebSockets are closed by the server itself, with 1012."""

    def __init__(self) -> None:
        self.are_over = False
        self._waits: set[asyncio.Timeout] = set()

    def end(self) -> None:
        """End all streams, and each new one as soon as it begins. Call it in the event loop."""
        if not self.are_over:
            self.are_over = True
            for wait in self._waits:
                wait.reschedule(asyncio.get_running_loop().time())

    async def until_over(self, source: AsyncGenerator[Item, None]) -> AsyncGenerator[Item, None]:
        """Yield what `source` yields until the streams are over; look at `are_over` to tell it from the source's end.

        Closes `source`.
        """
        async with aclosing(source):
            while not self.are_over:
                try:
                    async with asyncio.timeout(None) as wait:
                        self._waits.add(wait)
                        item = await anext(source)
                except StopAsyncIteration:
                    return
                except TimeoutError:
                    if not wait.expired():
                        raise
                    return
                finally:
                    self._waits.discard(wait)
                yield item
