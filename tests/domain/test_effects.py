"""Effects: how many points, rounded where and how often, and what would have given more."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from math import ceil, floor, prod
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.amounts import Rounding
from domain.assets import Asset, ExpiryFrom, ExpiryPolicy
from domain.conditions.base import Facts
from domain.effects.base import EffectKind, Outcome, RunningEarn, Stage
from domain.effects.earn import EarnPerAmount
from domain.effects.multiply_earn import MultiplyEarn, MultiplyEarnByTier
from domain.program import Tier
from tests.domain.carts import applied, goods, shopper
from tests.domain.makers import DAY, NOON, POINTS, TIERS, VALUE, asset, earn

DOWN, HALF_UP, UP = Rounding.DOWN, Rounding.HALF_UP, Rounding.UP
MEMBER, SILVER, GOLD = TIERS
roundings = st.sampled_from(list(Rounding))
factors = st.decimals(1, 5, places=2)


def earned(rule: EarnPerAmount, payable: int) -> Outcome:
    return rule.apply(goods(payable))


def after(base: int, rounding: Rounding = DOWN, *, of: Asset = POINTS, **facts: Any) -> Facts:
    """Return a cart of which a base rule gave `base` minor units of an asset."""
    found = goods(**facts)
    found.running.earn[of.id] = RunningEarn(Decimal(base), base, rounding)
    return found


def multiplied(base: int, *by: Decimal, rounding: Rounding = DOWN) -> list[Outcome]:
    """Return what each multiplier gives after a base rule gave `base` points."""
    return applied([MultiplyEarn(POINTS, factor) for factor in by], after(base, rounding))


@pytest.mark.parametrize(
    ("payable", "points", "per", "rounding", "amount"),
    [
        (29_99, 1, 1_00, DOWN, 29),  # 29.99 × 1 = 29.99
        (29_99, 1, 1_00, HALF_UP, 30),
        (29_99, 1, 1_00, UP, 30),
        (29_50, 1, 1_00, DOWN, 29),  # exactly a half
        (29_50, 1, 1_00, HALF_UP, 30),
        (30_50, 1, 1_00, HALF_UP, 31),  # and not the even 30
        (29_49, 1, 1_00, HALF_UP, 29),
        (29_01, 1, 1_00, UP, 30),
        (100_00, 1, 1_00, DOWN, 100),
        (99_99, 1, 10_00, DOWN, 9),  # 9.999
        (99_99, 1, 10_00, UP, 10),
        (100_00, 3, 7_00, DOWN, 42),  # 100 ÷ 7 × 3 = 42.857…
        (100_00, 3, 7_00, HALF_UP, 43),
        (10_00, 1, 3_00, DOWN, 3),  # 3.333…: divided last, so that 9.00 ÷ 3 × 1 is 3 and not 2.999…
        (9_00, 1, 3_00, DOWN, 3),
        (1, 1, 1, DOWN, 1),
        (1, 1, 1_00, UP, 1),  # a hundredth of a point
        (0, 1, 1_00, UP, 0),  # an order of nothing earns nothing, however it is rounded
        (0, 1, 1_00, DOWN, 0),
        (2**62 - 1, 1, 1, DOWN, 2**62 - 1),
    ],
)
def test_points_per_amount(payable: int, points: int, per: int, rounding: Rounding, amount: int) -> None:
    assert earned(earn(points, per, rounding), payable).amount == amount


def test_an_asset_with_decimals_earns_fractions() -> None:
    # 5 % of 12.34 is 0.617: 61 minor units of an asset with two decimals
    outcome = earned(earn(5, 1_00, DOWN, of=VALUE), 12_34)
    assert outcome.amount == 61
    assert outcome.text == "0.61 VALUE for 12.34 CNY paid."
    assert outcome.arithmetic == ("12.34 ÷ 1.00 × 0.05 = 0.617", "0.617 rounded down per order = 0.61")


def test_an_earning_shows_its_arithmetic_and_facts() -> None:
    outcome = earned(earn(2, 3_00, HALF_UP), 10_00)
    assert outcome == Outcome(
        kind=EffectKind.EARN,
        asset_id=POINTS.id,
        amount=7,
        text="7 POINTS for 10.00 CNY paid.",
        arithmetic=(
            "10.00 ÷ 3.00 × 2 = 6.6666666666666666666666…",
            "6.6666666666666666666666… rounded half_up per order = 7",
        ),
        facts={"basis": 1000, "points": 2, "per": 300, "rounding": "HALF_UP"},
        remedy=None,
    )


def test_two_base_rules_of_one_asset_add_up() -> None:
    facts = goods(10_50)
    assert [outcome.amount for outcome in applied([earn(1, 1_00), earn(1, 2_00)], facts)] == [10, 5]
    running = facts.running
    assert (running.earn[POINTS.id].exact, running.earn[POINTS.id].total) == (Decimal(15), 15)


@given(st.integers(0, 10**12), st.integers(1, 10**6), st.integers(1, 10**6), roundings)
def test_points_are_the_exact_share_rounded_once(payable: int, points: int, per: int, rounding: Rounding) -> None:
    exact = Fraction(payable * points, per)
    wanted = {DOWN: floor(exact), HALF_UP: floor(exact + Fraction(1, 2)), UP: ceil(exact)}[rounding]
    assert earned(earn(points, per, rounding), payable).amount == wanted


@given(st.integers(1, 500), st.integers(1, 100_00), roundings, st.data())
def test_the_remedy_is_the_least_that_earns_something(
    points: int, per: int, rounding: Rounding, data: st.DataObject
) -> None:
    rule = earn(points, per, rounding)
    payable = data.draw(st.integers(0, per // points))
    outcome = earned(rule, payable)
    if outcome.amount:
        assert outcome.remedy is None
        return
    assert outcome.remedy is not None
    more = int(outcome.remedy.removesuffix(" CNY more.").replace(".", ""))
    assert more > 0
    assert earned(rule, payable + more).amount >= 1
    assert more == 1 or earned(rule, payable + more - 1).amount == 0


@pytest.mark.parametrize(
    ("payable", "per", "rounding", "remedy"),
    [
        (4_00, 10_00, DOWN, "6.00 CNY more."),
        (9_99, 10_00, DOWN, "0.01 CNY more."),
        (4_00, 10_00, HALF_UP, "1.00 CNY more."),  # 5.00 gives half a point, which is rounded up
        (0, 10_00, UP, "0.01 CNY more."),
        (0, 10_00, DOWN, "10.00 CNY more."),
    ],
)
def test_the_remedy_names_the_amount_that_is_missing(payable: int, per: int, rounding: Rounding, remedy: str) -> None:
    assert earned(earn(1, per, rounding), payable).remedy == remedy


def rolling(days: int, counted_from: ExpiryFrom = ExpiryFrom.OCCURRED) -> Asset:
    return asset(expiry=ExpiryPolicy.ROLLING_DAYS, expiry_length=days, expiry_from=counted_from)


@pytest.mark.parametrize(
    ("age", "of", "amount"),
    [
        (10 * DAY - timedelta(microseconds=1), rolling(10), 100),
        (10 * DAY, rolling(10), 0),  # would expire at the instant it is recorded: half-open, so it is over
        (11 * DAY, rolling(10), 0),
        (11 * DAY, rolling(10, ExpiryFrom.RECORDED), 100),
        (1000 * DAY, POINTS, 100),
    ],
)
def test_an_order_older_than_its_points_last_earns_none(age: timedelta, of: Asset, amount: int) -> None:
    found = goods(at=NOON - age)
    outcome = earn(of=of).apply(found)
    assert outcome.amount == amount
    if not amount:
        assert outcome.text == "the order is older than POINTS last."
        assert outcome.remedy is None
        assert found.running.earn == {}
        assert MultiplyEarn(of, Decimal(2)).apply(found).amount == 0


def test_an_asset_whose_fixed_date_is_over_earns_none() -> None:
    over = asset(expiry=ExpiryPolicy.FIXED_DATE, expiry_date=date(2026, 3, 2))
    outcome = earn(of=over).apply(goods())
    assert (outcome.amount, outcome.text) == (0, "POINTS expired for good at the end of 2026-03-02.")
    today = asset(expiry=ExpiryPolicy.FIXED_DATE, expiry_date=date(2026, 3, 3))
    assert earn(of=today).apply(goods()).amount == 100


# ── multipliers ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("base", "by", "rounding", "growth"),
    [
        (29, ["1.1"], DOWN, [2]),  # 31.9
        (29, ["1.1"], HALF_UP, [3]),
        (29, ["1.1"], UP, [3]),
        (29, ["1.1", "2"], DOWN, [2, 32]),  # 63.8 → 63, and not 31 × 2 = 62
        (29, ["2", "1.1"], DOWN, [29, 5]),
        (10, ["1.25", "1.25"], HALF_UP, [3, 3]),  # 12.5 → 13, 15.625 → 16
        (100, ["1"], DOWN, [0]),
        (5, ["1.1"], DOWN, [0]),  # 5.5
        (5, ["1.1", "1.1"], DOWN, [0, 1]),  # 6.05: what the first left over counts for the second
        (0, ["2"], UP, [0]),
    ],
)
def test_multipliers_form_one_product_that_is_rounded_once(
    base: int, by: list[str], rounding: Rounding, growth: list[int]
) -> None:
    assert [outcome.amount for outcome in multiplied(base, *map(Decimal, by), rounding=rounding)] == growth


@given(st.integers(0, 10**9), st.lists(factors, max_size=4), roundings)
def test_the_order_of_multipliers_does_not_change_the_sum(base: int, by: list[Decimal], rounding: Rounding) -> None:
    exact = base * prod(map(Fraction, by))
    wanted = {DOWN: floor(exact), HALF_UP: floor(exact + Fraction(1, 2)), UP: ceil(exact)}[rounding]
    for order in permutations(by):
        outcomes = multiplied(base, *order, rounding=rounding)
        assert base + sum(outcome.amount for outcome in outcomes) == wanted
        assert all(outcome.amount >= 0 for outcome in outcomes)


def test_a_multiplier_shows_the_product_and_its_growth() -> None:
    (outcome,) = multiplied(29, Decimal("1.10"))
    assert outcome == Outcome(
        kind=EffectKind.MULTIPLY_EARN,
        asset_id=POINTS.id,
        amount=2,
        text="2 POINTS more: ×1.1 points.",
        arithmetic=("product with ×1.1 = 31.9, rounded down = 31", "31 − 29 = 2"),
        facts={"factor": "1.10", "before": 29},
        remedy=None,
    )


def test_a_multiplier_of_another_asset_gives_nothing() -> None:
    facts = after(50, of=VALUE)
    outcome = MultiplyEarn(POINTS, Decimal(2)).apply(facts)
    assert (outcome.amount, outcome.arithmetic) == (0, ())
    assert facts.running.earn[VALUE.id].total == 50


BY_TIER = MultiplyEarnByTier(POINTS, {"SILVER": Decimal("1.1"), "GOLD": Decimal(2)})


@pytest.mark.parametrize(
    ("tier", "amount", "text", "remedy"),
    [
        (MEMBER, 0, "0 POINTS more: ×1 points as member.", "SILVER members earn ×1.1."),
        (SILVER, 10, "10 POINTS more: ×1.1 points as SILVER.", None),
        (GOLD, 100, "100 POINTS more: ×2 points as GOLD.", None),
    ],
)
def test_the_tier_s_own_factor_multiplies(tier: Tier, amount: int, text: str, remedy: str | None) -> None:
    outcome = BY_TIER.apply(after(100, member=shopper(tier)))
    assert (outcome.amount, outcome.text, outcome.remedy) == (amount, text, remedy)


@pytest.mark.parametrize(
    ("base", "rounding", "tier", "remedy"),
    [
        (0, DOWN, MEMBER, None),  # ten times nothing is nothing
        (0, UP, SILVER, None),
        (5, DOWN, MEMBER, "GOLD members earn ×2."),  # as SILVER it would be 5.5, which is rounded to the same 5
        (5, HALF_UP, MEMBER, "SILVER members earn ×1.1."),
        (100, DOWN, GOLD, None),
    ],
)
def test_a_tier_is_named_as_a_remedy_only_when_it_would_give_something(
    base: int, rounding: Rounding, tier: Tier, remedy: str | None
) -> None:
    assert BY_TIER.apply(after(base, rounding, member=shopper(tier))).remedy == remedy
    if remedy:
        named = next(tier for tier in TIERS if remedy.startswith(tier.code))
        assert BY_TIER.apply(after(base, rounding, member=shopper(named))).amount > 0


def test_no_remedy_names_a_tier_below_or_points_that_nobody_earns() -> None:
    upside_down = MultiplyEarnByTier(POINTS, {"MEMBER": Decimal(3), "SILVER": Decimal(2)})
    assert upside_down.apply(after(100, member=shopper(GOLD))).remedy is None
    assert BY_TIER.apply(goods(member=shopper(MEMBER))).remedy is None


@given(
    st.integers(0, 30),
    roundings,
    st.sampled_from(TIERS),
    st.dictionaries(st.sampled_from([tier.code for tier in TIERS]), factors, min_size=1),
)
def test_the_remedy_by_tier_is_the_nearest_that_is_true(
    base: int, rounding: Rounding, tier: Tier, by_tier: dict[str, Decimal]
) -> None:
    rule = MultiplyEarnByTier(POINTS, by_tier)

    def as_member_of(other: Tier) -> Outcome:
        return rule.apply(after(base, rounding, member=shopper(other)))

    outcome = as_member_of(tier)
    better = [other.code for other in TIERS[tier.rank + 1 :] if as_member_of(other).amount]
    assert (outcome.remedy and outcome.remedy.split()[0]) == (None if outcome.amount else next(iter(better), None))


def test_on_several_ladders_the_highest_factor_counts() -> None:
    both = shopper(standings={SILVER.ladder_id: SILVER, POINTS.id: GOLD})
    assert BY_TIER.apply(after(100, member=both)).amount == 100


def test_base_rules_come_before_multipliers() -> None:
    assert earn().stage == Stage.EARN
    assert BY_TIER.stage == MultiplyEarn(POINTS, Decimal(2)).stage == Stage.MULTIPLY_EARN
    assert Stage.EARN < Stage.MULTIPLY_EARN
