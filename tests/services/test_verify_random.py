"""Whatever is changed by hand in the rows of the ledger is found: rows, columns and values drawn at random."""

import random
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tortoise import fields
from tortoise.models import Model

import models
from domain.campaigns import Step, Trigger
from domain.coupons import BatchState, CouponChangeKind, CouponState
from domain.effects.base import EffectKind
from domain.ledger import Contra, EntryKind, TransferKind
from services.database.config import Dialect
from services.verify.source import sources
from services.verify.transfers import Transfers
from tests.services.test_verify import Town, postgres_town, sqlite_town, town

__all__ = ["postgres_town", "sqlite_town", "town"]

LEDGER: dict[str, type[Model]] = {
    "account": models.Account,
    "campaign_usage": models.CampaignUsage,
    "coupon": models.Coupon,
    "coupon_batch": models.CouponBatch,
    "coupon_change": models.CouponChange,
    "coupon_tally": models.CouponTally,
    "entry": models.Entry,
    "hold": models.Hold,
    "lot": models.Lot,
    "lot_move": models.LotMove,
    "occasion": models.Occasion,
    "occasion_effect": models.OccasionEffect,
    "order_effect": models.OrderEffect,
    "order_return": models.OrderReturn,
    "seal": models.Seal,
    "top_up": models.TopUp,
    "transfer": models.Transfer,
}
KEYS = {
    "entry": ("account_id", "seq"),
    "campaign_usage": ("campaign_id", "owner_id", "day"),
    "coupon_change": ("coupon_id", "ordinal"),
    "coupon_tally": ("campaign_id",),
    "lot_move": ("lot_id", "transfer_id"),
    "occasion_effect": ("occasion_id", "ordinal"),
    "order_effect": ("order_id", "ordinal"),
    "seal": ("program_id", "number"),
    "top_up": ("transfer_id",),
}
WHERE = {
    "order_effect": "order_id IN (SELECT id FROM orders WHERE state NOT IN ('HELD', 'CANCELLED', 'EXPIRED'))",
    "order_return": "transfer_id IS NOT NULL",
    "campaign_usage": "uses <> 0 OR count <> 0 OR money <> 0 OR points <> 0",
}
"""Of which rows others tell all: what moved no value is told by less."""
KINDS: dict[tuple[str, str], Sequence[str]] = {
    ("campaign_usage", "day"): ["2027-01-01"],
    ("coupon", "origin"): ["STAFF", "CAMPAIGN", "PURCHASE", "BATCH", "SHARED_CODE", "BUNDLE"],
    ("coupon", "state"): list(CouponState),
    ("coupon_batch", "state"): list(BatchState),
    ("coupon_change", "kind"): list(CouponChangeKind),
    ("entry", "kind"): list(EntryKind),
    ("entry", "contra"): list(Contra),
    ("occasion", "consumed"): ["[]", "[{}]"],
    ("occasion", "trigger"): list(Trigger),
    ("occasion_effect", "kind"): list(EffectKind),
    ("order_effect", "kind"): list(EffectKind),
    ("order_effect", "parts"): ['{"1": 7}', '{"7": 1}', '{"1": 0}', "[]"],
    ("order_effect", "step"): list(Step),
    ("order_return", "quantities"): ['{"1": 7}', '{"7": 1}', "{}"],
    ("transfer", "kind"): list(TransferKind),
}
FREE = {
    ("account", "floor"),
    ("account", "next_due_at"),  # may be early
    ("coupon", "code_hash"),  # what it is a hash of nobody knows but who knows the server's secret
    ("coupon", "recorded_at"),  # of a code that was made in a batch
    ("coupon_batch", "actor"),
    ("coupon_batch", "reason"),
    ("coupon_batch", "recorded_at"),
    ("coupon_batch", "finished_at"),  # as long as there is one
    ("coupon_change", "actor"),
    ("coupon_change", "reason"),
    ("hold", "id"),
    ("occasion", "code"),
    ("occasion", "source"),
    ("occasion", "external_id"),
    ("occasion", "attributes"),
    ("occasion", "not_applied"),
    ("occasion_effect", "facts"),
    ("occasion_effect", "explanation"),
    ("order_effect", "facts"),  # as it could be spelled otherwise
    ("order_effect", "explanation"),
    ("top_up", "step_threshold"),  # as long as the top-up reaches it
    ("transfer", "commit_order"),  # as long as the order stays the same
    ("seal", "sealed_at"),
}
"""What stands in one place only: docs/ledger.md says that nothing contradicts it."""


