"""The ORM's SQLite client: reads on a read-only connection, transactions one at a time on a writing one.

The stock client begins transactions deferred, so that one which reads and then writes fails at once beside another
writer, and it commits in the middle of a migration's script. Here every transaction is `BEGIN IMMEDIATE` behind one
gate, which the ledger's writer shares, and a script stays in its transaction.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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

MINIMUM_VERSION = (3, 38, 0)
"""The first with `->>`, which the writer's statements use."""


class Client(SqliteClient):
    """Two connections: `_connection` reads, `_writer` writes behind `write_gate`."""

    def __init__(self, file_path: str, **options: Any) -> None:
        if sqlite3.sqlite_version_info < MINIMUM_VERSION:
            raise RuntimeError(f"SQLite {'.'.join(map(str, MINIMUM_VERSION))} or newer is needed.")
        super().__init__(file_path, **options)
        self._location = Path(file_path).absolute().as_uri()  # a folder's name may hold what a URI gives a meaning
        self._writer: aiosqlite.Connection | None = None
        self.write_gate = asyncio.Lock()
        self._opening = asyncio.Lock()

    async def create_connection(self, with_db: bool) -> None:  # noqa: ARG002  (the base class's signature)
        """Open both connections; the writing one first, as it creates the file and turns WAL on."""
        async with self._opening:  # a first read and a first transaction may come at once
            if self._connection is None:
                await asyncio.to_thread(Path(self.filename).parent.mkdir, parents=True, exist_ok=True)
                self._writer = await self._open("rwc", self.pragmas)
                self._connection = await self._open("ro", {"query_only": "ON", "busy_timeout": "10000"})

    async def _open(self, mode: str, pragmas: dict[str, Any]) -> aiosqlite.Connection:
        connection = await aiosqlite.connect(f"{self._location}?mode={mode}", uri=True, isolation_level=None)
        connection.row_factory = sqlite3.Row
        for name, value in pragmas.items():
            await (await connection.execute(f"PRAGMA {name}={value}")).close()
        return connection

    async def close(self) -> None:
        """Close both connections, the reading one first, so that the last to leave folds the WAL into the file."""
        for connection in (self._connection, self._writer):
            if connection is not None:
                await connection.close()
        self._connection = self._writer = None

    def _in_transaction(self) -> TransactionContext:
        return Transaction(Wrapper(self), self.write_gate)


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
