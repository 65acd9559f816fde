"""Coupons that changed hands after orders had to do with them, and what is counted of those that orders give."""

from datetime import timedelta
from decimal import Decimal

import pytest

import models
from domain.refusals import HoldExpired
from services import balances, coupons, order_life, orders_import, programs
from services.coupons import CouponRef
from services.engine import Engine
from services.members import MemberRef
from services.order_life import OrderRef
from services.orders import LineRequest
from services.verify import verify
from services.writer.answers import Outcome
from tests.factories import NOON, campaign, coupon_template, new_key, order, world
from tests.services.test_coupon_orders import OFF, code_of, coupon, state
from tests.services.test_order_life import capture, give_back, hold


async def test_a_return_takes_back_what_the_member_still_has_and_not_what_another_one_got(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, {"transferable": True})
    await campaign(shop.program.id, "THANKS", [{"issueCoupon": {"template": "SPRING", "count": 2}}])
    giver, taker = await shop.enrol(), await shop.enrol()
    bought = await shop.buy(giver, "20.00", coupon_codes=[])
    given, kept = [row.id for row in await models.Coupon.filter(member_id=giver).order_by("id")]
    ref = CouponRef(id=given)
    await coupons.gift(shop.engine, shop.actor, ref, MemberRef(id=taker), key=new_key())
    await give_back(shop, bought.order_id)
    assert [await state(one) for one in (given, kept)] == [("ISSUED", None), ("VOID", None)]
    assert (await verify(house.database)).findings == []


async def test_an_order_that_lets_go_of_a_coupon_leaves_it_to_whom_it_was_given_since(house: Engine) -> None:
    shop = await world(house)
    week = {"validity": {"relative": {"days": 7}}}
    await coupon_template(shop.program.id, "SPRING", OFF, week | {"transferable": True})
    giver, taker = await shop.enrol(), await shop.enrol()
    coupon_id = await coupon(shop, giver)
    held = await hold(shop, giver, "20.00")
    await programs.set_clock(shop.program.id, NOON + timedelta(hours=1))
    await coupons.gift(shop.engine, shop.actor, CouponRef(id=coupon_id), MemberRef(id=taker), key=new_key())
    await programs.set_clock(shop.program.id, NOON + timedelta(days=30))
    await balances.sweep(shop.engine, await shop.engine.program(shop.program.id), 100)
    with pytest.raises(HoldExpired):
        await capture(shop, held.order_id)
    assert (await models.Coupon.get(id=coupon_id)).state == "ISSUED", "nobody looked at it in its member's name"
    assert (await verify(house.database)).findings == []


async def test_an_imported_order_is_known_by_the_coupons_that_it_names(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF)
    member = await shop.enrol()
    code = await code_of(shop, await coupon(shop, member))
    request = order(member, "20.00", coupon_codes=[code])
    imported = await orders_import.import_orders(shop.engine, shop.actor, [request], key=new_key(), enrol_unknown=False)
    assert [type(one) for one in imported] == [Outcome]
    assert (await models.Order.get()).payable == 15_00
    assert (await verify(house.database)).findings == []


async def test_what_is_given_counts_as_long_as_it_is_had_whatever_the_order_used_comes_to(house: Engine) -> None:
    shop = await world(house)
    limits = {"total": 9}
    made = await coupon_template(shop.program.id, "SPRING", OFF, limits=limits)
    await campaign(shop.program.id, "THANKS", [{"issueCoupon": {"template": "SPRING"}}])
    member = await shop.enrol()
    await coupon(shop, member)
    bought = await shop.buy(member, lines=[LineRequest("1", "CD", 2, Decimal(20))])
    await order_life.return_(
        shop.engine, shop.actor, OrderRef(id=bought.order_id), [("1", 1)], reason=None, key=new_key()
    )
    usage = await models.CampaignUsage.get(campaign_id=made.id)
    assert (usage.uses, usage.count, usage.money, usage.points) == (2, 0, 0, 0)
    assert (await verify(house.database)).findings == []


async def test_a_capture_of_a_part_counts_what_is_given_by_it_and_no_less(house: Engine) -> None:
    shop = await world(house)
    made = await coupon_template(shop.program.id, "SPRING", OFF, limits={"total": 9})
    pack = await coupon_template(
        shop.program.id, "PACK", [], {"bundle": [{"template": "SPRING", "count": 2}]}, limits={"total": 9}
    )
    await campaign(shop.program.id, "THANKS", [{"issueCoupon": {"template": "PACK"}}])
    member = await shop.enrol()
    held = await hold(shop, member, lines=[LineRequest("1", "CD", 2, Decimal(20))])
    await order_life.capture(shop.engine, shop.actor, OrderRef(id=held.order_id), [("1", 1)], key=new_key())
    assert await models.Coupon.filter(member_id=member).count() == 2
    assert (await models.CampaignUsage.get(campaign_id=made.id)).uses == 2
    assert (await models.CampaignUsage.get(campaign_id=pack.id)).uses == 1
    assert (await verify(house.database)).findings == []
