"""Free expressions in the Common Expression Language: what they may name, and what is checked when one is saved."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import cel

from domain.amounts import to_minor
from domain.campaigns import Trigger
from domain.expression_costs import VERSION_STEPS_MAX
from domain.expression_paths import Walker
from domain.expression_shapes import TRUTH, Fields, Shape, shape_of
from domain.expression_tokens import Token
from domain.forms import Path
from domain.orders import LINES_MAX
from domain.refusals import InvalidInput
from domain.values import value

TEXT_MAX = 1_000
MESSAGE_MAX = 100

SPECIMEN: dict[str, Any] = {
    "member": {
        "known": True,
        "id": "0",
        "tags": ["TAG"],
        "tiers": ["TIER"],
        "attributes": {},
        "orders": 1,
        "daysSinceEnrolment": 1,
        "daysSinceLastOrder": 1,
        "birthday": "01-01",
        "channel": "CHANNEL",
        "store": "STORE",
    },
    "order": {
        "source": "SOURCE",
        "store": "STORE",
        "channel": "CHANNEL",
        "subtotal": 1,
        "goods": 1,
        "shipping": 1,
        "payable": 1,
        "quantity": 1,
        "attributes": {},
        "lines": [
            {
                "sku": "SKU",
                "category": "CATEGORY",
                "name": "NAME",
                "quantity": 1,
                "unitPrice": 1,
                "amount": 1,
                "attributes": {},
            }
        ],
        "weekday": "MONDAY",
        "hour": 1,
        "day": 1,
        "month": 1,
        "year": 2000,
    },
    "event": {"code": "CODE", "attributes": {}},
}
"""All that may be named, with a value of its type; a map without keys may be asked for any, and has texts."""

UNFIT = "values whose types do not go together"
FAULT_WORDS = {
    IndexError: "no item of this number",
    ZeroDivisionError: "division by 0",
    OverflowError: "a number that is too large",
    TypeError: UNFIT,
    Exception: "a value that cannot be read",
}
FAULTS = (LookupError, ArithmeticError, TypeError, ValueError, RuntimeError)
"""What the library raises when an expression cannot be evaluated."""

ERROR = re.compile(r"ERROR: <input>:(\d+):(\d+): ([^\n]*)")
SYNTAX = (
    (re.compile(r"missing '(.*)' at"), "`{}` is missing"),
    (re.compile(r"mismatched input '<EOF>'"), "it ends too early"),
    (re.compile(r"(?:extraneous|mismatched) input '(.*)' expecting"), "`{}` is not expected here"),
    (re.compile(r"token recognition error at: '(.*)'"), "`{}` cannot be read"),
    (re.compile(r"no viable alternative at input '(.*)'"), "`{}` cannot be read"),
    (re.compile(r"reserved identifier: (.*)"), "`{}` is a reserved word"),
    (re.compile(r"unsupported syntax:? '(.*)'"), "`{}` is not supported"),
    (re.compile(r"(?:Syntax error|Incomplete)"), "it is not complete"),
)
"""How the library tells what is wrong, and how it is told here."""


SHAPES: Mapping[str, Shape] = MappingProxyType({name: shape_of(part, name) for name, part in SPECIMEN.items()})


OF_TIME = frozenset({"weekday", "hour", "day", "month", "year"})
"""What there is of `order` without one: the time at which the occasion happened."""


def shapes_of(trigger: Trigger) -> Mapping[str, Shape]:
    """Return what may be named where `trigger` makes a campaign look: what it brings along."""
    order = SHAPES["order"]
    assert isinstance(order, Fields), "it has named parts"
    if trigger is Trigger.ORDER:
        return {"member": SHAPES["member"], "order": order}
    parts = {name: part for name, part in order.parts.items() if name in OF_TIME}
    return dict(SHAPES) | {"order": Fields(parts)}


def check_expression(text: str, currency_scale: int, path: Path, shapes: Mapping[str, Shape] = SHAPES) -> None:
    """Refuse an expression that is too long, cannot be read, names what is not in `shapes`, or is not true or false.

    Raises `InvalidInput`, with line and column of the place where there is one.
    """
    if len(text) > TEXT_MAX:
        raise InvalidInput(f"The expression has {len(text)} characters; at most {TEXT_MAX} are allowed.", field=path)
    try:
        program = compiled(text)
    except ValueError as error:
        raise InvalidInput(_syntax_message(str(error)), field=path) from None
    walker = Walker(text, shapes, currency_scale, path)
    kinds = walker.walk().kinds
    check_steps(walker.steps, VERSION_STEPS_MAX, path)
    for pattern in walker.patterns:
        _check_pattern(walker, pattern)
    if not kinds & TRUTH.kinds:
        raise InvalidInput("The expression must come to true or false.", field=path)
    try:
        program.execute(context(SPECIMEN, currency_scale))
    except FAULTS as error:
        if _words(error) == UNFIT:
            raise InvalidInput(f"The expression works on {UNFIT}.", field=path) from None


def check_steps(steps: int, most: int, path: Path) -> None:
    """Refuse expressions that together may take longer than they may."""
    if steps > most:
        message = f"The expressions take up to {steps} steps on {LINES_MAX} lines; at most {most} are allowed."
        raise InvalidInput(message, field=path)


@value
class Reading:
    """What is to be known of a checked expression: the paths that it names, and what it costs (`expression_costs`)."""

    paths: Mapping[tuple[str, ...], Shape]
    steps: int


@lru_cache(maxsize=4096)
def reading(text: str, currency_scale: int) -> Reading:
    """Return what is to be known of an expression that was checked."""
    walker = Walker(text, SHAPES, currency_scale, ())
    walker.walk()
    return Reading(walker.named, walker.steps)


def _check_pattern(walker: Walker, pattern: Token) -> None:
    """Refuse a regular expression that cannot be read."""
    try:
        cel.evaluate(f'"".matches({pattern.text})')
    except FAULTS:
        raise walker.at.refusal(f"{pattern.text} is no regular expression", pattern.offset) from None


@lru_cache(maxsize=4096)
def compiled(text: str) -> cel.Program:
    """Return the program of an expression. It is kept here, not by the rule: it cannot be sent to another process."""
    return cel.compile(text)


def context(variables: dict[str, Any], currency_scale: int) -> cel.Context:
    """Return what an expression is evaluated on."""

    def money(amount: str) -> int:
        return to_minor(Decimal(amount), currency_scale, ())

    return cel.Context(variables, {"money": money})


def evaluated(text: str, facts: cel.Context) -> bool | str:
    """Return what a checked expression comes to, or in few words why it comes to nothing."""
    try:
        result = compiled(text).execute(facts)
    except KeyError as error:
        return f"no key `{str(error.args[0])[:MESSAGE_MAX]}`"
    except FAULTS as error:
        return _words(error)
    return result if isinstance(result, bool) else "neither true nor false"


def _words(error: Exception) -> str:
    if str(error).startswith("Undefined variable or function"):
        return UNFIT  # all functions are there, but not for all types
    return next(words for kind, words in FAULT_WORDS.items() if isinstance(error, kind))


def _syntax_message(said: str) -> str:
    found = ERROR.search(said)
    if found is None:
        return "The expression cannot be read."
    line, column, message = found.groups()
    for pattern, ours in SYNTAX:
        if known := pattern.search(message):
            message = ours.format(*known.groups())
            break
    return f"Syntax error at {line}:{column}: {message[:MESSAGE_MAX]}."
