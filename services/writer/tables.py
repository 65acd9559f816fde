"""Tables as the writer sees them: a domain row's columns, typed by the ORM's model, so that the two cannot drift."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Any, Generic, TypeVar, get_args, get_type_hints
from uuid import UUID

import orjson
from tortoise.fields import Field, JSONField
from tortoise.models import Model

import models
from domain.agents import Agent, AgentDraw
from domain.coupons import Coupon, CouponChange
from domain.events import Event
from domain.gift_cards import GiftCard
from domain.ledger import Account, Entry, Hold, Lot, LotMove, Transfer
from domain.members import Identity, Member, Standing
from domain.occasions import Occasion, OccasionEffect
from domain.orders import Order, OrderEffect, OrderLine, OrderReturn
from domain.stored_value import TopUp
from domain.usage import Usage

R = TypeVar("R")

POSTGRES_TYPES = {
    "UUIDField": "uuid",
    "CharField": "text",
    "TextField": "text",
    "BigIntField": "int8",
    "IntField": "int4",
    "SmallIntField": "int2",
    "DatetimeField": "timestamptz",
    "DateField": "date",
    "JSONField": "jsonb",
    "BinaryField": "bytea",
    "BooleanField": "bool",
}


@lru_cache(maxsize=1024)
def _spelled(instant: datetime) -> str:
    """Return an instant in UTC as text; the rows of one batch have one instant in common."""
    return instant.isoformat(" ")


def _sqlite_instant(value: datetime) -> str:
    return _spelled(value if value.tzinfo is UTC else value.astimezone(UTC))


def _sqlite_id(value: UUID) -> str:
    """Return what `str` does, which in Python takes four times as long."""
    return orjson.dumps(value)[1:-1].decode() if type(value) is UUID else str(value)


Column = Sequence[Any]
"""The values of one column, of many rows."""


def _sqlite_ids(column: Column) -> Column:
    """Return all ids as text at once: through JSON and back, which takes a third of the time of one after the other."""
    texts: list[str | None] = orjson.loads(orjson.dumps(column, str))
    return texts


def _sqlite_instants(column: Column) -> Column:
    return [None if value is None else _sqlite_instant(value) for value in column]


def _sqlite_values(column: Column) -> Column:
    return [sqlite_value(value) for value in column]


def _sqlite_enums(column: Column) -> Column:
    """Return the texts that enums are: the driver would take them for those after it has looked for an adapter."""
    return [None if value is None else str.__str__(value) for value in column]


def sqlite_value(value: Any) -> Any:
    """Return `value` as SQLite stores it: the same text that the ORM writes."""
    if isinstance(value, UUID):
        return _sqlite_id(value)
    if isinstance(value, datetime):
        return _sqlite_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (dict, list)):
        return orjson.dumps(value).decode()
    return value.value if isinstance(value, StrEnum) else value


TO_SQLITE: dict[str, Callable[[Column], Column]] = {
    "uuid": _sqlite_ids,
    "timestamptz": _sqlite_instants,
    "date": _sqlite_values,
    "jsonb": _sqlite_values,
}


id_of = lru_cache(maxsize=8192)(UUID)
"""The id that a text spells: rows of one batch, and of the next, name the same ids again and again."""
FROM_SQLITE: dict[str, Callable[[Any], Any]] = {
    "uuid": id_of,
    "timestamptz": datetime.fromisoformat,
    "date": date.fromisoformat,
    "jsonb": orjson.loads,
    "bool": bool,
}


def _alternatives(hint: Any) -> tuple[Any, ...]:
    """Return the types of a union, or the one type."""
    return get_args(hint) or (hint,)


@dataclass(frozen=True)
class Table(Generic[R]):
    """A table and the domain row that its columns make. Only the row's fields are read and written."""

    model: type[Model]
    row: type[R]
    key: tuple[str, ...] = ("id",)
    """Columns by which a row is found that is to be changed."""

    @cached_property
    def name(self) -> str:
        """The table's name, quoted."""
        return f'"{self.model._meta.db_table}"'  # noqa: SLF001  (the ORM's own description)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in the order of the row's fields."""
        return tuple(field.name for field in fields(self.row))  # type: ignore[arg-type]

    @cached_property
    def types(self) -> tuple[str, ...]:
        """PostgreSQL's types of the columns."""
        by_name: dict[str, Field[Any]] = self.model._meta.fields_map  # noqa: SLF001
        return tuple(
            "jsonb" if isinstance(by_name[name], JSONField) else POSTGRES_TYPES[type(by_name[name]).__name__]
            for name in self.columns
        )

    @cached_property
    def select(self) -> str:
        """`SELECT …` of the row's columns, without a condition."""
        return f"SELECT {', '.join(f'{self.name}.{column}' for column in self.columns)} FROM {self.name}"

    @cached_property
    def values(self) -> Callable[[R], tuple[Any, ...]]:
        """Function from a row to its values in column order."""
        return attrgetter(*self.columns)

    @cached_property
    def _enums(self) -> tuple[tuple[int, type[StrEnum]], ...]:
        hints = get_type_hints(self.row)
        kinds = [(index, kind) for index, name in enumerate(self.columns) for kind in _alternatives(hints[name])]
        return tuple((index, kind) for index, kind in kinds if isinstance(kind, type) and issubclass(kind, StrEnum))

    @cached_property
    def _sqlite_encoders(self) -> dict[str, Callable[[Column], Column]]:
        kinds = zip(self.columns, self.types, strict=True)
        encoders = {name: TO_SQLITE[kind] for name, kind in kinds if kind in TO_SQLITE}
        return encoders | {self.columns[index]: _sqlite_enums for index, _ in self._enums}

    def to_sqlite(self, rows: Sequence[R], names: Sequence[str] | None = None) -> list[Column]:
        """Return the columns of the rows, or those named, each with its values as SQLite stores them.

        Column by column it takes half the time that it takes row by row.
        """
        names = names or self.columns
        columns: list[Column] = list(zip(*map(attrgetter(*names), rows), strict=True))
        for index, name in enumerate(names):
            if encode := self._sqlite_encoders.get(name):
                columns[index] = encode(columns[index])
        return columns

    @cached_property
    def _sqlite_decoders(self) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
        return tuple((index, FROM_SQLITE[kind]) for index, kind in enumerate(self.types) if kind in FROM_SQLITE)

    @cached_property
    def _json(self) -> tuple[int, ...]:
        return tuple(index for index, kind in enumerate(self.types) if kind == "jsonb")

    def from_postgres(self, record: Sequence[Any]) -> R:
        """Return the row that a record of PostgreSQL makes; the driver leaves JSON as text."""
        values = list(record)
        for index in self._json:
            if values[index] is not None:
                values[index] = orjson.loads(values[index])
        return self._row(values)

    def _row(self, values: list[Any]) -> R:
        for index, enum in self._enums:
            if values[index] is not None:
                values[index] = enum(values[index])
        return self.row(*values)

    def from_sqlite(self, record: Sequence[Any]) -> R:
        """Return the row that a record of SQLite makes."""
        values = list(record)
        for index, decode in self._sqlite_decoders:
            if values[index] is not None:
                values[index] = decode(values[index])
        return self._row(values)


