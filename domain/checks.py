"""Checks of single values. Each returns the value to use, or raises `InvalidInput` naming the field and the limit."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from domain.refusals import InvalidInput

KEY_MAX = 128
CODE_MAX = 64
EXTERNAL_ID_MAX = 200
NAME_MAX = 200
REASON_MAX = 500
EMAIL_MAX = 254
ATTRIBUTES_MAX = 50
CLOCK_SKEW = timedelta(minutes=5)
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")

Path = tuple[str, ...]


def text(value: str, path: Path, maximum: int) -> str:
    """Return `value` without surrounding space; it must have 1 to `maximum` characters, none of them a control."""
    trimmed = value.strip()
    if not trimmed:
        raise InvalidInput(f"`{path[-1]}` must not be empty.", field=path)
    if len(trimmed) > maximum:
        raise InvalidInput(f"`{path[-1]}` has {len(trimmed)} characters; at most {maximum} are allowed.", field=path)
    if not trimmed.isprintable() and any(unicodedata.category(character) in {"Cc", "Cs"} for character in trimmed):
        raise InvalidInput(f"`{path[-1]}` must not contain control characters.", field=path)
    return trimmed


def optional_text(value: str | None, path: Path, maximum: int) -> str | None:
    """Return None for None, else as `text`."""
    return None if value is None else text(value, path, maximum)


def sought(value: str, maximum: int) -> str | None:
    """Return the form in which `value` would be stored, to look it up by; None when it could not be stored at all."""
    try:
        return text(value, ("value",), maximum)
    except InvalidInput:
        return None


def idempotency_key(value: str, path: Path = ("idempotencyKey",)) -> str:
    """Return the key; it must have 1 to 128 characters and is taken as it is, spaces included."""
    if text(value, path, KEY_MAX) != value:
        raise InvalidInput("`idempotencyKey` must not begin or end with a space.", field=path)
    return value


def source(value: str, path: Path) -> str:
    """Return the name of a source system; names that begin with `#` are the engine's own."""
    name = text(value, path, CODE_MAX)
    if name.startswith("#"):
        raise InvalidInput("`source` must not begin with `#`.", field=path)
    return name


def email(value: str, path: Path) -> str:
    """Return the address if it has the form of one; whether it takes mail is not checked."""
    address = text(value, path, EMAIL_MAX)
    if not EMAIL.fullmatch(address):
        raise InvalidInput(f"{address!r} is not an e-mail address.", field=path)
    return address


def past_instant(value: datetime, now: datetime, path: Path) -> datetime:
    """Return the instant; it must lie between 1900 and now, plus five minutes for clocks that differ."""
    if value > now + CLOCK_SKEW:
        raise InvalidInput(f"`{path[-1]}` lies in the future: {value.isoformat()}.", field=path)
    if value < EARLIEST:
        raise InvalidInput(f"`{path[-1]}` lies before {EARLIEST.year}: {value.isoformat()}.", field=path)
    return value


def birthday(value: date, now: datetime, path: Path) -> date:
    """Return the day; it must lie between 1900 and today."""
    if not EARLIEST.date() <= value <= now.date() + timedelta(days=1):
        raise InvalidInput(f"`{path[-1]}` must lie between {EARLIEST.year} and today: {value.isoformat()}.", field=path)
    return value


def count(size: int, path: Path, minimum: int, maximum: int) -> None:
    """Refuse a list that is too short or too long."""
    if not minimum <= size <= maximum:
        raise InvalidInput(f"`{path[-1]}` has {size} items; {minimum} to {maximum} are allowed.", field=path)


def integer(value: int, path: Path, minimum: int, maximum: int) -> int:
    """Return the number; it must lie within the bounds."""
    if not minimum <= value <= maximum:
        raise InvalidInput(f"`{path[-1]}` is {value}; {minimum} to {maximum} is allowed.", field=path)
    return value


def attributes(pairs: Iterable[tuple[str, str]], path: Path) -> tuple[tuple[str, str], ...]:
    """Return custom attributes sorted by key, each key once."""
    found: dict[str, str] = {}
    rows = list(pairs)
    count(len(rows), path, 0, ATTRIBUTES_MAX)
    for index, (key, value) in enumerate(rows):
        at = (*path, str(index))
        name = text(key, (*at, "key"), CODE_MAX)
        if name in found:
            raise InvalidInput(f"The attribute {name!r} stands twice.", field=(*at, "key"))
        found[name] = text(value, (*at, "value"), NAME_MAX)
    return tuple(sorted(found.items()))
