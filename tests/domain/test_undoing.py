"""What was used goes back to where it came from, in any number of steps."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.instants import NEVER
from domain.ledger import Contra, EntryKind, Lot, TransferKind
from domain.undoing import given_back
from tests.domain.makers import DAY, NOON, POINTS, asset, book, holding, lot, program, with_assets

RETURN = (EntryKind.RETURN, Contra.REDEMPTION)
SHORT = asset(grace_days=7)


def uses(*taken: int, bonus: tuple[int, ...] = ()) -> list[tuple[Lot, int]]:
    """Return lots of principal, then of bonus that was used before it, each with what was taken of it."""
    principal = [(lot(n, much, expires_at=NOON + n * DAY), much) for n, much in enumerate(taken, 1)]
    given = [(lot(50 + n, much, expires_at=NOON + n * DAY, priority=-1), much) for n, much in enumerate(bonus, 1)]
    return [*principal, *given]


def back(of: list[tuple[Lot, int]], returned: int, amount: int) -> list[int]:
    shares = {row.id: share for row, share in given_back(of, returned, amount)}
    return [shares.get(row.id, 0) for row, _ in of]


@pytest.mark.parametrize(
    ("returned", "amount", "shares"),
    [(0, 3, [0, 0, 3]), (0, 7, [0, 2, 5]), (3, 4, [0, 2, 2]), (0, 12, [4, 3, 5]), (9, 3, [3, 0, 0])],
)
def test_what_was_used_last_goes_back_first(returned: int, amount: int, shares: list[int]) -> None:
    assert back(uses(4, 3, 5), returned, amount) == shares


@pytest.mark.parametrize(
    ("returned", "amount", "shares"),
    [(0, 30, [20, 10, 0]), (0, 1, [0, 1, 0]), (1, 1, [1, 0, 0]), (2, 1, [1, 0, 0]), (0, 15, [10, 5, 0])],
)
def test_bonus_and_principal_go_back_in_the_proportion_of_their_use(
    returned: int, amount: int, shares: list[int]
) -> None:
    assert back(uses(20, bonus=(10,)), returned, amount) == shares[:2]


@given(
    st.lists(st.integers(1, 30), max_size=4),
    st.lists(st.integers(1, 30), max_size=4),
    st.lists(st.integers(1, 20), min_size=1, max_size=12),
)
def test_any_steps_lead_to_the_same_lots_as_one(taken: list[int], bonus: list[int], steps: list[int]) -> None:
    of = uses(*taken, bonus=tuple(bonus))
    spent, returned = sum(taken) + sum(bonus), 0
    total = [0] * len(of)
    for step in steps:
        amount = min(step, spent - returned)
        if not amount:
            break
        shares = back(of, returned, amount)
        assert sum(shares) == amount
        assert all(share >= 0 for share in shares)
        total = [before + share for before, share in zip(total, shares, strict=True)]
        returned += amount
        assert total == back(of, 0, returned)
    if returned == spent:
        assert total == [much for _, much in of]


def test_lots_get_back_what_they_gave_and_keep_their_expiry() -> None:
    start = holding(lot(1, 10, remaining=4, expires_at=NOON + DAY), lot(2, 10, remaining=0))
    own = book(start=start)
    parts = [(own.lots[lot(1, 10).id], 6), (own.lots[lot(2, 10).id], 3)]
    with own.open(TransferKind.SPEND_UNDO, NOON, original_id=POINTS.id) as transfer:
        entry = transfer.restore(POINTS, 9, parts, *RETURN)
    assert [(row.remaining, row.expires_at) for row in own.lots.values()] == [(10, NOON + DAY), (3, NEVER)]
    assert [(move.lot_id, move.remaining, move.held) for move in own.rows.moves] == [
        (lot(1, 10).id, 6, 0),
        (lot(2, 10).id, 3, 0),
    ]
    assert (entry.kind, entry.contra, entry.change_available, entry.available) == (*RETURN, 9, 13)
    assert own.rows.transfers[0].original_id == POINTS.id
    assert own.accounts[POINTS.id].next_due_at == NOON + DAY


def test_what_expired_since_lives_for_the_grace_as_one_lot_of_each_part() -> None:
    rows = [
        lot(1, 10, remaining=0, expires_at=NOON),
        lot(2, 10, remaining=0, expires_at=NOON - DAY),
        lot(3, 10, remaining=0, expires_at=NOON - DAY, priority=-1),
        lot(4, 10, remaining=0, expires_at=NOON + timedelta(microseconds=1)),
    ]
    own = book(with_assets(program(), SHORT), holding(*rows, of=SHORT))
    parts = [(row, number) for number, row in enumerate(own.lots.values(), 1)]
    with own.open(TransferKind.SPEND_UNDO, NOON) as transfer:
        transfer.restore(SHORT, 10, parts, *RETURN)
    assert [row.remaining for row in own.lots.values()] == [0, 0, 0, 4, 3, 3]
    assert [(row.amount, row.priority, row.expires_at) for row in transfer.created] == [
        (3, -1, NOON + 7 * DAY),
        (3, 0, NOON + 7 * DAY),
    ]
    assert own.accounts[SHORT.id].available == 10
    assert own.accounts[SHORT.id].next_due_at == NOON + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("debt", "first", "second", "born"),
    [(3, 5, 4, [3]), (5, 5, 4, [1]), (8, 3, 4, []), (12, 0, 3, []), (15, 0, 0, []), (20, 0, 0, [])],
)
def test_what_pays_a_debt_goes_to_no_lot(debt: int, first: int, second: int, born: list[int]) -> None:
    owing = asset(floor=-100)
    rows = [lot(1, 5, remaining=0), lot(2, 4, remaining=0), lot(3, 6, remaining=0, expires_at=NOON)]
    own = book(with_assets(program(), owing), holding(*rows, of=owing, debt=debt))
    parts = given_back([(row, row.amount) for row in own.lots.values()], 0, max(15 - debt, 0))
    with own.open(TransferKind.SPEND_UNDO, NOON) as transfer:
        transfer.restore(owing, 15, parts, *RETURN)
    assert [row.remaining for row in own.lots.values()] == [first, second, 0, *born]
    assert [row.amount for row in transfer.created] == born
    assert own.accounts[owing.id].available == 15 - debt
    assert [move.remaining for move in own.rows.moves] == [part for part in (first, second) if part]
