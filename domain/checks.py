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

DECOMPOSED_MAX = 4
"""Characters of which the composed form makes one, at most: a letter with three marks."""
CONTROLS = frozenset(("Cc", "Cs", "Zl", "Zp"))
"""Categories of controls, halves of a surrogate pair, and what ends a line or a paragraph."""
JOINERS = frozenset("\u200c\u200d")
UNSEEN = frozenset(("Cf", "Mn", "Me", "Zs"))
"""Categories that show nothing by themselves: joiners, marks on another character, spaces."""
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and a sign that are blank by design: the fillers of Hangul, Braille without a dot."""

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")

Path = tuple[str, ...]


def text(value: str, path: Path, maximum: int) -> str:
    """Return `value` without surrounding space and in its composed form, NFC, by which equal texts are equal strings.

    It must have 1 to `maximum` characters, one of them visible, and none that controls how others are shown.
    """
    trimmed = value.strip()
    if trimmed.isascii() and trimmed.isprintable() and 0 < len(trimmed) <= maximum:
        return trimmed  # nearly all are, and need nothing else: this runs for every text of every order
    if not trimmed:
        raise InvalidInput(f"`{path[-1]}` must not be empty.", field=path)
    # To compose takes time that grows with the square of the length, so what cannot become short enough is left alone.
    composed = trimmed
    if len(trimmed) <= maximum * DECOMPOSED_MAX and not unicodedata.is_normalized("NFC", trimmed):
        composed = unicodedata.normalize("NFC", trimmed)
    if len(composed) > maximum:
        raise InvalidInput(f"`{path[-1]}` has {len(composed)} characters; at most {maximum} are allowed.", field=path)
    if not composed.isprintable():
        for character in composed:
            _check_character(character, path)
    if not _is_visible(composed[0]) and not any(map(_is_visible, composed)):
        raise InvalidInput(f"`{path[-1]}` has no visible character.", field=path)
    return composed


def _check_character(character: str, path: Path) -> None:
    """Refuse controls and what is not to be seen but changes what is.

    A name is shown to people who decide by it, and two that look alike must not be two. Characters of the category Cf
    reverse what follows them (U+202E), or show nothing at all (U+200B, U+FEFF). The two joiners are let through: in
    Persian and Hindi they are spelling, and a family is one emoji because of them. The price is that flags made of tag
    characters, as Scotland's, and a few Arabic signs before numbers are refused.
    """
    category = unicodedata.category(character)
    if category in CONTROLS:
        raise InvalidInput(f"`{path[-1]}` must not contain control characters.", field=path)
    if category == "Cf" and character not in JOINERS:
        raise InvalidInput(f"`{path[-1]}` must not contain the invisible character U+{ord(character):04X}.", field=path)


def _is_visible(character: str) -> bool:
    return character not in BLANKS and unicodedata.category(character) not in UNSEEN


def code(value: str, path: Path) -> str:
    """Return a code by which set-up is named; it must be one."""
    if not CODE.fullmatch(value):
        raise InvalidInput(
            f"{value!r} is no code: 1 to 64 letters, digits, hyphens and underscores, with a letter or digit first.",
            field=path,
        )
    return value


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
    """Return the key; it must have 1 to 128 characters and neither begin nor end with a space."""
    key = text(value, path, KEY_MAX)
    if key != value and value.strip() != value:
        raise InvalidInput("`idempotencyKey` must not begin or end with a space.", field=path)
    return key


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
    """Return the instant in UTC; it must lie between 1900 and now, plus five minutes for clocks that differ."""
    if value > now + CLOCK_SKEW:
        raise InvalidInput(f"`{path[-1]}` lies in the future: {value.isoformat()}.", field=path)
    if value < EARLIEST:
        raise InvalidInput(f"`{path[-1]}` lies before {EARLIEST.year}: {value.isoformat()}.", field=path)
    return value.astimezone(UTC)  # an offset of the 19th century has seconds, which JSON cannot say


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
        raise InvalidInput(f"{spoken(path)} is {value}; {minimum} to {maximum} is allowed.", field=path)
    return value


def spoken(path: Path) -> str:
    """Name the part that a path leads to, as messages do; an item of a list by the list."""
    *names, last = path
    return f"An item of {spoken(tuple(names))}" if last.isdigit() and names else f"`{last}`"


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
