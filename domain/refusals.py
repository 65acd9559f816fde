"""Expected refusals. Each carries the facts that its caller needs; raising one changes nothing.

A refusal of a command is stored under its idempotency key, so `record` and `from_record` are exact inverses.
"""

from decimal import Decimal
from typing import Any, ClassVar, Self


class Refusal(Exception):  # noqa: N818  (the glossary's word; it is an answer, not an error)
    """Base of every refusal. `field` is the path of the input that is at fault, outermost first."""

    code: ClassVar[str]
    decimals: ClassVar[frozenset[str]] = frozenset()
    by_code: ClassVar[dict[str, type["Refusal"]]] = {}

    def __init__(self, message: str, *, field: tuple[str, ...] = (), **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.facts = facts

    def __init_subclass__(cls) -> None:
        Refusal.by_code[cls.code] = cls

    def record(self) -> dict[str, Any]:
        """Return the refusal as JSON values."""
        facts = {name: str(value) if isinstance(value, Decimal) else value for name, value in self.facts.items()}
        return {"code": self.code, "message": self.message, "field": list(self.field), "facts": facts}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """Return the refusal that `record` was made of."""
        kind = cls.by_code[record["code"]]
        facts = {
            name: Decimal(v) if name in kind.decimals and v is not None else v for name, v in record["facts"].items()
        }
        return kind(record["message"], field=tuple(record["field"]), **facts)  # type: ignore[return-value]


class InvalidInput(Refusal):
    """A value of the input is outside what is allowed."""

    code = "INVALID_INPUT"


class NotFound(Refusal):
    """What the input names does not exist, or is not the caller's to see."""

    code = "NOT_FOUND"


class IdempotencyKeyReused(Refusal):
    """The key was used before, with other content."""

    code = "IDEMPOTENCY_KEY_REUSED"


class DuplicateOrder(Refusal):
    """`(source, externalId)` is taken by an order with other content. Facts: `order_id`."""

    code = "DUPLICATE_ORDER"


class DuplicateEvent(Refusal):
    """`(source, externalId)` is taken by an event with other content. Facts: `occasion_id`."""

    code = "DUPLICATE_EVENT"


class OrderNotInState(Refusal):
    """The order is in a state in which this cannot be done. Facts: `state`, `order_id`."""

    code = "ORDER_STATE"


class OrderClaimed(Refusal):
    """The order is a member's already. Whose is not said: who asks may not be meant to know."""

    code = "ORDER_CLAIMED"


class GiftCardNotInState(Refusal):
    """The gift card was claimed or taken back before. Facts: `state`."""

    code = "GIFT_CARD_STATE"


class CouponNotUsable(Refusal):
    """The code is none that this order may use: unknown, used, expired or another's, which is not told apart.

    Facts: `coupon_code`, the code as it was given.
    """

    code = "COUPON_NOT_USABLE"


class CouponNotInState(Refusal):
    """The coupon is in a state in which this cannot be done. Facts: `state`, `coupon_id`."""

    code = "COUPON_STATE"


class CouponBatchNotInState(Refusal):
    """The batch of codes is in a state in which this cannot be done. Facts: `state`, `batch_id`."""

    code = "COUPON_BATCH_STATE"


class CouponNotAvailable(Refusal):
    """The template or the coupon does not allow this. Facts: `reason`.

    `reason` is `OUTSIDE_WINDOW`, `NOT_PUBLISHED`, `NOT_CLAIMABLE`, `NOT_TRANSFERABLE`, `NOT_ISSUED` (of a bundle or a
    shared code no codes are made) or `PRICE_CHANGED`.
    """

    code = "COUPON_NOT_AVAILABLE"


class CampaignNotInState(Refusal):
    """The campaign is in a state in which this cannot be done. Facts: `state`, `campaign_id`."""

    code = "CAMPAIGN_STATE"


class ApprovalRequired(Refusal):
    """The program publishes only what was approved. Facts: `version`."""

    code = "APPROVAL_REQUIRED"


class OwnDraft(Refusal):
    """Nobody approves what they drafted. Facts: `version`."""

    code = "OWN_DRAFT"


class HoldExpired(Refusal):
    """The hold ran out, and what it held is not there any more. Facts: `asset`, `available`, `required` (decimals).

    When what is not there is the use of a campaign `asset` is None, and the others are of what the campaign bounds.
    """

    code = "HOLD_EXPIRED"
    decimals = frozenset({"available", "required"})


class MemberNotActive(Refusal):
    """The member is frozen or closed. Facts: `status`."""

    code = "MEMBER_NOT_ACTIVE"


class InsufficientBalance(Refusal):
    """The balance does not cover the amount. Facts: `available`, `required` (decimals of the asset)."""

    code = "INSUFFICIENT_BALANCE"
    decimals = frozenset({"available", "required"})


class AlreadyReturned(Refusal):
    """What was taken was given back before, as far as it is asked for. Facts: `left` (decimal of the asset)."""

    code = "ALREADY_RETURNED"
    decimals = frozenset({"left"})


class NotAgent(Refusal):
    """The member may not draw on the balance of the other. Facts: `asset`."""

    code = "NOT_AGENT"


class PhoneTaken(Refusal):
    """The phone number belongs to another member of the program."""

    code = "PHONE_TAKEN"


class IdentityTaken(Refusal):
    """The identity belongs to another member of the program. Facts: `source`, `external_id`."""

    code = "IDENTITY_TAKEN"


class LimitReached(Refusal):
    """A limit would be passed. Facts: `limit`."""

    code = "LIMIT_REACHED"


class TooManyAttempts(Refusal):
    """Too many codes that are none were given, and no other is looked at for a while.

    Facts: `retry_at`, the instant from which on one is, in ISO 8601.
    """

    code = "TOO_MANY_ATTEMPTS"
