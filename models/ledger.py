"""The ledger. `transfer`, `entry` and `lot_move` are insert only; triggers refuse anything else."""

from tortoise import fields
from tortoise.models import Model

from models import columns


class Account(Model):
    """The balance of one asset for one member."""

    id = columns.key()
    program_id = fields.UUIDField()
    member_id = fields.UUIDField()
    asset_id = fields.UUIDField()
    available = columns.amount()
    pending = columns.amount()
    held = columns.amount()
    floor = columns.amount()
    seq = fields.BigIntField()
    next_due_at = columns.instant(never=True)

    class Meta:
        table = "account"
        unique_together = (("member_id", "asset_id"),)


class Transfer(Model):
    """One balanced movement. `commit_order` orders those of a program for sealing: see ADR 13."""

    id = columns.key()
    program_id = fields.UUIDField()
    member_id = fields.UUIDField()
    kind = columns.kind()
    order_id = fields.UUIDField(null=True)
    original_id = fields.UUIDField(null=True)
    actor = fields.CharField(max_length=80)
    reason = fields.CharField(max_length=columns.TEXT_LENGTH, null=True)
    occurred_at = columns.instant()
    recorded_at = columns.instant()
    hash = fields.BinaryField()
    commit_order = fields.BigIntField()

    class Meta:
        table = "transfer"


class Entry(Model):
    """One line of one account, keyed by (account, seq); `position` orders all lines of the member."""

    account_id = fields.UUIDField()
    seq = fields.BigIntField(primary_key=True, generated=False)
    program_id = fields.UUIDField()
    member_id = fields.UUIDField()
    asset_id = fields.UUIDField()
    transfer_id = fields.UUIDField()
    kind = columns.kind()
    change_available = columns.amount()
    change_pending = columns.amount()
    change_held = columns.amount()
    available = columns.amount()
    pending = columns.amount()
    held = columns.amount()
    contra = fields.CharField(max_length=32, null=True)
    position = fields.BigIntField()
    order_id = fields.UUIDField(null=True)
    effect = fields.IntField(null=True)
    campaign_id = fields.UUIDField(null=True)
    occurred_at = columns.instant()
    recorded_at = columns.instant()

    class Meta:
        table = "entry"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Entry) and (self.account_id, self.seq) == (other.account_id, other.seq)

    def __hash__(self) -> int:
        return hash((self.account_id, self.seq))


class Lot(Model):
    """A credit with its own release and expiry."""

    id = columns.key()
    program_id = fields.UUIDField()
    member_id = fields.UUIDField()
    account_id = fields.UUIDField()
    asset_id = fields.UUIDField()
    transfer_id = fields.UUIDField()
    order_id = fields.UUIDField(null=True)
    amount = columns.amount()
    remaining = columns.amount()
    held = columns.amount()
    priority = fields.SmallIntField()
    locked_until = fields.DatetimeField(null=True)
    expires_at = columns.instant(never=True)
    due_at = columns.instant(never=True)
    recorded_at = columns.instant()

    class Meta:
        table = "lot"


class Hold(Model):
    """A reservation of one asset for an order. Only `captured` and `released` change."""

    id = columns.key()
    program_id = fields.UUIDField()
    member_id = fields.UUIDField()
    account_id = fields.UUIDField()
    asset_id = fields.UUIDField()
    order_id = fields.UUIDField()
    transfer_id = fields.UUIDField()
    amount = columns.amount()
    captured = columns.amount()
    released = columns.amount()
    expires_at = columns.instant()
    recorded_at = columns.instant()

    class Meta:
        table = "hold"
        unique_together = (("order_id", "asset_id"),)


class LotMove(Model):
    """What one transfer took from or gave to one lot, keyed by (lot, transfer)."""

    transfer_id = fields.UUIDField(primary_key=True)
    lot_id = fields.UUIDField()
    program_id = fields.UUIDField()
    remaining = columns.amount()
    held = columns.amount()

    class Meta:
        table = "lot_move"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LotMove) and (self.lot_id, self.transfer_id) == (other.lot_id, other.transfer_id)

    def __hash__(self) -> int:
        return hash((self.lot_id, self.transfer_id))
