"""Coupons of every kind, in the town that the verifier's tests tamper with: had, used, let go, given back, and made."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import models
from services import (
    balances,
    coupon_batches,
    coupon_making,
    coupon_sweep,
    coupons,
    occasions,
    order_life,
    orders,
    programs,
)
from services.campaign_rows import CampaignRef
from services.coupons import CouponRef
from services.members import MemberRef
from services.occasions import EventRequest
from services.order_life import OrderRef
from services.orders import LineRequest
from tests.factories import World, campaign, coupon_template, new_key, order

STORE: dict[str, Any] = {"store": {"codes": ["S7"]}}
"""Where they apply, and nothing else in the town happens."""
OFF: list[dict[str, Any]] = [{"amountOff": {"amount": "5"}}]
SHARE: list[dict[str, Any]] = [{"percentOff": {"percent": "10", "match": {"skus": ["CD"]}}}, {"addTag": {"tag": "CP"}}]
LIMITS = {"perMember": 90, "perMemberDay": 80, "perDay": 700, "total": 600}
LINES = [LineRequest("1", "CD", 3, Decimal("20.00")), LineRequest("2", "LP", 2, Decimal("19.99"))]


async def publish(shop: World) -> dict[str, models.Campaign]:
    """Publish a template of each kind, and campaigns that give coupons."""
    program, week = shop.program.id, {"validity": {"relative": {"days": 7}}}
    price = {"asset": "POINTS", "amount": "10"}
    pack = [{"template": "CP-OFF", "count": 2}, {"template": "CP-SHARE", "count": 1}]
    return {
        "off": await coupon_template(
            program, "CP-OFF", OFF, week | {"transferable": True, "graceDays": 3}, STORE, limits=LIMITS
        ),
        "share": await coupon_template(
            program, "CP-SHARE", SHARE, {"claimable": True, "price": price, "returnable": False}, STORE, limits=LIMITS
        ),
        "code": await coupon_template(
            program, "CP-CODE", SHARE, {"sharedCode": "HELLO7"}, STORE, limits=LIMITS, audience="EVERYONE"
        ),
        "pack": await coupon_template(program, "CP-PACK", [], {"bundle": pack, "claimable": True}, limits=LIMITS),
        "thanks": await campaign(
            program, "CP-THANKS", [{"issueCoupon": {"template": "CP-PACK"}}], {"store": {"codes": ["S8"]}}
        ),
        "visit": await campaign(
            program,
            "CP-VISIT",
            [{"issueCoupon": {"template": "CP-OFF", "count": 2}}],
            {"event": {"codes": ["CP"]}},
            trigger="EVENT",
        ),
    }


async def have(shop: World, member: UUID, code: str = "CP-OFF", count: int = 1) -> list[UUID]:
    ref = CampaignRef(code=code)
    told: dict[str, Any] = {"count": count, "reason": "a present", "key": new_key()}
    return list((await coupons.issue(shop.engine, shop.actor, MemberRef(id=member), ref, **told)).coupon_ids)


async def claim(shop: World, member: UUID, template: str | None, code: str | None = None) -> UUID:
    ref = CampaignRef(code=template) if template else None
    outcome = await coupons.claim(shop.engine, shop.actor, MemberRef(id=member), ref, code, key=new_key())
    return outcome.coupon_ids[0]


async def code_of(shop: World, coupon_id: UUID) -> str:
    code = coupons.code_of(shop.engine, await models.Coupon.get(id=coupon_id), {})
    assert code is not None
    return code


async def hold(shop: World, member: UUID | None, *codes: str, seconds: int = 900) -> OrderRef:
    request = order(member, lines=LINES, store="S7", coupon_codes=list(codes) or None)
    held = await orders.hold(shop.engine, shop.actor, request, seconds=seconds, key=new_key())
    return OrderRef(id=held.order_id)


async def buy(shop: World, member: UUID | None, *codes: str, store: str = "S7") -> OrderRef:
    bought = await shop.buy(member, lines=LINES, store=store, coupon_codes=list(codes) or None)
    return OrderRef(id=bought.order_id)


async def give_back(shop: World, ref: OrderRef, *lines: tuple[str, int]) -> None:
    await order_life.return_(shop.engine, shop.actor, ref, list(lines) or None, reason=None, key=new_key())


async def sweep(shop: World, **time: int) -> None:
    """Move the program's clock on, and let time do what it does."""
    program = await shop.engine.program(shop.program.id)
    await programs.set_clock(program.id, program.now() + timedelta(**time))
    program = await shop.engine.program(shop.program.id)
    while await balances.sweep(shop.engine, program, 100):
        pass
    while await coupon_sweep.sweep(shop.engine, program, 100):
        pass


