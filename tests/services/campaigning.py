"""Campaigns of every form, in the town that the verifier's tests tamper with: what they gave, and what may be wrong."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import models
from domain.campaigns import Audience, Trigger
from services import balances, occasions, order_life, orders, programs
from services.members import MemberRef
from services.occasions import EventRequest
from services.order_life import OrderRef
from services.orders import LineRequest
from tests.factories import World, campaign, new_key, order

STORE: dict[str, Any] = {"store": {"codes": ["S9"]}}
"""Where they all apply, and nothing else in the town happens."""
CD, LP = {"skus": ["CD"]}, {"categories": ["VINYL"]}
ORDERS: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "MEMBER": ([{"percentOff": {"percent": "12.5", "match": CD, "cap": "9"}}], {"step": "MEMBER_PRICE", "priority": 1}),
    "TIERED": ([{"percentOffByTier": {"tiers": [{"tier": "SILVER", "percent": "3"}]}}], {}),
    "LESS": (
        [{"amountOff": {"amount": "1.50", "every": "20", "times": 3}}],
        {
            "stacking_group": "G",
            "limits": {"perOrder": 2, "perMember": 9, "perMemberDay": 9, "perDay": 99, "total": 999},
            "budget": {"money": "500", "count": 100, "points": {"asset": "POINTS", "amount": "9999"}},
        },
    ),
    "SAME": ([{"amountOff": {"amount": "1"}}], {"stacking_group": "G", "priority": 11}),
    "STAGED": ([{"amountOffStaged": {"brackets": [{"from": "5", "amount": "1"}, {"from": "9", "amount": "2"}]}}], {}),
    "CHEAP": ([{"cheapestOff": {"group": 2, "free": 1, "percent": "33"}}], {"priority": 12}),
    "NTH": ([{"nthItemOff": {"n": 2, "percent": "10", "match": LP}}], {"priority": 13}),
    "FIXED": ([{"fixedPrice": {"price": "15.25", "match": LP}}], {"priority": 14}),
    "BUNDLE": ([{"bundlePrice": {"quantity": 2, "price": "25", "match": LP}}], {"priority": 15}),
    "SWAP": ([{"exchange": {"match": {"skus": ["LP", "LP2"]}, "quantity": 2, "price": "7.77"}}], {"priority": 15}),
    "FACE": ([{"amountOffByTier": {"tiers": [{"tier": "MEMBER", "amount": "1.23"}]}}], {"priority": 15}),
    "FREIGHT": ([{"shippingOff": {"percent": "50"}}, {"shippingOff": {"amount": "1"}}], {}),
    "CAKE": ([{"gift": {"sku": "CAKE", "name": "Cake", "quantity": 2, "every": "15", "times": 2}}], {"priority": 16}),
    "EXTRA": (
        [{"earn": {"asset": "POINTS", "points": "2", "per": "1", "rounding": "DOWN", "basis": "LISTED", "match": CD}}],
        {"budget": {"points": {"asset": "POINTS", "amount": "9999"}}, "limits": {"perMember": 9}},
    ),
    "NET": (
        [{"earn": {"asset": "POINTS", "points": "1", "per": "2", "rounding": "UP", "basis": "DISCOUNTED"}}],
        {
            "calendar": {
                "monthDay": {"days": [*range(1, 32)]},
                "hours": {"from": "11:00", "until": "13:00"},
            }
        },
    ),
    "PART": ([{"earn": {"asset": "POINTS", "points": "1", "per": "3", "rounding": "HALF_UP", "shipping": False}}], {}),
    "STEP": ([{"earnStaged": {"asset": "POINTS", "brackets": [{"from": "10", "points": "7"}]}}], {}),
    "FLAT": ([{"earnFixed": {"asset": "POINTS", "points": "11"}}, {"addTag": {"tag": "VIP"}}], {}),
    "DOUBLE": ([{"multiplyEarn": {"asset": "POINTS", "factor": "2"}}], {}),
    "GROW": ([{"addProgress": {"ladder": "STANDARD", "amount": "3"}}], {}),
    "LEFT": ([{"amountOff": {"amount": "1"}}], {"holdout": 10_000}),
    "SHUT": ([{"amountOff": {"amount": "1"}}], {"calendar": {"hours": {"from": "03:00", "until": "03:01"}}}),
    "SMALL": ([{"amountOff": {"amount": "1"}}], {"budget": {"money": "0.50"}}),
    "ONCE": ([{"earnFixed": {"asset": "POINTS", "points": "1"}}], {"limits": {"perMember": 1}}),
    "OPEN": ([{"percentOff": {"percent": "10"}}], {"audience": Audience.EVERYONE.value, "limits": {"total": 99}}),
}
"""Code → its effects, and what else its version says."""


def _basket() -> list[LineRequest]:
    return [
        LineRequest("1", "CD", 3, Decimal("20.00")),
        LineRequest("2", "LP", 2, Decimal("19.99"), category="VINYL"),
        LineRequest("3", "LP2", 1, Decimal("24.50"), category="VINYL"),
    ]


async def _publish(shop: World) -> dict[str, models.Campaign]:
    made = {}
    for code, (effects, says) in ORDERS.items():
        made[code] = await campaign(shop.program.id, code, effects, STORE, **says)
    unmet = {"all": [STORE, {"minimumSpend": {"amount": "100000"}}]}
    made["UNMET"] = await campaign(shop.program.id, "UNMET", [{"amountOff": {"amount": "1"}}], unmet)
    visit: dict[str, Any] = {"event": {"codes": ["VISIT"]}}
    gives = [{"earnFixed": {"asset": "POINTS", "points": "5"}}, {"addTag": {"tag": "GUEST"}}]
    limits = {"perMember": 2, "perMemberDay": 9}
    made["VISIT"] = await campaign(
        shop.program.id, "VISIT", gives, visit, trigger=Trigger.EVENT.value, limits=limits, budget={"count": 99}
    )
    return made


async def build(shop: World) -> dict[str, Any]:
    """Let a patron, and guests, use all campaigns, and return the ids that the cases tamper with."""
    made = await _publish(shop)
    patron, late = await shop.enrol(name="Patron"), await shop.enrol(name="Late")
    await shop.give(patron, "900")
    facts: dict[str, Any] = {"store": "S9", "shipping": Decimal(8)}
    spend = [("POINTS", Decimal(100))]
    bought = (await shop.buy(patron, lines=_basket(), spend=spend, **facts)).order_id
    again = (await shop.buy(patron, lines=_basket(), **facts)).order_id
    ref = OrderRef(id=again)
    await order_life.return_(shop.engine, shop.actor, ref, [("1", 1), ("3", 1)], reason=None, key=new_key())
    kept = []
    for seconds in (60, 900, 900, 900):
        request = order(patron, lines=_basket(), spend=spend, **facts)
        held = await orders.hold(shop.engine, shop.actor, request, seconds=seconds, key=new_key())
        assert held.order_id is not None
        kept.append(OrderRef(id=held.order_id))
    ran_out, cancelled, part, _ = kept
    await order_life.cancel(shop.engine, shop.actor, cancelled, key=new_key())
    await order_life.capture(shop.engine, shop.actor, part, [("1", 2), ("2", 1)], key=new_key())
    guest = (await shop.buy(None, lines=_basket(), **facts)).order_id
    claimed = (await shop.buy(None, lines=_basket(), **facts)).order_id
    await order_life.claim(shop.engine, shop.actor, OrderRef(id=claimed), MemberRef(id=late), key=new_key())
    visits = [await _visit(shop, patron) for _ in range(3)]
    program = await shop.engine.program(shop.program.id)
    await programs.set_clock(program.id, program.now() + timedelta(minutes=2))
    while await balances.sweep(shop.engine, await shop.engine.program(program.id), 100):
        pass
    return await _ids(made, bought, claimed, visits) | {
        "patron": patron,
        "claimer": late,
        "bought": bought,
        "again": again,
        "ran_out_order": ran_out.id,
        "guest_in_store": guest,
        "claimed_order": claimed,
        "visit": visits[0],
        "idle_visit": visits[2],
    }


async def _visit(shop: World, member: UUID) -> UUID:
    request = EventRequest(MemberRef(id=member), "VISIT", [("place", "north")])
    outcome = await occasions.record_event(shop.engine, shop.actor, request, key=new_key())
    assert outcome.occasion_id is not None
    return outcome.occasion_id


async def _ids(made: dict[str, models.Campaign], bought: UUID, claimed: UUID, visits: list[UUID]) -> dict[str, Any]:
    given = await models.OrderEffect.filter(order_id=bought).order_by("ordinal")
    codes = {row.id: code for code, row in made.items()}
    names: dict[str, int] = {}
    for effect in given:
        if effect.campaign_id in codes:
            names.setdefault(codes[effect.campaign_id], effect.ordinal)
    row = await models.Order.get(id=bought)
    occasion = await models.Occasion.get(id=visits[0])
    event = await models.Event.get(occasion_id=visits[0])
    told = await models.Event.get(order_id=claimed, kind="ORDER_CLAIMED")
    line_event = (
        await models.Event.filter(member_id=event.member_id, kind="BALANCE_CHANGED", order_id=bought)
        .order_by("position")
        .first()
    )
    assert line_event is not None
    key = await models.Idempotency.filter(scope__endswith=":eventRecord").order_by("recorded_at").first()
    line = await models.OrderLine.get(order_id=bought, campaign_id=made["CAKE"].id)
    assert key is not None
    reasons = {
        codes[UUID(str(one["campaign"]))]: one["reason"]
        for one in row.not_applied
        if UUID(str(one["campaign"])) in codes
    }
    assert reasons == {
        "TIERED": "NOTHING_TO_GIVE",
        "SAME": "EXCLUDED",
        "LEFT": "HELD_OUT",
        "SHUT": "OUTSIDE_CALENDAR",
        "SMALL": "BUDGET_SPENT",
        "UNMET": "CONDITION_NOT_MET",
    }, reasons
    by_code = {code: given[ordinal] for code, ordinal in names.items()}
    return (
        {f"of_{code.lower()}": ordinal for code, ordinal in names.items()}
        | {f"campaign_{code.lower()}": one.id for code, one in made.items()}
        | {f"facts_{code.lower()}": json.dumps(_next(one.facts)) for code, one in by_code.items()}
        | {f"said_{name}": said for name, said in _explanations(by_code).items()}
        | {f"reasons_{name}": said for name, said in _reasons(row.not_applied, made).items()}
        | {
            "gift_line": line.ordinal,
            "award": occasion.transfer_id,
            "visit_position": event.position,
            "claim_position": told.position,
            "patron_line": line_event.position,
            "patron_account": line_event.account_id,
            "visit_key": key.key,
            "visit_scope": key.scope,
            "outcome_no_visit": json.dumps((key.outcome or {}) | {"occasion": str(UUID(int=7))}),
            "outcome_no_version": json.dumps({"campaign": str(made["VISIT"].id), "version": 2}),
            "consumed_more": json.dumps([row.consumed[0] | {"money": 301}, *row.consumed[1:]]),
            "consumed_twice": json.dumps([*row.consumed, row.consumed[0]]),
            "consumed_later": json.dumps([row.consumed[0] | {"day": "2027-04-08"}, *row.consumed[1:]]),
        }
    )


def _next(facts: dict[str, Any]) -> dict[str, Any]:
    """Return facts of which the first number is another."""
    name = next(name for name in ("basis", "points", "before", "quantity") if name in facts)
    return facts | {name: facts[name] + 1}


def _explanations(effects: dict[str, Any]) -> dict[str, str]:
    """Return explanations that are not those of their effects."""
    off, gift = effects["MEMBER"].explanation, effects["CAKE"].explanation
    return {
        "other_amount": json.dumps(off | {"text": "7.51 CNY off CD: 12.5 %."}),
        "other_currency": json.dumps(off | {"text": "7.50 EUR off CD: 12.5 %."}),
        "other_steps": json.dumps(off | {"arithmetic": ["60.00 × 12.5 % = 7.51"]}),
        "other_pieces": json.dumps(gift | {"text": "3 × Cake as a gift."}),
        "other_gift_steps": json.dumps(gift | {"arithmetic": ["2 × 1 = 2"]}),
    }


def _reasons(listed: list[dict[str, Any]], made: dict[str, models.Campaign]) -> dict[str, str]:
    """Return lists of campaigns that did nothing, each of which says one thing that cannot be."""

    def other(code: str, **said: Any) -> str:
        own = str(made[code].id)
        return json.dumps([one | said if one["campaign"] == own else one for one in listed])

    unmet = next(one for one in listed if one["campaign"] == str(made["UNMET"].id))
    return {
        "no_version": other("SAME", ruleVersion="SAME v2"),
        "no_window": other("SAME", reason="OUTSIDE_WINDOW"),
        "no_group": other("SMALL", reason="EXCLUDED"),
        "no_limit": other("SMALL", reason="LIMIT_REACHED"),
        "no_budget": other("SAME", reason="BUDGET_SPENT"),
        "no_holdout": other("SAME", reason="HELD_OUT"),
        "no_member": other("SAME", reason="NO_MEMBER"),
        "no_calendar": other("UNMET", reason="OUTSIDE_CALENDAR"),
        "calendar_met": other("SHUT", conditions=[{"condition": "hours", "required": "a", "actual": "b", "met": True}]),
        "fewer_conditions": other("UNMET", conditions=unmet["conditions"][:1]),
        "condition_met": other("UNMET", conditions=[one | {"met": True} for one in unmet["conditions"]]),
        "conditions_unread": other("UNMET", conditions="none"),
    }
