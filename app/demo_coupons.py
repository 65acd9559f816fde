"""The coupons of the demo's live part: their templates, and what customers and their friends do with them.

Whoever has coupons uses the best of them without naming any. Besides, some find a coupon in their post before they buy,
some buy one with points, some type a code, and some bring a friend, to whom they give one.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import models
from app.demo_life import picked
from domain.campaigns import CampaignKind
from domain.coupons import CouponOrigin, CouponState
from domain.refusals import Refusal
from services import campaigns, coupon_batches, coupons, members, orders
from services.actors import Actor
from services.campaign_forms import VersionRequest
from services.campaign_rows import CampaignRef
from services.campaigns import NewCampaign
from services.coupons import CouponRef
from services.engine import Engine
from services.members import Enrolment, MemberRef
from services.orders import OrderRequest

SPRING = "SPRING10"
"""The template of the code that everybody may use, and the code itself."""
MAILING = "FIVE_OFF_FORTY"
BOUGHT = "LISTENER"
"""The template of the coupons that customers buy with points, and give to friends."""
FLYER = "FLYER"
FLYERS = 1_000
PREFIX = "CD97"
"""What the codes on the flyers begin with."""

TEMPLATES: Mapping[str, tuple[str, VersionRequest]] = {
    SPRING: (
        "Spring: 10 % off, 5 dollars at most",
        VersionRequest(
            effects=[{"percentOff": {"percent": "10", "cap": "5"}}],
            stacking_group="CODE",
            limits={"total": 500, "perMember": 1},
            coupon={"sharedCode": SPRING},
        ),
    ),
    MAILING: (
        "5 dollars off from 40",
        VersionRequest(
            effects=[{"amountOff": {"amount": "5"}}],
            conditions={"minimumSpend": {"amount": "40"}},
            coupon={"validity": {"relative": {"days": 60}}, "graceDays": 14},
        ),
    ),
    BOUGHT: (
        "2 dollars off, for 100 points",
        VersionRequest(
            effects=[{"amountOff": {"amount": "2"}}],
            limits={"perMemberDay": 1},
            coupon={
                "validity": {"relative": {"months": 3}},
                "claimable": True,
                "price": {"asset": "POINTS", "amount": "100"},
                "transferable": True,
            },
        ),
    ),
    FLYER: (
        "A flyer's 2 dollars off",
        VersionRequest(
            effects=[{"amountOff": {"amount": "2"}}],
            stacking_group="CODE",
            limits={"total": 5 * FLYERS},
            coupon={"prefix": PREFIX},
        ),
    ),
    "VIP": (
        "A reward for a new tier",
        VersionRequest(
            effects=[
                {
                    "amountOffByTier": {
                        "tiers": [
                            {"tier": "COLLECTOR", "amount": "2"},
                            {"tier": "CURATOR", "amount": "4"},
                            {"tier": "VIRTUOSO", "amount": "8"},
                        ]
                    }
                }
            ],
            coupon={"validity": {"relative": {"months": 3}}},
        ),
    ),
    "FIRST_DISC": (
        "A first disc for 20 % less",
        VersionRequest(
            effects=[{"percentOff": {"percent": "20", "cap": "10"}}],
            conditions={"firstOrder": {}},
            coupon={"validity": {"relative": {"days": 30}}},
        ),
    ),
    "WELCOME": (
        "Welcome: a first disc for less, and 5 dollars off from 40",
        VersionRequest(
            effects=[],
            limits={"perMember": 1},
            coupon={"bundle": [{"template": "FIRST_DISC", "count": 1}, {"template": MAILING, "count": 1}]},
        ),
    ),
}
"""By code; a bundle comes after its parts."""

MAILED_OF = 3
"""Of so many customers who buy, one found a coupon in their post."""
BOUGHT_OF = 4
"""Of so many, one buys a coupon with points first, if the points suffice."""
SPRING_OF = 5
"""Of so many orders, one names the code that everybody may use."""
FLYER_OF = 6
"""Of so many others, one names the code of a flyer."""
FRIEND_OF = 10
"""Of so many customers who buy, one brings a friend."""
FRIENDS = "cdnow-friend"
"""Source of the friends and of what they buy, each by the order of who brought them."""


async def publish(engine: Engine, actor: Actor, starts_at: datetime) -> None:
    """Publish the templates, to run from an instant on, and ask for the codes of the flyers; a server makes them.

    Nothing happens to what is there.
    """
    kind = CampaignKind.COUPON
    for code, (name, version) in TEMPLATES.items():
        request, key = replace(version, starts_at=starts_at), f"demo:draft:{code}"
        await campaigns.draft(engine, actor, NewCampaign(code, name), request, key=key, kind=kind)
        key = f"demo:publish:{code}"
        await campaigns.publish(engine, actor, CampaignRef(code=code), version=1, key=key, kind=kind)
    ref, why = CampaignRef(code=FLYER), "Flyers for the record fair"
    await coupon_batches.generate(engine, actor, ref, size=FLYERS, reason=why, key="demo:flyers")


async def mail(engine: Engine, actor: Actor, ref: MemberRef, *, key: str) -> models.Coupon:
    """Send a coupon to a member; with the same key, once. Raises what the service does."""
    why, template = "Spring mailing", CampaignRef(code=MAILING)
    issued = await coupons.issue(engine, actor, ref, template, count=1, reason=why, key=key)
    return await models.Coupon.get(id=issued.coupon_ids[0])


async def have(engine: Engine, actor: Actor, request: OrderRequest) -> None:
    """Let the customer get coupons before they buy, by post or for points, if theirs is such an order."""
    assert request.member is not None, "every order of the demo is a member's"
    name = f"{request.source}:{request.external_id}"
    try:
        if picked(request, MAILED_OF, "mail"):
            await mail(engine, actor, request.member, key=f"demo:mail:{name}")
        if picked(request, BOUGHT_OF, "coupon"):
            await _bought(engine, actor, request.member, name)
    except Refusal:
        return  # the points do not suffice, or the member is frozen, say: the show goes on


async def code_for(engine: Engine, actor: Actor, request: OrderRequest) -> str | None:
    """Return the code that the customer types; None for most, whose best coupons are chosen."""
    assert actor.program_id is not None, "the demo has a program"
    if picked(request, SPRING_OF, "spring"):
        # Who names many codes that are none is not listened to any more, and somebody may have ended the template.
        return SPRING if (await engine.program(actor.program_id)).template(SPRING) else None
    if not picked(request, FLYER_OF, "flyer"):
        return None
    unused = {"member_id": None, "origin": CouponOrigin.BATCH.value, "state": CouponState.ISSUED.value}
    flyer = await models.Coupon.filter(program_id=actor.program_id, **unused).order_by("id").first()
    return coupons.code_of(engine, flyer, {"prefix": PREFIX}) if flyer else None


async def bring_friend(engine: Engine, actor: Actor, request: OrderRequest) -> None:
    """Let the customer bring a friend, give them a coupon, and let them buy the same, if theirs is such an order.

    A friend joins the program, and gets the coupons of all who do.
    """
    if not picked(request, FRIEND_OF, "friend"):
        return
    assert request.member is not None, "every order of the demo is a member's"
    assert request.member.identity is not None, "who is named by their number in the data"
    name = f"{request.source}:{request.external_id}"
    friend = MemberRef(identity=(FRIENDS, name))
    assert friend.identity is not None, "it was named just now"
    enrolment = Enrolment(
        name=f"Friend of {request.member.identity[1]}",
        identities=[friend.identity],
        referred_by=request.member,
        occurred_at=request.occurred_at,
    )
    same = replace(request, source=FRIENDS, external_id=name, member=friend)
    try:
        await members.enrol(engine, actor, enrolment, key=f"demo:friend:{name}")
        await _given(engine, actor, request.member, friend, name)
        await orders.commit(engine, actor, same, key=f"demo:order:{name}:friend")
    except Refusal:
        return  # the customer is frozen, say: the show goes on


async def _bought(engine: Engine, actor: Actor, ref: MemberRef, name: str) -> CouponRef:
    """Let a member buy a coupon with points. Raises what the service does."""
    template = CampaignRef(code=BOUGHT)
    claimed = await coupons.claim(engine, actor, ref, template, None, key=f"demo:coupon:{name}")
    return CouponRef(id=claimed.coupon_ids[0])


async def _given(engine: Engine, actor: Actor, giver: MemberRef, friend: MemberRef, name: str) -> None:
    """Let a customer buy a coupon and give it to a friend. Nothing happens when it is refused."""
    try:
        coupon = await _bought(engine, actor, giver, f"{name}:given")
        await coupons.gift(engine, actor, coupon, friend, key=f"demo:given:{name}")
    except Refusal:
        return  # the points do not suffice, say: they come without
