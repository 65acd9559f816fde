"""Hold, capture, cancel, return and claim of orders: what they take, and what they answer."""

import strawberry

from schema.payloads.inputs import KEY, MemberBy, OrderBy, OrderContentInput
from schema.payloads.order_errors import (
    OrderCancelError,
    OrderCaptureError,
    OrderClaimError,
    OrderHoldError,
    OrderReturnError,
)
from schema.payloads.results import ERRORS, REPLAYED
from schema.types.ledger import Entry
from schema.types.member import Member
from schema.types.order import Order, OrderReturn

ENTRIES = "Ledger lines that were written, with the balances right after them, also when replayed."
HOLD_SECONDS = 900
WHICH = "Which order."
MEMBER = "The member of the order, as it is now; null for a guest order."


@strawberry.input(description="What `orderHold` takes.")
class OrderHoldInput:
    """A hold."""

    idempotency_key: str = strawberry.field(description=KEY)
    order: OrderContentInput = strawberry.field(description="The order.")
    hold_seconds: int | None = strawberry.field(
        description="For how long it is held, 1 to 2,592,000 (30 days); null is 900.", default=HOLD_SECONDS
    )


@strawberry.input(description="So many pieces of a line.")
class CaptureLineInput:
    """A line of a capture."""

    ref: str = strawberry.field(description="Name of the line within its order.")
    quantity: int = strawberry.field(description="How many pieces, 1 up to what is held.")


@strawberry.input(description="What `orderCapture` takes.")
class OrderCaptureInput:
    """A capture."""

    idempotency_key: str = strawberry.field(description=KEY)
    order: OrderBy = strawberry.field(description=WHICH)
    lines: list[CaptureLineInput] | None = strawberry.field(
        description="What is captured, 1 to 500 lines, each once; left out or null for all. What is not named is "
        "released: it was never delivered and is not to be paid.",
        default=None,
    )


@strawberry.input(description="What `orderCancel` takes.")
class OrderCancelInput:
    """A cancel."""

    idempotency_key: str = strawberry.field(description=KEY)
    order: OrderBy = strawberry.field(description=WHICH)


@strawberry.input(description="So many pieces of a line.")
class ReturnLineInput:
    """A line of a return."""

    ref: str = strawberry.field(description="Name of the line within its order.")
    quantity: int = strawberry.field(description="How many pieces, 1 or more.")


@strawberry.input(description="What `orderReturn` takes.")
class OrderReturnInput:
    """A return."""

    idempotency_key: str = strawberry.field(description=KEY)
    order: OrderBy = strawberry.field(description=WHICH)
    lines: list[ReturnLineInput] | None = strawberry.field(
        description="What comes back, each line once; left out or null for all that is left.", default=None
    )
    reason: str | None = strawberry.field(
        description="Why, 1 to 500 characters; it is kept in the ledger.", default=None
    )


@strawberry.input(description="What `orderClaim` takes.")
class OrderClaimInput:
    """A claim."""

    idempotency_key: str = strawberry.field(description=KEY)
    order: OrderBy = strawberry.field(
        description="Which order: a guest's that is committed, and of which nothing came back."
    )
    member: MemberBy = strawberry.field(description="Whose it is to be.")


@strawberry.type(description="What `orderHold` answers.")
class OrderHoldPayload:
    """A hold's answer."""

    order: Order | None = strawberry.field(description="The held order.", default=None)
    member: Member | None = strawberry.field(description=MEMBER, default=None)
    entries: list[Entry] = strawberry.field(description=ENTRIES, default_factory=list)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[OrderHoldError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `orderCapture` answers.")
class OrderCapturePayload:
    """A capture's answer."""

    order: Order | None = strawberry.field(description="The committed order.", default=None)
    member: Member | None = strawberry.field(description=MEMBER, default=None)
    entries: list[Entry] = strawberry.field(description=ENTRIES, default_factory=list)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[OrderCaptureError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `orderCancel` answers.")
class OrderCancelPayload:
    """A cancel's answer."""

    order: Order | None = strawberry.field(description="The order, given up.", default=None)
    member: Member | None = strawberry.field(description=MEMBER, default=None)
    entries: list[Entry] = strawberry.field(description=ENTRIES, default_factory=list)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[OrderCancelError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `orderReturn` answers.")
class OrderReturnPayload:
    """A return's answer."""

    order: Order | None = strawberry.field(description="The order, as it is now.", default=None)
    return_: OrderReturn | None = strawberry.field(name="return", description="What came back.", default=None)
    member: Member | None = strawberry.field(description=MEMBER, default=None)
    entries: list[Entry] = strawberry.field(description=ENTRIES, default_factory=list)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[OrderReturnError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `orderClaim` answers.")
class OrderClaimPayload:
    """A claim's answer."""

    order: Order | None = strawberry.field(description="The order, now the member's.", default=None)
    member: Member | None = strawberry.field(description="The member, as it is now.", default=None)
    entries: list[Entry] = strawberry.field(description=ENTRIES, default_factory=list)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[OrderClaimError] = strawberry.field(description=ERRORS, default_factory=list)
