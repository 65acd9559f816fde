"""The choice of the best coupons: of a large wallet beside a small one, in CPU, and in commits beside those without."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
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
from benchmarks.suite_postings import rate
from domain.campaigns import CampaignKind
from domain.conditions.base import MemberFacts
from domain.coupons import TALLIED, CouponOffer, CouponOffers
from domain.evaluate import evaluate
from domain.instants import NEVER
from domain.orders import LineContent, OrderContent
from domain.program import Program
from services import orders
from services.database.config import Dialect
from services.members import MemberRef
from services.orders import LineRequest, OrderRequest
from services.publishing import publish
from services.templates import Template
from services.transaction import transaction
from services.writer.sqlite import argument, translated

FEW, MANY = 100, 100_000
GOAL_OF_MANY = 1 / 1.5
"""A preview with a large wallet takes at most one and a half times as long as with a small one."""
CPU_MS_MAX = 10
COUPONS = LINES = 20
TEMPLATES = 5
"""Of which wallets have coupons."""
EACH = 400
"""Coupons of each member who commits orders: more than the rounds use."""
WITH_FEW, WITHOUT = f"{FEW} coupons", "without a coupon"
WARM_UP_SECONDS = 0.5
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)

Terms = tuple[dict[str, Any], dict[str, Any] | None, str | None]
"""The effect of a template, its condition, and its stacking group."""
PLAIN: Terms = ({"amountOff": {"amount": "2"}}, None, "ONE")
EFFECTS: Sequence[dict[str, Any]] = (
    {"percentOff": {"percent": "7"}},
    {"amountOff": {"amount": "11"}},
    {"percentOff": {"percent": "12", "match": {"categories": ["RECORDS"]}}},
    {"amountOff": {"amount": "3", "every": "50", "times": 4}},
    {"nthItemOff": {"n": 2, "percent": "50", "match": {"categories": ["SLEEVES"]}}},
    {"shippingOff": {"percent": "50"}},
)
COLUMNS = (
    "id, program_id, campaign_id, version_id, member_id, code_hash, origin, state, valid_from, expires_at, changes, "
    "recorded_at"
)
FILL = {
    Dialect.POSTGRES: (
        f"INSERT INTO coupon ({COLUMNS}) SELECT gen_random_uuid(), $1::uuid, $2::uuid, $3::uuid, m, "
        "sha256(gen_random_uuid()::text::bytea), 'STAFF', 'ISSUED', '2020-01-01Z'::timestamptz, "
        "'2099-01-01Z'::timestamptz + n * interval '1 minute', 1, '2020-01-01Z'::timestamptz "
        "FROM unnest($4::uuid[]) AS m, generate_series(1, $5::int) AS n"
    ),
    Dialect.SQLITE: (
        "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < $5) "
        f"INSERT INTO coupon ({COLUMNS}) SELECT printf('%s-%s-7000-8000-%s', lower(hex(randomblob(4))), "
        "lower(hex(randomblob(2))), lower(hex(randomblob(6)))), $1, $2, $3, m.value, randomblob(32), 'STAFF', "
        "'ISSUED', '2020-01-01 00:00:00+00:00', datetime('2099-01-01', n || ' minutes') || '+00:00', 1, "
        "'2020-01-01 00:00:00+00:00' FROM json_each($4) AS m, s"
    ),
}


def mixed(groups: int, *, bounded: bool = False) -> list[Terms]:
    """Return the terms of so many templates as an order is offered coupons, in so many groups; of 0 groups, in none."""
    return [
        (
            EFFECTS[number % len(EFFECTS)],
            {"minimumSpend": {"amount": str(50 * number)}} if bounded else None,
            f"G-{number % groups}" if groups else None,
        )
        for number in range(COUPONS)
    ]


MIXES = {
    "one group": mixed(1),
    "four groups": mixed(4),
    "four groups, minimum spends": mixed(4, bounded=True),
    "no groups": mixed(0),
    "no groups, minimum spends": mixed(0, bounded=True),
}


@asynccontextmanager
async def suite(plan: Plan, dialect: Dialect) -> AsyncIterator[Sequence[Case]]:
    """Yield the cases: the preview, the choice by itself, the commit."""
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(engine_on(await stack.enter_async_context(scratch(dialect))))
        shop = await make_shop(engine, Template.BARE)
        plain = [
            await template(shop, f"PLAIN-{number}", ({"amountOff": {"amount": "2"}}, None, "ONE")) for number in "12345"
        ]
        for place, terms in enumerate(MIXES.values()):
            for number, said in enumerate(terms):
                await template(shop, f"MIX-{place}-{number}", said)
        few, many, *buyers = shop.members
        for one in plain:
            await fill(shop, dialect, one, [few], FEW // len(plain))
            await fill(shop, dialect, one, [many], MANY // len(plain))
        await fill(shop, dialect, plain[0], buyers, EACH)
        await analyze()
        program = await engine.program(shop.program.id)
        previews = {member: partial(rate, partial(preview, shop, member), 1) for member in (few, many)}
        for run in previews.values():
            await run(WARM_UP_SECONDS)
        cases = [
            Case(
                "coupons",
                dialect.value,
                f"preview, {MANY:,} coupons",
                partial(previews[many], plan.seconds),
                {WITH_FEW: partial(previews[few], plan.seconds)},
                goal=Goal(GOAL_OF_MANY, WITH_FEW),
            )
        ]
        cases += [
            Case(
                "coupons",
                dialect.value,
                f"CPU, {COUPONS} coupons, {LINES} lines, {name}",
                partial(choices, program, f"MIX-{place}-", plan.seconds),
                goal=Goal(1000 / CPU_MS_MAX),
            )
            for place, name in enumerate(MIXES)
        ]
        of_buyers = replace(shop, members=buyers)
        for callers in plan.clients((1, 64)):
            with_one = partial(rate, partial(commit, of_buyers, chooses=True), callers)
            without = partial(rate, partial(commit, of_buyers, chooses=False), callers)
            await with_one(WARM_UP_SECONDS)
            cases.append(
                Case(
                    "coupons",
                    dialect.value,
                    f"commit with a coupon, callers: {callers}",
                    partial(with_one, plan.seconds),
                    {WITHOUT: partial(without, plan.seconds)},
                )
            )
        yield cases


async def template(shop: Shop, code: str, terms: Terms) -> models.CampaignVersion:
    """Publish a template of coupons."""
    effect, conditions, group = terms
    async with transaction():
        made = await models.Campaign.create(
            program_id=shop.program.id,
            code=code,
            name=code,
            kind=CampaignKind.COUPON,
            state="RUNNING",
            published_version=1,
        )
        await publish(
            program_id=shop.program.id,
            campaign_id=made.id,
            number=1,
            conditions=conditions,
            effects=[effect],
            step="COUPON",
            coupon={},
            stacking_group=group,
            priority=50,
            starts_at=BEGINNING,
            ends_at=NEVER,
            recorded_at=datetime.now(UTC),
        )
        await models.Program.filter(id=shop.program.id).update(config_version=F("config_version") + 1)
    return await models.CampaignVersion.get(campaign_id=made.id)


async def fill(
    shop: Shop, dialect: Dialect, version: models.CampaignVersion, members: Sequence[UUID], each: int
) -> None:
    """Let each of several members have so many coupons of a template."""
    values = [shop.program.id, version.campaign_id, version.id, list(members), each]
    sql = FILL[dialect]
    if dialect is Dialect.SQLITE:
        sql, values = translated(sql), [argument(one) for one in values]
    issued = each * len(members)
    zero = dict.fromkeys(TALLIED, 0)
    async with transaction() as connection:
        await connection.execute_query(sql, values)
        counters, _ = await models.CouponTally.get_or_create(
            zero, campaign_id=version.campaign_id, program_id=shop.program.id
        )
        counters.issued += issued
        await counters.save(update_fields=["issued"])


async def preview(shop: Shop, member_id: UUID) -> None:
    """Preview an order of a member, of whose coupons the best is chosen."""
    lines = [LineRequest(ref, sku, quantity, Decimal(price)) for ref, sku, quantity, price in CART]
    request = OrderRequest(source="bench", external_id="preview", member=MemberRef(id=member_id), lines=lines)
    found = await orders.preview(shop.engine, shop.actor, request, at=None)
    assert found.order.discount_total, "a coupon was used"


CART = (("1", "SKU-1", 1, "29.90"), ("2", "SKU-2", 2, "5.00"))


async def commit(shop: Shop, *, chooses: bool) -> None:
    """Commit an order of some member, with the best of the member's coupons or without."""
    await shop.engine.writer.post(replace(shop.command(), chooses=chooses))


