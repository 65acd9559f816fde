"""The books as they were at a past instant: what accounts and ledger lines showed then.

A line takes effect when it was recorded; a release or an expiry at the instant at which it fell due, however late it
was swept. These instants never fall along the lines of an account (`domain.ledger.MATURING`), so that what an account
showed is in the last line that had taken effect by then, which is found by halves over the key (account, seq).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

import models
from domain.book import Book
from domain.ledger import MATURING, Account, Entry
from domain.mature import mature
from domain.members import Member, MemberState, MemberStatus
from domain.program import Program
from services import listing, visible
from services.actors import SYSTEM, Actor
from services.listing import OwnPage
from services.reading import OrmSession
from services.writer.load import load_due
from services.writer.tables import ACCOUNTS, ENTRIES


def listed(kinds: Iterable[str]) -> str:
    """Return the SQL of a list of kinds."""
    return ", ".join(f"'{kind}'" for kind in sorted(kinds))


def effective(line: str) -> str:
    """Return the SQL of a ledger line's effective instant."""
    return f"CASE WHEN {line}.kind IN ({listed(MATURING)}) THEN {line}.occurred_at ELSE {line}.recorded_at END"


# `low` has taken effect (0: nothing), what is beyond `high` has not; each step reads the one line between them.
NEWEST = f"""
WITH RECURSIVE search (account_id, low, high) AS (
    SELECT id, seq - seq, seq FROM account WHERE id = ANY($1::uuid[])
    UNION ALL
    SELECT s.account_id,
        CASE WHEN {effective("e")} <= $2 THEN e.seq ELSE s.low END,
        CASE WHEN {effective("e")} <= $2 THEN s.high ELSE e.seq - 1 END
    FROM search s JOIN entry e ON e.account_id = s.account_id AND e.seq = (s.low + s.high + 1) / 2
    WHERE s.low < s.high
)
SELECT {", ".join(f"e.{column}" for column in ENTRIES.columns)}
FROM search s JOIN entry e ON e.account_id = s.account_id AND e.seq = s.low WHERE s.low = s.high
"""


async def newest_lines(reads: OrmSession, account_ids: Sequence[UUID], at: datetime) -> dict[UUID, Entry]:
    """Return the last line of each account that had taken effect at `at`; without one the account is absent.

    One statement, which reads about log₂(n) of an account's n lines.
    """
    if not account_ids:
        return {}
    records = await reads.fetch(NEWEST, list(account_ids), at)
    lines = [reads.decoder(ENTRIES)(record) for record in records]
    return {line.account_id: line for line in lines}


async def accounts_at(reads: OrmSession, accounts: Sequence[Account], at: datetime) -> list[Account]:
    """Return the accounts with the balances that their lines said at `at`, without those that had none yet.

    What is due and not swept even now is still in them, as it is in the accounts of today.
    """
    lines = await newest_lines(reads, [account.id for account in accounts], at)
    return [
        replace(account, seq=line.seq, available=line.available, pending=line.pending, held=line.held)
        for account in accounts
        if (line := lines.get(account.id)) is not None
    ]


async def matured(
    reads: OrmSession, program: Program, member_id: UUID, accounts: Sequence[Account], now: datetime
) -> Book:
    """Return the member's accounts, and the lots that are due, as a sweep at `now` would leave them."""
    due = await load_due(reads, accounts, now, limit=None)
    # Only the accounts matter here; the rest of the member is not looked at.
    blank = Member(
        member_id, program.id, "", None, None, None, None, MemberStatus.ACTIVE, None, None, None, 0, now, now
    )
    own = {account.asset_id: account for account in accounts}
    state = MemberState(blank, own, due.lots, {}, due.next_due, due.holds, due.parts)
    book = Book(program, state, now=now, actor=SYSTEM, new_id=uuid7)
    mature(book)
    return book


# ── ledger lines ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def lines_pages(reads: OrmSession, actor: Actor, pages: Sequence[OwnPage]) -> list[list[models.Entry]]:
    """Return each page of the ledger lines that had taken effect at its instant; `before` is a position."""
    newest: dict[tuple[UUID, datetime], int] = {}
    accounts = await accounts_of(reads, actor, {page.member_id for page in pages})
    for at in {page.at for page in pages if page.at is not None}:
        for line in (await newest_lines(reads, [account.id for account in accounts], at)).values():
            newest[line.member_id, at] = max(newest.get((line.member_id, at), 0), line.position)
    cut = []
    for page in pages:
        assert page.at is not None, "who asks for the ledger as of an instant names it"
        beyond = newest.get((page.member_id, page.at), 0) + 1
        before = page.before if isinstance(page.before, int) else beyond
        cut.append(replace(page, before=min(before, beyond)))
    return await listing.entries_pages(reads, actor, cut)


async def accounts_of(reads: OrmSession, actor: Actor, member_ids: Iterable[UUID]) -> list[Account]:
    """Return the accounts of these members that the actor can see."""
    seen = visible.of_members(actor)
    wanted = [member_id for member_id in member_ids if seen.get("member_id", member_id) == member_id]
    return await reads.select(
        ACCOUNTS, "WHERE program_id = $1 AND member_id = ANY($2::uuid[])", actor.program_id, wanted
    )
