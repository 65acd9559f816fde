"""Amounts: decimals in, minor units out, exactly or not at all."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.amounts import AMOUNT_MAX, SCALE_MAX, Rounding, from_minor, rounded, spelled, to_minor
from domain.refusals import InvalidInput

scales = st.integers(0, SCALE_MAX)
minors = st.integers(-AMOUNT_MAX, AMOUNT_MAX)
decimals = st.builds(
    lambda negative, digits, exponent: Decimal((int(negative), tuple(digits), exponent)),
    st.booleans(),
    st.lists(st.integers(0, 9), min_size=1, max_size=90),
    st.integers(-90, 30),
)


@pytest.mark.parametrize(
    ("amount", "scale", "minor"),
    [
        ("12.50", 2, 1250),
        ("12.500000", 2, 1250),  # zeros behind are no decimal places
        ("12", 2, 1200),
        ("12", 0, 12),
        ("0.00000001", 8, 1),
        ("1E+3", 2, 100_000),
        ("1E-2", 2, 1),
        ("-29.99", 2, -2999),
        ("0", 2, 0),
        ("-0.00", 2, 0),
        ("0E+1000000", 2, 0),  # a zero is a zero at any exponent
        ("0E-1000000", 2, 0),
        ("4611686018427387903", 0, 2**62 - 1),
        ("-4611686018427387903", 0, -(2**62 - 1)),
        ("46116860184273879.03", 2, 2**62 - 1),
    ],
)
def test_an_amount_becomes_its_minor_units(amount: str, scale: int, minor: int) -> None:
    assert to_minor(Decimal(amount), scale, ("amount",)) == minor
    assert type(to_minor(Decimal(amount), scale, ("amount",))) is int


@pytest.mark.parametrize(
    ("amount", "scale", "message"),
    [
        ("NaN", 2, "NaN is not an amount."),
        ("-NaN12", 2, "-NaN12 is not an amount."),
        ("sNaN", 2, "sNaN is not an amount."),
        ("Infinity", 2, "Infinity is not an amount."),
        ("-Infinity", 2, "-Infinity is not an amount."),
        ("0.001", 2, "0.001 has more than 2 decimal places."),
        ("0.5", 0, "0.5 has more than 0 decimal places."),
        ("1E-9", 8, "1E-9 has more than 8 decimal places."),
        ("4611686018427387904", 0, "4611686018427387904 is outside the range of amounts."),
        ("-4611686018427387904", 0, "-4611686018427387904 is outside the range of amounts."),
        ("46116860184273879.04", 2, "46116860184273879.04 is outside the range of amounts."),
        ("1E+999999", 2, "1E+999999 is outside the range of amounts."),
        ("1E-999999", 2, "1E-999999 is outside the range of amounts."),
    ],
)
def test_what_is_no_amount_is_refused_with_the_field_and_the_reason(amount: str, scale: int, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        to_minor(Decimal(amount), scale, ("lines", "0", "unitPrice"))
    assert refused.value.message == message
    assert refused.value.field == ("lines", "0", "unitPrice")


@given(minors, scales)
def test_minor_units_survive_the_way_there_and_back(minor: int, scale: int) -> None:
    amount = from_minor(minor, scale)
    assert to_minor(amount, scale, ("amount",)) == minor
    assert Fraction(amount) == Fraction(minor, 10**scale)
    assert amount.as_tuple().exponent == -scale


@given(decimals, scales)
@example(Decimal("1." + "0" * 70 + "1"), 2)  # more digits than the context of the arithmetic has
@example(Decimal("4611686018427387903." + "0" * 60 + "1"), 0)
@example(Decimal("1E+40"), 8)
def test_an_amount_is_taken_exactly_or_refused(amount: Decimal, scale: int) -> None:
    exact = Fraction(amount) * 10**scale
    try:
        minor = to_minor(amount, scale, ("amount",))
    except InvalidInput:
        assert exact.denominator != 1 or abs(exact) > AMOUNT_MAX
    else:
        assert minor == exact
        assert abs(minor) <= AMOUNT_MAX


@pytest.mark.parametrize(
    ("value", "down", "half_up", "up"),
    [
        ("0", 0, 0, 0),
        ("0.000000001", 0, 0, 1),
        ("0.4999999999", 0, 0, 1),
        ("0.5", 0, 1, 1),
        ("1", 1, 1, 1),
        ("2.5", 2, 3, 3),  # half up, not half to even
        ("29.99", 29, 30, 30),
    ],
)
def test_each_rounding_of_a_fraction(value: str, down: int, half_up: int, up: int) -> None:
    modes = (Rounding.DOWN, Rounding.HALF_UP, Rounding.UP)
    assert tuple(rounded(Decimal(value), mode) for mode in modes) == (down, half_up, up)


@given(st.decimals(0, 10**40, allow_nan=False, allow_infinity=False))
def test_rounding_moves_a_value_by_less_than_one(value: Decimal) -> None:
    exact = Fraction(value)
    floor = exact.numerator // exact.denominator
    assert rounded(value, Rounding.DOWN) == floor
    assert rounded(value, Rounding.UP) == floor + (exact != floor)
    assert rounded(value, Rounding.HALF_UP) == floor + (exact - floor >= Fraction(1, 2))


@pytest.mark.parametrize(
    ("minor", "scale", "text"),
    [
        (1250, 2, "12.50"),
        (5, 2, "0.05"),
        (-5, 2, "-0.05"),
        (0, 2, "0.00"),
        (7, 0, "7"),
        (1, 8, "0.00000001"),  # and not 1E-8
        (2**62 - 1, 2, "46116860184273879.03"),
    ],
)
def test_an_amount_is_spelled_with_its_decimals(minor: int, scale: int, text: str) -> None:
    assert spelled(minor, scale) == text
