"""`memberEvents` of coupons: what is done with a coupon arrives, once, at whom it concerns."""

from typing import Any
from uuid import UUID

from schema import ids
from services import coupons
from services.campaign_rows import CampaignRef
from services.coupons import CouponRef
from services.members import MemberRef
from tests.factories import coupon_template, new_key
from tests.live.conftest import Live, id_of
from tests.live.sockets import member_events

COUPON = """__typename position sequence member { id }
  ... on CouponEvent { couponId coupon { code state member { id } } }
  ... on CouponGifted { from { id } to { id } } ... on CouponUsed { order { externalId } }"""


async def issued(live: Live, member: UUID) -> UUID:
    outcome = await coupons.issue(
        live.engine, live.actor, MemberRef(id=member), CampaignRef(code="TEN"), count=1, reason=None, key=new_key()
    )
    (coupon_id,) = outcome.coupon_ids
    return coupon_id


async def test_a_member_is_told_of_its_coupon_as_it_is_issued_and_used(live: Live) -> None:
    await coupon_template(live.program.id, "TEN", [{"amountOff": {"amount": "10.00"}}])
    member = await live.enrol()
    async with live.subscribed(member_events(COUPON), live.token(member)) as stream:
        await live.listened_to(member)
        coupon_id = await issued(live, member)
        told = await stream.next()
        code = told["coupon"].pop("code")
        assert told == {
            "__typename": "CouponIssued",
            "position": live.cursor(member, 2),
            "sequence": "2",
            "member": {"id": id_of(member)},
            "couponId": ids.encode(ids.COUPON, coupon_id),
            "coupon": {"state": "ISSUED", "member": {"id": id_of(member)}},
        }
        await live.buy(member, "30.00", external_id="A-1", coupon_codes=[code])
        found: dict[str, Any] = {}
        while found.get("__typename") != "CouponUsed":
            found = await stream.next()
        assert (found["order"], found["coupon"]["state"], found["couponId"]) == (
            {"externalId": "A-1"},
            "USED",
            told["couponId"],
        )


async def test_a_gift_is_told_to_both_and_shown_to_who_has_it(live: Live) -> None:
    await coupon_template(live.program.id, "TEN", [{"amountOff": {"amount": "10.00"}}], {"transferable": True})
    giver, taker = await live.enrol(), await live.enrol()
    coupon_id = await issued(live, giver)
    async with (
        live.subscribed(member_events(COUPON), live.token(giver)) as given,
        live.subscribed(member_events(COUPON), live.token(taker)) as taken,
    ):
        await live.listened_to(giver)
        await live.listened_to(taker)
        await coupons.gift(live.engine, live.actor, CouponRef(id=coupon_id), MemberRef(id=taker), key=new_key())
        parted, got = await given.next(), await taken.next()
    what = {"__typename": "CouponGifted", "couponId": ids.encode(ids.COUPON, coupon_id)}
    for told, owner, shown in ((parted, giver, None), (got, taker, {"id": id_of(taker)})):
        assert told == told | what | {"member": {"id": id_of(owner)}}
        assert (told["coupon"] and told["coupon"]["member"]) == shown
    assert (parted["from"], parted["to"]) == ({"id": id_of(giver)}, None)
    assert (got["from"], got["to"]) == (None, {"id": id_of(taker)})
