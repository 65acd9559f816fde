"""Balances used outside an order, given back, converted."""

from decimal import Decimal

from domain import checks
from domain.assets import AssetKind
from domain.commands import Claim
from domain.digest import content_hash
from domain.ledger import EntryKind
from domain.refusals import InvalidInput
from domain.value_commands import ConvertBalance, SpendBalance, UndoSpend
from services import members, movements
from services.actors import Actor
from services.engine import Engine
from services.idempotency import answered
from services.members import Answered, MemberRef
from services.movements import LineRef, asset_of, line_of, positive
from services.writer.answers import Outcome


async def spend(
    engine: Engine,
    actor: Actor,
    ref: MemberRef,
    *,
    asset: str,
    amount: Decimal,
    reason: str,
    key: str,
    agent: MemberRef | None = None,
) -> Outcome:
    """Use so much of a member's balance, or let an agent of theirs do so; the reason is kept in the ledger.

    Raises `InvalidInput`, `NotFound`, `InsufficientBalance`, `MemberNotActive`, `NotAgent`, `LimitReached` or
    `IdempotencyKeyReused`.
    """
    assert actor.program_id is not None, "the field asked for a credential"
    key = checks.idempotency_key(key)
    program = await engine.program(actor.program_id)
    found = asset_of(program, asset)
    if found.kind is AssetKind.QUALIFYING:
        raise InvalidInput(f"{found.code} counts towards tiers and cannot be spent.", field=("asset",))
    minor = positive(amount, found)
    why = checks.text(reason, ("reason",), checks.REASON_MAX)
    return await movements.change(
        engine, actor, SpendBalance, "balanceSpend", ref, asset=found, amount=minor, reason=why, key=key, agent=agent
    )


async def undo(
    engine: Engine, actor: Actor, line: LineRef | None, *, amount: Decimal | None, reason: str | None, key: str
) -> Outcome:
    """Give back what a line of `spend` took, or `amount` of it, to the lots from which it came.

    Raises `InvalidInput`, `NotFound`, `AlreadyReturned`, `MemberNotActive`, `LimitReached` or `IdempotencyKeyReused`.
    """
    key = checks.idempotency_key(key)
    why = checks.optional_text(reason, ("reason",), checks.REASON_MAX)
    spent = await line_of(actor, line, ("entry",))
    if spent.kind != EntryKind.SPEND or spent.order_id is not None:
        raise InvalidInput("The line is not one of `balanceSpend`.", field=("entry",))
    return await movements.undo(engine, actor, UndoSpend, "balanceSpendUndo", spent, amount=amount, reason=why, key=key)


async def convert(
    engine: Engine, actor: Actor, ref: MemberRef, *, source: str, target: str, amount: Decimal, key: str
) -> Outcome:
    """Turn so much of one asset into another at the program's rate; the outcome's lines are what went and what came.

    Raises `InvalidInput`, `NotFound`, `InsufficientBalance`, `LimitReached`, `MemberNotActive` or
    `IdempotencyKeyReused`.
    """
    assert actor.program_id is not None, "the field asked for a credential"
    key = checks.idempotency_key(key)
    program = await engine.program(actor.program_id)
    giver, taker = asset_of(program, source, ("from",)), asset_of(program, target, ("to",))
    minor = positive(amount, giver)
    hash = content_hash((members.canonical(program, ref), giver.id, taker.id, minor))
    claim = Claim(f"{actor.credential}:balanceConvert", key, hash)
    try:
        program.conversion(giver, taker).gain(giver, minor)  # a rate that is not there leaves the key free
    except InvalidInput:
        if before := await answered(program, claim):  # at the rate of then
            return before
        raise
    try:
        member_id = await members.resolve(actor, program, ref, ("member",), claim)
    except Answered as done:
        return done.outcome
    return await engine.writer.post(
        ConvertBalance(
            program_id=program.id,
            actor=actor.credential,
            claim=claim,
            member_id=member_id,
            from_id=giver.id,
            to_id=taker.id,
            amount=minor,
        )
    )
