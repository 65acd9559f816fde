"""Conditions on the member: how many orders, since when, with which tags."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.conditions.base import Condition, Facts
from domain.conditions.days_since import DaysSinceEnrolment, DaysSinceLastOrder
from domain.conditions.orders_before import FirstOrder, NthOrder
from domain.conditions.tag import Tagged
from domain.explanation import ConditionResult
from tests.domain.makers import DAY, NOON, facts, member_facts

GUEST = facts(member=None)


def result(condition: Condition, found: Facts) -> ConditionResult:
    (only,) = condition.results(found)
    assert only.met is condition.met(found)
    return only


@pytest.mark.parametrize(("orders", "actual"), [(0, "0 orders before"), (1, "1 order before"), (2, "2 orders before")])
def test_a_first_order_has_none_before(orders: int, actual: str) -> None:
    found = facts(member=member_facts(orders=orders))
    assert result(FirstOrder(), found) == ConditionResult("firstOrder", "no order before", actual, orders == 0)


def test_of_a_guest_nobody_knows_which_order_it_is() -> None:
    assert result(FirstOrder(), GUEST) == ConditionResult("firstOrder", "no order before", "no member", False)
    assert result(NthOrder(frozenset({1})), GUEST) == ConditionResult("nthOrder", "order 1", "no member", False)


@pytest.mark.parametrize(
    ("condition", "numbers"),
    [
        (NthOrder(frozenset({1, 3})), [1, 3]),
        (NthOrder(every=4), [4, 8]),
        (NthOrder(frozenset({1}), 5), [1, 5, 10]),
    ],
)
def test_the_number_of_an_order_counts_itself(condition: NthOrder, numbers: list[int]) -> None:
    met = [number for number in range(1, 11) if condition.met(facts(member=member_facts(orders=number - 1)))]
    assert met == numbers


def test_the_number_of_an_order_is_told_with_those_required() -> None:
    condition = NthOrder(frozenset({10, 2}), 50)
    unmet = ConditionResult(
        "nthOrder", "order 2 or order 10 or every 50th order", "order 4", met=False, remedy="6 more orders."
    )
    assert result(condition, facts(member=member_facts(orders=3))) == unmet
    assert result(condition, facts(order=None, member=member_facts(orders=1))).actual == "no order"


def test_a_tag_is_one_of_the_member_s() -> None:
    condition = Tagged(frozenset({"VIP", "STAFF"}))
    tagged = facts(member=member_facts(tags=frozenset({"VIP", "NEW"})))
    assert result(condition, tagged) == ConditionResult("tag", "STAFF or VIP", "NEW, VIP", True)
    assert result(condition, facts()) == ConditionResult("tag", "STAFF or VIP", "no tag", False)
    assert result(condition, GUEST) == ConditionResult("tag", "STAFF or VIP", "no member", False)


@pytest.mark.parametrize(
    ("least", "most", "days"),
    [(2, None, [2, 3, 4, 5]), (None, 3, [0, 1, 2, 3]), (2, 3, [2, 3]), (0, 0, [0]), (5, 5, [5])],
)
def test_days_are_counted_with_both_bounds(least: int | None, most: int | None, days: list[int]) -> None:
    for condition in (DaysSinceLastOrder(least, most), DaysSinceEnrolment(least, most)):
        then = member_facts(last_order_at=NOON, enrolled_at=NOON)
        assert [ago for ago in range(6) if condition.met(facts(at=NOON + ago * DAY, member=then))] == days


@pytest.mark.parametrize(
    ("bounds", "ago", "required", "actual", "remedy"),
    [
        ((30, None), 27, "at least 30 days", "27 days", "Wait 3 more days."),
        ((30, None), 29, "at least 30 days", "29 days", "Wait 1 more day."),
        ((2, 9), 1, "2 to 9 days", "1 day", "Wait 1 more day."),
        ((None, 1), 2, "at most 1 day", "2 days", None),
        ((2, 9), 10, "2 to 9 days", "10 days", None),
    ],
)
def test_whoever_came_too_soon_waits(
    bounds: tuple[int | None, int | None], ago: int, required: str, actual: str, remedy: str | None
) -> None:
    then = member_facts(last_order_at=NOON - ago * DAY, enrolled_at=NOON - ago * DAY)
    for name, condition in (
        ("daysSinceLastOrder", DaysSinceLastOrder(*bounds)),
        ("daysSinceEnrolment", DaysSinceEnrolment(*bounds)),
    ):
        expected = ConditionResult(name, required, actual, False, remedy)
        assert result(condition, facts(member=then)) == expected
        if remedy:
            days = int(remedy.split()[1])
            assert condition.met(facts(at=NOON + days * DAY, member=then))


def test_days_begin_at_local_midnight() -> None:
    before_midnight = datetime(2026, 3, 3, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    then = member_facts(last_order_at=before_midnight)
    at = [before_midnight + timedelta(seconds=59), before_midnight + timedelta(minutes=1)]
    assert [result(DaysSinceLastOrder(1), facts(at=one, member=then)).actual for one in at] == ["0 days", "1 day"]


def test_an_order_reported_late_comes_no_days_after_a_later_one() -> None:
    then = member_facts(last_order_at=NOON + 3 * DAY)
    assert result(DaysSinceLastOrder(None, 5), facts(member=then)).actual == "0 days"


def test_whoever_has_no_last_order_does_not_meet_days_since_it() -> None:
    expected = ConditionResult("daysSinceLastOrder", "at most 9 days", "no order before", met=False)
    assert result(DaysSinceLastOrder(None, 9), facts()) == expected
    assert result(DaysSinceLastOrder(None, 9), GUEST).actual == "no member"
    assert result(DaysSinceEnrolment(None, 9), GUEST).actual == "no member"
