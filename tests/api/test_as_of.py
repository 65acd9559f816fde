"""The books as of an instant, by the API: what they were, page by page, and no further than now."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.test_lists import adjusted, enrolled

THEN = """query($id: ID!, $at: DateTime) { member(by: {id: $id}) {
  balances(at: $at) { asset { code } available nextExpiry { amount } } balance(at: $at) { available }
  ledger(at: $at) { nodes { amount } } lots(at: $at) { nodes { amount remaining } } } }"""
PAGED = """query($id: ID!, $at: DateTime!, $ledger: String, $lots: String) { member(by: {id: $id}) {
  ledger(at: $at, first: 2, after: $ledger) { nodes { amount } pageInfo { hasNextPage endCursor } }
  lots(at: $at, first: 2, after: $lots) { nodes { amount remaining } pageInfo { hasNextPage endCursor } } } }"""


def now() -> str:
    return datetime.now(UTC).isoformat()


async def then(api: Api, id: str, at: str | None, token: str | None = None) -> Any:
    member = (await api.data(THEN, {"id": id, "at": at}, token))["member"]
    points = next(row for row in member["balances"] if row["asset"]["code"] == "POINTS")
    assert points["available"] == member["balance"]["available"]
    lots = [(row["amount"], row["remaining"]) for row in member["lots"]["nodes"]]
    return points["available"], [row["amount"] for row in member["ledger"]["nodes"]], lots


async def test_each_instant_shows_what_was_there(api: Api) -> None:
    began = now()
    id = await enrolled(api, "e")
    instants = []
    for number, amount in enumerate((10, 20, -15)):
        await adjusted(api, id, f"a{number}", amount)
        instants.append(now())
    empty = ("0", [], [])
    expected = [
        ("10", ["10"], [("10", "10")]),
        ("30", ["20", "10"], [("20", "20"), ("10", "10")]),
        ("15", ["-15", "20", "10"], [("20", "15")]),
    ]
    assert [await then(api, id, at) for at in (began, *instants, None)] == [empty, *expected, expected[-1]]
    assert await then(api, id, instants[1], await api.token_of(id)) == expected[1]


async def test_pages_as_of_an_instant_go_on_while_more_is_written(api: Api) -> None:
    id = await enrolled(api, "e")
    for number in range(5):
        await adjusted(api, id, f"a{number}", number + 1)
    at, found, cursors = now(), [], {"ledger": None, "lots": None}
    for number in range(3):
        member = (await api.data(PAGED, {"id": id, "at": at} | cursors))["member"]
        found.append([[row["amount"] for row in member[name]["nodes"]] for name in ("ledger", "lots")])
        assert {member[name]["pageInfo"]["hasNextPage"] for name in cursors} == {number < 2}
        cursors = {name: member[name]["pageInfo"]["endCursor"] for name in cursors}
        await adjusted(api, id, f"b{number}", -4)
    assert found == [[["5", "4"], ["5", "4"]], [["3", "2"], ["3", "2"]], [["1"], ["1"]]]


@pytest.mark.parametrize("field", ["balances", "balance", "ledger", "lots"])
async def test_the_future_is_refused(api: Api, field: str) -> None:
    id = await enrolled(api, "e")
    at = datetime.now(UTC) + timedelta(hours=1)
    selection = "{ nodes { amount } }" if field in {"ledger", "lots"} else "{ available }"
    query = f"query($id: ID!, $at: DateTime!) {{ member(by: {{id: $id}}) {{ {field}(at: $at) {selection} }} }}"
    answer = await api.post(query, {"id": id, "at": at.isoformat()})
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("BAD_REQUEST", ["at"])
    assert error["message"].startswith(f"`at` is {at:%Y-%m-%dT%H:%M:%SZ}; it is ")
