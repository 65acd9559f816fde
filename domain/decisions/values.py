"""Stored value: paid in, and paid back."""

from domain.amounts import from_minor
from domain.assets import Asset
from domain.book import Book
from domain.decisions.situation import Decision, Situation, opened
from domain.ledger import Contra, EntryKind, Lot, TransferKind
from domain.members import MemberStatus
from domain.posting import OpenTransfer
from domain.refusals import InsufficientBalance, InvalidInput, LimitReached, MemberNotActive, NotFound
from domain.stored_value import NO_STEP, TopUp, TopUpStep
from domain.undoing import Original
from domain.value_commands import RefundTopUp, TopUpValue


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
    book.rows.top_ups.append(paid_in(transfer, step))
    return decided(book, transfer)


def paid_in(transfer: OpenTransfer, step: TopUpStep = NO_STEP) -> TopUp:
    """Return what a transfer paid in: its first lot; the second, if there is one, is the bonus by `step`."""
    lot, bonus_lot = transfer.created[0], transfer.created[1] if len(transfer.created) > 1 else None
    return TopUp(
        transfer_id=transfer.transfer.id,
        program_id=lot.program_id,
        member_id=lot.member_id,
        asset_id=lot.asset_id,
        lot_id=lot.id,
        amount=lot.amount,
        bonus_lot_id=bonus_lot.id if bonus_lot else None,
        bonus=bonus_lot.amount if bonus_lot else 0,
        step_threshold=step.threshold,
        step_amount=step.amount,
        step_basis_points=step.basis_points,
        recorded_at=lot.recorded_at,
    )


def refund(command: RefundTopUp, situation: Situation) -> Decision:
    """Return the postings: principal that is paid back, and the bonus that is taken back with it.

    The bonus goes in proportion: after refunds of so much in all, as much of it as belongs to that, rounded down. What
    of it is not there, because it was used, given away or is reserved, is kept of what would be paid back: else bonus
    could be used and the money for it taken out again. Raises `InsufficientBalance` or `NotFound`.
    """
    book = opened(command, situation)
    original = situation.original
    if original is None or original.top_up is None or original.transfer.member_id != book.member.id:
        raise NotFound("There is no such top-up.", field=("topUp",))
    asset, made = book.program.asset_by_id(command.asset_id), original.top_up
    lot = book.lots[made.lot_id]
    left = _usable(lot)
    amount = left if command.amount is None else command.amount
    if not left or amount > left:
        paid = f"{asset.spelled(made.amount)} {asset.code}"
        needed = made.amount if command.amount is None else amount
        raise InsufficientBalance(
            f"Of {paid} paid in, {_left(asset, lot)}; {asset.spelled(needed)} are needed.",
            field=("topUp",) if command.amount is None else ("amount",),
            available=from_minor(left, asset.scale),
            required=from_minor(needed, asset.scale),
        )
    bonus, kept = _bonus(book, original, made, amount)
    if kept >= amount:
        used = f"{asset.spelled(kept)} {asset.code} of the bonus that belongs to it were used or are reserved"
        raise InsufficientBalance(
            f"{used}, and are kept: nothing would be paid back of {asset.spelled(amount)}.",
            field=("topUp",) if command.amount is None else ("amount",),
            available=from_minor(0, asset.scale),
            required=from_minor(amount, asset.scale),
        )
    kind, reason = TransferKind.REFUND, command.reason
    with book.open(kind, situation.now, reason=reason, original_id=original.transfer.id) as transfer:
        transfer.take(lot, amount)
        transfer.post(asset, EntryKind.REFUND, available=kept - amount, contra=Contra.LIABILITY)
        if kept:
            transfer.post(asset, EntryKind.REFUND, available=-kept, contra=Contra.REDEMPTION)
        if bonus:
            assert made.bonus_lot_id is not None, "what was given on top is in a lot"
            transfer.take(book.lots[made.bonus_lot_id], bonus)
            transfer.post(asset, EntryKind.REFUND, available=-bonus, contra=Contra.ISSUANCE)
    return decided(book, transfer)


def _bonus(book: Book, original: Original, made: TopUp, amount: int) -> tuple[int, int]:
    """Return how much bonus goes with a refund of `amount`, and how much is kept for bonus that is not there.

    Each refund settles the bonus that belongs to it, so what was settled before follows from what was refunded.
    """
    if made.bonus_lot_id is None:
        return 0, 0
    refunded = original.refunded.get(made.lot_id, 0)
    due = made.bonus_share(refunded + amount) - made.bonus_share(refunded)
    bonus = min(due, _usable(book.lots[made.bonus_lot_id]))
    return bonus, due - bonus


def _left(asset: Asset, lot: Lot) -> str:
    """Return what is left of a lot in words, and how much of it cannot be paid back now."""
    stuck = [f"{asset.spelled(lot.held)} are reserved"] if lot.held else []
    if lot.locked_until is not None and lot.remaining:
        stuck.append(f"{asset.spelled(lot.remaining)} are pending")
    return ", of it ".join([f"{asset.spelled(lot.remaining + lot.held)} are left", *stuck])


def _usable(lot: Lot) -> int:
    return lot.remaining if lot.locked_until is None else 0


def check_active(book: Book, path: tuple[str, ...] = ("member",), who: str = "member") -> None:
    """Refuse a member who is frozen or closed; the message calls them `who`, the field is `path`."""
    status = book.member.status
    if status is not MemberStatus.ACTIVE:
        raise MemberNotActive(f"The {who} is {status.value.lower()}.", field=path, status=status.value)


def decided(book: Book, transfer: OpenTransfer, *others: Book) -> Decision:
    """Return the decision whose outcome is the transfer's lines; `others` are the books of whom else it locked."""
    entries = [[str(entry.account_id), entry.seq] for entry in transfer.entries]
    states = (book.close(), *(other.close() for other in others))
    return Decision({"member": str(book.member.id), "entries": entries}, states, book.rows)
