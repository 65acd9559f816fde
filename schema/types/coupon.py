"""Coupons and what happened to them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

import models
from domain import coupons as domain
from domain.instants import NEVER
from schema import ids
from schema.context import Info
from schema.enums import CouponChangeKind, CouponOrigin, CouponState
from schema.types.node import Node
from services import coupon_reads, coupons, qr
from services.actors import ActorKind, Scope

if TYPE_CHECKING:
    from schema.types.coupon_template import CouponTemplate
    from schema.types.member import Member
    from schema.types.order import Order

OneMember = Annotated["Member", strawberry.lazy("schema.types.member")]
OneOrder = Annotated["Order", strawberry.lazy("schema.types.order")]
OneTemplate = Annotated["CouponTemplate", strawberry.lazy("schema.types.coupon_template")]
CODE = (
    "Null for what the use of a shared code made, and when the server's secret has changed since. Shown to its member; "
    f"else null without `{Scope.COUPONS_READ.value}`."
)


@strawberry.type(description="What happened to a coupon, and who did it.")
class CouponChange:
    """One line of a coupon's history."""

    change: strawberry.Private[domain.CouponChange]
    kind: CouponChangeKind = strawberry.field(description="What happened.")
    expires_at: datetime | None = strawberry.field(
        description="Before when it may be used from then on, where that changed; null for ever, and where it did not."
    )
    reason: str | None = strawberry.field(description="Why, as stated.")
    recorded_at: datetime = strawberry.field(description="When it was written here.")

    @strawberry.field(
        description=f"The credential that did it, or `system` for what fell due. Null without "
        f"`{Scope.COUPONS_READ.value}`."
    )
    def actor(self, info: Info) -> str | None:
        """Return who did it."""
        return self.change.actor if info.context.actor.may(Scope.COUPONS_READ) else None

    @strawberry.field(
        description="Whose it was after that; null when it was nobody's, or the caller may not see the member."
    )
    async def member(self, info: Info) -> OneMember | None:
        """Return the owner."""
        return await _member(info, self.change.member_id)

    @strawberry.field(
        name="from", description="Of a gift, who gave it; null of all else, or when the caller may not see the member."
    )
    async def from_(self, info: Info) -> OneMember | None:
        """Return the giver."""
        return await _member(info, self.change.from_member_id)

    @strawberry.field(description="The order that did it; null when none did, or the caller may not see it.")
    async def order(self, info: Info) -> OneOrder | None:
        """Return the order."""
        return await _order(info, self.change.order_id)

    @classmethod
    def of(cls, change: domain.CouponChange) -> "CouponChange":
        """Return the change of the contract."""
        return cls(
            change=change,
            kind=CouponChangeKind(change.kind),
            expires_at=_instant(change.expires_at),
            reason=change.reason,
            recorded_at=change.recorded_at,
        )


