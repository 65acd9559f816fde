"""The expected "no"s: members of the `userErrors` unions."""

from decimal import Decimal
from enum import Enum
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domain.refusals import Refusal
from schema.context import Info
from schema.enums import GiftCardState, MemberStatus, OrderState, described
from schema.types.order import Order


class ErrorCode(Enum):
    """Codes that clients branch on."""

    NOT_FOUND = "NOT_FOUND"
    INVALID_INPUT = "INVALID_INPUT"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    DUPLICATE_ORDER = "DUPLICATE_ORDER"
    DUPLICATE_EVENT = "DUPLICATE_EVENT"
    INSUFFICIENT_BALANCE = "INSUFFICIENT_BALANCE"
    ORDER_STATE = "ORDER_STATE"
    ALREADY_RETURNED = "ALREADY_RETURNED"
    HOLD_EXPIRED = "HOLD_EXPIRED"
    ORDER_CLAIMED = "ORDER_CLAIMED"
    GIFT_CARD_STATE = "GIFT_CARD_STATE"
    MEMBER_NOT_ACTIVE = "MEMBER_NOT_ACTIVE"
    PHONE_TAKEN = "PHONE_TAKEN"
    IDENTITY_TAKEN = "IDENTITY_TAKEN"
    LIMIT_REACHED = "LIMIT_REACHED"
    NOT_AGENT = "NOT_AGENT"
    CAMPAIGN_STATE = "CAMPAIGN_STATE"
    APPROVAL_REQUIRED = "APPROVAL_REQUIRED"
    OWN_DRAFT = "OWN_DRAFT"
    COUPON_NOT_USABLE = "COUPON_NOT_USABLE"
    COUPON_STATE = "COUPON_STATE"
    COUPON_NOT_AVAILABLE = "COUPON_NOT_AVAILABLE"
    COUPON_BATCH_STATE = "COUPON_BATCH_STATE"
    TOO_MANY_ATTEMPTS = "TOO_MANY_ATTEMPTS"


described(
    ErrorCode,
    "Codes of expected refusals; clients branch on them.",
    {
        "NOT_FOUND": "What the input names does not exist, or is not the caller's to see.",
        "INVALID_INPUT": "A value is outside what is allowed; `field` names it.",
        "IDEMPOTENCY_KEY_REUSED": "The key was used before, with other content.",
        "DUPLICATE_ORDER": "The source's name for the order is taken by an order with other content.",
        "DUPLICATE_EVENT": "The source's name for the event is taken by an event with other content.",
        "INSUFFICIENT_BALANCE": "The balance does not cover the amount.",
        "ORDER_STATE": "The order is in a state in which this cannot be done.",
        "HOLD_EXPIRED": "The hold ran out, and what it had reserved is not there any more.",
        "ORDER_CLAIMED": "The order is a member's already.",
        "GIFT_CARD_STATE": "The gift card was claimed or taken back before.",
        "MEMBER_NOT_ACTIVE": "The member is frozen or closed.",
        "PHONE_TAKEN": "The phone number belongs to another member.",
        "IDENTITY_TAKEN": "The identity belongs to another member.",
        "LIMIT_REACHED": "A limit would be passed.",
        "NOT_AGENT": "The member may not draw on the balance of the other.",
        "CAMPAIGN_STATE": "The campaign is in a state in which this cannot be done.",
        "APPROVAL_REQUIRED": "The program publishes only what was approved.",
        "OWN_DRAFT": "Nobody approves what they drafted.",
        "COUPON_NOT_USABLE": "The code is none that the order may use.",
        "COUPON_STATE": "The coupon is in a state in which this cannot be done.",
        "COUPON_NOT_AVAILABLE": "The template or the coupon does not allow this.",
        "COUPON_BATCH_STATE": "The batch of codes is in a state in which this cannot be done.",
        "TOO_MANY_ATTEMPTS": "Too many codes were given that are none; no other is looked at for a while.",
        "ALREADY_RETURNED": "It was given back before, as far as it is asked for.",
    },
)


@strawberry.interface(description="An expected refusal: nothing was changed.")
class UserError:
    """A refusal as a value."""

    CODE: strawberry.Private[str] = ""
    code: ErrorCode = strawberry.field(description="What clients branch on.")
    message: str = strawberry.field(description="Cause and numbers, for people.")
    field: list[str] | None = strawberry.field(description="Path of the input at fault, from the argument down.")

    @classmethod
    def of(cls, refusal: Refusal) -> Self:
        """Return the error that stands for the refusal."""
        path = ["input", *refusal.field] if refusal.field else None
        facts = {name: value for name, value in refusal.facts.items() if name in cls.__annotations__}
        return cls(code=ErrorCode[refusal.code], message=refusal.message, field=path, **facts)


@strawberry.type(description="Returned when a value is outside what is allowed.")
class InvalidInputError(UserError):
    """Bad input."""

    CODE: strawberry.Private[str] = "INVALID_INPUT"


@strawberry.type(description="Returned when the input names something that does not exist.")
class NotFoundError(UserError):
    """Nothing there."""

    CODE: strawberry.Private[str] = "NOT_FOUND"


@strawberry.type(description="Returned when the idempotency key was used before with other content.")
class IdempotencyKeyReusedError(UserError):
    """A key used twice."""

    CODE: strawberry.Private[str] = "IDEMPOTENCY_KEY_REUSED"


@strawberry.type(description="Returned when the source's name for the order is taken by an order with other content.")
class DuplicateOrderError(UserError):
    """An order's name used twice."""

    CODE: strawberry.Private[str] = "DUPLICATE_ORDER"
    order_id: strawberry.Private[str]

    @strawberry.field(description="The order that has the name.")
    async def order(self, info: Info) -> Order | None:
        """Return the first order."""
        return await _order(info, self.order_id)


