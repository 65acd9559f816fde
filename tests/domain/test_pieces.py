"""Rules that pick pieces by price, against a model that writes every piece out."""

from collections import Counter
from decimal import Decimal
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.amounts import Rounding, rounded
from domain.conditions.base import Facts
from domain.effects.base import EffectRule, Outcome, RunningLine
from domain.effects.piece_percent import CheapestOff, NthItemOff
from domain.effects.piece_price import BundlePrice, Exchange, FixedPrice
from domain.effects.pieces import Pieces, cost
from domain.matching import EVERYTHING, Match
from domain.orders import LINES_MAX, QUANTITY_MAX, LineContent
from tests.domain.carts import amounts, cart, minor, uneven_carts, with_more
from tests.domain.makers import line

CDS = Match(skus=frozenset({"CD"}))
matches = st.sampled_from([EVERYTHING, CDS])
bounds = st.none() | st.integers(1, 3)
percents = st.sampled_from([Decimal(100), Decimal(50), Decimal("33.3"), Decimal(1)])
Piece = tuple[int, str]


def written_out(facts: Facts, match: Match) -> list[Piece]:
    """Return every piece that is meant as (price, ref)."""
    found = []
    for row in facts.running.lines:
        if match.matches(row.content):
            price, dearer = divmod(row.amount, row.content.quantity)
            found += [(price + (number < dearer), row.ref) for number in range(row.content.quantity)]
    return sorted(found)


def dearest_first(pieces: list[Piece]) -> list[Piece]:
    return sorted(pieces, key=lambda piece: (-piece[0], piece[1]))


def bounded(facts: Facts, wanted: int, times: int | None) -> int:
    return min(bound for bound in (wanted, times, facts.running.most_times) if bound is not None)


def share(pieces: list[Piece], percent: Decimal) -> int:
    return rounded(sum(price for price, _ in pieces) * percent / 100, Rounding.HALF_UP)


def check(rule: EffectRule, facts: Facts, amount: int, lines: set[str]) -> Outcome:
    """Apply a rule, and check what it takes off in all, and that only of some lines."""
    before = amounts(facts)
    outcome = rule.apply(facts)
    parts = outcome.parts or {}
    assert outcome.amount == sum(parts.values()) == amount
    assert parts.keys() <= lines
    assert amounts(facts) == {ref: was - parts.get(ref, 0) for ref, was in before.items()}
    assert (outcome.remedy is not None) <= (amount == 0)
    return outcome


def refs(pieces: list[Piece]) -> set[str]:
    return {ref for _, ref in pieces}


@given(uneven_carts())
def test_pieces_of_a_line_add_up_to_what_it_costs_and_differ_by_one_unit_at_most(facts: Facts) -> None:
    pieces = Pieces(facts.running.lines, dearest_first=False)
    assert [(run.price, run.ref) for run in pieces.runs for _ in range(run.count)] == written_out(facts, EVERYTHING)
    assert pieces.count == sum(row.content.quantity for row in facts.running.lines)
    for ref, amount in amounts(facts).items():
        own = [run for run in pieces.runs if run.ref == ref]
        assert sum(map(cost, own)) == amount
        assert max(run.price for run in own) - min(run.price for run in own) <= 1
    out = [price for price, _ in written_out(facts, EVERYTHING)]
    assert [pieces.first_cost(count) for count in range(len(out) + 1)] == [sum(out[:k]) for k in range(len(out) + 1)]


