"""Templates of coupons by the API: what is drafted is read as it was, and each step of a life has its answer."""

from typing import Any

from services.actors import Scope
from tests.api.conftest import Api
from tests.factories import campaign, coupon_template

ERRORS = "userErrors { __typename ... on UserError { code message field } ... on CampaignStateError { state } }"
TERMS = """validity { afterDays days months from until } perOrder claimable price { asset { code } amount } sharedCode
prefix transferable returnable graceDays bundle { count template { code } }"""
VERSION = f"""id number label priority startsAt endsAt audience stackingGroup published approved {TERMS}
limits {{ perOrder perMember perMemberDay perDay total }} calendar {{ hours {{ from until }} }}
conditions {{ __typename }} effects {{ __typename }}"""
DRAFT = f"""mutation($input: CouponTemplateDraftInput!) {{ couponTemplateDraft(input: $input) {{
  template {{ id code name state draft {{ number }} published {{ number }} }} version {{ {VERSION} }} replayed {ERRORS}
}} }}"""
OFF = [{"amountOff": {"amount": "20.00"}}]
SHOWN = '{ couponTemplate(by: {code: "%s"}) { %s } }'


async def drafted(api: Api, code: str, version: dict[str, Any], *, again: bool = False, key: str = "") -> Any:
    target = {"existing": {"code": code}} if again else {"new": {"code": code, "name": code.title()}}
    asked = {"template": target, "version": {"effects": OFF} | version, "idempotencyKey": key or f"{code} {again}"}
    return (await api.data(DRAFT, {"input": asked}))["couponTemplateDraft"]


async def member_of(api: Api) -> str:
    """Enrol a member and return its id."""
    enrol = "mutation($input: MemberEnrollInput!) { memberEnroll(input: $input) { member { id } } }"
    found = (await api.data(enrol, {"input": {"idempotencyKey": "m"}}))["memberEnroll"]["member"]["id"]
    return str(found)


async def step(api: Api, name: str, code: str, **facts: Any) -> Any:
    more = "version { number }" if name in {"Approve", "Publish"} else ""
    query = f"""mutation($input: CouponTemplate{name}Input!) {{ couponTemplate{name}(input: $input) {{
      template {{ code state }} {more} replayed {ERRORS} }} }}"""
    asked = {"template": {"code": code}, "idempotencyKey": f"{name} {code}"} | facts
    return (await api.data(query, {"input": asked}))[f"couponTemplate{name}"]


async def shown(api: Api, code: str, selection: str, authorization: str | None = None) -> Any:
    return (await api.data(SHOWN % (code, selection), {}, authorization))["couponTemplate"]


async def test_every_part_of_a_template_is_read_as_it_was_drafted(api: Api) -> None:
    answer = await drafted(
        api,
        "SPRING",
        {
            "priority": 7,
            "startsAt": "2026-03-01T00:00:00.000Z",
            "endsAt": "2026-05-01T00:00:00.000Z",
            "limits": {"perOrder": 1, "perMember": 2, "perMemberDay": 1, "perDay": 50, "total": 100},
            "validity": {"relative": {"afterDays": 1, "days": 30}},
            "perOrder": 2,
            "claimable": True,
            "price": {"asset": "POINTS", "amount": "500"},
            "prefix": "SPR",
            "transferable": True,
            "returnable": True,
            "graceDays": 7,
            "audience": "EVERYONE",
            "calendar": {"hours": {"from": "09:00", "until": "18:00"}},
            "stackingGroup": "G",
            "conditions": {"minimumSpend": {"amount": "100.00"}},
        },
    )
    assert (answer["userErrors"], answer["replayed"]) == ([], False)
    assert answer["template"] == {
        "id": answer["template"]["id"],
        "code": "SPRING",
        "name": "Spring",
        "state": "DRAFT",
        "draft": {"number": 1},
        "published": None,
    }
    assert answer["version"] == {
        "id": answer["version"]["id"],
        "number": 1,
        "label": "SPRING v1",
        "priority": 7,
        "startsAt": "2026-03-01T00:00:00.000Z",
        "endsAt": "2026-05-01T00:00:00.000Z",
        "audience": "EVERYONE",
        "stackingGroup": "G",
        "published": False,
        "approved": False,
        "validity": {"afterDays": 1, "days": 30, "months": None, "from": None, "until": None},
        "perOrder": 2,
        "claimable": True,
        "price": {"asset": {"code": "POINTS"}, "amount": "500"},
        "sharedCode": None,
        "prefix": "SPR",
        "transferable": True,
        "returnable": True,
        "graceDays": 7,
        "bundle": [],
        "limits": {"perOrder": 1, "perMember": 2, "perMemberDay": 1, "perDay": 50, "total": 100},
        "calendar": {"hours": {"from": "09:00", "until": "18:00"}},
        "conditions": {"__typename": "MinimumSpendCondition"},
        "effects": [{"__typename": "AmountOffRule"}],
    }


