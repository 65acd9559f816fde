"""Balances as they are now: the account rows, less what is due and not swept yet, by the function that sweeps."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from uuid_utils.compat import uuid7

import models
from domain import checks
from domain.amounts import to_minor
from domain.book import Book
from domain.commands import Adjust, Claim, Mature
from domain.digest import content_hash
from domain.instants import NEVER
from domain.ledger import Account
from domain.mature import mature
from domain.members import Member, MemberState, MemberStatus
from domain.program import Program
from domain.refusals import InvalidInput
from services import members
from services.actors import Actor
from services.engine import Engine
from services.members import MemberRef
from services.reading import OrmSession
from services.writer.batch import Outcome
from services.writer.load import NEVER_TEXT, load_due
from services.writer.tables import ACCOUNTS

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Amounts:
    """One member's balance of one asset in minor units. `account_id` is None while nothing was ever posted."""

    asset_id: UUID
    available: int = 0
    pending: int = 0
    held: int = 0
    account_id: UUID | None = None


async def balances(engine: Engine, program: Program, member_ids: Sequence[UUID]) -> dict[UUID, dict[UUID, Amounts]]:
    """Return the balances of several members by member and asset; an asset that was never posted is absent."""
    accounts: dict[UUID, list[Account]] = defaultdict(list)
    for account in await engine.reads.select(
        ACCOUNTS, "WHERE program_id = $1 AND member_id = ANY($2::uuid[])", program.id, list(member_ids)
    ):
        accounts[account.member_id].append(account)
    now = program.now()
    found: dict[UUID, dict[UUID, Amounts]] = {}
    for member_id, rows in accounts.items():
        current = rows
        if any(account.next_due_at <= now for account in rows):
            current = await _matured(engine, program, member_id, rows, now)
        found[member_id] = {
            account.asset_id: Amounts(account.asset_id, account.available, account.pending, account.held, account.id)
            for account in current
        }
    return found


async def _matured(
    engine: Engine, program: Program, member_id: UUID, accounts: list[Account], now: datetime
) -> list[Account]:
    """Return the accounts as a sweep would leave them."""
    due = await load_due(engine.reads, accounts, now, limit=None)
    # Only the accounts matter here; the rest of the member is not looked at.
    blank = Member(
        member_id, program.id, "", None, None, None, None, MemberStatus.ACTIVE, None, None, None, 0, now, now
    )
    state = MemberState(blank, {account.asset_id: account for account in accounts}, due.lots, {}, due.next_due)
    book = Book(program, state, now=now, actor=SYSTEM, new_id=uuid7)
    mature(book)
    return list(book.accounts.values())


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


async def next_expiries(reads: OrmSession, account_ids: Sequence[UUID], now: datetime) -> list[Expiring | None]:
    """Return the soonest expiry of available value of each account, None when nothing of it expires.

    The accounts themselves must have been visible.
    """
    found: dict[str, Expiring] = {}
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
    found = program.asset(asset)
    if found is None:
        raise InvalidInput(f"The program has no asset {asset!r}.", field=("asset",))
    minor = to_minor(amount, found.scale, ("amount",))
    if not minor:
        raise InvalidInput("An adjustment of 0 changes nothing.", field=("amount",))
    why = checks.text(reason, ("reason",), checks.REASON_MAX)
    member_id = await members.resolve(actor, program, ref, ("member",))
    return await engine.writer.post(
        Adjust(
            program_id=program.id,
            actor=actor.credential,
            claim=Claim(f"{actor.credential}:balanceAdjust", key, content_hash((member_id, found.id, minor, why))),
            member_id=member_id,
            asset_id=found.id,
            amount=minor,
            reason=why,
        )
    )


async def sweep(engine: Engine, program: Program, limit: int) -> int:
    """Mature up to `limit` members who have something due; return how many there were. Safe to run anywhere."""
    now = program.now()
    rows = (
        await models.Lot.filter(program_id=program.id, remaining__gt=0, due_at__lte=now, due_at__lt=NEVER)
        .order_by("due_at")
        .limit(limit)
        .values_list("member_id", flat=True)
    )
    due = list(dict.fromkeys(rows))
    await engine.writer.post_all(
        Mature(program_id=program.id, actor=SYSTEM, claim=None, member_id=member_id)  # type: ignore[arg-type]
        for member_id in due
    )
    return len(due)
