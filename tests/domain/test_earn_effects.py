"""Effects that credit an asset or mark the member: by which basis, by which lines, and for whom."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.amounts import Rounding
from domain.assets import Asset, AssetKind, ExpiryFrom, ExpiryPolicy
from domain.conditions.base import Facts
from domain.effects.add_tag import AddTag
from domain.effects.base import EffectKind, EffectRule, Outcome, Parts, RunningLine, Stage
from domain.effects.brackets import Bracket
from domain.effects.earn import EarnPerAmount
from domain.effects.earn_basis import ALL_PAID, Basis, EarnBasis
from domain.effects.earn_fixed import AddProgress, EarnFixed, GrantChances
from domain.effects.earn_staged import EarnStaged
from domain.effects.multiply_earn import MultiplyEarn, MultiplyEarnByTier
from domain.matching import EVERYTHING, Match
from tests.domain.carts import applied, cart, goods, minor, occasion, shopper, with_more
from tests.domain.makers import DAY, NOON, POINTS, QUALIFYING, VALUE, asset, earn, line

CDS = Match(skus=frozenset({"CD"}))
PAID, DISCOUNTED, LISTED = Basis
SPINS = asset(code="SPIN", kind=AssetKind.PASS)
WEEK = asset(expiry=ExpiryPolicy.ROLLING_DAYS, expiry_length=7, expiry_from=ExpiryFrom.OCCURRED)
BRACKETS = (Bracket(100_00, 10), Bracket(300_00, 50))


def by(of: Basis = PAID, shipping: bool = True, match: Match = EVERYTHING) -> EarnPerAmount:
    """Return the rule that gives a point for each yuan of this basis."""
    return replace(earn(), basis=EarnBasis(of, shipping, match))


def paid_with_points() -> Facts:
    """Return a cart of 100.00 + 50.00, less a discount of 20.00 + 10.00, with shipping of 30.00 less 10.00.

    Of the 140.00 that are left points pay 35.00, a quarter.
    """
    facts = cart(line("a", 100_00), line("b", 25_00, 2, sku="LP"), shipping=30_00)
    facts.running.take_off({"a": 20_00, "b": 10_00})
    facts.running.shipping = 20_00
    facts.running.spent = 35_00
    return facts


@pytest.mark.parametrize(
    ("of", "shipping", "match", "amount", "parts", "text", "facts"),
    [
        (PAID, True, EVERYTHING, 105, None, "105.00 CNY paid", {}),
        (PAID, False, EVERYTHING, 90, {"a": 60_00, "b": 30_00}, "90.00 CNY paid without shipping", {"shipping": False}),
        (PAID, False, CDS, 60, {"a": 60_00}, "60.00 CNY paid for CD", {"shipping": False, "match": "CD"}),
        (PAID, True, CDS, 75, {"a": 60_00}, "75.00 CNY paid for CD with shipping", {"match": "CD"}),
        (
            DISCOUNTED,
            True,
            EVERYTHING,
            140,
            {"a": 80_00, "b": 40_00},
            "140.00 CNY after discounts",
            {"of": "DISCOUNTED"},
        ),
        (
            LISTED,
            False,
            EVERYTHING,
            150,
            {"a": 100_00, "b": 50_00},
            "150.00 CNY at list prices without shipping",
            {"of": "LISTED", "shipping": False},
        ),
        (LISTED, True, CDS, 130, {"a": 100_00}, "130.00 CNY at list prices for CD with shipping", None),
    ],
)
def test_earning_is_measured_as_the_rule_says(
    of: Basis,
    *,
    shipping: bool,
    match: Match,
    amount: int,
    parts: Parts | None,
    text: str,
    facts: dict[str, object] | None,
) -> None:
    outcome = by(of, shipping, match).apply(paid_with_points())
    assert (outcome.amount, outcome.parts, outcome.text) == (amount, parts, f"{amount} POINTS for {text}.")
    usual = {"basis": amount * 100, "points": 1, "per": 100, "rounding": "DOWN"}
    assert outcome.facts == usual | ({"of": "LISTED", "match": "CD"} if facts is None else facts)


def test_the_usual_basis_is_all_that_is_paid() -> None:
    outcome = earn().apply(paid_with_points())
    assert earn().basis == ALL_PAID
    assert (outcome.facts["basis"], outcome.parts) == (105_00, None)
    assert outcome.arithmetic == ("105.00 ÷ 1.00 × 1 = 105", "105 rounded down per order = 105")


def test_goods_of_nothing_have_no_parts_and_gifts_never_count() -> None:
    facts = cart(line("a", 0), shipping=10_00)
    facts.running.lines.append(RunningLine(line("gift-1", 5_00), 0, is_gift=True))
    outcome = by(LISTED).apply(facts)
    assert (outcome.amount, outcome.parts) == (10, None)
    assert by(LISTED, shipping=False, match=CDS).apply(facts).amount == 0


@pytest.mark.parametrize("rule", [by(match=CDS, shipping=False), by(DISCOUNTED, match=CDS), by(LISTED), earn()])
def test_the_remedy_names_what_is_missing_of_the_goods_that_count(rule: EarnPerAmount) -> None:
    facts = cart(line("a", 40), line("b", 0, sku="LP"))
    outcome = rule.apply(facts)
    assert outcome.remedy is not None
    assert outcome.remedy.startswith("0.60 CNY more")
    assert outcome.remedy.endswith(("more.", "more of CD.", "more of all goods."))
    assert rule.apply(with_more(facts, line("c", minor(outcome.remedy)))).amount == 1
    assert rule.apply(with_more(facts, line("c", minor(outcome.remedy) - 1))).amount == 0


def test_with_points_used_as_money_the_remedy_says_that_it_is_to_be_paid() -> None:
    facts = cart(line("a", 1_00), line("b", 1_00, sku="LP"), spent=1_00)
    assert by(match=CDS, shipping=False).apply(facts).remedy == "0.50 CNY more paid for CD."
    assert by(LISTED, match=CDS, shipping=False).apply(facts).amount == 1


# ── staged ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("payable", "amount"), [(0, 0), (99_99, 0), (100_00, 10), (299_99, 10), (300_00, 50), (9_000_00, 50)]
)
def test_the_highest_bracket_that_is_reached_is_earned(payable: int, amount: int) -> None:
    assert EarnStaged(POINTS, BRACKETS).apply(goods(payable)).amount == amount


def test_a_staged_earning_shows_its_arithmetic_and_facts() -> None:
    rule = EarnStaged(POINTS, BRACKETS[::-1], EarnBasis(DISCOUNTED, shipping=False, match=CDS))
    facts = cart(line("a", 120_00), line("b", 900_00, sku="LP"), shipping=900_00)
    assert rule.apply(facts) == Outcome(
        kind=EffectKind.EARN,
        asset_id=POINTS.id,
        amount=10,
        text="10 POINTS for 120.00 CNY after discounts for CD, from 100.00 CNY on.",
        arithmetic=("120.00 reaches 100.00 = 10",),
        facts={"basis": 12000, "from": 10000, "points": 10, "of": "DISCOUNTED", "shipping": False, "match": "CD"},
        parts={"a": 120_00},
    )
    earned = facts.running.earn[POINTS.id]
    assert (earned.exact, earned.total, earned.rounding, earned.by_line) == (10, 10, Rounding.DOWN, {"a": 10})


def test_the_remedy_of_a_staged_earning_is_the_gap_to_the_first_bracket() -> None:
    rule = EarnStaged(POINTS, BRACKETS, EarnBasis(shipping=False, match=CDS))
    facts = cart(line("a", 30_00), line("b", 900_00, sku="LP"))
    outcome = rule.apply(facts)
    assert outcome.text == "30.00 CNY paid for CD, and 100.00 CNY are needed."
    assert (outcome.asset_id, outcome.remedy) == (POINTS.id, "70.00 CNY more of CD.")
    assert rule.apply(with_more(facts, line("c", 70_00))).amount == 10
    assert rule.apply(with_more(facts, line("c", 69_99))).amount == 0
    assert facts.running.earn == {}


# ── fixed ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rule", "text", "spelled", "stage"),
    [
        (EarnFixed(POINTS, 50), "50 POINTS for the {what}.", "50", Stage.EARN),
        (EarnFixed(VALUE, 50), "0.50 VALUE for the {what}.", "0.50", Stage.EARN),
        (GrantChances(SPINS, 3), "3 SPIN to draw with.", "3", Stage.EARN),
        (AddProgress("STANDARD", QUALIFYING, 5_00), "5.00 TIER of progress on STANDARD.", "5.00", Stage.PROGRESS),
    ],
)
def test_a_fixed_amount_is_credited_with_an_order_and_without(
    rule: EarnFixed | GrantChances | AddProgress, text: str, spelled: str, stage: Stage
) -> None:
    for facts, what in ((goods(), "order"), (occasion(), "occasion")):
        outcome = rule.apply(facts)
        amount = int(spelled.replace(".", ""))
        assert (outcome.kind, outcome.asset_id, outcome.amount) == (EffectKind.EARN, rule.asset.id, amount)
        assert (outcome.text, outcome.arithmetic) == (text.format(what=what), (f"fixed = {spelled}",))
        assert (outcome.facts, outcome.parts, outcome.remedy) == ({"points": amount}, None, None)
        assert (rule.asset.id in facts.running.earn) == (stage is Stage.EARN)
    assert rule.stage is stage


def test_a_multiplier_counts_what_is_earned_and_not_progress() -> None:
    facts = goods()
    rules: list[EffectRule] = [earn(1, 3_00, Rounding.UP), EarnFixed(POINTS, 50), AddProgress("STANDARD", POINTS, 7)]
    assert [outcome.amount for outcome in applied(rules, facts)] == [34, 50, 7]
    # 84 × 1.01 = 84.84, rounded as the rule by amount says; a fixed amount has no mode of its own
    assert MultiplyEarn(POINTS, Decimal("1.01")).apply(facts).amount == 1


@pytest.mark.parametrize(
    ("modes", "amount"), [("DOWN UP", 2), ("UP DOWN", 1), ("UP DOWN fixed", 1), ("DOWN UP fixed", 2)]
)
def test_a_product_is_rounded_in_the_mode_of_the_last_base_rule_that_has_one(modes: str, amount: int) -> None:
    rules: list[EffectRule] = [
        EarnFixed(POINTS, 1) if mode == "fixed" else earn(rounding=Rounding(mode)) for mode in modes.split()
    ]
    *_, more = applied([*rules, MultiplyEarn(POINTS, Decimal("1.0076"))], goods(100_00))
    assert more.amount == amount  # beyond 200 or 201: the product is 201.52 or 202.5276


def test_multipliers_know_by_which_lines_was_earned() -> None:
    facts = cart(line("a", 60_00), line("b", 40_00, sku="LP"))
    double = MultiplyEarn(POINTS, Decimal(2))
    first = by(shipping=False, match=CDS).apply(facts)
    assert first.parts == {"a": 60_00}
    assert double.apply(facts).parts == {"a": 1}

    def parts_after(*rules: EffectRule) -> Parts | None:
        found = cart(line("a", 60_00), line("b", 40_00, sku="LP"))
        applied(rules, found)
        return double.apply(found).parts

    cds = by(shipping=False, match=CDS)
    lps = by(LISTED, shipping=False, match=Match(skus=frozenset({"LP"})))
    assert parts_after(earn(), EarnFixed(POINTS, 5)) is None
    # 100 points of both and 60 of the discs: 60 + 60 and 40
    assert parts_after(earn(), cds) == parts_after(cds, earn()) == {"a": 3, "b": 1}
    assert parts_after(cds, lps) == {"a": 3, "b": 2}
    # 60 points of the discs, and of 5 points 3 and 2
    assert parts_after(cds, EarnFixed(POINTS, 5)) == {"a": 63, "b": 2}
    nothing = replace(earn(1, 1_000_00), basis=EarnBasis(DISCOUNTED))
    assert parts_after(nothing, cds) == parts_after(cds, nothing) == {"a": 1}
    # ten times as many for the discs: 60 + 600 and 40
    assert parts_after(earn(), replace(cds, points=10)) == {"a": 33, "b": 2}
    # a third of 1,000 each and 33: 333 ⅓ + 33, exactly
    thirds = cart(line("a", 33), line("b", 33), line("c", 33))
    applied((EarnFixed(POINTS, 1000), replace(by(LISTED, match=CDS), points=100)), thirds)
    assert double.apply(thirds).parts == {"a": 1, "b": 1, "c": 1}
    assert parts_after(nothing, earn()) is None


# ── whom and what nothing is given ───────────────────────────────────────────────────────────────────────────────────

TWICE = Decimal(2)
OF_ORDERS: list[EffectRule] = [
    earn(),
    by(LISTED, match=CDS),
    EarnStaged(POINTS, BRACKETS),
    MultiplyEarn(POINTS, TWICE),
    MultiplyEarnByTier(POINTS, {"SILVER": TWICE}),
]
OF_ANYTHING: list[EffectRule] = [
    EarnFixed(POINTS, 1),
    GrantChances(SPINS, 1),
    AddProgress("STANDARD", QUALIFYING, 1),
    AddTag("VIP"),
]


@pytest.mark.parametrize("rule", OF_ORDERS + OF_ANYTHING)
def test_a_guest_gets_nothing_that_a_member_keeps(rule: EffectRule) -> None:
    for facts in (goods(300_00, member=None), occasion(None)):
        outcome = rule.apply(facts)
        assert (outcome.amount, outcome.text) == (0, "the order names no member.")
        assert outcome.remedy == "Name the member of the order."
        assert facts.running.earn == {}


@pytest.mark.parametrize("rule", OF_ORDERS)
def test_what_measures_an_order_needs_one(rule: EffectRule) -> None:
    facts = occasion()
    assert EarnFixed(POINTS, 10).apply(facts).amount == 10
    outcome = rule.apply(facts)
    assert (outcome.amount, outcome.text, outcome.remedy) == (0, "there is no order.", None)


@pytest.mark.parametrize(
    "make",
    [
        lambda of: earn(of=of),
        lambda of: EarnStaged(of, BRACKETS),
        lambda of: EarnFixed(of, 1),
        lambda of: GrantChances(of, 1),
        lambda of: AddProgress("STANDARD", of, 1),
    ],
)
def test_nothing_is_credited_that_would_be_born_expired(make: Callable[[Asset], EffectRule]) -> None:
    rule = make(WEEK)
    late = goods(300_00, at=NOON - 7 * DAY)
    outcome = rule.apply(late)
    assert (outcome.amount, outcome.text) == (0, "the order is older than POINTS last.")
    assert (outcome.kind, outcome.asset_id, late.running.earn) == (EffectKind.EARN, WEEK.id, {})
    assert rule.apply(goods(300_00, at=NOON - 7 * DAY + timedelta(microseconds=1))).amount > 0


def test_an_occasion_may_be_longer_ago_than_points_last() -> None:
    facts = replace(occasion(), occurred_at=NOON - 8 * DAY)
    assert EarnFixed(WEEK, 1).apply(facts).text == "it is longer ago than POINTS last."


def test_a_tag_is_added_once() -> None:
    rule = AddTag("VIP")
    for facts in (goods(), occasion()):
        assert rule.apply(facts) == Outcome(EffectKind.TAG, None, 1, "The tag VIP.", ("1 tag = 1",), {"tag": "VIP"})
    again = rule.apply(goods(member=shopper(tags=frozenset({"VIP", "OLD"}))))
    assert (again.kind, again.amount, again.text) == (EffectKind.TAG, 0, "the member has the tag VIP already.")
    assert rule.apply(goods(member=shopper(tags=frozenset({"OLD"})))).amount == 1
    assert rule.stage is Stage.PROGRESS


@pytest.mark.parametrize(
    "rule", [*OF_ORDERS[:3], *OF_ANYTHING[:3], EarnStaged(VALUE, BRACKETS), by(DISCOUNTED, match=CDS)]
)
def test_the_last_step_ends_in_the_amount_and_the_text_names_it(rule: EarnFixed) -> None:
    outcome = rule.apply(goods(123_45))
    amount = rule.asset.spelled(outcome.amount)
    assert outcome.amount > 0
    assert outcome.arithmetic[-1].endswith(f" = {amount}")
    assert outcome.text.startswith(f"{amount} {rule.asset.code} ")
