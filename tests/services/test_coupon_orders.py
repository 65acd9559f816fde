"""Orders with coupons, on both databases: held, used, let go, returned; codes that are named, and the best choice."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

import models
from domain.refusals import CouponNotUsable, HoldExpired
from services import balances, coupon_sweep, coupons, order_life, orders, programs
from services.coupons import CouponRef
from services.engine import Engine
from services.members import MemberRef
from services.order_life import OrderRef
from services.orders import LineRequest
from services.verify import verify
from services.writer.answers import Outcome
from tests.factories import NOON, World, campaign, coupon_template, new_key, order, world
from tests.services.test_coupons import changes, issue, tally, told
from tests.services.test_order_life import cancel, capture, give_back, hold

OFF = [{"amountOff": {"amount": "5"}}]


async def coupon(shop: World, member: UUID, code: str = "SPRING") -> UUID:
    return (await issue(shop, member, code)).coupon_ids[0]


async def code_of(shop: World, coupon_id: UUID) -> str:
    row = await models.Coupon.get(id=coupon_id)
    version = await models.CampaignVersion.get(id=row.version_id)
    code = coupons.code_of(shop.engine, row, version.coupon or {})
    assert code is not None
    return code


async def state(coupon_id: UUID) -> tuple[str, UUID | None]:
    row = await models.Coupon.get(id=coupon_id)
    return row.state, row.order_id


async def payable(outcome: Outcome) -> int:
    return int((await models.Order.get(id=outcome.order_id)).payable)


async def test_the_best_coupon_of_a_member_is_used_and_comes_back_with_the_whole_order(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF)
    member = await shop.enrol()
    coupon_id = await coupon(shop, member)
    bought = await shop.buy(member, "20.00")
    assert await payable(bought) == 15_00
    assert await state(coupon_id) == ("USED", bought.order_id)
    await tally(shop, issued=1, used=1, discount=5_00, revenue=15_00)
    await give_back(shop, bought.order_id)
    assert await state(coupon_id) == ("ISSUED", None)
    assert [kind for _, kind, _ in await changes(coupon_id)] == ["ISSUED", "USED", "RETURNED"]
    assert await told(shop, member) == ["COUPON_ISSUED", "COUPON_USED", "COUPON_RETURNED"]
    await tally(shop, issued=1, returned=1)


async def test_an_order_that_names_no_code_uses_none(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF)
    member = await shop.enrol()
    coupon_id = await coupon(shop, member)
    assert await payable(await shop.buy(member, "20.00", coupon_codes=[])) == 20_00
    assert await state(coupon_id) == ("ISSUED", None)


async def test_a_held_coupon_is_used_by_the_capture_or_let_go(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF)
    member = await shop.enrol()
    coupon_id = await coupon(shop, member)
    held = await hold(shop, member, "20.00")
    assert await state(coupon_id) == ("HELD", held.order_id)
    await tally(shop, issued=1, held=1)
    assert await payable(await shop.buy(member, "20.00")) == 20_00
    await cancel(shop, held.order_id)
    assert await state(coupon_id) == ("ISSUED", None)
    held = await hold(shop, member, "20.00")
    await capture(shop, held.order_id)
    assert await state(coupon_id) == ("USED", held.order_id)
    await tally(shop, issued=1, used=1, discount=5_00, revenue=15_00)


async def test_a_hold_that_ran_out_leaves_its_coupon_to_others_and_takes_it_again_if_it_can(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF)
    member = await shop.enrol()
    coupon_id = await coupon(shop, member)
    first = await hold(shop, member, "20.00")
    await programs.set_clock(shop.program.id, NOON + timedelta(hours=1))
    second = await shop.buy(member, "30.00")
    assert await payable(second) == 25_00
    assert [kind for _, kind, _ in await changes(coupon_id)] == ["ISSUED", "HELD", "RELEASED", "USED"]
    with pytest.raises(HoldExpired):
        await capture(shop, first.order_id)
    await give_back(shop, second.order_id)
    await capture(shop, first.order_id)
    assert await state(coupon_id) == ("USED", first.order_id)
    await tally(shop, issued=1, used=1, returned=1, discount=5_00, revenue=15_00)


async def test_the_sweeper_writes_down_that_a_hold_ran_out(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF)
    member = await shop.enrol()
    coupon_id = await coupon(shop, member)
    await hold(shop, member, "20.00")
    await programs.set_clock(shop.program.id, NOON + timedelta(hours=1))
    assert await coupon_sweep.sweep(shop.engine, await shop.engine.program(shop.program.id), 10) == 1
    assert await state(coupon_id) == ("ISSUED", None)
    await tally(shop, issued=1)


async def test_a_named_code_is_used_and_another_s_is_not(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF)
    member, other = await shop.enrol(), await shop.enrol()
    coupon_id = await coupon(shop, member)
    code = await code_of(shop, coupon_id)
    with pytest.raises(CouponNotUsable) as refusal:
        await shop.buy(other, "20.00", coupon_codes=[code])
    assert refusal.value.field == ("order", "couponCodes", "0")
    assert refusal.value.facts == {"coupon_code": code, "reason": "NOT_USABLE", "remedy": None}
    assert await payable(await shop.buy(member, "20.00", coupon_codes=[code.lower()])) == 15_00
    with pytest.raises(CouponNotUsable) as again:
        await shop.buy(member, "20.00", coupon_codes=[code])
    assert (again.value.message, again.value.facts) == (refusal.value.message, refusal.value.facts)
    with pytest.raises(CouponNotUsable) as unknown:
        await shop.buy(member, "20.00", coupon_codes=["NO-SUCH"])
    assert unknown.value.message == refusal.value.message


async def test_a_code_that_does_not_apply_refuses_the_order_and_is_told_by_the_preview(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, conditions={"minimumSpend": {"amount": "50"}})
    member = await shop.enrol()
    code = await code_of(shop, await coupon(shop, member))
    with pytest.raises(CouponNotUsable) as refusal:
        await shop.buy(member, "40.00", coupon_codes=[code])
    assert refusal.value.facts["reason"] == "CONDITION_NOT_MET"
    assert "10.00" in str(refusal.value.facts["remedy"])
    assert await models.Order.all().count() == 0
    seen = await orders.preview(shop.engine, shop.actor, order(member, "40.00", coupon_codes=[code]), at=None)
    assert [one["reason"] for one in seen.order.not_applied] == ["CONDITION_NOT_MET"]
    assert seen.order.payable == 40_00


async def test_each_use_of_a_shared_code_is_a_coupon_and_counts(house: Engine) -> None:
    shop = await world(house)
    limits = {"total": 2, "perMember": 1}
    made = await coupon_template(shop.program.id, "SPRING", OFF, {"sharedCode": "HELLO"}, limits=limits)
    one, two, three = [await shop.enrol() for _ in range(3)]
    first = await shop.buy(one, "20.00", coupon_codes=["hello"])
    assert await payable(first) == 15_00
    with pytest.raises(CouponNotUsable) as refusal:
        await shop.buy(one, "20.00", coupon_codes=["HELLO"])
    assert refusal.value.facts["reason"] == "LIMIT_REACHED"
    held = await hold(shop, two, "20.00", coupon_codes=["HELLO"])
    with pytest.raises(CouponNotUsable):
        await shop.buy(three, "20.00", coupon_codes=["HELLO"])
    await cancel(shop, held.order_id)
    await shop.buy(three, "20.00", coupon_codes=["HELLO"])
    await give_back(shop, first.order_id)
    usage = await models.CampaignUsage.get(campaign_id=made.id, owner_id=made.id)
    assert usage.uses == 1
    await tally(shop, issued=3, used=1, voided=2, returned=1, discount=5_00, revenue=15_00)
    await shop.buy(one, "20.00", coupon_codes=["HELLO"])


async def test_guests_use_shared_codes_for_everyone(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(
        shop.program.id, "SPRING", OFF, {"sharedCode": "HELLO"}, limits={"total": 1}, audience="EVERYONE"
    )
    bought = await shop.buy(None, "20.00", coupon_codes=["HELLO"])
    assert await payable(bought) == 15_00
    await give_back(shop, bought.order_id)
    held = await hold(shop, None, "20.00", coupon_codes=["HELLO"])
    await capture(shop, held.order_id)
    await tally(shop, issued=2, used=1, voided=1, returned=1, discount=5_00, revenue=15_00)


async def test_a_coupon_that_stays_used_after_a_return(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, {"returnable": False})
    member = await shop.enrol()
    coupon_id = await coupon(shop, member)
    bought = await shop.buy(member, "20.00")
    await give_back(shop, bought.order_id)
    assert await state(coupon_id) == ("USED", bought.order_id)
    await tally(shop, issued=1, used=1)


async def test_campaigns_give_coupons_that_a_return_takes_back(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, limits={"total": 3})
    await campaign(shop.program.id, "THANKS", [{"issueCoupon": {"template": "SPRING", "count": 2}}])
    member = await shop.enrol()
    bought = await shop.buy(member, "20.00")
    rows = await models.Coupon.filter(member_id=member)
    assert [(row.origin, row.origin_id, row.state) for row in rows] == [("CAMPAIGN", bought.order_id, "ISSUED")] * 2
    second = await shop.buy(member, "20.00", coupon_codes=[])
    assert [one["reason"] for one in (await models.Order.get(id=second.order_id)).not_applied] == ["NOTHING_TO_GIVE"]
    await give_back(shop, bought.order_id)
    await tally(shop, issued=2, voided=2)


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
