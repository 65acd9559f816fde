"""Gift cards."""

from tortoise import fields
from tortoise.models import Model

from models import columns


class GiftCard(Model):
    """A gift card, keyed by its bearer. What settles it is set once; nothing else of it changes."""

    member_id = fields.UUIDField(primary_key=True)
    program_id = fields.UUIDField()
    code_hash = fields.BinaryField()
    asset_id = fields.UUIDField()
    amount = columns.amount()
    giver_id = fields.UUIDField(null=True)
    message = fields.CharField(max_length=columns.TEXT_LENGTH, null=True)
    state = columns.kind()
    claimed_by_id = fields.UUIDField(null=True)
    settled_at = fields.DatetimeField(null=True)
    transfer_id = fields.UUIDField()
    settlement_id = fields.UUIDField(null=True)
    recorded_at = columns.instant()

    class Meta:
        table = "gift_card"
