"""`huiyuan verify` over a large ledger, beside a plain read of the same rows."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import models
from benchmarks.databases import kept, scratch
from benchmarks.ledgers import make_ledger
from benchmarks.measure import Case, Goal, Rate
from benchmarks.plan import Plan
from benchmarks.shop import engine_on
from benchmarks.suite_import import MIB, forget_peak, memory
from services.database.config import Database, Dialect
from services.verify import verify
from services.verify.source import sources

GOAL = 1_000_000 / 60
"""Entries per second: a million within a minute."""
READ = "plain read, same rows"
PAGE = 1_000


@asynccontextmanager
async def suite(plan: Plan, dialect: Dialect) -> AsyncIterator[Sequence[Case]]:
    """Yield the one case, over a ledger that is made first, or was kept by a run before."""
    async with AsyncExitStack() as stack:
        if plan.keep:
            url, is_new = await stack.enter_async_context(kept(dialect, f"verify_{plan.entries}"))
        else:
            url, is_new = await stack.enter_async_context(scratch(dialect)), True
        if is_new:
            async with engine_on(url) as engine:
                await make_ledger(engine, plan.entries)
        database = Database.parse(url)
        limits = {READ: partial(_read, database)}
        name = f"{plan.entries:,} entries"
        yield [Case("verify", dialect.value, name, partial(_verified, database), limits, goal=Goal(GOAL))]


async def _verified(database: Database) -> Rate:
    forget_peak()
    before = memory("VmRSS")
    started = time.perf_counter()
    report = await verify(database)
    elapsed = time.perf_counter() - started
    if not report.clean:
        raise RuntimeError(f"the ledger breaks a rule: {report.findings[0]}")
    entries = report.checked["entry.chain"]
    return Rate(
        entries / elapsed,
        facts={
            "entries": entries,
            "transfers": report.checked["transfer.hash"],
            "orders": report.checked["order.content"],
            "blocks": report.checked["seal.hash"],
            "seconds": round(elapsed, 1),
            "rssBeforeMiB": round(before / MIB, 1),
            "rssPeakMiB": round(memory("VmHWM") / MIB, 1),
        },
    )


async def _read(database: Database) -> Rate:
    """Read every row that a verification looks at once, page by page, and do nothing with it."""
    tables = [getattr(models, name)._meta.db_table for name in models.__all__]  # noqa: SLF001
    entries = 0
    started = time.perf_counter()
    async with sources(database) as (source, _):
        for table in tables:
            cursor = await source.cursor(f'SELECT * FROM "{table}"')
            while page := await source.page(cursor, PAGE):
                entries += len(page) if table == "entry" else 0
                await asyncio.sleep(0)
    return Rate(entries / (time.perf_counter() - started))
