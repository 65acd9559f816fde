"""Programs: making one from a template, finding one, its items, its sandbox clock."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.numbers import get_currency_precision, list_currencies
from tortoise.exceptions import IntegrityError
from tortoise.expressions import F
from uuid_utils.compat import uuid7

import models
from domain import checks
from domain.checks import CODE_MAX, NAME_MAX, optional_text, text
from domain.instants import NEVER
from domain.program import ItemPolicy, TierMetric
from domain.refusals import InvalidInput, NotFound, Refusal
from services.publishing import publish
from services.templates import PLANS, CampaignPlan, Plan, Template, assets
from services.transaction import transaction

NAMED_MAX = 10
"""How many programs a message names to choose from."""
BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)
"""Campaigns of a template run from here, so that imported orders of the past earn too."""


class ProgramExists(Refusal):
    """Another program has this code."""

    code = "PROGRAM_EXISTS"


async def create(
    *,
    code: str,
    name: str,
    currency: str,
    time_zone: str,
    template: Template,
    virtual_now: datetime | None = None,
) -> models.Program:
    """Make a program and everything that its template sets up, or raise a `Refusal` and make nothing.

    With `virtual_now` the program is a sandbox: its clock stands there until it is set.
    """
    checks.code(code, ("code",))
    if currency not in list_currencies():
        raise InvalidInput(f"{currency!r} is no ISO 4217 currency; examples: CNY, USD.", field=("currency",))
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(
            f"{time_zone!r} is no time zone of the IANA database; example: Asia/Shanghai.", field=("timeZone",)
        ) from None
    scale = get_currency_precision(currency)
    plan = PLANS[template]
    now = datetime.now(UTC)
    try:
        async with transaction():
            program = await models.Program.create(
                code=code,
                name=text(name, ("name",), NAME_MAX),
                currency=currency,
                currency_scale=scale,
                time_zone=time_zone,
                virtual_now=virtual_now,
                item_policy=ItemPolicy.OPEN,
                created_at=now,
            )
            qualifying = await _create_assets(program.id, plan, scale)
            await _create_ladder(program.id, plan, scale, qualifying)
            for campaign in plan.campaigns:
                await _create_campaign(program.id, campaign, now)
    except IntegrityError:
        raise ProgramExists(f"There is a program {code!r} already.", field=("code",)) from None
    return program


async def _create_assets(program_id: UUID, plan: Plan, currency_scale: int) -> UUID:
    """Create the assets and return the id of the one that the ladder measures."""
    qualifying = uuid7()
    for asset in assets(plan, currency_scale):
        await models.Asset.create(
            id=qualifying if asset.code == "TIER" else uuid7(), program_id=program_id, **asdict(asset)
        )
    return qualifying


async def _create_ladder(program_id: UUID, plan: Plan, currency_scale: int, asset_id: UUID) -> None:
    ladder = await models.Ladder.create(
        program_id=program_id, code=plan.ladder, name=plan.ladder_name, metric=TierMetric.SPEND, asset_id=asset_id
    )
    for rank, (tier, threshold) in enumerate(zip(plan.tiers, plan.thresholds(currency_scale), strict=True)):
        await models.Tier.create(
            program_id=program_id,
            ladder_id=ladder.id,
            code=tier.code,
            name=tier.name,
            rank=rank,
            threshold=threshold,
        )


async def _create_campaign(program_id: UUID, plan: CampaignPlan, now: datetime) -> None:
    campaign = await models.Campaign.create(
        program_id=program_id, code=plan.code, name=plan.name, state="RUNNING", published_version=1
    )
    await publish(
        program_id=program_id,
        campaign_id=campaign.id,
        number=1,
        priority=plan.priority,
        starts_at=BEGINNING,
        ends_at=NEVER,
        conditions=plan.conditions,
        effects=plan.effects,
        recorded_at=now,
    )


async def by_code(code: str) -> models.Program:
    """Return the program with this code. Raises `NotFound`."""
    program = await models.Program.get_or_none(code=code)
    if program is None:
        raise NotFound(f"There is no program {code!r}; {await _known()}", field=("code",))
    return program


async def only_or_by_code(code: str | None) -> models.Program:
    """Return the program with this code, or without one the only program there is. Raises `NotFound`."""
    if code is not None:
        return await by_code(code)
    programs = await models.Program.all().limit(2)
    if len(programs) == 1:
        return programs[0]
    if programs:
        raise NotFound(f"Name the program with --program CODE; {await _known()}", field=("program",))
    raise NotFound("There is no program yet: `huiyuan program create --code CODE` makes one.", field=("program",))


async def _known() -> str:
    """Return the end of a sentence that says which programs there are."""
    codes = await models.Program.all().order_by("code").limit(NAMED_MAX + 1).values_list("code", flat=True)
    if not codes:
        return "there is none yet: `huiyuan program create --code CODE` makes one."
    others = ", and others" if len(codes) > NAMED_MAX else ""
    return f"there {'are' if codes[1:] else 'is'} {', '.join(map(str, codes[:NAMED_MAX]))}{others}."


async def codes(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the codes of programs by their ids."""
    return dict(await models.Program.filter(id__in=set(ids)).values_list("id", "code"))


async def set_clock(program_id: UUID, virtual_now: datetime) -> None:
    """Set the clock of a sandbox program. A program on real time is left alone: it has no clock to set."""
    async with transaction():
        await models.Program.filter(id=program_id, virtual_now__isnull=False).update(virtual_now=virtual_now)


async def list_items(program_id: UUID, items: Iterable[tuple[str, str | None, str | None]]) -> int:
    """Add (sku, name, category) rows to the program's list of items and accept no other SKU from now on.

    Returns how many rows were new. Raises `InvalidInput` naming the row at fault, and adds nothing then.
    """
    rows: dict[str, models.Item] = {}
    for index, (sku, name, category) in enumerate(items):
        stored = text(sku, (str(index), "sku"), CODE_MAX)
        rows[stored] = models.Item(
            program_id=program_id,
            sku=stored,
            name=optional_text(name, (str(index), "name"), NAME_MAX),
            category=optional_text(category, (str(index), "category"), CODE_MAX),
        )
    async with transaction():
        before = await models.Item.filter(program_id=program_id).count()
        await models.Item.bulk_create(rows.values(), batch_size=500, ignore_conflicts=True)
        after = await models.Item.filter(program_id=program_id).count()
        await models.Program.filter(id=program_id).update(
            item_policy=ItemPolicy.LISTED, config_version=F("config_version") + 1
        )
    return after - before
