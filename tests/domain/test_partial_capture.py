"""A part of a held order is captured: its share is spent and earned, the rest is available again and not to be paid."""

from datetime import timedelta

import pytest

from domain.commands import Mature
from domain.ledger import Contra, TransferKind
from domain.orders import OrderState
from domain.refusals import AlreadyReturned, HoldExpired, InvalidInput
from tests.domain.makers import DAY, MEMBER_ID, NOON, QUALIFYING, TIERS, earn, ids, line, order, program, state, version
from tests.domain.order_histories import COMMON, Orders
from tests.domain.test_holds import MINUTES, OTHER, OWN, buckets, lots, shopping
from tests.domain.test_returns import ORDER, adjusted, begun, check_books, shop_of

CONTENT = order(lines=(line("1", 2_00, 3), line("2", 4_00)), spend=((OWN.id, 60),))
"""10.00, of which 60 points pay 0.60; 9 points are earned for the 9.40 left."""


def held(*lots: tuple[int, int], content: object = CONTENT, seconds: int = 900) -> Orders:
    history = shopping(*(lots or ((30, 1), (50, 2))))
    history.hold(content, ORDER, seconds)
    return history


def test_a_part_is_spent_and_earned_and_the_rest_of_the_lots_is_free_the_last_used_first() -> None:
    history = held()
    history.capture(ORDER, [("1", 2), ("2", 1)])
    # a fifth is not captured: 12 of the 60 points, 1.88 of the 9.40 that are due, 1 of the 9 points that are earned
    assert lots(history) == [(0, 0), (32, 0)]
    assert buckets(history) == (40, 0, 0)
    row = history.orders[ORDER]
    assert (row.state, row.payable, row.released, row.due) == (OrderState.COMMITTED, 9_40, 1_88, 7_52)
    assert [(one.returned_quantity, one.released_quantity) for one in history.lines[ORDER]] == [(0, 1), (0, 0)]
    (hold,) = history.state.holds.values()
    assert (hold.captured, hold.released) == (48, 12)
    _, freed, spent = history.rows.transfers
    assert (freed.kind, freed.original_id, freed.order_id) == (TransferKind.RELEASE, hold.transfer_id, ORDER)
    assert (spent.kind, spent.id) == (TransferKind.ORDER, row.transfer_id)
    lines = [(row.kind, row.contra, row.change_available, row.change_held) for row in history.rows.entries]
    assert lines == [
        ("HOLD", None, -60, 60),
        ("RELEASE", None, 12, -12),
        ("SPEND", Contra.REDEMPTION, 0, -48),
        ("EARN", Contra.ISSUANCE, 8, 0),
    ]
    told = [event.kind for event in history.rows.events if event.kind != "BALANCE_CHANGED"]
    assert told == ["ORDER_HELD", "ORDER_COMMITTED"]
    check_books(history)


def test_no_more_than_was_captured_comes_back_and_then_all_of_it_has() -> None:
    history = held()
    history.capture(ORDER, [("1", 2), ("2", 1)])
    answer = history.return_(ORDER, [("1", 3)])
    assert isinstance(answer, AlreadyReturned)
    assert (answer.message, answer.facts) == ("Of line '1' 2 can still come back, not 3.", {"left": 2})
    history.return_(ORDER, [("1", 2)])
    assert history.state_of(ORDER) is OrderState.PARTIALLY_RETURNED
    history.return_(ORDER)
    assert history.state_of(ORDER) is OrderState.RETURNED
    assert [row.quantities for row in history.returns[ORDER]] == [{"1": 2}, {"2": 1}]
    assert [row.refund for row in history.returns[ORDER]] == [3_76, 3_76]
    assert (buckets(history), lots(history)) == ((80, 0, 0), [(30, 0), (50, 0)])
    assert isinstance(history.return_(ORDER), AlreadyReturned)
    check_books(history)


def test_to_name_every_piece_is_to_name_none() -> None:
    plain = held()
    named = plain.forked()
    named.new_id, plain.new_id = ids(0x6000), ids(0x6000)
    named.capture(ORDER, [("2", 1), ("1", 3)])
    plain.capture(ORDER)
    assert named.state == plain.state
    assert named.rows == plain.rows
    assert named.orders == plain.orders
    assert named.lines == plain.lines
    assert named.decisions[-1].lines == ()


@pytest.mark.parametrize(
    ("quantities", "message", "field"),
    [
        ([("1", 4)], "Of line '1' 3 are held, not 4.", ("lines", "0", "quantity")),
        ([("1", 1), ("9", 1)], "The order has no line '9'.", ("lines", "1", "ref")),
    ],
)
def test_what_is_not_held_is_not_captured(quantities: list[tuple[str, int]], message: str, field: object) -> None:
    history = held()
    before = (history.state, len(history.rows.entries), history.orders[ORDER])
    answer = history.capture(ORDER, quantities)
    assert isinstance(answer, InvalidInput)
    assert (answer.message, answer.field) == (message, field)
    assert (history.state, len(history.rows.entries), history.orders[ORDER]) == before


