"""Occasions, attributes and tags as callers see them: what happened, what it gave, and to whom that is shown."""

from datetime import UTC, datetime, timedelta
from typing import Any

import models
from domain.campaigns import Trigger
from services import programs, schedules
from services.actors import Scope
from services.credentials import member_token
from services.engine import Engine
from services.transaction import transaction
from tests.api.conftest import SECRET, Api, served
from tests.factories import NOON, campaign

ENROLL = """mutation($input: MemberEnrollInput!) { memberEnroll(input: $input) {
  member { id attributes { key value } } userErrors { ... on UserError { code field } } } }"""
RECORD = """mutation($input: EventRecordInput!) { eventRecord(input: $input) {
  occasion { id trigger code source externalId attributes { key value } member { id }
    effects { __typename id kind step campaign { code } explanation { text ruleVersion }
      ... on EarnEffect { amount asset { code } lots { amount lot { amount } } } ... on TagEffect { tag } }
    notApplied { reason campaign { code } } }
  member { balance { available } } entries { amount balanceAfter } replayed
  userErrors { ... on UserError { code field } ... on DuplicateEventError { occasion { id } } } } }"""
TAG = """mutation($input: MemberTagInput!) { memberTag(input: $input) {
  member { tags { tag by } } replayed userErrors { ... on UserError { code field } } } }"""
OWN = """query($id: ID!, $first: Int, $after: String) { member(by: {id: $id}) { attributes { key } tags { tag }
  occasions(first: $first, after: $after) { nodes { id code } pageInfo { hasNextPage endCursor } }
  ledger { nodes { kind campaign { code } order { id } explanation { text ruleVersion } } } } }"""
WELCOME: list[dict[str, Any]] = [{"earnFixed": {"asset": "POINTS", "points": "20"}}]
GIVEN: list[dict[str, Any]] = [{"earnFixed": {"asset": "POINTS", "points": "5"}}, {"addTag": {"tag": "active"}}]


async def enrolled(api: Api, key: str = "m", **facts: Any) -> str:
    answer = await api.data(ENROLL, {"input": {"idempotencyKey": key} | facts})
    return str(answer["memberEnroll"]["member"]["id"])


async def recorded(api: Api, member: str, key: str, **facts: Any) -> Any:
    said = {"idempotencyKey": key, "member": {"id": member}, "code": "CHECK_IN"} | facts
    return (await api.data(RECORD, {"input": said}))["eventRecord"]


async def check_in(api: Api) -> None:
    condition = {"event": {"codes": ["CHECK_IN"]}}
    await campaign(api.program_id, "CHECK_IN", GIVEN, condition, trigger="EVENT", limits={"perMember": 1})


async def test_an_event_answers_what_campaigns_gave_and_what_they_did_not(api: Api) -> None:
    await check_in(api)
    member = await enrolled(api)
    place = [{"key": "place", "value": "north"}]
    first = await recorded(api, member, "1", attributes=place, identity={"source": "app", "externalId": "e-1"})
    occasion = first["occasion"]
    earned, tagged = occasion.pop("effects")
    assert occasion == {
        "id": occasion["id"],
        "trigger": "EVENT",
        "code": "CHECK_IN",
        "source": "app",
        "externalId": "e-1",
        "attributes": place,
        "member": {"id": member},
        "notApplied": [],
    }
    assert (earned["__typename"], earned["kind"], earned["step"], earned["amount"]) == (
        "EarnEffect",
        "EARN",
        "EARN",
        "5",
    )
    assert earned["explanation"] == {"text": "5 POINTS for the occasion.", "ruleVersion": "CHECK_IN v1"}
    assert earned["lots"] == [{"amount": "5", "lot": {"amount": "5"}}]
    assert (tagged["__typename"], tagged["step"], tagged["tag"]) == ("TagEffect", "PROGRESS", "active")
    assert (first["entries"], first["member"]) == (
        [{"amount": "5", "balanceAfter": "5"}],
        {"balance": {"available": "5"}},
    )
    second = await recorded(api, member, "2")
    assert second["occasion"]["effects"] == []
    assert second["occasion"]["notApplied"] == [{"reason": "LIMIT_REACHED", "campaign": {"code": "CHECK_IN"}}]


