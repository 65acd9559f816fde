"""Conditions in their stored form: what each becomes, and how each mistake in one is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conditions.attribute import AttributeIs, AttributeOf
from domain.conditions.birthday import BirthdayNear
from domain.conditions.combine import All, Not
from domain.conditions.coupon_presented import CouponPresented
from domain.conditions.days_since import DaysSinceEnrolment, DaysSinceLastOrder
from domain.conditions.event import EventIs
from domain.conditions.expression import Expression
from domain.conditions.hours import Hours
from domain.conditions.matching_lines import MatchingLines
from domain.conditions.minimum_spend import MinimumSpend, SpendBasis
from domain.conditions.month_day import MonthDay
from domain.conditions.orders_before import FirstOrder, NthOrder
from domain.conditions.places import ChannelIs, StoreIs
from domain.conditions.tag import Tagged
from domain.matching import EVERYTHING, Match
from domain.refusals import InvalidInput
from domain.rules_conditions import BIRTHDAY_DAYS_MAX, DAYS_MAX, ConditionReader
from tests.domain.makers import TIERS, facts

reader = ConditionReader(frozenset(tier.code for tier in TIERS), 2)
FORMS: list[tuple[dict[str, Any], object]] = [
    ({"minimumSpend": {"amount": "1", "of": "GOODS"}}, MinimumSpend(1_00, SpendBasis.GOODS)),
    ({"minimumSpend": {"amount": "1", "of": "LISTED"}}, MinimumSpend(1_00, SpendBasis.LISTED)),
    ({"minimumSpend": {"amount": "1", "of": None}}, MinimumSpend(1_00, SpendBasis.PAYABLE)),
    ({"matchingLines": {}}, MatchingLines(EVERYTHING, 1)),
    ({"matchingLines": {"match": None, "quantity": 3}}, MatchingLines(EVERYTHING, 3)),
    ({"matchingLines": {"amount": "12.5"}}, MatchingLines(EVERYTHING, 0, 12_50)),
    (
        {"matchingLines": {"match": {"skus": ["CAKE"]}, "quantity": 2, "amount": "9"}},
        MatchingLines(Match(skus=frozenset({"CAKE"})), 2, 9_00),
    ),
    ({"firstOrder": {}}, FirstOrder()),
    ({"nthOrder": {"numbers": [3, 5, 3]}}, NthOrder(frozenset({3, 5}))),
    ({"nthOrder": {"every": 10}}, NthOrder(every=10)),
    ({"nthOrder": {"numbers": [1], "every": 10}}, NthOrder(frozenset({1}), 10)),
    ({"tag": {"anyOf": ["VIP", " NEW "]}}, Tagged(frozenset({"VIP", "NEW"}))),
    ({"store": {"codes": ["BJ", "北京"]}}, StoreIs(frozenset({"BJ", "北京"}))),
    ({"channel": {"codes": ["APP"]}}, ChannelIs(frozenset({"APP"}))),
    ({"couponPresented": {"templates": ["TEN", " BIG "]}}, CouponPresented(frozenset({"TEN", "BIG"}))),
    ({"hours": {"from": "09:00", "until": "23:59"}}, Hours(540, 1439)),
    ({"hours": {"from": "22:30", "until": "00:00"}}, Hours(1350, 0)),
    ({"monthDay": {"days": [1, 31, -1]}}, MonthDay(frozenset({1, 31, -1}))),
    ({"birthday": {}}, BirthdayNear()),
    ({"birthday": {"daysBefore": 3, "daysAfter": 180}}, BirthdayNear(3, 180)),
    ({"birthday": {"wholeMonth": True, "daysBefore": 0}}, BirthdayNear(whole_month=True)),
    ({"birthday": {"wholeMonth": False, "daysAfter": 1}}, BirthdayNear(0, 1)),
    ({"daysSinceLastOrder": {"atLeast": 30}}, DaysSinceLastOrder(30)),
    ({"daysSinceLastOrder": {"atLeast": None, "atMost": 0}}, DaysSinceLastOrder(None, 0)),
    ({"daysSinceEnrolment": {"atLeast": 5, "atMost": 5}}, DaysSinceEnrolment(5, 5)),
    (
        {"attribute": {"of": "LINE", "key": "colour", "values": ["red", "blue"]}},
        AttributeIs(AttributeOf.LINE, "colour", frozenset({"red", "blue"})),
    ),
    ({"event": {"codes": ["PLAYED"]}}, EventIs(frozenset({"PLAYED"}))),
    ({"expression": {"text": "member.orders > 2"}}, Expression("member.orders > 2")),
    (
        {"all": [{"not": {"firstOrder": {}}}, {"tag": {"anyOf": ["A"]}}]},
        All((Not(FirstOrder()), Tagged(frozenset("A")))),
    ),
]


@pytest.mark.parametrize(("form", "condition"), FORMS)
def test_a_condition_is_read(form: dict[str, Any], condition: object) -> None:
    assert reader.condition(form) == condition


@pytest.mark.parametrize("form", [form for form, _ in FORMS[:-1]])
def test_a_condition_has_one_result_of_its_own_name(form: dict[str, Any]) -> None:
    (name,) = form
    for found in (facts(), facts(member=None), facts(order=None)):
        condition = reader.condition(form)
        (result,) = condition.results(found)
        assert (result.condition, result.met) == (name, condition.met(found))
        assert result.required
        assert result.actual
        assert not (result.met and result.remedy)
        assert reader.condition({"not": form}).results(found)[0].remedy is None


NAMED = [
    ("tag", "anyOf"),
    ("store", "codes"),
    ("channel", "codes"),
    ("event", "codes"),
    ("couponPresented", "templates"),
]
ATTRIBUTE = {"of": "ORDER", "key": "colour", "values": ["red"]}


@pytest.mark.parametrize(("name", "part"), NAMED)
@pytest.mark.parametrize(
    ("names", "at"), [(None, ()), ([], ()), ("A", ()), ([1], ("0",)), (["A", ""], ("1",)), (["x" * 65], ("0",))]
)
def test_names_are_one_or_more_texts(name: str, part: str, names: Any, at: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as refused:
        reader.condition({name: {part: names}})
    assert refused.value.field == ("conditions", name, part, *at)


@pytest.mark.parametrize("name", sorted(set(reader.readers) - {"all", "any", "not"}))
def test_what_no_one_would_read_is_refused(name: str) -> None:
    for body, path in (({"days_before": 1}, ("days_before",)), (None, ()), ([], ()), ("x", ())):
        with pytest.raises(InvalidInput) as refused:
            reader.condition({name: body})
        assert refused.value.field == ("conditions", name, *path)


def test_a_misspelt_part_is_told_with_those_that_there_are() -> None:
    with pytest.raises(InvalidInput, match="no part `till`; there are `from`, `until`") as refused:
        reader.condition({"hours": {"from": "09:00", "till": "10:00"}})
    assert refused.value.field == ("conditions", "hours", "till")
    with pytest.raises(InvalidInput, match="no part `only`; there are none"):
        reader.condition({"firstOrder": {"only": True}})


@pytest.mark.parametrize(
    ("form", "path"),
    [
        ({"minimumSpend": {"amount": "1", "of": "PAID"}}, ("minimumSpend", "of")),
        ({"minimumSpend": {"amount": "1", "of": ["GOODS"]}}, ("minimumSpend", "of")),
        ({"matchingLines": {"match": {"skus": []}}}, ("matchingLines", "match", "skus")),
        ({"matchingLines": {"quantity": 0}}, ("matchingLines", "quantity")),
        ({"matchingLines": {"quantity": "2"}}, ("matchingLines", "quantity")),
        ({"matchingLines": {"quantity": True}}, ("matchingLines", "quantity")),
        ({"matchingLines": {"quantity": 1.5}}, ("matchingLines", "quantity")),
        ({"matchingLines": {"quantity": 1_000_001}}, ("matchingLines", "quantity")),
        ({"matchingLines": {"amount": "0"}}, ("matchingLines", "amount")),
        ({"matchingLines": {"amount": "-1"}}, ("matchingLines", "amount")),
        ({"matchingLines": {"amount": "0.001"}}, ("matchingLines", "amount")),
        ({"nthOrder": {}}, ("nthOrder", "numbers")),
        ({"nthOrder": {"numbers": []}}, ("nthOrder", "numbers")),
        ({"nthOrder": {"numbers": [], "every": 2}}, ("nthOrder", "numbers")),
        ({"nthOrder": {"numbers": [1, 0]}}, ("nthOrder", "numbers", "1")),
        ({"nthOrder": {"numbers": ["1"]}}, ("nthOrder", "numbers", "0")),
        ({"nthOrder": {"every": 1}}, ("nthOrder", "every")),
        ({"nthOrder": {"every": "2"}}, ("nthOrder", "every")),
        ({"hours": {}}, ("hours", "from")),
        ({"hours": {"from": "09:00"}}, ("hours", "until")),
        ({"hours": {"from": "9:00", "until": "10:00"}}, ("hours", "from")),
        ({"hours": {"from": "09:00", "until": "24:00"}}, ("hours", "until")),
        ({"hours": {"from": "09:60", "until": "10:00"}}, ("hours", "from")),
        ({"hours": {"from": "09:00\n", "until": "10:00"}}, ("hours", "from")),
        ({"hours": {"from": 9, "until": "10:00"}}, ("hours", "from")),
        ({"hours": {"from": "09:00", "until": "09:00"}}, ("hours", "until")),
        ({"monthDay": {}}, ("monthDay", "days")),
        ({"monthDay": {"days": []}}, ("monthDay", "days")),
        ({"monthDay": {"days": [0]}}, ("monthDay", "days", "0")),
        ({"monthDay": {"days": [1, 32]}}, ("monthDay", "days", "1")),
        ({"monthDay": {"days": [-2]}}, ("monthDay", "days", "0")),
        ({"monthDay": {"days": ["1"]}}, ("monthDay", "days", "0")),
        ({"monthDay": {"days": [1] * 33}}, ("monthDay", "days")),
        ({"birthday": {"daysBefore": -1}}, ("birthday", "daysBefore")),
        ({"birthday": {"daysAfter": BIRTHDAY_DAYS_MAX + 1}}, ("birthday", "daysAfter")),
        ({"birthday": {"daysAfter": "1"}}, ("birthday", "daysAfter")),
        ({"birthday": {"wholeMonth": "yes"}}, ("birthday", "wholeMonth")),
        ({"birthday": {"wholeMonth": True, "daysAfter": 1}}, ("birthday", "wholeMonth")),
        ({"daysSinceLastOrder": {}}, ("daysSinceLastOrder",)),
        ({"daysSinceLastOrder": {"atLeast": None}}, ("daysSinceLastOrder",)),
        ({"daysSinceLastOrder": {"atLeast": -1}}, ("daysSinceLastOrder", "atLeast")),
        ({"daysSinceEnrolment": {"atMost": "1"}}, ("daysSinceEnrolment", "atMost")),
        ({"daysSinceEnrolment": {"atMost": DAYS_MAX + 1}}, ("daysSinceEnrolment", "atMost")),
        ({"daysSinceEnrolment": {"atLeast": 2, "atMost": 1}}, ("daysSinceEnrolment", "atMost")),
        ({"attribute": {**ATTRIBUTE, "of": None}}, ("attribute", "of")),
        ({"attribute": {**ATTRIBUTE, "of": "STORE"}}, ("attribute", "of")),
        ({"attribute": {**ATTRIBUTE, "key": None}}, ("attribute", "key")),
        ({"attribute": {**ATTRIBUTE, "key": "x" * 65}}, ("attribute", "key")),
        ({"attribute": {**ATTRIBUTE, "values": []}}, ("attribute", "values")),
        ({"attribute": {**ATTRIBUTE, "values": ["x" * 201]}}, ("attribute", "values", "0")),
        ({"expression": {}}, ("expression", "text")),
        ({"expression": {"text": True}}, ("expression", "text")),
        ({"expression": {"text": "member.foo"}}, ("expression", "text")),
        ({"all": [{"expression": {"text": "1 +"}}]}, ("all", "0", "expression", "text")),
    ],
)
def test_a_malformed_condition_is_refused_naming_the_part(form: Any, path: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as refused:
        reader.condition(form)
    assert refused.value.field == ("conditions", *path)
    assert refused.value.message


PARTS = (
    "amount of match quantity numbers every codes anyOf days from until daysBefore daysAfter wholeMonth atLeast atMost "
    "key values text skus attributes value"
)
texts = st.sampled_from(["GOODS", "LINE", "GOLD", "A", "1", "09:00", "10:30", "true", "member.known", "", " "])
leaves = st.none() | st.booleans() | st.integers(-2, 40) | st.floats() | texts
bodies = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(PARTS.split()), inner, min_size=1, max_size=3)
    ),
    max_leaves=6,
)


@given(st.sampled_from(sorted(reader.readers)), bodies)
def test_whatever_is_stored_is_read_or_refused_with_a_path(name: str, body: Any) -> None:
    path: tuple[str, ...] = ()
    try:
        condition = reader.condition({name: body})
    except InvalidInput as refusal:
        path = refusal.field
    else:
        assert condition.met(facts()) in {True, False}
    assert path[:2] in {(), ("conditions", name)}
