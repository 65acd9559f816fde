"""Why nothing was done with an order: unions of errors."""

from typing import Annotated

from schema.payloads.coupon_errors import CouponNotUsableError, TooManyAttemptsError
from schema.payloads.errors import (
    AlreadyReturnedError,
    DuplicateOrderError,
    HoldExpiredError,
    IdempotencyKeyReusedError,
    InsufficientBalanceError,
    InvalidInputError,
    LimitReachedError,
    MemberNotActiveError,
    NotAgentError,
    NotFoundError,
    OrderClaimedError,
    OrderStateError,
    error_union,
)

OrderCommitError = Annotated[
    InvalidInputError
    | NotFoundError
    | CouponNotUsableError
    | TooManyAttemptsError
    | DuplicateOrderError
    | OrderStateError
    | InsufficientBalanceError
    | MemberNotActiveError
    | NotAgentError
    | LimitReachedError
    | IdempotencyKeyReusedError,
    error_union("OrderCommitError", "Why an order was not committed."),
]
OrderHoldError = Annotated[
    InvalidInputError
    | NotFoundError
    | CouponNotUsableError
    | TooManyAttemptsError
    | DuplicateOrderError
    | OrderStateError
    | InsufficientBalanceError
    | MemberNotActiveError
    | NotAgentError
    | LimitReachedError
    | IdempotencyKeyReusedError,
    error_union("OrderHoldError", "Why an order was not held."),
]
OrderCaptureError = Annotated[
    InvalidInputError
    | NotFoundError
    | OrderStateError
    | HoldExpiredError
    | MemberNotActiveError
    | NotAgentError
    | LimitReachedError
    | IdempotencyKeyReusedError,
    error_union("OrderCaptureError", "Why a held order was not committed."),
]
OrderCancelError = Annotated[
    InvalidInputError | NotFoundError | OrderStateError | MemberNotActiveError | IdempotencyKeyReusedError,
    error_union("OrderCancelError", "Why a held order was not given up."),
]
OrderReturnError = Annotated[
    InvalidInputError
    | NotFoundError
    | OrderStateError
    | AlreadyReturnedError
    | InsufficientBalanceError
    | MemberNotActiveError
    | LimitReachedError
    | IdempotencyKeyReusedError,
    error_union("OrderReturnError", "Why nothing of an order came back."),
]
OrderClaimError = Annotated[
    InvalidInputError
    | NotFoundError
    | OrderClaimedError
    | OrderStateError
    | MemberNotActiveError
    | LimitReachedError
    | IdempotencyKeyReusedError,
    error_union("OrderClaimError", "Why an order was not claimed."),
]
OrderImportError = Annotated[
    InvalidInputError
    | NotFoundError
    | CouponNotUsableError
    | TooManyAttemptsError
    | DuplicateOrderError
    | OrderStateError
    | InsufficientBalanceError
    | MemberNotActiveError
    | NotAgentError
    | LimitReachedError
    | IdempotencyKeyReusedError,
    error_union("OrderImportError", "Why one order of an import was not committed."),
]
OrdersImportError = Annotated[InvalidInputError, error_union("OrdersImportError", "Why nothing of an import was done.")]
OrderPreviewError = Annotated[
    InvalidInputError
    | NotFoundError
    | CouponNotUsableError
    | TooManyAttemptsError
    | MemberNotActiveError
    | NotAgentError
    | LimitReachedError
    | DuplicateOrderError
    | OrderStateError
    | InsufficientBalanceError,
    error_union("OrderPreviewError", "Why an order could not be committed."),
]
