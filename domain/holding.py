"""Holds on a member's lots: made, captured, freed, each as part of a transfer."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.assets import Asset
from domain.burning import Use
from domain.instants import NEVER
from domain.ledger import Contra, EntryKind, Hold, Lot
from domain.posting import Cause, OpenTransfer
from domain.values import replace


def set_aside(
    transfer: OpenTransfer, asset: Asset, amount: int, order_id: UUID, until: datetime, *, cause: Cause
) -> Hold:
    """Reserve `amount` of the available balance on the lots that a debit would use, `until` an instant.

    Raises `InsufficientBalance` when the available balance is less.
    """
    for lot, part in transfer.picked(asset, amount, Use.PAYMENT):
        transfer.move(lot, remaining=-part, held=part)
    entry = transfer.post(asset, EntryKind.HOLD, available=-amount, held=amount, contra=None, cause=cause, due_at=until)
    hold = Hold(
        id=transfer.book.new_id(),
        program_id=entry.program_id,
        member_id=entry.member_id,
        account_id=entry.account_id,
        asset_id=asset.id,
        order_id=order_id,
        transfer_id=transfer.transfer.id,
        amount=amount,
        captured=0,
        released=0,
        expires_at=until,
        recorded_at=transfer.book.now,
    )
    transfer.book.holds[hold.id] = hold
    return hold


def spend_held(
    transfer: OpenTransfer, held: Hold, parts: Sequence[tuple[Lot, int]], contra: Contra, *, cause: Cause
) -> None:
    """Spend what a hold reserved on these parts of lots."""
    asset = transfer.book.program.asset_by_id(held.asset_id)
    amount = sum(part for _, part in parts)
    for lot, part in parts:
        transfer.move(lot, held=-part)
    transfer.post(asset, EntryKind.SPEND, held=-amount, contra=contra, cause=cause)
    transfer.book.holds[held.id] = replace(held, captured=held.captured + amount)


def free(transfer: OpenTransfer, held: Hold, parts: Sequence[tuple[Lot, int]]) -> None:
    """Make available again what a hold reserved on these parts of lots; what is owed is paid first.

    What is past its expiry is due since this transfer happened, and expires next.
    """
    asset, at = transfer.book.program.asset_by_id(held.asset_id), transfer.transfer.occurred_at
    available = transfer.book.account(asset).available
    amount = sum(part for _, part in parts)
    due = [max(lot.expires_at, at) for lot, _ in parts]
    transfer.post(asset, EntryKind.RELEASE, available=amount, held=-amount, contra=None, due_at=min(due, default=NEVER))
    for (lot, part), due_at in zip(parts, due, strict=True):
        freed = transfer.move(replace(lot, due_at=due_at), remaining=part, held=-part)
        transfer.pay_debt(freed, available)
        available += part
    transfer.book.holds[held.id] = replace(held, released=held.released + amount)
