"""Events of coupons."""

from typing import Any
from uuid import UUID

import strawberry

from schema import ids
from schema.context import Info
from schema.enums import EventKind
from schema.types.coupon import Coupon, found_coupon
from schema.types.member import Member
from schema.types.member_event import MemberEvent, order_of_event
from schema.types.order import Order, found_member


@strawberry.interface(description="Something happened to a coupon of the member.")
class CouponEvent(MemberEvent):
    """An event of a coupon."""

    @strawberry.field(description="Id of the coupon, also when it is another's by now.")
    def coupon_id(self) -> strawberry.ID:
        """Return the id."""
        return ids.encode(ids.COUPON, self._detail("coupon"))

    @strawberry.field(description="The coupon, as it is now; null when the caller may not see it: it is another's.")
    async def coupon(self, info: Info) -> Coupon | None:
        """Return the coupon."""
        return await found_coupon(info, self._detail("coupon"))

    def _detail(self, name: str) -> Any:
        details: dict[str, Any] = self.row.details or {}
        found = details.get(name)
        return UUID(found) if found else None


@strawberry.type(description="The member was given a coupon.")
class CouponIssued(CouponEvent):
    """An issue."""


@strawberry.type(description="The member took a coupon: claimed it, bought it, or took it by its code.")
class CouponClaimed(CouponEvent):
    """A claim."""


@strawberry.type(description="The member gave a coupon to another, or was given one by another.")
class CouponGifted(CouponEvent):
    """A gift, told to both."""

    @strawberry.field(
        name="from",
        description="Who gave it: null when it was the member of the event, or the caller may not see the giver.",
    )
    async def from_(self, info: Info) -> Member | None:
        """Return the giver."""
        return await found_member(info, self._detail("from"))

    @strawberry.field(
        description="To whom it was given: null when it was the member of the event, or the caller may not see them."
    )
    async def to(self, info: Info) -> Member | None:
        """Return who was given it."""
        return await found_member(info, self._detail("to"))


@strawberry.type(description="A held order reserved a coupon of the member.")
class CouponHeld(CouponEvent):
    """A hold."""

    @strawberry.field(description="The order.")
    async def order(self, info: Info) -> Order:
        """Return the order."""
        return await order_of_event(self, info)


@strawberry.type(description="A held order was given up, or its hold ran out: the coupon may be used again.")
class CouponReleased(CouponEvent):
    """The end of a hold."""

    @strawberry.field(description="The order.")
    async def order(self, info: Info) -> Order:
        """Return the order."""
        return await order_of_event(self, info)


@strawberry.type(description="An order used a coupon of the member.")
class CouponUsed(CouponEvent):
    """A use."""

    @strawberry.field(description="The order.")
    async def order(self, info: Info) -> Order:
        """Return the order."""
        return await order_of_event(self, info)


@strawberry.type(description="All of an order came back, and with it the coupon that it had used.")
class CouponReturned(CouponEvent):
    """A return."""

    @strawberry.field(description="The order.")
    async def order(self, info: Info) -> Order:
        """Return the order."""
        return await order_of_event(self, info)


@strawberry.type(description="A coupon of the member was not used in time.")
class CouponExpired(CouponEvent):
    """An expiry."""


@strawberry.type(description="A coupon of the member was made void.")
class CouponVoided(CouponEvent):
    """A coupon made void."""


@strawberry.type(description="A coupon of the member is good until another instant.")
class CouponExtended(CouponEvent):
    """Another expiry."""


COUPON_EVENTS: dict[EventKind, type[CouponEvent]] = {
    EventKind.COUPON_ISSUED: CouponIssued,
    EventKind.COUPON_CLAIMED: CouponClaimed,
    EventKind.COUPON_GIFTED: CouponGifted,
    EventKind.COUPON_HELD: CouponHeld,
    EventKind.COUPON_RELEASED: CouponReleased,
    EventKind.COUPON_USED: CouponUsed,
    EventKind.COUPON_RETURNED: CouponReturned,
    EventKind.COUPON_EXPIRED: CouponExpired,
    EventKind.COUPON_VOIDED: CouponVoided,
    EventKind.COUPON_EXTENDED: CouponExtended,
}
