"""Hashes: of a transfer over all its rows, and of a command over its canonical content.

Text fields are length-prefixed, so that no two different rows have the same bytes; instants are whole microseconds, so
that both databases give back exactly what was hashed.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.ledger import Entry, Lot, LotMove, Transfer

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(instant: datetime) -> int:
    """Return microseconds since 1970, exactly."""
    delta = instant - EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return str(micros(value))
    if isinstance(value, UUID):
        return value.hex
    text = str(value)
    return f"{len(text)}:{text}"


def _line(tag: str, values: Iterable[Any]) -> str:
    return tag + "|" + "|".join(map(_text, values))


def transfer_hash(transfer: Transfer, entries: Iterable[Entry], lots: Iterable[Lot], moves: Iterable[LotMove]) -> bytes:
    """Return the SHA-256 over a transfer, its entries by (account, seq), the lots it created and its lot moves by lot.

    Of a lot only what never changes is hashed; `transfer.hash` itself is not.
    """
    t = transfer
    lines = [
        _line(
            "transfer",
            (
                t.id,
                t.program_id,
                t.member_id,
                t.kind,
                t.order_id,
                t.original_id,
                t.actor,
                t.reason,
                t.occurred_at,
                t.recorded_at,
            ),
        )
    ]
    lines += sorted(
        _line(
            "entry",
            (
                e.account_id,
                e.seq,
                e.program_id,
                e.member_id,
                e.asset_id,
                e.kind,
                e.change_available,
                e.change_pending,
                e.change_held,
                e.available,
                e.pending,
                e.held,
                e.contra,
                e.position,
                e.order_id,
                e.effect,
                e.campaign_id,
                e.occurred_at,
                e.recorded_at,
            ),
        )
        for e in entries
    )
    lines += sorted(
        _line("lot", (lot.id, lot.account_id, lot.amount, lot.priority, lot.expires_at, lot.recorded_at))
        for lot in lots
    )
    lines += sorted(_line("move", (move.lot_id, move.remaining, move.held)) for move in moves)
    return hashlib.sha256("\n".join(lines).encode()).digest()


def content_hash(content: Any) -> bytes:
    """Return the SHA-256 of a command's content in canonical form: nested tuples of plain values, in field order.

    Content need not have been checked; half a surrogate pair has its bytes too.
    """
    return hashlib.sha256(_canonical(content).encode("utf-8", "surrogatepass")).digest()


def _canonical(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return "(" + ",".join(map(_canonical, value)) + ")"
    return _text(value) if not isinstance(value, bool) else f"b{int(value)}"
