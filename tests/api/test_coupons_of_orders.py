"""Coupons of orders through the API: used, held, released, returned, chosen, refused, given and told of."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from services.actors import Scope
from tests.api.conftest import Api
from tests.api.test_coupons import FIND, TEN, UNKNOWN, asked, enrolled, issued, kinds
from tests.factories import campaign, coupon_template

NOT_USABLE = """userErrors { __typename ... on UserError { code field message }
  ... on CouponNotUsableError { couponCode reason remedy } }"""
ORDER = """order { id state discountTotal payable coupons { id state }
  effects { __typename campaign { code } coupon { id } ... on DiscountEffect { amount }
    ... on IssueCouponEffect { count template { code } coupons { id origin code } } }
  notApplied { campaign { code } coupon { id } reason } }"""
COMMIT = f"mutation($input: OrderCommitInput!) {{ orderCommit(input: $input) {{ replayed {ORDER} {NOT_USABLE} }} }}"
HOLD = f"mutation($input: OrderHoldInput!) {{ orderHold(input: $input) {{ {ORDER} {NOT_USABLE} }} }}"
CAPTURE = f"mutation($input: OrderCaptureInput!) {{ orderCapture(input: $input) {{ {ORDER} }} }}"
CANCEL = f"mutation($input: OrderCancelInput!) {{ orderCancel(input: $input) {{ {ORDER} }} }}"
RETURN = f"mutation($input: OrderReturnInput!) {{ orderReturn(input: $input) {{ {ORDER} }} }}"
PREVIEW = f"""query($input: OrderPreviewInput!) {{ orderPreview(input: $input) {{ order {{ discountTotal payable
  couponChoice {{ usable isProven }} effects {{ coupon {{ id }} ... on IssueCouponEffect {{ count coupons {{ id }} }} }}
  notApplied {{ campaign {{ code }} coupon {{ id }} reason remedy }} }} {NOT_USABLE} }} }}"""
EVENTS = """subscription($after: Cursor) { programEvents(after: $after) { events { __typename member { id }
  ... on CouponEvent { couponId coupon { id state } } ... on CouponGifted { from { id } to { id } }
  ... on CouponUsed { order { id } } ... on CouponHeld { order { id } } ... on CouponReleased { order { id } }
  ... on CouponReturned { order { id } } } cursor } }"""


def order(member: str | None, name: str = "A-1", price: str = "30.00", **facts: Any) -> dict[str, Any]:
    line = {"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": price}
    by = {"member": {"id": member}} if member else {}
    return {"source": "till", "externalId": name, "lines": [line]} | by | facts


async def shown(api: Api, coupon: dict[str, Any]) -> dict[str, Any]:
    return dict((await api.data(FIND, {"by": {"id": coupon["id"]}}))["coupon"])


async def test_a_coupon_is_used_and_comes_back(api: Api) -> None:
    member = (await enrolled(api))["id"]
    await coupon_template(api.program_id, "TEN", TEN)
    coupon = await issued(api, member)
    content = order(member, couponCodes=[coupon["code"].lower()])
    preview = (await api.data(PREVIEW, {"input": {"order": content}}))["orderPreview"]["order"]
    assert (preview["discountTotal"], preview["couponChoice"]) == ("10.00", None)
    assert {"coupon": {"id": coupon["id"]}} in preview["effects"]
    assert (await shown(api, coupon)) == coupon

    sold = await asked(api, COMMIT, order=content, idempotencyKey="sold")
    assert sold["userErrors"] == []
    assert (sold["order"]["discountTotal"], sold["order"]["payable"]) == ("10.00", "20.00")
    assert sold["order"]["coupons"] == [{"id": coupon["id"], "state": "USED"}]
    off = {"__typename": "DiscountEffect", "campaign": None, "coupon": {"id": coupon["id"]}, "amount": "10.00"}
    assert [effect for effect in sold["order"]["effects"] if effect["coupon"]] == [off]
    assert await asked(api, COMMIT, order=content, idempotencyKey="sold") == sold | {"replayed": True}
    used = await shown(api, coupon)
    assert (used["state"], used["order"], kinds(used)) == ("USED", {"externalId": "A-1"}, ["ISSUED", "USED"])
    assert used["history"][1]["order"] == {"externalId": "A-1"}

    back = await asked(api, RETURN, order={"id": sold["order"]["id"]})
    assert (back["order"]["state"], back["order"]["coupons"]) == ("RETURNED", [])
    free = await shown(api, coupon)
    assert (free["state"], free["order"], kinds(free)) == ("ISSUED", None, ["ISSUED", "USED", "RETURNED"])
    assert [effect for effect in back["order"]["effects"] if effect["coupon"]] == [off]


async def test_a_held_order_holds_its_coupon(api: Api) -> None:
    member = (await enrolled(api))["id"]
    await coupon_template(api.program_id, "TEN", TEN)
    coupon = await issued(api, member)
    codes = [coupon["code"]]
    for name, end, state, then in (
        ("H-1", CANCEL, "ISSUED", ["ISSUED", "HELD", "RELEASED"]),
        ("H-2", CAPTURE, "USED", ["ISSUED", "HELD", "RELEASED", "HELD", "USED"]),
    ):
        held = await asked(api, HOLD, order=order(member, name, couponCodes=codes))
        assert (held["userErrors"], held["order"]["coupons"]) == ([], [{"id": coupon["id"], "state": "HELD"}])
        found = await shown(api, coupon)
        assert (found["state"], found["order"]) == ("HELD", {"externalId": name})
        assert datetime.fromisoformat(found["heldUntil"]) > datetime.now(UTC) + timedelta(minutes=10)
        await asked(api, end, order={"id": held["order"]["id"]})
        found = await shown(api, coupon)
        assert (found["state"], found["heldUntil"], kinds(found)) == (state, None, then)


async def test_codes_that_are_no_good_answer_alike(api: Api) -> None:
    member, other = (await enrolled(api))["id"], (await enrolled(api, "two"))["id"]
    await coupon_template(api.program_id, "TEN", TEN, {"validity": {"relative": {"days": 30}}})
    await coupon_template(api.program_id, "MUCH", TEN, conditions={"minimumSpend": {"amount": "100.00"}})
    used, void, foreign = await issued(api, member), await issued(api, member), await issued(api, other)
    assert (await asked(api, COMMIT, order=order(member, couponCodes=[used["code"]])))["userErrors"] == []
    revoke = "mutation($input: CouponVoidInput!) { couponVoid(input: $input) { coupon { state } } }"
    await asked(api, revoke, coupon={"id": void["id"]}, reason="a mistake")
    bad = {
        "unknown": UNKNOWN,
        "used": used["code"],
        "void": void["code"],
        "another's": foreign["code"],
        "none": "NONE!",
    }
    for code in bad.values():
        expected = {
            "__typename": "CouponNotUsableError",
            "code": "COUPON_NOT_USABLE",
            "field": ["input", "order", "couponCodes", "0"],
            "message": "The code cannot be used.",
            "couponCode": code,
            "reason": None,
            "remedy": None,
        }
        content = order(member, "B-1", couponCodes=[code])
        for mutation in (COMMIT, HOLD):
            refused = await asked(api, mutation, order=content)
            assert (refused["order"], refused["userErrors"]) == (None, [expected])
        preview = (await api.data(PREVIEW, {"input": {"order": content}}))["orderPreview"]
        assert (preview["order"], preview["userErrors"]) == (None, [expected])


async def test_a_coupon_that_does_not_apply_says_why(api: Api) -> None:
    member = (await enrolled(api))["id"]
    await coupon_template(api.program_id, "MUCH", TEN, conditions={"minimumSpend": {"amount": "100.00"}})
    coupon = await issued(api, member, "MUCH")
    content = order(member, couponCodes=[coupon["code"]])
    preview = (await api.data(PREVIEW, {"input": {"order": content}}))["orderPreview"]["order"]
    (why,) = [reason for reason in preview["notApplied"] if reason["coupon"]]
    assert (why["campaign"], why["coupon"], why["reason"]) == (None, {"id": coupon["id"]}, "CONDITION_NOT_MET")
    (error,) = (await asked(api, COMMIT, order=content))["userErrors"]
    assert (error["code"], error["reason"], error["remedy"]) == (
        "COUPON_NOT_USABLE",
        "CONDITION_NOT_MET",
        why["remedy"],
    )
    assert "70.00" in why["remedy"]
    assert (await shown(api, coupon))["state"] == "ISSUED"


async def test_what_a_shared_code_does_and_does_not_is_told_by_its_template(api: Api) -> None:
    member = (await enrolled(api))["id"]
    cup = {"gift": {"sku": "CUP"}}
    much = {"minimumSpend": {"amount": "100.00"}}
    await coupon_template(api.program_id, "SPRING", [*TEN, cup], {"sharedCode": "SPRING-20"})
    await coupon_template(api.program_id, "SUMMER", TEN, {"sharedCode": "SUMMER-20"}, conditions=much)
    await campaign(api.program_id, "BIG", TEN, much)
    both = order(member, couponCodes=["spring-20", "summer-20"])
    parts = "couponTemplate { code } campaign { code }"
    told = f"""effects {{ __typename coupon {{ id }} {parts} }} lines {{ sku {parts} }}
      notApplied {{ coupon {{ id }} reason {parts} }}"""
    query = f"query($input: OrderPreviewInput!) {{ orderPreview(input: $input) {{ order {{ {told} }} }} }}"
    preview = (await api.data(query, {"input": {"order": both}}))["orderPreview"]["order"]
    spring = {"couponTemplate": {"code": "SPRING"}, "campaign": None}
    kinds_of = {effect["__typename"] for effect in preview["effects"] if effect["couponTemplate"]}
    assert kinds_of == {"DiscountEffect", "GiftEffect"}
    for effect in preview["effects"]:
        if effect["__typename"] in kinds_of:
            assert effect == {"__typename": effect["__typename"], "coupon": None} | spring
        else:
            assert (effect["couponTemplate"], effect["campaign"] is None) == (None, False)
    bought = {"sku": "TEA", "couponTemplate": None, "campaign": None}
    assert preview["lines"] == [bought, {"sku": "CUP"} | spring]
    not_met = {"coupon": None, "reason": "CONDITION_NOT_MET"}
    assert [why for why in preview["notApplied"] if why["reason"] == "CONDITION_NOT_MET"] == [
        not_met | {"couponTemplate": None, "campaign": {"code": "BIG"}},
        not_met | {"couponTemplate": {"code": "SUMMER"}, "campaign": None},
    ]

    commit = f"mutation($input: OrderCommitInput!) {{ orderCommit(input: $input) {{ order {{ {told} }} }} }}"
    sold = await asked(api, commit, order=order(member, couponCodes=["SPRING-20"]))
    used = [effect for effect in sold["order"]["effects"] if effect["couponTemplate"]]
    assert [effect["couponTemplate"] for effect in used] == [{"code": "SPRING"}] * 2
    assert all(effect["coupon"] for effect in used)
    assert sold["order"]["lines"] == preview["lines"]


async def test_without_codes_the_best_coupons_are_chosen_and_with_none_no_coupon(api: Api) -> None:
    member = (await enrolled(api))["id"]
    facts: dict[str, Any] = {"stacking_group": "ONE"}
    await coupon_template(api.program_id, "TEN", TEN, **facts)
    await coupon_template(api.program_id, "HALF", [{"percentOff": {"percent": "50"}}], **facts)
    ten, half = await issued(api, member), await issued(api, member, "HALF")
    preview = (await api.data(PREVIEW, {"input": {"order": order(member)}}))["orderPreview"]["order"]
    assert (preview["discountTotal"], preview["couponChoice"]) == ("15.00", {"usable": 2, "isProven": True})
    reasons = {reason["coupon"]["id"]: reason["reason"] for reason in preview["notApplied"] if reason["coupon"]}
    assert set(reasons) == {ten["id"]}
    none = (await api.data(PREVIEW, {"input": {"order": order(member, couponCodes=[])}}))["orderPreview"]["order"]
    assert (none["discountTotal"], none["couponChoice"]) == ("0.00", None)
    sold = (await asked(api, COMMIT, order=order(member)))["order"]
    assert (sold["discountTotal"], sold["coupons"]) == ("15.00", [{"id": half["id"], "state": "USED"}])
    assert {reason["coupon"]["id"] for reason in sold["notApplied"] if reason["coupon"]} == {ten["id"]}


async def test_an_order_gives_coupons(api: Api) -> None:
    member = (await enrolled(api))["id"]
    await coupon_template(api.program_id, "TEN", TEN)
    await campaign(api.program_id, "NEXT", [{"issueCoupon": {"template": "TEN", "count": 2}}])
    content = order(member)
    preview = (await api.data(PREVIEW, {"input": {"order": content}}))["orderPreview"]["order"]
    assert [effect for effect in preview["effects"] if "count" in effect] == [
        {"coupon": None, "count": 2, "coupons": []}
    ]
    sold = await asked(api, COMMIT, order=content)
    (gave,) = [effect for effect in sold["order"]["effects"] if effect["__typename"] == "IssueCouponEffect"]
    assert gave | {"coupons": []} == {
        "__typename": "IssueCouponEffect",
        "campaign": {"code": "NEXT"},
        "coupon": None,
        "count": 2,
        "template": {"code": "TEN"},
        "coupons": [],
    }
    query = "query($id: ID!) { member(by: {id: $id}) { coupons { nodes { id origin code } } } }"
    mine = (await api.data(query, {"id": member}))["member"]["coupons"]["nodes"]
    assert list(reversed(mine)) == gave["coupons"]
    assert {coupon["origin"] for coupon in mine} == {"CAMPAIGN"}
    reader = await api.key_with(Scope.ORDERS_READ)
    found = """query($id: ID!) { order(by: {id: $id}) { coupons { id }
      effects { ... on IssueCouponEffect { coupons { code } } } } }"""
    seen = (await api.data(found, {"id": sold["order"]["id"]}, reader))["order"]
    assert seen["coupons"] == []
    assert {"coupons": [{"code": None}, {"code": None}]} in seen["effects"]


async def test_what_happens_to_coupons_is_told(api: Api) -> None:
    one, two = (await enrolled(api))["id"], (await enrolled(api, "two"))["id"]
    await coupon_template(api.program_id, "TEN", TEN, {"transferable": True, "claimable": True})
    key = f"Bearer {api.key}"
    beginning = (await api.first(EVENTS, {}, key))["data"]["programEvents"]["cursor"]
    coupon = await issued(api, one)
    codes = [coupon["code"]]
    held = (await asked(api, HOLD, order=order(one, "H-1", couponCodes=codes)))["order"]["id"]
    await asked(api, CANCEL, order={"id": held})
    sold = (await asked(api, COMMIT, order=order(one, "C-1", couponCodes=codes)))["order"]["id"]
    await asked(api, RETURN, order={"id": sold})
    give = "mutation($input: CouponGiftInput!) { couponGift(input: $input) { replayed } }"
    await asked(api, give, coupon={"id": coupon["id"]}, to={"id": two})
    extend = "mutation($input: CouponVoidInput!) { couponVoid(input: $input) { replayed } }"
    await asked(api, extend, coupon={"id": coupon["id"]}, reason="a mistake")
    told: list[Any] = []
    cursor = beginning
    while not told or told[-1]["__typename"] != "CouponVoided":
        answer = await api.first(EVENTS, {"after": cursor}, key, lambda data: bool(data["programEvents"]["events"]))
        batch = answer["data"]["programEvents"]
        cursor = batch["cursor"]
        told += [event for event in batch["events"] if event["__typename"].startswith("Coupon")]
    what = {"couponId": coupon["id"], "coupon": {"id": coupon["id"], "state": "VOID"}}
    gift = {"__typename": "CouponGifted", "from": {"id": one}, "to": {"id": two}} | what
    gifts = [event for event in told if event["__typename"] == "CouponGifted"]
    assert sorted(gifts, key=lambda event: event["member"]["id"]) == [
        gift | {"member": {"id": member}} for member in sorted((one, two))
    ]
    others = [event for event in told if event not in gifts]
    mine, theirs = {"member": {"id": one}} | what, {"member": {"id": two}} | what
    assert others == [
        {"__typename": "CouponIssued"} | mine,
        {"__typename": "CouponHeld", "order": {"id": held}} | mine,
        {"__typename": "CouponReleased", "order": {"id": held}} | mine,
        {"__typename": "CouponUsed", "order": {"id": sold}} | mine,
        {"__typename": "CouponReturned", "order": {"id": sold}} | mine,
        {"__typename": "CouponVoided"} | theirs,
    ]


async def test_many_previews_with_codes_wait_for_nobody(api: Api) -> None:
    """More than there are connections: one that waited with a connection in hand would keep the others from theirs."""
    off = [{"amountOff": {"amount": "5"}}]
    await coupon_template(api.program_id, "HELLOES", off, {"sharedCode": "HELLO"}, audience="EVERYONE")
    document = "query($input: OrderPreviewInput!) { orderPreview(input: $input) { order { payable } } }"
    said = [{"order": order(None, f"P{number}", couponCodes=["HELLO"])} for number in range(40)]
    async with asyncio.timeout(60):
        seen = await asyncio.gather(*(api.data(document, {"input": one}) for one in said))
    assert {one["orderPreview"]["order"]["payable"] for one in seen} == {"25.00"}
