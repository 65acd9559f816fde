"""Mutations of agents."""

from typing import Annotated, Any

import strawberry

from resolvers.members import member_of
from schema.context import Info
from schema.payloads.agents import (
    AgentAppointInput,
    AgentAppointPayload,
    AgentDismissInput,
    AgentDismissPayload,
)
from schema.permissions import Needs
from schema.refusals import Refusals
from schema.types.agent import Agent
from services import agents
from services.actors import Scope
from services.writer.answers import Outcome


@strawberry.mutation(
    description="Lets a member draw on a balance of another one, a firm's say, up to a limit each month; of who may "
    "already, it changes the limit.",
    extensions=[Refusals(), Needs(Scope.VALUE_WRITE)],
)
async def agent_appoint(
    info: Info, input: Annotated[AgentAppointInput, strawberry.argument(description="Who, and how much.")]
) -> AgentAppointPayload:
    """Appoint."""
    context = info.context
    outcome = await agents.appoint(
        context.engine,
        context.actor,
        input.payer.ref(),
        input.agent.ref(),
        asset=input.asset,
        monthly_limit=input.monthly_limit,
        key=input.idempotency_key,
    )
    return AgentAppointPayload(**await _of(info, outcome))


@strawberry.mutation(
    description="Lets a member draw on the balance of another one no more. What they have reserved by then stays "
    "reserved and can be captured.",
    extensions=[Refusals(), Needs(Scope.VALUE_WRITE)],
)
async def agent_dismiss(
    info: Info, input: Annotated[AgentDismissInput, strawberry.argument(description="Who.")]
) -> AgentDismissPayload:
    """Dismiss."""
    context = info.context
    outcome = await agents.dismiss(
        context.engine,
        context.actor,
        input.payer.ref(),
        input.agent.ref(),
        asset=input.asset,
        key=input.idempotency_key,
    )
    return AgentDismissPayload(**await _of(info, outcome))


async def _of(info: Info, outcome: Outcome) -> dict[str, Any]:
    assert outcome.agent_id is not None, "the outcome is an agent's"
    row = await info.context.loaders.agent.load(outcome.agent_id)
    return {
        "agent": Agent.of(row) if row else None,
        "payer": await member_of(info, outcome),
        "replayed": outcome.replayed,
    }
