"""What comes back with which goods, of effects that are not simply so much of what they cost."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

import models
from services import order_life
from services.engine import Engine
from services.order_life import OrderRef
from services.orders import LineRequest
from services.templates import Template
from services.verify import verify
from tests.factories import World, campaign, new_key, world

A_AND_B = [LineRequest("a", "A", 1, Decimal("100.00")), LineRequest("b", "B", 1, Decimal("100.00"))]
RECORD_AND_TV = [LineRequest("rec", "REC", 1, Decimal("10.00")), LineRequest("tv", "TV", 1, Decimal("990.00"))]
FIVE_HUNDRED = {"earnFixed": {"asset": "POINTS", "points": "500"}}


async def bought(shop: World, lines: list[LineRequest]) -> tuple[UUID, UUID]:
    member = await shop.enrol()
    outcome = await shop.buy(member, lines=lines)
    assert outcome.order_id is not None
    return member, outcome.order_id


async def give_back(shop: World, order_id: UUID, *refs: str) -> None:
    lines = [(ref, 1) for ref in refs]
    await order_life.return_(shop.engine, shop.actor, OrderRef(id=order_id), lines, reason=None, key=new_key())
    assert (await verify(shop.engine.database)).findings == []


@pytest.mark.parametrize(("ref", "left"), [("b", 200), ("a", 2_200)])
async def test_a_multiplier_takes_back_what_it_gave_for_the_goods(house: Engine, ref: str, left: int) -> None:
    shop = await world(house, Template.BARE)
    per_unit: dict[str, Any] = {"asset": "POINTS", "points": "1", "per": "1", "rounding": "DOWN"}
    of_b = {"match": {"skus": ["B"]}, "points": "10"}
    await campaign(shop.program.id, "TEN", [{"earn": per_unit | of_b}])
    await campaign(shop.program.id, "TWICE", [{"multiplyEarn": {"asset": "POINTS", "factor": "2"}}], priority=900)
    member, order_id = await bought(shop, A_AND_B)
    # a point for each unit as everywhere, 10 more for each of b, and all of it twice: (100 + 1,100) × 2
    assert await shop.balance(member) == 2_400
    await give_back(shop, order_id, ref)
    assert await shop.balance(member) == left
    await give_back(shop, order_id, *{"a", "b"} - {ref})
    assert await shop.balance(member) == 0


async def test_what_some_goods_were_asked_for_comes_back_with_them_and_so_does_the_use(house: Engine) -> None:
    shop = await world(house, Template.BARE)
    record = {"all": [{"matchingLines": {"match": {"skus": ["REC"]}}}, {"minimumSpend": {"amount": "5"}}]}
    made = await campaign(shop.program.id, "RECORDS", [FIVE_HUNDRED], conditions=record, limits={"total": 1})
    base = {code: await bought(shop, RECORD_AND_TV) for code in ("first", "second")}
    (one, order_id), (two, other) = base.values()
    assert await shop.balance(one) - await shop.balance(two) == 500  # the second finds the limit reached

    async def uses() -> int:
        return (await models.CampaignUsage.get(campaign_id=made.id, owner_id=made.id)).uses

    before = await shop.balance(one)
    await give_back(shop, order_id, "tv")
    kept = await shop.balance(one)
    assert (before - kept, await uses()) == (await earned_for(other, "tv"), 1)  # what BASE gave for the television
    await give_back(shop, order_id, "rec")
    assert (await shop.balance(one), await uses()) == (0, 0)


async def earned_for(order_id: UUID, ref: str) -> int:
    """Return what an order that earned by its price alone earned for one of its lines."""
    line = await models.OrderLine.get(order_id=order_id, ref=ref)
    effect = await models.OrderEffect.get(order_id=order_id, kind="EARN", parts=None)
    return int(effect.amount * line.payable // 1_000_00)
