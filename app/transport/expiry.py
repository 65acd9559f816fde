"""The end of a credential while a stream still runs under it."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

Item = TypeVar("Item")

EXPIRED_MESSAGE = "The credential has expired."

now = time.time
"""Unix seconds. Credentials end in real time, whatever clock a program runs on."""


class CredentialExpired(Exception):  # noqa: N818  (an event in the life of a stream rather than an error)
    """Raised in place of the next item of a stream."""


def seconds_left(expires_at: float | None) -> float:
    """Return how long a credential still lasts: infinity when it does not end, zero or less when it has."""
    return float("inf") if expires_at is None else expires_at - now()


async def until_expiry(source: AsyncGenerator[Item, None], expires_at: float | None) -> AsyncGenerator[Item, None]:
    """Yield what `source` yields; raise `CredentialExpired` at `expires_at` (unix seconds). Closes `source`."""
    async with aclosing(source):
        while (left := seconds_left(expires_at)) > 0:
            try:
                async with asyncio.timeout(None if expires_at is None else left) as limit:
                    item = await anext(source)
            except StopAsyncIteration:
                return
            except TimeoutError:
                if not limit.expired():
                    raise
                break
            yield item
    raise CredentialExpired
