"""What callers ask of the writer about coupons."""

from datetime import datetime
from uuid import UUID

from domain.commands import Command
from domain.coupons import CouponOrigin
from domain.values import keyword_value


@keyword_value
class IssueCoupons(Command):
    """Give a member so many coupons of a template, one for each of `coupon_ids`, of the version that is published.

    Of a bundle each id names one bundle that is had, and its parts get ids of their own. The origin `CLAIM` is a member
    who takes one of a template that is claimable, and pays its price if it has one.
    """

    member_id: UUID
    campaign_id: UUID
    coupon_ids: tuple[UUID, ...]
    origin: CouponOrigin
    reason: str | None = None
    price: tuple[UUID, int] | None = None
    """(asset, minor units) that the caller was told it costs; of another version it is refused."""

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The member."""
        return (self.member_id,)

    @property
    def debits(self) -> tuple[tuple[UUID, UUID, int], ...]:
        """The price."""
        return ((self.member_id, *self.price),) if self.price else ()


@keyword_value
class CouponCommand(Command):
    """What commands about a coupon that is there have in common.

    `owner_id` is whose it was when the command was made. When it is another's by now the command is made anew.
    """

    coupon_id: UUID
    owner_id: UUID | None

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The owner; a code that nobody has is locked by itself."""
        return (self.owner_id,) if self.owner_id else ()

    @property
    def coupons(self) -> tuple[UUID, ...]:
        """The coupon."""
        return (self.coupon_id,)


@keyword_value
class TakeCoupon(CouponCommand):
    """Put a code that nobody has into a member's wallet."""

    member_id: UUID
    campaign_id: UUID
    """Its template."""
    limits: tuple[str, ...]
    """The limits of having a coupon that count when a code is taken, by name."""

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The member."""
        return (self.member_id,)


@keyword_value
class GiftCoupon(CouponCommand):
    """Give a coupon to another member."""

    to_id: UUID

    @property
    def locks(self) -> tuple[UUID, ...]:
        """Both members."""
        return (self.owner_id, self.to_id) if self.owner_id else (self.to_id,)


@keyword_value
class VoidCoupon(CouponCommand):
    """Make a coupon void that was not used."""

    reason: str


@keyword_value
class ExtendCoupon(CouponCommand):
    """Let a coupon be good until another instant; one that has expired is good again."""

    until: datetime
    reason: str | None


@keyword_value
class ExpireCoupons(Command):
    """Write down that coupons have expired: of one member, or with None codes that nobody has. Repeating does nothing.

    Holds of theirs that ran out are written down first.
    """

    member_id: UUID | None
    coupon_ids: tuple[UUID, ...]

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The member."""
        return (self.member_id,) if self.member_id else ()

    @property
    def bearers(self) -> tuple[UUID, ...]:
        """Whoever it is."""
        return self.locks

    @property
    def coupons(self) -> tuple[UUID, ...]:
        """The coupons."""
        return self.coupon_ids
