"""Inputs, payloads and errors of what is paid into balances and used of them."""

from decimal import Decimal
from typing import Annotated

import strawberry

from schema.payloads.errors import (
    IdempotencyKeyReusedError,
    InvalidInputError,
    LimitReachedError,
    MemberNotActiveError,
    NotFoundError,
)
from schema.payloads.inputs import KEY, MemberBy
from schema.payloads.results import ERRORS, REPLAYED
from schema.types.ledger import Entry
from schema.types.member import Member

MEMBER = "The member, as it is now."


def _union(name: str, description: str) -> object:
    return strawberry.union(name, description=description)


ValueTopUpError = Annotated[
    InvalidInputError | NotFoundError | MemberNotActiveError | LimitReachedError | IdempotencyKeyReusedError,
    _union("ValueTopUpError", "Why nothing was paid in."),
]


@strawberry.input(description="What `valueTopUp` takes.")
class ValueTopUpInput:
    """A top-up."""

    idempotency_key: str = strawberry.field(description=KEY)
    member: MemberBy = strawberry.field(description="Whose balance.")
    asset: str = strawberry.field(description="Code of the asset, which must be money.", default="VALUE")
    amount: Decimal = strawberry.field(description="What is paid in, more than 0; the bonus comes on top.")
    reason: str | None = strawberry.field(
        description="Why, or the receipt's number, 1 to 500 characters; it is kept in the ledger.", default=None
    )


@strawberry.type(description="What `valueTopUp` answers.")
class ValueTopUpPayload:
    """A top-up's answer."""

    member: Member | None = strawberry.field(description=MEMBER, default=None)
    entry: Entry | None = strawberry.field(
        description="The line of what was paid in; its id names the top-up.", default=None
    )
    bonus: Entry | None = strawberry.field(
        description="The line of what the ladder gave on top; null when it gave nothing.", default=None
    )
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[ValueTopUpError] = strawberry.field(description=ERRORS, default_factory=list)
