"""Gift cards: what is on record of one, and the codes by which they are claimed.

A code is `GC`, 80 bits in four groups of base32 without the letters I, L, O and U, and a check character. The
check is over the field of 32 elements, each place weighed by another power of a primitive one: it tells every single
wrong character, and every two that changed places.
"""

import hashlib
import hmac
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain import checks
from domain.refusals import InvalidInput
from domain.values import value

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
VALUES = {character: number for number, character in enumerate(ALPHABET)}
PREFIX = "GC"
CHARACTERS = 16
GROUP = 4
CODE_INPUT_MAX = 64
MESSAGE_MAX = 500
READ_AS = str.maketrans("OIL", "011", " -")
"""How a letter that is not in the alphabet is read; spaces and dashes are not read at all."""
FIELD = 0b100101
"""x⁵ + x² + 1, of which x is a primitive element: its first 31 powers are all different."""
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
    digest = hmac.new(secret.encode(), PURPOSE + b"|" + bearer_id.bytes, hashlib.sha256).digest()
    number = int.from_bytes(digest[: CHARACTERS * 5 // 8])
    body = "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (CHARACTERS - 1), -1, -5))
    groups = [body[start : start + GROUP] for start in range(0, CHARACTERS, GROUP)]
    return "-".join((PREFIX, *groups, check_character(body)))


def check_character(body: str) -> str:
    """Return what stands after the characters of a code."""
    check = 0
    for character in body:
        check = _times_x(check ^ VALUES[character])
    return ALPHABET[check]


def _times_x(element: int) -> int:
    doubled = element << 1
    return doubled ^ FIELD if doubled > 31 else doubled  # noqa: PLR2004  (five bits)


def code_hash(code: str) -> bytes:
    """Return the SHA-256 by which a card is found, of a code in its one form."""
    return hashlib.sha256(code.encode()).digest()


def normal_code(text: str, path: checks.Path = ("code",)) -> str:
    """Return a code as it was shown, however it was typed. Raises `InvalidInput` for what can be no code."""
    given = checks.text(text, path, CODE_INPUT_MAX)
    read = given.upper().translate(READ_AS) if given.isascii() else ""
    if len(read) == len(PREFIX) + CHARACTERS + 1 and read.startswith(PREFIX):
        read = read[len(PREFIX) :]
    if len(read) != CHARACTERS + 1 or any(character not in VALUES for character in read):
        raise InvalidInput(
            f"A gift card's code is {PREFIX} and {CHARACTERS + 1} letters and digits; this is none.", field=path
        )
    body, check = read[:-1], read[-1]
    if check_character(body) != check:
        raise InvalidInput("The code is mistyped: its last character does not fit the others.", field=path)
    groups = [body[start : start + GROUP] for start in range(0, CHARACTERS, GROUP)]
    return "-".join((PREFIX, *groups, check))
