"""Evaluations with few campaigns and with many published, and what one of an order that many match costs in CPU."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from tortoise.expressions import F
from uuid_utils.compat import uuid7

import models
from benchmarks.databases import scratch
from benchmarks.measure import Case, Goal, Rate
from benchmarks.plan import Plan
from benchmarks.shop import Shop, analyze, engine_on, make_shop
from benchmarks.suite_commit import commits
from domain.campaigns import EVER, Trigger
from domain.conditions.base import MemberFacts
from domain.evaluate import evaluate
from domain.instants import NEVER
from domain.orders import LINES_MAX, LineContent, OrderContent
from domain.program import CampaignVersion, Program
from domain.usage import Usage, UsageKey
from services.database.config import Dialect
from services.publishing import version_hash
from services.templates import Template
from services.transaction import transaction

FEW, MANY = 10, 10_000
GOAL_OF_MANY = 1 / 1.5
"""An evaluation with many campaigns takes at most one and a half times as long as with few."""
CPU_MS_MAX = 3
MATCHING = 20
LINES = 10
SHORT = 2
"""Of the campaigns that have budgets so many have a cent left, less than they would give."""
WITH_FEW = f"{FEW} campaigns"
WARM_UP_SECONDS = 0.5
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)

DEAREST_MS_MAX = 100
"""What the dearest conditions may cost that a version can have, on an order of as many lines as may be."""
PER_AMOUNT = {"earn": {"asset": "POINTS", "points": "1", "per": "10", "rounding": "DOWN"}}
APPLYING: list[tuple[list[dict[str, Any]], dict[str, Any] | None]] = [
    ([{"percentOff": {"percent": "2"}}], {"minimumSpend": {"amount": "20"}}),
    ([{"percentOff": {"percent": "3", "match": {"categories": ["RECORDS"]}}}], None),
    ([{"amountOff": {"amount": "1.00", "every": "50", "times": 2}}], {"store": {"codes": ["S1"]}}),
    ([{"nthItemOff": {"n": 2, "percent": "5"}}], {"matchingLines": {"quantity": 2}}),
    ([PER_AMOUNT], {"minimumSpend": {"amount": "10"}}),
    ([{"earnFixed": {"asset": "POINTS", "points": "5"}}], {"channel": {"codes": ["POS"]}}),
    ([{"multiplyEarn": {"asset": "POINTS", "factor": "1.1"}}], {"not": {"tag": {"anyOf": ["STAFF"]}}}),
    ([{"shippingOff": {"percent": "50"}}], None),
    ([{"gift": {"sku": "POSTCARD"}}], {"matchingLines": {"match": {"skus": ["SKU-1"]}}}),
    ([PER_AMOUNT], {"expression": {"text": 'order.payable > money("20.00") && size(order.lines) < 50'}}),
]
"""What applies to every order here; the other campaigns are those of other stores, goods and events."""
DEAREST: list[tuple[list[dict[str, Any]], dict[str, Any] | None]] = [
    (
        [{"percentOff": {"percent": "1"}}],
        {"any": [{"expression": {"text": f"order.lines.exists(l, l.sku == 'none-{n}')"}} for n in range(8)]},
    )
]
"""As many expressions over lines as one version may have."""


@asynccontextmanager
async def suite(plan: Plan, dialect: Dialect) -> AsyncIterator[Sequence[Case]]:
    """Yield the cases: the evaluation alone, and commits."""
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(engine_on(await stack.enter_async_context(scratch(dialect))))
        few = await make_shop(engine, Template.STANDARD)
        await publish_many(few.program.id, APPLYING * (FEW // len(APPLYING)))
        many = await make_shop(engine, Template.STANDARD)
        await publish_many(many.program.id, [*APPLYING * (FEW // len(APPLYING)), *others(MANY - FEW)])
        twenty, bounded = await make_shop(engine, Template.BARE), await make_shop(engine, Template.BARE)
        await publish_many(twenty.program.id, APPLYING * (MATCHING // len(APPLYING)))
        await publish_many(bounded.program.id, APPLYING * (MATCHING // len(APPLYING)), budget={"money": "1000000"})
        dear = await make_shop(engine, Template.BARE)
        await publish_many(dear.program.id, DEAREST)
        await analyze()
        programs = [await engine.program(shop.program.id) for shop in (few, many, twenty, bounded, dear)]
        for shop in (few, many):
            await commits(shop, 16, WARM_UP_SECONDS)
        yield [
            Case(
                "engine",
                dialect.value,
                f"evaluation, {MANY:,} campaigns",
                partial(evaluations, programs[1], plan.seconds, clock=time.perf_counter),
                {WITH_FEW: partial(evaluations, programs[0], plan.seconds, clock=time.perf_counter)},
                goal=Goal(GOAL_OF_MANY, WITH_FEW),
            ),
            Case(
                "engine",
                dialect.value,
                f"CPU, {LINES} lines, {MATCHING} matching",
                partial(evaluations, programs[2], plan.seconds, clock=time.process_time),
                goal=Goal(1000 / CPU_MS_MAX),
            ),
            Case(
                "engine",
                dialect.value,
                f"CPU, {LINES} lines, {MATCHING} matching with budgets, {SHORT} of them short",
                partial(evaluations, programs[3], plan.seconds, clock=time.process_time, short=SHORT),
            ),
            Case(
                "engine",
                dialect.value,
                f"CPU, {LINES_MAX} lines, the dearest conditions",
                partial(evaluations, programs[4], plan.seconds, clock=time.process_time, lines=LINES_MAX),
                goal=Goal(1000 / DEAREST_MS_MAX),
            ),
            Case(
                "engine",
                dialect.value,
                f"commit, {MANY:,} campaigns",
                partial(_commits, many, plan.seconds),
                {WITH_FEW: partial(_commits, few, plan.seconds)},
                goal=Goal(GOAL_OF_MANY, WITH_FEW),
            ),
        ]


async def _commits(shop: Shop, seconds: float) -> Rate:
    return await commits(shop, 16, seconds)


def others(number: int) -> list[tuple[list[dict[str, Any]], dict[str, Any] | None]]:
    """Return campaigns of other stores, goods and channels, as a brand has them that runs campaigns at each of them."""
    made: list[tuple[list[dict[str, Any]], dict[str, Any] | None]] = []
    for index in range(number):
        conditions: Sequence[dict[str, Any]] = (
            {"store": {"codes": [f"STORE-{index}"]}},
            {"matchingLines": {"match": {"skus": [f"GOODS-{index}"]}, "quantity": 2}},
            {"all": [{"minimumSpend": {"amount": "50"}}, {"channel": {"codes": [f"CHANNEL-{index % 50}"]}}]},
            {"matchingLines": {"match": {"categories": [f"CATEGORY-{index % 100}"]}}},
        )
        made.append(([{"percentOff": {"percent": "5"}}], conditions[index % len(conditions)]))
    return made


async def publish_many(
    program_id: UUID,
    campaigns: Sequence[tuple[list[dict[str, Any]], dict[str, Any] | None]],
    budget: dict[str, Any] | None = None,
) -> None:
    """Publish campaigns that run from now on, each with this budget, all in one transaction."""
    rows, versions = [], []
    for index, (effects, conditions) in enumerate(campaigns):
        code = f"BENCH-{index}"
        row = models.Campaign(program_id=program_id, code=code, name=code, state="RUNNING", published_version=1)
        version = models.CampaignVersion(
            id=uuid7(),
            program_id=program_id,
            campaign_id=row.id,
            number=1,
            priority=50,
            starts_at=BEGINNING,
            ends_at=NEVER,
            conditions=conditions,
            effects=effects,
            budget=budget,
            recorded_at=datetime.now(UTC),
        )
        version.hash = version_hash(version)
        rows.append(row)
        versions.append(version)
    async with transaction():
        await models.Campaign.bulk_create(rows, batch_size=500)
        await models.CampaignVersion.bulk_create(versions, batch_size=500)
        await models.Program.filter(id=program_id).update(config_version=F("config_version") + 1)


async def evaluations(
    program: Program, seconds: float, *, clock: Callable[[], float], short: int = 0, lines: int = LINES
) -> Rate:
    """Return how many orders of so many lines are evaluated in a second of `clock`; the first budgets are `short`."""
    tiers = {ladder.id: program.tiers[ladder.id][-1] for ladder in program.ladders}
    member = MemberFacts(id=uuid7(), standings=tiers, orders=3, enrolled_at=BEGINNING)
    now = datetime.now(UTC)
    content = _order(lines)
    usages = nearly_spent(list(program.candidates(Trigger.ORDER, content, None, now))[:short])
    done = 0
    effects = 0
    started = clock()
    while (elapsed := clock() - started) < seconds:
        for _ in range(10):
            found = evaluate(program, content, occurred_at=now, recorded_at=now, member=member, usages=usages)
            effects = len(found.effects)
        done += 10
    return Rate(done / elapsed, facts={"cpuMs": round(1000 * elapsed / done, 2), "effects": effects})


def nearly_spent(versions: Sequence[CampaignVersion]) -> dict[UsageKey, Usage]:
    """Return uses of campaigns that leave a cent of their budgets."""
    found = {}
    for version in versions:
        assert version.budget.money is not None, "these campaigns have such a budget"
        usage = Usage(
            campaign_id=version.campaign_id,
            owner_id=version.campaign_id,
            day=EVER,
            program_id=version.campaign_id,
            uses=1,
            count=1,
            money=version.budget.money - 1,
            points=0,
        )
        found[usage.key] = usage
    return found


def _order(number_of_lines: int) -> OrderContent:
    lines = tuple(
        LineContent(
            ref=str(number),
            sku=f"SKU-{number}",
            name=None,
            category=("RECORDS", "SLEEVES")[number % 2],
            quantity=1 + number % 3,
            unit_price=10_00 + number,
        )
        for number in range(number_of_lines)
    )
    return OrderContent("bench", "1", uuid7(), "S1", "POS", None, 5_00, lines)
