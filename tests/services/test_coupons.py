"""Coupons outside orders, on both databases: issued, claimed, given away, extended, taken back, expired."""

from datetime import timedelta
from uuid import UUID

import pytest

import models
from domain.refusals import (
    CouponNotAvailable,
    CouponNotInState,
    InsufficientBalance,
    InvalidInput,
    LimitReached,
    NotFound,
)
from services import coupon_sweep, coupons, programs
from services.campaign_rows import CampaignRef
from services.coupons import CouponRef
from services.engine import Engine
from services.members import MemberRef
from services.templates import Template
from services.writer.answers import Outcome
from tests.factories import NOON, World, coupon_template, new_key, world

OFF = [{"amountOff": {"amount": "5"}}]
DAY = timedelta(days=1)


async def issue(shop: World, member: UUID, code: str = "SPRING", count: int = 1, key: str = "") -> Outcome:
    return await coupons.issue(
        shop.engine,
        shop.actor,
        MemberRef(id=member),
        CampaignRef(code=code),
        count=count,
        reason=None,
        key=key or new_key(),
    )


async def claim(shop: World, member: UUID, template: str | None = "SPRING", code: str | None = None) -> Outcome:
    ref = CampaignRef(code=template) if template else None
    return await coupons.claim(shop.engine, shop.actor, MemberRef(id=member), ref, code, key=new_key())


async def tally(shop: World, **expected: int) -> None:
    """Assert the counters of the one template that has any; those not named are 0."""
    row = await models.CouponTally.get(program_id=shop.program.id)
    names = ("issued", "claimed", "held", "used", "returned", "expired", "voided", "discount", "revenue")
    assert {name: getattr(row, name) for name in names} == dict.fromkeys(names, 0) | expected


async def told(shop: World, member: UUID) -> list[str]:
    rows = await models.Event.filter(member_id=member).order_by("position")
    return [row.kind for row in rows if row.kind.startswith("COUPON")]


async def changes(coupon_id: UUID) -> list[tuple[int, str, str]]:
    rows = await models.CouponChange.filter(coupon_id=coupon_id).order_by("ordinal")
    return [(row.ordinal, row.kind, row.actor) for row in rows]


async def test_a_member_is_given_coupons_that_are_good_from_now_on(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, {"validity": {"relative": {"days": 7}}})
    member = await shop.enrol()
    outcome = await issue(shop, member, count=2)
    rows = await models.Coupon.filter(member_id=member).order_by("id")
    assert [row.id for row in rows] == sorted(outcome.coupon_ids)
    assert {(row.state, row.origin, row.order_id, row.changes) for row in rows} == {("ISSUED", "STAFF", None, 1)}
    # 3 March, noon in Shanghai, and seven days: to the end of 10 March there
    assert {row.expires_at.isoformat() for row in rows} == {"2026-03-10T16:00:00+00:00"}
    assert await told(shop, member) == ["COUPON_ISSUED", "COUPON_ISSUED"]
    assert await changes(rows[0].id) == [(0, "ISSUED", shop.actor.credential)]
    await tally(shop, issued=2)


async def test_the_same_key_issues_once(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF)
    member = await shop.enrol()
    first, again = await issue(shop, member, key="k"), await issue(shop, member, key="k")
    assert again.replayed
    assert again.coupon_ids == first.coupon_ids
    await tally(shop, issued=1)


async def test_the_code_of_a_coupon_finds_it_however_it_is_typed(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, {"prefix": "VIP"})
    member = await shop.enrol()
    (coupon_id,) = (await issue(shop, member)).coupon_ids
    row = await models.Coupon.get(id=coupon_id)
    code = coupons.code_of(shop.engine, row, {"prefix": "V1P"})
    assert code is not None
    assert code.startswith("V1P-")
    found = await coupons.find(shop.actor, CouponRef(code=code.lower().replace("-", " ")))
    assert found is not None
    assert found.id == coupon_id


@pytest.mark.parametrize(
    ("limits", "refused"),
    [
        ({"total": 2}, "SPRING is given 2 times in all, and was 2 times."),
        ({"perMember": 2}, "A member gets SPRING 2 times, and this one did 2 times."),
        ({"perMemberDay": 2}, "A member gets SPRING 2 times a day, and this one did 2 times that day."),
        ({"perDay": 2}, "SPRING is given 2 times a day, and was 2 times that day."),
    ],
)
async def test_no_more_are_given_than_the_limits_leave(house: Engine, limits: dict[str, int], refused: str) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, limits=limits)
    member = await shop.enrol()
    with pytest.raises(LimitReached) as refusal:
        await issue(shop, member, count=3)
    assert refusal.value.message == refused
    assert await models.Coupon.all().count() == 0
    await issue(shop, member, count=2)
    with pytest.raises(LimitReached):
        await issue(shop, member)
    await tally(shop, issued=2)


