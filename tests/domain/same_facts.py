"""What is decided by rules that name many things, as text: run in several processes, it has to be the same text."""

import sys
from random import Random
from typing import Any

import orjson

from domain.conditions.base import MemberFacts
from domain.evaluate import Evaluation, evaluate
from tests.domain.campaigns import shop, version_of
from tests.domain.makers import LADDER_ID, MEMBER_ID, NOON, TIERS, line, order

MANY = ["ASH", "ELM", "FIR", "OAK", "PINE", "YEW", "LIME", "ROWAN"]
MATCHES: list[dict[str, Any]] = [
    {"skus": MANY},
    {"categories": MANY, "exceptSkus": MANY[:3]},
    {"attributes": [{"key": name, "value": name} for name in MANY], "exceptCategories": MANY[3:]},
]
CONDITIONS: list[dict[str, Any] | None] = [
    None,
    {"tag": {"anyOf": MANY}},
    {"tag": {"anyOf": ["OLD", *MANY]}},
    {"store": {"codes": MANY}},
    {"channel": {"codes": MANY}},
    {"tier": {"codes": ["GOLD", "SILVER"]}},
    {"attribute": {"of": "ORDER", "key": "wood", "values": MANY}},
    {"weekday": {"days": ["FRIDAY", "MONDAY", "SUNDAY", "THURSDAY"]}},
    {"monthDay": {"days": [1, 9, 17, 25, -1]}},
    {"nthOrder": {"numbers": [1, 8, 64, 512]}},
    {"not": {"tag": {"anyOf": ["NEW", "OLD", *MANY]}}},
    *({"matchingLines": {"match": match, "quantity": 9}} for match in MATCHES),
]
EFFECTS: list[dict[str, Any]] = [
    *({"percentOff": {"percent": "12.5", "match": match}} for match in MATCHES),
    *({"cheapestOff": {"group": 2, "free": 1, "match": match}} for match in MATCHES),
    {"bundlePrice": {"quantity": 3, "price": "5", "match": MATCHES[0]}},
    *({"earn": {"asset": "POINTS", "points": "1", "per": "3", "rounding": "UP", "match": match}} for match in MATCHES),
    {"multiplyEarn": {"asset": "POINTS", "factor": "1.1"}},
    {"percentOffByTier": {"tiers": [{"tier": "GOLD", "percent": "9"}, {"tier": "SILVER", "percent": "4"}]}},
    {"addTag": {"tag": "NEW"}},
]
BOUNDS: list[dict[str, Any]] = [
    {},
    {"limits": {"total": 9, "perDay": 9, "perMember": 9}},
    {"budget": {"money": "2.00"}},
]
MEMBER = MemberFacts(id=MEMBER_ID, standings={LADDER_ID: TIERS[1]}, orders=3, tags=frozenset(["OLD", "OTHER", "MORE"]))


def decided(seed: int) -> str:
    """Return all that is decided for one order by campaigns that this seed draws."""
    random = Random(seed)  # noqa: S311  (the same in each process)
    versions = [
        version_of(
            f"C{number}",
            effects=random.sample(EFFECTS, 2),
            conditions=random.choice(CONDITIONS),
            stacking_group=random.choice([None, None, "ONE"]),
            **random.choice(BOUNDS),
        )
        for number in range(8)
    ]
    lines = tuple(
        line(str(ref), random.randint(0, 9_00), random.randint(1, 4), sku=random.choice(MANY), category="OAK")
        for ref in range(5)
    )
    bought = order(lines=lines, shipping=7_00)
    return _told(evaluate(shop(*versions), bought, occurred_at=NOON, recorded_at=NOON, member=MEMBER))


def _told(found: Evaluation) -> str:
    """Return it as it would be stored, in the order in which it came."""
    rows = {
        "amounts": [found.discount_total, found.payable],
        "effects": [[one.outcome.amount, one.outcome.parts, one.outcome.facts, one.explanation.record()]
                    for one in found.effects],
        "reasons": [one.record() for one in found.not_applied],
        "discounts": found.discounts,
        "consumed": [one.record() for one in found.consumed],
    }  # fmt: skip
    return orjson.dumps(rows).decode()


if __name__ == "__main__":
    for seed in range(int(sys.argv[1])):
        print(decided(seed))  # noqa: T201
