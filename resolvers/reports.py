"""Queries of reports."""

from datetime import date
from typing import Annotated

import strawberry

from domain.refusals import InvalidInput
from schema.context import Info
from schema.errors import PublicError, RequestErrorCode
from schema.permissions import Needs
from schema.types.program import known_asset
from schema.types.report import LiabilityReport
from services import liability as service
from services.actors import Scope


@strawberry.field(
    description="What the program owes its members of an asset at the end of a day. It reads every account and every "
    "open lot: for reports, not for screens.",
    extensions=[Needs(Scope.REPORTS_READ)],
)
async def liability(
    info: Info,
    asset: Annotated[str, strawberry.argument(description="Code of the asset.")],
    on: Annotated[
        date | None,
        strawberry.argument(description="A day in the program's time zone that has begun; null: today, as of now."),
    ] = None,
) -> LiabilityReport:
    """Return the report."""
    program = await info.context.loaders.program.load(info.context.program_id)
    found = known_asset(program, asset)
    try:
        return LiabilityReport.of(await service.liability(info.context.engine.reads, program, found, on))
    except InvalidInput as refusal:
        raise PublicError(RequestErrorCode.BAD_REQUEST, str(refusal), field=["on"]) from None
