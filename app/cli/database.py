"""The database that the settings name, opened for a command, past what would otherwise be told badly or not at all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app import opening
from app.cli.output import CommandError, fault
from app.opening import UnreachableError
from app.settings import Settings
from services.database.config import Database, DatabaseUrlError, Dialect
from services.database.migrate import MIGRATIONS
from services.engine import Engine

SQLITE_HEADER = b"SQLite format 3\0"
"""How every SQLite file begins, but for the empty one that was never written."""


def named(chosen: Settings) -> Database:
    """Return the database that the settings name. Raises `DatabaseUrlError` and `UnreachableError`."""
    try:
        database = Database.parse(chosen.database_url)
        database.tortoise()  # which reads the port
    except ValueError:  # its words may quote half of a password
        raise DatabaseUrlError(
            "The host or the port cannot be read. In a password, write / as %2F, @ as %40, : as %3A and [ as %5B."
        ) from None
    if database.dialect is Dialect.SQLITE and database.path.is_file():
        with database.path.open("rb") as file:
            begins = file.read(len(SQLITE_HEADER))
        if begins and begins != SQLITE_HEADER:
            raise UnreachableError(f"The file {database.path} is not a SQLite database.")
    return database


async def prepare(database: Database, *, migrates: bool) -> list[str]:
    """Make sure that the database is there and fits this version; return the migrations that were applied for that."""
    try:
        applied = await opening.prepare(database, migrates=migrates)
    except UnreachableError as error:
        if isinstance(error.__cause__, OSError):
            raise UnreachableError(f"The database cannot be opened. {fault(error.__cause__)}") from None
        raise
    async with rows(database):
        return applied


@asynccontextmanager
async def rows(database: Database) -> AsyncIterator[None]:
    """Open the ORM on a database that fits this version, for set-up and reads; a server may run beside it."""
    async with opening.rows(database):
        await refuse_newer(database)
        yield


@asynccontextmanager
async def engine(database: Database, *, secret_key: str | None = None, migrates: bool = False) -> AsyncIterator[Engine]:
    """Open an engine, with the ORM around it, on a database that fits this version."""
    async with opening.engine(database, secret_key=secret_key, migrates=migrates) as opened:
        await refuse_newer(database)
        yield opened


async def refuse_newer(database: Database) -> None:
    """Raise `CommandError` when a newer version has migrated the database: its rows may mean what we do not know."""
    from aerich.models import Aerich  # noqa: PLC0415  (a model: usable inside a context only)

    known = [file.name for file in (MIGRATIONS / database.dialect.value).glob("*.py")]
    unknown = await Aerich.filter(app="models").exclude(version__in=known).order_by("id").values_list("version")
    if unknown:
        ((name,), *_) = unknown
        raise CommandError(
            f"This database was brought up to date by a newer version of Huiyuan ({name}); run that one or a later one."
        )
