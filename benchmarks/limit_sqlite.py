"""SQLite's limit: a plain loop over `sqlite3`, one transaction for each order with the rows of a real commit."""

import asyncio
import random
import sqlite3
import time
from itertools import count
from typing import Any

from benchmarks.captured import (
    ACCOUNT_KEYS,
    ACCOUNTS_MAX,
    MEMBER_KEYS,
    CapturedCommit,
    Slot,
    SlotKind,
    further_members,
    key_text,
)
from benchmarks.measure import Rate
from benchmarks.shop import MEMBERS
from services.database.config import Database

KEYS_PER_ORDER = 16


class SqliteLoop:
    """Writes captured commits, one after the other: more clients would only wait for each other."""

    def __init__(self, database: Database, commit: CapturedCommit) -> None:
        self._path = database.path
        self._commit = commit
        self._numbers = count(1)
        self._record = commit.inserts["idempotency"][0]
        self._statements = [_insert(table, rows) for table, rows in commit.inserts.items()]

    async def run(self, seconds: float) -> Rate:
        """Return the rate of a loop of `seconds`."""
        return await asyncio.to_thread(self._run, seconds)

    def add_members(self) -> None:
        """Insert the members that the loop chooses from."""
        connection = self._connect()
        for table, rows in further_members(self._commit, MEMBERS).items():
            places = ", ".join("?" * len(rows[0]))
            sql = f'INSERT INTO "{table}" ({", ".join(rows[0])}) VALUES ({places})'
            connection.executemany(sql, [list(row.values()) for row in rows])
        connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, cached_statements=512)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "cache_size=-65536"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _run(self, seconds: float) -> Rate:
        connection = self._connect()
        done, started = 0, time.perf_counter()
        while time.perf_counter() < started + seconds:
            self._write(connection.execute)
            done += 1
        elapsed = time.perf_counter() - started
        connection.close()
        return Rate(done / elapsed)

    def _write(self, execute: Any) -> None:
        commit = self._commit
        values = _Values(next(self._numbers) * KEYS_PER_ORDER, random.randrange(MEMBERS))
        execute("BEGIN IMMEDIATE")
        member = values.of(Slot(SlotKind.MEMBER))
        (values.position,) = execute("SELECT position FROM member WHERE id = ?", (member,)).fetchone()
        for index, changes in enumerate(commit.account_changes):
            if changes:
                key = values.of(Slot(SlotKind.ACCOUNT, index))
                (values.seqs[index],) = execute("SELECT seq FROM account WHERE id = ?", (key,)).fetchone()
                sets = ", ".join(f"{name} = ?" for name in changes)
                sql = f"UPDATE account SET {sets}, seq = seq + {commit.seq_steps[index]} WHERE id = ?"
                execute(sql, (*changes.values(), key))
        execute(f"UPDATE member SET position = position + {commit.position_step} WHERE id = ?", (member,))
        for sql, row in self._statements:
            execute(sql, tuple(values.of(value) if isinstance(value, Slot) else value for value in row))
        names = ("program_id", "scope", "key")
        execute(
            "UPDATE idempotency SET outcome = ? WHERE program_id = ? AND scope = ? AND key = ?",
            (commit.outcome, *(values.of(self._record[name]) for name in names)),
        )
        execute("COMMIT")


class _Values:
    """What the slots of one transaction hold."""

    def __init__(self, number: int, member: int) -> None:
        self.number = number
        self.member = member
        self.position = 0
        self.seqs: dict[int, int] = {}

    def of(self, value: Any) -> Any:  # noqa: PLR0911  (one for each sort of slot)
        match value:
            case Slot(SlotKind.NEW_KEY, index):
                return key_text(self.number + index)
            case Slot(SlotKind.MEMBER):
                return key_text(MEMBER_KEYS + self.member)
            case Slot(SlotKind.ACCOUNT, index):
                return key_text(ACCOUNT_KEYS + self.member * ACCOUNTS_MAX + index)
            case Slot(SlotKind.POSITION, _, plus):
                return self.position + plus
            case Slot(SlotKind.SEQ, index, plus):
                return self.seqs[index] + plus
            case Slot(SlotKind.NAME):
                return f"limit-{self.number}"
            case Slot(SlotKind.NUMBER):
                return 2**40 + self.number
        return value


def _insert(table: str, rows: list[dict[str, Any]]) -> tuple[str, list[Any]]:
    places = ", ".join("?" * len(rows[0]))
    values = ", ".join([f"({places})"] * len(rows))
    return f'INSERT INTO "{table}" ({", ".join(rows[0])}) VALUES {values}', [v for row in rows for v in row.values()]
