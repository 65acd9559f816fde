"""Stored value: paying in, and back."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from domain import checks
from domain.assets import AssetKind
from domain.ledger import Contra, EntryKind
from domain.refusals import InvalidInput
from domain.stored_value import TopUp
from domain.value_commands import RefundTopUp, TopUpValue
from services.actors import Actor
from services.engine import Engine
from services.members import MemberRef
from services.movements import LineRef, asset_of, change, line_of, positive, undo
from services.reading import OrmSession
from services.writer.answers import Outcome
from services.writer.tables import TOP_UPS


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
    return await change(engine, actor, TopUpValue, "valueTopUp", ref, asset=found, amount=minor, reason=why, key=key)


async def refund(
    engine: Engine, actor: Actor, line: LineRef | None, *, amount: Decimal | None, reason: str | None, key: str
) -> Outcome:
    """Take what a top-up paid in, or `amount` of it, out of the balance, to be paid back in money.

    The outcome's lines are that, and the bonus that goes with it, if any. Raises `InvalidInput`, `NotFound`,
    `InsufficientBalance`, `MemberNotActive` or `IdempotencyKeyReused`.
    """
    key = checks.idempotency_key(key)
    why = checks.optional_text(reason, ("reason",), checks.REASON_MAX)
    paid = await line_of(actor, line, ("topUp",))
    if (paid.kind, paid.contra) != (EntryKind.TOP_UP, Contra.LIABILITY):
        raise InvalidInput("The line is not one of what was paid in.", field=("topUp",))
    return await undo(engine, actor, RefundTopUp, "valueRefund", paid, amount=amount, reason=why, key=key)


async def top_ups(reads: OrmSession, transfer_ids: Sequence[UUID]) -> list[TopUp | None]:
    """Return what each transfer paid in, None for one of another kind. Their lines must have been visible."""
    rows = await reads.select(TOP_UPS, "WHERE transfer_id = ANY($1::uuid[])", list(transfer_ids))
    found = {str(row.transfer_id): row for row in rows}
    return [found.get(str(transfer_id)) for transfer_id in transfer_ids]
