"""An order that is not committed: what it would come to."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from domain import coupons
from domain import program as domain
from domain.amounts import from_minor
from schema.context import Info
from schema.types.effect import WATERFALL, Effect, WaterfallLine, effect_of, waterfall_of
from schema.types.explanation import NOT_APPLIED, NotApplied
from schema.types.order import DUE, PAID, SHIPPING_DISCOUNT, SPENT, OrderLine, found_member
from schema.types.program import Tier
from services.orders import Preview

if TYPE_CHECKING:
    from schema.types.member import Member


@strawberry.type(description="How the coupons of an order were chosen.")
class CouponChoice:
    """A choice."""

    usable: int = strawberry.field(description="How many of the member's coupons could be used, each by itself.")
    is_proven: bool = strawberry.field(
        description="Whether no other legal set leaves less to pay; with very many coupons that is not looked into."
    )

    @classmethod
    def of(cls, choice: coupons.Choice) -> "CouponChoice":
        """Return the choice of the contract."""
        return cls(usable=choice.usable, is_proven=choice.is_proven)


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
    shipping_discount: Decimal = strawberry.field(description=SHIPPING_DISCOUNT)
    spent: Decimal = strawberry.field(description=SPENT)
    payable: Decimal = strawberry.field(description="What is left to pay, shipping included.")
    paid: Decimal = strawberry.field(description=PAID)
    due: Decimal = strawberry.field(description=DUE)
    lines: list[OrderLine] = strawberry.field(description="Its lines, and after them the gifts.")
    waterfall: list[WaterfallLine] = strawberry.field(description=WATERFALL)
    effects: list[Effect] = strawberry.field(description="What would be decided for it, each with its reason.")
    not_applied: list[NotApplied] = strawberry.field(description=NOT_APPLIED)
    tiers_after: list[Tier] = strawberry.field(description="The member's tier on each ladder after the order.")
    coupon_choice: CouponChoice | None = strawberry.field(
        description="How its coupons were chosen; null when the caller named them, and for a guest."
    )

    @strawberry.field(description="The member who buys; null for a guest order.")
    async def member(self, info: Info) -> Annotated["Member", strawberry.lazy("schema.types.member")] | None:
        """Return the member."""
        return await found_member(info, self.member_id)

    @classmethod
    def of(cls, preview: Preview, program: domain.Program) -> "OrderPreview":
        """Return the preview of the contract from the rows that a commit would store."""
        order, effects = preview.order, preview.effects
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
            shipping_discount=from_minor(order.shipping_discount, scale),
            spent=from_minor(order.spent, scale),
            payable=from_minor(order.payable, scale),
            paid=from_minor(order.paid, scale),
            due=from_minor(order.payable - order.paid, scale),
            lines=[OrderLine.of(line, scale) for line in preview.lines],
            waterfall=waterfall_of(order, effects, program),
            effects=[effect_of(row, program) for row in effects],
            not_applied=[NotApplied.of(record) for record in order.not_applied],
            tiers_after=[Tier.of(tier) for tier in preview.tiers],
            coupon_choice=CouponChoice.of(preview.choice) if preview.choice else None,
        )
