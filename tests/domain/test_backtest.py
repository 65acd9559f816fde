"""Back-tests on small histories, with exact numbers."""

import pickle
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.amounts import AMOUNT_MAX
from domain.assets import ExpiryPolicy
from domain.backtest import Backtest
from domain.backtest_report import BacktestReport, Change, MemberChange, TierMove
from domain.backtest_world import Credit, PastMember, PastOrder, Progress, fitting
from domain.campaigns import Audience, Budget, Limits
from domain.conditions.base import Condition, MemberFacts
from domain.effects.multiply_earn import MultiplyEarn, MultiplyEarnByTier
from domain.evaluate import evaluate
from domain.explanation import NotAppliedReason
from domain.instants import NEVER
from domain.program import CampaignVersion, Program
from domain.refusals import LimitReached
from tests.domain.campaigns import READER
from tests.domain.makers import (
    DAY,
    LADDER,
    LADDER_ID,
    LONG_AGO,
    MEMBER_ID,
    NOON,
    POINTS,
    POINTS_ID,
    QUALIFYING,
    SHANGHAI,
    TIER_ID,
    TIERS,
    VALUE_ID,
    earn,
    order,
    program,
    version,
    with_assets,
)

MEMBER, SILVER, GOLD = TIERS
OTHER_ID = UUID(int=0x31)
BASE = version("BASE", earn())
QUALIFIES = version("QUALIFYING", earn(1, 1, of=QUALIFYING), priority=900)
PAYING = replace(POINTS, pay_amount=100, pay_value=1_00)


def drafted(form: dict[str, Any], condition: dict[str, Any] | None = None, **facts: Any) -> CampaignVersion:
    """Return a version of a campaign, read from its stored form."""
    read: Condition | None = READER.condition(condition) if condition else None
    return version("DRAFT", READER.effect(form), condition=read, **({"priority": 10} | facts))


TEN = drafted({"percentOff": {"percent": "10"}})


def past(id: UUID = MEMBER_ID, *credits: Credit, **facts: Any) -> PastMember:
    return PastMember(MemberFacts(id=id, **facts), credits)


def bought(amount: int, days: int = 0, member: UUID | None = MEMBER_ID, **facts: Any) -> PastOrder:
    """Return an order over `amount` fen, so many days after noon."""
    return PastOrder(order(amount, member_id=member, **facts), NOON + days * DAY)


def found(
    before: Program, after: Program, orders: list[PastOrder], *members: PastMember, campaign: CampaignVersion = TEN
) -> BacktestReport:
    backtest = Backtest(before, after, campaign.campaign_id)
    for member in members or (past(), past(OTHER_ID)):
        backtest.meet(member)
    for one in orders:
        backtest.replay(one)
    return backtest.report()


def drafting(draft: CampaignVersion, orders: list[PastOrder], *members: PastMember, **facts: Any) -> BacktestReport:
    """Return what a draft would change in a program with base earning and qualifying spend."""
    before, after = program(BASE, QUALIFIES, **facts), program(draft, BASE, QUALIFIES, **facts)
    return found(before, after, orders, *members, campaign=draft)


def test_an_unchanged_program_changes_nothing() -> None:
    report = found(program(BASE), program(BASE), [bought(100_00), bought(50_50, 1)])
    assert (report.orders_considered, report.orders_touched, report.members_considered) == (2, 0, 2)
    assert (report.discount, report.payable) == (Change(0, 0), Change(150_50, 150_50))
    assert report.points == {POINTS_ID: Change(150, 150)}
    assert (report.tier_moves, report.winners, report.losers) == ((), (), ())


