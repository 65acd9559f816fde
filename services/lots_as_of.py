"""Lots as they were at a past instant: their amounts, and what of their moves had taken effect."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.assets import Asset
from domain.ledger import MATURING_TRANSFERS, Account, Lot, TransferKind
from domain.program import Program
from services.actors import Actor
from services.as_of import accounts_at, accounts_of, listed, matured
from services.listing import OwnPage
from services.reading import OrmSession
from services.writer.load import NEVER_TEXT
from services.writer.tables import ACCOUNTS, LOTS

TRANSFER_EFFECTIVE = f"CASE WHEN t.kind IN ({listed(MATURING_TRANSFERS)}) THEN t.occurred_at ELSE t.recorded_at END"


def _moved(bucket: str, at: str) -> str:
    """Return the SQL of how much all moves that had taken effect by then changed a bucket of lot `l`."""
    return (
        f"COALESCE((SELECT sum(m.{bucket}) FROM lot_move m JOIN transfer t ON t.id = m.transfer_id "
        f"WHERE m.lot_id = l.id AND {TRANSFER_EFFECTIVE} <= {at}), 0)"
    )


CREDITS = frozenset({TransferKind.ORDER, TransferKind.ADJUSTMENT, TransferKind.TOP_UP, TransferKind.CONVERSION})
"""Transfers whose lots wait for their release. What is received from a member or given back is available at once."""
HELD_ONCE = "EXISTS (SELECT 1 FROM lot_move m WHERE m.lot_id = l.id AND m.held <> 0)"
LAST_ID = UUID(int=2**128 - 1)
EXPIRING_PAGE = 20
"""Lots of an account that are read at a time, until one of them is what expires next."""


BOOKS_PAGE = 200
BOOKS_LOTS_PAGE = 1_000
ACCOUNTS_PAGE = f"WHERE program_id = $1 AND asset_id = $2 AND id > $3 ORDER BY id LIMIT {BOOKS_PAGE}"


def _lots(account_id: str, at: str, without: str, also: str) -> str:
    """Return the SQL of an account's lots with what they held at `at`, which may be nothing, and none of `without`."""
    return (
        f"SELECT {', '.join(f'l.{column}' for column in LOTS.columns)}, "
        f"l.amount + {_moved('remaining', at)} AS then_remaining, {_moved('held', at)} AS then_held, "
        "(SELECT b.kind FROM transfer b WHERE b.id = l.transfer_id) AS born_of "
        f"FROM lot l WHERE l.account_id = {account_id} AND l.recorded_at <= {at} "
        # What had expired held nothing any more, unless a hold kept it.
        f"AND (l.expires_at > {at} OR {HELD_ONCE}) AND NOT (l.id = ANY({without}::uuid[])) AND {also}"
    )


@dataclass(frozen=True, slots=True)
class _Then:
    """An account at an instant, with those of its lots that a sweep would change, as it would leave them."""

    account_id: UUID
    asset: Asset
    at: datetime
    zone: ZoneInfo
    swept: Mapping[UUID, Lot]

    @property
    def emptied(self) -> list[UUID]:
        """Lots that a sweep would empty."""
        return [lot.id for lot in self.swept.values() if not lot.remaining + lot.held]

    def lot(self, row: Lot, remaining: int, held: int, born_of: str) -> Lot:
        """Return a lot as it was."""
        if row.id in self.swept:
            return self.swept[row.id]
        released_at = row.locked_until
        if released_at is None and born_of in CREDITS:
            # A lot forgets when it was to be released once it is; that follows from when it was recorded.
            released_at = self.asset.locked_until(row.recorded_at, self.zone)
        locked_until = released_at if released_at is not None and released_at > self.at else None
        return replace(row, remaining=remaining, held=held, locked_until=locked_until)


