"""Held orders: what pays them is set aside, comes back when they are given up, and is spent when they are captured."""

from datetime import timedelta
from uuid import UUID

import pytest

from domain.commands import Mature
from domain.ledger import Contra, TransferKind
from domain.orders import OrderState
from domain.refusals import (
    HoldExpired,
    InsufficientBalance,
    InvalidInput,
    OrderNotInState,
    Refusal,
)
from tests.domain.makers import DAY, MEMBER_ID, NOON, order
from tests.domain.order_histories import COMMON, Orders
from tests.domain.test_returns import ORDER, adjusted, begun, check_books, points, shop_of

OTHER = UUID(int=0x9002)
OWN = points()
MINUTES = timedelta(minutes=15)


def shopping(*lots: tuple[int, int]) -> Orders:
    """Return a member with lots of so many points, which expire in so many days."""
    return begun(shop_of(OWN), OWN, [(amount, NOON + days * DAY) for amount, days in lots])


def buckets(history: Orders) -> tuple[int, int, int]:
    own = history.state.accounts[OWN.id]
    return own.available, own.pending, own.held


def lots(history: Orders) -> list[tuple[int, int]]:
    rows = sorted(history.state.lots.values(), key=lambda row: (row.expires_at, row.id))
    return [(row.remaining, row.held) for row in rows if row.transfer_id == UUID(int=0x60)]


def test_a_hold_sets_aside_what_a_debit_would_take_and_earns_nothing() -> None:
    history = shopping((30, 1), (50, 2))
    history.hold(order(5_00, spend=((OWN.id, 60),)), ORDER)
    assert buckets(history) == (20, 0, 60)
    assert lots(history) == [(0, 30), (20, 30)]
    row = history.orders[ORDER]
    assert (row.state, row.transfer_id, row.held_until) == (OrderState.HELD, None, NOON + MINUTES)
    assert [effect.kind for effect in history.effects[ORDER]] == ["SPEND", "EARN"]
    check_books(history)


def test_a_capture_spends_what_was_held_and_earns() -> None:
    history = shopping((30, 1), (50, 2))
    history.hold(order(5_00, spend=((OWN.id, 60),)), ORDER)
    history.capture(ORDER)
    assert buckets(history) == (24, 0, 0)
    assert lots(history) == [(0, 0), (20, 0)]
    assert history.state_of(ORDER) is OrderState.COMMITTED
    (hold,) = history.state.holds.values()
    assert (hold.captured, hold.released) == (60, 0)
    lines = [(row.kind, row.contra, row.change_available, row.change_held) for row in history.rows.entries]
    assert lines == [
        ("HOLD", None, -60, 60),
        ("SPEND", Contra.REDEMPTION, 0, -60),
        ("EARN", Contra.ISSUANCE, 4, 0),
    ]
    check_books(history)


def test_a_captured_order_comes_back_as_any_other_does() -> None:
    held, bought = shopping((30, 1), (50, 2)), shopping((30, 1), (50, 2))
    content = order(5_00, spend=((OWN.id, 60),))
    held.hold(content, ORDER)
    held.capture(ORDER)
    bought.buy(content, ORDER)
    assert (buckets(held), lots(held)) == (buckets(bought), lots(bought))
    held.return_(ORDER)
    bought.return_(ORDER)
    assert (buckets(held), lots(held)) == (buckets(bought), lots(bought)) == ((80, 0, 0), [(30, 0), (50, 0)])


def test_a_cancelled_order_gives_everything_back() -> None:
    history = shopping((30, 1), (50, 2))
    history.hold(order(5_00, spend=((OWN.id, 60),)), ORDER)
    history.cancel(ORDER)
    assert buckets(history) == (80, 0, 0)
    assert lots(history) == [(30, 0), (50, 0)]
    assert history.state_of(ORDER) is OrderState.CANCELLED
    for again in (history.cancel(ORDER), history.capture(ORDER), history.return_(ORDER)):
        assert isinstance(again, OrderNotInState)
        assert again.facts["state"] == "CANCELLED"


