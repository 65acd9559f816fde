"""The book of one decision: postings on a member's accounts and lots, and the events that tell of them.

A book starts from a loaded state and is thrown away when the decision is refused, so nothing outside it changes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from domain.amounts import AMOUNT_MAX, from_minor
from domain.digest import transfer_hash
from domain.events import Event, EventKind
from domain.instants import NEVER, plus_days
from domain.ledger import Account, Contra, Entry, EntryKind, Lot, LotMove, Transfer, TransferKind
from domain.members import MemberState
from domain.program import Asset, Program
from domain.refusals import InsufficientBalance, LimitReached


@dataclass(slots=True)
class Rows:
    """Rows to insert. What changes (members, accounts, lots, standings) is found by comparing states."""

    transfers: list[Transfer] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    moves: list[LotMove] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cause:
    """What an entry carries out, beside its transfer."""

    effect: int | None = None
    campaign_id: UUID | None = None


NO_CAUSE = Cause()


class Book:
    """Postings for one member at one instant `now`. Amounts are positive minor units of the asset."""

    def __init__(
        self, program: Program, state: MemberState, *, now: datetime, actor: str, new_id: Callable[[], UUID]
    ) -> None:
        self.program = program
        self.now = now
        self.actor = actor
        self.new_id = new_id
        self.rows = Rows()
        self.before = state
        self.member = state.member
        self.accounts = dict(state.accounts)
        self.lots = dict(state.lots)
        self.standings = dict(state.standings)
        self.position = state.member.position

    # ── transfers ────────────────────────────────────────────────────────────────────────────────────────────────────

    def open(
        self, kind: TransferKind, occurred_at: datetime, *, order_id: UUID | None = None, reason: str | None = None
    ) -> "OpenTransfer":
        """Start a transfer; use it as a context manager, which seals it when at least one entry was posted."""
        transfer = Transfer(
            id=self.new_id(),
            program_id=self.program.id,
            member_id=self.member.id,
            kind=kind,
            order_id=order_id,
            original_id=None,
            actor=self.actor,
            reason=reason,
            occurred_at=occurred_at,
            recorded_at=self.now,
            hash=b"",
        )
        return OpenTransfer(self, transfer)

    def account(self, asset: Asset) -> Account:
        """Return the member's account of `asset`, opening it at zero if there is none yet."""
        account = self.accounts.get(asset.id)
        if account is None:
            account = Account(
                id=self.new_id(),
                program_id=self.program.id,
                member_id=self.member.id,
                asset_id=asset.id,
                available=0,
                pending=0,
                held=0,
                floor=asset.floor,
                seq=0,
                next_due_at=NEVER,
            )
            self.accounts[asset.id] = account
        return account

    def burn_order(self, account: Account) -> list[Lot]:
        """Return the loaded lots that a debit of `account` may use, first to be used first."""
        usable = [
            lot
            for lot in self.lots.values()
            if lot.account_id == account.id and lot.remaining and lot.locked_until is None and lot.expires_at > self.now
        ]
        return sorted(usable, key=lambda lot: (lot.priority, lot.expires_at, lot.id))

    # ── events ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def tell(self, kind: EventKind, occurred_at: datetime, **refs: Any) -> int:
        """Add an event at the member's next position, which is returned."""
        self.position += 1
        blank: dict[str, Any] = dict.fromkeys(
            ("order_id", "account_id", "entry_seq", "ladder_id", "from_tier_id", "to_tier_id", "details")
        )
        self.rows.events.append(
            Event(
                member_id=self.member.id,
                position=self.position,
                program_id=self.program.id,
                kind=kind,
                occurred_at=occurred_at,
                recorded_at=self.now,
                **(blank | refs),
            )
        )
        return self.position

    def close(self) -> MemberState:
        """Return the state after all postings; nothing of it is due any more, so `next_due` has served."""
        return replace(
            self.before,
            member=replace(self.member, position=self.position),
            accounts=self.accounts,
            lots=self.lots,
            standings=self.standings,
            next_due={},
        )