async def _then(reads: OrmSession, program: Program, accounts: Sequence[Account], at: datetime) -> dict[UUID, _Then]:
    """Return the accounts at `at` by their ids."""
    swept: dict[UUID, Mapping[UUID, Lot]] = {}
    for member_id in {account.member_id for account in accounts if account.next_due_at <= at}:
        own = await accounts_at(reads, [account for account in accounts if account.member_id == member_id], at)
        swept[member_id] = (await matured(reads, program, member_id, own, at)).lots
    return {
        account.id: _Then(
            account.id,
            program.asset_by_id(account.asset_id),
            at,
            program.zone,
            {key: lot for key, lot in swept.get(account.member_id, {}).items() if lot.account_id == account.id},
        )
        for account in accounts
    }


async def lots_pages(reads: OrmSession, program: Program, actor: Actor, pages: Sequence[OwnPage]) -> list[list[Lot]]:
    """Return each page of lots that held something at its instant, as they were; `before` is a lot's id."""
    accounts = await accounts_of(reads, actor, {page.member_id for page in pages})
    by_owner = {(account.member_id, account.asset_id): account for account in accounts}
    thens: dict[datetime, dict[UUID, _Then]] = {}
    for at in {page.at for page in pages if page.at is not None}:
        thens[at] = await _then(reads, program, accounts, at)
    parts, arguments = [], []
    found: list[list[Lot]] = [[] for _ in pages]
    then_of: dict[int, _Then] = {}
    for index, page in enumerate(pages):
        assert page.at is not None, "who asks for lots as of an instant names it"
        assert page.asset_id is not None, "a list of lots is of one asset"
        account = by_owner.get((page.member_id, page.asset_id))
        if account is None:
            continue
        then = then_of[index] = thens[page.at][account.id]
        arguments += [account.id, page.at, then.emptied, page.before or LAST_ID]
        account_id, then_at, without, before = (f"${len(arguments) - 3 + number}" for number in range(4))
        rows = _lots(account_id, then_at, without, f"l.id < {before}")
        parts.append(
            f"SELECT * FROM (SELECT {index} AS page, then_lot.* FROM ({rows}) AS then_lot "
            f"WHERE then_remaining + then_held > 0 ORDER BY id DESC LIMIT {page.limit}) AS page_{index}"
        )
    if parts:
        decode = reads.decoder(LOTS)
        for record in await reads.fetch(" UNION ALL ".join(parts), *arguments):
            index, *columns, remaining, held, born_of = tuple(record)
            found[index].append(then_of[index].lot(decode(columns), int(remaining), int(held), born_of))
    return [sorted(lots, key=lambda lot: lot.id, reverse=True) for lots in found]


@dataclass(slots=True)
class _Search:
    """A search for what is to expire next of an account, through its lots in the order in which they expire."""

    then: _Then
    after: tuple[datetime, UUID]
    amount: int = 0
    expires_at: datetime | None = None

    def take(self, lots: Sequence[Lot]) -> bool:
        """Look at the next lots, up to a page of them; return whether there is more to look at."""
        for lot in lots:
            if self.expires_at not in {None, lot.expires_at}:
                return False
            if lot.locked_until is None and lot.remaining:
                self.amount, self.expires_at = self.amount + lot.remaining, lot.expires_at
            self.after = (lot.expires_at, lot.id)
        return len(lots) == EXPIRING_PAGE


async def next_expiries(
    reads: OrmSession, program: Program, account_ids: Sequence[UUID], at: datetime
) -> dict[UUID, tuple[int, datetime]]:
    """Return for each account how much of what was available at `at` was to expire next, and when.

    The accounts themselves must have been visible. An account of which nothing was to expire is absent.
    """
    accounts = await reads.select(ACCOUNTS, "WHERE id = ANY($1::uuid[])", list(account_ids))
    found = [_Search(then, (then.at, LAST_ID)) for then in (await _then(reads, program, accounts, at)).values()]
    searched = found
    while searched:
        pages = await _expiring(reads, searched)
        searched = [search for search, lots in zip(searched, pages, strict=True) if search.take(lots)]
    return {
        search.then.account_id: (search.amount, search.expires_at) for search in found if search.expires_at is not None
    }