def test_a_hold_runs_out_by_itself_at_its_instant() -> None:
    history = shopping((30, 1), (50, 2))
    history.hold(order(5_00, spend=((OWN.id, 60),)), ORDER)
    history.now = NOON + MINUTES + timedelta(minutes=5)
    history.take(Mature(**COMMON, member_id=MEMBER_ID))
    assert buckets(history) == (80, 0, 0)
    assert history.state_of(ORDER) is OrderState.EXPIRED
    freed = history.rows.transfers[-1]
    assert (freed.kind, freed.occurred_at, freed.recorded_at) == (TransferKind.RELEASE, NOON + MINUTES, history.now)
    told = [(row.kind, row.occurred_at) for row in history.rows.events[-2:]]
    assert told == [("BALANCE_CHANGED", NOON + MINUTES), ("ORDER_EXPIRED", NOON + MINUTES)]


def test_at_one_instant_lots_are_released_then_holds_freed_then_lots_expire() -> None:
    own = points(pending_days=1)
    history = begun(shop_of(own), own, [(30, NOON + DAY), (50, NOON + DAY)])
    history.buy(order(7_00, external_id="A2"), OTHER)  # earns 7, pending until a day later
    history.hold(order(5_00, spend=((own.id, 60),)), ORDER, seconds=86_400)
    history.now = NOON + 2 * DAY
    history.take(Mature(**COMMON, member_id=MEMBER_ID))
    due = [row for row in history.rows.entries if row.occurred_at == NOON + DAY]
    assert [(row.kind, row.change_available, row.change_pending, row.change_held) for row in due] == [
        ("RELEASE", 7, -7, 0),
        ("RELEASE", 60, 0, -60),
        ("EXPIRE", -80, 0, 0),
    ]
    check_books(history)


def test_value_does_not_expire_while_it_is_held() -> None:
    history = shopping((30, 1), (50, 90))
    history.hold(order(5_00, spend=((OWN.id, 20),)), ORDER, seconds=3 * 86_400)
    history.now = NOON + 2 * DAY
    history.take(Mature(**COMMON, member_id=MEMBER_ID))
    assert buckets(history) == (50, 0, 20)  # the ten that were not held are gone
    history.capture(ORDER)
    assert buckets(history) == (54, 0, 0)
    check_books(history)


def test_what_is_freed_after_its_expiry_expires_when_it_is_freed() -> None:
    history = shopping((30, 1), (50, 90))
    history.hold(order(5_00, spend=((OWN.id, 20),)), ORDER, seconds=3 * 86_400)
    history.now = NOON + 5 * DAY
    history.take(Mature(**COMMON, member_id=MEMBER_ID))
    assert buckets(history) == (50, 0, 0)
    told = [(row.kind, row.change_available, row.change_held, row.occurred_at) for row in history.rows.entries[1:]]
    assert told == [
        ("EXPIRE", -10, 0, NOON + DAY),
        ("RELEASE", 20, -20, NOON + 3 * DAY),
        ("EXPIRE", -20, 0, NOON + 3 * DAY),
    ]
    check_books(history)


def test_what_a_cancel_frees_after_its_expiry_expires_then() -> None:
    history = shopping((30, 1), (50, 90))
    history.hold(order(5_00, spend=((OWN.id, 20),)), ORDER, seconds=3 * 86_400)
    history.now = NOON + 2 * DAY
    history.cancel(ORDER)
    assert buckets(history)[2] == 0
    history.take(Mature(**COMMON, member_id=MEMBER_ID))
    assert buckets(history) == (50, 0, 0)
    check_books(history)


def test_a_late_capture_reserves_again_at_the_held_terms() -> None:
    history = shopping((80, 90))
    history.hold(order(5_00, spend=((OWN.id, 60),)), ORDER)
    history.now = NOON + DAY
    assert not isinstance(history.capture(ORDER), Refusal)
    assert history.state_of(ORDER) is OrderState.COMMITTED
    assert buckets(history) == (24, 0, 0)
    check_books(history)