async def test_a_named_event_is_answered_again_and_refused_with_other_content(api: Api) -> None:
    await check_in(api)
    member = await enrolled(api)
    name = {"source": "app", "externalId": "e-1"}
    first = await recorded(api, member, "1", identity=name)
    again = await recorded(api, member, "2", identity=name)
    assert (again["replayed"], again["occasion"], again["entries"]) == (True, first["occasion"], first["entries"])
    other = await recorded(api, member, "3", identity=name, code="SHARED")
    assert (other["occasion"], other["userErrors"]) == (
        None,
        [
            {
                "code": "DUPLICATE_EVENT",
                "field": ["input", "identity", "externalId"],
                "occasion": {"id": first["occasion"]["id"]},
            }
        ],
    )


async def test_a_line_of_the_ledger_explains_itself_by_the_occasion(api: Api) -> None:
    await campaign(api.program_id, "WELCOME", WELCOME, trigger="ENROLLED")
    member = await enrolled(api)
    (line,) = (await api.data(OWN, {"id": member}))["member"]["ledger"]["nodes"]
    assert line == {
        "kind": "EARN",
        "campaign": {"code": "WELCOME"},
        "order": None,
        "explanation": {"text": "20 POINTS for the occasion.", "ruleVersion": "WELCOME v1"},
    }


async def test_occasions_are_paged_the_last_recorded_first(api: Api) -> None:
    member = await enrolled(api)
    made = [(await recorded(api, member, code, code=code))["occasion"]["id"] for code in ("A", "B", "C")]
    found, after = [], None
    for more in (True, False):
        page = (await api.data(OWN, {"id": member, "first": 2, "after": after}))["member"]["occasions"]
        found += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        assert page["pageInfo"]["hasNextPage"] is more
    assert found == made[::-1]


async def test_the_stream_tells_of_an_occasion_and_a_node_reads_it(api: Api) -> None:
    await check_in(api)
    member = await enrolled(api)
    made = (await recorded(api, member, "1"))["occasion"]["id"]
    watch = """subscription($id: ID!) { memberEvents(memberId: $id, after: "%s") { kind
      ... on OccasionRecorded { occasion { id } } } }"""
    beginning = (await api.data("query($id: ID!) { member(by: {id: $id}) { position } }", {"id": member}))["member"]
    epoch, _, place = beginning["position"].split("-", 2)
    key = f"Bearer {api.key}"
    told = await api.first(watch % f"{epoch}-1-{place}", {"id": member}, key)
    assert told["data"]["memberEvents"] == {"kind": "OCCASION_RECORDED", "occasion": {"id": made}}
    query = "query($id: ID!) { node(id: $id) { __typename ... on Occasion { code occurredAt recordedAt } } }"
    node = (await api.data(query, {"id": made}))["node"]
    assert (node["__typename"], node["code"], node["occurredAt"]) == ("Occasion", "CHECK_IN", node["recordedAt"])


async def test_a_member_sees_their_attributes_and_not_their_tags(api: Api) -> None:
    member = await enrolled(api, attributes=[{"key": "size", "value": "L"}])
    said = {"idempotencyKey": "t", "member": {"id": member}, "add": ["vip"]}
    tagged = (await api.data(TAG, {"input": said}))["memberTag"]
    (tag,) = tagged["member"]["tags"]
    assert (tag["tag"], tag["by"].startswith("key:"), tagged["userErrors"]) == ("vip", True, [])
    row = await models.Member.get(program_id=api.program_id)
    token = member_token(SECRET, program_id=row.program_id, member_id=row.id, lifetime_seconds=600)
    seen = (await api.data(OWN, {"id": member}, token))["member"]
    assert (seen["attributes"], seen["tags"]) == ([{"key": "size"}], None)
    narrow = await api.key_with(Scope.EVENTS_WRITE)
    said = {"idempotencyKey": "e", "member": {"id": member}, "code": "VISIT"}
    query = """mutation($input: EventRecordInput!) { eventRecord(input: $input) { member { id name attributes { key }
      tags { tag } } } }"""
    reached = (await api.data(query, {"input": said}, narrow))["eventRecord"]["member"]
    assert (reached["id"], reached["attributes"], reached["tags"]) == (member, None, None)
    everything = (await api.data(OWN, {"id": member}))["member"]
    assert (everything["attributes"], everything["tags"]) == ([{"key": "size"}], [{"tag": "vip"}])