async def _expiring(reads: OrmSession, searched: Sequence[_Search]) -> list[list[Lot]]:
    """Return for each search the next lots that held something and were to expire, the soonest first."""
    parts, arguments = [], []
    for index, search in enumerate(searched):
        arguments += [search.then.account_id, search.then.at, search.then.emptied, *search.after]
        account_id, at, without, expires_at, id = (f"${len(arguments) - 4 + number}" for number in range(5))
        later = f"l.expires_at < {NEVER_TEXT} AND (l.expires_at, l.id) > ({expires_at}, {id})"
        rows = _lots(account_id, at, without, later)
        parts.append(
            f"SELECT * FROM (SELECT {index} AS page, then_lot.* FROM ({rows}) AS then_lot WHERE then_remaining > 0 "
            f"ORDER BY expires_at, id LIMIT {EXPIRING_PAGE}) AS page_{index}"
        )
    found: list[list[Lot]] = [[] for _ in searched]
    decode = reads.decoder(LOTS)
    for record in await reads.fetch(" UNION ALL ".join(parts), *arguments):
        index, *columns, remaining, held, born_of = tuple(record)
        found[index].append(searched[index].then.lot(decode(columns), int(remaining), int(held), born_of))
    return [sorted(lots, key=lambda lot: (lot.expires_at, lot.id)) for lots in found]


# ── all accounts of an asset ─────────────────────────────────────────────────────────────────────────────────────────


async def books(
    reads: OrmSession, program: Program, asset: Asset, at: datetime
) -> AsyncIterator[tuple[list[Account], AsyncIterator[Lot]]]:
    """Yield the accounts of an asset as they were, some at a time, each time with the lots that held something.

    Take the lots before going on. Memory does not grow with how many there are.
    """
    after = UUID(int=0)
    while True:
        page = await reads.select(ACCOUNTS, ACCOUNTS_PAGE, program.id, asset.id, after)
        own = {account.id: account for account in await accounts_at(reads, page, at)}
        for account in [account for account in own.values() if account.next_due_at <= at]:
            swept = await matured(reads, program, account.member_id, [account], at)
            own[account.id] = swept.accounts[asset.id]
        yield list(own.values()), _books_lots(reads, await _then(reads, program, page, at), at)
        if len(page) < BOOKS_PAGE:
            return
        after = page[-1].id


async def lots_of_accounts(
    reads: OrmSession, program: Program, account_ids: Sequence[UUID], at: datetime, condition: str
) -> AsyncIterator[Lot]:
    """Yield the lots of some accounts that held something at `at`, as they were, for which `condition` on `l` holds."""
    accounts = await reads.select(ACCOUNTS, "WHERE id = ANY($1::uuid[])", list(account_ids))
    async for lot in _books_lots(reads, await _then(reads, program, accounts, at), at, condition):
        yield lot


async def _books_lots(
    reads: OrmSession, thens: Mapping[UUID, _Then], at: datetime, condition: str = "true"
) -> AsyncIterator[Lot]:
    rows = _lots("ANY($1::uuid[])", "$2", "$3", f"(l.account_id, l.id) > ($4, $5) AND {condition}")
    sql = (
        f"SELECT * FROM ({rows}) AS then_lot WHERE then_remaining + then_held > 0 "
        f"ORDER BY account_id, id LIMIT {BOOKS_LOTS_PAGE}"
    )
    emptied = [lot_id for then in thens.values() for lot_id in then.emptied]
    after = (UUID(int=0), UUID(int=0))
    while True:
        records = await reads.fetch(sql, list(thens), at, emptied, *after)
        for record in records:
            *columns, remaining, held, born_of = tuple(record)
            row = reads.decoder(LOTS)(columns)
            after = (row.account_id, row.id)
            yield thens[row.account_id].lot(row, int(remaining), int(held), born_of)
        if len(records) < BOOKS_LOTS_PAGE:
            return
