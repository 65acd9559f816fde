"""The writer's store on SQLite: one connection in one thread, behind the gate that the ORM's transactions share."""

import asyncio
import re
import sqlite3
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

import orjson

from domain.coupons import TALLIED
from domain.usage import Usage
from services.database.config import BUSY_TIMEOUT_MS, Database
from services.writer.session import Changes, KeyClaim, Rejected, Rows, Session, StoredKey, Unavailable
from services.writer.tables import EVENTS, IDENTITIES, TRANSFERS, Table, sqlite_value

R = TypeVar("R")
T = TypeVar("T")

ANY = re.compile(r"= ANY\(\$(\d+)::\w+\[\]\)")
PARAMETER = re.compile(r"\$(\d+)")
CHECKPOINT_PAGES = 8_192
"""Pages (32 MB) of the write-ahead log before it is copied into the file.

By default it is after 1,000, which one full batch may write: each then paid for two more flushes to disk. A commit is
on disk all the same when it is answered; after a crash there is more to read again.
"""
USED = (
    "SELECT i.program_id, i.scope, i.key, i.hash, i.outcome FROM json_each(?1) AS v CROSS JOIN idempotency AS i "
    "ON i.program_id = v.value ->> 0 AND i.scope = v.value ->> 1 AND i.key = v.value ->> 2"
)
"""The records of a JSON array of [program, scope, key], by a look-up for each; of most keys there is none."""
CLAIM = "INSERT INTO idempotency (program_id, scope, key, hash, recorded_at, outcome) VALUES (?, ?, ?, ?, ?, ?)"
BLANK_TALLY = (
    f"INSERT INTO coupon_tally (program_id, campaign_id, {', '.join(TALLIED)}) "
    f"VALUES (?, ?, {', '.join('0' for _ in TALLIED)}) ON CONFLICT DO NOTHING"
)
COUNT_TALLY = f"UPDATE coupon_tally SET {', '.join(f'{name} = {name} + ?' for name in TALLIED)} WHERE campaign_id = ?"
NEWEST = "SELECT max(newest) FROM ({})".format(
    " UNION ALL ".join(
        f"SELECT (SELECT max(commit_order) FROM {table} r WHERE r.program_id = p.id) AS newest FROM program p"
        for table in ("event", "transfer")
    )
)
"""The number of the last transaction that wrote what has an order: by look-ups in indexes, as rows may be many."""


@lru_cache(maxsize=256)
def translated(sql: str) -> str:
    """Return a statement of the writer in SQLite's words: lists arrive as JSON arrays."""
    sql = ANY.sub(r"IN (SELECT value FROM json_each(?\1))", sql)
    return PARAMETER.sub(r"?\1", sql)


def named(table: Table[Any]) -> str:
    """Return the look-up of `table` by ?1 program and ?2, a JSON array of [source, external id] pairs."""
    return (
        f"SELECT {', '.join(f'r.{column}' for column in table.columns)} FROM json_each(?2) AS v "
        f"CROSS JOIN {table.name} AS r "  # CROSS JOIN keeps the order of the tables: one look-up for each pair
        "ON r.program_id = ?1 AND r.source = v.value ->> 0 AND r.external_id = v.value ->> 1"
    )


def argument(value: Any) -> Any:
    """Return a statement's argument as SQLite takes it."""
    if isinstance(value, (list, tuple)):
        return orjson.dumps([sqlite_value(item) for item in value]).decode()
    return sqlite_value(value)


