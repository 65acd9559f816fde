"""The hash of every transfer, over its entries, the lots it created and its lot moves: four streams side by side."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from uuid import UUID

from domain.digest import transfer_hash
from domain.ledger import Entry, Transfer, TransferKind
from services.verify import raw
from services.verify.check import Scope
from services.verify.parts import UNREADABLE, Findings, Part, side_by_side
from services.verify.report import Finding
from services.verify.source import Row, Source
from services.writer.tables import ENTRIES, LOT_MOVES, LOTS, TRANSFERS

OWNER = "program, member or order"
PROGRAM, MEMBER, ORDER, KIND, HASH = map(
    TRANSFERS.columns.index, ("program_id", "member_id", "order_id", "kind", "hash")
)
ENTRY_OWNER, LOT_OWNER = (
    itemgetter(*map(table.columns.index, ("program_id", "member_id", "order_id"))) for table in (ENTRIES, LOTS)
)
MOVE_PROGRAM = LOT_MOVES.columns.index("program_id")
PAIR = 2
AGENT = "SELECT 1 FROM agent WHERE payer_id = $1 AND member_id = $2 AND asset_id = $3"
CHECKS = {
    "transfer.hash": "transfer",
    "transfer.entries": "transfer",
    "transfer.pair": "transfer",
    "transfer.agent": "transfer",
    "entry.transfer": "entry",
    "lot.transfer": "lot",
    "lot_move.transfer": "lot_move",
}
"""Check → the table whose rows it looks at."""
DRAWN = frozenset(
    {
        TransferKind.ORDER,
        TransferKind.HOLD,
        TransferKind.RETURN,
        TransferKind.RELEASE,
        TransferKind.SPEND,
        TransferKind.SPEND_UNDO,
    }
)
"""What an agent may do with the balances of a payer."""


class Transfers:
    """One pass over all transfers, in the order of their ids."""

    def __init__(self, source: Source, scope: Scope, limit: int) -> None:
        self._source = source
        self._findings = found = Findings(limit)
        self._heads = Part(source, TRANSFERS, scope, found)
        self._entries = Part(source, ENTRIES, scope, found, column="transfer_id", check="entry.transfer")
        self._lots = Part(source, LOTS, scope, found, column="transfer_id", check="lot.transfer")
        self._moves = Part(source, LOT_MOVES, scope, found, column="transfer_id", check="lot_move.transfer")
        self._drawn: dict[tuple[UUID, UUID, UUID], Row] = {}
        """The first transfer by which an agent drew on a payer's asset."""

    async def findings(self, progress: Callable[[int], None]) -> list[Finding]:
        """Return what is broken, the rows of each check by transfer; tell as it goes how many were looked at."""
        parts = (self._entries, self._lots, self._moves)
        await side_by_side(self._heads, parts, self._check, progress)
        for (payer_id, agent_id, asset_id), record in self._drawn.items():
            if not await self._source.first(AGENT, 1, payer_id, agent_id, asset_id):
                message = f"The member {agent_id} never had the right to draw on {payer_id}."
                self._findings.add("transfer.agent", "transfer", record, message)
        return await self._findings.named(self._source)

    def _check(self, record: Row) -> None:
        raw_entries, raw_lots, raw_moves = (part.take(record[0]) for part in (self._entries, self._lots, self._moves))
        if not self._is_sound(record, raw_entries, raw_lots, raw_moves):
            self._look_at(record, raw_entries, raw_lots, raw_moves)

    def _look_at(self, record: Row, raw_entries: list[Row], raw_lots: list[Row], raw_moves: list[Row]) -> None:
        """Find what is wrong with a transfer, if anything is."""
        if not raw_entries:
            self._findings.add("transfer.entries", "transfer", record, "The transfer has no entry.")
        heads, entries = self._heads.rows([record]), self._entries.rows(raw_entries)
        lots, moves = self._lots.rows(raw_lots), self._moves.rows(raw_moves)
        read = (len(heads), len(entries), len(lots), len(moves))
        if read != (1, len(raw_entries), len(raw_lots), len(raw_moves)):
            return  # what cannot be read cannot be hashed, and is a finding by itself
        transfer = heads[0]
        others = self._members(record, transfer, entries)
        owners = {(transfer.program_id, member_id, transfer.order_id) for member_id in others}
        for row, entry in zip(raw_entries, entries, strict=True):
            if (entry.program_id, entry.member_id, entry.order_id) not in owners:
                self._entries.strange(row, OWNER)
        for row, lot in zip(raw_lots, lots, strict=True):
            if (lot.program_id, lot.member_id, lot.order_id) not in owners:
                self._lots.strange(row, OWNER)
        for row, move in zip(raw_moves, moves, strict=True):
            if move.program_id != transfer.program_id:
                self._moves.strange(row, OWNER)
        if transfer_hash(transfer, entries, lots, moves) != transfer.hash:
            message = "The hash is not that of the transfer with its entries, lots and lot moves."
            self._findings.add("transfer.hash", "transfer", record, message)

    def _is_sound(self, record: Row, entries: list[Row], lots: list[Row], moves: list[Row]) -> bool:
        """Whether nothing is wrong, told as cheaply as can be; if it cannot be told, the rows are looked at one by one.

        What moves value between members has two owners, and is always looked at.
        """
        program_id, kind = record[PROGRAM], record[KIND]
        if not entries or kind == TransferKind.TRANSFER:
            return False
        owner = (program_id, record[MEMBER], record[ORDER])
        if any(ENTRY_OWNER(row) != owner for row in entries) or any(LOT_OWNER(row) != owner for row in lots):
            return False
        if any(row[MOVE_PROGRAM] != program_id for row in moves):
            return False
        try:
            same: bool = raw.transfer_hash(record, entries, lots, moves) == record[HASH]
        except UNREADABLE:
            return False
        return same

    def _members(self, record: Row, transfer: Transfer, entries: Sequence[Entry]) -> set[UUID]:
        """Return whose ledgers a transfer may write: the member's, the receiver's, the payer's on whom one draws."""
        if transfer.kind in DRAWN:
            others = {(entry.member_id, entry.asset_id) for entry in entries if entry.member_id != transfer.member_id}
            for payer_id, asset_id in others:
                self._drawn.setdefault((payer_id, transfer.member_id, asset_id), record)
            return {payer_id for payer_id, _ in others} | {transfer.member_id}
        if transfer.kind is not TransferKind.TRANSFER:
            return {transfer.member_id}
        changes = {entry.member_id: entry.change_available for entry in entries}
        if len(changes) != len(entries) or len(entries) != PAIR or sum(changes.values()) != 0:
            self._findings.add("transfer.pair", "transfer", record, "Two members' lines do not add up to 0.")
        return set(changes) | {transfer.member_id}
