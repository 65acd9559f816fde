"""Rows of a query sorted by one of its columns, read page by page, the next page being on its way."""

import asyncio
from bisect import bisect_right
from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Self

from services.verify.source import Row, Source

PAGE = 1_000


class Sorted:
    """Raw rows in the order of the column with index `key`, `at_most` so many at a time where they are large.

    Use it as a context manager.
    """

    def __init__(
        self, source: Source, sql: str, arguments: Sequence[Any], *, key: int, at_most: int | None = None
    ) -> None:
        self._source = source
        self._at_most = at_most
        self._sql = sql
        self._arguments = arguments
        self._key = itemgetter(key)
        self._cursor: Any = None
        self._rows: Sequence[Row] = ()
        self._at = 0
        self._ahead: asyncio.Task[Sequence[Row]] | None = None

    async def __aenter__(self) -> Self:
        self._cursor = await self._source.cursor(self._sql, *self._arguments)
        self._ask()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._ahead is not None:  # cancelled, it would end the transaction, in which others read on
            await asyncio.wait([self._ahead])
            self._ahead.exception()

    def _ask(self) -> None:
        size = PAGE if self._at_most is None else min(PAGE, self._at_most)
        self._ahead = asyncio.create_task(self._source.page(self._cursor, size))

    async def page(self) -> Sequence[Row]:
        """Return what is left of the page at hand, or else the next one; nothing at the end."""
        if self._at == len(self._rows):
            await self._advance()
        rows, self._at = self._rows[self._at :], len(self._rows)
        return rows

    async def up_to(self, last: Any) -> list[Row]:
        """Return the rows not returned before whose key is at most `last`."""
        taken: list[Row] = []
        while True:
            end = bisect_right(self._rows, last, lo=self._at, key=self._key)
            taken += self._rows[self._at : end]
            self._at = end
            if end < len(self._rows) or not await self._advance():
                return taken

    async def _advance(self) -> bool:
        if self._ahead is None:
            return False
        self._rows, self._at = await self._ahead, 0
        self._ahead = None
        if self._rows:
            self._ask()
        return bool(self._rows)
