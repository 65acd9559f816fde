"""Raw records of both databases: their values as plain ones. SQLite gives text where PostgreSQL gives types."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson


def plain_id(value: Any) -> UUID:
    """Return a plain id: the driver's own kind of UUID is slow to write as JSON."""
    return UUID(int=value.int) if isinstance(value, UUID) else UUID(value)


def plain_instant(value: Any) -> datetime:
    """Return an instant."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def plain_day(value: Any) -> date | None:
    """Return a day, None for none."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def plain_json(value: Any) -> Any:
    """Return what JSON says."""
    return orjson.loads(value) if isinstance(value, str) else value
