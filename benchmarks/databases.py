"""Scratch databases: made for one measurement, dropped after it, also when it failed."""

import os
import secrets
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from services.database.config import Database, Dialect
from services.database.migrate import migrate

POSTGRES_URL = os.environ.get("HUIYUAN_BENCH_POSTGRES_URL", "postgres://root@127.0.0.1:5432/postgres")
FOLDER = Path("var")
"""Scratch SQLite files go below the working directory: a temporary folder may be in memory, where a flush is free."""


@asynccontextmanager
async def scratch(dialect: Dialect) -> AsyncIterator[str]:
    """Yield the URL of a migrated, empty database."""
    if dialect is Dialect.SQLITE:
        with _folder() as folder:
            url = f"sqlite://{folder}/huiyuan.db?synchronous=FULL"
            await migrate(Database.parse(url))
            yield url
        return
    name = f"huiyuan_bench_{os.getpid()}_{secrets.token_hex(4)}"
    await _execute(f'CREATE DATABASE "{name}"')
    try:
        parts = urlsplit(POSTGRES_URL)
        url = urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))
        await migrate(Database.parse(url))
        yield url
    finally:
        await _execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@asynccontextmanager
async def kept(dialect: Dialect, name: str) -> AsyncIterator[tuple[str, bool]]:
    """Yield the URL of a migrated database that stays for the next run, and whether it was made just now."""
    if dialect is Dialect.SQLITE:
        file = (FOLDER / f"kept-{name}" / "huiyuan.db").resolve()
        is_new = not file.exists()
        file.parent.mkdir(parents=True, exist_ok=True)
        url = f"sqlite://{file}?synchronous=FULL"
    else:
        whole = f"huiyuan_bench_kept_{name}"
        connection = await asyncpg.connect(Database.parse(POSTGRES_URL).dsn)
        try:
            is_new = not await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", whole)
        finally:
            await connection.close()
        if is_new:
            await _execute(f'CREATE DATABASE "{whole}"')
        parts = urlsplit(POSTGRES_URL)
        url = urlunsplit((parts.scheme, parts.netloc, f"/{whole}", parts.query, ""))
    await migrate(Database.parse(url))
    yield url, is_new


@contextmanager
def _folder() -> Iterator[Path]:
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir=FOLDER) as folder:
        yield Path(folder).resolve()


async def _execute(sql: str) -> None:
    connection = await asyncpg.connect(Database.parse(POSTGRES_URL).dsn)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


async def version(dialect: Dialect) -> str:
    """Return name, version and durability of a database server."""
    if dialect is Dialect.SQLITE:
        return f"SQLite {sqlite3.sqlite_version} (WAL, synchronous=FULL)"
    connection = await asyncpg.connect(Database.parse(POSTGRES_URL).dsn)
    try:
        number = await connection.fetchval("SHOW server_version")
        settings = [f"{name}={await connection.fetchval(f'SHOW {name}')}" for name in ("fsync", "synchronous_commit")]
        return f"PostgreSQL {number.split()[0]} ({', '.join(settings)})"
    finally:
        await connection.close()
