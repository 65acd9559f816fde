"""Codes of gift cards: told again from the secret, and no single slip of the hand makes another code of one."""

from itertools import combinations
from uuid import UUID

import pytest

from domain.codes import ALPHABET, check_character, code_hash
from domain.gift_cards import code_for, normal_code
from domain.refusals import InvalidInput

BEARER = UUID("01a203f9-ee68-748d-bf32-052e64d768f1")
CODE = "GC-7W3K-0Q9D-XM5T-2PJH-A"
BODY = "7W3K0Q9DXM5T2PJH"


def test_a_code_follows_from_the_secret_and_the_bearer() -> None:
    code = code_for("secret", BEARER)
    assert code == code_for("secret", BEARER)
    assert code == "GC-JG90-WQ1J-7XV9-Z43F-A"
    assert code_for("another", BEARER) != code
    assert code_for("secret", UUID(int=BEARER.int + 1)) != code
    assert normal_code(code) == code
    assert len(code_hash(code)) == 32


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        f"  {CODE} ",
        "gc 7w3k 0q9d xm5t 2pjh a",
        "7W3K0Q9DXM5T2PJHA",
        "7w3k-oq9d-xm5t-2pjh-a",
        "GC7W3KOQ9DXM5T2PJHA",
        "G C - 7 W3K 0Q9D - XM5T-2PJH A",
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert normal_code(typed) == CODE


def test_one_that_begins_like_the_prefix_is_read_with_it_and_without() -> None:
    body = "GCGCGCGCGCGCGCGC"
    whole = body + check_character(body)
    assert normal_code(whole) == normal_code(f"GC{whole}") == f"GC-GCGC-GCGC-GCGC-GCGC-{whole[-1]}"


def test_i_and_l_are_ones() -> None:
    body = "1111222233334444"
    check = check_character(body)
    assert normal_code(f"GC-IlLi-2222-3333-4444-{check}") == f"GC-1111-2222-3333-4444-{check}"


def test_every_single_wrong_character_is_told() -> None:
    whole = BODY + "A"
    for place, right in enumerate(whole):
        for wrong in ALPHABET.replace(right, ""):
            with pytest.raises(InvalidInput, match="mistyped"):
                normal_code(whole[:place] + wrong + whole[place + 1 :])


def test_every_two_characters_that_changed_places_are_told() -> None:
    whole = BODY + "A"
    for one, two in combinations(range(len(whole)), 2):
        swapped = list(whole)
        swapped[one], swapped[two] = swapped[two], swapped[one]
        if whole[one] != whole[two]:
            with pytest.raises(InvalidInput, match="mistyped"):
                normal_code("".join(swapped))


@pytest.mark.parametrize(
    "text", ["GC", "GC-", BODY, CODE + "A", CODE[:-1], "7W3K0Q9DXM5T2PJUA", "7W3K0Q9DXM5T2PJ_A", "７W3K0Q9DXM5T2PJHA"]
)
def test_what_can_be_no_code_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        normal_code(text)
    assert caught.value.field == ("code",)
    assert caught.value.message == "A gift card's code is GC and 17 letters and digits; this is none."
