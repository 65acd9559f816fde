"""What orders do with coupons: which they may use, and holding, using, releasing, returning and giving them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.book import Book
from domain.commands import CommitOrder
from domain.coupon_book import NOT_SEALED, CouponBook
from domain.coupons import (
    NO_COUPONS,
    Coupon,
    CouponChangeKind,
    CouponOffer,
    CouponOffers,
    CouponOrigin,
    CouponState,
    NamedCoupon,
    UsedCoupon,
)
from domain.decisions.coupons import taken
from domain.decisions.situation import Situation
from domain.effects.base import DISCOUNTS
from domain.evaluation import Evaluation
from domain.explanation import NotAppliedReason
from domain.having import terms_of
from domain.instants import NEVER, end_of_day, local_day, plus_days
from domain.orders import Order, OrderEffect
from domain.program import CampaignVersion
from domain.refusals import CouponNotUsable, HoldExpired
from domain.windows import clock_text

NOT_USABLE = "NOT_USABLE"
"""The one reason for codes that are unknown, used, expired or another's: they are not told apart."""


def named_path(place: int) -> tuple[str, ...]:
    """Return the path of a code of an order."""
    return ("order", "couponCodes", str(place))


def not_usable(code: str, place: int) -> CouponNotUsable:
    """Return the refusal of a code of which no more is said."""
    return CouponNotUsable(
        "The code cannot be used.", field=named_path(place), coupon_code=code, reason=NOT_USABLE, remedy=None
    )


# ── before the evaluation ────────────────────────────────────────────────────────────────────────────────────────────


def offers_of(command: CommitOrder, situation: Situation, coupons: CouponBook) -> CouponOffers:
    """Return the coupons that an order may use: those that it names, or all of its member's. Raises `CouponNotUsable`.

    Of a code that nobody has yet the member counts as having it from now on.
    """
    member_id, at = command.content.member_id, command.content.occurred_at or situation.now
    if command.named:
        numbered = enumerate(command.named)
        return CouponOffers([_named(one, place, situation, coupons, member_id, at) for place, one in numbered])
    if not command.chooses or member_id is None:
        return NO_COUPONS
    found = [
        CouponOffer(coupon.id, version, coupon.expires_at)
        for coupon in coupons.of_member(member_id)
        if coupon.valid_from <= at and (version := situation.versions.get(coupon.version_id)) is not None
    ]
    return CouponOffers(found, is_choice=True, is_cut=situation.is_cut)


def _named(  # noqa: PLR0917  (each has a type of its own)
    one: NamedCoupon,
    place: int,
    situation: Situation,
    coupons: CouponBook,
    member_id: UUID | None,
    occurred_at: datetime,
) -> CouponOffer:
    now, zone = situation.now, situation.program.zone
    if one.is_shared:
        version = situation.program.templates.get(one.campaign_id)
        if version is None or terms_of(version).shared_code is None or version.ends_at <= now:
            raise not_usable(one.code, place)
        if version.starts_at > now:
            raise _too_early(one.code, place, version.starts_at, zone)
        return CouponOffer(one.coupon_id, version, NEVER, is_new=True)
    coupon = coupons.get(one.coupon_id)
    version = situation.versions.get(coupon.version_id) if coupon else None
    if coupon is None or version is None or coupon.state is not CouponState.ISSUED:
        raise not_usable(one.code, place)
    if coupon.member_id is not None and coupon.member_id != member_id:
        raise not_usable(one.code, place)
    is_taken = coupon.member_id is None and member_id is not None
    starts_at = coupon.valid_from
    if is_taken and terms_of(version).validity.after_days:
        starts_at = terms_of(version).validity.window(now, zone)[0]
    if starts_at > min(now, occurred_at):
        raise _too_early(one.code, place, starts_at, zone)
    return CouponOffer(coupon.id, version, coupon.expires_at, is_taken=is_taken)


