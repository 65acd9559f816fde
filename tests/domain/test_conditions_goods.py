"""Conditions on what is bought: amounts, pieces, attributes of lines; and what campaigns with them are found by."""

from typing import Any

import pytest

from domain.conditions.attribute import AttributeIs, AttributeOf
from domain.conditions.base import Condition, Facts, OccasionFacts
from domain.conditions.combine import All, AnyOf, Not
from domain.conditions.event import EventIs
from domain.conditions.expression import Expression
from domain.conditions.matching_lines import MatchingLines
from domain.conditions.minimum_spend import MinimumSpend, SpendBasis
from domain.conditions.places import ChannelIs, StoreIs
from domain.effects.base import Running, RunningLine
from domain.explanation import ConditionResult
from domain.finding import Anchor, anchor_of
from domain.matching import Match
from tests.domain.makers import facts, line, member_facts, order

CAKE = Match(skus=frozenset({"CAKE"}))
DRINKS = Match(categories=frozenset({"DRINKS"}))
RED = Match(attributes=frozenset({("colour", "red")}))
GIFT = RunningLine(line("gift-1", 0, 3, sku="CAKE", attributes=(("colour", "pink"),)), 0, is_gift=True)


def bought(*lines: Any, shipping: int = 0, **more: Any) -> Facts:
    """Return the facts of an order of these lines."""
    return facts(order=order(lines=lines, shipping=shipping, **more))


def result(condition: Condition, found: Facts) -> ConditionResult:
    """Return the one result there is, which says the same as the condition itself."""
    (only,) = condition.results(found)
    assert only.met is condition.met(found)
    return only


def nothing_ordered(**more: Any) -> Facts:
    return facts(order=None, **more)


@pytest.mark.parametrize(
    ("of", "actual", "gap"),
    [
        (SpendBasis.PAYABLE, "85.00 CNY", "35.00 CNY more."),
        (SpendBasis.GOODS, "80.00 CNY of goods", "40.00 CNY more of goods."),
        (SpendBasis.LISTED, "100.00 CNY of goods", "20.00 CNY more of goods."),
    ],
)
def test_a_minimum_is_of_what_is_payable_of_goods_or_of_goods_as_listed(of: SpendBasis, actual: str, gap: str) -> None:
    found = bought(line(unit_price=100_00), shipping=5_00)
    found.running.take_off({"1": 20_00})
    required = "120.00 CNY" if of is SpendBasis.PAYABLE else "120.00 CNY of goods"
    assert result(MinimumSpend(120_00, of), found) == ConditionResult("minimumSpend", required, actual, False, gap)


def test_a_minimum_of_nothing_needs_an_order_all_the_same() -> None:
    assert result(MinimumSpend(0), nothing_ordered()) == ConditionResult("minimumSpend", "0.00 CNY", "no order", False)


@pytest.mark.parametrize(
    ("condition", "required", "actual", "remedy"),
    [
        (MatchingLines(CAKE, 3), "3 of CAKE", "2", "1 more of CAKE."),
        (MatchingLines(CAKE, 2), "2 of CAKE", "2", None),
        (MatchingLines(CAKE, 0, 50_00), "50.00 CNY of CAKE", "38.00 CNY", "12.00 CNY more of CAKE."),
        (MatchingLines(CAKE, 0, 38_00), "38.00 CNY of CAKE", "38.00 CNY", None),
        (
            MatchingLines(CAKE, 4, 50_00),
            "4 and 50.00 CNY of CAKE",
            "2 and 38.00 CNY",
            "2 more and 12.00 CNY more of CAKE.",
        ),
        (MatchingLines(CAKE, 1, 50_00), "1 and 50.00 CNY of CAKE", "2 and 38.00 CNY", "12.00 CNY more of CAKE."),
        (MatchingLines(DRINKS, 6), "6 of DRINKS", "5", "1 more of DRINKS."),
        (MatchingLines(RED, 2), "2 of goods with colour red", "0", "2 more of goods with colour red."),
        (MatchingLines(quantity=8), "8", "7", "1 more."),
        (
            MatchingLines(Match(except_skus=frozenset({"CAKE"})), 6),
            "6 of all goods but not CAKE",
            "5",
            "1 more of all goods but not CAKE.",
        ),
    ],
)
def test_matching_lines_count_pieces_and_what_is_left_to_pay(
    condition: MatchingLines, required: str, actual: str, remedy: str | None
) -> None:
    found = bought(line("1", 20_00, 2, sku="CAKE"), line("2", 5_00, 5, sku="TEA", category="DRINKS"))
    found.running.take_off({"1": 2_00})
    found.running.lines.append(GIFT)  # what is given counts for nothing
    expected = ConditionResult("matchingLines", required, actual, remedy is None, remedy)
    assert result(condition, found) == expected


def test_without_an_order_no_lines_match() -> None:
    assert result(MatchingLines(CAKE), nothing_ordered()).actual == "no order"


