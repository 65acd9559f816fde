"""Scalars of the contract, and the map by which Strawberry finds them."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NewType

import strawberry
from graphql import FloatValueNode, GraphQLError, IntValueNode, StringValueNode, ValueNode
from strawberry.types.scalar import ScalarDefinition

Cursor = NewType("Cursor", str)

DIGITS_MAX = 80
DOUBLE_DIGITS = 15
"""Every decimal number of so many digits comes back from a double as it was; one of more may not."""
CURSOR_MAX = 200

# Python's own parsers take more than the contract says: `1_000`, `１２`, surrounding space, week dates, any separator.
DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CLOCK = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
INSTANT = re.compile(rf"{DAY.pattern}[T ]{CLOCK}(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?")


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise GraphQLError("A Decimal is a number, or a string with a number.")
    text = str(value)
    try:
        number = Decimal(text) if len(text) <= DIGITS_MAX and DECIMAL.fullmatch(text) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise GraphQLError(f"{text[:DIGITS_MAX]!r} is not a Decimal.")
    digits = max(number.adjusted() + 1, len(number.as_tuple().digits))
    if isinstance(value, float) and digits > DOUBLE_DIGITS:
        raise GraphQLError(f"A number of more than {DOUBLE_DIGITS} digits may have lost some; send it as a string.")
    return number


def _decimal_literal(node: ValueNode, _variables: Any = None) -> Decimal:
    if not isinstance(node, (FloatValueNode, IntValueNode, StringValueNode)):
        raise GraphQLError("A Decimal is a number, or a string with a number.")
    return _decimal(node.value)


def _shaped(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(text)
    return text


def _date_time(value: Any) -> datetime:
    if not isinstance(value, str):
        raise GraphQLError("A DateTime is a string: 2026-03-01T09:30:00Z")
    try:
        instant = datetime.fromisoformat(_shaped(INSTANT, value))
        if instant.tzinfo is None:
            raise GraphQLError(f"{value!r} has no time zone; end it with Z or an offset.")
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise GraphQLError(f"{value[:DIGITS_MAX]!r} is not a DateTime: 2026-03-01T09:30:00Z") from None


def _date(value: Any) -> date:
    if not isinstance(value, str):
        raise GraphQLError("A Date is a string: 2026-03-01")
    try:
        return date.fromisoformat(_shaped(DAY, value))
    except ValueError:
        raise GraphQLError(f"{value[:DIGITS_MAX]!r} is not a Date: 2026-03-01") from None


def _cursor(value: Any) -> Cursor:
    if not isinstance(value, str) or not value or len(value) > CURSOR_MAX:
        raise GraphQLError("A Cursor is a string that an earlier answer gave.")
    return Cursor(value)


SCALARS: dict[object, ScalarDefinition] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description='An exact decimal number, as a string: "12.50". On input a number is taken too.',
        serialize=lambda value: format(value, "f"),
        parse_value=_decimal,
        parse_literal=_decimal_literal,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant in UTC: 2026-03-01T09:30:00.000Z. On input any offset is taken, none is refused.",
        serialize=lambda value: value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        parse_value=_date_time,
    ),
    date: strawberry.scalar(
        name="Date", description="A day: 2026-03-01.", serialize=lambda value: value.isoformat(), parse_value=_date
    ),
    Cursor: strawberry.scalar(
        name="Cursor",
        description="An opaque place in a stream or list. Pass back what an answer gave; make none up.",
        serialize=str,
        parse_value=_cursor,
    ),
}
