"""Segments: saved conditions over members, which campaigns name and wait for."""

from collections.abc import Mapping
from typing import Any

from tortoise.expressions import F

import models
from domain import checks
from domain.checks import NAME_MAX
from domain.commands import Claim
from domain.digest import content_hash
from domain.refusals import InvalidInput
from services import keyed
from services.actors import Actor
from services.campaign_forms import content_of
from services.engine import Engine
from services.keyed import Answer, Record
from services.snapshots import rules_of
from services.transaction import locked_program

SEGMENTS_MAX = 200


async def save(
    engine: Engine, actor: Actor, *, code: str, name: str, conditions: Mapping[str, Any], key: str
) -> Answer:
    """Store a segment under a code that is new, or change the one that has it: campaigns that name it follow at once.

    Nobody enters it by that. The record of the answer names it as its `segment`.

    Raises `InvalidInput` or `IdempotencyKeyReused`.
    """
    assert actor.program_id is not None, "the field asked for a credential"
    program_id = actor.program_id
    checks.code(code, ("code",))
    said: dict[str, Any] = {"name": checks.text(name, ("name",), NAME_MAX), "conditions": conditions}

    async def act() -> Record:
        await locked_program(program_id)
        program = await engine.program(program_id)
        rules = rules_of(program)
        rules.segment(code, name, conditions)
        known = models.Segment.filter(program_id=program_id)
        if not await known.filter(code=code).update(**said):
            if await known.count() >= SEGMENTS_MAX:
                raise InvalidInput(f"The program has {SEGMENTS_MAX} segments, as many as it may have.", field=("code",))
            await models.Segment.create(program_id=program_id, code=code, recorded_at=program.now(), **said)
        await models.Program.filter(id=program_id).update(config_version=F("config_version") + 1)
        return {"segment": code}

    content = content_hash((code, content_of(said)))
    claim = Claim(f"{actor.credential}:segmentSave", checks.idempotency_key(key), content)
    return await keyed.once(program_id, claim, act)


async def saved(actor: Actor) -> list[models.Segment]:
    """Return the segments of the actor's program by their codes."""
    return await models.Segment.filter(program_id=actor.program_id).order_by("code")
