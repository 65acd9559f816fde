"""Hashes: of a transfer over all its rows, and of a command over its canonical content.

What is hashed is compact JSON: arrays of the values in a fixed order, ids as text, instants as whole microseconds since
1970, so that both databases give back exactly what was hashed and no two different rows have the same bytes.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import attrgetter, itemgetter
from typing import Any
from uuid import UUID

import orjson

from domain.ledger import Entry, Lot, LotMove, Transfer

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(instant: datetime) -> int:
    """Return microseconds since 1970, exactly."""
    delta = instant - EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def _plain(value: Any) -> Any:
    """Return the JSON value of what JSON has no form for."""
    if isinstance(value, datetime):
        return micros(value)
    if isinstance(value, UUID):  # a driver's own kind of it; plain ones are written by orjson
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"no canonical form for {type(value).__name__}")


def content_hash(content: Any) -> bytes:
    """Return the SHA-256 of a command's content in canonical form: nested tuples of plain values, in field order."""
    return hashlib.sha256(orjson.dumps(content, _plain, orjson.OPT_PASSTHROUGH_DATETIME)).digest()


TRANSFER_FIELDS = (
    "id",
    "program_id",
    "member_id",
    "kind",
    "order_id",
    "original_id",
    "actor",
    "reason",
    "occurred_at",
    "recorded_at",
)
ENTRY_FIELDS = (
    "account_id",
    "seq",
    "program_id",
    "member_id",
    "asset_id",
    "kind",
    "change_available",
    "change_pending",
    "change_held",
    "available",
    "pending",
    "held",
    "contra",
    "position",
    "order_id",
    "effect",
    "campaign_id",
    "occurred_at",
    "recorded_at",
)
LOT_FIELDS = ("id", "account_id", "amount", "priority", "expires_at", "recorded_at")
MOVE_FIELDS = ("lot_id", "remaining", "held")
"""What of each row is hashed, in this order."""
TRANSFER, ENTRY, LOT, MOVE = (attrgetter(*names) for names in (TRANSFER_FIELDS, ENTRY_FIELDS, LOT_FIELDS, MOVE_FIELDS))


def transfer_hash(transfer: Transfer, entries: Iterable[Entry], lots: Iterable[Lot], moves: Iterable[LotMove]) -> bytes:
    """Return the SHA-256 over a transfer, its entries by (account, seq), the lots it created and its lot moves by lot.

    Of a lot only what never changes is hashed; `transfer.hash` itself is not.
    """
    return content_hash(
        (
            TRANSFER(transfer),
            sorted(map(ENTRY, entries), key=_first_two),
            sorted(map(LOT, lots), key=_first),
            sorted(map(MOVE, moves), key=_first),
        )
    )


_first = itemgetter(0)
_first_two = itemgetter(0, 1)
