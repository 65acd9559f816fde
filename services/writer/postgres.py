"""The writer's store on PostgreSQL: a small pool of its own, statements over whole batches, writes as one statement."""

import re
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import orjson

from domain.coupons import TALLIED, Tally
from domain.usage import Usage
from services.database.away import AWAY
from services.database.config import Database
from services.writer.session import Changes, KeyClaim, Rejected, Rows, Session, StoredKey, Unavailable
from services.writer.tables import EVENTS, IDENTITIES, USAGES, Table

R = TypeVar("R")
T = TypeVar("T")

BEGIN = (
    "BEGIN; SET LOCAL lock_timeout = '{lock_timeout_ms}ms'; SET LOCAL statement_timeout = '5s'; "
    # A server that froze in the middle of a batch must not keep its members from the others.
    "SET LOCAL idle_in_transaction_session_timeout = '10s'; "
    # Every look-up of the writer is by key. On tables without statistics the planner would rather read them whole, and
    # keep that plan for the prepared statement.
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; "
    "SET LOCAL jit = off"
)
BATCHES_MAX = 2
LOCK_TIMEOUT_MS = {False: 200, True: 2_000}
"""How long a batch waits for a key, a name, an identity or a row that somebody else has, when it does not, or does."""
TOO_SLOW = (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError)
PASSING = (*AWAY, *TOO_SLOW, asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
KEY = {"program_id": "uuid", "scope": "text", "key": "text"}
CLAIM = KEY | {"hash": "bytea", "recorded_at": "timestamptz"}
OUTCOME = KEY | {"outcome": "jsonb"}
BLANK_TALLIES = (
    f"INSERT INTO coupon_tally (program_id, campaign_id, {', '.join(TALLIED)}) "
    f"SELECT p, c, {', '.join('0' for _ in TALLIED)} FROM unnest($1::uuid[], $2::uuid[]) AS v (p, c) "
    "ON CONFLICT (campaign_id) DO NOTHING"
)
COUNT_TALLIES = (
    "WITH l AS (SELECT campaign_id FROM coupon_tally WHERE campaign_id = ANY($1::uuid[]) "
    "ORDER BY campaign_id FOR UPDATE) "
    f"UPDATE coupon_tally t SET {', '.join(f'{name} = t.{name} + v.{name}' for name in TALLIED)} "
    f"FROM unnest($1::uuid[], {', '.join(f'${number}::int8[]' for number in range(2, len(TALLIED) + 2))}) "
    f"AS v (id, {', '.join(TALLIED)}), l WHERE t.campaign_id = v.id AND l.campaign_id = v.id"
)
LOCK_COUPONS = (
    "SELECT id FROM coupon WHERE id = ANY($1::uuid[] || ARRAY(SELECT (facts ->> 'coupon')::uuid FROM order_effect "
    "WHERE order_id = ANY($2::uuid[]) AND facts ->> 'coupon' IS NOT NULL)) AND member_id IS NULL ORDER BY id FOR UPDATE"
)
"""By the effects of orders, which never change: a coupon that a hold let go does not name its order any more."""
PARAMETER = re.compile(r"\$(\d+)")
REFUSED = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError)


class PostgresStore:
    """Runs units of work, each in a transaction of its own."""

    batches_max = BATCHES_MAX

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
            self._database.dsn, min_size=1, max_size=BATCHES_MAX + 1, reset=_kept, command_timeout=30, **cache
        )

    async def close(self) -> None:
        """Close the pool."""
        if self._pool is not None:
            await self._pool.close()

    async def run(self, work: Callable[[Session], Coroutine[Any, Any, T]], *, waits: bool) -> T:
        """Run `work` in one transaction."""
        if self._pool is None:
            raise Unavailable("the store is closed")
        try:
            async with self._pool.acquire() as connection:
                try:
                    await connection.execute(BEGIN.format(lock_timeout_ms=LOCK_TIMEOUT_MS[waits]))
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
            raise Unavailable(str(error), too_slow=isinstance(error, TOO_SLOW)) from error


