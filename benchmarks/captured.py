"""What one commit really writes, as statements that any client of the database can repeat.

A commit of the engine is carried out on a scratch database, and the rows of every table before and after it are
compared. Keys of new rows, the member, their accounts, and the numbers that must not repeat become slots; every other
value stays what the engine wrote. So the limits write the same rows, with the same columns, into the same tables.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

import asyncpg

from benchmarks.shop import Shop
from domain.commands import Adjust, CommitOrder
from services.database.config import Database, Dialect

WRITTEN = {
    "idempotency": ("program_id", "scope", "key"),
    "member": ("id",),
    "account": ("id",),
    "standing": ("id",),
    "orders": ("id",),
    "order_line": ("order_id", "ordinal"),
    "order_effect": ("order_id", "ordinal"),
    "transfer": ("id",),
    "entry": ("account_id", "seq"),
    "lot": ("id",),
    "event": ("member_id", "position"),
}
"""Tables that a commit writes, with their primary keys."""

Row = dict[str, Any]


class SlotKind(Enum):
    """What takes the place of a value that may not repeat."""

    NEW_KEY = "the key of a row that this transaction makes"
    MEMBER = "the member's key"
    ACCOUNT = "the key of one of the member's accounts"
    POSITION = "the member's position before, and so many more"
    SEQ = "the number of an account's newest entry, and so many more"
    NAME = "a text that nothing else has"
    NUMBER = "a number that grows"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a value that differs from transaction to transaction."""

    kind: SlotKind
    index: int = 0
    plus: int = 0


@dataclass(frozen=True, slots=True)
class CapturedCommit:
    """One commit: rows to insert by table, in the engine's order, and what it changed of the member's rows.

    `member` and `accounts` are those rows as they were before, to make further members of.
    """

    dialect: Dialect
    member: Row
    accounts: tuple[Row, ...]
    inserts: dict[str, list[Row]]
    account_changes: tuple[Row, ...]
    """For each account the columns that were changed, `seq` apart; empty when it was left alone."""
    seq_steps: tuple[int, ...]
    position_step: int
    outcome: Any
    """Of the idempotency record, which is inserted without it and gets it at the end."""

    @property
    def rows(self) -> dict[str, int]:
        """How many rows are written, by table."""
        changed = sum(1 for changes in self.account_changes if changes)
        inserted = {f"{table} +": len(rows) for table, rows in self.inserts.items()}
        return {**inserted, "idempotency ~": 1, "member ~": 1, "account ~": changed}


async def capture(shop: Shop, url: str, command: CommitOrder | Adjust) -> CapturedCommit:
    """Carry out one command of `shop`, the only writer of its database, and return what it wrote."""
    database = Database.parse(url)
    before = await _tables(database)
    await shop.engine.writer.post(command)
    after = await _tables(database)
    assert command.claim is not None, "the benchmark's commands have keys"
    member_key = _stored(command.locks[0], database.dialect)
    member = next(row for row in before["member"].values() if row["id"] == member_key)
    accounts = tuple(row for row in before["account"].values() if row["member_id"] == member_key)
    changed = [after["account"][row["id"],] for row in accounts]
    new = {
        table: [row for key, row in rows.items() if key not in before[table]]
        for table, rows in after.items()
        if table not in {"member", "account", "standing"}
    }
    standings = [row for key, row in after["standing"].items() if before["standing"].get(key) != row]
    assert not standings, "the captured commit raises no tier"
    (record,) = new["idempotency"]
    keys = [row["id"] for table in ("orders", "transfer", "lot") for row in new[table]]
    slots = _Slots(member, accounts, keys, command.claim.key)
    return CapturedCommit(
        dialect=database.dialect,
        member=member,
        accounts=accounts,
        inserts={
            table: [slots.of(table, row, database.dialect) for row in rows] for table, rows in new.items() if rows
        },
        account_changes=tuple(
            {name: value for name, value in now.items() if value != then[name] and name != "seq"}
            for then, now in zip(accounts, changed, strict=True)
        ),
        seq_steps=tuple(now["seq"] - then["seq"] for then, now in zip(accounts, changed, strict=True)),
        position_step=after["member"][member_key,]["position"] - member["position"],
        outcome=record["outcome"],
    )


