"""The writer's store on PostgreSQL: a small pool of its own, statements over whole batches, writes as one statement."""

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import orjson

from services.database.config import Database
from services.writer.session import Changes, KeyClaim, Rejected, Session, StoredKey, Unavailable
from services.writer.tables import EVENTS, IDENTITIES, Table

R = TypeVar("R")
T = TypeVar("T")

BEGIN = (
    "BEGIN; SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '5s'; "
    # Every look-up of the writer is by key. On tables without statistics the planner would rather read them whole, and
    # keep that plan for the prepared statement.
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; "
    "SET LOCAL jit = off"
)
POOL_SIZE = 2
PASSING = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
REFUSED = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError)


class PostgresStore:
    """Runs units of work, each in a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        """Open the pool."""
        cache = (
            {"max_cacheable_statement_size": 0, "max_cached_statement_lifetime": 0}
            if self._database.statement_cache
            else {"statement_cache_size": 0}
        )
        self._pool = await asyncpg.create_pool(
            self._database.dsn, min_size=1, max_size=POOL_SIZE, reset=_kept, command_timeout=30, **cache
        )

    async def close(self) -> None:
        """Close the pool."""
        if self._pool is not None:
            await self._pool.close()

    async def run(self, work: Callable[[Session], Coroutine[Any, Any, T]]) -> T:
        """Run `work` in one transaction."""
        if self._pool is None:
            raise Unavailable("the store is closed")
        try:
            async with self._pool.acquire() as connection:
                try:
                    await connection.execute(BEGIN)
                    answer = await work(PostgresSession(connection))
                    await connection.execute("COMMIT")
                except BaseException:
                    if not connection.is_closed():
                        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                            await connection.execute("ROLLBACK")
                    raise
                return answer
        except REFUSED as error:
            raise Rejected(f"{error} {getattr(error, 'detail', None) or ''}") from error
        except PASSING as error:
            raise Unavailable(str(error)) from error


async def _kept(_: asyncpg.Connection) -> None:
    """Leave the connection as it is: the store rolls back by itself, and a reset is a round trip."""


def _json_text(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def named(table: Table[Any]) -> str:
    """Return the look-up of `table` by $1 program, $2 sources and $3 external ids.

    The inner LIMIT keeps the planner from turning the look-ups around: joined freely, it would read all rows of the
    program and compare each with the whole list, a plan that it chose while the table was empty and then keeps.
    """
    columns = ", ".join(f"r.{column}" for column in table.columns)
    return (
        f"SELECT {columns} FROM unnest($2::text[], $3::text[]) AS v (s, e) "
        f"CROSS JOIN LATERAL (SELECT * FROM {table.name} WHERE program_id = $1 AND source = v.s AND external_id = v.e "
        "LIMIT 1) AS r"
    )


class PostgresSession:
    """See `Session`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def fetch(self, sql: str, *arguments: Any) -> Sequence[Sequence[Any]]:
        """Return raw records."""
        records: list[Sequence[Any]] = await self._connection.fetch(sql, *arguments)
        return records

    async def select(self, table: Table[R], condition: str, *arguments: Any) -> list[R]:
        """Return rows of a table."""
        return [table.from_postgres(record) for record in await self.fetch(f"{table.select} {condition}", *arguments)]

    async def named(self, table: Table[R], program_id: UUID, names: Sequence[tuple[str, str]]) -> list[R]:
        """Return rows by source and external id."""
        sources, external = zip(*names, strict=True)
        return [table.from_postgres(record) for record in await self.fetch(named(table), program_id, sources, external)]

    async def claim(self, claims: Sequence[KeyClaim]) -> Mapping[tuple[UUID, str, str], StoredKey]:
        """Insert; a key in flight elsewhere is waited for. What was not inserted had been used."""
        columns = list(zip(*((c.program_id, c.scope, c.key, c.hash, c.recorded_at) for c in claims), strict=True))
        won = {
            tuple(record)
            for record in await self.fetch(
                "INSERT INTO idempotency (program_id, scope, key, hash, recorded_at) "
                "SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::timestamptz[]) "
                "ON CONFLICT DO NOTHING RETURNING program_id, scope, key",
                *columns,
            )
        }
        lost = [c for c in claims if (c.program_id, c.scope, c.key) not in won]
        if not lost:
            return {}
        records = await self.fetch(
            "SELECT i.program_id, i.scope, i.key, i.hash, i.outcome FROM unnest($1::uuid[], $2::text[], $3::text[]) "
            "AS v (p, s, k) CROSS JOIN LATERAL (SELECT * FROM idempotency "
            "WHERE program_id = v.p AND scope = v.s AND key = v.k LIMIT 1) AS i",
            [c.program_id for c in lost],
            [c.scope for c in lost],
            [c.key for c in lost],
        )
        return {(r[0], r[1], r[2]): StoredKey(r[0], r[1], r[2], r[3], orjson.loads(r[4])) for r in records}

    async def add_identities(self, rows: Iterable[Any]) -> None:
        """Insert those that are free; one in flight elsewhere is waited for."""
        parameters: list[Any] = []
        sql = _insert(IDENTITIES, list(rows), parameters)
        await self._connection.execute(f"{sql} ON CONFLICT (program_id, source, external_id) DO NOTHING", *parameters)

    async def lock_members(self, ids: Sequence[UUID]) -> None:
        """Lock in the order of ids, as every other transaction does."""
        await self.fetch("SELECT id FROM member WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE", list(ids))

    async def write(self, changes: Changes) -> None:
        """Write everything as one statement: each round trip would cost as much as the rows."""
        if changes.dropped_identities:
            members, sources, external = zip(*changes.dropped_identities, strict=True)
            await self._connection.execute(
                "DELETE FROM identity WHERE (member_id, source, external_id) IN "
                "(SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]))",
                members,
                sources,
                external,
            )
        parameters: list[Any] = []
        parts = [_insert(table, rows, parameters) for table, rows in changes.inserts]
        parts += [_update(table, columns, rows, parameters) for table, columns, rows in changes.updates]
        if changes.outcomes:
            first = _unnest(parameters, ("uuid", "text", "text", "jsonb"), list(zip(*changes.outcomes, strict=True)))
            parts.append(
                f"UPDATE idempotency i SET outcome = v.o FROM {first} AS v (p, s, k, o) "
                "WHERE i.program_id = v.p AND i.scope = v.s AND i.key = v.k"
            )
        if changes.dropped_keys:
            keys = _unnest(parameters, ("uuid", "text", "text"), list(zip(*changes.dropped_keys, strict=True)))
            parts.append(f"DELETE FROM idempotency WHERE (program_id, scope, key) IN (SELECT * FROM {keys})")
        if parts:
            named = ", ".join(f"s{index} AS ({part})" for index, part in enumerate(parts))
            await self._connection.execute(f"WITH {named} SELECT 1", *parameters)


