"""Random campaigns, drawn in their stored form, so that what is read and what is decided are tested together."""

from dataclasses import replace
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from domain.assets import AssetKind
from domain.instants import NEVER
from domain.program import CampaignVersion, Program
from domain.rules import RuleReader
from domain.versions import VersionForm, read_version
from tests.domain.makers import LADDER, LONG_AGO, POINTS, QUALIFYING, TIERS, VALUE, asset, program

CHANCES = asset(UUID(int=0x14), "CHANCES", kind=AssetKind.PASS)
ASSETS = (POINTS, QUALIFYING, VALUE, CHANCES)
READER = RuleReader(ASSETS, frozenset(tier.code for tier in TIERS), 2, {LADDER.code: QUALIFYING})
SKUS = ("CD", "LP", "TEA")
_ids = count(0x50_000)

percents = st.sampled_from(["1", "12.5", "33.3333", "50", "70", "100"])
money = st.sampled_from(["0.01", "0.50", "3.33", "20", "100"])
matches = st.sampled_from([None, {"skus": ["CD"]}, {"exceptSkus": ["LP"]}, {"categories": ["DRINKS"]}])


def _with_match(**parts: Any) -> Any:
    body = st.fixed_dictionaries(parts | {"match": matches})
    return body.map(lambda one: {name: value for name, value in one.items() if value is not None})


EVERY = _with_match(amount=money, every=st.just("10"), times=st.sampled_from([1, 2]))
DISCOUNTS = {
    "percentOff": _with_match(percent=percents),
    "amountOff": _with_match(amount=money),
    "amountOffStaged": _with_match(brackets=st.just([{"from": "5", "amount": "1"}, {"from": "50", "amount": "7.77"}])),
    "cheapestOff": _with_match(group=st.just(3), free=st.integers(1, 2), percent=percents),
    "nthItemOff": _with_match(n=st.integers(2, 3), percent=percents),
    "fixedPrice": _with_match(price=money),
    "bundlePrice": _with_match(quantity=st.integers(2, 3), price=money),
    "percentOffByTier": _with_match(tiers=st.just([{"tier": "SILVER", "percent": "10"}])),
    "amountOffByTier": _with_match(
        tiers=st.sampled_from([[{"tier": "SILVER", "amount": "7.77"}], [{"tier": "GOLD", "amount": "5"}]])
    ),
    "exchange": st.fixed_dictionaries(
        {
            "match": matches.filter(lambda match: match is not None and "exceptSkus" not in match),
            "quantity": st.integers(1, 3),
            "price": st.sampled_from(["0", "0.01", "3.33"]),
        }
    ),
}
SILVERS = {"tier": "SILVER", "factor": "1.25"}
OTHERS = {
    "shippingOff": st.sampled_from([{"percent": "50"}, {"amount": "3"}]),
    "gift": st.fixed_dictionaries({"sku": st.just("CUP"), "quantity": st.integers(1, 2)}),
    "earn": _with_match(
        asset=st.just("POINTS"),
        points=st.sampled_from(["1", "3"]),
        per=st.sampled_from(["1", "0.70"]),
        rounding=st.sampled_from(["DOWN", "HALF_UP", "UP"]),
        basis=st.sampled_from(["PAID", "DISCOUNTED", "LISTED"]),
    ),
    "earnFixed": st.just({"asset": "POINTS", "points": "7"}),
    "earnStaged": _with_match(asset=st.just("POINTS"), brackets=st.just([{"from": "10", "points": "5"}])),
    "multiplyEarn": st.fixed_dictionaries({"asset": st.just("POINTS"), "factor": st.sampled_from(["1.1", "2"])}),
    "multiplyEarnByTier": st.fixed_dictionaries(
        {
            "asset": st.just("POINTS"),
            "factors": st.sampled_from([[SILVERS], [SILVERS, {"tier": "MEMBER", "factor": "3"}]]),
        }
    ),
    "addTag": st.just({"tag": "buyer"}),
    "addProgress": st.just({"ladder": LADDER.code, "amount": "2.50"}),
    "grantChances": st.just({"asset": "CHANCES", "count": 1}),
}
EFFECTS = st.one_of(
    EVERY.map(lambda one: {"amountOff": one}),
    *(body.map(lambda one, name=name: {name: one}) for name, body in (DISCOUNTS | OTHERS).items()),
)
EARNING = ("earn", "earnFixed", "earnStaged", "multiplyEarn", "multiplyEarnByTier", "addProgress")
EARNS = st.one_of(*(OTHERS[name].map(lambda one, name=name: {name: one}) for name in EARNING))
CONDITIONS = st.sampled_from(
    [
        None,
        None,
        None,
        {"minimumSpend": {"amount": "20"}},
        {"not": {"minimumSpend": {"amount": "50", "of": "GOODS"}}},
        {"matchingLines": {"match": {"skus": ["TEA"]}, "quantity": 2}},
        {"any": [{"firstOrder": {}}, {"tier": {"codes": ["SILVER"]}}]},
        {"expression": {"text": 'order.payable > money("30")'}},
    ]
)


