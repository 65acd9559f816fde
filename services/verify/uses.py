"""Uses of campaigns, counted again from what orders and occasions took of them, and compared with what is stored.

There may be as many counts as members times campaigns, so they are not kept. What is kept is their sums in a fixed
number of buckets, each count weighed by a hash of what it is of: where the sums of what was counted and of what is
stored are the same, so are the counts, but for a chance of one in 2^64. Only when some are not is everything counted
once more, and then kept one by one, but of those buckets alone.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from hashlib import blake2b
from struct import Struct
from typing import Any

from domain.effects.base import DISCOUNTS, EARNINGS, EffectKind
from domain.having import HAVING, TAKING
from domain.occasions import Occasion
from domain.orders import Order, OrderEffect, OrderLine, OrderState
from domain.shares import released_share, share, together
from domain.usage import keys_of
from services.verify.check import Scope
from services.verify.decided import coupons_given
from services.verify.parts import Findings, Part, side_by_side, tried
from services.verify.raw import instant
from services.verify.report import Finding
from services.verify.setup import SetUp
from services.verify.source import Row, Source
from services.verify.stream import Sorted
from services.verify.used import by_coupon, is_captured, is_returnable
from services.writer.tables import OCCASIONS, ORDER_EFFECTS, ORDER_LINES, ORDERS, USAGES

CHECKS = {"campaign_usage.counts": "campaign_usage"}
"""Check → the table whose rows it looks at."""
BUCKETS = 65_536
WEIGHTS = Struct(">5Q")
STOCK = frozenset({"total"})
"""What a batch of codes counts against."""
OF_NOTHING_ELSE = (
    "NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = c.origin_id) "
    "AND NOT EXISTS (SELECT 1 FROM occasion o WHERE o.id = c.origin_id)"
)
"""Of coupons that an order or an occasion gave that itself says what it took."""
ISSUED = f"""
    SELECT c.program_id, c.version_id, h.member_id, 1 AS uses, h.recorded_at,
        CASE h.kind WHEN 'CLAIMED' THEN 'TAKING' ELSE 'HAVING' END AS names
    FROM coupon_change h JOIN coupon c ON c.id = h.coupon_id
    WHERE (h.kind = 'CLAIMED' OR (h.kind = 'ISSUED' AND c.origin IN ('STAFF', 'CLAIM', 'PURCHASE'))
        OR (h.kind = 'ISSUED' AND c.origin = 'BUNDLE' AND {OF_NOTHING_ELSE})){{c}}
"""
BUNDLES = f"""
    SELECT DISTINCT c.program_id, v.details ->> 'bundle' AS version_id, v.member_id, 1 AS uses, v.recorded_at,
        'HAVING' AS names, c.origin_id
    FROM event v JOIN coupon c ON CAST(c.id AS TEXT) = v.details ->> 'coupon' AND c.origin = 'BUNDLE'
    WHERE v.kind = 'COUPON_ISSUED' AND {OF_NOTHING_ELSE}{{v}}
"""
BATCHES = """
    SELECT b.program_id, b.version_id, NULL AS member_id,
        CASE b.state WHEN 'CANCELLED' THEN b.made ELSE b.size END AS uses, b.recorded_at, 'STOCK' AS names
    FROM coupon_batch b WHERE true{b}
