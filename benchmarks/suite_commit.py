"""Order commits through the writer, in one process, beside the database alone."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from benchmarks.databases import scratch
from benchmarks.measure import Case, Goal, Rate
from benchmarks.plan import Plan, commit_limit
from benchmarks.shop import Shop, analyze, engine_on, make_shop
from benchmarks.suite_postings import rate
from services.database.config import Dialect
from services.templates import Template

CALLERS = (1, 16, 64, 256)
GOAL = 0.35
WARM_UP_SECONDS = 0.5


@asynccontextmanager
async def suite(plan: Plan, dialect: Dialect) -> AsyncIterator[Sequence[Case]]:
    """Yield the cases: the bare program from one caller to many, the standard one with 64."""
    cases = []
    async with AsyncExitStack() as stack:
        limits = {}
        templates = (Template.BARE,) if plan.quick else (Template.BARE, Template.STANDARD)
        for template in templates:
            limits[template] = await stack.enter_async_context(commit_limit(dialect, template))
        engine = await stack.enter_async_context(engine_on(await stack.enter_async_context(scratch(dialect))))
        for template in templates:
            shop = await make_shop(engine, template)
            await analyze()
            limit = limits[template]
            for callers in plan.clients(CALLERS) if template is Template.BARE else (64,):
                await commits(shop, callers, WARM_UP_SECONDS)
                case = Case(
                    "commit",
                    dialect.value,
                    f"{template.value}, callers: {callers}",
                    partial(commits, shop, callers, plan.seconds),
                    {limit.name: partial(limit.run, callers, plan.seconds)},
                )
                if callers == 64:
                    case.goal = Goal(GOAL, limit.name)
                cases.append(case)
        yield cases


async def commits(shop: Shop, callers: int, seconds: float) -> Rate:
    """Return the rate at which `callers` tasks commit orders, each one after the other."""
    return await rate(shop.commit, callers, seconds)
