"""The same request under the same key is answered the same, whatever has become of what it names."""

from typing import Any

import pytest

from tests.api.conftest import Api

PHONE, OTHER = "+8613800138000", "+8613800138001"
LINE = {"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": "100.00"}
ORDER = {"source": "till", "externalId": "A-1", "member": {"phone": PHONE}, "lines": [LINE]}
MEMBER: dict[str, Any] = {"member": {"phone": PHONE}}
ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "orderCommit": ("OrderCommitInput", {"order": ORDER}),
    "balanceAdjust": ("BalanceAdjustInput", MEMBER | {"asset": "POINTS", "amount": "5", "reason": "a gift"}),
    "valueTopUp": ("ValueTopUpInput", MEMBER | {"amount": "5.00"}),
    "memberAmend": ("MemberAmendInput", MEMBER | {"name": "Li Lei"}),
    "memberEnroll": ("MemberEnrollInput", {"name": "Lucy", "referredBy": {"phone": PHONE}}),
}
BODY = "replayed member { number } userErrors { __typename ... on UserError { code field } }"


async def ask(api: Api, name: str, values: dict[str, Any], key: str = "k") -> dict[str, Any]:
    body = f"{BODY} entries {{ amount }}" if name == "orderCommit" else BODY
    query = f"mutation($input: {ASKED[name][0]}!) {{ {name}(input: $input) {{ {body} }} }}"
    answer: dict[str, Any] = (await api.data(query, {"input": {"idempotencyKey": key} | values}))[name]
    return answer


@pytest.mark.parametrize("name", ASKED)
async def test_a_phone_number_that_changed_hands_changes_no_answer(api: Api, name: str) -> None:
    member = await ask(api, "memberEnroll", {"phone": PHONE}, "first")
    values = ASKED[name][1]
    first = await ask(api, name, values)
    assert (first["replayed"], first["userErrors"]) == (False, [])
    gone = {"member": {"number": member["member"]["number"]}, "phone": OTHER}
    assert (await ask(api, "memberAmend", gone, "gone"))["userErrors"] == []
    assert await ask(api, name, values) == first | {"replayed": True}
    if name != "memberEnroll":
        new = await ask(
            api, name, values | ({"order": ORDER | {"externalId": "A-2"}} if "order" in values else {}), "new"
        )
        assert [error["code"] for error in new["userErrors"]] == ["NOT_FOUND"]
    await ask(api, "memberEnroll", {"phone": PHONE}, "second")
    assert await ask(api, name, values) == first | {"replayed": True}


@pytest.mark.parametrize("name", ASKED)
async def test_a_refusal_is_given_again_too(api: Api, name: str) -> None:
    member = await ask(api, "memberEnroll", {"phone": PHONE}, "first")
    number = {"number": member["member"]["number"]}
    refusals = {
        "orderCommit": {"status": "FROZEN"},
        "balanceAdjust": {"status": "CLOSED"},
        "valueTopUp": {"status": "FROZEN"},
        "memberAmend": {"status": "CLOSED"},
    }
    if name not in refusals:
        return
    values = ASKED[name][1] if refusals[name]["status"] == "FROZEN" else ASKED[name][1] | {"member": number}
    await ask(api, "memberAmend", {"member": number} | refusals[name], "stop")
    refused = await ask(api, name, values)
    assert [error["code"] for error in refused["userErrors"]] == ["MEMBER_NOT_ACTIVE"]
    if name == "orderCommit":
        await ask(api, "memberAmend", {"member": number, "phone": OTHER}, "gone")
    assert await ask(api, name, values) == refused


async def test_the_other_till_gets_the_whole_answer(api: Api) -> None:
    await ask(api, "memberEnroll", {"phone": PHONE}, "first")
    first = await ask(api, "orderCommit", {"order": ORDER}, "till 1")
    assert [entry["amount"] for entry in first["entries"]] == ["100", "100.00"]
    assert await ask(api, "orderCommit", {"order": ORDER}, "till 2") == first | {"replayed": True}
    assert await ask(api, "orderCommit", {"order": ORDER}, "till 1") == first | {"replayed": True}


PREVIEW = """query($input: OrderPreviewInput!) { orderPreview(input: $input) {
  order { payable effects { __typename explanation { text } } }
  userErrors { __typename ... on UserError { code field } } } }"""


async def test_a_preview_knows_the_order_that_is_there(api: Api) -> None:
    await ask(api, "memberEnroll", {"phone": PHONE}, "first")
    before = (await api.data(PREVIEW, {"input": {"order": ORDER}}))["orderPreview"]
    await ask(api, "orderCommit", {"order": ORDER})
    assert (await api.data(PREVIEW, {"input": {"order": ORDER}}))["orderPreview"] == before
    other = ORDER | {"lines": [LINE | {"quantity": 9}]}
    answer = (await api.data(PREVIEW, {"input": {"order": other}}))["orderPreview"]
    assert answer["order"] is None
    assert answer["userErrors"] == [
        {"__typename": "DuplicateOrderError", "code": "DUPLICATE_ORDER", "field": ["input", "order", "externalId"]}
    ]


async def test_a_preview_in_the_future_takes_orders_of_then(api: Api) -> None:
    await ask(api, "memberEnroll", {"phone": PHONE}, "first")
    values = {"at": "2030-01-02T00:00:00Z", "order": ORDER | {"occurredAt": "2030-01-01T00:00:00Z"}}
    answer = (await api.data(PREVIEW, {"input": values}))["orderPreview"]
    assert (answer["userErrors"], answer["order"]["payable"]) == ([], "100.00")
    values["order"]["occurredAt"] = "2030-01-03T00:00:00Z"
    (error,) = (await api.data(PREVIEW, {"input": values}))["orderPreview"]["userErrors"]
    assert error["field"] == ["input", "order", "occurredAt"]


async def test_an_order_beyond_the_largest_balance_names_its_lines(api: Api) -> None:
    await ask(api, "memberEnroll", {"phone": PHONE}, "first")
    huge = ORDER | {"lines": [LINE | {"unitPrice": "46116860184273879.03"}]}
    await ask(api, "orderCommit", {"order": ORDER}, "before")
    answer = await ask(api, "orderCommit", {"order": huge | {"externalId": "A-2"}})
    assert answer["userErrors"] == [
        {"__typename": "LimitReachedError", "code": "LIMIT_REACHED", "field": ["input", "order", "lines"]}
    ]
