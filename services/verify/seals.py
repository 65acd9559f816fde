"""The chain of seals: each block computed again from the transfers that lie in its place, side by side in their order.

Two streams are merged: the seals of a program by number, and its transfers by commit order and id. Transfers after the
last block are not sealed yet. Memory is that of a page of each, and of what one block lists.
"""

from bisect import bisect_right
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AsyncExitStack
from operator import itemgetter
from typing import Any
from uuid import UUID

from domain.seals import LEAF, BlockHash, Seal, beginning, leaf
from services.seals import SEALS
from services.verify.check import Scope
from services.verify.parts import Findings, Part
from services.verify.report import Finding
from services.verify.source import Row, Source
from services.verify.stream import Sorted

HEAD = "seal.head"
CHECKS = {"seal.chain": "seal", "seal.hash": "seal", "seal.transfer": "transfer"}
"""Check → the table whose rows it looks at."""
PLACE = itemgetter(0, 1, 2)
BLOCKS_PAGE = 50
"""Seals read at a time: each lists up to a thousand transfers."""


class Chains:
    """One pass over all seals and the transfers that they cover."""

    def __init__(self, source: Source, scope: Scope, limit: int, heads: Collection[bytes]) -> None:
        self._source = source
        self._findings = Findings(limit)
        self._limit = limit
        self._heads = dict.fromkeys(heads)
        self._seals = Part(source, SEALS, scope, self._findings, column="program_id", at_most=BLOCKS_PAGE)
        self._transfers = Transfers(source, scope, self._findings)

    async def findings(self, progress: Callable[[int], None]) -> list[Finding]:
        """Return what is broken, and which heads are in no chain; tell as it goes how many blocks were looked at."""
        done = 0
        before: Seal | None = None
        async with AsyncExitStack() as stack:
            for stream in (self._seals.stream, self._transfers.stream):
                await stack.enter_async_context(stream)
            while page := await self._seals.stream.page():
                for record in page:
                    for seal in self._seals.rows([record]):
                        self._heads.pop(seal.hash, None)
                        self._check_chain(record, seal, before)
                        await self._check_contents(record, seal)
                        before = seal
                done += len(page)
                progress(done)
        found = await self._findings.named(self._source)
        message = "No block has the hash {}: it, or the chain that led to it, was removed or made anew."
        return found + [Finding(HEAD, "seal", {}, message.format(head.hex())) for head in self._heads]

    def _check_chain(self, record: Row, seal: Seal, before: Seal | None) -> None:
        if before is None or before.program_id != seal.program_id:
            number, previous = 0, beginning(UUID(str(seal.program_id)))
        else:
            number, previous = before.number, before.hash
        if (seal.number, seal.previous_hash) != (number + 1, previous):
            message = f"After block {number} with hash {previous.hex()} comes block {seal.number}, which names "
            self._findings.add("seal.chain", "seal", record, f"{message}{seal.previous_hash.hex()} before it.")

    async def _check_contents(self, record: Row, seal: Seal) -> None:
        """Compute the block again; when its hash is another, what it lists tells which transfers are to blame."""
        block_hash = BlockHash(seal.previous_hash, seal.number)
        listed = Listed(seal.contents)
        last: Row = None
        strange: list[tuple[Any, str]] = []
        async for rows in self._transfers.up_to(record["program_id"], seal.last_order, record["last_id"]):
            pairs = [(_id_bytes(row[2]), row[3]) for row in rows]
            block_hash.add(b"".join(map(b"".join, pairs)))
            faults = listed.faults([leaf(*pair) for pair in pairs])
            strange += [(rows[index][2], fault) for index, fault in faults[: self._limit]]
            last = rows[-1]
        if block_hash.digest() != seal.hash:
            for key, fault in strange:
                message = f"The transfer {fault} block {seal.number} was sealed."
                self._findings.add("seal.transfer", "transfer", {"id": key}, message)
            lost = listed.rest(self._limit)
            for id_bytes in lost:
                message = f"Block {seal.number} sealed this transfer; it is not there, or in another place."
                self._findings.add("seal.transfer", "transfer", {"id": str(UUID(bytes=id_bytes))}, message)
            is_explained = bool(strange or lost)
        else:
            ends = last is not None and (last[1], last[2]) == (seal.last_order, record["last_id"])
            is_explained = ends and listed.holds and len(seal.contents) == LEAF * seal.transfers
        if not is_explained:
            message = "The hash is not that of the block's transfers in their order, or the block names others."
            self._findings.add("seal.hash", "seal", record, message)


class Listed:
    """What a block lists, compared with the transfers in its place, as they come."""

    def __init__(self, contents: bytes) -> None:
        self._contents = contents
        self._at = 0
        self._open: dict[bytes, bytes] | None = None
        """Id → beginning of the hash, of what was listed and not met; made when the first transfer differs."""

    @property
    def holds(self) -> bool:
        """Whether what came was what is listed, in its order, and all of it."""
        return self._open is None and self._at == len(self._contents)

    def faults(self, leaves: Sequence[bytes]) -> list[tuple[int, str]]:
        """Return the indexes of the transfers that differ from the list, and what is wrong with each."""
        joined = b"".join(leaves)
        if self._open is None and self._contents.startswith(joined, self._at):
            self._at += len(joined)
            return []
        found = []
        for index, one in enumerate(leaves):
            expected = self._unmet().pop(one[:16], None)
            if expected is None:
                found.append((index, "was put in after"))
            elif expected != one[16:]:
                found.append((index, "was changed after"))
        return found

    def rest(self, limit: int) -> list[bytes]:
        """Return the ids of what was listed and not met."""
        return list(self._unmet())[:limit]

    def _unmet(self) -> dict[bytes, bytes]:
        if self._open is None:
            parts = range(self._at, len(self._contents) - LEAF + 1, LEAF)
            self._open = {self._contents[at : at + 16]: self._contents[at + 16 : at + LEAF] for at in parts}
        return self._open


class Transfers:
    """All transfers by program, commit order and id."""

    def __init__(self, source: Source, scope: Scope, findings: Findings) -> None:
        sql = "SELECT t.program_id, t.commit_order, t.id, t.hash FROM transfer t WHERE true{t} ORDER BY 1, 2, 3"
        self.stream = Sorted(source, scope.limited(sql), scope.arguments, key=0)
        self._findings = findings
        self._rows: Sequence[Row] = ()
        self._at = 0

    async def up_to(self, program_id: Any, last_order: int, last_id: Any) -> AsyncIterator[Sequence[Row]]:
        """Yield the program's rows that were not yielded before, up to a place; leave out programs before it."""
        place = (program_id, last_order, last_id)
        while True:
            end = bisect_right(self._rows, place, lo=self._at, key=PLACE)
            rows, self._at = self._rows[self._at : end], end
            if own := [row for row in rows if row[0] == program_id]:
                yield own
            if end < len(self._rows) or not await self._read():
                return

    async def _read(self) -> bool:
        """Read a page; a row whose place cannot be compared is a finding, and in no place."""
        records = await self.stream.page()
        self._rows, self._at = [row for row in records if isinstance(row[1], int)], 0
        for row in records if len(self._rows) != len(records) else ():
            if not isinstance(row[1], int):
                self._findings.add("row.readable", "transfer", {"id": row[2]}, f"{row[1]!r} is no commit order.")
        return bool(records)


def _id_bytes(text: str) -> bytes:
    """Return the bytes of an id; of one that no program wrote, what cannot be an id's."""
    try:
        return bytes.fromhex(text.replace("-", ""))
    except ValueError:
        return text.encode()
