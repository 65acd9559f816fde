"""Campaigns, their versions, and how much of them was used."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

import strawberry

import models
from domain.amounts import from_minor
from domain.campaigns import HOLDOUT_WHOLE, state_at
from domain.instants import NEVER
from schema import ids
from schema.connection import Connection, bad_cursor, connection, page_size
from schema.context import Info
from schema.permissions import Needs
from schema.types.forms import OUTPUTS, output_of
from schema.types.node import Node
from schema.types.rule_enums import Audience, CampaignState, CampaignStep, Trigger
from schema.types.rules import Condition, EffectRule, condition_of, effect_rule_of
from schema.types.version_forms import BUDGET, CALENDAR, LIMITS, SCHEDULE
from services.actors import Scope
from services.listing import OwnPage

if TYPE_CHECKING:  # made from tables, which the type checker does not follow
    CampaignBudget: TypeAlias = Any
    CampaignCalendar: TypeAlias = Any
    CampaignLimits: TypeAlias = Any
    CampaignSchedule: TypeAlias = Any
else:
    CampaignBudget, CampaignCalendar = OUTPUTS.of(BUDGET), OUTPUTS.of(CALENDAR)
    CampaignLimits, CampaignSchedule = OUTPUTS.of(LIMITS), OUTPUTS.of(SCHEDULE)

T = TypeVar("T")

PERCENT = Decimal(100) / HOLDOUT_WHOLE
DIGITS_MAX = 9


@strawberry.type(description="What a campaign says; it never changes once it is drafted.")
class CampaignVersion(Node):
    """A version."""

    number: int = strawberry.field(description="1 for the first of the campaign, and so on.")
    label: str = strawberry.field(description="What explanations call it: `BASE v1`.")
    trigger: Trigger = strawberry.field(description="What makes it look whether it applies.")
    step: CampaignStep = strawberry.field(description="When its discounts of goods are taken.")
    priority: int = strawberry.field(description="Its place within a step, the lowest first; then by code.")
    starts_at: datetime = strawberry.field(description="From when it runs.")
    ends_at: datetime | None = strawberry.field(description="Until when it runs; null for ever.")
    audience: Audience = strawberry.field(description="For whose orders it is.")
    calendar: CampaignCalendar | None = strawberry.field(description="Days and hours within its window, if not all.")
    schedule: CampaignSchedule | None = strawberry.field(description="When it runs, for the trigger SCHEDULE.")
    stacking_group: str | None = strawberry.field(
        description="Of the campaigns of one group only one applies to an order: the first that gives something."
    )
    limits: CampaignLimits | None = strawberry.field(description="How often it applies at most, if there are limits.")
    budget: CampaignBudget | None = strawberry.field(description="How much it gives at most, if there are bounds.")
    holdout_percent: Decimal = strawberry.field(
        description="The share of members whom it leaves out, always the same ones, to compare the others with."
    )
    conditions: Condition | None = strawberry.field(description="When it applies; null for always.")
    effects: list[EffectRule] = strawberry.field(description="What it does.")
    drafted_by: str | None = strawberry.field(description="The credential that drafted it; null when it came along.")
    recorded_at: datetime = strawberry.field(description="When it was drafted.")
    published: bool = strawberry.field(description="Whether this is the version that decides.")
    approved: bool = strawberry.field(description="Whether this is the version that was approved last.")

    @classmethod
    def of(cls, row: models.CampaignVersion, campaign: models.Campaign) -> "CampaignVersion":
        """Return the version of the contract."""
        return cls(
            id=ids.encode(ids.CAMPAIGN_VERSION, row.id),
            trigger=Trigger(row.trigger),
            step=CampaignStep(row.step),
            schedule=output_of(SCHEDULE, row.schedule) if row.schedule else None,
            limits=output_of(LIMITS, row.limits) if row.limits else None,
            budget=output_of(BUDGET, row.budget) if row.budget else None,
            holdout_percent=(row.holdout * PERCENT).normalize(),
            **shared_of(row, campaign),
        )


@strawberry.type(description="What was used of a campaign; what held orders reserve is counted as used.")
class CampaignUsage:
    """How much of a campaign was used."""

    uses: int = strawberry.field(description="Orders and occasions to which it applied.")
    count: int = strawberry.field(description="How often effects were applied, each repetition by itself.")
    money: Decimal = strawberry.field(description="Discounts that it gave, in the program's currency.")
    points: Decimal | None = strawberry.field(
        description="What it gave of the asset that its budget names; null when it names none."
    )


@strawberry.type(description="A rule of the program under a stable name; what it says is in immutable versions.")
class Campaign(Node):
    """A campaign."""

    row: strawberry.Private[models.Campaign]
    code: str = strawberry.field(description="Short name, unique in the program.")
    name: str = strawberry.field(description="Name for people.")

    @strawberry.field(description="Where it is in its life, by the program's clock.")
    async def state(self, info: Info) -> CampaignState:
        """Return the state."""
        return await state_of(info, self.row)

    @strawberry.field(
        description="The version that decides, if one was published.", extensions=[Needs(Scope.PROGRAM_READ)]
    )
    async def published(self, info: Info) -> CampaignVersion | None:
        """Return the published version."""
        shown = await published_of(info, self.row)
        return CampaignVersion.of(shown, self.row) if shown else None

    @strawberry.field(
        description="The newest version, if it was drafted after what is published.",
        extensions=[Needs(Scope.PROGRAM_READ)],
    )
    async def draft(self, info: Info) -> CampaignVersion | None:
        """Return the newest version that was not published."""
        newest = await draft_of(info, self.row)
        return CampaignVersion.of(newest, self.row) if newest else None

    @strawberry.field(description="All versions, the newest first.", extensions=[Needs(Scope.PROGRAM_READ)])
    async def versions(
        self,
        info: Info,
        first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100.")] = 20,
        after: Annotated[str | None, strawberry.argument(description="Cursor of the version before.")] = None,
    ) -> Connection[CampaignVersion]:
        """Return a page of versions."""
        return await versions_of(info, self.row, first, after, CampaignVersion.of)

    @strawberry.field(
        description="What was used of it; null until something was that a limit or a budget bounds. What was given "
        "while no published version had a budget or a limit `total` is not counted.",
        extensions=[Needs(Scope.PROGRAM_READ)],
    )
    async def usage(self, info: Info) -> CampaignUsage | None:
        """Return what was used."""
        used = await info.context.loaders.campaign_usage.load(self.row.id)
        if used is None:
            return None
        program = await info.context.loaders.program.load(self.row.program_id)
        shown = await published_of(info, self.row)
        points: Any = (shown.budget or {}).get("points") if shown else None
        asset = program.asset(points["asset"]) if points else None
        return CampaignUsage(
            uses=used.uses,
            count=used.count,
            money=from_minor(used.money, program.currency_scale),
            points=from_minor(used.points, asset.scale) if asset else None,
        )

    @classmethod
    def of(cls, row: models.Campaign) -> "Campaign":
        """Return the campaign of the contract."""
        return cls(id=ids.encode(ids.CAMPAIGN, row.id), row=row, code=row.code, name=row.name)


# ── what campaigns and templates of coupons have in common ───────────────────────────────────────────────────────────


def shared_of(row: models.CampaignVersion, campaign: models.Campaign) -> dict[str, Any]:
    """Return what versions of both kinds say."""
    return {
        "number": row.number,
        "label": f"{campaign.code} v{row.number}",
        "priority": row.priority,
        "starts_at": row.starts_at,
        "ends_at": None if row.ends_at >= NEVER else row.ends_at,
        "audience": Audience(row.audience),
        "calendar": output_of(CALENDAR, row.calendar) if row.calendar else None,
        "stacking_group": row.stacking_group,
        "conditions": condition_of(row.conditions) if row.conditions is not None else None,
        "effects": [effect_rule_of(effect) for effect in row.effects],
        "drafted_by": row.drafted_by,
        "recorded_at": row.recorded_at,
        "published": row.number == campaign.published_version,
        "approved": row.number == campaign.approved_version,
    }


async def published_of(info: Info, row: models.Campaign) -> models.CampaignVersion | None:
    """Return the published version."""
    number = row.published_version
    return await info.context.loaders.campaign_version.load((row.id, number)) if number else None


async def state_of(info: Info, row: models.Campaign) -> CampaignState:
    """Return the state by the program's clock."""
    program = await info.context.loaders.program.load(row.program_id)
    shown = await published_of(info, row)
    return state_at(row.state, (shown.starts_at, shown.ends_at) if shown else None, program.now())


async def draft_of(info: Info, row: models.Campaign) -> models.CampaignVersion | None:
    """Return the newest version, if it was drafted after what is published."""
    newest = await info.context.loaders.campaign_versions_page.load(OwnPage(row.id, 1))
    return newest[0] if newest and newest[0].number > (row.published_version or 0) else None


async def versions_of(
    info: Info,
    row: models.Campaign,
    first: int | None,
    after: str | None,
    of: Callable[[models.CampaignVersion, models.Campaign], T],
) -> Connection[T]:
    """Return a page of versions."""
    size = page_size(first)
    rows = await info.context.loaders.campaign_versions_page.load(OwnPage(row.id, size + 1, _number(after)))
    return connection(rows, size, after, lambda version: of(version, row), lambda version: str(version.number))


def _number(after: str | None) -> int | None:
    if after is None:
        return None
    if not (after.isascii() and after.isdigit() and len(after) <= DIGITS_MAX):
        raise bad_cursor()
    return int(after)