@given(uneven_carts(), st.builds(CheapestOff, st.integers(3, 5), st.integers(1, 3), percents, matches, bounds))
def test_the_cheapest_of_all_pieces_are_off(facts: Facts, rule: CheapestOff) -> None:
    pieces = written_out(facts, rule.match)
    groups = bounded(facts, len(pieces) // rule.group, rule.times)
    off = pieces[: groups * rule.free]
    outcome = check(rule, facts, share(off, rule.percent), refs(off))
    assert outcome.times == (groups if outcome.amount else 1)


@given(uneven_carts(), matches, st.integers(1, 5), percents, bounds)
def test_every_nth_piece_from_the_dearest_down_is_off(
    facts: Facts, match: Match, n: int, percent: Decimal, times: int | None
) -> None:
    pieces = dearest_first(written_out(facts, match))
    off = pieces[n - 1 :: n][: bounded(facts, len(pieces) // n, times)]
    check(NthItemOff(n, percent, match, times), facts, share(off, percent), refs(off))


@given(uneven_carts(), matches, st.integers(0, 30))
def test_a_fixed_price_lowers_each_piece_that_cost_more(facts: Facts, match: Match, price: int) -> None:
    over = Counter[str]()
    for was, ref in written_out(facts, match):
        over[ref] += max(was - price, 0)
    outcome = check(FixedPrice(price, match), facts, over.total(), set(over))
    assert (outcome.parts or {}) == {ref: part for ref, part in over.items() if part}


@given(uneven_carts(), matches, st.integers(1, 9), st.integers(0, 30))
def test_an_exchange_lowers_the_dearest_pieces_that_cost_more(
    facts: Facts, match: Match, quantity: int, price: int
) -> None:
    over = Counter[str]()
    for was, ref in dearest_first(written_out(facts, match))[:quantity]:
        over[ref] += max(was - price, 0)
    outcome = check(Exchange(match, quantity, price), facts, over.total(), set(over))
    assert (outcome.parts or {}) == {ref: part for ref, part in over.items() if part}
    assert outcome.times == 1


@given(uneven_carts(), matches, st.integers(1, 5), st.integers(0, 60), bounds)
def test_bundles_that_cost_more_are_lowered_to_the_price(
    facts: Facts, match: Match, quantity: int, price: int, times: int | None
) -> None:
    pieces = dearest_first(written_out(facts, match))
    bundles = [pieces[at : at + quantity] for at in range(0, len(pieces) - quantity + 1, quantity)]
    dearer = [bundle for bundle in bundles if sum(cost for cost, _ in bundle) > price]
    dearer = dearer[: bounded(facts, len(dearer), times)]
    total = sum(cost for bundle in dearer for cost, _ in bundle) - price * len(dearer)
    check(BundlePrice(quantity, price, match, times), facts, total, refs([p for bundle in dearer for p in bundle]))


rules = st.one_of(
    st.builds(CheapestOff, st.integers(1, 4), st.just(1), percents, st.just(CDS), bounds),
    st.builds(NthItemOff, st.integers(1, 4), percents, st.just(CDS), bounds),
    st.builds(FixedPrice, st.integers(0, 40), st.just(CDS)),
    st.builds(Exchange, st.just(CDS), st.integers(1, 4), st.integers(0, 40)),
    st.builds(BundlePrice, st.integers(1, 4), st.integers(0, 40), st.just(CDS), bounds),
)


@settings(max_examples=400)
@given(rules, st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3)), max_size=3))
def test_following_the_remedy_gives_something(rule: EffectRule, rows: list[tuple[int, int]]) -> None:
    facts = cart(line("other", 50_00, sku="LP"), *(line(str(ref), *row) for ref, row in enumerate(rows)))
    outcome = rule.apply(facts)
    if outcome.amount:
        assert outcome.remedy is None
        return
    if outcome.remedy is None:
        assert isinstance(rule, CheapestOff)
        assert rule.times is not None  # more pieces would not help: those that are the cheapest cost too little
        return
    assert rule.apply(with_more(facts, *named(outcome.remedy))).amount > 0, outcome.remedy


