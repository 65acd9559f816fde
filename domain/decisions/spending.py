"""Balances: used outside an order, given back, converted."""

from domain.agents import Drawing
from domain.amounts import from_minor
from domain.decisions.segments import follow_up
from domain.decisions.situation import Decision, Situation, books, opened
from domain.decisions.values import check_active, decided
from domain.ledger import Contra, EntryKind, TransferKind
from domain.refusals import AlreadyReturned, InsufficientBalance, InvalidInput, LimitReached, NotAgent, NotFound
from domain.undoing import given_back
from domain.value_commands import ConvertBalance, SpendBalance, UndoSpend


def spend(command: SpendBalance, situation: Situation) -> Decision:
    """Return the posting. Raises `InsufficientBalance`, `MemberNotActive`, `NotAgent` or `LimitReached`."""
    book, *agents = books(command, situation)
    check_active(book)
    asset = book.program.asset_by_id(command.asset_id)
    drawing = None
    for agent in agents:
        check_active(agent, ("agent",), "agent")
        drawing = Drawing.of(agent.member.id, situation.now, book.program.zone)
    try:
        if drawing:
            book.authorise(drawing, asset, command.amount)
        with book.open(TransferKind.SPEND, situation.now, reason=command.reason, drawing=drawing) as transfer:
            transfer.debit(asset, command.amount, EntryKind.SPEND, Contra.REDEMPTION)
    except (InsufficientBalance, NotAgent, LimitReached) as refusal:
        refusal.field = ("amount",) if isinstance(refusal, InsufficientBalance) else ("agent",)
        raise
    return decided(book, transfer, *agents)


def undo(command: UndoSpend, situation: Situation) -> Decision:
    """Return the posting, which gives back to the lots that were used, and to new ones for those that expired since.

    What is owed is paid first, and stays taken from the lots as if it were still used: so the lots are the same in
    however many steps it is done.

    Raises `AlreadyReturned`, `InvalidInput` for more than was spent, `MemberNotActive`, `LimitReached` or `NotFound`.
    """
    book = opened(command, situation)
    original = situation.original
    if (
        original is None
        or original.transfer.kind is not TransferKind.SPEND
        or any(move.lot_id not in book.lots for move in original.moves)
    ):
        raise NotFound("There is no such line.", field=("entry",))
    drawing = None
    if (agent_id := original.transfer.member_id) != book.member.id:
        drawing = Drawing.of(agent_id, original.transfer.recorded_at, book.program.zone)
    asset = book.program.asset_by_id(command.asset_id)
    spent = -sum(move.remaining for move in original.moves)
    left = spent - original.returned
    amount = left if command.amount is None else command.amount
    if amount > spent:
        raise InvalidInput(f"{asset.spelled(spent)} {asset.code} were spent, and no more.", field=("amount",))
    if not left or amount > left:
        asked = f"; {asset.spelled(amount)} are asked for" if command.amount is not None else ""
        raise AlreadyReturned(
            f"Of {asset.spelled(spent)} {asset.code} spent, {asset.spelled(original.returned)} were given back before; "
            f"{asset.spelled(left)} are left{asked}.",
            field=("entry",) if command.amount is None else ("amount",),
            left=from_minor(left, asset.scale),
        )
    uses = [(book.lots[move.lot_id], -move.remaining) for move in original.moves]
    owed = min(max(-book.account(asset).available, 0), amount)
    parts = given_back(uses, original.returned - original.repaid, amount - owed)
    kind, reason = TransferKind.SPEND_UNDO, command.reason
    try:
        original_id = original.transfer.id
        with book.open(kind, situation.now, reason=reason, original_id=original_id, drawing=drawing) as transfer:
            transfer.restore(asset, amount, parts, EntryKind.RETURN, Contra.REDEMPTION)
    except LimitReached as refusal:
        refusal.field = ("amount",)
        raise
    return decided(book, transfer)


def convert(command: ConvertBalance, situation: Situation) -> Decision:
    """Return the posting, a line in each of the two accounts; it may raise a tier.

    What is credited begins anew, by the terms of its asset. Raises `InsufficientBalance`, `LimitReached`,
    `MemberNotActive`, and `InvalidInput` for an amount that is no step or an asset whose fixed date is over.
    """
    book = opened(command, situation)
    check_active(book)
    source, target = (book.program.asset_by_id(asset_id) for asset_id in (command.from_id, command.to_id))
    if ended := target.ended(situation.now, book.program.zone):
        raise InvalidInput(f"{ended}; nothing can be added.", field=("to",))
    rate = book.program.conversion(source, target)
    gained = rate.gain(source, command.amount)
    # The rate may be another one day: the line says at which it was.
    why = (
        f"{source.spelled(command.amount)} {source.code} became {target.spelled(gained)} {target.code}, at "
        f"{source.spelled(rate.from_amount)} for {target.spelled(rate.to_amount)}."
    )
    try:
        with book.open(TransferKind.CONVERSION, situation.now, reason=why) as transfer:
            transfer.debit(source, command.amount, EntryKind.CONVERT, Contra.CLEARING)
            transfer.credit(target, gained, EntryKind.CONVERT, Contra.CLEARING)
    except (InsufficientBalance, LimitReached) as refusal:
        refusal.field = ("amount",)
        raise
    follow_up(book, situation.now)
    return decided(book, transfer)
