"""The coupons that campaigns give by orders and occasions, and what a return takes back of them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from domain.book import Book
from domain.coupon_book import CouponBook
from domain.coupons import CouponChangeKind, CouponOrigin, CouponState
from domain.decisions.coupons import give
from domain.effects.base import EffectKind
from domain.orders import OrderEffect


def take_back(effects: Sequence[OrderEffect], amounts: Mapping[int, int], order_id: UUID, coupons: CouponBook) -> None:
    """Make void what an order gave of coupons and its member has unused: so many of each effect, by its ordinal."""
    wanted: dict[UUID, int] = {}
    for effect in effects:
        if effect.kind == EffectKind.ISSUE_COUPON:
            for template, pieces in counts_of(effect).items():
                wanted[template] = wanted.get(template, 0) + pieces * amounts.get(effect.ordinal, 0)
    for template, count in wanted.items():
        free = [
            coupon
            for coupon in coupons.given_by(order_id)
            if coupon.campaign_id == template
            and coupon.state is CouponState.ISSUED
            and coupon.member_id in coupons.books  # whoever was given one since is not here, and keeps it
        ]
        for coupon in free[:count]:
            coupons.change(coupon.id, CouponChangeKind.VOIDED, state=CouponState.VOID, of_order=order_id)


def give_coupons(book: Book, effect: OrderEffect | object, origin_id: UUID, *, count: int) -> None:
    """Give a member what an effect `issueCoupon` decided. It was counted against the limits when that was decided.

    Of a template that was stopped since nothing is given any more.
    """
    facts: Mapping[str, object] = effect.facts  # type: ignore[union-attr]  # of an order or of an occasion
    version = book.program.template(str(facts["template"]))
    if version is None:
        return
    coupons = CouponBook(book.rows, {}, [book], now=book.now, actor=book.actor)
    for _ in range(count):
        give(book, coupons, version, CouponOrigin.CAMPAIGN, origin_id, counts=False)


def counts_of(effect: OrderEffect) -> dict[UUID, int]:
    """Return how many coupons of each template one piece of an effect `issueCoupon` is."""
    counts: Mapping[str, int] = effect.facts["counts"]  # type: ignore[assignment]  # as it was written
    return {UUID(template): pieces for template, pieces in counts.items()}
