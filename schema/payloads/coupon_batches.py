"""Inputs, payloads and errors of batches of codes."""

from typing import Annotated, Self

import strawberry

from domain.refusals import Refusal
from schema.enums import BatchState
from schema.payloads.coupon_errors import CouponNotAvailableError
from schema.payloads.coupon_templates import CouponTemplateBy
from schema.payloads.errors import (
    ErrorCode,
    IdempotencyKeyReusedError,
    InvalidInputError,
    LimitReachedError,
    NotFoundError,
    UserError,
    error_union,
)
from schema.payloads.inputs import KEY
from schema.payloads.results import ERRORS
from schema.types.coupon_batch import CouponBatch
from services.coupon_batches import SIZE_MAX

REPLAYED = "Whether this is the answer to an earlier call with the same key."
BATCH = "The batch as it is now, also when replayed."
WHICH = "Id of the batch."


@strawberry.type(description="Returned when the batch of codes is in a state in which this cannot be done.")
class CouponBatchStateError(UserError):
    """Too early or too late."""

    CODE: strawberry.Private[str] = "COUPON_BATCH_STATE"
    state: BatchState = strawberry.field(description="The batch's state.")

    @classmethod
    def of(cls, refusal: Refusal) -> Self:
        """Return the error with the state."""
        path = ["input", *refusal.field] if refusal.field else None
        state = BatchState(refusal.facts["state"])
        return cls(code=ErrorCode[refusal.code], message=refusal.message, field=path, state=state)


CouponBatchGenerateError = Annotated[
    InvalidInputError | NotFoundError | CouponNotAvailableError | LimitReachedError | IdempotencyKeyReusedError,
    error_union("CouponBatchGenerateError", "Why no codes are made."),
]
CouponBatchCancelError = Annotated[
    InvalidInputError | NotFoundError | CouponBatchStateError | IdempotencyKeyReusedError,
    error_union("CouponBatchCancelError", "Why a batch was not cancelled."),
]
CouponBatchResumeError = Annotated[
    InvalidInputError
    | NotFoundError
    | CouponBatchStateError
    | CouponNotAvailableError
    | LimitReachedError
    | IdempotencyKeyReusedError,
    error_union("CouponBatchResumeError", "Why a batch was not resumed."),
]


@strawberry.input(description="What `couponBatchGenerate` takes.")
class CouponBatchGenerateInput:
    """Codes to be made."""

    idempotency_key: str = strawberry.field(description=KEY)
    template: CouponTemplateBy = strawberry.field(
        description="What they are codes of: it is published and runs, is no bundle, and has no shared code."
    )
    size: int = strawberry.field(
        description=f"How many, 1 to {SIZE_MAX:,}. They are taken out of the template's stock at once."
    )
    reason: str | None = strawberry.field(
        description="Why, 1 to 500 characters; it is kept with the batch.", default=None
    )


@strawberry.input(description="What `couponBatchCancel` takes.")
class CouponBatchCancelInput:
    """A batch to be cancelled."""

    idempotency_key: str = strawberry.field(description=KEY)
    batch: strawberry.ID = strawberry.field(description=WHICH)


@strawberry.input(description="What `couponBatchResume` takes.")
class CouponBatchResumeInput:
    """A batch to be resumed."""

    idempotency_key: str = strawberry.field(description=KEY)
    batch: strawberry.ID = strawberry.field(description=WHICH)


@strawberry.type(description="What `couponBatchGenerate` answers.")
class CouponBatchGeneratePayload:
    """The answer about codes to be made."""

    batch: CouponBatch | None = strawberry.field(description=BATCH, default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CouponBatchGenerateError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `couponBatchCancel` answers.")
class CouponBatchCancelPayload:
    """A cancellation's answer."""

    batch: CouponBatch | None = strawberry.field(description=BATCH, default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CouponBatchCancelError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `couponBatchResume` answers.")
class CouponBatchResumePayload:
    """A resumption's answer."""

    batch: CouponBatch | None = strawberry.field(description=BATCH, default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CouponBatchResumeError] = strawberry.field(description=ERRORS, default_factory=list)
