"""The book of one decision: postings on a member's accounts and lots, and the events that tell of them.

A book starts from a loaded state and is thrown away when the decision is refused, so nothing outside it changes.
"""

from collections import ChainMap, Counter, defaultdict
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from domain.agents import AgentDraw, Drawing, authorise, count
from domain.assets import Asset
from domain.coupons import Coupon, CouponChange, Tally
from domain.events import Event, EventKind
from domain.instants import NEVER
from domain.ledger import Account, Entry, Hold, Lot, LotMove, Transfer, TransferKind
from domain.members import MemberState
from domain.occasions import Occasion, OccasionEffect
from domain.orders import Order
from domain.posting import OpenTransfer
from domain.program import CampaignVersion, Program
from domain.stored_value import TopUp
from domain.usage import Usage, UsageKey
from domain.values import replace


@dataclass(slots=True)
class Rows:
    """Rows to insert. What changes of members (accounts, lots, holds, standings) is found by comparing states."""

    transfers: list[Transfer] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    moves: list[LotMove] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    orders: dict[UUID, Order] = field(default_factory=dict)
    """Orders that are new or changed, by id."""
    top_ups: list[TopUp] = field(default_factory=list)
    occasions: list[Occasion] = field(default_factory=list)
    occasion_effects: list[OccasionEffect] = field(default_factory=list)
    usages: dict[UsageKey, Usage] = field(default_factory=dict)
    """Uses of campaigns that changed, as they are now."""
    coupons: dict[UUID, Coupon] = field(default_factory=dict)
    """Coupons that are new or changed, by id."""
    coupon_changes: list[CouponChange] = field(default_factory=list)
    tallies: dict[tuple[UUID, UUID], Tally] = field(default_factory=lambda: defaultdict(Tally))
    """How the counters of templates change, by (program, template)."""

    def expired(self) -> Counter[UUID]:
        """Return how much of each lot expires by these rows, by lot id; what was held of it may do so later."""
        expiries = {row.id for row in self.transfers if row.kind is TransferKind.EXPIRY}
        found = Counter[UUID]()
        if not expiries:
            return found
        for move in self.moves:
            if move.transfer_id in expiries:
                found[move.lot_id] -= move.remaining
        return found


def burn_key(lot: Lot) -> tuple[int, datetime, UUID]:
    """Return by what lots are used: priority, then soonest expiry, then age."""
    return (lot.priority, lot.expires_at, lot.id)


