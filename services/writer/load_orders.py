"""What commands about orders that are there may look at: what is on record of them, and the lots that they touched."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from domain.claim_commands import ClaimOrder
from domain.commands import CaptureOrder, OrderCommand, ReturnOrder
from domain.decisions.situation import OrderRecord
from domain.effects.base import EffectKind
from domain.ledger import Entry, EntryKind, Hold, Lot, LotMove
from domain.orders import Order, OrderEffect, OrderLine
from domain.values import replace
from services.raw import plain_id
from services.writer.session import Reads
from services.writer.tables import ENTRIES, HOLDS, LOT_MOVES, LOTS, ORDER_EFFECTS, ORDER_LINES, ORDER_RETURNS

OF_ORDERS = "WHERE order_id = ANY($1::uuid[])"
GROUPS = (
    "SELECT v.id, v.stacking_group, c.name FROM campaign_version v JOIN campaign c ON c.program_id = v.program_id "
    "AND c.id = v.campaign_id WHERE v.id = ANY($1::uuid[]) AND v.stacking_group IS NOT NULL"
)
EXPIRED = (
    "WHERE lot_id = ANY($1::uuid[]) AND EXISTS "
    "(SELECT 1 FROM transfer t WHERE t.id = lot_move.transfer_id AND t.kind = 'EXPIRY')"
)

Parts = dict[UUID, tuple[tuple[UUID, int], ...]]
"""(lot, amount) that each hold reserved, by hold id."""


@dataclass(slots=True)
class OfOrders:
    """What was found; of members by their ids, holds and lots by theirs."""

    records: dict[UUID, OrderRecord] = field(default_factory=dict)
    holds: dict[UUID, dict[UUID, Hold]] = field(default_factory=lambda: defaultdict(dict))
    parts: Parts = field(default_factory=dict)
    lots: dict[UUID, dict[UUID, Lot]] = field(default_factory=lambda: defaultdict(dict))
    debits: dict[tuple[UUID, UUID], int] = field(default_factory=lambda: defaultdict(int))
    """(member, asset) → what may have to be taken from the member's lots."""


async def load_parts(session: Reads, holds: Sequence[Hold]) -> tuple[Parts, dict[UUID, Lot]]:
    """Return what these holds reserved, and the lots on which they did."""
    if not holds:
        return {}, {}
    moves = await _moves(session, {hold.transfer_id for hold in holds})
    lots = await _lots(session, {move.lot_id for move in moves})
    by_hold: dict[tuple[UUID, UUID], list[tuple[UUID, int]]] = defaultdict(list)
    for move in moves:
        if move.held > 0:
            by_hold[move.transfer_id, lots[move.lot_id].account_id].append((move.lot_id, move.held))
    return {hold.id: tuple(by_hold[hold.transfer_id, hold.account_id]) for hold in holds}, lots


async def records(session: Reads, commands: Mapping[UUID, OrderCommand], orders: Mapping[UUID, Order]) -> OfOrders:
    """Return what is on record of the orders that `commands` are about, by the orders' ids."""
    found = OfOrders()
    ids = [order_id for order_id in commands if order_id in orders]
    lines: dict[UUID, list[OrderLine]] = defaultdict(list)
    for line in await session.select(ORDER_LINES, f"{OF_ORDERS} ORDER BY order_id, ordinal", ids):
        lines[line.order_id].append(line)
    effects: dict[UUID, list[OrderEffect]] = defaultdict(list)
    for effect in await session.select(ORDER_EFFECTS, f"{OF_ORDERS} ORDER BY order_id, ordinal", ids):
        effects[effect.order_id].append(effect)
    holds = [hold for hold in await session.select(HOLDS, OF_ORDERS, ids) if hold.open]
    for hold in holds:
        found.holds[hold.member_id][hold.id] = hold
    found.parts, reserved = await load_parts(session, holds)
    _keep(found, reserved.values())
    for order_id in ids:
        found.records[order_id] = OrderRecord(tuple(lines[order_id]), tuple(effects[order_id]))
        _foresee(found, commands[order_id], effects[order_id])
    for order_id in ids:
        if isinstance(commands[order_id], ClaimOrder):
            groups = await _groups(session, effects[order_id])
            found.records[order_id] = replace(found.records[order_id], groups=groups)
    returned = [orders[order_id] for order_id in ids if isinstance(commands[order_id], ReturnOrder)]
    if returned:
        await _history(session, returned, found)
    return found