def test_what_pays_nothing_of_what_is_captured_has_no_line() -> None:
    free = order(lines=(line("1", 0), line("2", 5_00)), spend=((OWN.id, 60),))
    history = held(content=free)
    history.capture(ORDER, [("1", 1)])
    row = history.orders[ORDER]
    assert (row.state, row.transfer_id, row.released, row.due) == (OrderState.COMMITTED, None, 4_40, 0)
    assert (buckets(history), lots(history)) == ((80, 0, 0), [(30, 0), (50, 0)])
    assert [row.kind for row in history.rows.entries] == ["HOLD", "RELEASE"]
    history.return_(ORDER)
    assert history.state_of(ORDER) is OrderState.RETURNED
    assert history.returns[ORDER][0].refund == 0
    check_books(history)


def test_a_return_opens_no_account_of_what_was_not_captured() -> None:
    history = Orders(state(), new_id=ids(0x5000), shop=shop_of(OWN))
    history.hold(order(lines=(line("1", 0), line("2", 5_00))), ORDER)
    history.capture(ORDER, [("1", 1)])
    history.return_(ORDER)
    assert history.state_of(ORDER) is OrderState.RETURNED
    assert history.state.accounts == {}


def test_a_late_capture_of_a_part_reserves_again_no_more_than_the_part() -> None:
    history = held((80, 90))
    history.now = NOON + DAY
    adjusted(history, -40)
    whole = history.forked().capture(ORDER)
    assert isinstance(whole, HoldExpired)
    history.capture(ORDER, [("2", 1)])
    assert buckets(history) == (40 - 24 + 4, 0, 0)  # 3.6 of the 9 points, and what falls away is rounded down
    (hold,) = history.state.holds.values()
    assert (hold.captured, hold.released) == (0, 60)
    assert (history.orders[ORDER].released, history.orders[ORDER].due) == (5_64, 3_76)
    adjusted(history, -20)
    history.return_(ORDER)
    assert buckets(history) == (24 - 4, 0, 0)
    check_books(history)


def test_a_late_capture_of_a_part_says_what_the_part_lacks() -> None:
    history = held((80, 90))
    history.now = NOON + DAY
    adjusted(history, -70)
    answer = history.capture(ORDER, [("2", 1)])
    assert isinstance(answer, HoldExpired)
    assert answer.facts == {"asset": "POINTS", "available": 10, "required": 24}


def test_what_is_not_captured_pays_a_debt_first() -> None:
    history = begun(shop_of(OWN), OWN, [(60, NOON + 90 * DAY)])
    history.buy(order(30_00, external_id="A2"), OTHER)  # earns 30
    history.hold(order(lines=(line(unit_price=5_00, quantity=3),), spend=((OWN.id, 90),)), ORDER)
    history.return_(OTHER)  # nothing is left to take back the 30 from
    assert buckets(history) == (-30, 0, 90)
    history.capture(ORDER, [("1", 1)])
    assert buckets(history) == (-30 + 60 + 5, 0, 0)  # 14 points are earned for all, 9 of them for two thirds
    check_books(history)


def test_what_is_not_captured_and_past_its_expiry_expires_then() -> None:
    history = held((30, 1), (50, 1), seconds=3 * 86_400)
    history.now = NOON + 2 * DAY
    history.capture(ORDER, [("2", 1)])
    assert buckets(history) == (36 + 4, 0, 0)
    history.now += timedelta(hours=1)
    history.take(Mature(**COMMON, member_id=MEMBER_ID))
    assert buckets(history) == (4, 0, 0)
    gone = history.rows.entries[-1]
    assert (gone.kind, gone.change_available, gone.occurred_at) == ("EXPIRE", -36, NOON + 2 * DAY)
    check_books(history)


def test_progress_and_tiers_rise_by_what_was_captured() -> None:
    start = Orders(state(), new_id=ids(0x5000), shop=program(version("TIER", earn(1, 1, of=QUALIFYING))))
    start.hold(order(lines=(line(unit_price=500_00, quantity=3),)), ORDER)
    below, reached = start.forked(), start.forked()
    below.capture(ORDER, [("1", 1)])
    reached.capture(ORDER, [("1", 2)])
    for history, progress, tier in ((below, 500_00, TIERS[0]), (reached, 1_000_00, TIERS[1])):
        assert history.state.accounts[QUALIFYING.id].available == progress
        assert [row.tier_id for row in history.state.standings.values()] == [tier.id]


def test_a_part_of_a_guest_s_order_is_captured() -> None:
    history = shopping()
    history.hold(order(lines=(line(unit_price=10_00, quantity=3),), member_id=None), ORDER)
    history.capture(ORDER, [("1", 2)])
    row = history.orders[ORDER]
    assert (row.state, row.payable, row.released, row.due) == (OrderState.COMMITTED, 30_00, 10_00, 20_00)
    history.return_(ORDER)
    assert history.state_of(ORDER) is OrderState.RETURNED
    assert [(row.quantities, row.refund) for row in history.returns[ORDER]] == [({"1": 2}, 20_00)]


def test_a_hold_of_a_part_has_run_out_when_its_time_is_over() -> None:
    history = held((80, 90))
    history.now = NOON + MINUTES
    history.capture(ORDER, [("1", 3)])
    told = [row.kind for row in history.rows.events if row.kind != "BALANCE_CHANGED"]
    assert told == ["ORDER_HELD", "ORDER_EXPIRED", "ORDER_COMMITTED"]
    assert buckets(history) == (80 - 36 + 6, 0, 0)
