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
    approval = fields.BooleanField(default=False)
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


class Segment(Model):
    """A saved condition over members. It may be changed: who looks at it sees it as it is now."""

    id = columns.key()
    program_id = fields.UUIDField()
    code = columns.code()
    name = fields.CharField(max_length=columns.NAME_LENGTH)
    conditions: fields.Field[dict[str, object]] = fields.JSONField()
    recorded_at = columns.instant()

    class Meta:
        table = "segment"
        unique_together = (("program_id", "code"),)


class Campaign(Model):
    """A stable name for a rule; what it says is in its versions. `published_version` is None while it is a draft.

    One of the kind `COUPON` is a template of coupons: it does nothing by itself, its coupons do.
    `approved_version` is the newest version that somebody else than its author approved.
    """

    id = columns.key()
    program_id = fields.UUIDField()
    code = columns.code()
    name = fields.CharField(max_length=columns.NAME_LENGTH)
    kind = columns.kind(default="CAMPAIGN")
    state = columns.kind()
    published_version = fields.IntField(null=True)
    approved_version = fields.IntField(null=True)
    approved_by = fields.CharField(max_length=80, null=True)

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
    trigger = columns.kind(default="ORDER")
    step = columns.kind(default="PROMOTION")
    audience = columns.kind(default="MEMBERS")
    calendar: fields.Field[dict[str, object] | None] = fields.JSONField(null=True)
    schedule: fields.Field[dict[str, object] | None] = fields.JSONField(null=True)
    stacking_group = fields.CharField(max_length=columns.CODE_LENGTH, null=True)
    limits: fields.Field[dict[str, object] | None] = fields.JSONField(null=True)
    budget: fields.Field[dict[str, object] | None] = fields.JSONField(null=True)
    holdout = fields.SmallIntField(default=0)
    coupon: fields.Field[dict[str, object] | None] = fields.JSONField(null=True)
    drafted_by = fields.CharField(max_length=80, null=True)
    recorded_at = columns.instant()
    hash = fields.BinaryField()

    class Meta:
        table = "campaign_version"
        unique_together = (("program_id", "campaign_id", "number"),)


class CampaignUsage(Model):
    """How often a campaign applied and how much it gave: to a member, or where the owner is the campaign to all."""

    campaign_id = fields.UUIDField(primary_key=True)
    owner_id = fields.UUIDField()
    day = fields.DateField()
    program_id = fields.UUIDField()
    uses = fields.BigIntField()
    count = fields.BigIntField()
    money = columns.amount()
    points = columns.amount()

    class Meta:
        table = "campaign_usage"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CampaignUsage) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[object, ...]:
        return (self.campaign_id, self.owner_id, self.day)


class CampaignRun(Model):
    """How far a campaign with a schedule got on one day: to which member, in the order of their ids."""

    campaign_id = fields.UUIDField(primary_key=True)
    day = fields.DateField()
    program_id = fields.UUIDField()
    reached_id = fields.UUIDField(null=True)
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "campaign_run"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CampaignRun) and (self.campaign_id, self.day) == (other.campaign_id, other.day)

    def __hash__(self) -> int:
        return hash((self.campaign_id, self.day))


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
