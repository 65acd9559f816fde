"""Campaigns by the API: every rule goes in and comes out as it was, and each step of a life has its answer."""

from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type

import models
from domain.rules_conditions import ConditionReader
from domain.rules_effects import EffectReader
from services import programs
from services.actors import Scope
from services.transaction import transaction
from tests.api.conftest import Api, pass_of, watching
from tests.api.inputs import SCHEMA
from tests.factories import coupon_template

ERRORS = "userErrors { __typename ... on UserError { code message field } ... on CampaignStateError { state } }"
DRAFT = f"""mutation($input: CampaignDraftInput!) {{ campaignDraft(input: $input) {{
  campaign {{ id code name state published {{ number }} draft {{ number }} }} version {{ id number label }}
  replayed {ERRORS} }} }}"""
GOODS = {
    "skus": ["TEA"],
    "categories": ["DRINKS"],
    "attributes": [{"key": "colour", "value": "green"}],
    "exceptSkus": ["MILK"],
    "exceptCategories": ["FOOD"],
}
BASIS = {"basis": "LISTED", "shipping": True, "match": GOODS}
CONDITIONS: dict[str, Any] = {
    "minimumSpend": {"amount": "50.00", "of": "GOODS"},
    "matchingLines": {"match": GOODS, "quantity": 2, "amount": "9.50"},
    "firstOrder": True,
    "segment": {"codes": ["REGULARS"]},
    "nthOrder": {"numbers": [2, 3], "every": 5},
    "tier": {"codes": ["GOLD", "SILVER"]},
    "tag": {"anyOf": ["vip", "press"]},
    "store": {"codes": ["S1"]},
    "channel": {"codes": ["web"]},
    "couponPresented": {"templates": ["TEN", "OTHER"]},
    "weekday": {"days": ["MONDAY", "SUNDAY"]},
    "hours": {"from": "22:00", "until": "02:30"},
    "monthDay": {"days": [1, 15, -1]},
    "birthday": {"daysBefore": 3, "daysAfter": 4, "wholeMonth": False},
    "daysSinceLastOrder": {"atLeast": 30, "atMost": 90},
    "daysSinceEnrolment": {"atLeast": 0, "atMost": 7},
    "attribute": {"of": "LINE", "key": "colour", "values": ["red", "blue"]},
    "event": {"codes": ["REVIEW"]},
    "expression": {"text": "order.store == 'S1'"},
}
EFFECTS: dict[str, Any] = {
    "percentOff": {"percent": "12.5", "match": GOODS, "cap": "20.00", "rounding": "DOWN"},
    "percentOffByTier": {"tiers": [{"tier": "GOLD", "percent": "8"}], "match": GOODS, "rounding": "UP"},
    "amountOff": {"amount": "5.00", "match": GOODS, "every": "50.00", "times": 3},
    "amountOffStaged": {"brackets": [{"from": "0", "amount": "1"}, {"from": "99", "amount": "9.90"}], "match": GOODS},
    "amountOffByTier": {
        "tiers": [{"tier": "SILVER", "amount": "5.00"}, {"tier": "GOLD", "amount": "9.99"}],
        "match": GOODS,
    },
    "cheapestOff": {"group": 3, "free": 1, "percent": "50", "match": GOODS, "times": 2},
    "nthItemOff": {"n": 2, "percent": "50", "match": GOODS, "times": 2},
    "fixedPrice": {"price": "9.90", "match": GOODS},
    "exchange": {"match": GOODS, "quantity": 2, "price": "0.01"},
    "bundlePrice": {"quantity": 3, "price": "25.00", "match": GOODS, "times": 4},
    "shippingOff": {"percent": None, "amount": "6.00"},
    "gift": {"sku": "CUP", "name": "A cup", "quantity": 2, "every": "100.00", "times": 2},
    "earn": {"asset": "POINTS", "points": "2", "per": "1.00", "rounding": "HALF_UP", **BASIS},
    "earnFixed": {"asset": "POINTS", "points": "50"},
    "earnStaged": {"asset": "POINTS", "brackets": [{"from": "10.00", "points": "5"}], **BASIS},
    "multiplyEarn": {"asset": "POINTS", "factor": "1.5"},
    "multiplyEarnByTier": {"asset": "POINTS", "factors": [{"tier": "GOLD", "factor": "2"}]},
    "issueCoupon": {"template": "TEN", "count": 2},
    "addTag": {"tag": "spring"},
    "addProgress": {"ladder": "STANDARD", "amount": "10.00"},
    "grantChances": {"asset": "VISITS", "count": 2},
}
VERSION: dict[str, Any] = {
    "priority": 7,
    "startsAt": "2026-04-01T00:00:00.000Z",
    "endsAt": "2026-05-01T00:00:00.000Z",
    "trigger": "ORDER",
    "step": "MEMBER_PRICE",
    "audience": "EVERYONE",
    "calendar": {name: CONDITIONS[name] for name in ("weekday", "hours", "monthDay")},
    "schedule": None,
    "stackingGroup": "SPRING",
    "limits": {"perOrder": 1, "perMember": 2, "perMemberDay": 3, "perDay": 4, "total": 5},
    "budget": {"money": "1000.00", "points": {"asset": "POINTS", "amount": "500"}, "count": 70},
    "holdoutPercent": "12.5",
}
SEVEN = {"earnFixed": {"asset": "POINTS", "points": "7"}}
EXTRA = {"code": "EXTRA"}


