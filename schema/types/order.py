"""Orders."""

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
from schema.types.campaign import Campaign
from schema.types.coupon import Coupon, OneTemplate
from schema.types.effect import WATERFALL, Effect, WaterfallLine, effect_of, waterfall_of
from schema.types.explanation import NOT_APPLIED, NotApplied, campaign_of, template_of
from schema.types.node import Node
from schema.types.program import Asset
from services.coupon_reads import coupon_of

if TYPE_CHECKING:
    from schema.types.member import Member


SPENT = "What the points are worth that were used as money; it lowers `payable`."
PAID = "What stored value pays of `payable`."
SHIPPING_DISCOUNT = "Discount on shipping; it is among all discounts."
DUE = "What is left of `payable` for cash, card or other means."


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
    released_quantity: int = strawberry.field(description="How many were held and not captured: never delivered.")
    unit_price: Decimal = strawberry.field(description="Price of one, before any discount.")
    discount: Decimal = strawberry.field(description="Discount on the whole line.")
    payable: Decimal = strawberry.field(description="What the whole line costs after discounts.")
    attributes: list[Attribute] = strawberry.field(description="Custom attributes.")
    gift: bool = strawberry.field(description="Whether a campaign added the line, at no price.")
    campaign_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The campaign that gave it; null for what was bought, and what a coupon gave.")
    async def campaign(self, info: Info) -> Campaign | None:
        """Return the campaign."""
        return await campaign_of(info, self.campaign_id)

    @strawberry.field(description="The template of the coupon or shared code that gave it; null for any other line.")
    async def coupon_template(self, info: Info) -> OneTemplate | None:
        """Return the template."""
        return await template_of(info, self.campaign_id)

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
            released_quantity=row.released_quantity,
            unit_price=from_minor(row.unit_price, scale),
            discount=from_minor(row.discount, scale),
            payable=from_minor(row.payable, scale),
            attributes=attributes_of(row.attributes),
            gift=row.campaign_id is not None,
            campaign_id=row.campaign_id,
        )


@strawberry.type(description="What an order has reserved of one asset, until a limit in time.")
class Hold:
    """A reservation."""

    row: strawberry.Private[models.Hold]
    id: strawberry.ID = strawberry.field(description="Opaque and stable.")
    asset: Asset = strawberry.field(description="What is reserved.")
    amount: Decimal = strawberry.field(description="How much was reserved.")
    captured: Decimal = strawberry.field(description="What of it was spent.")
    released: Decimal = strawberry.field(description="What of it is available again.")
    expires_at: datetime = strawberry.field(description="When what is left of it becomes available again.")
    recorded_at: datetime = strawberry.field(description="When it was written here.")

    @strawberry.field(description="The order that reserved it.")
    async def order(self, info: Info) -> Annotated["Order", strawberry.lazy("schema.types.order")]:
        """Return the order."""
        row = await info.context.loaders.order.load(self.row.order_id)
        assert row is not None, "who sees a hold sees its order"
        return Order.of(row)

    @classmethod
    def of(cls, row: models.Hold, program: domain.Program) -> "Hold":
        """Return the hold of the contract."""
        asset = program.asset_by_id(row.asset_id)
        return cls(
            row=row,
            id=ids.encode(ids.HOLD, row.id),
            asset=Asset.of(asset),
            amount=from_minor(row.amount, asset.scale),
            captured=from_minor(row.captured, asset.scale),
            released=from_minor(row.released, asset.scale),
            expires_at=row.expires_at,
            recorded_at=row.recorded_at,
        )


@strawberry.type(description="How many pieces of a line came back.")
class ReturnedLine:
    """A line of a return."""

    ref: str = strawberry.field(description="Name of the line within its order.")
    quantity: int = strawberry.field(description="How many pieces.")


@strawberry.type(description="Some of an order that came back. Its share of what the order gave and took is undone.")
class OrderReturn:
    """A return."""

    id: strawberry.ID = strawberry.field(description="Opaque and stable.")
    lines: list[ReturnedLine] = strawberry.field(description="What came back, by line.")
    refund: Decimal = strawberry.field(
        description="The share of `due`, what was paid by other means, that is to be paid back."
    )
    reason: str | None = strawberry.field(description="Why, as stated.")
    recorded_at: datetime = strawberry.field(description="When it was written here.")

    @classmethod
    def of(cls, row: models.OrderReturn, scale: int) -> "OrderReturn":
        """Return the return of the contract."""
        return cls(
            id=ids.encode(ids.RETURN, row.id),
            lines=[ReturnedLine(ref=ref, quantity=count) for ref, count in sorted(row.quantities.items())],
            refund=from_minor(row.refund, scale),
            reason=row.reason,
            recorded_at=row.recorded_at,
        )


