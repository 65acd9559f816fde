"""One transfer being posted: what it adds to accounts and takes from lots, sealed by its hash."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from domain.agents import Drawing
from domain.amounts import AMOUNT_MAX
from domain.assets import Asset
from domain.burning import Use, burnt
from domain.digest import transfer_hash
from domain.events import EventKind
from domain.instants import NEVER, plus_days
from domain.ledger import Account, Contra, Entry, EntryKind, Lot, LotMove, Transfer
from domain.refusals import LimitReached
from domain.values import replace, value

if TYPE_CHECKING:
    from domain.book import Book


@value
class Cause:
    """What an entry carries out, beside its transfer."""

    effect: int | None = None
    campaign_id: UUID | None = None


NO_CAUSE = Cause()


class OpenTransfer:
    """A transfer being posted."""

    def __init__(self, book: "Book", transfer: Transfer, drawing: Drawing | None = None) -> None:
        self.book = book
        self.transfer = transfer
        self.drawing = drawing
        self.entries: list[Entry] = []
        self.created: list[Lot] = []
        self._moved: dict[UUID, tuple[int, int]] = {}

    def into(self, book: "Book", drawing: Drawing | None = None) -> "OpenTransfer":
        """Return the same transfer as it is posted into another member's book, on whom an agent may draw by it."""
        other = OpenTransfer(book, self.transfer, drawing)
        other.entries, other.created, other._moved = self.entries, self.created, self._moved
        return other

    @property
    def moves(self) -> list[LotMove]:
        """What was taken from lots and given to them, in the order in which they were first touched."""
        transfer = self.transfer
        return [
            LotMove(transfer.id, lot_id, transfer.program_id, remaining, held)
            for lot_id, (remaining, held) in self._moved.items()
            if remaining or held
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self.entries:
            moves = self.moves
            digest = transfer_hash(self.transfer, self.entries, self.created, moves)
            self.book.rows.transfers.append(replace(self.transfer, hash=digest))
            self.book.rows.entries.extend(self.entries)
            self.book.rows.moves.extend(moves)

    def credit(
        self, asset: Asset, amount: int, kind: EntryKind, contra: Contra, *, cause: Cause = NO_CAUSE, priority: int = 0
    ) -> Entry:
        """Add `amount` as a new lot, pending if the asset says so; a debt is paid first."""
        book, zone = self.book, self.book.program.zone
        account = book.account(asset)
        occurred_at = self.transfer.occurred_at
        expires_at = asset.expires_at(occurred_at, book.now, zone)
        if expires_at <= book.now:  # decided in time, and captured so late that it would be born expired
            expires_at = plus_days(book.now, asset.grace_days, zone)
        locked_until = asset.locked_until(book.now, zone)
        if locked_until:
            # What expires while it is pending has to be released first, so it expires then. Its line would else be
            # dated before the line of its release, and the instants of an account's lines would fall.
            expires_at = max(expires_at, locked_until)
        self.check_room(asset, account, amount)
        lot = self.born(account, amount, priority=priority, locked_until=locked_until, expires_at=expires_at)
        entry = self.post(
            asset,
            kind,
            available=0 if locked_until else amount,
            pending=amount if locked_until else 0,
            contra=contra,
            cause=cause,
            due_at=lot.due_at,
        )
        if not locked_until:
            self.pay_debt(lot, account.available)
        return entry

    def receive(self, asset: Asset, parts: Sequence[tuple[int, Lot]], kind: EntryKind, contra: Contra) -> Entry:
        """Add so much of each lot of another member, each part as a lot with the same expiry and priority.

        A debt is paid first.
        """
        account = self.book.account(asset)
        amount = sum(part for part, _ in parts)
        self.check_room(asset, account, amount)
        lots = [
            self.born(account, part, priority=lot.priority, locked_until=None, expires_at=lot.expires_at)
            for part, lot in parts
        ]
        due_at = min(lot.due_at for lot in lots)
        entry = self.post(asset, kind, available=amount, contra=contra, due_at=due_at)
        available = account.available
        for lot in lots:
            self.pay_debt(lot, available)
            available += lot.amount
        return entry

    @staticmethod
    def check_room(asset: Asset, account: Account, amount: int) -> None:
        """Refuse what an account could not hold. Raises `LimitReached`."""
        if account.available + account.pending + account.held + amount > AMOUNT_MAX:
            raise LimitReached("The balance would be larger than an account can hold.", limit=asset.spelled(AMOUNT_MAX))

    def restore(
        self, asset: Asset, amount: int, parts: Sequence[tuple[Lot, int]], kind: EntryKind, contra: Contra
    ) -> Entry:
        """Give back `amount`, of which so much goes to each of the member's lots; the rest pays what is owed.

        The lots must be among the book's, each once. They keep their expiry. What would go to lots that have expired
        since becomes new ones, one for each part, that live for the asset's grace.
        """
        book, account = self.book, self.book.account(asset)
        self.check_room(asset, account, amount)
        due_at, expired = NEVER, dict[int, int]()
        for lot, part in parts:
            if lot.expires_at <= book.now:
                expired[lot.priority] = expired.get(lot.priority, 0) + part
                continue
            self.move(book.lots[lot.id], remaining=part)
            due_at = min(due_at, lot.expires_at)
        grace = plus_days(book.now, asset.grace_days, book.program.zone)
        for priority, part in sorted(expired.items()):
            self.born(account, part, priority=priority, locked_until=None, expires_at=grace)
            due_at = min(due_at, grace)
        return self.post(asset, kind, available=amount, contra=contra, due_at=due_at)

    def born(
        self, account: Account, amount: int, *, priority: int, locked_until: datetime | None, expires_at: datetime
    ) -> Lot:
        """Make a lot of this transfer."""
        book = self.book
        lot = Lot(
            id=book.new_id(),
            program_id=account.program_id,
            member_id=account.member_id,
            account_id=account.id,
            asset_id=account.asset_id,
            transfer_id=self.transfer.id,
            order_id=self.transfer.order_id,
            amount=amount,
            remaining=amount,
            held=0,
            priority=priority,
            locked_until=locked_until,
            expires_at=expires_at,
            due_at=locked_until or expires_at,
            recorded_at=book.now,
        )
        book.lots[lot.id] = lot
        self.created.append(lot)
        return lot

    def pay_debt(self, lot: Lot, available_before: int) -> None:
        """Take from a freshly available lot what the account owed before it."""
        debt = min(max(-available_before, 0), lot.remaining)
        if debt:
            self.take(lot, debt)

    def debit(
        self,
        asset: Asset,
        amount: int,
        kind: EntryKind,
        contra: Contra,
        *,
        cause: Cause = NO_CAUSE,
        use: Use = Use.PAYMENT,
    ) -> Entry:
        """Take `amount` from the available balance, in burn order, of bonus no more than a payment may use.

        Raises `InsufficientBalance` when that does not cover it.
        """
        for lot, part in self.picked(asset, amount, use):
            self.take(lot, part)
        return self.post(asset, kind, available=-amount, contra=contra, cause=cause)

    def picked(self, asset: Asset, amount: int, use: Use) -> list[tuple[Lot, int]]:
        """Return how much of each lot a debit takes. Raises `InsufficientBalance`."""
        account = self.book.account(asset)
        whose = "payer" if self.drawing else "member"
        return list(burnt(asset, self.book.burn_order(account), account.available, amount, use, whose=whose))

    def take(self, lot: Lot, amount: int) -> None:
        """Move `amount` out of the lot's remaining value."""
        self.move(lot, remaining=-amount)

    def move(self, lot: Lot, *, remaining: int = 0, held: int = 0) -> Lot:
        """Change what remains of a lot, and what of it is held; return it as it is then."""
        moved = replace(lot, remaining=lot.remaining + remaining, held=lot.held + held)
        self.book.lots[lot.id] = moved
        before = self._moved.get(lot.id, (0, 0))
        self._moved[lot.id] = (before[0] + remaining, before[1] + held)
        return moved

    def post(
        self,
        asset: Asset,
        kind: EntryKind,
        *,
        available: int = 0,
        pending: int = 0,
        held: int = 0,
        contra: Contra | None,
        cause: Cause = NO_CAUSE,
        due_at: datetime = NEVER,
    ) -> Entry:
        """Write one line: the signed changes of the three buckets, the rest against `contra`, and its event.

        `due_at` is when the lot is due that the line makes.
        """
        book = self.book
        before = book.account(asset)
        after = replace(
            before,
            available=before.available + available,
            pending=before.pending + pending,
            held=before.held + held,
            seq=before.seq + 1,
            next_due_at=min(before.next_due_at, due_at),
        )
        book.accounts[asset.id] = after
        if self.drawing and available:
            book.count_drawn(self.drawing, asset, -available)
        position = book.tell(
            EventKind.BALANCE_CHANGED,
            self.transfer.occurred_at,
            account_id=after.id,
            entry_seq=after.seq,
            order_id=self.transfer.order_id,
        )
        entry = Entry(
            account_id=after.id,
            seq=after.seq,
            program_id=after.program_id,
            member_id=after.member_id,
            asset_id=asset.id,
            transfer_id=self.transfer.id,
            kind=kind,
            change_available=available,
            change_pending=pending,
            change_held=held,
            available=after.available,
            pending=after.pending,
            held=after.held,
            contra=contra,
            position=position,
            order_id=self.transfer.order_id,
            effect=cause.effect,
            campaign_id=cause.campaign_id,
            occurred_at=self.transfer.occurred_at,
            recorded_at=book.now,
        )
        self.entries.append(entry)
        return entry