def test_a_late_capture_says_what_is_missing() -> None:
    history = shopping((80, 90))
    history.hold(order(5_00, spend=((OWN.id, 60),)), ORDER)
    history.now = NOON + DAY
    adjusted(history, -50)
    before = history.state
    answer = history.capture(ORDER)
    assert isinstance(answer, HoldExpired)
    assert answer.facts == {"asset": "POINTS", "available": 30, "required": 60}
    assert history.state is before


def test_more_than_there_is_is_not_held() -> None:
    history = shopping((30, 1))
    answer = history.hold(order(5_00, spend=((OWN.id, 31),)), ORDER)
    assert isinstance(answer, InsufficientBalance)
    assert answer.field == ("order", "spend")
    assert ORDER not in history.orders


def test_more_than_the_order_costs_does_not_pay_it() -> None:
    history = shopping((600, 1))
    answer = history.hold(order(5_00, spend=((OWN.id, 501),)), ORDER)
    assert isinstance(answer, InvalidInput)
    assert answer.message == "5.01 CNY would pay an order of 5.00 CNY."


def test_two_orders_do_not_hold_the_same_points() -> None:
    history = shopping((100, 1))
    history.hold(order(5_00, spend=((OWN.id, 60),)), ORDER)
    answer = history.hold(order(5_00, external_id="A2", spend=((OWN.id, 60),)), OTHER)
    assert isinstance(answer, InsufficientBalance)
    assert answer.facts == {"available": 40, "required": 60}


def test_the_same_hold_again_is_the_first_one_and_a_commit_is_told_to_capture() -> None:
    history = shopping((100, 1))
    content = order(5_00, spend=((OWN.id, 60),))
    history.hold(content, ORDER)
    before = history.state
    again = history.hold(content, OTHER)
    assert not isinstance(again, Refusal)
    assert again.outcome["again"] is True
    assert again.outcome["order"] == str(ORDER)
    assert isinstance(history.buy(content, OTHER), OrderNotInState)
    assert history.state is before


@pytest.mark.parametrize("seconds", [0, 899, 900, 901])
def test_an_order_expires_only_when_its_time_is_over(seconds: int) -> None:
    history = shopping((100, 1))
    history.hold(order(5_00), ORDER)  # nothing is held, so nothing of the member's falls due
    history.now = NOON + timedelta(seconds=seconds)
    history.expire(ORDER)
    assert history.state_of(ORDER) is (OrderState.EXPIRED if seconds >= 900 else OrderState.HELD)


@pytest.mark.parametrize("spend", [0, 60])
@pytest.mark.parametrize("sweeps", [False, True])
def test_a_hold_has_run_out_at_its_limit_whether_or_not_it_was_swept(spend: int, sweeps: bool) -> None:
    history = shopping((100, 90))
    history.hold(order(5_00, spend=((OWN.id, spend),) if spend else ()), ORDER)
    history.now = NOON + MINUTES
    if sweeps:
        history.expire(ORDER)
    answers = [history.cancel(ORDER), history.buy(order(5_00, spend=((OWN.id, spend),) if spend else ()), OTHER)]
    for answer in answers:
        assert isinstance(answer, OrderNotInState)
        assert answer.facts["state"] == "EXPIRED"
    history.capture(ORDER)
    told = [row.kind for row in history.rows.events if row.kind != "BALANCE_CHANGED"]
    assert told == ["ORDER_HELD", "ORDER_EXPIRED", "ORDER_COMMITTED"]


def test_a_freed_hold_pays_a_debt_first() -> None:
    history = begun(shop_of(OWN), OWN, [(60, NOON + 90 * DAY)])
    history.buy(order(30_00, external_id="A2"), OTHER)  # earns 30
    history.hold(order(5_00, spend=((OWN.id, 90),)), ORDER)
    history.return_(OTHER)  # nothing is left to take back the 30 from
    assert buckets(history) == (-30, 0, 90)
    history.cancel(ORDER)
    assert buckets(history) == (60, 0, 0)
    check_books(history)
