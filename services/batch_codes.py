"""The codes of a batch, however many there are: a page at a time is in memory."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID

import models
from domain.codes import CodeMaker
from domain.coupons import CODE_PURPOSE, Coupon
from domain.having import terms_of
from services.coupon_batches import version_of
from services.engine import Engine
from services.writer.tables import COUPONS

PAGE = 5_000
PIECE = 100
"""Codes told before others get their turn: some 2 ms."""
FIRST = UUID(int=0)
CODES = f"{COUPONS.select} WHERE origin_id = $1 AND id > $2 ORDER BY id LIMIT {PAGE}"


async def of_batch(engine: Engine, batch: models.CouponBatch) -> AsyncGenerator[list[tuple[str | None, Coupon]], None]:
    """Yield the codes of a batch that are made, some at a time, each with its coupon as it is now.

    A code is None when the server's secret has changed since it was made. The batch must have been visible.
    """
    program = await engine.program(batch.program_id)
    version = await version_of(engine, program, batch)
    prefix = terms_of(version).prefix if version else None
    maker = CodeMaker(engine.secret_key, CODE_PURPOSE, prefix or "")
    decode = engine.reads.decoder(COUPONS)
    after = FIRST
    while rows := await engine.reads.fetch(CODES, batch.id, after):
        for start in range(0, len(rows), PIECE):
            coupons = [decode(row) for row in rows[start : start + PIECE]]
            yield [(_code(maker, coupon), coupon.at(program.now())) for coupon in coupons]
            after = coupons[-1].id
            await asyncio.sleep(0)


def _code(maker: CodeMaker, coupon: Coupon) -> str | None:
    return maker.code_of(coupon.id) if maker.hash_of(coupon.id) == bytes(coupon.code_hash) else None
