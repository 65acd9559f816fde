"""Which errors tell that the database is away, as while it restarts: the same read succeeds when it is back.

Only PostgreSQL can be away; SQLite is a file. The ORM hands on the driver's errors about connections as they are.
"""

import asyncpg

AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,  # everybody comes back at once
    asyncpg.InterfaceError,  # the driver, of a connection that it finds closed
    asyncpg.InternalClientError,  # … of one that breaks off between two steps of a query
    OSError,  # refused, reset, unknown host; a time-out too
)


def is_away(error: BaseException | None) -> bool:
    """Whether `error` is of a database that cannot be reached, rather than of what it was asked."""
    return isinstance(error, AWAY)
