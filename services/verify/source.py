"""One read-only transaction, from which rows are read in pages however many there are.

Statements are PostgreSQL's, with `$1`, and eight words of our own. `TOTAL(column)` is an exact sum and
`NONZERO(column)` tells whether it differs from 0: on SQLite a plain `sum` fails beyond 64 bits, which the sum of many
accounts may reach. `TEXT(column)` is an id as text, `ITEMS(column, name)` a table of the elements of a JSON array and
`NAME(item)` the text that one is, `PAIRS(column)` a table of the names and values of a JSON object, `AT(column, name,
id)` what the object of that name has of an id, `PLACE(text, part)` says where a text first has a part, from 1.
"""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any, Protocol, TypeVar

import asyncpg

from services.database.config import BUSY_TIMEOUT_MS, Database, Dialect
from services.writer.sqlite import argument, translated

T = TypeVar("T")
Row = Any
"""A record of either driver, by index and by name. Ids, instants, dates and JSON are text in both."""
AS_TEXT = ("uuid", "timestamptz", "date")
"""Types that PostgreSQL is asked to spell: nothing has to be made of a value that is only compared or hashed."""

MEMORY_MB = 32
"""What one sort, hash or page cache of the database may take before it goes to disk."""

PLANNING = (
    # Whole tables are compared, by hash: without statistics the planner would take a loop for cheap, and sorting both
    # sides costs up to twice as much. One process is enough, as the other processor is busy with hashing.
    "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; "
    f"SET LOCAL work_mem = '{MEMORY_MB}MB'; SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off; "
    "SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL jit = off"
)
LOW = 0xFFFFFFFF
Words = tuple[tuple[re.Pattern[str], str], ...]
POSTGRES_WORDS: Words = (
    (re.compile(r"TOTAL\((\w+)\)"), r"sum(\1)"),
    (re.compile(r"NONZERO\((\w+)\)"), r"sum(\1) <> 0"),
    (re.compile(r"TEXT\(([\w.]+)\)"), r"CAST(\1 AS TEXT)"),
    (
        re.compile(r"ITEMS\(([\w.]+), (\w+)\)"),
        r"jsonb_array_elements(CASE jsonb_typeof(\1 -> '\2') WHEN 'array' THEN \1 -> '\2' ELSE '[]' END)",
    ),
    (
        re.compile(r"PAIRS\(([\w.]+)\)"),
        r"jsonb_each(CASE jsonb_typeof(\1) WHEN 'object' THEN \1 ELSE '{}' END)",
    ),
    (re.compile(r"NAME\((\w+)\)"), r"\1.value #>> '{}'"),
    (re.compile(r"AT\(([\w.]+), (\w+), ([\w.]+)\)"), r"(\1 -> '\2' ->> CAST(\3 AS TEXT))"),
    (re.compile(r"PLACE\("), "strpos("),
)
SQLITE_WORDS: Words = (
    (re.compile(r"TOTAL\((\w+)\)"), rf"'Σ' || sum(\1 >> 32) || ':' || sum(\1 & {LOW})"),
    (
        re.compile(r"NONZERO\((\w+)\)"),
        rf"(sum(\1 & {LOW}) % {LOW + 1} <> 0 OR sum(\1 >> 32) + sum(\1 & {LOW}) / {LOW + 1} <> 0)",
    ),
    (re.compile(r"TEXT\(([\w.]+)\)"), r"\1"),
    (re.compile(r"ITEMS\(([\w.]+), (\w+)\)"), r"json_each(\1, '$.\2')"),
    (re.compile(r"PAIRS\(([\w.]+)\)"), r"json_each(\1)"),
    (re.compile(r"NAME\((\w+)\)"), r"\1.value"),
    (re.compile(r"AT\(([\w.]+), (\w+), ([\w.]+)\)"), r"""json_extract(\1, '$.\2."' || \3 || '"')"""),
    (re.compile(r"PLACE\("), "instr("),
    (re.compile("IS NOT DISTINCT FROM"), "IS"),
    (re.compile("IS DISTINCT FROM"), "IS NOT"),
)
UNREADABLE = ("integer overflow", "malformed JSON")
"""What SQLite says of a value that a query cannot use."""


def in_words_of(words: Words, sql: str) -> str:
    """Return the statement in a database's own words."""
    for pattern, own in words:
        sql = pattern.sub(own, sql)
    return sql


class BrokenValueError(Exception):
    """The database could not compute with a stored value: it is out of range or malformed."""


class Source(Protocol):
    """One read-only transaction."""

    async def first(self, sql: str, limit: int, *arguments: Any) -> Sequence[Row]:
        """Return the first `limit` rows. Raises `BrokenValueError`; the transaction goes on then."""

    async def page(self, cursor: Any, size: int) -> Sequence[Row]:
        """Return the next rows of a cursor of `cursor()`, none at the end."""

    async def cursor(self, sql: str, *arguments: Any) -> Any:
        """Return a cursor on a query, to be handed to `page`."""


