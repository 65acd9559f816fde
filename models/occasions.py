"""What happened to members that is no order, and what campaigns made of it."""

from tortoise import fields
from tortoise.models import Model

from models import columns


class Occasion(Model):
    """An enrolment, a behaviour event, a new tier: something that campaigns answer. Insert only."""

    id = columns.key()
    program_id = fields.UUIDField()
    member_id = fields.UUIDField()
    trigger = columns.kind()
    code = fields.CharField(max_length=columns.CODE_LENGTH, null=True)
    source = fields.CharField(max_length=columns.CODE_LENGTH, null=True)
    external_id = fields.CharField(max_length=columns.NAME_LENGTH, null=True)
    attributes: fields.Field[dict[str, str]] = fields.JSONField()
    not_applied: fields.Field[list[dict[str, object]]] = fields.JSONField()
    consumed: fields.Field[list[dict[str, object]]] = fields.JSONField(default=list)
    transfer_id = fields.UUIDField(null=True)
    occurred_at = columns.instant()
    recorded_at = columns.instant()

    class Meta:
        table = "occasion"
        indexes = (("member_id", "id"),)


class OccasionEffect(Model):
    """One thing that was decided for an occasion, keyed by (occasion, ordinal). Insert only."""

    occasion_id = fields.UUIDField()
    ordinal = fields.IntField(primary_key=True, generated=False)
    program_id = fields.UUIDField()
    kind = columns.kind()
    campaign_id = fields.UUIDField()
    campaign_version_id = fields.UUIDField()
    asset_id = fields.UUIDField(null=True)
    amount = columns.amount()
    facts: fields.Field[dict[str, object]] = fields.JSONField()
    explanation: fields.Field[dict[str, object]] = fields.JSONField()

    class Meta:
        table = "occasion_effect"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OccasionEffect) and (self.occasion_id, self.ordinal) == (
            other.occasion_id,
            other.ordinal,
        )

    def __hash__(self) -> int:
        return hash((self.occasion_id, self.ordinal))