def test_a_discount_costs_what_it_takes_off_and_earns_less() -> None:
    report = drafting(TEN, [bought(100_00), bought(50_00, 1, OTHER_ID), bought(30_00, 2)])
    assert (report.orders_considered, report.orders_applied, report.orders_touched) == (3, 3, 3)
    assert (report.members_considered, report.members_touched) == (2, 2)
    assert (report.discount, report.discount.difference) == (Change(0, 18_00), 18_00)
    assert report.payable == Change(180_00, 162_00)
    assert report.points == {POINTS_ID: Change(180, 162), TIER_ID: Change(180_00, 162_00)}
    assert report.winners == (
        MemberChange(MEMBER_ID, 13_00, 13_00, {POINTS_ID: -13, TIER_ID: -13_00}),
        MemberChange(OTHER_ID, 5_00, 5_00, {POINTS_ID: -5, TIER_ID: -5_00}),
    )
    assert report.losers == ()
    assert (report.not_applied, report.budget_spent_at, report.limit_reached_at) == ({}, None, None)


def test_without_the_campaign_signs_are_the_other_way_round() -> None:
    with_it, without = program(TEN, BASE), program(BASE)
    report = found(with_it, without, [bought(100_00), bought(50_00, 1, OTHER_ID)])
    assert (report.discount, report.payable) == (Change(15_00, 0), Change(135_00, 150_00))
    assert (report.orders_applied, report.orders_touched) == (2, 2)
    assert [loser.benefit for loser in report.losers] == [-10_00, -5_00]
    assert report.winners == ()


def test_points_are_worth_in_a_benefit_what_they_would_pay() -> None:
    before, after = (with_assets(one, PAYING) for one in (program(BASE), program(TEN, BASE)))
    report = found(before, after, [bought(155_00)])
    assert report.points == {POINTS_ID: Change(155, 139)}
    assert report.winners == (MemberChange(MEMBER_ID, 15_50 - 16, 15_50, {POINTS_ID: -16}),)


def test_points_that_pay_nothing_rank_after_money() -> None:
    more = drafted({"earnFixed": {"asset": "POINTS", "points": "5"}}, {"store": {"codes": ["S1"]}})
    taken = drafted({"percentOff": {"percent": "1"}}, {"store": {"codes": ["S2"]}})
    third = UUID(int=0x32)
    orders = [bought(100_00, 0, MEMBER_ID, store="S1"), bought(1_00, 1, OTHER_ID, store="S2")]
    orders += [bought(100_00, 2, third, store="S3")]
    before, after = program(BASE), program(more, taken, BASE)
    report = found(before, after, orders, past(), past(OTHER_ID), past(third), campaign=more)
    assert [(one.member_id, one.benefit, one.points) for one in report.winners] == [
        (OTHER_ID, 1, {POINTS_ID: -1}),
        (MEMBER_ID, 0, {POINTS_ID: 5}),
    ]
    assert report.orders_touched == 2


# ── members ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_tiers_are_reached_in_each_world_by_what_is_earned_there() -> None:
    doubled = drafted({"addProgress": {"ladder": LADDER.code, "amount": "600.00"}})
    multiplied = version("TIERS", MultiplyEarnByTier(POINTS, {"SILVER": Decimal(2)}), priority=200)
    before, after = (program(*more, BASE, QUALIFIES, multiplied) for more in ((), (doubled,)))
    orders = [bought(400_00), bought(100_00, 1), bought(100_00, 2, OTHER_ID)]
    report = found(before, after, orders, campaign=doubled)
    assert report.tier_moves == (TierMove(LADDER_ID, MEMBER.id, SILVER.id, 1),)
    assert report.points[POINTS_ID] == Change(600, 700)  # the second order is a silver member's
    assert report.points[TIER_ID] == Change(600_00, 600_00 + 3 * 600_00)


def test_a_member_begins_where_it_stood() -> None:
    silver = drafted({"percentOffByTier": {"tiers": [{"tier": "SILVER", "percent": "10"}]}})
    members = (past(standings={LADDER_ID: SILVER}), past(OTHER_ID))
    report = drafting(silver, [bought(100_00), bought(100_00, 1, OTHER_ID)], *members)
    assert (report.discount.after, report.orders_applied, report.members_touched) == (10_00, 1, 1)
    assert report.not_applied == {NotAppliedReason.NOTHING_TO_GIVE: 1}


