"""Stored value: paying in, and back."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import models
from domain import checks
from domain.amounts import to_minor
from domain.assets import Asset, AssetKind
from domain.commands import Claim
from domain.digest import content_hash
from domain.ledger import Contra, EntryKind
from domain.program import Program
from domain.refusals import InvalidInput, NotFound
from domain.stored_value import TopUp
from domain.value_commands import RefundTopUp, TopUpValue
from services import members, visible
from services.actors import Actor
from services.engine import Engine
from services.members import Answered, MemberRef
from services.reading import OrmSession
from services.writer.answers import Outcome
from services.writer.tables import TOP_UPS

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


async def line_of(actor: Actor, line: LineRef | None, path: checks.Path) -> models.Entry:
    """Return a ledger line that the actor can see. Raises `NotFound`."""
    found = await visible.entries(actor).get_or_none(account_id=line[0], seq=line[1]) if line else None
    if found is None:
        raise NotFound("There is no such line of a ledger.", field=path)
    return found


def optional_positive(amount: Decimal | None, asset: Asset) -> int | None:
    """Return an amount in minor units as `positive` does, None for None."""
    return None if amount is None else positive(amount, asset)


async def refund(
    engine: Engine, actor: Actor, line: LineRef | None, *, amount: Decimal | None, reason: str | None, key: str
) -> Outcome:
    """Take what a top-up paid in, or `amount` of it, out of the balance, to be paid back in money.

    The outcome's lines are that, and the bonus that goes with it, if any. Raises `InvalidInput`, `NotFound`,
    `InsufficientBalance`, `MemberNotActive` or `IdempotencyKeyReused`.
    """
    assert actor.program_id is not None, "the field asked for a credential"
    key = checks.idempotency_key(key)
    program = await engine.program(actor.program_id)
    why = checks.optional_text(reason, ("reason",), checks.REASON_MAX)
    paid = await line_of(actor, line, ("topUp",))
    if (paid.kind, paid.contra) != (EntryKind.TOP_UP, Contra.LIABILITY):
        raise InvalidInput("The line is not one of what was paid in.", field=("topUp",))
    asset = program.asset_by_id(paid.asset_id)
    minor = optional_positive(amount, asset)
    hash = content_hash((paid.account_id, paid.seq, minor, why))
    return await engine.writer.post(
        RefundTopUp(
            program_id=program.id,
            actor=actor.credential,
            claim=Claim(f"{actor.credential}:valueRefund", key, hash),
            member_id=paid.member_id,
            asset_id=asset.id,
            transfer_id=paid.transfer_id,
            amount=minor,
            reason=why,
        )
    )


async def top_ups(reads: OrmSession, transfer_ids: Sequence[UUID]) -> list[TopUp | None]:
    """Return what each transfer paid in, None for one of another kind. Their lines must have been visible."""
    rows = await reads.select(TOP_UPS, "WHERE transfer_id = ANY($1::uuid[])", list(transfer_ids))
    found = {str(row.transfer_id): row for row in rows}
    return [found.get(str(transfer_id)) for transfer_id in transfer_ids]