def rules(kind: str) -> dict[str, str]:
    """Return the types that implement an interface, by the names of the rules."""
    suffix = {"Condition": "Condition", "EffectRule": "Rule"}[kind]
    found = [type_.name.removesuffix(suffix) for type_ in SCHEMA.get_possible_types(SCHEMA.type_map[kind])]  # type: ignore[arg-type]
    return {name[0].lower() + name[1:]: f"{name}{suffix}" for name in found}


def selection(type_name: str) -> str:
    """Return all fields of an output type, down to the leaves."""
    type_ = SCHEMA.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType)
    parts = []
    for name, field in type_.fields.items():
        inner = get_named_type(field.type)
        parts.append(f"{name} {selection(inner.name)}" if isinstance(inner, GraphQLObjectType) else name)
    return f"{{ {' '.join(parts)} }}"


def fragments(kind: str) -> str:
    """Return what to ask for of every rule, each part under the rule's own name, as types of parts differ."""
    parts = []
    for rule, name in sorted(rules(kind).items()):
        if rule in {"all", "any", "not"}:
            continue
        type_ = SCHEMA.type_map[name]
        assert isinstance(type_, GraphQLObjectType)
        for field_name, field in type_.fields.items():
            inner = get_named_type(field.type)
            below = f" {selection(inner.name)}" if isinstance(inner, GraphQLObjectType) else ""
            if field_name != "rule":
                parts.append(f"... on {name} {{ {rule}__{field_name}: {field_name}{below} }}")
    return " ".join(["rule", *parts])


def as_sent(answer: dict[str, Any]) -> dict[str, Any]:
    """Return a rule that was read in the form of its input."""
    parts = {name.split("__")[1]: value for name, value in answer.items() if name != "rule"}
    return {answer["rule"]: parts or True}


async def regulars(api: Api, key: str = "regulars", **facts: Any) -> Any:
    """Return the answer to saving the segment of who has an order."""
    said = {"code": "REGULARS", "name": "Regulars", "conditions": {"not": {"firstOrder": True}}} | facts
    query = """mutation($input: SegmentSaveInput!) { segmentSave(input: $input) {
      segment { code name conditions { rule ... on NotCondition { condition { rule } } } }
      replayed userErrors { ... on UserError { code field } } } }"""
    return (await api.data(query, {"input": said | {"idempotencyKey": key}}))["segmentSave"]