class SqliteStore:
    """Runs one unit of work at a time, each in a transaction of its own."""

    batches_max = 1

    def __init__(self, database: Database, gate: asyncio.Lock) -> None:
        self._database = database
        self._gate = gate
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._connection: sqlite3.Connection | None = None
        self._commit_order = 0

    async def open(self) -> None:
        """Open the connection in the store's thread."""
        await asyncio.get_running_loop().run_in_executor(self._pool, self._open)

    def _open(self) -> None:
        connection = sqlite3.connect(self._database.path, isolation_level=None, cached_statements=512)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={self._database.synchronous}")
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA cache_size=-65536")
        connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        self._commit_order = connection.execute(NEWEST).fetchone()[0] or 0
        self._connection = connection

    async def close(self) -> None:
        """Close the connection and end the thread."""
        if self._connection is not None:
            await asyncio.get_running_loop().run_in_executor(self._pool, self._connection.close)
        self._pool.shutdown()

    async def run(self, work: Callable[[Session], Coroutine[Any, Any, T]], *, waits: bool) -> T:  # noqa: ARG002
        """Run `work` in one transaction. It awaits nothing but its session, so it never leaves the store's thread."""
        async with self._gate:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._run, work)

    def _run(self, work: Callable[[Session], Coroutine[Any, Any, T]]) -> T:
        connection = self._connection
        if connection is None:
            raise Unavailable("the store is closed")
        self._commit_order += 1
        try:
            connection.execute("BEGIN IMMEDIATE")
            answer = finished(work(SqliteSession(connection, self._commit_order)))
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            _roll_back(connection)
            raise Unavailable(str(error)) from error
        except (sqlite3.IntegrityError, sqlite3.DataError, OverflowError) as error:
            _roll_back(connection)
            raise Rejected(str(error)) from error
        except BaseException:
            _roll_back(connection)
            raise
        return answer


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def finished(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never really waits, and return its result."""
    try:
        work.send(None)
    except StopIteration as done:
        answer: T = done.value
        return answer
    work.close()
    raise RuntimeError("work on the SQLite store waited for something else than its session")


class SqliteSession:
    """See `Session`. Every method returns without waiting."""

    def __init__(self, connection: sqlite3.Connection, commit_order: int) -> None:
        self._connection = connection
        self._commit_order = commit_order
        self._claims: list[KeyClaim] = []
        """Keys that nobody had used: written last, with their outcomes."""

    async def fetch(self, sql: str, *arguments: Any) -> Sequence[Sequence[Any]]:
        """Return raw records, values as SQLite holds them."""
        return self._connection.execute(translated(sql), tuple(map(argument, arguments))).fetchall()

    async def select(self, table: Table[R], condition: str, *arguments: Any) -> list[R]:
        """Return rows of a table."""
        return [table.from_sqlite(record) for record in await self.fetch(f"{table.select} {condition}", *arguments)]

    async def fetch_each(self, sql: str, _: Sequence[str], rows: Rows) -> Sequence[Sequence[Any]]:
        """Return raw records, by a statement for each: none of them is a round trip."""
        return [record for row in rows for record in await self.fetch(sql, *row)]

    async def select_each(self, table: Table[R], condition: str, types: Sequence[str], rows: Rows) -> list[R]:
        """Return rows of a table."""
        records = await self.fetch_each(f"{table.select} {condition}", types, rows)
        return [table.from_sqlite(record) for record in records]

    async def named(self, table: Table[R], program_id: UUID, names: Sequence[tuple[str, str]]) -> list[R]:
        """Return rows by source and external id."""
        arguments = (str(program_id), orjson.dumps(names).decode())
        return [table.from_sqlite(record) for record in self._connection.execute(named(table), arguments)]

    async def claim(self, claims: Sequence[KeyClaim]) -> Mapping[tuple[UUID, str, str], StoredKey]:
        """Look only: the one writer is the lock, so what is new may be inserted when its outcome is known."""
        keys = [(sqlite_value(claim.program_id), claim.scope, claim.key) for claim in claims]
        found = {row[:3]: row[3:] for row in self._connection.execute(USED, (orjson.dumps(keys).decode(),))}
        used = {}
        for key, claim in zip(keys, claims, strict=True):
            if key in found:
                content_hash, outcome = found[key]
                own = (claim.program_id, claim.scope, claim.key)
                used[own] = StoredKey(*own, content_hash, orjson.loads(outcome))
            else:
                self._claims.append(claim)
        return used

    async def add_identities(self, rows: Iterable[Any]) -> None:
        """Insert those that are free."""
        self._insert(IDENTITIES, list(rows), "ON CONFLICT (program_id, source, external_id) DO NOTHING")

    async def lock_members(self, _: Sequence[UUID], *, waits: bool) -> set[UUID]:  # noqa: ARG002
        """Nothing to do: `BEGIN IMMEDIATE` locked everything."""
        return set()

    async def lock_orders(self, _: Sequence[UUID]) -> None:
        """Nothing to do: `BEGIN IMMEDIATE` locked everything."""

    async def lock_coupons(self, _: Sequence[UUID], __: Sequence[UUID]) -> None:
        """Nothing to do: `BEGIN IMMEDIATE` locked everything."""

    async def lock_usages(self, _: Sequence[Usage]) -> None:
        """Nothing to do: `BEGIN IMMEDIATE` locked everything, and what is not there is written when it is counted."""

    async def write(self, changes: Changes) -> None:
        """Write table by table."""
        execute = self._connection.executemany
        drop = "DELETE FROM identity WHERE member_id = ? AND source = ? AND external_id = ?"
        execute(drop, [(str(member), source, ext) for member, source, ext in changes.dropped_identities])
        for table, rows in changes.inserts:
            self._insert(table, rows)
        for table, columns, rows in changes.updates:
            assignments = ", ".join(f"{column} = ?" for column in columns)
            found = " AND ".join(f"{name} = ?" for name in table.key)
            values = zip(*table.to_sqlite(rows, (*columns, *table.key)), strict=True)
            execute(f"UPDATE {table.name} SET {assignments} WHERE {found}", values)
        execute(CLAIM, self._claimed(changes))
        for program_id, campaign_id, tally in changes.tallies:
            self._connection.execute(BLANK_TALLY, (str(program_id), str(campaign_id)))
            deltas = tuple(getattr(tally, name) for name in TALLIED)
            self._connection.execute(COUNT_TALLY, (*deltas, str(campaign_id)))

    def _claimed(self, changes: Changes) -> list[tuple[Any, ...]]:
        """Return the records of the keys that were claimed and not given back, with their outcomes."""
        outcomes = {(program, scope, key): outcome for program, scope, key, outcome in changes.outcomes}
        dropped = set(changes.dropped_keys)
        rows = []
        for claim in self._claims:
            own = (claim.program_id, claim.scope, claim.key)
            if own not in dropped:
                outcome = orjson.dumps(outcomes[own]).decode() if own in outcomes else None
                recorded_at = sqlite_value(claim.recorded_at)
                rows.append((sqlite_value(claim.program_id), *own[1:], claim.hash, recorded_at, outcome))
        return rows

    def _insert(self, table: Table[Any], rows: list[Any], conflict: str = "") -> None:
        names, columns = table.columns, table.to_sqlite(rows)
        if table in (EVENTS, TRANSFERS):
            names = (*names, "commit_order")
            columns.append([self._commit_order] * len(rows))
        places = ", ".join("?" * len(names))
        sql = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places}) {conflict}"
        self._connection.executemany(sql, zip(*columns, strict=True))
