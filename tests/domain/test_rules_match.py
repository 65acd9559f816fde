"""Which goods are meant: the stored form, its mistakes, and what it matches."""

from typing import Any

import pytest

from domain.effects.base import Running, RunningLine
from domain.forms import NAMES_MAX
from domain.matching import EVERYTHING, Match
from domain.refusals import InvalidInput
from domain.rules_match import read_match
from tests.domain.makers import line, order

AT = ("rule", "match")


@pytest.mark.parametrize(
    ("form", "match"),
    [
        (None, EVERYTHING),
        ({}, EVERYTHING),
        ({"skus": None, "categories": None}, EVERYTHING),
        ({"skus": ["CD", " LP ", "CD"]}, Match(skus=frozenset({"CD", "LP"}))),
        ({"categories": ["Music"]}, Match(categories=frozenset({"Music"}))),
        ({"categories": ["Cafe\u0301"]}, Match(categories=frozenset({"Caf\u00e9"}))),  # as orders have it
        ({"attributes": [{"key": "size", "value": "L"}]}, Match(attributes=frozenset({("size", "L")}))),
        (
            {"exceptSkus": ["CD"], "exceptCategories": ["Books"]},
            Match(except_skus=frozenset({"CD"}), except_categories=frozenset({"Books"})),
        ),
        ({"skus": [str(number) for number in range(NAMES_MAX)]}, Match(skus=frozenset(map(str, range(NAMES_MAX))))),
    ],
)
def test_a_match_is_read(form: Any, match: Match) -> None:
    assert read_match(form, AT) == match


@pytest.mark.parametrize(
    ("form", "path"),
    [
        ("CD", ()),
        (["CD"], ()),
        ({"sku": ["CD"]}, ("sku",)),
        ({"skus": "CD"}, ("skus",)),
        ({"skus": []}, ("skus",)),
        ({"skus": ["CD"] * (NAMES_MAX + 1)}, ("skus",)),
        ({"skus": ["CD", ""]}, ("skus", "1")),
        ({"skus": ["x" * 65]}, ("skus", "0")),
        ({"skus": [7]}, ("skus", "0")),
        ({"categories": {}}, ("categories",)),
        ({"categories": ["x" * 65]}, ("categories", "0")),
        ({"attributes": [{"key": "size"}]}, ("attributes", "0", "value")),
        ({"attributes": [{"value": "L"}]}, ("attributes", "0", "key")),
        ({"attributes": ["size"]}, ("attributes", "0")),
        ({"exceptSkus": [None]}, ("exceptSkus", "0")),
        ({"exceptCategories": []}, ("exceptCategories",)),
    ],
)
def test_a_mistake_in_a_match_is_refused_by_its_path(form: Any, path: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_match(form, AT)
    assert refused.value.field == (*AT, *path)
    assert refused.value.message


@pytest.mark.parametrize(
    ("form", "refs"),
    [
        ({}, "abc"),
        ({"skus": ["CD", "LP"]}, "ab"),
        ({"categories": ["Music"]}, "bc"),
        ({"skus": ["CD", "LP"], "categories": ["Music"]}, "b"),
        ({"attributes": [{"key": "size", "value": "L"}, {"key": "size", "value": "M"}]}, "c"),
        ({"exceptSkus": ["LP"]}, "ac"),
        ({"exceptCategories": ["Music"]}, "a"),
        ({"categories": ["Music"], "exceptSkus": ["LP"]}, "c"),
    ],
)
def test_each_list_that_is_given_has_to_name_the_line_and_gifts_match_nothing(form: Any, refs: str) -> None:
    lines = (
        line("a", sku="CD"),
        line("b", sku="LP", category="Music"),
        line("c", sku="TEE", category="Music", attributes=(("size", "L"),)),
    )
    running = Running.of(order(lines=lines))
    running.lines += [RunningLine(row, 0, is_gift=True) for row in lines]
    assert "".join(row.ref for row in running.matching(read_match(form, AT))) == refs


@pytest.mark.parametrize(
    ("match", "text"),
    [
        (EVERYTHING, "all goods"),
        (Match(skus=frozenset({"LP", "CD"})), "CD, LP"),
        (Match(categories=frozenset({"DRINKS"})), "DRINKS"),
        (Match(attributes=frozenset({("size", "L")})), "goods with size L"),
        (Match(skus=frozenset({"LP"}), categories=frozenset({"JAZZ"})), "LP of JAZZ"),
        (Match(categories=frozenset({"JAZZ"}), attributes=frozenset({("size", "L")})), "JAZZ with size L"),
        (Match(except_skus=frozenset({"CD"}), except_categories=frozenset({"BOOKS"})), "all goods but not BOOKS, CD"),
    ],
)
def test_what_is_meant_is_said_so_that_it_can_follow_of_and_off(match: Match, text: str) -> None:
    assert match.text == text