def test_credits_count_from_their_instant_up_to_their_expiry() -> None:
    credits = (
        Credit(TIER_ID, 500_00, LONG_AGO, NOON + DAY),
        Credit(TIER_ID, 400_00, LONG_AGO, NOON + 2 * DAY),
        Credit(TIER_ID, 150_00, NOON + 2 * DAY, NEVER),
    )
    progress = Progress()
    for credit in credits:
        progress.add(credit)
    seen = []
    for hours in (0, 23, 24, 47, 48, 1_000):
        progress.reach(NOON + timedelta(hours=hours))
        seen.append(progress.available)
    assert seen == [900_00, 900_00, 400_00, 400_00, 150_00, 150_00]
    for days, tier in ((0, SILVER), (1, MEMBER)):  # 900 and 400 of before, and 100 of the order
        report = drafting(
            drafted({"addProgress": {"ladder": LADDER.code, "amount": "0.01"}}),
            [bought(100_00 - 1, days)],
            past(MEMBER_ID, *credits),
        )
        assert bool(report.tier_moves) is (tier is SILVER)


def test_qualifying_spend_of_the_period_expires_within_it() -> None:
    window = replace(QUALIFYING, expiry=ExpiryPolicy.ROLLING_DAYS, expiry_length=10)
    draft = drafted({"multiplyEarn": {"asset": "POINTS", "factor": "2"}}, {"tier": {"codes": ["SILVER"]}})
    for gap, applied in ((9, 1), (10, 0)):
        orders = [bought(600_00), bought(400_00, gap), bought(1_00, gap + 1)]
        before, after = (
            program(*more, BASE, version("Q", earn(1, 1, of=window), priority=900)) for more in ((), (draft,))
        )
        before, after = (with_assets(one, window) for one in (before, after))
        assert found(before, after, orders, campaign=draft).orders_applied == applied


def test_orders_are_counted_on_from_those_before() -> None:
    third = drafted({"percentOff": {"percent": "50"}}, {"nthOrder": {"numbers": [3]}})
    report = drafting(third, [bought(10_00), bought(20_00, 1), bought(40_00, 2)], past(orders=1))
    assert (report.orders_applied, report.discount.after) == (1, 10_00)
    back = drafted({"percentOff": {"percent": "50"}}, {"daysSinceLastOrder": {"atLeast": 30}})
    report = drafting(back, [bought(10_00), bought(20_00, 29), bought(40_00, 59)], past(last_order_at=NOON - 40 * DAY))
    assert (report.orders_applied, report.discount.after) == (2, 25_00)


def test_the_last_order_is_the_latest_and_not_the_one_that_came_last() -> None:
    back = drafted({"percentOff": {"percent": "50"}}, {"daysSinceLastOrder": {"atLeast": 30}})
    latest = past(last_order_at=NOON + DAY, orders=1)
    for days, applied in ((30, 0), (31, 1)):
        assert drafting(back, [bought(10_00), bought(40_00, days)], latest).orders_applied == applied


def test_a_tag_of_one_order_is_seen_by_the_next_in_its_own_world_only() -> None:
    tagging = drafted({"addTag": {"tag": "buyer"}})
    tagged = version("TAGGED", READER.effect({"percentOff": {"percent": "10"}}), priority=20)
    tagged = replace(tagged, condition=READER.condition({"tag": {"anyOf": ["buyer"]}}))
    before, after = program(tagged, BASE), program(tagging, tagged, BASE)
    report = found(before, after, [bought(10_00), bought(20_00, 1)], campaign=tagging)
    assert (report.discount, report.orders_touched) == (Change(0, 2_00), 1)


