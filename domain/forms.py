"""Parts of stored forms: each function reads one part and returns it checked, or raises `InvalidInput` naming it.

A form is what JSON makes of the API's inputs. A part that is null is as good as missing.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from domain import checks
from domain.amounts import to_minor
from domain.refusals import InvalidInput

NAMES_MAX = 500
"""The most names that one list of a rule may have."""

Path = tuple[str, ...]
E = TypeVar("E", bound=StrEnum)


def only(form: Any, path: Path) -> tuple[str, Any]:
    """Return the one key of a rule, which names it, and what stands under it."""
    if not isinstance(form, Mapping) or len(form) != 1:
        raise InvalidInput("A rule is an object with exactly one key, which names it.", field=path)
    return next(iter(form.items()))


def part(body: Any, name: str, path: Path) -> Any:
    """Return the part `name` of a rule, None when it is missing."""
    if not isinstance(body, Mapping):
        raise InvalidInput("What a rule says is an object.", field=path)
    return body.get(name)


def known_parts(body: Any, names: Collection[str], path: Path) -> None:
    """Refuse a part of a rule that no one would read: a misspelt name must not be taken for an absent one."""
    if not isinstance(body, Mapping):
        raise InvalidInput("What a rule says is an object.", field=path)
    for name in body:
        if name not in names:
            there = f"there are {', '.join(f'`{known}`' for known in names)}" if names else "there are none"
            raise InvalidInput(f"There is no part `{name}`; {there}.", field=(*path, str(name)))


def decimal(body: Any, name: str, path: Path) -> Decimal:
    """Return a decimal of 0 or more."""
    try:
        value = Decimal(str(part(body, name, path)))
    except InvalidOperation:
        raise InvalidInput(f"`{name}` must be a decimal.", field=(*path, name)) from None
    if not value.is_finite() or value < 0:
        raise InvalidInput(f"`{name}` must be a decimal of 0 or more.", field=(*path, name))
    return value


def minor(body: Any, name: str, scale: int, path: Path) -> int:
    """Return an amount of 0 or more in minor units of `scale` decimals."""
    return to_minor(decimal(body, name, path), scale, (*path, name))


def integer(body: Any, name: str, path: Path, minimum: int, maximum: int) -> int:
    """Return a whole number within the bounds."""
    return whole(part(body, name, path), (*path, name), minimum, maximum)


def whole(value: Any, path: Path, minimum: int, maximum: int) -> int:
    """Return a value that must be a whole number within the bounds."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidInput(f"{checks.spoken(path)} must be a whole number.", field=path)
    return checks.integer(value, path, minimum, maximum)


def optional_integer(body: Any, name: str, path: Path, minimum: int, maximum: int) -> int | None:
    """Return None when the part is missing, else as `integer`."""
    return None if part(body, name, path) is None else integer(body, name, path, minimum, maximum)


def flag(body: Any, name: str, path: Path) -> bool:
    """Return true or false; false when the part is missing."""
    value = part(body, name, path)
    if value is not None and not isinstance(value, bool):
        raise InvalidInput(f"`{name}` is true or false.", field=(*path, name))
    return bool(value)


def choice(body: Any, name: str, kind: type[E], path: Path, default: E | None = None) -> E:
    """Return a value of an enum; `default`, if there is one, when the part is missing."""
    value = part(body, name, path)
    if value is None and default is not None:
        return default
    if value not in list(kind):
        raise InvalidInput(f"`{name}` is one of {', '.join(kind)}.", field=(*path, name))
    return kind(value)


def text(body: Any, name: str, path: Path, maximum: int) -> str:
    """Return a text in the form in which orders and members have theirs: see `domain.checks.text`."""
    return _text(part(body, name, path), (*path, name), maximum)


def rows(body: Any, name: str, path: Path, most: int = NAMES_MAX) -> list[tuple[Any, Path]]:
    """Return the items of a list, of which there is one at least, each with its path."""
    found = part(body, name, path)
    if not isinstance(found, list) or not found:
        raise InvalidInput(f"`{name}` lists one or more.", field=(*path, name))
    checks.count(len(found), (*path, name), 1, most)
    return [(item, (*path, name, str(index))) for index, item in enumerate(found)]


def names(body: Any, name: str, path: Path, maximum: int = checks.CODE_MAX) -> frozenset[str]:
    """Return the texts of a list, of which there is one at least."""
    return frozenset(_text(item, at, maximum) for item, at in rows(body, name, path))


def optional_names(body: Any, name: str, path: Path, maximum: int = checks.CODE_MAX) -> frozenset[str]:
    """Return an empty set when the list is missing, else as `names`."""
    return frozenset() if part(body, name, path) is None else names(body, name, path, maximum)


def _text(value: Any, path: Path, maximum: int) -> str:
    if not isinstance(value, str):
        raise InvalidInput(f"{checks.spoken(path)} must be a text.", field=path)
    return checks.text(value, path, maximum)
