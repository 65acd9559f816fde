"""Opening the database for a command; whatever is missing is said in one sentence."""

import gc
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from urllib.parse import urlsplit

import asyncpg
from tortoise.context import TortoiseContext
from tortoise.exceptions import BaseORMException

from services.database.config import Database, Dialect
from services.database.lock import exclusive
from services.database.migrate import migrate, pending
from services.engine import Engine
from services.engine import engine as opened_engine

CONNECT_TIMEOUT_SECONDS = 10
COLLECT_EVERY = 50_000
"""Objects made, less those gone, between two looks for garbage in cycles."""


class NotMigratedError(Exception):
    """The database lacks tables or columns that this version needs."""


class UnreachableError(Exception):
    """The database cannot be opened; the message says which and why, without its password."""


def held(database: Database) -> AbstractContextManager[None]:
    """Hold what a process that writes must hold: on SQLite the database's lock, on PostgreSQL nothing.

    Raises `DatabaseInUseError`.
    """
    return exclusive(database.path) if database.dialect is Dialect.SQLITE else nullcontext()


def collect_seldom() -> None:
    """Look for garbage in cycles more rarely than Python does by itself.

    A batch makes thousands of rows that all live until it is written; looked through every 700 objects, they cost an
    import 8 % of its time. What was loaded at the start stays, so it is not looked at again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY)


async def reach(database: Database) -> None:
    """Raise `UnreachableError` unless the database answers; a SQLite file need not be there yet."""
    if database.dialect is Dialect.SQLITE:
        if database.path.exists() and not database.path.is_file():
            raise UnreachableError(f"The database {database.path} is not a file.")
        return
    parts = urlsplit(database.dsn)
    name = f"{parts.path.strip('/')} at {parts.hostname}:{parts.port or 5432}"
    try:
        await (await asyncpg.connect(database.dsn, timeout=CONNECT_TIMEOUT_SECONDS)).close()
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise UnreachableError(f"The database {name} cannot be reached: {reason(error)}.") from None


def reason(error: Exception) -> str:
    """Return an error's words as the end of a sentence."""
    return str(error).strip().rstrip(".") or type(error).__name__


async def prepare(database: Database, *, migrates: bool) -> list[str]:
    """Make sure that the database is there and up to date; return the migrations that were applied to make it so.

    Raises `UnreachableError`, and `NotMigratedError` when a migration is missing and `migrates` is false.
    """
    await reach(database)
    try:
        if migrates:
            return await migrate(database)
        if (database.dialect is Dialect.SQLITE and not database.path.exists()) or await pending(database):
            raise NotMigratedError("The database has not been brought up to date: run `huiyuan migrate` first.")
    except (OSError, sqlite3.Error, BaseORMException) as error:
        raise UnreachableError(f"The database cannot be opened: {reason(error)}.") from error
    return []


@asynccontextmanager
async def rows(database: Database) -> AsyncIterator[None]:
    """Open the ORM on a database that is up to date, for set-up and reads; a server may run beside it.

    Raises as `prepare`.
    """
    await prepare(database, migrates=False)
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        yield


@asynccontextmanager
async def engine(database: Database, *, secret_key: str | None = None, migrates: bool = False) -> AsyncIterator[Engine]:
    """Open an engine with the ORM around it.

    Raises as `prepare`, and `DatabaseInUseError` when another process writes the ledger of a SQLite database.
    """
    if not migrates:
        await prepare(database, migrates=False)  # before the lock, whose file would be left beside no database
    with held(database):
        if migrates:
            await prepare(database, migrates=True)
        async with rows(database), opened_engine(database, secret_key=secret_key) as opened:
            yield opened
