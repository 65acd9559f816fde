"""Inputs, payloads and errors of behaviour events and of tags."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from schema.context import Info
from schema.payloads.errors import (
    IdempotencyKeyReusedError,
    InvalidInputError,
    LimitReachedError,
    MemberNotActiveError,
    NotFoundError,
    UserError,
    error_union,
)
from schema.payloads.inputs import KEY, AttributeInput, IdentityInput, MemberBy, pairs
from schema.payloads.results import ERRORS
from schema.types.ledger import Entry
from schema.types.member import Member
from schema.types.occasion import Occasion
from services.occasions import EventRequest


@strawberry.type(description="Returned when the source's name for the event is taken by an event with other content.")
class DuplicateEventError(UserError):
    """An event's name used twice."""

    CODE: strawberry.Private[str] = "DUPLICATE_EVENT"
    occasion_id: strawberry.Private[str]

    @strawberry.field(description="The event that has the name.")
    async def occasion(self, info: Info) -> Occasion | None:
        """Return the first event."""
        row = await info.context.loaders.occasion.load(UUID(self.occasion_id))
        return Occasion.of(row) if row else None


EventRecordError = Annotated[
    InvalidInputError
    | NotFoundError
    | MemberNotActiveError
    | DuplicateEventError
    | LimitReachedError
    | IdempotencyKeyReusedError,
    error_union("EventRecordError", "Why an event was not recorded."),
]
MemberTagError = Annotated[
    InvalidInputError | NotFoundError | MemberNotActiveError | LimitReachedError | IdempotencyKeyReusedError,
    error_union("MemberTagError", "Why no tag was set or taken away."),
]


@strawberry.input(description="What `eventRecord` takes.")
class EventRecordInput:
    """An event."""

    idempotency_key: str = strawberry.field(description=KEY)
    member: MemberBy = strawberry.field(description="Who did it.")
    code: str = strawberry.field(
        description="What was done: 1 to 64 letters, digits, hyphens and underscores. Campaigns are found by it."
    )
    attributes: list[AttributeInput] | None = strawberry.field(
        description="Custom attributes, at most 50.", default=None
    )
    occurred_at: datetime | None = strawberry.field(
        description="When it happened, at most five minutes ahead; null: now.", default=None
    )
    identity: IdentityInput | None = strawberry.field(
        description="The source's name for the event. With one, the event is recorded once for ever: the same content "
        "again answers the first one, other content is `DUPLICATE_EVENT`.",
        default=None,
    )

    def request(self) -> EventRequest:
        """Return the event of the use cases."""
        return EventRequest(
            member=self.member.ref(),
            code=self.code,
            attributes=pairs(self.attributes),
            occurred_at=self.occurred_at,
            identity=(self.identity.source, self.identity.external_id) if self.identity else None,
        )


@strawberry.type(description="What `eventRecord` answers.")
class EventRecordPayload:
    """An event's answer."""

    occasion: Occasion | None = strawberry.field(description="The event, and what campaigns made of it.", default=None)
    member: Member | None = strawberry.field(description="The member, as it is now.", default=None)
    entries: list[Entry] = strawberry.field(
        description="Ledger lines of what was given for the event, with the balances right after them, also when "
        "replayed. What a tier gave that it raised is an occasion of its own.",
        default_factory=list,
    )
    replayed: bool = strawberry.field(
        description="Whether this is the answer to an earlier call: the same key, or the same event under another key.",
        default=False,
    )
    user_errors: list[EventRecordError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.input(description="What `memberTag` takes.")
class MemberTagInput:
    """Tags."""

    idempotency_key: str = strawberry.field(description=KEY)
    member: MemberBy = strawberry.field(description="Who is marked.")
    add: list[str] | None = strawberry.field(
        description="Tags to set, each 1 to 64 characters; a member has at most 50 that were set by hand.",
        default=None,
    )
    remove: list[str] | None = strawberry.field(description="Tags to take away, whoever set them.", default=None)


@strawberry.type(description="What `memberTag` answers.")
class MemberTagPayload:
    """Tags' answer."""

    member: Member | None = strawberry.field(description="The member, as it is now.", default=None)
    replayed: bool = strawberry.field(
        description="Whether this is the answer to an earlier call with the same key.", default=False
    )
    user_errors: list[MemberTagError] = strawberry.field(description=ERRORS, default_factory=list)
