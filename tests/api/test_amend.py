"""`memberAmend`: what is left out stays, null clears, and a closed member stays as it is."""

from typing import Any

import pytest

from tests.api.answers import everything
from tests.api.conftest import Api, row_counts

MEMBER = "id number name phone email birthday channel store status position"
AMEND = f"""mutation($input: MemberAmendInput!) {{ memberAmend(input: $input) {{ replayed member {{ {MEMBER} }}
  userErrors {{ __typename ... on UserError {{ code message field }}
    ... on MemberNotActiveError {{ status }} }} }} }}"""
ENROLL = f"""mutation($input: MemberEnrollInput!) {{ memberEnroll(input: $input) {{ member {{ {MEMBER} }}
  userErrors {{ __typename }} }} }}"""
COMMIT = """mutation($input: OrderCommitInput!) { orderCommit(input: $input) { order { id }
  userErrors { ... on UserError { code message field } ... on MemberNotActiveError { status } } } }"""
ADJUST = """mutation($input: BalanceAdjustInput!) { balanceAdjust(input: $input) { entry { amount }
  userErrors { ... on UserError { code message field } ... on MemberNotActiveError { status } } } }"""
FACTS = {
    "name": "Li Lei",
    "phone": "+8613800138000",
    "email": "lilei@example.com",
    "birthday": "1990-02-28",
    "channel": "web",
    "store": "s1",
}
OTHERS = {
    "name": "Han Meimei",
    "phone": "+8613800138001",
    "email": "meimei@example.com",
    "birthday": "1991-02-28",
    "channel": "shop",
    "store": "s2",
}


async def enrolled(api: Api, key: str = "m", **facts: Any) -> dict[str, Any]:
    answer = await api.data(ENROLL, {"input": {"idempotencyKey": key} | facts})
    assert answer["memberEnroll"]["userErrors"] == []
    return answer["memberEnroll"]["member"]


async def asked(api: Api, member: Any, key: str, **changes: Any) -> dict[str, Any]:
    ref = {"id": member["id"]} if "id" in member else member
    return (await api.data(AMEND, {"input": {"idempotencyKey": key, "member": ref} | changes}))["memberAmend"]


async def amended(api: Api, member: Any, key: str, **changes: Any) -> dict[str, Any]:
    answer = await asked(api, member, key, **changes)
    assert answer["userErrors"] == []
    return answer["member"]


def facts_of(member: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in member.items() if name != "position"}


async def by_phone(api: Api, phone: str) -> Any:
    query = "query($phone: String!) { member(by: {phone: $phone}) { number } }"
    return (await api.data(query, {"phone": phone}))["member"]


@pytest.mark.parametrize("name", sorted(FACTS))
async def test_one_fact_changes_and_the_others_stay(api: Api, name: str) -> None:
    member = await enrolled(api, **FACTS)
    changed = await amended(api, member, "1", **{name: OTHERS[name]})
    assert facts_of(changed) == facts_of(member) | {name: OTHERS[name]}
    cleared = await amended(api, member, "2", **{name: None})
    assert facts_of(cleared) == facts_of(member) | {name: None}
    again = await amended(api, member, "3", **{name: FACTS[name]})
    assert facts_of(again) == facts_of(member)
    events = [answer["position"].split("-")[1] for answer in (member, changed, cleared, again)]
    assert events == ["1", "2", "3", "4"]


async def test_all_facts_change_at_once_and_none_by_themselves(api: Api) -> None:
    member = await enrolled(api, **FACTS)
    counts = await row_counts()
    assert await amended(api, member, "nothing") == member
    assert await amended(api, member, "the same", **FACTS, status="ACTIVE") == member
    assert await row_counts() == counts | {"idempotency": counts["idempotency"] + 2}
    changed = await amended(api, member, "all", **OTHERS)
    assert facts_of(changed) == facts_of(member) | OTHERS
    empty = await amended(api, member, "none", **dict.fromkeys(OTHERS))
    assert facts_of(empty) == facts_of(member) | dict.fromkeys(OTHERS)


