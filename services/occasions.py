"""Behaviour events, and what campaigns made of them and of other occasions."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import models
from domain import checks
from domain.commands import Claim
from domain.digest import content_hash
from domain.occasion_commands import RecordEvent
from services import members, visible
from services.actors import Actor
from services.engine import Engine
from services.listing import OwnPage, own_pages
from services.members import Answered, Identity, MemberRef
from services.reading import OrmSession
from services.writer.answers import Outcome


@dataclass(frozen=True, slots=True)
class EventRequest:
    """What a member did, as a caller reports it, unchecked."""

    member: MemberRef
    code: str
    attributes: Sequence[tuple[str, str]] = ()
    occurred_at: datetime | None = None
    identity: Identity | None = None


async def record_event(engine: Engine, actor: Actor, request: EventRequest, *, key: str) -> Outcome:
    """Record what a member did, and give what campaigns give for it.

    Raises `InvalidInput`, `NotFound`, `MemberNotActive`, `DuplicateEvent`, `LimitReached` or `IdempotencyKeyReused`.
    """
    assert actor.program_id is not None, "the field asked for a credential"
    key = checks.idempotency_key(key)
    program = await engine.program(actor.program_id)
    code = checks.code(request.code, ("code",))
    attributes = checks.attributes(request.attributes, ("attributes",))
    occurred_at = request.occurred_at
    if occurred_at is not None:
        occurred_at = checks.past_instant(occurred_at, program.now(), ("occurredAt",))
    name = None if request.identity is None else members.checked_identity(request.identity, ("identity",))
    said = (members.canonical(program, request.member), code, attributes, occurred_at, name)
    claim = Claim(f"{actor.credential}:eventRecord", key, content_hash(said))
    try:
        member_id = await members.resolve(actor, program, request.member, ("member",), claim)
    except Answered as before:
        return before.outcome
    return await engine.writer.post(
        RecordEvent(
            program_id=program.id,
            actor=actor.credential,
            claim=claim,
            member_id=member_id,
            code=code,
            attributes=attributes,
            occurred_at=occurred_at,
            name=name,
        )
    )


async def occasions_by_id(actor: Actor, ids: Sequence[UUID]) -> list[models.Occasion | None]:
    """Return each occasion, or None when the actor cannot see it."""
    found = {row.id: row for row in await visible.occasions(actor).filter(id__in=list(ids))}
    return [found.get(key) for key in ids]


async def occasions_pages(reads: OrmSession, actor: Actor, pages: Sequence[OwnPage]) -> list[list[models.Occasion]]:
    """Return each page of occasions, the last recorded first."""
    return await own_pages(reads, actor, models.Occasion, "id", pages)


async def of_transfers(transfer_ids: Sequence[UUID]) -> list[models.Occasion | None]:
    """Return the occasion that each transfer was posted for. The lines that name them must have been visible."""
    rows = await models.Occasion.filter(transfer_id__in=list(transfer_ids))
    found = {row.transfer_id: row for row in rows}
    return [found.get(key) for key in transfer_ids]


async def effects_of(occasion_ids: Sequence[UUID]) -> list[list[models.OccasionEffect]]:
    """Return the effects of each occasion, in their order. The occasions themselves must have been visible."""
    found: dict[UUID, list[models.OccasionEffect]] = defaultdict(list)
    rows = models.OccasionEffect.filter(occasion_id__in=list(occasion_ids)).order_by("occasion_id", "ordinal")
    for row in await rows:
        found[row.occasion_id].append(row)
    return [found[key] for key in occasion_ids]
