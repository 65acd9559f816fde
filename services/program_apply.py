"""Carrying out a plan: all of it in one transaction, or nothing."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F
from uuid_utils.compat import uuid7

import models
from domain.campaigns import CampaignKind
from domain.refusals import LimitReached, Refusal
from domain.setup import AssetSetUp, ConversionSetUp, LadderSetUp, SegmentSetUp
from domain.values import value
from services.assets import ASSETS_MAX
from services.program_document import Document, read
from services.program_lives import CampaignStep
from services.program_plan import Plan, plan
from services.program_setup import VERSION_COLUMNS, Stored, program_now, stored
from services.publishing import publish
from services.segments import SEGMENTS_MAX
from services.transaction import locked_program, transaction
from services.value_terms import CONVERSIONS_MAX, step_rows

DRAFTER = "huiyuan program apply"
"""By whom a version was drafted that a document brought."""
RANKS = 1_000
"""Beyond every rank: tiers stand there while they change places, as no two may have one rank at any time."""


@value
class Text:
    """A document as it came: its text, and the name by which messages call it."""

    name: str
    said: str

    def read(self, now: Stored) -> Document:
        """Return the document, checked against the program as it is."""
        return read(self.said, name=self.name, base=now.setup, now=program_now(now.row))


class PlanChanged(Refusal):
    """The program was changed after the plan was shown, so that another plan would be carried out."""

    code = "PLAN_CHANGED"


async def plan_of(program: models.Program, text: Text, *, prune: bool = False) -> Plan:
    """Return what applying a document would change. Raises `Misread`, `CannotChange` or `TierInUse`."""
    now = await stored(program)
    return await plan(now, text.read(now), prune=prune)


async def apply(
    program_id: UUID,
    text: Text,
    *,
    prune: bool = False,
    shown: Plan | None = None,
    check: Callable[[Plan], None] = lambda _: None,
) -> Plan:
    """Make a program what a document says, and return what was changed for that.

    It is planned anew behind the program's lock, so of two at the same time the second sees what the first did. With
    `shown`, another plan than that one is refused. `check` may refuse the plan by raising. All is changed or
    nothing. Raises `PlanChanged`, and as `plan_of`.
    """
    try:
        async with transaction():
            now = await stored(await locked_program(program_id))
            made = await plan(now, text.read(now), prune=prune)
            if shown is not None and made.said != shown.said:
                raise PlanChanged("The program was changed meanwhile, and the plan is another one: look at it again.")
            check(made)
            if made.changes:
                await _carry_out(made)
    except IntegrityError:
        # Orders go on behind the program's lock, so a member may have reached a tier that it removes: planning anew
        # says so with the numbers of now. Any other cause is a bug.
        await plan_of(await models.Program.get(id=program_id), text, prune=prune)
        raise
    return made


async def _carry_out(made: Plan) -> None:
    now, wanted, program_id = made.stored, made.document.wanted, made.stored.row.id
    touched = {(change.section, change.code) for change in made.changes}
    for code, asset in wanted.assets.items():
        if ("assets", code) in touched:
            await _store_asset(now, asset)
    await _check_counts(program_id)
    ids = dict(await models.Asset.filter(program_id=program_id).values_list("code", "id"))
    for (source, target), conversion in wanted.conversions.items():
        if ("conversions", f"{source}>{target}") in touched:
            await _store_conversion(program_id, conversion, ids)
    for code, ladder in wanted.ladders.items():
        if ("ladders", code) in touched:
            await _store_ladder(now, ladder, ids)
    for code, segment in wanted.segments.items():
        if ("segments", code) in touched:
            await _store_segment(now, segment)
    for step in made.steps:
        await _store_campaign(now, step)
    await models.Program.filter(id=program_id).update(
        name=wanted.name, approval=wanted.approval, config_version=F("config_version") + 1
    )


async def _store_asset(now: Stored, wanted: AssetSetUp) -> None:
    known = now.setup.assets.get(wanted.asset.code)
    columns = asdict(wanted.asset)
    if known is None:
        await models.Asset.create(**columns)
    else:
        for name in ("id", "program_id", "code", "kind", "scale"):
            del columns[name]
        await models.Asset.filter(id=known.asset.id).update(**columns)
    if wanted.steps != (known.steps if known else ()):
        await models.TopUpStep.filter(program_id=now.row.id, asset_id=wanted.asset.id).delete()
        await models.TopUpStep.bulk_create(step_rows(now.row.id, wanted.asset.id, wanted.steps))


async def _check_counts(program_id: UUID) -> None:
    if await models.Asset.filter(program_id=program_id).count() > ASSETS_MAX:
        message = f"The program would have more than {ASSETS_MAX} assets, as many as it may have."
        raise LimitReached(message, limit=str(ASSETS_MAX))


async def _store_conversion(program_id: UUID, wanted: ConversionSetUp, ids: dict[str, UUID]) -> None:
    source, target = ids[wanted.source], ids[wanted.target]
    await models.Conversion.filter(program_id=program_id, from_asset_id=source, to_asset_id=target).delete()
    await models.Conversion.create(
        program_id=program_id,
        from_asset_id=source,
        to_asset_id=target,
        from_amount=wanted.amount,
        to_amount=wanted.gives,
        step=wanted.step,
    )
    if await models.Conversion.filter(program_id=program_id).count() > CONVERSIONS_MAX:
        message = f"The program would have more than {CONVERSIONS_MAX} conversions, as many as it may have."
        raise LimitReached(message, limit=str(CONVERSIONS_MAX))


async def _store_ladder(now: Stored, wanted: LadderSetUp, ids: dict[str, UUID]) -> None:
    """Store a ladder with its tiers; those that are there keep their ids, so standings stay where they are."""
    row = now.ladders.get(wanted.code)
    if row is None:
        row = await models.Ladder.create(
            program_id=now.row.id,
            code=wanted.code,
            name=wanted.name,
            metric=wanted.metric,
            asset_id=ids[wanted.asset],
        )
    await models.Ladder.filter(id=row.id).update(name=wanted.name)
    known = {tier.code: tier for tier in now.tiers.get(wanted.code, ())}
    for code in known.keys() - {tier.code for tier in wanted.tiers}:
        await models.Tier.filter(id=known[code].id).delete()
    await models.Tier.filter(ladder_id=row.id).update(rank=F("rank") + RANKS)
    for rank, tier in enumerate(wanted.tiers):
        said: dict[str, Any] = {"name": tier.name, "threshold": tier.threshold, "rank": rank}
        if tier.code in known:
            await models.Tier.filter(id=known[tier.code].id).update(**said)
        else:
            await models.Tier.create(program_id=now.row.id, ladder_id=row.id, code=tier.code, **said)


async def _store_segment(now: Stored, wanted: SegmentSetUp) -> None:
    said: dict[str, Any] = {"name": wanted.name, "conditions": wanted.conditions}
    known = models.Segment.filter(program_id=now.row.id)
    if await known.filter(code=wanted.code).update(**said):
        return
    await models.Segment.create(program_id=now.row.id, code=wanted.code, recorded_at=program_now(now.row), **said)
    if await known.count() > SEGMENTS_MAX:
        message = f"The program would have more than {SEGMENTS_MAX} segments, as many as it may have."
        raise LimitReached(message, limit=str(SEGMENTS_MAX))


async def _store_campaign(now: Stored, step: CampaignStep) -> None:
    """Draft, publish, pause, resume or end a campaign or a template: the one place where a document does that."""
    wanted, program_id = step.wanted, now.row.id
    campaign_id = step.row.id if step.row else uuid7()
    said: dict[str, Any] = {"name": wanted.name, "state": step.state.value}
    if step.publishes:
        said["published_version"] = step.number
    kind = CampaignKind.CAMPAIGN if wanted.version.coupon is None else CampaignKind.COUPON
    if step.row is None:
        await models.Campaign.create(id=campaign_id, program_id=program_id, code=wanted.code, kind=kind, **said)
    else:
        await models.Campaign.filter(id=campaign_id).update(**said)
    if step.drafts:
        version = {name: getattr(wanted.version, name) for name in VERSION_COLUMNS}
        await publish(
            program_id=program_id,
            campaign_id=campaign_id,
            number=step.number,
            drafted_by=DRAFTER,
            recorded_at=program_now(now.row),
            **version,
        )
