"""The door for writes of set-up: programs, keys, campaigns. What moves value goes through the writer instead."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tortoise.connection import get_connections
from tortoise.transactions import in_transaction

from services.reading import writing


@asynccontextmanager
async def transaction() -> AsyncIterator[Any]:
    """Open a transaction on the one open connection; on SQLite it takes the write lock at once."""
    (connection,) = get_connections().all()
    async with writing(), in_transaction(connection.connection_name) as client:
        yield client
