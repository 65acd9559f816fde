"""Principal and bonus: in burn order, and of bonus no more than a payment may use."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.assets import BurnOrder
from domain.burning import LotPart, Use, burnt, part_of
from domain.ledger import Contra, EntryKind, TransferKind
from domain.refusals import InsufficientBalance
from tests.domain.makers import NOON, VALUE_ID, asset, book, holding, lot, program, with_assets

SPEND = (EntryKind.SPEND, Contra.REDEMPTION)
FIRST, LAST = BurnOrder.BONUS_FIRST, BurnOrder.PRINCIPAL_FIRST


def money(cap: int = 100, order: BurnOrder = FIRST):
    return asset(VALUE_ID, "VALUE", scale=2, bonus_cap=cap, burn_order=order)


def spent(amount: int, *, cap: int = 100, order: BurnOrder = FIRST, use: Use = Use.PAYMENT) -> list[int]:
    """Return what is left of 20.00 and 80.00 principal and of 30.00 and 10.00 bonus, the first ones the older."""
    of = money(cap, order)
    bonus = of.bonus_priority
    lots = [lot(1, 20_00, of), lot(2, 80_00, of), lot(3, 30_00, of, priority=bonus), lot(4, 10_00, of, priority=bonus)]
    own = book(with_assets(program(), of), holding(*lots, of=of))
    with own.open(TransferKind.ORDER, NOON) as transfer:
        transfer.debit(of, amount, *SPEND, use=use)
    return [own.lots[row.id].remaining for row in lots]


@pytest.mark.parametrize(
    ("amount", "cap", "order", "left"),
    [
        (35_00, 100, FIRST, [20_00, 80_00, 0, 5_00]),
        (35_00, 100, LAST, [0, 65_00, 30_00, 10_00]),
        (125_00, 100, LAST, [0, 0, 5_00, 10_00]),
        (35_00, 50, FIRST, [2_50, 80_00, 12_50, 10_00]),
        (35_00, 50, LAST, [0, 65_00, 30_00, 10_00]),
        (35_00, 0, FIRST, [0, 65_00, 30_00, 10_00]),
        (1_01, 50, FIRST, [19_49, 80_00, 29_50, 10_00]),  # floor(0.505) of bonus
        (1, 50, FIRST, [19_99, 80_00, 30_00, 10_00]),  # floor(0.5 fen) is none
        (140_00, 100, FIRST, [0, 0, 0, 0]),
        (140_00, 30, FIRST, [0, 0, 0, 0]),  # of 140.00 a third may be bonus nearly: 42.00
    ],
)
def test_a_payment_uses_the_parts_in_order_and_of_bonus_what_it_may(
    amount: int, cap: int, order: BurnOrder, left: list[int]
) -> None:
    assert spent(amount, cap=cap, order=order) == left


def test_a_movement_is_not_limited() -> None:
    assert spent(35_00, cap=0, use=Use.MOVEMENT) == [20_00, 80_00, 0, 5_00]


def test_what_principal_and_bonus_cannot_pay_together_is_refused_with_what_they_can() -> None:
    with pytest.raises(InsufficientBalance) as refused:
        spent(120_00, cap=10)
    assert refused.value.message == (
        "The member has 140.00 VALUE, 40.00 of it bonus, of which a payment may use 10 %: 111.11 at most; "
        "120.00 are needed."
    )
    assert refused.value.facts == {"available": Decimal("111.11"), "required": Decimal("120.00")}
    assert spent(111_11, cap=10) == [0, 0, 18_89, 10_00]
    with pytest.raises(InsufficientBalance) as refused:
        spent(140_01, cap=30)
    assert refused.value.message == "The member has 140.00 VALUE; 140.01 are needed."


def test_parts_follow_from_the_priority() -> None:
    assert [part_of(priority) for priority in (-1, 0, 1)] == [LotPart.BONUS, LotPart.PRINCIPAL, LotPart.BONUS]


LOTS = st.lists(st.tuples(st.booleans(), st.integers(1, 50)), max_size=6)


@given(LOTS, st.integers(1, 200), st.integers(0, 100), st.sampled_from(BurnOrder))
def test_a_payment_is_refused_exactly_when_it_is_more_than_the_refusal_says(
    held: list[tuple[bool, int]], amount: int, cap: int, order: BurnOrder
) -> None:
    of = money(cap, order)
    lots = [
        lot(number, much, of, priority=of.bonus_priority if bonus else 0, expires_at=NOON + timedelta(days=number + 1))
        for number, (bonus, much) in enumerate(held)
    ]
    lots.sort(key=lambda row: (row.priority, row.expires_at))
    total = sum(row.remaining for row in lots)

    def taken(much: int) -> list[tuple[int, int]] | int:
        try:
            return [(row.priority, part) for row, part in burnt(of, lots, total, much, Use.PAYMENT)]
        except InsufficientBalance as refusal:
            return int(refusal.facts["available"].scaleb(2))

    found = taken(amount)
    if isinstance(found, list):
        assert sum(part for _, part in found) == amount
        assert sum(part for priority, part in found if priority) <= amount * cap // 100
    else:
        assert 0 <= found < amount
        assert not found or isinstance(taken(found), list)
        assert isinstance(taken(found + 1), int)
