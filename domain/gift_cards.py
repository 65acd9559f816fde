"""Gift cards: what is on record of one, and the codes by which they are claimed.

A code is `GC` and a unique code, over which alone the check character is: see `domain.codes`.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain import checks, codes
from domain.refusals import InvalidInput
from domain.values import value

PREFIX = "GC"
MESSAGE_MAX = 500
PURPOSE = b"gift-card"
"""Keeps what is made of the server's secret here apart from anything else that is."""


class GiftCardState(StrEnum):
    """Where a gift card is in its life."""

    ISSUED = "ISSUED"
    CLAIMED = "CLAIMED"
    VOID = "VOID"


@value
class GiftCard:
    """A gift card by its bearer, the member who holds its value. Of it only what settles it changes, once."""

    member_id: UUID
    program_id: UUID
    code_hash: bytes
    asset_id: UUID
    amount: int
    giver_id: UUID | None
    """The member whose value it was; None when it was paid in."""
    message: str | None
    state: GiftCardState
    claimed_by_id: UUID | None
    settled_at: datetime | None
    transfer_id: UUID
    """What brought the value to the bearer."""
    settlement_id: UUID | None
    """What took it away again: to who claimed the card, or back."""
    recorded_at: datetime


def code_for(secret: str, bearer_id: UUID) -> str:
    """Return the code of a card, which follows from the server's secret: so it can be told again and is not stored."""
    return f"{PREFIX}-{codes.code_for(secret, PURPOSE, bearer_id)}"


def normal_code(text: str, path: checks.Path = ("code",)) -> str:
    """Return a code as it was shown, however it was typed. Raises `InvalidInput` for what can be no code."""
    read = codes.typed(text, path)
    if len(read) == len(PREFIX) + codes.CHARACTERS + 1 and read.startswith(PREFIX):
        read = read[len(PREFIX) :]
    if len(read) != codes.CHARACTERS + 1:
        raise InvalidInput(
            f"A gift card's code is {PREFIX} and {codes.CHARACTERS + 1} letters and digits; this is none.", field=path
        )
    return f"{PREFIX}-{codes.shown(codes.checked(read, path))}"
