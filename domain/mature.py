"""Time as a command: release and expire what is due, in the order in which it fell due.

Each instant's work is its own transfer, dated at that instant, so maturing early, late, once or often writes the same
rows.
"""

from dataclasses import replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from domain.book import Book
from domain.ledger import Contra, EntryKind, Lot, TransferKind


def mature(book: Book) -> None:
    """Release pending lots, then expire available ones, up to and including `book.now`."""
    while due := sorted(_due(book), key=lambda lot: (lot.due_at, lot.locked_until is None, lot.asset_id, lot.id)):
        first = due[0]
        same = next(group for _, group in groupby(due, key=_occasion))
        lots = list(same)
        if first.locked_until is not None:
            _release(book, lots, first.due_at)
        else:
            _expire(book, lots, first.due_at)
    for asset_id, account in book.accounts.items():
        beyond = book.before.next_due.get(account.id)
        if beyond is not None:
            loaded = [lot.due_at for lot in book.lots.values() if lot.account_id == account.id and lot.remaining]
            book.accounts[asset_id] = replace(account, next_due_at=min([*loaded, beyond]))


def _due(book: Book) -> list[Lot]:
    # Lots that were not loaded come in a later batch; what falls due after the first of them must not come before it.
    until = min([book.now, *book.before.next_due.values()])
    return [lot for lot in book.lots.values() if lot.remaining and lot.due_at <= until]


def _occasion(lot: Lot) -> tuple[datetime, bool, UUID]:
    return (lot.due_at, lot.locked_until is None, lot.asset_id)


def _release(book: Book, lots: list[Lot], at: datetime) -> None:
    asset = book.program.asset_by_id(lots[0].asset_id)
    with book.open(TransferKind.RELEASE, at) as transfer:
        owed = book.account(asset).available
        amount = sum(lot.remaining for lot in lots)
        transfer.post(asset, EntryKind.RELEASE, available=amount, pending=-amount, contra=None)
        for lot in lots:
            freed = replace(lot, locked_until=None, due_at=lot.expires_at)
            book.lots[lot.id] = freed
            transfer.pay_debt(freed, owed)
            owed += lot.remaining


def _expire(book: Book, lots: list[Lot], at: datetime) -> None:
    asset = book.program.asset_by_id(lots[0].asset_id)
    with book.open(TransferKind.EXPIRY, at) as transfer:
        amount = sum(lot.remaining for lot in lots)
        for lot in lots:
            transfer.take(lot, lot.remaining)
        transfer.post(asset, EntryKind.EXPIRE, available=-amount, contra=Contra.BREAKAGE)
