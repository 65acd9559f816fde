"""What becomes of an order with campaigns of every effect: any way back from it ends where it began."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.commands import Adjust, Mature
from domain.decisions.situation import Decision
from domain.orders import OrderState
from domain.program import CampaignVersion
from domain.refusals import InvalidInput
from tests.domain.campaigns import campaigns, carts, shop, version_of
from tests.domain.makers import MEMBER_ID, POINTS_ID, line, order, state
from tests.domain.order_histories import COMMON, Orders

ORDER_ID = UUID(int=0x9001)
Row = tuple[int, int, str, str | None]


START = 1_000
"""Points that a member has before, to pay with."""


def begun(versions: Sequence[CampaignVersion]) -> Orders:
    """Return the history of a member who was given points, which pay by the hundred."""
    of = shop(*versions)
    assets = tuple(replace(one, pay_amount=100, pay_value=1_00) if one.id == POINTS_ID else one for one in of.assets)
    history = Orders(state(), shop=replace(of, assets=assets))
    given = Adjust(**COMMON, member_id=MEMBER_ID, asset_id=POINTS_ID, amount=START, reason="a gift")
    assert isinstance(history.take(given), Decision)
    return history


def bought(
    versions: Sequence[CampaignVersion],
    rows: Sequence[Row],
    *,
    hundreds: int = 0,
    held: bool = False,
    member_id: UUID | None = MEMBER_ID,
    shipping: int = 7_00,
) -> Orders:
    """Return a history in which one order was bought, or is held, paid with so many points or as many as it takes."""
    history = begun(versions)
    lines = tuple(
        line(str(ref), price, quantity, sku=sku, category=category)
        for ref, (price, quantity, sku, category) in enumerate(rows)
    )
    for spent in range(hundreds, -1, -1):
        spend = ((POINTS_ID, spent * 100),) if spent else ()
        content = order(lines=lines, shipping=shipping, member_id=member_id, spend=spend)
        found = history.hold(content, ORDER_ID) if held else history.buy(content, ORDER_ID)
        if isinstance(found, Decision):
            return history
        assert spent, found
        assert isinstance(found, InvalidInput), found  # more would be paid than there is to pay
    raise AssertionError("nothing to pay with is no reason to refuse")


def seen(history: Orders) -> Any:
    """Return what is left of everything that an order changes, but for what there is nothing of."""
    buckets = {row.asset_id: (row.available, row.pending, row.held) for row in history.state.accounts.values()}
    uses = {usage.key: (usage.uses, usage.count, usage.money, usage.points) for usage in history.usages.values()}
    lots = Counter[UUID]()
    for lot in history.state.lots.values():
        lots[lot.asset_id] += lot.remaining
    member = history.state.member
    refund = sum(row.refund for row in history.returns[ORDER_ID])
    return _there(buckets), +lots, _there(uses), sorted(member.tags), member.orders, refund


def _there(found: Mapping[Any, tuple[int, ...]]) -> dict[Any, tuple[int, ...]]:
    return {key: numbers for key, numbers in found.items() if any(numbers)}


def nothing(history: Orders) -> None:
    """Check that nothing is left of an order: no value, no use of a campaign, no mark, no count."""
    *left, _ = seen(history)
    assert left == [{POINTS_ID: (START, 0, 0)}, {POINTS_ID: START}, {}, [], 0]


def in_steps(history: Orders, random: Any) -> None:
    """Return everything, a few pieces at a time."""
    while left := {
        row.ref: row.quantity - row.returned_quantity - row.released_quantity
        for row in history.lines[ORDER_ID]
        if row.quantity > row.returned_quantity + row.released_quantity
    }:
        refs = random.sample(sorted(left), random.randint(1, len(left)))
        found = history.return_(ORDER_ID, [(ref, random.randint(1, left[ref])) for ref in refs])
        assert isinstance(found, Decision), found


SPENT = st.integers(0, 9)
"""Hundreds of points."""


@settings(max_examples=200, deadline=None)
@given(campaigns(), carts(), SPENT, st.randoms(use_true_random=False))
def test_any_split_of_returns_ends_where_one_return_does(
    versions: list[CampaignVersion], rows: list[Row], hundreds: int, random: Any
) -> None:
    whole = bought(versions, rows, hundreds=hundreds)
    split = whole.forked()
    found = whole.return_(ORDER_ID)
    assert isinstance(found, Decision), found
    in_steps(split, random)
    assert seen(split) == seen(whole)
    assert split.state_of(ORDER_ID) is whole.state_of(ORDER_ID) is OrderState.RETURNED
    assert seen(whole)[-1] == whole.orders[ORDER_ID].due
    nothing(whole)


@pytest.mark.parametrize(
    ("effect", "refunds"),
    [
        # 3 × 10.01, one for nothing: 20.02 are paid for the line; a third of it is 6.673, and two thirds are 13.347
        ({"exchange": {"match": {"skus": ["CD"]}}}, [6_67, 6_67, 6_68, 4_99]),
        # two of them for 3.33 each: 16.67 are paid; a third of it is 5.557, and two thirds are 11.113
        ({"exchange": {"match": {"skus": ["CD"]}, "quantity": 2, "price": "3.33"}}, [5_55, 5_56, 5_56, 4_99]),
        # 9.99 off 30.03 and 4.99 are 8.57 and 1.42: 21.46 are paid; a third of it is 7.153, and two thirds are 14.307
        ({"amountOffByTier": {"tiers": [{"tier": "MEMBER", "amount": "9.99"}]}}, [7_15, 7_15, 7_16, 3_57]),
    ],
)
def test_of_what_was_exchanged_or_taken_off_by_tier_each_piece_has_its_share(
    effect: dict[str, Any], refunds: list[int]
) -> None:
    version = version_of("C1", effects=[effect], budget={"money": "100"})
    history = bought([version], [(10_01, 3, "CD", None), (4_99, 1, "LP", None)], shipping=0)
    for ref in ("0", "0", "0", "1"):
        assert isinstance(history.return_(ORDER_ID, [(ref, 1)]), Decision)
    assert [row.refund for row in history.returns[ORDER_ID]] == refunds
    assert history.state_of(ORDER_ID) is OrderState.RETURNED
    nothing(history)


@settings(max_examples=200, deadline=None)
@given(campaigns(), carts(), SPENT, st.booleans())
def test_an_order_that_was_held_and_captured_is_as_one_that_was_bought(
    versions: list[CampaignVersion], rows: list[Row], hundreds: int, is_late: bool
) -> None:
    """Also when the hold ran out meanwhile, and nobody else took what it had reserved."""
    held, direct = (bought(versions, rows, hundreds=hundreds, held=one) for one in (True, False))
    if is_late:
        held.now += timedelta(hours=1)
        assert isinstance(held.take(Mature(**COMMON, member_id=MEMBER_ID)), Decision)
        assert isinstance(held.expire(ORDER_ID), Decision)
        nothing(held)
    assert isinstance(held.capture(ORDER_ID), Decision)
    assert seen(held) == seen(direct)
    assert isinstance(held.return_(ORDER_ID), Decision)
    nothing(held)


@settings(max_examples=100, deadline=None)
@given(campaigns(), carts(), SPENT)
def test_of_a_hold_that_is_given_up_nothing_is_left(
    versions: list[CampaignVersion], rows: list[Row], hundreds: int
) -> None:
    history = bought(versions, rows, hundreds=hundreds, held=True)
    assert isinstance(history.cancel(ORDER_ID), Decision)
    nothing(history)


@settings(max_examples=200, deadline=None)
@given(campaigns(), carts(), SPENT, st.randoms(use_true_random=False))
def test_of_what_is_captured_in_part_and_comes_back_nothing_is_left(
    versions: list[CampaignVersion], rows: list[Row], hundreds: int, random: Any
) -> None:
    history = bought(versions, rows, hundreds=hundreds, held=True)
    assert isinstance(history.capture(ORDER_ID, some_of(history, random)), Decision)
    in_steps(history, random)
    nothing(history)


def some_of(history: Orders, random: Any) -> list[tuple[str, int]]:
    lines = history.lines[ORDER_ID]
    some = random.sample(lines, random.randint(1, len(lines)))
    return [(row.ref, random.randint(1, row.quantity)) for row in some]


@settings(max_examples=200, deadline=None)
@given(
    campaigns(), carts(), st.sampled_from(["bought", "captured", "captured in part"]), st.randoms(use_true_random=False)
)
def test_of_a_guest_s_order_that_is_claimed_and_comes_back_nothing_is_left(
    versions: list[CampaignVersion], rows: list[Row], way: str, random: Any
) -> None:
    history = bought(versions, rows, held=way != "bought", member_id=None)
    if way != "bought":
        some = some_of(history, random) if way == "captured in part" else None
        assert isinstance(history.capture(ORDER_ID, some), Decision)
    due = history.orders[ORDER_ID].due
    claimed = history.claim(ORDER_ID)
    assert isinstance(claimed, Decision), claimed
    assert history.orders[ORDER_ID].due == due, "what it costs stays"
    assert history.state.member.orders == 1
    whole = history.forked()
    in_steps(history, random)
    assert isinstance(whole.return_(ORDER_ID), Decision)
    assert seen(history) == seen(whole)
    nothing(history)
