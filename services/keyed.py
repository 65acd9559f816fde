"""Writes of set-up that happen once for their idempotency key, as commands do in the writer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import models
from domain.commands import Claim
from domain.refusals import IdempotencyKeyReused, InvalidInput, NotFound, Refusal
from services.transaction import transaction

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered under a key, as JSON values, now or before."""

    record: Record
    replayed: bool


async def once(program_id: UUID, claim: Claim, act: Callable[[], Awaitable[Record]]) -> Answer:
    """Do `act` in a transaction that also stores the key, or return what it returned before under the same key.

    A refusal is stored and raised again for a repetition, but `InvalidInput` and `NotFound` leave the key free: what
    they complain of is mended with the same key. `act` refuses before it writes. Raises `IdempotencyKeyReused`.
    """
    refused: Refusal | None = None
    async with transaction():
        stored = await _claimed(program_id, claim)
        if stored is not None:
            return _replayed(stored, claim)
        try:
            record = await act()
        except (InvalidInput, NotFound):
            raise
        except Refusal as refusal:
            refused, record = refusal, {"refusal": refusal.record()}
        await _row(program_id, claim).update(outcome=record)
    if refused is not None:
        raise refused
    return Answer(record, replayed=False)


async def _claimed(program_id: UUID, claim: Claim) -> models.Idempotency | None:
    """Return the row of a key that was used before; claim a new one, after who has it in hand at this moment."""
    row = models.Idempotency(
        program_id=program_id, scope=claim.scope, key=claim.key, hash=claim.hash, recorded_at=datetime.now(UTC)
    )
    await models.Idempotency.bulk_create([row], ignore_conflicts=True)
    found = await _row(program_id, claim).get()
    return found if found.outcome is not None else None


def _row(program_id: UUID, claim: Claim) -> Any:
    return models.Idempotency.filter(program_id=program_id, scope=claim.scope, key=claim.key)


def _replayed(stored: models.Idempotency, claim: Claim) -> Answer:
    if bytes(stored.hash) != claim.hash:
        raise IdempotencyKeyReused(
            f"The idempotency key {claim.key!r} was used before, with other content.", field=("idempotencyKey",)
        )
    record: Record = dict(stored.outcome or {})
    if "refusal" in record:
        raise Refusal.from_record(record["refusal"])
    return Answer(record, replayed=True)
