"""Orders with discounts, gifts and claims: a preview is the commit without the writing, and every amount is told."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

import models
from domain.refusals import HoldExpired
from schema.payloads.errors import HoldExpiredError
from schema.types.explanation import NotApplied
from tests.api.conftest import Api
from tests.factories import campaign

DECIDED = """subtotal discountTotal shipping shippingDiscount spent payable paid due
  lines { ref sku name quantity unitPrice discount payable gift campaign { code } }
  waterfall { step before after effects { kind } }
  effects { __typename kind step campaign { code } explanation { text ruleVersion }
    ... on EarnEffect { asset { code } amount } ... on SpendEffect { asset { code } amount value }
    ... on MultiplyEarnEffect { asset { code } amount factor }
    ... on DiscountEffect { off: amount lines { ref amount } } ... on ShippingDiscountEffect { off: amount }
    ... on GiftEffect { sku name quantity ref } ... on TagEffect { tag } }
  notApplied { campaign { code } reason message remedy ruleVersion conditions { condition required actual met } }"""
PREVIEW = f"""query($input: OrderPreviewInput!) {{ orderPreview(input: $input) {{
  order {{ {DECIDED} }} userErrors {{ ... on UserError {{ code message }} }} }} }}"""
COMMIT = f"""mutation($input: OrderCommitInput!) {{ orderCommit(input: $input) {{
  order {{ id {DECIDED} }} userErrors {{ ... on UserError {{ code message }} }} }} }}"""
LOTS = """query($id: ID!) { order(by: {id: $id}) { effects { kind
  ... on EarnEffect { amount lots { amount lot { id amount } } }
  ... on MultiplyEarnEffect { amount lots { amount lot { id amount } } }
  ... on SpendEffect { amount lots { amount lot { id recordedAt } } } } } }"""
ENROLL = """mutation($input: MemberEnrollInput!) { memberEnroll(input: $input) { member { id number } } }"""
ADJUST = "mutation($input: BalanceAdjustInput!) { balanceAdjust(input: $input) { entry { id } } }"
CLAIM = """mutation($input: OrderClaimInput!) { orderClaim(input: $input) {
  order { id claimedAt payable member { number } waterfall { step before after }
    effects { __typename step ... on EarnEffect { amount asset { code } } } }
  member { number balance { available } } entries { amount asset { code } } replayed
  userErrors { __typename ... on UserError { code message field } ... on OrderStateError { state } } } }"""
LINES = [
    {"ref": "a", "sku": "TEA", "quantity": 2, "unitPrice": "30.00"},
    {"ref": "b", "sku": "CAKE", "quantity": 1, "unitPrice": "40.00"},
]


async def enrolled(api: Api, key: str = "member", points: int = 0) -> dict[str, str]:
    answer = await api.data(ENROLL, {"input": {"idempotencyKey": key}})
    member: dict[str, str] = answer["memberEnroll"]["member"]
    if points:
        gift = {"member": {"id": member["id"]}, "asset": "POINTS", "amount": points, "reason": "a gift"}
        await api.data(ADJUST, {"input": gift | {"idempotencyKey": f"{key} {points}"}})
    return member


async def everything(api: Api) -> None:
    """Publish a campaign for each kind of effect."""
    shop = api.program_id
    await campaign(shop, "PRICE", [{"percentOff": {"percent": "10"}}], step="MEMBER_PRICE")
    await campaign(shop, "TEA", [{"amountOff": {"amount": "4", "match": {"skus": ["TEA"]}}}], audience="EVERYONE")
    await campaign(shop, "CUP", [{"gift": {"sku": "CUP", "name": "Cup", "quantity": 2}}], audience="EVERYONE")
    await campaign(shop, "FREIGHT", [{"shippingOff": {"percent": "50"}}], audience="EVERYONE")
    await campaign(shop, "KNOWN", [{"addTag": {"tag": "tea"}}])
    big = {"minimumSpend": {"amount": "500"}}
    await campaign(shop, "BIG", [{"percentOff": {"percent": "5"}}], big)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    await campaign(shop, "OLD", [{"percentOff": {"percent": "5"}}], ends_at=yesterday)


def order(member: dict[str, str] | None, name: str = "O-1", **facts: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"source": "web", "externalId": name, "lines": LINES, "shipping": "10.00"} | facts
    return made | ({"member": {"id": member["id"]}} if member else {})


async def test_a_preview_of_every_kind_of_effect_is_its_commit(api: Api) -> None:
    await everything(api)
    member = await enrolled(api, points=500)
    asked = order(member, spend=[{"asset": "POINTS", "amount": 100}])
    previewed = (await api.data(PREVIEW, {"input": {"order": asked}}))["orderPreview"]
    assert previewed["userErrors"] == []
    committed = (await api.data(COMMIT, {"input": {"idempotencyKey": "1", "order": asked}}))["orderCommit"]
    assert {"id": committed["order"]["id"]} | previewed["order"] == committed["order"]
    found = committed["order"]
    amounts = ("subtotal", "discountTotal", "shipping", "shippingDiscount", "spent", "payable", "due")
    assert [found[name] for name in amounts] == ["100.00", "19.00", "10.00", "5.00", "1.00", "90.00", "90.00"]
    assert [(line["ref"], line["discount"], line["gift"], line["campaign"]) for line in found["lines"]] == [
        ("a", "10.00", False, None),
        ("b", "4.00", False, None),
        ("gift-1", "0.00", True, {"code": "CUP"}),
    ]
    assert [(line["step"], line["before"], line["after"], len(line["effects"])) for line in found["waterfall"]] == [
        ("MEMBER_PRICE", "110.00", "100.00", 1),
        ("PROMOTION", "100.00", "96.00", 2),
        ("COUPON", "96.00", "96.00", 0),
        ("SHIPPING", "96.00", "91.00", 1),
        ("ASSETS", "91.00", "90.00", 1),
        ("PAYMENT", "90.00", "90.00", 0),
        ("EARN", "90.00", "90.00", 2),
        ("PROGRESS", "90.00", "90.00", 1),
    ]
    effects = {effect["campaign"]["code"] if effect["campaign"] else "": effect for effect in found["effects"]}
    shares = [{"ref": "a", "amount": "6.00"}, {"ref": "b", "amount": "4.00"}]
    assert (effects["PRICE"]["__typename"], effects["PRICE"]["off"]) == ("DiscountEffect", "10.00")
    assert effects["PRICE"]["lines"] == shares
    assert effects["TEA"]["lines"] == [{"ref": "a", "amount": "4.00"}]
    assert (effects["FREIGHT"]["__typename"], effects["FREIGHT"]["off"]) == ("ShippingDiscountEffect", "5.00")
    cup = {"sku": "CUP", "name": "Cup", "quantity": 2, "ref": "gift-1"}
    assert effects["CUP"] == effects["CUP"] | cup
    assert (effects["KNOWN"]["tag"], effects["KNOWN"]["step"]) == ("tea", "PROGRESS")
    reasons = {reason["campaign"]["code"]: reason for reason in found["notApplied"]}
    assert (reasons["BIG"]["reason"], reasons["BIG"]["ruleVersion"]) == ("CONDITION_NOT_MET", "BIG v1")
    assert [row["met"] for row in reasons["BIG"]["conditions"]] == [False]
    assert (reasons["OLD"]["reason"], reasons["OLD"]["conditions"]) == ("OUTSIDE_WINDOW", [])


def test_a_reason_of_before_says_what_it_can() -> None:
    old = {"campaign": str(UUID(int=7)), "reason": "OUTSIDE_WINDOW", "message": "It does not run.", "remedy": None}
    found = NotApplied.of(old)
    assert (found.campaign_id, found.rule_version, found.conditions) == (UUID(int=7), None, [])


async def test_effects_name_the_lots_that_they_used_and_made(api: Api) -> None:
    member = await enrolled(api, points=60)
    await enrolled(api, points=70)  # the same key: the same member, a second lot
    await campaign(api.program_id, "TWICE", [{"multiplyEarn": {"asset": "POINTS", "factor": "2"}}], priority=200)
    asked = order(member, spend=[{"asset": "POINTS", "amount": 100}])
    made = (await api.data(COMMIT, {"input": {"idempotencyKey": "1", "order": asked}}))["orderCommit"]["order"]
    effects = (await api.data(LOTS, {"id": made["id"]}))["order"]["effects"]
    spend, *earned = effects
    assert [use["amount"] for use in spend["lots"]] == ["60", "40"]
    assert spend["lots"][0]["lot"]["recordedAt"] <= spend["lots"][1]["lot"]["recordedAt"]
    assert [(effect["kind"], effect["amount"]) for effect in earned] == [
        ("EARN", "109"),
        ("EARN", "109.00"),
        ("MULTIPLY_EARN", "109"),
    ]
    for effect in earned:
        (use,) = effect["lots"]
        assert use["amount"] == use["lot"]["amount"] == effect["amount"]
    used = [use["lot"]["id"] for effect in effects for use in effect["lots"]]
    assert len(set(used)) == 5
    token = await api.token_of(member["id"])
    assert (await api.data(LOTS, {"id": made["id"]}, token))["order"]["effects"] == effects


async def test_an_agent_does_not_see_the_lots_of_who_pays(api: Api) -> None:
    payer, agent = await enrolled(api, "payer", points=500), await enrolled(api, "agent")
    appoint = "mutation($input: AgentAppointInput!) { agentAppoint(input: $input) { userErrors { __typename } } }"
    right = {"payer": {"id": payer["id"]}, "agent": {"id": agent["id"]}, "asset": "POINTS", "idempotencyKey": "a"}
    await api.data(appoint, {"input": right})
    asked = order(agent, spend=[{"asset": "POINTS", "amount": 100}], payer={"id": payer["id"]})
    made = (await api.data(COMMIT, {"input": {"idempotencyKey": "1", "order": asked}}))["orderCommit"]["order"]
    everybody = (await api.data(LOTS, {"id": made["id"]}))["order"]["effects"]
    own = (await api.data(LOTS, {"id": made["id"]}, await api.token_of(agent["id"])))["order"]["effects"]
    paying = (await api.data(LOTS, {"id": made["id"]}, await api.token_of(payer["id"])))["order"]["effects"]
    assert [[len(effect["lots"]) for effect in found] for found in (everybody, own, paying)] == [
        [1, 1, 1],
        [0, 1, 1],
        [1, 0, 0],
    ]


async def test_a_preview_at_a_later_instant_knows_the_campaigns_of_then(api: Api) -> None:
    now = datetime.now(UTC)
    begins, ends = now + timedelta(days=30), now + timedelta(days=40)
    await campaign(api.program_id, "LATER", [{"percentOff": {"percent": "20"}}], starts_at=begins, ends_at=ends)
    member = await enrolled(api)
    payable = []
    for at in (None, begins - timedelta(seconds=1), begins, ends - timedelta(seconds=1), ends):
        asked = {"order": order(member), "at": at.isoformat() if at else None}
        payable.append((await api.data(PREVIEW, {"input": asked}))["orderPreview"]["order"]["payable"])
    assert payable == ["110.00", "110.00", "90.00", "90.00", "110.00"]


async def test_a_preview_knows_what_a_campaign_has_left(api: Api) -> None:
    once = {"perMember": 1}
    await campaign(api.program_id, "ONCE", [{"percentOff": {"percent": "20"}}], limits=once)
    member = await enrolled(api)
    await api.data(COMMIT, {"input": {"idempotencyKey": "1", "order": order(member)}})
    found = (await api.data(PREVIEW, {"input": {"order": order(member, "O-2")}}))["orderPreview"]["order"]
    assert (found["payable"], found["discountTotal"]) == ("110.00", "0.00")
    (reason,) = [row for row in found["notApplied"] if row["campaign"]["code"] == "ONCE"]
    assert reason["reason"] == "LIMIT_REACHED"


def test_a_hold_that_lost_the_use_of_a_campaign_names_no_asset() -> None:
    facts = {"asset": None, "available": Decimal("10.00"), "required": Decimal("20.00")}
    error = HoldExpiredError.of(HoldExpired("The hold has run out.", field=("order",), **facts))
    assert (error.asset, error.available, error.required) == (None, Decimal("10.00"), Decimal("20.00"))


async def test_a_guest_s_order_is_claimed_once(api: Api) -> None:
    made = (await api.data(COMMIT, {"input": {"idempotencyKey": "1", "order": order(None)}}))["orderCommit"]["order"]
    first, second = await enrolled(api, "first"), await enrolled(api, "second")
    asked = {
        "idempotencyKey": "claim",
        "order": {"identity": {"source": "web", "externalId": "O-1"}},
        "member": {"number": first["number"]},
    }
    claimed = (await api.data(CLAIM, {"input": asked}))["orderClaim"]
    assert claimed["userErrors"] == []
    assert (claimed["order"]["id"], claimed["order"]["payable"]) == (made["id"], "110.00")
    assert claimed["order"]["claimedAt"] is not None
    assert claimed["order"]["member"] == {"number": first["number"]}
    assert claimed["member"] == {"number": first["number"], "balance": {"available": "110"}}
    assert [(row["step"], row["amount"], row["asset"]["code"]) for row in claimed["order"]["effects"]] == [
        ("EARN", "110", "POINTS"),
        ("EARN", "110.00", "TIER"),
    ]
    assert {(row["before"], row["after"]) for row in claimed["order"]["waterfall"]} == {("110.00", "110.00")}
    assert (await api.data(CLAIM, {"input": asked}))["orderClaim"] == claimed | {"replayed": True}
    other = asked | {"idempotencyKey": "other", "member": {"id": second["id"]}}
    refused = (await api.data(CLAIM, {"input": other}))["orderClaim"]
    assert refused["order"] is None
    (error,) = refused["userErrors"]
    assert (error["__typename"], error["code"], error["field"]) == (
        "OrderClaimedError",
        "ORDER_CLAIMED",
        ["input", "order"],
    )
    assert first["number"] not in str(refused)
    assert [event.kind for event in await models.Event.filter(kind="ORDER_CLAIMED")] == ["ORDER_CLAIMED"]


async def test_a_claim_is_an_event_with_its_order(api: Api) -> None:
    await api.data(COMMIT, {"input": {"idempotencyKey": "1", "order": order(None)}})
    member = await enrolled(api)
    by = {"identity": {"source": "web", "externalId": "O-1"}}
    await api.data(CLAIM, {"input": {"idempotencyKey": "c", "order": by, "member": {"id": member["id"]}}})
    watch = """subscription($id: ID!, $after: Cursor) { memberEvents(memberId: $id, after: $after) {
      __typename kind ... on OrderClaimed { order { externalId } } } }"""
    beginning = f"1-0-{member['id'][-4:]}"
    answer = await api.first(
        watch,
        {"id": member["id"], "after": beginning},
        f"Bearer {api.key}",
        such=lambda data: data["memberEvents"]["kind"] == "ORDER_CLAIMED",
    )
    assert answer["data"]["memberEvents"] == {
        "__typename": "OrderClaimed",
        "kind": "ORDER_CLAIMED",
        "order": {"externalId": "O-1"},
    }


@pytest.mark.parametrize("returned", [[{"ref": "a", "quantity": 1}], None])
async def test_an_order_that_came_back_is_not_claimed(api: Api, returned: Any) -> None:
    made = (await api.data(COMMIT, {"input": {"idempotencyKey": "1", "order": order(None)}}))["orderCommit"]["order"]
    give_back = "mutation($input: OrderReturnInput!) { orderReturn(input: $input) { userErrors { __typename } } }"
    await api.data(give_back, {"input": {"idempotencyKey": "r", "order": {"id": made["id"]}, "lines": returned}})
    member = await enrolled(api)
    asked = {"idempotencyKey": "c", "order": {"id": made["id"]}, "member": {"id": member["id"]}}
    (error,) = (await api.data(CLAIM, {"input": asked}))["orderClaim"]["userErrors"]
    assert (error["code"], error["state"]) == ("ORDER_STATE", "PARTIALLY_RETURNED" if returned else "RETURNED")
