"""Codes: told again from the secret, read however they are typed, and no single slip of the hand makes another."""

import hashlib
import hmac
import sys
import unicodedata
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.codes import (
    ALPHABET,
    CodeMaker,
    check_character,
    checked_prefix,
    code_for,
    code_hash,
    codes_for,
    looks_unique,
    normal_shared_code,
    read_code,
    shown,
    unique_hash,
)
from domain.refusals import InvalidInput

ID = UUID("01a203f9-ee68-748d-bf32-052e64d768f1")
PLAIN = "BJW3-5CSH-FTY2-W4QR-A"
PREFIXED = "SPR1NG-BJW3-5CSH-FTY2-W4QR-7"
LONGEST = "ZZZZZZZZZZZZ"

ids = st.uuids()
prefixes = st.text(ALPHABET, max_size=12)
secrets = st.text(min_size=1, max_size=40).filter(str.isprintable)


# ── unique codes ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_code_follows_from_the_secret_the_purpose_and_the_id() -> None:
    assert code_for("secret", b"coupon", ID) == PLAIN
    assert code_for("secret", b"coupon", ID, "SPR1NG") == PREFIXED
    others = {
        code_for("another", b"coupon", ID),
        code_for("secret", b"gift-card", ID),
        code_for("secret", b"coupon", UUID(int=ID.int + 1)),
    }
    assert len(others | {PLAIN}) == 4


@given(secrets, ids, prefixes)
def test_a_code_is_80_bits_of_the_mac_and_a_check_over_all_before_it(secret: str, id: UUID, prefix: str) -> None:
    number = int.from_bytes(hmac.digest(secret.encode(), b"coupon|" + id.bytes, "sha256")[:10])
    body = "".join(ALPHABET[number >> shift & 31] for shift in range(75, -1, -5))
    normal = prefix + body + check_character(prefix + body)
    maker = CodeMaker(secret, b"coupon", prefix)
    assert maker.normal_of(id) == normal
    assert maker.code_of(id) == shown(normal) == code_for(secret, b"coupon", id, prefix)
    assert maker.code_of(id).split("-") == [
        *([prefix] if prefix else []), body[:4], body[4:8], body[8:12], body[12:], normal[-1]
    ]  # fmt: skip
    assert code_hash(normal) == hashlib.sha256(normal.encode()).digest()
    assert maker.hash_of(id) == unique_hash(normal) == code_hash(normal[-17:-1])


@given(ids, prefixes, st.data())
def test_a_code_is_read_however_it_is_typed(id: UUID, prefix: str, data: st.DataObject) -> None:
    normal = CodeMaker("secret", b"coupon", prefix).normal_of(id)
    room = 64 - len(normal)
    typed = ""
    for character in normal:
        alike = {"0": "0Oo", "1": "1IiLl"}.get(character, character + character.lower())
        gap = data.draw(st.text(" -", max_size=min(2, room)))
        room -= len(gap)
        typed += data.draw(st.sampled_from(alike)) + gap
    assert read_code(typed) == read_code(shown(normal)) == normal
    assert looks_unique(typed)


@pytest.mark.parametrize("prefix", ["", "SPR1NG", LONGEST])
def test_every_single_wrong_character_is_told_in_the_prefix_too(prefix: str) -> None:
    normal = CodeMaker("secret", b"coupon", prefix).normal_of(ID)
    for place, right in enumerate(normal):
        for wrong in ALPHABET.replace(right, ""):
            with pytest.raises(InvalidInput, match=r"^The code is mistyped: its last character does"):
                read_code(normal[:place] + wrong + normal[place + 1 :])


@pytest.mark.parametrize("prefix", ["", "SPR1NG", "0123456789AB"])
def test_every_two_characters_that_changed_places_are_told(prefix: str) -> None:
    normal = CodeMaker("secret", b"coupon", prefix).normal_of(ID)
    swaps = 0
    for one, two in combinations(range(len(normal)), 2):
        swapped = list(normal)
        swapped[one], swapped[two] = swapped[two], swapped[one]
        if normal[one] != normal[two]:
            swaps += 1
            assert not looks_unique("".join(swapped))
    assert swaps > 100


