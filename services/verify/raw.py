"""Rows as a verification takes them from a driver: ids stay text, which is what is compared, hashed and printed.

To make an object of each id would take longer than all that is done with it. What is hashed of a sound row is taken
from the row as it came; whatever cannot be vouched for, such as an id that is none or a kind that nobody knows, raises,
and the row is then looked at as a whole.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeVar, get_args, get_type_hints

import orjson

from domain.digest import ENTRY_FIELDS, LOT_FIELDS, MOVE_FIELDS, TRANSFER_FIELDS, micros
from services.verify.source import Row
from services.writer.tables import ENTRIES, LOT_MOVES, LOTS, TRANSFERS, Table

R = TypeVar("R")
CACHED = 4_096
"""Values that are remembered: what is read together names the same members, accounts and instants again and again."""
ID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def checked_id(text: str) -> str:
    """Return an id that is one. Raises ValueError."""
    if not ID.fullmatch(text):
        raise ValueError(f"{text!r} is not an id as it is spelled")
    return text


checked_again = lru_cache(CACHED)(checked_id)
"""For ids that many rows name."""


@lru_cache(CACHED)
def instant(text: str) -> datetime:
    """Return an instant. Raises ValueError."""
    return datetime.fromisoformat(text)


@lru_cache(CACHED)
def microseconds(text: str) -> int:
    """Return the microseconds since 1970 of an instant. Raises ValueError."""
    return micros(datetime.fromisoformat(text))


DECODERS: dict[str, Callable[[Any], Any]] = {
    "uuid": checked_again,
    "timestamptz": instant,
    "date": date.fromisoformat,
    "bool": bool,
    "jsonb": orjson.loads,
}


def kinds(table: Table[Any], names: Sequence[str]) -> list[tuple[int, type[StrEnum], bool]]:
    """Return of each of these columns that holds an enum: its index, the enum, and whether it may be null."""
    hints = get_type_hints(table.row)
    found = []
    for at, name in enumerate(names):
        alternatives = get_args(hints[name]) or (hints[name],)
        enums = [kind for kind in alternatives if isinstance(kind, type) and issubclass(kind, StrEnum)]
        found += [(at, enum, type(None) in alternatives) for enum in enums]
    return found


def decoder(table: Table[R]) -> Callable[[Row], R]:
    """Return the function from a row to what the table's rows are, but with ids as text.

    It raises one of `UNREADABLE` for a value that no program wrote.
    """
    decoders = [(at, DECODERS[kind]) for at, kind in enumerate(table.types) if kind in DECODERS]
    decoders += [(at, enum) for at, enum, _ in kinds(table, table.columns)]
    make = table.row

    def decoded(row: Row) -> R:
        values = list(row)
        for at, decode in decoders:
            value = values[at]
            if value is not None:
                values[at] = decode(value)
        return make(*values)

    return decoded


class Canonical:
    """From a row of a table to those of its values that are hashed, in their order; the others are read and let go."""

    def __init__(self, table: Table[Any], fields: Sequence[str]) -> None:
        names = [*fields, *(name for name in table.columns if name not in fields)]
        places = [table.columns.index(name) for name in names]
        self._values: Callable[[Row], tuple[Any, ...]] = itemgetter(*places)
        self._hashed = len(fields)
        self._instants = [at for at, place in enumerate(places) if table.types[place] == "timestamptz"]
        self._ids = [at for at, place in enumerate(places) if table.types[place] == "uuid"]
        self._kinds = [(at, {*enum, None} if is_optional else {*enum}) for at, enum, is_optional in kinds(table, names)]

    def of(self, row: Row) -> list[Any]:
        """Return the values that are hashed. Raises one of `UNREADABLE` for a row that no program wrote."""
        values = list(self._values(row))
        for at in self._instants:
            if values[at] is not None:
                values[at] = microseconds(values[at])
        for at in self._ids:
            if values[at] is not None:
                checked_again(values[at])
        for at, known in self._kinds:
            if values[at] not in known:
                raise ValueError(f"{values[at]!r} is none of {known}")
        return values[: self._hashed]


TRANSFER = Canonical(TRANSFERS, TRANSFER_FIELDS)
ENTRY = Canonical(ENTRIES, ENTRY_FIELDS)
LOT = Canonical(LOTS, LOT_FIELDS)
MOVE = Canonical(LOT_MOVES, MOVE_FIELDS)


def transfer_hash(transfer: Row, entries: Iterable[Row], lots: Iterable[Row], moves: Iterable[Row]) -> bytes:
    """Return what `domain.digest.transfer_hash` does, of rows in the order in which it sorts them."""
    parts = (
        TRANSFER.of(transfer),
        [ENTRY.of(row) for row in entries],
        [LOT.of(row) for row in lots],
        [MOVE.of(row) for row in moves],
    )
    return hashlib.sha256(orjson.dumps(parts)).digest()
