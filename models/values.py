"""Stored value: the ladders of its bonuses, and top-ups."""

from tortoise import fields
from tortoise.models import Model

from models import columns


class TopUpStep(Model):
    """A step of an asset's ladder of bonuses: an amount, or basis points of what is paid in."""

    id = columns.key()
    program_id = fields.UUIDField()
    asset_id = fields.UUIDField()
    threshold = columns.amount()
    amount = columns.amount()
    basis_points = fields.IntField()

    class Meta:
        table = "top_up_step"
        unique_together = (("program_id", "asset_id", "threshold"),)


class TopUp(Model):
    """What a transfer of the kind TOP_UP brought, and by which step. Insert only."""

    transfer_id = fields.UUIDField(primary_key=True)
    program_id = fields.UUIDField()
    member_id = fields.UUIDField()
    asset_id = fields.UUIDField()
    lot_id = fields.UUIDField()
    amount = columns.amount()
    bonus_lot_id = fields.UUIDField(null=True)
    bonus = columns.amount()
    step_threshold = columns.amount()
    step_amount = columns.amount()
    step_basis_points = fields.IntField()
    recorded_at = columns.instant()

    class Meta:
        table = "top_up"


class Conversion(Model):
    """So much of one asset becomes so much of another, in whole steps."""

    id = columns.key()
    program_id = fields.UUIDField()
    from_asset_id = fields.UUIDField()
    to_asset_id = fields.UUIDField()
    from_amount = columns.amount()
    to_amount = columns.amount()
    step = columns.amount()

    class Meta:
        table = "conversion"
        unique_together = (("program_id", "from_asset_id", "to_asset_id"),)