def _too_early(code: str, place: int, starts_at: datetime, zone: ZoneInfo) -> CouponNotUsable:
    start = clock_text(starts_at, zone)
    return CouponNotUsable(
        f"The coupon may be used from {start} on.",
        field=named_path(place),
        coupon_code=code,
        reason=NotAppliedReason.OUTSIDE_WINDOW.value,
        remedy=f"Order on or after {start}.",
    )


def check_applied(command: CommitOrder, evaluation: Evaluation) -> None:
    """Refuse an order whose named coupons do not all apply: who pays has been told what it costs with them.

    One that has nothing to take off is left unused, and costs nobody anything. Raises `CouponNotUsable`.
    """
    if not command.insists:
        return
    used = {one.coupon_id for one in evaluation.coupons}
    reasons = {reason.coupon_id: reason for reason in evaluation.not_applied if reason.coupon_id is not None}
    for place, one in enumerate(command.named):
        reason = reasons.get(one.coupon_id)
        if one.coupon_id in used or reason is None or reason.reason is NotAppliedReason.NOTHING_TO_GIVE:
            continue
        raise CouponNotUsable(
            reason.message,
            field=named_path(place),
            coupon_code=one.code,
            reason=reason.reason.value,
            remedy=reason.remedy,
        )


# ── holding and using ────────────────────────────────────────────────────────────────────────────────────────────────


def reserve(
    order: Order, used: Iterable[UsedCoupon], situation: Situation, coupons: CouponBook, buyer: Book | None
) -> None:
    """Let an order hold its coupons, or use them if it is committed. Raises `LimitReached`."""
    is_held = order.held_until is not None
    kind = CouponChangeKind.HELD if is_held else CouponChangeKind.USED
    now_is: dict[str, Any] = {
        "state": CouponState.HELD if is_held else CouponState.USED,
        "order_id": order.id,
        "held_until": order.held_until,
    }
    for one in used:
        if one.is_new:
            coupons.add(_of_shared_code(one, order, now_is), kind)
            continue
        coupon = coupons.get(one.coupon_id)
        assert coupon is not None, "what was offered was loaded"
        if coupon.member_id is None and buyer is not None:
            taken(buyer, coupons, coupon, situation.versions[coupon.version_id], path=("order", "couponCodes"))
        coupons.change(one.coupon_id, kind, **now_is)


def _of_shared_code(one: UsedCoupon, order: Order, now_is: Mapping[str, Any]) -> Coupon:
    return Coupon(
        id=one.coupon_id,
        program_id=order.program_id,
        campaign_id=one.version.campaign_id,
        version_id=one.version.id,
        member_id=order.member_id,
        code_hash=NOT_SEALED,
        origin=CouponOrigin.SHARED_CODE,
        origin_id=order.id,
        valid_from=order.recorded_at,
        expires_at=NEVER,
        changes=0,
        recorded_at=order.recorded_at,
        **now_is,
    )


def capture(order: Order, effects: Sequence[OrderEffect], coupons: CouponBook) -> None:
    """Use the coupons that a held order reserved; one of which nothing is left by what was captured is free again.

    `effects` are those that were decided, with what they come to now. Raises `HoldExpired` for one that the hold let go
    and that is not there any more.
    """
    held = {coupon.id for coupon in coupons.of_order(order.id)}
    for coupon_id, own in by_coupon(effects).items():
        if not any(effect.amount for effect in own):
            coupon = coupons.settle(coupon_id) if coupon_id in held else None
            if coupon is not None and coupon.state is CouponState.HELD and coupon.order_id == order.id:
                release(coupon, coupons, order.id)
            continue
        coupon = coupons.get(coupon_id)
        if coupon is None or not _is_there(coupon, order):
            raise HoldExpired(
                "The hold has run out, and a coupon that it held is not there any more.",
                field=("order",),
                asset=None,
                available=0,
                required=1,
            )
        coupons.change(coupon_id, CouponChangeKind.USED, state=CouponState.USED, order_id=order.id, held_until=None)