async def drafted(api: Api, key: str = "draft", of: dict[str, Any] | None = None, **version: Any) -> Any:
    """Return the answer to a draft of EXTRA."""
    target = of or {"new": EXTRA | {"name": "Seven more"}}
    said = {"effects": [SEVEN]} | version
    asked = {"idempotencyKey": key, "campaign": target, "version": said}
    return (await api.data(DRAFT, {"input": asked}))["campaignDraft"]


async def step(api: Api, name: str, key: str = "", token: str | None = None, **facts: Any) -> Any:
    """Return the answer to another step of EXTRA."""
    query = f"""mutation($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{
      campaign {{ state published {{ number published }} draft {{ number }} }} replayed {ERRORS} }} }}"""
    asked = {"idempotencyKey": key or name, "campaign": EXTRA} | facts
    return (await api.data(query, {"input": asked}, token))[name]


def test_every_rule_is_an_example_here() -> None:
    for input_type, kind, examples in (
        ("ConditionInput", "Condition", CONDITIONS.keys() | {"all", "any", "not"}),
        ("EffectInput", "EffectRule", EFFECTS.keys()),
    ):
        made = SCHEMA.type_map[input_type]
        assert isinstance(made, GraphQLInputObjectType)
        assert set(made.fields) == set(examples) == set(rules(kind))


def test_every_rule_that_is_understood_can_be_said_and_read() -> None:
    readers = ConditionReader(frozenset(), 2).readers, EffectReader((), frozenset(), 2).readers
    for read, input_type, kind in zip(
        readers, ("ConditionInput", "EffectInput"), ("Condition", "EffectRule"), strict=True
    ):
        made = SCHEMA.type_map[input_type]
        assert isinstance(made, GraphQLInputObjectType)
        assert set(made.fields) == set(rules(kind)) == set(read)


async def test_every_condition_is_read_as_it_was_drafted(api: Api) -> None:
    await regulars(api)
    forms = [{name: body} for name, body in CONDITIONS.items()]
    conditions = {"all": [*forms[:5], {"any": forms[5:]}, {"not": {"not": forms[0]}}]}
    assert (await drafted(api, conditions=conditions))["userErrors"] == []
    leaf = fragments("Condition")
    nots = f"... on NotCondition {{ condition {{ rule ... on NotCondition {{ condition {{ {leaf} }} }} }} }}"
    whole = (
        f"... on AllCondition {{ conditions {{ {leaf} ... on AnyCondition {{ conditions {{ {leaf} }} }} {nots} }} }}"
    )
    query = f"""{{ campaign(by: {{code: "EXTRA"}}) {{ draft {{ conditions {{ rule {whole} }} }} }} }}"""
    found = (await api.data(query))["campaign"]["draft"]["conditions"]
    *first, anys, negated = found["conditions"]
    assert (found["rule"], anys["rule"], negated["rule"], negated["condition"]["rule"]) == ("all", "any", "not", "not")
    assert [as_sent(part) for part in [*first, *anys["conditions"]]] == forms
    assert as_sent(negated["condition"]["condition"]) == forms[0]


