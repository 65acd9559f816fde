"""How many statements a read takes does not depend on how many rows it finds."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.api.conftest import Api, watching
from tests.factories import campaign, coupon_template

IMPORT = """mutation($input: OrdersImportInput!) { ordersImport(input: $input) {
  results { order { member { id } } userErrors { __typename } } userErrors { __typename } } }"""
COMMIT = "mutation($input: OrderCommitInput!) { orderCommit(input: $input) { order { coupons { state } } } }"
ADJUST = "mutation($input: BalanceAdjustInput!) { balanceAdjust(input: $input) { replayed } }"
NESTED = """query($first: Int!, $at: DateTime!) { members(first: $first) { nodes {
  number position identities { source }
  balances { asset { code } available bonus nextExpiry { amount at } } balance { available nextExpiry { at } }
  standing { tier { code } next { code } progress { missing } } standings { ladder { code } }
  ledger(first: 10) { nodes { amount balanceAfter explanation { text } campaign { code }
    order { id member { number } } } }
  points: ledger(asset: "POINTS", first: 2) { nodes { amount } pageInfo { hasNextPage } }
  lots(asset: "TIER", first: 3) { nodes { part remaining expiresAt } }
  then: balances(at: $at) { available bonus nextExpiry { amount at } } balanceThen: balance(at: $at) { available }
  ledgerThen: ledger(at: $at, first: 10) { nodes { amount } } lotsThen: lots(at: $at) { nodes { remaining } }
  orders(first: 5) { nodes { payable lines { sku } effects { campaign { code } explanation { text } }
    notApplied { campaign { code } } member { number } } }
} } }"""
WALLETS = """query($first: Int!) { members(first: $first) { nodes { number
  coupons(first: 5) { nodes { id code qrCode version state heldUntil template { code } member { number } order { id }
    history { kind actor member { number } from { number } order { id } } } }
  usable: coupons(states: [ISSUED], first: 2) { nodes { state } }
  orders(first: 3) { nodes { coupons { id state } effects { coupon { code }
    ... on IssueCouponEffect { template { code } coupons { id } } } notApplied { coupon { id } } } }
} } }"""
EVENTS = """subscription($after: Cursor) { programEvents(after: $after) { events { __typename kind member { number }
  ... on BalanceChanged { asset { code } change balance { available } entry { amount order { id } } }
  ... on CouponEvent { couponId coupon { state template { code } } } ... on CouponUsed { order { id } }
  ... on OrderCommitted { order { payable lines { sku } effects { campaign { code } } } } } cursor } }"""
SIZE = 20
MORE = SIZE - 2
"""A statement for each member would make this many more for all of them than for two."""


def whole(data: Any) -> bool:
    """Whether a batch is as large as one can be."""
    return len(data["programEvents"]["events"]) == 100


async def filled(api: Api) -> None:
    """Enrol members who have three orders and an adjustment each."""
    line = {"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": "10.00"}
    orders = [
        {"source": "till", "externalId": f"{index}-{number}", "lines": [line]}
        | {"member": {"identity": {"source": "pos", "externalId": str(index)}}}
        for index in range(SIZE)
        for number in range(3)
    ]
    answer = await api.data(IMPORT, {"input": {"idempotencyKey": "i", "orders": orders, "enrollUnknown": True}})
    ids = {result["order"]["member"]["id"] for result in answer["ordersImport"]["results"]}
    assert len(ids) == SIZE
    for id in ids:
        facts = {"idempotencyKey": id, "member": {"id": id}, "asset": "POINTS", "amount": 5, "reason": "gift"}
        await api.data(ADJUST, {"input": facts})


async def test_a_nested_read_takes_no_statement_for_each_member(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    await filled(api)
    at = datetime.now(UTC).isoformat()
    await api.data(NESTED, {"first": 1, "at": at})  # what is read once and kept is not counted
    counts = []
    for first in (2, SIZE):
        with watching(monkeypatch) as statements:
            nodes = (await api.data(NESTED, {"first": first, "at": at}))["members"]["nodes"]
        assert len(nodes) == first
        assert all(len(node["ledger"]["nodes"]) == 7 for node in nodes)
        assert all([entry["amount"] for entry in node["points"]["nodes"]] == ["5", "10"] for node in nodes)
        assert all(len(node["ledgerThen"]["nodes"]) == 7 and len(node["lotsThen"]["nodes"]) == 4 for node in nodes)
        assert all(node["balanceThen"] == {"available": "35"} for node in nodes)
        counts.append(len(statements))
    assert min(counts) > 10  # none escapes the count
    assert counts[1] < counts[0] + MORE


async def test_a_page_of_wallets_takes_no_statement_for_each_coupon(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    off = [{"amountOff": {"amount": "1.00"}}]
    await coupon_template(api.program_id, "ONE", off)
    await campaign(api.program_id, "NEXT", [{"issueCoupon": {"template": "ONE"}}])
    await filled(api)
    for index in range(SIZE):
        line = {"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": "10.00"}
        by = {"member": {"identity": {"source": "pos", "externalId": str(index)}}}
        order = {"source": "till", "externalId": f"next {index}", "lines": [line]} | by
        sold = await api.data(COMMIT, {"input": {"idempotencyKey": f"next {index}", "order": order}})
        assert [coupon["state"] for coupon in sold["orderCommit"]["order"]["coupons"]] == ["USED"]
    await api.data(WALLETS, {"first": 1})
    counts = []
    for first in (2, SIZE):
        with watching(monkeypatch) as statements:
            nodes = (await api.data(WALLETS, {"first": first}))["members"]["nodes"]
        assert len(nodes) == first
        for node in nodes:
            assert sorted(coupon["state"] for coupon in node["coupons"]["nodes"]) == [
                "ISSUED",
                "ISSUED",
                "ISSUED",
                "USED",
            ]
            assert len(node["usable"]["nodes"]) == 2
            assert [len(order["coupons"]) for order in node["orders"]["nodes"]] == [1, 0, 0]
        counts.append(len(statements))
    assert min(counts) > 10
    assert counts[1] < counts[0] + MORE


async def test_a_batch_of_events_takes_no_statement_for_each_member(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    key = f"Bearer {api.key}"
    beginning = (await api.first(EVENTS, {}, key))["data"]["programEvents"]["cursor"]
    await filled(api)
    with watching(monkeypatch) as statements:
        answer = await api.first(EVENTS, {"after": beginning}, key, whole)
    batch = answer["data"]["programEvents"]
    assert len({event["member"]["number"] for event in batch["events"]}) >= 10
    # On PostgreSQL the stream may look for events more often, and come in parts, while others' transactions are open.
    assert len([statement for statement in statements if "event" not in statement]) < 60


async def test_an_import_reads_members_and_items_with_one_statement_each(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(api)
    line = {"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": "10.00"}
    counts = []
    for size in (2, SIZE):
        orders = [
            {"source": "till", "externalId": f"later {size}-{index}", "lines": [line]}
            | {"member": {"identity": {"source": "pos", "externalId": str(index)}}}
            for index in range(size)
        ]
        with watching(monkeypatch) as statements:
            answer = await api.data(IMPORT, {"input": {"idempotencyKey": str(size), "orders": orders}})
        assert [result["userErrors"] for result in answer["ordersImport"]["results"]] == [[]] * size
        counts.append(len(statements))
    assert counts[1] < counts[0] + MORE