async def _kept(_: asyncpg.Connection) -> None:
    """Leave the connection as it is: the store rolls back by itself, and a reset is a round trip."""


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


@cache
def each(sql: str, types: tuple[str, ...]) -> str:
    """Return a statement that does `sql` once for each element of arrays of these types, its parameters."""
    arrays = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(types, 1))
    names = ", ".join(f"p{number}" for number in range(1, len(types) + 1))
    once = PARAMETER.sub(r"k.p\1", sql)
    return f"SELECT r.* FROM unnest({arrays}) AS k ({names}) CROSS JOIN LATERAL ({once}) AS r"


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

    async def fetch_each(
        self, sql: str, types: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> Sequence[Sequence[Any]]:
        """Return raw records of all in one statement."""
        return await self.fetch(each(sql, tuple(types)), *map(list, zip(*rows, strict=True)))

    async def select_each(self, table: Table[R], condition: str, types: Sequence[str], rows: Rows) -> list[R]:
        """Return rows of a table in one statement."""
        records = await self.fetch_each(f"{table.select} {condition}", types, rows)
        return [table.from_postgres(record) for record in records]

    async def named(self, table: Table[R], program_id: UUID, names: Sequence[tuple[str, str]]) -> list[R]:
        """Return rows by source and external id."""
        sources, external = zip(*names, strict=True)
        return [table.from_postgres(record) for record in await self.fetch(named(table), program_id, sources, external)]

    async def claim(self, claims: Sequence[KeyClaim]) -> Mapping[tuple[UUID, str, str], StoredKey]:
        """Insert; a key in flight elsewhere is waited for. What was not inserted had been used."""
        records = await self.fetch(
            "INSERT INTO idempotency (program_id, scope, key, hash, recorded_at) "
            f"SELECT program_id, scope, key, decode(hash, 'hex'), recorded_at FROM {_rows(1, CLAIM)} "
            "ON CONFLICT DO NOTHING RETURNING program_id, scope, key",
            _json(claims),
        )
        won = set(map(tuple, records))
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
        sql = f"{_insert(IDENTITIES, 1)} ON CONFLICT (program_id, source, external_id) DO NOTHING"
        await self._connection.execute(sql, _json(list(rows)))

    async def lock_members(self, ids: Sequence[UUID], *, waits: bool) -> set[UUID]:
        """Lock in the order of ids, as every other transaction does."""
        skip = "" if waits else " SKIP LOCKED"
        lock = f"SELECT id FROM member WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE{skip}"
        missing = set(ids) - {record[0] for record in await self.fetch(lock, ids)}
        if not missing or waits:
            return set()
        there = await self.fetch("SELECT id FROM member WHERE id = ANY($1::uuid[])", list(missing))
        return {record[0] for record in there}

    async def lock_orders(self, ids: Sequence[UUID]) -> None:
        """Lock in the order of ids, as every other transaction does."""
        await self.fetch("SELECT id FROM orders WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE", ids)

    async def lock_coupons(self, ids: Sequence[UUID], order_ids: Sequence[UUID]) -> None:
        """Lock in the order of ids, as every other transaction does."""
        await self.fetch(LOCK_COUPONS, ids, order_ids)

    async def lock_usages(self, usages: Sequence[Usage]) -> None:
        """Make those that are not there first: a row that does not exist cannot be locked."""
        conflict = "ON CONFLICT (campaign_id, owner_id, day) DO NOTHING"
        await self._connection.execute(f"{_insert(USAGES, 1)} {conflict}", _json(usages))
        await self.fetch(
            "SELECT 1 FROM campaign_usage u JOIN unnest($1::uuid[], $2::uuid[], $3::date[]) AS v (c, o, d) "
            "ON u.campaign_id = v.c AND u.owner_id = v.o AND u.day = v.d "
            "ORDER BY u.campaign_id, u.owner_id, u.day FOR UPDATE OF u",
            *map(list, zip(*(usage.key for usage in usages), strict=True)),
        )

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
        parts: list[str] = []
        parameters: list[str] = []
        for table, rows in changes.inserts:
            parameters.append(_json(rows))
            parts.append(_insert(table, len(parameters)))
        for table, columns, rows in changes.updates:
            names = (*table.key, *columns)
            parameters.append(
                _json([dict(zip(names, values, strict=True)) for values in map(attrgetter(*names), rows)])
            )
            parts.append(_update(table, columns, len(parameters)))
        if changes.outcomes:
            parameters.append(_json([dict(zip(OUTCOME, row, strict=True)) for row in changes.outcomes]))
            parts.append(
                f"UPDATE idempotency i SET outcome = v.outcome FROM {_rows(len(parameters), OUTCOME)} "
                "WHERE i.program_id = v.program_id AND i.scope = v.scope AND i.key = v.key"
            )
        if changes.dropped_keys:
            parameters.append(_json([dict(zip(KEY, row, strict=True)) for row in changes.dropped_keys]))
            parts.append(
                "DELETE FROM idempotency WHERE (program_id, scope, key) IN "
                f"(SELECT program_id, scope, key FROM {_rows(len(parameters), KEY)})"
            )
        if parts:
            named = ", ".join(f"s{index} AS ({part})" for index, part in enumerate(parts))
            await self._connection.execute(f"WITH {named} SELECT 1", *parameters)
        if changes.tallies:
            await self._count(changes.tallies)

    async def _count(self, tallies: Sequence[tuple[UUID, UUID, Tally]]) -> None:
        """Add to the counters last: all who touch coupons of a template wait here for one another."""
        programs, templates, _ = zip(*tallies, strict=True)
        await self._connection.execute(BLANK_TALLIES, programs, templates)
        deltas = ([getattr(tally, name) for _, _, tally in tallies] for name in TALLIED)
        await self._connection.execute(COUNT_TALLIES, templates, *deltas)


def _json(rows: Sequence[Any]) -> str:
    """Return rows as one parameter: three times as cheap to make as an array for each column, twice as dear to read."""
    return orjson.dumps(rows, _plain).decode()


def _plain(value: Any) -> str:
    if isinstance(value, UUID):  # the driver's own kind of it
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"no JSON for {type(value).__name__}")


