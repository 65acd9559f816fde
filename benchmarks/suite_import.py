"""Import of a file of real purchases into an empty program, in chunks, beside the database alone."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from secrets import token_hex
from zoneinfo import ZoneInfo

import models
from benchmarks.databases import scratch
from benchmarks.limit_postgres import CLIENTS_MAX
from benchmarks.measure import Case, Goal, Rate
from benchmarks.plan import Plan, commit_limit
from benchmarks.shop import engine_on
from domain.program import Program
from domain.refusals import Refusal
from services import programs
from services.actors import ALL_SCOPES, Actor, ActorKind
from services.database.config import Dialect
from services.engine import Engine
from services.importing import import_file
from services.order_files.entries import ReadOrder
from services.order_files.lines import Lines
from services.order_files.reader import Format, read
from services.orders import OrderRequest
from services.orders_import import IMPORT_MAX, import_orders
from services.templates import Template

FILE = Path("data/cdnow_sample.txt")
GOAL = 2_000
MIB = 2**20


@asynccontextmanager
async def suite(plan: Plan, dialect: Dialect) -> AsyncIterator[Sequence[Case]]:
    """Yield the import of a file and by calls, into the bare program."""
    async with AsyncExitStack() as stack:
        limit = await stack.enter_async_context(commit_limit(dialect, Template.BARE))
        engine = await stack.enter_async_context(engine_on(await stack.enter_async_context(scratch(dialect))))
        await imported(engine, by_file)  # warm-up: the first import of a process also loads code
        limits = {limit.name: partial(limit.run, CLIENTS_MAX, plan.seconds)}
        yield [
            Case(
                "import",
                dialect.value,
                f"bare, {name}",
                partial(imported, engine, work),
                limits,
                goal=Goal(GOAL) if dialect is Dialect.POSTGRES else None,
            )
            for name, work in (("file", by_file), (f"calls of {IMPORT_MAX}, callers: 2", by_calls))
        ]


async def imported(engine: Engine, work: Callable[[Engine, Program], Awaitable[int]]) -> Rate:
    """Import the file into a new program and return orders per second, members enrolled and memory used."""
    row = await programs.create(
        code=f"IMPORT-{token_hex(4)}",
        name="Import",
        currency="USD",
        time_zone="America/New_York",
        template=Template.BARE,
    )
    program = await engine.program(row.id)
    forget_peak()
    before = memory("VmRSS")
    started = time.perf_counter()
    done = await work(engine, program)
    elapsed = time.perf_counter() - started
    return Rate(
        done / elapsed,
        facts={
            "orders": done,
            "members": await models.Member.filter(program_id=row.id, recorded_at__lt=datetime.now(UTC)).count(),
            "rssBeforeMiB": round(before / MIB, 1),
            "rssPeakMiB": round(memory("VmHWM") / MIB, 1),
        },
    )


async def by_file(engine: Engine, program: Program) -> int:
    """Import as `huiyuan import orders` does; return how many orders there were."""
    report = await import_file(engine, program, FILE, Format.CDNOW)
    if report.refused:
        raise RuntimeError(f"{report.refused} orders were refused")
    return report.imported


async def by_calls(engine: Engine, program: Program) -> int:
    """Import as two callers of `ordersImport` do, each one call after the other; return how many orders there were."""
    actor = Actor(ActorKind.SYSTEM, program.id, credential="system:bench", scopes=ALL_SCOPES)
    calls = enumerate(_chunks(_requests(program.zone)))

    async def caller() -> int:
        done = 0
        for number, chunk in calls:
            answers = await import_orders(engine, actor, chunk, key=f"chunk-{number}", enrol_unknown=True)
            refused = [answer for answer in answers if isinstance(answer, Refusal)]
            if refused:
                raise RuntimeError(f"an order was refused: {refused[0]}")
            done += len(answers)
        return done

    return sum(await asyncio.gather(caller(), caller()))


def _requests(zone: ZoneInfo) -> Iterator[OrderRequest]:
    with FILE.open("rb") as file:
        for entry in read(Lines(file), Format.CDNOW, zone):
            if not isinstance(entry, ReadOrder):
                raise TypeError(f"a row cannot be read: {entry}")
            yield entry.request


def _chunks(requests: Iterable[OrderRequest]) -> Iterator[list[OrderRequest]]:
    chunk: list[OrderRequest] = []
    for request in requests:
        chunk.append(request)
        if len(chunk) == IMPORT_MAX:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def forget_peak() -> None:
    """Let the kernel measure this process's peak of memory anew (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")


def memory(name: str) -> int:
    """Return a figure of this process's memory in bytes (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))
