"""Rows of several tables that make one whole, such as a transfer with its entries, read side by side in one order."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any, Generic, TypeVar

from services.verify.check import Scope, named
from services.verify.raw import decoder
from services.verify.report import Finding, Key
from services.verify.source import Row, Source
from services.verify.stream import Sorted
from services.writer.tables import Table

R = TypeVar("R")

KEYS = {
    "entry": ("account_id", "seq"),
    "lot_move": ("lot_id", "transfer_id"),
    "order_line": ("order_id", "ordinal"),
    "order_effect": ("order_id", "ordinal"),
    "occasion_effect": ("occasion_id", "ordinal"),
    "campaign_usage": ("campaign_id", "owner_id", "day"),
    "coupon_change": ("coupon_id", "ordinal"),
    "coupon_tally": ("campaign_id",),
    "seal": ("program_id", "number"),
}
"""Columns that name a row, where it is not `id`."""
UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, ArithmeticError)
"""What comes of a value that no program wrote."""


def tried(fault: Callable[[], str | None]) -> str | None:
    """Return the fault, or what of the row stopped the search for one."""
    try:
        return fault()
    except UNREADABLE as error:
        return f"it holds a value that cannot be ({type(error).__name__})"


class Findings:
    """What each check found, up to a limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rows: dict[str, list[tuple[str, Key, str]]] = defaultdict(list)

    def add(self, check: str, table: str, record: Row | Key, message: str) -> None:
        """Remember a broken row."""
        if len(self._rows[check]) < self._limit:
            key = {column: record[column] for column in KEYS.get(table, ("id",))}
            self._rows[check].append((table, key, message))

    async def named(self, source: Source) -> list[Finding]:
        """Return the findings with the program and member of each row."""
        return [
            Finding(check, table, await named(source, table, key), message)
            for check, rows in sorted(self._rows.items())
            for table, key, message in rows
        ]


class Part(Generic[R]):
    """The rows of one table, in the order of the wholes that they belong to, which `column` names.

    `check` is the rule that each row belongs to one, `entry.transfer`; the heads of the wholes have none. Only rows for
    which `where` holds are read, `at_most` so many at a time where they are large.
    """

    def __init__(
        self,
        source: Source,
        table: Table[R],
        scope: Scope,
        findings: Findings,
        *,
        column: str = "id",
        check: str = "",
        where: str = "true",
        at_most: int | None = None,
    ) -> None:
        self._name = table.name.strip('"')
        self._check = check
        self._column = column
        self._index = table.columns.index(column)
        self._decode = decoder(table)
        self._findings = findings
        self._groups: dict[Any, list[Row]] = {}
        order = ", ".join(dict.fromkeys((column, *KEYS.get(self._name, ("id",)))))
        sql = scope.limited(f"{table.select} WHERE {where}{{{self._name}}} ORDER BY {order}")
        self.stream = Sorted(source, sql, scope.arguments, key=self._index, at_most=at_most)

    async def read(self, last: Any) -> None:
        """Read on, up to the rows of the whole `last`."""
        groups: dict[Any, list[Row]] = defaultdict(list)
        for record in await self.stream.up_to(last):
            groups[record[self._index]].append(record)
        self._groups = groups

    def take(self, whole: Any) -> list[Row]:
        """Return the records of a whole among those read."""
        return self._groups.pop(whole, [])

    def rows(self, records: Sequence[Row]) -> list[R]:
        """Return the rows that the records make. One that makes none is a finding."""
        rows = []
        for record in records:
            try:
                rows.append(self._decode(record))
            except UNREADABLE as error:
                self._findings.add("row.readable", self._name, record, f"The row cannot be read: {error}.")
        return rows

    def leave(self) -> None:
        """Report what was read and not taken: it belongs to nothing."""
        for records in self._groups.values():
            self._without_whole(records)

    async def leave_rest(self) -> None:
        """Report what comes after the last whole."""
        while records := await self.stream.page():
            self._without_whole(records)

    def _without_whole(self, records: Sequence[Row]) -> None:
        for record in records:
            self._found(record, f"There is no {self._whole} {record[self._column]}.")

    def strange(self, record: Row, others: str) -> None:
        """Report a row that is of another program, or whatever else `others` names, than its whole."""
        self._found(record, f"{self._whole.capitalize()} {record[self._column]} is of another {others}.")

    @property
    def _whole(self) -> str:
        return self._check.partition(".")[2]

    def _found(self, record: Row, message: str) -> None:
        self._findings.add(self._check, self._name, record, message)


async def side_by_side(
    heads: Part[Any], parts: Sequence[Part[Any]], check: Callable[[Row], None], progress: Callable[[int], None]
) -> None:
    """Call `check` with the head of each whole, when its rows can be taken from `parts`; report what is left there.

    `progress` is told as it goes how many were looked at.
    """
    done = 0
    async with AsyncExitStack() as stack:
        for part in (heads, *parts):
            await stack.enter_async_context(part.stream)
        while page := await heads.stream.page():
            for part in parts:
                await part.read(page[-1][0])
            for record in page:
                check(record)
            for part in parts:
                part.leave()
            done += len(page)
            progress(done)
        for part in parts:
            await part.leave_rest()
