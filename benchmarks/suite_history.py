"""A member with a very long ledger beside members with a short one: what is added and read must cost the same."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from itertools import cycle
from uuid import UUID

from benchmarks.databases import scratch
from benchmarks.ledgers import grow
from benchmarks.measure import Case, Goal
from benchmarks.plan import Plan
from benchmarks.shop import Shop, analyze, engine_on, make_shop
from benchmarks.suite_postings import rate
from services import balances
from services.database.config import Dialect
from services.engine import Engine
from services.templates import Template

SHORT = 100
SHORT_MEMBERS = 50
"""So many that what is measured does not make their ledgers long."""
AS_LONG = 1 / 1.2
"""The rate for the long ledger may be so much of that for a short one: it costs at most 1.2 times as much."""


@asynccontextmanager
async def suite(plan: Plan, dialect: Dialect) -> AsyncIterator[Sequence[Case]]:
    """Yield what is posted and read for the one member, each beside the same for the others."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(scratch(dialect))
        engine = await stack.enter_async_context(engine_on(url))
        shop = await make_shop(engine, Template.BARE, members_count=SHORT_MEMBERS)
        long = await _long(engine, plan.entries)
        for member_id in shop.members:
            await grow(shop, member_id, SHORT)
        await analyze()
        limit = f"members with {SHORT} entries"
        works = {
            "adjust": _adjust,
            "spend": _spend,
            "commit an order": _commit,
            "commit an order and return it": _return,
            "read the balances": _read,
        }
        cases = []
        for name, work in works.items():
            own, others = partial(work, *long), partial(work, shop, cycle(shop.members))
            cases.append(
                Case(
                    "history",
                    dialect.value,
                    f"{name}, {plan.entries:,} entries",
                    partial(rate, own, 1, plan.seconds),
                    {limit: partial(rate, others, 1, plan.seconds)},
                    goal=Goal(AS_LONG, limit),
                )
            )
            await rate(own, 1, plan.seconds)
            await rate(others, 1, plan.seconds)
        yield cases


async def _long(engine: Engine, entries: int) -> tuple[Shop, "cycle[UUID]"]:
    """Return a shop of one member with so many entries."""
    shop = await make_shop(engine, Template.BARE, members_count=1)
    await grow(shop, shop.members[0], entries)
    return shop, cycle(shop.members)


async def _adjust(shop: Shop, members: "cycle[UUID]") -> None:
    await shop.engine.writer.post(shop.adjustment(20, next(members)))


async def _commit(shop: Shop, members: "cycle[UUID]") -> None:
    await shop.engine.writer.post(shop.command(next(members)))


async def _spend(shop: Shop, members: "cycle[UUID]") -> None:
    await shop.engine.writer.post(shop.spending(1, next(members)))


async def _return(shop: Shop, members: "cycle[UUID]") -> None:
    committed = shop.command(next(members))
    await shop.engine.writer.post(committed)
    await shop.engine.writer.post(shop.returned(committed))


async def _read(shop: Shop, members: "cycle[UUID]") -> None:
    found = await balances.balances(shop.engine, shop.program, [next(members)])
    if not found:
        raise RuntimeError("the member has no balance")
