"""Checks of single values."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import checks
from domain.refusals import InvalidInput

AT = ("name",)


def refused(value: str, maximum: int = 200) -> str:
    with pytest.raises(InvalidInput) as refusal:
        checks.text(value, AT, maximum)
    assert refusal.value.field == AT
    return refusal.value.message


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("Li Lei", "Li Lei"),
        (" \u3000茶\t", "茶"),
        ("Jose\u0301", "José"),
        ("\u212b", "Å"),  # the sign for ångström
        ("\u1112\u1161\u11ab", "한"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
        ("a\u00a0b", "a\u00a0b"),
        ("\ue000", "\ue000"),  # for private use: a font of somebody shows it
    ],
)
def test_text_is_stored_trimmed_and_composed(value: str, stored: str) -> None:
    assert checks.text(value, AT, 200) == checks.sought(value, 200) == stored


@pytest.mark.parametrize("character", ["\0", "\a", "\n", "\x7f", "\u0085", "\u2028", "\u2029", "\ud800"])
def test_text_has_no_controls(character: str) -> None:
    for beside in "a茶":
        assert refused(f"{beside}{character}b") == "`name` must not contain control characters."


@pytest.mark.parametrize(
    "character",
    [
        *("\u200b", "\u2060", "\ufeff", "\u00ad", "\u180e"),
        *("\u200e", "\u200f", "\u061c", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e"),
        *("\u2066", "\u2067", "\u2068", "\u2069"),
        "\U000e0041",
    ],
)
def test_text_has_nothing_that_hides_or_turns_round(character: str) -> None:
    told = f"`name` must not contain the invisible character U+{ord(character):04X}."
    assert [refused(value) for value in (character, f"a{character}b", f"茶{character}")] == [told] * 3


@pytest.mark.parametrize(
    "value",
    ["\u200d", "\u200c \u200d", "\u0301", "\ufe0f", "\u3164", "\u115f\u1160", "\uffa0", "\u2800", "\u200d\u00a0\u200d"],
)
def test_text_shows_something(value: str) -> None:
    assert refused(value) == "`name` has no visible character."


def test_length_is_that_of_the_stored_form() -> None:
    assert checks.text("e\u0301" * 5, AT, 5) == "é" * 5
    assert checks.text("\u03b1\u0313\u0300\u0345", AT, 1) == "\u1f82"
    assert refused("e\u0301" * 6, 5) == "`name` has 6 characters; at most 5 are allowed."
    assert refused("\u0958" * 3, 5) == "`name` has 6 characters; at most 5 are allowed."  # has no composed form
    assert refused("\u0301\u0316" * 500_000) == "`name` has 1000000 characters; at most 200 are allowed."
    assert refused(" ") == "`name` must not be empty."


@given(st.text(max_size=40))
def test_the_stored_form_is_stored_and_sought_as_itself(value: str) -> None:
    stored = checks.sought(value, 40)
    if stored is not None:
        assert unicodedata.is_normalized("NFC", stored)
        assert stored == checks.text(stored, AT, 40) == checks.sought(f" {stored} ", 40)
        assert checks.sought(unicodedata.normalize("NFD", value), 40) == stored


def test_a_key_has_no_space_around_it_and_one_form() -> None:
    assert checks.idempotency_key("a key") == "a key"
    assert checks.idempotency_key("cle\u0301") == checks.idempotency_key("clé") == "clé"
    for value in (" a", "a ", "\u3000cle\u0301"):
        with pytest.raises(InvalidInput, match="must not begin or end with a space"):
            checks.idempotency_key(value)
