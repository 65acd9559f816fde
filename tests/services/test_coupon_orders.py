"""Orders with coupons, on both databases: held, used, let go, returned; codes that are named, and the best choice."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from tortoise.expressions import F

import models
from domain.refusals import CouponNotUsable, HoldExpired, LimitReached, TooManyAttempts
from services import balances, coupon_sweep, coupons, orders, programs
from services.code_attempts import ATTEMPTS_MAX
from services.engine import Engine
from services.orders import LineRequest
from services.transaction import transaction
from services.writer.answers import Outcome
from tests.factories import NOON, World, campaign, coupon_template, order, world
from tests.services.coupon_counts import code_of_nobody
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


async def test_campaigns_give_coupons_whose_value_depends_on_the_tier(house: Engine) -> None:
    shop = await world(house)
    by_tier = [{"amountOffByTier": {"tiers": [{"tier": "MEMBER", "amount": "5"}]}}]
    await coupon_template(shop.program.id, "SPRING", by_tier)
    await campaign(shop.program.id, "THANKS", [{"issueCoupon": {"template": "SPRING"}}], limits={"perMember": 1})
    member = await shop.enrol()
    await shop.buy(member, "20.00")
    second = await shop.buy(member, "20.00")
    assert (await models.Order.get(id=second.order_id)).payable == 15_00


async def test_an_order_is_known_again_after_its_code_has_ended(house: Engine) -> None:
    shop = await world(house)
    made = await coupon_template(shop.program.id, "SPRING", OFF, {"sharedCode": "HELLO"})
    member = await shop.enrol()
    said: Any = {"external_id": "one", "coupon_codes": ["HELLO"]}
    first = await shop.buy(member, "20.00", **said)
    async with transaction():
        await models.Campaign.filter(id=made.id).update(state="ENDED")
        await models.Program.filter(id=shop.program.id).update(config_version=F("config_version") + 1)
    assert (await shop.buy(member, "20.00", **said)).order_id == first.order_id
    with pytest.raises(CouponNotUsable):
        await shop.buy(member, "20.00", coupon_codes=["HELLO"])


async def test_who_guesses_codes_is_not_listened_to_for_a_while(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, {"sharedCode": "HELLO"})
    member = await shop.enrol()
    for number in range(ATTEMPTS_MAX):
        with pytest.raises(CouponNotUsable):
            await shop.buy(member, "20.00", coupon_codes=[f"GUESS-{number}"])
    with pytest.raises(TooManyAttempts):
        await shop.buy(member, "20.00", coupon_codes=["HELLO"])
    assert await models.Order.all().count() == 0
    assert await payable(await shop.buy(member, "20.00")) == 20_00


async def test_a_code_that_nobody_had_is_its_first_user_s_until_limits_say_no(house: Engine) -> None:
    shop = await world(house)
    made = await coupon_template(shop.program.id, "SPRING", OFF, limits={"perMember": 1})
    member = await shop.enrol()
    ids, codes = zip(*[await code_of_nobody(shop, made) for _ in range(2)], strict=True)
    held = await hold(shop, member, "20.00", coupon_codes=codes[:1])
    assert (await models.Coupon.get(id=ids[0])).member_id == member
    await cancel(shop, held.order_id)
    assert await state(ids[0]) == ("ISSUED", None)
    assert [kind for _, kind, _ in await changes(ids[0])] == ["CLAIMED", "HELD", "RELEASED"]
    with pytest.raises(CouponNotUsable) as refusal:
        await shop.buy(member, "20.00", coupon_codes=codes[1:])
    assert refusal.value.facts["reason"] == "LIMIT_REACHED"
    assert await payable(await shop.buy(member, "20.00")) == 15_00


async def test_a_part_that_is_captured_uses_the_coupon_if_it_takes_anything_off(house: Engine) -> None:
    shop = await world(house)
    lines = [LineRequest("1", "CD", 2, Decimal("10.00")), LineRequest("2", "CUP", 1, Decimal("5.00"))]
    cup = [{"amountOff": {"amount": "5", "match": {"skus": ["CUP"]}}}]
    await coupon_template(shop.program.id, "SPRING", cup)
    member = await shop.enrol()
    one, two = await coupon(shop, member), await coupon(shop, member)
    held = await hold(shop, member, lines=lines)
    await capture(shop, held.order_id, lines=[("1", 2)])
    assert {(await state(each))[0] for each in (one, two)} == {"ISSUED"}
    held = await hold(shop, member, lines=lines)
    await capture(shop, held.order_id, lines=[("2", 1)])
    await tally(shop, issued=2, used=1, discount=5_00, revenue=0)


async def test_a_late_capture_gives_no_more_coupons_than_there_are(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, limits={"total": 3})
    await campaign(shop.program.id, "THANKS", [{"issueCoupon": {"template": "SPRING", "count": 2}}])
    member, other = await shop.enrol(), await shop.enrol()
    held = await hold(shop, member, "20.00", coupon_codes=[])
    await issue(shop, other)
    with pytest.raises(LimitReached):
        await issue(shop, other)
    await programs.set_clock(shop.program.id, NOON + timedelta(hours=1))
    await balances.sweep(shop.engine, await shop.engine.program(shop.program.id), 10)
    await issue(shop, other)
    with pytest.raises(HoldExpired):
        await capture(shop, held.order_id)
    await tally(shop, issued=2)