class Book:
    """Postings for one member at one instant `now`. Amounts are positive minor units of the asset."""

    def __init__(
        self,
        program: Program,
        state: MemberState,
        *,
        now: datetime,
        actor: str,
        new_id: Callable[[], UUID],
        rows: Rows | None = None,
        orders: Mapping[UUID, Order] | None = None,
        usages: Mapping[UsageKey, Usage] | None = None,
        versions: Mapping[UUID, CampaignVersion] | None = None,
    ) -> None:
        self.program = program
        self.now = now
        self.actor = actor
        self.new_id = new_id
        self.rows = Rows() if rows is None else rows
        self.before = state
        self.member = state.member
        self.accounts = dict(state.accounts)
        self.lots = dict(state.lots)
        self.standings = dict(state.standings)
        self.holds = dict(state.holds)
        self.agents = dict(state.agents)
        self.draws = dict(state.draws)
        self._orders = orders or {}
        self.versions = versions or {}
        """The versions of templates that hold for the coupons of the decision."""
        # What is counted goes into the rows: a chain writes into its first map alone.
        counts = cast("MutableMapping[UsageKey, Usage]", usages or {})
        self.usages: MutableMapping[UsageKey, Usage] = ChainMap(self.rows.usages, counts)
        self.position = state.member.position

    # ── transfers ────────────────────────────────────────────────────────────────────────────────────────────────────

    def open(
        self,
        kind: TransferKind,
        occurred_at: datetime,
        *,
        order_id: UUID | None = None,
        original_id: UUID | None = None,
        reason: str | None = None,
        drawing: Drawing | None = None,
    ) -> OpenTransfer:
        """Start a transfer; use it as a context manager, which seals it when at least one entry was posted.

        With `drawing` it is the agent's, who draws on this member.
        """
        transfer = Transfer(
            id=self.new_id(),
            program_id=self.program.id,
            member_id=drawing.member_id if drawing else self.member.id,
            kind=kind,
            order_id=order_id,
            original_id=original_id,
            actor=self.actor,
            reason=reason,
            occurred_at=occurred_at,
            recorded_at=self.now,
            hash=b"",
        )
        return OpenTransfer(self, transfer, drawing)

    def account(self, asset: Asset) -> Account:
        """Return the member's account of `asset`, opening it at zero if there is none yet."""
        account = self.accounts.get(asset.id)
        if account is None:
            account = Account(
                id=self.new_id(),
                program_id=self.program.id,
                member_id=self.member.id,
                asset_id=asset.id,
                available=0,
                pending=0,
                held=0,
                floor=asset.floor,
                seq=0,
                next_due_at=NEVER,
            )
            self.accounts[asset.id] = account
        return account

    def burn_order(self, account: Account) -> list[Lot]:
        """Return the loaded lots that a debit of `account` may use, first to be used first."""
        usable = [
            lot
            for lot in self.lots.values()
            if lot.account_id == account.id and lot.remaining and lot.locked_until is None and lot.expires_at > self.now
        ]
        return sorted(usable, key=burn_key)

    def parts(self, hold: Hold) -> list[tuple[Lot, int]]:
        """Return how much of each lot a loaded hold reserved, in burn order."""
        parts = [(self.lots[lot_id], amount) for lot_id, amount in self.before.hold_parts[hold.id]]
        return sorted(parts, key=lambda part: burn_key(part[0]))

    # ── agents ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def authorise(self, drawing: Drawing, asset: Asset, amount: int) -> None:
        """Refuse what an agent may not draw on this member. Raises `NotAgent` or `LimitReached`."""
        authorise(self.agents, self.draws, drawing, asset, amount)

    def count_drawn(self, drawing: Drawing, asset: Asset, amount: int) -> None:
        """Count what an agent draws on this member, or, negative, what comes back of it."""
        blank = AgentDraw(self.program.id, self.member.id, drawing.member_id, asset.id, drawing.month, amount)
        count(self.draws, blank)

    def drawing(self, order: Order | None) -> Drawing | None:
        """Return who draws on this member by an order; None when it is the member's own."""
        if order is None or order.member_id is None or order.member_id == self.member.id:
            return None
        return Drawing.of(order.member_id, order.recorded_at, self.program.zone)

    def order(self, order_id: UUID) -> Order | None:
        """Return a loaded order as this decision leaves it."""
        return self.rows.orders.get(order_id) or self._orders.get(order_id)

    # ── events ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def tell(
        self,
        kind: EventKind,
        occurred_at: datetime,
        *,
        order_id: UUID | None = None,
        account_id: UUID | None = None,
        entry_seq: int | None = None,
        ladder_id: UUID | None = None,
        from_tier_id: UUID | None = None,
        to_tier_id: UUID | None = None,
        occasion_id: UUID | None = None,
        details: dict[str, Any] | None = None,
    ) -> int:
        """Add an event at the member's next position, which is returned."""
        self.position += 1
        self.rows.events.append(
            Event(
                member_id=self.member.id,
                position=self.position,
                program_id=self.program.id,
                kind=kind,
                order_id=order_id,
                account_id=account_id,
                entry_seq=entry_seq,
                ladder_id=ladder_id,
                from_tier_id=from_tier_id,
                to_tier_id=to_tier_id,
                occasion_id=occasion_id,
                details=details,
                occurred_at=occurred_at,
                recorded_at=self.now,
            )
        )
        return self.position

    def close(self) -> MemberState:
        """Return the state after all postings; nothing of it is due any more, so `next_due` has served."""
        return replace(
            self.before,
            member=replace(self.member, position=self.position),
            accounts=self.accounts,
            lots=self.lots,
            standings=self.standings,
            holds=self.holds,
            agents=self.agents,
            draws=self.draws,
            next_due={},
        )
