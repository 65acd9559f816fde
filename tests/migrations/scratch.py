"""Databases of PostgreSQL for one test or one module, beside the one that all tests share."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg


@contextmanager
def scratch(beside: str, name: str) -> Iterator[str]:
    """Create an empty database named after the one that `beside` names; yield its URL; drop it."""
    parts = urlsplit(beside)
    whole = f"{parts.path.strip('/')}_{name}"
    asyncio.run(_execute(beside, f'DROP DATABASE IF EXISTS "{whole}" WITH (FORCE)', f'CREATE DATABASE "{whole}"'))
    yield urlunsplit((parts.scheme, parts.netloc, f"/{whole}", parts.query, ""))
    asyncio.run(_execute(beside, f'DROP DATABASE IF EXISTS "{whole}" WITH (FORCE)'))


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
