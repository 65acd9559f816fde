"""The life of coupons outside orders: issued, claimed, given away, extended, void, expired."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.book import Book, Rows
from domain.coupon_book import NOT_SEALED, CouponBook
from domain.coupon_commands import CouponCommand, ExpireCoupons, ExtendCoupon, GiftCoupon, IssueCoupons, TakeCoupon
from domain.coupon_commands import VoidCoupon as Void
from domain.coupons import Coupon, CouponChangeKind, CouponOrigin, CouponState
from domain.decisions.situation import Decision, Situation, books, coupon_book, opened
from domain.decisions.values import check_active
from domain.having import TAKING, available, count_had, parts_of, terms_of
from domain.instants import MICROSECOND, NEVER
from domain.ledger import Contra, Entry, EntryKind, TransferKind
from domain.program import CampaignVersion
from domain.refusals import (
    CouponNotAvailable,
    CouponNotInState,
    InsufficientBalance,
    InvalidInput,
    NotFound,
)

COUPON = ("coupon",)
OVER = {CouponState.USED: "used", CouponState.HELD: "held by an order", CouponState.VOID: "void"}


def issue(command: IssueCoupons, situation: Situation) -> Decision:
    """Return the coupons that a member gets, and what is paid for them.

    Raises `CouponNotAvailable`, `LimitReached`, `InsufficientBalance`, `MemberNotActive` or `NotFound`.
    """
    book = opened(command, situation)
    check_active(book)
    version = available(book.program, command.campaign_id, situation.now)
    terms = terms_of(version)
    origin, origin_id = command.origin, None
    paid: Sequence[Entry] = ()
    if origin is CouponOrigin.CLAIM:
        if not terms.claimable:
            message = f"{version.name} is given by the shop, and not claimed."
            raise CouponNotAvailable(message, field=("template",), reason="NOT_CLAIMABLE")
        asked = (terms.price.asset_id, terms.price.amount) if terms.price else None
        if asked != command.price:
            message = f"The price of {version.name} has changed meanwhile."
            raise CouponNotAvailable(message, field=("template",), reason="PRICE_CHANGED")
        if terms.price:
            asset = book.program.asset_by_id(terms.price.asset_id)
            try:
                with book.open(TransferKind.PURCHASE, situation.now, reason=version.label) as transfer:
                    transfer.debit(asset, terms.price.amount, EntryKind.SPEND, Contra.REDEMPTION)
            except InsufficientBalance as refusal:
                refusal.field = ("template",)
                raise
            origin, origin_id, paid = CouponOrigin.PURCHASE, transfer.transfer.id, transfer.entries
    coupons = coupon_book(command, situation, [book])
    ids = []
    for coupon_id in command.coupon_ids:
        ids += _give(book, coupons, version, origin, origin_id, coupon_id, command.reason)
    return _decided(ids, book, paid=paid)


def _give(  # noqa: PLR0917  (each has a type of its own)
    book: Book,
    coupons: CouponBook,
    version: CampaignVersion,
    origin: CouponOrigin,
    origin_id: UUID | None,
    coupon_id: UUID,
    reason: str | None,
) -> list[UUID]:
    """Give the member of a book one of a template, of a bundle all its parts; return the ids of the coupons.

    Raises `LimitReached` or `CouponNotAvailable`.
    """
    bundle = version if terms_of(version).bundle else None
    count_had(book.usages, book.program, version, book.member.id, book.now)
    if bundle is None:
        return [put(book, coupons, version, origin, origin_id, coupon_id=coupon_id, reason=reason)]
    ids = []
    for part in parts_of(book.program, version, book.now):
        count_had(book.usages, book.program, part, book.member.id, book.now)
        of = origin_id or coupon_id
        ids.append(put(book, coupons, part, CouponOrigin.BUNDLE, of, bundle=bundle, reason=reason))
    return ids


def put(
    book: Book,
    coupons: CouponBook,
    version: CampaignVersion,
    origin: CouponOrigin,
    origin_id: UUID | None,
    *,
    coupon_id: UUID | None = None,
    bundle: CampaignVersion | None = None,
    reason: str | None = None,
) -> UUID:
    """Put a new coupon of a version into the wallet of a book's member, as a part of a bundle if it is one."""
    valid_from, expires_at = terms_of(version).validity.window(book.now, book.program.zone)
    coupon = Coupon(
        id=coupon_id or book.new_id(),
        program_id=book.program.id,
        campaign_id=version.campaign_id,
        version_id=version.id,
        member_id=book.member.id,
        code_hash=NOT_SEALED,
        origin=origin,
        origin_id=origin_id,
        state=CouponState.ISSUED,
        order_id=None,
        held_until=None,
        # One that was promised by a hold may be over when it is captured: it was good until then.
        valid_from=min(valid_from, expires_at - MICROSECOND),
        expires_at=expires_at,
        changes=0,
        recorded_at=book.now,
    )
    coupons.add(coupon, CouponChangeKind.ISSUED, reason=reason, bundle=bundle.id if bundle else None)
    return coupon.id


def take(command: TakeCoupon, situation: Situation) -> Decision:
    """Return the code that nobody had in the wallet of a member; it is good as one that is had now.

    Raises `CouponNotInState`, `LimitReached`, `MemberNotActive` or `NotFound`.
    """
    book = opened(command, situation)
    check_active(book)
    coupons = coupon_book(command, situation, [book])
    coupon = _found(command, coupons, ("code",))
    if coupon.member_id is not None or coupon.state is not CouponState.ISSUED:
        raise NotFound("There is no such code.", field=("code",))
    taken(book, coupons, coupon, _version(situation, coupon), path=("code",))
    return _decided([coupon.id], book)


