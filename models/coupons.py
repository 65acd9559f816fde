"""Coupons, what happened to them, batches of codes, and the counters of their templates."""

from tortoise import fields
from tortoise.models import Model

from models import columns


class Coupon(Model):
    """One issued coupon. Its terms are those of the version that it names, for ever."""

    id = columns.key()
    program_id = fields.UUIDField()
    campaign_id = fields.UUIDField()
    version_id = fields.UUIDField()
    member_id = fields.UUIDField(null=True)
    code_hash = fields.BinaryField()
    origin = columns.kind()
    origin_id = fields.UUIDField(null=True)
    state = columns.kind()
    order_id = fields.UUIDField(null=True)
    held_until = fields.DatetimeField(null=True)
    valid_from = columns.instant()
    expires_at = columns.instant(never=True)
    changes = fields.IntField()
    recorded_at = columns.instant()

    class Meta:
        table = "coupon"
        indexes = (("member_id", "id"),)


class CouponChange(Model):
    """One thing that happened to a coupon, keyed by (coupon, ordinal). Insert only."""

    coupon_id = fields.UUIDField()
    ordinal = fields.IntField(primary_key=True, generated=False)
    program_id = fields.UUIDField()
    kind = columns.kind()
    actor = fields.CharField(max_length=80)
    member_id = fields.UUIDField(null=True)
    from_member_id = fields.UUIDField(null=True)
    order_id = fields.UUIDField(null=True)
    expires_at = fields.DatetimeField(null=True)
    reason = fields.CharField(max_length=columns.TEXT_LENGTH, null=True)
    recorded_at = columns.instant()

    class Meta:
        table = "coupon_change"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CouponChange) and (self.coupon_id, self.ordinal) == (other.coupon_id, other.ordinal)

    def __hash__(self) -> int:
        return hash((self.coupon_id, self.ordinal))


class CouponBatch(Model):
    """Codes that are made in the background: `made` of `size` so far."""

    id = columns.key()
    program_id = fields.UUIDField()
    campaign_id = fields.UUIDField()
    version_id = fields.UUIDField()
    size = fields.IntField()
    made = fields.IntField()
    state = columns.kind()
    actor = fields.CharField(max_length=80)
    reason = fields.CharField(max_length=columns.TEXT_LENGTH, null=True)
    recorded_at = columns.instant()
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "coupon_batch"
        indexes = (("program_id", "campaign_id", "id"),)


class CouponTally(Model):
    """What became of the coupons of one template, in numbers: see `domain.coupons.Tally`."""

    campaign_id = fields.UUIDField(primary_key=True)
    program_id = fields.UUIDField()
    issued = fields.BigIntField()
    claimed = fields.BigIntField()
    held = fields.BigIntField()
    used = fields.BigIntField()
    returned = fields.BigIntField()
    expired = fields.BigIntField()
    voided = fields.BigIntField()
    discount = columns.amount()
    revenue = columns.amount()

    class Meta:
        table = "coupon_tally"
