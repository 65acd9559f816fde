"""The choice of coupons equals what trying every set finds."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.coupons import CouponOffer
from domain.evaluate import Evaluation
from domain.instants import NEVER
from domain.program import CampaignVersion, Program
from tests.domain.campaigns import CONDITIONS, DISCOUNTS, EVERY, OTHERS, campaigns, carts, shop
from tests.domain.coupons import coupon, named, template, to_choose
from tests.domain.makers import NOON
from tests.domain.test_engine_laws import Row, content, decided

Key = tuple[int, list[datetime], list[UUID]]

TAKES_OFF = st.one_of(
    EVERY.map(lambda one: {"amountOff": one}),
    *(body.map(lambda one, name=name: {name: one}) for name, body in DISCOUNTS.items()),
    OTHERS["shippingOff"].map(lambda one: {"shippingOff": one}),
)
SIMPLE = st.one_of(
    st.builds(
        lambda amount, match: {"amountOff": {"amount": amount} | match},
        st.sampled_from(["0.01", "1", "2.50", "10", "33.33"]),
        st.sampled_from([{}, {"match": {"skus": ["CD"]}}, {"match": {"categories": ["DRINKS"]}}]),
    ),
    st.builds(
        lambda percent, more: {"percentOff": {"percent": percent} | more},
        st.sampled_from(["5", "10", "12.5", "33.3333", "70"]),
        st.sampled_from([{}, {"match": {"skus": ["LP"]}}, {"cap": "3"}, {"rounding": "UP"}, {"rounding": "DOWN"}]),
    ),
)
FURTHER = st.sampled_from(
    [{"gift": {"sku": "CUP"}}, {"multiplyEarn": {"asset": "POINTS", "factor": "2"}}, {"addTag": {"tag": "buyer"}}]
)
EXPIRIES = st.sampled_from([NEVER, *(NOON + timedelta(days=days) for days in (1, 2, 3))])


@st.composite
def offers_of(draw: st.DrawFn, most: int, effects: Any = TAKES_OFF, least: int = 1) -> list[CouponOffer]:
    """Draw coupons of a few templates, some of which are in a stacking group, or have a condition or a budget."""
    found: list[CouponOffer] = []
    wanted = draw(st.integers(least, most))
    while len(found) < wanted:
        version = template(
            f"T{len(found)}",
            draw(effects),
            *draw(st.lists(st.one_of(effects, FURTHER), max_size=1)),
            per_order=draw(st.sampled_from([1, 1, 2])),
            priority=draw(st.sampled_from([100, 200])),
            stacking_group=draw(st.sampled_from([None, None, None, "ONE", "TWO"])),
            conditions=draw(st.one_of(st.none(), CONDITIONS)),
            budget=draw(st.sampled_from([None, None, None, {"money": "10.00"}, {"count": 2}])),
        )
        for _ in range(draw(st.sampled_from([1, 1, 2, 3]))):
            found.append(coupon(version, draw(EXPIRIES), is_new=draw(st.sampled_from([False, False, True]))))
    return found[:most]


def key_of(found: Evaluation, offers: Iterable[CouponOffer]) -> Key:
    """Return by what sets are compared, of the coupons that an order uses."""
    expires_at = {one.coupon_id: one.expires_at for one in offers}
    ids = sorted(one.coupon_id for one in found.coupons)
    return found.payable, sorted(expires_at[one] for one in ids), ids


def best_by_force(program: Program, rows: list[Row], offers: Sequence[CouponOffer]) -> Key:
    """Return the best of all sets: each is named, and counts if the order uses all of it, and each takes something off."""
    found = []
    for size in range(len(offers) + 1):
        for some in combinations(offers, size):
            tried = decided(program, content(rows), coupons=named(*some))
            if len(tried.coupons) == size and all(one.discount for one in tried.coupons):
                found.append(key_of(tried, offers))
    return min(found)


def check(program: Program, rows: list[Row], offers: Sequence[CouponOffer]) -> None:
    chosen = decided(program, content(rows), coupons=to_choose(*offers))
    assert chosen.choice is not None
    by_name = [one for one in offers if one.coupon_id in {row.coupon_id for row in chosen.coupons}]
    again = decided(program, content(rows), coupons=named(*by_name))
    assert (again.payable, again.coupons, again.effects) == (chosen.payable, chosen.coupons, chosen.effects)
    left_out = {one.coupon_id for one in chosen.not_applied} - {None}
    used_ids = {row.coupon_id for row in chosen.coupons}
    assert left_out | used_ids == {one.coupon_id for one in offers}
    if chosen.choice.is_proven:
        assert key_of(chosen, offers) == best_by_force(program, rows, offers)
    else:
        assert any(one.budget.bounded and len(one.effects) > 1 for one in versions_of(program, offers))


def versions_of(program: Program, offers: Sequence[CouponOffer]) -> list[CampaignVersion]:
    return [*program.campaigns, *(one.version for one in offers)]


@settings(max_examples=1200)
@given(offers_of(4), carts())
def test_the_choice_is_the_best_of_all_sets(offers: list[CouponOffer], rows: list[Row]) -> None:
    check(shop(), rows, offers)


@settings(max_examples=600)
@given(offers_of(4), carts(), campaigns(most=3))
def test_it_is_the_best_beside_campaigns_too(
    offers: list[CouponOffer], rows: list[Row], versions: list[CampaignVersion]
) -> None:
    check(shop(*versions), rows, offers)


@settings(max_examples=300)
@given(offers_of(6, SIMPLE, least=4), carts())
def test_it_is_the_best_of_shares_and_amounts(offers: list[CouponOffer], rows: list[Row]) -> None:
    check(shop(), rows, offers)


@settings(max_examples=20)
@given(offers_of(10, st.one_of(SIMPLE, TAKES_OFF), least=8), carts())
def test_it_is_the_best_of_ten_coupons(offers: list[CouponOffer], rows: list[Row]) -> None:
    check(shop(), rows, offers)