async def test_a_coupon_is_bought_with_points_once_and_not_without(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    price = {"asset": "POINTS", "amount": "100"}
    await coupon_template(shop.program.id, "SPRING", OFF, {"claimable": True, "price": price})
    member = await shop.enrol()
    await shop.give(member, "150")
    await claim(shop, member)
    assert await shop.balance(member) == 50
    with pytest.raises(InsufficientBalance):
        await claim(shop, member)
    (row,) = await models.Coupon.all()
    assert row.origin == "PURCHASE"
    transfer = await models.Transfer.get(id=row.origin_id)
    assert (transfer.kind, transfer.member_id) == ("PURCHASE", member)
    await tally(shop, issued=1, claimed=1)


async def test_only_what_is_claimable_is_claimed(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF)
    member = await shop.enrol()
    with pytest.raises(CouponNotAvailable) as refusal:
        await claim(shop, member)
    assert refusal.value.facts == {"reason": "NOT_CLAIMABLE"}
    with pytest.raises(NotFound):
        await claim(shop, member, "OTHER")
    assert await models.Coupon.all().count() == 0


async def test_outside_of_its_window_nothing_is_given(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, starts_at=NOON + DAY)
    member = await shop.enrol()
    with pytest.raises(CouponNotAvailable) as refusal:
        await issue(shop, member)
    assert refusal.value.facts == {"reason": "OUTSIDE_WINDOW"}


async def test_a_bundle_gives_all_its_parts(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "FIVE", OFF)
    await coupon_template(shop.program.id, "TEN", [{"amountOff": {"amount": "10"}}])
    bundle = [{"template": "FIVE", "count": 2}, {"template": "TEN", "count": 1}]
    await coupon_template(shop.program.id, "PACK", [], {"bundle": bundle}, limits={"perMember": 1})
    member = await shop.enrol()
    outcome = await issue(shop, member, "PACK")
    assert len(outcome.coupon_ids) == 3
    rows = await models.Coupon.filter(member_id=member)
    assert sorted([(await models.Campaign.get(id=row.campaign_id)).code for row in rows]) == ["FIVE", "FIVE", "TEN"]
    assert {row.origin for row in rows} == {"BUNDLE"}
    with pytest.raises(LimitReached):
        await issue(shop, member, "PACK")


async def test_a_coupon_changes_hands_when_its_template_lets_it(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, {"transferable": True})
    giver, taker = await shop.enrol(), await shop.enrol()
    (coupon_id,) = (await issue(shop, giver)).coupon_ids
    ref = CouponRef(id=coupon_id)
    await coupons.gift(shop.engine, shop.actor, ref, MemberRef(id=taker), key=new_key())
    assert (await models.Coupon.get(id=coupon_id)).member_id == taker
    assert await told(shop, giver) == ["COUPON_ISSUED", "COUPON_GIFTED"]
    assert await told(shop, taker) == ["COUPON_GIFTED"]
    change = await models.CouponChange.get(coupon_id=coupon_id, ordinal=1)
    assert (change.kind, change.from_member_id, change.member_id) == ("GIFTED", giver, taker)
    with pytest.raises(InvalidInput):
        await coupons.gift(shop.engine, shop.actor, ref, MemberRef(id=taker), key=new_key())


async def test_others_stay_with_their_member(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF)
    giver, taker = await shop.enrol(), await shop.enrol()
    (coupon_id,) = (await issue(shop, giver)).coupon_ids
    with pytest.raises(CouponNotAvailable) as refusal:
        await coupons.gift(shop.engine, shop.actor, CouponRef(id=coupon_id), MemberRef(id=taker), key=new_key())
    assert refusal.value.facts == {"reason": "NOT_TRANSFERABLE"}
    assert (await models.Coupon.get(id=coupon_id)).member_id == giver


async def test_what_is_void_stays_void(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF)
    member = await shop.enrol()
    (coupon_id,) = (await issue(shop, member)).coupon_ids
    await coupons.void(shop.engine, shop.actor, CouponRef(id=coupon_id), reason="a mistake", key=new_key())
    with pytest.raises(CouponNotInState) as refusal:
        await coupons.extend(
            shop.engine, shop.actor, CouponRef(id=coupon_id), until=NOON + DAY, reason=None, key=new_key()
        )
    assert refusal.value.facts["state"] == "VOID"
    assert [kind for _, kind, _ in await changes(coupon_id)] == ["ISSUED", "VOIDED"]
    await tally(shop, issued=1, voided=1)


async def test_time_ends_a_coupon_and_staff_lets_it_live_again(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, {"validity": {"relative": {"days": 1}}})
    member = await shop.enrol()
    (coupon_id,) = (await issue(shop, member)).coupon_ids
    await programs.set_clock(shop.program.id, NOON + 5 * DAY)
    program = await shop.engine.program(shop.program.id)
    assert await coupon_sweep.sweep(shop.engine, program, 10) == 1
    assert await coupon_sweep.sweep(shop.engine, program, 10) == 0
    assert (await models.Coupon.get(id=coupon_id)).state == "EXPIRED"
    await tally(shop, issued=1, expired=1)
    ref, until = CouponRef(id=coupon_id), NOON + 9 * DAY
    await coupons.extend(shop.engine, shop.actor, ref, until=until, reason="sorry", key=new_key())
    row = await models.Coupon.get(id=coupon_id)
    assert (row.state, row.expires_at) == ("ISSUED", until)
    assert [(kind, actor) for _, kind, actor in await changes(coupon_id)][1:] == [
        ("EXPIRED", "system"),
        ("EXTENDED", shop.actor.credential),
    ]
    assert await told(shop, member) == ["COUPON_ISSUED", "COUPON_EXPIRED", "COUPON_EXTENDED"]
    await tally(shop, issued=1)
