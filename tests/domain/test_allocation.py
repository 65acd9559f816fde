"""Spreading an amount: the parts add up, none is more than its weight, and no order matters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.allocation import spread

weights = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 10**6), max_size=8)


@pytest.mark.parametrize(
    ("total", "by", "parts"),
    [
        (10, {"a": 10, "b": 10}, {"a": 5, "b": 5}),
        (5, {"a": 10, "b": 10}, {"a": 3, "b": 2}),  # 2.5 each: of equals the first by name
        (5, {"b": 10, "a": 10}, {"a": 3, "b": 2}),
        (10, {"a": 1, "b": 20}, {"a": 0, "b": 10}),  # 0.476 and 9.524: the largest remainder
        (1, {"a": 3, "b": 3, "c": 3}, {"a": 1, "b": 0, "c": 0}),
        (20, {"a": 1, "b": 19}, {"a": 1, "b": 19}),
        (0, {"a": 0, "b": 0}, {"a": 0, "b": 0}),
        (0, {}, {}),
        (3, {"a": 0, "b": 3}, {"a": 0, "b": 3}),
    ],
)
def test_the_largest_remainder_gets_what_is_left(total: int, by: dict[str, int], parts: dict[str, int]) -> None:
    assert spread(total, by) == parts


def test_no_more_is_spread_than_there_is() -> None:
    with pytest.raises(AssertionError):
        spread(3, {"a": 1, "b": 1})
    with pytest.raises(AssertionError):
        spread(-1, {"a": 1})


@given(weights, st.data())
def test_parts_add_up_and_none_is_more_than_its_weight(by: dict[str, int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(by.values())))
    parts = spread(total, by)
    assert sum(parts.values()) == total
    assert parts.keys() == by.keys()
    assert all(0 <= parts[name] <= weight for name, weight in by.items())
    whole = sum(by.values())
    assert all(abs(parts[name] * whole - total * weight) < whole for name, weight in by.items() if whole)


@given(weights, st.data())
def test_it_does_not_matter_in_which_order_they_stand(by: dict[str, int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(by.values())))
    names = data.draw(st.permutations(list(by)))
    assert spread(total, {name: by[name] for name in names}) == spread(total, by)
