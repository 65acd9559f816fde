"""Discounts of lines and of shipping, and gifts: how much, of which lines, and what would have given something."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.amounts import Rounding
from domain.effects.amount_off import AmountOff, AmountOffByTier, AmountOffStaged
from domain.effects.base import EffectKind, EffectRule, GiftLine, Outcome, Stage
from domain.effects.brackets import Bracket
from domain.effects.gift import Gift
from domain.effects.percent_off import PercentOff, PercentOffByTier
from domain.effects.piece_percent import CheapestOff, NthItemOff
from domain.effects.piece_price import BundlePrice, Exchange, FixedPrice
from domain.effects.shipping_off import ShippingOff
from domain.matching import Match
from domain.orders import QUANTITY_MAX
from domain.program import Tier
from tests.domain.carts import amounts, applied, cart, goods, minor, occasion, shopper, with_more
from tests.domain.makers import LADDER_ID, POINTS, TIERS, line

CDS = Match(skus=frozenset({"CD"}))
TEN, HALF = Decimal(10), Decimal(50)
MEMBER, SILVER, GOLD = TIERS


def test_forty_percent_and_seventy_percent_off() -> None:
    facts = cart(line("a", 99_99), line("b", 1, 3))
    outcomes = applied([PercentOff(Decimal(40)), PercentOff(Decimal(70))], facts)
    # 40 % of 100.02 are 40.008; 70 % of the 60.01 that are left are 42.007
    assert [outcome.amount for outcome in outcomes] == [40_01, 42_01]
    assert amounts(facts) == {"a": 17_99, "b": 1}
    whole = applied([PercentOff(Decimal(40)), PercentOff(Decimal(70)), PercentOff(Decimal(100))], goods(1))
    assert [outcome.amount for outcome in whole] == [0, 1, 0]
    assert whole[2].text == "100 % of 0.00 CNY for all goods come to nothing."


def test_a_discount_of_nothing() -> None:
    facts = cart(line("a", 0, 2), line("b", 10_00, sku="LP"), shipping=5_00)
    rules: list[EffectRule] = [
        PercentOff(Decimal(100), CDS),
        PercentOffByTier({"MEMBER": TEN}, CDS),
        AmountOff(1, CDS),
        AmountOff(1, CDS, every=1),
        AmountOffStaged((Bracket(0, 5_00),), CDS),
        AmountOffByTier({"MEMBER": 5_00}, CDS),
        CheapestOff(2, 1, match=CDS),
        NthItemOff(1, Decimal(100), CDS),
        FixedPrice(0, CDS),
        Exchange(CDS),
        BundlePrice(2, 0, CDS),
    ]
    for rule in rules:
        outcome = rule.apply(facts)
        assert (outcome.kind, outcome.amount, outcome.parts, outcome.arithmetic) == (EffectKind.DISCOUNT, 0, None, ())
        assert outcome.text.endswith(".")
        assert outcome.remedy
    assert amounts(facts) == {"a": 0, "b": 10_00}


def test_a_percentage_shows_its_arithmetic_and_facts() -> None:
    facts = cart(line("a", 66_66), line("b", 33_33), line("c", 50_00, sku="LP"))
    outcome = PercentOff(Decimal("12.50"), CDS).apply(facts)
    assert outcome == Outcome(
        kind=EffectKind.DISCOUNT,
        asset_id=None,
        amount=12_50,
        text="12.50 CNY off CD: 12.5 %.",
        arithmetic=("99.99 × 12.5 % = 12.49875", "12.49875 rounded half_up = 12.50"),
        facts={"basis": 9999, "percent": "12.50", "rounding": "HALF_UP"},
        parts={"a": 8_33, "b": 4_17},
    )
    assert amounts(facts) == {"a": 58_33, "b": 29_16, "c": 50_00}


@pytest.mark.parametrize(("rounding", "amount"), [(Rounding.DOWN, 1_00), (Rounding.HALF_UP, 1_01), (Rounding.UP, 1_01)])
def test_a_percentage_is_rounded_as_it_says(rounding: Rounding, amount: int) -> None:
    assert PercentOff(TEN, rounding=rounding).apply(goods(10_05)).amount == amount  # 1.005


def test_a_cap_bounds_a_percentage_and_is_named() -> None:
    outcome = PercentOff(TEN, cap=8_00).apply(goods(100_00))
    assert (outcome.amount, outcome.text) == (8_00, "8.00 CNY off all goods: 10 %, at most 8.00 CNY.")
    assert outcome.arithmetic[-1] == "10.00, at most 8.00 = 8.00"
    assert outcome.facts["cap"] == 8_00
    below = PercentOff(TEN, cap=10_00).apply(goods(100_00))
    assert (below.amount, below.text) == (10_00, "10.00 CNY off all goods: 10 %.")


@pytest.mark.parametrize(
    ("tier", "amount", "text", "remedy"),
    [
        (MEMBER, 0, "the tier of the member has no share of its own.", "SILVER members get 5 % off."),
        (SILVER, 5_00, "5.00 CNY off all goods: 5 % as SILVER.", None),
        (GOLD, 10_00, "10.00 CNY off all goods: 10 % as GOLD.", None),
    ],
)
def test_the_tier_s_own_share_is_off(tier: Tier, amount: int, text: str, remedy: str | None) -> None:
    rule = PercentOffByTier({"SILVER": Decimal(5), "GOLD": TEN})
    outcome = rule.apply(goods(member=shopper(tier)))
    assert (outcome.amount, outcome.text, outcome.remedy) == (amount, text, remedy)


def test_on_several_ladders_the_highest_share_counts_and_only_a_tier_that_helps_is_named() -> None:
    rule = PercentOffByTier({"SILVER": Decimal(5), "GOLD": TEN})
    both = shopper(standings={LADDER_ID: SILVER, POINTS.id: GOLD})
    assert rule.apply(goods(member=both)).amount == 10_00
    # 5 % of 0.09 is 0.0045, which is rounded to nothing
    assert rule.apply(goods(9, member=shopper(MEMBER))).remedy == "GOLD members get 10 % off."
    assert rule.apply(goods(5, member=shopper(MEMBER))).remedy == "GOLD members get 10 % off."
    assert rule.apply(goods(4, member=shopper(MEMBER))).remedy is None
    assert rule.apply(goods(4, member=shopper(SILVER))).remedy == "0.06 CNY more."
    guest = rule.apply(goods(member=None))
    assert (guest.text, guest.remedy) == ("the order names no member.", "Name the member of the order.")


def test_an_amount_off_is_spread_and_never_more_than_is_left() -> None:
    facts = cart(line("a", 20_00), line("b", 10_00), line("c", 5_00, sku="LP"))
    first, second = applied([AmountOff(25_00, CDS), AmountOff(10_00, CDS)], facts)
    assert (first.amount, first.parts, first.text) == (25_00, {"a": 16_67, "b": 8_33}, "25.00 CNY off CD: 25.00 CNY.")
    assert first.arithmetic == ("fixed = 25.00",)
    assert first.facts == {"basis": 3000, "each": 2500}
    assert (second.amount, second.parts) == (5_00, {"a": 3_33, "b": 1_67})
    assert second.text == "5.00 CNY off CD: 10.00 CNY, cut to what is left to pay."
    assert second.arithmetic == ("10.00, cut to what is left to pay = 5.00",)
    assert amounts(facts) == {"a": 0, "b": 0, "c": 5_00}


@pytest.mark.parametrize(
    ("basis", "times", "most", "amount", "repeated"),
    [
        (99_99, None, None, 0, 1),
        (100_00, None, None, 10_00, 1),
        (350_00, None, None, 30_00, 3),
        (350_00, 2, None, 20_00, 2),
        (350_00, 5, 1, 10_00, 1),
    ],
)
def test_an_amount_off_for_each_so_much(
    basis: int, times: int | None, most: int | None, amount: int, repeated: int
) -> None:
    outcome = AmountOff(10_00, every=100_00, times=times).apply(goods(basis, most_times=most))
    assert (outcome.amount, outcome.times) == (amount, repeated)


def test_an_amount_for_each_so_much_shows_its_arithmetic() -> None:
    outcome = AmountOff(30_00, every=20_00, times=2).apply(goods(70_00))
    assert outcome.text == "60.00 CNY off all goods: 30.00 CNY for each 20.00 CNY, 2 times."
    assert outcome.arithmetic == ("70.00 ÷ 20.00 rounded down = 3", "3 times, at most 2 = 2", "30.00 × 2 = 60.00")
    assert outcome.facts == {"basis": 7000, "each": 3000, "every": 2000, "times": 2}
    cut = AmountOff(30_00, every=20_00).apply(goods(70_00))
    assert (cut.amount, cut.times, cut.arithmetic[-1]) == (70_00, 3, "90.00, cut to what is left to pay = 70.00")


FACES = AmountOffByTier({"SILVER": 5_00, "GOLD": 9_99})


@pytest.mark.parametrize(
    ("tier", "amount", "text", "remedy"),
    [
        (MEMBER, 0, "the tier of the member has no amount of its own.", "SILVER members get 5.00 CNY off."),
        (SILVER, 5_00, "5.00 CNY off all goods: 5.00 CNY as SILVER.", None),
        (GOLD, 9_99, "9.99 CNY off all goods: 9.99 CNY as GOLD.", None),
    ],
)
def test_the_tier_s_own_amount_is_off(tier: Tier, amount: int, text: str, remedy: str | None) -> None:
    outcome = FACES.apply(goods(member=shopper(tier)))
    assert (outcome.amount, outcome.text, outcome.remedy) == (amount, text, remedy)


@pytest.mark.parametrize(
    ("basis", "amount", "step"),
    [
        (10_00, 9_99, "fixed = 9.99"),
        (9_99, 9_99, "fixed = 9.99"),
        (9_98, 9_98, "9.99, cut to what is left to pay = 9.98"),
        (1, 1, "9.99, cut to what is left to pay = 0.01"),
    ],
)
def test_an_amount_by_tier_is_no_more_than_is_left(basis: int, amount: int, step: str) -> None:
    outcome = FACES.apply(goods(basis, member=shopper(GOLD)))
    assert (outcome.amount, outcome.arithmetic, outcome.times) == (amount, (step,), 1)
    assert outcome.facts == {"basis": basis, "each": 9_99}
    assert outcome.text.endswith(" as GOLD, cut to what is left to pay." if amount < 9_99 else " as GOLD.")


def test_an_amount_by_tier_is_spread_over_what_is_meant_and_what_others_left() -> None:
    facts = cart(line("a", 20_00), line("b", 10_00), line("c", 5_00, sku="LP"), member=shopper(GOLD))
    rule = AmountOffByTier({"GOLD": 9_99}, CDS)
    outcomes = applied([PercentOff(HALF), rule, rule], facts)
    # 10.00 and 5.00 are left: 9.99 are 6.66 and 3.33; of the 5.01 that are left then, the second takes all
    assert [outcome.amount for outcome in outcomes] == [17_50, 9_99, 5_01]
    assert [outcome.parts for outcome in outcomes[1:]] == [{"a": 6_66, "b": 3_33}, {"a": 3_34, "b": 1_67}]
    assert amounts(facts) == {"a": 0, "b": 0, "c": 2_50}
    third = rule.apply(facts)
    assert (third.amount, third.text, third.remedy) == (0, "nothing is left to pay for CD.", "0.01 CNY more of CD.")


def test_on_several_ladders_the_highest_amount_counts_and_only_a_tier_that_helps_is_named() -> None:
    both = shopper(standings={LADDER_ID: GOLD, POINTS.id: SILVER})
    assert FACES.apply(goods(member=both)).text == "9.99 CNY off all goods: 9.99 CNY as GOLD."
    turned = AmountOffByTier({"SILVER": 9_99, "GOLD": 5_00})
    assert turned.apply(goods(member=both)).text == "9.99 CNY off all goods: 9.99 CNY as SILVER."
    gold = AmountOffByTier({"GOLD": 1}, CDS)
    assert gold.apply(goods(1, member=shopper(SILVER))).remedy == "GOLD members get 0.01 CNY off."
    assert gold.apply(goods(0, member=shopper(SILVER))).remedy is None
    silver = AmountOffByTier({"SILVER": 1}).apply(goods(member=shopper(GOLD)))
    assert (silver.amount, silver.remedy) == (0, None)  # nobody falls to a tier by buying
    guest = FACES.apply(goods(member=None))
    assert (guest.text, guest.remedy) == ("the order names no member.", "Name the member of the order.")


BRACKETS = (Bracket(100_00, 10_00), Bracket(300_00, 40_00), Bracket(200_00, 25_00))


@pytest.mark.parametrize(
    ("basis", "amount"),
    [(99_99, 0), (100_00, 10_00), (199_99, 10_00), (200_00, 25_00), (300_00, 40_00), (9_000_00, 40_00)],
)
def test_the_highest_bracket_that_is_reached_counts(basis: int, amount: int) -> None:
    outcome = AmountOffStaged(BRACKETS).apply(goods(basis))
    assert outcome.amount == amount
    assert outcome.remedy == (None if amount else "0.01 CNY more.")


def test_a_staged_amount_shows_its_arithmetic() -> None:
    outcome = AmountOffStaged(BRACKETS).apply(goods(250_00))
    assert outcome.text == "25.00 CNY off all goods: 25.00 CNY from 200.00 CNY on."
    assert outcome.arithmetic == ("250.00 reaches 200.00 = 25.00",)
    assert outcome.facts == {"basis": 25000, "from": 20000, "each": 2500}


percents = st.decimals("0.0001", 100, places=4)
by_amount = st.one_of(
    st.builds(PercentOff, percents, st.just(CDS), st.none(), st.sampled_from(list(Rounding))),
    st.builds(AmountOff, st.integers(1, 50), st.just(CDS), st.none() | st.integers(1, 99)),
    st.builds(
        lambda least, gives: AmountOffStaged((Bracket(least, gives),), CDS), st.integers(0, 99), st.integers(1, 9)
    ),
    st.builds(lambda amount: AmountOffByTier({"MEMBER": amount}, CDS), st.integers(1, 99)),
)


@given(by_amount, st.integers(0, 99))
def test_the_remedy_is_the_least_that_gives_something(rule: EffectRule, price: int) -> None:
    facts = cart(line("a", price), line("b", 50_00, sku="LP"))
    outcome = rule.apply(facts)
    if outcome.amount:
        assert outcome.remedy is None
        return
    assert outcome.remedy is not None
    assert outcome.remedy.endswith(" CNY more of CD.")
    gap = minor(outcome.remedy)
    assert rule.apply(with_more(facts, line("more", gap))).amount > 0
    assert rule.apply(with_more(facts, line("more", gap - 1))).amount == 0


# ── shipping ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rule", "amount", "text", "arithmetic", "facts"),
    [
        (
            ShippingOff(percent=HALF),
            4_03,
            "4.03 CNY off shipping: 50 %.",
            ("8.05 × 50 % = 4.025", "4.025 rounded half_up = 4.03"),
            {"basis": 805, "percent": "50"},
        ),
        (
            ShippingOff(amount=5_00),
            5_00,
            "5.00 CNY off shipping: 5.00 CNY.",
            ("fixed = 5.00",),
            {"basis": 805, "each": 500},
        ),
        (
            ShippingOff(amount=9_00),
            8_05,
            "8.05 CNY off shipping: 9.00 CNY, cut to what is left to pay.",
            ("9.00, cut to what is left to pay = 8.05",),
            {"basis": 805, "each": 900},
        ),
    ],
)
def test_shipping_off_lowers_shipping_alone(
    rule: ShippingOff, amount: int, text: str, arithmetic: tuple[str, ...], facts: dict[str, object]
) -> None:
    found = goods(shipping=8_05)
    assert rule.apply(found) == Outcome(EffectKind.SHIPPING_DISCOUNT, None, amount, text, arithmetic, facts)
    assert (found.running.shipping, found.running.goods) == (8_05 - amount, 100_00)


@given(st.builds(ShippingOff, percents) | st.builds(ShippingOff, st.none(), st.integers(1, 99)), st.integers(0, 50))
def test_the_remedy_of_shipping_is_the_least_that_gives_something(rule: ShippingOff, shipping: int) -> None:
    outcome = rule.apply(goods(shipping=shipping))
    if not outcome.amount:
        assert outcome.remedy is not None
        gap = minor(outcome.remedy)
        assert rule.apply(goods(shipping=shipping + gap)).amount > 0
        assert rule.apply(goods(shipping=shipping + gap - 1)).amount == 0


# ── gifts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_gift_is_pieces_at_no_price() -> None:
    facts = goods()
    assert Gift("BAG", "Tote bag", 2).apply(facts) == Outcome(
        kind=EffectKind.GIFT,
        asset_id=None,
        amount=2,
        text="2 × Tote bag as a gift.",
        arithmetic=("2 × 1 = 2",),
        facts={"sku": "BAG", "quantity": 2},
        gift=GiftLine("BAG", "Tote bag", 2),
    )
    assert amounts(facts) == {"1": 100_00}


def test_a_gift_for_each_so_much_of_goods() -> None:
    rule = Gift("BAG", quantity=2, every=30_00, times=5)
    outcome = rule.apply(goods(100_00, shipping=50_00))
    assert (outcome.amount, outcome.times, outcome.gift) == (6, 3, GiftLine("BAG", None, 6))
    assert outcome.arithmetic == ("100.00 ÷ 30.00 rounded down = 3", "2 × 3 = 6")
    assert outcome.facts == {"sku": "BAG", "quantity": 6, "basis": 10000, "every": 3000, "times": 3}
    bounded = rule.apply(goods(100_00, most_times=2))
    assert (bounded.amount, bounded.arithmetic[1]) == (4, "3 times, at most 2 = 2")
    none = rule.apply(goods(29_99))
    assert (none.amount, none.gift, none.remedy) == (0, None, "0.01 CNY more.")
    assert rule.apply(goods(30_00)).amount == 2


def test_a_gift_is_no_more_pieces_than_a_line_can_have() -> None:
    outcome = Gift("BAG", quantity=3, every=1).apply(goods(10**12))
    assert outcome.amount == 3 * (QUANTITY_MAX // 3) <= QUANTITY_MAX
    assert outcome.arithmetic[1] == "1000000000000 times, at most 333333 = 333333"
    assert Gift("BAG", quantity=3, every=1, times=QUANTITY_MAX).apply(goods(10**12)).amount == outcome.amount


# ── without an order ─────────────────────────────────────────────────────────────────────────────────────────────────

ALL: list[EffectRule] = [
    PercentOff(TEN),
    PercentOffByTier({"MEMBER": TEN}),
    AmountOff(1),
    AmountOffStaged(BRACKETS),
    AmountOffByTier({"MEMBER": 1}),
    CheapestOff(3, 1),
    NthItemOff(2, HALF),
    FixedPrice(1),
    Exchange(CDS, price=1),
    BundlePrice(2, 1),
    ShippingOff(percent=HALF),
    Gift("BAG"),
]


@pytest.mark.parametrize("rule", ALL)
def test_what_lowers_an_order_needs_one(rule: EffectRule) -> None:
    outcome = rule.apply(occasion())
    assert (outcome.amount, outcome.text, outcome.asset_id) == (0, "there is no order.", None)


@pytest.mark.parametrize("rule", ALL)
def test_the_last_step_ends_in_the_amount_and_the_text_names_it(rule: EffectRule) -> None:
    outcome = rule.apply(cart(line("a", 200_00, 3), line("b", 7), shipping=5_00))
    amount = str(outcome.amount) if outcome.kind is EffectKind.GIFT else f"{Decimal(outcome.amount) / 100:.2f}"
    assert outcome.amount > 0
    assert outcome.arithmetic[-1].endswith(f" = {amount}")
    assert outcome.text.startswith(f"{amount} × " if outcome.kind is EffectKind.GIFT else f"{amount} CNY off ")
    assert (outcome.remedy, outcome.text[-1]) == (None, ".")


def test_discounts_of_lines_come_before_those_of_shipping() -> None:
    stages = [rule.stage for rule in ALL]
    assert stages == [Stage.PROMOTION] * 10 + [Stage.SHIPPING, Stage.PROMOTION]