def taken(
    book: Book, coupons: CouponBook, coupon: Coupon, version: CampaignVersion, *, path: tuple[str, ...]
) -> Coupon:
    """Let a member have a code that nobody had. Raises `LimitReached`."""
    count_had(book.usages, book.program, version, book.member.id, book.now, names=TAKING, path=path)
    validity = terms_of(version).validity
    valid_from, expires_at = validity.window(book.now, book.program.zone)
    if validity.fixed_from is not None or validity.fixed_until is not None:
        valid_from, expires_at = max(coupon.valid_from, book.now), coupon.expires_at  # as it may have been extended
    return coupons.change(
        coupon.id,
        CouponChangeKind.CLAIMED,
        member_id=book.member.id,
        valid_from=valid_from,
        expires_at=expires_at,
    )


def gift(command: GiftCoupon, situation: Situation) -> Decision:
    """Return a coupon in the wallet of another member; its expiry stays.

    Raises `CouponNotInState`, `CouponNotAvailable`, `InvalidInput`, `MemberNotActive` or `NotFound`.
    """
    giver, taker = books(command, situation)
    check_active(giver, COUPON)
    check_active(taker, ("to",))
    coupons = coupon_book(command, situation, [giver, taker])
    coupon = _issued(_owned(command, coupons))
    if not terms_of(_version(situation, coupon)).transferable:
        message = "Coupons of this template stay with their member."
        raise CouponNotAvailable(message, field=COUPON, reason="NOT_TRANSFERABLE")
    coupons.change(coupon.id, CouponChangeKind.GIFTED, member_id=taker.member.id)
    return _decided([coupon.id], giver, taker)


def void(command: Void, situation: Situation) -> Decision:
    """Return a coupon that is void. Raises `CouponNotInState` or `NotFound`."""
    owners = books(command, situation)
    coupons = coupon_book(command, situation, owners, Rows())
    coupon = _owned(command, coupons)
    if coupon.state in OVER:
        raise _not_in_state(coupon)
    coupons.change(coupon.id, CouponChangeKind.VOIDED, state=CouponState.VOID, reason=command.reason)
    return _decided([coupon.id], *owners, coupons=coupons)


def extend(command: ExtendCoupon, situation: Situation) -> Decision:
    """Return a coupon that is good until another instant. Raises `CouponNotInState`, `InvalidInput` or `NotFound`."""
    owners = books(command, situation)
    coupons = coupon_book(command, situation, owners, Rows())
    coupon = _owned(command, coupons)
    if coupon.state in OVER:
        raise _not_in_state(coupon)
    until = command.until
    if not max(situation.now, coupon.valid_from) < until <= NEVER or until <= coupon.expires_at:
        raise InvalidInput(
            f"The coupon is good {_spelled(coupon.expires_at)}; `until` is later than that, and than now.",
            field=("until",),
        )
    coupons.change(
        coupon.id, CouponChangeKind.EXTENDED, state=CouponState.ISSUED, expires_at=until, reason=command.reason
    )
    return _decided([coupon.id], *owners, coupons=coupons)


def expire(command: ExpireCoupons, situation: Situation) -> Decision:
    """Return what time did to coupons. Of one that changed hands meanwhile nothing is said."""
    owners = books(command, situation)
    coupons = coupon_book(command, situation, owners, Rows())
    for coupon_id in command.coupon_ids:
        coupon = coupons.get(coupon_id)
        if coupon is not None and coupon.member_id == command.member_id:
            coupons.settle(coupon_id)
    return _decided([], *owners, coupons=coupons)


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _version(situation: Situation, coupon: Coupon) -> CampaignVersion:
    """Return what holds for a coupon. Raises `CouponNotAvailable` when it cannot be read any more."""
    version = situation.versions.get(coupon.version_id)
    if version is None:
        message = "What the coupon says names what the program does not have any more."
        raise CouponNotAvailable(message, field=COUPON, reason="NOT_PUBLISHED")
    return version


def _found(command: CouponCommand, coupons: CouponBook, path: tuple[str, ...]) -> Coupon:
    coupon = coupons.get(command.coupon_id)
    if coupon is None or coupon.program_id != command.program_id:
        raise NotFound("There is no such coupon.", field=path)
    return coupon


def _owned(command: CouponCommand, coupons: CouponBook) -> Coupon:
    """Return the coupon, which must be whose it was when the command was made. Raises `NotFound`."""
    coupon = _found(command, coupons, COUPON)
    if coupon.member_id != command.owner_id:
        raise NotFound("The coupon has changed hands just now.", field=COUPON)
    return coupon


def _issued(coupon: Coupon) -> Coupon:
    if coupon.state is not CouponState.ISSUED:
        raise _not_in_state(coupon)
    return coupon


def _not_in_state(coupon: Coupon) -> CouponNotInState:
    what = OVER.get(coupon.state, "expired")
    return CouponNotInState(f"The coupon is {what}.", field=COUPON, state=coupon.state.value, coupon_id=str(coupon.id))


def _spelled(instant: datetime) -> str:
    return "for ever" if instant >= NEVER else f"until {instant:%Y-%m-%d %H:%M} UTC"


def _decided(
    ids: Sequence[UUID], *opened_books: Book, coupons: CouponBook | None = None, paid: Sequence[Entry] = ()
) -> Decision:
    rows = opened_books[0].rows if opened_books else coupons.rows if coupons else Rows()
    member = {"member": str(opened_books[-1].member.id)} if opened_books else {}
    entries = {"entries": [[str(entry.account_id), entry.seq] for entry in paid]} if paid else {}
    outcome = {"coupons": [str(one) for one in ids], **member, **entries}
    return Decision(outcome, tuple(book.close() for book in opened_books), rows)