async def test_fixed_validities_shared_codes_and_bundles_are_read_as_they_were_drafted(api: Api) -> None:
    fixed = {"from": "2026-03-01T00:00:00.000Z", "until": "2027-05-01T00:00:00.000Z"}
    dated = await drafted(api, "FIXED", {"validity": {"fixed": fixed}})
    assert dated["version"]["validity"] == {"afterDays": 0, "days": None, "months": None, **fixed}
    one = await drafted(api, "SHARED", {"sharedCode": " spring-20", "returnable": False})
    assert (one["version"]["sharedCode"], one["version"]["returnable"]) == ("SPRING-20", False)
    await drafted(api, "PART", {})
    await step(api, "Publish", "PART")
    box = await drafted(api, "BOX", {"effects": [], "bundle": [{"template": "PART", "count": 3}]})
    assert box["userErrors"] == []
    assert box["version"]["bundle"] == [{"count": 3, "template": {"code": "PART"}}]
    assert box["version"]["effects"] == []


async def test_a_template_lives_and_each_step_answers(api: Api) -> None:
    await drafted(api, "SPRING", {})
    assert (await step(api, "Publish", "SPRING"))["template"]["state"] == "RUNNING"
    assert (await step(api, "Publish", "SPRING"))["replayed"]
    assert (await drafted(api, "SPRING", {"perOrder": 3}, again=True))["version"]["number"] == 2
    assert (await step(api, "Pause", "SPRING"))["template"]["state"] == "PAUSED"
    (error,) = (await step(api, "Pause", "SPRING", idempotencyKey="again"))["userErrors"]
    assert error == {
        "__typename": "CampaignStateError",
        "code": "CAMPAIGN_STATE",
        "message": "SPRING is PAUSED; to be PAUSED, it has to be RUNNING or SCHEDULED.",
        "field": ["input", "template"],
        "state": "PAUSED",
    }
    assert (await step(api, "Resume", "SPRING"))["template"]["state"] == "RUNNING"
    (error,) = (await step(api, "Approve", "SPRING", version=2))["userErrors"]
    assert error["__typename"] == "OwnDraftError"
    assert (await step(api, "End", "SPRING"))["template"]["state"] == "ENDED"
    found = await shown(api, "SPRING", "versions { nodes { number published } } draft { number }")
    assert found == {
        "versions": {"nodes": [{"number": 2, "published": False}, {"number": 1, "published": True}]},
        "draft": {"number": 2},
    }


async def test_what_is_wrong_is_named_by_its_place_in_the_input(api: Api) -> None:
    wrong = {
        "perOrder": ({"perOrder": 21}, ["version", "perOrder"]),
        "days": ({"validity": {"relative": {"days": -1}}}, ["version", "validity", "relative", "days"]),
        "price": ({"price": {"asset": "POINTS", "amount": "5"}}, ["version", "price"]),
        "part": ({"effects": [], "bundle": [{"template": "NO", "count": 1}]}, ["version", "bundle", "0", "template"]),
        "effects": ({"effects": []}, ["version", "effects"]),
    }
    for key, (version, path) in wrong.items():
        (error,) = (await drafted(api, "SPRING", version, key=key))["userErrors"]
        assert (error["__typename"], error["field"]) == ("InvalidInputError", ["input", *path])
    (error,) = (await drafted(api, "NONE", {}, again=True))["userErrors"]
    assert (error["code"], error["field"]) == ("NOT_FOUND", ["input", "template", "existing"])


