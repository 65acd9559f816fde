"""What the writer answers, now or from what it remembers."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.refusals import IdempotencyKeyReused, Refusal
from services.writer.session import StoredKey
from services.writer.tables import id_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a command, as it is stored: the order, the member, and the ledger lines (account, seq) it wrote."""

    replayed: bool
    order_id: UUID | None = None
    member_id: UUID | None = None
    entries: tuple[tuple[UUID, int], ...] = ()
    return_id: UUID | None = None
    agent_id: UUID | None = None
    card_id: UUID | None = None
    """The gift card, by its bearer."""
    occasion_id: UUID | None = None
    coupon_ids: tuple[UUID, ...] = ()


class PutOff(Exception):  # noqa: N818  (not a failure: the command goes into a later batch)
    """The member has more due lots than one batch matures, or is locked by somebody else."""

    def __init__(self, *, blocked: bool = False) -> None:
        super().__init__()
        self.blocked = blocked


class Outdated(Exception):  # noqa: N818  (not a failure: the caller makes the command anew)
    """The order was claimed after the command was made, so the command does not lock the member whose it is now."""


Answer = Outcome | Refusal | PutOff | Outdated


def replayed(stored: StoredKey, content_hash: bytes) -> Outcome | Refusal:
    """Return the answer that was given when the key was first used, or the refusal of its reuse for other content."""
    if stored.hash != content_hash:
        return IdempotencyKeyReused(
            f"The idempotency key {stored.key!r} was used before, with other content.", field=("idempotencyKey",)
        )
    refusal = stored.outcome.get("refusal")
    return Refusal.from_record(refusal) if refusal else outcome_of(stored.outcome, replayed=True)


def outcome_of(record: dict[str, Any], *, replayed: bool) -> Outcome:
    """Return the outcome that a record tells of."""
    order, member = record.get("order"), record.get("member")
    return Outcome(
        replayed=replayed,
        order_id=id_of(order) if order else None,
        member_id=id_of(member) if member else None,
        entries=tuple((id_of(account), seq) for account, seq in record.get("entries", ())),
        return_id=UUID(record["return"]) if "return" in record else None,
        agent_id=UUID(record["agent"]) if "agent" in record else None,
        card_id=UUID(record["card"]) if "card" in record else None,
        occasion_id=UUID(record["occasion"]) if "occasion" in record else None,
        coupon_ids=tuple(map(id_of, record.get("coupons", ()))),
    )