@strawberry.type(description="A purchase reported by a source system. Amounts are in the program's currency.")
class Order(Node):
    """An order."""

    row: strawberry.Private[models.Order]
    source: str = strawberry.field(description="System that reported it.")
    external_id: str = strawberry.field(description="Its name there; unique together with the source, for ever.")
    store: str | None = strawberry.field(description="Store where it was bought.")
    channel: str | None = strawberry.field(description="Channel through which it was bought.")
    currency: str = strawberry.field(description="ISO 4217 currency.")
    held_until: datetime | None = strawberry.field(description="The limit of its hold; null if it never was held.")
    claimed_at: datetime | None = strawberry.field(
        description="When the member claimed it, who had bought it as a guest; null for any other order."
    )
    occurred_at: datetime = strawberry.field(description="When it was bought.")
    recorded_at: datetime = strawberry.field(description="When it was written here.")
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

    @strawberry.field(description=SHIPPING_DISCOUNT)
    async def shipping_discount(self, info: Info) -> Decimal:
        """Return the discount on shipping."""
        return from_minor(self.row.shipping_discount, await self._scale(info))

    @strawberry.field(description="Where it is in its life.")
    async def state(self, info: Info) -> OrderState:
        """Return the state; a hold is over when its time is, and not when that was noticed."""
        program = await info.context.loaders.program.load(self.row.program_id)
        state, until = OrderState(self.row.state), self.row.held_until
        over = state is OrderState.HELD and until is not None and until <= program.now()
        return OrderState.EXPIRED if over else state

    @strawberry.field(description=SPENT)
    async def spent(self, info: Info) -> Decimal:
        """Return what points were worth."""
        return from_minor(self.row.spent, await self._scale(info))

    @strawberry.field(description="What was left to pay, shipping included.")
    async def payable(self, info: Info) -> Decimal:
        """Return the payable amount."""
        return from_minor(self.row.payable, await self._scale(info))

    @strawberry.field(description=PAID)
    async def paid(self, info: Info) -> Decimal:
        """Return what stored value paid."""
        return from_minor(self.row.paid, await self._scale(info))

    @strawberry.field(description=f"{DUE} Once it is captured: for what was captured; the other amounts stay as held.")
    async def due(self, info: Info) -> Decimal:
        """Return what is left."""
        return from_minor(self.row.payable - self.row.paid - self.row.released, await self._scale(info))

    @strawberry.field(description="What it has or had reserved, by asset.")
    async def holds(self, info: Info) -> list[Hold]:
        """Return the holds."""
        program = await info.context.loaders.program.load(self.row.program_id)
        return [Hold.of(row, program) for row in await info.context.loaders.holds.load(self.row.id)]

    @strawberry.field(description="The coupons that it holds or used; none of them that came back.")
    async def coupons(self, info: Info) -> list[Coupon]:
        """Return the coupons; a hold that ran out holds none."""
        now = (await info.context.loaders.program.load(self.row.program_id)).now()
        rows = await info.context.loaders.coupons.of_order.load(self.row.id)
        return [Coupon.of(row) for row in rows if coupon_of(row).at(now).order_id]

    @strawberry.field(description="What of it came back, in the order in which it did.")
    async def returns(self, info: Info) -> list[OrderReturn]:
        """Return the returns."""
        scale = await self._scale(info)
        return [OrderReturn.of(row, scale) for row in await info.context.loaders.returns.load(self.row.id)]

    @strawberry.field(description="The member who bought; null for a guest order.")
    async def member(self, info: Info) -> Annotated["Member", strawberry.lazy("schema.types.member")] | None:
        """Return the member."""
        return await found_member(info, self.row.member_id)

    @strawberry.field(
        description="Whose balances paid, when not the member's own; null when they were, or the caller may not see it."
    )
    async def payer(self, info: Info) -> Annotated["Member", strawberry.lazy("schema.types.member")] | None:
        """Return the payer."""
        return await found_member(info, self.row.payer_id)

    @strawberry.field(description="Its lines, and after them the gifts.")
    async def lines(self, info: Info) -> list[OrderLine]:
        """Return the lines."""
        scale = await self._scale(info)
        return [OrderLine.of(row, scale) for row in await info.context.loaders.lines.load(self.row.id)]

    @strawberry.field(description="What was decided for it, each with its reason.")
    async def effects(self, info: Info) -> list[Effect]:
        """Return the effects."""
        program = await info.context.loaders.program.load(self.row.program_id)
        rows = await info.context.loaders.effects.load(self.row.id)
        return [effect_of(row, program) for row in rows]

    @strawberry.field(description=WATERFALL)
    async def waterfall(self, info: Info) -> list[WaterfallLine]:
        """Return the steps."""
        program = await info.context.loaders.program.load(self.row.program_id)
        return waterfall_of(self.row, await info.context.loaders.effects.load(self.row.id), program)

    @strawberry.field(description=NOT_APPLIED)
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
            store=row.store,
            channel=row.channel,
            currency=row.currency,
            held_until=row.held_until,
            claimed_at=row.claimed_at,
            occurred_at=row.occurred_at,
            recorded_at=row.recorded_at,
            attributes=attributes_of(row.attributes),
        )


async def found_member(info: Info, member_id: UUID | None) -> "Member | None":
    """Return the member, if there is one whom the caller may see."""
    from schema.types.member import Member  # noqa: PLC0415  (members know orders and orders members)

    if member_id is None:
        return None
    row = await info.context.loaders.member.load(member_id)
    return Member.of(row) if row else None
