"""What would make a condition hold that does not, and what is never said to help and does not."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.campaigns import EVER
from domain.conditions.base import Condition
from domain.conditions.combine import All, AnyOf, Not
from domain.conditions.expression import Expression
from domain.conditions.minimum_spend import MinimumSpend, SpendBasis
from domain.conditions.tier import TierIs
from domain.conditions.weekday import Weekday
from domain.evaluate import evaluate
from domain.explanation import NotApplied, NotAppliedReason
from domain.program import CampaignVersion
from domain.remedies import remedy as found
from domain.usage import Usage, UsageKey, counted
from tests.domain.campaigns import EFFECTS, shop, version_of
from tests.domain.makers import DAY, LADDER_ID, MEMBER_ID, NOON, PROGRAM_ID, TIERS, facts, line, member_facts, order

GOLD, DEAR, NEAR = TierIs(frozenset({"GOLD"})), MinimumSpend(1000_00), MinimumSpend(106_00)
TODAY = Weekday(frozenset({1}))


@pytest.mark.parametrize(
    ("condition", "remedy"),
    [
        (All((GOLD, NEAR)), "Reach GOLD. 6.00 CNY more."),
        (All((TODAY, NEAR)), "6.00 CNY more."),
        (AnyOf((DEAR, NEAR)), "6.00 CNY more."),  # the cheapest of two ways
        (AnyOf((All((GOLD, NEAR)), DEAR)), "900.00 CNY more."),  # one step is shorter than two
        (All((Not(TODAY), NEAR)), None),  # money alone would not help
        (AnyOf((Not(TODAY), NEAR)), "6.00 CNY more."),
        (AnyOf((Not(TODAY), Not(TODAY))), None),
    ],
)
def test_the_remedy_is_all_that_is_needed_and_the_nearest_of_several(condition: Condition, remedy: str | None) -> None:
    assert not condition.met(facts(100_00))
    assert found(condition, facts(100_00), condition.met) == remedy


def test_of_what_cannot_be_told_neither_is_said_to_hold() -> None:
    vip = Expression("member.attributes.vip == '1'")
    for condition in (vip, Not(vip), Not(Not(vip)), Not(All((TODAY, vip)))):
        assert not condition.met(facts())
        assert not all(result.met for result in condition.results(facts()))
    assert AnyOf((TODAY, Not(vip))).met(facts())


# ── followed literally ───────────────────────────────────────────────────────────────────────────────────────────────

Z_OFF = {"percentOff": {"percent": "10", "match": {"skus": ["Z"]}}}
TAG: dict[str, Any] = {"addTag": {"tag": "made"}}
SPEND_50 = {"minimumSpend": {"amount": "50"}}
EARNS = {"earn": {"asset": "POINTS", "points": "1", "per": "100", "rounding": "DOWN"}}
LATER = (NOON - 16 * DAY, NOON + 20 * DAY)


def reason(campaign: CampaignVersion, total: int = 19_40, at: datetime = NOON, **known: Any) -> NotApplied | None:
    """Return why a campaign does not apply to an order of a member; None when it gives something."""
    usages = known.pop("usages", {})
    member = member_facts(**known)
    content = order(total)
    found = evaluate(shop(campaign), content, occurred_at=at, recorded_at=at, member=member, usages=usages)
    return next(iter(found.not_applied), None)


def used(campaign: CampaignVersion, owner: UUID, **counts: int) -> dict[UsageKey, Usage]:
    """Return what was used of a campaign for ever."""
    found: dict[UsageKey, Usage] = {}
    plain = {"uses": 1, "count": 1, "money": 0, "points": 0} | counts
    counted(found, PROGRAM_ID, (campaign.campaign_id, owner, EVER), **plain)
    return found


@pytest.mark.parametrize(
    ("form", "why", "remedy"),
    [
        (
            {"calendar": {"weekday": {"days": ["MONDAY"]}}, "conditions": SPEND_50, "effects": [TAG]},
            NotAppliedReason.OUTSIDE_CALENDAR,
            "Order on Monday. 30.60 CNY more.",
        ),
        (
            {"conditions": {"minimumSpend": {"amount": "25"}}, "effects": [EARNS]},
            NotAppliedReason.CONDITION_NOT_MET,
            "80.60 CNY more.",
        ),
        ({"conditions": SPEND_50, "effects": [Z_OFF]}, NotAppliedReason.CONDITION_NOT_MET, None),
        ({"conditions": SPEND_50, "effects": [Z_OFF, TAG]}, NotAppliedReason.CONDITION_NOT_MET, "30.60 CNY more."),
        (
            {"conditions": {"all": [{"minimumSpend": {"amount": "100"}}, {"not": SPEND_50}]}, "effects": [TAG]},
            NotAppliedReason.CONDITION_NOT_MET,
            None,
        ),
        (
            {"conditions": {"daysSinceLastOrder": {"atLeast": 60}}, "effects": [TAG], "ends_at": LATER[1]},
            NotAppliedReason.CONDITION_NOT_MET,
            None,
        ),
        (
            {"conditions": {"daysSinceLastOrder": {"atLeast": 60}}, "effects": [TAG]},
            NotAppliedReason.CONDITION_NOT_MET,
            "Wait 44 more days.",
        ),
        (
            {"conditions": {"daysSinceLastOrder": {"atLeast": 60}}, "effects": [Z_OFF]},
            NotAppliedReason.CONDITION_NOT_MET,
            None,
        ),
        (
            {"starts_at": NOON + 3 * DAY, "ends_at": NOON + 9 * DAY, "conditions": SPEND_50, "effects": [TAG]},
            NotAppliedReason.OUTSIDE_WINDOW,
            "Order on or after 2026-03-06 12:00. 30.60 CNY more.",
        ),
        (
            {"starts_at": NOON + 3 * DAY, "ends_at": NOON + 9 * DAY, "effects": [Z_OFF]},
            NotAppliedReason.OUTSIDE_WINDOW,
            None,
        ),
        (
            {"conditions": {"nthOrder": {"every": 5}}, "effects": [TAG]},
            NotAppliedReason.CONDITION_NOT_MET,
            "2 more orders.",
        ),
        (
            {"calendar": {"monthDay": {"days": [13]}, "weekday": {"days": ["FRIDAY"]}}, "effects": [TAG]},
            NotAppliedReason.OUTSIDE_CALENDAR,
            "Order on day 13 of the month. Order on Friday.",
        ),
    ],
)
def test_a_remedy_names_all_that_is_needed_or_there_is_none(
    form: dict[str, Any], why: NotAppliedReason, remedy: str | None
) -> None:
    found = reason(version_of("C", **form), orders=27, last_order_at=LATER[0])
    assert found is not None
    assert (found.reason, found.remedy) == (why, remedy)


def test_of_what_is_used_up_or_left_out_no_remedy_is_told() -> None:
    once = version_of("C", conditions=SPEND_50, effects=[TAG], limits={"perMember": 1})
    found = reason(once, usages=used(once, MEMBER_ID))
    assert found is not None
    assert (found.reason, found.remedy) == (NotAppliedReason.LIMIT_REACHED, None)
    five = {"amountOff": {"amount": "5.00"}}
    poor = version_of("C", conditions=SPEND_50, effects=[five], budget={"money": "6.00"})
    found = reason(poor, usages=used(poor, poor.campaign_id, money=5_00))
    assert found is not None
    assert (found.reason, found.remedy) == (NotAppliedReason.CONDITION_NOT_MET, None)
    spent = version_of("C", conditions=SPEND_50, effects=[five], budget={"money": "5.00"})
    found = reason(spent, usages=used(spent, spent.campaign_id, money=5_00))
    assert found is not None
    assert (found.reason, found.remedy) == (NotAppliedReason.BUDGET_SPENT, None)
    left_out = version_of("C", starts_at=NOON + DAY, conditions=SPEND_50, effects=[TAG], holdout=10_000)
    found = reason(left_out)
    assert found is not None
    assert (found.reason, found.remedy) == (NotAppliedReason.HELD_OUT, None)


GOLD_RATE = {"percentOffByTier": {"tiers": [{"tier": "GOLD", "percent": "10"}]}}


@pytest.mark.parametrize(
    ("effect", "conditions", "calendar", "remedy"),
    [
        (EARNS, None, None, "80.60 CNY more."),
        (EARNS, {"minimumSpend": {"amount": "10"}}, {"weekday": {"days": ["TUESDAY"]}}, "80.60 CNY more."),
        (EARNS, {"not": SPEND_50}, None, None),
        (EARNS, {"any": [{"firstOrder": {}}, {"not": SPEND_50}]}, None, None),
        (EARNS, {"not": {"weekday": {"days": ["MONDAY"]}}}, None, "80.60 CNY more."),
        (EARNS, {"expression": {"text": 'order.payable < money("50")'}}, None, None),
        (EARNS, {"tier": {"codes": ["MEMBER"]}}, None, "80.60 CNY more."),
        (GOLD_RATE, None, None, "GOLD members get 10 % off."),
        (GOLD_RATE, {"all": [{"tier": {"codes": ["MEMBER"]}}]}, None, None),
        (GOLD_RATE, {"firstOrder": {}}, None, None),
        (GOLD_RATE, {"not": {"tier": {"codes": ["GOLD"]}}}, None, None),
    ],
)
def test_an_effect_that_gives_nothing_names_no_remedy_that_its_campaign_may_not_survive(
    effect: dict[str, Any], conditions: Any, calendar: Any, remedy: str | None
) -> None:
    campaign = version_of("C", conditions=conditions, calendar=calendar, effects=[effect])
    found = reason(campaign, standings={LADDER_ID: TIERS[0]})
    assert found is not None
    assert (found.reason, found.remedy) == (NotAppliedReason.NOTHING_TO_GIVE, remedy)


@pytest.mark.parametrize(
    ("codes", "own", "remedy"),
    [
        (["SILVER"], 2, None),
        (["MEMBER", "GOLD"], 1, "Reach GOLD."),
        (["SILVER", "GOLD"], 0, "Reach SILVER or GOLD."),
        (["SILVER"], None, "Reach SILVER."),
    ],
)
def test_only_a_tier_above_the_members_own_is_to_be_reached(
    codes: list[str], own: int | None, remedy: str | None
) -> None:
    standings = {} if own is None else {LADDER_ID: TIERS[own]}
    found = reason(version_of("C", conditions={"tier": {"codes": codes}}, effects=[TAG]), standings=standings)
    assert found is not None
    assert found.remedy == remedy
    then = facts(tier=None if own is None else TIERS[own])
    assert TierIs(frozenset(codes)).follow(then) is (remedy is not None)
    assert TierIs(frozenset(codes)).met(then) is (remedy is not None)


@pytest.mark.parametrize("asked", [{"nthOrder": {"every": 5}}, {"tier": {"codes": ["GOLD"]}}])
@pytest.mark.parametrize(("least", "last"), [(10, 16), (60, 16)])
def test_further_orders_begin_the_days_since_the_last_anew(asked: dict[str, Any], least: int, last: int) -> None:
    since = {"daysSinceLastOrder": {"atLeast": least}}
    campaign = version_of("C", conditions={"all": [asked, since]}, effects=[TAG])
    found = reason(campaign, orders=2, last_order_at=NOON - last * DAY, standings={LADDER_ID: TIERS[0]})
    assert found is not None
    assert found.remedy is None
    lately = version_of("C", conditions={"all": [asked, {"daysSinceLastOrder": {"atMost": 20}}]}, effects=[TAG])
    found = reason(lately, orders=2, last_order_at=NOON - last * DAY, standings={LADDER_ID: TIERS[0]})
    assert found is not None
    assert found.remedy in {"2 more orders.", "Reach GOLD."}


@pytest.mark.parametrize(
    ("form", "counts", "remedy"),
    [
        ({}, None, "Name the member of the order."),
        ({"conditions": {"minimumSpend": {"amount": "19"}}}, None, "Name the member of the order."),
        ({"conditions": SPEND_50}, None, None),
        ({"conditions": {"tier": {"codes": ["SILVER"]}}}, None, None),
        ({"conditions": {"not": {"tier": {"codes": ["SILVER"]}}}}, None, None),
        ({"calendar": {"weekday": {"days": ["MONDAY"]}}}, None, None),
        ({"limits": {"total": 2}}, {"uses": 1}, "Name the member of the order."),
        ({"limits": {"total": 2}}, {"uses": 2}, None),
        ({"budget": {"count": 3}}, {"count": 3}, None),
    ],
)
def test_to_name_the_member_is_told_where_nothing_else_is_in_the_way(
    form: dict[str, Any], counts: dict[str, int] | None, remedy: str | None
) -> None:
    campaign = version_of("C", **{"effects": [TAG], "audience": "MEMBERS"} | form)
    usages = used(campaign, campaign.campaign_id, **counts) if counts else {}
    content = order(19_40, member_id=None)
    found = evaluate(shop(campaign), content, occurred_at=NOON, recorded_at=NOON, member=None, usages=usages)
    (said,) = found.not_applied
    assert (said.reason, said.remedy) == (NotAppliedReason.NO_MEMBER, remedy)


@pytest.mark.parametrize(
    ("days", "remedy"),
    [(["TUESDAY", "WEDNESDAY"], "Order on another day."), (["TUESDAY", "THURSDAY"], None), (["TUESDAY"], None)],
)
def test_another_day_is_told_if_the_next_one_helps(days: list[str], remedy: str | None) -> None:
    form: dict[str, Any] = {"calendar": {"weekday": {"days": days}}, "limits": {"perMemberDay": 1}}
    campaign = version_of("C", effects=[TAG], **form)
    usages: dict[UsageKey, Usage] = {}
    key = (campaign.campaign_id, MEMBER_ID, NOON.date())
    counted(usages, PROGRAM_ID, key, uses=1, count=1, money=0, points=0)
    found = reason(campaign, usages=usages)
    assert found is not None
    assert (found.reason, found.remedy) == (NotAppliedReason.LIMIT_REACHED, remedy)


def test_the_next_day_has_come_where_the_clock_is_put_back() -> None:
    campaign = version_of("C", effects=[TAG], limits={"perDay": 1})
    zone = ZoneInfo("America/New_York")
    at = datetime(2026, 11, 1, 0, 30, tzinfo=zone).astimezone(UTC)  # 24 hours later it is 23:30 of this day
    usages: dict[UsageKey, Usage] = {}
    key = (campaign.campaign_id, campaign.campaign_id, date(2026, 11, 1))
    counted(usages, PROGRAM_ID, key, uses=1, count=1, money=0, points=0)
    there = replace(shop(campaign), zone=zone)
    found = evaluate(there, order(), occurred_at=at, recorded_at=at, member=member_facts(), usages=usages)
    assert [row.remedy for row in found.not_applied] == ["Order on another day."]


@pytest.mark.parametrize(
    ("form", "ends", "remedy"),
    [
        ({}, 9 * DAY, "Order on or after 2026-03-06 12:01."),
        ({}, 3 * DAY + timedelta(seconds=40), None),  # it is over at the minute that could be told
        ({"weekday": {"days": ["MONDAY"]}}, 9 * DAY, "Order on or after 2026-03-06 12:01. Order on Monday."),
        ({"weekday": {"days": ["MONDAY"]}}, 5 * DAY, None),
    ],
)
def test_a_campaign_that_has_not_begun_tells_when_it_applies(
    form: dict[str, Any], ends: timedelta, remedy: str | None
) -> None:
    window = {"starts_at": NOON + 3 * DAY + timedelta(seconds=20), "ends_at": NOON + ends}
    found = reason(version_of("C", calendar=form or None, effects=[TAG], **window))
    assert found is not None
    assert (found.reason, found.remedy) == (NotAppliedReason.OUTSIDE_WINDOW, remedy)


def test_days_to_wait_are_not_counted_from_the_start_of_a_campaign() -> None:
    waits = {"daysSinceLastOrder": {"atLeast": 30}}
    campaign = version_of("C", starts_at=NOON + 3 * DAY, conditions=waits, effects=[TAG])
    for days, remedy in ((20, None), (27, "Order on or after 2026-03-06 12:00.")):
        found = reason(campaign, last_order_at=NOON - days * DAY)
        assert found is not None
        assert (found.reason, found.remedy) == (NotAppliedReason.OUTSIDE_WINDOW, remedy)


@pytest.mark.parametrize(
    ("later", "start", "at"),
    [
        (timedelta(minutes=1), "2026-03-03 12:01", "2026-03-03 12:00"),
        (timedelta(seconds=31), "2026-03-03 12:00:31", "2026-03-03 12:00:00"),
        (timedelta(milliseconds=7), "2026-03-03 12:00:00.007", "2026-03-03 12:00:00.000"),
        (timedelta(microseconds=7), "2026-03-03 12:00:00.000007", "2026-03-03 12:00:00.000000"),
    ],
)
def test_the_window_and_the_order_are_told_so_that_they_differ(later: timedelta, start: str, at: str) -> None:
    found = reason(version_of("C", starts_at=NOON + later, effects=[TAG]))
    assert found is not None
    assert found.message == f"C runs from {start} on; the order is of {at}."
    over = reason(version_of("C", ends_at=NOON, effects=[TAG]), at=NOON + later)
    assert over is not None
    assert over.message == f"C runs until {at}; the order is of {start}."


MORE = re.compile(r"([0-9.]+) CNY more(?: of goods)?\.")
THRESHOLDS = st.sampled_from(["1", "20", "33.33", "75"])
SPENDS = st.builds(
    lambda amount, of: {"minimumSpend": {"amount": amount, "of": of}}, THRESHOLDS, st.sampled_from([*SpendBasis])
)
ASKED = st.recursive(
    SPENDS | SPENDS.map(lambda one: {"not": one}) | st.just({"weekday": {"days": ["TUESDAY"]}}),
    lambda parts: st.lists(parts, min_size=1, max_size=3).flatmap(
        lambda found: st.sampled_from([{"all": found}, {"any": found}])
    ),
    max_leaves=4,
)


@settings(deadline=None)
@given(
    st.integers(0, 60_00),
    ASKED,
    st.lists(EFFECTS, min_size=1, max_size=2),
    st.sampled_from([None, {"money": "3.00"}, {"count": 1}]),
)
def test_who_spends_as_much_more_as_a_remedy_says_gets_something(
    total: int, conditions: dict[str, Any], effects: list[dict[str, Any]], budget: dict[str, Any] | None
) -> None:
    campaign = version_of("C", conditions=conditions, effects=effects, budget=budget)
    found = reason(campaign, total)
    if found is None or found.reason is not NotAppliedReason.CONDITION_NOT_MET or found.remedy is None:
        return
    more = sum(int(Decimal(amount) * 100) for amount in MORE.findall(found.remedy))
    assert MORE.sub("", found.remedy).strip() == ""
    goods = (line("1", total), line("+", more, sku="OTHER"))
    content = order(lines=goods)
    again = evaluate(shop(campaign), content, occurred_at=NOON, recorded_at=NOON, member=member_facts())
    assert [effect.version for effect in again.effects if effect.version] != []
