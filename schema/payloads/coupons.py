"""Inputs, payloads and errors of coupons."""

from datetime import datetime
from typing import Annotated

import strawberry

from schema import ids
from schema.payloads.coupon_errors import CouponNotAvailableError, CouponStateError, TooManyAttemptsError
from schema.payloads.coupon_templates import CouponTemplateBy
from schema.payloads.errors import (
    IdempotencyKeyReusedError,
    InsufficientBalanceError,
    InvalidInputError,
    LimitReachedError,
    MemberNotActiveError,
    NotFoundError,
    error_union,
)
from schema.payloads.inputs import KEY, NOBODY, MemberBy
from schema.payloads.results import ERRORS
from schema.types.coupon import Coupon
from schema.types.ledger import Entry
from schema.types.member import Member
from services.coupons import CouponRef

REPLAYED = "Whether this is the answer to an earlier call with the same key."
WHICH = "Which coupon."
COUPON = "The coupon, as it is now."
REASON = "Why, 1 to 500 characters; it is kept in the coupon's history."

CouponIssueError = Annotated[
    InvalidInputError
    | NotFoundError
    | CouponNotAvailableError
    | LimitReachedError
    | MemberNotActiveError
    | IdempotencyKeyReusedError,
    error_union("CouponIssueError", "Why no coupon was issued."),
]
CouponClaimError = Annotated[
    InvalidInputError
    | NotFoundError
    | CouponNotAvailableError
    | CouponStateError
    | LimitReachedError
    | InsufficientBalanceError
    | MemberNotActiveError
    | TooManyAttemptsError
    | IdempotencyKeyReusedError,
    error_union("CouponClaimError", "Why no coupon was claimed."),
]
CouponGiftError = Annotated[
    InvalidInputError
    | NotFoundError
    | CouponNotAvailableError
    | CouponStateError
    | MemberNotActiveError
    | TooManyAttemptsError
    | IdempotencyKeyReusedError,
    error_union("CouponGiftError", "Why a coupon was not given to another member."),
]
CouponVoidError = Annotated[
    InvalidInputError
    | NotFoundError
    | CouponStateError
    | MemberNotActiveError
    | TooManyAttemptsError
    | IdempotencyKeyReusedError,
    error_union("CouponVoidError", "Why a coupon was not made void."),
]
CouponExtendError = Annotated[
    InvalidInputError
    | NotFoundError
    | CouponStateError
    | MemberNotActiveError
    | TooManyAttemptsError
    | IdempotencyKeyReusedError,
    error_union("CouponExtendError", "Why a coupon is not good for longer."),
]


@strawberry.input(one_of=True, description="Names a coupon in one way.")
class CouponBy:
    """A coupon reference."""

    id: strawberry.Maybe[strawberry.ID] = strawberry.field(description="Id.", default=None)
    code: strawberry.Maybe[str] = strawberry.field(
        description="Its code. Case, spaces and dashes do not matter; O is read as 0, I and L as 1. Who gives too many "
        "codes that are none is not listened to for a while.",
        default=None,
    )

    def ref(self) -> CouponRef:
        """Return the reference of the use cases."""
        if self.id is not None:
            return CouponRef(id=ids.decode(ids.COUPON, self.id.value) or NOBODY)
        assert self.code is not None, "exactly one of the fields is given"
        return CouponRef(code=self.code.value)


@strawberry.input(description="What `couponIssue` takes.")
class CouponIssueInput:
    """An issue."""

    idempotency_key: str = strawberry.field(description=KEY)
    member: MemberBy = strawberry.field(description="Who gets them.")
    template: CouponTemplateBy = strawberry.field(description="What they are coupons of; a version must be published.")
    count: int = strawberry.field(description="How many, 1 to 100.", default=1)
    reason: str | None = strawberry.field(description=REASON, default=None)


@strawberry.type(description="What `couponIssue` answers.")
class CouponIssuePayload:
    """An issue's answer."""

    coupons: list[Coupon] = strawberry.field(
        description="The coupons, as they are now: of a bundle, its parts.", default_factory=list
    )
    member: Member | None = strawberry.field(description="Who got them, as they are now.", default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CouponIssueError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.input(description="What `couponClaim` takes: either `template` or `code`.")
class CouponClaimInput:
    """A claim."""

    idempotency_key: str = strawberry.field(description=KEY)
    member: MemberBy | None = strawberry.field(
        description="Who gets it; a member who claims for itself may leave it out.", default=None
    )
    template: CouponTemplateBy | None = strawberry.field(
        description="Take one of this template, which must be claimable, at its price if it has one.", default=None
    )
    code: str | None = strawberry.field(
        description="Take the coupon with this code, which nobody has yet. Case, spaces and dashes do not matter.",
        default=None,
    )


@strawberry.type(description="What `couponClaim` answers.")
class CouponClaimPayload:
    """A claim's answer."""

    coupons: list[Coupon] = strawberry.field(
        description="What was claimed, as it is now: of a bundle, its parts.", default_factory=list
    )
    member: Member | None = strawberry.field(description="Who claimed, as they are now.", default=None)
    entry: Entry | None = strawberry.field(
        description="The ledger line by which it was paid; null when it costs nothing.", default=None
    )
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CouponClaimError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.input(description="What `couponGift` takes.")
class CouponGiftInput:
    """A gift."""

    idempotency_key: str = strawberry.field(description=KEY)
    coupon: CouponBy = strawberry.field(description="Which coupon; its template must allow it.")
    to: MemberBy = strawberry.field(description="Who gets it. A member who gives names the other by `number` or `id`.")


@strawberry.type(description="What `couponGift` answers.")
class CouponGiftPayload:
    """A gift's answer."""

    coupon: Coupon | None = strawberry.field(
        description="The coupon, as it is now; null for the member who gave it, who does not see it any more.",
        default=None,
    )
    member: Member | None = strawberry.field(description="Who gave it, as they are now.", default=None)
    to: Member | None = strawberry.field(
        description="Who got it, as they are now; null when the caller may not see them.", default=None
    )
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CouponGiftError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.input(description="What `couponVoid` takes.")
class CouponVoidInput:
    """A coupon to be made void."""

    idempotency_key: str = strawberry.field(description=KEY)
    coupon: CouponBy = strawberry.field(description=WHICH)
    reason: str = strawberry.field(description=REASON)


@strawberry.type(description="What `couponVoid` answers.")
class CouponVoidPayload:
    """The answer of a coupon made void."""

    coupon: Coupon | None = strawberry.field(description=COUPON, default=None)
    member: Member | None = strawberry.field(
        description="Whose it is, as they are now; null for a code that nobody has.", default=None
    )
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CouponVoidError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.input(description="What `couponExtend` takes.")
class CouponExtendInput:
    """A coupon to be good for longer."""

    idempotency_key: str = strawberry.field(description=KEY)
    coupon: CouponBy = strawberry.field(description="Which coupon; one that expired is good again.")
    until: datetime = strawberry.field(description="Before when it may be used from now on, later than it is now.")
    reason: str | None = strawberry.field(description=REASON, default=None)


@strawberry.type(description="What `couponExtend` answers.")
class CouponExtendPayload:
    """The answer of a coupon that is good for longer."""

    coupon: Coupon | None = strawberry.field(description=COUPON, default=None)
    member: Member | None = strawberry.field(
        description="Whose it is, as they are now; null for a code that nobody has.", default=None
    )
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CouponExtendError] = strawberry.field(description=ERRORS, default_factory=list)
