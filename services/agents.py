"""Agents: who may draw on a member's balances, appointed, dismissed, listed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import models
from domain import checks
from domain.agents import Drawing
from domain.amounts import to_minor
from domain.assets import Asset, AssetKind
from domain.commands import Claim
from domain.digest import content_hash
from domain.program import Program
from domain.refusals import InvalidInput
from domain.value_commands import AppointAgent, DismissAgent
from services import listing, members, visible
from services.actors import Actor
from services.engine import Engine
from services.listing import OwnPage
from services.members import Answered, MemberRef
from services.movements import asset_of
from services.reading import OrmSession
from services.writer.answers import Outcome


async def appoint(
    engine: Engine,
    actor: Actor,
    payer: MemberRef,
    agent: MemberRef,
    *,
    asset: str,
    monthly_limit: Decimal | None,
    key: str,
) -> Outcome:
    """Let a member draw on a payer's asset, or change the limit of who may.

    Raises `InvalidInput`, `NotFound`, `MemberNotActive` or `IdempotencyKeyReused`.
    """
    call = await _Call.of(engine, actor, asset, key)
    minor = None if monthly_limit is None else to_minor(monthly_limit, call.asset.scale, ("monthlyLimit",))
    if minor is not None and minor <= 0:
        raise InvalidInput("`monthlyLimit` must be more than 0.", field=("monthlyLimit",))
    claim = call.claim("agentAppoint", payer, agent, minor)
    try:
        payer_id, agent_id = await call.parties(payer, agent, claim)
    except Answered as before:
        return before.outcome
    if payer_id == agent_id:
        raise InvalidInput("Members draw on what is theirs without an appointment.", field=("agent",))
    return await engine.writer.post(
        AppointAgent(
            program_id=call.program.id,
            actor=actor.credential,
            claim=claim,
            payer_id=payer_id,
            agent_id=agent_id,
            asset_id=call.asset.id,
            monthly_limit=minor,
        )
    )


async def dismiss(engine: Engine, actor: Actor, payer: MemberRef, agent: MemberRef, *, asset: str, key: str) -> Outcome:
    """Let a member draw no more on a payer's asset; what they have reserved by then stays reserved.

    Raises `InvalidInput`, `NotFound`, `NotAgent` or `IdempotencyKeyReused`.
    """
    call = await _Call.of(engine, actor, asset, key)
    claim = call.claim("agentDismiss", payer, agent, None)
    try:
        payer_id, agent_id = await call.parties(payer, agent, claim)
    except Answered as before:
        return before.outcome
    return await engine.writer.post(
        DismissAgent(
            program_id=call.program.id,
            actor=actor.credential,
            claim=claim,
            payer_id=payer_id,
            agent_id=agent_id,
            asset_id=call.asset.id,
        )
    )


@dataclass(frozen=True, slots=True)
class _Call:
    """What both calls say first."""

    actor: Actor
    program: Program
    asset: Asset
    key: str

    @classmethod
    async def of(cls, engine: Engine, actor: Actor, asset: str, key: str) -> "_Call":
        assert actor.program_id is not None, "the field asked for a credential"
        key = checks.idempotency_key(key)
        program = await engine.program(actor.program_id)
        found = asset_of(program, asset)
        if found.kind is AssetKind.QUALIFYING:
            raise InvalidInput(f"{found.code} counts towards tiers and cannot be spent.", field=("asset",))
        return cls(actor, program, found, key)

    def claim(self, operation: str, payer: MemberRef, agent: MemberRef, limit: int | None) -> Claim:
        parties = tuple(members.canonical(self.program, ref) for ref in (payer, agent))
        return Claim(f"{self.actor.credential}:{operation}", self.key, content_hash((*parties, self.asset.id, limit)))

    async def parties(self, payer: MemberRef, agent: MemberRef, claim: Claim) -> tuple[UUID, UUID]:
        payer_id = await members.resolve(self.actor, self.program, payer, ("payer",), claim)
        return payer_id, await members.resolve(self.actor, self.program, agent, ("agent",), claim)


async def agents_pages(
    reads: OrmSession, actor: Actor, pages: Sequence[OwnPage], *, dismissed: bool = False
) -> list[list[models.Agent]]:
    """Return each page of a member's agents, the last appointed first, those who were `dismissed` only if asked for."""
    conditions = () if dismissed else ("until IS NULL",)
    return await listing.own_pages(reads, actor, models.Agent, "id", pages, *conditions, owner="payer_id")


async def draws_on(actor: Actor, member_ids: Sequence[UUID]) -> list[list[models.Agent]]:
    """Return on whom each member may draw, by the instant of the appointment."""
    found: dict[UUID, list[models.Agent]] = defaultdict(list)
    rows = visible.agents(actor).filter(member_id__in=list(member_ids), until__isnull=True)
    for row in await rows.order_by("since", "id"):
        found[row.member_id].append(row)
    return [found[key] for key in member_ids]


async def agents_by_id(actor: Actor, ids: Sequence[UUID]) -> list[models.Agent | None]:
    """Return each agent, also one who was dismissed, or None when the actor cannot see them."""
    found = {row.id: row for row in await visible.agents(actor).filter(id__in=list(ids))}
    return [found.get(key) for key in ids]


async def drawn(program: Program, agents: Sequence[models.Agent]) -> list[int]:
    """Return what each drew in the present month, in minor units. The agents must have been visible."""
    month = Drawing.of(agents[0].member_id, program.now(), program.zone).month
    rows = models.AgentDraw.filter(
        payer_id__in=[agent.payer_id for agent in agents], member_id__in=[agent.member_id for agent in agents]
    )
    found = {(row.payer_id, row.member_id, row.asset_id): row.amount for row in await rows.filter(month=month)}
    return [found.get((agent.payer_id, agent.member_id, agent.asset_id), 0) for agent in agents]
