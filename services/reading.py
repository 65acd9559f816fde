"""Reads through the ORM's connection, for what is shared with the writer: set-up, balances, previews."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

import orjson
from tortoise.connection import get_connections

from services.database.config import Dialect
from services.writer import postgres, sqlite
from services.writer.sqlite import argument, translated
from services.writer.tables import Table

R = TypeVar("R")


class OrmSession:
    """What loading needs of the writer's session, outside any transaction."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    async def fetch(self, sql: str, *arguments: Any) -> Sequence[Sequence[Any]]:
        """Return raw records."""
        connection = get_connections().get(self._dialect.value)
        if self._dialect is Dialect.SQLITE:
            _, rows = await connection.execute_query(translated(sql), [argument(value) for value in arguments])
        else:
            _, rows = await connection.execute_query(sql, list(arguments))
        return rows  # type: ignore[return-value]  # both drivers' records are sequences

    async def select(self, table: Table[R], condition: str, *arguments: Any) -> list[R]:
        """Return rows of a table."""
        records = await self.fetch(f"{table.select} {condition}", *arguments)
        make = table.from_sqlite if self._dialect is Dialect.SQLITE else table.from_postgres
        return [make(record) for record in records]

    async def named(self, table: Table[R], program_id: UUID, names: Sequence[tuple[str, str]]) -> list[R]:
        """Return rows by source and external id."""
        if self._dialect is Dialect.SQLITE:
            records = await self.fetch(sqlite.named(table), program_id, orjson.dumps(names).decode())
            return [table.from_sqlite(record) for record in records]
        sources, external = zip(*names, strict=True)
        records = await self.fetch(postgres.named(table), program_id, list(sources), list(external))
        return [table.from_postgres(record) for record in records]