async def test_a_segment_is_read_as_it_was_saved_and_changed(api: Api) -> None:
    saved = {"rule": "not", "condition": {"rule": "firstOrder"}}
    segment = {"code": "REGULARS", "name": "Regulars", "conditions": saved}
    assert await regulars(api) == {"segment": segment, "replayed": False, "userErrors": []}
    assert await regulars(api) == {"segment": segment, "replayed": True, "userErrors": []}
    changed = await regulars(api, "other", name="Ours", conditions={"tag": {"anyOf": ["vip"]}})
    ours = {"code": "REGULARS", "name": "Ours", "conditions": {"rule": "tag"}}
    assert (changed["segment"], changed["replayed"]) == (ours, False)
    assert (await api.data("{ segments { code name conditions { rule } } }"))["segments"] == [ours]
    refused = await regulars(api, "wrong", conditions={"all": [{"store": {"codes": ["S1"]}}]})
    (error,) = refused["userErrors"]
    assert (refused["segment"], error["field"]) == (None, ["input", "conditions", "all", "0", "store"])
    (error,) = (await regulars(api, "other"))["userErrors"]
    assert error["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_every_effect_is_read_as_it_was_drafted(api: Api) -> None:
    await pass_of(api)
    await coupon_template(api.program_id, "TEN", [SEVEN])
    forms = [{name: body} for name, body in EFFECTS.items()]
    query = f"""{{ campaign(by: {{code: "EXTRA"}}) {{ draft {{ effects {{ {fragments("EffectRule")} }} }} }} }}"""
    for key, of, some in (
        ("one", None, forms[:12]),
        ("two", {"existing": EXTRA}, forms[12:]),
    ):  # a version has up to 20
        assert (await drafted(api, key, of, effects=some))["userErrors"] == []
        found = (await api.data(query))["campaign"]["draft"]["effects"]
        assert [as_sent(effect) for effect in found] == some


async def test_a_version_is_read_as_it_was_drafted(api: Api) -> None:
    effects = [SEVEN, {"percentOff": {"percent": "5"}}]  # the budget bounds what each gives
    assert (await drafted(api, **VERSION, effects=effects))["userErrors"] == []
    parts = " ".join(
        f"{name} {selection(type_)}" if type_ else name
        for name, type_ in [
            (name, {"calendar": "CampaignCalendar", "limits": "CampaignLimits", "budget": "CampaignBudget"}.get(name))
            for name in VERSION
            if name != "schedule"
        ]
    )
    query = f"""{{ campaign(by: {{code: "EXTRA"}}) {{ draft {{ {parts} schedule {{ at }}
      label draftedBy published approved }} }} }}"""
    found = (await api.data(query))["campaign"]["draft"]
    calendar = {name: {"rule": name} | body for name, body in VERSION["calendar"].items()}
    assert found == VERSION | {
        "calendar": calendar,
        "label": "EXTRA v1",
        "draftedBy": found["draftedBy"],
        "published": False,
        "approved": False,
    }
    assert found["draftedBy"].startswith("key:")
    scheduled = {"trigger": "SCHEDULE", "schedule": {"at": "09:30"}}
    assert (await drafted(api, "two", {"existing": EXTRA}, **scheduled))["version"]["number"] == 2
    query = """{ campaign(by: {code: "EXTRA"}) { draft { schedule { at } calendar { hours { from } } endsAt limits {
      total } budget { count } holdoutPercent conditions { rule } } } }"""
    found = (await api.data(query))["campaign"]["draft"]
    left_out = dict.fromkeys(["calendar", "endsAt", "limits", "budget", "conditions"])
    assert found == left_out | {"schedule": {"at": "09:30"}, "holdoutPercent": "0"}


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "deep amount": (
        {"conditions": {"all": [{"firstOrder": True}, {"not": {"minimumSpend": {"amount": "0.001"}}}]}},
        "conditions all 1 not minimumSpend amount",
    ),
    "not true": ({"conditions": {"firstOrder": False}}, "conditions firstOrder"),
    "unknown tier": ({"conditions": {"tier": {"codes": ["PLATINUM"]}}}, "conditions tier codes 0"),
    "expression": ({"conditions": {"expression": {"text": "order.total >"}}}, "conditions expression text"),
    "hours": ({"conditions": {"hours": {"from": "9", "until": "10:00"}}}, "conditions hours from"),
    "second effect": (
        {"effects": [SEVEN, {"percentOff": {"percent": "101"}}]},
        "effects 1 percentOff percent",
    ),
    "row of an effect": (
        {"effects": [{"multiplyEarnByTier": {"asset": "POINTS", "factors": [{"tier": "GOLD", "factor": "0.5"}]}}]},
        "effects 0 multiplyEarnByTier factors 0 factor",
    ),
    "amount of a tier": (
        {"effects": [{"amountOffByTier": {"tiers": [{"tier": "GOLD", "amount": "0.001"}]}}]},
        "effects 0 amountOffByTier tiers 0 amount",
    ),
    "unknown template": (
        {"effects": [SEVEN, {"issueCoupon": {"template": "NONE"}}]},
        "effects 1 issueCoupon template",
    ),
    "exchange of anything": ({"effects": [{"exchange": {"match": {}}}]}, "effects 0 exchange match"),
    "huge number": ({"effects": [{"amountOff": {"amount": "1e999999"}}]}, "effects 0 amountOff amount"),
    "budget": ({"budget": {"points": {"asset": "GOLD", "amount": "1"}}}, "budget points asset"),
    "calendar": ({"calendar": {"monthDay": {"days": [0]}}}, "calendar monthDay days 0"),
    "holdout": ({"holdoutPercent": "100.5"}, "holdoutPercent"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_what_is_wrong_with_a_version_is_named(api: Api, name: str) -> None:
    version, path = WRONG[name]
    (error,) = (await drafted(api, **version))["userErrors"]
    assert (error["code"], error["field"]) == ("INVALID_INPUT", ["input", "version", *path.split()])
    assert await models.Campaign.filter(program_id=api.program_id, code="EXTRA").count() == 0


async def test_conditions_nest_eight_deep_and_no_deeper(api: Api) -> None:
    def nested(depth: int) -> dict[str, Any]:
        return {"firstOrder": True} if depth == 1 else {"all": [nested(depth - 1)]}

    for key, depth, wanted in (("8", 8, []), ("9", 9, ["INVALID_INPUT"]), ("30", 30, ["INVALID_INPUT"])):
        answer = await drafted(api, key, {"new": {"code": f"D{depth}", "name": "deep"}}, conditions=nested(depth))
        assert [error["code"] for error in answer["userErrors"]] == wanted


async def test_a_life_by_the_api(api: Api) -> None:
    first = await drafted(api)
    assert first["campaign"] == first["campaign"] | {"state": "DRAFT", "published": None, "draft": {"number": 1}}
    assert first["version"]["label"] == "EXTRA v1"
    assert await drafted(api) == first | {"replayed": True}
    done = await step(api, "campaignPublish")
    assert done["campaign"] == {"state": "RUNNING", "published": {"number": 1, "published": True}, "draft": None}
    again = await drafted(api, "two", {"existing": {"id": first["campaign"]["id"]}})
    assert (again["version"]["number"], again["campaign"]["draft"]) == (2, {"number": 2})
    assert (await step(api, "campaignPause"))["campaign"]["state"] == "PAUSED"
    done = await step(api, "campaignPublish", "second", version=2)
    assert done["campaign"] == {"state": "PAUSED", "published": {"number": 2, "published": True}, "draft": None}
    assert (await step(api, "campaignResume"))["campaign"]["state"] == "RUNNING"
    assert (await step(api, "campaignEnd"))["campaign"]["state"] == "ENDED"
    assert (await step(api, "campaignEnd"))["replayed"] is True
    (error,) = (await step(api, "campaignPause", "late"))["userErrors"]
    assert error == {
        "__typename": "CampaignStateError",
        "code": "CAMPAIGN_STATE",
        "state": "ENDED",
        "message": "EXTRA is ENDED; to be PAUSED, it has to be RUNNING or SCHEDULED.",
        "field": ["input", "campaign"],
    }
    query = """query($after: String) { campaign(by: {code: "EXTRA"}) { versions(first: 1, after: $after) {
      nodes { number published } pageInfo { hasNextPage endCursor } } } }"""
    page = (await api.data(query))["campaign"]["versions"]
    assert (page["nodes"], page["pageInfo"]["hasNextPage"]) == ([{"number": 2, "published": True}], True)
    page = (await api.data(query, {"after": page["pageInfo"]["endCursor"]}))["campaign"]["versions"]
    assert (page["nodes"], page["pageInfo"]["hasNextPage"]) == ([{"number": 1, "published": False}], False)


async def test_an_approval_needs_another_key(api: Api) -> None:
    async with transaction():
        await models.Program.filter(id=api.program_id).update(approval=True)
    await drafted(api)
    (error,) = (await step(api, "campaignPublish"))["userErrors"]
    assert (error["__typename"], error["field"]) == ("ApprovalRequiredError", ["input", "version"])
    (error,) = (await step(api, "campaignApprove", version=1))["userErrors"]
    assert (error["__typename"], error["field"]) == ("OwnDraftError", ["input", "version"])
    boss = await api.key_with(Scope.CAMPAIGNS_APPROVE, Scope.PROGRAM_READ)
    assert (await step(api, "campaignApprove", token=boss, version=1))["userErrors"] == []
    assert (await step(api, "campaignPublish", "later"))["campaign"]["state"] == "RUNNING"
    query = '{ campaign(by: {code: "EXTRA"}) { published { approved } } }'
    assert (await api.data(query))["campaign"] == {"published": {"approved": True}}


async def test_what_was_used_is_told(api: Api) -> None:
    await drafted(api, budget={"points": {"asset": "POINTS", "amount": "20"}}, limits={"perMember": 5})
    await step(api, "campaignPublish")
    query = '{ campaign(by: {code: "EXTRA"}) { usage { uses count money points } } }'
    assert (await api.data(query))["campaign"] == {"usage": None}
    enrol = """mutation { memberEnroll(input: {idempotencyKey: "m", identities: [{source: "pos", externalId: "1"}]}) {
      member { id } } }"""
    member = (await api.data(enrol))["memberEnroll"]["member"]
    commit = "mutation($input: OrderCommitInput!) { orderCommit(input: $input) { userErrors { __typename } } }"
    for number in ("1", "2", "3"):  # the third would pass the budget
        line = {"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": "1.00"}
        order = {"source": "till", "externalId": number, "member": {"id": member["id"]}, "lines": [line]}
        await api.data(commit, {"input": {"idempotencyKey": number, "order": order}})
    used = {"uses": 2, "count": 2, "money": "0.00", "points": "14"}
    assert (await api.data(query))["campaign"] == {"usage": used}


async def test_a_list_is_narrowed_by_state_trigger_and_code(api: Api) -> None:
    def new(code: str) -> Any:
        return {"new": {"code": code, "name": code}}

    base = await models.Campaign.filter(program_id=api.program_id).order_by("-id").values_list("code", flat=True)
    assert set(base) == {"BASE", "QUALIFYING", "TIER_MULTIPLIER"}
    far, past = "2999-01-01T00:00:00Z", "2001-01-01T00:00:00Z"
    windows: dict[str, dict[str, Any]] = {
        "DRAFTED": {},
        "LATER": {"startsAt": far},
        "PAUSE": {},
        "OVER": {"startsAt": "2000-01-01T00:00:00Z", "endsAt": past},
        "END": {},
        "HELLO": {"trigger": "ENROLLED"},
    }
    for code, said in windows.items():
        await drafted(api, code, new(code), **said)
        if code != "DRAFTED":
            await step(api, "campaignPublish", code, campaign={"code": code})
    await step(api, "campaignPause", campaign={"code": "PAUSE"})
    await step(api, "campaignEnd", campaign={"code": "END"})
    query = "query($filter: CampaignFilter) { campaigns(filter: $filter) { nodes { code state } } }"
    for wanted, codes in (
        ({"states": ["DRAFT"]}, ["DRAFTED"]),
        ({"states": ["SCHEDULED"]}, ["LATER"]),
        ({"states": ["PAUSED"]}, ["PAUSE"]),
        ({"states": ["ENDED"]}, ["END", "OVER"]),
        ({"states": ["RUNNING"]}, ["HELLO", *base]),
        ({"states": ["DRAFT", "PAUSED"]}, ["PAUSE", "DRAFTED"]),
        ({"states": []}, []),
        ({"trigger": "ENROLLED"}, ["HELLO"]),
        ({"codes": ["OVER", "NONE", "BASE"]}, ["OVER", "BASE"]),
        ({"states": ["RUNNING"], "trigger": "ORDER"}, [*base]),
        (None, [*reversed(windows), *base]),
    ):
        nodes = (await api.data(query, {"filter": wanted}))["campaigns"]["nodes"]
        assert [node["code"] for node in nodes] == codes
        if wanted and wanted.get("states"):
            assert {node["state"] for node in nodes} <= set(wanted["states"])
    page = "query($after: String) { campaigns(first: 4, after: $after) { nodes { code } pageInfo { endCursor } } }"
    found, after = [], None
    for _ in range(3):
        answer = (await api.data(page, {"after": after}))["campaigns"]
        found += [node["code"] for node in answer["nodes"]]
        after = answer["pageInfo"]["endCursor"]
    assert found == [*reversed(windows), *base]


async def test_a_list_takes_no_statement_for_each_campaign(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        code = f"C{number}"
        await drafted(api, code, {"new": {"code": code, "name": code}})
        await step(api, "campaignPublish", code, campaign={"code": code})
        await drafted(api, f"{code} again", {"existing": {"code": code}})
    query = """query($first: Int!) { campaigns(first: $first) { nodes { state published { number } draft { number }
      versions { nodes { number } } usage { uses } } } }"""
    counts = []
    for first in (2, 12):
        with watching(monkeypatch) as statements:
            nodes = (await api.data(query, {"first": first}))["campaigns"]["nodes"]
        assert [node["draft"] for node in nodes] == [{"number": 2}] * first
        counts.append(len(statements))
    assert min(counts) > 4  # none escapes the count
    assert counts[1] < counts[0] + 10  # a statement for each would make ten more


async def test_members_see_names_of_what_was_published_and_no_rules(api: Api) -> None:
    draft = await drafted(api)
    enrol = """mutation { memberEnroll(input: {idempotencyKey: "m"}) { member { id } } }"""
    token = await api.token_of((await api.data(enrol))["memberEnroll"]["member"]["id"])
    query = '{ campaign(by: {code: "EXTRA"}) { code name state } }'
    assert (await api.data(query, token=token)) == {"campaign": None}
    await step(api, "campaignPublish")
    seen = {"code": "EXTRA", "name": "Seven more", "state": "RUNNING"}
    assert (await api.data(query, token=token)) == {"campaign": seen}
    for field in ("published { number }", "draft { number }", "versions { nodes { number } }", "usage { uses }"):
        answer = await api.post(f'{{ campaign(by: {{code: "EXTRA"}}) {{ code {field} }} }}', token=token)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    node = "query($id: ID!) { node(id: $id) { ... on CampaignVersion { label effects { rule } } } }"
    id = {"id": draft["version"]["id"]}
    assert (await api.data(node, id)) == {"node": {"label": "EXTRA v1", "effects": [{"rule": "earnFixed"}]}}
    answer = await api.post(node, id, token)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


async def test_a_sandbox_shows_states_by_its_own_clock(api: Api) -> None:
    async with transaction():
        await models.Program.filter(id=api.program_id).update(virtual_now=datetime(2026, 1, 1, tzinfo=UTC))
    await drafted(api, startsAt="2026-01-02T00:00:00Z", endsAt="2026-01-03T00:00:00Z")
    await step(api, "campaignPublish")
    query = '{ campaign(by: {code: "EXTRA"}) { state } }'
    found = []
    for day in (1, 2, 3):
        await programs.set_clock(api.program_id, datetime(2026, 1, day, tzinfo=UTC))
        found.append((await api.data(query))["campaign"]["state"])
    assert found == ["SCHEDULED", "RUNNING", "ENDED"]
