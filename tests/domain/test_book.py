"""The book: lots, entries and balances of single postings, to the unit."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.amounts import AMOUNT_MAX
from domain.assets import ExpiryFrom, ExpiryPolicy
from domain.book import Book
from domain.digest import transfer_hash
from domain.events import EventKind
from domain.instants import NEVER
from domain.ledger import Contra, EntryKind, LotMove, TransferKind
from domain.posting import Cause
from domain.refusals import InsufficientBalance, LimitReached
from tests.domain.makers import (
    DAY,
    MEMBER_ID,
    NOON,
    POINTS,
    VALUE,
    account,
    asset,
    book,
    holding,
    lot,
    member,
    program,
    state,
    with_assets,
)

CREDIT = (EntryKind.ADJUST, Contra.ADJUSTMENT)
SPEND = (EntryKind.SPEND, Contra.REDEMPTION)
ROLLING = asset(expiry=ExpiryPolicy.ROLLING_DAYS, expiry_length=10, pending_days=3)


def remaining(of: Book) -> list[int]:
    return [row.remaining for row in sorted(of.lots.values(), key=lambda row: row.id)]


def test_a_credit_opens_the_account_and_makes_a_lot() -> None:
    own = book(start=state(member=member(position=7)))
    with own.open(TransferKind.ADJUSTMENT, NOON - DAY, reason="a gift") as transfer:
        entry = transfer.credit(POINTS, 30, *CREDIT, cause=Cause(effect=2, campaign_id=VALUE.id))
    opened = own.accounts[POINTS.id]
    assert (opened.available, opened.pending, opened.held, opened.seq) == (30, 0, 0, 1)
    assert (opened.member_id, opened.floor, opened.next_due_at) == (MEMBER_ID, 0, NEVER)
    (made,) = own.lots.values()
    assert (made.amount, made.remaining, made.held, made.priority) == (30, 30, 0, 0)
    assert (made.locked_until, made.expires_at, made.due_at) == (None, NEVER, NEVER)
    assert (made.account_id, made.transfer_id, made.recorded_at) == (opened.id, transfer.transfer.id, NOON)
    assert (entry.change_available, entry.change_pending, entry.change_held) == (30, 0, 0)
    assert (entry.available, entry.pending, entry.held, entry.seq, entry.position) == (30, 0, 0, 1, 8)
    assert (entry.kind, entry.contra, entry.effect, entry.campaign_id) == (*CREDIT, 2, VALUE.id)
    assert (entry.occurred_at, entry.recorded_at) == (NOON - DAY, NOON)
    (row,) = own.rows.transfers
    assert (row.kind, row.actor, row.reason, row.order_id) == (
        TransferKind.ADJUSTMENT,
        "key:test",
        "a gift",
        None,
    )
    assert row.hash == transfer_hash(row, own.rows.entries, [made], [])
    assert own.rows.moves == []
    (event,) = own.rows.events
    assert (event.kind, event.position, event.account_id, event.entry_seq) == (
        EventKind.BALANCE_CHANGED,
        8,
        opened.id,
        1,
    )
    assert own.close().member.position == 8


def test_a_credit_of_a_pending_asset_is_locked_and_not_available() -> None:
    own = book(with_assets(program(), ROLLING))
    with own.open(TransferKind.ORDER, NOON) as transfer:
        entry = transfer.credit(ROLLING, 30, EntryKind.EARN, Contra.ISSUANCE, priority=1)
    opened = own.accounts[POINTS.id]
    assert (opened.available, opened.pending, opened.next_due_at) == (0, 30, NOON + 3 * DAY)
    assert (entry.change_available, entry.change_pending, entry.available, entry.pending) == (0, 30, 0, 30)
    (made,) = own.lots.values()
    assert (made.locked_until, made.expires_at, made.due_at) == (NOON + 3 * DAY, NOON + 10 * DAY, NOON + 3 * DAY)
    assert made.priority == 1


@pytest.mark.parametrize(("counted_from", "expires"), [(ExpiryFrom.RECORDED, 10 * DAY), (ExpiryFrom.OCCURRED, 6 * DAY)])
def test_a_lot_expires_from_when_it_happened_or_was_recorded(counted_from: ExpiryFrom, expires: timedelta) -> None:
    rolling = asset(expiry=ExpiryPolicy.ROLLING_DAYS, expiry_length=10, expiry_from=counted_from)
    own = book(with_assets(program(), rolling))
    with own.open(TransferKind.ORDER, NOON - 4 * DAY) as transfer:
        transfer.credit(rolling, 30, *CREDIT)
    (made,) = own.lots.values()
    assert (made.expires_at, made.due_at) == (NOON + expires, NOON + expires)
    assert own.accounts[POINTS.id].next_due_at == NOON + expires


def test_a_later_credit_leaves_the_next_due_instant_at_the_soonest() -> None:
    start = holding(lot(1, 5, expires_at=NOON + 2 * DAY))
    own = book(with_assets(program(), ROLLING), start)
    with own.open(TransferKind.ADJUSTMENT, NOON) as transfer:
        transfer.credit(ROLLING, 30, *CREDIT)
    assert own.accounts[POINTS.id].next_due_at == NOON + 2 * DAY


def test_a_debit_takes_by_priority_then_soonest_expiry_then_oldest() -> None:
    start = holding(
        lot(1, 10),  # never expires: last of its priority
        lot(2, 10, expires_at=NOON + 5 * DAY),
        lot(3, 10, expires_at=NOON + 2 * DAY),
        lot(4, 10, expires_at=NOON + DAY, priority=1),  # bonus: after all others
        lot(5, 10, expires_at=NOON + 2 * DAY),  # as soon as lot 3, but younger
    )
    taken = {
        5: [10, 10, 5, 10, 10],
        10: [10, 10, 0, 10, 10],
        15: [10, 10, 0, 10, 5],
        25: [10, 5, 0, 10, 0],
        39: [1, 0, 0, 10, 0],
        41: [0, 0, 0, 9, 0],
        50: [0, 0, 0, 0, 0],
    }
    for amount, left in taken.items():
        own = book(start=start)
        with own.open(TransferKind.ADJUSTMENT, NOON) as transfer:
            entry = transfer.debit(POINTS, amount, *SPEND)
        assert remaining(own) == left
        assert (entry.change_available, entry.available) == (-amount, 50 - amount)
        assert sum(move.remaining for move in own.rows.moves) == -amount
        assert all(move.remaining < 0 and move.held == 0 for move in own.rows.moves)


def test_a_debit_uses_no_lot_that_is_locked_over_or_of_another_asset() -> None:
    start = holding(
        lot(1, 10, locked_until=NOON + DAY),
        lot(2, 10, expires_at=NOON),  # ends at this instant: half-open
        lot(3, 10, remaining=0),
        lot(4, 10),
    )
    start = replace(start, lots={**start.lots, lot(5, 10, VALUE).id: lot(5, 10, VALUE)})
    own = book(start=start)
    assert [row.id for row in own.burn_order(own.accounts[POINTS.id])] == [lot(4, 10).id]


@pytest.mark.parametrize(
    ("amount", "available", "message"),
    [
        (51, 50, "The member has 50 POINTS; 51 are needed."),
        (1, 0, "The member has 0 POINTS; 1 are needed."),
        (AMOUNT_MAX, 50, "The member has 50 POINTS; 4611686018427387903 are needed."),
    ],
)
def test_a_debit_beyond_the_balance_is_refused_and_takes_nothing(amount: int, available: int, message: str) -> None:
    own = book(start=holding(lot(1, available)) if available else None)
    with pytest.raises(InsufficientBalance) as refused, own.open(TransferKind.ADJUSTMENT, NOON) as transfer:
        transfer.debit(POINTS, amount, *SPEND)
    assert refused.value.message == message
    assert refused.value.facts == {"available": Decimal(available), "required": Decimal(amount)}
    assert own.rows.transfers == own.rows.entries == own.rows.moves == own.rows.events == []
    assert remaining(own) == ([available] if available else [])
    assert own.position == 0


def test_who_is_in_debt_has_nothing() -> None:
    own = book(start=holding(debt=40))
    with pytest.raises(InsufficientBalance) as refused, own.open(TransferKind.ADJUSTMENT, NOON) as transfer:
        transfer.debit(POINTS, 1, *SPEND)
    assert refused.value.facts["available"] == 0


@pytest.mark.parametrize(
    ("debt", "amount", "left", "available"),
    [
        (40, 100, 60, 60),
        (40, 40, 0, 0),
        (40, 30, 0, -10),  # still in debt; the lot is born empty
        (1, 100, 99, 99),
        (0, 100, 100, 100),
    ],
)
def test_a_credit_pays_the_debt_first(debt: int, amount: int, left: int, available: int) -> None:
    in_debt = asset(floor=-100)
    own = book(with_assets(program(), in_debt), holding(of=in_debt, debt=debt))
    with own.open(TransferKind.ORDER, NOON) as transfer:
        entry = transfer.credit(in_debt, amount, *CREDIT)
    (made,) = own.lots.values()
    assert (made.amount, made.remaining) == (amount, left)
    assert (entry.change_available, entry.available) == (amount, available)
    assert own.accounts[POINTS.id].available == available
    paid = amount - left
    assert own.rows.moves == ([LotMove(transfer.transfer.id, made.id, made.program_id, -paid, 0)] if paid else [])


def test_two_credits_of_one_transfer_pay_a_debt_together() -> None:
    in_debt = asset(floor=-100)
    own = book(with_assets(program(), in_debt), holding(of=in_debt, debt=50))
    with own.open(TransferKind.ORDER, NOON) as transfer:
        transfer.credit(in_debt, 30, *CREDIT)
        transfer.credit(in_debt, 30, *CREDIT)
    assert remaining(own) == [0, 10]
    assert own.accounts[POINTS.id].available == 10
    assert [move.remaining for move in own.rows.moves] == [-30, -20]
    (row,) = own.rows.transfers
    assert row.hash == transfer_hash(row, own.rows.entries, own.lots.values(), own.rows.moves)


def test_a_pending_credit_pays_no_debt_yet() -> None:
    waiting = replace(ROLLING, floor=-100)
    own = book(with_assets(program(), waiting), holding(of=waiting, debt=40))
    with own.open(TransferKind.ORDER, NOON) as transfer:
        transfer.credit(waiting, 30, *CREDIT)
    assert remaining(own) == [30]
    assert (own.accounts[POINTS.id].available, own.accounts[POINTS.id].pending) == (-40, 30)


def test_an_account_holds_up_to_the_largest_amount_and_no_more() -> None:
    start = holding(lot(1, AMOUNT_MAX - 10))
    own = book(start=start)
    with own.open(TransferKind.ADJUSTMENT, NOON) as transfer:
        transfer.credit(POINTS, 10, *CREDIT)
    assert own.accounts[POINTS.id].available == AMOUNT_MAX
    own = book(start=start)
    with pytest.raises(LimitReached), own.open(TransferKind.ADJUSTMENT, NOON) as transfer:
        transfer.credit(POINTS, 11, *CREDIT)
    assert own.rows.entries == []
    assert own.accounts[POINTS.id].available == AMOUNT_MAX - 10


def test_pending_and_held_value_count_towards_the_largest_amount() -> None:
    own = book(start=state(accounts={POINTS.id: account(pending=AMOUNT_MAX - 20, held=10)}))
    with pytest.raises(LimitReached), own.open(TransferKind.ADJUSTMENT, NOON) as transfer:
        transfer.credit(POINTS, 11, *CREDIT)


def test_a_transfer_without_entries_leaves_no_row() -> None:
    own = book()
    with own.open(TransferKind.ORDER, NOON):
        pass
    assert own.rows.transfers == own.rows.entries == own.rows.moves == own.rows.events == []


def test_a_book_leaves_the_state_it_was_opened_on_alone() -> None:
    start = holding(lot(1, 50))
    own = book(start=start)
    with own.open(TransferKind.ADJUSTMENT, NOON) as transfer:
        transfer.debit(POINTS, 20, *SPEND)
        transfer.credit(VALUE, 20, *CREDIT)
    assert start == holding(lot(1, 50))
    after = own.close()
    assert after.accounts[POINTS.id].available == 30
    assert after.accounts[VALUE.id].available == 20
    assert after.member.position == 2
    assert dict(after.next_due) == {}


def test_entries_of_one_account_number_themselves_and_run_on() -> None:
    own = book(start=holding(lot(1, 50)))
    with own.open(TransferKind.ADJUSTMENT, NOON) as transfer:
        transfer.debit(POINTS, 20, *SPEND)
        transfer.credit(POINTS, 5, *CREDIT)
    rows = own.rows.entries
    assert [(row.seq, row.change_available, row.available, row.position) for row in rows] == [
        (1, -20, 30, 1),
        (2, 5, 35, 2),
    ]
