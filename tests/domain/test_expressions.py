"""Free expressions: what they see, and what they come to."""

import pickle
from dataclasses import fields
from datetime import date
from typing import Any

import pytest

from domain.conditions.base import Facts, OccasionFacts
from domain.conditions.expression import Expression, event_variables, member_variables, order_variables
from domain.explanation import ConditionResult
from domain.expressions import SPECIMEN, check_expression
from tests.domain.makers import DAY, NOON, TIERS, facts, line, member_facts, order, program

BOUGHT = order(
    store="BJ",
    channel="APP",
    shipping=5_00,
    attributes=(("coupon", "no"),),
    lines=(
        line("1", 20_00, 2, sku="CAKE", category="FOOD", name="Cake", attributes=(("colour", "red"),)),
        line("2", 3_00, 4, sku="TEA"),
    ),
)
KNOWN = member_facts(
    tags=frozenset({"VIP", "NEW"}),
    standings={TIERS[1].ladder_id: TIERS[1]},
    attributes={"size": "L"},
    birthday=date(1990, 3, 5),
    orders=3,
    enrolled_at=NOON - 40 * DAY,
    last_order_at=NOON - 2 * DAY,
    channel="WEB",
    store="SH",
)
PLAYED = OccasionFacts("PLAYED", (("score", "12"),))


def found(text: str, of: Facts) -> ConditionResult:
    """Return the result of an expression that may be saved."""
    check_expression(text, 2, ("text",))
    (result,) = Expression(text).results(of)
    assert result.met is Expression(text).met(of)
    return result


@pytest.mark.parametrize(
    "text",
    [
        "member.known && member.id == '00000000-0000-0000-0000-000000000030'",
        "'VIP' in member.tags && size(member.tags) == 2 && member.tags[0] == 'NEW'",
        "member.tiers.exists(t, t == 'SILVER')",
        "member.attributes.size == 'L' && member.attributes['size'] == 'L' && 'size' in member.attributes",
        "has(member.attributes.size) && !has(member.attributes.colour) && !('colour' in member.attributes)",
        "member.orders == 3 && member.orders % 2 == 1 && -member.orders < 0 && 7 / 2 == 3",
        "member.daysSinceEnrolment == 40 && member.daysSinceLastOrder == 2",
        "member.birthday == '03-05' && member.channel == 'WEB' && member.store.startsWith('S')",
        "order.source == 'shop' && order.store == 'BJ' && order.channel == 'APP'",
        "order.subtotal == 5200 && order.goods == 4200 && order.shipping == 500 && order.payable == 4700",
        "order.payable == money('47.00') && order.payable > 46.99 && order.quantity == 6",
        "order.attributes.coupon == 'no' && order['store'] == 'BJ'",
        "order.weekday == 'TUESDAY' && order.hour == 12 && order.day == 3 && order.month == 3 && order.year == 2026",
        "order.lines.size() == 2 && order.lines.exists(l, l.category == null && l.name != 'Cake')",
        "order.lines.exists(l, l.sku == 'CAKE' && l.quantity == 2 && l.unitPrice == 2000 && l.amount == 3000)",
        "order.lines.exists_one(l, has(l.attributes.colour) && l.attributes.colour in ['red', 'blue'])",
        "order.lines.map(l, l.amount >= money('30'), l.sku).size() == 1",
        "member.tags.filter(t, t != 'NEW').size() == 1",
        "order.lines.map(l, l.amount * l.quantity).exists(a, a == 6000)",
        "order.lines.map(l, l.quantity > 2, l.sku).all(s, s == 'TEA')",
        "order.lines.all(l, ['CAKE', 'TEA'].exists(s, s == l.sku))",
        "order.lines.exists(order, order.sku == 'TEA')",  # a name of its own hides that of the order
        "event.code == 'PLAYED' && int(event.attributes.score) > 10",
        "'brackets ) ] } in \\' texts' != r'\\' && \"\"\"three \" quotes\"\"\".contains('quotes') // and a ' remark",
        "{'BJ': 1, 'SH': 2}[order.store] == 1 && string(1) == '1' && double(1) == 1.0",
        "member.orders > 5 ? false : member.orders > 2 ? true : false",
        "member.birthday.matches('^0[1-3]-') && 0x10 == 16 && 1.5e1 > 14",
    ],
)
def test_an_expression_sees_the_member_the_order_and_the_event(text: str) -> None:
    of = facts(order=BOUGHT, member=KNOWN, occasion=PLAYED)
    of.running.take_off({"1": 10_00})
    told = found(text, of)
    required = text[:120] + "…" * (len(text) > 120)
    assert told == ConditionResult("expression", required, told.actual, met=True)


def names_of(variables: Any) -> Any:
    """Return the names within variables, without their values; of a map with any keys none."""
    if isinstance(variables, dict):
        return {name: {} if name == "attributes" else names_of(part) for name, part in variables.items()}
    lines = isinstance(variables, list) and variables and isinstance(variables[0], dict)
    return [names_of(variables[0])] if lines else None


