"""The hash of every transfer, over its entries, the lots it created and its lot moves: four streams side by side."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any, Generic, TypeVar

from domain.digest import transfer_hash
from domain.ledger import Entry, Lot, LotMove, Transfer
from services.verify.check import Scope, named
from services.verify.report import Finding, Key
from services.verify.source import Row, Source
from services.verify.stream import Sorted
from services.writer.tables import ENTRIES, LOT_MOVES, LOTS, TRANSFERS, Table

R = TypeVar("R", Transfer, Entry, Lot, LotMove)

KEYS = {"transfer": ("id",), "entry": ("account_id", "seq"), "lot": ("id",), "lot_move": ("lot_id", "transfer_id")}
CHECKS = {
    "transfer.hash": "transfer",
    "transfer.entries": "transfer",
    "entry.transfer": "entry",
    "lot.transfer": "lot",
    "lot_move.transfer": "lot_move",
}
"""Check → the table whose rows it looks at."""


class Findings:
    """What each check found, up to a limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rows: dict[str, list[tuple[str, Key, str]]] = defaultdict(list)

    def add(self, check: str, table: str, record: Row, message: str) -> None:
        """Remember a broken row."""
        if len(self._rows[check]) < self._limit:
            self._rows[check].append((table, {column: record[column] for column in KEYS[table]}, message))

    async def named(self, source: Source) -> list[Finding]:
        """Return the findings with the program and member of each row."""
        return [
            Finding(check, table, await named(source, table, key), message)
            for check, rows in sorted(self._rows.items())
            for table, key, message in rows
        ]


class Part(Generic[R]):
    """The rows of one table, in the order of the transfers that they belong to."""

    def __init__(self, source: Source, table: Table[R], scope: Scope, findings: Findings, column: str) -> None:
        self._name = table.name.strip('"')
        self._index = table.columns.index(column)
        self._decode: Callable[[Row], R] = source.decoder(table)
        self._findings = findings
        self._groups: dict[Any, list[Row]] = {}
        order = ", ".join(dict.fromkeys((column, *KEYS[self._name])))
        sql = scope.limited(f"{table.select} WHERE true{{{self._name}}} ORDER BY {order}")
        self.stream = Sorted(source, sql, scope.arguments, key=self._index)

    async def read(self, last: Any) -> None:
        """Read on, up to the rows of the transfer `last`."""
        groups: dict[Any, list[Row]] = defaultdict(list)
        for record in await self.stream.up_to(last):
            groups[record[self._index]].append(record)
        self._groups = groups

    def take(self, transfer: Any) -> list[Row]:
        """Return the records of a transfer among those read."""
        return self._groups.pop(transfer, [])

    def rows(self, records: list[Row]) -> list[R]:
        """Return the rows that the records make. One that makes none is a finding."""
        rows = []
        for record in records:
            try:
                rows.append(self._decode(record))
            except (ValueError, TypeError, AttributeError) as error:
                self._findings.add("row.readable", self._name, record, f"The row cannot be read: {error}.")
        return rows

    def leave(self) -> None:
        """Report what was read and not taken: it belongs to no transfer."""
        for records in self._groups.values():
            self._without_transfer(records)

    async def leave_rest(self) -> None:
        """Report what comes after the last transfer."""
        while records := await self.stream.page():
            self._without_transfer(records)

    def _without_transfer(self, records: Sequence[Row]) -> None:
        for record in records:
            message = f"There is no transfer {record['transfer_id']}."
            self._findings.add(f"{self._name}.transfer", self._name, record, message)

    def strange(self, record: Row) -> None:
        """Report a row that is of another program, member or order than its transfer."""
        message = f"Transfer {record['transfer_id']} is of another program, member or order."
        self._findings.add(f"{self._name}.transfer", self._name, record, message)


class Transfers:
    """One pass over all transfers, in the order of their ids."""

    def __init__(self, source: Source, scope: Scope, limit: int) -> None:
        self._source = source
        self._findings = found = Findings(limit)
        self._heads = Part(source, TRANSFERS, scope, found, "id")
        self._entries = Part(source, ENTRIES, scope, found, "transfer_id")
        self._lots = Part(source, LOTS, scope, found, "transfer_id")
        self._moves = Part(source, LOT_MOVES, scope, found, "transfer_id")

    async def findings(self, progress: Callable[[int], None]) -> list[Finding]:
        """Return what is broken, the rows of each check by transfer; tell as it goes how many were looked at."""
        done = 0
        parts = (self._entries, self._lots, self._moves)
        async with AsyncExitStack() as stack:
            for part in (self._heads, *parts):
                await stack.enter_async_context(part.stream)
            while page := await self._heads.stream.page():
                for part in parts:
                    await part.read(page[-1][0])
                for record in page:
                    self._check(record)
                for part in parts:
                    part.leave()
                done += len(page)
                progress(done)
            for part in parts:
                await part.leave_rest()
        return await self._findings.named(self._source)

    def _check(self, record: Row) -> None:
        raw_entries, raw_lots, raw_moves = (part.take(record[0]) for part in (self._entries, self._lots, self._moves))
        if not raw_entries:
            self._findings.add("transfer.entries", "transfer", record, "The transfer has no entry.")
        heads, entries = self._heads.rows([record]), self._entries.rows(raw_entries)
        lots, moves = self._lots.rows(raw_lots), self._moves.rows(raw_moves)
        read = (len(heads), len(entries), len(lots), len(moves))
        if read != (1, len(raw_entries), len(raw_lots), len(raw_moves)):
            return  # what cannot be read cannot be hashed, and is a finding by itself
        transfer = heads[0]
        owner = (transfer.program_id, transfer.member_id, transfer.order_id)
        for raw, entry in zip(raw_entries, entries, strict=True):
            if (entry.program_id, entry.member_id, entry.order_id) != owner:
                self._entries.strange(raw)
        for raw, lot in zip(raw_lots, lots, strict=True):
            if (lot.program_id, lot.member_id, lot.order_id) != owner:
                self._lots.strange(raw)
        for raw, move in zip(raw_moves, moves, strict=True):
            if move.program_id != transfer.program_id:
                self._moves.strange(raw)
        if transfer_hash(transfer, entries, lots, moves) != transfer.hash:
            message = "The hash is not that of the transfer with its entries, lots and lot moves."
            self._findings.add("transfer.hash", "transfer", record, message)
