"""From a database URL to everything that connects to it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

BUSY_TIMEOUT_MS = 10_000
POOL_MIN, POOL_MAX = 1, 8
"""Connections of the ORM's pool in one process; the writer has its own."""


class Dialect(StrEnum):
    """The two databases. Also the connection alias: the ORM caches generated SQL by alias, so each has its own."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


class DatabaseUrlError(Exception):
    """The URL names no database that can be used; the message says why."""


async def as_it_is(_: object) -> None:
    """Give a connection back to the pool as it is.

    The driver would send a reset after every query, a round trip of its own. Nothing of ours outlives a transaction
    (no session setting, no session lock, no LISTEN); one that was left open is rolled back by the driver all the same.
    """


@dataclass(frozen=True, slots=True)
class Database:
    """Where the rows are. `path` for SQLite, `dsn` for PostgreSQL."""

    dialect: Dialect
    path: Path = Path()
    dsn: str = ""
    statement_cache: bool = True
    synchronous: str = "FULL"

    @classmethod
    def parse(cls, url: str) -> "Database":
        """Return the database that `url` names.

        `sqlite://relative/path` or `sqlite:////absolute/path` (optionally `?synchronous=OFF`, for tests), or
        `postgres://user:password@host:port/name` (`?statement_cache=off` behind a pooler in transaction mode).
        """
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        known = {"sqlite": {"synchronous"}, "postgres": {"statement_cache"}, "postgresql": {"statement_cache"}}
        for option in options.keys() - known.get(parts.scheme, options.keys()):
            raise DatabaseUrlError(f"A {parts.scheme}:// URL has no option {option!r}.")
        if parts.scheme == "sqlite":
            path = url.removeprefix("sqlite://").partition("?")[0]
            if not path:
                raise DatabaseUrlError("A SQLite URL names a file: sqlite://var/huiyuan.db")
            if path.startswith("/"):  # sqlite:///absolute and sqlite:////absolute are both in use
                path = "/" + path.lstrip("/")
            return cls(Dialect.SQLITE, path=Path(path).absolute(), synchronous=options.get("synchronous", "FULL"))
        if parts.scheme in {"postgres", "postgresql"}:
            if not parts.path.strip("/"):
                raise DatabaseUrlError("A PostgreSQL URL names a database: postgres://user@host:5432/name")
            dsn = urlunsplit(("postgresql", parts.netloc, parts.path, "", ""))
            return cls(Dialect.POSTGRES, dsn=dsn, statement_cache=options.get("statement_cache", "on") != "off")
        raise DatabaseUrlError(f"{parts.scheme or url}:// is neither sqlite:// nor postgres://")

    def tortoise(self) -> dict[str, Any]:
        """Return the ORM's configuration."""
        if self.dialect is Dialect.SQLITE:
            connection: dict[str, Any] = {
                "engine": "services.database.sqlite_engine",
                "credentials": {
                    "file_path": str(self.path),
                    "synchronous": self.synchronous,
                    "busy_timeout": BUSY_TIMEOUT_MS,
                },
            }
        else:
            parts = urlsplit(self.dsn)
            connection = {
                "engine": "tortoise.backends.asyncpg",
                "credentials": {
                    "host": parts.hostname or "127.0.0.1",
                    "port": parts.port or 5432,
                    "user": unquote(parts.username) if parts.username else None,
                    "password": unquote(parts.password) if parts.password else None,
                    "database": parts.path.strip("/"),
                    "minsize": POOL_MIN,
                    "maxsize": POOL_MAX,
                    "command_timeout": 30,
                    "reset": as_it_is,
                    **({} if self.statement_cache else {"statement_cache_size": 0}),
                },
            }
        alias = self.dialect.value
        apps = {"models": {"models": ["models", "aerich.models"], "default_connection": alias}}
        return {"connections": {alias: connection}, "apps": apps, "use_tz": True, "timezone": "UTC"}
