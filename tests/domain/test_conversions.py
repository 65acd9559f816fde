"""Rates between assets: exact, or refused with the nearest amounts."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conversions import Conversion, smallest_step
from domain.refusals import InvalidInput
from tests.domain.makers import POINTS, VALUE


def rate(given: int, gained: int, step: int | None = None) -> Conversion:
    return Conversion(POINTS.id, VALUE.id, given, gained, step or smallest_step(given, gained))


@pytest.mark.parametrize(
    ("given", "gained", "least"), [(100, 1_00, 1), (3, 2, 3), (100, 30, 10), (7, 7, 1), (1, 5, 1), (250, 1, 250)]
)
def test_the_smallest_step_gives_a_whole_minor_unit(given: int, gained: int, least: int) -> None:
    assert smallest_step(given, gained) == least


@pytest.mark.parametrize(
    ("of", "amount", "gained"),
    [
        (rate(100, 1_00), 1, 1),
        (rate(100, 1_00, 100), 300, 3_00),
        (rate(3, 2), 6, 4),
        (rate(250, 1), 2**61 * 250, 2**61),
    ],
)
def test_whole_steps_are_converted_exactly(of: Conversion, amount: int, gained: int) -> None:
    assert of.gain(POINTS, amount) == gained


@pytest.mark.parametrize(
    ("of", "amount", "message"),
    [
        (rate(100, 1_00, 100), 150, "POINTS are converted in steps of 100: 100 or 200, not 150."),
        (rate(100, 1_00, 100), 99, "POINTS are converted in steps of 100: 100, not 99."),
        (rate(3, 2), 7, "POINTS are converted in steps of 3: 6 or 9, not 7."),
    ],
)
def test_what_is_no_step_is_refused_with_the_nearest_amounts(of: Conversion, amount: int, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        of.gain(POINTS, amount)
    assert (caught.value.message, caught.value.field) == (message, ("amount",))


@given(st.integers(1, 500), st.integers(1, 500), st.integers(1, 5), st.integers(1, 5_000))
def test_nothing_is_ever_rounded(given: int, gained: int, steps: int, amount: int) -> None:
    of = rate(given, gained, smallest_step(given, gained) * steps)
    whole = amount - amount % of.step
    if whole:
        assert Fraction(of.gain(POINTS, whole)) == Fraction(whole * gained, given)
    if amount % of.step:
        with pytest.raises(InvalidInput):
            of.gain(POINTS, amount)
