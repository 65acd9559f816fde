"""Events of a member, and batches of a program's."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

import models
from domain import assets
from domain import program as domain
from domain.amounts import from_minor
from domain.ledger import MATURING
from schema.context import Info
from schema.cursors import member_cursor, program_cursor
from schema.enums import EventKind, TierDirection
from schema.scalars import Cursor
from schema.types.coupon_event import COUPON_EVENTS
from schema.types.ledger import Balance, Entry, Expiry
from schema.types.member_event import MemberEvent, order_of_event
from schema.types.occasion import Occasion
from schema.types.order import Order, OrderReturn
from schema.types.program import Asset, Tier, TierLadder
from services.balances import Amounts
from services.events import Page


@strawberry.type(description="The member was enrolled.")
class MemberEnrolled(MemberEvent):
    """An enrolment."""


@strawberry.type(description="Facts of the member changed.")
class MemberAmended(MemberEvent):
    """An amendment."""

    fields: list[str] = strawberry.field(description="Which facts changed.")


@strawberry.type(description="An order of the member was committed.")
class OrderCommitted(MemberEvent):
    """A commit."""

    @strawberry.field(description="The order.")
    async def order(self, info: Info) -> Order:
        """Return the order."""
        return await order_of_event(self, info)


@strawberry.type(description="An order of the member was held: what it is to be paid with is reserved.")
class OrderHeld(MemberEvent):
    """A hold."""

    @strawberry.field(description="The order.")
    async def order(self, info: Info) -> Order:
        """Return the order."""
        return await order_of_event(self, info)


@strawberry.type(description="A held order of the member was given up; what it reserved is available again.")
class OrderCancelled(MemberEvent):
    """A cancel."""

    @strawberry.field(description="The order.")
    async def order(self, info: Info) -> Order:
        """Return the order."""
        return await order_of_event(self, info)


@strawberry.type(description="The hold of an order of the member ran out; what it reserved is available again.")
class OrderExpired(MemberEvent):
    """The end of a hold."""

    @strawberry.field(description="The order.")
    async def order(self, info: Info) -> Order:
        """Return the order."""
        return await order_of_event(self, info)


@strawberry.type(description="The member claimed an order that they had bought as a guest.")
class OrderClaimed(MemberEvent):
    """A claim."""

    @strawberry.field(description="The order.")
    async def order(self, info: Info) -> Order:
        """Return the order."""
        return await order_of_event(self, info)


@strawberry.type(description="Some of an order of the member, or all of it, came back.")
class OrderReturned(MemberEvent):
    """A return."""

    @strawberry.field(description="The order.")
    async def order(self, info: Info) -> Order:
        """Return the order."""
        return await order_of_event(self, info)

    @strawberry.field(name="return", description="What came back.")
    async def return_(self, info: Info) -> OrderReturn:
        """Return the return."""
        assert self.row.order_id is not None, "the event is of an order"
        ordinal = (self.row.details or {}).get("return")
        rows = await info.context.loaders.returns.load(self.row.order_id)
        return OrderReturn.of(next(row for row in rows if row.ordinal == ordinal), self.program.currency_scale)


@strawberry.type(description="Something happened that is no order, and was kept: see `Occasion`.")
class OccasionRecorded(MemberEvent):
    """An occasion."""

    @strawberry.field(description="What happened, and what campaigns made of it.")
    async def occasion(self, info: Info) -> Occasion:
        """Return the occasion."""
        assert self.row.occasion_id is not None, "the event is of an occasion"
        row = await info.context.loaders.occasion.load(self.row.occasion_id)
        assert row is not None, "who sees an event sees its occasion"
        return Occasion.of(row)


@strawberry.type(description="A line was added to the member's ledger.")
class BalanceChanged(MemberEvent):
    """A change of a balance."""

    async def _entry(self, info: Info) -> models.Entry:
        assert self.row.account_id is not None, "the event is of a ledger line"
        assert self.row.entry_seq is not None, "the event is of a ledger line"
        row = await info.context.loaders.entry.load((self.row.account_id, self.row.entry_seq))
        assert row is not None, "an event of a ledger line refers to the line"
        return row

    async def _asset(self, info: Info) -> assets.Asset:
        return self.program.asset_by_id((await self._entry(info)).asset_id)

    @strawberry.field(description="What moved.")
    async def asset(self, info: Info) -> Asset:
        """Return the asset."""
        return Asset.of(await self._asset(info))

    @strawberry.field(
        description="Change of the available balance, or of the pending or held one when that alone changed."
    )
    async def change(self, info: Info) -> Decimal:
        """Return the change."""
        entry = await self._entry(info)
        scale = (await self._asset(info)).scale
        return from_minor(entry.change_available or entry.change_pending or entry.change_held, scale)

    @strawberry.field(
        description="The balance right after this change. Its `bonus` and `nextExpiry` are those of that instant: of "
        "several lines of one instant, each shows the two as they were after all of them."
    )
    async def balance(self, info: Info) -> Balance:
        """Return the balance of then, not of now."""
        entry = await self._entry(info)
        at = entry.occurred_at if entry.kind in MATURING else entry.recorded_at
        amounts = Amounts(entry.asset_id, entry.available, entry.pending, entry.held, entry.account_id)
        return Balance.of(await self._asset(info), amounts, at)

    @strawberry.field(description="The ledger line.")
    async def entry(self, info: Info) -> Entry:
        """Return the line."""
        return Entry.of(await self._entry(info), self.program)


@strawberry.type(description="The member was reminded of what expires, so many days before as the asset says.")
class ExpiryReminded(MemberEvent):
    """A reminder."""

    asset: Asset = strawberry.field(description="What expires.")
    expiry: Expiry = strawberry.field(description="How much of it was to expire that day, and the first of it when.")


@strawberry.type(description="The member's tier changed.")
class TierChanged(MemberEvent):
    """A change of tier."""

    ladder: TierLadder = strawberry.field(description="On which ladder.")
    from_: Tier | None = strawberry.field(name="from", description="The tier before; null at the first.")
    to: Tier = strawberry.field(description="The tier from now on.")
    direction: TierDirection = strawberry.field(description="Which way.")


OF_ORDERS: dict[EventKind, type[MemberEvent]] = {
    EventKind.ORDER_HELD: OrderHeld,
    EventKind.ORDER_COMMITTED: OrderCommitted,
    EventKind.ORDER_RETURNED: OrderReturned,
    EventKind.ORDER_CANCELLED: OrderCancelled,
    EventKind.ORDER_EXPIRED: OrderExpired,
    EventKind.ORDER_CLAIMED: OrderClaimed,
}
PLAIN: dict[EventKind, type[MemberEvent]] = {
    **OF_ORDERS,
    **COUPON_EVENTS,
    EventKind.MEMBER_ENROLLED: MemberEnrolled,
    EventKind.BALANCE_CHANGED: BalanceChanged,
    EventKind.OCCASION_RECORDED: OccasionRecorded,
}
"""Those that are made of nothing else than what all have."""
EVENTS = (
    MemberEnrolled,
    MemberAmended,
    *OF_ORDERS.values(),
    BalanceChanged,
    ExpiryReminded,
    TierChanged,
    OccasionRecorded,
    *COUPON_EVENTS.values(),
)


def event_of(row: models.Event, program: domain.Program) -> MemberEvent:
    """Return the event of the contract."""
    kind = EventKind(row.kind)
    common: dict[str, Any] = {
        "row": row,
        "program": program,
        "position": member_cursor(program.event_epoch, row.member_id, row.position),
        "sequence": Decimal(row.position),
        "kind": kind,
        "occurred_at": row.occurred_at,
        "recorded_at": row.recorded_at,
    }
    match kind:
        case EventKind.MEMBER_AMENDED:
            return MemberAmended(**common, fields=list((row.details or {}).get("fields", ())))  # type: ignore[call-overload]
        case EventKind.EXPIRY_REMINDED:
            return _expiry_reminded(row, program, common)
        case EventKind.TIER_CHANGED:
            return _tier_changed(row, program, common)
        case _:
            return PLAIN[kind](**common)


def _expiry_reminded(row: models.Event, program: domain.Program, common: dict[str, Any]) -> ExpiryReminded:
    details: dict[str, Any] = row.details or {}
    asset = program.asset_by_id(UUID(details["asset"]))
    expiry = Expiry(amount=from_minor(details["amount"], asset.scale), at=datetime.fromisoformat(details["at"]))
    return ExpiryReminded(**common, asset=Asset.of(asset), expiry=expiry)


def _tier_changed(row: models.Event, program: domain.Program, common: dict[str, Any]) -> TierChanged:
    assert row.ladder_id is not None
    assert row.to_tier_id is not None
    to = program.tier_by_id(row.to_tier_id)
    before = program.tier_by_id(row.from_tier_id) if row.from_tier_id else None
    up = before is None or to.rank > before.rank
    return TierChanged(
        **common,
        ladder=TierLadder.of(program.ladder_by_id(row.ladder_id), program),
        from_=Tier.of(before) if before else None,
        to=Tier.of(to),
        direction=TierDirection.UP if up else TierDirection.DOWN,
    )


@strawberry.type(description="Events of a program, in the order in which they were committed.")
class EventBatch:
    """A batch."""

    events: list[MemberEvent] = strawberry.field(description="The events; the first batch may have none.")
    cursor: Cursor = strawberry.field(description="Place after them: pass the last one seen as `after`.")
    caught_up: bool = strawberry.field(description="Whether these were all the events that there were.")

    @classmethod
    def of(cls, page: Page, program: domain.Program) -> "EventBatch":
        """Return the batch of the contract."""
        return cls(
            events=[event_of(row, program) for row in page.events],
            cursor=program_cursor(program.event_epoch, program.id, page.cursor),
            caught_up=page.caught_up,
        )