def _rows(number: int, columns: Mapping[str, str]) -> str:
    """Return parameter `number` as rows `v` of `columns`, a mapping of names to types; bytes come as hex text."""
    types = ", ".join(f"{name} {'text' if kind == 'bytea' else kind}" for name, kind in columns.items())
    return f"json_to_recordset(${number}::json) AS v ({types})"


@cache
def _insert(table: Table[Any], number: int) -> str:
    columns = dict(zip(table.columns, table.types, strict=True))
    names = ", ".join(columns)
    values = ", ".join(f"decode(v.{name}, 'hex')" if kind == "bytea" else f"v.{name}" for name, kind in columns.items())
    if table is not EVENTS:
        return f"INSERT INTO {table.name} ({names}) SELECT {values} FROM {_rows(number, columns)}"
    # A transaction has its number since its first claim. While it waited for a member's lock, younger ones may have
    # written events of that member; its own follow them, so that a program's order is the order of each member too.
    return (
        f"INSERT INTO {table.name} ({names}, commit_order) "
        f"SELECT {values}, greatest(pg_current_xact_id()::text::bigint, last.commit_order) "
        f"FROM {_rows(number, columns)} LEFT JOIN LATERAL (SELECT commit_order FROM event "
        "WHERE member_id = v.member_id ORDER BY position DESC LIMIT 1) AS last ON true"
    )


@cache
def _update(table: Table[Any], columns: tuple[str, ...], number: int) -> str:
    types = dict(zip(table.columns, table.types, strict=True))
    source = _rows(number, {name: types[name] for name in (*table.key, *columns)})
    assignments = ", ".join(f"{column} = v.{column}" for column in columns)
    found = " AND ".join(f"t.{name} = v.{name}" for name in table.key)
    return f"UPDATE {table.name} AS t SET {assignments} FROM {source} WHERE {found}"