def test_orders_of_guests_have_no_member() -> None:
    everyone = replace(TEN, audience=Audience.EVERYONE)
    report = drafting(everyone, [bought(100_00, member=None), bought(100_00, 1)])
    assert (report.orders_touched, report.members_touched, report.discount.after) == (2, 1, 20_00)
    report = drafting(TEN, [bought(100_00, member=None), bought(100_00, 1)])
    assert (report.discount.after, report.not_applied) == (10_00, {NotAppliedReason.NO_MEMBER: 1})


def test_only_the_first_ten_are_named() -> None:
    ids = [UUID(int=0x100 + number) for number in range(12)]
    orders = [bought(1_000 + 100 * number, number, id) for number, id in enumerate(ids)]
    report = drafting(TEN, orders, *(past(id) for id in ids))
    assert [one.member_id for one in report.winners] == ids[:1:-1]
    assert report.members_touched == 12


# ── limits, budgets, payments ────────────────────────────────────────────────────────────────────────────────────────


def test_the_instant_is_told_at_which_the_budget_did_not_cover_an_order() -> None:
    bounded = replace(TEN, budget=Budget(money=15_00))
    report = drafting(bounded, [bought(100_00), bought(60_00, 1), bought(50_00, 2), bought(10_00, 3)])
    assert (report.discount.after, report.orders_applied) == (15_00, 2)
    assert report.not_applied == {NotAppliedReason.BUDGET_SPENT: 2}
    assert (report.budget_spent_at, report.limit_reached_at) == (NOON + DAY, None)


def test_limits_are_counted_in_each_world_by_itself() -> None:
    old, new = (replace(TEN, id=UUID(int=number), limits=Limits(per_member=number)) for number in (1, 2))
    orders = [bought(100_00, day) for day in range(4)] + [bought(100_00, 4, OTHER_ID)]
    report = found(program(old, BASE), program(new, BASE), orders)
    assert (report.discount, report.orders_touched) == (Change(20_00, 30_00), 1)
    assert (report.not_applied, report.limit_reached_at) == ({NotAppliedReason.LIMIT_REACHED: 2}, NOON + 2 * DAY)


def test_less_is_paid_with_points_where_less_is_to_be_paid() -> None:
    most = drafted({"percentOff": {"percent": "60"}})
    before, after = (with_assets(program(*more, BASE), PAYING) for more in ((), (most,)))
    spent = bought(100_00, spend=((POINTS_ID, 5_000),))
    report = found(before, after, [spent], campaign=most)
    assert report.payable == Change(50_00, 0)
    assert report.points[POINTS_ID] == Change(50, 0)


@pytest.mark.parametrize(
    ("terms", "amount", "payable", "used"),
    [
        ((100, 1_00), 550, None, 550),
        ((100, 1_00), 550, 3_00, 300),
        ((100, 3), 250, None, 200),
        ((100, 3), 400, 10, 300),
        ((0, 0), 5, None, 0),
    ],
)
def test_what_pays_is_cut_to_whole_steps(terms: tuple[int, int], amount: int, payable: int | None, used: int) -> None:
    owner = with_assets(program(), replace(POINTS, pay_amount=terms[0], pay_value=terms[1]))
    assert fitting(owner, ((POINTS_ID, amount),), payable) == (((POINTS_ID, used),) if used else ())


def test_what_does_not_pay_any_more_is_left_out() -> None:
    report = found(program(BASE), program(TEN, BASE), [bought(100_00, spend=((VALUE_ID, 50_00),))])
    assert report.payable == Change(100_00, 90_00)


def test_an_order_that_cannot_be_decided_is_refused() -> None:
    huge = drafted({"earnFixed": {"asset": "POINTS", "points": str(AMOUNT_MAX)}})
    tripled = version("TRIPLED", MultiplyEarn(POINTS, Decimal(3)))
    with pytest.raises(LimitReached):
        found(program(BASE, tripled), program(huge, BASE, tripled), [bought(100_00)], campaign=huge)


