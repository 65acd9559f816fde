"""Tables of what rules say, and the types made of them: one table for the way in and the way out.

A rule is stored as the JSON form of its input: see `domain.rules`. Hand-written types would say each of them twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import strawberry
from strawberry import UNSET

NEEDED: Any = object()


@dataclass(frozen=True)
class Part:
    """A part of a form: `kind` is `str`, `int`, `bool`, `Decimal`, an enum, or another form.

    `usual` is what it is when it is left out; None leaves it out, and a `many` without items is then an empty list.
    """

    name: str
    kind: Any
    description: str
    usual: Any = NEEDED
    many: bool = False


@dataclass(frozen=True)
class Form:
    """What is said under one name. `type_name` is the output type's; the input's has `Input` after it."""

    name: str
    type_name: str
    description: str
    parts: tuple[Part, ...] = ()


class Types:
    """The output or the input types of forms, each made once."""

    def __init__(self, *, is_input: bool) -> None:
        self._is_input = is_input
        self._made: dict[str, Any] = {}

    def of(self, form: Form, base: type | None = None) -> Any:
        """Return the type of a form."""
        if form.type_name not in self._made:
            self._made[form.type_name] = self._make(form, base)
        return self._made[form.type_name]

    def _make(self, form: Form, base: type | None) -> Any:
        attributes: dict[str, Any] = {"__annotations__": {}, "__doc__": form.description, "__module__": __name__}
        for part in form.parts:
            kind = self.of(part.kind) if isinstance(part.kind, Form) else part.kind
            annotation = list[kind] if part.many else kind  # type: ignore[valid-type]  # of tables
            default = {} if part.usual is NEEDED else {"default": part.usual}
            if part.usual is None:
                if self._is_input or not part.many:
                    annotation |= None
                else:
                    default = {"default_factory": list}
            attributes["__annotations__"][attribute(part.name)] = annotation
            attributes[attribute(part.name)] = strawberry.field(name=part.name, description=part.description, **default)
        name = f"{form.type_name}Input" if self._is_input else form.type_name
        made = type(name, (base,) if base else (), attributes)
        if self._is_input:
            return strawberry.input(made, description=form.description)
        return strawberry.type(made, description=form.description)


OUTPUTS = Types(is_input=False)
INPUTS = Types(is_input=True)


def attribute(name: str) -> str:
    """Return the name of a part as an attribute, which no keyword is: `from` and `of` would be."""
    return f"{name}_"


def output_of(form: Form, body: Mapping[str, Any]) -> Any:
    """Return the output of a form from what is stored of it, which was checked when it was stored.

    Rules tell their name beside what they say.
    """
    made = OUTPUTS.of(form)
    more = {"rule": form.name} if "rule" in made.__dataclass_fields__ else {}
    said = {part.name: body[part.name] for part in form.parts if body.get(part.name) is not None}
    values = {
        attribute(part.name): [_output(part.kind, item) for item in said[part.name]]
        if part.many
        else _output(part.kind, said[part.name])
        for part in form.parts
        if part.name in said
    }
    return made(**values, **more)


def _output(kind: Any, value: Any) -> Any:
    if isinstance(kind, Form):
        return output_of(kind, value)
    if kind is Decimal:
        return Decimal(str(value))
    if kind is datetime:
        return datetime.fromisoformat(value)
    return kind(value) if issubclass(kind, Enum) else value


DIGITS_MAX = 80
"""Numbers of more digits before or after the point are refused later; until then they stay as short as they came."""


def stored(value: Any) -> Any:
    """Return the form that an input stands for: JSON values, without what is left out."""
    if isinstance(value, strawberry.Some):
        return stored(value.value)
    if isinstance(value, list):
        return [stored(item) for item in value]
    if hasattr(value, "__strawberry_definition__") and not isinstance(value, Enum):
        return _stored_object(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    return _stored_number(value) if isinstance(value, Decimal) else value


def _stored_object(value: Any) -> dict[str, Any]:
    definition = value.__strawberry_definition__
    said = {field: getattr(value, field.python_name) for field in definition.fields}
    found = {
        field.graphql_name or field.python_name: stored(part)
        for field, part in said.items()
        if part is not None and part is not UNSET
    }
    if definition.is_one_of:  # a rule without parts is asked for by true
        return {name: {} if part is True else part for name, part in found.items()}
    return found


def _stored_number(value: Decimal) -> str:
    is_short = abs(value.adjusted()) < DIGITS_MAX and len(value.as_tuple().digits) < DIGITS_MAX
    return format(value, "f") if is_short else str(value)
