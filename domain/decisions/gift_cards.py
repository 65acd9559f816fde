"""Gift cards: issued, claimed, taken back. A card's value lies with its bearer, a member as any other."""

from uuid import UUID

from domain.amounts import from_minor
from domain.assets import Asset
from domain.book import Book, burn_key
from domain.burning import Use
from domain.decisions.balances import moved
from domain.decisions.situation import Decision, Situation, books, opened
from domain.decisions.values import check_active, paid_in
from domain.events import EventKind
from domain.gift_cards import GiftCard, GiftCardState
from domain.gift_commands import ClaimGiftCard, IssueGiftCard, VoidGiftCard
from domain.ledger import Contra, EntryKind, Lot, TransferKind
from domain.members import Member, MemberKind, MemberState, MemberStatus, refuse_bearer
from domain.posting import OpenTransfer
from domain.refusals import (
    GiftCardNotInState,
    InsufficientBalance,
    InvalidInput,
    LimitReached,
    MemberNotActive,
    NotFound,
)
from domain.undoing import Original, given_back
from domain.values import replace

CARD = ("card",)
CODE = ("code",)


def issue(command: IssueGiftCard, situation: Situation) -> Decision:
    """Return the card, its bearer and the posting: what is paid in, without a bonus, or what the giver gives.

    Raises `InsufficientBalance`, `LimitReached` or `MemberNotActive`, and `InvalidInput` for an asset whose fixed date
    is over.
    """
    asset = situation.program.asset_by_id(command.asset_id)
    giver = opened(command, situation) if command.giver_id else None
    bearer = _bearer(command, situation, giver)
    if giver:
        check_active(giver, ("from",))
        transfer = moved(giver, bearer, asset, command.amount, reason=command.reason, path=("amount",))
    else:
        if ended := asset.ended(situation.now, situation.program.zone):
            raise InvalidInput(f"{ended}; nothing can be paid in.", field=("asset",))
        with bearer.open(TransferKind.TOP_UP, situation.now, reason=command.reason) as transfer:
            transfer.credit(asset, command.amount, EntryKind.TOP_UP, Contra.LIABILITY)
        bearer.rows.top_ups.append(paid_in(transfer))
    card = GiftCard(
        member_id=bearer.member.id,
        program_id=situation.program.id,
        code_hash=command.code_hash,
        asset_id=asset.id,
        amount=command.amount,
        giver_id=command.giver_id,
        message=command.message,
        state=GiftCardState.ISSUED,
        claimed_by_id=None,
        settled_at=None,
        transfer_id=transfer.transfer.id,
        settlement_id=None,
        recorded_at=situation.now,
    )
    states = (replace(bearer.close(), gift_card=card), *((giver.close(),) if giver else ()))
    return _decided(card, transfer, states, bearer)


def claim(command: ClaimGiftCard, situation: Situation) -> Decision:
    """Return the posting, one line in each of the two ledgers; each part of the value keeps its expiry.

    Raises `GiftCardNotInState`, `InsufficientBalance` for a card of which nothing can be had, `LimitReached` or
    `MemberNotActive`.
    """
    taker, bearer = books(command, situation)
    card, asset = _open_card(bearer, CODE)
    refuse_bearer(taker.member.kind, ("member",))
    check_active(taker)
    transfer = moved(bearer, taker, asset, _left(bearer, card, asset, CODE), path=CODE)
    settled = replace(card, state=GiftCardState.CLAIMED, claimed_by_id=taker.member.id)
    return _settled(settled, transfer, bearer, taker)


def void(command: VoidGiftCard, situation: Situation) -> Decision:
    """Return the posting: what is left goes back to the lots of who gave it, or is paid back if it was paid in.

    A debt of the giver is paid first.

    Raises `GiftCardNotInState`, `InsufficientBalance` for a card of which nothing can be had, `LimitReached`, and
    `MemberNotActive` for a giver who is closed.
    """
    bearer, *givers = books(command, situation)
    card, asset = _open_card(bearer, CARD)
    left = _left(bearer, card, asset, CARD)
    settled = replace(card, state=GiftCardState.VOID)
    for giver in givers:
        status = giver.member.status
        if status is MemberStatus.CLOSED:  # one who is frozen is given back what was theirs, as by a return
            raise MemberNotActive("The giver is closed, and nothing can go back.", field=CARD, status=status.value)
        assert situation.original, "a card that a member gave has the transfer that issued it"
        transfer = _put_back(situation.original, bearer, giver, asset, left, reason=command.reason)
        return _settled(settled, transfer, bearer, giver)
    kind, now = TransferKind.REFUND, situation.now
    with bearer.open(kind, now, reason=command.reason, original_id=card.transfer_id) as transfer:
        transfer.debit(asset, left, EntryKind.REFUND, Contra.LIABILITY, use=Use.MOVEMENT)
    return _settled(settled, transfer, bearer)


