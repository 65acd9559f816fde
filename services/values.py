"""Stored value: paying in."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from domain import checks
from domain.amounts import to_minor
from domain.assets import Asset, AssetKind
from domain.commands import Claim
from domain.digest import content_hash
from domain.program import Program
from domain.refusals import InvalidInput
from domain.stored_value import TopUp
from domain.value_commands import TopUpValue
from services import members
from services.actors import Actor
from services.engine import Engine
from services.members import Answered, MemberRef
from services.reading import OrmSession
from services.writer.answers import Outcome
from services.writer.tables import TOP_UPS


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


async def top_up(
    engine: Engine, actor: Actor, ref: MemberRef, *, asset: str, amount: Decimal, reason: str | None, key: str
) -> Outcome:
    """Pay money into a member's balance; the outcome's lines are what was paid in and, if any, the bonus.

    Raises `InvalidInput`, `NotFound`, `MemberNotActive`, `LimitReached` or `IdempotencyKeyReused`.
    """
    assert actor.program_id is not None, "the field asked for a credential"
    key = checks.idempotency_key(key)
    program = await engine.program(actor.program_id)
    found = asset_of(program, asset)
    if found.kind is not AssetKind.MONEY:
        raise InvalidInput(f"{found.code} is not money and cannot be paid in.", field=("asset",))
    minor = positive(amount, found)
    why = checks.optional_text(reason, ("reason",), checks.REASON_MAX)
    hash = content_hash((members.canonical(program, ref), found.id, minor, why))
    claim = Claim(f"{actor.credential}:valueTopUp", key, hash)
    try:
        member_id = await members.resolve(actor, program, ref, ("member",), claim)
    except Answered as before:
        return before.outcome
    return await engine.writer.post(
        TopUpValue(
            program_id=program.id,
            actor=actor.credential,
            claim=claim,
            member_id=member_id,
            asset_id=found.id,
            amount=minor,
            reason=why,
        )
    )


async def top_ups(reads: OrmSession, transfer_ids: Sequence[UUID]) -> list[TopUp | None]:
    """Return what each transfer paid in, None for one of another kind. Their lines must have been visible."""
    rows = await reads.select(TOP_UPS, "WHERE transfer_id = ANY($1::uuid[])", list(transfer_ids))
    found = {str(row.transfer_id): row for row in rows}
    return [found.get(str(transfer_id)) for transfer_id in transfer_ids]
