"""Part of step 4: the transfers that commands undo, what they took from which lots, what was given back before."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from domain.commands import Command
from domain.ledger import EntryKind, Lot, LotMove
from domain.undoing import Original
from services.writer.session import Reads
from services.writer.tables import LOT_MOVES, LOTS, TOP_UPS, TRANSFERS

REPAID = (
    "CASE WHEN e.available >= e.change_available THEN 0 WHEN e.available > 0 THEN e.change_available - e.available "
    "ELSE e.change_available END"
)
"""How much of what a line gave back paid what was owed before it."""
# A look-up for each transfer: joined freely, every line of the kind may be compared with each transfer, a plan that is
# chosen while the table is small and kept by a prepared statement.
OF_UNDO = f"FROM entry e WHERE e.transfer_id = t.id AND e.kind = '{EntryKind.RETURN}'"
RETURNED = (
    f"SELECT t.original_id, sum((SELECT COALESCE(sum(e.change_available), 0) {OF_UNDO})), "
    f"sum((SELECT COALESCE(sum({REPAID}), 0) {OF_UNDO})) "
    "FROM transfer t WHERE t.original_id = ANY($1::uuid[]) GROUP BY t.original_id"
)

BEARERS_LOTS = "WHERE account_id IN (SELECT id FROM account WHERE member_id = ANY($1::uuid[]))"
"""All that a bearer ever had, also what has expired: each came from one of the giver's lots."""

REFUNDED = (
    "SELECT t.original_id, m.lot_id, sum(m.remaining) FROM transfer t JOIN lot_move m ON m.transfer_id = t.id "
    "WHERE t.original_id = ANY($1::uuid[]) GROUP BY t.original_id, m.lot_id"
)


async def load_originals(
    session: Reads, commands: Sequence[Command]
) -> tuple[dict[UUID, Original], dict[UUID, dict[UUID, Lot]]]:
    """Return the transfers that `commands` undo by their ids, and the lots that these used by member and id.

    When the issue of a gift card is undone, the lots of its bearer are among them.
    """
    ids = [command.original for command in commands if command.original]
    lots: dict[UUID, dict[UUID, Lot]] = defaultdict(dict)
    if not ids:
        return {}, lots
    moves: dict[UUID, list[LotMove]] = defaultdict(list)
    for move in await session.select(LOT_MOVES, "WHERE transfer_id = ANY($1::uuid[])", ids):
        moves[move.transfer_id].append(move)
    returned = {UUID(str(row[0])): (int(row[1]), int(row[2])) for row in await session.fetch(RETURNED, ids)}
    made = {row.transfer_id: row for row in await session.select(TOP_UPS, "WHERE transfer_id = ANY($1::uuid[])", ids)}
    refunded: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    if made:
        for original_id, lot_id, taken in await session.fetch(REFUNDED, list(made)):
            refunded[UUID(str(original_id))][UUID(str(lot_id))] = -int(taken)
    used = {move.lot_id for group in moves.values() for move in group}
    used |= {lot_id for row in made.values() for lot_id in (row.lot_id, row.bonus_lot_id) if lot_id}
    for lot in await session.select(LOTS, "WHERE id = ANY($1::uuid[])", sorted(used)):
        lots[lot.member_id][lot.id] = lot
    bearers = [bearer_id for command in commands if command.original for bearer_id in command.bearers]
    for lot in await session.select(LOTS, BEARERS_LOTS, bearers) if bearers else []:
        lots[lot.member_id][lot.id] = lot
    originals = {
        transfer.id: Original(
            transfer,
            tuple(moves[transfer.id]),
            *returned.get(transfer.id, (0, 0)),
            made.get(transfer.id),
            refunded[transfer.id],
        )
        for transfer in await session.select(TRANSFERS, "WHERE id = ANY($1::uuid[])", ids)
    }
    return originals, lots