class OpenTransfer:
    """A transfer being posted."""

    def __init__(self, book: Book, transfer: Transfer) -> None:
        self.book = book
        self.transfer = transfer
        self.entries: list[Entry] = []
        self.created: list[UUID] = []
        self.moves: list[LotMove] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self.entries:
            lots = [self.book.lots[lot_id] for lot_id in self.created]
            digest = transfer_hash(self.transfer, self.entries, lots, self.moves)
            self.book.rows.transfers.append(replace(self.transfer, hash=digest))
            self.book.rows.entries.extend(self.entries)
            self.book.rows.moves.extend(self.moves)

    def credit(
        self, asset: Asset, amount: int, kind: EntryKind, contra: Contra, *, cause: Cause = NO_CAUSE, priority: int = 0
    ) -> Entry:
        """Add `amount` as a new lot, pending if the asset says so; a debt is paid first."""
        book, zone = self.book, self.book.program.zone
        account = book.account(asset)
        occurred_at = self.transfer.occurred_at
        expires_at = asset.expires_at(occurred_at, book.now, zone)
        assert expires_at > book.now, "a rule gives nothing that would be born expired"
        locked_until = plus_days(book.now, asset.pending_days, zone) if asset.pending_days else None
        if account.available + account.pending + account.held + amount > AMOUNT_MAX:
            raise LimitReached("The balance would be larger than an account can hold.", limit=str(AMOUNT_MAX))
        lot = Lot(
            id=book.new_id(),
            program_id=account.program_id,
            member_id=account.member_id,
            account_id=account.id,
            asset_id=asset.id,
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
        self.created.append(lot.id)
        entry = self.post(
            asset,
            kind,
            available=0 if locked_until else amount,
            pending=amount if locked_until else 0,
            contra=contra,
            cause=cause,
        )
        if not locked_until:
            self.pay_debt(lot, account.available)
        after = book.accounts[asset.id]
        if lot.due_at < after.next_due_at:
            book.accounts[asset.id] = replace(after, next_due_at=lot.due_at)
        return entry

    def pay_debt(self, lot: Lot, available_before: int) -> None:
        """Take from a freshly available lot what the account owed before it."""
        debt = min(max(-available_before, 0), lot.remaining)
        if debt:
            self.take(lot, debt)

    def debit(self, asset: Asset, amount: int, kind: EntryKind, contra: Contra, *, cause: Cause = NO_CAUSE) -> Entry:
        """Take `amount` from the available balance, soonest-expiring lots first.

        Raises `InsufficientBalance` when the available balance is less.
        """
        account = self.book.account(asset)
        if account.available < amount:
            available = max(account.available, 0)
            raise InsufficientBalance(
                f"The member has {asset.spelled(available)} {asset.code}; {asset.spelled(amount)} are needed.",
                available=from_minor(available, asset.scale),
                required=from_minor(amount, asset.scale),
            )
        left = amount
        for lot in self.book.burn_order(account):
            taken = min(left, lot.remaining)
            self.take(lot, taken)
            left -= taken
            if not left:
                break
        assert not left, "the open lots of an account add up to its available balance"
        return self.post(asset, kind, available=-amount, contra=contra, cause=cause)

    def take(self, lot: Lot, amount: int) -> None:
        """Move `amount` out of the lot's remaining value."""
        self.book.lots[lot.id] = replace(lot, remaining=lot.remaining - amount)
        self.moves.append(LotMove(self.transfer.id, lot.id, lot.program_id, -amount, 0))

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
    ) -> Entry:
        """Write one line: the signed changes of the three buckets, the rest against `contra`, and its event."""
        book = self.book
        before = book.account(asset)
        after = replace(
            before,
            available=before.available + available,
            pending=before.pending + pending,
            held=before.held + held,
            seq=before.seq + 1,
        )
        book.accounts[asset.id] = after
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
