"""Codes: what stands on a gift card or a coupon, how it is made, and how it is read however it was typed.

A unique code is 80 bits in base32 without the letters I, L, O and U, and a check character. The check is over the field
of 32 elements, each place weighed by another power of a primitive one: it tells every single wrong character, and every
two that changed places. A code that many share is a word that somebody chose.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable
from uuid import UUID

from domain import checks
from domain.refusals import InvalidInput

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
VALUES = {character: number for number, character in enumerate(ALPHABET)}
CHARACTERS = 16
INPUT_MAX = 64
PREFIX_MAX = 12
"""With it a code has 29 characters, of which the check can still tell any two that changed places: up to 31."""
SHARED_MIN = 4
SHARED_MAX = 32
READ_AS = str.maketrans("OIL", "011", " -")
"""How a letter that is not in the alphabet is read; spaces and dashes are not read at all."""
FIELD = 0b100101
"""x⁵ + x² + 1, of which x is a primitive element: its first 31 powers are all different."""


def code_for(secret: str, purpose: bytes, id: UUID, prefix: str = "") -> str:
    """Return the code of something, which follows from the server's secret: so it can be told again and is not stored.

    `purpose` keeps what is made of the secret for one kind of things apart from what is made of it for others. `prefix`
    must be as `checked_prefix` returns it.
    """
    return CodeMaker(secret, purpose, prefix).code_of(id)


def codes_for(secret: str, purpose: bytes, ids: Iterable[UUID], prefix: str = "") -> list[str]:
    """Return the codes of many things as `code_for` does, in a fraction of the time."""
    code_of = CodeMaker(secret, purpose, prefix).code_of
    return [code_of(id) for id in ids]


class CodeMaker:
    """Makes the codes of one purpose and prefix, by the million: what they have in common is computed once."""

    def __init__(self, secret: str, purpose: bytes, prefix: str = "") -> None:
        assert len(prefix) <= PREFIX_MAX, "a prefix is as it was checked"
        assert all(character in VALUES for character in prefix), "a prefix is as it was checked"
        self._keyed = hmac.new(secret.encode(), purpose + b"|", hashlib.sha256)
        self._prefix = prefix
        self._check = _times_x(_check(prefix), CHARACTERS)

    def normal_of(self, id: UUID) -> str:
        """Return the code in the one form in which it is hashed, without dashes."""
        keyed = self._keyed.copy()
        keyed.update(id.bytes)
        number = int.from_bytes(keyed.digest()[: CHARACTERS * 5 // 8])
        check, body = self._check, self._prefix
        for shift, checks_of in PLACES:
            pair = number >> shift & 1023
            body += PAIRS[pair]
            check ^= checks_of[pair]
        return body + ALPHABET[check]

    def code_of(self, id: UUID) -> str:
        """Return the code as it is shown."""
        return shown(self.normal_of(id))

    def hash_of(self, id: UUID) -> bytes:
        """Return the hash by which what has the code is found, which its prefix has no part in: see `unique_hash`."""
        return unique_hash(self.normal_of(id))


def shown(normal: str) -> str:
    """Return a unique code, given in its normal form, as people see it: in groups of four, with dashes."""
    prefix, body, check = normal[: -CHARACTERS - 1], normal[-CHARACTERS - 1 : -1], normal[-1]
    grouped = f"{body[:4]}-{body[4:8]}-{body[8:12]}-{body[12:]}-{check}"
    return f"{prefix}-{grouped}" if prefix else grouped


def check_character(characters: str) -> str:
    """Return what stands after the characters of a code."""
    return ALPHABET[_check(characters)]


def code_hash(normal: str) -> bytes:
    """Return the SHA-256 by which a code is found, of its normal form."""
    return hashlib.sha256(normal.encode()).digest()


def unique_hash(normal: str) -> bytes:
    """Return the SHA-256 by which a unique code is found, of its 80 bits alone.

    What stands before them may be another one day, and is still told by the check character.
    """
    return hashlib.sha256(normal[-CHARACTERS - 1 : -1].encode()).digest()


def typed(text: str, path: checks.Path) -> str:
    """Return what was typed in capitals, as the alphabet reads it, without spaces and dashes.

    It is empty for what has characters that no code has. Raises `InvalidInput` for an empty or long text.
    """
    given = checks.text(text, path, INPUT_MAX)
    read = given.upper().translate(READ_AS) if given.isascii() else ""
    return read if all(character in VALUES for character in read) else ""


def checked(read: str, path: checks.Path) -> str:
    """Return what `typed` returned; its last character must fit the others. Raises `InvalidInput`."""
    if check_character(read[:-1]) != read[-1]:
        raise InvalidInput("The code is mistyped: its last character does not fit the others.", field=path)
    return read


def read_code(text: str, path: checks.Path = ("code",)) -> str:
    """Return a unique code in its normal form, however it was typed. Raises `InvalidInput` for what can be no code.

    The normal form has the prefix and no dashes: where a prefix ends cannot be seen, and need not.
    """
    read = typed(text, path)
    if not CHARACTERS < len(read) <= PREFIX_MAX + CHARACTERS + 1:
        raise InvalidInput(
            f"A code is {CHARACTERS + 1} letters and digits, after up to {PREFIX_MAX} that stand before all of its "
            "kind; this is none.",
            field=path,
        )
    return checked(read, path)


def looks_unique(text: str) -> bool:
    """Whether a text can be a unique code. A shared one can by chance: whoever finds no unique one looks for that."""
    try:
        read_code(text)
    except InvalidInput:
        return False
    return True


def checked_prefix(text: str, path: checks.Path = ("prefix",)) -> str:
    """Return what stands before unique codes, as the alphabet reads it. Raises `InvalidInput`."""
    read = typed(text, path)
    if not 0 < len(read) <= PREFIX_MAX or " " in text.strip() or "-" in text:
        raise InvalidInput(
            f"A prefix is 1 to {PREFIX_MAX} of the digits and the letters but U; O is read as 0, I and L as 1.",
            field=path,
        )
    return read


def normal_shared_code(text: str, path: checks.Path = ("code",)) -> str:
    """Return a code that many share in its normal form: composed, in capitals. Raises `InvalidInput`.

    It has 4 to 32 letters and digits of any script, and dashes between them. All are as they are read: capitals, small
    letters and the wide ones of Chinese and Japanese keyboards are the same.
    """
    folded = unicodedata.normalize("NFKC", checks.text(text, path, INPUT_MAX)).casefold()
    normal = unicodedata.normalize("NFKC", folded.upper())
    if not (
        SHARED_MIN <= len(normal) <= SHARED_MAX
        and not normal.startswith("-")
        and not normal.endswith("-")
        and all(map(_is_shared, normal))
    ):
        raise InvalidInput(
            f"A code that many share is {SHARED_MIN} to {SHARED_MAX} letters and digits, with dashes between them.",
            field=path,
        )
    return normal


def _is_shared(character: str) -> bool:
    return character == "-" or (character not in checks.BLANKS and (character.isalpha() or character.isdecimal()))


def _times_x(element: int, times: int = 1) -> int:
    for _ in range(times):
        element <<= 1
        if element > 31:  # noqa: PLR2004  (five bits)
            element ^= FIELD
    return element


def _check(characters: str) -> int:
    check = 0
    for character in characters:
        check = _times_x(check ^ VALUES[character])
    return check


PAIRS = [one + two for one in ALPHABET for two in ALPHABET]
"""Two characters for each ten bits."""
PLACES = [
    (shift, [_times_x(pair >> 5, after + 2) ^ _times_x(pair & 31, after + 1) for pair in range(1024)])
    for after, shift in zip(range(CHARACTERS - 2, -1, -2), range(5 * CHARACTERS - 10, -1, -10), strict=True)
]
"""Of each pair of places, from the first: where its ten bits are, and for each value of them its part of the check."""
