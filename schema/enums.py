"""The domain's enums as the contract's, each value described.

Whoever uses one in the contract imports it from here: Strawberry would else define it again, without descriptions.
"""

from enum import Enum
from typing import Any, TypeVar

import strawberry

from domain.assets import AssetKind, BurnOrder, ExpiryFrom, ExpiryPolicy, ShortfallPolicy
from domain.burning import LotPart
from domain.campaigns import Step as WaterfallStep
from domain.coupons import BatchState, CouponChangeKind, CouponOrigin, CouponState
from domain.effects.base import EffectKind
from domain.events import EventKind
from domain.explanation import NotAppliedReason
from domain.gift_cards import GiftCardState
from domain.ledger import EntryKind
from domain.members import MemberKind, MemberStatus
from domain.orders import OrderState
from domain.program import TierMetric
from services.actors import ActorKind

__all__ = [
    "ActorKind",
    "AssetKind",
    "BatchState",
    "BurnOrder",
    "CouponChangeKind",
    "CouponOrigin",
    "CouponState",
    "EffectKind",
    "EntryKind",
    "EventKind",
    "ExpiryFrom",
    "ExpiryPolicy",
    "GiftCardState",
    "LotPart",
    "MemberKind",
    "MemberStatus",
    "NotAppliedReason",
    "OrderState",
    "ShortfallPolicy",
    "TierDirection",
    "TierMetric",
    "WaterfallStep",
    "described",
]

E = TypeVar("E", bound=type[Enum])


def described(enum: E, description: str, values: dict[str, str], *, name: str | None = None) -> E:
    """Return the enum as a GraphQL enum, by its own name or another. `values` describes every one of its values."""
    made: Any = strawberry.enum(enum, name=name, description=description)
    for value in made.__strawberry_definition__.values:
        value.description = values[value.name]
    return enum


