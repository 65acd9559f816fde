"""Past-tense facts about a member, each with a gapless position."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from domain.values import value


class EventKind(StrEnum):
    """What an event tells."""

    MEMBER_ENROLLED = "MEMBER_ENROLLED"
    MEMBER_AMENDED = "MEMBER_AMENDED"
    ORDER_HELD = "ORDER_HELD"
    ORDER_COMMITTED = "ORDER_COMMITTED"
    ORDER_RETURNED = "ORDER_RETURNED"
    ORDER_CANCELLED = "ORDER_CANCELLED"
    ORDER_EXPIRED = "ORDER_EXPIRED"
    BALANCE_CHANGED = "BALANCE_CHANGED"
    EXPIRY_REMINDED = "EXPIRY_REMINDED"
    TIER_CHANGED = "TIER_CHANGED"
    ORDER_CLAIMED = "ORDER_CLAIMED"
    OCCASION_RECORDED = "OCCASION_RECORDED"
    COUPON_ISSUED = "COUPON_ISSUED"
    COUPON_CLAIMED = "COUPON_CLAIMED"
    COUPON_GIFTED = "COUPON_GIFTED"
    COUPON_HELD = "COUPON_HELD"
    COUPON_RELEASED = "COUPON_RELEASED"
    COUPON_USED = "COUPON_USED"
    COUPON_RETURNED = "COUPON_RETURNED"
    COUPON_EXPIRED = "COUPON_EXPIRED"
    COUPON_VOIDED = "COUPON_VOIDED"
    COUPON_EXTENDED = "COUPON_EXTENDED"


@value
class Event:
    """One event, by (member, position). References are set as the kind needs them."""

    member_id: UUID
    position: int
    program_id: UUID
    kind: EventKind
    order_id: UUID | None
    account_id: UUID | None
    entry_seq: int | None
    ladder_id: UUID | None
    from_tier_id: UUID | None
    to_tier_id: UUID | None
    occasion_id: UUID | None
    details: dict[str, Any] | None
    occurred_at: datetime
    recorded_at: datetime