def _literal(value: Any, dialect: Dialect) -> str:
    match value:
        case None:
            return "NULL"
        case bytes():
            return f"'\\x{value.hex()}'::bytea" if dialect is Dialect.POSTGRES else f"x'{value.hex()}'"
        case int():
            return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def _other(table: str, column: str, value: Any, draw: random.Random) -> Any:
    """Return another value that the column could hold."""
    kind = LEDGER[table]._meta.fields_map[column]
    if (table, column) in KINDS:
        return draw.choice([str(one) for one in KINDS[table, column] if one != value])
    match kind:
        case fields.UUIDField():
            return str(UUID(int=draw.getrandbits(128)))
        case fields.DatetimeField():
            instant = datetime.fromisoformat(value or "2026-03-03 04:00:00+00:00")
            step = timedelta(seconds=draw.choice([1, 3600, 86_400]))
            return (instant - step if instant.year == 9999 else instant + step).isoformat(" ")
        case fields.BinaryField():
            at = draw.randrange(len(value))
            return value[:at] + bytes([value[at] ^ draw.randint(1, 255)]) + value[at + 1 :]
        case fields.BigIntField() | fields.IntField() | fields.SmallIntField():
            return (value or 0) + draw.choice([-1000, -7, -1, 1, 7, 1000])
    return f"{value or ''}x"


async def _statements(town: Town, draw: random.Random) -> list[str]:
    """Draw what a forger does: change a value, let two rows change theirs, or delete a row."""
    table = draw.choice(list(LEDGER))
    where = WHERE.get(table, "true")
    async with sources(town.database) as (source, _):
        rows = [dict(row) for row in await source.first(f'SELECT * FROM "{table}" WHERE {where} ORDER BY 1, 2', 1_000)]
    dialect = town.database.dialect

    def named(row: dict[str, Any]) -> str:
        return " AND ".join(f"{name} = {_literal(row[name], dialect)}" for name in KEYS.get(table, ("id",)))

    def changed(row: dict[str, Any], column: str, value: Any) -> str:
        return f'UPDATE "{table}" SET {column} = {_literal(value, dialect)} WHERE {named(row)}'

    columns = [name for name in rows[0] if (table, name) not in FREE]
    act = draw.choice(["change", "change", "change", "swap", "delete"])
    if act == "delete":
        if table == "seal":  # that the last block is gone tells only a head that was kept
            rows = [row for row, after in pairwise(rows) if row["program_id"] == after["program_id"]]
        return [f'DELETE FROM "{table}" WHERE {named(draw.choice(rows))}']
    if act == "swap":
        pairs = [
            (one, two, name)
            for one in rows
            for two in rows
            for name in columns
            if one[name] != two[name] and name not in KEYS.get(table, ("id",))
        ]
        one, two, name = draw.choice(pairs)
        return [changed(one, name, two[name]), changed(two, name, one[name])]
    row, column = draw.choice(rows), draw.choice(columns)
    return [changed(row, column, _other(table, column, row[column], draw))]


@pytest.mark.parametrize("seed", range(70))
async def test_tampering_at_random_is_found(town: Town, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(seed)  # noqa: S311  (a test that fails can be run again)
    statements: list[str] = []
    while True:
        statements = await _statements(town, draw)
        with suppress(sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError):  # a key is taken
            await town.tamper(*(statement.replace("{", "{{").replace("}", "}}") for statement in statements))
            break
    quick = await town.verify()
    assert not quick.clean, statements
    monkeypatch.setattr(Transfers, "_is_sound", lambda *_: False)
    assert (await town.verify()).findings == quick.findings, statements
