"""A preview and a commit at the same instant decide the same, whatever campaigns there are."""

import secrets
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import models
from domain.assets import AssetKind
from domain.refusals import Refusal
from domain.terms import Terms
from services import assets, orders, programs, segments
from services.engine import Engine
from services.orders import LineRequest, Preview
from services.templates import Template
from services.verify.verification import verify
from tests.factories import World, campaign, new_key, order, world

FORMS: list[dict[str, Any]] = [
    {"percentOff": {"percent": "33.3333"}},
    {"percentOff": {"percent": "15", "match": {"skus": ["CD"]}, "cap": "4.00"}},
    {"amountOff": {"amount": "3", "every": "20", "times": 2}},
    {"cheapestOff": {"group": 3, "free": 1}},
    {"nthItemOff": {"n": 2, "percent": "50"}},
    {"bundlePrice": {"quantity": 3, "price": "9.99"}},
    {"fixedPrice": {"price": "7.00", "match": {"skus": ["LP"]}}},
    {"exchange": {"match": {"skus": ["CD"]}, "quantity": 2, "price": "1.11"}},
    {"amountOffByTier": {"tiers": [{"tier": "MEMBER", "amount": "2.22"}]}},
    {"shippingOff": {"percent": "50"}},
    {"gift": {"sku": "CUP"}},
    {"earn": {"asset": "POINTS", "points": "1", "per": "3", "rounding": "UP", "basis": "DISCOUNTED"}},
    {"earnFixed": {"asset": "POINTS", "points": "7"}},
    {"multiplyEarn": {"asset": "POINTS", "factor": "1.5"}},
    {"addTag": {"tag": "buyer"}},
    {"addProgress": {"ladder": "STANDARD", "amount": "900"}},
    {"grantChances": {"asset": "CHANCES", "count": 2}},
    {"earnStaged": {"asset": "POINTS", "brackets": [{"from": "10", "points": "5"}, {"from": "40", "points": "30"}]}},
    {"amountOffStaged": {"brackets": [{"from": "5", "amount": "1"}, {"from": "50", "amount": "7.77"}]}},
    {"percentOffByTier": {"tiers": [{"tier": "MEMBER", "percent": "3"}, {"tier": "SILVER", "percent": "11.5"}]}},
    {"multiplyEarnByTier": {"asset": "POINTS", "factors": [{"tier": "SILVER", "factor": "1.3"}]}},
]
CONDITIONS: list[dict[str, Any] | None] = [
    None,
    {"minimumSpend": {"amount": "30"}},
    {"firstOrder": {}},
    {"not": {"tag": {"anyOf": ["buyer"]}}},
    {"nthOrder": {"every": 2}},
    {"matchingLines": {"match": {"skus": ["LP"]}, "quantity": 2}},
    {"tier": {"codes": ["SILVER", "GOLD"]}},
    {"not": {"segment": {"codes": ["REGULARS"]}}},
    {"segment": {"codes": ["REGULARS"]}},
    {"expression": {"text": 'order.payable > money("30") || member.orders >= 2'}},
    {"daysSinceLastOrder": {"atLeast": 2}},
    {"hours": {"from": "06:00", "until": "14:00"}},
]
BOUNDS: list[dict[str, Any]] = [
    {},
    {"limits": {"perMember": 1}},
    {"limits": {"perMemberDay": 2, "perOrder": 1}},
    {"budget": {"money": "12.00"}},
    {"budget": {"count": 3}},
    {"budget": {"points": {"asset": "POINTS", "amount": "120"}}},
    {"limits": {"total": 4}},
    {"limits": {"perDay": 1}},
    {"stacking_group": "ONE"},
    {"holdout": 5000},
]
CAMPAIGNS, ORDERS, ROUNDS = 8, 8, 5


