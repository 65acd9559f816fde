"""The life of every coupon: whether its changes lead from how it began to what it is."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from domain.coupons import Coupon, CouponChange, CouponOrigin, CouponState, Validity
from domain.coupons import CouponChangeKind as Kind
from domain.instants import end_of_day, local_day, plus_days
from services.verify.check import Scope
from services.verify.parts import Findings, Part, side_by_side, tried
from services.verify.report import Finding
from services.verify.setup import SetUp
from services.verify.source import Row, Source
from services.verify.versions import Version
from services.writer.tables import COUPON_CHANGES, COUPONS

CHECKS = {
    "coupon.changes": "coupon",
    "coupon.validity": "coupon",
    "coupon_change.coupon": "coupon_change",
}
"""Check → the table whose rows it looks at."""
State = CouponState
NEXT = {
    Kind.CLAIMED: ({State.ISSUED}, State.ISSUED),
    Kind.GIFTED: ({State.ISSUED}, State.ISSUED),
    Kind.HELD: ({State.ISSUED}, State.HELD),
    Kind.RELEASED: ({State.HELD}, State.ISSUED),
    Kind.USED: ({State.ISSUED, State.HELD}, State.USED),
    Kind.RETURNED: ({State.USED}, State.ISSUED),
    Kind.EXPIRED: ({State.ISSUED}, State.EXPIRED),
    Kind.VOIDED: ({State.ISSUED, State.EXPIRED}, State.VOID),
    Kind.EXTENDED: ({State.ISSUED, State.EXPIRED}, State.ISSUED),
}
"""What happens to a coupon → in which states it may, and what the coupon is after it."""
OF_SHARED = {
    Kind.HELD: (set[State](), State.HELD),
    Kind.RELEASED: ({State.HELD}, State.VOID),
    Kind.USED: ({State.HELD, State.VOID}, State.USED),
    Kind.RETURNED: ({State.USED}, State.VOID),
}
"""The same of the use of a code that many share. One that a hold let go may be used by the capture after all."""
OF_ORDERS = (Kind.HELD, Kind.RELEASED, Kind.USED, Kind.RETURNED)
EXPIRING = (Kind.CLAIMED, Kind.RETURNED, Kind.EXTENDED)
"""What may change until when a coupon is good."""


class Lives:
    """One pass over all coupons, in the order of their ids, each with its changes."""

    def __init__(self, source: Source, scope: Scope, limit: int, set_up: SetUp) -> None:
        self._source = source
        self._set_up = set_up
        self._findings = found = Findings(limit)
        self._heads = Part(source, COUPONS, scope, found)
        self._changes = Part(source, COUPON_CHANGES, scope, found, column="coupon_id", check="coupon_change.coupon")

    async def findings(self, progress: Callable[[int], None]) -> list[Finding]:
        """Return what is broken, the rows of each check by coupon; tell as it goes how many were looked at."""
        await side_by_side(self._heads, (self._changes,), self._check, progress)
        return await self._findings.named(self._source)

    def _check(self, record: Row) -> None:
        raw = self._changes.take(record[0])
        for one in raw:
            if one["program_id"] != record["program_id"]:
                self._changes.strange(one, "program")
        heads, changes = self._heads.rows([record]), self._changes.rows(raw)
        if not heads or len(changes) != len(raw):
            return  # what cannot be read is a finding by itself
        if fault := tried(lambda: fault_of_life(heads[0], changes)):
            self._findings.add("coupon.changes", "coupon", record, f"What happened to it did not lead here: {fault}.")
        if fault := tried(lambda: self._fault_of_validity(heads[0], changes)):
            self._findings.add("coupon.validity", "coupon", record, f"It is good at another time: {fault}.")

    def _fault_of_validity(self, coupon: Coupon, changes: Sequence[CouponChange]) -> str | None:
        version = self._set_up.versions.get(coupon.version_id)
        if version is None:
            return None  # `coupon.template` names it
        return fault_of_validity(coupon, changes, version, self._set_up.zone(coupon.program_id))


class _Life:
    """A coupon as its changes leave it, one after the other."""

    def __init__(self, coupon: Coupon, changes: Sequence[CouponChange]) -> None:
        self.coupon = coupon
        self.is_shared = coupon.origin is CouponOrigin.SHARED_CODE
        self.state: State | None = State.ISSUED if coupon.origin is CouponOrigin.BATCH else None
        self.owner: Any = None
        self.order: Any = None
        is_moved = any(change.expires_at for change in changes)
        self.expires_at = None if is_moved else coupon.expires_at
        """None while it is what the coupon began with, and another since: then no row tells it."""
        self.at = coupon.recorded_at

    def fault(self, change: CouponChange) -> str | None:
        """Return why a change cannot have happened; else let it."""
        if change.recorded_at < self.at:
            return "it happened before the one before it"
        self.at = change.recorded_at
        return self._fault_of_state(change) or self._fault_of_owner(change) or self._fault_of_order(change)

    def _fault_of_state(self, change: CouponChange) -> str | None:
        if self.state is None:
            begins = (Kind.HELD, Kind.USED) if self.is_shared else (Kind.ISSUED,)
            if change.kind not in begins or change.recorded_at != self.coupon.recorded_at:
                return "a coupon does not begin so"
            self.owner = change.member_id
            self.state = State.ISSUED if change.kind is Kind.ISSUED else NEXT[change.kind][1]
        else:
            before, after = (OF_SHARED if self.is_shared else NEXT).get(change.kind, (set[State](), None))
            if self.state not in before:
                return f"it was {self.state}"
            self.state = after
        if change.expires_at is not None:
            if change.kind not in EXPIRING:
                return f"it does not change that it is good until {change.expires_at}"
            self.expires_at = change.expires_at
        if change.kind is Kind.EXPIRED and self.expires_at is not None and change.recorded_at < self.expires_at:
            return f"it was good until {self.expires_at}"
        return None

    def _fault_of_owner(self, change: CouponChange) -> str | None:
        before, self.owner = self.owner, change.member_id
        match change.kind:
            case Kind.CLAIMED:
                right = before is None and self.owner is not None
            case Kind.GIFTED:
                right = before is not None and change.from_member_id == before and self.owner not in {None, before}
            case _:
                right = before == self.owner and change.from_member_id is None
        return None if right else f"it was {before}'s, and then {self.owner}'s"

    def _fault_of_order(self, change: CouponChange) -> str | None:
        before = self.order
        if self.is_shared:
            before = self.coupon.origin_id
        if change.kind not in OF_ORDERS:
            # What an order gave and took back names it; it had not used it.
            return None if change.order_id is None or change.kind is Kind.VOIDED else "no order did that"
        if change.order_id is None or (before is not None and change.order_id != before):
            return f"order {before} had it, and order {change.order_id} did that"
        self.order = change.order_id if self.state in {State.HELD, State.USED} else None
        return None


def fault_of_life(coupon: Coupon, changes: Sequence[CouponChange]) -> str | None:
    """Return what is wrong with the changes of a coupon, by their ordinals, or with what it is after them."""
    if [change.ordinal for change in changes] != list(range(coupon.changes)):
        return f"it has {coupon.changes} changes, and there are {len(changes)}, or they are not numbered from 0"
    life = _Life(coupon, changes)
    for change in changes:
        if fault := life.fault(change):
            return f"change {change.ordinal}, {change.kind}: {fault}"
    is_now = (coupon.state, coupon.member_id, coupon.order_id, coupon.expires_at)
    was = (life.state, life.owner, life.order, life.expires_at)
    return None if is_now == was else f"they leave {was}, and it is {is_now}"


def fault_of_validity(coupon: Coupon, changes: Sequence[CouponChange], version: Version, zone: Any) -> str | None:
    """Return why a coupon is not good from and until the instants that its template says of when it was had."""
    grace = int((version.row.coupon or {}).get("graceDays") or 0)
    had_at = coupon.recorded_at
    for change in changes:
        if change.kind is Kind.CLAIMED:
            had_at = change.recorded_at
        if change.kind is Kind.RETURNED and change.expires_at is not None:
            last = end_of_day(local_day(plus_days(change.recorded_at, grace, zone), zone), zone)
            if not grace or change.expires_at != last:
                return f"it came back with {grace} days of grace, and is good until {change.expires_at}"
    if coupon.origin is CouponOrigin.BATCH and coupon.member_id is None:
        return None  # a code that nobody has is good while its template runs
    due = (had_at, None) if coupon.origin is CouponOrigin.SHARED_CODE else _validity(version).window(had_at, zone)
    if coupon.valid_from != due[0]:
        return f"had at {had_at} it is good from {due[0]}, and it says {coupon.valid_from}"
    is_moved = any(change.kind in {Kind.RETURNED, Kind.EXTENDED} and change.expires_at for change in changes)
    if due[1] is not None and not is_moved and coupon.expires_at != due[1]:
        return f"had at {had_at} it is good until {due[1]}, and it says {coupon.expires_at}"
    return None


def _validity(version: Version) -> Validity:
    form = (version.row.coupon or {}).get("validity") or {}
    relative, fixed = form.get("relative") or {}, form.get("fixed") or {}
    return Validity(
        after_days=relative.get("afterDays") or 0,
        days=relative.get("days"),
        months=relative.get("months"),
        fixed_from=_instant(fixed.get("from")),
        fixed_until=_instant(fixed.get("until")),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
