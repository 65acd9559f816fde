"""`ordersImport`: many orders in one call, each decided by itself, and the whole safe to send again."""

from typing import Any

from services.actors import Scope
from services.database.config import Database
from services.verify.verification import verify
from tests.api.answers import everything
from tests.api.conftest import Api, row_counts, rows_of

IMPORT = """mutation($input: OrdersImportInput!) { ordersImport(input: $input) {
  results { index replayed order { externalId payable member { number status enrolledAt store channel
      identities { source externalId } } }
    userErrors { __typename ... on UserError { code message field }
      ... on DuplicateOrderError { order { externalId } } } }
  userErrors { __typename ... on UserError { code message field } } } }"""
ENROLL = "mutation($input: MemberEnrollInput!) { memberEnroll(input: $input) { member { id number } } }"
AMEND = "mutation($input: MemberAmendInput!) { memberAmend(input: $input) { userErrors { __typename } } }"
LINE = {"ref": "1", "sku": "CD", "quantity": 1, "unitPrice": "10.00"}


def order(name: str, member: dict[str, Any] | str | None = None, **facts: Any) -> dict[str, Any]:
    ref = {"identity": {"source": "pos", "externalId": member}} if isinstance(member, str) else member
    return {"source": "till", "externalId": name, "member": ref, "lines": [LINE]} | facts


async def enrolled(api: Api, key: str, **facts: Any) -> dict[str, str]:
    facts = {"identities": [{"source": "pos", "externalId": key}]} | facts
    return (await api.data(ENROLL, {"input": {"idempotencyKey": key} | facts}))["memberEnroll"]["member"]


async def test_to_enrol_needs_the_scope_of_members_too(api: Api) -> None:
    await enrolled(api, "known")
    narrow = await api.key_with(Scope.ORDERS_WRITE)
    before = await everything()
    for member in ("stranger", "known"):
        values = {"idempotencyKey": "i", "orders": [order("a", member)], "enrollUnknown": True}
        answer = await api.post(IMPORT, {"input": values}, narrow)
        (error,) = answer["errors"]
        assert (answer["data"], error["extensions"]["code"]) == (None, "FORBIDDEN")
        assert error["message"] == "The credential lacks `members:write`."
    assert await everything() == before
    values = {"idempotencyKey": "i", "orders": [order("a", "known"), order("b", "stranger")]}
    results = (await api.data(IMPORT, {"input": values}, narrow))["ordersImport"]["results"]
    assert codes(results) == ["a", ("NOT_FOUND", ["input", "orders", "1", "member"])]
    both = await api.key_with(Scope.ORDERS_WRITE, Scope.MEMBERS_WRITE)
    values |= {"idempotencyKey": "j", "enrollUnknown": True}
    results = (await api.data(IMPORT, {"input": values}, both))["ordersImport"]["results"]
    assert codes(results) == ["a", "b"]


async def imported(api: Api, key: str, *orders: Any, enroll: bool = False) -> list[dict[str, Any]]:
    answer = await api.data(IMPORT, {"input": {"idempotencyKey": key, "orders": orders, "enrollUnknown": enroll}})
    results: list[dict[str, Any]] = answer["ordersImport"]["results"]
    assert answer["ordersImport"]["userErrors"] == []
    assert [result["index"] for result in results] == list(range(len(orders)))
    return results


def codes(results: list[dict[str, Any]]) -> list[tuple[str, list[str]] | str]:
    """Return for each order the code and the field that it was refused for, or its name."""
    return [
        (result["userErrors"][0]["code"], result["userErrors"][0]["field"])
        if result["userErrors"]
        else result["order"]["externalId"]
        for result in results
    ]


async def test_500_orders_are_committed_in_their_order(api: Api) -> None:
    orders = [order(f"A-{index}", str(index % 50), lines=[LINE | {"quantity": index + 1}]) for index in range(500)]
    results = await imported(api, "k", *orders, enroll=True)
    assert [result["order"]["externalId"] for result in results] == [f"A-{index}" for index in range(500)]
    assert [result["order"]["payable"] for result in results] == [f"{10 * (index + 1)}.00" for index in range(500)]
    assert not any(result["replayed"] or result["userErrors"] for result in results)
    counts = await row_counts()
    assert (counts["orders"], counts["order_line"], counts["member"], counts["identity"]) == (500, 500, 50, 50)
    names = "SELECT external_id FROM orders ORDER BY id"
    assert [name for (name,) in await rows_of(names)] == [f"A-{index}" for index in range(500)]
    again = await imported(api, "k", *orders, enroll=True)
    assert again == [result | {"replayed": True} for result in results]
    assert await row_counts() == counts