async def _groups(session: Reads, effects: Sequence[OrderEffect]) -> dict[str, tuple[UUID, str]]:
    """Return which version, of which campaign by name, gave something of each stacking group, the first that did."""
    ids = [effect.campaign_version_id for effect in effects if effect.campaign_version_id]
    rows = await session.fetch(GROUPS, ids) if ids else []
    said = {plain_id(row[0]): (row[1], row[2]) for row in rows}
    found: dict[str, tuple[UUID, str]] = {}
    for version_id in ids:
        if version_id in said:
            group, name = said[version_id]
            found.setdefault(group, (version_id, name))
    return found


async def _history(session: Reads, orders: Sequence[Order], found: OfOrders) -> None:
    """Add what the orders and their returns did to accounts and lots."""
    ids = [order.id for order in orders]
    entries: dict[UUID, list[Entry]] = defaultdict(list)
    for entry in await session.select(ENTRIES, OF_ORDERS, ids):
        assert entry.order_id is not None, "it was looked up by it"
        entries[entry.order_id].append(entry)
    transfers: dict[UUID, UUID] = {order.transfer_id: order.id for order in orders if order.transfer_id}
    for order_id, own in entries.items():
        transfers.update({entry.transfer_id: order_id for entry in own if entry.kind is EntryKind.RETURN})
    moves: dict[UUID, list[LotMove]] = defaultdict(list)
    for move in await _moves(session, transfers):
        moves[transfers[move.transfer_id]].append(move)
    made = await session.select(LOTS, OF_ORDERS, ids)
    _keep(found, made)
    _keep(found, (await _lots(session, {move.lot_id for rows in moves.values() for move in rows})).values())
    expired: dict[UUID, int] = defaultdict(int)
    for move in await session.select(LOT_MOVES, EXPIRED, [lot.id for lot in made]):
        expired[move.lot_id] -= move.remaining
    returns: dict[UUID, int] = defaultdict(int)
    for row in await session.select(ORDER_RETURNS, OF_ORDERS, ids):
        returns[row.order_id] += 1
    for order in orders:
        record = found.records[order.id]
        found.records[order.id] = OrderRecord(
            record.lines,
            record.effects,
            tuple(entries[order.id]),
            tuple(moves[order.id]),
            expired,
            returns[order.id],
        )


def _foresee(found: OfOrders, command: OrderCommand, effects: Iterable[OrderEffect]) -> None:
    """Add what the command may have to take from lots: a late capture what pays, a return what was earned."""
    for effect in effects:
        if effect.asset_id is None:
            continue
        spends = effect.kind == EffectKind.SPEND
        owner_id = command.holder_id if spends else command.member_id
        if owner_id and isinstance(command, CaptureOrder if spends else ReturnOrder):
            found.debits[owner_id, effect.asset_id] += effect.amount


def _keep(found: OfOrders, lots: Iterable[Lot]) -> None:
    for lot in lots:
        found.lots[lot.member_id][lot.id] = lot


async def _moves(session: Reads, transfer_ids: Iterable[UUID]) -> list[LotMove]:
    ids = list(transfer_ids)
    return await session.select(LOT_MOVES, "WHERE transfer_id = ANY($1::uuid[])", ids) if ids else []


async def _lots(session: Reads, lot_ids: Iterable[UUID]) -> dict[UUID, Lot]:
    ids = list(lot_ids)
    found = await session.select(LOTS, "WHERE id = ANY($1::uuid[])", ids) if ids else []
    return {lot.id: lot for lot in found}
