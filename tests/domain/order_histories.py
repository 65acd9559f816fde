"""Histories with orders that are held, captured, cancelled and returned, in memory."""

from collections import defaultdict
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any
from uuid import UUID

from domain.claim_commands import ClaimOrder
from domain.commands import (
    CancelOrder,
    CaptureOrder,
    Command,
    CommitOrder,
    ExpireOrder,
    HoldOrder,
    OrderCommand,
    ReturnOrder,
)
from domain.decide import decide
from domain.decisions.situation import Decision, OrderRecord, Situation
from domain.ledger import EntryKind, LotMove, TransferKind
from domain.members import MemberState
from domain.orders import LineContent, Order, OrderContent, OrderEffect, OrderLine, OrderReturn, OrderState
from domain.program import Program
from domain.refusals import Refusal
from domain.usage import Usage, UsageKey
from tests.domain.makers import MEMBER_ID, PROGRAM_ID
from tests.domain.test_histories import History

COMMON: dict[str, Any] = {"program_id": PROGRAM_ID, "actor": "key:test", "claim": None}


@dataclass
class Orders(History):
    """A history that knows its orders."""

    shop: Program | None = None
    orders: dict[UUID, Order] = field(default_factory=dict)
    lines: dict[UUID, list[OrderLine]] = field(default_factory=dict)
    effects: dict[UUID, tuple[OrderEffect, ...]] = field(default_factory=dict)
    returns: dict[UUID, list[OrderReturn]] = field(default_factory=lambda: defaultdict(list))
    usages: dict[UsageKey, Usage] = field(default_factory=dict)

    def forked(self) -> "Orders":
        """Return a history that goes on from here by itself."""
        other = copy(self)
        other.rows = replace(
            self.rows, **{name: list(getattr(self.rows, name)) for name in ("transfers", "entries", "moves", "events")}
        )
        other.decisions = list(self.decisions)
        other.orders, other.lines = dict(self.orders), {key: list(rows) for key, rows in self.lines.items()}
        other.effects = dict(self.effects)
        other.returns = defaultdict(list, {key: list(rows) for key, rows in self.returns.items()})
        other.usages = dict(self.usages)
        return other

    def load(self, *, sweeps: bool = False) -> MemberState:
        """Return the state with the open holds and what they reserved."""
        loaded = super().load(sweeps=sweeps)
        accounts = {lot.id: lot.account_id for lot in self.state.lots.values()}
        parts = {
            hold.id: tuple(
                (move.lot_id, move.held)
                for move in self.rows.moves
                if move.transfer_id == hold.transfer_id and accounts[move.lot_id] == hold.account_id
            )
            for hold in self.state.holds.values()
        }
        return replace(loaded, holds=MappingProxyType(dict(self.state.holds)), hold_parts=parts)

    def take(self, command: Command) -> Decision | Refusal:
        """Decide the command and let the decision stand."""
        assert self.shop is not None
        start = self.load()
        order = next((row for row in self.orders.values() if (row.source, row.external_id) == command.order_name), None)
        record = self.record(order) if order and isinstance(command, OrderCommand) else None
        situation = Situation(
            self.shop,
            self.now,
            self.new_id,
            {MEMBER_ID: start},
            order=order,
            record=record,
            orders=dict(self.orders),
            usages=MappingProxyType(dict(self.usages)),
        )
        try:
            decision = decide(command, situation)
        except Refusal as refusal:
            return refusal
        if decision.state is not None:
            self.state = decision.state
        self.decisions.append(decision)
        for name in ("transfers", "entries", "moves", "events"):
            getattr(self.rows, name).extend(getattr(decision.rows, name))
        self.orders.update(decision.rows.orders)
        self.usages.update(decision.usages)
        for line in decision.lines:
            rows = self.lines.setdefault(line.order_id, [])
            rows[line.ordinal : line.ordinal + 1] = [line]
        if decision.effects:
            order_id = decision.effects[0].order_id
            self.effects[order_id] = (*self.effects.get(order_id, ()), *decision.effects)
        for row in decision.returns:
            self.returns[row.order_id].append(row)
        return decision

    def record(self, order: Order) -> OrderRecord:
        """Return what is on record of an order."""
        entries = tuple(row for row in self.rows.entries if row.order_id == order.id)
        transfers = {order.transfer_id} | {row.transfer_id for row in entries if row.kind is EntryKind.RETURN}
        made = {lot.id for lot in self.state.lots.values() if lot.order_id == order.id}
        expiries = {row.id for row in self.rows.transfers if row.kind is TransferKind.EXPIRY}
        expired: dict[UUID, int] = defaultdict(int)
        for move in self.rows.moves:
            if move.transfer_id in expiries and move.lot_id in made:
                expired[move.lot_id] -= move.remaining
        moves: tuple[LotMove, ...] = tuple(move for move in self.rows.moves if move.transfer_id in transfers)
        return OrderRecord(
            tuple(self.lines[order.id]),
            self.effects.get(order.id, ()),
            entries,
            moves,
            expired,
            len(self.returns[order.id]),
        )

    # ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def buy(self, content: Any, order_id: UUID) -> Decision | Refusal:
        """Commit an order."""
        return self.take(CommitOrder(**COMMON, order_id=order_id, content=content))

    def hold(self, content: Any, order_id: UUID, seconds: int = 900) -> Decision | Refusal:
        """Hold an order."""
        return self.take(HoldOrder(**COMMON, order_id=order_id, content=content, seconds=seconds))

    def _about(self, order_id: UUID) -> dict[str, Any]:
        order = self.orders[order_id]
        names = {"source": order.source, "external_id": order.external_id, "member_id": order.member_id}
        return {**COMMON, "order_id": order_id, **names}

    def capture(self, order_id: UUID, quantities: Sequence[tuple[str, int]] | None = None) -> Decision | Refusal:
        """Capture a held order, or so many pieces of its lines."""
        some = None if quantities is None else tuple(quantities)
        return self.take(CaptureOrder(**self._about(order_id), quantities=some))

    def cancel(self, order_id: UUID) -> Decision | Refusal:
        """Give a held order up."""
        return self.take(CancelOrder(**self._about(order_id)))

    def expire(self, order_id: UUID) -> Decision | Refusal:
        """Give a held order up whose time is over."""
        return self.take(ExpireOrder(**self._about(order_id)))

    def return_(self, order_id: UUID, quantities: Sequence[tuple[str, int]] | None = None) -> Decision | Refusal:
        """Take pieces back."""
        some = None if quantities is None else tuple(quantities)
        return self.take(ReturnOrder(**self._about(order_id), return_id=self.new_id(), quantities=some, reason=None))

    def claim(self, order_id: UUID) -> Decision | Refusal:
        """Make a guest's order the member's."""
        order = self.orders[order_id]
        content = OrderContent(
            source=order.source,
            external_id=order.external_id,
            member_id=MEMBER_ID,
            store=order.store,
            channel=order.channel,
            occurred_at=order.occurred_at,
            shipping=order.shipping,
            lines=tuple(
                LineContent(row.ref, row.sku, row.name, row.category, row.quantity, row.unit_price)
                for row in self.lines[order_id]
                if row.campaign_id is None
            ),
        )
        return self.take(ClaimOrder(**self._about(order_id) | {"member_id": MEMBER_ID}, content=content))

    def state_of(self, order_id: UUID) -> OrderState:
        """Return an order's state."""
        return self.orders[order_id].state
