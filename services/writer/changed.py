"""Step 6: what a batch writes, found by comparing what was loaded with what was decided."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.coupons import TALLIED, Coupon, Tally
from domain.decisions.situation import Decision
from domain.members import MemberState
from domain.orders import Order
from domain.usage import Usages
from services.writer.load import Loaded
from services.writer.session import Changes
from services.writer.tables import (
    ACCOUNTS,
    AGENT_DRAWS,
    AGENTS,
    COUPON_CHANGES,
    COUPONS,
    ENTRIES,
    EVENTS,
    GIFT_CARDS,
    HOLDS,
    LOT_MOVES,
    LOTS,
    MEMBERS,
    OCCASION_EFFECTS,
    OCCASIONS,
    ORDER_EFFECTS,
    ORDER_LINES,
    ORDER_RETURNS,
    ORDERS,
    STANDINGS,
    TOP_UPS,
    TRANSFERS,
    USAGES,
    Table,
)

MEMBER_COLUMNS = (
    "name",
    "phone",
    "email",
    "birthday",
    "status",
    "channel",
    "store",
    "position",
    "tags",
    "attributes",
    "orders",
    "last_order_at",
)
ACCOUNT_COLUMNS = ("available", "pending", "held", "seq", "next_due_at")
LOT_COLUMNS = ("remaining", "held", "locked_until", "due_at")
HOLD_COLUMNS = ("captured", "released")
ORDER_COLUMNS = ("state", "transfer_id", "released", "counted")
CLAIMED_COLUMNS = ("member_id", "transfer_id", "not_applied", "consumed", "counted", "claimed_at")
LINE_COLUMNS = ("returned_quantity", "released_quantity")
CARD_COLUMNS = ("state", "claimed_by_id", "settled_at", "settlement_id")
STANDING_COLUMNS = ("tier_id", "since", "until")
AGENT_COLUMNS = ("monthly_limit", "since", "until")
DRAW_COLUMNS = ("amount",)
COUPON_COLUMNS = ("member_id", "state", "order_id", "held_until", "valid_from", "expires_at", "changes")
USAGE_COLUMNS = ("uses", "count", "money", "points")


def add_changes(  # noqa: PLR0917  (each has a type of its own)
    changes: Changes,
    loaded: Loaded,
    states: Mapping[UUID, MemberState],
    orders: Mapping[UUID, Order],
    usages: Usages,
    coupons: Mapping[UUID, Coupon],
    decisions: Sequence[Decision],
) -> None:
    """Add the rows to insert and those to update, given what the decisions changed as it is after all of them."""
    members: list[tuple[Any, Any]] = []
    accounts: list[tuple[Any, Any]] = []
    lots: list[tuple[Any, Any]] = []
    holds: list[tuple[Any, Any]] = []
    standings: list[tuple[Any, Any]] = []
    agents: list[tuple[Any, Any]] = []
    draws: list[tuple[Any, Any]] = []
    cards: list[tuple[Any, Any]] = []
    for member_id, after in states.items():
        before = loaded.members.get(member_id)
        if after is before:
            continue
        members.append((before.member if before else None, after.member))
        accounts += _pairs(before.accounts if before else {}, after.accounts)
        lots += _pairs(before.lots if before else {}, after.lots)
        holds += _pairs(before.holds if before else {}, after.holds)
        standings += _pairs(before.standings if before else {}, after.standings)
        agents += _pairs(before.agents if before else {}, after.agents)
        draws += _pairs(before.draws if before else {}, after.draws)
        card = before.gift_card if before else None
        if after.gift_card is not card:
            cards.append((card, after.gift_card))
    of_orders = _pairs(loaded.orders, orders)
    claimed = [pair for pair in of_orders if pair[0] and pair[0].claimed_at != pair[1].claimed_at]
    lines = [(line if line.order_id in loaded.orders else None, line) for d in decisions for line in d.lines]
    changed: tuple[tuple[Table[Any], tuple[str, ...], list[tuple[Any, Any]]], ...] = (
        (MEMBERS, MEMBER_COLUMNS, members),
        (ACCOUNTS, ACCOUNT_COLUMNS, accounts),
        (LOTS, LOT_COLUMNS, lots),
        (HOLDS, HOLD_COLUMNS, holds),
        (STANDINGS, STANDING_COLUMNS, standings),
        (AGENTS, AGENT_COLUMNS, agents),
        (AGENT_DRAWS, DRAW_COLUMNS, draws),
        (GIFT_CARDS, CARD_COLUMNS, cards),
        (ORDERS, ORDER_COLUMNS, [pair for pair in of_orders if pair not in claimed]),
        (ORDERS, CLAIMED_COLUMNS, claimed),
        (ORDER_LINES, LINE_COLUMNS, lines),
        (USAGES, USAGE_COLUMNS, _pairs(loaded.usages, usages)),
        (COUPONS, COUPON_COLUMNS, _pairs(loaded.coupons.found, coupons)),
    )
    for table, columns, pairs in changed:
        _sort_out(changes, table, columns, pairs)
    inserted: tuple[tuple[Table[Any], list[Any]], ...] = (
        (ORDER_RETURNS, [row for d in decisions for row in d.returns]),
        (ORDER_EFFECTS, [effect for d in decisions for effect in d.effects]),
        (TRANSFERS, [row for d in decisions for row in d.rows.transfers]),
        (ENTRIES, [row for d in decisions for row in d.rows.entries]),
        (LOT_MOVES, [row for d in decisions for row in d.rows.moves]),
        (EVENTS, [row for d in decisions for row in d.rows.events]),
        (TOP_UPS, [row for d in decisions for row in d.rows.top_ups]),
        (OCCASIONS, [row for d in decisions for row in d.rows.occasions]),
        (COUPON_CHANGES, [row for d in decisions for row in d.rows.coupon_changes]),
        (OCCASION_EFFECTS, [row for d in decisions for row in d.rows.occasion_effects]),
    )
    changes.inserts += [(table, rows) for table, rows in inserted if rows]
    changes.tallies = tallies_of(decisions)


def tallies_of(decisions: Iterable[Decision]) -> list[tuple[UUID, UUID, Tally]]:
    """Return how the counters of templates change by all decisions together, by template."""
    totals: dict[tuple[UUID, UUID], Tally] = defaultdict(Tally)
    for decision in decisions:
        for key, tally in decision.rows.tallies.items():
            for name in TALLIED:
                setattr(totals[key], name, getattr(totals[key], name) + getattr(tally, name))
    return [(*key, tally) for key, tally in sorted(totals.items(), key=lambda item: item[0][1])]


def _pairs(before: Any, after: Any) -> list[tuple[Any, Any]]:
    return [(before.get(key), row) for key, row in after.items() if before.get(key) is not row]


def _sort_out(changes: Changes, table: Table[Any], columns: tuple[str, ...], pairs: Iterable[tuple[Any, Any]]) -> None:
    """Split (before, after) pairs into inserts and updates."""
    new = [after for before, after in pairs if before is None]
    changed = [after for before, after in pairs if before is not None]
    if new:
        changes.inserts.append((table, new))
    if changed:
        changes.updates.append((table, columns, changed))
