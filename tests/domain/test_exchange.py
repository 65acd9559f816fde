"""`exchange`: the dearest pieces for nothing, or for little; case by case, with the arithmetic."""

import pytest

from domain.effects.amount_off import AmountOff
from domain.effects.base import EffectKind, Outcome, RunningLine
from domain.effects.piece_price import Exchange, FixedPrice
from domain.matching import Match
from domain.orders import LineContent
from tests.domain.carts import amounts, applied, cart, goods
from tests.domain.makers import line

CDS = Match(skus=frozenset({"CD"}))
MIXED = [line("a", 10_01, 2), line("b", 7_00, 3), line("c", 99_99, 1, sku="LP")]


@pytest.mark.parametrize(
    ("lines", "quantity", "price", "parts"),
    [
        # one piece, unless told, and the dearest
        (MIXED, 1, 0, {"a": 10_01}),
        (MIXED, 2, 0, {"a": 20_02}),
        (MIXED, 3, 0, {"a": 20_02, "b": 7_00}),
        # fewer pieces than asked: as many as there are, and nothing of other goods
        (MIXED, 5, 0, {"a": 20_02, "b": 21_00}),
        (MIXED, 6, 0, {"a": 20_02, "b": 21_00}),
        (MIXED, 1_000_000, 0, {"a": 20_02, "b": 21_00}),
        # 2 × (10.01 − 3.33), and 1 × (7.00 − 3.33)
        (MIXED, 3, 3_33, {"a": 13_36, "b": 3_67}),
        # b costs the price: it is left as it is, and a is not cheaper for it
        (MIXED, 3, 7_00, {"a": 6_02}),
        (MIXED, 3, 6_99, {"a": 6_04, "b": 1}),
        # a costs 0.01 more than the price; at the price and above it nothing is lowered
        (MIXED, 2, 10_00, {"a": 2}),
        (MIXED, 2, 10_01, {}),
        (MIXED, 2, 10_02, {}),
        # what costs nothing already is no exchange
        ([line("a", 0, 2), line("b", 1, 1)], 2, 0, {"b": 1}),
        ([line("a", 0, 2)], 2, 0, {}),
        # the item is not in the cart
        ([line("a", 9_99, 2, sku="LP")], 1, 0, {}),
        # of the same price, the line that is named first by its ref
        ([line("b", 5_00, 2), line("a", 5_00, 2)], 3, 0, {"a": 10_00, "b": 5_00}),
    ],
)
def test_the_dearest_pieces_cost_the_price(
    lines: list[LineContent], quantity: int, price: int, parts: dict[str, int]
) -> None:
    facts = cart(*lines)
    before = amounts(facts)
    outcome = Exchange(CDS, quantity, price).apply(facts)
    assert (outcome.amount, outcome.parts or {}) == (sum(parts.values()), parts)
    assert amounts(facts) == {ref: amount - parts.get(ref, 0) for ref, amount in before.items()}
    assert (outcome.remedy is None) == bool(parts)


def test_an_exchange_shows_its_arithmetic_and_facts() -> None:
    assert Exchange(CDS, 3, 3_33).apply(cart(*MIXED)) == Outcome(
        kind=EffectKind.DISCOUNT,
        asset_id=None,
        amount=17_03,
        text="17.03 CNY off 3 of 5 pieces of CD in exchange: 3.33 CNY each.",
        arithmetic=(
            "5 pieces dearer than 3.33, at most 3 = 3",
            "2 × 10.01 + 1 × 7.00 = 27.02",
            "27.02 − 3 × 3.33 = 17.03",
        ),
        facts={"basis": 27_02, "pieces": 3, "price": 3_33, "quantity": 3},
        parts={"a": 13_36, "b": 3_67},
    )
    few = Exchange(CDS, 9).apply(cart(line("a", 10_01)))
    assert few.text == "10.01 CNY off 1 of 1 piece of CD in exchange: 0.00 CNY each."
    assert few.arithmetic == (
        "1 piece dearer than 0.00, at most 9 = 1",
        "1 × 10.01 = 10.01",
        "10.01 − 1 × 0.00 = 10.01",
    )


