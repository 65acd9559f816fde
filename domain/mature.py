"""Time as a command: release, free and expire what is due, in the order in which it fell due.

Each instant's work is its own transfer, dated at that instant, so maturing early, late, once or often writes the same
rows. What falls due at one instant is done in the published order: pending lots are released, then holds freed, then
lots expired.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from domain.book import Book
from domain.events import EventKind
from domain.holding import free
from domain.ledger import Contra, EntryKind, Hold, Lot, TransferKind
from domain.orders import OrderState
from domain.values import replace, value

RELEASED, FREED, EXPIRED = range(3)
"""The order of what falls due at one instant."""


@value
class _Due:
    """Something to be done: at which instant, of which sort, with what else (by asset or order), and what it is."""

    at: datetime
    sort: int
    with_id: UUID
    row: Any

    @property
    def occasion(self) -> tuple[datetime, int, UUID]:
        """What is done by one transfer."""
        return (self.at, self.sort, self.with_id)


def mature(book: Book) -> None:
    """Do what is due up to and including `book.now`."""
    done_by: dict[int, Callable[[Book, list[Any], datetime], None]] = {
        RELEASED: _release,
        FREED: _free,
        EXPIRED: _expire,
    }
    while due := sorted(_due(book), key=lambda one: (*one.occasion, one.row.id)):
        same = next(group for _, group in groupby(due, key=lambda one: one.occasion))
        done_by[due[0].sort](book, [one.row for one in same], due[0].at)
    for asset_id, account in book.accounts.items():
        beyond = book.before.next_due.get(account.id)
        if beyond is not None:
            loaded = [lot.due_at for lot in book.lots.values() if lot.account_id == account.id and lot.remaining]
            held = [hold.expires_at for hold in book.holds.values() if hold.account_id == account.id and hold.open]
            book.accounts[asset_id] = replace(account, next_due_at=min([*loaded, *held, beyond]))


def _due(book: Book) -> Iterator[_Due]:
    # Lots that were not loaded come in a later batch; what falls due after the first of them must not come before it.
    until = min([book.now, *book.before.next_due.values()])
    for lot in book.lots.values():
        if lot.remaining and lot.due_at <= until:
            yield _Due(lot.due_at, RELEASED if lot.locked_until is not None else EXPIRED, lot.asset_id, lot)
    for hold in book.holds.values():
        if hold.open and hold.expires_at <= until:
            yield _Due(hold.expires_at, FREED, hold.order_id, hold)


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


def _free(book: Book, holds: list[Hold], at: datetime) -> None:
    order_id = holds[0].order_id
    free_holds(book, [(hold, book.parts(hold)) for hold in holds], at)
    order = book.order(order_id)
    # An order that another member made is theirs to end: this book has no place for the event.
    if order is not None and order.state is OrderState.HELD and order.member_id == book.member.id:
        book.rows.orders[order_id] = replace(order, state=OrderState.EXPIRED)
        book.tell(EventKind.ORDER_EXPIRED, at, order_id=order_id)


def free_holds(book: Book, holds: Sequence[tuple[Hold, Sequence[tuple[Lot, int]]]], at: datetime) -> None:
    """Free these parts of the holds of one order with one transfer."""
    first, _ = holds[0]
    with book.open(
        TransferKind.RELEASE,
        at,
        order_id=first.order_id,
        original_id=first.transfer_id,
        drawing=book.drawing(book.order(first.order_id)),
    ) as transfer:
        for hold, parts in sorted(holds, key=lambda one: one[0].asset_id):
            free(transfer, hold, parts)


def _expire(book: Book, lots: list[Lot], at: datetime) -> None:
    asset = book.program.asset_by_id(lots[0].asset_id)
    with book.open(TransferKind.EXPIRY, at) as transfer:
        amount = sum(lot.remaining for lot in lots)
        for lot in lots:
            transfer.take(lot, lot.remaining)
        transfer.post(asset, EntryKind.EXPIRE, available=-amount, contra=Contra.BREAKAGE)