def _unnest(parameters: list[Any], types: Sequence[str], columns: Sequence[Sequence[Any]]) -> str:
    """Append whole columns to the parameters; JSON goes as text, which the cast to jsonb[] reads."""
    first = len(parameters) + 1
    for kind, column in zip(types, columns, strict=True):
        parameters.append(list(map(_json_text, column)) if kind == "jsonb" else column)
    return f"unnest({', '.join(f'${first + index}::{kind}[]' for index, kind in enumerate(types))})"


def _insert(table: Table[Any], rows: list[Any], parameters: list[Any]) -> str:
    columns = list(zip(*map(table.values, rows), strict=True))
    source = _unnest(parameters, table.types, columns)
    names = ", ".join(table.columns)
    if table is not EVENTS:
        return f"INSERT INTO {table.name} ({names}) SELECT * FROM {source}"
    # A transaction has its number since its first claim. While it waited for a member's lock, younger ones may have
    # written events of that member; its own follow them, so that a program's order is the order of each member too.
    return (
        f"INSERT INTO {table.name} ({names}, commit_order) "
        f"SELECT v.*, greatest(pg_current_xact_id()::text::bigint, last.commit_order) FROM {source} AS v ({names}) "
        "LEFT JOIN LATERAL (SELECT commit_order FROM event WHERE member_id = v.member_id "
        "ORDER BY position DESC LIMIT 1) AS last ON true"
    )


def _update(table: Table[Any], columns: tuple[str, ...], rows: list[Any], parameters: list[Any]) -> str:
    types = dict(zip(table.columns, table.types, strict=True))
    names = ("id", *columns)
    values = [[getattr(row, name) for row in rows] for name in names]
    source = _unnest(parameters, [types[name] for name in names], values)
    assignments = ", ".join(f"{column} = v.{column}" for column in columns)
    return f"UPDATE {table.name} AS t SET {assignments} FROM {source} AS v ({', '.join(names)}) WHERE t.id = v.id"
