"""Agents: members who may draw on the balances of another member, each up to a limit in a calendar month."""

from collections.abc import Mapping, MutableMapping
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.amounts import AMOUNT_MAX
from domain.assets import Asset
from domain.refusals import LimitReached, NotAgent
from domain.values import replace, value


@value
class Agent:
    """The right of a member to draw on an asset of a payer. `until` is None while they have it."""

    id: UUID
    program_id: UUID
    payer_id: UUID
    member_id: UUID
    asset_id: UUID
    monthly_limit: int | None
    """Minor units of the asset; None is no limit but what an amount can be."""
    since: datetime
    until: datetime | None


@value
class AgentDraw:
    """What an agent drew in one month, less what came back of that, whenever it did."""

    program_id: UUID
    payer_id: UUID
    member_id: UUID
    asset_id: UUID
    month: date
    """Its first day."""
    amount: int


@value
class Drawing:
    """Who draws, and in which month it counts: that of the day on which the order or the use was recorded."""

    member_id: UUID
    month: date

    @classmethod
    def of(cls, member_id: UUID, recorded_at: datetime, zone: ZoneInfo) -> "Drawing":
        """Return what is drawn by a member at an instant."""
        return cls(member_id, recorded_at.astimezone(zone).date().replace(day=1))


Agents = Mapping[tuple[UUID, UUID], Agent]
"""Of one payer, by agent and asset."""
Draws = Mapping[tuple[UUID, UUID, date], AgentDraw]
"""Of one payer, by agent, asset and month."""


def authorise(agents: Agents, draws: Draws, drawing: Drawing, asset: Asset, amount: int) -> None:
    """Refuse what the agent may not draw, in minor units. Raises `NotAgent` or `LimitReached`."""
    agent = agents.get((drawing.member_id, asset.id))
    if agent is None or agent.until is not None:
        raise NotAgent(f"The member may not draw on {asset.code} of the payer.", asset=asset.code)
    limit = AMOUNT_MAX if agent.monthly_limit is None else agent.monthly_limit
    draw = draws.get((drawing.member_id, asset.id, drawing.month))
    drawn = draw.amount if draw else 0
    if drawn + amount > limit:
        raise LimitReached(
            f"The member may draw {asset.spelled(limit)} {asset.code} of the payer a month; "
            f"{asset.spelled(drawn)} are drawn in {drawing.month:%Y-%m}, and {asset.spelled(amount)} are asked for.",
            limit=asset.spelled(limit),
        )


def count(draws: MutableMapping[tuple[UUID, UUID, date], AgentDraw], blank: AgentDraw) -> None:
    """Add what was drawn, negative for what came back, to what the agent drew of the asset in the month."""
    key = (blank.member_id, blank.asset_id, blank.month)
    before = draws.get(key)
    draws[key] = replace(before, amount=before.amount + blank.amount) if before else blank
