"""Gift cards."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

import models
from domain import assets
from domain import program as domain
from domain.amounts import from_minor
from schema import ids
from schema.context import Info
from schema.enums import GiftCardState
from schema.types.ledger import Balance
from schema.types.node import Node
from schema.types.program import Asset

if TYPE_CHECKING:
    from schema.types.member import Member

OtherMember = Annotated["Member", strawberry.lazy("schema.types.member")]


@strawberry.type(
    description="Value for whoever has its code. Until it is claimed it lies with a bearer, a member of its own."
)
class GiftCard(Node):
    """A gift card."""

    row: strawberry.Private[models.GiftCard]
    domain_asset: strawberry.Private[assets.Asset]
    asset: Asset = strawberry.field(description="What it holds.")
    amount: Decimal = strawberry.field(description="What it was issued with.")
    state: GiftCardState = strawberry.field(description="Where it is in its life.")
    message: str | None = strawberry.field(description="What the giver says to whom it is for.")
    issued_at: datetime = strawberry.field(description="When it was issued.")
    settled_at: datetime | None = strawberry.field(
        description="When it was claimed or taken back; null while it may be claimed."
    )

    @strawberry.field(description="Member number of the bearer. It names the card on paper and claims nothing.")
    async def number(self, info: Info) -> str:
        """Return the bearer's number."""
        return await info.context.loaders.bearer_number.load(self.row.member_id)

    @strawberry.field(
        description="What is left of it, with what expires next; nothing once it was claimed or taken back."
    )
    async def balance(self, info: Info) -> Balance:
        """Return the bearer's balance."""
        row = self.row
        amounts = await info.context.loaders.balances.load((row.program_id, row.member_id, None))
        return Balance.of(self.domain_asset, amounts.get(row.asset_id))

    @strawberry.field(
        description="The member whose value it was; null when it was paid in, or the caller may not see the member."
    )
    async def giver(self, info: Info) -> OtherMember | None:
        """Return the giver."""
        return await _member(info, self.row.giver_id)

    @strawberry.field(
        description="The member who claimed it; null when nobody did, or the caller may not see the member."
    )
    async def claimed_by(self, info: Info) -> OtherMember | None:
        """Return who claimed it."""
        return await _member(info, self.row.claimed_by_id)

    @classmethod
    def of(cls, row: models.GiftCard, program: domain.Program) -> "GiftCard":
        """Return the card of the contract."""
        asset = program.asset_by_id(row.asset_id)
        return cls(
            id=ids.encode(ids.GIFT_CARD, row.member_id),
            row=row,
            domain_asset=asset,
            asset=Asset.of(asset),
            amount=from_minor(row.amount, asset.scale),
            state=GiftCardState(row.state),
            message=row.message,
            issued_at=row.recorded_at,
            settled_at=row.settled_at,
        )


async def _member(info: Info, member_id: UUID | None) -> "Member | None":
    from schema.types.member import Member  # noqa: PLC0415  (members know the cards that they gave)

    row = await info.context.loaders.member.load(member_id) if member_id else None
    return Member.of(row) if row else None
