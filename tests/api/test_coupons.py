"""Coupons through the API: answers, replays, refusals as values, and what members see of them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import models
from domain.codes import CodeMaker
from domain.coupons import CODE_PURPOSE
from domain.instants import NEVER
from schema import ids
from services.actors import Scope
from services.code_attempts import ATTEMPTS_MAX
from services.transaction import transaction
from tests.api.conftest import SECRET, Api
from tests.factories import coupon_template

ENROLL = "mutation($input: MemberEnrollInput!) { memberEnroll(input: $input) { member { id number } } }"
PLAIN = "__typename ... on UserError { code field message }"
STATE = "... on CouponStateError { state coupon { id } }"
REASON = "... on CouponNotAvailableError { reason }"
COUPON = """{ id code version state origin heldUntil expiresAt template { code } member { id } order { externalId }
  history { kind actor reason expiresAt member { id } from { id } order { externalId } } }"""
ISSUE = f"""mutation($input: CouponIssueInput!) {{ couponIssue(input: $input) {{ replayed coupons {COUPON}
  member {{ id }} userErrors {{ {PLAIN} }} }} }}"""
CLAIM = f"""mutation($input: CouponClaimInput!) {{ couponClaim(input: $input) {{ replayed coupons {COUPON}
  member {{ id }} entry {{ kind amount asset {{ code }} explanation {{ text }} }}
  userErrors {{ {PLAIN} {REASON} ... on TooManyAttemptsError {{ retryAt }} }} }} }}"""
GIFT = f"""mutation($input: CouponGiftInput!) {{ couponGift(input: $input) {{ replayed coupon {COUPON}
  member {{ id }} to {{ id }} userErrors {{ {PLAIN} {REASON} }} }} }}"""
VOID = f"""mutation($input: CouponVoidInput!) {{ couponVoid(input: $input) {{ replayed coupon {COUPON}
  member {{ id }} userErrors {{ {PLAIN} {STATE} }} }} }}"""
EXTEND = f"""mutation($input: CouponExtendInput!) {{ couponExtend(input: $input) {{ replayed coupon {COUPON}
  member {{ id }} userErrors {{ {PLAIN} {STATE} }} }} }}"""
FIND = f"query($by: CouponBy!) {{ coupon(by: $by) {COUPON} }}"
NODE = f"query($id: ID!) {{ node(id: $id) {{ __typename ... on Coupon {COUPON} }} }}"
WALLET = """query($id: ID!, $states: [CouponState!], $first: Int, $after: String) { member(by: {id: $id}) {
  coupons(states: $states, first: $first, after: $after) { nodes { id state code } pageInfo { hasNextPage endCursor } }
} }"""
TEN = [{"amountOff": {"amount": "10.00"}}]
UNKNOWN = CodeMaker(SECRET, CODE_PURPOSE).code_of(uuid4())


async def enrolled(api: Api, key: str = "one", **facts: Any) -> dict[str, str]:
    answer = await api.data(ENROLL, {"input": {"idempotencyKey": key} | facts})
    return dict(answer["memberEnroll"]["member"])


async def asked(api: Api, mutation: str, token: str | None = None, **facts: Any) -> dict[str, Any]:
    """Return the payload of a mutation."""
    facts.setdefault("idempotencyKey", str(uuid4()))
    (payload,) = (await api.data(mutation, {"input": facts}, token)).values()
    return dict(payload)


async def issued(api: Api, member: str, template: str = "TEN", **facts: Any) -> dict[str, Any]:
    """Return a new coupon of a member."""
    given = await asked(api, ISSUE, member={"id": member}, template={"code": template}, **facts)
    assert given["userErrors"] == []
    return dict(given["coupons"][0])


async def of_nobody(api: Api, template: models.Campaign, **facts: Any) -> str:
    """Return the code of a coupon that nobody has."""
    version = await models.CampaignVersion.get(campaign_id=template.id)
    made = CodeMaker(SECRET, CODE_PURPOSE)
    coupon_id, now = uuid4(), datetime.now(UTC)
    known = {"program_id": api.program_id, "campaign_id": template.id, "version_id": version.id, "recorded_at": now}
    state = {"state": "ISSUED", "valid_from": now - timedelta(days=2), "expires_at": NEVER, "changes": 0} | facts
    batch = {"origin": "BATCH", "origin_id": uuid4(), "code_hash": made.hash_of(coupon_id)}
    async with transaction():
        await models.Coupon.create(id=coupon_id, **known, **batch, **state)
    return made.code_of(coupon_id)


def kinds(coupon: dict[str, Any]) -> list[str]:
    return [change["kind"] for change in coupon["history"]]


async def test_coupons_are_issued_once_and_shown(api: Api) -> None:
    member = (await enrolled(api))["id"]
    await coupon_template(api.program_id, "TEN", TEN, {"prefix": "TEN"})
    facts = {
        "member": {"id": member},
        "template": {"code": "TEN"},
        "count": 2,
        "reason": "sorry",
        "idempotencyKey": "i",
    }
    given = await asked(api, ISSUE, **facts)
    first, second = given["coupons"]
    made = {"kind": "ISSUED", "actor": first["history"][0]["actor"], "reason": "sorry", "expiresAt": None}
    assert given | {"coupons": []} == {"replayed": False, "coupons": [], "member": {"id": member}, "userErrors": []}
    assert first == {
        "id": first["id"],
        "code": first["code"],
        "version": 1,
        "state": "ISSUED",
        "origin": "STAFF",
        "heldUntil": None,
        "expiresAt": None,
        "template": {"code": "TEN"},
        "member": {"id": member},
        "order": None,
        "history": [made | {"member": {"id": member}, "from": None, "order": None}],
    }
    assert first["code"].startswith("TEN-")
    assert first["code"] != second["code"]
    assert await asked(api, ISSUE, **facts) == given | {"replayed": True}
    assert (await api.data(FIND, {"by": {"id": first["id"]}}))["coupon"] == first
    assert (await api.data(FIND, {"by": {"code": first["code"].lower().replace("-", " ")}}))["coupon"] == first
    assert (await api.data(NODE, {"id": first["id"]}))["node"] == first | {"__typename": "Coupon"}
    token = await api.token_of(member)
    own = first | {"history": [first["history"][0] | {"actor": None}]}
    assert (await api.data(FIND, {"by": {"code": first["code"]}}, token))["coupon"] == own
    image = await api.data("query($by: CouponBy!) { coupon(by: $by) { qrCode } }", {"by": {"id": first["id"]}})
    assert image["coupon"]["qrCode"].startswith("<svg ")


async def test_nobody_else_is_shown_a_coupon_or_its_code(api: Api) -> None:
    member, other = (await enrolled(api))["id"], (await enrolled(api, "two"))["id"]
    await coupon_template(api.program_id, "TEN", TEN)
    coupon = await issued(api, member)
    token = await api.token_of(other)
    for by in ({"id": coupon["id"]}, {"code": coupon["code"]}):
        assert (await api.data(FIND, {"by": by}, token))["coupon"] is None
    assert (await api.data(NODE, {"id": coupon["id"]}, token))["node"] is None
    assert (await asked(api, GIFT, token, coupon={"id": coupon["id"]}, to={"id": other}))["userErrors"] == [
        {
            "__typename": "NotFoundError",
            "code": "NOT_FOUND",
            "field": ["input", "coupon"],
            "message": "There is no such coupon.",
        }
    ]
    reader = await api.key_with(Scope.MEMBERS_READ)
    query = "query($id: ID!) { member(by: {id: $id}) { coupons { nodes { id code qrCode history { kind actor } } } } }"
    (shown,) = (await api.data(query, {"id": member}, reader))["member"]["coupons"]["nodes"]
    assert shown == {
        "id": coupon["id"],
        "code": None,
        "qrCode": None,
        "history": [{"kind": "ISSUED", "actor": None}],
    }


async def test_a_wallet_is_paged_and_filtered(api: Api) -> None:
    member = (await enrolled(api))["id"]
    await coupon_template(api.program_id, "TEN", TEN)
    made = [await issued(api, member) for _ in range(4)]
    await asked(api, VOID, coupon={"id": made[1]["id"]}, reason="a mistake")
    newest_first = [coupon["id"] for coupon in reversed(made)]

    async def wallet(**facts: Any) -> tuple[list[str], Any]:
        found = (await api.data(WALLET, {"id": member} | facts))["member"]["coupons"]
        return [node["id"] for node in found["nodes"]], found["pageInfo"]

    assert (await wallet())[0] == newest_first
    assert (await wallet(states=["VOID"]))[0] == [made[1]["id"]]
    assert (await wallet(states=["ISSUED"]))[0] == [id for id in newest_first if id != made[1]["id"]]
    assert (await wallet(states=["HELD", "USED", "EXPIRED"]))[0] == []
    assert (await wallet(states=[]))[0] == []
    page, info = await wallet(states=["ISSUED"], first=2)
    assert (page, info["hasNextPage"]) == ([newest_first[0], newest_first[1]], True)
    page, info = await wallet(states=["ISSUED"], first=2, after=info["endCursor"])
    assert (page, info["hasNextPage"]) == ([newest_first[3]], False)


async def test_a_member_claims_for_itself_and_pays_the_price(api: Api) -> None:
    member, other = (await enrolled(api))["id"], (await enrolled(api, "two"))["id"]
    await coupon_template(api.program_id, "FREE", TEN, {"claimable": True}, limits={"perMember": 1})
    await coupon_template(
        api.program_id, "BOUGHT", TEN, {"claimable": True, "price": {"asset": "POINTS", "amount": "30"}}
    )
    await coupon_template(api.program_id, "STAFF", TEN)
    token = await api.token_of(member)
    taken = await asked(api, CLAIM, token, template={"code": "FREE"}, idempotencyKey="free")
    (coupon,) = taken["coupons"]
    assert (taken["userErrors"], taken["member"], taken["entry"]) == ([], {"id": member}, None)
    assert (coupon["origin"], coupon["state"], coupon["member"], kinds(coupon)) == (
        "CLAIM",
        "ISSUED",
        {"id": member},
        ["ISSUED"],
    )
    assert await asked(api, CLAIM, token, template={"code": "FREE"}, idempotencyKey="free") == taken | {
        "replayed": True
    }
    codes = {}
    for name, facts in {
        "again": {"template": {"code": "FREE"}},
        "poor": {"template": {"code": "BOUGHT"}},
        "not claimable": {"template": {"code": "STAFF"}},
        "for another": {"template": {"code": "FREE"}, "member": {"id": other}},
        "unknown": {"template": {"code": "NONE"}},
        "nothing": {},
        "both": {"template": {"code": "FREE"}, "code": UNKNOWN},
    }.items():
        (error,) = (await asked(api, CLAIM, token, **facts))["userErrors"]
        codes[name] = (error["code"], error["field"], error.get("reason"))
    assert codes == {
        "again": ("LIMIT_REACHED", ["input", "template"], None),
        "poor": ("INSUFFICIENT_BALANCE", ["input", "template"], None),
        "not claimable": ("COUPON_NOT_AVAILABLE", ["input", "template"], "NOT_CLAIMABLE"),
        "for another": ("NOT_FOUND", ["input", "member"], None),
        "unknown": ("NOT_FOUND", ["input", "template"], None),
        "nothing": ("INVALID_INPUT", ["input", "template"], None),
        "both": ("INVALID_INPUT", ["input", "code"], None),
    }
    (error,) = (await asked(api, CLAIM, template={"code": "FREE"}))["userErrors"]
    assert (error["code"], error["field"]) == ("INVALID_INPUT", ["input", "member"])
    adjust = "mutation($input: BalanceAdjustInput!) { balanceAdjust(input: $input) { entry { id } } }"
    await asked(api, adjust, member={"id": member}, asset="POINTS", amount=50, reason="a gift")
    bought = await asked(api, CLAIM, token, template={"code": "BOUGHT"}, idempotencyKey="bought")
    assert (bought["coupons"][0]["origin"], bought["entry"]) == (
        "PURCHASE",
        {
            "kind": "SPEND",
            "amount": "-30",
            "asset": {"code": "POINTS"},
            "explanation": bought["entry"]["explanation"],
        },
    )
    assert await asked(api, CLAIM, token, template={"code": "BOUGHT"}, idempotencyKey="bought") == bought | {
        "replayed": True
    }


async def test_a_code_that_nobody_has_is_claimed_once_and_others_answer_alike(api: Api) -> None:
    member, other = (await enrolled(api))["id"], (await enrolled(api, "two"))["id"]
    template = await coupon_template(api.program_id, "TEN", TEN)
    code = await of_nobody(api, template)
    past = datetime.now(UTC) - timedelta(hours=1)
    bad = {
        "unknown": UNKNOWN,
        "expired": await of_nobody(api, template, expires_at=past),
        "void": await of_nobody(api, template, state="VOID"),
        "used": await of_nobody(api, template, state="USED", order_id=uuid4(), member_id=ids.decode(ids.MEMBER, other)),
        "another's": (await issued(api, other))["code"],
        "no code": "TEN",
    }
    token = await api.token_of(member)
    found = (await api.data(FIND, {"by": {"code": code}}))["coupon"]
    assert (found["member"], found["state"], found["origin"]) == (None, "ISSUED", "BATCH")
    taken = await asked(api, CLAIM, token, code=code.lower())
    assert taken["userErrors"] == []
    assert [(one["id"], one["member"], kinds(one)) for one in taken["coupons"]] == [
        (found["id"], {"id": member}, ["CLAIMED"])
    ]
    bad["one's own"] = code
    answers = {name: (await asked(api, CLAIM, token, code=one))["userErrors"] for name, one in bad.items()}
    alike = {"__typename": "NotFoundError", "code": "NOT_FOUND", "field": ["input", "code"]}
    assert answers == {name: [alike | {"message": "There is no such code."}] for name in bad}


async def test_a_coupon_is_given_to_another_member(api: Api) -> None:
    one, two = await enrolled(api), await enrolled(api, "two")
    await coupon_template(api.program_id, "TEN", TEN, {"transferable": True})
    await coupon_template(api.program_id, "MINE", TEN)
    coupon, own = await issued(api, one["id"]), await issued(api, one["id"], "MINE")
    giver, taker = await api.token_of(one["id"]), await api.token_of(two["id"])
    given = await asked(api, GIFT, giver, coupon={"id": coupon["id"]}, to={"number": two["number"]})
    assert given == {"replayed": False, "coupon": None, "member": {"id": one["id"]}, "to": None, "userErrors": []}
    assert (await api.data(FIND, {"by": {"id": coupon["id"]}}, giver))["coupon"] is None
    seen = (await api.data(FIND, {"by": {"id": coupon["id"]}}, taker))["coupon"]
    assert (seen["member"], seen["code"], kinds(seen)) == ({"id": two["id"]}, coupon["code"], ["ISSUED", "GIFTED"])
    assert [(change["from"], change["member"]) for change in seen["history"]] == [
        (None, None),
        (None, {"id": two["id"]}),
    ]
    (error,) = (await asked(api, GIFT, giver, coupon={"id": own["id"]}, to={"number": two["number"]}))["userErrors"]
    assert (error["code"], error["reason"]) == ("COUPON_NOT_AVAILABLE", "NOT_TRANSFERABLE")
    (error,) = (await asked(api, GIFT, taker, coupon={"id": coupon["id"]}, to={"number": two["number"]}))["userErrors"]
    assert (error["code"], error["field"]) == ("INVALID_INPUT", ["input", "to"])
    back = await asked(api, GIFT, coupon={"code": coupon["code"]}, to={"id": one["id"]}, idempotencyKey="back")
    assert (back["member"], back["to"], back["coupon"]["member"]) == (
        {"id": two["id"]},
        {"id": one["id"]},
        {"id": one["id"]},
    )
    assert back["coupon"]["history"][2]["from"] == {"id": two["id"]}
    again = await asked(api, GIFT, coupon={"code": coupon["code"]}, to={"id": one["id"]}, idempotencyKey="back")
    assert again == back | {"replayed": True}


async def test_a_coupon_is_extended_and_made_void(api: Api) -> None:
    member = (await enrolled(api))["id"]
    await coupon_template(api.program_id, "TEN", TEN, {"validity": {"relative": {"days": 1}}})
    coupon = await issued(api, member)
    assert coupon["expiresAt"] is not None
    facts = {"coupon": {"id": coupon["id"]}, "until": "2999-01-01T00:00:00Z", "reason": "ill"}
    longer = await asked(api, EXTEND, **facts, idempotencyKey="longer")
    assert (longer["coupon"]["expiresAt"], longer["member"]) == ("2999-01-01T00:00:00.000Z", {"id": member})
    last = longer["coupon"]["history"][-1]
    assert (last["kind"], last["reason"], last["expiresAt"]) == ("EXTENDED", "ill", "2999-01-01T00:00:00.000Z")
    assert await asked(api, EXTEND, **facts, idempotencyKey="longer") == longer | {"replayed": True}
    (error,) = (await asked(api, EXTEND, **facts))["userErrors"]
    assert (error["code"], error["field"]) == ("INVALID_INPUT", ["input", "until"])
    void = await asked(api, VOID, coupon={"id": coupon["id"]}, reason="a mistake", idempotencyKey="void")
    assert (void["coupon"]["state"], void["member"], kinds(void["coupon"])) == (
        "VOID",
        {"id": member},
        ["ISSUED", "EXTENDED", "VOIDED"],
    )
    for mutation, more in ((VOID, {"reason": "again"}), (EXTEND, {"until": "2999-02-01T00:00:00Z"})):
        (error,) = (await asked(api, mutation, coupon={"id": coupon["id"]}, **more))["userErrors"]
        assert error == {
            "__typename": "CouponStateError",
            "code": "COUPON_STATE",
            "field": ["input", "coupon"],
            "message": "The coupon is void.",
            "state": "VOID",
            "coupon": {"id": coupon["id"]},
        }


async def test_who_guesses_codes_is_not_listened_to(api: Api) -> None:
    member = (await enrolled(api))["id"]
    await coupon_template(api.program_id, "TEN", TEN)
    coupon, token = await issued(api, member), await api.token_of(member)
    for _ in range(ATTEMPTS_MAX):
        assert (await api.data(FIND, {"by": {"code": UNKNOWN}}, token))["coupon"] is None
    refused = await api.post(FIND, {"by": {"code": coupon["code"]}}, token)
    (error,) = refused["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    (late,) = (await asked(api, CLAIM, token, code=UNKNOWN))["userErrors"]
    assert (late["__typename"], late["code"]) == ("TooManyAttemptsError", "TOO_MANY_ATTEMPTS")
    retry_at = datetime.fromisoformat(error["extensions"]["retryAt"])
    assert datetime.fromisoformat(late["retryAt"]) == retry_at > datetime.now(UTC)
    assert (await api.data(FIND, {"by": {"id": coupon["id"]}}, token))["coupon"]["id"] == coupon["id"]
    assert (await api.data(FIND, {"by": {"code": coupon["code"]}}))["coupon"]["id"] == coupon["id"]
