"""The rows of the ledger as values: accounts, lots, transfers and their entries.

Amounts are minor units of the account's asset. An account has three buckets: `available` may be spent now, `pending` is
earned and not yet released, `held` is reserved. An entry moves value between the buckets of one account and, for the
net, against a contra account of the program, so a row cannot be unbalanced.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.values import value


class EntryKind(StrEnum):
    """What a line of the ledger did."""

    EARN = "EARN"
    SPEND = "SPEND"
    HOLD = "HOLD"
    RETURN = "RETURN"
    RELEASE = "RELEASE"
    EXPIRE = "EXPIRE"
    ADJUST = "ADJUST"
    TRANSFER = "TRANSFER"
    TOP_UP = "TOP_UP"
    REFUND = "REFUND"
    CONVERT = "CONVERT"


class Contra(StrEnum):
    """The program's own accounts. They keep no running balance: one would make every posting wait for every other."""

    ISSUANCE = "ISSUANCE"
    REDEMPTION = "REDEMPTION"
    BREAKAGE = "BREAKAGE"
    ADJUSTMENT = "ADJUSTMENT"
    CLEARING = "CLEARING"
    LIABILITY = "LIABILITY"
    WRITE_OFF = "WRITE_OFF"


class TransferKind(StrEnum):
    """Which operation a transfer belongs to."""

    ORDER = "ORDER"
    HOLD = "HOLD"
    RETURN = "RETURN"
    ADJUSTMENT = "ADJUSTMENT"
    TRANSFER = "TRANSFER"
    RELEASE = "RELEASE"
    EXPIRY = "EXPIRY"
    TOP_UP = "TOP_UP"
    REFUND = "REFUND"
    SPEND = "SPEND"
    SPEND_UNDO = "SPEND_UNDO"
    CONVERSION = "CONVERSION"
    AWARD = "AWARD"
    PURCHASE = "PURCHASE"


MATURING = frozenset({EntryKind.RELEASE, EntryKind.EXPIRE})
MATURING_TRANSFERS = frozenset({TransferKind.RELEASE, TransferKind.EXPIRY})
"""What takes effect at the instant at which it fell due, `occurred_at`, however late it was written.

Everything else takes effect when it is recorded. These *effective* instants never fall along the lines of an account,
nor along those of a member.
"""


@value
class Account:
    """The balance of one asset for one member. `seq` is the number of its newest entry, 0 before the first."""

    id: UUID
    program_id: UUID
    member_id: UUID
    asset_id: UUID
    available: int
    pending: int
    held: int
    floor: int
    seq: int
    next_due_at: datetime
    """No lot of the account is due before this instant; it may be early, never late."""


@value
class Lot:
    """A credit with its own release and expiry. `amount` never changes; `remaining` and `held` are what is left."""

    id: UUID
    program_id: UUID
    member_id: UUID
    account_id: UUID
    asset_id: UUID
    transfer_id: UUID
    order_id: UUID | None
    amount: int
    remaining: int
    held: int
    priority: int
    locked_until: datetime | None
    expires_at: datetime
    due_at: datetime
    """When the sweeper has to look at the lot next: `locked_until` while locked, then `expires_at`.

    What a hold freed after its expiry is due since it was freed: a line of the ledger is never dated before another.
    """
    recorded_at: datetime


@value
class Hold:
    """A reservation of one asset for an order, with a time limit. `captured` and `released` are what became of it."""

    id: UUID
    program_id: UUID
    member_id: UUID
    account_id: UUID
    asset_id: UUID
    order_id: UUID
    transfer_id: UUID
    amount: int
    captured: int
    released: int
    expires_at: datetime
    recorded_at: datetime

    @property
    def open(self) -> int:
        """What is still reserved."""
        return self.amount - self.captured - self.released


@value
class LotMove:
    """How much one transfer took from (negative) or gave to a lot, by bucket. A lot's birth is not a move."""

    transfer_id: UUID
    lot_id: UUID
    program_id: UUID
    remaining: int
    held: int


@value
class Entry:
    """One line of one account: three changes, and the three balances after it."""

    account_id: UUID
    seq: int
    program_id: UUID
    member_id: UUID
    asset_id: UUID
    transfer_id: UUID
    kind: EntryKind
    change_available: int
    change_pending: int
    change_held: int
    available: int
    pending: int
    held: int
    contra: Contra | None
    position: int
    """Position of the member's event that tells of this entry; also the order of all the member's entries."""
    order_id: UUID | None
    effect: int | None
    """Ordinal of the order's effect that this entry carries out."""
    campaign_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime

    @property
    def effective_at(self) -> datetime:
        """Since when the books show the line."""
        return self.occurred_at if self.kind in MATURING else self.recorded_at


@value
class Transfer:
    """One balanced movement: what its entries and lot moves have in common, sealed by a hash over all of them."""

    id: UUID
    program_id: UUID
    member_id: UUID
    kind: TransferKind
    order_id: UUID | None
    original_id: UUID | None
    actor: str
    reason: str | None
    occurred_at: datetime
    recorded_at: datetime
    hash: bytes
