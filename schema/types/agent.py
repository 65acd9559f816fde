"""Agents: who may draw on whose balances."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from domain.amounts import from_minor
from schema import ids
from schema.context import Info
from schema.types.node import Node
from schema.types.order import found_member
from schema.types.program import Asset

if TYPE_CHECKING:
    from schema.types.member import Member


@strawberry.type(description="The right of a member to draw on an asset of another one, the payer.")
class Agent(Node):
    """An agent."""

    row: strawberry.Private[models.Agent]
    since: datetime = strawberry.field(description="Since when the member has the right.")
    until: datetime | None = strawberry.field(description="When it ended; null while the member has it.")

    @strawberry.field(description="Whose balance is drawn on; null when the caller may not see them.")
    async def payer(self, info: Info) -> Annotated["Member", strawberry.lazy("schema.types.member")] | None:
        """Return the payer."""
        return await found_member(info, self.row.payer_id)

    @strawberry.field(description="Who draws; null when the caller may not see them.")
    async def member(self, info: Info) -> Annotated["Member", strawberry.lazy("schema.types.member")] | None:
        """Return the agent."""
        return await found_member(info, self.row.member_id)

    @strawberry.field(description="What may be drawn.")
    async def asset(self, info: Info) -> Asset:
        """Return the asset."""
        program = await info.context.loaders.program.load(self.row.program_id)
        return Asset.of(program.asset_by_id(self.row.asset_id))

    @strawberry.field(
        description="How much may be drawn in a calendar month of the program's time zone; null for no limit."
    )
    async def monthly_limit(self, info: Info) -> Decimal | None:
        """Return the limit."""
        return None if self.row.monthly_limit is None else await self._amount(info, self.row.monthly_limit)

    @strawberry.field(
        description="How much is drawn in the present month: reserved or spent, less what came back of that."
    )
    async def drawn(self, info: Info) -> Decimal:
        """Return what is drawn."""
        return await self._amount(info, await info.context.loaders.drawn.load(self.row))

    async def _amount(self, info: Info, minor: int) -> Decimal:
        program = await info.context.loaders.program.load(self.row.program_id)
        return from_minor(minor, program.asset_by_id(self.row.asset_id).scale)

    @classmethod
    def of(cls, row: models.Agent) -> "Agent":
        """Return the agent of the contract."""
        return cls(id=ids.encode(ids.AGENT, row.id), row=row, since=row.since, until=row.until)
