"""Import of a file of orders: read in chunks, committed by `services.orders.import_orders`, safe to run again.

An order is known by its source and external id, so a file that was imported partly, or wholly, is imported again to the
same end: what is there with the same content is left as it is. Nothing else remembers how far an import came.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO
from uuid import uuid4

from domain.program import Program
from domain.refusals import Refusal
from services import members, orders
from services.actors import ALL_SCOPES, Actor, ActorKind
from services.engine import Engine
from services.members import MemberRef
from services.order_files.entries import Entry, ReadOrder, RefusedRow
from services.order_files.lines import LINE_BYTES_MAX, Lines
from services.order_files.reader import Format, read
from services.writer.batch import Outcome

CREDENTIAL = "system:import"
CHUNK_BYTES_MAX = 4 * LINE_BYTES_MAX
"""A chunk of huge orders ends here and not at `orders.IMPORT_MAX`, so that two chunks always fit into memory."""


@dataclass(slots=True)
class Report:
    """What became of the orders of a file."""

    imported: int = 0
    already_there: int = 0
    refused: int = 0
    members_enrolled: int = 0
    seconds: float = 0.0
    errors: Path | None = None
    """The file that tells of each refused order, when there is one."""

    @property
    def orders(self) -> int:
        """How many orders were read."""
        return self.imported + self.already_there + self.refused

    @property
    def orders_per_second(self) -> float:
        """Orders of all three sorts per second."""
        return self.orders / self.seconds if self.seconds else 0.0

    def record(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "imported": self.imported,
            "alreadyThere": self.already_there,
            "refused": self.refused,
            "membersEnrolled": self.members_enrolled,
            "seconds": round(self.seconds, 3),
            "ordersPerSecond": round(self.orders_per_second, 1),
            "errors": None if self.errors is None else str(self.errors),
        }


class ErrorFile:
    """JSON lines, one for each refused order; the file is made when the first is told."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self._path = path
        self._stack = stack
        self._file: TextIO | None = None

    @property
    def written(self) -> Path | None:
        """The file, if there is one."""
        return self._path if self._file else None

    def tell(self, row: RefusedRow) -> None:
        """Write down a refused order."""
        if self._file is None:
            # A message may quote half a surrogate pair, which UTF-8 has no bytes for.
            self._file = self._stack.enter_context(self._path.open("w", encoding="utf-8", errors="backslashreplace"))
        record = {
            "line": row.number,
            "externalId": row.external_id,
            "code": row.refusal.code,
            "message": row.refusal.message,
            "field": list(row.refusal.field),
            "raw": row.raw,
        }
        self._file.write(json.dumps(record, ensure_ascii=False) + "\n")
        self._file.flush()


Progress = Callable[[Report, int], None]
"""Called after each chunk with the report so far and the bytes that were read."""


def quiet(_: Report, __: int) -> None:
    """Show no progress."""


async def import_file(
    engine: Engine,
    program: Program,
    path: Path,
    format: Format,
    *,
    errors: Path | None = None,
    progress: Progress = quiet,
) -> Report:
    """Import the orders of a file, enrolling members whose identity is not known; return what became of them.

    Each order is committed by itself. One that is refused, or cannot be read, is told to `errors` (when it is None, to
    `<path>.errors.jsonl`) and the others go on. Raises `InvalidInput` for a header that does not fit, `OSError` when a
    file cannot be read or written, and `Overloaded` or the driver's error when the database is lost; run again, it goes
    on from there. Several imports may run at once; a member that two of them enrol is then counted by both.
    """
    started = time.perf_counter()
    report = Report()
    actor = Actor(ActorKind.SYSTEM, program.id, credential=CREDENTIAL, scopes=ALL_SCOPES)
    with ExitStack() as stack:
        lines = Lines(stack.enter_context(path.open("rb")))
        entries = read(lines, format, program.zone)
        importer = _Importer(engine, actor, report, ErrorFile(errors or errors_beside(path), stack))
        ahead = asyncio.create_task(asyncio.to_thread(_chunk, entries, lines))
        try:
            while chunk := await ahead:
                position = lines.position_bytes
                ahead = asyncio.create_task(asyncio.to_thread(_chunk, entries, lines))
                await importer.take(chunk)
                report.seconds = time.perf_counter() - started
                progress(report, position)
        finally:
            # The file is closed only when the thread that reads it has ended.
            await asyncio.gather(ahead, return_exceptions=True)
    report.seconds = time.perf_counter() - started
    return report


def errors_beside(path: Path) -> Path:
    """Return where the errors of an import go by default."""
    return path.with_name(path.name + ".errors.jsonl")


def _chunk(entries: Iterator[Entry], lines: Lines) -> list[Entry]:
    """Return the next entries of the file; [] at its end."""
    chunk: list[Entry] = []
    enough = lines.position_bytes + CHUNK_BYTES_MAX
    for entry in entries:
        chunk.append(entry)
        if len(chunk) == orders.IMPORT_MAX or lines.position_bytes >= enough:
            break
    return chunk


class _Importer:
    """Commits chunks, one after the other."""

    def __init__(self, engine: Engine, actor: Actor, report: Report, errors: ErrorFile) -> None:
        self._engine = engine
        self._actor = actor
        self._report = report
        self._errors = errors
        self._run = uuid4()
        self._chunks = 0

    async def take(self, chunk: list[Entry]) -> None:
        """Commit the orders of a chunk and count what became of them."""
        found = [entry for entry in chunk if isinstance(entry, ReadOrder)]
        answers = iter(await self._commit(found) if found else ())
        for entry in chunk:
            if isinstance(entry, RefusedRow):
                self._refuse(entry)
                continue
            answer = next(answers)
            if isinstance(answer, Refusal):
                self._refuse(refused(entry, answer))
            elif answer.replayed:
                self._report.already_there += 1
            else:
                self._report.imported += 1

    async def _commit(self, found: list[ReadOrder]) -> list[Outcome | Refusal]:
        """Commit orders under a key that no other chunk has, and count the members that were enrolled for them."""
        self._chunks += 1
        requests = [entry.request for entry in found]
        wanted = {order.member.identity for order in requests if order.member and order.member.identity}
        known = await members.by_identities(self._actor, list(wanted))
        unknown = [identity for identity in wanted if MemberRef(identity=identity) not in known]
        key = f"import:{self._run}:{self._chunks}"
        answers = await orders.import_orders(self._engine, self._actor, requests, key=key, enrol_unknown=True)
        if unknown:
            self._report.members_enrolled += len(await members.by_identities(self._actor, unknown))
        return answers

    def _refuse(self, row: RefusedRow) -> None:
        self._report.refused += 1
        self._errors.tell(row)
        self._report.errors = self._errors.written


def refused(entry: ReadOrder, refusal: Refusal) -> RefusedRow:
    """Return the refusal of an order as one of its row: `orders.<index>` means nothing to the reader of a file."""
    if refusal.field[:1] == ("orders",):
        refusal.field = refusal.field[2:]
    number = entry.numbers[0]
    if refusal.field[:1] == ("lines",) and len(refusal.field) > 1 and len(entry.numbers) > 1:
        number = entry.numbers[int(refusal.field[1])]
    return RefusedRow(number, entry.request.external_id, refusal, entry.raw)
