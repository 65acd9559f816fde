"""Import of a file of orders: read in chunks, committed by `services.orders_import`, safe to run again.

An order is known by its source and external id, so a file that was imported partly, or wholly, is imported again to the
same end: what is there with the same content is left as it is. Nothing else remembers how far an import came.
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from domain.program import Program
from domain.refusals import Refusal
from services import orders_import
from services.actors import ALL_SCOPES, Actor, ActorKind
from services.engine import Engine
from services.order_files.entries import Entry, ReadOrder, RefusedRow
from services.order_files.lines import LINE_BYTES_MAX, Lines
from services.order_files.reader import Format, read
from services.orders_import import PreparedImport
from services.writer.answers import Outcome

CREDENTIAL = "system:import"
CHUNK_BYTES_MAX = 4 * LINE_BYTES_MAX
"""A chunk of huge orders ends here and not at its most orders, so that a few chunks always fit into memory."""
COMMITTING_MAX = 2
"""Chunks being committed while the next is prepared: the database never waits for the reader, nor the reader for it."""


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
    on from there. Several imports may run at once.
    """
    started = time.perf_counter()
    report = Report()
    actor = Actor(ActorKind.SYSTEM, program.id, credential=CREDENTIAL, scopes=ALL_SCOPES)
    with ExitStack() as stack:
        lines = Lines(stack.enter_context(path.open("rb")))
        entries = read(lines, format, program.zone)
        importer = _Importer(engine, actor, report, ErrorFile(errors or errors_beside(path), stack))
        ahead = asyncio.create_task(asyncio.to_thread(_chunk, entries, lines))
        committing: deque[tuple[list[Entry], int, asyncio.Task[list[Outcome | Refusal]]]] = deque()

        async def finish() -> None:
            chunk, position, answers = committing[0]
            importer.count(chunk, await answers)
            committing.popleft()
            report.seconds = time.perf_counter() - started
            progress(report, position)

        try:
            while chunk := await ahead:
                position = lines.position_bytes
                ahead = asyncio.create_task(asyncio.to_thread(_chunk, entries, lines))
                prepared = await importer.prepare(chunk)
                while len(committing) >= COMMITTING_MAX:
                    await finish()
                committing.append((chunk, position, asyncio.create_task(importer.commit(prepared))))
                await asyncio.sleep(0)  # its orders are queued before those of the next chunk
            while committing:
                await finish()
        finally:
            # The file is closed only when the thread that reads it has ended.
            await asyncio.gather(ahead, *(answers for _, _, answers in committing), return_exceptions=True)
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
        if len(chunk) == orders_import.IMPORT_MAX or lines.position_bytes >= enough:
            break
    return chunk


class _Importer:
    """Prepares chunks, commits them, and counts what became of their orders."""

    def __init__(self, engine: Engine, actor: Actor, report: Report, errors: ErrorFile) -> None:
        self._engine = engine
        self._actor = actor
        self._report = report
        self._errors = errors

    async def prepare(self, chunk: list[Entry]) -> PreparedImport | None:
        """Check the orders of a chunk and enrol their members.

        There is no key: a second run finds the orders by their names, and asks anew for what was refused.
        """
        requests = [entry.request for entry in chunk if isinstance(entry, ReadOrder)]
        if not requests:
            return None
        prepared = await orders_import.prepare_import(self._engine, self._actor, requests, key=None, enrol_unknown=True)
        self._report.members_enrolled += prepared.members_enrolled
        return prepared

    async def commit(self, prepared: PreparedImport | None) -> list[Outcome | Refusal]:
        """Commit the orders of a chunk."""
        return await orders_import.commit_import(self._engine, prepared) if prepared else []

    def count(self, chunk: list[Entry], answers: Iterable[Outcome | Refusal]) -> None:
        """Count what became of the orders of a chunk, and tell of those that were refused."""
        following = iter(answers)
        for entry in chunk:
            if isinstance(entry, RefusedRow):
                self._refuse(entry)
                continue
            answer = next(following)
            if isinstance(answer, Refusal):
                self._refuse(refused(entry, answer))
            elif answer.replayed:
                self._report.already_there += 1
            else:
                self._report.imported += 1

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
