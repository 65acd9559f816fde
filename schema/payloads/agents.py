"""Inputs, payloads and errors of agents."""

from decimal import Decimal
from typing import Annotated

import strawberry

from schema.payloads.errors import (
    IdempotencyKeyReusedError,
    InvalidInputError,
    MemberNotActiveError,
    NotAgentError,
    NotFoundError,
    error_union,
)
from schema.payloads.inputs import KEY, MemberBy
from schema.payloads.results import ERRORS, REPLAYED
from schema.types.agent import Agent
from schema.types.member import Member

AgentAppointError = Annotated[
    InvalidInputError | NotFoundError | MemberNotActiveError | IdempotencyKeyReusedError,
    error_union("AgentAppointError", "Why nobody was appointed."),
]
AgentDismissError = Annotated[
    InvalidInputError | NotFoundError | NotAgentError | IdempotencyKeyReusedError,
    error_union("AgentDismissError", "Why nobody was dismissed."),
]
PAYER = "Whose balance is drawn on: a firm's, say."
AGENT = "The agent, as it is now, also when replayed."


@strawberry.input(description="What `agentAppoint` takes.")
class AgentAppointInput:
    """An appointment."""

    idempotency_key: str = strawberry.field(description=KEY)
    payer: MemberBy = strawberry.field(description=PAYER)
    agent: MemberBy = strawberry.field(description="Who may draw on it.")
    asset: str = strawberry.field(
        description="Code of the asset; one that counts towards tiers cannot be drawn.", default="VALUE"
    )
    monthly_limit: Decimal | None = strawberry.field(
        description="How much may be drawn in a calendar month of the program's time zone, more than 0; left out or "
        "null for no limit but the balance.",
        default=None,
    )


@strawberry.type(description="What `agentAppoint` answers.")
class AgentAppointPayload:
    """An appointment's answer."""

    agent: Agent | None = strawberry.field(description=AGENT, default=None)
    payer: Member | None = strawberry.field(description="Whose balance is drawn on, as it is now.", default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[AgentAppointError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.input(description="What `agentDismiss` takes.")
class AgentDismissInput:
    """A dismissal."""

    idempotency_key: str = strawberry.field(description=KEY)
    payer: MemberBy = strawberry.field(description=PAYER)
    agent: MemberBy = strawberry.field(description="Who may draw on it no more.")
    asset: str = strawberry.field(description="Code of the asset.", default="VALUE")


@strawberry.type(description="What `agentDismiss` answers.")
class AgentDismissPayload:
    """A dismissal's answer."""

    agent: Agent | None = strawberry.field(description=AGENT, default=None)
    payer: Member | None = strawberry.field(description="Whose balance was drawn on, as it is now.", default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[AgentDismissError] = strawberry.field(description=ERRORS, default_factory=list)