@strawberry.type(
    description="One coupon that was issued. What it does is said by the version of its template that it names, for "
    "ever; who has it, its state and its expiry change."
)
class Coupon(Node):
    """A coupon."""

    row: strawberry.Private[models.Coupon]
    origin: CouponOrigin = strawberry.field(description="How it came to be.")
    valid_from: datetime = strawberry.field(description="From when it may be used.")
    expires_at: datetime | None = strawberry.field(description="Before when it may be used; null for ever.")
    recorded_at: datetime = strawberry.field(description="When it was issued.")

    @strawberry.field(description=f"The code by which an order uses it. {CODE}")
    async def code(self, info: Info) -> str | None:
        """Return the code."""
        return await self._code(info)

    @strawberry.field(description=f"The code as a QR image: an SVG element that scales to where it is shown. {CODE}")
    async def qr_code(self, info: Info) -> str | None:
        """Return the image."""
        code = await self._code(info)
        return None if code is None else qr.svg(code)

    @strawberry.field(description="What it is a coupon of.")
    async def template(self, info: Info) -> OneTemplate:
        """Return the template."""
        from schema.types.coupon_template import CouponTemplate  # noqa: PLC0415  (templates know their coupons)

        row = await info.context.loaders.coupons.template.load(self.row.campaign_id)
        assert row is not None, "who sees a coupon sees its template"
        return CouponTemplate.of(row)

    @strawberry.field(description="Number of the version of its template that holds for it.")
    async def version(self, info: Info) -> int:
        """Return the version."""
        return (await info.context.loaders.coupons.version.load(self.row.version_id)).number

    @strawberry.field(description="Who has it; null for a code that nobody has yet.")
    async def member(self, info: Info) -> OneMember | None:
        """Return the owner."""
        return await _member(info, self.row.member_id)

    @strawberry.field(description="Where it is in its life, by the program's clock.")
    async def state(self, info: Info) -> CouponState:
        """Return the state; a hold and a coupon are over when their time is, and not when that was noticed."""
        return CouponState((await self._now(info)).state)

    @strawberry.field(
        description="The order that holds it or used it; null when none does, or the caller may not see it."
    )
    async def order(self, info: Info) -> OneOrder | None:
        """Return the order."""
        return await _order(info, (await self._now(info)).order_id)

    @strawberry.field(description="Until when an order holds it; null when none does.")
    async def held_until(self, info: Info) -> datetime | None:
        """Return the end of the hold."""
        return (await self._now(info)).held_until

    @strawberry.field(
        description=f"What happened to it, the first first; of more than {coupon_reads.HISTORY_MAX} changes the last "
        "ones."
    )
    async def history(self, info: Info) -> list[CouponChange]:
        """Return the changes."""
        return [CouponChange.of(change) for change in await info.context.loaders.coupons.history.load(self.row)]

    async def _now(self, info: Info) -> domain.Coupon:
        program = await info.context.loaders.program.load(self.row.program_id)
        return coupon_reads.coupon_of(self.row).at(program.now())

    async def _code(self, info: Info) -> str | None:
        actor = info.context.actor
        is_own = actor.kind is ActorKind.MEMBER and actor.member_id == self.row.member_id
        if not (is_own or actor.may(Scope.COUPONS_READ)):
            return None
        version = await info.context.loaders.coupons.version.load(self.row.version_id)
        return coupons.code_of(info.context.engine, self.row, version.coupon or {})

    @classmethod
    def of(cls, row: models.Coupon) -> "Coupon":
        """Return the coupon of the contract."""
        return cls(
            id=ids.encode(ids.COUPON, row.id),
            row=row,
            origin=CouponOrigin(row.origin),
            valid_from=row.valid_from,
            expires_at=_instant(row.expires_at),
            recorded_at=row.recorded_at,
        )


async def found_coupon(info: Info, coupon_id: UUID | None) -> Coupon | None:
    """Return the coupon with this id, if there is one that the caller may see."""
    row = await info.context.loaders.coupons.by_id.load(coupon_id) if coupon_id else None
    return Coupon.of(row) if row else None


async def found_coupons(info: Info, coupon_ids: list[UUID]) -> list[Coupon]:
    """Return those of the coupons that the caller may see."""
    rows = await info.context.loaders.coupons.by_id.load_many(coupon_ids)
    return [Coupon.of(row) for row in rows if row]


def _instant(at: datetime | None) -> datetime | None:
    return None if at is None or at >= NEVER else at


async def _member(info: Info, member_id: UUID | None) -> "Member | None":
    from schema.types.order import found_member  # noqa: PLC0415  (orders know the coupons that they use)

    return await found_member(info, member_id)


async def _order(info: Info, order_id: UUID | None) -> "Order | None":
    from schema.types.order import Order  # noqa: PLC0415  (orders know the coupons that they use)

    row = await info.context.loaders.order.load(order_id) if order_id else None
    return Order.of(row) if row else None
