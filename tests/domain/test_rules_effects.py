"""Effects in their stored form: what each becomes, and how each mistake in one is refused."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.amounts import Rounding
from domain.assets import AssetKind
from domain.effects.add_tag import AddTag
from domain.effects.amount_off import AmountOff, AmountOffByTier, AmountOffStaged
from domain.effects.brackets import Bracket
from domain.effects.earn import EarnPerAmount
from domain.effects.earn_basis import ALL_PAID, Basis, EarnBasis
from domain.effects.earn_fixed import AddProgress, EarnFixed, GrantChances
from domain.effects.earn_staged import EarnStaged
from domain.effects.gift import Gift
from domain.effects.percent_off import PercentOff, PercentOffByTier
from domain.effects.piece_percent import CheapestOff, NthItemOff
from domain.effects.piece_price import BundlePrice, Exchange, FixedPrice
from domain.effects.shipping_off import ShippingOff
from domain.matching import Match
from domain.orders import QUANTITY_MAX
from domain.refusals import InvalidInput
from domain.rules import RuleReader
from domain.rules_effects import BRACKETS_MAX, EffectReader
from tests.domain.makers import POINTS, QUALIFYING, TIERS, VALUE, asset

SPINS = asset(code="SPIN", kind=AssetKind.PASS, scale=1)
ASSETS, CODES = (POINTS, QUALIFYING, VALUE, SPINS), frozenset(tier.code for tier in TIERS)
reader = EffectReader(ASSETS, CODES, 2, {"STANDARD": QUALIFYING})
MATCH = {"skus": ["CD"]}
CDS = Match(skus=frozenset({"CD"}))
EARN = {"asset": "POINTS", "points": "1", "per": "1", "rounding": "DOWN"}
ROWS = [{"from": "200", "amount": "25"}, {"from": "0", "amount": "10"}]
FACES = [{"tier": "GOLD", "amount": "20"}, {"tier": "SILVER", "amount": 9.99}]
STEPS = [{"from": "100", "points": "0.05"}]


@pytest.mark.parametrize(
    ("form", "effect"),
    [
        ({"percentOff": {"percent": "12.5"}}, PercentOff(Decimal("12.5"))),
        (
            {"percentOff": {"percent": 100, "match": MATCH, "cap": "5", "rounding": "UP"}},
            PercentOff(Decimal(100), CDS, 5_00, Rounding.UP),
        ),
        ({"percentOff": {"percent": "1", "match": None, "cap": None, "rounding": None}}, PercentOff(Decimal(1))),
        ({"percentOff": {"percent": "0.0001", "match": {}}}, PercentOff(Decimal("0.0001"))),
        (
            {"percentOffByTier": {"tiers": [{"tier": "GOLD", "percent": "10"}], "match": MATCH, "rounding": "DOWN"}},
            PercentOffByTier({"GOLD": Decimal(10)}, CDS, Rounding.DOWN),
        ),
        ({"amountOff": {"amount": "10"}}, AmountOff(10_00)),
        (
            {"amountOff": {"amount": "10", "match": MATCH, "every": "100", "times": 3}},
            AmountOff(10_00, CDS, 100_00, 3),
        ),
        (
            {"amountOffStaged": {"brackets": ROWS, "match": MATCH}},
            AmountOffStaged((Bracket(0, 10_00), Bracket(200_00, 25_00)), CDS),
        ),
        (
            {"amountOffByTier": {"tiers": FACES, "match": MATCH}},
            AmountOffByTier({"GOLD": 20_00, "SILVER": 9_99}, CDS),
        ),
        ({"amountOffByTier": {"tiers": FACES[:1]}}, AmountOffByTier({"GOLD": 20_00})),
        ({"cheapestOff": {"group": 3, "free": 1}}, CheapestOff(3, 1)),
        (
            {"cheapestOff": {"group": 3, "free": 3, "percent": "50", "match": MATCH, "times": 2}},
            CheapestOff(3, 3, Decimal(50), CDS, 2),
        ),
        ({"nthItemOff": {"n": 2, "percent": "50", "match": MATCH, "times": 1}}, NthItemOff(2, Decimal(50), CDS, 1)),
        ({"fixedPrice": {"price": "9.9"}}, FixedPrice(9_90)),
        ({"fixedPrice": {"price": "0", "match": MATCH}}, FixedPrice(0, CDS)),
        ({"exchange": {"match": MATCH}}, Exchange(CDS, 1, 0)),
        ({"exchange": {"match": MATCH, "quantity": None, "price": None}}, Exchange(CDS, 1, 0)),
        ({"exchange": {"match": MATCH, "quantity": 2, "price": "0.01"}}, Exchange(CDS, 2, 1)),
        (
            {"exchange": {"match": {"categories": ["CDS"], "exceptSkus": ["CD"]}, "price": 0}},
            Exchange(Match(categories=frozenset({"CDS"}), except_skus=frozenset({"CD"}))),
        ),
        (
            {"exchange": {"match": {"attributes": [{"key": "k", "value": "v"}]}}},
            Exchange(Match(attributes=frozenset({("k", "v")}))),
        ),
        ({"bundlePrice": {"quantity": 3, "price": "50", "match": MATCH, "times": 2}}, BundlePrice(3, 50_00, CDS, 2)),
        ({"shippingOff": {"percent": "100"}}, ShippingOff(percent=Decimal(100))),
        ({"shippingOff": {"percent": None, "amount": "6"}}, ShippingOff(amount=6_00)),
        ({"gift": {"sku": " BAG "}}, Gift("BAG")),
        (
            {"gift": {"sku": "BAG", "name": "Tote bag", "quantity": 2, "every": "100", "times": 3}},
            Gift("BAG", "Tote bag", 2, 100_00, 3),
        ),
        ({"earn": EARN}, EarnPerAmount(POINTS, 1, 1_00, Rounding.DOWN, ALL_PAID)),
        (
            {"earn": {**EARN, "match": MATCH}},
            EarnPerAmount(POINTS, 1, 1_00, Rounding.DOWN, EarnBasis(Basis.PAID, shipping=False, match=CDS)),
        ),
        (
            {"earn": {**EARN, "match": MATCH, "shipping": True, "basis": "LISTED"}},
            EarnPerAmount(POINTS, 1, 1_00, Rounding.DOWN, EarnBasis(Basis.LISTED, shipping=True, match=CDS)),
        ),
        (
            {"earn": {**EARN, "match": {}, "shipping": False}},
            EarnPerAmount(POINTS, 1, 1_00, Rounding.DOWN, EarnBasis(shipping=False)),
        ),
        ({"earnFixed": {"asset": "VALUE", "points": "0.5"}}, EarnFixed(VALUE, 50)),
        (
            {"earnStaged": {"asset": "VALUE", "brackets": STEPS, "basis": "DISCOUNTED"}},
            EarnStaged(VALUE, (Bracket(100_00, 5),), EarnBasis(Basis.DISCOUNTED)),
        ),
        ({"addTag": {"tag": "VIP"}}, AddTag("VIP")),
        ({"addProgress": {"ladder": "STANDARD", "amount": "5"}}, AddProgress("STANDARD", QUALIFYING, 5_00)),
        ({"grantChances": {"asset": "SPIN", "count": 3}}, GrantChances(SPINS, 30)),
    ],
)
def test_an_effect_is_read(form: dict[str, Any], effect: object) -> None:
    assert reader.effect(form) == effect
    assert RuleReader(ASSETS, CODES, 2, {"STANDARD": QUALIFYING}).effect(form) == effect


RIGHT: dict[str, dict[str, Any]] = {
    "percentOff": {"percent": "10", "match": MATCH, "cap": "5", "rounding": "DOWN"},
    "percentOffByTier": {"tiers": [{"tier": "GOLD", "percent": "10"}], "match": MATCH, "rounding": "DOWN"},
    "amountOff": {"amount": "10", "match": MATCH, "every": "100", "times": 3},
    "amountOffStaged": {"brackets": ROWS, "match": MATCH},
    "amountOffByTier": {"tiers": FACES, "match": MATCH},
    "cheapestOff": {"group": 3, "free": 1, "percent": "50", "match": MATCH, "times": 2},
    "nthItemOff": {"n": 2, "percent": "50", "match": MATCH, "times": 1},
    "fixedPrice": {"price": "9.9", "match": MATCH},
    "exchange": {"match": MATCH, "quantity": 2, "price": "9.9"},
    "bundlePrice": {"quantity": 3, "price": "50", "match": MATCH, "times": 2},
    "shippingOff": {"percent": "50"},
    "gift": {"sku": "BAG", "name": "Tote bag", "quantity": 2, "every": "100", "times": 3},
    "earn": {**EARN, "basis": "PAID", "shipping": True, "match": MATCH},
    "earnFixed": {"asset": "POINTS", "points": "50"},
    "earnStaged": {"asset": "VALUE", "brackets": STEPS, "basis": "PAID", "shipping": True, "match": MATCH},
    "multiplyEarn": {"asset": "POINTS", "factor": "2"},
    "multiplyEarnByTier": {"asset": "POINTS", "factors": [{"tier": "GOLD", "factor": "2"}]},
    "addTag": {"tag": "VIP"},
    "addProgress": {"ladder": "STANDARD", "amount": "5"},
    "grantChances": {"asset": "SPIN", "count": 3},
}
OPTIONAL = {"match", "cap", "every", "times", "name", "quantity", "basis", "shipping", "percent", "rounding"}
NEEDED = {
    "earn": {"rounding"},
    "bundlePrice": {"quantity"},
    "percentOff": {"percent"},
    "nthItemOff": {"percent"},
    "exchange": {"match"},
}
"""What is optional elsewhere."""
PERCENTS = ["0", "-1", "100.0001", "101", "0.00001", "1e-9999", "NaN", "ten", ["10"], {}, True]
MONEY = ["-1", "0.001", "1e99", "NaN", "Infinity", "ten", ["10"], {}, True]
POSITIVE = ["0", *MONEY]
WHOLE = [0, -1, QUANTITY_MAX + 1, 1.5, "1", True, [1], {}]
ROUNDING: list[Any] = ["down", "", 1, ["DOWN"], {}]
ASSET: list[Any] = ["GEMS", "", 1, ["POINTS"], {}]
LISTS: list[Any] = [[], {}, "GOLD", [{}] * (BRACKETS_MAX + 1)]
WRONG: dict[str, list[Any]] = {
    "percent": PERCENTS,
    "match": ["CD", ["CD"], 1],
    "cap": POSITIVE,
    "rounding": ROUNDING,
    "tiers": LISTS,
    "amount": POSITIVE,
    "every": POSITIVE,
    "times": WHOLE,
    "brackets": LISTS,
    "group": WHOLE,
    "free": [*WHOLE, 4],
    "n": WHOLE,
    "price": MONEY,
    "sku": ["", " ", "x" * 65, "a\u0007b", 1, ["BAG"], {}],
    "name": ["", "x" * 201, 1, ["Bag"], {}],
    "asset": ASSET,
    "points": MONEY,
    "per": MONEY,
    "basis": ["paid", "", 1, ["PAID"], {}],
    "shipping": ["true", 1, 0, [True], {}],
    "factor": ["0.99", "100.01", "NaN", "two", [2], {}],
    "factors": LISTS,
    "tag": ["", "x" * 65, 1, ["VIP"], {}],
    "ladder": ["OTHER", "", 1, ["STANDARD"], {}],
    "count": WHOLE,
    "quantity": WHOLE,
}


def refused(name: str, body: Any) -> tuple[str, ...]:
    """Return the path of the part at fault."""
    with pytest.raises(InvalidInput) as found:
        reader.effect({name: body}, ("form",))
    assert found.value.message
    assert found.value.field[:2] == ("form", name)
    return found.value.field[2:]


@pytest.mark.parametrize("name", RIGHT)
def test_each_part_that_is_wrong_is_refused_by_its_path(name: str) -> None:
    right = RIGHT[name]
    assert reader.effect({name: right})
    for part in right:
        for wrong in WRONG[part]:
            assert refused(name, {**right, part: wrong})[0] == part, wrong


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_needed_is_missed_and_what_is_unknown_is_refused(name: str) -> None:
    right = RIGHT[name]
    needed = NEEDED.get(name, set())
    for part in right.keys() - {"every", "percent"} | needed:
        without = {key: value for key, value in right.items() if key != part}
        if part in OPTIONAL - needed or (name, part) == ("exchange", "price"):
            assert reader.effect({name: without}) == reader.effect({name: {**right, part: None}})
        else:
            assert refused(name, without) == (part,)
    assert refused(name, {**right, "colour": "red"}) == ("colour",)
    for body in (None, [right], "10", 1):
        assert refused(name, body) == ()


@pytest.mark.parametrize(
    ("name", "change", "path"),
    [
        ("percentOff", {"match": {"skus": [1]}}, ("match", "skus", "0")),
        ("percentOffByTier", {"tiers": [None]}, ("tiers", "0")),
        ("percentOffByTier", {"tiers": [{"percent": "10"}]}, ("tiers", "0", "tier")),
        ("percentOffByTier", {"tiers": [{"tier": "IRON", "percent": "10"}]}, ("tiers", "0", "tier")),
        ("percentOffByTier", {"tiers": [{"tier": ["GOLD"], "percent": "10"}]}, ("tiers", "0", "tier")),
        ("percentOffByTier", {"tiers": [{"tier": "GOLD"}]}, ("tiers", "0", "percent")),
        ("percentOffByTier", {"tiers": [{"tier": "GOLD", "percent": "0"}]}, ("tiers", "0", "percent")),
        ("percentOffByTier", {"tiers": [{"tier": "GOLD", "percent": "1"}] * 2}, ("tiers", "1", "tier")),
        ("multiplyEarnByTier", {"factors": [{"tier": "GOLD", "factor": "2"}] * 2}, ("factors", "1", "tier")),
        ("amountOffByTier", {"tiers": [{"amount": "10"}]}, ("tiers", "0", "tier")),
        ("amountOffByTier", {"tiers": [{"tier": "IRON", "amount": "10"}]}, ("tiers", "0", "tier")),
        ("amountOffByTier", {"tiers": [{"tier": "GOLD", "percent": "10"}]}, ("tiers", "0", "amount")),
        ("amountOffByTier", {"tiers": [{"tier": "GOLD", "amount": "0"}]}, ("tiers", "0", "amount")),
        ("amountOffByTier", {"tiers": [{"tier": "GOLD", "amount": "0.001"}]}, ("tiers", "0", "amount")),
        ("amountOffByTier", {"tiers": [*FACES, FACES[0]]}, ("tiers", "2", "tier")),
        ("exchange", {"match": {}}, ("match",)),
        ("exchange", {"match": {"skus": None}}, ("match",)),
        ("exchange", {"match": {"exceptSkus": ["CD"]}}, ("match",)),
        ("exchange", {"match": {"exceptCategories": ["CDS"]}}, ("match",)),
        ("exchange", {"match": {"skus": []}}, ("match", "skus")),
        ("amountOffStaged", {"brackets": ["10"]}, ("brackets", "0")),
        ("amountOffStaged", {"brackets": [{"amount": "1"}]}, ("brackets", "0", "from")),
        ("amountOffStaged", {"brackets": [{"from": "-1", "amount": "1"}]}, ("brackets", "0", "from")),
        ("amountOffStaged", {"brackets": [{"from": "1"}]}, ("brackets", "0", "amount")),
        ("amountOffStaged", {"brackets": [{"from": "1", "amount": "0"}]}, ("brackets", "0", "amount")),
        ("amountOffStaged", {"brackets": [*ROWS, {"from": "200.0", "amount": "9"}]}, ("brackets", "2", "from")),
        ("earnStaged", {"brackets": [{"from": "1", "points": "0.001"}]}, ("brackets", "0", "points")),
        ("amountOff", {"every": None}, ("times",)),
        ("gift", {"every": None}, ("times",)),
        ("shippingOff", {"amount": "5"}, ()),
        ("shippingOff", {"percent": None}, ()),
        ("shippingOff", {"percent": None, "amount": "0"}, ("amount",)),
        ("earn", {"points": "0"}, ("points",)),
        ("earn", {"per": "0"}, ("per",)),
        ("earnFixed", {"points": "0"}, ("points",)),
        ("grantChances", {"asset": "POINTS"}, ("asset",)),
    ],
)
def test_a_mistake_inside_is_refused_by_its_path(name: str, change: dict[str, Any], path: tuple[str, ...]) -> None:
    assert refused(name, {**RIGHT[name], **change}) == path


def test_a_name_that_is_no_effect_and_what_is_no_rule_are_refused() -> None:
    for form, path in (({"discount": {}}, ("discount",)), ({}, ()), (None, ()), ([], ()), ({"earn": 1, "gift": 1}, ())):
        with pytest.raises(InvalidInput) as found:
            reader.effect(form)
        assert found.value.field == ("effects", *path)


def test_a_reader_without_ladders_knows_none() -> None:
    with pytest.raises(InvalidInput, match="no ladder `STANDARD`"):
        EffectReader(ASSETS, CODES, 2).effect({"addProgress": RIGHT["addProgress"]})


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["GOLD", "1", "CD"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*WRONG, "tier", "from"]), inner),
    max_leaves=6,
)


@given(st.sampled_from(list(RIGHT)), st.data())
def test_whatever_is_stored_is_read_or_refused_with_a_path(name: str, data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(list(RIGHT[name])))
    refused_at = None
    try:
        assert reader.effect({name: {**RIGHT[name], part: data.draw(values)}})
    except InvalidInput as refusal:
        refused_at = refusal.field[:2]
    assert refused_at in {None, ("effects", name)}
