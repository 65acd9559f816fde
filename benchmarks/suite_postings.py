"""Adjustments through the writer, one ledger entry each, in one process, beside the database alone."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from uuid import UUID

from benchmarks.databases import scratch
from benchmarks.measure import Case, Goal, Rate
from benchmarks.plan import Plan, adjustment_limit
from benchmarks.shop import Shop, analyze, engine_on, make_shop
from services.database.config import Dialect
from services.templates import Template

CALLERS = (1, 16, 256)
GOAL = 6_000
WARM_UP_SECONDS = 0.5
MANY = "many members"


@asynccontextmanager
async def suite(plan: Plan, dialect: Dialect) -> AsyncIterator[Sequence[Case]]:
    """Yield the cases: many members from one caller to many, and one hot member beside them."""
    async with AsyncExitStack() as stack:
        limit = await stack.enter_async_context(adjustment_limit(dialect))
        engine = await stack.enter_async_context(engine_on(await stack.enter_async_context(scratch(dialect))))
        shop = await make_shop(engine, Template.BARE)
        await analyze()
        cases = []
        for callers in CALLERS:
            await postings(shop, callers, WARM_UP_SECONDS)
            case = Case(
                "postings",
                dialect.value,
                f"{MANY}, callers: {callers}",
                partial(postings, shop, callers, plan.seconds),
                {limit.name: partial(limit.run, callers, plan.seconds)},
            )
            if callers == max(CALLERS):
                case.goal = Goal(GOAL)
            cases.append(case)
        callers = max(CALLERS)
        hot = shop.members[0]
        cases.append(
            Case(
                "postings",
                dialect.value,
                f"one hot member, callers: {callers}",
                partial(postings, shop, callers, plan.seconds, hot),
                {MANY: partial(postings, shop, callers, plan.seconds)},
                goal=Goal(1.0, MANY),
            )
        )
        yield cases


async def postings(shop: Shop, callers: int, seconds: float, member_id: UUID | None = None) -> Rate:
    """Return the rate at which `callers` tasks add points to some member, or to one, each one after the other."""
    return await rate(lambda: shop.engine.writer.post(shop.adjustment(20, member_id)), callers, seconds)


async def rate(work: Callable[[], Awaitable[object]], callers: int, seconds: float) -> Rate:
    """Return the rate at which `callers` tasks do `work`, each one after the other."""
    started = time.perf_counter()
    latencies: list[float] = []

    async def caller() -> None:
        while (begun := time.perf_counter()) < started + seconds:
            await work()
            latencies.append(time.perf_counter() - begun)

    await asyncio.gather(*(caller() for _ in range(callers)))
    elapsed = time.perf_counter() - started
    latencies.sort()
    count = len(latencies)
    return Rate(count / elapsed, latencies[count // 2] * 1000, latencies[count * 99 // 100] * 1000)
