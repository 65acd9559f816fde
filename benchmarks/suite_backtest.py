"""A simulation of a campaign over many past orders, beside the evaluation of the same orders alone."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial

import models
from benchmarks.databases import scratch
from benchmarks.measure import Case, Goal, Rate
from benchmarks.plan import Plan
from benchmarks.shop import Shop, analyze, engine_on, make_shop
from domain.backtest import Backtest
from domain.commands import CommitOrder
from domain.instants import NEVER
from domain.orders import LineContent
from domain.values import replace
from services import simulations
from services.backtest.pages import Page, pages
from services.backtest.rows import past_members, past_orders
from services.database.config import Dialect
from services.engine import Engine
from services.programs import BEGINNING
from services.publishing import publish
from services.simulations import Simulation, SimulationRequest
from services.templates import Template
from services.transaction import transaction

ORDERS, QUICK_ORDERS = 100_000, 10_000
MEMBERS, QUICK_MEMBERS = 5_000, 1_000
GOAL = 100_000 / 120
"""Orders per second: a hundred thousand in two minutes."""
CHUNK = 1_000
DAYS = 300
START = date(2025, 1, 1)
LIMIT = "the same orders in both programs, without reading them"
LIMIT_PAGES = 10
"""Of so many pages the limit is taken; they are in memory."""
SKUS = ("SKU-1", "SKU-2", "SKU-3")


@asynccontextmanager
async def suite(plan: Plan, dialect: Dialect) -> AsyncIterator[Sequence[Case]]:
    """Yield the one case: a discount with a condition and a budget, over a year of orders of three lines."""
    orders, members = (QUICK_ORDERS, QUICK_MEMBERS) if plan.quick else (ORDERS, MEMBERS)
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(engine_on(await stack.enter_async_context(scratch(dialect))))
        shop = await make_shop(engine, Template.STANDARD, members_count=members)
        await _sell(shop, orders)
        simulation = await _prepared(engine, shop)
        name = f"{simulation.orders:,} orders of {len(SKUS)} lines"
        limits = {LIMIT: partial(_alone, simulation, await _first_pages(engine, simulation))}
        yield [Case("backtest", dialect.value, name, partial(_simulated, engine, simulation), limits, goal=Goal(GOAL))]


async def _sell(shop: Shop, orders: int) -> None:
    """Commit orders whose instants are spread over the period."""
    step = timedelta(days=DAYS) / orders
    begin = datetime(START.year, START.month, START.day, tzinfo=UTC) + timedelta(days=1)
    for start in range(0, orders, CHUNK):
        await shop.engine.writer.post_all(
            [_order(shop.command(), begin + step * number, number) for number in range(start, start + CHUNK)]
        )
    await analyze()


def _order(command: CommitOrder, at: datetime, number: int) -> CommitOrder:
    lines = tuple(
        LineContent(str(ref), sku, None, "RECORDS", 1 + ref % 2, 990 + number * 7919 % 9_000)
        for ref, sku in enumerate(SKUS)
    )
    command.content = replace(command.content, occurred_at=at, lines=lines)  # type: ignore[misc]
    return command


async def _prepared(engine: Engine, shop: Shop) -> Simulation:
    """Draft a campaign and return its simulation."""
    async with transaction():
        row = await models.Campaign.create(program_id=shop.program.id, code="TEN", name="Ten percent", state="DRAFT")
        await publish(
            program_id=shop.program.id,
            campaign_id=row.id,
            number=1,
            priority=50,
            starts_at=BEGINNING,
            ends_at=NEVER,
            conditions={"minimumSpend": {"amount": "100.00"}},
            effects=[{"percentOff": {"percent": "10"}}],
            budget={"money": "1000000.00"},
            recorded_at=datetime.now(UTC),
        )
    request = SimulationRequest(
        campaign_id=row.id, code=None, version=None, start=START, end=START + timedelta(days=DAYS + 2), without=False
    )
    return await simulations.prepared(engine.reads, await engine.program(shop.program.id), shop.actor, request)


async def _first_pages(engine: Engine, simulation: Simulation) -> list[Page]:
    found: list[Page] = []
    async for page in pages(engine.reads, simulation.program, simulation.period):
        found.append(page)
        if len(found) == LIMIT_PAGES:
            break
    return found


async def _simulated(engine: Engine, simulation: Simulation) -> Rate:
    started = time.perf_counter()
    steps = [step async for step in simulations.simulate(engine.reads, simulation, engine.simulating)]
    elapsed = time.perf_counter() - started
    report = steps[-1].report
    if report is None or report.orders_considered != simulation.orders:
        raise RuntimeError("orders are missing in the report")
    return Rate(
        simulation.orders / elapsed,
        facts={
            "orders": simulation.orders,
            "seconds": round(elapsed, 1),
            "answers": len(steps),
            "ordersApplied": report.orders_applied,
            "membersTouched": report.members_touched,
        },
    )


async def _alone(simulation: Simulation, first: Sequence[Page]) -> Rate:
    """Evaluate orders in both programs, in this process; making them of their rows is not counted."""
    backtest = Backtest(simulation.program, simulation.after, simulation.campaign.id)
    for page in first:
        for member in past_members(page, simulation.program):
            backtest.meet(member)
    orders = [order for page in first for order in past_orders(page)]
    started = time.perf_counter()
    for order in orders:
        backtest.replay(order)
    return Rate(len(orders) / (time.perf_counter() - started))