@given(ids, ids, prefixes)
def test_codes_of_two_ids_differ(one: UUID, two: UUID, prefix: str) -> None:
    assume(one != two)
    assert code_for("secret", b"coupon", one, prefix) != code_for("secret", b"coupon", two, prefix)


def test_no_two_of_a_hundred_thousand_codes_are_the_same() -> None:
    many = [UUID(int=number) for number in range(100_000)]
    made = codes_for("secret", b"coupon", many, "SPR1NG")
    assert len(set(made)) == 100_000
    assert made[77] == code_for("secret", b"coupon", many[77], "SPR1NG")
    used = {character for code in made for character in code.removeprefix("SPR1NG-")}
    assert used == {*ALPHABET, "-"}


@pytest.mark.parametrize(
    "text",
    [
        "SPRING",
        PLAIN[:-2],
        LONGEST + "Z" + PLAIN,
        PLAIN.replace("J", "U"),
        PLAIN.replace("-", "_"),
        PLAIN.replace("5", "５"),
        "五折优惠五折优惠五折优惠五折优惠五",
    ],
)
def test_what_can_be_no_code_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_code(text, ("codes", "0"))
    assert caught.value.field == ("codes", "0")
    assert caught.value.message == (
        "A code is 17 letters and digits, after up to 12 that stand before all of its kind; this is none."
    )
    assert not looks_unique(text)


@pytest.mark.parametrize("text", ["", "   ", "A" * 65, "AB\nCD"])
def test_a_text_that_is_none_looks_like_no_code(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_code(text)
    assert not looks_unique(text)


# ── prefixes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "prefix"),
    [("SPRING", "SPR1NG"), (" solo ", "S010"), ("x", "X"), ("2026", "2026"), ("abcdefghjkmn", "ABCDEFGHJKMN")],
)
def test_a_prefix_is_as_the_alphabet_reads_it(text: str, prefix: str) -> None:
    assert checked_prefix(text) == prefix
    assert checked_prefix(prefix) == prefix


@pytest.mark.parametrize("text", ["SUMMER", "ABCDEFGHJKMNP", "NEW-26", "NEW 26", "-", "春", "A_B"])
def test_what_can_be_no_prefix_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked_prefix(text, ("coupon", "prefix"))
    assert caught.value.field == ("coupon", "prefix")
    assert caught.value.message == (
        "A prefix is 1 to 12 of the digits and the letters but U; O is read as 0, I and L as 1."
    )


# ── shared codes ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Summer-2026", "SUMMER-2026"),
        (" solo10 ", "SOLO10"),
        ("ＳＡＬＥ５０", "SALE50"),
        ("春节八折", "春节八折"),
        ("Straße", "STRASSE"),
        ("ΣΊΣΥΦΟς", "ΣΊΣΥΦΟΣ"),
        ("cafe\u0301-1", "CAFÉ-1"),
        ("a--b", "A--B"),
        ("x" * 32, "X" * 32),
    ],
)
def test_a_shared_code_is_read_whatever_its_case_and_width(text: str, normal: str) -> None:
    assert normal_shared_code(text) == normal
    assert normal_shared_code(normal.lower()) == normal


@pytest.mark.parametrize(
    "text", ["ABC", "X" * 33, "-SALE", "SALE-", "----", "SALE 50", "SALE_50", "SALE!", "5️⃣555", "ABC\u3164", "ßﬃ½½"]
)
def test_what_can_be_no_shared_code_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        normal_shared_code(text, ("codes", "1"))
    assert caught.value.field == ("codes", "1")
    assert caught.value.message == "A code that many share is 4 to 32 letters and digits, with dashes between them."


def test_a_normal_form_is_its_own_of_every_letter_there_is() -> None:
    """And of no other code's: else the same code typed twice were two."""
    letters = [letter for letter in map(chr, range(sys.maxunicode)) if letter.isalpha() or letter.isdecimal()]
    tried = 0
    for letter in letters:
        try:
            normal = normal_shared_code(f"AB{letter}CD")
        except InvalidInput:
            continue
        tried += 1
        assert normal_shared_code(normal) == normal
        assert normal_shared_code(f"ab{letter.lower()}cd") == normal
        assert unicodedata.is_normalized("NFKC", normal)
    assert tried > 100_000
