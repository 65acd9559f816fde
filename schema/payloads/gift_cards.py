"""Inputs, payloads and errors of gift cards."""

from decimal import Decimal
from typing import Annotated

import strawberry

from schema import ids
from schema.payloads.errors import (
    GiftCardStateError,
    IdempotencyKeyReusedError,
    InsufficientBalanceError,
    InvalidInputError,
    LimitReachedError,
    MemberNotActiveError,
    NotFoundError,
    error_union,
)
from schema.payloads.inputs import KEY, NOBODY, MemberBy
from schema.payloads.results import ERRORS, REPLAYED
from schema.types.gift_card import GiftCard
from schema.types.ledger import Entry
from schema.types.member import Member
from services.gift_cards import CardRef

GiftCardIssueError = Annotated[
    InvalidInputError
    | NotFoundError
    | InsufficientBalanceError
    | MemberNotActiveError
    | LimitReachedError
    | IdempotencyKeyReusedError,
    error_union("GiftCardIssueError", "Why no gift card was issued."),
]
GiftCardClaimError = Annotated[
    InvalidInputError
    | NotFoundError
    | GiftCardStateError
    | InsufficientBalanceError
    | MemberNotActiveError
    | LimitReachedError
    | IdempotencyKeyReusedError,
    error_union("GiftCardClaimError", "Why a gift card was not claimed."),
]
GiftCardVoidError = Annotated[
    InvalidInputError
    | NotFoundError
    | GiftCardStateError
    | InsufficientBalanceError
    | MemberNotActiveError
    | LimitReachedError
    | IdempotencyKeyReusedError,
    error_union("GiftCardVoidError", "Why a gift card was not taken back."),
]


@strawberry.input(one_of=True, description="Names a gift card in one way.")
class GiftCardBy:
    """A card reference."""

    id: strawberry.Maybe[strawberry.ID] = strawberry.field(description="Id.", default=None)
    code: strawberry.Maybe[str] = strawberry.field(description="Its code, however it is typed.", default=None)

    def ref(self) -> CardRef:
        """Return the reference of the use cases."""
        if self.id is not None:
            return CardRef(id=ids.decode(ids.GIFT_CARD, self.id.value) or NOBODY)
        assert self.code is not None, "exactly one of the fields is given"
        return CardRef(code=self.code.value)


@strawberry.input(description="What `giftCardIssue` takes.")
class GiftCardIssueInput:
    """An issue."""

    idempotency_key: str = strawberry.field(description=KEY)
    asset: str = strawberry.field(
        description="Code of the asset. Without `from` it must be money; what counts towards tiers is never given.",
        default="VALUE",
    )
    amount: Decimal = strawberry.field(description="What the card is worth, more than 0.")
    giver: MemberBy | None = strawberry.field(
        name="from", description="Whose value it is; left out, the amount is paid in, without a bonus.", default=None
    )
    message: str | None = strawberry.field(
        description="What the giver says to whom it is for, 1 to 500 characters.", default=None
    )
    reason: str | None = strawberry.field(
        description="Why, or the receipt's number, 1 to 500 characters; it is kept in the ledger.", default=None
    )


@strawberry.type(description="What `giftCardIssue` answers.")
class GiftCardIssuePayload:
    """An issue's answer."""

    gift_card: GiftCard | None = strawberry.field(description="The card, as it is now.", default=None)
    code: str | None = strawberry.field(
        description="The code by which it is claimed. It is shown here only, and again when the call is repeated; null "
        "when the server's secret has changed since.",
        default=None,
    )
    entry: Entry | None = strawberry.field(
        description="The line of what the giver gave; null when the amount was paid in.", default=None
    )
    member: Member | None = strawberry.field(
        description="The giver, as it is now; null when the amount was paid in.", default=None
    )
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[GiftCardIssueError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.input(description="What `giftCardClaim` takes.")
class GiftCardClaimInput:
    """A claim."""

    idempotency_key: str = strawberry.field(description=KEY)
    code: str = strawberry.field(
        description="The card's code. Case, spaces and dashes do not matter; O is read as 0, I and L as 1."
    )
    member: MemberBy = strawberry.field(description="Who gets what the card is worth.")


@strawberry.type(description="What `giftCardClaim` answers.")
class GiftCardClaimPayload:
    """A claim's answer."""

    gift_card: GiftCard | None = strawberry.field(description="The card, as it is now.", default=None)
    entry: Entry | None = strawberry.field(description="The line of what the member received.", default=None)
    member: Member | None = strawberry.field(description="The member, as it is now.", default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[GiftCardClaimError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.input(description="What `giftCardVoid` takes.")
class GiftCardVoidInput:
    """A card taken back."""

    idempotency_key: str = strawberry.field(description=KEY)
    card: strawberry.ID = strawberry.field(description="Id of the card, which nobody has claimed.")
    reason: str | None = strawberry.field(
        description="Why, 1 to 500 characters; it is kept in the ledger.", default=None
    )


@strawberry.type(description="What `giftCardVoid` answers.")
class GiftCardVoidPayload:
    """The answer of a card taken back."""

    gift_card: GiftCard | None = strawberry.field(description="The card, as it is now.", default=None)
    entry: Entry | None = strawberry.field(
        description="The line of what the giver got back, or of what is to be paid back in money.", default=None
    )
    member: Member | None = strawberry.field(
        description="The giver, as it is now; null when the amount had been paid in.", default=None
    )
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[GiftCardVoidError] = strawberry.field(description=ERRORS, default_factory=list)