async def test_a_template_is_no_campaign_by_any_way(api: Api) -> None:
    await coupon_template(api.program_id, "SPRING", OFF)
    await campaign(api.program_id, "PROMO", OFF)
    both = '{ campaign(by: {code: "%s"}) { code } couponTemplate(by: {code: "%s"}) { code } }'
    assert await api.data(both % ("SPRING", "SPRING")) == {"campaign": None, "couponTemplate": {"code": "SPRING"}}
    assert await api.data(both % ("PROMO", "PROMO")) == {"campaign": {"code": "PROMO"}, "couponTemplate": None}
    lists = await api.data("{ campaigns { nodes { code } } couponTemplates { nodes { id code } } }")
    assert "SPRING" not in {row["code"] for row in lists["campaigns"]["nodes"]}
    (only,) = lists["couponTemplates"]["nodes"]
    node = "query($id: ID!) { node(id: $id) { __typename id } }"
    assert await api.data(node, {"id": only["id"]}) == {"node": {"__typename": "CouponTemplate", "id": only["id"]}}
    assert await api.data(node, {"id": only["id"].replace("cpt_", "cmp_")}) == {"node": None}
    version = (await shown(api, "SPRING", "published { id }"))["published"]["id"]
    assert (await api.data(node, {"id": version}))["node"]["__typename"] == "CouponTemplateVersion"
    assert await api.data(node, {"id": version.replace("cpv_", "cmv_")}) == {"node": None}


async def test_a_member_sees_what_was_published_and_not_what_is_for_staff(api: Api) -> None:
    await coupon_template(
        api.program_id,
        "BUY",
        OFF,
        {"claimable": True, "price": {"asset": "POINTS", "amount": "5"}, "validity": {"relative": {"months": 1}}},
        limits={"total": 10},
    )
    await coupon_template(api.program_id, "SECRET", OFF, {"sharedCode": "SPRING"})
    await drafted(api, "LATER", {})
    token = await api.token_of(await member_of(api))
    lists = await api.data("{ couponTemplates { nodes { code } } }", {}, token)
    assert [row["code"] for row in lists["couponTemplates"]["nodes"]] == ["SECRET", "BUY"]
    assert await shown(api, "LATER", "code", token) is None
    fields = "code name state claimable left transferable price { amount asset { code } } validity { months }"
    assert await shown(api, "BUY", fields, token) == {
        "code": "BUY",
        "name": "BUY",
        "state": "RUNNING",
        "claimable": True,
        "left": 10,
        "transferable": False,
        "price": {"amount": "5", "asset": {"code": "POINTS"}},
        "validity": {"months": 1},
    }
    for selection in ("published { sharedCode }", "draft { number }", "versions { nodes { number } }"):
        answer = (await api.ask(SHOWN % ("SECRET", selection), {}, f"Bearer {token}")).json()
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


async def test_the_stock_that_is_left_goes_down_with_each_coupon_that_is_had(api: Api) -> None:
    await coupon_template(api.program_id, "SPRING", OFF, {}, limits={"total": 5})
    await coupon_template(api.program_id, "FREE", OFF)
    issue = "mutation($input: CouponIssueInput!) { couponIssue(input: $input) { userErrors { __typename } } }"
    asked = {"member": {"id": await member_of(api)}, "template": {"code": "SPRING"}, "count": 2, "idempotencyKey": "i"}
    assert (await api.data(issue, {"input": asked}))["couponIssue"] == {"userErrors": []}
    assert await shown(api, "SPRING", "left counters { issued left }") == {
        "left": 3,
        "counters": {"issued": 2, "left": 3},
    }
    assert (await shown(api, "FREE", "left"))["left"] is None


async def test_each_step_needs_the_scope_of_campaigns(api: Api) -> None:
    await coupon_template(api.program_id, "SPRING", OFF)
    reader, approver = await api.key_with(Scope.PROGRAM_READ), await api.key_with(Scope.CAMPAIGNS_APPROVE)
    assert await shown(api, "SPRING", "published { number }", reader) == {"published": {"number": 1}}
    approve = """mutation {
      couponTemplateApprove(input: {template: {code: "SPRING"}, version: 1, idempotencyKey: "k"}) {
        version { number approved } userErrors { __typename } } }"""
    assert await api.data(approve, {}, approver) == {
        "couponTemplateApprove": {"version": {"number": 1, "approved": True}, "userErrors": []}
    }
    answer = (await api.ask(approve, {}, f"Bearer {reader}")).json()
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