async def test_a_bare_member_gets_every_fact(api: Api) -> None:
    member = await enrolled(api)
    assert all(member[name] is None for name in FACTS)
    assert facts_of(await amended(api, member, "1", **FACTS)) == facts_of(member) | FACTS


async def test_a_changed_phone_frees_the_old_number(api: Api) -> None:
    member = await enrolled(api, **FACTS)
    await amended(api, member, "1", phone="138 0013 8001")
    assert await by_phone(api, FACTS["phone"]) is None
    assert await by_phone(api, OTHERS["phone"]) == {"number": member["number"]}
    heir = await enrolled(api, "heir", phone=FACTS["phone"])
    assert await by_phone(api, FACTS["phone"]) == {"number": heir["number"]}
    taken = await asked(api, member, "2", phone=FACTS["phone"])
    assert taken["userErrors"] == [
        {
            "__typename": "PhoneTakenError",
            "code": "PHONE_TAKEN",
            "message": "+8613800138000 belongs to another member.",
            "field": ["input", "phone"],
        }
    ]
    assert await by_phone(api, OTHERS["phone"]) == {"number": member["number"]}
    await amended(api, heir, "3", phone=None)
    assert await by_phone(api, FACTS["phone"]) is None
    assert (await amended(api, member, "4", phone=FACTS["phone"]))["phone"] == FACTS["phone"]
    assert await by_phone(api, OTHERS["phone"]) is None


async def test_a_refused_amendment_changes_none_of_its_facts(api: Api) -> None:
    member, other = await enrolled(api, **FACTS), await enrolled(api, "o", phone=OTHERS["phone"])
    counts, *rows = await everything()
    refused = await asked(api, member, "1", name="changed", phone=OTHERS["phone"])
    assert (refused["member"], refused["userErrors"][0]["code"]) == (None, "PHONE_TAKEN")
    after, *rows_after = await everything()
    assert (rows_after, after) == (rows, counts | {"idempotency": counts["idempotency"] + 1})
    assert await by_phone(api, OTHERS["phone"]) == {"number": other["number"]}


async def test_the_same_key_answers_again_and_with_other_facts_is_refused(api: Api) -> None:
    member = await enrolled(api, **FACTS)
    first = await asked(api, member, "k", name="Han Meimei")
    await amended(api, member, "k2", name="Li Lei")
    again = await asked(api, member, "k", name="Han Meimei")
    assert (first["replayed"], again["replayed"], again["member"]["name"]) == (False, True, "Li Lei")
    for changes in ({"name": "Jim"}, {"name": None}, {}, {"name": "Han Meimei", "store": None}):
        refused = await asked(api, member, "k", **changes)
        assert [(e["code"], e["field"]) for e in refused["userErrors"]] == [
            ("IDEMPOTENCY_KEY_REUSED", ["input", "idempotencyKey"])
        ]


