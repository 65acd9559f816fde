"""What becomes of an order with campaigns of every effect: any way back from it ends where it began."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.decisions.situation import Decision
from domain.orders import OrderState
from domain.program import CampaignVersion
from tests.domain.campaigns import campaigns, carts, shop, version_of
from tests.domain.makers import line, order, state
from tests.domain.order_histories import Orders

ORDER_ID = UUID(int=0x9001)
Row = tuple[int, int, str, str | None]


def bought(
    versions: Sequence[CampaignVersion], rows: Sequence[Row], *, held: bool = False, shipping: int = 7_00
) -> Orders:
    """Return a history in which one order was bought, or is held."""
    of = shop(*versions)
    history = Orders(state(), shop=of)
    lines = tuple(
        line(str(ref), price, quantity, sku=sku, category=category)
        for ref, (price, quantity, sku, category) in enumerate(rows)
    )
    content = order(lines=lines, shipping=shipping)
    found = history.hold(content, ORDER_ID) if held else history.buy(content, ORDER_ID)
    assert isinstance(found, Decision), found
    return history


def seen(history: Orders) -> Any:
    """Return what is left of everything that an order changes."""
    buckets = {row.asset_id: (row.available, row.pending, row.held) for row in history.state.accounts.values()}
    uses = {usage.key: (usage.uses, usage.count, usage.money, usage.points) for usage in history.usages.values()}
    lots = Counter[UUID]()
    for lot in history.state.lots.values():
        lots[lot.asset_id] += lot.remaining
    member = history.state.member
    refund = sum(row.refund for row in history.returns[ORDER_ID])
    return buckets, +lots, uses, sorted(member.tags), member.orders, refund


def nothing(history: Orders) -> None:
    """Check that nothing is left of an order: no value, no use of a campaign, no mark, no count."""
    buckets, lots, uses, tags, orders, _ = seen(history)
    assert all(amounts == (0, 0, 0) for amounts in buckets.values())
    assert not lots
    assert all(numbers == (0, 0, 0, 0) for numbers in uses.values())
    assert (tags, orders) == ([], 0)


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


@settings(max_examples=150, deadline=None)
@given(campaigns(), carts(), st.randoms(use_true_random=False))
def test_any_split_of_returns_ends_where_one_return_does(
    versions: list[CampaignVersion], rows: list[Row], random: Any
) -> None:
    whole = bought(versions, rows)
    split = whole.forked()
    found = whole.return_(ORDER_ID)
    assert isinstance(found, Decision), found
    in_steps(split, random)
    assert seen(split) == seen(whole)
    assert split.state_of(ORDER_ID) is whole.state_of(ORDER_ID) is OrderState.RETURNED
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


@settings(max_examples=150, deadline=None)
@given(campaigns(), carts())
def test_an_order_that_was_held_and_captured_is_as_one_that_was_bought(
    versions: list[CampaignVersion], rows: list[Row]
) -> None:
    held, direct = bought(versions, rows, held=True), bought(versions, rows)
    assert isinstance(held.capture(ORDER_ID), Decision)
    assert seen(held) == seen(direct)


@settings(max_examples=100, deadline=None)
@given(campaigns(), carts())
def test_of_a_hold_that_is_given_up_nothing_is_left(versions: list[CampaignVersion], rows: list[Row]) -> None:
    history = bought(versions, rows, held=True)
    assert isinstance(history.cancel(ORDER_ID), Decision)
    nothing(history)


@settings(max_examples=150, deadline=None)
@given(campaigns(), carts(), st.randoms(use_true_random=False))
def test_of_what_is_captured_in_part_and_comes_back_nothing_is_left(
    versions: list[CampaignVersion], rows: list[Row], random: Any
) -> None:
    history = bought(versions, rows, held=True)
    lines = history.lines[ORDER_ID]
    some = random.sample(lines, random.randint(1, len(lines)))
    captured = [(row.ref, random.randint(1, row.quantity)) for row in some]
    assert isinstance(history.capture(ORDER_ID, captured), Decision)
    in_steps(history, random)
    nothing(history)
