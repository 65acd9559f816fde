"""Past orders and their members, page by page, as raw values: what is made of them is made in the worker.

Each page is read by a few short statements of its own; none holds a connection while orders are replayed. What is
recorded meanwhile in the period may be missing.
"""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from domain.program import Program
from domain.values import keyword_value, value

if TYPE_CHECKING:  # the worker knows what a page is, and no database
    from services.reading import OrmSession

PAGE = 1_000
"""Orders that are read and replayed at a time."""
FIRST_ID = UUID(int=0)
KEPT = "('COMMITTED', 'PARTIALLY_RETURNED')"
"""States of orders that happened and did not come back as a whole."""
EVER_COMMITTED = "('COMMITTED', 'PARTIALLY_RETURNED', 'RETURNED')"

COUNT = (
    f"SELECT count(*) FROM orders WHERE program_id = $1 AND occurred_at >= $2 AND occurred_at < $3 AND state IN {KEPT}"
)
ORDERS = (
    "SELECT CAST(id AS text), CAST(member_id AS text), source, external_id, store, channel, shipping, attributes, "
    "occurred_at FROM orders WHERE program_id = $1 AND (occurred_at, id) > ($2, $3) AND occurred_at < $4 "
    f"AND state IN {KEPT} ORDER BY occurred_at, id LIMIT {PAGE}"
)
LINES = (
    "SELECT CAST(order_id AS text), ref, sku, name, category, quantity - released_quantity, unit_price, attributes "
    "FROM order_line WHERE order_id = ANY($1::uuid[]) AND campaign_id IS NULL AND quantity > released_quantity "
    "ORDER BY order_id, ordinal"
)
SPENDS = (
    "SELECT CAST(order_id AS text), CAST(asset_id AS text), amount FROM order_effect "
    "WHERE order_id = ANY($1::uuid[]) AND kind = 'SPEND' ORDER BY order_id, asset_id"
)
MEMBERS = (
    "SELECT CAST(id AS text), tags, attributes, birthday, enrolled_at, channel, store FROM member "
    "WHERE program_id = $1 AND id = ANY($2::uuid[])"
)
COUNTS = (
    f"SELECT CAST(member_id AS text), sum(CASE WHEN state IN {KEPT} THEN 1 ELSE 0 END), max(occurred_at) FROM orders "
    f"WHERE program_id = $1 AND member_id = ANY($2::uuid[]) AND occurred_at < $3 AND state IN {EVER_COMMITTED} "
    "GROUP BY member_id"
)
TIERS = (
    "SELECT CAST(member_id AS text), CAST(ladder_id AS text), CAST(to_tier_id AS text) FROM event "
    "WHERE program_id = $1 AND member_id = ANY($2::uuid[]) AND kind = 'TIER_CHANGED' AND occurred_at < $3 "
    "ORDER BY member_id, position"
)
# Of a lot from before the period, what was left of it as the period begins; of others, all of it.
CREDITS = (
    "SELECT CAST(l.member_id AS text), CAST(l.asset_id AS text), l.amount + COALESCE((SELECT sum(m.remaining) "
    "FROM lot_move m JOIN transfer mt ON mt.id = m.transfer_id WHERE m.lot_id = l.id AND mt.occurred_at < $4), 0), "
    "t.occurred_at, l.locked_until, l.expires_at "
    "FROM account a JOIN lot l ON l.account_id = a.id JOIN transfer t ON t.id = l.transfer_id "
    "WHERE a.program_id = $1 AND a.member_id = ANY($2::uuid[]) AND a.asset_id = ANY($3::uuid[]) "
    "AND l.expires_at > $4 AND t.occurred_at < $5 AND (t.occurred_at < $4 OR l.order_id IS NULL)"
)

Rows = Sequence[tuple[Any, ...]]


@value
class Period:
    """A half-open time."""

    start: datetime
    end: datetime


@keyword_value
class Page:
    """Orders by instant, then id, with the rows that belong to them, and the members that no page before had."""

    orders: Rows
    lines: Rows
    spends: Rows
    members: Rows
    counts: Rows
    tiers: Rows
    credits: Rows


async def count(reads: "OrmSession", program: Program, period: Period) -> int:
    """Return how many orders there are to be replayed."""
    ((found,),) = await reads.fetch(COUNT, program.id, period.start, period.end)
    return int(found)


async def pages(reads: "OrmSession", program: Program, period: Period) -> AsyncGenerator[Page, None]:
    """Yield all orders of a period in the order in which they happened, with their members."""
    known: set[str] = set()
    place: tuple[Any, Any] = (period.start, FIRST_ID)
    while True:
        orders = await _rows(reads, ORDERS, program.id, *place, period.end)
        if not orders:
            return
        new = {row[1] for row in orders if row[1] is not None} - known
        known |= new
        yield await _page(reads, program, period, orders, sorted(new))
        if len(orders) < PAGE:
            return
        place = (orders[-1][8], orders[-1][0])


async def _page(reads: "OrmSession", program: Program, period: Period, orders: Rows, new: Sequence[str]) -> Page:
    order_ids = [row[0] for row in orders]
    own = (program.id, new)
    qualifying = [ladder.asset_id for ladder in program.ladders]
    return Page(
        orders=orders,
        lines=await _rows(reads, LINES, order_ids),
        spends=await _rows(reads, SPENDS, order_ids),
        members=await _rows(reads, MEMBERS, *own) if new else (),
        counts=await _rows(reads, COUNTS, *own, period.start) if new else (),
        tiers=await _rows(reads, TIERS, *own, period.start) if new else (),
        credits=await _rows(reads, CREDITS, *own, qualifying, period.start, period.end) if new else (),
    )


async def _rows(reads: "OrmSession", sql: str, *arguments: Any) -> Rows:
    """Return plain rows: what a driver returns is not to be sent to another process."""
    return [tuple(record) for record in await reads.fetch(sql, *arguments)]
