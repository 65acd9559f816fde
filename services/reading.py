"""Reads through the ORM's connection: what is of one moment, and what is shared with the writer's way of reading."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar
from uuid import UUID

import orjson
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.connection import get_connections

from services.database.config import Dialect
from services.database.moment import Moment, moment_of
from services.writer import postgres, sqlite
from services.writer.session import Rows
from services.writer.sqlite import argument, translated
from services.writer.tables import Table

R = TypeVar("R")


def _client() -> BaseDBAsyncClient:
    """Return what reads go through here: the database's client, or what stands in for it."""
    (client,) = get_connections().all()
    return client


def moment() -> Moment | None:
    """Return the moment that reads are of here, if they are of one."""
    client = _client()
    return client if isinstance(client, Moment) else None


@contextmanager
def one_moment() -> Iterator[None]:
    """Let all reads within be of one moment of the database, whoever does them and in whichever task.

    The moment is that of the first read; without one, nothing begins and nothing is paid. Inside another moment, or a
    transaction, reads stay what they are. One connection is held from the first read to the end or the next `writing`,
    so do not wait for anything else within, such as an event.
    """
    client = _client()
    if isinstance(client, (Moment, TransactionalDBClient)):
        yield
        return
    begun = moment_of(client)
    token = get_connections().set(client.connection_name, begun)
    try:
        yield
    finally:
        get_connections().reset(token)
        begun.end()


@asynccontextmanager
async def writing() -> AsyncIterator[None]:
    """Write within, by a connection that is not the moment's; what is read afterwards is as of after it.

    Nothing is held meanwhile: who waits for a write must not keep others from reading, nor wait for a second connection
    with one in hand.
    """
    held = moment()
    if held is None:
        yield
        return
    await held.renew()
    try:
        yield
    finally:
        await held.renew()  # again, for what others may have read meanwhile


class OrmSession:
    """What loading needs of the writer's session, outside any transaction of the writer's."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    async def fetch(self, sql: str, *arguments: Any) -> Sequence[Sequence[Any]]:
        """Return raw records."""
        connection = get_connections().get(self.dialect.value)
        if self.dialect is Dialect.SQLITE:
            _, rows = await connection.execute_query(translated(sql), [argument(value) for value in arguments])
        else:
            _, rows = await connection.execute_query(sql, list(arguments))
        return rows  # type: ignore[return-value]  # both drivers' records are sequences

    async def select(self, table: Table[R], condition: str, *arguments: Any) -> list[R]:
        """Return rows of a table."""
        records = await self.fetch(f"{table.select} {condition}", *arguments)
        return [self.decoder(table)(record) for record in records]

    async def fetch_each(
        self, sql: str, types: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> Sequence[Sequence[Any]]:
        """Return raw records for each of several rows of parameters."""
        if self.dialect is Dialect.SQLITE:
            return [record for row in rows for record in await self.fetch(sql, *row)]
        return await self.fetch(postgres.each(sql, tuple(types)), *map(list, zip(*rows, strict=True)))

    async def select_each(self, table: Table[R], condition: str, types: Sequence[str], rows: Rows) -> list[R]:
        """Return rows of a table for each of several rows of parameters."""
        records = await self.fetch_each(f"{table.select} {condition}", types, rows)
        return [self.decoder(table)(record) for record in records]

    def decoder(self, table: Table[R]) -> Callable[[Sequence[Any]], R]:
        """Return the function from a raw record of the table's columns to its row."""
        return table.from_sqlite if self.dialect is Dialect.SQLITE else table.from_postgres

    async def named(self, table: Table[R], program_id: UUID, names: Sequence[tuple[str, str]]) -> list[R]:
        """Return rows by source and external id."""
        if self.dialect is Dialect.SQLITE:
            records = await self.fetch(sqlite.named(table), program_id, orjson.dumps(names).decode())
            return [table.from_sqlite(record) for record in records]
        sources, external = zip(*names, strict=True)
        records = await self.fetch(postgres.named(table), program_id, list(sources), list(external))
        return [table.from_postgres(record) for record in records]