async def test_an_event_is_not_reported_ahead_of_its_time(api: Api) -> None:
    member = await enrolled(api)
    late = await recorded(api, member, "1", occurredAt=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    assert late["userErrors"] == [{"code": "INVALID_INPUT", "field": ["input", "occurredAt"]}]


async def test_occasions_of_every_trigger_are_read_in_lists_by_node_and_from_the_stream(database_url: str) -> None:
    opened: list[Engine] = []

    async def keep(engine: Engine) -> None:
        opened.append(engine)

    async with served(database_url, background=[keep]) as api:
        made = await every_occasion(api, opened)
        answer = await api.data(
            "query($id: ID!) { member(by: {id: $id}) { position occasions { nodes { id trigger code } } } }",
            {"id": made["member"]},
        )
        nodes = answer["member"]["occasions"]["nodes"]
        said = {one["trigger"]: one["code"] for one in nodes}
        assert said == {
            "ENROLLED": None,
            "EVENT": "CHECK_IN",
            "SCHEDULE": "ON_SCHEDULE",
            "TIER_CHANGED": "SILVER",
            "SEGMENT_ENTERED": "VIP",
        }
        assert set(said) == {one.value for one in Trigger if one is not Trigger.ORDER}
        for node in nodes:
            query = "query($id: ID!) { node(id: $id) { ... on Occasion { id trigger code } } }"
            assert (await api.data(query, {"id": node["id"]}))["node"] == node
            watch = """subscription($id: ID!, $after: Cursor) { memberEvents(memberId: $id, after: $after) {
              ... on OccasionRecorded { occasion { id trigger code } } } }"""
            epoch, _, place = answer["member"]["position"].split("-", 2)
            told = await api.first(
                watch,
                {"id": made["member"], "after": f"{epoch}-0-{place}"},
                f"Bearer {api.key}",
                lambda data, node=node: data["memberEvents"].get("occasion") == node,  # type: ignore[misc]
            )
            assert "errors" not in told


async def every_occasion(api: Api, opened: list[Engine]) -> dict[str, str]:
    """Let something of every trigger happen to a member, for each of which a campaign gives five points."""
    async with transaction():
        await models.Program.filter(id=api.program_id).update(virtual_now=NOON)
    segment = """mutation($input: SegmentSaveInput!) { segmentSave(input: $input) { userErrors { __typename } } }"""
    vip = {"code": "VIP", "name": "VIP", "conditions": {"tag": {"anyOf": ["vip"]}}, "idempotencyKey": "s"}
    await api.data(segment, {"input": vip})
    for trigger in Trigger:
        condition = {"segment": {"codes": ["VIP"]}} if trigger is Trigger.SEGMENT_ENTERED else None
        schedule = {"at": "09:00"} if trigger is Trigger.SCHEDULE else None
        code = f"ON_{trigger.value}"
        if trigger is not Trigger.ORDER:
            await campaign(api.program_id, code, WELCOME, condition, trigger=trigger.value, schedule=schedule)
    member = await enrolled(api)
    await recorded(api, member, "e")
    await api.data(TAG, {"input": {"idempotencyKey": "t", "member": {"id": member}, "add": ["vip"]}})
    line = {"ref": "1", "sku": "LP", "quantity": 1, "unitPrice": "1000.00"}
    bought = {"source": "till", "externalId": "1", "member": {"id": member}, "lines": [line]}
    commit = "mutation($input: OrderCommitInput!) { orderCommit(input: $input) { userErrors { __typename } } }"
    await api.data(commit, {"input": {"idempotencyKey": "o", "order": bought}})
    await programs.set_clock(api.program_id, NOON + timedelta(days=1))
    (engine,) = opened
    await schedules.run_due(engine, await engine.program(api.program_id))
    return {"member": member}