@pytest.mark.parametrize(
    ("of", "actual"),
    [
        (AttributeOf.ORDER, "colour blue"),
        (AttributeOf.LINE, "colour green, yellow"),
        (AttributeOf.MEMBER, "colour white"),
        (AttributeOf.EVENT, "colour black"),
    ],
)
def test_an_attribute_is_that_of_what_is_named(of: AttributeOf, actual: str) -> None:
    lines = line("1", attributes=(("colour", "green"), ("size", "red"))), line("2", attributes=(("colour", "yellow"),))
    found = facts(
        order=order(lines=lines, attributes=(("colour", "blue"),)),
        member=member_facts(attributes={"colour": "white"}),
        occasion=OccasionFacts("PLAYED", (("colour", "black"),)),
    )
    remedy = "Add goods with colour red." if of is AttributeOf.LINE else None
    unmet = ConditionResult("attribute", "colour red", actual, False, remedy)
    assert result(AttributeIs(of, "colour", frozenset({"red"})), found) == unmet
    one = actual.rsplit(maxsplit=1)[-1]
    assert result(AttributeIs(of, "colour", frozenset({"red", one})), found).met


@pytest.mark.parametrize("of", list(AttributeOf))
def test_what_is_not_there_has_no_attribute(of: AttributeOf) -> None:
    condition = AttributeIs(of, "colour", frozenset({"red"}))
    expected = ConditionResult("attribute", "colour red", "no colour", False)
    assert result(condition, nothing_ordered(member=None)) == expected


def test_a_store_and_a_channel_are_those_of_the_order() -> None:
    found = facts(order=order(store="BJ", channel="APP"))
    assert result(StoreIs(frozenset({"BJ", "SH"})), found) == ConditionResult("store", "BJ or SH", "BJ", True)
    assert result(ChannelIs(frozenset({"APP"})), found) == ConditionResult("channel", "APP", "APP", True)
    assert result(StoreIs(frozenset({"SH"})), found) == ConditionResult("store", "SH", "BJ", False, "Order at SH.")
    unmet = ConditionResult("channel", "TILL or WEB", "APP", False, "Order through TILL or WEB.")
    assert result(ChannelIs(frozenset({"WEB", "TILL"})), found) == unmet


def test_a_place_that_is_not_told_is_none_of_them() -> None:
    for found in (facts(), nothing_ordered()):
        assert result(StoreIs(frozenset({"BJ"})), found).actual == "no store"
        assert result(ChannelIs(frozenset({"APP"})), found).actual == "no channel"


def test_of_many_names_a_few_are_told() -> None:
    many = StoreIs(frozenset(f"S{number}" for number in range(9)))
    assert result(many, facts()).required == "S0 or S1 or S2 or S3 or S4 or one of 4 more"


def test_an_event_has_one_of_the_codes() -> None:
    condition = EventIs(frozenset({"PLAYED", "WON"}))
    played = nothing_ordered(occasion=OccasionFacts("PLAYED"))
    assert result(condition, played) == ConditionResult("event", "PLAYED or WON", "PLAYED", True)
    assert result(condition, nothing_ordered(occasion=OccasionFacts("LOST"))).actual == "LOST"
    assert result(condition, nothing_ordered(occasion=OccasionFacts(None))).actual == "no event"
    assert result(condition, facts()) == ConditionResult("event", "PLAYED or WON", "no event", False)


BJ, SH, APP = StoreIs(frozenset({"BJ"})), StoreIs(frozenset({"SH"})), ChannelIs(frozenset({"APP"}))


@pytest.mark.parametrize(
    ("condition", "anchor"),
    [
        (BJ, (Anchor.STORE, frozenset({"BJ"}))),
        (APP, (Anchor.CHANNEL, frozenset({"APP"}))),
        (EventIs(frozenset({"WON"})), (Anchor.CODE, frozenset({"WON"}))),
        (MatchingLines(CAKE), (Anchor.SKU, frozenset({"CAKE"}))),
        (MatchingLines(DRINKS), (Anchor.CATEGORY, frozenset({"DRINKS"}))),
        (
            MatchingLines(Match(skus=frozenset({"CAKE"}), categories=frozenset({"DRINKS"}))),
            (Anchor.SKU, frozenset({"CAKE"})),
        ),
        (MatchingLines(RED), None),
        (MinimumSpend(1), None),
        (All((MinimumSpend(1), APP)), (Anchor.CHANNEL, frozenset({"APP"}))),
        (All((APP, All((BJ,)))), (Anchor.STORE, frozenset({"BJ"}))),
        (AnyOf((BJ, SH)), (Anchor.STORE, frozenset({"BJ", "SH"}))),
        (AnyOf((BJ, APP)), None),
        (AnyOf((BJ, MinimumSpend(1))), None),
        (AnyOf((All((BJ, APP)), SH)), (Anchor.STORE, frozenset({"BJ", "SH"}))),
        (Not(BJ), None),
        (All((Not(BJ),)), None),
    ],
)
def test_a_campaign_is_found_by_what_its_condition_cannot_do_without(condition: Condition, anchor: object) -> None:
    assert anchor_of(condition) == anchor


def test_a_gift_is_no_line_of_the_order() -> None:
    running = Running.of(order(lines=(line(sku="TEA"),)))
    running.lines.append(GIFT)
    found = facts(order=order(lines=(line(sku="TEA"),)), running=running)
    assert not MatchingLines(CAKE).met(found)
    assert not AttributeIs(AttributeOf.LINE, "colour", frozenset({"pink"})).met(found)
    assert Expression("order.lines.size() == 1 && order.quantity == 1").met(found)