def exact(value: Any) -> Any:
    """Return a `TOTAL` as an integer; any other value as it is."""
    if isinstance(value, str) and value.startswith("Σ"):
        high, low = value[1:].split(":")
        return (int(high) << 32) + int(low)
    return value


class PostgresSource:
    """A `REPEATABLE READ` transaction on a connection of its own."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()  # the connection does one thing at a time; pages are asked for ahead

    async def first(self, sql: str, limit: int, *arguments: Any) -> Sequence[Row]:
        """Return the first rows; a savepoint keeps the transaction usable after an error."""
        words = in_words_of(POSTGRES_WORDS, sql)
        async with self._turn:
            try:
                async with self._connection.transaction():
                    cursor = await self._connection.cursor(words, *arguments)
                    rows: Sequence[Row] = await cursor.fetch(limit)
                    return rows
            except asyncpg.DataError as error:
                raise BrokenValueError(str(error)) from error

    async def page(self, cursor: Any, size: int) -> Sequence[Row]:
        """Return the next rows."""
        async with self._turn:
            rows: Sequence[Row] = await cursor.fetch(size)
            return rows

    async def cursor(self, sql: str, *arguments: Any) -> Any:
        """Return a cursor."""
        async with self._turn:
            return await self._connection.cursor(sql, *arguments)


class SqliteSource:
    """A read transaction on a read-only connection that lives in a thread of its own."""

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        self._connection = connection
        self._thread = thread

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def first(self, sql: str, limit: int, *arguments: Any) -> Sequence[Row]:
        """Return the first rows."""
        words = in_words_of(SQLITE_WORDS, sql)
        return await self._run(partial(self._first, translated(words), limit, list(map(argument, arguments))))

    def _first(self, sql: str, limit: int, arguments: list[Any]) -> Sequence[Row]:
        try:
            return self._connection.execute(sql, arguments).fetchmany(limit)
        except sqlite3.OperationalError as error:
            if str(error) not in UNREADABLE:
                raise
            raise BrokenValueError(str(error)) from error

    async def page(self, cursor: Any, size: int) -> Sequence[Row]:
        """Return the next rows."""
        return await self._run(partial(cursor.fetchmany, size))

    async def cursor(self, sql: str, *arguments: Any) -> Any:
        """Return a cursor."""
        return await self._run(partial(self._connection.execute, translated(sql), list(map(argument, arguments))))


@asynccontextmanager
async def sources(database: Database) -> AsyncIterator[tuple[Source, Source]]:
    """Open two transactions, so that the database computes in one while rows of the other are hashed.

    On PostgreSQL both see the same snapshot; the URL must lead to the server itself and not to a pooler in transaction
    mode. On SQLite each sees one committed state, the second perhaps a later one: no check looks at both.
    """
    opened = _postgres(database) if database.dialect is Dialect.POSTGRES else _sqlite(database)
    async with opened as pair:
        yield pair


@asynccontextmanager
async def _postgres(database: Database) -> AsyncIterator[tuple[Source, Source]]:
    cache = {} if database.statement_cache else {"statement_cache_size": 0}
    first = await asyncpg.connect(database.dsn, **cache)
    try:
        second = await asyncpg.connect(database.dsn, **cache)
        try:
            for connection in (first, second):
                for name in AS_TEXT:
                    await connection.set_type_codec(name, schema="pg_catalog", encoder=str, decoder=str)
            async with _snapshot(first), _snapshot(second):
                snapshot = await first.fetchval("SELECT pg_export_snapshot()")
                await second.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
                for connection in (first, second):
                    await connection.execute(PLANNING)
                yield PostgresSource(first), PostgresSource(second)
        finally:
            await second.close()
    finally:
        await first.close()


def _snapshot(connection: asyncpg.Connection) -> AbstractAsyncContextManager[Any]:
    transaction: AbstractAsyncContextManager[Any] = connection.transaction(isolation="repeatable_read", readonly=True)
    return transaction


@asynccontextmanager
async def _sqlite(database: Database) -> AsyncIterator[tuple[Source, Source]]:
    async with _sqlite_source(database) as first, _sqlite_source(database) as second:
        yield first, second


@asynccontextmanager
async def _sqlite_source(database: Database) -> AsyncIterator[SqliteSource]:
    loop = asyncio.get_running_loop()
    thread = ThreadPoolExecutor(1, thread_name_prefix="verify")
    try:
        connection = await loop.run_in_executor(thread, _open, database)
        try:
            yield SqliteSource(connection, thread)
        finally:
            await loop.run_in_executor(thread, connection.close)
    finally:
        thread.shutdown()


def _open(database: Database) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{database.path.as_uri()}?mode=ro", uri=True, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute(f"PRAGMA cache_size = -{MEMORY_MB * 1024}")
    connection.execute("PRAGMA temp_store = FILE")
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM program").fetchone()  # the snapshot is taken by the first read
    return connection
