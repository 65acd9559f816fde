"""Schedules: what campaigns give members once a day, at a time of the program's zone."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from tortoise.expressions import Q

import models
from domain.campaigns import Trigger
from domain.commands import Claim
from domain.conditions.base import Facts, OccasionFacts
from domain.decisions.facts import facts_of
from domain.decisions.occasions import alone
from domain.digest import content_hash
from domain.effects.base import Running
from domain.evaluate import evaluate
from domain.instants import local_day
from domain.members import MemberKind, MemberStatus
from domain.occasion_commands import RunSchedule
from domain.program import CampaignVersion, Program
from domain.usage import bounds_of, keys_of
from services import listing
from services.actors import SYSTEM
from services.engine import Engine
from services.transaction import transaction
from services.writer.load_usage import load_usages

SCOPE = "system:schedule"
PAGE = 500
"""Members looked at by one statement."""
PAGES_MAX = 20
"""Pages of one campaign in one call, so that other work of the sweeper goes on meanwhile."""


async def run_due(engine: Engine, program: Program) -> int:
    """Give what is due by the schedules of a program's campaigns; return how many members were looked at.

    Of each campaign the last day that is due is run, for each active member once, however many servers do so and
    whenever one dies. Days before it that no server saw are left out: nobody wants to be wished well for three
    birthdays at once. A campaign runs for no time before it was drafted first.
    """
    looked_at = 0
    for version in program.campaigns:
        if version.trigger is Trigger.SCHEDULE:
            looked_at += await _run(engine, program, version)
    return looked_at


def _last_due(program: Program, version: CampaignVersion) -> tuple[date, datetime]:
    """Return the last day that is due, and since when."""
    assert version.schedule is not None, "it goes with the trigger"
    now, zone = program.now(), program.zone
    day = local_day(now, zone)
    if version.schedule.due_at(day, zone) > now:
        day -= timedelta(days=1)
    return day, version.schedule.due_at(day, zone)


async def _run(engine: Engine, program: Program, version: CampaignVersion) -> int:
    day, due_at = _last_due(program, version)
    if not version.runs_at(due_at) or not _in_calendar(program, version, due_at):
        return 0
    of_day = models.CampaignRun.filter(campaign_id=version.campaign_id, day=day)
    progress = await of_day.first()
    if progress is None:
        if not await _was_there(version, due_at):
            return 0
        progress = models.CampaignRun(program_id=program.id, campaign_id=version.campaign_id, day=day)
        async with transaction():  # another server may be first
            await models.CampaignRun.bulk_create([progress], ignore_conflicts=True)
    if progress.finished_at is not None:
        return 0
    reached = progress.reached_id or UUID(int=0)
    looked_at = 0
    for _ in range(PAGES_MAX):
        page = await _members(program, due_at, reached)
        await engine.writer.post_all(await _commands(engine, program, version, day, page))
        looked_at += len(page)
        is_last = len(page) < PAGE
        reached = page[-1].id if page else reached
        async with transaction():
            earlier = Q(reached_id__isnull=True) | Q(reached_id__lt=reached)
            await of_day.filter(earlier).update(reached_id=reached)
            if is_last:
                await of_day.filter(finished_at__isnull=True).update(finished_at=program.now())
        if is_last:
            break
    return looked_at


def _in_calendar(program: Program, version: CampaignVersion, due_at: datetime) -> bool:
    """Whether the calendar, which looks at nobody, lets the campaign run at all."""
    facts = Facts(program, None, OccasionFacts(version.code), due_at, program.now(), None, Running())
    return version.calendar is None or version.calendar.met(facts)


async def _was_there(version: CampaignVersion, due_at: datetime) -> bool:
    return await models.CampaignVersion.filter(campaign_id=version.campaign_id, recorded_at__lte=due_at).exists()


async def _members(program: Program, due_at: datetime, after: UUID) -> list[models.Member]:
    """Return the next members who were there when the day was due."""
    rows = models.Member.filter(
        program_id=program.id,
        status=MemberStatus.ACTIVE.value,
        kind__in=[MemberKind.PERSON.value, MemberKind.COMPANY.value],
        recorded_at__lte=due_at,
        id__gt=after,
    )
    return await rows.order_by("id").limit(PAGE)


async def _commands(
    engine: Engine, program: Program, version: CampaignVersion, day: date, page: Sequence[models.Member]
) -> list[RunSchedule]:
    """Return the commands for those to whom something would be given; nothing is written for the others."""
    assert version.schedule is not None, "it goes with the trigger"
    due_at = version.schedule.due_at(day, program.zone)
    bounds = bounds_of(version)
    keys = [key for row in page for key in keys_of(version.campaign_id, bounds, row.id, day)]
    usages = await load_usages(engine.reads, list(dict.fromkeys(keys)))
    standings = await listing.standings_of([row.id for row in page])
    only = alone(program, version)
    commands = []
    for row, places in zip(page, standings, strict=True):
        evaluation = evaluate(
            only,
            None,
            occurred_at=due_at,
            recorded_at=program.now(),
            member=facts_of(row, {place.ladder_id: place.tier_id for place in places}, program),
            usages=usages,
            trigger=Trigger.SCHEDULE,
            occasion=OccasionFacts(version.code),
        )
        if evaluation.effects:
            commands.append(_command(program, version, day, due_at, row.id))
    return commands


def _command(program: Program, version: CampaignVersion, day: date, due_at: datetime, member_id: UUID) -> RunSchedule:
    key = f"{version.campaign_id}:{day}:{member_id}"
    return RunSchedule(
        program_id=program.id,
        actor=SYSTEM,
        claim=Claim(SCOPE, key, content_hash((version.campaign_id, day, member_id))),
        campaign_id=version.campaign_id,
        member_id=member_id,
        day=day,
        due_at=due_at,
    )
