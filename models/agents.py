"""Agents: members who may draw on the balances of another."""

from tortoise import fields
from tortoise.models import Model

from models import columns


class Agent(Model):
    """The right of a member to draw on an asset of a payer; it has ended when `until` is set."""

    id = columns.key()
    program_id = fields.UUIDField()
    payer_id = fields.UUIDField()
    member_id = fields.UUIDField()
    asset_id = fields.UUIDField()
    monthly_limit = fields.BigIntField(null=True)
    since = columns.instant()
    until = fields.DatetimeField(null=True)

    class Meta:
        table = "agent"
        unique_together = (("payer_id", "member_id", "asset_id"),)


class AgentDraw(Model):
    """What an agent drew in a month, keyed by (payer, agent, asset, month)."""

    program_id = fields.UUIDField()
    payer_id = fields.UUIDField()
    member_id = fields.UUIDField()
    asset_id = fields.UUIDField()
    month = fields.DateField(primary_key=True)
    amount = columns.amount()

    class Meta:
        table = "agent_draw"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AgentDraw) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[object, ...]:
        return (self.payer_id, self.member_id, self.asset_id, self.month)
