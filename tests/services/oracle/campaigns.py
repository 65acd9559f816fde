"""What the campaigns of the program say: when each applies, what it gives, how often and how much in all."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.services.oracle.drafts import Draft, Gives
from tests.services.oracle.terms import FEN_PER_STAR, TIERS

MEMBER_PRICE, PROMOTION, SHIPPING, EARN, MULTIPLY, PROGRESS = range(6)
"""The steps of an evaluation, in their order; what pays comes before what is earned."""


@dataclass(frozen=True)
class Campaign:
    code: str
    priority: int
    rules: tuple[tuple[int, Callable[[Draft], Gives | None]], ...]
    """Each with its step."""
    everyone: bool = False
    """Whether it is for guests too."""
    group: str | None = None
    """Of which only one applies."""
    holds: Callable[[Draft], bool] = lambda _: True
    most: dict[str, int] = field(default_factory=dict)
    """Limits and budgets, in the order in which they are looked at."""
    points_of: str | None = None
    """The asset of which a budget counts what is earned."""

    @property
    def has_budget(self) -> bool:
        return bool({"money", "points", "count"} & set(self.most))


PER_ORDER = 2
"""How often TENNER repeats within an order."""


def member_price(draft: Draft) -> Gives | None:
    permille = {"SILVER": 25, "GOLD": 50, "DIAMOND": 100}.get(TIERS[draft.tier][0], 0)
    return draft.off(half_up(draft.goods() * permille, 1000))


def half_of_lp(draft: Draft) -> Gives | None:
    return draft.off(half_up(draft.goods("LP") * 50, 100), "LP")


def tenner(draft: Draft) -> Gives | None:
    times = min(draft.goods() // 100_00, PER_ORDER)
    return draft.off(min(10_00 * times, draft.goods()), times=times)


def bag(draft: Draft) -> Gives | None:
    times = min(draft.goods() // 200_00, 2)
    return draft.add_gift("BAG", times)


def freight(draft: Draft) -> Gives | None:
    return draft.off_shipping(half_up(draft.shipping * 50, 100))


def stars(draft: Draft) -> Gives | None:
    """What is paid for all but records, by points or not: of points each line has its share."""
    parts = {ref: much for ref, much in draft.paid().items() if much and draft.sku(ref) not in {None, "LP"}}
    return draft.earn("STARS", sum(parts.values()) // FEN_PER_STAR, parts)


def by_tier(draft: Draft) -> Gives | None:
    return draft.multiply("POINTS", TIERS[draft.tier][2], 10)


ORDERS = [
    Campaign("PRICE", 10, ((MEMBER_PRICE, member_price),)),
    Campaign(
        "TENTH",
        20,
        ((PROMOTION, lambda draft: draft.off(min(half_up(draft.goods() * 10, 100), 50_00))),),
        everyone=True,
        most={"perMember": 3, "money": 120_00},
    ),
    Campaign("HALF", 30, ((PROMOTION, half_of_lp),), group="ONE", most={"perDay": 2}),
    Campaign("TENNER", 40, ((PROMOTION, tenner),), everyone=True, group="ONE", most={"count": 5}),
    Campaign(
        "SPREE",
        45,
        (
            (PROMOTION, lambda draft: draft.off(half_up(draft.goods("MC") * 5, 100), "MC")),
            (EARN, lambda draft: draft.earn("STARS", 2)),
        ),
        everyone=True,
        most={"perMemberDay": 1, "money": 60_00, "points": 6, "count": 5},
        points_of="STARS",
    ),
    Campaign(
        "FRIENDS",
        50,
        ((PROMOTION, lambda draft: draft.off(min(3_00, draft.goods()))),),
        holds=lambda draft: bool({"vip", "active"} & draft.tags),
    ),
    Campaign("BAG", 60, ((PROMOTION, bag),), everyone=True, most={"total": 5}),
    Campaign(
        "FREIGHT",
        70,
        ((SHIPPING, freight),),
        everyone=True,
        holds=lambda draft: draft.goods() >= 50_00,
        most={"perMemberDay": 1},
    ),
    Campaign("BASE", 100, ((EARN, lambda draft: draft.earn("POINTS", draft.payable // 100)),)),
    Campaign("STARS", 150, ((EARN, stars),)),
    Campaign("TIER_MULTIPLIER", 200, ((MULTIPLY, by_tier),)),
    Campaign(
        "REGULAR",
        300,
        ((EARN, lambda draft: draft.earn("POINTS", 5)), (PROGRESS, lambda draft: draft.tag("regular"))),
        holds=lambda draft: draft.payable >= 100_00,
        most={"perMember": 2, "points": 20},
        points_of="POINTS",
    ),
    Campaign("FIRST", 310, ((EARN, lambda draft: draft.earn("STARS", 3)),), holds=lambda draft: not draft.orders),
    Campaign(
        "STARRY",
        320,
        ((MULTIPLY, lambda draft: draft.multiply("STARS", 15, 10)),),
        holds=lambda draft: "regular" in draft.tags,
        most={"perMember": 3, "points": 200},
        points_of="STARS",
    ),
    Campaign("QUALIFYING", 900, ((EARN, lambda draft: draft.earn("TIER", draft.payable)),)),
]
"""Those that look at orders, by priority."""

EVENTS = {
    "CHECK_IN": [
        Campaign(
            "CHECK_IN",
            400,
            ((EARN, lambda draft: draft.earn("POINTS", 2)), (PROGRESS, lambda draft: draft.tag("active"))),
            most={"perMemberDay": 1, "points": 12},
            points_of="POINTS",
        )
    ]
}
"""Those that look at what members do, by its code."""

BY_CODE = {campaign.code: campaign for campaign in [*ORDERS, *(one for found in EVENTS.values() for one in found)]}


def half_up(number: int, over: int) -> int:
    """Return a fraction rounded to the nearest whole, a half up."""
    return (2 * number + over) // (2 * over)
