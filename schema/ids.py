"""Opaque ids: a prefix that names the type, and base32 of the row's key. They sort as the keys do.

A malformed id, or one of another type, is no id of the type asked for: `decode` gives None, and "not found" follows.
"""

from uuid import UUID

from strawberry import ID

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
VALUES = {character: value for value, character in enumerate(ALPHABET)}
DIGITS = 26
UUID_MAX = 2**128
NUMBER_MAX = 2**63

PROGRAM = "prg"
MEMBER = "mem"
ORDER = "ord"
ENTRY = "ent"
EFFECT = "eff"
LOT = "lot"
HOLD = "hld"
RETURN = "ret"
LADDER = "ldr"
TIER = "tir"
CAMPAIGN = "cmp"
CAMPAIGN_VERSION = "cmv"
COUPON_TEMPLATE = "cpt"
COUPON_TEMPLATE_VERSION = "cpv"
AGENT = "agt"
GIFT_CARD = "gft"
OCCASION = "occ"
COUPON = "cpn"
COUPON_BATCH = "cpb"


def text_of(key: UUID) -> str:
    """Return a key as 26 lower-case base32 characters."""
    value = key.int
    return "".join(ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))


def encode(prefix: str, key: UUID) -> ID:
    """Return the id of the row with this key."""
    return ID(f"{prefix}_{text_of(key)}")


def encode_numbered(prefix: str, key: UUID, number: int) -> ID:
    """Return the id of a row that is known by a key and a number within it."""
    return ID(f"{prefix}_{text_of(key)}{number:x}")


def decode(prefix: str, id: str) -> UUID | None:
    """Return the key, or None when this is not an id with this prefix."""
    head, _, body = id.partition("_")
    return _key(body) if head == prefix and len(body) == DIGITS else None


def decode_numbered(prefix: str, id: str) -> tuple[UUID, int] | None:
    """Return key and number, or None when this is not an id with this prefix."""
    head, _, body = id.partition("_")
    key, digits = _key(body[:DIGITS]), body[DIGITS:]
    if head != prefix or key is None or not digits or set(digits) - set("0123456789abcdef"):
        return None
    number = int(digits, 16)
    return (key, number) if number < NUMBER_MAX else None


def prefix_of(id: str) -> str:
    """Return what stands before the underscore."""
    return id.partition("_")[0]


def _key(body: str) -> UUID | None:
    if len(body) != DIGITS or any(character not in VALUES for character in body):
        return None
    value = 0
    for character in body:
        value = value << 5 | VALUES[character]
    return UUID(int=value) if value < UUID_MAX else None
