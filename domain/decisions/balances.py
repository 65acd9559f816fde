"""Balances: adjusted, moved from one member to another, and told of before they expire."""

from domain.assets import Asset
from domain.book import Book
from domain.burning import Use
from domain.commands import Adjust, Remind, TransferBalance
from domain.decisions.segments import follow_up
from domain.decisions.situation import Decision, Situation, books, opened
from domain.decisions.values import check_active, decided
from domain.events import EventKind
from domain.ledger import Contra, EntryKind, TransferKind
from domain.members import MemberStatus
from domain.posting import OpenTransfer
from domain.refusals import InsufficientBalance, InvalidInput, LimitReached, MemberNotActive, Refusal


def adjust(command: Adjust, situation: Situation) -> Decision:
    """Return the posting; it may raise a tier.

    Raises `InsufficientBalance`, `LimitReached` or `MemberNotActive`, and `InvalidInput` for what changes nothing and
    for a credit of an asset whose fixed date is over.
    """
    book = opened(command, situation)
    if book.member.status is MemberStatus.CLOSED:
        raise MemberNotActive("The member is closed.", field=("member",), status=book.member.status.value)
    asset = book.program.asset_by_id(command.asset_id)
    ended = asset.ended(situation.now, book.program.zone)
    if ended and command.amount > 0:
        raise InvalidInput(f"{ended}; nothing can be added.", field=("amount",))
    try:
        with book.open(TransferKind.ADJUSTMENT, situation.now, reason=command.reason) as transfer:
            if command.amount > 0:
                transfer.credit(asset, command.amount, EntryKind.ADJUST, Contra.ADJUSTMENT)
            elif command.amount < 0:
                transfer.debit(asset, -command.amount, EntryKind.ADJUST, Contra.ADJUSTMENT, use=Use.MOVEMENT)
            else:
                raise InvalidInput("An adjustment of 0 changes nothing.")
    except Refusal as refusal:
        refusal.field = ("amount",)
        raise
    follow_up(book, situation.now)
    (entry,) = transfer.entries
    outcome = {"member": str(book.member.id), "entries": [[str(entry.account_id), entry.seq]]}
    return Decision(outcome, (book.close(),), book.rows)


def transfer(command: TransferBalance, situation: Situation) -> Decision:
    """Return the posting, one line in each member's ledger. What is moved keeps its expiry.

    Raises `InsufficientBalance`, `LimitReached` or `MemberNotActive`.
    """
    giver, taker = books(command, situation)
    check_active(giver)
    check_active(taker, ("to",))
    asset = giver.program.asset_by_id(command.asset_id)
    given = moved(giver, taker, asset, command.amount, reason=command.reason, path=("amount",))
    return decided(giver, given, taker)


def moved(
    giver: Book, taker: Book, asset: Asset, amount: int, *, reason: str | None = None, path: tuple[str, ...]
) -> OpenTransfer:
    """Move value from one to the other, each part with its expiry and as bonus or principal, as it was.

    Raises `InsufficientBalance` or `LimitReached`, naming `path`.
    """
    try:
        with giver.open(TransferKind.TRANSFER, giver.now, reason=reason) as given:
            given.debit(asset, amount, EntryKind.TRANSFER, Contra.CLEARING, use=Use.MOVEMENT)
            parts = [(-move.remaining, giver.lots[move.lot_id]) for move in given.moves]
            given.into(taker).receive(asset, parts, EntryKind.TRANSFER, Contra.CLEARING)
    except (InsufficientBalance, LimitReached) as refusal:
        refusal.field = path
        raise
    return given


def remind(command: Remind, situation: Situation) -> Decision:
    """Return the event that tells what expires; none when nothing is left that does."""
    book = opened(command, situation)
    account = book.account(book.program.asset_by_id(command.asset_id))
    due = [
        lot
        for lot in book.lots.values()
        if lot.account_id == account.id
        and lot.remaining
        and lot.locked_until is None
        and command.after < lot.expires_at <= command.until
    ]
    if due:
        first = min(lot.expires_at for lot in due)
        amount = sum(lot.remaining for lot in due)
        details = {"asset": str(account.asset_id), "amount": amount, "at": first.isoformat()}
        book.tell(EventKind.EXPIRY_REMINDED, situation.now, details=details)
    return Decision({"member": str(book.member.id)}, (book.close(),), book.rows)
