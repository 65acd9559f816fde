"""Bring a database up to date: aerich's files, one folder for each dialect, under a lock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from aerich import Command
from aerich.migrate import Migrate
from tortoise.context import TortoiseContext

from services.database import numbers
from services.database.config import Database, Dialect
from services.database.lock import exclusive

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
ADVISORY_LOCK = 0x68757969  # "huyi"


async def migrate(database: Database) -> list[str]:
    """Apply every migration that is missing and return the names of those applied; [] when the database is up to date.

    On PostgreSQL it also lets transfers be numbered above those that were restored from another cluster.

    Several callers at once are safe: one migrates, the others wait. PostgreSQL is locked by a session lock, so the URL
    must lead to the server itself and not to a pooler in transaction mode; SQLite by its one-process lock file.
    """
    async with _locked(database), _command(database) as command:
        applied = await command.upgrade(run_in_transaction=True)
        if database.dialect is Dialect.POSTGRES:
            await numbers.go_on_above()
        return applied


async def pending(database: Database) -> bool:
    """Whether the database has to be migrated first. Opens a context of its own: not for use inside another."""
    async with _command(database) as command:
        applied = await _applied(database)
        files = Migrate.get_all_version_files()
        del command
        if any(name not in applied for name in files):
            return True
        return database.dialect is Dialect.POSTGRES and await numbers.foreign() is not None


async def _applied(database: Database) -> set[str]:
    from aerich.models import Aerich  # noqa: PLC0415  (a model: usable inside a context only)
    from tortoise.exceptions import OperationalError  # noqa: PLC0415

    del database
    try:
        return set(await Aerich.filter(app="models").values_list("version", flat=True))  # type: ignore[arg-type]
    except OperationalError:
        return set()


@asynccontextmanager
async def _command(database: Database) -> AsyncIterator[Command]:
    config = database.tortoise()
    async with TortoiseContext() as context:
        await context.init(config=config)
        command = Command(config, app="models")
        await command.init()
        Migrate.migrate_location = MIGRATIONS / database.dialect.value
        module = Migrate.get_last_version_module()
        assert module is not None, "the migrations are part of the project"
        Migrate._last_version_content = Migrate.get_migration_info_for_file(module).models_state  # noqa: SLF001
        yield command


@asynccontextmanager
async def _locked(database: Database) -> AsyncIterator[None]:
    if database.dialect is Dialect.SQLITE:
        with exclusive(database.path):
            yield
        return
    connection = await asyncpg.connect(database.dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", ADVISORY_LOCK)
        yield
    finally:
        await connection.close()
