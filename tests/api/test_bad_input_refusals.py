"""Refusals that no single value explains: what the state of things does not allow, and what is not even JSON."""

from typing import Any

import pytest

from tests.api.answers import complaint, everything
from tests.api.bad_values import INVALID_INPUT, NOT_FOUND, Bad, bad_values
from tests.api.conftest import SUBJECT, Api
from tests.api.inputs import document, example, input_of, spots

pytestmark = pytest.mark.asyncio(loop_scope="module")

GUEST = {"source": "till", "externalId": "G-1", "lines": [{"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": "1"}]}


async def errors(shop: Api, operation: str, value: dict[str, Any]) -> list[tuple[str, list[str] | None]]:
    payload = (await shop.data(document(operation), {"input": value}))[operation]
    assert not any(value for name, value in payload.items() if name != "userErrors")
    return [(error["code"], error["field"]) for error in payload["userErrors"]]


def adjustment(key: str, amount: Any, **facts: Any) -> dict[str, Any]:
    return {"idempotencyKey": key, "member": SUBJECT, "asset": "POINTS", "amount": amount, "reason": "why"} | facts


async def test_a_refusal_that_the_writer_decides_is_all_that_is_kept(shop: Api) -> None:
    taken = {"phone": "+86 138 0013 8000"}
    known = {"identities": [SUBJECT["identity"] | {"externalId": " 1 "}]}
    for operation, value, expected in (
        ("memberEnroll", {"idempotencyKey": "r1"} | taken, ("PHONE_TAKEN", ["input", "phone"])),
        ("memberEnroll", {"idempotencyKey": "r2"} | known, ("IDENTITY_TAKEN", ["input", "identities"])),
        ("balanceAdjust", adjustment("r3", "-101"), ("INSUFFICIENT_BALANCE", ["input", "amount"])),
        ("balanceAdjust", adjustment("r4", 2**62 - 1), ("LIMIT_REACHED", ["input", "amount"])),
    ):
        counts, *rows = await everything()
        assert await errors(shop, operation, value) == [expected]
        after, *rows_after = await everything()
        assert after == counts | {"idempotency": counts["idempotency"] + 1}
        assert rows_after == rows
        assert await errors(shop, operation, value) == [expected]
        assert (await everything())[0] == after


async def test_a_refusal_before_the_writer_leaves_its_key_unused(shop: Api) -> None:
    assert await errors(shop, "balanceAdjust", adjustment("k", 0)) == [(INVALID_INPUT, ["input", "amount"])]
    given = await shop.data(document("balanceAdjust"), {"input": adjustment("k", 1)})
    assert given["balanceAdjust"]["userErrors"] == []
    again = await errors(shop, "balanceAdjust", adjustment("k", 2))
    assert again == [("IDEMPOTENCY_KEY_REUSED", ["input", "idempotencyKey"])]


@pytest.mark.parametrize("operation", ["orderCommit", "orderPreview"])
async def test_an_order_whose_total_no_account_can_hold_is_refused(shop: Api, operation: str) -> None:
    highest = "46116860184273879.03"
    line = GUEST["lines"][0]
    before = await everything()
    for lines, shipping in (
        ([line | {"unitPrice": highest, "quantity": 2}], "0"),
        ([line | {"unitPrice": highest, "quantity": 1_000_000}], "0"),
        ([line | {"unitPrice": highest, "ref": ref} for ref in "ab"], "0"),
        ([line | {"unitPrice": highest}], "0.01"),
    ):
        value = example(input_of(operation)) | {"order": GUEST | {"lines": lines, "shipping": shipping}}
        assert await errors(shop, operation, value) == [(INVALID_INPUT, ["input", "order", "lines"])]
    assert await everything() == before


@pytest.mark.parametrize(
    "value",
    [
        b"NaN",
        b"Infinity",
        b"1e400",
        b'"\\ud800"',
        b"'5'",
        b"5,",
        b'"\xff"',
        b"01",
        b"[" * 100_000,
    ],
)
async def test_what_is_not_json_is_refused_as_a_whole(shop: Api, value: bytes) -> None:
    before = await everything()
    head = b'{"query": "mutation($input: BalanceAdjustInput!) { balanceAdjust(input: $input) { replayed } }", '
    body = head + b'"variables": {"input": {"amount": ' + value + b"}}}"
    headers = {"authorization": f"Bearer {shop.key}", "content-type": "application/json"}
    answer = await shop.http.post("/graphql", content=body, headers=headers)
    assert answer.status_code == 400
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["BAD_REQUEST"]
    assert await everything() == before


def by_a_stranger(value: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an import with a member to be enrolled in place of the one that is known."""
    orders = value.get("orders")
    for order in orders if isinstance(orders, list) else ():
        if isinstance(order, dict) and order.get("member") == SUBJECT:
            order["member"] = {"identity": {"source": "new", "externalId": name}}
    return value | {"enrollUnknown": True}


async def test_an_imported_order_that_is_refused_enrolls_nobody(shop: Api) -> None:
    query, type_, wrong = document("ordersImport"), input_of("ordersImport"), {}
    before = await everything()
    for spot in spots(type_):
        for kind, bad in bad_values(spot).items() if spot.path[0] == "orders" else ():
            expected = bad
            named = "identity" in spot.path and "member" in spot.path
            if named and bad.code == NOT_FOUND:  # it could not be enrolled either, and that is why
                expected = Bad(bad.value, INVALID_INPUT, spot.path)
            value = by_a_stranger(example(type_, path=spot.path, value=bad.value), f"{spot.name[:90]} {kind}")
            answer = await shop.ask(query, {"input": value}, f"Bearer {shop.key}")
            if problem := complaint(answer, "ordersImport", expected):
                wrong[f"{spot.name} {kind}"] = problem
    assert wrong == {}
    assert await everything() == before
