"""What a free expression is refused for when one is saved: each with the place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.campaigns import Trigger
from domain.conditions.expression import Expression
from domain.expression_costs import MACROS_MAX, NESTING_MAX
from domain.expression_tokens import read
from domain.expressions import TEXT_MAX, check_expression
from domain.refusals import InvalidInput
from tests.domain.campaigns import READER
from tests.domain.makers import facts

MEMBER_FIELDS = (
    "`attributes`, `birthday`, `channel`, `daysSinceEnrolment`, `daysSinceLastOrder`, `id`, `known`, `orders`, "
    "`store`, `tags`, `tiers`"
)
LINE_FIELDS = "`amount`, `attributes`, `category`, `name`, `quantity`, `sku`, `unitPrice`"
FUNCTIONS = "`double`, `has`, `int`, `money`, `size`, `string`"
METHODS = "`all`, `contains`, `endsWith`, `exists`, `exists_one`, `filter`, `map`, `matches`, `size`, `startsWith`"
ONCE = "Within a macro over lines `lines` is not named again for each line"
FILTER = "`filter` copies all lines for each that it finds: use `exists`, or `map` with a condition"


"""Of a core, for all expressions of a version on an order of 500 lines."""


def refusal(text: str, scale: int = 2) -> str:
    """Return with what message an expression is refused."""
    with pytest.raises(InvalidInput) as refused:
        check_expression(text, scale, ("conditions", "expression", "text"))
    assert refused.value.field == ("conditions", "expression", "text")
    return refused.value.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Syntax error at 1:1: it ends too early."),
        ("1 +", "Syntax error at 1:4: it ends too early."),
        ("member.", "Syntax error at 1:8: `.` cannot be read."),
        ('"abc', 'Syntax error at 1:1: `"abc` cannot be read.'),
        ("(1", "Syntax error at 1:3: `)` is missing."),
        ("a b", "Syntax error at 1:3: `b` is not expected here."),
        ("1 == 1)", "Syntax error at 1:7: `)` is not expected here."),
        ("\n\n  汉 == 1", "Syntax error at 3:3: `汉` cannot be read."),
        ("if", "Syntax error at 1:1: `if` is a reserved word."),
        ("a ? b", "Syntax error at 1:1: it is not complete."),
        ("member.?orders == 1", "Syntax error at 1:7: `.?` is not supported."),
        ("order.lines.exists(1, true)", "Syntax error at 1:20: argument must be a simple name."),
        ("9999999999999999999 > 1", "Syntax error at 1:1: invalid int literal."),
    ],
)
def test_a_syntax_error_is_told_with_its_place(text: str, message: str) -> None:
    assert refusal(text) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("member.foo == 1", f"There is no field `foo`, but {MEMBER_FIELDS} (at 1:8)."),
        ("has(member.foo)", f"There is no field `foo`, but {MEMBER_FIELDS} (at 1:12)."),
        ('member["foo"] == 1', f"There is no field `foo`, but {MEMBER_FIELDS} (at 1:8)."),
        ("member.known ||\n  member . foo", f"There is no field `foo`, but {MEMBER_FIELDS} (at 2:12)."),
        ("// why\nmember.foo", f"There is no field `foo`, but {MEMBER_FIELDS} (at 2:8)."),
        ('"汉" == member.foo', f"There is no field `foo`, but {MEMBER_FIELDS} (at 1:15)."),
        ("order.lines.exists(l, l.foo == 1)", f"There is no field `foo`, but {LINE_FIELDS} (at 1:25)."),
        ("(order.lines).all(l, l.foo == 1)", f"There is no field `foo`, but {LINE_FIELDS} (at 1:24)."),
        ("{}.a == 'b'", "There is no field `a`, it has no fields (at 1:4)."),
        ("{'b': 'b'}.a == 'b'", "There is no field `a`, but `b` (at 1:12)."),
        ("order.lines.foo", "There is no field `foo`, it has no fields (at 1:13)."),
        ("member.orders.foo == 1", "There is no field `foo`, it has no fields (at 1:15)."),
        ("member.attributes.a.b", "There is no field `b`, it has no fields (at 1:21)."),
        ("member[member.id] == 1", f"One of {MEMBER_FIELDS} must be named (at 1:8)."),
        ("l.sku == 'A'", "There is no `l`, but `event`, `member`, `order` (at 1:1)."),
        ("orders > 1", "There is no `orders`, but `event`, `member`, `order` (at 1:1)."),
        (
            "order.lines.exists(l, true) && l.amount > 1",
            "There is no `l`, but `event`, `member`, `order` (at 1:32).",
        ),
        ("order.lines.exists(l, m.amount > 1)", "There is no `m`, but `event`, `l`, `member`, `order` (at 1:23)."),
        ("Foo{a: 1} == 1", "There is no `Foo`, but `event`, `member`, `order` (at 1:1)."),
        (".member.known", "`.` is not expected here (at 1:1)."),
        ("foo(1) == 1", f"There is no function `foo`, but {FUNCTIONS} (at 1:1)."),
        ("timestamp('x') == 1", f"There is no function `timestamp`, but {FUNCTIONS} (at 1:1)."),
        (
            "member.id.upper() == 'A'",
            f"There is no method `upper`, but {METHODS} (at 1:11).",
        ),
        ("member.id.exists(x, true)", "`exists` needs a list (at 1:11)."),
        ("order.lines.exists(x)", "`)` is not expected here (at 1:21)."),
    ],
)
def test_what_there_is_not_is_refused_with_its_name_and_place(text: str, message: str) -> None:
    assert refusal(text) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("order.payable > money('12.505')", "12.505 has more than 2 decimal places (at 1:23)."),
        ("order.payable > money('NaN')", "NaN is not an amount (at 1:23)."),
        ("order.payable > money(12)", '`money` takes an amount as a text, as in money("12.50") (at 1:23).'),
        ("order.payable > money(b'1')", '`money` takes an amount as a text, as in money("12.50") (at 1:23).'),
        ("order.payable > money(member.id)", '`money` takes an amount as a text, as in money("12.50") (at 1:23).'),
        ("order.payable > money()", '`money` takes an amount as a text, as in money("12.50") (at 1:23).'),
        ("order.payable > money('1', '2')", "`,` is not expected here (at 1:26)."),
        ("member.id.matches('[')", "'[' is no regular expression (at 1:19)."),
        ("'a'.matches(member.id)", '`matches` takes a regular expression as a text, as in matches("^A") (at 1:13).'),
        ("'a'.matches('a' + '[')", "`+` is not expected here (at 1:17)."),
    ],
)
def test_an_amount_and_a_pattern_are_checked_beforehand(text: str, message: str) -> None:
    assert refusal(text) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("member.orders", "The expression must come to true or false."),
        ("'yes'", "The expression must come to true or false."),
        ("null", "The expression must come to true or false."),
        ("member.known ? 1 : 2", "The expression must come to true or false."),
        ("member.orders > 'a'", "`>` stands between a number and a text (at 1:15)."),
        ("!member.orders", "`!` needs true or false, and this is a number (at 1:2)."),
        ("member.orders && true", "`&&` needs true or false, and this is a number (at 1:15)."),
        ("order.lines.exists(l, l.sku > 3)", "`>` stands between a text and a number (at 1:29)."),
        ("member.orders.startsWith('A')", "`startsWith` needs a text, and this is a number (at 1:15)."),
        ("size(member.orders) > 1", "`size` is of a list or a map, and this is a number (at 1:6)."),
        ("member.tags", "A single value is needed here, no list and no map (at 1:1)."),
        ("member.tags == ['A']", "A single value is needed here, no list and no map (at 1:1)."),
        ("'A' in member.tags + ['B']", "A single value is needed here, no list and no map (at 1:8)."),
        ("-true", "`-` needs a number, and this is true or false (at 1:2)."),
        ("member.known == 'x'", "`==` stands between true or false and a text (at 1:14)."),
        ("member.orders == null", "`==` stands between a number and null (at 1:15)."),
        ("member.store != 3", "`!=` stands between a text or null and a number (at 1:14)."),
        ("null < null", "`<` stands between null and null (at 1:6)."),
        ("member.id + 1 == 'a'", "`+` stands between a text or null and a number (at 1:11)."),
        ("true + true == 2", "`+` stands between true or false and true or false (at 1:6)."),
        ("'a' - 'b' == 'c'", "`-` stands between a text and a text (at 1:5)."),
        ("1 in member.tags", "`in` stands between a number and a text (at 1:3)."),
        ("1 in member.attributes", "`in` stands between a number and a text (at 1:3)."),
        ("'a' in 'abc'", "`in` needs a list or a map at its right (at 1:8)."),
        ("member.tags['a'] == 'b'", "`[` needs a number, and this is a text (at 1:13)."),
        ("'abc'[0] == 'a'", "A text has no items (at 1:7)."),
        ("order.lines.exists(l, l.sku)", "`exists` needs true or false, and this is a text (at 1:23)."),
        ("order.lines.map(l, l.sku, l.sku).size() == 1", "`map` needs true or false, and this is a text (at 1:20)."),
        ("member.orders ? true : false", "`?` needs true or false, and this is a number (at 1:1)."),
        ("int(member.known) == 1", "`int` needs a number or a text, and this is true or false (at 1:5)."),
        ("member.id.contains(1)", "`contains` needs a text, and this is a number (at 1:20)."),
        ("[[1]].size() == 1", "A single value is needed here, no list and no map (at 1:2)."),
        ("{'a': [1]}.size() == 1", "A single value is needed here, no list and no map (at 1:7)."),
        ("member", f"A part of it must be named, one of {MEMBER_FIELDS} (at 1:1)."),
        ("order.lines.map(l, l).size() > 1", f"A part of it must be named, one of {LINE_FIELDS} (at 1:20)."),
    ],
)
def test_what_is_not_true_or_false_is_refused(text: str, message: str) -> None:
    assert refusal(text) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "order.lines.exists(l, member.tags.exists(t, member.tiers.exists(s, s == t)))",
            "Macros nest deeper than 2 levels (at 1:58).",
        ),
        ("order.lines.exists(l, member.tags.map(t, t).size() > 1)", "`map` does not stand within another macro"),
        ("order.lines.exists(l, member.tags.filter(t, true).size() > 1)", "`filter` does not stand within another"),
        (
            "member.tags.filter(l, true).filter(l, true).filter(l, true).size() > 1",
            "`map` and `filter` stand at most 2 times (at 1:45).",
        ),
        ("order.lines.filter(l, true).size() > 1", f"{FILTER} (at 1:13)."),
        ("order.lines.exists(l, l.sku.matches('A'))", "does not stand in a macro (at 1:29)."),
        ("!order.lines.exists(l, order.lines.exists(m, m.name == 'zz' || m.sku == 'q'))", f"{ONCE} (at 1:30)."),
        ("order.lines.exists(l, size(order.lines) > 1)", f"{ONCE} (at 1:34)."),
        ("order.lines.exists(l, member.tags.exists(t, size(order.lines) > 1))", f"{ONCE} (at 1:56)."),
        ("order.lines.map(l, order['lines'].size()).size() > 1", f"{ONCE} (at 1:26)."),
        ("member.tags.exists(t, size(order.lines) > 1)", "take up to 2501051 steps on 500 lines; at most 500000"),
        ("'a'.matches(r'(\\w{9}){9}\\w{9}')", "steps on 500 lines; at most 500000 are allowed."),
        (
            " || ".join(["member.tags.exists(l, false)"] * (MACROS_MAX + 1)),
            f"An expression has at most {MACROS_MAX} macros (at 1:{32 * MACROS_MAX + 13}).",
        ),
        ("(" * NESTING_MAX + "true" + ")" * NESTING_MAX, f"Brackets nest deeper than {NESTING_MAX} levels (at 1:21)."),
        ("'" + "x" * (TEXT_MAX - 1) + "'", "The expression has 1001 characters; at most 1000 are allowed."),
    ],
)
def test_what_would_take_long_is_refused(text: str, message: str) -> None:
    assert message in refusal(text)


NUMBERED = "The order of lines tells nothing, so none is taken by its number: use `exists` or `all`"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("order.lines[0].sku == 'A'", f"{NUMBERED} (at 1:13)."),
        ("(order['lines'])[member.orders].sku == 'A'", f"{NUMBERED} (at 1:18)."),
        ("order.lines.map(l, l.sku)[0] == 'A'", f"{NUMBERED} (at 1:27)."),
        ("order.lines.map(l, l.amount > 1, l.sku).filter(s, s > 'A')[0] == 'A'", f"{NUMBERED} (at 1:60)."),
        ("order.lines.map(l, l.sku).map(s, s + 'A')[0] == 'A'", f"{NUMBERED} (at 1:43)."),
    ],
)
def test_the_order_of_lines_does_not_change_what_an_expression_comes_to(text: str, message: str) -> None:
    assert refusal(text) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("size(member.birthday) > 1", "`size` is of a list or a map, and this is a text or null (at 1:6)."),
        ("member.attributes.name.size() > 1", "`size` is of a list or a map, and this is a text (at 1:24)."),
        ("order.lines.exists(l, '中文'.size() == 2)", "`size` is of a list or a map, and this is a text (at 1:28)."),
        ("b'a'.size() == 1", "`size` is of a list or a map, and this is bytes (at 1:6)."),
    ],
)
def test_a_text_has_no_size(text: str, message: str) -> None:
    assert refusal(text) == message


TEXTS = "member.known order.lines[0].sku 汉 ' \" \\ // 'a' r' 1.5 order.lines.exists(l, order.lines.all(m, l.sku"
words = st.sampled_from([*TEXTS.split(), "in", *"()[]{}.,:?!-+<=&1 \n@`"])


@given(st.lists(words, max_size=12).map("".join))
def test_any_text_is_taken_or_refused_and_what_is_taken_can_be_evaluated(text: str) -> None:
    try:
        check_expression(text, 2, ("text",))
    except InvalidInput:
        return
    assert Expression(text).met(facts(member=None)) in {True, False}


@given(st.text(st.sampled_from("'\"\\abr\n "), max_size=8))
def test_a_text_is_one_word_whatever_is_in_it(inner: str) -> None:
    quoted = "'" + inner.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"
    assert [token.text for token in read(quoted)] == [quoted, ""]
    assert Expression(f"{quoted} == {quoted}").met(facts())


def test_money_is_refused_by_the_decimals_of_the_currency() -> None:
    assert refusal("money('12.5') == 1", scale=0) == "12.5 has more than 0 decimal places (at 1:7)."


def test_all_expressions_of_a_version_together_have_a_bound() -> None:
    texts = [f"order.lines.exists(l, l.sku == 'q{number}')" for number in range(20)]
    forms = [{"expression": {"text": text}} for text in texts]
    with pytest.raises(InvalidInput, match=r"up to 1\d+ steps on 500 lines; at most 500000 are allowed") as refused:
        READER.condition({"all": [{"not": forms[0]}, {"any": forms[1:]}]})
    assert refused.value.field == ("conditions",)
    READER.condition({"any": forms[:8]})
    mapped = [f"order.lines.map(l, l.amount + {number}).size() > 1" for number in range(2)]
    READER.condition({"all": [{"expression": {"text": text}} for text in mapped]})


def test_the_expressions_of_a_segment_cost_less() -> None:
    text = "member.tags.exists(t, member.tags.exists(u, u == t + '{}'))"
    form = {"any": [{"expression": {"text": text.format(number)}} for number in range(2)]}
    READER.condition(form)
    with pytest.raises(InvalidInput, match="at most 50000 are allowed") as refused:
        READER.segment("TAGGED", "Tagged", form)
    assert refused.value.field == ("conditions",)


@pytest.mark.parametrize(
    ("trigger", "text", "message"),
    [
        (Trigger.ORDER, "event.code == 'x'", "There is no `event`, but `member`, `order` (at 1:1)."),
        (
            Trigger.EVENT,
            "order.payable > 1",
            "There is no field `payable`, but `day`, `hour`, `month`, `weekday`, `year` (at 1:7).",
        ),
    ],
)
def test_what_the_trigger_does_not_bring_is_not_named(trigger: Trigger, text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        READER.condition({"expression": {"text": text}}, trigger=trigger)
    assert (refused.value.message, refused.value.field) == (message, ("conditions", "expression", "text"))
    other = Trigger.EVENT if trigger is Trigger.ORDER else Trigger.ORDER
    assert READER.condition({"expression": {"text": text}}, trigger=other) == Expression(text)
    READER.condition({"expression": {"text": "order.weekday == 'MONDAY' && member.orders > 1"}}, trigger=trigger)
