"""The ORM's SQLite client: reads on a read-only connection, transactions one at a time on a writing one.

The stock client begins transactions deferred, so that one which reads and then writes fails at once beside another
writer, and it commits in the middle of a migration's script. Here every transaction is `BEGIN IMMEDIATE` behind one
gate, which the ledger's writer shares, and a script stays in its transaction. Reads that belong together have further
connections, lent one by one (see `moment`).
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite
from tortoise.backends.base.client import NestedTransactionContext, TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
    translate_exceptions,
)
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError
from typing_extensions import override

Opened = TypeVar("Opened", bound=aiosqlite.Connection)

MINIMUM_VERSION = (3, 38, 0)
"""The first with `->>`, which the writer's statements use."""
READERS_MAX = 8
"""Connections that can be lent at a time, so that a long answer does not hold up all others."""
READING = {"query_only": "ON", "busy_timeout": "10000"}


class Client(SqliteClient):
    """`_connection` reads, `_writer` writes behind `write_gate`, and `lend` gives a reading one for a while."""

    def __init__(self, file_path: str, **options: Any) -> None:
        if sqlite3.sqlite_version_info < MINIMUM_VERSION:
            raise RuntimeError(f"SQLite {'.'.join(map(str, MINIMUM_VERSION))} or newer is needed.")
        super().__init__(file_path, **options)
        self._location = Path(file_path).absolute().as_uri()  # a folder's name may hold what a URI gives a meaning
        self._writer: aiosqlite.Connection | None = None
        self.write_gate = asyncio.Lock()
        self._opening = asyncio.Lock()
        self._readers: list[aiosqlite.Connection] = []
        self._idle: list[aiosqlite.Connection] = []
        self._lendable = asyncio.Semaphore(READERS_MAX)

    async def create_connection(self, with_db: bool) -> None:  # noqa: ARG002  (the base class's signature)
        """Open both connections; the writing one first, as it creates the file and turns WAL on."""
        async with self._opening:  # a first read and a first transaction may come at once
            if self._connection is None:
                await asyncio.to_thread(Path(self.filename).parent.mkdir, parents=True, exist_ok=True)
                self._writer = await self._open("rwc", self.pragmas)
                self._connection = await self._open("ro", READING)

    async def _open(self, mode: str, pragmas: dict[str, Any]) -> aiosqlite.Connection:
        connection = await aiosqlite.connect(f"{self._location}?mode={mode}", uri=True, isolation_level=None)
        return await _set(connection, pragmas)

    async def lend(self) -> aiosqlite.Connection:
        """Return a reading connection in a transaction, which nobody else uses until it is taken back.

        Waits while all are lent. The transaction sees what was committed when it first reads.
        """
        await self._lendable.acquire()
        try:
            connection = self._idle.pop() if self._idle else await self._reader()
            _tell(connection, "BEGIN")
        except BaseException:
            self._lendable.release()
            raise
        return connection

    async def _reader(self) -> aiosqlite.Connection:
        await self.create_connection(with_db=True)
        assert self._connection is not None, "it has just been opened"
        connection = await Reader(f"{self._location}?mode=ro", self._connection).opened()
        self._readers.append(await _set(connection, READING))
        return connection

    def take_back(self, connection: aiosqlite.Connection) -> None:
        """Take back what was lent; whatever it is in the middle of comes first."""
        self._lendable.release()
        if connection in self._readers:  # it is not, when all were closed meanwhile
            _tell(connection, "ROLLBACK")
            self._idle.append(connection)

    async def close(self) -> None:
        """Close all connections, the writing one last, so that the last to leave folds the WAL into the file."""
        readers, self._readers, self._idle = self._readers, [], []
        for connection in (*readers, self._connection, self._writer):
            if connection is not None:
                await connection.close()
        self._connection = self._writer = None

    def _in_transaction(self) -> TransactionContext:
        return Transaction(Wrapper(self), self.write_gate)


class Reader(aiosqlite.Connection):
    """A further connection in the thread of another, which must be closed after it.

    A thread of its own would only wait for the same interpreter: with two more, sixteen callers cost a tenth more CPU,
    with four a half.
    """

    def __init__(self, location: str, other: aiosqlite.Connection) -> None:
        super().__init__(partial(sqlite3.connect, location, uri=True, isolation_level=None), iter_chunk_size=64)
        self._tx = other._tx  # noqa: SLF001  (what the thread works off, in order)

    async def opened(self) -> Self:
        """Open in the other's thread; the connection's own is never started."""
        await self._connect()
        return self

    @override
    def stop(self) -> None:
        """Close, but leave the thread to the other."""
        self._running = False
        if self._connection is not None:
            self._tx.put_nowait((None, self._connection.close))
            self._connection = None


async def _set(connection: Opened, pragmas: dict[str, Any]) -> Opened:
    try:
        connection.row_factory = sqlite3.Row
        for name, value in pragmas.items():
            await (await connection.execute(f"PRAGMA {name}={value}")).close()
    except BaseException:  # who waited may have left; a connection's thread would keep the process alive
        connection.stop()
        raise
    return connection


def _tell(connection: aiosqlite.Connection, statement: str) -> None:
    """Let the connection's thread run `statement` before what it is given next; nobody waits for an answer.

    For what cannot fail: a wait would wake the thread and the event loop once more, for each answer of the server.
    """
    connection._tx.put_nowait((None, partial(connection._conn.execute, statement)))  # noqa: SLF001


class Transaction(SqliteTransactionContext):
    """Waits for the gate, then begins on the writing connection."""

    async def __aenter__(self) -> TransactionalDBClient:
        """Wait for the gate and begin; a begin that fails leaves gate and context as they were."""
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            await asyncio.shield(asyncio.create_task(self._give_up()))
            raise
        wrapper: TransactionalDBClient = self.connection
        self.token = get_connections().set(self.connection_name, wrapper)
        return wrapper

    async def _give_up(self) -> None:
        """Undo a begin whose caller left, for the thread does it all the same; only then let the next one in."""
        try:
            if self.connection._connection is not None:  # noqa: SLF001
                await self.connection._connection.rollback()  # noqa: SLF001
        finally:
            self._trxlock.release()

    async def ensure_connection(self) -> None:
        """Give the wrapper the writing connection."""
        client = self.connection._parent  # noqa: SLF001  (the ORM's own way in)
        if client._connection is None:  # noqa: SLF001
            await client.create_connection(with_db=True)
        self.connection._connection = client._writer  # noqa: SLF001


class Wrapper(SqliteTransactionWrapper):
    """A transaction's client."""

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(Wrapper(self))

    async def begin(self) -> None:
        """Take the write lock at once, not at the first write."""
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(error) from error

    @translate_exceptions
    async def execute_script(self, query: str) -> None:
        """Run the statements one by one, inside the transaction; `executescript` would commit it first."""
        async with self.acquire_connection() as connection:
            for statement in statements(query):
                await (await connection.execute(statement)).close()


def statements(script: str) -> Iterator[str]:
    """Yield the statements of `script`; a trigger's body is one statement."""
    pending = ""
    for piece in script.split(";"):
        pending += piece + ";"
        if sqlite3.complete_statement(pending):
            if pending.strip(" \n;"):
                yield pending
            pending = ""
    if pending:
        yield pending  # unfinished: SQLite says so, where leaving it out would go unnoticed


client_class = Client
