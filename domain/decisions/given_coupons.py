"""The coupons that campaigns give by orders and occasions, and what a return takes back of them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from domain.book import Book
from domain.coupon_book import CouponBook
from domain.coupons import CouponChangeKind, CouponOrigin, CouponState
from domain.decisions.coupons import put
from domain.effects.base import EffectKind
from domain.having import terms_of
from domain.occasions import OccasionEffect
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


def give_coupons(book: Book, effect: OrderEffect | OccasionEffect, origin_id: UUID, *, count: int) -> None:
    """Give a member what an effect `issueCoupon` decided, of the versions of then.

    It was counted against the limits when it was decided. What cannot be read any more is not given.
    """
    coupons = CouponBook(book.rows, {}, [book], now=book.now, actor=book.actor)
    known = {version.id: version for version in book.program.templates.values()} | dict(book.versions)
    versions: Mapping[str, str] = effect.facts["versions"]  # type: ignore[assignment]  # as it was written
    bundle = next((one for key in versions.values() if (one := known.get(UUID(key))) and terms_of(one).bundle), None)
    for template, pieces in counts_of(effect).items():
        version = known.get(UUID(versions[str(template)]))
        if version is None or version is bundle:
            continue
        origin = CouponOrigin.BUNDLE if bundle else CouponOrigin.CAMPAIGN
        for _ in range(count * pieces):
            put(book, coupons, version, origin, origin_id, bundle=bundle)


def counts_of(effect: OrderEffect | OccasionEffect) -> dict[UUID, int]:
    """Return how many coupons of each template one piece of an effect `issueCoupon` is."""
    counts: Mapping[str, int] = effect.facts["counts"]  # type: ignore[assignment]  # as it was written
    return {UUID(template): pieces for template, pieces in counts.items()}
