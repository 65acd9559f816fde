"""Members and what is theirs."""

from tortoise import fields
from tortoise.models import Model

from models import columns


class Member(Model):
    """Who has balances in a program. `position` counts their events."""

    id = columns.key()
    program_id = fields.UUIDField()
    number = fields.CharField(max_length=32)
    name = fields.CharField(max_length=columns.NAME_LENGTH, null=True)
    phone = fields.CharField(max_length=32, null=True)
    email = fields.CharField(max_length=254, null=True)
    birthday = fields.DateField(null=True)
    status = columns.kind()
    channel = fields.CharField(max_length=columns.CODE_LENGTH, null=True)
    store = fields.CharField(max_length=columns.CODE_LENGTH, null=True)
    referred_by_id = fields.UUIDField(null=True)
    position = fields.BigIntField(default=0)
    enrolled_at = columns.instant()
    recorded_at = columns.instant()
    kind = columns.kind(default="PERSON")
    tags: fields.Field[dict[str, dict[str, str]]] = fields.JSONField(default=dict)
    attributes: fields.Field[dict[str, str]] = fields.JSONField(default=dict)
    orders = fields.IntField(default=0)
    last_order_at = fields.DatetimeField(null=True)

    class Meta:
        table = "member"
        unique_together = (("program_id", "number"),)


class Identity(Model):
    """A key by which an outside system knows a member."""

    id = columns.key()
    program_id = fields.UUIDField()
    source = columns.code()
    external_id = fields.CharField(max_length=columns.NAME_LENGTH)
    member_id = fields.UUIDField(db_index=True)
    recorded_at = columns.instant()

    class Meta:
        table = "identity"
        unique_together = (("program_id", "source", "external_id"),)


class Standing(Model):
    """A member's place on a ladder."""

    id = columns.key()
    program_id = fields.UUIDField()
    member_id = fields.UUIDField()
    ladder_id = fields.UUIDField()
    tier_id = fields.UUIDField()
    since = columns.instant()
    until = fields.DatetimeField(null=True)

    class Meta:
        table = "standing"
        unique_together = (("member_id", "ladder_id"),)


class Event(Model):
    """A past-tense fact about a member, keyed by (member, position). Insert only.

    `commit_order` orders the events of a program by the transaction that wrote them: see ADR 5.
    """

    member_id = fields.UUIDField()
    position = fields.BigIntField(primary_key=True, generated=False)
    program_id = fields.UUIDField()
    commit_order = fields.BigIntField()
    kind = columns.kind()
    order_id = fields.UUIDField(null=True)
    account_id = fields.UUIDField(null=True)
    entry_seq = fields.BigIntField(null=True)
    ladder_id = fields.UUIDField(null=True)
    from_tier_id = fields.UUIDField(null=True)
    to_tier_id = fields.UUIDField(null=True)
    occasion_id = fields.UUIDField(null=True)
    details: fields.Field[dict[str, object] | None] = fields.JSONField(null=True)
    occurred_at = columns.instant()
    recorded_at = columns.instant()

    class Meta:
        table = "event"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Event) and (self.member_id, self.position) == (other.member_id, other.position)

    def __hash__(self) -> int:
        return hash((self.member_id, self.position))


class Idempotency(Model):
    """A key that was used: what it stands for, and what was answered. Keyed by (program, scope, key)."""

    program_id = fields.UUIDField()
    scope = fields.CharField(max_length=120)
    key = fields.CharField(max_length=200, primary_key=True)
    hash = fields.BinaryField()
    outcome: fields.Field[dict[str, object] | None] = fields.JSONField(null=True)
    recorded_at = columns.instant()

    class Meta:
        table = "idempotency"

    def __eq__(self, other: object) -> bool:
        mine = (self.program_id, self.scope, self.key)
        return isinstance(other, Idempotency) and mine == (other.program_id, other.scope, other.key)

    def __hash__(self) -> int:
        return hash((self.program_id, self.scope, self.key))
