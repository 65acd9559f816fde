"""Making the codes of batches: a chunk at a time, each in one transaction of its own.

A chunk inserts coupons and says in the same transaction that the batch has them: a process that is killed in the middle
loses none and doubles none, and any number of processes may make codes at once.
"""

import asyncio
import random
import time
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from uuid_utils.compat import uuid7

import models
from domain.codes import CodeMaker
from domain.coupons import CODE_PURPOSE, BatchState, CouponOrigin, CouponState
from domain.having import terms_of
from services.coupon_batches import version_of, window_of
from services.database.config import Dialect
from services.engine import Engine
from services.hub import batch_stream, template_stream
from services.transaction import transaction
from services.writer.tables import COUPONS

CHUNK = 2_000
"""Codes of one transaction."""
PIECE = 250
"""Codes derived before others get their turn: some 2 ms."""
LOOKED_AT_MAX = 20
"""Batches among which one is chosen: each gets on, and servers choose different ones."""

SAME = {
    "program_id": "$3",
    "campaign_id": "$4",
    "version_id": "$5",
    "member_id": "NULL",
    "origin": f"'{CouponOrigin.BATCH.value}'",
    "origin_id": "$6",
    "state": f"'{CouponState.ISSUED.value}'",
    "order_id": "NULL",
    "held_until": "NULL",
    "valid_from": "$7",
    "expires_at": "$8",
    "changes": "0",
    "recorded_at": "$9",
}
"""What the coupons of one chunk have in common, by column."""
EACH = {
    Dialect.POSTGRES: (
        {"id": "v.id", "code_hash": "v.code_hash"},
        "unnest($1::uuid[], $2::bytea[]) AS v (id, code_hash)",
    ),
    Dialect.SQLITE: ({"id": "v.value", "code_hash": "substr($2, v.key * 32 + 1, 32)"}, "json_each($1) AS v"),
}
"""What each has for itself, and the rows that this comes from: SQLite takes the hashes as one blob.

One statement inserts a chunk: SQLite runs it without the interpreter, which serves others meanwhile.
"""
COUNTED = (
    "INSERT INTO coupon_tally (campaign_id, program_id, issued, claimed, held, used, returned, expired, voided, "
    "discount, revenue) VALUES ($1, $2, $3, 0, 0, 0, 0, 0, 0, 0, 0) "
    "ON CONFLICT (campaign_id) DO UPDATE SET issued = coupon_tally.issued + excluded.issued"
)


@cache
def _insert(dialect: Dialect) -> str:
    each, rows = EACH[dialect]
    values = SAME | each
    types = dict(zip(COUPONS.columns, COUPONS.types, strict=True))
    cast = {name: f"{value}::{types[name]}" for name, value in SAME.items()} if dialect is Dialect.POSTGRES else {}
    chosen = ", ".join((values | cast)[column] for column in COUPONS.columns)
    return f"INSERT INTO {COUPONS.name} ({', '.join(COUPONS.columns)}) SELECT {chosen} FROM {rows}"


@dataclass(frozen=True, slots=True)
class Codes:
    """New coupons, and the hash of the code of each."""

    ids: list[UUID]
    hashes: list[bytes]


@dataclass(frozen=True, slots=True)
class Chunk:
    """What was made in one go."""

    batch_id: UUID
    made: int
    seconds: float
    """How long the transaction took, in which others may have had to wait."""


async def make_chunk(engine: Engine) -> Chunk | None:
    """Make the next codes of some batch that is not done; None when there is none that nobody else is at."""
    waiting = models.CouponBatch.filter(state=BatchState.RUNNING.value).order_by("id").limit(LOOKED_AT_MAX)
    batches = await waiting.select_for_update(skip_locked=True)  # locks nothing here: it passes over what others have
    if not batches:
        return None
    batch = random.choice(batches)  # noqa: S311  (spreads servers)
    program = await engine.program(batch.program_id)
    version = await version_of(engine, program, batch)
    if version is None:  # it was logged
        return None
    maker = CodeMaker(engine.secret_key, CODE_PURPOSE, terms_of(version).prefix or "")
    codes = await _derived(maker, min(CHUNK, batch.size - batch.made))
    window = window_of(program, version, batch.recorded_at)
    began = time.monotonic()
    made = await _written(engine, batch.id, codes, window, program.now())
    if not made:
        return None
    engine.wake((batch_stream(program.id, batch.id), template_stream(program.id, batch.campaign_id)))
    return Chunk(batch.id, made, time.monotonic() - began)


async def _derived(maker: CodeMaker, count: int) -> Codes:
    """Return new ids, and the hashes of the codes that follow from them. Others have their turn in between."""
    codes = Codes([], [])
    while len(codes.ids) < count:
        piece = [uuid7() for _ in range(min(PIECE, count - len(codes.ids)))]
        codes.ids.extend(piece)
        codes.hashes.extend(map(maker.hash_of, piece))
        await asyncio.sleep(0)
    return codes


async def _written(
    engine: Engine, batch_id: UUID, codes: Codes, window: tuple[datetime, datetime], now: datetime
) -> int:
    """Write as many of the codes as the batch still lacks; none when others are at it, or it was cancelled."""
    dialect, reads = engine.database.dialect, engine.reads
    async with transaction():
        free = models.CouponBatch.filter(id=batch_id, state=BatchState.RUNNING.value)
        batch = await free.select_for_update(skip_locked=True).first()
        if batch is None:
            return 0
        missing = batch.size - batch.made
        ids, hashes = codes.ids[:missing], codes.hashes[:missing]
        await reads.fetch(
            _insert(dialect),
            ids,
            b"".join(hashes) if dialect is Dialect.SQLITE else hashes,
            batch.program_id,
            batch.campaign_id,
            batch.version_id,
            batch.id,
            *window,
            now,
        )
        batch.made += len(ids)
        if batch.made == batch.size:
            batch.state, batch.finished_at = BatchState.DONE.value, now
        await batch.save(update_fields=["made", "state", "finished_at"])
        await reads.fetch(COUNTED, batch.campaign_id, batch.program_id, len(ids))
    return len(ids)
