"""What pays for a part of an order: together exactly what the part costs."""

from math import gcd
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.orders import OrderLine
from domain.payments import payment
from domain.shares import paid_share, share

POINTS, STARS, TICKETS, VALUE = (1, 1), (7, 1_00), (1, 10_00), (1, 1)
"""So many minor units of an asset pay so much, in minor units of currency."""


def lines(*rows: tuple[int, int, int]) -> list[OrderLine]:
    """Return lines of (price of a piece, pieces, pieces that were not captured)."""
    return [
        OrderLine(
            order_id=UUID(int=1),
            ordinal=ordinal,
            program_id=UUID(int=2),
            ref=str(ordinal),
            sku="CD",
            name=None,
            category=None,
            quantity=pieces,
            returned_quantity=0,
            released_quantity=released,
            unit_price=price,
            discount=0,
            payable=price * pieces,
            attributes={},
        )
        for ordinal, (price, pieces, released) in enumerate(rows)
    ]


def paid(rows: list[OrderLine], *spends: tuple[tuple[int, int], int]) -> tuple[list[int], int]:
    """Return how much of each spend, and how much outside, pays for what was captured."""
    worth = [amount * rate[1] // rate[0] for rate, amount in spends]
    due = sum(line.payable for line in rows) - sum(worth)
    order: Any = SimpleNamespace(payable=due, spent=sum(worth), due_for_all=due)
    effects: Any = [
        SimpleNamespace(
            ordinal=ordinal,
            kind="SPEND",
            amount=amount,
            parts=None,
            facts={"value": worth[ordinal], "payAmount": rate[0], "payValue": rate[1]},
        )
        for ordinal, (rate, amount) in enumerate(spends)
    ]
    found = payment(order, rows, effects)
    return list(found.spends.values()), found.due


@pytest.mark.parametrize(
    ("rows", "spends", "expected"),
    [
        # all of it: as it was agreed
        ([(1_00, 3, 0)], [(POINTS, 1_00)], ([1_00], 2_00)),
        # a third of 3.00, of which points pay 1.00 and value 1.00: 0.33 + 0.33 + 0.34 outside = 1.00
        ([(1_00, 3, 2)], [(POINTS, 1_00), (VALUE, 1_00)], ([33, 33], 34)),
        # a third of 1.00 is 0.33⅓, so 0.34 for the piece that is taken: nothing was to be paid outside, so in points
        ([(1_00, 1, 0), (50, 2, 1)], [(POINTS, 2_00)], ([1_50], 0)),
        ([(33, 3, 2)], [(POINTS, 99)], ([33], 0)),
        # 7 stars pay 1.00, and 2⅓ of them pay nothing whole: 0.33 of value and 0.67 outside
        ([(1_00, 3, 2)], [(STARS, 7), (VALUE, 1_00)], ([0, 33], 67)),
        # a third of 15.00 without the ticket of 10.00: 5.00 outside, as agreed
        ([(5_00, 3, 2)], [(TICKETS, 1)], ([0], 5_00)),
        # two thirds would be 10.00 outside, and 5.00 were agreed: the ticket pays
        ([(5_00, 3, 1)], [(TICKETS, 1)], ([1], 0)),
        # 7.00 of 21.00, of which tickets pay 20.00: 7.00 outside were not agreed, so a ticket is used up
        ([(7_00, 3, 2)], [(TICKETS, 2)], ([1], 0)),
        # 5.00 of 15.00, of which a ticket pays 10.00 and value 5.00: the value pays it, and the ticket stays whole
        ([(5_00, 3, 2)], [(TICKETS, 1), (VALUE, 5_00)], ([0, 5_00], 0)),
        # 10.00 of 30.00, of which 2 tickets pay 20.00 and points 10.00
        ([(10_00, 3, 2)], [(TICKETS, 2), (POINTS, 10_00)], ([0, 10_00], 0)),
        # 20.00 of them: a ticket and the points
        ([(10_00, 3, 1)], [(TICKETS, 2), (POINTS, 10_00)], ([1, 10_00], 0)),
        # 9.00 of 27.00, of which 2 tickets pay 20.00 and 7.00 are due: no more than 7.00, so a ticket, and nothing due
        ([(9_00, 3, 2)], [(TICKETS, 2)], ([1], 0)),
        # 8.00 of 24.00, of which 2 tickets pay 20.00 and points 4.00: these do not suffice, and give way to a ticket
        ([(8_00, 3, 2)], [(TICKETS, 2), (POINTS, 4_00)], ([1, 0], 0)),
        # all that costs something is gone
        ([(5_00, 1, 1), (0, 1, 0)], [(POINTS, 3_00)], ([0], 0)),
    ],
)
def test_a_part_is_paid_by_what_it_costs(
    rows: list[tuple[int, int, int]], spends: list[tuple[tuple[int, int], int]], expected: tuple[list[int], int]
) -> None:
    assert paid(lines(*rows), *spends) == expected


@given(
    st.lists(st.tuples(st.integers(0, 9_99), st.integers(1, 5), st.integers(0, 5)), min_size=1, max_size=4),
    st.integers(0, 100),
    st.integers(0, 100),
)
def test_whatever_can_be_divided_pays_exactly_and_no_more_outside_than_was_agreed(
    rows: list[tuple[int, int, int]], points: int, value: int
) -> None:
    found = lines(*((price, pieces, min(released, pieces)) for price, pieces, released in rows))
    whole = sum(line.payable for line in found)
    by_points = whole * points // 100
    by_value = (whole - by_points) * value // 100
    spends, due = paid(found, (POINTS, by_points), (VALUE, by_value))
    released = {line.ref: line.released_quantity for line in found}
    cost = whole - (share(whole, found, released) if any(released.values()) else 0)
    assert sum(spends) + due == cost
    assert due <= whole - by_points - by_value
    assert spends[0] <= by_points
    assert spends[1] <= by_value


@given(
    st.lists(st.tuples(st.integers(0, 29_99), st.integers(1, 5), st.integers(0, 5)), min_size=1, max_size=3),
    st.lists(st.tuples(st.sampled_from([POINTS, STARS, TICKETS, (3, 50)]), st.integers(0, 9)), max_size=3),
    st.integers(0, 100),
)
def test_no_step_of_anything_could_be_left_out(
    rows: list[tuple[int, int, int]], coarse: list[tuple[tuple[int, int], int]], percent: int
) -> None:
    found = lines(*((price, pieces, min(released, pieces)) for price, pieces, released in rows))
    whole = left = sum(line.payable for line in found)
    spends = []
    for rate, steps in coarse:
        step, worth = rate[0] // gcd(*rate), rate[1] // gcd(*rate)
        fits = min(steps, left // worth)
        spends.append((rate, fits * step))
        left -= fits * worth
    spends.append((VALUE, left * percent // 100))
    amounts, due = paid(found, *spends)
    released = {line.ref: line.released_quantity for line in found}
    cost = whole - (share(whole, found, released) if any(released.values()) else 0)
    worths = [amount * rate[1] // rate[0] for (rate, _), amount in zip(spends, amounts, strict=True)]
    over = sum(worths) + due - cost
    assert over >= 0
    assert 0 <= due <= left - spends[-1][1]
    assert not (due and over)
    for (rate, most), amount in zip(spends, amounts, strict=True):
        assert 0 <= amount <= most
        assert not amount or over < rate[1] // gcd(*rate)


@given(st.lists(st.tuples(st.integers(0, 999), st.integers(1, 7)), min_size=1, max_size=4), st.integers(0, 10_000))
def test_a_share_is_exact_before_it_is_rounded(rows: list[tuple[int, int]], amount: int) -> None:
    found = lines(*((price, pieces, 0) for price, pieces in rows))
    weights = [(line.payable or 0) for line in found]
    if not any(weights):
        weights = [line.quantity for line in found]
    one = {"0": 1}
    exact = amount * weights[0] * 10**9 // (found[0].quantity * sum(weights))
    assert share(amount, found, one) == paid_share(amount, found, one) == exact // 10**9
    assert share(amount, found, {line.ref: line.quantity for line in found}) == amount
