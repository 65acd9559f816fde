"""What all events of a member have."""

from datetime import datetime
from decimal import Decimal

import strawberry

import models
from domain import program as domain
from schema.context import Info
from schema.enums import EventKind
from schema.scalars import Cursor
from schema.types.member import Member
from schema.types.order import Order


@strawberry.interface(description="A past-tense fact about a member.")
class MemberEvent:
    """An event."""

    row: strawberry.Private[models.Event]
    program: strawberry.Private[domain.Program]
    position: Cursor = strawberry.field(description="Place in the member's stream: pass the last one seen as `after`.")
    sequence: Decimal = strawberry.field(
        description="Number of the event among the member's, from 1 and without a gap: a client can check that it "
        "missed none. A string, as every `Decimal` is: make it a number before adding 1."
    )
    kind: EventKind = strawberry.field(description="What the event tells.")
    occurred_at: datetime = strawberry.field(description="When it happened in the world.")
    recorded_at: datetime = strawberry.field(description="When it was written here.")

    @strawberry.field(description="The member, as it is now.")
    async def member(self, info: Info) -> Member:
        """Return the member."""
        row = await info.context.loaders.member.load(self.row.member_id)
        assert row is not None, "who sees an event sees its member"
        return Member.of(row)


async def order_of_event(event: MemberEvent, info: Info) -> Order:
    """Return the order that an event is of."""
    assert event.row.order_id is not None, "the event is of an order"
    row = await info.context.loaders.order.load(event.row.order_id)
    assert row is not None, "who sees an event sees its order"
    return Order.of(row)
