"""The subscription that simulates a campaign."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

import strawberry

from domain.refusals import Refusal
from schema.context import Info
from schema.errors import PublicError, RequestErrorCode
from schema.payloads.simulations import CampaignSimulateInput
from schema.permissions import Needs
from schema.types.simulation import SimulationProgress
from services import simulations as service
from services.actors import Scope


def _refused(refusal: Refusal) -> PublicError:
    return PublicError(RequestErrorCode.BAD_REQUEST, refusal.message, field=["input", *refusal.field])


@strawberry.subscription(
    description="Runs a version of a campaign over past orders, beside the program as it is. Tells how far it has "
    "come, at once and then up to four times a second, and with its last answer what it found. Nothing is written, and "
    "it ends when the caller leaves. A server process runs one simulation at a time; others wait.",
    extensions=[Needs(Scope.REPORTS_READ)],
)
async def campaign_simulate(
    info: Info,
    input: Annotated[CampaignSimulateInput, strawberry.argument(description="What to simulate.")],
) -> AsyncGenerator[SimulationProgress, None]:
    """Stream the progress of a simulation."""
    engine = info.context.engine
    program = await engine.program(info.context.program_id)
    try:
        simulation = await service.prepared(engine.reads, program, info.context.actor, input.request())
        async with aclosing(service.simulate(engine.reads, simulation, engine.simulating)) as stream:
            async for progress in stream:
                yield SimulationProgress.of(progress, simulation)
    except Refusal as refusal:
        raise _refused(refusal) from None