@pytest.mark.parametrize(
    ("lines", "price", "text", "remedy"),
    [
        (["LP"], 0, "the order has no piece of CD.", "Add a piece of CD."),
        (["LP"], 1_00, "the order has no piece of CD.", "Add a piece of CD for 1.01 CNY or more."),
        (["CD"], 9_99, "no piece of CD costs more than 9.99 CNY.", "Add a piece of CD for 10.00 CNY or more."),
    ],
)
def test_what_is_missing_is_to_be_added(lines: list[str], price: int, text: str, remedy: str) -> None:
    facts = cart(*(line(sku, 9_99, 2, sku=sku) for sku in lines))
    outcome = Exchange(CDS, 2, price).apply(facts)
    assert (outcome.amount, outcome.text, outcome.remedy) == (0, text, remedy)
    assert (outcome.parts, outcome.arithmetic, outcome.facts) == (None, (), {})
    assert amounts(facts) == dict.fromkeys(lines, 1998)


def test_of_what_costs_nothing_one_that_costs_something_is_to_be_added() -> None:
    outcome = Exchange(CDS).apply(goods(0))
    assert (outcome.text, outcome.remedy) == (
        "no piece of CD costs more than 0.00 CNY.",
        "Add a piece of CD for 0.01 CNY or more.",
    )


def test_after_another_discount_the_dearest_are_those_for_which_most_is_left_to_pay() -> None:
    facts = cart(line("a", 10_00, 3), line("b", 9_00, 2), line("c", 8_00, 1))
    first, second = applied([AmountOff(10_00), Exchange(CDS, 3, 1_00)], facts)
    # 10.00 over 30, 18 and 8: 5.36, 3.21 and 1.43. So a is 24.64: 8.22, 8.21, 8.21; b is 14.79: 7.40, 7.39; c 6.57
    assert first.parts == {"a": 5_36, "b": 3_21, "c": 1_43}
    assert (second.amount, second.parts) == (21_64, {"a": 21_64})
    assert second.arithmetic[1:] == ("1 × 8.22 + 2 × 8.21 = 24.64", "24.64 − 3 × 1.00 = 21.64")
    # a is 1.00 a piece now, and no dearer than the price: b is what is exchanged next, and then c
    third = Exchange(CDS, 3, 1_00).apply(facts)
    assert (third.amount, third.parts) == (18_36, {"b": 12_79, "c": 5_57})
    assert amounts(facts) == {"a": 3_00, "b": 2_00, "c": 1_00}
    assert Exchange(CDS, 3, 1_00).apply(facts).amount == 0


def test_an_uneven_line_has_pieces_that_differ_by_one_fen() -> None:
    facts = cart(line("a", 3_34, 3))
    facts.running.take_off({"a": 2})  # 10.00 for three: 3.34, 3.33 and 3.33
    assert Exchange(CDS, 2, 3_33).apply(facts).parts == {"a": 1}
    assert Exchange(CDS, 2).apply(facts).arithmetic[1] == "2 × 3.33 = 6.66"


def test_an_exchange_of_all_pieces_is_a_fixed_price() -> None:
    one, other = cart(*MIXED), cart(*MIXED)
    exchange, fixed = Exchange(CDS, 5, 1_11).apply(one), FixedPrice(1_11, CDS).apply(other)
    assert (exchange.amount, exchange.parts, exchange.arithmetic[1:]) == (fixed.amount, fixed.parts, fixed.arithmetic)
    assert exchange.facts == fixed.facts | {"quantity": 5}


def test_the_limit_per_order_bounds_how_often_and_not_how_many_pieces() -> None:
    outcome = Exchange(CDS, 3).apply(cart(line("a", 10_00, 4), most_times=1))
    assert (outcome.amount, outcome.times) == (30_00, 1)


def test_a_gift_of_another_campaign_is_not_exchanged() -> None:
    facts = cart(line("a", 5_00, sku="LP"))
    facts.running.lines.append(RunningLine(line("gift-1", 0), 0, is_gift=True))
    assert Exchange(CDS).apply(facts).text == "the order has no piece of CD."
