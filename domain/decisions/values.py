"""Stored value: paid in."""

from domain.book import Book
from domain.decisions.situation import Decision, Situation, opened
from domain.ledger import Contra, EntryKind, TransferKind
from domain.members import MemberStatus
from domain.posting import OpenTransfer
from domain.refusals import InvalidInput, LimitReached, MemberNotActive
from domain.stored_value import TopUp
from domain.value_commands import TopUpValue


def top_up(command: TopUpValue, situation: Situation) -> Decision:
    """Return the postings: what was paid in, and what the ladder gives on top.

    Raises `MemberNotActive` or `LimitReached`, and `InvalidInput` for an asset whose fixed date is over.
    """
    book = opened(command, situation)
    check_active(book)
    asset = book.program.asset_by_id(command.asset_id)
    if ended := asset.ended(situation.now, book.program.zone):
        raise InvalidInput(f"{ended}; nothing can be paid in.", field=("asset",))
    step = book.program.top_up_step(asset.id, command.amount)
    bonus = step.bonus(command.amount)
    try:
        with book.open(TransferKind.TOP_UP, situation.now, reason=command.reason) as transfer:
            transfer.credit(asset, command.amount, EntryKind.TOP_UP, Contra.LIABILITY)
            if bonus:
                # Nobody paid it: it is given, as points are. What the program owes for money is in LIABILITY alone.
                transfer.credit(asset, bonus, EntryKind.TOP_UP, Contra.ISSUANCE, priority=asset.bonus_priority)
    except LimitReached as refusal:
        refusal.field = ("amount",)
        raise
    lot, bonus_lot = transfer.created[0], transfer.created[1] if bonus else None
    book.rows.top_ups.append(
        TopUp(
            transfer_id=transfer.transfer.id,
            program_id=book.program.id,
            member_id=book.member.id,
            asset_id=asset.id,
            lot_id=lot.id,
            amount=command.amount,
            bonus_lot_id=bonus_lot.id if bonus_lot else None,
            bonus=bonus,
            step_threshold=step.threshold,
            step_amount=step.amount,
            step_basis_points=step.basis_points,
            recorded_at=situation.now,
        )
    )
    return decided(book, transfer)


def check_active(book: Book) -> None:
    """Refuse a member who is frozen or closed."""
    status = book.member.status
    if status is not MemberStatus.ACTIVE:
        raise MemberNotActive(f"The member is {status.value.lower()}.", field=("member",), status=status.value)


def check_open(book: Book, path: tuple[str, ...]) -> None:
    """Refuse a member who left for good."""
    if book.member.status is MemberStatus.CLOSED:
        raise MemberNotActive("The member is closed.", field=path, status=book.member.status.value)


def decided(book: Book, transfer: OpenTransfer) -> Decision:
    """Return the decision whose outcome is the transfer's lines."""
    entries = [[str(entry.account_id), entry.seq] for entry in transfer.entries]
    return Decision({"member": str(book.member.id), "entries": entries}, (book.close(),), book.rows)
