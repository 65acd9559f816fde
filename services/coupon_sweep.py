"""What time does to coupons is written down: they expire, and holds run out."""

from collections import defaultdict
from uuid import UUID

import models
from domain.coupon_commands import ExpireCoupons
from domain.coupons import CouponState
from domain.instants import NEVER
from domain.program import Program
from services.actors import SYSTEM
from services.engine import Engine

TOGETHER = 200
"""Coupons of one command at most."""


async def sweep(engine: Engine, program: Program, limit: int) -> int:
    """Write down up to `limit` expiries and as many holds that ran out; return the larger of the two numbers.

    Safe to run anywhere: coupons are what they are by the clock, and this brings events and counters in time.
    """
    if not program.has_coupons:
        return 0
    now, rows = program.now(), models.Coupon.filter(program_id=program.id)
    expired = (
        await rows.filter(state=CouponState.ISSUED, expires_at__lte=now, expires_at__lt=NEVER)
        .order_by("expires_at", "id")
        .limit(limit)
        .values_list("id", "member_id")
    )
    lapsed = (
        await rows.filter(state=CouponState.HELD, held_until__lte=now)
        .order_by("held_until", "id")
        .limit(limit)
        .values_list("id", "member_id")
    )
    of_members: dict[UUID | None, list[UUID]] = defaultdict(list)
    for coupon_id, member_id in [*expired, *lapsed]:
        of_members[member_id].append(coupon_id)
    await engine.writer.post_all(
        ExpireCoupons(
            program_id=program.id,
            actor=SYSTEM,
            claim=None,
            member_id=member_id,
            coupon_ids=tuple(sorted(ids[start : start + TOGETHER])),
        )
        for member_id, ids in of_members.items()
        for start in range(0, len(ids), TOGETHER)
    )
    return max(len(expired), len(lapsed))
