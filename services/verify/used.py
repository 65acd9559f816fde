"""What orders do with coupons: whether each has those that its effects name, and what they took off in all."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import models
from domain.coupons import Coupon, CouponState
from domain.effects.base import DISCOUNTS
from domain.orders import Order, OrderEffect, OrderLine, OrderState
from domain.shares import released_of, released_share, share
from services.verify.check import Scope
from services.verify.parts import Findings, Part
from services.verify.report import Finding
from services.verify.returned import NOT_COMMITTED
from services.verify.source import Source
from services.verify.versions import Version
from services.writer.tables import Table

CHECKS = {"coupon_tally.amounts": "coupon_tally"}
"""Check → the table whose rows it looks at."""
HOLDING = (OrderState.HELD, OrderState.EXPIRED)
"""Orders of which coupons may be held: that a hold is over may be written of the order first."""


@dataclass(frozen=True, slots=True)
class TallyRow:
    """What is needed of the counters of a template."""

    campaign_id: str
    program_id: str
    discount: int
    revenue: int


TALLIES = Table(models.CouponTally, TallyRow)


def by_coupon(effects: Sequence[OrderEffect]) -> dict[Any, list[OrderEffect]]:
    """Return the effects that are of coupons, by the coupon."""
    found: dict[Any, list[OrderEffect]] = {}
    for effect in effects:
        if "coupon" in effect.facts:
            found.setdefault(effect.facts["coupon"], []).append(effect)
    return found


def is_returnable(version: Version | None) -> bool:
    """Whether coupons of a version come back with an order that does."""
    returnable = ((version.row.coupon if version else None) or {}).get("returnable")
    return returnable is None or bool(returnable)


def is_captured(lines: Sequence[OrderLine], effects: Sequence[OrderEffect]) -> bool:
    """Whether anything of what a coupon did was captured."""
    return any(effect.amount != released_share(effect.amount, lines, effect.parts) for effect in effects)


def fault_of_coupons(
    order: Order,
    lines: Sequence[OrderLine],
    effects: Sequence[OrderEffect],
    coupons: Sequence[Coupon],
    versions: Mapping[Any, Version],
) -> str | None:
    """Return what is wrong with the coupons that say that the order holds or used them."""
    named = by_coupon(effects)
    owners = {order.member_id, None if order.claimed_at else order.member_id}
    due = CouponState.HELD if order.state in HOLDING else CouponState.USED
    for coupon in coupons:
        if coupon.id not in named:
            return f"coupon {coupon.id} names it, and none of its effects names that"
        if coupon.member_id not in owners:
            return f"coupon {coupon.id} is {coupon.member_id}'s, and it is {order.member_id}'s"
        if coupon.state is not due or (due is CouponState.HELD and coupon.held_until != order.held_until):
            until = f"until {order.held_until}, coupon {coupon.id} {coupon.state} until {coupon.held_until}"
            return f"it is {order.state} {until}"
    if order.state in NOT_COMMITTED:
        return f"it is cancelled and has coupon {coupons[0].id}" if coupons and order.state not in HOLDING else None
    has = {coupon.id for coupon in coupons}
    is_back = order.state is OrderState.RETURNED
    for coupon_id, own in named.items():
        goes_back = is_back and is_returnable(versions.get(own[0].campaign_version_id))
        if (is_captured(lines, own) and not goes_back) is not (coupon_id in has):
            return f"it is {order.state}, and {'uses' if coupon_id in has else 'does not use'} coupon {coupon_id}"
    return None


class Tallies:
    """What coupons took off, and what was paid for the orders that used them, by program and template."""

    def __init__(self, source: Source, scope: Scope, limit: int) -> None:
        self._source = source
        self._scope = scope
        self._findings = Findings(limit)
        self._sums: defaultdict[tuple[Any, Any], list[int]] = defaultdict(lambda: [0, 0])

    def order(self, order: Order, lines: Sequence[OrderLine], effects: Sequence[OrderEffect]) -> None:
        """Count an order, less what of it was not captured or came back. Raises one of `UNREADABLE`."""
        coupons = by_coupon(effects)
        if not coupons or order.state in NOT_COMMITTED:
            return
        gone = released_of(lines)
        for line in lines:
            gone[line.ref] = gone.get(line.ref, 0) + line.returned_quantity
        goods = sum(line.payable for line in lines)
        templates = set()
        for own in coupons.values():
            if not is_captured(lines, own):
                continue
            templates.add(own[0].campaign_id)
            for effect in own:
                if effect.kind in DISCOUNTS:
                    left = effect.amount - share(effect.amount, lines, gone, effect.parts)
                    self._sums[order.program_id, effect.campaign_id][0] += left
        for template in templates:
            self._sums[order.program_id, template][1] += goods - share(goods, lines, gone)

    async def findings(self) -> list[Finding]:
        """Return which stored sums are others; to be asked when all orders were counted."""
        part = Part(self._source, TALLIES, self._scope, self._findings, column="campaign_id")
        async with part.stream as stream:
            while page := await stream.page():
                for row in part.rows(page):
                    counted = self._sums[row.program_id, row.campaign_id]
                    counted[:] = [counted[0] - row.discount, counted[1] - row.revenue]
        for (_, campaign_id), (discount, revenue) in sorted(self._sums.items()):
            if discount or revenue:
                message = f"By its orders {discount} more is off and {revenue} more was to be paid than it says."
                self._findings.add("coupon_tally.amounts", "coupon_tally", {"campaign_id": campaign_id}, message)
        return await self._findings.named(self._source)