async def test_the_same_call_is_answered_again_by_the_phone_that_it_changed(api: Api) -> None:
    member = await enrolled(api, **FACTS)
    by = {"phone": FACTS["phone"]}
    first = await asked(api, by, "k", phone=OTHERS["phone"])
    again = await asked(api, by, "k", phone=OTHERS["phone"])
    assert again == first | {"replayed": True}
    assert again["member"]["number"] == member["number"]
    other = await asked(api, by, "k", phone=None)
    assert [error["code"] for error in other["userErrors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    unknown = await asked(api, by, "k3", phone=None)
    assert [(error["code"], error["field"]) for error in unknown["userErrors"]] == [("NOT_FOUND", ["input", "member"])]


async def test_a_frozen_member_neither_buys_nor_stays_so_for_ever(api: Api) -> None:
    member = await enrolled(api, **FACTS)
    line = {"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": "5.00"}
    order = {"source": "till", "externalId": "A-1", "member": {"id": member["id"]}, "lines": [line]}
    frozen = await amended(api, member, "1", status="FROZEN")
    assert facts_of(frozen) == facts_of(member) | {"status": "FROZEN"}
    counts, *rows = await everything()
    refused = await api.data(COMMIT, {"input": {"idempotencyKey": "c1", "order": order}})
    assert refused["orderCommit"] == {
        "order": None,
        "userErrors": [
            {
                "code": "MEMBER_NOT_ACTIVE",
                "message": "The member is frozen.",
                "field": ["input", "order", "member"],
                "status": "FROZEN",
            }
        ],
    }
    after, *rows_after = await everything()
    assert (rows_after, after) == (rows, counts | {"idempotency": counts["idempotency"] + 1})
    assert (await amended(api, member, "2", name="still amended"))["name"] == "still amended"
    await amended(api, member, "3", status="ACTIVE")
    again = await api.data(COMMIT, {"input": {"idempotencyKey": "c1", "order": order}})
    assert again == refused  # a key keeps its answer
    bought = await api.data(COMMIT, {"input": {"idempotencyKey": "c2", "order": order}})
    assert bought["orderCommit"]["userErrors"] == []


async def test_a_closed_member_is_closed_for_good(api: Api) -> None:
    member = await enrolled(api, **FACTS)
    closed = await amended(api, member, "1", status="CLOSED")
    assert facts_of(closed) == facts_of(member) | {"status": "CLOSED"}
    line = {"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": "5.00"}
    order = {"source": "till", "externalId": "A-1", "member": {"id": member["id"]}, "lines": [line]}
    gift = {"member": {"id": member["id"]}, "asset": "POINTS", "amount": 5, "reason": "why"}
    _, *rows = await everything()
    due = {"code": "MEMBER_NOT_ACTIVE", "status": "CLOSED"}
    for status in ("ACTIVE", "FROZEN", "CLOSED"):
        (error,) = (await asked(api, member, f"to {status}", status=status))["userErrors"]
        assert {name: error[name] for name in due} == due
        assert (error["field"], error["__typename"]) == (["input", "member"], "MemberNotActiveError")
    for changes in ({"name": "x"}, {"phone": None}, {}):
        (error,) = (await asked(api, member, f"no {changes}", **changes))["userErrors"]
        assert {name: error[name] for name in due} == due
    for query, name, value, field in (
        (COMMIT, "orderCommit", {"order": order}, ["input", "order", "member"]),
        (ADJUST, "balanceAdjust", gift, ["input", "member"]),
    ):
        (error,) = (await api.data(query, {"input": {"idempotencyKey": "no"} | value}))[name]["userErrors"]
        assert {name: error[name] for name in due} == due
        assert error["field"] == field
    _, *after = await everything()
    assert after == rows


async def test_who_was_a_member_may_join_again(api: Api) -> None:
    identities = [{"source": "shop", "externalId": "7"}]
    member = await enrolled(api, **FACTS, identities=identities)
    await amended(api, member, "1", status="CLOSED")
    assert await by_phone(api, FACTS["phone"]) is None
    again = await enrolled(api, "again", **FACTS, identities=identities)
    assert again["number"] != member["number"]
    assert await by_phone(api, FACTS["phone"]) == {"number": again["number"]}
    (error,) = (await asked(api, member, "2", phone="+8613800138009"))["userErrors"]
    assert error["code"] == "MEMBER_NOT_ACTIVE"
    await enrolled(api, "other", phone="+8613800138009")


async def test_a_member_who_leaves_takes_no_new_phone_along(api: Api) -> None:
    member = await enrolled(api, **FACTS)
    closed = await amended(api, member, "1", status="CLOSED", phone="+8613800138009")
    assert (closed["status"], closed["phone"]) == ("CLOSED", "+8613800138009")
    for number in ("+8613800138009", FACTS["phone"]):
        assert await by_phone(api, number) is None
        await enrolled(api, number, phone=number)