async def test_each_refusal_names_its_order_and_touches_no_other(api: Api) -> None:
    member = await enrolled(api, "1")
    frozen = await enrolled(api, "2")
    status = {"idempotencyKey": "f", "member": {"id": frozen["id"]}, "status": "FROZEN"}
    await api.data(AMEND, {"input": status})
    await imported(api, "before", order("taken", "1"))
    results = await imported(
        api,
        "k",
        order("good 1", "1"),
        order("bad quantity", "1", lines=[LINE, LINE | {"ref": "2", "quantity": 0}]),
        order("good 2", {"number": member["number"]}),
        order("unknown", "3"),
        order("taken", "1", shipping="1.00"),
        order("taken", "1"),
        order("good 1", "1"),
        order("good 1", "1", store="another"),
        order("frozen", "2"),
        order("twice", "1", lines=[LINE, LINE]),
        order("dollars", "1", currency="USD"),
        order("none", "1", lines=[]),
        order("guest"),
    )
    assert codes(results) == [
        "good 1",
        ("INVALID_INPUT", ["input", "orders", "1", "lines", "1", "quantity"]),
        "good 2",
        ("NOT_FOUND", ["input", "orders", "3", "member"]),
        ("DUPLICATE_ORDER", ["input", "orders", "4", "externalId"]),
        "taken",
        "good 1",
        ("DUPLICATE_ORDER", ["input", "orders", "7", "externalId"]),
        ("MEMBER_NOT_ACTIVE", ["input", "orders", "8", "member"]),
        ("INVALID_INPUT", ["input", "orders", "9", "lines", "1", "ref"]),
        ("INVALID_INPUT", ["input", "orders", "10", "currency"]),
        ("INVALID_INPUT", ["input", "orders", "11", "lines"]),
        "guest",
    ]
    assert [result["replayed"] for result in results] == [index in {5, 6} for index in range(13)]
    assert [result["order"] is None for result in results] == [bool(result["userErrors"]) for result in results]
    assert results[7]["userErrors"][0]["order"] == {"externalId": "good 1"}
    assert (await row_counts())["orders"] == 4
    query = "query($id: ID!) { member(by: {id: $id}) { balance { available } } }"
    assert await api.data(query, {"id": member["id"]}) == {"member": {"balance": {"available": "30"}}}


async def test_the_same_key_with_other_orders_is_refused(api: Api) -> None:
    await enrolled(api, "1")
    first = [order("A-1", "1"), order("A-2", "1")]
    await imported(api, "k", *first)
    before = await everything()
    reused = ("IDEMPOTENCY_KEY_REUSED", ["input", "idempotencyKey"])
    for other in (
        [first[0], order("A-3", "1")],
        first[::-1],
        first[:1],
        [first[0] | {"store": "s"}, first[1]],
        [first[0], first[1] | {"lines": [LINE | {"unitPrice": "10.01"}]}],
        [*first, order("A-3", "1")],
        [order(f"B-{index}", "1") for index in range(5)],
    ):
        assert codes(await imported(api, "k", *other)) == [reused] * len(other)
        assert await everything() == before
    assert codes(await imported(api, "k", *first)) == ["A-1", "A-2"]
    spelled = [one | {"lines": [LINE | {"unitPrice": "10.0"}], "source": " till"} for one in first]
    assert codes(await imported(api, "k", *spelled)) == ["A-1", "A-2"]
    assert codes(await imported(api, "k2", *first[::-1])) == ["A-2", "A-1"]


async def test_an_import_leaves_a_ledger_that_verifies(api: Api, database_url: str) -> None:
    await imported(api, "k", order("A-1"), order("A-2", "1"), order("A-2", "2"), enroll=True)
    await imported(api, "k", order("A-1"), order("A-2", "1"), order("A-2", "2"), enroll=True)
    assert (await row_counts())["member"] == 1
    assert (await verify(Database.parse(database_url))).findings == []


async def test_other_orders_under_a_used_key_are_refused_as_a_whole(api: Api) -> None:
    await imported(api, "k", order("A-1"))
    before = await everything()
    for orders in ([order("B-1", "x"), order("B-2", "y")], [order("A-1"), order("B-1", "x")]):
        for enroll in (False, True):
            results = await imported(api, "k", *orders, enroll=enroll)
            assert codes(results) == [("IDEMPOTENCY_KEY_REUSED", ["input", "idempotencyKey"])] * 2
            assert {result["userErrors"][0]["message"] for result in results} == {
                "The idempotency key 'k' was used before, with other content."
            }
    assert codes(await imported(api, "k", order("A-1"), enroll=True)) == [
        ("IDEMPOTENCY_KEY_REUSED", ["input", "idempotencyKey"])
    ]
    assert await everything() == before


async def test_a_repeated_refusal_has_no_effect(api: Api) -> None:
    member = await enrolled(api, "1")
    status = {"member": {"id": member["id"]}}
    await api.data(AMEND, {"input": status | {"idempotencyKey": "f", "status": "FROZEN"}})
    refused = await imported(api, "k", order("A-1", "1"), enroll=True)
    assert codes(refused) == [("MEMBER_NOT_ACTIVE", ["input", "orders", "0", "member"])]
    await api.data(AMEND, {"input": status | {"idempotencyKey": "c", "status": "CLOSED"}})
    before = await everything()
    assert await imported(api, "k", order("A-1", "1"), enroll=True) == refused
    assert await everything() == before