def _is_there(coupon: Coupon, order: Order) -> bool:
    """Whether an order holds a coupon, or could take it again."""
    if coupon.state is CouponState.HELD:
        return coupon.order_id == order.id
    free = CouponState.VOID if coupon.origin is CouponOrigin.SHARED_CODE else CouponState.ISSUED
    return coupon.state is free and coupon.member_id in {None, order.member_id}


def release(coupon: Coupon, coupons: CouponBook, order_id: UUID) -> None:
    """Let go of a held coupon: it may be used again, but for the use of a shared code, which is void."""
    is_shared = coupon.origin is CouponOrigin.SHARED_CODE
    coupons.change(
        coupon.id,
        CouponChangeKind.RELEASED,
        of_order=order_id,
        order_id=None,
        state=CouponState.VOID if is_shared else CouponState.ISSUED,
        held_until=None,
    )
    coupons.settle(coupon.id)


def let_go(order: Order, coupons: CouponBook) -> None:
    """Let go of all that an order holds which comes to nothing.

    A coupon that its hold let go before may be another member's by now, whom nobody has locked.
    """
    for held in coupons.of_order(order.id):
        coupon = coupons.settle(held.id)
        if coupon is not None and coupon.state is CouponState.HELD:
            release(coupon, coupons, order.id)


def by_coupon(effects: Iterable[OrderEffect]) -> dict[UUID, list[OrderEffect]]:
    """Return the effects that coupons decided, by the coupon."""
    found: dict[UUID, list[OrderEffect]] = {}
    for effect in effects:
        if "coupon" in effect.facts:
            found.setdefault(UUID(str(effect.facts["coupon"])), []).append(effect)
    return found


# ── returning ────────────────────────────────────────────────────────────────────────────────────────────────────────


def come_back(
    order: Order, effects: Sequence[OrderEffect], situation: Situation, coupons: CouponBook
) -> dict[UUID, bool]:
    """Return whether the coupons of each template come back with an order that came back as a whole; let them."""
    found: dict[UUID, bool] = {}
    for coupon_id in by_coupon(effects):
        coupon = coupons.get(coupon_id)
        if coupon is None or coupon.state is not CouponState.USED or coupon.order_id != order.id:
            continue
        version = situation.versions.get(coupon.version_id)
        found[coupon.campaign_id] = version is None or terms_of(version).returnable
        if not found[coupon.campaign_id]:
            continue
        is_shared = coupon.origin is CouponOrigin.SHARED_CODE
        coupons.change(
            coupon_id,
            CouponChangeKind.RETURNED,
            of_order=order.id,
            order_id=None,
            state=CouponState.VOID if is_shared else CouponState.ISSUED,
            expires_at=_good_until(coupon, version, situation),
        )
        coupons.settle(coupon_id)
    return found


def _good_until(coupon: Coupon, version: CampaignVersion | None, situation: Situation) -> object:
    """Return until when a coupon is good that comes back: one that has expired, until its days of grace are over."""
    days = terms_of(version).grace_days if version else 0
    if coupon.expires_at > situation.now or not days:
        return coupon.expires_at
    zone = situation.program.zone
    return end_of_day(local_day(plus_days(situation.now, days, zone), zone), zone)


# ── counters ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def tally_use(
    order: Order,
    effects: Sequence[OrderEffect],
    share: Mapping[int, int],
    goods: int,
    coupons: CouponBook,
) -> None:
    """Count what coupons took off an order and what was paid for its goods; negative for what came back.

    `share` is what each effect comes to, by its ordinal, `goods` what the goods cost, in minor units.
    """
    for campaign_id, own in _by_template(effects).items():
        tally = coupons.rows.tallies[order.program_id, campaign_id]
        tally.discount += sum(share.get(effect.ordinal, 0) for effect in own if effect.kind in DISCOUNTS)
        tally.revenue += goods


def _by_template(effects: Iterable[OrderEffect]) -> dict[UUID, list[OrderEffect]]:
    found: dict[UUID, list[OrderEffect]] = {}
    for effect in effects:
        if "coupon" in effect.facts and effect.campaign_id is not None:
            found.setdefault(effect.campaign_id, []).append(effect)
    return found
