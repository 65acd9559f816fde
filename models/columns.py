"""Columns that many tables share."""

from typing import Any

from tortoise import fields
from uuid_utils.compat import uuid7

from domain.instants import NEVER

CODE_LENGTH = 64
NAME_LENGTH = 200
TEXT_LENGTH = 500


def key() -> Any:
    """Return a primary key: a UUIDv7 made in Python, so that it is known before the insert and sorts by time."""
    return fields.UUIDField(primary_key=True, default=uuid7)


def amount(description: str = "") -> Any:
    """Return a column of minor units."""
    return fields.BigIntField(description=description or None)


def instant(*, never: bool = False) -> Any:
    """Return a column of a UTC instant; with `never`, the far future stands for "does not happen"."""
    return fields.DatetimeField(default=NEVER) if never else fields.DatetimeField()


def code() -> Any:
    """Return a column of a short name that configuration and clients use."""
    return fields.CharField(max_length=CODE_LENGTH)


def kind(default: str | None = None) -> Any:
    """Return a column of an enum's value: text with a CHECK in the migration, as enum types cost look-ups."""
    return fields.CharField(max_length=32) if default is None else fields.CharField(max_length=32, default=default)