async def test_refused_orders_enrol_nobody(api: Api) -> None:
    await enrolled(api, "1")
    await imported(api, "k", order("A-1", "1"))
    before = await everything()
    reused = await imported(api, "k", order("A-1", "ghost 1"), enroll=True)
    assert codes(reused) == [("IDEMPOTENCY_KEY_REUSED", ["input", "idempotencyKey"])]
    twice = await imported(api, "k2", order("A-1", "ghost 2"), enroll=True)
    assert codes(twice) == [("DUPLICATE_ORDER", ["input", "orders", "0", "externalId"])]
    assert twice[0]["userErrors"][0]["order"] == {"externalId": "A-1"}
    assert await everything() == before


async def test_a_call_is_answered_as_before_when_its_member_has_gone(api: Api) -> None:
    member = await enrolled(api, "1", phone="+8613800138000")
    orders = [order("A-1", {"phone": "+8613800138000"}), order("A-2", "1")]
    first = await imported(api, "k", *orders)
    values = {"idempotencyKey": "a", "member": {"id": member["id"]}, "phone": None}
    await api.data(AMEND, {"input": values})
    again = await imported(api, "k", *orders)
    assert codes(again) == ["A-1", "A-2"]
    assert again == [result | {"replayed": True} for result in first]
    await enrolled(api, "2", phone="+8613800138000")
    assert await imported(api, "k", *orders) == again


async def test_an_order_that_was_refused_may_pass_when_the_same_call_is_sent_again(api: Api) -> None:
    await enrolled(api, "1")
    orders = [order("A-1", "1"), order("A-2", "2"), order("A-3", "1")]
    assert codes(await imported(api, "k", *orders)) == ["A-1", ("NOT_FOUND", ["input", "orders", "1", "member"]), "A-3"]
    await enrolled(api, "2")
    results = await imported(api, "k", *orders)
    assert codes(results) == ["A-1", "A-2", "A-3"]
    assert [result["replayed"] for result in results] == [True, False, True]


async def test_unknown_members_are_enrolled_once_as_of_their_first_order(api: Api) -> None:
    first = {"occurredAt": "2020-05-01T12:00:00Z", "store": "s1", "channel": "c1"}
    second = {"occurredAt": "2019-05-01T12:00:00Z", "store": "s2", "channel": "c2"}
    spaced = {"identity": {"source": " pos ", "externalId": "7 "}}
    results = await imported(api, "k", order("A-1", "7", **first), order("A-2", spaced, **second), enroll=True)
    assert codes(results) == ["A-1", "A-2"]
    assert results[0]["order"]["member"] == results[1]["order"]["member"]
    member = results[0]["order"]["member"]
    assert {name: member[name] for name in ("status", "enrolledAt", "store", "channel", "identities")} == {
        "status": "ACTIVE",
        "enrolledAt": "2020-05-01T12:00:00.000Z",
        "store": "s1",
        "channel": "c1",
        "identities": [{"source": "pos", "externalId": "7"}],
    }
    assert (await row_counts())["member"] == 1
    later = await imported(api, "later", order("A-3", "7"), enroll=True)
    assert later[0]["order"]["member"] == member


async def test_only_an_identity_can_be_enrolled(api: Api) -> None:
    refs = [{"number": "100000000000"}, {"phone": "+8613800138000"}, {"id": "mem_00000000000000000000000000"}]
    before = await everything()
    results = await imported(api, "k", *(order(str(index), ref) for index, ref in enumerate(refs)), enroll=True)
    assert codes(results) == [("NOT_FOUND", ["input", "orders", str(index), "member"]) for index in range(3)]
    assert await everything() == before
    assert codes(await imported(api, "k2", order("A-1", "9"))) == [("NOT_FOUND", ["input", "orders", "0", "member"])]
    assert await everything() == before


async def test_the_size_of_a_call_is_bounded(api: Api) -> None:
    before = await everything()
    for size in (0, 501):
        variables = {"input": {"idempotencyKey": "k", "orders": [order(str(index)) for index in range(size)]}}
        assert (await api.data(IMPORT, variables))["ordersImport"] == {
            "results": [],
            "userErrors": [
                {
                    "__typename": "InvalidInputError",
                    "code": "INVALID_INPUT",
                    "message": f"`orders` has {size} items; 1 to 500 are allowed.",
                    "field": ["input", "orders"],
                }
            ],
        }
    assert await everything() == before


async def test_a_later_order_of_a_call_earns_by_the_tier_that_an_earlier_one_reached(api: Api) -> None:
    big = order("A-1", "1", lines=[LINE | {"quantity": 100}])
    results = await imported(api, "k", big, order("A-2", "1", lines=[LINE | {"quantity": 10}]), enroll=True)
    query = "query($n: String!) { member(by: {number: $n}) { balance { available } standing { tier { code } } } }"
    found = await api.data(query, {"n": results[0]["order"]["member"]["number"]})
    assert found["member"] == {"balance": {"available": "1110"}, "standing": {"tier": {"code": "SILVER"}}}
