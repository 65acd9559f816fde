"""A preview is the commit without the writing."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from services.templates import Template
from tests.api.answers import everything
from tests.api.conftest import Api, served

pytestmark = pytest.mark.asyncio(loop_scope="module")

DECIDED = """source externalId currency occurredAt subtotal discountTotal shipping payable member { number }
  lines { ref sku name category quantity returnedQuantity unitPrice discount payable attributes { key value } }
  effects { __typename kind campaign { code } explanation { text ruleVersion arithmetic
      conditions { condition required actual met } }
    ... on EarnEffect { asset { code } amount } ... on MultiplyEarnEffect { asset { code } amount factor } }
  notApplied { campaign { code } reason message remedy }"""
PREVIEW = f"""query($input: OrderPreviewInput!) {{ orderPreview(input: $input) {{
  order {{ {DECIDED} tiersAfter {{ code }} }}
  userErrors {{ __typename ... on UserError {{ code message field }} }} }} }}"""
COMMIT = f"""mutation($input: OrderCommitInput!) {{ orderCommit(input: $input) {{
  order {{ {DECIDED} }} member {{ standings {{ tier {{ code }} }} }}
  userErrors {{ __typename ... on UserError {{ code message field }} }} }} }}"""
ENROLL = "mutation($input: MemberEnrollInput!) { memberEnroll(input: $input) { member { id } } }"
AMEND = "mutation($input: MemberAmendInput!) { memberAmend(input: $input) { userErrors { __typename } } }"
LINE = {"ref": "1", "sku": "CD", "quantity": 1, "unitPrice": "10.00"}
MIDNIGHT = datetime.now(ZoneInfo("Asia/Shanghai")).replace(hour=0, minute=0, second=0, microsecond=0)
LAST_WEDNESDAY = MIDNIGHT - timedelta(days=(MIDNIGHT.weekday() - 2) % 7 + 7)
BEFORE_WEDNESDAY = (LAST_WEDNESDAY - timedelta(milliseconds=1)).isoformat()
WEDNESDAY = (LAST_WEDNESDAY + timedelta(hours=12)).isoformat()
AFTER_WEDNESDAY = (LAST_WEDNESDAY + timedelta(days=1)).isoformat()
THURSDAY = (LAST_WEDNESDAY + timedelta(days=1, hours=12)).isoformat()
ORDERS: dict[str, dict[str, Any]] = {
    "plain": {"occurredAt": THURSDAY},
    "double points": {"occurredAt": WEDNESDAY},
    "a moment before": {"occurredAt": BEFORE_WEDNESDAY},
    "a moment after": {"occurredAt": AFTER_WEDNESDAY},
    "nothing": {"occurredAt": WEDNESDAY, "lines": [LINE | {"unitPrice": 0}]},
    "too little": {"occurredAt": WEDNESDAY, "lines": [LINE | {"unitPrice": "0.99"}]},
    "two tiers at once": {"occurredAt": THURSDAY, "lines": [LINE | {"quantity": 30}]},
    "long ago": {"occurredAt": "2019-06-05T12:00:00+08:00"},
    "guest": {"occurredAt": WEDNESDAY, "member": None},
    "shipped": {"occurredAt": THURSDAY, "shipping": "7.50", "store": "s", "channel": "web"},
    "many lines": {
        "occurredAt": WEDNESDAY,
        "lines": [LINE | {"ref": str(index), "unitPrice": f"{index}.33", "name": "n"} for index in range(40)],
        "attributes": [{"key": "b", "value": "2"}, {"key": "a", "value": "1"}],
    },
    "unknown member": {"member": {"number": "1"}},
    "duplicate ref": {"lines": [LINE, LINE]},
    "no lines": {"lines": []},
    "dollars": {"currency": "USD"},
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(shared_database_url: str) -> AsyncIterator[Api]:
    """A program with tiers at 75, 200 and 600, their multipliers, and double points on Wednesdays."""
    async with served(shared_database_url, Template.DEMO) as api:
        yield api


async def enrolled(api: Api, key: str) -> dict[str, str]:
    answer = await api.data(ENROLL, {"input": {"idempotencyKey": key, "name": key}})
    return {"id": answer["memberEnroll"]["member"]["id"]}


async def previewed(api: Api, order: dict[str, Any], at: str | None = None, token: str | None = None) -> Any:
    return (await api.data(PREVIEW, {"input": {"order": order, "at": at}}, token))["orderPreview"]


async def committed(api: Api, order: dict[str, Any], key: str) -> Any:
    return (await api.data(COMMIT, {"input": {"idempotencyKey": key, "order": order}}))["orderCommit"]


@pytest.mark.parametrize("name", ORDERS)
async def test_a_preview_shows_what_the_commit_then_does(demo: Api, name: str) -> None:
    member = await enrolled(demo, f"{name} twice")
    for time in ("first", "second", "third"):
        order = {"source": "till", "externalId": f"{name} {time}", "member": member, "lines": [LINE]} | ORDERS[name]
        before = await everything()
        preview = await previewed(demo, order)
        assert await everything() == before
        commit = await committed(demo, order, f"{name} {time}")
        if preview["order"] is None:
            assert preview["userErrors"] == commit["userErrors"] != []
            assert commit["order"] is None
            continue
        tiers = [standing["tier"] for standing in (commit["member"] or {"standings": []})["standings"]]
        assert preview["order"] == commit["order"] | {"tiersAfter": tiers}
        assert preview["userErrors"] == commit["userErrors"] == []


async def test_a_preview_shows_the_tier_that_the_order_reaches_and_the_next_earns_by_it(demo: Api) -> None:
    member = await enrolled(demo, "climbs")
    order = {"source": "till", "member": member, "lines": [LINE | {"quantity": 30}], "occurredAt": THURSDAY}
    shown = []
    for name in ("climbs 1", "climbs 2"):
        preview = (await previewed(demo, order | {"externalId": name}))["order"]
        await committed(demo, order | {"externalId": name}, name)
        points = [(e["campaign"]["code"], e["amount"]) for e in preview["effects"] if e["asset"]["code"] == "POINTS"]
        shown.append((points, [tier["code"] for tier in preview["tiersAfter"]]))
    assert shown == [
        ([("BASE", "300")], ["CURATOR"]),
        ([("BASE", "300"), ("TIER_MULTIPLIER", "60")], ["VIRTUOSO"]),
    ]


async def test_a_preview_of_now_and_the_commit_differ_in_the_instant_only(demo: Api) -> None:
    order = {"source": "till", "externalId": "now", "member": await enrolled(demo, "now"), "lines": [LINE]}
    first, second = (await previewed(demo, order))["order"], (await committed(demo, order, "now"))["order"]
    assert first.pop("occurredAt") <= second.pop("occurredAt")
    assert {name: first[name] for name in ("payable", "lines", "member")} == {
        name: second[name] for name in ("payable", "lines", "member")
    }


async def test_a_preview_decides_as_of_at_unless_the_order_has_its_own_instant(demo: Api) -> None:
    order = {"source": "till", "externalId": "at", "member": await enrolled(demo, "at"), "lines": [LINE]}
    wednesday = (await previewed(demo, order, WEDNESDAY))["order"]
    assert datetime.fromisoformat(wednesday["occurredAt"]) == datetime.fromisoformat(WEDNESDAY)
    assert wednesday == (await previewed(demo, order | {"occurredAt": WEDNESDAY}))["order"]
    points = [(e["campaign"]["code"], e["amount"]) for e in wednesday["effects"] if e["asset"]["code"] == "POINTS"]
    assert points == [("BASE", "10"), ("DOUBLE_WEDNESDAY", "10")]
    thursday = (await previewed(demo, order, THURSDAY))["order"]
    assert [(e["campaign"]["code"], e["amount"]) for e in thursday["effects"]] == [
        ("BASE", "10"),
        ("QUALIFYING", "10.00"),
    ]
    assert "DOUBLE_WEDNESDAY" in [row["campaign"]["code"] for row in thursday["notApplied"]]
    both = (await previewed(demo, order | {"occurredAt": WEDNESDAY}, THURSDAY))["order"]
    assert both == wednesday


async def test_a_preview_may_look_years_ahead(demo: Api) -> None:
    order = {"source": "till", "externalId": "ahead", "member": await enrolled(demo, "ahead"), "lines": [LINE]}
    ahead = f"{datetime.now(UTC).year + 9}-02-28T00:00:00.000Z"
    found = await previewed(demo, order, ahead)
    assert (found["userErrors"], found["order"]["occurredAt"]) == ([], ahead)


async def test_a_member_previews_for_itself_only(demo: Api) -> None:
    member, other = await enrolled(demo, "self"), await enrolled(demo, "other")
    token = await demo.token_of(member["id"])
    order = {"source": "app", "externalId": "self", "member": member, "lines": [LINE], "occurredAt": THURSDAY}
    own = await previewed(demo, order, token=token)
    assert own == await previewed(demo, order)
    foreign = await previewed(demo, order | {"member": other}, token=token)
    assert foreign["order"] is None
    assert [(e["code"], e["field"]) for e in foreign["userErrors"]] == [("NOT_FOUND", ["input", "order", "member"])]


async def test_a_member_who_may_not_buy_is_told_so_before(demo: Api) -> None:
    member = await enrolled(demo, "frozen")
    await demo.data(AMEND, {"input": {"idempotencyKey": "freeze", "member": member, "status": "FROZEN"}})
    order = {"source": "till", "externalId": "frozen", "member": member, "lines": [LINE]}
    before = await everything()
    preview = await previewed(demo, order)
    assert await everything() == before
    assert preview == {
        "order": None,
        "userErrors": [
            {
                "__typename": "MemberNotActiveError",
                "code": "MEMBER_NOT_ACTIVE",
                "message": "The member is frozen.",
                "field": ["input", "order", "member"],
            }
        ],
    }
    assert (await committed(demo, order, "frozen"))["userErrors"] == preview["userErrors"]


async def test_fifty_previews_are_equal_and_leave_no_trace(demo: Api) -> None:
    order = {"source": "till", "externalId": "again", "member": await enrolled(demo, "again"), "lines": [LINE]}
    before = await everything()
    found = {str(await previewed(demo, order | {"occurredAt": THURSDAY})) for _ in range(50)}
    assert len(found) == 1
    assert await everything() == before