@pytest.mark.parametrize("of", [facts(order=BOUGHT, member=KNOWN, occasion=PLAYED), facts(member=None)])
def test_what_may_be_named_is_what_there_is(of: Facts) -> None:
    given = {"member": member_variables(of), "order": order_variables(of), "event": event_variables(of)}
    assert names_of(given) == names_of(SPECIMEN)


def test_a_guest_has_nothing() -> None:
    guest = facts(member=None)
    text = "!member.known && member.orders == 0 && size(member.tags) == 0 && size(member.tiers) == 0"
    assert found(text, guest).met
    nothing = "member.id == null && member.birthday == null && member.store == null && member.channel == null"
    assert found(f"{nothing} && member.daysSinceLastOrder == null && member.daysSinceEnrolment == null", guest).met
    assert not found("has(member.attributes.size)", guest).met


def test_without_an_order_there_is_the_time_alone() -> None:
    of = facts(order=None, occasion=PLAYED)
    assert found("order.payable == 0 && order.source == null && size(order.lines) == 0", of).met
    assert found("order.weekday == 'TUESDAY' && order.hour == 12 && event.code == 'PLAYED'", of).met
    assert found("event.code == null && size(event.attributes) == 0", facts()).met


@pytest.mark.parametrize(
    ("text", "actual"),
    [
        ("member.orders > 3", "member.orders = 0"),
        ("member.attributes.colour == 'red'", "error: no key `colour`"),
        ("member.tags[7] == 'A'", "error: no item of this number"),
        ("order.payable / member.orders > 1", "error: division by 0"),
        ("9223372036854775807 + order.payable > 1", "error: a number that is too large"),
        ("member.daysSinceLastOrder > 30", "error: values whose types do not go together"),
        ("order.store.startsWith('A')", "error: values whose types do not go together"),  # none is told
        ("int(order.source) > 1", "error: a value that cannot be read"),
        ("member.orders == 1 ? true : 1", "error: neither true nor false"),
    ],
)
def test_what_cannot_be_evaluated_is_not_met(text: str, actual: str) -> None:
    assert found(text, facts()) == ConditionResult("expression", text, actual, met=False)


def test_an_expression_looks_at_the_amounts_that_the_rules_before_left() -> None:
    of = facts(order=BOUGHT)
    text = "order.payable == 5700 && order.lines.exists(l, l.amount == 4000)"
    assert found(text, of).met
    kept = of.expressions["context"]
    of.running.take_off({"1": 1_00})
    assert not found(text, of).met
    assert found("order.payable == 5600 && order.lines.exists(l, l.amount == 3900) && order.subtotal == 5200", of).met
    of.running.shipping = 0
    assert found("order.payable == 5100 && order.shipping == 0", of).met
    assert of.expressions["context"] is kept


def test_money_has_the_decimals_of_the_currency() -> None:
    yen = facts(program=program(currency="JPY", currency_scale=0))
    check_expression("money('1200') == 1200", 0, ("text",))
    assert Expression("money('1200') == 1200").met(yen)


def test_an_expression_can_be_sent_to_another_process() -> None:
    condition = Expression("order.payable == 10000")
    assert condition.met(facts())
    again = pickle.loads(pickle.dumps(condition))  # noqa: S301
    assert again == condition
    assert again.met(facts())
    assert [field.name for field in fields(condition)] == ["text"]


def test_a_long_expression_is_not_told_whole() -> None:
    text = " || ".join(["member.orders == 9"] * 20)
    assert found(text, facts()).required == text[:120] + "…"


@pytest.mark.parametrize(
    ("text", "actual"),
    [
        ("member.orders > 3 && order.payable > money('200')", "member.orders = 3, order.payable = 57.00 CNY"),
        ("member.id == 'x' && member.known", "member.known = true"),
        ("member.id == 'x'", "false"),
        ("order.lines.exists(l, l.sku == 'X' && member.store == 'BJ')", "order.lines = 2 lines, member.store = SH"),
        ("'A' in member.tags || member['tiers'].size() == 0", "member.tags = [NEW, VIP], member.tiers = [SILVER]"),
        ("has(member.attributes.colour)", "member.attributes.colour = none"),
        ("order.attributes['coupon'] == 'yes'", "order.attributes.coupon = no"),
        ("event.attributes.score == '1' && event.code == 'X'", "event.attributes.score = 12, event.code = PLAYED"),
        ("order.day == 1 && order.day > 0", "order.day = 3"),
        (
            "order.day + order.hour + order.month + order.year + order.quantity + order.goods + order.shipping == 1",
            "order.day = 3, order.hour = 12, order.month = 3, order.year = 2026, order.quantity = 6 and 2 more",
        ),
        ("1 > 2", "false"),
    ],
)
def test_a_reason_tells_what_was_found_of_what_is_named(text: str, actual: str) -> None:
    of = facts(order=BOUGHT, member=KNOWN, occasion=PLAYED)
    assert found(text, of) == ConditionResult("expression", text, actual, met=False)
