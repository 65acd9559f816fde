"""Part of step 4: the transfers that commands undo, what they took from which lots, what was given back before."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from domain.commands import Command
from domain.ledger import EntryKind, Lot, LotMove
from domain.undoing import Original
from services.writer.session import Reads
from services.writer.tables import LOT_MOVES, LOTS, TRANSFERS

RETURNED = (
    "SELECT t.original_id, sum(e.change_available) FROM transfer t JOIN entry e ON e.transfer_id = t.id "
    f"AND e.kind = '{EntryKind.RETURN}' WHERE t.original_id = ANY($1::uuid[]) GROUP BY t.original_id"
)


async def load_originals(
    session: Reads, commands: Sequence[Command]
) -> tuple[dict[UUID, Original], dict[UUID, dict[UUID, Lot]]]:
    """Return the transfers that `commands` undo by their ids, and the lots that these used by member and id."""
    ids = [command.original for command in commands if command.original]
    lots: dict[UUID, dict[UUID, Lot]] = defaultdict(dict)
    if not ids:
        return {}, lots
    moves: dict[UUID, list[LotMove]] = defaultdict(list)
    for move in await session.select(LOT_MOVES, "WHERE transfer_id = ANY($1::uuid[])", ids):
        moves[move.transfer_id].append(move)
    returned = {UUID(str(row[0])): int(row[1]) for row in await session.fetch(RETURNED, ids)}
    used = sorted({move.lot_id for group in moves.values() for move in group})
    for lot in await session.select(LOTS, "WHERE id = ANY($1::uuid[])", used):
        lots[lot.member_id][lot.id] = lot
    originals = {
        transfer.id: Original(transfer, tuple(moves[transfer.id]), returned.get(transfer.id, 0))
        for transfer in await session.select(TRANSFERS, "WHERE id = ANY($1::uuid[])", ids)
    }
    return originals, lots