async def test_a_preview_is_what_the_commit_after_it_decides(house: Engine) -> None:
    seed = secrets.randbelow(2**32)
    random = Random(seed)  # noqa: S311  (so that a run can be repeated)
    for number in range(ROUNDS):
        shop = await world(house, Template.STANDARD, code=f"LAW{number}")
        chances: dict[str, Any] = {"code": "CHANCES", "name": "Chances", "kind": AssetKind.PASS, "scale": None}
        await assets.create(shop.program, **chances, terms=Terms())
        regulars = {"any": [{"expression": {"text": "member.orders >= 2"}}, {"tier": {"codes": ["SILVER"]}}]}
        await segments.save(house, shop.actor, code="REGULARS", name="Regulars", conditions=regulars, key=new_key())
        for index in range(CAMPAIGNS):
            await campaign(
                shop.program.id,
                f"C{index}",
                random.sample(FORMS, random.randint(1, 2)),
                random.choice(CONDITIONS),
                priority=random.choice([10, 20]),
                step=random.choice(["MEMBER_PRICE", "PROMOTION"]),
                audience=random.choice(["MEMBERS", "EVERYONE"]),
                **random.choice(BOUNDS),
            )
        members = [await shop.enrol(), await shop.enrol(), None]
        for member in members[:2]:
            await shop.give(member, "3000")
        for _ in range(ORDERS):
            await _same(shop, random, random.choice(members), f"seed {seed}")
    assert (await verify(house.database)).findings == [], seed


async def _answer(asked: Awaitable[Any]) -> Any:
    try:
        return await asked
    except Refusal as refusal:
        return refusal


async def _same(shop: World, random: Random, member: Any, seed: str) -> None:
    goods = [(random.choice(["CD", "LP", "TEA"]), random.randint(1, 4), random.randint(0, 25_00)) for _ in range(3)]
    lines = [
        LineRequest(str(ref), sku, pieces, Decimal(price) / 100)
        for ref, (sku, pieces, price) in enumerate(goods[: random.randint(1, 3)])
    ]
    asked = order(member, lines=lines, shipping=Decimal(random.randint(0, 500)) / 100)
    now = (await shop.engine.program(shop.program.id)).now()
    at = random.choice([None, now + timedelta(hours=random.randint(1, 60))])
    if member and random.random() < 0.5:
        unpaid = await orders.preview(shop.engine, shop.actor, asked, at=at)
        points = random.choice([100, unpaid.order.payable // 100 * 100])
        asked = replace(asked, spend=[("POINTS", Decimal(points))] if points else [])
    before = await _answer(orders.preview(shop.engine, shop.actor, asked, at=at))
    if at is not None:
        await programs.set_clock(shop.program.id, at)
    committed = await _answer(orders.commit(shop.engine, shop.actor, asked, key=new_key()))
    if isinstance(before, Refusal) or isinstance(committed, Refusal):
        assert (type(before), str(before)) == (type(committed), str(committed)), seed
        return
    row = await models.Order.get(id=committed.order_id)
    after = Preview(
        row,
        await models.OrderLine.filter(order_id=row.id).order_by("ordinal"),
        await models.OrderEffect.filter(order_id=row.id).order_by("ordinal"),
        await models.Tier.filter(program_id=row.program_id, code=await shop.tier(member)) if member else [],
    )
    assert _told(before) == _told(after), seed


def _told(found: Preview) -> Any:
    """Return all that was decided; ids and instants of the rows differ."""
    order_ = found.order
    amounts = ("subtotal", "discount_total", "shipping", "shipping_discount", "spent", "payable", "paid")
    effects = ("kind", "step", "campaign_version_id", "asset_id", "amount", "parts", "facts", "explanation")
    lines = ("ref", "sku", "quantity", "unit_price", "discount", "payable", "campaign_id")
    return (
        [getattr(order_, name) for name in amounts],
        order_.not_applied,
        order_.consumed,
        [[getattr(line, name) for name in lines] for line in found.lines],
        [[getattr(effect, name) for name in effects] for effect in found.effects],
        [tier.code for tier in found.tiers],
    )