def _bearer(command: IssueGiftCard, situation: Situation, giver: Book | None) -> Book:
    """Return the book of a new bearer, who stands on no ladder: nobody buys with a card before it is claimed."""
    program, now = situation.program, situation.now
    member = Member(
        id=command.bearer_id,
        program_id=program.id,
        number=command.number,
        name=None,
        phone=None,
        email=None,
        birthday=None,
        status=MemberStatus.ACTIVE,
        channel=None,
        store=None,
        referred_by_id=None,
        position=0,
        enrolled_at=now,
        recorded_at=now,
        kind=MemberKind.GIFT_CARD,
    )
    rows = giver.rows if giver else None
    book = Book(program, MemberState(member), now=now, actor=command.actor, new_id=situation.new_id, rows=rows)
    book.tell(EventKind.MEMBER_ENROLLED, now)
    return book


def _open_card(bearer: Book, path: tuple[str, ...]) -> tuple[GiftCard, Asset]:
    card = bearer.before.gift_card
    if card is None:
        raise NotFound("There is no such gift card.", field=path)
    if card.state is not GiftCardState.ISSUED:
        what = "claimed" if card.state is GiftCardState.CLAIMED else "taken back"
        raise GiftCardNotInState(f"The gift card was {what} before.", field=path, state=card.state.value)
    return card, bearer.program.asset_by_id(card.asset_id)


def _left(bearer: Book, card: GiftCard, asset: Asset, path: tuple[str, ...]) -> int:
    """Return what is left of a card. Raises `InsufficientBalance` when that is nothing, or nothing yet."""
    account = bearer.account(asset)
    if account.available > 0:
        return account.available
    amount = f"{asset.spelled(card.amount)} {asset.code}"
    if account.pending:
        message = f"The {amount} of the gift card are pending until {account.next_due_at:%Y-%m-%dT%H:%M:%SZ}."
    else:
        message = f"Nothing is left of the {amount} of the gift card: they expired."
    available, required = from_minor(0, asset.scale), from_minor(card.amount, asset.scale)
    raise InsufficientBalance(message, field=path, available=available, required=required)


def _put_back(
    original: Original, bearer: Book, giver: Book, asset: Asset, amount: int, *, reason: str | None
) -> OpenTransfer:
    """Move what is left of a card back to the very lots from which it came, less what pays the giver's debt.

    Nothing is left of what came from a lot that has expired since: it expired at the bearer at the same instant.
    """
    sources, kind = _sources(original, bearer, giver), TransferKind.TRANSFER
    owed = min(max(-giver.account(asset).available, 0), amount)
    try:
        with bearer.open(kind, bearer.now, reason=reason, original_id=original.transfer.id) as transfer:
            transfer.debit(asset, amount, EntryKind.TRANSFER, Contra.CLEARING, use=Use.MOVEMENT)
            left = [(sources[move.lot_id], -move.remaining) for move in transfer.moves]
            parts = given_back(left, 0, amount - owed)
            transfer.into(giver).restore(asset, amount, parts, EntryKind.TRANSFER, Contra.CLEARING)
    except LimitReached as refusal:
        refusal.field = CARD
        raise
    return transfer


def _sources(original: Original, bearer: Book, giver: Book) -> dict[UUID, Lot]:
    """Return the giver's lot from which each lot of the bearer came, by the id of the bearer's.

    The issue made one for each from which it took, in burn order, with the same priority and expiry and so in the same
    order.
    """
    taken = sorted((giver.lots[move.lot_id] for move in original.moves), key=burn_key)
    made = sorted((lot for lot in bearer.lots.values() if lot.transfer_id == original.transfer.id), key=burn_key)
    return {own.id: source for own, source in zip(made, taken, strict=True)}


def _settled(card: GiftCard, transfer: OpenTransfer, bearer: Book, taker: Book | None = None) -> Decision:
    """Return the decision that ends a card: its bearer has nothing any more, and is closed."""
    card = replace(card, settled_at=bearer.now, settlement_id=transfer.transfer.id)
    bearer.member = replace(bearer.member, status=MemberStatus.CLOSED)
    bearer.tell(EventKind.MEMBER_AMENDED, bearer.now, details={"fields": ["status"]})
    states = (replace(bearer.close(), gift_card=card), *((taker.close(),) if taker else ()))
    return _decided(card, transfer, states, bearer)


def _decided(card: GiftCard, transfer: OpenTransfer, states: tuple[MemberState, ...], book: Book) -> Decision:
    entries = [[str(entry.account_id), entry.seq] for entry in transfer.entries]
    owner: UUID = transfer.transfer.member_id
    return Decision({"card": str(card.member_id), "member": str(owner), "entries": entries}, states, book.rows)
