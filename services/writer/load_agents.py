"""Part of step 4: who may draw on the members of a batch, and what they drew in the months that it may count in."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from domain.commands import Command, CommitOrder, OrderCommand
from domain.members import MemberState
from domain.orders import Order
from domain.undoing import Original
from domain.value_commands import AppointAgent, DismissAgent, SpendBalance, UndoSpend
from domain.values import replace
from services.writer.session import Reads
from services.writer.tables import AGENT_DRAWS, AGENTS

Pairs = set[tuple[UUID, UUID]]
"""(payer, agent)."""

OF_PAIRS = "WHERE payer_id = ANY($1::uuid[]) AND member_id = ANY($2::uuid[])"


async def load_agents(
    session: Reads,
    commands: Sequence[Command],
    *,
    orders: Iterable[Order],
    originals: Mapping[UUID, Original],
    states: Mapping[UUID, MemberState],
    now: datetime,
) -> dict[UUID, MemberState]:
    """Return the states of the members who pay for others, with their agents and what these drew."""
    since = now
    pairs: Pairs = {pair for command in commands for pair in _asked(command, originals)}
    for order in orders:
        if order.payer_id and order.member_id:
            pairs.add((order.payer_id, order.member_id))
            since = min(since, order.recorded_at)
    pairs = {pair for pair in pairs if pair[0] in states}
    if not pairs:
        return {}
    since = min([since, *(original.transfer.recorded_at for original in originals.values())])
    payers, agents = (sorted(set(ids)) for ids in zip(*pairs, strict=True))
    found = {payer_id: ({}, {}) for payer_id in payers}  # type: ignore[var-annotated]
    for agent in await session.select(AGENTS, OF_PAIRS, payers, agents):
        found[agent.payer_id][0][agent.member_id, agent.asset_id] = agent
    month = (since - timedelta(days=1)).date().replace(day=1)  # a day before: its month where the program is
    for draw in await session.select(AGENT_DRAWS, f"{OF_PAIRS} AND month >= $3", payers, agents, month):
        found[draw.payer_id][1][draw.member_id, draw.asset_id, draw.month] = draw
    return {
        payer_id: replace(states[payer_id], agents=rights, draws=draws) for payer_id, (rights, draws) in found.items()
    }


def _asked(command: Command, originals: Mapping[UUID, Original]) -> Pairs:
    """Return who draws on whom by a command."""
    match command:
        case CommitOrder(content=content) if content.payer_id and content.member_id:
            return {(content.payer_id, content.member_id)}
        case OrderCommand(payer_id=payer_id, member_id=member_id) if payer_id and member_id:
            return {(payer_id, member_id)}
        case SpendBalance(member_id=payer_id, agent_id=agent_id) if agent_id:
            return {(payer_id, agent_id)}
        case AppointAgent(payer_id=payer_id, agent_id=agent_id) | DismissAgent(payer_id=payer_id, agent_id=agent_id):
            return {(payer_id, agent_id)}
        case UndoSpend(member_id=payer_id, transfer_id=transfer_id) if transfer_id in originals:
            agent_id = originals[transfer_id].transfer.member_id
            return {(payer_id, agent_id)} if agent_id != payer_id else set()
    return set()
