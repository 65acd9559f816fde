"""What one decision does to coupons: their rows, what happened to them, the counters of their templates, the events."""

from collections import ChainMap
from collections.abc import Iterable, Mapping, MutableMapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from domain.book import Book, Rows
from domain.coupons import Coupon, CouponChange, CouponChangeKind, CouponOrigin, CouponState, Tally
from domain.events import EventKind
from domain.values import replace

NOT_SEALED = b"\0" * 32
"""Stands for the hash of a new coupon's code until the writer, who knows the server's secret, fills it in."""
SYSTEM = "system"
COUNTED = {
    CouponState.HELD: "held",
    CouponState.USED: "used",
    CouponState.EXPIRED: "expired",
    CouponState.VOID: "voided",
}
TOLD = {kind: EventKind(f"COUPON_{kind.value}") for kind in CouponChangeKind}
TAKEN = frozenset({CouponOrigin.CLAIM, CouponOrigin.PURCHASE})
"""Origins by which a member takes a coupon, in place of being given one."""


class CouponBook:
    """The coupons that a decision may touch, at one instant `now`; events go to the books of their owners."""

    def __init__(
        self, rows: Rows, coupons: Mapping[UUID, Coupon], books: Iterable[Book], *, now: datetime, actor: str
    ) -> None:
        self.rows = rows
        self.now = now
        self.actor = actor
        self.books = {book.member.id: book for book in books}
        # What changes goes into the rows: a chain writes into its first map alone.
        self._coupons: MutableMapping[UUID, Coupon] = ChainMap(
            rows.coupons, cast("MutableMapping[UUID, Coupon]", coupons)
        )

    def get(self, coupon_id: UUID) -> Coupon | None:
        """Return a coupon as it is now: a lapsed hold and an expiry are seen, and not written."""
        coupon = self._coupons.get(coupon_id)
        return coupon.at(self.now) if coupon else None

    def of_member(self, member_id: UUID) -> list[Coupon]:
        """Return the loaded coupons of a member that may be used now."""
        return [
            coupon for coupon in self._coupons.values() if coupon.member_id == member_id and coupon.usable_at(self.now)
        ]

    def of_order(self, order_id: UUID) -> list[Coupon]:
        """Return the loaded coupons that an order holds or used, by what is written of them, in the order of ids."""
        found = [coupon for coupon in self._coupons.values() if coupon.order_id == order_id]
        return sorted(found, key=lambda coupon: coupon.id)

    def given_by(self, origin_id: UUID) -> list[Coupon]:
        """Return the loaded coupons that an order gave, as they are now; the one that expires last first."""
        found = [coupon.at(self.now) for coupon in self._coupons.values() if coupon.origin_id == origin_id]
        return sorted(found, key=lambda coupon: (coupon.expires_at, coupon.id), reverse=True)

    def add(
        self, coupon: Coupon, kind: CouponChangeKind, *, reason: str | None = None, bundle: UUID | None = None
    ) -> None:
        """Add a new coupon: `ISSUED`, or what an order did at once; with `bundle`, the version that it is a part of."""
        self._put(None, coupon, kind, reason=reason, bundle=bundle)

    def settle(self, coupon_id: UUID) -> Coupon | None:
        """Write down a lapsed hold and an expiry of a coupon; return it. The system did both."""
        before = self._coupons.get(coupon_id)
        if before is None:
            return None
        after = before.at(self.now)
        if before.state is CouponState.HELD and after.state is not CouponState.HELD:
            released = replace(before, state=CouponState.ISSUED, order_id=None, held_until=None)
            if before.origin is CouponOrigin.SHARED_CODE:
                released = after
            before = self._put(before, released, CouponChangeKind.RELEASED, actor=SYSTEM, of_order=before.order_id)
        if before.state is CouponState.ISSUED and after.state is CouponState.EXPIRED:
            expired = replace(before, state=CouponState.EXPIRED)
            before = self._put(before, expired, CouponChangeKind.EXPIRED, actor=SYSTEM)
        return before

    def change(
        self,
        coupon_id: UUID,
        kind: CouponChangeKind,
        *,
        reason: str | None = None,
        of_order: UUID | None = None,
        **changes: Any,
    ) -> Coupon:
        """Change columns of a loaded coupon, after what time did to it is written down; return it.

        `of_order` is the order that did it, where the coupon does not name it any more.
        """
        before = self.settle(coupon_id)
        assert before is not None, "a coupon is changed that was found"
        return self._put(before, replace(before, **changes), kind, reason=reason, of_order=of_order)

    def tally(self, coupon: Coupon) -> Tally:
        """Return how the counters of a coupon's template change, to be changed further."""
        return self.rows.tallies[coupon.program_id, coupon.campaign_id]

    def _put(
        self,
        before: Coupon | None,
        after: Coupon,
        kind: CouponChangeKind,
        *,
        actor: str | None = None,
        reason: str | None = None,
        of_order: UUID | None = None,
        bundle: UUID | None = None,
    ) -> Coupon:
        given_by = before.member_id if before and kind is CouponChangeKind.GIFTED else None
        order_id = of_order or after.order_id
        expiry_changed = before is not None and before.expires_at != after.expires_at
        self.rows.coupon_changes.append(
            CouponChange(
                coupon_id=after.id,
                ordinal=after.changes,
                program_id=after.program_id,
                kind=kind,
                actor=actor or self.actor,
                member_id=after.member_id,
                from_member_id=given_by,
                order_id=order_id,
                expires_at=after.expires_at if expiry_changed else None,
                reason=reason,
                recorded_at=self.now,
            )
        )
        after = replace(after, changes=after.changes + 1)
        self._coupons[after.id] = after
        self._count(before, after, kind)
        details = {"coupon": str(after.id)} | ({"bundle": str(bundle)} if bundle else {})
        if given_by:
            details |= {"from": str(given_by), "to": str(after.member_id)}
        for member_id in dict.fromkeys(one for one in (given_by, after.member_id) if one in self.books):
            assert member_id is not None, "nobody has no book"
            self.books[member_id].tell(TOLD[kind], self.now, order_id=order_id, details=details)
        return after

    def _count(self, before: Coupon | None, after: Coupon, kind: CouponChangeKind) -> None:
        tally = self.tally(after)
        if before is None:
            tally.issued += 1
        elif name := COUNTED.get(before.state):
            setattr(tally, name, getattr(tally, name) - 1)
        if name := COUNTED.get(after.state):
            setattr(tally, name, getattr(tally, name) + 1)
        if kind is CouponChangeKind.RETURNED:
            tally.returned += 1
        taken = before is None and after.origin in TAKEN
        if taken or kind is CouponChangeKind.CLAIMED:
            tally.claimed += 1