class _Slots:
    """Finds in captured rows what must differ each time."""

    def __init__(self, member: Row, accounts: Sequence[Row], keys: Sequence[Any], name: str) -> None:
        self._name = name
        self._member = member
        self._seqs = {row["id"]: (index, row["seq"]) for index, row in enumerate(accounts)}
        self._fixed: dict[Any, Slot] = {member["id"]: Slot(SlotKind.MEMBER)}
        self._fixed |= {row["id"]: Slot(SlotKind.ACCOUNT, index) for index, row in enumerate(accounts)}
        self._fixed |= {key: Slot(SlotKind.NEW_KEY, index) for index, key in enumerate(keys)}

    def of(self, table: str, row: Row, dialect: Dialect) -> Row:
        """Return the row with slots; the event's commit order is left to PostgreSQL's default."""
        return {
            name: self._value(table, row, name, value)
            for name, value in row.items()
            if not (name == "commit_order" and dialect is Dialect.POSTGRES)
        }

    def _value(self, table: str, row: Row, name: str, value: Any) -> Any:
        if table == "idempotency" and name == "outcome":
            return None
        if value == self._name:
            return Slot(SlotKind.NAME)
        if name == "position":
            return Slot(SlotKind.POSITION, 0, value - self._member["position"])
        if name == "seq":
            index, seq = self._seqs[row["account_id"]]
            return Slot(SlotKind.SEQ, index, value - seq)
        if name == "commit_order":
            return Slot(SlotKind.NUMBER)
        return self._fixed.get(value, value) if isinstance(value, (str, UUID)) else value


async def _tables(database: Database) -> dict[str, dict[tuple[Any, ...], Row]]:
    found = {}
    for table, key in WRITTEN.items():
        rows = await read_all(database, table)
        found[table] = {tuple(row[name] for name in key): row for row in rows}
    return found


async def read_all(database: Database, table: str) -> list[Row]:
    """Return every row of a table as the driver gives it, generated columns included."""
    if database.dialect is Dialect.SQLITE:
        connection = sqlite3.connect(database.path)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(f'SELECT * FROM "{table}"')]
        finally:
            connection.close()
    link = await asyncpg.connect(database.dsn)
    try:
        return [dict(row) for row in await link.fetch(f'SELECT * FROM "{table}"')]
    finally:
        await link.close()


def _stored(key: UUID, dialect: Dialect) -> Any:
    return key if dialect is Dialect.POSTGRES else str(key)


def key_text(number: int) -> str:
    """Return the key that the limits make of a number: it sorts as the number does, like the engine's own keys."""
    return str(UUID(int=number))


MEMBER_KEYS, ACCOUNT_KEYS, ACCOUNTS_MAX = 2**60, 2**61, 16
"""Where the keys of the limits' members and accounts begin, and how many accounts one member may have."""


def further_members(commit: CapturedCommit, count: int) -> Mapping[str, list[Row]]:
    """Return `count` members like the captured one, with their accounts."""
    members, accounts = [], []
    for number in range(count):
        key = _like(key_text(MEMBER_KEYS + number), commit.dialect)
        members.append({**commit.member, "id": key, "number": f"limit-{number}"})
        for index, account in enumerate(commit.accounts):
            own = _like(key_text(ACCOUNT_KEYS + number * ACCOUNTS_MAX + index), commit.dialect)
            accounts.append({**account, "id": own, "member_id": key})
    return {"member": members, "account": accounts}


def _like(text: str, dialect: Dialect) -> Any:
    return UUID(text) if dialect is Dialect.POSTGRES else text
