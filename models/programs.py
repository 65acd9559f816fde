"""A program's set-up."""

from tortoise import fields
from tortoise.models import Model

from models import columns


class Program(Model):
    """The tenant. `config_version` grows with every change of set-up, so that caches know when to read again."""

    id = columns.key()
    code = fields.CharField(max_length=columns.CODE_LENGTH, unique=True)
    name = fields.CharField(max_length=columns.NAME_LENGTH)
    currency = fields.CharField(max_length=3)
    currency_scale = fields.SmallIntField()
    time_zone = fields.CharField(max_length=64)
    virtual_now = fields.DatetimeField(null=True)
    item_policy = columns.kind()
    config_version = fields.BigIntField(default=1)
    event_epoch = fields.IntField(default=1)
    created_at = columns.instant()

    class Meta:
        table = "program"


class Asset(Model):
    """What a ledger counts."""

    id = columns.key()
    program_id = fields.UUIDField()
    code = columns.code()
    name = fields.CharField(max_length=columns.NAME_LENGTH)
    kind = columns.kind()
    scale = fields.SmallIntField()
    expiry = columns.kind()
    expiry_length = fields.IntField(default=0)
    expiry_date = fields.DateField(null=True)
    expiry_from = columns.kind()
    pending_days = fields.IntField(default=0)
    pending_months = fields.IntField(default=0)
    pending_day = fields.SmallIntField(default=0)
    floor = columns.amount()
    shortfall = columns.kind(default="REFUSE")
    grace_days = fields.IntField(default=30)
    burn_order = columns.kind(default="BONUS_FIRST")
    bonus_cap = fields.SmallIntField(default=100)
    pay_amount = fields.BigIntField(default=0)
    pay_value = fields.BigIntField(default=0)
    reminder_days = fields.IntField(default=0)
    reminded_through = fields.DateField(null=True)

    class Meta:
        table = "asset"
        unique_together = (("program_id", "code"),)


class Ladder(Model):
    """An ordered set of tiers; progress is a balance of its qualifying asset."""

    id = columns.key()
    program_id = fields.UUIDField()
    code = columns.code()
    name = fields.CharField(max_length=columns.NAME_LENGTH)
    metric = columns.kind()
    asset_id = fields.UUIDField()

    class Meta:
        table = "ladder"
        unique_together = (("program_id", "code"),)


class Tier(Model):
    """A level of a ladder."""

    id = columns.key()
    program_id = fields.UUIDField()
    ladder_id = fields.UUIDField()
    code = columns.code()
    name = fields.CharField(max_length=columns.NAME_LENGTH)
    rank = fields.SmallIntField()
    threshold = columns.amount()

    class Meta:
        table = "tier"
        unique_together = (("program_id", "ladder_id", "code"), ("program_id", "ladder_id", "rank"))


class Campaign(Model):
    """A stable name for a rule; what it says is in its versions. `published_version` is None while it is a draft."""

    id = columns.key()
    program_id = fields.UUIDField()
    code = columns.code()
    name = fields.CharField(max_length=columns.NAME_LENGTH)
    state = columns.kind()
    published_version = fields.IntField(null=True)

    class Meta:
        table = "campaign"
        unique_together = (("program_id", "code"),)


class CampaignVersion(Model):
    """What a campaign says, for ever: inserted, never changed. `hash` is over all of it: see `services.publishing`."""

    id = columns.key()
    program_id = fields.UUIDField()
    campaign_id = fields.UUIDField()
    number = fields.IntField()
    priority = fields.IntField()
    starts_at = columns.instant()
    ends_at = columns.instant(never=True)
    conditions: fields.Field[dict[str, object] | None] = fields.JSONField(null=True)
    effects: fields.Field[list[dict[str, object]]] = fields.JSONField()
    recorded_at = columns.instant()
    hash = fields.BinaryField()

    class Meta:
        table = "campaign_version"
        unique_together = (("program_id", "campaign_id", "number"),)


class Item(Model):
    """A SKU that the program lists; looked at only under the item policy LISTED."""

    id = columns.key()
    program_id = fields.UUIDField()
    sku = fields.CharField(max_length=columns.CODE_LENGTH)
    name = fields.CharField(max_length=columns.NAME_LENGTH, null=True)
    category = fields.CharField(max_length=columns.CODE_LENGTH, null=True)

    class Meta:
        table = "item"
        unique_together = (("program_id", "sku"),)


class ApiKey(Model):
    """A credential of a partner or of staff tools; of its secret only the hash is kept."""

    id = columns.key()
    program_id = fields.UUIDField()
    name = fields.CharField(max_length=columns.NAME_LENGTH)
    secret_hash = fields.BinaryField()
    scopes: fields.Field[list[str]] = fields.JSONField()
    created_at = columns.instant()
    expires_at = columns.instant(never=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "api_key"