def test_gifts_are_counted_in_pieces() -> None:
    cups = drafted({"gift": {"sku": "CUP", "quantity": 2}})
    report = drafting(cups, [bought(100_00), bought(50_00, 1)])
    assert (report.gifts, report.orders_touched, report.discount) == (Change(0, 4), 2, Change(0, 0))


# ── between processes ────────────────────────────────────────────────────────────────────────────────────────────────

EVERY_CONDITION: list[dict[str, Any]] = [
    {"minimumSpend": {"amount": "10"}},
    {"matchingLines": {"match": {"skus": ["CD"]}, "quantity": 1}},
    {"not": {"firstOrder": {}}},
    {"nthOrder": {"every": 3}},
    {"tier": {"codes": ["SILVER"]}},
    {"tag": {"anyOf": ["vip"]}},
    {"store": {"codes": ["S1"]}},
    {"channel": {"codes": ["POS"]}},
    {"weekday": {"days": ["TUESDAY"]}},
    {"hours": {"from": "09:00", "until": "18:00"}},
    {"monthDay": {"days": [3, -1]}},
    {"birthday": {"wholeMonth": True}},
    {"daysSinceLastOrder": {"atLeast": 1}},
    {"daysSinceEnrolment": {"atMost": 10}},
    {"attribute": {"of": "ORDER", "key": "a", "values": ["b"]}},
    {"event": {"codes": ["CHECK_IN"]}},
    {"expression": {"text": "order.payable > 10.0 && member.orders >= 0"}},
]
EVERY_EFFECT: list[dict[str, Any]] = [
    {"percentOff": {"percent": "10", "match": {"skus": ["CD"]}}},
    {"amountOff": {"amount": "1"}},
    {"cheapestOff": {"group": 2, "free": 1}},
    {"nthItemOff": {"n": 2, "percent": "50"}},
    {"fixedPrice": {"price": "9"}},
    {"bundlePrice": {"quantity": 2, "price": "15"}},
    {"exchange": {"match": {"skus": ["CD"]}}},
    {"amountOffByTier": {"tiers": [{"tier": "SILVER", "amount": "5"}]}},
    {"shippingOff": {"percent": "50"}},
    {"gift": {"sku": "CUP"}},
    {"earn": {"asset": "POINTS", "points": "1", "per": "1", "rounding": "DOWN"}},
    {"earnStaged": {"asset": "POINTS", "brackets": [{"from": "1", "points": "1"}]}},
    {"multiplyEarn": {"asset": "POINTS", "factor": "2"}},
    {"multiplyEarnByTier": {"asset": "POINTS", "factors": [{"tier": "SILVER", "factor": "2"}]}},
    {"addTag": {"tag": "x"}},
    {"addProgress": {"ladder": LADDER.code, "amount": "1"}},
]


@pytest.mark.parametrize("form", EVERY_CONDITION, ids=lambda form: str(next(iter(form))))
def test_each_condition_travels_between_processes(form: dict[str, Any]) -> None:
    _travels(program(drafted({"percentOff": {"percent": "10"}}, form), BASE))


@pytest.mark.parametrize("form", EVERY_EFFECT, ids=lambda form: str(next(iter(form))))
def test_each_effect_travels_between_processes(form: dict[str, Any]) -> None:
    _travels(program(drafted(form), BASE))


def _travels(owner: Program) -> None:
    """Assert that a program decides in another process what it decides here."""
    there: Program = pickle.loads(pickle.dumps(owner, pickle.HIGHEST_PROTOCOL))  # noqa: S301
    bought_at: datetime = NOON.astimezone(SHANGHAI)
    member = MemberFacts(id=MEMBER_ID, standings={LADDER_ID: GOLD}, orders=2)
    mine, theirs = (
        evaluate(one, order(100_00, store="S1"), occurred_at=bought_at, recorded_at=bought_at, member=member)
        for one in (owner, there)
    )
    assert mine == theirs
    assert mine.effects
