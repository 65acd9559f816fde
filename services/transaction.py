"""The door for writes of set-up: programs, keys, campaigns. What moves value goes through the writer instead."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from tortoise.connection import get_connections
from tortoise.transactions import in_transaction

import models
from services.reading import writing


@asynccontextmanager
async def transaction() -> AsyncIterator[Any]:
    """Open a transaction on the one open connection; on SQLite it takes the write lock at once."""
    (connection,) = get_connections().all()
    async with writing(), in_transaction(connection.connection_name) as client:
        yield client


async def locked_program(program_id: UUID) -> models.Program:
    """Return a program, locked until the end of the transaction: nobody else changes its set-up meanwhile.

    After the idempotency key it is the first and only lock of a change of set-up, so no two wait for each other. What
    the change is checked against is read after it. Orders go on: they refer to the row and do not change it.
    """
    return await models.Program.filter(id=program_id).select_for_update(no_key=True).get()
