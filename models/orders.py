"""Orders with their lines and the effects that were decided for them."""

from tortoise import fields
from tortoise.models import Model

from models import columns


class Order(Model):
    """A purchase reported by a source system; (program, source, external id) is unique for ever."""

    id = columns.key()
    program_id = fields.UUIDField()
    member_id = fields.UUIDField(null=True)
    payer_id = fields.UUIDField(null=True)
    source = columns.code()
    external_id = fields.CharField(max_length=columns.NAME_LENGTH)
    state = columns.kind()
    content_hash = fields.BinaryField()
    store = fields.CharField(max_length=columns.CODE_LENGTH, null=True)
    channel = fields.CharField(max_length=columns.CODE_LENGTH, null=True)
    currency = fields.CharField(max_length=3)
    subtotal = columns.amount()
    discount_total = columns.amount()
    shipping = columns.amount()
    shipping_discount = fields.BigIntField(default=0)
    spent = columns.amount()
    payable = columns.amount()
    paid = columns.amount()
    released = columns.amount()
    attributes: fields.Field[dict[str, str]] = fields.JSONField()
    not_applied: fields.Field[list[dict[str, object]]] = fields.JSONField()
    consumed: fields.Field[list[dict[str, object]]] = fields.JSONField(default=list)
    counted = fields.BooleanField(default=False)
    transfer_id = fields.UUIDField(null=True)
    held_until = fields.DatetimeField(null=True)
    claimed_at = fields.DatetimeField(null=True)
    occurred_at = columns.instant()
    recorded_at = columns.instant()

    class Meta:
        table = "orders"
        unique_together = (("program_id", "source", "external_id"),)
        indexes = (("member_id", "id"),)


class OrderLine(Model):
    """One line of an order, keyed by (order, ordinal)."""

    order_id = fields.UUIDField()
    ordinal = fields.IntField(primary_key=True, generated=False)
    program_id = fields.UUIDField()
    ref = columns.code()
    sku = columns.code()
    name = fields.CharField(max_length=columns.NAME_LENGTH, null=True)
    category = fields.CharField(max_length=columns.CODE_LENGTH, null=True)
    quantity = fields.IntField()
    returned_quantity = fields.IntField()
    released_quantity = fields.IntField()
    unit_price = columns.amount()
    discount = columns.amount()
    payable = columns.amount()
    attributes: fields.Field[dict[str, str]] = fields.JSONField()
    campaign_id = fields.UUIDField(null=True)

    class Meta:
        table = "order_line"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OrderLine) and (self.order_id, self.ordinal) == (other.order_id, other.ordinal)

    def __hash__(self) -> int:
        return hash((self.order_id, self.ordinal))


class OrderReturn(Model):
    """Some of an order that came back. Insert only."""

    id = columns.key()
    order_id = fields.UUIDField()
    ordinal = fields.IntField()
    program_id = fields.UUIDField()
    member_id = fields.UUIDField(null=True)
    transfer_id = fields.UUIDField(null=True)
    quantities: fields.Field[dict[str, int]] = fields.JSONField()
    refund = columns.amount()
    actor = fields.CharField(max_length=80)
    reason = fields.CharField(max_length=columns.TEXT_LENGTH, null=True)
    recorded_at = columns.instant()

    class Meta:
        table = "order_return"
        unique_together = (("order_id", "ordinal"),)


class OrderEffect(Model):
    """One thing that was decided for an order, keyed by (order, ordinal). Insert only."""

    order_id = fields.UUIDField()
    ordinal = fields.IntField(primary_key=True, generated=False)
    program_id = fields.UUIDField()
    kind = columns.kind()
    campaign_id = fields.UUIDField(null=True)
    campaign_version_id = fields.UUIDField(null=True)
    step = fields.CharField(max_length=32, null=True)
    asset_id = fields.UUIDField(null=True)
    amount = columns.amount()
    parts: fields.Field[dict[str, int] | None] = fields.JSONField(null=True)
    facts: fields.Field[dict[str, object]] = fields.JSONField()
    explanation: fields.Field[dict[str, object]] = fields.JSONField()

    class Meta:
        table = "order_effect"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OrderEffect) and (self.order_id, self.ordinal) == (other.order_id, other.ordinal)

    def __hash__(self) -> int:
        return hash((self.order_id, self.ordinal))
