"""Conditions: when they hold, what they say was required and found, and the nearest change that mends them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conditions.base import Condition, Facts
from domain.conditions.combine import All, AnyOf, Not
from domain.conditions.minimum_spend import MinimumSpend
from domain.conditions.tier import TierIs
from domain.conditions.weekday import Weekday
from domain.explanation import ConditionResult
from tests.domain.makers import LADDER_ID, TIERS, facts, program

MEMBER, SILVER, GOLD = TIERS
TUESDAY, WEDNESDAY = 1, 2


@dataclass(frozen=True)
class Fixed:
    """A condition that holds or not, whatever the facts."""

    name: str
    holds: bool

    def met(self, facts: Facts) -> bool:  # noqa: ARG002
        return self.holds

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:  # noqa: ARG002
        return (ConditionResult(self.name, "yes", "yes" if self.holds else "no", self.holds, f"Make {self.name}."),)


YES, NO = Fixed("yes", holds=True), Fixed("no", holds=False)


@pytest.mark.parametrize(
    ("payable", "met", "actual", "remedy"),
    [
        (99_99, False, "99.99 CNY", "0.01 CNY more."),
        (100_00, True, "100.00 CNY", None),  # the threshold itself is enough
        (100_01, True, "100.01 CNY", None),
        (0, False, "0.00 CNY", "100.00 CNY more."),
    ],
)
def test_minimum_spend_names_the_gap(payable: int, met: bool, actual: str, remedy: str | None) -> None:
    condition = MinimumSpend(100_00)
    assert condition.met(facts(payable)) is met
    assert condition.results(facts(payable)) == (ConditionResult("minimumSpend", "100.00 CNY", actual, met, remedy),)


def test_a_minimum_of_nothing_is_met_by_an_order_of_nothing() -> None:
    assert MinimumSpend(0).met(facts(0))


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("Asia/Shanghai", "2026-03-03T15:59:59.999999", TUESDAY),
        ("Asia/Shanghai", "2026-03-03T16:00:00", WEDNESDAY),  # midnight there, still Tuesday in UTC
        ("UTC", "2026-03-03T23:59:59.999999", TUESDAY),
        ("UTC", "2026-03-04T00:00:00", WEDNESDAY),
        ("America/New_York", "2026-03-04T04:59:59", TUESDAY),
        ("America/New_York", "2026-03-04T05:00:00", WEDNESDAY),
    ],
)
def test_the_weekday_is_that_of_the_program_s_zone(zone: str, instant: str, day: int) -> None:
    found = facts(at=datetime.fromisoformat(instant).replace(tzinfo=UTC), program=program(zone=ZoneInfo(zone)))
    assert [Weekday(frozenset({wanted})).met(found) for wanted in (TUESDAY, WEDNESDAY)] == [
        day == TUESDAY,
        day == WEDNESDAY,
    ]


def test_a_weekday_looks_at_when_the_order_happened_not_at_when_it_was_recorded() -> None:
    tuesday, wednesday = datetime(2026, 3, 3, 4, tzinfo=UTC), datetime(2026, 3, 4, 4, tzinfo=UTC)
    found = facts(at=wednesday, occurred_at=tuesday)
    assert Weekday(frozenset({TUESDAY})).met(found)
    assert not Weekday(frozenset({WEDNESDAY})).met(found)


def test_a_weekday_names_the_days_in_their_order() -> None:
    (result,) = Weekday(frozenset({6, 0, 2})).results(facts())
    assert result == ConditionResult(
        "weekday",
        "Monday or Wednesday or Sunday",
        "Tuesday",
        met=False,
        remedy="Order on Monday or Wednesday or Sunday.",
    )


@given(
    st.frozensets(st.integers(0, 6), min_size=1), st.datetimes(timezones=st.just(UTC)).filter(lambda d: d.year < 9999)
)
def test_a_day_is_either_one_of_the_days_or_one_of_the_others(days: frozenset[int], at: datetime) -> None:
    others = frozenset(range(7)) - days
    found = facts(at=at, program=program(zone=ZoneInfo("UTC")))
    assert Weekday(days).met(found) != (bool(others) and Weekday(others).met(found))
    assert Weekday(days).met(found) == (at.weekday() in days)


@pytest.mark.parametrize(("codes", "met"), [({"SILVER"}, True), ({"GOLD", "SILVER"}, True), ({"GOLD"}, False)])
def test_a_tier_is_one_of_the_codes(codes: set[str], met: bool) -> None:
    assert TierIs(frozenset(codes)).met(facts(tier=SILVER)) is met


def test_a_tier_says_what_is_required_and_what_is_there() -> None:
    (result,) = TierIs(frozenset({"SILVER", "GOLD"})).results(facts(tier=MEMBER))
    assert result == ConditionResult("tier", "SILVER or GOLD", "MEMBER", met=False, remedy="Reach SILVER or GOLD.")


def test_a_guest_stands_on_no_tier() -> None:
    guest = facts(tier=None, member_id=None)
    condition = TierIs(frozenset({"MEMBER"}))
    assert not condition.met(guest)
    assert condition.results(guest)[0].actual == "no tier"


def test_a_tier_on_any_ladder_counts() -> None:
    found = facts(standings={LADDER_ID: MEMBER, UUID(int=0x99): GOLD})
    assert TierIs(frozenset({"GOLD"})).met(found)
    assert TierIs(frozenset({"GOLD"})).results(found)[0].actual == "GOLD, MEMBER"


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        (All((YES, YES)), True),
        (All((YES, NO)), False),
        (All((NO,)), False),
        (AnyOf((NO, YES)), True),
        (AnyOf((NO, NO)), False),
        (AnyOf((YES,)), True),
        (Not(YES), False),
        (Not(NO), True),
        (Not(Not(YES)), True),
        (All((AnyOf((NO, YES)), Not(NO))), True),
        (AnyOf((All((YES, NO)), Not(All((YES, YES))))), False),
    ],
)
def test_combinators(condition: Condition, met: bool) -> None:
    assert condition.met(facts()) is met


def test_a_combination_lists_every_leaf_in_order_met_or_not() -> None:
    results = All((AnyOf((NO, YES)), YES)).results(facts())
    assert [(result.condition, result.met) for result in results] == [("no", False), ("yes", True), ("yes", True)]


def test_not_turns_the_results_round_and_offers_no_remedy() -> None:
    assert Not(YES).results(facts()) == (ConditionResult("not yes", "not yes", "yes", met=False, remedy=None),)
    assert Not(NO).results(facts()) == (ConditionResult("not no", "not yes", "no", met=True, remedy=None),)


conditions = st.recursive(
    st.sampled_from([YES, NO, MinimumSpend(50_00), MinimumSpend(150_00), TierIs(frozenset({"SILVER"}))]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=8,
)


@given(conditions, conditions, st.sampled_from(TIERS), st.integers(0, 200_00))
def test_de_morgan(one: Condition, other: Condition, tier: object, payable: int) -> None:
    found = facts(payable, tier)  # type: ignore[arg-type]
    assert Not(All((one, other))).met(found) == AnyOf((Not(one), Not(other))).met(found)
    assert Not(AnyOf((one, other))).met(found) == All((Not(one), Not(other))).met(found)
    assert Not(Not(one)).met(found) == one.met(found)


@given(conditions, st.sampled_from(TIERS), st.integers(0, 200_00))
def test_what_is_not_met_has_a_leaf_that_says_so(condition: Condition, tier: object, payable: int) -> None:
    found = facts(payable, tier)  # type: ignore[arg-type]
    results = condition.results(found)
    assert results
    if not condition.met(found):
        assert [result for result in results if not result.met]
