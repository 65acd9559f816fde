"""JSON lines: an order on each line, with the field names of the API's `OrderContentInput`."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from domain import checks
from domain.orders import LINES_MAX, QUANTITY_MAX
from domain.refusals import InvalidInput
from services.members import MemberRef
from services.order_files.lines import Line, MalformedRow
from services.order_files.values import characters, decimal, identity, instant, number
from services.orders import LineRequest, OrderRequest

ORDER = frozenset(
    ("source", "externalId", "member", "store", "channel", "occurredAt", "currency", "shipping", "lines", "attributes")
)
LINE = frozenset(("ref", "sku", "name", "category", "quantity", "unitPrice", "attributes"))
MEMBER = frozenset(("identity", "number", "phone"))
IDENTITY = frozenset(("source", "externalId"))
ATTRIBUTE = frozenset(("key", "value"))

Path = checks.Path


def order_request(line: Line, zone: ZoneInfo) -> OrderRequest:
    """Return the order of a line. Raises `MalformedRow` or `InvalidInput`."""
    order = _object(parsed(line.text), ORDER, ())
    lines = _list(order, "lines", ())
    checks.count(len(lines), ("lines",), 1, LINES_MAX)
    occurred_at = _optional(order, "occurredAt", ())
    return OrderRequest(
        source=_string(order, "source", ()),
        external_id=_string(order, "externalId", ()),
        member=_member(order),
        store=_optional(order, "store", ()),
        channel=_optional(order, "channel", ()),
        occurred_at=None if occurred_at is None else instant(occurred_at, zone, ("occurredAt",)),
        currency=_optional(order, "currency", ()),
        shipping=None if order.get("shipping") is None else _amount(order, "shipping", ()),
        lines=tuple(_line(row, ("lines", str(index))) for index, row in enumerate(lines)),
        attributes=_attributes(order, ()),
    )


def parsed(text: str) -> Any:
    """Return the JSON value of a line, its fractions exact. Raises `MalformedRow`."""
    try:
        return json.loads(text, parse_float=_fraction, parse_constant=_refuse_constant, object_pairs_hook=_each_once)
    except RecursionError:
        raise MalformedRow("The line is no JSON that can be read: it is nested too deeply.") from None
    except ValueError as error:
        raise MalformedRow(f"The line is no JSON: {error}.") from None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):  # which of the two is meant, nobody can know
        raise ValueError("a field stands twice in one object")
    return found


def external_id(text: str) -> str | None:
    """Return the external id of an order that was refused, if its line tells."""
    try:
        order = parsed(text)
    except MalformedRow:
        return None
    name = order.get("externalId") if isinstance(order, dict) else None
    return name if isinstance(name, str) else None


def _fraction(text: str) -> Decimal:
    """Return a number; one whose exponent is too large for any is NaN, which its field refuses by name."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _member(order: dict[str, Any]) -> MemberRef | None:
    if order.get("member") is None:
        return None
    at = ("member",)
    member = {name: value for name, value in _object(order["member"], MEMBER, at).items() if value is not None}
    if len(member) != 1:
        raise InvalidInput("`member` is named by exactly one of identity, number and phone.", field=at)
    if "identity" in member:
        inside = (*at, "identity")
        found = _object(member["identity"], IDENTITY, inside)
        return identity(_string(found, "source", inside), _string(found, "externalId", inside), inside)
    ((name, _),) = member.items()
    value = checks.text(_string(member, name, at), (*at, name), checks.CODE_MAX)
    return MemberRef(number=value) if name == "number" else MemberRef(phone=value)


def _line(row: Any, at: Path) -> LineRequest:
    line = _object(row, LINE, at)
    quantity = line.get("quantity")
    if not isinstance(quantity, int) or isinstance(quantity, bool):
        raise InvalidInput("`quantity` must be a whole number.", field=(*at, "quantity"))
    return LineRequest(
        ref=_string(line, "ref", at),
        sku=_string(line, "sku", at),
        quantity=checks.integer(quantity, (*at, "quantity"), 1, QUANTITY_MAX),
        unit_price=_amount(line, "unitPrice", at),
        name=_optional(line, "name", at),
        category=_optional(line, "category", at),
        attributes=_attributes(line, at),
    )


def _attributes(owner: dict[str, Any], at: Path) -> tuple[tuple[str, str], ...]:
    if owner.get("attributes") is None:
        return ()
    at = (*at, "attributes")
    pairs = _list(owner, "attributes", at[:-1])
    checks.count(len(pairs), at, 0, checks.ATTRIBUTES_MAX)
    rows = [(_object(row, ATTRIBUTE, (*at, str(index))), (*at, str(index))) for index, row in enumerate(pairs)]
    return tuple((_string(row, "key", path), _string(row, "value", path)) for row, path in rows)


def _object(value: Any, allowed: frozenset[str], at: Path) -> dict[str, Any]:
    name = f"`{at[-1]}`" if at else "The line"
    if not isinstance(value, dict):
        raise InvalidInput(f"{name} must be an object.", field=at)
    unknown = next((key for key in value if key not in allowed), None)
    if unknown is not None:
        raise InvalidInput(f"{name} has the unknown field {unknown!r}.", field=(*at, unknown))
    return value


def _list(owner: dict[str, Any], name: str, at: Path) -> list[Any]:
    value = owner.get(name)
    if not isinstance(value, list):
        raise InvalidInput(f"`{name}` must be a list.", field=(*at, name))
    return value


def _string(owner: dict[str, Any], name: str, at: Path) -> str:
    value = owner.get(name)
    if not isinstance(value, str):
        raise InvalidInput(f"`{name}` must be a string.", field=(*at, name))
    return characters(value, (*at, name))


def _optional(owner: dict[str, Any], name: str, at: Path) -> str | None:
    return None if owner.get(name) is None else _string(owner, name, at)


def _amount(owner: dict[str, Any], name: str, at: Path) -> Decimal:
    """Return a decimal that was written as a string or as a number."""
    value = owner.get(name)
    if isinstance(value, str):
        return decimal(value, (*at, name))
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return number(value, (*at, name))
    raise InvalidInput(f"`{name}` must be a decimal number.", field=(*at, name))
