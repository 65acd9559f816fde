"""A migrated database for every test, on SQLite and on PostgreSQL."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import pytest_asyncio
from tortoise.context import TortoiseContext

from services.database.config import Database, Dialect
from services.database.migrate import migrate
from services.engine import Engine, engine
from tests import servers

stops: list[Callable[[], None]] = []
missing: list[str] = []


def pytest_configure(config: pytest.Config) -> None:
    """Find or start PostgreSQL and Redis, once for all workers of a run."""
    if not hasattr(config, "workerinput"):
        missing.extend(servers.ensure(stops))


def pytest_unconfigure() -> None:
    """Stop what was started."""
    while stops:
        stops.pop()()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not tested."""
    for what in missing:
        terminalreporter.write_line(f"NOT TESTED: {what}. Every test that needs it was left out.", red=True, bold=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI, what was left out is a failure."""
    if missing and os.environ.get("CI") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _server() -> str:
    return os.environ[servers.POSTGRES]


def _named(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))


async def _recreate(name: str) -> None:
    connection = await asyncpg.connect(_server())
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()


async def _drop(name: str) -> None:
    connection = await asyncpg.connect(_server())
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await connection.close()


async def emptied(database: Database) -> None:
    """Delete every row, past the triggers and references that refuse it to anybody else."""
    connection = await asyncpg.connect(database.dsn)
    try:
        tables = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'aerich'"
        )
        deletes = "; ".join(f'DELETE FROM "{row["tablename"]}"' for row in tables)
        await connection.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {deletes}; COMMIT")
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "huiyuan.db"
    asyncio.run(migrate(Database.parse(f"sqlite://{path}?synchronous=OFF")))
    return path


@pytest.fixture(scope="session")
def postgres_url(worker_id: str) -> Iterator[str]:
    if any("PostgreSQL" in what for what in missing):
        pytest.skip("PostgreSQL is not to be had here")
    name = f"huiyuan_test_{worker_id}_{os.getpid()}"
    asyncio.run(_recreate(name))
    url = _named(_server(), name)
    asyncio.run(migrate(Database.parse(url)))
    yield url
    asyncio.run(_drop(name))


@pytest.fixture(scope="session")
def worker_id() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "huiyuan.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite://{path}?synchronous=OFF"


@pytest.fixture
def clean_postgres_url(postgres_url: str) -> str:
    asyncio.run(emptied(Database.parse(postgres_url)))
    return postgres_url


@pytest.fixture(params=[Dialect.SQLITE, Dialect.POSTGRES])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database; the test runs once on each."""
    name = "sqlite_url" if request.param is Dialect.SQLITE else "clean_postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
def database(database_url: str) -> Database:
    return Database.parse(database_url)


@pytest_asyncio.fixture
async def house(database: Database) -> AsyncIterator[Engine]:
    """An open engine on an empty database, with the ORM's context around it."""
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        async with engine(database) as opened:
            yield opened


@pytest_asyncio.fixture
async def postgres_house(clean_postgres_url: str) -> AsyncIterator[Engine]:
    """The same on PostgreSQL only, for what needs real parallel connections."""
    database = Database.parse(clean_postgres_url)
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        async with engine(database) as opened:
            yield opened
