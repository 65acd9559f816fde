"""The linter: what it names, and what it leaves alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.instants import NEVER
from domain.lint import lint
from domain.program import TierMetric
from domain.setup import AssetSetUp, CampaignSetUp, LadderSetUp, SetUp, StoredState, TierSetUp
from domain.setup_forms import BEGINNING
from domain.versions import VersionForm
from tests.domain.makers import POINTS, QUALIFYING, SHANGHAI

JANUARY = datetime(2026, 1, 1, tzinfo=UTC)
EARN = {"earn": {"asset": "POINTS", "points": "1", "per": "1", "rounding": "DOWN"}}
QUALIFY = {"earn": {"asset": QUALIFYING.code, "points": "1", "per": "1", "rounding": "DOWN"}}
FIVE = {"earnFixed": {"asset": "POINTS", "points": "5"}}
PROGRESS = {"addProgress": {"ladder": "L", "amount": "5"}}
DAILY: dict[str, Any] = {"trigger": "SCHEDULE", "schedule": {"at": "09:00"}}
SPEND_100 = {"minimumSpend": {"amount": "100"}}
GOLD_10, SILVER_100 = {"tier": "GOLD", "amount": "10"}, {"tier": "SILVER", "amount": "100"}
TIERS = (TierSetUp("MEMBER", "Member", 0), TierSetUp("SILVER", "Silver", 100_00), TierSetUp("GOLD", "Gold", 500_00))


def campaign(code: str, *effects: dict[str, Any], **facts: Any) -> CampaignSetUp:
    state = facts.pop("state", StoredState.RUNNING)
    plain: dict[str, Any] = {"priority": 100, "starts_at": BEGINNING, "ends_at": NEVER, "conditions": None}
    return CampaignSetUp(
        code=code, name=code, state=state, version=VersionForm(**plain | {"effects": list(effects)} | facts)
    )


def setup(*campaigns: CampaignSetUp, tiers: tuple[TierSetUp, ...] = TIERS, base: bool = True) -> SetUp:
    """Return a set-up with a ladder and two assets, which orders earn unless `base` is false."""
    basis = (campaign("BASE", EARN), campaign("QUALIFYING", QUALIFY)) if base else ()
    ladder = LadderSetUp(code="L", name="L", metric=TierMetric.SPEND, asset=QUALIFYING.code, tiers=tiers)
    return SetUp(
        id=POINTS.program_id,
        code="TEST",
        name="Test",
        approval=False,
        currency="CNY",
        currency_scale=2,
        zone=SHANGHAI,
        assets={"POINTS": AssetSetUp(POINTS), QUALIFYING.code: AssetSetUp(QUALIFYING)},
        conversions={},
        ladders={"L": ladder},
        campaigns={one.code: one for one in (*basis, *campaigns)},
    )


def found(*campaigns: CampaignSetUp, **facts: Any) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.rule, one.code, one.below) for one in lint(setup(*campaigns, **facts))]


def percent(number: str, code: str = "SALE", **facts: Any) -> CampaignSetUp:
    """Return a discount with a bound, so that only what is asked about is found."""
    return campaign(code, {"percentOff": {"percent": number}}, **{"limits": {"total": 1}} | facts)


def test_a_set_up_that_is_meant_has_no_findings() -> None:
    assert found() == []
    assert found(percent("20", "A"), percent("30", "B")) == []


# ── ladders ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("thresholds", "unreachable"),
    [((0, 100, 500), []), ((0, 500, 500), ["1"]), ((0, 500, 100), ["1"]), ((0, 0, 500), ["0"]), ((5, 500, 600), [])],
)
def test_a_tier_that_a_higher_one_is_reached_with_is_unreachable(
    thresholds: tuple[int, ...], unreachable: list[str]
) -> None:
    tiers = tuple(TierSetUp(code, code, least) for code, least in zip("ABC", thresholds, strict=True))
    assert found(tiers=tiers) == [("UNREACHABLE_TIER", "L", ("tiers", place)) for place in unreachable]


def test_tiers_are_unreachable_when_nothing_earns_what_they_are_measured_by() -> None:
    base = campaign("BASE", EARN)
    expected = [("UNREACHABLE_TIER", "L", ("asset",))]
    assert found(base, base=False) == expected
    assert found(base, campaign("Q", QUALIFY, state=StoredState.PAUSED), base=False) == expected
    assert found(base, tiers=TIERS[:1], base=False) == []
    progress = campaign("P", {"addProgress": {"ladder": "L", "amount": "5"}}, trigger="EVENT", limits={"total": 1})
    assert found(base, progress, base=False) == []
    message = lint(setup(base, base=False))[0].message
    assert message == f"No running campaign earns {QUALIFYING.code}, so nobody reaches SILVER, GOLD but by hand."


# ── bounds ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("effect", "facts"),
    [
        ({"percentOff": {"percent": "10"}}, {}),
        ({"shippingOff": {"percent": "100"}}, {}),
        ({"gift": {"sku": "BOX"}}, {}),
        ({"multiplyEarn": {"asset": "POINTS", "factor": "5"}}, {}),
        ({"earnFixed": {"asset": "POINTS", "points": "5"}}, {"trigger": "EVENT"}),
        ({"percentOff": {"percent": "10"}}, {"limits": {"perOrder": 1}}),
        (PROGRESS, {"trigger": "EVENT"}),
        (PROGRESS, DAILY),
        (FIVE, DAILY),
        (FIVE, DAILY | {"conditions": {"birthday": {"wholeMonth": True}}}),
        (FIVE, DAILY | {"conditions": {"any": [{"birthday": {}}, {"tag": {"anyOf": ["x"]}}]}}),
        (FIVE, DAILY | {"conditions": {"daysSinceEnrolment": {"atLeast": 30}}}),
    ],
)
def test_what_gives_without_bound_or_end_is_named_until_it_has_one(
    effect: dict[str, Any], facts: dict[str, Any]
) -> None:
    (name,) = effect
    assert found(campaign("C", effect, **facts)) == [("UNBOUNDED_BUDGET", "C", ("effects", "0", name))]
    for bound in (
        {"ends_at": JANUARY},
        {"limits": {"perMember": 1}},
        {"budget": {"count": 5}},
        {"state": StoredState.ENDED},
    ):
        assert found(campaign("C", effect, **facts | bound)) == []


@pytest.mark.parametrize(
    ("effect", "facts"),
    [
        (EARN, {}),
        ({"multiplyEarn": {"asset": "POINTS", "factor": "4.9"}}, {}),
        ({"percentOff": {"percent": "10"}}, {"step": "MEMBER_PRICE"}),
        ({"percentOffByTier": {"tiers": [{"tier": "GOLD", "percent": "10"}]}}, {}),
        ({"amountOffByTier": {"tiers": [{"tier": "GOLD", "amount": "10"}]}}, {"conditions": SPEND_100}),
        ({"earnFixed": {"asset": "POINTS", "points": "5"}}, {"trigger": "ENROLLED"}),
        ({"addTag": {"tag": "x"}}, {"trigger": "EVENT"}),
        ({"addTag": {"tag": "x"}}, DAILY),
        (FIVE, DAILY | {"conditions": {"all": [{"birthday": {"daysBefore": 0}}, {"tag": {"anyOf": ["x"]}}]}}),
        (FIVE, DAILY | {"conditions": {"daysSinceEnrolment": {"atLeast": 30, "atMost": 30}}}),
    ],
)
def test_what_is_meant_to_go_on_needs_no_bound(effect: dict[str, Any], facts: dict[str, Any]) -> None:
    assert found(campaign("C", effect, **facts)) == []


def test_multipliers_of_one_campaign_are_looked_at_together() -> None:
    def times(factor: str, asset: str = "POINTS") -> dict[str, Any]:
        return {"multiplyEarn": {"asset": asset, "factor": factor}}

    by_tier = {"multiplyEarnByTier": {"asset": "POINTS", "factors": [{"tier": "GOLD", "factor": "2.5"}]}}
    named = [("UNBOUNDED_BUDGET", "C", ("effects", "1", "multiplyEarn"))]
    assert found(campaign("C", times("2.5"), times("2"))) == named
    assert found(campaign("C", times("2.5"), times("2"), times("2"))) == named
    high = {"multiplyEarnByTier": {"asset": "POINTS", "factors": [{"tier": "GOLD", "factor": "6"}]}}
    assert found(campaign("C", high, times("2"))) == named
    assert len(found(campaign("C", times("5"), times("2")))) == 1
    assert [one.code for one in lint(setup(campaign("C", times("2"), by_tier)))] == ["C"]
    assert [one.code for one in lint(setup(campaign("C", by_tier, times("2"))))] == ["C"]
    assert found(campaign("C", times("2.4"), times("2"))) == []
    assert found(campaign("C", times("2.5"), times("2", QUALIFYING.code))) == []
    assert found(campaign("C", by_tier, by_tier)) == []
    assert found(campaign("C", times("2.5"), times("2"), limits={"total": 1})) == []
    (finding,) = lint(setup(campaign("C", times("2"), times("5.0"))))
    assert finding.message == "`multiplyEarn` multiplies by 5.0 without end or bound."
    (finding,) = lint(setup(campaign("C", times("2"), times("3"))))
    together = "`multiplyEarn` and the multipliers before it multiply by 6 together, without end or bound."
    assert finding.message == together


# ── stacks ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("effect", "conditions"),
    [
        ({"percentOff": {"percent": "100"}}, None),
        ({"amountOff": {"amount": "100"}}, None),
        ({"amountOff": {"amount": "100"}}, SPEND_100),
        ({"amountOff": {"amount": "100", "every": "100"}}, {"minimumSpend": {"amount": "1000"}}),
        ({"amountOffStaged": {"brackets": [{"from": "0", "amount": "5"}]}}, None),
        ({"cheapestOff": {"group": 2, "free": 2}}, None),
        ({"nthItemOff": {"n": 1, "percent": "100"}}, None),
        ({"amountOffByTier": {"tiers": [GOLD_10, SILVER_100]}}, SPEND_100),
        ({"amountOffByTier": {"tiers": [GOLD_10]}}, None),
        ({"fixedPrice": {"price": "0"}}, None),
        ({"exchange": {"match": {"skus": ["A"]}}}, None),
        ({"exchange": {"match": {"skus": ["A"]}, "price": None}}, SPEND_100),
        ({"exchange": {"match": {"skus": ["A"]}, "quantity": 2, "price": "0.00"}}, None),
    ],
)
def test_a_campaign_that_alone_can_take_off_everything_is_named(
    effect: dict[str, Any], conditions: dict[str, Any] | None
) -> None:
    (name,) = effect
    one = campaign("C", effect, conditions=conditions, limits={"total": 1})
    assert found(one) == [("STACK_REACHES_ZERO", "C", ("effects", "0", name))]


@pytest.mark.parametrize(
    ("effect", "conditions"),
    [
        ({"percentOff": {"percent": "79"}}, None),
        ({"amountOff": {"amount": "99"}}, {"all": [SPEND_100, {"channel": {"codes": ["APP"]}}]}),
        ({"amountOff": {"amount": "20", "every": "100"}}, None),
        ({"amountOffStaged": {"brackets": [{"from": "10", "amount": "5"}]}}, None),
        ({"cheapestOff": {"group": 2, "free": 1}}, None),
        ({"amountOffByTier": {"tiers": [GOLD_10, SILVER_100 | {"amount": "99.99"}]}}, SPEND_100),
        ({"bundlePrice": {"quantity": 2, "price": "1"}}, None),
        ({"exchange": {"match": {"skus": ["A"]}, "price": "0.01"}}, None),
    ],
)
def test_a_campaign_that_leaves_something_is_not(effect: dict[str, Any], conditions: dict[str, Any] | None) -> None:
    assert found(campaign("C", effect, conditions=conditions, limits={"total": 1})) == []


def test_forty_and_seventy_percent_leave_eighteen() -> None:
    (finding,) = lint(setup(percent("40", "A"), percent("70", "B")))
    assert (finding.rule, finding.code, finding.below) == ("STEEP_STACK", "B", ("effects", "0", "percentOff"))
    assert finding.message == "A and B may apply to one order, and take off up to 82 % of the goods together."


def test_of_a_large_stack_those_are_named_that_take_off_most() -> None:
    (finding,) = lint(setup(*(percent(str(20 + number), f"C{number}") for number in range(9))))
    assert (finding.rule, finding.code) == ("STEEP_STACK", "C8")
    assert finding.message.startswith("C4, C5, C6, C7, C8 and 4 more may apply to one order, and take off up to ")
    (finding,) = lint(setup(*(percent(str(36 + number), f"C{number}") for number in range(5))))
    assert finding.message.startswith("C0, C1, C2, C3 and C4 may apply")


def test_amounts_off_the_listed_price_add_up() -> None:
    listed = {"minimumSpend": {"amount": "100", "of": "LISTED"}}
    sixty = {"amountOff": {"amount": "60"}}
    stack = [campaign(code, sixty, conditions=listed, limits={"total": 1}) for code in "AB"]
    assert found(*stack) == [("STACK_REACHES_ZERO", "B", ("effects", "0", "amountOff"))]
    # Of what is left after the first, the second is not met any more: 40 of the 100 that it asks for.
    left = [campaign(code, sixty, conditions=SPEND_100, limits={"total": 1}) for code in "AB"]
    assert [one.rule for one in lint(setup(*left))] == ["STEEP_STACK"]


def test_only_what_may_apply_together_is_a_stack() -> None:
    def pair(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
        return [rule for rule, _, _ in found(percent("50", "A", **one), percent("70", "B", **other))]

    assert pair({}, {}) == ["STEEP_STACK"]
    assert pair({"stacking_group": "G"}, {"stacking_group": "H"}) == ["STEEP_STACK"]
    assert pair({"stacking_group": "G", "priority": 1}, {"stacking_group": "G"}) == []
    assert pair({"ends_at": JANUARY}, {"starts_at": JANUARY}) == []
    assert pair({"ends_at": JANUARY + timedelta(days=1)}, {"starts_at": JANUARY}) == ["STEEP_STACK"]
    assert pair({"conditions": {"tier": {"codes": ["GOLD"]}}}, {"conditions": {"tier": {"codes": ["SILVER"]}}}) == []
    assert pair({"conditions": {"tier": {"codes": ["GOLD"]}}}, {}) == ["STEEP_STACK"]
    assert pair({"state": StoredState.PAUSED}, {}) == []


def test_a_discount_by_tier_is_in_the_stacks_of_its_tiers_alone() -> None:
    def stack(*effects: dict[str, Any], tier: str = "SILVER") -> list[str]:
        mine = campaign("A", *effects, conditions=SPEND_100, limits={"total": 1})
        theirs = percent("70", "B", conditions={"tier": {"codes": [tier]}})
        return [rule for rule, _, _ in found(mine, theirs)]

    gold = {"amountOffByTier": {"tiers": [{"tier": "GOLD", "amount": "50"}]}}
    silver = {"percentOffByTier": {"tiers": [{"tier": "SILVER", "percent": "50"}]}}
    assert stack(gold, tier="GOLD") == stack(silver) == ["STEEP_STACK"]  # 50 % and 70 % are 85 %
    assert stack(gold) == stack(silver, tier="GOLD") == []
    # of two in one campaign either tier has one, and beside another discount every tier has that
    assert stack(gold, silver) == stack(silver, gold, tier="GOLD") == ["STEEP_STACK"]
    assert stack(gold, {"percentOff": {"percent": "50"}}) == ["STEEP_STACK"]


def test_amounts_by_tier_off_the_listed_price_add_up() -> None:
    listed = {"minimumSpend": {"amount": "100", "of": "LISTED"}}
    sixty = {"amountOffByTier": {"tiers": [{"tier": "GOLD", "amount": "60"}, GOLD_10 | {"tier": "SILVER"}]}}
    stack = [campaign(code, sixty, conditions=listed, limits={"total": 1}) for code in "AB"]
    assert found(*stack) == [("STACK_REACHES_ZERO", "B", ("effects", "0", "amountOffByTier"))]


# ── exclusive campaigns ──────────────────────────────────────────────────────────────────────────────────────────────


def test_exclusive_campaigns_of_one_priority_at_one_time_are_named() -> None:
    def pair(one: dict[str, Any], other: dict[str, Any]) -> list[tuple[str, str, tuple[str, ...]]]:
        first, second = ({"stacking_group": "G"} | facts for facts in (one, other))
        return found(percent("10", "A", **first), percent("10", "B", **second))

    named = [("OVERLAPPING_EXCLUSIVE", "B", ("priority",))]
    assert pair({}, {}) == named
    assert pair({"priority": 1}, {}) == []
    assert pair({"step": "MEMBER_PRICE"}, {}) == []  # the member price comes first, without the alphabet
    assert pair({"stacking_group": "H"}, {}) == []
    assert pair({"ends_at": JANUARY}, {"starts_at": JANUARY}) == []
    assert pair({"starts_at": JANUARY}, {"ends_at": JANUARY + timedelta(seconds=1)}) == named
    assert pair({"state": StoredState.PAUSED}, {}) == []
    monday, tuesday = ({"conditions": {"weekday": {"days": [day]}}} for day in ("MONDAY", "TUESDAY"))
    assert pair(monday, tuesday) == []
    assert pair(monday, {"calendar": {"weekday": {"days": ["MONDAY", "FRIDAY"]}}}) == named


def test_a_long_campaign_overlaps_also_those_that_begin_after_a_short_one() -> None:
    days = [JANUARY + timedelta(days=day) for day in range(4)]
    group: dict[str, Any] = {"stacking_group": "G"}
    assert [
        code
        for _, code, _ in found(
            percent("1", "LONG", **group),
            percent("1", "S1", starts_at=days[0], ends_at=days[1], **group),
            percent("1", "S2", starts_at=days[2], ends_at=days[3], **group),
        )
    ] == ["S1", "S2"]


# ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"tier": {"codes": ["GOLD"]}}, {"tier": {"codes": ["SILVER", "MEMBER"]}}),
        ({"weekday": {"days": ["MONDAY"]}}, {"weekday": {"days": ["SUNDAY"]}}),
        ({"store": {"codes": ["A"]}}, {"store": {"codes": ["B"]}}),
        ({"hours": {"from": "22:00", "until": "02:00"}}, {"hours": {"from": "02:00", "until": "22:00"}}),
        ({"monthDay": {"days": [1]}}, {"monthDay": {"days": [2]}}),
        ({"daysSinceLastOrder": {"atLeast": 30}}, {"daysSinceLastOrder": {"atMost": 10}}),
        ({"daysSinceEnrolment": {"atLeast": 5, "atMost": 6}}, {"daysSinceEnrolment": {"atLeast": 7}}),
        ({"firstOrder": {}}, {"daysSinceLastOrder": {"atMost": 5}}),
        ({"firstOrder": {}}, {"nthOrder": {"every": 2}}),
        ({"tag": {"anyOf": ["x"]}}, {"not": {"tag": {"anyOf": ["x"]}}}),
        ({"event": {"codes": ["X"]}}, {"channel": {"codes": ["A"]}}),
    ],
)
def test_conditions_that_exclude_each_other_are_named(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert [rule for rule, _, _ in found(campaign("C", EARN, conditions={"all": [first, second]}))] == ["NEVER_HOLDS"]
    assert [rule for rule, _, _ in found(campaign("C", EARN, conditions={"all": [second, first]}))] == ["NEVER_HOLDS"]
    if "event" not in first:
        assert found(campaign("C", EARN, conditions={"any": [first, second]})) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"tier": {"codes": ["GOLD"]}}, {"tier": {"codes": ["SILVER", "GOLD"]}}),
        ({"hours": {"from": "22:00", "until": "02:01"}}, {"hours": {"from": "02:00", "until": "22:00"}}),
        ({"monthDay": {"days": [31]}}, {"monthDay": {"days": [-1]}}),
        ({"daysSinceLastOrder": {"atLeast": 30}}, {"daysSinceLastOrder": {"atMost": 30}}),
        ({"daysSinceLastOrder": {"atMost": 9}}, {"daysSinceLastOrder": {"atMost": 10}}),
        ({"daysSinceLastOrder": {"atLeast": 9}}, {"daysSinceLastOrder": {"atLeast": 10}}),
        ({"daysSinceLastOrder": {"atLeast": 9}}, {"daysSinceEnrolment": {"atMost": 8}}),
        ({"firstOrder": {}}, {"nthOrder": {"numbers": [1, 2]}}),
        ({"tag": {"anyOf": ["x"]}}, {"tag": {"anyOf": ["y"]}}),
        ({"tag": {"anyOf": ["x"]}}, {"not": {"tag": {"anyOf": ["y"]}}}),
    ],
)
def test_conditions_that_may_hold_together_are_not(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert found(campaign("C", EARN, conditions={"all": [first, second]})) == []


def test_the_calendar_counts_among_the_conditions() -> None:
    one = campaign("C", EARN, calendar={"weekday": {"days": ["MONDAY"]}}, conditions={"weekday": {"days": ["FRIDAY"]}})
    assert found(one) == [("NEVER_HOLDS", "C", ("conditions", "weekday"))]


def test_what_no_order_came_with_meets_no_condition_of_an_order() -> None:
    one = campaign("C", {"earnFixed": {"asset": "POINTS", "points": "1"}}, trigger="ENROLLED", conditions=SPEND_100)
    assert found(one) == [("NEVER_HOLDS", "C", ("conditions", "minimumSpend"))]


# ── multipliers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_multiplier_of_what_no_order_earns_is_named() -> None:
    double = campaign("DOUBLE", {"multiplyEarn": {"asset": "POINTS", "factor": "2"}}, starts_at=JANUARY)
    named = [("MULTIPLIER_WITHOUT_BASE", "DOUBLE", ("effects", "0", "multiplyEarn"))]
    qualify = campaign("Q", QUALIFY)
    assert found(qualify, double, base=False) == named
    assert found(qualify, double, campaign("B", EARN, ends_at=JANUARY), base=False) == named
    assert found(qualify, double, campaign("B", EARN, state=StoredState.PAUSED), base=False) == named
    assert found(qualify, double, campaign("B", EARN), base=False) == []


def test_findings_stand_in_the_order_of_the_document() -> None:
    one = setup(percent("100", "Z"), percent("100", "A"))
    assert [finding.code for finding in lint(one)] == ["A", "Z"]
    assert lint(one) == lint(replace(one, campaigns=dict(reversed(one.campaigns.items()))))
