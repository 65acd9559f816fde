"""Sealing: a program's transfers are chained into blocks, behind everything that may still be committed among them.

Any number of processes may seal at once: a block's number is unique, who comes second looks again. A block is one row
that is inserted whole, so a process that dies leaves nothing half done.
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError

import models
from domain.seals import BlockHash, Seal, beginning, leaf
from services.database.config import Dialect
from services.reading import OrmSession
from services.transaction import transaction
from services.writer.tables import Table

BLOCK_MAX = 1_000
"""Transfers of one block."""
SEALS = Table(models.Seal, Seal)
NEXT = (
    "SELECT id, hash, commit_order FROM transfer WHERE program_id = $1 AND commit_order >= $2 AND commit_order < $4 "
    "AND (commit_order, id) > ($2, $3) ORDER BY commit_order, id LIMIT $5"
)


async def head(reads: OrmSession, program_id: UUID) -> Seal | None:
    """Return the newest block of a program, or None before the first."""
    found = await reads.select(SEALS, "WHERE program_id = $1 ORDER BY number DESC LIMIT 1", program_id)
    return found[0] if found else None


async def seal(reads: OrmSession, program_id: UUID, *, now: datetime) -> Seal | None:
    """Seal the next block of a program and return it; None when every settled transfer is sealed.

    A block of fewer than `BLOCK_MAX` transfers is the last for now.
    """
    while True:
        newest = await head(reads, program_id)
        below = await settled_below(reads)  # before the rows are read: whatever is below is seen by a later statement
        place = (newest.last_order, newest.last_id) if newest else (-1, UUID(int=0))
        rows = await reads.fetch(NEXT, program_id, *place, below, BLOCK_MAX)
        if not rows:
            return None
        block = chained(program_id, newest, rows, now)
        if await _added(block):
            return block


async def settled_below(reads: OrmSession) -> int:
    """Return the commit order below which every transfer that will ever be there is there, and visible.

    PostgreSQL numbers a transaction when it first writes and not when it commits, so a transfer may appear below others
    for as long as an older transaction is open. On SQLite one writer commits in the order of its numbers.
    """
    if reads.dialect is Dialect.SQLITE:
        return 2**62
    oldest = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + commit_base()"
    ((value,),) = await reads.fetch(oldest)
    return int(value)


def chained(program_id: UUID, newest: Seal | None, rows: Sequence[Sequence[Any]], now: datetime) -> Seal:
    """Return the block of the transfers `rows` (id, hash, commit order) that follows `newest`."""
    number = newest.number + 1 if newest else 1
    previous = newest.hash if newest else beginning(program_id)
    pairs = [(UUID(str(row[0])).bytes, bytes(row[1])) for row in rows]
    block_hash = BlockHash(previous, number)
    block_hash.add(b"".join(id_bytes + transfer_hash for id_bytes, transfer_hash in pairs))
    return Seal(
        program_id=program_id,
        number=number,
        transfers=len(rows),
        last_order=rows[-1][2],
        last_id=UUID(bytes=pairs[-1][0]),
        previous_hash=previous,
        hash=block_hash.digest(),
        contents=b"".join(leaf(*pair) for pair in pairs),
        sealed_at=now,
    )


async def _added(block: Seal) -> bool:
    """Insert the block; False when another process has sealed one of its number."""
    try:
        async with transaction():
            await models.Seal.create(**{field.name: getattr(block, field.name) for field in fields(block)})
    except IntegrityError:
        return False
    return True