async def make(shop: World, size: int) -> UUID:
    """Ask for a batch of codes, and make them."""
    ref = CampaignRef(code="CP-OFF")
    asked = await coupon_batches.generate(shop.engine, shop.actor, ref, size=size, reason=None, key=new_key())
    while await coupon_making.make_chunk(shop.engine):
        pass
    return asked.batch_id


async def build(shop: World) -> dict[str, Any]:
    """Let members have and use coupons, and return the ids that the cases tamper with."""
    made = await publish(shop)
    owner, friend, late = [await shop.enrol(name=name) for name in ("Owner", "Friend", "Coming")]
    await shop.give(owner, "900")
    used, given, void = await have(shop, owner, count=3)
    bought_coupon = await claim(shop, owner, "CP-SHARE")
    await claim(shop, friend, "CP-PACK")
    await have(shop, friend, "CP-PACK")
    common = shop.engine, shop.actor
    await coupons.gift(*common, CouponRef(id=given), MemberRef(id=friend), key=new_key())
    await coupons.void(*common, CouponRef(id=void), reason="a mistake", key=new_key())
    bought = await buy(shop, owner, await code_of(shop, used), await code_of(shop, bought_coupon))
    kept = (await have(shop, owner))[0]
    back = await buy(shop, owner, await code_of(shop, kept), "hello7")
    await give_back(shop, back, ("1", 1))
    await give_back(shop, back)
    whole = await buy(shop, owner, await code_of(shop, await claim(shop, owner, "CP-SHARE")))
    await give_back(shop, whole)
    ids = await _held(shop, owner) | await _given(shop, owner) | await _codes(shop, owner, late)
    await sweep(shop, days=10)
    extended, expired = await have(shop, friend, count=2)
    await sweep(shop, days=9)
    until = (await shop.engine.program(shop.program.id)).now() + timedelta(days=30)
    await coupons.extend(*common, CouponRef(id=extended), until=until, reason=None, key=new_key())
    still = await hold(shop, friend, await code_of(shop, extended))
    ids |= {
        "owner": owner,
        "friend": friend,
        "used_coupon": used,
        "given_coupon": given,
        "void_coupon": void,
        "bought_coupon": bought_coupon,
        "kept_coupon": kept,
        "bought_with": bought.id,
        "brought_back": back.id,
        "returned_whole": whole.id,
        "extended_coupon": extended,
        "expired_coupon": expired,
        "held_with": still.id,
    }
    return ids | await _ids(shop, made, ids)


async def _held(shop: World, owner: UUID) -> dict[str, Any]:
    """Hold orders with coupons: one runs out, one is cancelled, of two a part is captured."""
    (one,) = await have(shop, owner)
    lapsed, shared = await hold(shop, owner, seconds=60), await hold(shop, owner, "HELLO7", seconds=60)
    await sweep(shop, minutes=2)
    await order_life.capture(*(shop.engine, shop.actor), shared, key=new_key())
    cancelled = await hold(shop, owner)
    await order_life.cancel(shop.engine, shop.actor, cancelled, key=new_key())
    part = await hold(shop, owner, await code_of(shop, one), "HELLO7")
    await order_life.capture(shop.engine, shop.actor, part, [("1", 1), ("2", 1)], key=new_key())
    await give_back(shop, part, ("2", 1))
    (other,) = await have(shop, owner, "CP-SHARE")
    none = await hold(shop, owner, await code_of(shop, other))
    await order_life.capture(shop.engine, shop.actor, none, [("2", 2)], key=new_key())
    return {"lapsed_order": lapsed.id, "part_coupon": one, "part_with": part.id, "shared_late": shared.id}


