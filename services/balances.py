"""Balances, now or then: the accounts, less what is due and not swept yet, by the function that sweeps."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import models
from domain import checks
from domain.amounts import to_minor
from domain.assets import AssetKind
from domain.commands import Adjust, Claim, ExpireOrder, Mature, TransferBalance
from domain.decisions.consumption import consumed_by
from domain.digest import content_hash
from domain.instants import NEVER
from domain.ledger import Account
from domain.program import Program
from domain.refusals import InvalidInput
from services import as_of, lots_as_of, members
from services.actors import SYSTEM, Actor
from services.engine import Engine
from services.members import Answered, MemberRef
from services.movements import asset_of, change, positive
from services.reading import OrmSession
from services.writer.answers import Outcome
from services.writer.load import NEVER_TEXT
from services.writer.tables import ACCOUNTS


@dataclass(frozen=True, slots=True)
class Amounts:
    """One member's balance of one asset in minor units. `account_id` is None while nothing was ever posted."""

    asset_id: UUID
    available: int = 0
    pending: int = 0
    held: int = 0
    account_id: UUID | None = None


async def balances(
    engine: Engine, program: Program, member_ids: Sequence[UUID], *, at: datetime | None = None
) -> dict[UUID, dict[UUID, Amounts]]:
    """Return the balances of several members by member and asset, now or as they were at `at`.

    An asset that was never posted is absent.
    """
    found = await engine.reads.select(
        ACCOUNTS, "WHERE program_id = $1 AND member_id = ANY($2::uuid[])", program.id, list(member_ids)
    )
    if at is not None:
        found = await as_of.accounts_at(engine.reads, found, at)
    now = at or program.now()
    accounts: dict[UUID, list[Account]] = defaultdict(list)
    for account in found:
        accounts[account.member_id].append(account)
    amounts: dict[UUID, dict[UUID, Amounts]] = {}
    for member_id, rows in accounts.items():
        current = rows
        if any(account.next_due_at <= now for account in rows):
            current = list((await as_of.matured(engine.reads, program, member_id, rows, now)).accounts.values())
        amounts[member_id] = {
            account.asset_id: Amounts(account.asset_id, account.available, account.pending, account.held, account.id)
            for account in current
        }
    return amounts


@dataclass(frozen=True, slots=True)
class Expiring:
    """What expires next: so many minor units at that instant."""

    amount: int
    at: datetime


EXPIRING = f"remaining > 0 AND locked_until IS NULL AND due_at < {NEVER_TEXT}"
NEXT_EXPIRIES = (
    f"SELECT f.id, f.due_at, (SELECT sum(remaining) FROM lot WHERE account_id = f.id AND {EXPIRING} "
    "AND due_at = f.due_at) FROM (SELECT id, "
    f"(SELECT min(due_at) FROM lot WHERE account_id = account.id AND {EXPIRING} AND due_at > $2) AS due_at "
    "FROM account WHERE id = ANY($1::uuid[])) AS f WHERE f.due_at IS NOT NULL"
)


async def next_expiries(
    reads: OrmSession, program: Program, account_ids: Sequence[UUID], *, at: datetime | None = None
) -> list[Expiring | None]:
    """Return the soonest expiry of available value of each account, now or as it was at `at`.

    None when nothing of it expires. The accounts themselves must have been visible.
    """
    if at is not None:
        then = await lots_as_of.next_expiries(reads, program, account_ids, at)
        return [Expiring(*then[account_id]) if account_id in then else None for account_id in account_ids]
    found: dict[str, Expiring] = {}
    now = program.now()
    for account_id, due_at, amount in await reads.fetch(NEXT_EXPIRIES, list(account_ids), now):
        at = due_at if isinstance(due_at, datetime) else datetime.fromisoformat(due_at)
        found[str(account_id)] = Expiring(int(amount), at)
    return [found.get(str(account_id)) for account_id in account_ids]


