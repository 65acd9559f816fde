"""Time as a command: what is due is done once, in the order in which it fell due, however often one looks."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.assets import Asset
from domain.book import Book
from domain.events import EventKind
from domain.instants import NEVER
from domain.ledger import Contra, EntryKind, Lot, TransferKind
from domain.mature import mature
from domain.members import MemberState
from tests.domain.makers import (
    DAY,
    LONG_AGO,
    NOON,
    POINTS,
    VALUE,
    account,
    asset,
    book,
    holding,
    ids,
    lot,
    program,
    state,
    with_assets,
)

MICROSECOND = timedelta(microseconds=1)


def matured(start: MemberState, now: datetime = NOON, of: Asset = POINTS) -> Book:
    own = book(with_assets(program(), of), start, now)
    mature(own)
    return own


def lines(of: Book) -> list[tuple[Any, ...]]:
    return [
        (row.kind, row.change_available, row.change_pending, row.available, row.pending, row.contra, row.occurred_at)
        for row in of.rows.entries
    ]


def remaining(of: Book) -> list[int]:
    return [row.remaining for row in sorted(of.lots.values(), key=lambda row: row.id)]


@pytest.mark.parametrize(("early", "due"), [(MICROSECOND, False), (timedelta(0), True), (-MICROSECOND, True)])
def test_a_lot_is_due_at_its_instant_and_not_before(early: timedelta, due: bool) -> None:
    own = matured(holding(lot(1, 30, locked_until=NOON + early)))
    assert len(own.rows.entries) == due
    own = matured(holding(lot(1, 30, expires_at=NOON + early)))
    assert len(own.rows.entries) == due


def test_a_release_unlocks_and_says_when() -> None:
    own = matured(holding(lot(1, 30, locked_until=NOON - DAY, expires_at=NOON + DAY)))
    assert lines(own) == [(EntryKind.RELEASE, 30, -30, 30, 0, None, NOON - DAY)]
    (released,) = own.lots.values()
    assert (released.remaining, released.locked_until, released.due_at) == (30, None, NOON + DAY)
    (transfer,) = own.rows.transfers
    assert (transfer.kind, transfer.occurred_at, transfer.recorded_at) == (TransferKind.RELEASE, NOON - DAY, NOON)
    (event,) = own.rows.events
    assert (event.kind, event.position, event.occurred_at) == (EventKind.BALANCE_CHANGED, 1, NOON - DAY)
    assert own.accounts[POINTS.id].next_due_at == NOON + DAY


def test_an_expiry_takes_what_is_left() -> None:
    own = matured(holding(lot(1, 30, remaining=12, expires_at=NOON - DAY), lot(2, 5)))
    assert lines(own) == [(EntryKind.EXPIRE, -12, 0, 5, 0, Contra.BREAKAGE, NOON - DAY)]
    assert remaining(own) == [0, 5]
    assert [(move.lot_id, move.remaining) for move in own.rows.moves] == [(lot(1, 1).id, -12)]
    assert own.rows.transfers[0].kind is TransferKind.EXPIRY
    assert own.accounts[POINTS.id].next_due_at == NEVER


def test_what_falls_due_together_is_one_line_and_what_does_not_is_two() -> None:
    own = matured(
        holding(
            lot(1, 1, expires_at=NOON - DAY),
            lot(2, 2, expires_at=NOON - DAY),
            lot(3, 4, expires_at=NOON - DAY + MICROSECOND),
        )
    )
    assert [(row[1], row[-1]) for row in lines(own)] == [(-3, NOON - DAY), (-4, NOON - DAY + MICROSECOND)]


def test_the_order_is_by_instant_then_releases_before_expiries() -> None:
    own = matured(
        holding(
            lot(1, 1, expires_at=NOON - DAY),
            lot(2, 2, locked_until=NOON - DAY),
            lot(3, 4, expires_at=NOON - 2 * DAY),
            lot(4, 8, locked_until=NOON),
        )
    )
    assert [(row[0], row[1]) for row in lines(own)] == [
        (EntryKind.EXPIRE, -4),
        (EntryKind.RELEASE, 2),
        (EntryKind.EXPIRE, -1),
        (EntryKind.RELEASE, 8),
    ]


def test_what_expired_while_it_was_pending_is_released_and_then_expires() -> None:
    own = matured(holding(lot(1, 30, locked_until=NOON - DAY, expires_at=NOON - 2 * DAY)))
    assert lines(own) == [
        (EntryKind.RELEASE, 30, -30, 30, 0, None, NOON - DAY),
        (EntryKind.EXPIRE, -30, 0, 0, 0, Contra.BREAKAGE, NOON - 2 * DAY),
    ]


def test_the_long_way_of_one_lot() -> None:
    own = matured(holding(lot(1, 30, locked_until=NOON - 2 * DAY, expires_at=NOON - DAY), debt=10))
    assert lines(own) == [
        (EntryKind.RELEASE, 30, -30, 20, 0, None, NOON - 2 * DAY),
        (EntryKind.EXPIRE, -20, 0, 0, 0, Contra.BREAKAGE, NOON - DAY),
    ]
    assert [move.remaining for move in own.rows.moves] == [-10, -20]
    assert remaining(own) == [0]


@pytest.mark.parametrize(
    ("debt", "left", "available"),
    [(0, [4, 8], 12), (3, [1, 8], 9), (4, [0, 8], 8), (10, [0, 2], 2), (12, [0, 0], 0), (20, [0, 0], -8)],
)
def test_a_release_pays_the_debt_from_the_oldest_lot_on(debt: int, left: list[int], available: int) -> None:
    in_debt = asset(floor=-100)
    start = holding(lot(1, 4, locked_until=NOON), lot(2, 8, locked_until=NOON), of=in_debt, debt=debt)
    own = matured(start, of=in_debt)
    assert remaining(own) == left
    assert own.accounts[POINTS.id].available == available
    assert own.accounts[POINTS.id].pending == 0
    assert -sum(move.remaining for move in own.rows.moves) == min(debt, 12)


def test_assets_mature_each_on_their_own_account() -> None:
    points, value = lot(1, 5, expires_at=NOON - DAY), lot(2, 7, VALUE, expires_at=NOON - DAY)
    start = state(
        accounts={POINTS.id: account(POINTS, available=5), VALUE.id: account(VALUE, available=7)},
        lots={points.id: points, value.id: value},
    )
    own = matured(start)
    assert [(row.asset_id, row.change_available, row.seq) for row in own.rows.entries] == [
        (POINTS.id, -5, 1),
        (VALUE.id, -7, 1),
    ]
    assert len(own.rows.transfers) == 2


def test_an_empty_lot_is_never_due() -> None:
    own = matured(holding(lot(1, 30, remaining=0, expires_at=NOON - DAY)))
    assert own.rows.transfers == own.rows.events == []


def test_the_next_due_instant_minds_lots_that_were_not_loaded() -> None:
    start = holding(lot(1, 5, locked_until=NOON - DAY, expires_at=NOON + 9 * DAY))
    own_id = start.accounts[POINTS.id].id
    assert matured(replace(start, next_due={own_id: NOON + 4 * DAY})).accounts[POINTS.id].next_due_at == NOON + 4 * DAY
    assert matured(replace(start, next_due={own_id: NEVER})).accounts[POINTS.id].next_due_at == NOON + 9 * DAY


# ── early or late, once or often ─────────────────────────────────────────────────────────────────────────────────────

RULES = {row.id: row for row in (asset(floor=-50), replace(VALUE, floor=-50))}
hours = st.integers(1, 24 * 12).map(lambda n: NOON + timedelta(hours=n))


@st.composite
def starts(draw: st.DrawFn) -> MemberState:
    """Return a member with up to six lots on each of two assets, each account perhaps in debt."""
    own: dict[Any, Any] = {}
    lots: dict[Any, Lot] = {}
    for of in RULES.values():
        rows = []
        for _ in range(draw(st.integers(0, 6))):
            locked = draw(st.none() | hours)
            expires = draw(st.just(NEVER) | hours)
            number = len(lots) + len(rows)
            rows.append(lot(number, draw(st.integers(1, 20)), of, locked_until=locked, expires_at=expires))
        in_debt = draw(st.integers(0, 50)) if all(row.locked_until for row in rows) else 0
        held = holding(*rows, of=of, debt=in_debt)
        own |= held.accounts
        lots |= held.lots
    return state(accounts=own, lots=lots)


def loaded(of: MemberState, now: datetime) -> MemberState:
    """Return the state as a load at `now` would bring it, all lots included."""
    return replace(of, next_due={row.id: NEVER for row in of.accounts.values() if row.next_due_at <= now})


def swept(start: MemberState, times: list[datetime]) -> tuple[MemberState, list[Any]]:
    """Return the state after maturing at each of `times`, and the rows without when they were recorded."""
    shop = with_assets(program(), *RULES.values())
    current, new_id, rows = start, ids(), []
    for now in times:
        own = Book(shop, loaded(current, now), now=now, actor="system", new_id=new_id)
        mature(own)
        written = own.rows
        rows.append([replace(row, recorded_at=LONG_AGO, hash=b"") for row in written.transfers])
        rows.append([replace(row, recorded_at=LONG_AGO) for row in (*written.entries, *written.events)])
        rows.append(list(written.moves))
        current = own.close()
    kinds = [[row for part in rows[kind::3] for row in part] for kind in range(3)]
    entries = sorted(kinds[1], key=lambda row: (type(row).__name__, row.position))
    return current, [kinds[0], entries, kinds[2]]


@given(starts(), st.lists(hours, max_size=6), st.integers(1, 24 * 14))
def test_maturing_once_or_often_writes_the_same_rows(start: MemberState, stops: list[datetime], last: int) -> None:
    end = NOON + timedelta(hours=last)
    on_the_way = sorted(stop for stop in stops if stop <= end)
    once, often = swept(start, [end]), swept(start, [*on_the_way, end])
    assert often == once


@given(starts(), hours)
def test_maturing_leaves_nothing_due_and_keeps_every_sum(start: MemberState, now: datetime) -> None:
    after, (_, _, moves) = swept(start, [now])
    assert all(row.due_at > now for row in after.lots.values() if row.remaining)
    for own in after.accounts.values():
        rows = [row for row in after.lots.values() if row.account_id == own.id]
        free = sum(row.remaining for row in rows if row.locked_until is None)
        assert own.pending == sum(row.remaining for row in rows if row.locked_until is not None)
        assert free == max(own.available, 0)
        assert own.available >= own.floor
        assert own.next_due_at == min((row.due_at for row in rows if row.remaining), default=NEVER)
    for row in after.lots.values():
        moved = sum(move.remaining for move in moves if move.lot_id == row.id)
        assert row.remaining == start.lots[row.id].remaining + moved
    again, (more, _, _) = swept(after, [now])
    assert more == []
    assert again.lots == after.lots
