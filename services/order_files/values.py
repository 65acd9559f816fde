"""Values as files spell them. Each function returns the value to use or raises `InvalidInput` naming the field."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from domain import checks
from domain.refusals import InvalidInput
from services.members import MemberRef

DECIMAL = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?")
DIGITS_MAX = 80
"""Of a number without quotes: as many as `DECIMAL` takes of one in quotes."""
WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
DATE_LENGTH = len("2026-03-03")


def decimal(text: str, path: checks.Path) -> Decimal:
    """Return a decimal number; it has digits and at most one point, and neither exponent nor thousands."""
    if not DECIMAL.fullmatch(text):
        raise InvalidInput(f"`{path[-1]}` is no decimal number: {shown(text)}.", field=path)
    return Decimal(text)


def number(value: int | Decimal, path: checks.Path) -> Decimal:
    """Return the decimal number that stands unquoted in a file; it has no more digits than one that is spelled out."""
    found = Decimal(value)
    is_short = len(found.as_tuple().digits) <= DIGITS_MAX and (not found or abs(found.adjusted()) <= DIGITS_MAX)
    if not found.is_finite() or not is_short:
        raise InvalidInput(f"`{path[-1]}` is outside the range of numbers.", field=path)
    return found


def characters(text: str, path: checks.Path) -> str:
    """Return `text`; half a surrogate pair, which JSON can escape, is no character, and nothing could write it down."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise InvalidInput(f"`{path[-1]}` has half a surrogate pair: {shown(text)}.", field=path) from None
    return text


def whole(text: str, path: checks.Path) -> int:
    """Return a whole number."""
    if not WHOLE.fullmatch(text):
        raise InvalidInput(f"`{path[-1]}` is no whole number: {shown(text)}.", field=path)
    return int(text)


def instant(text: str, zone: ZoneInfo, path: checks.Path) -> datetime:
    """Return the instant in UTC that ISO 8601 `text` names; without an offset it is local time in `zone`."""
    try:
        moment = datetime.fromisoformat(text)
        if len(text) <= DATE_LENGTH:
            raise InvalidInput(f"`{path[-1]}` has no time of day: {shown(text)}.", field=path)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        example = "2026-03-03T12:00:00+08:00"
        raise InvalidInput(
            f"`{path[-1]}` is no instant of ISO 8601: {shown(text)}; example: {example}.", field=path
        ) from None


def identity(source: str, external_id: str, path: checks.Path) -> MemberRef:
    """Return the reference to a member by its identity."""
    return MemberRef(
        identity=(
            checks.source(source, (*path, "source")),
            checks.text(external_id, (*path, "externalId"), checks.EXTERNAL_ID_MAX),
        )
    )


def shown(text: str) -> str:
    """Return a value as a message quotes it."""
    return repr(text if len(text) <= checks.CODE_MAX else text[: checks.CODE_MAX] + "…")
