"""What would make a condition hold that does not, and what is never said to hold."""

import pytest

from domain.conditions.base import Condition
from domain.conditions.combine import All, AnyOf, Not, remedy_of
from domain.conditions.expression import Expression
from domain.conditions.minimum_spend import MinimumSpend
from domain.conditions.tier import TierIs
from domain.conditions.weekday import Weekday
from tests.domain.makers import facts

GOLD, DEAR, NEAR = TierIs(frozenset({"GOLD"})), MinimumSpend(1000_00), MinimumSpend(106_00)
TODAY = Weekday(frozenset({1}))


@pytest.mark.parametrize(
    ("condition", "remedy"),
    [
        (All((GOLD, NEAR)), "Reach GOLD. 6.00 CNY more."),
        (All((TODAY, NEAR)), "6.00 CNY more."),
        (AnyOf((DEAR, NEAR)), "6.00 CNY more."),  # the cheapest of two ways
        (AnyOf((All((GOLD, NEAR)), DEAR)), "900.00 CNY more."),  # one step is shorter than two
        (All((Not(TODAY), NEAR)), None),  # money alone would not help
        (AnyOf((Not(TODAY), NEAR)), "6.00 CNY more."),
        (AnyOf((Not(TODAY), Not(TODAY))), None),
    ],
)
def test_the_remedy_is_all_that_is_needed_and_the_nearest_of_several(condition: Condition, remedy: str | None) -> None:
    assert not condition.met(facts(100_00))
    assert remedy_of(condition, facts(100_00)) == remedy


def test_of_what_cannot_be_told_neither_is_said_to_hold() -> None:
    vip = Expression("member.attributes.vip == '1'")
    for condition in (vip, Not(vip), Not(Not(vip)), Not(All((TODAY, vip)))):
        assert not condition.met(facts())
        assert not all(result.met for result in condition.results(facts()))
    assert AnyOf((TODAY, Not(vip))).met(facts())
