"""The choice of coupons equals what trying every set finds."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import combinations, product
from typing import Any
from uuid import UUID

from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.campaigns import Stage
from domain.conditions.base import Facts
from domain.coupon_bounds import Bounds
from domain.coupon_trials import Candidate, Trials
from domain.coupons import PROVEN_MAX, Choice, CouponOffer, CouponOffers
from domain.effects.base import Running
from domain.eligibility import Eligibility
from domain.evaluate import Evaluation
from domain.given import Given
from domain.instants import NEVER, local_day
from domain.program import CampaignVersion, Program
from domain.sources import Source, placed
from tests.domain.campaigns import CONDITIONS, DISCOUNTS, EVERY, OTHERS, campaigns, carts, shop, version_of
from tests.domain.coupons import coupon, named, reasons, template, to_choose, used
from tests.domain.makers import NOON, SHANGHAI
from tests.domain.test_engine_laws import SILVER, Row, content, decided

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
        copies = range(draw(st.sampled_from([1, 1, 2, 3])))
        is_new = st.sampled_from([False, False, True])
        found += [coupon(version, draw(EXPIRIES), is_new=draw(is_new)) for _ in copies]
    return found[:most]


@st.composite
def alike_offers(draw: st.DrawFn, most: int) -> list[CouponOffer]:
    """Draw coupons of templates that do one of two things, each in one of three stacking groups."""
    two = draw(st.lists(st.one_of(SIMPLE, TAKES_OFF), min_size=2, max_size=2))
    found: list[CouponOffer] = []
    for number in range(draw(st.integers(4, most))):
        version = template(
            f"T{number}",
            draw(st.sampled_from(two)),
            per_order=draw(st.sampled_from([1, 2])),
            priority=draw(st.sampled_from([100, 200])),
            stacking_group=draw(st.sampled_from(["ONE", "TWO", "THREE"])),
        )
        found += [coupon(version, draw(EXPIRIES)) for _ in range(draw(st.sampled_from([1, 1, 2])))]
    return found[:most]


def key_of(found: Evaluation, offers: Iterable[CouponOffer]) -> Key:
    """Return by what sets are compared, of the coupons that an order uses."""
    expires_at = {one.coupon_id: one.expires_at for one in offers}
    ids = sorted(one.coupon_id for one in found.coupons)
    return found.payable, sorted(expires_at[one] for one in ids), ids


def best_by_force(program: Program, rows: list[Row], offers: Sequence[CouponOffer]) -> Key:
    """Return the best of all sets: each is named, and counts if all of it is used and takes something off."""
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


@settings(max_examples=300)
@given(alike_offers(7), carts())
def test_it_is_the_best_of_alike_coupons_in_several_groups(offers: list[CouponOffer], rows: list[Row]) -> None:
    check(shop(), rows, offers)


@settings(max_examples=300)
@given(offers_of(5, st.one_of(SIMPLE, TAKES_OFF)), carts())
@example(
    [
        coupon(template("NINE", {"fixedPrice": {"price": "9"}}, priority=1)),
        coupon(template("FIFTH", {"percentOff": {"percent": "20"}}, stacking_group="ONE")),
        coupon(template("TENTH", {"percentOff": {"percent": "10"}}, stacking_group="ONE")),
    ],
    [(100_00, 1, "CD", "MUSIC")],
)
def test_no_set_leaves_less_than_the_bound(offers: list[CouponOffer], rows: list[Row]) -> None:
    of = content(rows)
    facts = Facts(shop(), of, None, NOON, NOON, SILVER, Running.of(of))
    base = Given(Eligibility(facts, local_day(NOON, SHANGHAI), {}, {}))
    sources = sorted((Source.of_coupon(one) for one in offers), key=lambda source: source.rank)
    trials = Trials(base, [rule for rule in placed(sources) if rule.stage >= Stage.COUPON], set())
    candidates = [Candidate(source, base) for source in sources]
    bounds = Bounds(base, candidates, trials.least_shipping)
    for chosen in product([True, False], repeat=len(candidates)):
        path, gain, coupons = [(base, 0)], 0, []
        for candidate in (one for one, is_in in zip(candidates, chosen, strict=True) if is_in):
            given_then = trials.included(path[-1][0], candidate)
            if given_then is None:
                break
            coupons.append(candidate)
            gain += candidate.shipping_gain
            path.append((given_then, gain))
        else:
            payable = trials.payable(path[-1][0], coupons)
            places = [candidates.index(one) + 1 for one in coupons]
            in_set, rests = sum(1 << place - 1 for place in places), [(1 << len(candidates)) - 1]
            while rivals := bounds.rivals(rests[-1]):
                rests.append(max(rivals, key=lambda rest: (rest & in_set).bit_count()))
            for every in rests:
                for place, (prefix, so_far) in zip([0, *places], path, strict=True):
                    rest = every & ~((1 << place) - 1)
                    assert payable is None or bounds.least(bounds.cells.left(prefix), rest, so_far) <= payable


@settings(max_examples=100)
@given(offers_of(7), carts(), st.randoms(use_true_random=False))
def test_the_order_of_the_offers_does_not_matter(offers: list[CouponOffer], rows: list[Row], random: Any) -> None:
    shuffled = list(offers)
    random.shuffle(shuffled)
    first, second = (decided(shop(), content(rows), coupons=to_choose(*some)) for some in (offers, shuffled))
    assert first == second
    assert first.choice == second.choice


@settings(max_examples=8)
@given(offers_of(30, least=25), carts())
def test_beyond_twenty_it_is_no_worse_than_all_of_them_by_name(offers: list[CouponOffer], rows: list[Row]) -> None:
    found = decided(shop(), content(rows), coupons=to_choose(*offers))
    assert found.choice is not None
    by_name = [one for one in offers if one.coupon_id in {row.coupon_id for row in found.coupons}]
    again = decided(shop(), content(rows), coupons=named(*by_name))
    assert (again.payable, len(again.coupons)) == (found.payable, len(by_name))
    none = decided(shop(), content(rows)).payable
    assert found.payable <= min([none, *(decided(shop(), content(rows), coupons=named(one)).payable for one in offers)])


CART: list[Row] = [(100_00, 1, "CD", "MUSIC"), (50_00, 2, "TEA", "DRINKS")]
"""200.00 of goods, and 7.00 of shipping."""


def of_amount(code: str, amount: str, **form: Any) -> CampaignVersion:
    return template(code, {"amountOff": {"amount": amount}}, **form)


def chosen(*offers: CouponOffer, campaigns: tuple[CampaignVersion, ...] = ()) -> Evaluation:
    return decided(shop(*campaigns), content(CART), coupons=to_choose(*offers))


def test_more_than_twenty_coupons_are_not_proven_and_twenty_are() -> None:
    offers = [coupon(of_amount(f"T{number:02}", f"{number}.50")) for number in range(1, PROVEN_MAX + 2)]
    proven, found = chosen(*offers[:-1]), chosen(*offers)
    assert proven.choice is not None
    assert found.choice is not None
    assert (proven.choice.usable, proven.choice.is_proven) == (20, True)
    assert (found.choice.usable, found.choice.is_proven) == (21, False)
    assert (proven.payable, found.payable) == (7_00, 7_00), "1.50 + 2.50 + … + 20.50 = 220.00 of 200.00"


def test_an_offer_that_was_cut_is_not_proven() -> None:
    offers = CouponOffers([coupon(of_amount("TEN", "10"))], is_choice=True, is_cut=True)
    found = decided(shop(), content(CART), coupons=offers)
    assert found.choice is not None
    assert (found.choice.is_proven, used(found)) == (False, [("TEN", 10_00)])


def test_of_a_group_the_better_coupon_is_chosen_and_the_other_says_by_how_much_it_is_worse() -> None:
    fifth = coupon(template("FIFTH", {"percentOff": {"percent": "20"}}, stacking_group="ONE", priority=9))
    ten = coupon(of_amount("TEN", "10", stacking_group="ONE", priority=1))
    found = chosen(ten, fifth)
    assert (used(found), found.payable) == ([("FIFTH", 40_00)], 167_00)
    said = "Ten by itself leaves 197.00 CNY to pay; what is used leaves 167.00 CNY."
    assert reasons(found) == [("TEN v1", "NOT_BEST", said, None)]
    assert found.choice is not None
    assert (found.choice.usable, found.choice.is_proven) == (2, True)


def test_of_sets_that_leave_the_same_the_soonest_expiring_and_then_the_fewest_are_used() -> None:
    whole = [coupon(of_amount(code, "200"), NOON + timedelta(days=days)) for code, days in (("A", 3), ("B", 1))]
    assert used(chosen(*whole)) == [("B", 200_00)]
    same = [coupon(of_amount("BIG", "200", priority=9), NOON + timedelta(days=1))]
    same += [coupon(of_amount(f"HALF{number}", "100", priority=1), NOON + timedelta(days=1)) for number in (1, 2)]
    assert used(chosen(*same)) == [("BIG", 200_00)]


def test_many_coupons_for_a_small_order_are_chosen_in_few_steps() -> None:
    offers = [coupon(of_amount(f"T{number:02}", "25"), NOON + timedelta(days=number)) for number in range(1, 21)]
    found = chosen(*offers)
    assert found.choice is not None
    assert {one.coupon_id for one in found.coupons} == {one.coupon_id for one in offers[:8]}
    assert (found.payable, found.choice.is_proven) == (7_00, True)
    assert found.choice.looked_at < 200


def test_of_one_template_those_that_expire_soonest_are_used() -> None:
    version = of_amount("TEN", "10", per_order=2)
    offers = [coupon(version, NOON + timedelta(days=days)) for days in (4, 2, 3, 1)]
    found = chosen(*offers)
    assert {one.coupon_id for one in found.coupons} == {offers[1].coupon_id, offers[3].coupon_id}
    assert [row[1:] for row in reasons(found)] == [
        ("LIMIT_REACHED", "Ten: an order uses 2 coupons of it at most.", None)
    ] * 2
    assert found.choice is not None
    assert (found.choice.usable, found.choice.is_proven) == (4, True)


def test_what_takes_nothing_off_is_left_for_who_names_it() -> None:
    double = coupon(template("DOUBLE", {"multiplyEarn": {"asset": "POINTS", "factor": "2"}}))
    none = coupon(template("NONE", {"amountOff": {"amount": "5", "match": {"skus": ["LP"]}}}))
    found = chosen(double, none)
    assert (used(found), found.payable) == ([], 207_00)
    assert reasons(found) == [
        (
            "DOUBLE v1",
            "NOT_BEST",
            "Double takes nothing off what is to be paid, so it is used when its code is given.",
            "Give its code with the order.",
        ),
        ("NONE v1", "NOTHING_TO_GIVE", "None gives nothing: nothing is left to pay for LP.", "0.01 CNY more of LP."),
    ]
    assert found.choice is not None
    assert (found.choice.usable, found.choice.is_proven) == (0, True)


def test_a_coupon_that_costs_the_free_shipping_is_not_used() -> None:
    free = version_of(
        "FREE",
        effects=[{"shippingOff": {"percent": "100"}}],
        conditions={"minimumSpend": {"amount": "200", "of": "GOODS"}},
    )
    found = chosen(coupon(of_amount("FIVE", "5")), campaigns=(free,))
    assert (used(found), found.payable) == ([], 200_00)  # 195.00 + 7.00 = 202.00 with it
    said = "Five by itself leaves 202.00 CNY to pay; what is used leaves 200.00 CNY."
    assert reasons(found) == [("FIVE v1", "NOT_BEST", said, None)]


def test_a_chosen_coupon_is_not_presented() -> None:
    asks = version_of(
        "WITH", effects=[{"percentOff": {"percent": "50"}}], conditions={"couponPresented": {"templates": ["TEN"]}}
    )
    assert chosen(coupon(of_amount("TEN", "10")), campaigns=(asks,)).payable == 197_00


def test_who_has_no_coupon_is_told_of_a_choice_of_none() -> None:
    assert chosen().choice == Choice(0, is_proven=True)


def test_of_alike_templates_in_four_groups_few_sets_are_tried() -> None:
    bodies: list[dict[str, Any]] = [
        {"percentOff": {"percent": "7"}},
        {"amountOff": {"amount": "11"}},
        {"percentOff": {"percent": "12", "match": {"skus": ["CD"]}}},
    ]
    offers = [
        coupon(template(f"T{number:02}", bodies[number % 3], stacking_group=f"G-{number % 4}")) for number in range(20)
    ]
    found = chosen(*offers)
    assert found.choice is not None
    assert (found.choice.is_proven, len(found.coupons)) == (True, 4)
    assert found.choice.looked_at < 100
