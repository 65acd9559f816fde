"""Orders."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry

import models
from domain import program as domain
from domain.amounts import from_minor
from schema import ids
from schema.context import Info
from schema.enums import OrderState
from schema.types.explanation import Effect, NotApplied, effect_of
from schema.types.node import Node
from schema.types.program import Tier

if TYPE_CHECKING:
    from schema.types.member import Member


@strawberry.type(description="A custom attribute.")
class Attribute:
    """A key and a value."""

    key: str = strawberry.field(description="Its name, once in each set.")
    value: str = strawberry.field(description="Its value.")


def attributes_of(record: dict[str, str]) -> list[Attribute]:
    """Return stored attributes by key."""
    return [Attribute(key=key, value=value) for key, value in sorted(record.items())]


@strawberry.type(description="One line of an order. Amounts are in the program's currency.")
class OrderLine:
    """A line."""

    ref: str = strawberry.field(description="Name of the line within its order, given by the source.")
    sku: str = strawberry.field(description="What was bought.")
    name: str | None = strawberry.field(description="Its name for people.")
    category: str | None = strawberry.field(description="Its category.")
    quantity: int = strawberry.field(description="How many.")
    returned_quantity: int = strawberry.field(description="How many came back.")
    unit_price: Decimal = strawberry.field(description="Price of one, before any discount.")
    discount: Decimal = strawberry.field(description="Discount on the whole line.")
    payable: Decimal = strawberry.field(description="What the whole line costs after discounts.")
    attributes: list[Attribute] = strawberry.field(description="Custom attributes.")

    @classmethod
    def of(cls, row: Any, scale: int) -> "OrderLine":
        """Return the line of the contract from a stored row, or one that a preview would store."""
        return cls(
            ref=row.ref,
            sku=row.sku,
            name=row.name,
            category=row.category,
            quantity=row.quantity,
            returned_quantity=row.returned_quantity,
            unit_price=from_minor(row.unit_price, scale),
            discount=from_minor(row.discount, scale),
            payable=from_minor(row.payable, scale),
            attributes=attributes_of(row.attributes),
        )


@strawberry.type(description="A purchase reported by a source system. Amounts are in the program's currency.")
class Order(Node):
    """A committed order."""

    row: strawberry.Private[models.Order]
    source: str = strawberry.field(description="System that reported it.")
    external_id: str = strawberry.field(description="Its name there; unique together with the source, for ever.")
    state: OrderState = strawberry.field(description="Where it is in its life.")
    store: str | None = strawberry.field(description="Store where it was bought.")
    channel: str | None = strawberry.field(description="Channel through which it was bought.")
    currency: str = strawberry.field(description="ISO 4217 currency.")
    occurred_at: datetime = strawberry.field(description="When it was bought.")
    recorded_at: datetime = strawberry.field(description="When it was committed here.")
    attributes: list[Attribute] = strawberry.field(description="Custom attributes.")

    async def _scale(self, info: Info) -> int:
        program: domain.Program = await info.context.loaders.program.load(self.row.program_id)
        return program.currency_scale

    @strawberry.field(description="Price of all lines before discounts, without shipping.")
    async def subtotal(self, info: Info) -> Decimal:
        """Return the subtotal."""
        return from_minor(self.row.subtotal, await self._scale(info))

    @strawberry.field(description="All discounts together.")
    async def discount_total(self, info: Info) -> Decimal:
        """Return the discounts."""
        return from_minor(self.row.discount_total, await self._scale(info))

    @strawberry.field(description="Price of shipping.")
    async def shipping(self, info: Info) -> Decimal:
        """Return the shipping."""
        return from_minor(self.row.shipping, await self._scale(info))

    @strawberry.field(description="What was left to pay, shipping included.")
    async def payable(self, info: Info) -> Decimal:
        """Return the payable amount."""
        return from_minor(self.row.payable, await self._scale(info))

    @strawberry.field(description="The member who bought; null for a guest order.")
    async def member(self, info: Info) -> Annotated["Member", strawberry.lazy("schema.types.member")] | None:
        """Return the member."""
        return await _member(info, self.row.member_id)

    @strawberry.field(description="Its lines.")
    async def lines(self, info: Info) -> list[OrderLine]:
        """Return the lines."""
        scale = await self._scale(info)
        return [OrderLine.of(row, scale) for row in await info.context.loaders.lines.load(self.row.id)]

    @strawberry.field(description="What was decided for it, each with its reason.")
    async def effects(self, info: Info) -> list[Effect]:
        """Return the effects."""
        program = await info.context.loaders.program.load(self.row.program_id)
        rows = await info.context.loaders.effects.load(self.row.id)
        return [effect_of(row, program.asset_by_id(row.asset_id)) for row in rows]

    @strawberry.field(description="What did not apply, and why not.")
    def not_applied(self) -> list[NotApplied]:
        """Return what did not apply."""
        return [NotApplied.of(record) for record in self.row.not_applied]

    @classmethod
    def of(cls, row: models.Order) -> "Order":
        """Return the order of the contract."""
        return cls(
            id=ids.encode(ids.ORDER, row.id),
            row=row,
            source=row.source,
            external_id=row.external_id,
            state=OrderState(row.state),
            store=row.store,
            channel=row.channel,
            currency=row.currency,
            occurred_at=row.occurred_at,
            recorded_at=row.recorded_at,
            attributes=attributes_of(row.attributes),
        )


async def _member(info: Info, member_id: UUID | None) -> "Member | None":
    from schema.types.member import Member  # noqa: PLC0415  (members know orders and orders members)

    if member_id is None:
        return None
    row = await info.context.loaders.member.load(member_id)
    return Member.of(row) if row else None


@strawberry.type(description="What an order would come to if it were committed; nothing of it is stored.")
class OrderPreview:
    """A previewed order: the same content as a committed one."""

    member_id: strawberry.Private[UUID | None]
    source: str = strawberry.field(description="System that reports it.")
    external_id: str = strawberry.field(description="Its name there.")
    currency: str = strawberry.field(description="ISO 4217 currency.")
    occurred_at: datetime = strawberry.field(description="The instant it was decided for.")
    subtotal: Decimal = strawberry.field(description="Price of all lines before discounts, without shipping.")
    discount_total: Decimal = strawberry.field(description="All discounts together.")
    shipping: Decimal = strawberry.field(description="Price of shipping.")
    payable: Decimal = strawberry.field(description="What is left to pay, shipping included.")
    lines: list[OrderLine] = strawberry.field(description="Its lines.")
    effects: list[Effect] = strawberry.field(description="What would be decided for it, each with its reason.")
    not_applied: list[NotApplied] = strawberry.field(description="What would not apply, and why not.")
    tiers_after: list[Tier] = strawberry.field(description="The member's tier on each ladder after the order.")

    @strawberry.field(description="The member who buys; null for a guest order.")
    async def member(self, info: Info) -> Annotated["Member", strawberry.lazy("schema.types.member")] | None:
        """Return the member."""
        return await _member(info, self.member_id)

    @classmethod
    def of(
        cls, order: Any, lines: Sequence[Any], effects: Sequence[Any], tiers: Sequence[Any], program: domain.Program
    ) -> "OrderPreview":
        """Return the preview of the contract from the rows that a commit would store."""
        scale = program.currency_scale
        return cls(
            member_id=order.member_id,
            source=order.source,
            external_id=order.external_id,
            currency=order.currency,
            occurred_at=order.occurred_at,
            subtotal=from_minor(order.subtotal, scale),
            discount_total=from_minor(order.discount_total, scale),
            shipping=from_minor(order.shipping, scale),
            payable=from_minor(order.payable, scale),
            lines=[OrderLine.of(line, scale) for line in lines],
            effects=[effect_of(row, program.asset_by_id(row.asset_id)) for row in effects],
            not_applied=[NotApplied.of(record) for record in order.not_applied],
            tiers_after=[Tier.of(tier) for tier in tiers],
        )
