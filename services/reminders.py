"""Reminders: members are told what of their balances expires, so many days before."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from tortoise.expressions import Q

import models
from domain.assets import Asset
from domain.commands import Claim, Remind
from domain.digest import content_hash
from domain.instants import local_day, start_of_day
from domain.program import Program
from services.actors import SYSTEM
from services.engine import Engine
from services.transaction import transaction

SCOPE = "system:remind"
PAGE = 500
"""Members reminded at a time."""
ENDING = (
    "SELECT DISTINCT member_id FROM lot WHERE program_id = $1 AND asset_id = $2 AND remaining > 0 "
    "AND locked_until IS NULL AND due_at > $3 AND due_at <= $4 AND member_id > $5 ORDER BY member_id LIMIT $6"
)


async def remind(engine: Engine, program: Program) -> int:
    """Remind the members of a program of what expires; return how many reminders were looked at.

    What expires on a local day is told on the day that lies the asset's `reminder_days` before it, and once, however
    many servers do so and whenever one dies. What is credited later than that, and expires that day, is not told.
    """
    looked_at = 0
    today = local_day(program.now(), program.zone)
    for asset in program.assets:
        if not asset.reminder_days:
            continue
        last = today + timedelta(days=asset.reminder_days)
        through = (await models.Asset.get(id=asset.id)).reminded_through
        day = max(today, through + timedelta(days=1)) if through else today
        while day <= last:
            looked_at += await _remind_of(engine, program, asset, day)
            async with transaction():
                earlier = Q(reminded_through__isnull=True) | Q(reminded_through__lt=day)
                await models.Asset.filter(earlier, id=asset.id).update(reminded_through=day)
            day += timedelta(days=1)
    return looked_at


async def _remind_of(engine: Engine, program: Program, asset: Asset, day: date) -> int:
    """Remind of what expires on a local day: after the midnight that begins it, up to the one that ends it."""
    after, until = (start_of_day(day + timedelta(days=more), program.zone) for more in (0, 1))
    last = UUID(int=0)
    looked_at = 0
    while True:
        rows = await engine.reads.fetch(ENDING, program.id, asset.id, after, until, last, PAGE)
        members = [UUID(str(row[0])) for row in rows]
        await engine.writer.post_all(_commands(program, asset, day, members))
        looked_at += len(members)
        if len(members) < PAGE:
            return looked_at
        last = members[-1]


def _commands(program: Program, asset: Asset, day: date, members: Sequence[UUID]) -> list[Remind]:
    after, until = (start_of_day(day + timedelta(days=more), program.zone) for more in (0, 1))
    return [
        Remind(
            program_id=program.id,
            actor=SYSTEM,
            claim=Claim(SCOPE, f"{asset.id}:{member_id}:{day}", content_hash((asset.id, member_id, day))),
            member_id=member_id,
            asset_id=asset.id,
            after=after,
            until=until,
        )
        for member_id in members
    ]