described(
    AssetKind,
    "What an asset counts.",
    {
        "POINTS": "Loyalty points.",
        "MONEY": "Stored value in a currency.",
        "QUALIFYING": "A counter that tiers are measured by; it cannot be spent.",
        "PASS": "Visits or uses.",
    },
)
described(
    ExpiryPolicy,
    "When a lot of an asset expires. Days, months, quarters and years are those of the program's time zone.",
    {
        "NONE": "Never.",
        "ROLLING_DAYS": "So many days later, at the same time of day.",
        "ROLLING_MONTHS": "So many months later, at the same time of the same day, or of the month's last.",
        "END_OF_MONTH": "When the month is over, or a later one.",
        "END_OF_QUARTER": "When the quarter is over, or a later one.",
        "END_OF_YEAR": "When the year is over, or a later one.",
        "YEARLY": "When a day that comes each year is over.",
        "FIXED_DATE": "When one day is over; after it nothing is credited any more.",
    },
)
described(
    ExpiryFrom,
    "What the expiry of a lot is counted from.",
    {
        "OCCURRED": "When it happened, as reported.",
        "RECORDED": "When it was recorded.",
        "RELEASED": "When it is released; of what is not pending, when it was recorded.",
    },
)
described(
    ShortfallPolicy,
    "What a return does that has to take back more than the member has.",
    {
        "REFUSE": "It is refused.",
        "DEBT": "The balance goes below zero, and what comes next pays the debt; beyond the limit it is written off.",
        "WRITE_OFF": "The member keeps the rest, and the ledger says what it cost.",
    },
)
described(
    BurnOrder,
    "Which part of stored value a payment uses first.",
    {"PRINCIPAL_FIRST": "What was paid in.", "BONUS_FIRST": "What was given on top."},
)
described(
    LotPart,
    "What a lot holds.",
    {"PRINCIPAL": "What was paid in; all of assets without a bonus.", "BONUS": "What was given on top of it."},
)
described(
    MemberStatus,
    "Whether a member may earn and spend.",
    {
        "ACTIVE": "Earns and spends.",
        "FROZEN": "Neither earns nor spends until active again.",
        "CLOSED": "Ended for good; nothing of it changes any more.",
    },
)
described(
    MemberKind,
    "Whose balances a member's are; it never changes.",
    {
        "PERSON": "A person.",
        "COMPANY": "A firm; its balances are drawn on by its agents.",
        "GIFT_CARD": "The bearer of a gift card: nobody, who holds what the card is worth until somebody claims it.",
    },
)
described(
    GiftCardState,
    "Where a gift card is in its life.",
    {
        "ISSUED": "It may be claimed.",
        "CLAIMED": "What it was worth went to the member who claimed it.",
        "VOID": "It was taken back before anybody claimed it.",
    },
)
described(
    BatchState,
    "Where the making of a batch of codes is.",
    {
        "RUNNING": "Codes are made, in the background.",
        "CANCELLED": "No more codes are made; those that were stay good.",
        "DONE": "All codes are made.",
    },
    name="CouponBatchState",
)
described(
    CouponState,
    "Where a coupon is in its life.",
    {
        "ISSUED": "It may be used, once it is valid.",
        "HELD": "An order that is not committed yet holds it.",
        "USED": "A committed order used it.",
        "EXPIRED": "It was not used in time.",
        "VOID": "It was made void.",
    },
)
described(
    CouponOrigin,
    "How a coupon came to be.",
    {
        "STAFF": "Issued by staff or a partner.",
        "CAMPAIGN": "Given by a campaign.",
        "CLAIM": "Claimed by its member, for nothing.",
        "PURCHASE": "Bought by its member with an asset.",
        "BATCH": "One code of a batch.",
        "SHARED_CODE": "Made by one use of a code that many share.",
        "BUNDLE": "Part of a bundle.",
    },
)
described(
    CouponChangeKind,
    "What happened to a coupon.",
    {
        "ISSUED": "It was made.",
        "CLAIMED": "A member took it.",
        "GIFTED": "Its member gave it to another.",
        "HELD": "An order reserved it.",
        "RELEASED": "The order that held it gave it back.",
        "USED": "An order used it.",
        "RETURNED": "It came back with all of the order that had used it.",
        "EXPIRED": "It was not used in time.",
        "VOIDED": "It was made void.",
        "EXTENDED": "It is good until another instant.",
    },
)
described(TierMetric, "What a ladder measures.", {"SPEND": "Amounts paid, in units of the program's currency."})
described(
    EntryKind,
    "What a line of the ledger did.",
    {
        "EARN": "Value was earned.",
        "SPEND": "Value was spent.",
        "HOLD": "Value was reserved for an order.",
        "RETURN": "A return gave back what was spent, or took back what was earned.",
        "RELEASE": "Pending value became available, or reserved value was freed.",
        "EXPIRE": "Value passed its expiry.",
        "ADJUST": "Staff or a partner corrected the balance, for a stated reason.",
        "TRANSFER": "Value moved between members.",
        "TOP_UP": "Stored value was paid in.",
        "REFUND": "Stored value was paid out.",
        "CONVERT": "Value of one asset became value of another.",
    },
)
described(
    OrderState,
    "Where an order is in its life.",
    {
        "HELD": "Decided and reserved, not yet committed.",
        "COMMITTED": "Counted in full.",
        "PARTIALLY_RETURNED": "Some of it came back.",
        "RETURNED": "All of it came back.",
        "CANCELLED": "Given up before it was committed.",
        "EXPIRED": "Its hold ran out.",
    },
)
described(
    EffectKind,
    "What an effect does.",
    {
        "SPEND": "Pays with points or stored value.",
        "EARN": "Earns so much of an asset.",
        "MULTIPLY_EARN": "Multiplies what the base rules earned.",
        "DISCOUNT": "Takes something off what lines cost.",
        "SHIPPING_DISCOUNT": "Takes something off what shipping costs.",
        "GIFT": "Adds a line at no price.",
        "TAG": "Gives the member a tag.",
        "ISSUE_COUPON": "Gives the member coupons.",
    },
)
described(
    WaterfallStep,
    "The steps in which an order is decided, in this order.",
    {
        "MEMBER_PRICE": "Discounts that come before all others: what a member or a tier pays.",
        "PROMOTION": "Discounts and gifts of campaigns.",
        "COUPON": "What coupons take off the goods.",
        "SHIPPING": "Discounts of shipping.",
        "ASSETS": "Points used as money.",
        "PAYMENT": "Stored value.",
        "EARN": "What the order earns.",
        "PROGRESS": "What it counts for beside that: progress, tags.",
    },
    name="WaterfallStep",
)
described(
    NotAppliedReason,
    "Why a campaign or a coupon did nothing for an order.",
    {
        "OUTSIDE_WINDOW": "It does not run at the time of the order.",
        "OUTSIDE_CALENDAR": "It does not run on such a day, or at such an hour.",
        "CONDITION_NOT_MET": "A condition of it does not hold.",
        "NO_MEMBER": "It is for members, and the order names none.",
        "NOTHING_TO_GIVE": "It applies and comes to nothing, as when too little was paid for one point.",
        "EXCLUDED": "Another campaign of its stacking group applied, and of a group only one does.",
        "LIMIT_REACHED": "It applied as often as it may: for the member, on the day, or in all.",
        "BUDGET_SPENT": "Its budget does not cover what it would give.",
        "HELD_OUT": "It leaves out a share of the members, to be compared with; this one is among them.",
        "NOT_BEST": "The coupon would apply, and the others that are used leave less to pay without it.",
    },
)
described(
    EventKind,
    "What an event tells.",
    {
        "MEMBER_ENROLLED": "The member was enrolled.",
        "MEMBER_AMENDED": "Facts of the member changed.",
        "ORDER_HELD": "An order of the member was held: what pays it is reserved.",
        "ORDER_COMMITTED": "An order of the member was committed.",
        "ORDER_RETURNED": "Some of an order of the member, or all of it, came back.",
        "ORDER_CANCELLED": "A held order of the member was given up.",
        "ORDER_EXPIRED": "The hold of an order of the member ran out.",
        "BALANCE_CHANGED": "A line was added to the member's ledger.",
        "EXPIRY_REMINDED": "The member was reminded of what expires.",
        "TIER_CHANGED": "The member's tier changed.",
        "ORDER_CLAIMED": "The member claimed an order that they had bought as a guest.",
        "OCCASION_RECORDED": "Something happened that campaigns look at, and that is no order.",
        "COUPON_ISSUED": "The member was given a coupon.",
        "COUPON_CLAIMED": "The member took a coupon: claimed it, bought it, or took it into the wallet by its code.",
        "COUPON_GIFTED": "A coupon went from one member to another.",
        "COUPON_HELD": "A held order reserved a coupon of the member.",
        "COUPON_RELEASED": "An order gave a coupon of the member back that it had held.",
        "COUPON_USED": "An order used a coupon of the member.",
        "COUPON_RETURNED": "A coupon came back to the member with all of the order that had used it.",
        "COUPON_EXPIRED": "A coupon of the member expired.",
        "COUPON_VOIDED": "A coupon of the member was made void.",
        "COUPON_EXTENDED": "A coupon of the member is good until another instant.",
    },
)
described(
    ActorKind,
    "What sort of caller it is.",
    {
        "ANONYMOUS": "No credential was sent.",
        "MEMBER": "A member, by its own token.",
        "API_KEY": "A partner or staff tool, by an API key.",
        "SYSTEM": "The engine itself.",
    },
)


class TierDirection(str, Enum):  # noqa: UP042  (Strawberry names the values; they are not compared with text)
    """Which way a tier changed."""

    UP = "UP"
    DOWN = "DOWN"


described(TierDirection, "Which way a tier changed.", {"UP": "To a higher tier.", "DOWN": "To a lower tier."})
