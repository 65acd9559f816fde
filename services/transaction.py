"""The door for writes of set-up: programs, keys, campaigns. What moves value goes through the writer instead."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from tortoise.connection import get_connections
from tortoise.transactions import in_transaction


def transaction() -> AbstractAsyncContextManager[Any]:
    """Return a transaction on the one open connection; on SQLite it takes the write lock at once."""
    (connection,) = get_connections().all()
    return in_transaction(connection.connection_name)
