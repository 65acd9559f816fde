"""Agents as callers see them: with the payer's own token, the agent's, and a key's."""

from typing import Any

import pytest

import models
from services.credentials import member_token
from tests.api.conftest import SECRET, Api
from tests.factories import new_key

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENROLL = "mutation($input: MemberEnrollInput!) { memberEnroll(input: $input) { member { id name } } }"
TOP_UP = "mutation($input: ValueTopUpInput!) { valueTopUp(input: $input) { entry { balanceAfter } } }"
APPOINT = """mutation($input: AgentAppointInput!) { agentAppoint(input: $input) {
  agent { id drawn monthlyLimit } userErrors { ... on UserError { code } } } }"""
DISMISS = "mutation($input: AgentDismissInput!) { agentDismiss(input: $input) { agent { id until } } }"
HOLD = """mutation($input: OrderHoldInput!) { orderHold(input: $input) {
  order { id payer { name } } userErrors { ... on UserError { code message } } } }"""
SPEND = "mutation($input: BalanceSpendInput!) { balanceSpend(input: $input) { entry { id agent { name } } } }"


async def done(api: Api, query: str, **facts: Any) -> Any:
    (payload,) = (await api.data(query, {"input": {"idempotencyKey": new_key()} | facts})).values()
    return payload


async def firm(api: Api) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return a firm with 100.00, its agent, and the right."""
    payer = (await done(api, ENROLL, name="Firm"))["member"]
    agent = (await done(api, ENROLL, name="Agent"))["member"]
    await done(api, TOP_UP, member={"id": payer["id"]}, amount="100")
    right = await done(api, APPOINT, payer={"id": payer["id"]}, agent={"id": agent["id"]}, monthlyLimit="50")
    return payer, agent, right["agent"]["id"]


async def held(api: Api, payer: dict[str, Any], agent: dict[str, Any], amount: str) -> Any:
    order = {"source": "till", "externalId": new_key(), "member": {"id": agent["id"]}, "payer": {"id": payer["id"]}}
    order["lines"] = [{"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": amount}]
    return await done(api, HOLD, order=order | {"spend": [{"asset": "VALUE", "amount": amount}]})


async def token(name: str) -> str:
    row = await models.Member.filter(name=name).order_by("-id").first()
    assert row is not None
    return "Bearer " + member_token(SECRET, program_id=row.program_id, member_id=row.id, lifetime_seconds=60)


async def test_a_payer_sees_what_agents_reserve_and_of_which_order(shared_api: Api) -> None:
    payer, agent, _ = await firm(shared_api)
    order = (await held(shared_api, payer, agent, "30"))["order"]
    assert order["payer"] == {"name": "Firm"}
    query = """query($id: ID!) { member(by: {id: $id}) {
      holds { amount order { id member { name } } }
      ledger(first: 1) { nodes { kind order { id } agent { name } } } } }"""
    answer = await shared_api.ask(query, {"id": payer["id"]}, await token("Firm"))
    assert answer.json() == {
        "data": {
            "member": {
                "holds": [{"amount": "30.00", "order": {"id": order["id"], "member": None}}],
                "ledger": {"nodes": [{"kind": "HOLD", "order": {"id": order["id"]}, "agent": None}]},
            }
        }
    }
    seen = (await shared_api.data(query, {"id": payer["id"]}))["member"]["ledger"]["nodes"]
    assert seen == [{"kind": "HOLD", "order": {"id": order["id"]}, "agent": {"name": "Agent"}}]
    of_agent = await shared_api.ask(
        "query($id: ID!) { order(by: {id: $id}) { payer { name } } }", {"id": order["id"]}, await token("Agent")
    )
    assert of_agent.json() == {"data": {"order": {"payer": None}}}


async def test_a_line_says_who_drew_it(shared_api: Api) -> None:
    payer, agent, _ = await firm(shared_api)
    common = {"member": {"id": payer["id"]}, "asset": "VALUE", "amount": "7", "reason": "taxi"}
    assert (await done(shared_api, SPEND, **common, agent={"id": agent["id"]}))["entry"]["agent"] == {"name": "Agent"}
    assert (await done(shared_api, SPEND, **common))["entry"]["agent"] is None


async def test_an_agent_is_found_again_after_the_dismissal(shared_api: Api) -> None:
    payer, agent, right = await firm(shared_api)
    await held(shared_api, payer, agent, "20")
    node = "query($id: ID!) { node(id: $id) { id ... on Agent { drawn monthlyLimit until member { name } } } }"
    now = (await shared_api.data(node, {"id": right}))["node"]
    assert now == {"id": right, "drawn": "20.00", "monthlyLimit": "50.00", "until": None, "member": {"name": "Agent"}}
    parties = {"payer": {"id": payer["id"]}, "agent": {"id": agent["id"]}}
    until = (await done(shared_api, DISMISS, **parties))["agent"]["until"]
    assert (await shared_api.data(node, {"id": right}))["node"]["until"] == until
    listed = """query($id: ID!) { member(by: {id: $id}) {
      agents { nodes { id } } all: agents(dismissed: true) { nodes { id } } } }"""
    seen = (await shared_api.data(listed, {"id": payer["id"]}))["member"]
    assert seen == {"agents": {"nodes": []}, "all": {"nodes": [{"id": right}]}}
    on = "query($id: ID!) { member(by: {id: $id}) { drawsOn { id } } }"
    assert (await shared_api.data(on, {"id": agent["id"]}))["member"] == {"drawsOn": []}
    told = await models.Event.filter(kind="MEMBER_AMENDED").order_by("-recorded_at", "-commit_order").limit(4)
    fields = sorted(str((row.details or {}).get("fields")) for row in told)
    assert fields == ["['agents']", "['agents']", "['drawsOn']", "['drawsOn']"]


async def test_a_strangers_token_sees_no_agent(shared_api: Api) -> None:
    _, _, right = await firm(shared_api)
    await done(shared_api, ENROLL, name="Stranger")
    node = "query($id: ID!) { node(id: $id) { id } }"
    for name, found in (("Stranger", None), ("Firm", {"id": right}), ("Agent", {"id": right})):
        answer = await shared_api.ask(node, {"id": right}, await token(name))
        assert answer.json() == {"data": {"node": found}}, name
