"""Balances, ledger lines, lots."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

import models
from domain import assets, ledger
from domain import program as domain
from domain.amounts import from_minor
from domain.burning import part_of
from domain.instants import NEVER
from schema import ids
from schema.context import Info
from schema.enums import EntryKind, LotPart
from schema.types.campaign import Campaign
from schema.types.explanation import Explanation, campaign_of, effect_explanation, entry_text, gift_card_text
from schema.types.node import Node
from schema.types.program import Asset
from schema.types.stored_value import top_up_arithmetic, top_up_text
from services.balances import Amounts

if TYPE_CHECKING:
    from schema.types.member import Member
    from schema.types.order import Order

DRAWN = frozenset({EntryKind.SPEND, EntryKind.HOLD, EntryKind.RELEASE, EntryKind.RETURN})
"""Lines by which an agent may draw on a member, or give back."""
REASONED = frozenset(
    {EntryKind.ADJUST, EntryKind.SPEND, EntryKind.RETURN, EntryKind.TOP_UP, EntryKind.REFUND, EntryKind.CONVERT}
)
"""Lines whose transfer may say why."""


@strawberry.type(description="What expires next.")
class Expiry:
    """An amount and an instant."""

    amount: Decimal = strawberry.field(description="How much expires.")
    at: datetime = strawberry.field(description="When.")


@strawberry.type(
    description="A balance of one asset. available + held + pending never includes expired value; `available` may be "
    "spent now."
)
class Balance:
    """A balance."""

    account_id: strawberry.Private[UUID | None]
    scale: strawberry.Private[int]
    at: strawberry.Private[datetime | None]
    asset: Asset = strawberry.field(description="What is counted.")
    available: Decimal = strawberry.field(description="May be spent now; negative while something is owed.")
    held: Decimal = strawberry.field(description="Reserved by holds.")
    pending: Decimal = strawberry.field(description="Earned, not yet released.")

    @strawberry.field(description="What of the available value expires next; null when nothing does.")
    async def next_expiry(self, info: Info) -> Expiry | None:
        """Return the soonest expiry."""
        if self.account_id is None:
            return None
        found = await info.context.loaders.next_expiry.load((self.account_id, self.at))
        return Expiry(amount=from_minor(found.amount, self.scale), at=found.at) if found else None

    @strawberry.field(
        description="How much of the available value is bonus, which was given on top of what was paid in."
    )
    async def bonus(self, info: Info) -> Decimal:
        """Return the bonus part."""
        found = await info.context.loaders.bonus.load((self.account_id, self.at)) if self.account_id else 0
        return from_minor(found, self.scale)

    @classmethod
    def of(cls, asset: assets.Asset, amounts: Amounts | None, at: datetime | None = None) -> "Balance":
        """Return a balance, with `at` as it was then; without amounts it is zero."""
        amounts = amounts or Amounts(asset.id)
        return cls(
            account_id=amounts.account_id,
            scale=asset.scale,
            at=at,
            asset=Asset.of(asset),
            available=from_minor(amounts.available, asset.scale),
            held=from_minor(amounts.held, asset.scale),
            pending=from_minor(amounts.pending, asset.scale),
        )


@strawberry.type(description="One line of a member's ledger; never changes once written.")
class Entry(Node):
    """A ledger line."""

    row: strawberry.Private[models.Entry]
    domain_asset: strawberry.Private[assets.Asset]
    asset: Asset = strawberry.field(description="What moved.")
    kind: EntryKind = strawberry.field(description="What the line did.")
    amount: Decimal = strawberry.field(
        description="Change of what the member can spend, or of what is pending or reserved when that is all that "
        "changed; negative when value left."
    )
    balance_after: Decimal = strawberry.field(description="Available balance after the line.")
    occurred_at: datetime = strawberry.field(description="When it happened in the world.")
    recorded_at: datetime = strawberry.field(description="When it was written here.")

    @strawberry.field(description="The order that caused it, if one did.")
    async def order(self, info: Info) -> Annotated["Order", strawberry.lazy("schema.types.order")] | None:
        """Return the order."""
        from schema.types.order import Order  # noqa: PLC0415  (orders know entries and entries orders)

        if self.row.order_id is None:
            return None
        row = await info.context.loaders.order.load(self.row.order_id)
        return Order.of(row) if row else None

    @strawberry.field(
        description="Who drew it as an agent of the member; null when nobody did, or the caller may not see who."
    )
    async def agent(self, info: Info) -> Annotated["Member", strawberry.lazy("schema.types.member")] | None:
        """Return the agent."""
        from schema.types.order import found_member  # noqa: PLC0415  (orders know entries and entries members)

        if self.row.kind not in DRAWN:
            return None
        drawn_by = await info.context.loaders.drawn_by.load(self.row.transfer_id)
        return None if drawn_by == self.row.member_id else await found_member(info, drawn_by)

    @strawberry.field(description="The campaign that decided it, if one did.")
    async def campaign(self, info: Info) -> Campaign | None:
        """Return the campaign."""
        return await campaign_of(info, self.row.campaign_id)

    async def _decided(self, info: Info) -> Explanation | None:
        """Return why a line is what it is that carries out an effect of an order or an occasion; None for others."""
        loaders, number = info.context.loaders, self.row.effect
        if number is None or self.row.kind not in (EntryKind.EARN, EntryKind.SPEND):
            return None
        if self.row.order_id is not None:
            found = (effect for effect in await loaders.effects.load(self.row.order_id) if effect.ordinal == number)
            return next((effect_explanation(self.row, self.domain_asset, effect) for effect in found), None)
        occasion = await loaders.occasion_of.load(self.row.transfer_id)
        given = await loaders.occasion_effects.load(occasion.id) if occasion else []
        return next((Explanation.of(dict(effect.explanation)) for effect in given if effect.ordinal == number), None)

    @strawberry.field(description="Why the line is what it is.")
    async def explanation(self, info: Info) -> Explanation:
        """Return the reason."""
        if (decided := await self._decided(info)) is not None:
            return decided
        reason = None
        if self.row.kind in REASONED:
            reason = await info.context.loaders.reason.load(self.row.transfer_id)
        if self.row.kind == EntryKind.TOP_UP:
            made = await info.context.loaders.top_up.load(self.row.transfer_id)
            if made is not None:
                text = top_up_text(self.row, self.domain_asset, made, reason)
                return Explanation.plain(text, top_up_arithmetic(self.row, self.domain_asset, made))
        if self.row.kind == EntryKind.TRANSFER:
            card = await info.context.loaders.gift_card_of.load(self.row.transfer_id)
            if card is not None:
                reason = await info.context.loaders.reason.load(self.row.transfer_id)
                return Explanation.plain(gift_card_text(self.row, self.domain_asset, card, reason))
        return Explanation.plain(entry_text(self.row, self.domain_asset, reason))

    @classmethod
    def of(cls, row: models.Entry, program: domain.Program) -> "Entry":
        """Return the line of the contract."""
        asset = program.asset_by_id(row.asset_id)
        return cls(
            id=ids.encode_numbered(ids.ENTRY, row.account_id, row.seq),
            row=row,
            domain_asset=asset,
            asset=Asset.of(asset),
            kind=EntryKind(row.kind),
            amount=from_minor(row.change_available or row.change_pending or row.change_held, asset.scale),
            balance_after=from_minor(row.available, asset.scale),
            occurred_at=row.occurred_at,
            recorded_at=row.recorded_at,
        )


@strawberry.type(description="A credit with its own release and expiry; debits use the soonest to expire first.")
class Lot:
    """A lot."""

    id: strawberry.ID = strawberry.field(description="Opaque and stable.")
    asset: Asset = strawberry.field(description="What it holds.")
    part: LotPart = strawberry.field(description="Whether that was paid in or given on top.")
    amount: Decimal = strawberry.field(description="What it began with.")
    remaining: Decimal = strawberry.field(description="What is left of it, held value apart.")
    held: Decimal = strawberry.field(description="What of it is reserved.")
    available_at: datetime | None = strawberry.field(description="When it is released; null once it is available.")
    expires_at: datetime | None = strawberry.field(description="When it expires; null when it does not.")
    recorded_at: datetime = strawberry.field(description="When it was written here.")

    @classmethod
    def of(cls, row: models.Lot | ledger.Lot, program: domain.Program) -> "Lot":
        """Return the lot of the contract."""
        asset = program.asset_by_id(row.asset_id)
        return cls(
            id=ids.encode(ids.LOT, row.id),
            asset=Asset.of(asset),
            part=part_of(row.priority),
            amount=from_minor(row.amount, asset.scale),
            remaining=from_minor(row.remaining, asset.scale),
            held=from_minor(row.held, asset.scale),
            available_at=row.locked_until,
            expires_at=None if row.expires_at >= NEVER else row.expires_at,
            recorded_at=row.recorded_at,
        )
