"""Discounts one after the other: parts add up, no line below zero, and the order of lines does not matter."""

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.amounts import Rounding
from domain.conditions.base import Facts
from domain.effects.amount_off import AmountOff, AmountOffByTier, AmountOffStaged
from domain.effects.base import EffectKind, EffectRule
from domain.effects.brackets import Bracket
from domain.effects.percent_off import PercentOff, PercentOffByTier
from domain.effects.piece_percent import CheapestOff, NthItemOff
from domain.effects.piece_price import BundlePrice, Exchange, FixedPrice
from domain.effects.shipping_off import ShippingOff
from domain.matching import EVERYTHING, Match
from tests.domain.carts import amounts, shuffled, uneven_carts

matches = st.sampled_from([EVERYTHING, Match(skus=frozenset({"CD"})), Match(except_skus=frozenset({"CD"}))])
percents = st.decimals("0.0001", 100, places=4)
bounds = st.none() | st.integers(1, 3)
brackets = st.lists(st.builds(Bracket, st.integers(0, 200), st.integers(1, 60)), min_size=1, max_size=3).map(tuple)
roundings = st.sampled_from(list(Rounding))
discounts = st.one_of(
    st.builds(PercentOff, percents, matches, st.none() | st.integers(1, 50), roundings),
    st.builds(lambda percent, *more: PercentOffByTier({"MEMBER": percent}, *more), percents, matches, roundings),
    st.builds(AmountOff, st.integers(1, 80), matches, st.none() | st.integers(1, 50), bounds),
    st.builds(AmountOffStaged, brackets, matches),
    st.builds(lambda amount, match: AmountOffByTier({"MEMBER": amount}, match), st.integers(1, 80), matches),
    st.builds(CheapestOff, st.integers(3, 5), st.integers(1, 3), percents, matches, bounds),
    st.builds(NthItemOff, st.integers(1, 4), percents, matches, bounds),
    st.builds(FixedPrice, st.integers(0, 20), matches),
    st.builds(Exchange, matches, st.integers(1, 9), st.integers(0, 20)),
    st.builds(BundlePrice, st.integers(1, 4), st.integers(0, 40), matches, bounds),
)


@settings(max_examples=300)
@given(uneven_carts(), st.lists(discounts | st.builds(ShippingOff, percents), max_size=6), st.integers(0, 20))
def test_parts_add_up_and_no_line_below_zero(facts: Facts, rules: list[EffectRule], shipping: int) -> None:
    facts.running.shipping = shipping
    for rule in rules:
        before, payable, shipped = amounts(facts), facts.running.payable, facts.running.shipping
        outcome = rule.apply(facts)
        after = amounts(facts)
        if outcome.kind is EffectKind.SHIPPING_DISCOUNT:
            assert outcome.parts is None
            assert (after, facts.running.shipping) == (before, shipped - outcome.amount)
        else:
            parts = outcome.parts or {}
            assert sum(parts.values()) == outcome.amount
            assert after == {ref: amount - parts.get(ref, 0) for ref, amount in before.items()}
        assert facts.running.payable == payable - outcome.amount
        assert min([facts.running.shipping, *after.values()]) >= 0
        assert (outcome.amount == 0) == (not outcome.arithmetic)


@settings(max_examples=500)
@given(uneven_carts(), discounts, st.data())
def test_order_of_lines_does_not_matter(facts: Facts, rule: EffectRule, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(facts.running.lines))))
    other = shuffled(facts, order)
    assert rule.apply(facts) == rule.apply(other)
    assert amounts(facts) == amounts(other)
