"""What the services that change one member's balance share: reading what was said, and handing it to the writer."""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import models
from domain import checks
from domain.amounts import to_minor
from domain.assets import Asset
from domain.commands import Adjust, Claim
from domain.digest import content_hash
from domain.program import Program
from domain.refusals import InvalidInput, NotFound
from domain.value_commands import SpendBalance, TopUpValue, UndoTransfer
from services import members, visible
from services.actors import Actor
from services.engine import Engine
from services.members import Answered, MemberRef
from services.writer.answers import Outcome

LineRef = tuple[UUID, int]
"""A ledger line: its account and its number there."""


def asset_of(program: Program, code: str, path: checks.Path = ("asset",)) -> Asset:
    """Return the asset with this code. Raises `InvalidInput`."""
    found = program.asset(code)
    if found is None:
        raise InvalidInput(f"The program has no asset {code!r}.", field=path)
    return found


def positive(amount: Decimal, asset: Asset) -> int:
    """Return an amount in minor units, which must be more than 0. Raises `InvalidInput`."""
    minor = to_minor(amount, asset.scale, ("amount",))
    if minor <= 0:
        raise InvalidInput("`amount` must be more than 0.", field=("amount",))
    return minor


async def line_of(actor: Actor, line: LineRef | None, path: checks.Path) -> models.Entry:
    """Return a ledger line that the actor can see. Raises `NotFound`."""
    found = await visible.entries(actor).get_or_none(account_id=line[0], seq=line[1]) if line else None
    if found is None:
        raise NotFound("There is no such line of a ledger.", field=path)
    return found


async def change(
    engine: Engine,
    actor: Actor,
    command: Callable[..., Adjust | SpendBalance | TopUpValue],
    operation: str,
    ref: MemberRef,
    *,
    asset: Asset,
    amount: int,
    reason: str | None,
    key: str,
    agent: MemberRef | None = None,
) -> Outcome:
    """Have the writer carry out a command about an `amount` of one member's asset, in minor units.

    `operation` is the field whose idempotency key it is, `agent` who draws on the member by it. Raises `NotFound`, and
    what the command raises.
    """
    assert actor.program_id is not None, "the field asked for a credential"
    program = await engine.program(actor.program_id)
    drawn = () if agent is None else (members.canonical(program, agent),)
    content = (members.canonical(program, ref), asset.id, amount, reason, *drawn)
    claim = Claim(f"{actor.credential}:{operation}", key, content_hash(content))
    try:
        member_id = await members.resolve(actor, program, ref, ("member",), claim)
        agent_id = await members.resolve(actor, program, agent, ("agent",), claim) if agent else member_id
    except Answered as before:
        return before.outcome
    return await engine.writer.post(
        command(
            program_id=program.id,
            actor=actor.credential,
            claim=claim,
            member_id=member_id,
            asset_id=asset.id,
            amount=amount,
            reason=reason,
            **({"agent_id": agent_id} if agent_id != member_id else {}),
        )
    )


async def undo(
    engine: Engine,
    actor: Actor,
    command: type[UndoTransfer],
    operation: str,
    line: models.Entry,
    *,
    amount: Decimal | None,
    reason: str | None,
    key: str,
) -> Outcome:
    """Have the writer undo what a ledger line tells of, or `amount` of it. Raises what the command raises.

    `operation` is the field whose idempotency key it is.
    """
    asset = (await engine.program(line.program_id)).asset_by_id(line.asset_id)
    minor = None if amount is None else positive(amount, asset)
    claim = Claim(f"{actor.credential}:{operation}", key, content_hash((line.account_id, line.seq, minor, reason)))
    return await engine.writer.post(
        command(
            program_id=line.program_id,
            actor=actor.credential,
            claim=claim,
            member_id=line.member_id,
            asset_id=asset.id,
            transfer_id=line.transfer_id,
            amount=minor,
            reason=reason,
        )
    )