@strawberry.type(description="Returned when the order is in a state in which this cannot be done.")
class OrderStateError(UserError):
    """Too early or too late."""

    CODE: strawberry.Private[str] = "ORDER_STATE"
    order_id: strawberry.Private[str]
    state: OrderState = strawberry.field(description="The order's state.")

    @strawberry.field(description="The order.")
    async def order(self, info: Info) -> Order | None:
        """Return the order."""
        return await _order(info, self.order_id)

    @classmethod
    def of(cls, refusal: Refusal) -> Self:
        """Return the error with the state."""
        refusal.facts["state"] = OrderState(refusal.facts["state"])
        return super().of(refusal)


async def _order(info: Info, order_id: str) -> Order | None:
    row = await info.context.loaders.order.load(UUID(order_id))
    return Order.of(row) if row else None


@strawberry.type(description="Returned when the hold ran out, and what it had reserved is not there any more.")
class HoldExpiredError(UserError):
    """Too late."""

    CODE: strawberry.Private[str] = "HOLD_EXPIRED"
    asset: str | None = strawberry.field(
        description="Code of the asset that is missing; null when it is what a campaign gave, which others have now."
    )
    available: Decimal = strawberry.field(
        description="What is there: of the asset, or of what bounds the campaign, an amount or a number of uses."
    )
    required: Decimal = strawberry.field(description="What is needed of it.")


@strawberry.type(description="Returned when the order is a member's already: it is claimed once.")
class OrderClaimedError(UserError):
    """Too late."""

    CODE: strawberry.Private[str] = "ORDER_CLAIMED"


@strawberry.type(description="Returned when the balance does not cover the amount.")
class InsufficientBalanceError(UserError):
    """Too little."""

    CODE: strawberry.Private[str] = "INSUFFICIENT_BALANCE"
    available: Decimal = strawberry.field(description="What is there.")
    required: Decimal = strawberry.field(description="What is needed.")


@strawberry.type(description="Returned when the member is frozen or closed.")
class MemberNotActiveError(UserError):
    """A member at rest."""

    CODE: strawberry.Private[str] = "MEMBER_NOT_ACTIVE"
    status: MemberStatus = strawberry.field(description="The member's status.")

    @classmethod
    def of(cls, refusal: Refusal) -> Self:
        """Return the error with the status."""
        path = ["input", *refusal.field] if refusal.field else None
        status = MemberStatus(refusal.facts["status"])
        return cls(code=ErrorCode[refusal.code], message=refusal.message, field=path, status=status)


@strawberry.type(description="Returned when the gift card was claimed or taken back before.")
class GiftCardStateError(UserError):
    """Too late."""

    CODE: strawberry.Private[str] = "GIFT_CARD_STATE"
    state: GiftCardState = strawberry.field(description="The card's state.")

    @classmethod
    def of(cls, refusal: Refusal) -> Self:
        """Return the error with the state."""
        refusal.facts["state"] = GiftCardState(refusal.facts["state"])
        return super().of(refusal)


@strawberry.type(description="Returned when the phone number belongs to another member.")
class PhoneTakenError(UserError):
    """A number in use."""

    CODE: strawberry.Private[str] = "PHONE_TAKEN"


@strawberry.type(description="Returned when the identity belongs to another member.")
class IdentityTakenError(UserError):
    """An identity in use."""

    CODE: strawberry.Private[str] = "IDENTITY_TAKEN"
    source: str = strawberry.field(description="The outside system.")
    external_id: str = strawberry.field(description="Its name for the member.")


@strawberry.type(description="Returned when a limit would be passed.")
class LimitReachedError(UserError):
    """A limit."""

    CODE: strawberry.Private[str] = "LIMIT_REACHED"
    limit: str = strawberry.field(description="The limit.")


@strawberry.type(description="Returned when the member has no right to draw on the asset of the payer.")
class NotAgentError(UserError):
    """No right."""

    CODE: strawberry.Private[str] = "NOT_AGENT"
    asset: str = strawberry.field(description="Code of the asset.")


@strawberry.type(description="Returned when what is to come back came back before, as far as it is asked for.")
class AlreadyReturnedError(UserError):
    """Nothing left to give back."""

    CODE: strawberry.Private[str] = "ALREADY_RETURNED"
    left: Decimal = strawberry.field(description="What can still come back: of an order, pieces of the line.")


def error_union(name: str, description: str) -> object:
    """Return what makes a union of errors out of its members, in `Annotated`."""
    return strawberry.union(name, description=description)


MemberEnrollError = Annotated[
    InvalidInputError
    | NotFoundError
    | PhoneTakenError
    | IdentityTakenError
    | LimitReachedError
    | IdempotencyKeyReusedError,
    error_union("MemberEnrollError", "Why a member was not enrolled."),
]
MemberAmendError = Annotated[
    InvalidInputError | NotFoundError | PhoneTakenError | MemberNotActiveError | IdempotencyKeyReusedError,
    error_union("MemberAmendError", "Why a member was not amended."),
]
BalanceAdjustError = Annotated[
    InvalidInputError
    | NotFoundError
    | InsufficientBalanceError
    | MemberNotActiveError
    | LimitReachedError
    | IdempotencyKeyReusedError,
    error_union("BalanceAdjustError", "Why a balance was not adjusted."),
]
BalanceTransferError = Annotated[
    InvalidInputError
    | NotFoundError
    | InsufficientBalanceError
    | MemberNotActiveError
    | LimitReachedError
    | IdempotencyKeyReusedError,
    error_union("BalanceTransferError", "Why nothing was moved from one member to another."),
]