MEMBERS = Table(models.Member, Member)
IDENTITIES = Table(models.Identity, Identity)
STANDINGS = Table(models.Standing, Standing)
ACCOUNTS = Table(models.Account, Account)
LOTS = Table(models.Lot, Lot)
TRANSFERS = Table(models.Transfer, Transfer)
ENTRIES = Table(models.Entry, Entry)
HOLDS = Table(models.Hold, Hold)
LOT_MOVES = Table(models.LotMove, LotMove)
EVENTS = Table(models.Event, Event)
ORDERS = Table(models.Order, Order)
ORDER_LINES = Table(models.OrderLine, OrderLine, key=("order_id", "ordinal"))
ORDER_RETURNS = Table(models.OrderReturn, OrderReturn)
ORDER_EFFECTS = Table(models.OrderEffect, OrderEffect)
TOP_UPS = Table(models.TopUp, TopUp)
AGENTS = Table(models.Agent, Agent)
AGENT_DRAWS = Table(models.AgentDraw, AgentDraw, key=("payer_id", "member_id", "asset_id", "month"))
GIFT_CARDS = Table(models.GiftCard, GiftCard, key=("member_id",))
COUPONS = Table(models.Coupon, Coupon)
COUPON_CHANGES = Table(models.CouponChange, CouponChange)
USAGES = Table(models.CampaignUsage, Usage, key=("campaign_id", "owner_id", "day"))
OCCASIONS = Table(models.Occasion, Occasion)
OCCASION_EFFECTS = Table(models.OccasionEffect, OccasionEffect)