LIMITS = st.sampled_from(
    [
        None,
        None,
        {"perOrder": 1},
        {"perMember": 3},
        {"perMemberDay": 2},
        {"perDay": 2},
        {"total": 2},
        {"total": 3, "perMember": 1},
    ]
)
BUDGETS = st.sampled_from(
    [
        None,
        None,
        {"money": "10.00"},
        {"count": 2},
        {"points": {"asset": "POINTS", "amount": "40"}},
        {"points": {"asset": "TIER", "amount": "2.50"}, "count": 3},
        {"points": {"asset": "POINTS", "amount": "12"}, "money": "20.00"},
    ]
)


def version_of(code: str, **form: Any) -> CampaignVersion:
    """Return version 1 of a campaign that always runs, from its stored form."""
    plain: dict[str, Any] = {"priority": 100, "starts_at": LONG_AGO, "ends_at": NEVER, "conditions": None}
    number = next(_ids)
    return read_version(
        READER,
        VersionForm(**(plain | form)),
        id=UUID(int=number),
        campaign_id=UUID(int=number + (1 << 64)),
        code=code,
        name=code.title(),
        number=1,
    )


def shop(*versions: CampaignVersion) -> Program:
    """Return a program with these campaigns and every sort of asset."""
    return replace(program(*versions), assets=ASSETS)


@st.composite
def campaigns(draw: st.DrawFn, most: int = 5) -> list[CampaignVersion]:
    """Draw campaigns of one or two effects each, some in a stacking group, at few priorities."""
    return [draw(_campaigns(f"C{number}")) for number in range(draw(st.integers(1, most)))]


@st.composite
def _campaigns(draw: st.DrawFn, code: str) -> CampaignVersion:
    budget = draw(BUDGETS)
    effects = EARNS if budget and "points" in budget else EFFECTS  # else it would bound what is hardly ever given
    return version_of(
        code,
        priority=draw(st.sampled_from([100, 200])),
        step=draw(st.sampled_from(["MEMBER_PRICE", "PROMOTION"])),
        effects=[draw(effects), *draw(st.lists(EFFECTS, max_size=1))],
        conditions=draw(CONDITIONS),
        stacking_group=draw(st.sampled_from([None, None, "ONE"])),
        audience=draw(st.sampled_from(["MEMBERS", "EVERYONE"])),
        limits=draw(LIMITS),
        budget=budget,
    )


@st.composite
def carts(draw: st.DrawFn, most: int = 4) -> Any:
    """Draw the lines of an order: few pieces at low prices, so that prices and remainders are often alike."""
    row = st.tuples(st.integers(0, 40_00), st.integers(1, 5), st.sampled_from(SKUS), st.sampled_from([None, "DRINKS"]))
    return draw(st.lists(row, min_size=1, max_size=most))