async def _given(shop: World, owner: UUID) -> dict[str, Any]:
    """Let campaigns give coupons, for an order that comes back in part and for a visit."""
    gave = await buy(shop, owner, store="S8")
    await give_back(shop, gave, ("1", 1))
    again = await buy(shop, owner, store="S8")
    await give_back(shop, again)
    held = await orders.hold(shop.engine, shop.actor, order(owner, lines=LINES, store="S8"), seconds=900, key=new_key())
    await order_life.capture(shop.engine, shop.actor, OrderRef(id=held.order_id), [("1", 1)], key=new_key())
    request = EventRequest(MemberRef(id=owner), "CP", [])
    visit = await occasions.record_event(shop.engine, shop.actor, request, key=new_key())
    row = await models.OrderEffect.get(order_id=gave.id, kind="ISSUE_COUPON")
    facts: dict[str, Any] = dict(row.facts)
    counts = {key: pieces + 1 for key, pieces in facts["counts"].items()}
    return {
        "gave": gave.id,
        "gave_ordinal": row.ordinal,
        "gave_more": json.dumps(facts | {"counts": counts}),
        "cp_visit": visit.occasion_id,
    }


async def _codes(shop: World, owner: UUID, late: UUID) -> dict[str, Any]:
    """Make codes; let one be taken, one be used by its member at once, one by a guest, and one be void."""
    batch = await make(shop, 5)
    codes = [row.id for row in await models.Coupon.filter(origin_id=batch).order_by("id")]
    taken = await claim(shop, owner, None, await code_of(shop, codes[0]))
    await buy(shop, owner, await code_of(shop, codes[1]))
    guest = await buy(shop, None, "HELLO7")
    await order_life.claim(shop.engine, shop.actor, guest, MemberRef(id=late), key=new_key())
    await give_back(shop, guest)
    await coupons.void(shop.engine, shop.actor, CouponRef(id=codes[2]), reason="lost", key=new_key())
    ref = CampaignRef(code="CP-OFF")
    asked = await coupon_batches.generate(shop.engine, shop.actor, ref, size=7, reason=None, key=new_key())
    await coupon_batches.cancel(shop.engine, shop.actor, asked.batch_id, key=new_key())
    return {"batch": batch, "cancelled_batch": asked.batch_id, "taken_coupon": taken, "free_code": codes[3]}


async def _ids(shop: World, made: dict[str, models.Campaign], ids: dict[str, Any]) -> dict[str, Any]:
    effects = await models.OrderEffect.filter(order_id=ids["bought_with"]).order_by("ordinal")
    used = next(row for row in effects if row.facts.get("coupon") == str(ids["used_coupon"]))
    facts: dict[str, Any] = dict(used.facts)
    held = next(row for row in await models.OrderEffect.filter(order_id=ids["held_with"]) if "coupon" in row.facts)
    gave = await models.Order.get(id=ids["gave"])
    keys = await models.Idempotency.filter(program_id=shop.program.id)
    issue = next(row for row in keys if (row.outcome or {}).get("coupons"))
    asked = next(row for row in keys if (row.outcome or {}).get("batch"))
    return {
        **{f"cp_{name}": row.id for name, row in made.items()},
        "told_of_other": json.dumps({"coupon": str(ids["given_coupon"])}),
        "facts_of_none": json.dumps({name: part for name, part in facts.items() if name != "coupon"}),
        "facts_of_nobody": json.dumps(facts | {"coupon": str(UUID(int=7))}),
        "facts_of_other": json.dumps(facts | {"coupon": str(ids["bought_coupon"])}),
        "facts_of_kept": json.dumps(facts | {"coupon": str(ids["kept_coupon"])}),
        "used_ordinal": used.ordinal,
        "held_ordinal": held.ordinal,
        "shared_coupon": (await models.Coupon.get(order_id=ids["shared_late"])).id,
        "gave_less": json.dumps(gave.consumed[1:]),
        "coupon_key": issue.key,
        "coupon_scope": issue.scope,
        "batch_key": asked.key,
        "batch_scope": asked.scope,
        "outcome_no_coupon": json.dumps((issue.outcome or {}) | {"coupons": [str(UUID(int=7))]}),
        "outcome_no_batch": json.dumps((asked.outcome or {}) | {"batch": str(UUID(int=7))}),
    }
