"""Closed lists that campaigns choose from, each value described."""

from enum import Enum
from typing import Any

import strawberry

from domain.amounts import Rounding
from domain.campaigns import Audience, CampaignState, Trigger
from domain.conditions.attribute import AttributeOf
from domain.conditions.minimum_spend import SpendBasis
from domain.conditions.weekday import DAYS
from domain.effects.earn_basis import Basis

__all__ = [
    "AttributeOf",
    "Audience",
    "Basis",
    "CampaignState",
    "CampaignStep",
    "Day",
    "Rounding",
    "SpendBasis",
    "Trigger",
]


class CampaignStep(Enum):
    """The steps at which a campaign may take something off the goods."""

    MEMBER_PRICE = "MEMBER_PRICE"
    PROMOTION = "PROMOTION"


Day: Any = Enum("Day", {day: day for day in DAYS})  # type: ignore[misc]  # the domain has the names only


def _named(enum: Any, name: str, description: str, values: dict[str, str]) -> None:
    made = strawberry.enum(enum, name=name, description=description)
    for value in made.__strawberry_definition__.values:
        value.description = values[value.name]


_named(
    CampaignState,
    "CampaignState",
    "Where a campaign is in its life, by the program's clock.",
    {
        "DRAFT": "Nothing of it was published yet.",
        "SCHEDULED": "It is published, and its window lies ahead.",
        "RUNNING": "It decides orders and occasions.",
        "PAUSED": "It does nothing until it is resumed.",
        "ENDED": "It was ended, or its window is over.",
    },
)
_named(
    Trigger,
    "CampaignTrigger",
    "What makes a campaign look whether it applies.",
    {
        "ORDER": "An order.",
        "ENROLLED": "A member is enrolled.",
        "EVENT": "Something that a member did is recorded.",
        "SCHEDULE": "A time of the day comes, for each member.",
        "TIER_CHANGED": "A member's tier changes.",
        "SEGMENT_ENTERED": "A member enters a segment.",
    },
)
_named(
    CampaignStep,
    "CampaignStep",
    "When a campaign's discounts of goods are taken.",
    {"MEMBER_PRICE": "Before all promotions: what members pay.", "PROMOTION": "After the members' prices."},
)
_named(
    Audience,
    "CampaignAudience",
    "For whose orders a campaign is.",
    {"MEMBERS": "For orders that name a member.", "EVERYONE": "For orders of guests too."},
)
_named(
    Rounding,
    "Rounding",
    "How a fraction of the smallest unit becomes a whole one.",
    {"DOWN": "It is dropped.", "HALF_UP": "A half or more becomes one.", "UP": "Any fraction becomes one."},
)
_named(
    SpendBasis,
    "SpendMeasure",
    "What is compared with a threshold.",
    {
        "PAYABLE": "What is left to pay, shipping included.",
        "GOODS": "What is left to pay for the goods.",
        "LISTED": "The goods before any discount.",
    },
)
_named(
    Basis,
    "EarnBasis",
    "At which price goods earn.",
    {
        "PAID": "What is paid for them, without what points pay.",
        "DISCOUNTED": "What is left after discounts, whatever pays it.",
        "LISTED": "Their price before discounts.",
    },
)
_named(
    AttributeOf,
    "AttributeOwner",
    "What has an attribute.",
    {
        "ORDER": "The order.",
        "LINE": "Any line of the order.",
        "MEMBER": "The member.",
        "EVENT": "What the member did.",
    },
)
_named(Day, "Weekday", "A day of the week in the program's time zone.", {day: f"{day.title()}." for day in DAYS})
