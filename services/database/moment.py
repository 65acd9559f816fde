"""One moment of the database: what is read within it is of the same instant, whatever commits meanwhile.

A moment stands in for the ORM's client, in the context of those who read together, and holds one connection with one
reading transaction. Which transaction that is, the two subclasses know; everything else is the same.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionContext

from services.database.away import AWAY
from services.database.sqlite_engine import Client

BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"


class Moment(BaseDBAsyncClient, ABC):
    """Begins with the first read, and again with the first after `renew`; gives its connection back at the `end`.

    It never has more than one connection, and waits for none while it has one. Those who read at the same time, as
    gathered resolvers do, take turns.
    """

    _parent: Any
    _finishing: set[asyncio.Task[None]] = set()  # noqa: RUF012  (of all moments: the event loop itself forgets tasks)

    def __init__(self, parent: Any) -> None:
        # As the ORM's own stand-in, that of a transaction, does: what the parent was opened with is the parent's.
        self._parent = parent
        self.connection_name = parent.connection_name
        self.fetch_inserted = parent.fetch_inserted
        self.capabilities = parent.capabilities
        self.log = parent.log
        self._turn = asyncio.Lock()
        self._held: Any = None
        self._is_over = False

    @abstractmethod
    async def _begin(self) -> Any:
        """Return a connection in a reading transaction, of which this moment is the only user."""

    @abstractmethod
    def _give_back(self, connection: Any) -> None:
        """End the transaction and give the connection back, whatever state it is in, without waiting for either."""

    @asynccontextmanager
    async def _taken(self) -> AsyncIterator[Any]:
        """Wait for the turn, and lend the connection.

        A task that outlives its answer reads as anybody does: the transaction is over, and who would end another?
        """
        async with self._turn:
            if not self._is_over:
                if self._held is None:
                    self._held = await self._begin()
                yield self._held
                return
        async with self._parent.acquire_connection() as connection:
            yield connection

    def acquire_connection(self) -> Any:
        """Return what every statement of the ORM goes through."""
        return self._taken()

    def _in_transaction(self) -> TransactionContext:
        """Return a transaction that writes, which is none of this moment's: `renew` first, lest it wait for two."""
        context: TransactionContext = self._parent._in_transaction()  # noqa: SLF001  (the ORM's own way in)
        return context

    async def renew(self) -> None:
        """Hold nothing any more; the next read begins anew and sees what is committed by then."""
        if self._held is not None or self._turn.locked():
            async with self._turn:
                self._let_go()

    def end(self) -> None:
        """Hold nothing any more, for good. Does not wait, so it is safe in a task that is being cancelled."""
        self._is_over = True
        if self._turn.locked():  # by a task that nobody waits for any more, such as a loader's
            self._beside(self._end_after_turn())
        else:
            self._let_go()

    async def _end_after_turn(self) -> None:
        async with self._turn:
            self._let_go()

    def _let_go(self) -> None:
        if self._held is not None:
            connection, self._held = self._held, None
            self._give_back(connection)

    def _beside(self, work: Any) -> None:
        """Do what the answer need not wait for, and a cancelled task could not."""
        task = asyncio.create_task(work, name="moment.end")
        self._finishing.add(task)
        task.add_done_callback(self._finishing.discard)


class PostgresMoment(Moment, AsyncpgDBClient):
    """A transaction that sees what was committed at its first statement."""

    async def _begin(self) -> Any:
        await self._parent.acquire_connection().ensure_connection()  # opens the pool, if nobody has
        connection = await self._parent._pool.acquire()  # noqa: SLF001  (the ORM's transactions take it the same way)
        try:
            try:
                await connection.execute(BEGIN)
            except asyncpg.ActiveSQLTransactionError:
                # Who had it before was cancelled right after the driver had a statement parsed, and the server waits
                # for its execution in a transaction of its own, which this error has ended.
                await connection.execute(BEGIN)
        except BaseException:
            self._give_back(connection)
            raise
        return connection

    def _give_back(self, connection: Any) -> None:
        self._beside(self._finish(connection))

    async def _finish(self, connection: Any) -> None:
        # The holder's own pool, for that of the client may be closed and gone by now.
        pool = connection._holder._pool  # noqa: SLF001
        try:
            await connection.execute("COMMIT")  # waits for the end of a cancelled statement first
        except (asyncpg.PostgresError, *AWAY):  # it broke off, or never began: what is left is not to be used again
            with suppress(asyncpg.InterfaceError):  # the pool has noticed
                connection.terminate()
        finally:
            await pool.release(connection)


class SqliteMoment(Moment, Client):
    """A deferred transaction on a reading connection: it sees what was committed when it first reads."""

    async def _begin(self) -> Any:
        return await self._parent.lend()

    def _give_back(self, connection: Any) -> None:
        self._parent.take_back(connection)


def moment_of(client: BaseDBAsyncClient) -> Moment:
    """Return a moment of the database that `client` reads."""
    return SqliteMoment(client) if isinstance(client, Client) else PostgresMoment(client)
