"""How much of what is available is bonus, now or as of an instant."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.assets import PRINCIPAL_PRIORITY
from domain.ledger import Lot
from domain.program import Program
from services import lots_as_of
from services.as_of import matured
from services.reading import OrmSession
from services.writer.tables import ACCOUNTS

DUE_ACCOUNTS = "WHERE id = ANY($1::uuid[]) AND next_due_at <= $2"
OF_BONUS = f"l.priority <> {PRINCIPAL_PRIORITY}"
BONUS = (
    "SELECT l.account_id, sum(l.remaining) FROM lot l WHERE l.account_id = ANY($1::uuid[]) AND l.remaining > 0 "
    f"AND l.locked_until IS NULL AND {OF_BONUS} AND NOT (l.id = ANY($2::uuid[])) GROUP BY l.account_id"
)


async def bonuses(
    reads: OrmSession, program: Program, account_ids: Sequence[UUID], *, at: datetime | None = None
) -> list[int]:
    """Return in minor units how much of the available value of each account is bonus, now or as it was at `at`.

    The accounts themselves must have been visible.
    """
    found: dict[UUID, int] = defaultdict(int)
    if at is not None:
        async for lot in lots_as_of.lots_of_accounts(reads, program, account_ids, at, OF_BONUS):
            found[lot.account_id] += _available(lot)
        return [found[account_id] for account_id in account_ids]
    swept: dict[UUID, Lot] = {}
    now = program.now()
    for account in await reads.select(ACCOUNTS, DUE_ACCOUNTS, list(account_ids), now):
        swept |= (await matured(reads, program, account.member_id, [account], now)).lots
    for lot in swept.values():
        found[lot.account_id] += _available(lot)
    for account_id, remaining in await reads.fetch(BONUS, list(account_ids), list(swept)):
        found[UUID(str(account_id))] += int(remaining)
    return [found[account_id] for account_id in account_ids]


def _available(lot: Lot) -> int:
    return lot.remaining if lot.locked_until is None and lot.priority != PRINCIPAL_PRIORITY else 0
