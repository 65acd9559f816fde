"""Lists: pages without gap or repetition, their bounds, and what narrows them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.instants import plus_months
from tests.api.conftest import Api

ENROLL = "mutation($input: MemberEnrollInput!) { memberEnroll(input: $input) { member { id enrolledAt } } }"
AMEND = "mutation($input: MemberAmendInput!) { memberAmend(input: $input) { member { status } } }"
ADJUST = "mutation($input: BalanceAdjustInput!) { balanceAdjust(input: $input) { entry { id } } }"
COMMIT = "mutation($input: OrderCommitInput!) { orderCommit(input: $input) { order { id } } }"
MEMBERS = """query($filter: MemberFilter, $first: Int, $after: String) {
  members(filter: $filter, first: $first, after: $after) { nodes { id } edges { cursor node { id } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
OWN = """query($id: ID!, $first: Int, $after: String) { member(by: {id: $id}) { %s(%s first: $first, after: $after) {
  nodes { %s } edges { cursor node { %s } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""
LEDGER = OWN % ("ledger", "", "id amount kind asset { code }", "id")
POINTS = OWN % ("ledger", 'asset: "POINTS",', "id amount", "id")
LOTS = OWN % ("lots", "", "id amount remaining held availableAt expiresAt asset { code }", "id")
ORDERS = OWN % ("orders", "", "id externalId", "id")


async def enrolled(api: Api, key: str, **facts: Any) -> str:
    return (await api.data(ENROLL, {"input": {"idempotencyKey": key} | facts}))["memberEnroll"]["member"]["id"]


async def adjusted(api: Api, member: str, key: str, amount: int, asset: str = "POINTS") -> None:
    facts = {"idempotencyKey": key, "member": {"id": member}, "asset": asset, "amount": amount, "reason": "why"}
    assert (await api.data(ADJUST, {"input": facts}))["balanceAdjust"]["entry"]


async def committed(api: Api, member: str, name: str, price: str) -> str:
    line = {"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": price}
    order = {"source": "till", "externalId": name, "member": {"id": member}, "lines": [line]}
    return (await api.data(COMMIT, {"input": {"idempotencyKey": name, "order": order}}))["orderCommit"]["order"]["id"]


async def page(api: Api, query: str, **variables: Any) -> dict[str, Any]:
    """Return a page, having checked that its edges and nodes and cursors agree."""
    data = await api.data(query, variables)
    while "pageInfo" not in data:
        (data,) = data.values()
    assert [edge["node"]["id"] for edge in data["edges"]] == [node["id"] for node in data["nodes"]]
    cursors = [edge["cursor"] for edge in data["edges"]] or [None]
    assert (data["pageInfo"]["startCursor"], data["pageInfo"]["endCursor"]) == (cursors[0], cursors[-1])
    assert data["pageInfo"]["hasPreviousPage"] == (variables.get("after") is not None)
    assert len(set(cursors)) == len(cursors)
    return data


PAGES_MAX = 50
"""More than any list here has."""


async def walked(api: Api, query: str, size: int, **variables: Any) -> list[list[str]]:
    """Return the ids of every page until there is no next."""
    pages: list[list[str]] = []
    after = None
    for _ in range(PAGES_MAX):
        found = await page(api, query, first=size, after=after, **variables)
        pages.append([node["id"] for node in found["nodes"]])
        if not found["pageInfo"]["hasNextPage"]:
            return pages
        after = found["pageInfo"]["endCursor"]
    raise AssertionError(f"the list does not end: {pages}")


async def test_members_come_newest_first_in_pages_without_gap_or_repetition(api: Api) -> None:
    ids = [await enrolled(api, str(index)) for index in range(23)]
    for size in (1, 7, 22, 23, 100):
        pages = await walked(api, MEMBERS, size)
        assert [id for ids_ in pages for id in ids_] == ids[::-1]
        assert [len(ids_) for ids_ in pages] == [size] * (23 // size) + [23 % size] * (23 % size > 0)
    assert len((await page(api, MEMBERS, first=None))["nodes"]) == 20
    assert len((await page(api, "{ members { nodes { id } edges { cursor node { id } } pageInfo { hasNextPage "
                                "hasPreviousPage startCursor endCursor } } }"))["nodes"]) == 20  # fmt: skip


async def test_pages_hold_still_while_members_are_added(api: Api) -> None:
    ids = [await enrolled(api, str(index)) for index in range(7)]
    seen, after = [], None
    for step in range(4):
        found = await page(api, MEMBERS, first=2, after=after)
        seen += [node["id"] for node in found["nodes"]]
        after = found["pageInfo"]["endCursor"]
        await enrolled(api, f"new {step}")
    assert seen == ids[::-1]
    assert not found["pageInfo"]["hasNextPage"]


async def test_a_ledger_holds_still_while_lines_are_added(api: Api) -> None:
    member = await enrolled(api, "m")
    for index in range(1, 6):
        await adjusted(api, member, str(index), index)
    seen, after = [], None
    for step in range(3):
        found = await page(api, LEDGER, id=member, first=2, after=after)
        seen += [node["amount"] for node in found["nodes"]]
        after = found["pageInfo"]["endCursor"]
        await adjusted(api, member, f"new {step}", 100)
    assert seen == ["5", "4", "3", "2", "1"]


async def test_a_ledger_shows_every_line_or_those_of_one_asset(api: Api) -> None:
    member, other = await enrolled(api, "m"), await enrolled(api, "o")
    await committed(api, member, "A-1", "10.00")
    await adjusted(api, other, "other", 1)
    await adjusted(api, member, "less", -4)
    await adjusted(api, member, "value", 2, "VALUE")
    every = await page(api, LEDGER, id=member, first=100)
    assert [(node["asset"]["code"], node["amount"], node["kind"]) for node in every["nodes"]] == [
        ("VALUE", "2.00", "ADJUST"),
        ("POINTS", "-4", "ADJUST"),
        ("TIER", "10.00", "EARN"),
        ("POINTS", "10", "EARN"),
    ]
    points = await page(api, POINTS, id=member, first=100)
    assert [node["amount"] for node in points["nodes"]] == ["-4", "10"]
    for size in (1, 2, 3):
        for query, whole in ((LEDGER, every), (POINTS, points)):
            pages = await walked(api, query, size, id=member)
            assert [id for ids in pages for id in ids] == [node["id"] for node in whole["nodes"]]


async def test_lots_show_what_is_left_of_each_credit(api: Api) -> None:
    member = await enrolled(api, "m")
    for index, amount in enumerate((5, 6, 7, 8)):
        await adjusted(api, member, str(index), amount)
    await adjusted(api, member, "spent", -9)
    found = await page(api, LOTS, id=member, first=100)
    assert [(lot["amount"], lot["remaining"]) for lot in found["nodes"]] == [("8", "8"), ("7", "7"), ("6", "2")]
    facts = {(lot["held"], lot["availableAt"], lot["expiresAt"], lot["asset"]["code"]) for lot in found["nodes"]}
    assert facts == {("0", None, None, "POINTS")}
    pages = await walked(api, LOTS, 2, id=member)
    assert pages == [[lot["id"] for lot in found["nodes"]][:2], [found["nodes"][2]["id"]]]


async def test_the_next_expiry_is_the_soonest_and_all_of_it(api: Api) -> None:
    member = await enrolled(api, "m")
    query = """query($id: ID!) { member(by: {id: $id}) { balance(asset: "TIER") { available nextExpiry { amount at } }
      lots(asset: "TIER") { nodes { remaining expiresAt } } balances { nextExpiry { amount } asset { code } } } }"""
    line = {"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": "10.00"}
    noon = datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0) - timedelta(days=9)
    days = [noon + timedelta(days=later) for later in (0, 1, 0)]
    ends = [f"{plus_months(day, 12, ZoneInfo('Asia/Shanghai')):%Y-%m-%dT%H:%M:%S}.000Z" for day in days]
    for name, day in zip("abc", days, strict=True):
        order = {"source": "till", "externalId": name, "member": {"id": member}, "lines": [line]}
        order["occurredAt"] = day.isoformat()
        await api.data(COMMIT, {"input": {"idempotencyKey": name, "order": order}})
    found = (await api.data(query, {"id": member}))["member"]
    assert found["balance"] == {"available": "30.00", "nextExpiry": {"amount": "20.00", "at": ends[0]}}
    assert [lot["expiresAt"] for lot in found["lots"]["nodes"]] == ends[::-1]
    assert {b["asset"]["code"]: b["nextExpiry"] for b in found["balances"]} == {
        "POINTS": None,
        "TIER": {"amount": "20.00"},
        "VALUE": None,
    }


async def test_orders_come_last_recorded_first(api: Api) -> None:
    member, other = await enrolled(api, "m"), await enrolled(api, "o")
    ids = [await committed(api, member, f"A-{index}", "1.00") for index in range(5)]
    await committed(api, other, "B-1", "1.00")
    assert await walked(api, ORDERS, 2, id=member) == [ids[:2:-1], ids[2:0:-1], ids[:1]]


async def test_a_new_member_has_empty_lists(api: Api) -> None:
    member = await enrolled(api, "m")
    for query in (LEDGER, POINTS, LOTS, ORDERS):
        found = await page(api, query, id=member)
        assert (found["nodes"], found["pageInfo"]["hasNextPage"]) == ([], False)


async def test_members_are_narrowed_by_each_fact_and_by_all_together(api: Api) -> None:
    ids = {}
    for store in ("s1", "s2"):
        for channel in ("web", "shop"):
            ids[store, channel] = await enrolled(api, f"{store} {channel}", store=store, channel=channel)
    bare = await enrolled(api, "bare")
    frozen = ids["s1", "web"]
    await api.data(AMEND, {"input": {"idempotencyKey": "f", "member": {"id": frozen}, "status": "FROZEN"}})

    async def found(**criteria: Any) -> set[str]:
        return {node["id"] for node in (await page(api, MEMBERS, filter=criteria, first=100))["nodes"]}

    everybody = {*ids.values(), bare}
    assert await found() == everybody
    assert await found(status=None, channel=None, store=None, enrolledFrom=None, enrolledUntil=None) == everybody
    assert await found(status="FROZEN") == {frozen}
    assert await found(status="ACTIVE") == everybody - {frozen}
    assert await found(status="CLOSED") == set()
    assert await found(channel="web") == {ids["s1", "web"], ids["s2", "web"]}
    assert await found(store=" s1 ") == {ids["s1", "web"], ids["s1", "shop"]}
    assert await found(store="s2", channel="shop", status="ACTIVE") == {ids["s2", "shop"]}
    assert await found(store="S1") == set()
    rows = await api.data("{ members { nodes { id enrolledAt } } }")
    times = {node["id"]: node["enrolledAt"] for node in rows["members"]["nodes"]}
    assert await found(enrolledFrom="2020-01-01T00:00:00Z", enrolledUntil="2999-01-01T00:00:00Z") == everybody
    assert await found(enrolledFrom="2999-01-01T00:00:00Z") == set()
    assert await found(enrolledUntil=min(times.values())) == set()
    assert await walked(api, MEMBERS, 1, filter={"channel": "web"}) == [[ids["s2", "web"]], [ids["s1", "web"]]]


async def test_enrolled_from_is_inclusive_and_until_is_not(api: Api) -> None:
    line = {"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": "1.00"}
    order = {"source": "till", "externalId": "1", "lines": [line], "occurredAt": "2020-05-01T00:00:00Z"}
    order["member"] = {"identity": {"source": "pos", "externalId": "1"}}
    query = "mutation($input: OrdersImportInput!) { ordersImport(input: $input) { results { order { id } } } }"
    await api.data(query, {"input": {"idempotencyKey": "i", "orders": [order], "enrollUnknown": True}})
    for criteria, size in (
        ({"enrolledFrom": "2020-05-01T00:00:00Z"}, 1),
        ({"enrolledFrom": "2020-05-01T00:00:00.000001Z"}, 0),
        ({"enrolledUntil": "2020-05-01T00:00:00Z"}, 0),
        ({"enrolledUntil": "2020-05-01T00:00:00.000001Z"}, 1),
        ({"enrolledFrom": "2020-05-01T08:00:00+08:00", "enrolledUntil": "2020-05-01T08:00:00.000001+08:00"}, 1),
    ):
        assert len((await page(api, MEMBERS, filter=criteria))["nodes"]) == size, criteria


@pytest.mark.parametrize("first", [0, -1, 101])
async def test_a_page_has_1_to_100_rows(api: Api, first: int) -> None:
    member = await enrolled(api, "m")
    for query in (MEMBERS, LEDGER, LOTS, ORDERS):
        answer = await api.post(query, {"id": member, "first": first} if query != MEMBERS else {"first": first})
        (error,) = answer["errors"]
        assert (error["extensions"]["code"], error["extensions"]["field"]) == ("BAD_REQUEST", ["first"])
        assert error["message"] == f"`first` is {first}; 1 to 100 is allowed."


async def test_a_cursor_of_another_list_shows_nothing_that_is_not_in_this_one(api: Api) -> None:
    member, other = await enrolled(api, "m"), await enrolled(api, "o")
    for index in range(3):
        await adjusted(api, member, f"m{index}", 1)
        await adjusted(api, other, f"o{index}", 1)
    own = {node["id"] for node in (await page(api, LEDGER, id=member))["nodes"]}
    foreign = (await page(api, LEDGER, id=other, first=1))["pageInfo"]["endCursor"]
    assert {node["id"] for node in (await page(api, LEDGER, id=member, after=foreign))["nodes"]} < own
    lot = (await page(api, LOTS, id=other, first=1))["pageInfo"]["endCursor"]
    lots = {node["id"] for node in (await page(api, LOTS, id=member))["nodes"]}
    assert {node["id"] for node in (await page(api, LOTS, id=member, after=lot))["nodes"]} <= lots
    refused = await api.post(ORDERS, {"id": member, "after": lot})
    assert refused["errors"][0]["extensions"]["field"] == ["after"]
