"""A firm whose agents buy, in the town that the verifier's tests tamper with: who draws, and what may be wrong."""

import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import models
from services import agents, order_life
from services.members import MemberRef
from services.order_life import OrderRef
from tests.factories import World, new_key
from tests.services.saving import pay_in, spend

VALUE = "VALUE"


async def _buy(shop: World, agent: UUID, firm: UUID, amount: str) -> UUID:
    bought = await shop.buy(agent, amount, spend=[(VALUE, Decimal(amount))], payer=MemberRef(id=firm))
    assert isinstance(bought.order_id, UUID)
    return bought.order_id


async def build(shop: World) -> dict[str, Any]:
    """Let a firm have an agent who buys, gives back and visits, and return the ids that the cases tamper with."""
    firm, agent = await shop.enrol(name="Firm"), await shop.enrol(name="Buyer")
    await pay_in(shop, firm, "90")
    appointed = await agents.appoint(
        shop.engine,
        shop.actor,
        MemberRef(id=firm),
        MemberRef(id=agent),
        asset=VALUE,
        monthly_limit=None,
        key=new_key(),
    )
    order_id, back = await _buy(shop, agent, firm, "30"), await _buy(shop, agent, firm, "20")
    await order_life.return_(shop.engine, shop.actor, OrderRef(id=back), None, reason=None, key=new_key())
    await spend(shop, firm, "5", asset=VALUE, agent=MemberRef(id=agent))
    draw = await models.AgentDraw.get(payer_id=firm)
    paid = await models.Entry.get(order_id=order_id, kind="SPEND")
    used = await models.Idempotency.get(scope__endswith=":agentAppoint")
    return {
        "firm": firm,
        "buyer": agent,
        "right": appointed.agent_id,
        "drawn_asset": draw.asset_id,
        "paid_order": order_id,
        "firm_account": paid.account_id,
        "paid_seq": paid.seq,
        "paid_transfer": paid.transfer_id,
        "drawn_transfers": await models.Transfer.filter(member_id=agent).order_by("id").values_list("id", flat=True),
        "drawn_month": draw.month,
        "agent_scope": used.scope,
        "agent_key": used.key,
        "outcome_no_agent": json.dumps({"member": str(firm), "agent": str(firm)}),
    }


DRAW = {"program_id": "{program}", "payer_id": "{firm}", "member_id": "{buyer}", "asset_id": "{drawn_asset}"}
ORDER = {"program_id": "{program}", "member_id": "{buyer}", "id": "{paid_order}"}
RIGHT = {"program_id": "{program}", "member_id": "{buyer}", "id": "{right}"}
KEY = {"program_id": "{program}", "scope": "{agent_scope}", "key": "{agent_key}"}
LINE = {"program_id": "{program}", "member_id": "{firm}", "account_id": "{firm_account}"} | {
    "order_id": "{paid_order}",
    "seq": "{paid_seq}",
}
FORGED = (
    "INSERT INTO agent (id, program_id, payer_id, member_id, asset_id, since) SELECT '{nobody}', program_id, "
    "'{member}', member_id, asset_id, since FROM agent WHERE id = '{right}'"
)
NO_RIGHT = ("UPDATE agent SET member_id = '{member}' WHERE id = '{right}'",)
CASES: list[tuple[str, tuple[str, ...], str, dict[str, Any], bool]] = [
    (
        "an agent drew less than their month says",
        ("UPDATE agent_draw SET amount = amount + 1 WHERE payer_id = '{firm}'",),
        "agent.drawn",
        DRAW,
        True,
    ),
    (
        "what an agent drew is deleted",
        ("DELETE FROM agent_draw WHERE payer_id = '{firm}'",),
        "agent.drawn",
        {name: value for name, value in DRAW.items() if name != "program_id"},
        True,
    ),
    ("who drew had no right to", NO_RIGHT, "agent_draw.agent", DRAW | {"month": "{drawn_month}"}, False),
    ("who paid had appointed somebody else", NO_RIGHT, "order.payer", ORDER, False),
    (
        "who visited had no right to",
        ("DELETE FROM agent WHERE id = '{right}'",),
        "transfer.agent",
        {"program_id": "{program}", "member_id": "{buyer}", "order_id": "{paid_order}", "id": "{paid_transfer}"},
        False,
    ),
    (
        "an order is said to be paid by its member",
        ("UPDATE orders SET payer_id = NULL WHERE id = '{paid_order}'",),
        "entry.payer",
        LINE,
        False,
    ),
    (
        "a right is given by nobody",
        (FORGED,),
        "agent.appointed",
        {"program_id": "{program}", "member_id": "{buyer}", "id": "{nobody}"},
        True,
    ),
    (
        "a right is of another program's asset",
        ("UPDATE agent SET asset_id = '{nobody}' WHERE id = '{right}'",),
        "agent.parties",
        RIGHT,
        False,
    ),
    (
        "a right ends before it began",
        ("UPDATE agent SET until = '2000-01-01' WHERE id = '{right}'",),
        "agent.parties",
        RIGHT,
        True,
    ),
    (
        "an appointment names an agent of nobody",
        ("UPDATE idempotency SET outcome = '{outcome_no_agent}' WHERE key = '{agent_key}'",),
        "idempotency.agent",
        KEY,
        False,
    ),
]
