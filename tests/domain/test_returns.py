"""Returns are exact inverses: any split of them, in any order, ends where one return of everything does."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.amounts import AMOUNT_MAX
from domain.assets import Asset, ExpiryFrom, ExpiryPolicy, ShortfallPolicy
from domain.commands import Adjust
from domain.ledger import Contra
from domain.orders import OrderState
from domain.program import Program
from domain.refusals import AlreadyReturned, HoldExpired, InsufficientBalance, InvalidInput, OrderNotInState, Refusal
from domain.shares import share
from tests.domain.makers import (
    DAY,
    MEMBER_ID,
    NOON,
    POINTS,
    QUALIFYING,
    VALUE,
    account,
    earn,
    ids,
    line,
    lot,
    order,
    program,
    state,
    version,
)
from tests.domain.order_histories import COMMON, Orders

ORDER = UUID(int=0x9001)
PAYING = {"pay_amount": 100, "pay_value": 1_00}
POLICIES = {
    ShortfallPolicy.DEBT: {"floor": -AMOUNT_MAX},
    ShortfallPolicy.WRITE_OFF: {},
    ShortfallPolicy.REFUSE: {},
}


def points(policy: ShortfallPolicy = ShortfallPolicy.DEBT, **facts: Any) -> Asset:
    return replace(POINTS, shortfall=policy, **(PAYING | POLICIES[policy] | facts))


def shop_of(own: Asset, per: int = 1_00, each: int = 1) -> Program:
    value = replace(VALUE, pay_amount=1_00, pay_value=1_00)
    return program(version("BASE", earn(each, per, of=own)), assets=(own, QUALIFYING, value))


def begun(shop: Program, own: Asset, lots: Sequence[tuple[int, datetime]], debt: int = 0) -> Orders:
    """Return a member with lots of points that expire at these instants, or with a debt of them."""
    rows = [
        lot(number, amount, own, expires_at=at, transfer_id=UUID(int=0x60)) for number, (amount, at) in enumerate(lots)
    ]
    due = min((row.due_at for row in rows), default=NOON + 900 * DAY)
    held = account(own, available=sum(amount for amount, _ in lots) - debt, next_due_at=due)
    start = state(accounts={own.id: held}, lots={row.id: row for row in rows})
    return Orders(start, new_id=ids(0x5000), shop=shop)


def adjusted(history: Orders, amount: int) -> Any:
    return history.take(Adjust(**COMMON, member_id=MEMBER_ID, asset_id=POINTS.id, amount=amount, reason="r"))


def seen(history: Orders) -> tuple[Any, ...]:
    """Return the state that a split of returns must not change: lots, balances, the order, what each contra got."""
    lots = Counter[tuple[Any, ...]]()
    for row in history.state.lots.values():
        lots[row.priority, row.expires_at, row.locked_until] += row.remaining
    exact = {row.id: row.remaining for row in history.state.lots.values() if row.transfer_id == UUID(int=0x60)}
    accounts = {row.asset_id: (row.available, row.pending, row.held) for row in history.state.accounts.values()}
    contras = Counter[Contra | None]()
    for entry in history.rows.entries:
        if entry.order_id == ORDER:
            contras[entry.contra] += entry.change_available + entry.change_pending
    refund = sum(row.refund for row in history.returns[ORDER])
    returned = [row.returned_quantity for row in history.lines[ORDER]]
    return +lots, exact, accounts, +contras, -contras, refund, returned, history.state_of(ORDER)


def check_books(history: Orders) -> None:
    for own in history.state.accounts.values():
        lots = [row for row in history.state.lots.values() if row.account_id == own.id]
        assert sum(row.remaining for row in lots if row.locked_until is None) == max(own.available, 0)
        assert sum(row.remaining for row in lots if row.locked_until) == own.pending
        assert sum(row.held for row in lots) == own.held
        assert all(row.remaining >= 0 and row.held >= 0 and row.remaining + row.held <= row.amount for row in lots)
        assert own.available >= own.floor
    for transfer in history.rows.transfers:
        keys = [move.lot_id for move in history.rows.moves if move.transfer_id == transfer.id]
        assert len(keys) == len(set(keys))


# ── the law ──────────────────────────────────────────────────────────────────────────────────────────────────────────

quantities = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from([0, 1, 99, 12_50, 33_33, 100_00])), min_size=1, max_size=4
)
starts = st.lists(st.tuples(st.integers(1, 120), st.integers(1, 9)), max_size=4)


def pieces(lines: Sequence[tuple[int, int]]) -> list[str]:
    return [str(index) for index, (quantity, _) in enumerate(lines) for _ in range(quantity)]


def batches(order_of: Sequence[str], cuts: Sequence[bool]) -> Iterator[list[tuple[str, int]]]:
    batch: Counter[str] = Counter()
    for ref, cut in zip(order_of, [*cuts, True], strict=False):
        batch[ref] += 1
        if cut:
            yield sorted(batch.items())
            batch = Counter()
    if batch:
        yield sorted(batch.items())


def captured(data: st.DataObject, lines: Sequence[tuple[int, int]]) -> dict[str, int]:
    """Draw what is captured of the lines: at least one piece."""
    chosen = data.draw(st.lists(st.sampled_from(pieces(lines)), min_size=1, unique=True))
    return {ref: data.draw(st.integers(1, lines[int(ref)][0])) for ref in chosen}


@settings(max_examples=400)
@given(st.data())
def test_any_split_of_returns_ends_where_one_return_does(data: st.DataObject) -> None:
    policy = data.draw(st.sampled_from(list(ShortfallPolicy)))
    pending = data.draw(st.sampled_from([0, 0, 3]))
    floor = data.draw(st.sampled_from([-AMOUNT_MAX, -7])) if policy is ShortfallPolicy.DEBT else 0
    own = points(policy, floor=floor, pending_days=pending)
    lots = data.draw(starts)
    shop = shop_of(own, per=data.draw(st.sampled_from([1_00, 50, 7])), each=data.draw(st.sampled_from([1, 3])))
    history = begun(shop, own, [(amount, NOON + days * DAY) for amount, days in lots])
    lines = data.draw(quantities)
    total = sum(quantity * price for quantity, price in lines)
    most = min(total, sum(amount for amount, _ in lots))
    spend = data.draw(st.just(most) | st.integers(0, most))
    content = order(
        lines=tuple(line(str(index), price, quantity) for index, (quantity, price) in enumerate(lines)),
        spend=((own.id, spend),) if spend else (),
    )
    bought = dict(Counter(pieces(lines)))
    if data.draw(st.booleans()):
        answer = history.buy(content, ORDER)
    else:
        history.hold(content, ORDER)
        bought = captured(data, lines)
        history.now += data.draw(st.sampled_from([0, 1])) * DAY  # a day later the hold has run out
        answer = history.capture(ORDER, sorted(bought.items()))
        if isinstance(answer, HoldExpired):
            return  # what it was held with has expired
    assert not isinstance(answer, Refusal), answer
    check_books(history)
    available = history.state.accounts[own.id].available if own.id in history.state.accounts else 0
    if available > 0:
        adjusted(history, -data.draw(st.just(available) | st.integers(1, available)))
    history.now += data.draw(st.sampled_from([0, 0, 2, 4])) * DAY
    shuffled = data.draw(st.permutations(list(Counter(bought).elements())))
    cuts = data.draw(st.lists(st.booleans(), min_size=len(shuffled) - 1, max_size=len(shuffled) - 1))
    whole, split = history.forked(), history.forked()
    at_once = whole.return_(ORDER)
    refused = False
    for batch in batches(shuffled, cuts):
        refused = isinstance(split.return_(ORDER, batch), Refusal)
        check_books(split)
        if refused:
            break
    if isinstance(at_once, Refusal):
        assert policy is ShortfallPolicy.REFUSE
        assert refused
        return
    check_books(whole)
    assert whole.state_of(ORDER) is OrderState.RETURNED
    if not refused:
        assert seen(split) == seen(whole)


@settings(max_examples=200)
@given(st.data())
def test_what_is_captured_and_comes_back_ends_where_a_cancel_does(data: st.DataObject) -> None:
    own = points(pending_days=data.draw(st.sampled_from([0, 3])))
    value = replace(VALUE, pay_amount=1_00, pay_value=1_00)
    principal, bonus = data.draw(st.integers(0, 300)), data.draw(st.integers(0, 300))
    lots = [
        lot(number, amount, own, expires_at=NOON + days * DAY)
        for number, (amount, days) in enumerate(data.draw(starts))
    ]
    lots += [lot(90 + n, part, value, priority=-n) for n, part in enumerate((principal, bonus)) if part]
    accounts = {
        asset.id: account(asset, available=sum(row.amount for row in lots if row.asset_id == asset.id))
        for asset in (own, value)
    }
    start = state(accounts=accounts, lots={row.id: row for row in lots})
    history = Orders(start, new_id=ids(0x5000), shop=shop_of(own))
    lines = data.draw(quantities)
    left = sum(quantity * price for quantity, price in lines)
    spend = []
    for asset in (own, value):
        amount = data.draw(st.integers(0, min(left, accounts[asset.id].available)))
        left -= amount
        spend += [(asset.id, amount)] if amount else []
    content = order(
        lines=tuple(line(str(index), price, quantity) for index, (quantity, price) in enumerate(lines)),
        spend=tuple(spend),
    )
    assert not isinstance(history.hold(content, ORDER), Refusal)
    given_up = history.forked()
    given_up.cancel(ORDER)
    some = captured(data, lines)
    assert not isinstance(history.capture(ORDER, sorted(some.items())), Refusal)
    check_books(history)
    for hold in history.state.holds.values():
        assert (hold.open, hold.captured) == (0, sum(_paid(history, hold.asset_id)))
    assert not isinstance(history.return_(ORDER), Refusal)
    check_books(history)
    assert history.state_of(ORDER) is OrderState.RETURNED
    for row in lots:
        assert history.state.lots[row.id] == given_up.state.lots[row.id] == row
    for asset_id, before in given_up.state.accounts.items():
        after = history.state.accounts[asset_id]
        assert (after.available, after.pending, after.held) == (before.available, before.pending, before.held)
    (bought,), whole = history.orders.values(), {line.ref: line.quantity for line in history.lines[ORDER]}
    assert bought.released + sum(row.refund for row in history.returns[ORDER]) == bought.payable - bought.paid
    assert bought.due == sum(row.refund for row in history.returns[ORDER])
    back = {line.ref: line.returned_quantity + line.released_quantity for line in history.lines[ORDER]}
    assert back == whole


def _paid(history: Orders, asset_id: UUID) -> Iterator[int]:
    for entry in history.rows.entries:
        if entry.kind == "SPEND" and entry.asset_id == asset_id:
            yield -entry.change_held


@given(quantities, st.integers(0, 1_000), st.data())
def test_shares_add_up_to_the_whole_and_never_fall(lines: Any, amount: int, data: st.DataObject) -> None:
    own = points()
    history = begun(shop_of(own), own, [])
    rows = tuple(line(str(index), price, quantity) for index, (quantity, price) in enumerate(lines))
    history.buy(order(lines=rows), ORDER)
    stored = history.lines[ORDER]
    returned: Counter[str] = Counter()
    before = 0
    for ref in data.draw(st.permutations(pieces(lines))):
        assert share(amount, stored, returned) >= before
        before = share(amount, stored, returned)
        returned[ref] += 1
    assert share(amount, stored, {}) == 0
    assert share(amount, stored, returned) == amount


# ── cases ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_spent_goes_back_to_its_lots_the_last_used_first() -> None:
    own = points()
    history = begun(shop_of(own), own, [(30, NOON + DAY), (50, NOON + 2 * DAY)])
    # 10.00, of which 60 points pay 0.60; 9 points are earned for the 9.40 left
    history.buy(order(lines=(line(unit_price=5_00, quantity=2),), spend=((own.id, 60),)), ORDER)
    assert sorted(row.remaining for row in history.state.lots.values()) == [0, 9, 20]
    history.return_(ORDER, [("1", 1)])
    # half: 30 back, all to the second lot, whose 30 were used last; 4 of the 9 points are taken from the order's own
    assert sorted((row.remaining, row.amount) for row in history.state.lots.values()) == [(0, 30), (5, 9), (50, 50)]
    history.return_(ORDER)
    assert sorted((row.remaining, row.amount) for row in history.state.lots.values()) == [(0, 9), (30, 30), (50, 50)]
    assert [(row.quantities, row.refund) for row in history.returns[ORDER]] == [({"1": 1}, 4_70), ({"1": 1}, 4_70)]


def test_what_goes_back_to_an_expired_lot_lives_for_the_grace_days() -> None:
    own = points(grace_days=7)
    history = begun(shop_of(own), own, [(40, NOON + DAY), (40, NOON + 20 * DAY)])
    history.buy(order(5_00, spend=((own.id, 60),)), ORDER)
    history.now = NOON + 3 * DAY
    history.return_(ORDER)
    assert sorted((row.expires_at, row.remaining) for row in history.state.lots.values() if row.remaining) == [
        (NOON + 10 * DAY, 40),
        (NOON + 20 * DAY, 40),
    ]
    check_books(history)


def test_points_that_were_spent_elsewhere_are_owed_under_the_policy_debt() -> None:
    own = points()
    history = begun(shop_of(own), own, [])
    history.buy(order(50_00), ORDER)
    adjusted(history, -45)
    history.return_(ORDER)
    assert history.state.accounts[own.id].available == -45
    adjusted(history, 60)
    assert history.state.accounts[own.id].available == 15
    check_books(history)


def test_what_is_missing_is_written_off_beyond_the_floor_of_a_debt() -> None:
    own = points(floor=-10)
    history = begun(shop_of(own), own, [])
    history.buy(order(50_00), ORDER)
    adjusted(history, -45)
    history.return_(ORDER)
    assert history.state.accounts[own.id].available == -10
    lines = [(row.contra, row.change_available) for row in history.rows.entries if row.kind == "RETURN"]
    assert lines == [(Contra.WRITE_OFF, 35), (Contra.ISSUANCE, -50)]


def test_what_is_missing_is_written_off_under_that_policy_and_told() -> None:
    own = points(ShortfallPolicy.WRITE_OFF)
    history = begun(shop_of(own), own, [])
    history.buy(order(50_00), ORDER)
    adjusted(history, -45)
    history.return_(ORDER)
    assert history.state.accounts[own.id].available == 0
    lines = [(row.contra, row.change_available) for row in history.rows.entries if row.kind == "RETURN"]
    assert lines == [(Contra.WRITE_OFF, 45), (Contra.ISSUANCE, -50)]


def test_a_return_that_would_take_what_is_not_there_is_refused_under_that_policy() -> None:
    own = points(ShortfallPolicy.REFUSE)
    history = begun(shop_of(own), own, [])
    history.buy(order(50_00), ORDER)
    adjusted(history, -45)
    before = (history.state, len(history.rows.entries), history.orders[ORDER])
    answer = history.return_(ORDER)
    assert isinstance(answer, InsufficientBalance)
    assert answer.facts == {"available": 0, "required": 45}
    assert (history.state, len(history.rows.entries), history.orders[ORDER]) == before


def test_what_expired_of_the_order_s_points_is_not_taken_again() -> None:
    own = points(expiry=ExpiryPolicy.ROLLING_DAYS, expiry_length=5, expiry_from=ExpiryFrom.RECORDED)
    history = begun(shop_of(own), own, [(80, NOON + 90 * DAY)])
    history.buy(order(50_00), ORDER)
    adjusted(history, -20)  # from the order's own lot, which expires first
    history.now = NOON + 6 * DAY
    history.return_(ORDER)
    lines = [(row.contra, row.change_available) for row in history.rows.entries if row.kind == "RETURN"]
    assert lines == [(Contra.BREAKAGE, 30), (Contra.ISSUANCE, -50)]
    assert history.state.accounts[own.id].available == 60


def test_a_debt_of_a_return_that_was_paid_stays_paid_when_the_order_s_points_are_there_again() -> None:
    own = points()
    history = begun(shop_of(own), own, [])
    history.buy(order(lines=(line(unit_price=25_00, quantity=2),)), ORDER)
    history.hold(order(5_00, external_id="A2", spend=((own.id, 50),)), UUID(int=0x9002))
    history.return_(ORDER, [("1", 1)])  # all 50 are held, so 25 are owed
    adjusted(history, 20)
    adjusted(history, 10)
    history.cancel(UUID(int=0x9002))
    assert sorted((row.amount, row.remaining) for row in history.state.lots.values()) == [(10, 5), (20, 0), (50, 50)]
    history.return_(ORDER)
    assert sorted((row.amount, row.remaining) for row in history.state.lots.values()) == [(10, 5), (20, 0), (50, 25)]
    assert history.state.accounts[own.id].available == 30
    check_books(history)


def test_what_a_return_took_from_a_lot_that_has_expired_since_stays_taken() -> None:
    own = points()
    history = begun(shop_of(own), own, [])
    history.buy(order(lines=(line(unit_price=25_00, quantity=2),)), ORDER)
    history.hold(order(5_00, external_id="A2", spend=((own.id, 50),)), UUID(int=0x9002), seconds=3 * 86_400)
    lent = lot(0, 25, own, expires_at=NOON + DAY, transfer_id=UUID(int=0x60))
    held = history.state.accounts[own.id]
    history.state = replace(
        history.state,
        lots={**history.state.lots, lent.id: lent},
        accounts={own.id: replace(held, available=25, next_due_at=NOON + DAY)},
    )
    history.return_(ORDER, [("1", 1)])
    assert history.state.accounts[own.id].available == 0
    history.now += DAY
    adjusted(history, 10)
    history.cancel(UUID(int=0x9002))
    history.return_(ORDER)
    rows = [(row.amount, row.remaining) for row in history.state.lots.values()]
    assert sorted(rows) == [(10, 10), (25, 0), (50, 25)]
    check_books(history)


def test_a_piece_that_cost_nothing_comes_back_without_a_change_of_lots() -> None:
    own = points()
    history = begun(shop_of(own), own, [])
    history.buy(order(lines=(line("1", unit_price=25_00, quantity=2), line("2", unit_price=0))), ORDER)
    adjusted(history, -50)
    adjusted(history, 30)
    history.return_(ORDER, [("1", 1)])  # takes 25 of the 30
    sooner = lot(0, 25, own, expires_at=NOON + DAY, transfer_id=UUID(int=0x60))
    held = history.state.accounts[own.id]
    history.state = replace(
        history.state,
        lots={**history.state.lots, sooner.id: sooner},
        accounts={own.id: replace(held, available=30, next_due_at=NOON + DAY)},
    )
    before, transfers = history.state.lots, len(history.rows.transfers)
    assert not isinstance(history.return_(ORDER, [("2", 1)]), Refusal)
    assert (history.state.lots, len(history.rows.transfers)) == (before, transfers)


def test_what_expired_in_two_parts_since_the_last_command_is_not_taken_again() -> None:
    own = points(ShortfallPolicy.REFUSE, expiry=ExpiryPolicy.ROLLING_DAYS, expiry_length=5)
    history = begun(shop_of(own), own, [])
    history.buy(order(50_00), ORDER)
    history.hold(order(5_00, external_id="A2", spend=((own.id, 20),)), UUID(int=0x9002), seconds=6 * 86_400)
    history.now += 7 * DAY  # 30 expired after five days, and what was held when the hold ran out
    history.return_(ORDER)
    lines = [(row.contra, row.change_available) for row in history.rows.entries if row.kind == "RETURN"]
    assert lines == [(Contra.BREAKAGE, 50), (Contra.ISSUANCE, -50)]
    check_books(history)


def test_points_that_are_free_again_come_back_in_place_of_what_was_written_off() -> None:
    own = points(ShortfallPolicy.WRITE_OFF)
    history = begun(shop_of(own), own, [(20, NOON + 2 * DAY)])
    history.buy(order(lines=(line(unit_price=25_00, quantity=2),)), ORDER)
    history.hold(order(5_00, external_id="A2", spend=((own.id, 20),)), UUID(int=0x9002), seconds=3_600)
    history.hold(order(5_00, external_id="A3", spend=((own.id, 50),)), UUID(int=0x9003), seconds=4 * 86_400)
    history.now += DAY  # the other lot is free again, the order's own is not
    history.return_(ORDER, [("1", 1)])
    lines = [(row.contra, row.change_available) for row in history.rows.entries if row.kind == "RETURN"]
    assert lines == [(Contra.WRITE_OFF, 5), (Contra.ISSUANCE, -25)]
    history.now += 4 * DAY  # now it is, and the other, from which 20 were taken, has expired
    history.return_(ORDER, [("1", 1)])
    lines = [(row.contra, row.change_available) for row in history.rows.entries if row.kind == "RETURN"][2:]
    assert lines == [(Contra.ISSUANCE, -25), (Contra.WRITE_OFF, -5)]
    assert history.state.accounts[own.id].available == 20
    check_books(history)


def test_pending_points_are_taken_back_before_others() -> None:
    own = points(pending_days=3)
    history = begun(shop_of(own), own, [(80, NOON + 90 * DAY)])
    history.buy(order(50_00), ORDER)
    history.return_(ORDER)
    held = history.state.accounts[own.id]
    assert (held.available, held.pending) == (80, 0)


def test_stored_value_that_paid_comes_back_as_stored_value() -> None:
    own = points()
    history = begun(shop_of(own), own, [])
    history.take(Adjust(**COMMON, member_id=MEMBER_ID, asset_id=VALUE.id, amount=80_00, reason="r"))
    history.buy(order(lines=(line(unit_price=50_00, quantity=2),), spend=((VALUE.id, 60_00),)), ORDER)
    row = history.orders[ORDER]
    assert (row.payable, row.paid, row.due) == (100_00, 60_00, 40_00)
    history.return_(ORDER, [("1", 1)])
    assert history.state.accounts[VALUE.id].available == 50_00
    assert history.returns[ORDER][0].refund == 20_00


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ([("1", 3)], AlreadyReturned),
        ([("2", 1)], InvalidInput),
    ],
)
def test_no_more_comes_back_than_was_bought(lines: list[tuple[str, int]], kind: type[Refusal]) -> None:
    own = points()
    history = begun(shop_of(own), own, [])
    history.buy(order(lines=(line(quantity=2),)), ORDER)
    before = history.state
    assert isinstance(history.return_(ORDER, lines), kind)
    assert history.state is before


def test_what_came_back_does_not_come_back_again() -> None:
    own = points()
    history = begun(shop_of(own), own, [])
    history.buy(order(), ORDER)
    history.return_(ORDER)
    assert isinstance(history.return_(ORDER), AlreadyReturned)


def test_a_held_order_is_cancelled_and_not_returned() -> None:
    own = points()
    history = begun(shop_of(own), own, [])
    history.hold(order(), ORDER)
    assert isinstance(history.return_(ORDER), OrderNotInState)


def test_an_order_of_nothing_counts_by_its_pieces() -> None:
    own = points()
    history = begun(shop_of(own), own, [])
    history.buy(order(lines=(line(unit_price=0, quantity=3),)), ORDER)
    assert share(10, history.lines[ORDER], {"1": 1}) == 3
    history.return_(ORDER, [("1", 1)])
    assert history.state_of(ORDER) is OrderState.PARTIALLY_RETURNED
    history.return_(ORDER)
    assert history.state_of(ORDER) is OrderState.RETURNED


def test_a_return_an_hour_later_takes_what_is_left() -> None:
    own = points()
    history = begun(shop_of(own), own, [(100, NOON + 90 * DAY)])
    history.buy(order(lines=(line(unit_price=10_00, quantity=3),), spend=((own.id, 100),)), ORDER)
    for _ in range(3):
        history.now += timedelta(hours=1)
        assert not isinstance(history.return_(ORDER, [("1", 1)]), Refusal)
        check_books(history)
    assert history.state.accounts[own.id].available == 100


def test_what_was_written_off_is_not_taken_of_what_comes_later() -> None:
    own = points(ShortfallPolicy.WRITE_OFF)
    history = begun(shop_of(own), own, [])
    history.buy(order(lines=(line(unit_price=1_00, quantity=100),)), ORDER)
    adjusted(history, -100)
    history.return_(ORDER, [("1", 99)])
    adjusted(history, 500)
    history.return_(ORDER)
    assert history.state.accounts[own.id].available == 499
    check_books(history)


def test_bonus_and_principal_come_back_in_the_proportion_in_which_they_paid() -> None:
    own = points()
    history = begun(shop_of(own), own, [])
    for number, (amount, priority) in enumerate(((80_00, 0), (20_00, -1))):
        row = lot(number, amount, VALUE, priority=priority, transfer_id=UUID(int=0x60))
        history.state = replace(history.state, lots={**history.state.lots, row.id: row})
    held = account(VALUE, available=100_00)
    history.state = replace(history.state, accounts={**history.state.accounts, VALUE.id: held})
    lines = (line("1", 80_00), line("2", 20_00))
    history.buy(order(lines=lines, spend=((VALUE.id, 100_00),)), ORDER)
    history.return_(ORDER, [("1", 1)])
    left = {row.priority: row.remaining for row in history.state.lots.values() if row.account_id == held.id}
    assert left == {0: 64_00, -1: 16_00}
    history.return_(ORDER)
    left = {row.priority: row.remaining for row in history.state.lots.values() if row.account_id == held.id}
    assert left == {0: 80_00, -1: 20_00}
