"""Two programs on one server never see each other, whatever names they share."""

from typing import Any

import pytest
import pytest_asyncio

from services import members
from services.templates import Template
from tests.api.conftest import Api, program_with_key

NUMBER = "100000000016"
PHONE = "+8613800138000"
IDENTITY = {"source": "pos", "externalId": "1"}
ENROLL = """mutation($input: MemberEnrollInput!) { memberEnroll(input: $input) { replayed member { id number name }
  userErrors { ... on UserError { code field } } } }"""
COMMIT = """mutation($input: OrderCommitInput!) { orderCommit(input: $input) { replayed
  order { id payable } member { name balance { available } } userErrors { ... on UserError { code field } } } }"""
ADJUST = """mutation($input: BalanceAdjustInput!) { balanceAdjust(input: $input) { replayed
  entry { balanceAfter } userErrors { ... on UserError { code field } } } }"""
MEMBER = "query($by: MemberBy!) { member(by: $by) { id name balance { available } orders { nodes { payable } } } }"
ORDER = "query($by: OrderBy!) { order(by: $by) { id payable member { name } } }"


@pytest_asyncio.fixture
async def pair(api: Api, monkeypatch: pytest.MonkeyPatch) -> list[Api]:
    """Two programs with a member of the same number, phone and identity, under the same keys."""
    monkeypatch.setattr(members, "draw_number", lambda: NUMBER)
    other_id, other_key = await program_with_key(Template.STANDARD, "OTHER")
    return [api, Api(api.app, api.http, other_key, other_id)]


async def enrolled(api: Api, name: str) -> dict[str, Any]:
    facts = {"idempotencyKey": "e", "name": name, "phone": PHONE, "identities": [IDENTITY]}
    answer = (await api.data(ENROLL, {"input": facts}))["memberEnroll"]
    assert (answer["userErrors"], answer["replayed"]) == ([], False)
    return answer["member"]


async def committed(api: Api, price: str, by: dict[str, Any]) -> dict[str, Any]:
    line = {"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": price}
    order = {"source": "till", "externalId": "A-1", "member": by, "lines": [line]}
    return (await api.data(COMMIT, {"input": {"idempotencyKey": "c", "order": order}}))["orderCommit"]


async def test_equal_names_stand_for_each_programs_own(pair: list[Api]) -> None:
    mine = [await enrolled(api, name) for api, name in zip(pair, ("first", "second"), strict=True)]
    assert [member["number"] for member in mine] == [NUMBER, NUMBER]
    assert mine[0]["id"] != mine[1]["id"]
    for price, by, api, name in zip(
        ("10.00", "20.00"), ({"phone": PHONE}, {"identity": IDENTITY}), pair, ("first", "second"), strict=True
    ):
        answer = await committed(api, price, by)
        assert (answer["userErrors"], answer["replayed"], answer["order"]["payable"]) == ([], False, price)
        assert answer["member"] == {"name": name, "balance": {"available": price[:2]}}
    for api, name, price, ref in zip(
        pair, ("first", "second"), ("10.00", "20.00"), ({"phone": PHONE}, {"identity": IDENTITY}), strict=True
    ):
        for by in ({"number": NUMBER}, {"phone": PHONE}, {"identity": IDENTITY}):
            found = (await api.data(MEMBER, {"by": by}))["member"]
            assert (found["name"], found["balance"], found["orders"]["nodes"]) == (
                name,
                {"available": price[:2]},
                [{"payable": price}],
            )
        order = (await api.data(ORDER, {"by": {"identity": {"source": "till", "externalId": "A-1"}}}))["order"]
        assert (order["payable"], order["member"]["name"]) == (price, name)
        listed = await api.data("{ members { nodes { name } } }")
        assert listed["members"]["nodes"] == [{"name": name}]
        repeated = await committed(api, price, ref)
        assert (repeated["replayed"], repeated["order"]["payable"]) == (True, price)


async def test_ids_of_the_other_program_are_not_found(pair: list[Api]) -> None:
    ours, theirs = pair
    await enrolled(ours, "first")
    member = await enrolled(theirs, "second")
    order = (await committed(theirs, "20.00", {"id": member["id"]}))["order"]
    assert await ours.data(MEMBER, {"by": {"id": member["id"]}}) == {"member": None}
    assert await ours.data(ORDER, {"by": {"id": order["id"]}}) == {"order": None}
    missing = [{"code": "NOT_FOUND", "field": ["input", "order", "member"]}]
    assert (await committed(ours, "20.00", {"id": member["id"]}))["userErrors"] == missing
    gift = {"idempotencyKey": "a", "member": {"id": member["id"]}, "asset": "POINTS", "amount": 5, "reason": "why"}
    refused = (await ours.data(ADJUST, {"input": gift}))["balanceAdjust"]
    assert refused["userErrors"] == [{"code": "NOT_FOUND", "field": ["input", "member"]}]
    referred = {"idempotencyKey": "r", "referredBy": {"id": member["id"]}}
    answer = (await ours.data(ENROLL, {"input": referred}))["memberEnroll"]
    assert answer["userErrors"] == [{"code": "NOT_FOUND", "field": ["input", "referredBy"]}]
    given = (await theirs.data(ADJUST, {"input": gift}))["balanceAdjust"]
    assert (given["userErrors"], given["replayed"], given["entry"]) == ([], False, {"balanceAfter": "25"})


async def test_a_guest_of_one_program_has_the_name_of_another_programs_order(pair: list[Api]) -> None:
    line = {"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": "1.00"}
    order = {"source": "till", "externalId": "G-1", "lines": [line]}
    ids = set()
    for api in pair:
        answer = (await api.data(COMMIT, {"input": {"idempotencyKey": "g", "order": order}}))["orderCommit"]
        assert (answer["userErrors"], answer["replayed"]) == ([], False)
        ids.add(answer["order"]["id"])
    assert len(ids) == 2


async def test_a_programs_stream_tells_of_its_own_members_only(pair: list[Api]) -> None:
    query = "subscription($after: Cursor) { programEvents(after: $after) { cursor events { member { name } } } }"
    ours, theirs = pair
    start = (await ours.first(query, {}, f"Bearer {ours.key}"))["data"]["programEvents"]["cursor"]
    await enrolled(theirs, "second")
    await enrolled(ours, "first")
    seen = await ours.first(
        query, {"after": start}, f"Bearer {ours.key}", lambda data: bool(data["programEvents"]["events"])
    )
    assert {event["member"]["name"] for event in seen["data"]["programEvents"]["events"]} == {"first"}


async def test_set_up_is_each_programs_own(pair: list[Api]) -> None:
    query = "{ program { id code assets { code } } ladders { id tiers { id code } } viewer { program { id } } }"
    first, second = [await api.data(query) for api in pair]
    assert [found["program"]["code"] for found in (first, second)] == ["SHOP", "OTHER"]
    assert first["viewer"]["program"]["id"] == first["program"]["id"] != second["program"]["id"]
    tiers = [{tier["id"] for ladder in found["ladders"] for tier in ladder["tiers"]} for found in (first, second)]
    assert not tiers[0] & tiers[1]
