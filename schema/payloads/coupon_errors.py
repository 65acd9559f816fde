"""Refusals about coupons, as values."""

from datetime import datetime
from enum import Enum
from typing import Any, Self
from uuid import UUID

import strawberry

from domain.refusals import Refusal
from schema.context import Info
from schema.enums import CouponState, NotAppliedReason, described
from schema.payloads.errors import UserError
from schema.types.coupon import Coupon, found_coupon


class CouponUnavailable(Enum):
    """Why a template or a coupon does not allow something: see `domain.refusals.CouponNotAvailable`."""

    OUTSIDE_WINDOW = "OUTSIDE_WINDOW"
    NOT_PUBLISHED = "NOT_PUBLISHED"
    NOT_CLAIMABLE = "NOT_CLAIMABLE"
    NOT_TRANSFERABLE = "NOT_TRANSFERABLE"
    NOT_ISSUED = "NOT_ISSUED"
    PRICE_CHANGED = "PRICE_CHANGED"


described(
    CouponUnavailable,
    "Why a template or a coupon does not allow something.",
    {
        "OUTSIDE_WINDOW": "Coupons of the template cannot be had at this time.",
        "NOT_PUBLISHED": "No version of the template decides now: it is a draft, paused or ended.",
        "NOT_CLAIMABLE": "Members do not take coupons of the template by themselves.",
        "NOT_TRANSFERABLE": "Coupons of the template stay with their member.",
        "NOT_ISSUED": "No such coupons are made of the template: it is a bundle, or its code is shared.",
        "PRICE_CHANGED": "The price of the template changed meanwhile.",
    },
)


@strawberry.type(
    description="Returned when a code is none that the order may use: unknown, used, expired or of another member, "
    "which is not told apart; or when it is the right one and does not apply to the order."
)
class CouponNotUsableError(UserError):
    """No such code."""

    CODE: strawberry.Private[str] = "COUPON_NOT_USABLE"
    coupon_code: str = strawberry.field(description="The code, as it was given.")
    reason: NotAppliedReason | None = strawberry.field(
        description="Why the coupon does not apply; null when the code is none that the order may use.", default=None
    )
    remedy: str | None = strawberry.field(
        description="The nearest change that would make it apply; null if none is.", default=None
    )

    @classmethod
    def of(cls, refusal: Refusal) -> Self:
        """Return the error with the reason."""
        reason = NotAppliedReason.__members__.get(refusal.facts.get("reason", ""))
        return super().of(_with(refusal, reason=reason))


@strawberry.type(description="Returned when the coupon is in a state in which this cannot be done.")
class CouponStateError(UserError):
    """Too early or too late."""

    CODE: strawberry.Private[str] = "COUPON_STATE"
    coupon_id: strawberry.Private[str]
    state: CouponState = strawberry.field(description="The coupon's state.")

    @strawberry.field(description="The coupon; null when the caller may not see it.")
    async def coupon(self, info: Info) -> Coupon | None:
        """Return the coupon."""
        return await found_coupon(info, UUID(self.coupon_id))

    @classmethod
    def of(cls, refusal: Refusal) -> Self:
        """Return the error with the state."""
        return super().of(_with(refusal, state=CouponState(refusal.facts["state"])))


@strawberry.type(description="Returned when the template or the coupon does not allow this.")
class CouponNotAvailableError(UserError):
    """Not to be had."""

    CODE: strawberry.Private[str] = "COUPON_NOT_AVAILABLE"
    reason: CouponUnavailable = strawberry.field(description="Why not.")

    @classmethod
    def of(cls, refusal: Refusal) -> Self:
        """Return the error with the reason."""
        return super().of(_with(refusal, reason=CouponUnavailable(refusal.facts["reason"])))


@strawberry.type(
    description="Returned when the caller gave too many codes that are none; no other is looked at for a while."
)
class TooManyAttemptsError(UserError):
    """Too much guessing."""

    CODE: strawberry.Private[str] = "TOO_MANY_ATTEMPTS"
    retry_at: datetime = strawberry.field(description="From when on codes are looked at again.")

    @classmethod
    def of(cls, refusal: Refusal) -> Self:
        """Return the error with the instant."""
        return super().of(_with(refusal, retry_at=datetime.fromisoformat(refusal.facts["retry_at"])))


def _with(refusal: Refusal, **facts: Any) -> Refusal:
    """Return the refusal with some facts as the contract has them."""
    return type(refusal)(refusal.message, field=refusal.field, **refusal.facts | facts)
