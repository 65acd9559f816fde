"""Edges of the life of coupons: what ends, changes or is promised meanwhile, on both databases."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tortoise.expressions import F

import models
from domain.instants import NEVER
from domain.refusals import CouponNotUsable, InvalidInput, Refusal, TooManyAttempts
from services import coupon_sweep, coupons, order_life, orders, orders_import, programs, publishing
from services.campaign_forms import VersionRequest
from services.code_attempts import ATTEMPTS_MAX
from services.coupons import CouponRef
from services.engine import Engine
from services.members import MemberRef
from services.order_life import OrderRef
from services.orders import LineRequest, OrderRequest
from services.transaction import transaction
from services.writer.answers import Outcome
from tests.factories import BEGINNING, NOON, World, campaign, coupon_template, new_key, order, world
from tests.services.coupon_counts import code_of_nobody, sound, uses
from tests.services.test_coupon_orders import OFF, code_of, payable, state
from tests.services.test_coupon_templates import running, says
from tests.services.test_coupons import claim, issue, told
from tests.services.test_order_life import capture, give_back, hold

DAY = timedelta(days=1)
ENDS = {"validity": {"fixed": {"until": (NOON + DAY).isoformat()}}}


async def imported(shop: World, requests: list[OrderRequest]) -> list[Outcome | Refusal]:
    prepared = await orders_import.prepare_import(shop.engine, shop.actor, requests, key=None, enrol_unknown=False)
    return await orders_import.commit_import(shop.engine, prepared)


async def test_order_when_campaign_gives_a_coupon_whose_fixed_end_is_past(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, ENDS)
    await campaign(shop.program.id, "THANKS", [{"issueCoupon": {"template": "SPRING"}}])
    member = await shop.enrol()
    await programs.set_clock(shop.program.id, NOON + 2 * DAY)
    assert await payable(await shop.buy(member, "20.00")) == 20_00


async def test_enrolment_the_same(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, ENDS)
    await campaign(shop.program.id, "HI", [{"issueCoupon": {"template": "SPRING"}}], trigger="ENROLLED")
    await programs.set_clock(shop.program.id, NOON + 2 * DAY)
    await shop.enrol()


async def test_capture_the_same(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, ENDS)
    await campaign(shop.program.id, "THANKS", [{"issueCoupon": {"template": "SPRING"}}])
    member = await shop.enrol()
    held = await hold(shop, member, "20.00", seconds=9 * 86400)
    await programs.set_clock(shop.program.id, NOON + 2 * DAY)
    await capture(shop, held.order_id)


async def test_a_template_that_gives_coupons_is_refused(house: Engine) -> None:
    shop = await world(house)
    await running(shop, "NEXT", says(limits={"perMember": 1, "total": 5}))
    gives = VersionRequest(effects=[*OFF, {"issueCoupon": {"template": "NEXT"}}], coupon={})
    with pytest.raises(InvalidInput) as refusal:
        await running(shop, "SPRING", gives)
    assert refusal.value.field == ("version", "effects", "1")


@pytest.mark.parametrize("how", ["order", "enrolment", "capture"])
async def test_bundle_whose_part_has_ended(house: Engine, how: str) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "PART", OFF, ends_at=NOON + DAY)
    await coupon_template(shop.program.id, "PACK", [], {"bundle": [{"template": "PART", "count": 1}]})
    trigger = "ENROLLED" if how == "enrolment" else "ORDER"
    member = await shop.enrol()
    await campaign(shop.program.id, "THANKS", [{"issueCoupon": {"template": "PACK"}}], trigger=trigger)
    held = await hold(shop, member, "20.00", seconds=9 * 86400) if how == "capture" else None
    await programs.set_clock(shop.program.id, NOON + 2 * DAY)
    if how == "enrolment":
        await shop.enrol()
    elif held:
        await capture(shop, held.order_id)
    else:
        await shop.buy(member, "20.00")


async def test_import_with_codes_verifies(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF)
    member = await shop.enrol()
    code = await code_of(shop, (await issue(shop, member)).coupon_ids[0])
    await imported(shop, [order(member, "20.00", coupon_codes=[code])])
    await sound(house, shop.program.id)


async def test_import_and_till_are_the_same_order(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF)
    member = await shop.enrol()
    code = await code_of(shop, (await issue(shop, member)).coupon_ids[0])
    request = order(member, "20.00", coupon_codes=[code], external_id="X1")
    first = await orders.commit(shop.engine, shop.actor, request, key=new_key())
    (again,) = await imported(shop, [request])
    assert not isinstance(again, Refusal), again
    assert again.order_id == first.order_id


async def test_return_of_the_order_that_gave_a_coupon_which_was_given_away(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, {"transferable": True})
    await campaign(shop.program.id, "THANKS", [{"issueCoupon": {"template": "SPRING"}}], {"store": {"codes": ["S"]}})
    giver, taker = await shop.enrol(), await shop.enrol()
    bought = await shop.buy(giver, "20.00", store="S")
    coupon = await models.Coupon.get(member_id=giver)
    await coupons.gift(shop.engine, shop.actor, CouponRef(id=coupon.id), MemberRef(id=taker), key=new_key())
    await give_back(shop, bought.order_id)
    assert (await state(coupon.id))[0] == "ISSUED"
    await sound(house, shop.program.id)


async def test_bundle_republished_between_hold_and_capture(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "P1", OFF, limits={"total": 5})
    p2 = await coupon_template(shop.program.id, "P2", OFF, limits={"total": 1})
    pack = await coupon_template(shop.program.id, "PACK", [], {"bundle": [{"template": "P1", "count": 1}]})
    await campaign(shop.program.id, "THANKS", [{"issueCoupon": {"template": "PACK", "count": 3}}])
    member = await shop.enrol()
    held = await hold(shop, member, "20.00")
    said = {"priority": 10, "starts_at": BEGINNING, "ends_at": NEVER, "recorded_at": NOON, "step": "COUPON"}
    bundle = {"bundle": [{"template": "P2", "count": 1}]}
    async with transaction():
        await publishing.publish(
            program_id=shop.program.id,
            campaign_id=pack.id,
            number=2,
            conditions=None,
            effects=[],
            coupon=bundle,
            **said,
        )
        await models.Campaign.filter(id=pack.id).update(published_version=2)
        await models.Program.filter(id=shop.program.id).update(config_version=F("config_version") + 1)
    await capture(shop, held.order_id)
    issued = await models.Coupon.filter(campaign_id=p2.id).count()
    await give_back(shop, held.order_id)
    left = await models.Coupon.filter(campaign_id=p2.id, state="ISSUED").count()
    assert (issued, left, await uses(p2)) == (0, 0, 0)
    assert await models.Coupon.filter(origin="BUNDLE", state="VOID").count() == 3


async def test_template_paused_between_hold_and_capture(house: Engine) -> None:
    shop = await world(house)
    made = await coupon_template(shop.program.id, "SPRING", OFF, limits={"total": 5})
    await campaign(shop.program.id, "THANKS", [{"issueCoupon": {"template": "SPRING", "count": 2}}])
    member = await shop.enrol()
    held = await hold(shop, member, "20.00")
    async with transaction():
        await models.Campaign.filter(id=made.id).update(state="PAUSED")
        await models.Program.filter(id=shop.program.id).update(config_version=F("config_version") + 1)
    await capture(shop, held.order_id)
    assert await uses(made) == await models.Coupon.filter(campaign_id=made.id).count()


@pytest.mark.parametrize("extended", [False, True])
async def test_code_of_fixed_validity_that_is_taken_verifies(house: Engine, extended: bool) -> None:
    shop = await world(house)
    made = await coupon_template(
        shop.program.id, "SPRING", OFF, {"validity": {"fixed": {"until": (NOON + 5 * DAY).isoformat()}}}
    )
    member = await shop.enrol()
    coupon_id, code = await code_of_nobody(shop, made)
    if extended:
        await coupons.extend(
            shop.engine, shop.actor, CouponRef(id=coupon_id), until=NOON + 9 * DAY, reason=None, key=new_key()
        )
    await programs.set_clock(shop.program.id, NOON + DAY)
    await claim(shop, member, None, code)
    await sound(house, shop.program.id)


async def test_code_taken_by_an_order_that_gives_another(house: Engine) -> None:
    shop = await world(house)
    made = await coupon_template(shop.program.id, "SPRING", OFF, limits={"perMember": 1})
    await campaign(shop.program.id, "THANKS", [{"issueCoupon": {"template": "SPRING"}}])
    member = await shop.enrol()
    _, code = await code_of_nobody(shop, made)
    assert await payable(await shop.buy(member, "20.00", coupon_codes=[code])) == 15_00


async def test_an_order_of_before_a_coupon_was_had_does_not_use_it(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF)
    member = await shop.enrol()
    await programs.set_clock(shop.program.id, NOON + 3 * DAY)
    code = await code_of(shop, (await issue(shop, member)).coupon_ids[0])
    assert await payable(await shop.buy(member, "20.00", occurred_at=NOON + DAY)) == 20_00
    with pytest.raises(CouponNotUsable) as refusal:
        await shop.buy(member, "20.00", occurred_at=NOON + DAY, coupon_codes=[code])
    assert refusal.value.message == "The coupon may be used from 2026-03-06 12:00 on."
    assert refusal.value.facts["reason"] == "OUTSIDE_WINDOW"


async def test_claimed_order_earns_what_naming_a_coupon_gives(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, {"sharedCode": "HELLO"}, audience="EVERYONE")
    points = [{"earnFixed": {"asset": "POINTS", "points": "7"}}]
    await campaign(shop.program.id, "EXTRA", points, {"couponPresented": {"templates": ["SPRING"]}})
    one, two = await shop.enrol(), await shop.enrol()
    await shop.buy(one, "20.00", coupon_codes=["HELLO"])
    guest = await shop.buy(None, "20.00", coupon_codes=["HELLO"])
    await order_life.claim(shop.engine, shop.actor, OrderRef(id=guest.order_id), MemberRef(id=two), key=new_key())
    assert await shop.balance(two) == await shop.balance(one)


async def test_code_that_a_lapsed_hold_let_go_can_be_claimed(house: Engine) -> None:
    shop = await world(house)
    made = await coupon_template(shop.program.id, "SPRING", OFF, audience="EVERYONE")
    member = await shop.enrol()
    _, code = await code_of_nobody(shop, made)
    await hold(shop, None, "20.00", coupon_codes=[code])
    await programs.set_clock(shop.program.id, NOON + timedelta(hours=1))
    await claim(shop, member, None, code)


async def test_code_that_begins_later_is_not_used_at_once(house: Engine) -> None:
    shop = await world(house)
    made = await coupon_template(
        shop.program.id, "SPRING", OFF, {"validity": {"relative": {"afterDays": 2, "days": 3}}}
    )
    member = await shop.enrol()
    coupon_id, code = await code_of_nobody(shop, made)
    with pytest.raises(CouponNotUsable) as refusal:
        await shop.buy(member, "20.00", coupon_codes=[code])
    assert refusal.value.facts["reason"] == "OUTSIDE_WINDOW"
    assert await state(coupon_id) == ("ISSUED", None)


async def test_attempts_of_imports_are_limited(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF)
    member = await shop.enrol()
    for _ in range(2):
        await imported(shop, [order(member, "20.00", coupon_codes=[f"WRONG-{n}"]) for n in range(15)])
    with pytest.raises(TooManyAttempts):
        await shop.buy(member, "20.00", coupon_codes=["WRONG-X"])


@pytest.mark.parametrize("limit", ["perMemberDay", "perDay"])
async def test_two_codes_of_nobody_and_a_limit_of_the_day(house: Engine, limit: str) -> None:
    shop = await world(house)
    made = await coupon_template(shop.program.id, "SPRING", OFF, {"perOrder": 2}, limits={limit: 1})
    member = await shop.enrol()
    (_, one), (_, other) = await code_of_nobody(shop, made), await code_of_nobody(shop, made)
    with pytest.raises(CouponNotUsable):
        await shop.buy(member, "20.00", coupon_codes=[one, other])


async def test_late_capture_of_a_part_without_the_coupon(house: Engine) -> None:
    shop = await world(house)
    cup = [{"amountOff": {"amount": "5", "match": {"skus": ["CUP"]}}}]
    await coupon_template(shop.program.id, "SPRING", cup)
    member = await shop.enrol()
    coupon_id = (await issue(shop, member)).coupon_ids[0]
    lines = [LineRequest("1", "CD", 2, Decimal("10.00")), LineRequest("2", "CUP", 1, Decimal("5.00"))]
    held = await hold(shop, member, lines=lines)
    await programs.set_clock(shop.program.id, NOON + timedelta(hours=1))
    await capture(shop, held.order_id, lines=[("1", 2)])
    assert await state(coupon_id) == ("ISSUED", None)
    await sound(house, shop.program.id)


async def test_what_members_mistype_does_not_keep_guests_of_the_same_key_from_codes(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, {"sharedCode": "HELLO"}, audience="EVERYONE")
    for member in [await shop.enrol() for _ in range(ATTEMPTS_MAX)]:
        with pytest.raises(CouponNotUsable):
            await shop.buy(member, "20.00", coupon_codes=["TYPO-1"])
    assert await payable(await shop.buy(None, "20.00", coupon_codes=["HELLO"])) == 15_00


async def test_an_order_of_earlier_uses_the_coupon_that_was_there_then(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, {"validity": {"relative": {"days": 30}}})
    member = await shop.enrol()
    old = (await issue(shop, member)).coupon_ids[0]
    until = NOON + 60 * DAY
    await coupons.extend(shop.engine, shop.actor, CouponRef(id=old), until=until, reason=None, key=new_key())
    await programs.set_clock(shop.program.id, NOON + 2 * DAY)
    await issue(shop, member, count=2)
    await programs.set_clock(shop.program.id, NOON + 3 * DAY)
    bought = await shop.buy(member, "20.00", occurred_at=NOON + DAY)
    assert (await payable(bought), await state(old)) == (15_00, ("USED", bought.order_id))


async def test_an_import_knows_its_orders_again_after_their_template_stopped(house: Engine) -> None:
    shop = await world(house)
    made = await coupon_template(shop.program.id, "SPRING", OFF, {"sharedCode": "HELLO"})
    member = await shop.enrol()
    requests = [
        order(member, "20.00", coupon_codes=["HELLO"], external_id=f"X{number}") for number in range(ATTEMPTS_MAX + 2)
    ]
    first = await imported(shop, requests)
    async with transaction():
        await models.Campaign.filter(id=made.id).update(state="PAUSED")
        await models.Program.filter(id=shop.program.id).update(config_version=F("config_version") + 1)
    again = await imported(shop, requests)
    ids = [one.order_id for one in first if isinstance(one, Outcome)]
    assert [one.order_id for one in again if isinstance(one, Outcome)] == ids
    assert len(ids) == ATTEMPTS_MAX + 2


async def test_a_capture_leaves_a_coupon_to_the_member_who_has_it_by_now(house: Engine) -> None:
    shop = await world(house)
    cup = [{"amountOff": {"amount": "5", "match": {"skus": ["CUP"]}}}]
    terms = {"transferable": True, "validity": {"relative": {"days": 7}}}
    await coupon_template(shop.program.id, "SPRING", cup, terms)
    giver, taker = await shop.enrol(), await shop.enrol()
    coupon_id = (await issue(shop, giver)).coupon_ids[0]
    lines = [LineRequest("1", "CD", 2, Decimal("10.00")), LineRequest("2", "CUP", 1, Decimal("5.00"))]
    held = await hold(shop, giver, lines=lines)
    await programs.set_clock(shop.program.id, NOON + timedelta(hours=1))
    await coupons.gift(shop.engine, shop.actor, CouponRef(id=coupon_id), MemberRef(id=taker), key=new_key())
    await programs.set_clock(shop.program.id, NOON + 30 * DAY)
    await capture(shop, held.order_id, lines=[("1", 2)])
    await coupon_sweep.sweep(house, await house.program(shop.program.id), 10)
    assert await told(shop, taker) == ["COUPON_GIFTED", "COUPON_EXPIRED"]
    await sound(house, shop.program.id)
