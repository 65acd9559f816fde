"""A transfer's hash, computed from its rows as the databases give them."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

TRANSFER = "id, program_id, member_id, kind, order_id, original_id, actor, reason, occurred_at, recorded_at"
ENTRY = (
    "account_id, seq, program_id, member_id, asset_id, kind, change_available, change_pending, change_held, available, "
    "pending, held, contra, position, order_id, effect, campaign_id, occurred_at, recorded_at"
)
LOT = "id, account_id, amount, priority, expires_at, recorded_at"
MOVE = "lot_id, remaining, held"
INSTANTS = frozenset({"occurred_at", "recorded_at", "expires_at"})


def transfer_hash(transfer: Any, entries: Iterable[Any], lots: Iterable[Any], moves: Iterable[Any]) -> bytes:
    """Return the SHA-256 over a transfer, its lines, the terms of the lots that it made and its lot moves."""
    parts = [
        _row(TRANSFER, transfer),
        sorted(_row(ENTRY, row) for row in entries),
        sorted(_row(LOT, row) for row in lots),
        sorted(_row(MOVE, row) for row in moves),
    ]
    return sha256(json.dumps(parts, separators=(",", ":"), ensure_ascii=False).encode()).digest()


def _row(columns: str, row: Sequence[Any]) -> list[Any]:
    names = columns.split(", ")
    return [_plain(value, name in INSTANTS) for name, value in zip(names, row, strict=True)]


def _plain(value: Any, is_instant: bool) -> Any:
    if is_instant:
        return _micros(value if isinstance(value, datetime) else datetime.fromisoformat(value))
    return str(value) if isinstance(value, UUID) else value


def _micros(instant: datetime) -> int:
    since = instant - datetime(1970, 1, 1, tzinfo=UTC)
    return since.days * 86_400_000_000 + since.seconds * 1_000_000 + since.microseconds
