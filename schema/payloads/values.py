"""Inputs, payloads and errors of what is paid into balances and used of them."""

from decimal import Decimal
from typing import Annotated

import strawberry

from schema.payloads.errors import (
    AlreadyReturnedError,
    IdempotencyKeyReusedError,
    InsufficientBalanceError,
    InvalidInputError,
    LimitReachedError,
    MemberNotActiveError,
    NotAgentError,
    NotFoundError,
    error_union,
)
from schema.payloads.inputs import KEY, MemberBy
from schema.payloads.results import ERRORS, REPLAYED
from schema.types.ledger import Entry
from schema.types.member import Member

MEMBER = "The member, as it is now."


ValueTopUpError = Annotated[
    InvalidInputError | NotFoundError | MemberNotActiveError | LimitReachedError | IdempotencyKeyReusedError,
    error_union("ValueTopUpError", "Why nothing was paid in."),
]
ValueRefundError = Annotated[
    InvalidInputError | NotFoundError | InsufficientBalanceError | MemberNotActiveError | IdempotencyKeyReusedError,
    error_union("ValueRefundError", "Why nothing was paid back."),
]
BalanceSpendError = Annotated[
    InvalidInputError
    | NotFoundError
    | InsufficientBalanceError
    | MemberNotActiveError
    | NotAgentError
    | LimitReachedError
    | IdempotencyKeyReusedError,
    error_union("BalanceSpendError", "Why nothing was used."),
]
BalanceSpendUndoError = Annotated[
    InvalidInputError
    | NotFoundError
    | AlreadyReturnedError
    | MemberNotActiveError
    | LimitReachedError
    | IdempotencyKeyReusedError,
    error_union("BalanceSpendUndoError", "Why nothing was given back."),
]
BalanceConvertError = Annotated[
    InvalidInputError
    | NotFoundError
    | InsufficientBalanceError
    | MemberNotActiveError
    | LimitReachedError
    | IdempotencyKeyReusedError,
    error_union("BalanceConvertError", "Why nothing was converted."),
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


@strawberry.input(description="What `valueRefund` takes.")
class ValueRefundInput:
    """A refund."""

    idempotency_key: str = strawberry.field(description=KEY)
    top_up: strawberry.ID = strawberry.field(description="Id of the line of what `valueTopUp` paid in.")
    amount: Decimal | None = strawberry.field(
        description="How much is paid back, more than 0; left out, all that is left of it.", default=None
    )
    reason: str | None = strawberry.field(
        description="Why, 1 to 500 characters; it is kept in the ledger.", default=None
    )


@strawberry.type(description="What `valueRefund` answers.")
class ValueRefundPayload:
    """A refund's answer."""

    member: Member | None = strawberry.field(description=MEMBER, default=None)
    entry: Entry | None = strawberry.field(description="The line of what is to be paid back in money.", default=None)
    bonus: Entry | None = strawberry.field(
        description="The line of the bonus that was taken back with it; null when none was.", default=None
    )
    kept: Entry | None = strawberry.field(
        description="The line of the principal that is kept for bonus that was used or is reserved; null when none is.",
        default=None,
    )
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[ValueRefundError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.input(description="What `balanceSpend` takes.")
class BalanceSpendInput:
    """A use."""

    idempotency_key: str = strawberry.field(description=KEY)
    member: MemberBy = strawberry.field(description="Whose balance.")
    asset: str = strawberry.field(description="Code of the asset; one that counts towards tiers cannot be spent.")
    amount: Decimal = strawberry.field(description="How much is used, more than 0.")
    reason: str = strawberry.field(description="What for, 1 to 500 characters; it is kept in the ledger.")
    agent: MemberBy | None = strawberry.field(
        description="Who draws on the member's balance as their agent; left out when the member uses it.", default=None
    )


@strawberry.type(description="What `balanceSpend` answers.")
class BalanceSpendPayload:
    """A use's answer."""

    member: Member | None = strawberry.field(description=MEMBER, default=None)
    entry: Entry | None = strawberry.field(
        description="The ledger line that was written; its id names what was used.", default=None
    )
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[BalanceSpendError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.input(description="What `balanceSpendUndo` takes.")
class BalanceSpendUndoInput:
    """An undo."""

    idempotency_key: str = strawberry.field(description=KEY)
    entry: strawberry.ID = strawberry.field(description="Id of the line that `balanceSpend` wrote.")
    amount: Decimal | None = strawberry.field(
        description="How much is given back, more than 0; left out, all that is left of it.", default=None
    )
    reason: str | None = strawberry.field(
        description="Why, 1 to 500 characters; it is kept in the ledger.", default=None
    )


@strawberry.type(description="What `balanceSpendUndo` answers.")
class BalanceSpendUndoPayload:
    """An undo's answer."""

    member: Member | None = strawberry.field(description=MEMBER, default=None)
    entry: Entry | None = strawberry.field(description="The ledger line that was written.", default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[BalanceSpendUndoError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.input(description="What `balanceConvert` takes.")
class BalanceConvertInput:
    """A conversion."""

    idempotency_key: str = strawberry.field(description=KEY)
    member: MemberBy = strawberry.field(description="Whose balances.")
    source: str = strawberry.field(name="from", description="Code of the asset that is converted.")
    target: str = strawberry.field(name="to", description="Code of the asset that it becomes.")
    amount: Decimal = strawberry.field(
        description="How much of the first is converted: more than 0, in whole steps of the conversion."
    )


@strawberry.type(description="What `balanceConvert` answers.")
class BalanceConvertPayload:
    """A conversion's answer."""

    member: Member | None = strawberry.field(description=MEMBER, default=None)
    given: Entry | None = strawberry.field(description="The line of what was converted.", default=None)
    received: Entry | None = strawberry.field(description="The line of what it became.", default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[BalanceConvertError] = strawberry.field(description=ERRORS, default_factory=list)