async def choices(program: Program, prefix: str, seconds: float) -> Rate:
    """Return how many orders are evaluated in a second of CPU, each with the choice of coupons of some templates."""
    now = datetime.now(UTC)
    tiers = {ladder.id: program.tiers[ladder.id][-1] for ladder in program.ladders}
    member = MemberFacts(id=uuid7(), standings=tiers, orders=3, enrolled_at=BEGINNING)
    found = sorted((one for one in program.templates.values() if one.code.startswith(prefix)), key=lambda one: one.code)
    offers = CouponOffers([CouponOffer(uuid7(), version, NEVER) for version in found], is_choice=True)
    lines = tuple(
        LineContent(
            ref=str(number),
            sku=f"SKU-{number}",
            name=None,
            category=("RECORDS", "SLEEVES")[number % 2],
            quantity=1 + number % 3,
            unit_price=10_00 + 37 * number,
        )
        for number in range(LINES)
    )
    content = OrderContent("bench", "1", uuid7(), "S1", "POS", None, 5_00, lines)
    done = 0
    started = time.process_time()
    while (elapsed := time.process_time() - started) < seconds:
        evaluation = evaluate(program, content, occurred_at=now, recorded_at=now, member=member, coupons=offers)
        done += 1
    choice = evaluation.choice
    assert choice is not None, "the coupons were chosen"
    facts = {
        "cpuMs": round(1000 * elapsed / done, 2),
        "offered": len(found),
        "usable": choice.usable,
        "used": len(evaluation.coupons),
        "lookedAt": choice.looked_at,
        "isProven": choice.is_proven,
    }
    return Rate(done / elapsed, facts=facts)