async def adjust(
    engine: Engine, actor: Actor, ref: MemberRef, *, asset: str, amount: Decimal, reason: str, key: str
) -> Outcome:
    """Add to a member's balance, or take from it when `amount` is negative; the reason is kept in the ledger.

    Raises `InvalidInput`, `NotFound`, `InsufficientBalance`, `MemberNotActive` or `IdempotencyKeyReused`.
    """
    assert actor.program_id is not None, "the field asked for a credential"
    key = checks.idempotency_key(key)
    program = await engine.program(actor.program_id)
    found = asset_of(program, asset)
    minor = to_minor(amount, found.scale, ("amount",))
    if not minor:
        raise InvalidInput("An adjustment of 0 changes nothing.", field=("amount",))
    why = checks.text(reason, ("reason",), checks.REASON_MAX)
    return await change(engine, actor, Adjust, "balanceAdjust", ref, asset=found, amount=minor, reason=why, key=key)


async def transfer(
    engine: Engine,
    actor: Actor,
    giver: MemberRef,
    taker: MemberRef,
    *,
    asset: str,
    amount: Decimal,
    reason: str | None,
    key: str,
) -> Outcome:
    """Move value from one member to another; each part keeps its expiry.

    Raises `InvalidInput`, `NotFound`, `InsufficientBalance`, `LimitReached`, `MemberNotActive` or
    `IdempotencyKeyReused`.
    """
    assert actor.program_id is not None, "the field asked for a credential"
    key = checks.idempotency_key(key)
    program = await engine.program(actor.program_id)
    found = asset_of(program, asset)
    if found.kind is AssetKind.QUALIFYING:
        raise InvalidInput(f"{found.code} counts towards tiers and cannot be given away.", field=("asset",))
    minor = positive(amount, found)
    why = checks.optional_text(reason, ("reason",), checks.REASON_MAX)
    said = (members.canonical(program, giver), members.canonical(program, taker), found.id, minor, why)
    claim = Claim(f"{actor.credential}:balanceTransfer", key, content_hash(said))
    try:
        member_id = await members.resolve(actor, program, giver, ("member",), claim)
        to_id = await members.resolve(actor, program, taker, ("to",), claim)
    except Answered as before:
        return before.outcome
    if member_id == to_id:
        raise InvalidInput("A member cannot give to themselves.", field=("to",))
    return await engine.writer.post(
        TransferBalance(
            program_id=program.id,
            actor=actor.credential,
            claim=claim,
            member_id=member_id,
            to_id=to_id,
            asset_id=found.id,
            amount=minor,
            reason=why,
        )
    )


async def sweep(engine: Engine, program: Program, limit: int) -> int:
    """Mature up to `limit` members who have something due, and end up to `limit` holds whose time is over.

    Return how many there were of the more numerous. Safe to run anywhere.
    """
    now = program.now()
    rows = (
        await models.Lot.filter(program_id=program.id, remaining__gt=0, due_at__lte=now, due_at__lt=NEVER)
        .order_by("due_at")
        .limit(limit)
        .values_list("member_id", flat=True)
    )
    due = list(dict.fromkeys(rows))
    held = await models.Order.filter(program_id=program.id, state="HELD", held_until__lte=now).limit(limit)
    if len(held) < limit:  # those that ended with other work of their member still count as uses of campaigns
        held += await models.Order.filter(program_id=program.id, state="EXPIRED", counted=True).limit(limit - len(held))
    await engine.writer.post_all(
        ExpireOrder(
            program_id=program.id,
            actor=SYSTEM,
            claim=None,
            order_id=order.id,
            source=order.source,
            external_id=order.external_id,
            member_id=order.member_id,
            payer_id=order.payer_id,
            consumed=consumed_by(order),
        )
        for order in held
    )
    await engine.writer.post_all(
        Mature(program_id=program.id, actor=SYSTEM, claim=None, member_id=member_id)  # type: ignore[arg-type]
        for member_id in due
    )
    return max(len(due), len(held))