"""
Key = tuple[str, str, str, str]
"""(program, campaign, owner, day)."""
Counts = Sequence[int]
"""(uses, count, money, points)."""


def uses_of_order(
    order: Order, lines: Sequence[OrderLine], effects: Sequence[OrderEffect], set_up: SetUp
) -> Iterator[tuple[Key, Counts]]:
    """Yield what an order takes that did not come to nothing since, and of which counts.

    Raises one of `UNREADABLE`.
    """
    if not order.counted:
        return
    gone = {line.ref: line.released_quantity + line.returned_quantity for line in lines}
    given = coupons_given(effects)
    for record in order.consumed:
        if not record["count"]:  # coupons that it gave: what was given was had, and stays counted when it comes back
            released = sum(
                released_share(one.amount, lines, one.parts) * pieces
                for one, pieces in given.get(record["campaign"], ())
            )
            yield from _by_key(order, record, (released, 0, 0, 0))
            continue
        own = [effect for effect in effects if effect.campaign_id == record["campaign"]]
        money = sum(share(one.amount, lines, gone, one.parts) for one in own if one.kind in DISCOUNTS)
        points = sum(
            share(one.amount, lines, gone, one.parts)
            for one in own
            if one.kind in EARNINGS and one.asset_id == record["pointsOf"]
        )
        weights = together(one.parts for one in own if one.kind != EffectKind.TAG or "coupon" in one.facts)
        uses = share(1, lines, gone, weights)
        if record["campaign"] in set_up.templates:
            uses = _coupons_back(order, lines, own, set_up)
        yield from _by_key(order, record, (uses, share(record["count"], lines, gone, weights), money, points))


def _coupons_back(order: Order, lines: Sequence[OrderLine], effects: Sequence[OrderEffect], set_up: SetUp) -> int:
    """Return how many uses of a code that many share came to nothing: no part of one does."""
    coupons = by_coupon(effects)
    if order.state == OrderState.RETURNED:
        versions = {one: set_up.versions.get(own[0].campaign_version_id) for one, own in coupons.items()}
        coupons = {one: own for one, own in coupons.items() if not is_returnable(versions[one])}
        back = len(versions) - len(coupons)
    else:
        back = 0
    return back + len([own for own in coupons.values() if not is_captured(lines, own)])


def _by_key(of: Any, record: Any, back: Counts) -> Iterator[tuple[Key, Counts]]:
    taken = (record.get("uses", 1), record["count"], record["money"], record["points"])
    left = [number - less for number, less in zip(taken, back, strict=True)]
    for campaign_id, owner_id, day in keys_of(record["campaign"], record["bounds"], of.member_id, record["day"]):
        yield (of.program_id, str(campaign_id), str(owner_id), str(day)), left


class Uses:
    """What was counted less what is stored, of every use of a campaign, and of every coupon that was had."""

    def __init__(self, source: Source, scope: Scope, limit: int, set_up: SetUp) -> None:
        self._source = source
        self._set_up = set_up
        self._scope = scope
        self._limit = limit
        self._findings = Findings(limit)
        self._sums = [0] * BUCKETS
        self._counts: defaultdict[Key, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        self._open: frozenset[int] = frozenset()
        """Buckets whose counts are kept one by one."""

    def order(self, order: Order, lines: Sequence[OrderLine], effects: Sequence[OrderEffect]) -> None:
        """Count what an order takes."""
        for key, counts in uses_of_order(order, lines, effects, self._set_up):
            self._add(key, counts, 1)

    def occasion(self, occasion: Occasion) -> None:
        """Count what an occasion takes."""
        for record in occasion.consumed:
            for key, counts in _by_key(occasion, record, (0, 0, 0, 0)):
                self._add(key, counts, 1)

    async def findings(self) -> list[Finding]:
        """Return which stored counts are others; to be asked when all orders and occasions were counted."""
        await self._count_had()
        await self._take_off_stored()
        self._open = frozenset([at for at, rest in enumerate(self._sums) if rest][: self._limit])
        if self._open:
            await self._count_again()
            await self._count_had()
            await self._take_off_stored()
        for (_, campaign_id, owner_id, day), counts in sorted(self._counts.items()):
            if any(counts):
                more = "{} uses, {} pieces, {} off and {} points".format(*counts)
                message = (
                    f"By the orders, occasions, coupons and batches that count there are {more} more than it says."
                )
                key = {"campaign_id": campaign_id, "owner_id": owner_id, "day": day}
                self._findings.add("campaign_usage.counts", "campaign_usage", key, message)
        return await self._findings.named(self._source)

    def _add(self, key: Key, counts: Counts, sign: int) -> None:
        bucket, *weights = WEIGHTS.unpack(blake2b("|".join(key).encode(), digest_size=WEIGHTS.size).digest())
        bucket %= BUCKETS
        if not self._open:
            self._sums[bucket] += sign * sum(weight * count for weight, count in zip(weights, counts, strict=True))
        elif bucket in self._open:
            kept = self._counts[key]
            kept[:] = [before + sign * count for before, count in zip(kept, counts, strict=True)]

    async def _count_had(self) -> None:
        """Count the coupons that were had of themselves, the codes that somebody took, the bundles and the batches."""
        for sql in (ISSUED, BUNDLES, BATCHES):
            stream = Sorted(self._source, self._scope.limited(sql), self._scope.arguments, key=0)
            async with stream:
                while page := await stream.page():
                    for row in page:
                        tried(lambda: self._had(row))  # noqa: B023  (called at once)

    def _had(self, row: Row) -> None:
        program_id, version_id, member_id, uses, at, names = tuple(row)[:6]
        version = self._set_up.versions[version_id]
        names = TAKING if names == "TAKING" else STOCK if names == "STOCK" else HAVING
        bounds = {name: bound for name, bound in version.bounds.items() if name in names}
        day = date.fromisoformat(self._set_up.day(program_id, instant(at)))
        for campaign_id, owner_id, on in keys_of(version.row.campaign_id, bounds, member_id, day):  # type: ignore[arg-type]
            self._add((program_id, str(campaign_id), str(owner_id), str(on)), (uses, 0, 0, 0), 1)

    async def _take_off_stored(self) -> None:
        findings = Findings(0) if self._open else self._findings  # what cannot be read was found the first time
        part = Part(self._source, USAGES, self._scope, findings, column="campaign_id")
        async with part.stream as stream:
            while page := await stream.page():
                for row in part.rows(page):
                    key = (str(row.program_id), str(row.campaign_id), str(row.owner_id), str(row.day))
                    self._add(key, (row.uses, row.count, row.money, row.points), -1)

    async def _count_again(self) -> None:
        source, scope, nothing = self._source, self._scope, Findings(0)
        heads = Part(source, ORDERS, scope, nothing, where="counted")
        of_counted = "order_id IN (SELECT id FROM orders WHERE counted)"
        lines = Part(source, ORDER_LINES, scope, nothing, column="order_id", where=of_counted)
        effects = Part(source, ORDER_EFFECTS, scope, nothing, column="order_id", where=of_counted)

        def count_order(record: Row) -> None:
            own = lines.rows(lines.take(record[0])), effects.rows(effects.take(record[0]))
            for order in heads.rows([record]):
                tried(lambda: self.order(order, *own))  # noqa: B023  (called at once)

        await side_by_side(heads, (lines, effects), count_order, lambda _: None)
        occasions = Part(source, OCCASIONS, scope, nothing)
        async with occasions.stream as stream:
            while page := await stream.page():
                for occasion in occasions.rows(page):
                    tried(lambda: self.occasion(occasion))  # noqa: B023
