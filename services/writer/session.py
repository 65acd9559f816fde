"""What the writer asks of a database inside one transaction. Two implementations, one meaning."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from domain.coupons import Tally
from domain.usage import Usage
from services.writer.tables import Table

R = TypeVar("R")
Rows = Sequence[Sequence[Any]]
"""Rows of parameters, one for each time that a statement is done."""


class Unavailable(Exception):  # noqa: N818  (a state, not a mistake)
    """The database did not do the batch, for a reason that may pass: the same batch may be tried again.

    `too_slow` when a lock or a statement took too long: a part of the batch may be to blame for it.
    """

    def __init__(self, reason: str, *, too_slow: bool = False) -> None:
        super().__init__(reason)
        self.too_slow = too_slow


class Rejected(Exception):  # noqa: N818
    """The database refused the data of the batch: trying it again as it is would be refused again."""


@dataclass(frozen=True, slots=True)
class KeyClaim:
    """An idempotency key to be claimed."""

    program_id: UUID
    scope: str
    key: str
    hash: bytes
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key that was used before."""

    program_id: UUID
    scope: str
    key: str
    hash: bytes
    outcome: dict[str, Any]


@dataclass(slots=True)
class Changes:
    """Everything that a batch writes, by table: rows to insert, and whole rows with the columns to update."""

    inserts: list[tuple[Table[Any], list[Any]]] = field(default_factory=list)
    updates: list[tuple[Table[Any], tuple[str, ...], list[Any]]] = field(default_factory=list)
    outcomes: list[tuple[UUID, str, str, dict[str, Any]]] = field(default_factory=list)
    """(program, scope, key) → outcome."""
    dropped_keys: list[tuple[UUID, str, str]] = field(default_factory=list)
    """Claims given back: their commands were put off."""
    tallies: list[tuple[UUID, UUID, Tally]] = field(default_factory=list)
    """(program, template, how its counters change), by template."""
    dropped_identities: list[tuple[UUID, str, str]] = field(default_factory=list)
    """(member, source, external id) that the member gives up, or that a refused command had claimed."""


class Reads(Protocol):
    """What loading needs; previews load without a transaction of the writer."""

    async def fetch(self, sql: str, *arguments: Any) -> Sequence[Sequence[Any]]:
        """Return raw records; the caller knows their types."""

    async def select(self, table: Table[R], condition: str, *arguments: Any) -> list[R]:
        """Return the rows of `table` for which `condition` (all that follows the table's name) holds."""

    async def fetch_each(
        self, sql: str, types: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> Sequence[Sequence[Any]]:
        """Return the raw records of `sql` for each of `rows`, its parameters, which are of these types."""

    async def select_each(self, table: Table[R], condition: str, types: Sequence[str], rows: Rows) -> list[R]:
        """Return the rows of `table` for which `condition` holds with each of `rows`, its parameters."""

    async def named(self, table: Table[R], program_id: UUID, names: Sequence[tuple[str, str]]) -> list[R]:
        """Return the rows of a program that have these (source, external id) pairs: orders, identities."""


class Session(Reads, Protocol):
    """One open transaction. Statements are PostgreSQL's, with `$1`; SQLite's session translates the few forms used."""

    async def claim(self, claims: Sequence[KeyClaim]) -> Mapping[tuple[UUID, str, str], StoredKey]:
        """Insert the claims, sorted by the caller, and return those that had been used before."""

    async def add_identities(self, rows: Iterable[Any]) -> None:
        """Insert identities that are free; leave those that are another's."""

    async def lock_members(self, ids: Sequence[UUID], *, waits: bool) -> set[UUID]:
        """Lock the members' rows, in the order of `ids`; return those that somebody else has locked.

        When it `waits`, it does so for them, and none is left.
        """

    async def lock_orders(self, ids: Sequence[UUID]) -> None:
        """Lock the rows of orders that no member's lock guards, in the order of `ids`, and wait for it."""

    async def lock_coupons(self, ids: Sequence[UUID], order_ids: Sequence[UUID]) -> None:
        """Lock those coupons that nobody has, by their ids and by the orders that used them, and wait for it.

        Those too that an order has lost since. A member's are guarded by the member's lock.
        """

    async def lock_usages(self, usages: Sequence[Usage]) -> None:
        """Lock these uses of campaigns, in their order, and wait for it; those that are not there are made, blank."""

    async def write(self, changes: Changes) -> None:
        """Write everything."""