def named(remedy: str) -> list[LineContent]:
    """Return the pieces that a remedy names, at the least price that it names, or of 0.01."""
    first = remedy.partition(" ")[0]
    count = 1 if first in {"A", "Add"} else int(first)
    least = minor(remedy) if "CNY" in remedy else 1
    each = -(-least // count) if "together" in remedy else least
    return [line("more", each, count)]


def test_buy_two_get_one_with_mixed_quantities() -> None:
    facts = cart(line("a", 10_00, 4), line("b", 7_00, 2), line("c", 5_00, 1), line("d", 0, 1, sku="BAG"))
    rule = CheapestOff(3, 1, match=Match(except_skus=frozenset({"BAG"})))
    outcome = rule.apply(facts)
    # seven pieces are two groups: the two cheapest of all are the one of c and one of b
    assert (outcome.amount, outcome.parts, outcome.times) == (12_00, {"c": 5_00, "b": 7_00}, 2)
    assert amounts(facts) == {"a": 40_00, "b": 7_00, "c": 0, "d": 0}
    assert outcome.text == "12.00 CNY off the 2 cheapest of 7 pieces of all goods but not BAG."
    assert outcome.arithmetic == ("7 pieces ÷ 3 rounded down = 2", "1 × 5.00 + 1 × 7.00 = 12.00")
    assert outcome.facts == {"basis": 1200, "percent": "100", "pieces": 7, "group": 3, "free": 1, "times": 2}


def test_the_limit_per_order_and_that_of_the_effect_both_bound_repetition() -> None:
    def off(times: int | None, most: int | None) -> tuple[int, int, str]:
        outcome = CheapestOff(2, 1, times=times).apply(cart(line(quantity=9), most_times=most))
        return outcome.amount, outcome.times, outcome.arithmetic[1]

    assert off(None, None) == (400_00, 4, "4 × 100.00 = 400.00")
    assert off(3, None) == (300_00, 3, "4 times, at most 3 = 3")
    assert off(None, 2) == off(3, 2) == off(2, 3) == (200_00, 2, "4 times, at most 2 = 2")


def test_half_of_every_second_piece_shows_its_arithmetic() -> None:
    outcome = NthItemOff(2, Decimal(50)).apply(cart(line("a", 9_99, 1), line("b", 5_55, 2)))
    assert outcome.amount == 2_78
    assert outcome.parts == {"b": 2_78}
    assert outcome.text == "2.78 CNY off 1 of 3 pieces of all goods, each 2. from the dearest down: 50 %."
    assert outcome.arithmetic == (
        "3 pieces ÷ 2 rounded down = 1",
        "1 × 5.55 = 5.55",
        "5.55 × 50 % = 2.775",
        "2.775 rounded half_up = 2.78",
    )


def test_three_for_a_price_takes_the_dearest_together() -> None:
    facts = cart(line("a", 30_00, 1), line("b", 20_00, 4), line("c", 1_00, 2))
    outcome = BundlePrice(3, 50_00).apply(facts)
    # 30 + 20 + 20 cost more than 50, and 20 + 20 + 1 do not
    assert (outcome.amount, outcome.times, outcome.parts) == (20_00, 1, {"a": 8_57, "b": 11_43})
    assert outcome.text == "20.00 CNY off 3 pieces of all goods: 3 for 50.00 CNY, once."
    assert outcome.arithmetic == (
        "7 pieces, 3 together dearer than 50.00 = 1",
        "1 × 30.00 + 2 × 20.00 = 70.00",
        "70.00 − 1 × 50.00 = 20.00",
    )


def test_a_fixed_price_shows_its_arithmetic_and_raises_nothing() -> None:
    outcome = FixedPrice(9_90).apply(cart(line("a", 12_00, 2), line("b", 5_00)))
    assert (outcome.amount, outcome.parts) == (4_20, {"a": 4_20})
    assert outcome.text == "4.20 CNY off 2 pieces of all goods: 9.90 CNY each."
    assert outcome.arithmetic == ("2 × 12.00 = 24.00", "24.00 − 2 × 9.90 = 4.20")


def test_a_gift_of_another_campaign_is_no_piece() -> None:
    facts = cart(line(quantity=2))
    facts.running.lines.append(RunningLine(line("gift-1", 0), 0, is_gift=True))
    outcome = CheapestOff(3, 1).apply(facts)
    assert (outcome.amount, outcome.text) == (0, "2 pieces of all goods, and 3 are needed.")
    assert outcome.remedy == "1 more piece of all goods."


@pytest.mark.parametrize(
    "rule",
    [
        CheapestOff(3, 1),
        NthItemOff(2, Decimal(50)),
        BundlePrice(3, 1_00),
        BundlePrice(7, 1),
        FixedPrice(1_00),
        Exchange(Match(skus=frozenset({"CD"})), LINES_MAX * QUANTITY_MAX - 1, 1_00),
        NthItemOff(1_000_000, Decimal(1)),
    ],
)
def test_a_largest_order_is_decided_without_writing_its_pieces_out(rule: EffectRule) -> None:
    facts = cart(*(line(str(ref), 100_00 + ref, QUANTITY_MAX) for ref in range(LINES_MAX)))
    facts.running.take_off({str(ref): ref * 7 + 1 for ref in range(LINES_MAX)})
    start = process_time()
    outcome = rule.apply(facts)
    assert outcome.amount > 0
    assert sum(len(step) for step in outcome.arithmetic) < 500
    assert process_time() - start < 1  # half a thousand million pieces
