"""The evaluation: what an order earns, why, and what did not apply and would have."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.amounts import AMOUNT_MAX
from domain.campaigns import NO_BUDGET, Budget
from domain.conditions.base import Condition, MemberFacts
from domain.conditions.combine import All, AnyOf, Not
from domain.conditions.minimum_spend import MinimumSpend
from domain.conditions.tier import TierIs
from domain.conditions.weekday import Weekday
from domain.effects.amount_off import AmountOff
from domain.effects.base import EffectKind
from domain.effects.earn_fixed import EarnFixed
from domain.effects.multiply_earn import MultiplyEarn, MultiplyEarnByTier
from domain.evaluate import Evaluation, evaluate
from domain.explanation import ConditionResult, NotApplied, NotAppliedReason
from domain.orders import OrderContent
from domain.program import CampaignVersion, Program, Tier
from domain.refusals import InvalidInput, LimitReached
from tests.domain.makers import (
    LADDER_ID,
    MEMBER_ID,
    NOON,
    POINTS,
    QUALIFYING,
    TIERS,
    VALUE,
    earn,
    line,
    order,
    program,
    version,
)

MEMBER, SILVER, GOLD = TIERS
BASE = version("BASE", earn())
TIERED = version("TIERED", MultiplyEarnByTier(POINTS, {"SILVER": Decimal("1.1"), "GOLD": Decimal(2)}), priority=200)
DOUBLE = version("DOUBLE", MultiplyEarn(POINTS, Decimal(2)), condition=Weekday(frozenset({1})), priority=300)
PAYS = replace(VALUE, pay_amount=1, pay_value=1)
SPEND = version("SPEND", earn(of=QUALIFYING, points=1_00), priority=900)


def evaluated(shop: Program, content: OrderContent | None = None, tier: Tier | None = MEMBER) -> Evaluation:
    content = content or order()
    standings = {LADDER_ID: tier} if tier else {}
    member = MemberFacts(id=content.member_id, standings=standings) if content.member_id else None
    return evaluate(shop, content, occurred_at=NOON, recorded_at=NOON, member=member)


def amounts(evaluation: Evaluation) -> list[tuple[str, EffectKind, int]]:
    return [(effect.version.code, effect.outcome.kind, effect.outcome.amount) for effect in evaluation.effects]


def totals(evaluation: Evaluation) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for effect in evaluation.effects:
        found[effect.outcome.asset_id] = found.get(effect.outcome.asset_id, 0) + effect.outcome.amount
    return found


def test_the_waterfall_of_a_whole_program() -> None:
    # 129.90 paid: 129 points; as GOLD × 2 = 258; on Tuesday × 2 = 516; and 129.90 of progress
    evaluation = evaluated(program(BASE, TIERED, DOUBLE, SPEND), order(129_90), GOLD)
    assert amounts(evaluation) == [
        ("BASE", EffectKind.EARN, 129),
        ("SPEND", EffectKind.EARN, 129_90),
        ("TIERED", EffectKind.MULTIPLY_EARN, 129),
        ("DOUBLE", EffectKind.MULTIPLY_EARN, 258),
    ]
    assert (evaluation.subtotal, evaluation.discount_total, evaluation.payable) == (129_90, 0, 129_90)
    assert evaluation.not_applied == ()


def test_shipping_is_paid_and_earns_too() -> None:
    evaluation = evaluated(program(BASE), order(10_50, shipping=4_50))
    assert (evaluation.subtotal, evaluation.payable) == (10_50, 15_00)
    assert amounts(evaluation) == [("BASE", EffectKind.EARN, 15)]


def test_rounding_is_once_per_order_and_not_once_per_line() -> None:
    lines = (line("1", unit_price=1_50), line("2", unit_price=1_50))
    assert amounts(evaluated(program(BASE), order(lines=lines))) == [("BASE", EffectKind.EARN, 3)]
    assert amounts(evaluated(program(BASE), order(lines=(line("1", 1_50, quantity=2),)))) == [
        ("BASE", EffectKind.EARN, 3)
    ]


def test_an_effect_is_explained_by_its_version_its_conditions_and_its_arithmetic() -> None:
    (_, effect) = evaluated(program(BASE, DOUBLE), order(29_99)).effects
    assert effect.explanation.record() == {
        "text": "29 POINTS more: ×2 points.",
        "ruleVersion": "DOUBLE v1",
        "conditions": [{"condition": "weekday", "required": "Tuesday", "actual": "Tuesday", "met": True}],
        "arithmetic": ["product with ×2 = 58, rounded down = 58", "58 − 29 = 29"],
    }


def test_an_order_of_nothing_earns_nothing_and_says_so() -> None:
    evaluation = evaluated(program(BASE, TIERED), order(0))
    assert evaluation.effects == ()
    assert evaluation.not_applied == (
        NotApplied(
            BASE.campaign_id,
            NotAppliedReason.NOTHING_TO_GIVE,
            "Base gives nothing: 0 POINTS for 0.00 CNY paid.",
            "1.00 CNY more.",
            "BASE v1",
        ),
        NotApplied(
            TIERED.campaign_id,
            NotAppliedReason.NOTHING_TO_GIVE,
            "Tiered gives nothing: 0 POINTS more: ×1 points as member.",
            None,  # of nothing, more is nothing too
            "TIERED v1",
        ),
    )


def test_a_guest_earns_nothing_from_any_campaign() -> None:
    evaluation = evaluated(program(BASE, DOUBLE), order(member_id=None), None)
    assert evaluation.effects == ()
    assert (evaluation.subtotal, evaluation.payable) == (100_00, 100_00)
    assert [(row.reason, row.remedy) for row in evaluation.not_applied] == [
        (NotAppliedReason.NO_MEMBER, "Name the member of the order."),
        (NotAppliedReason.NO_MEMBER, "Name the member of the order."),
    ]
    assert evaluation.not_applied[0].message == "Base is for members; this order names none."


@pytest.mark.parametrize(
    ("starts", "ends", "applies"),
    [
        (timedelta(0), timedelta(microseconds=1), True),
        (timedelta(microseconds=1), timedelta(hours=1), False),  # begins a microsecond later
        (-timedelta(hours=1), timedelta(0), False),  # ended at this very instant
        (-timedelta(hours=1), timedelta(microseconds=1), True),
    ],
)
def test_windows_are_half_open_at_the_time_of_the_order(starts: timedelta, ends: timedelta, applies: bool) -> None:
    happy_hour = replace(BASE, starts_at=NOON + starts, ends_at=NOON + ends)
    later = NOON + timedelta(days=1)
    buyer = MemberFacts(id=MEMBER_ID)
    evaluation = evaluate(program(happy_hour), order(), occurred_at=NOON, recorded_at=later, member=buyer)
    assert [effect.outcome.amount for effect in evaluation.effects] == ([100] if applies else [])
    assert [row.reason for row in evaluation.not_applied] == ([] if applies else [NotAppliedReason.OUTSIDE_WINDOW])


@pytest.mark.parametrize(
    ("condition", "message", "remedy"),
    [
        (
            MinimumSpend(150_00),
            "Extra: minimumSpend: 150.00 CNY is required, the order has 100.00 CNY.",
            "50.00 CNY more.",
        ),
        (
            All((TierIs(frozenset({"GOLD"})), Weekday(frozenset({1})), MinimumSpend(150_00))),
            (
                "Extra: tier: GOLD is required, the member has MEMBER; "
                "minimumSpend: 150.00 CNY is required, the order has 100.00 CNY."
            ),
            "Reach GOLD. 50.00 CNY more.",
        ),
        (
            AnyOf((Weekday(frozenset({2})), MinimumSpend(100_01))),
            (
                "Extra: weekday: Wednesday is required, the order has Tuesday or "
                "minimumSpend: 100.01 CNY is required, the order has 100.00 CNY."
            ),
            "Order on Wednesday.",
        ),
        (
            Not(Weekday(frozenset({1}))),
            "Extra: not weekday: not Tuesday is required, the order has Tuesday.",
            None,
        ),
    ],
)
def test_a_condition_not_met_names_each_gap_and_the_nearest_remedy(
    condition: Condition, message: str, remedy: str | None
) -> None:
    extra = version("EXTRA", MultiplyEarn(POINTS, Decimal(3)), condition=condition)
    evaluation = evaluated(program(BASE, extra))
    assert amounts(evaluation) == [("BASE", EffectKind.EARN, 100)]
    assert evaluation.not_applied == (
        NotApplied(
            extra.campaign_id,
            NotAppliedReason.CONDITION_NOT_MET,
            message,
            remedy,
            "EXTRA v1",
            evaluation.not_applied[0].conditions,
        ),
    )


def test_more_than_an_account_can_hold_is_refused() -> None:
    shop = program(version("HUGE", earn(points=10**6, per=1)))
    with pytest.raises(LimitReached) as refused:
        evaluated(shop, order(AMOUNT_MAX))
    assert refused.value.facts == {"limit": str(AMOUNT_MAX)}


@pytest.mark.parametrize("budget", [Budget(money=9_99), Budget(points=4, points_of=POINTS.id)])
def test_a_discount_that_no_budget_covers_keeps_nobody_from_paying_the_whole_price(budget: Budget) -> None:
    off = version("OFF", AmountOff(10_00), EarnFixed(POINTS, 5), budget=budget)
    content, assets = order(100_00, spend=((VALUE.id, 100_00),)), (POINTS, QUALIFYING, PAYS)
    evaluation = evaluated(program(off, assets=assets), content)
    assert (evaluation.payable, evaluation.paid) == (100_00, 100_00)
    assert [reason.reason for reason in evaluation.not_applied] == [NotAppliedReason.BUDGET_SPENT]
    with pytest.raises(InvalidInput, match=r"^100\.00 CNY would pay an order of 90\.00 CNY\.$"):
        evaluated(program(replace(off, budget=NO_BUDGET), assets=assets), content)


def test_what_no_budget_covers_is_not_refused_for_being_too_much() -> None:
    huge = version("HUGE", earn(points=10**6, per=1), budget=Budget(points=10, points_of=POINTS.id))
    evaluation = evaluated(program(BASE, huge), order(AMOUNT_MAX))
    assert amounts(evaluation) == [("BASE", EffectKind.EARN, AMOUNT_MAX // 100)]
    assert [reason.reason for reason in evaluation.not_applied] == [NotAppliedReason.BUDGET_SPENT]


@pytest.mark.parametrize("effects", [(EarnFixed(POINTS, 1_000),), (EarnFixed(POINTS, 1), EarnFixed(POINTS, 1_000))])
def test_who_passes_the_budget_only_with_what_another_may_not_give_is_not_left_out(
    effects: tuple[EarnFixed, ...],
) -> None:
    """The first would give more than it has left, and the last more than that if it doubled this too."""
    first = version("FIRST", *effects, priority=1, budget=Budget(points=500, points_of=POINTS.id))
    base = version("BASE", EarnFixed(POINTS, 100), priority=2)
    last = version("LAST", MultiplyEarn(POINTS, Decimal(2)), priority=3, budget=Budget(points=600, points_of=POINTS.id))
    evaluation = evaluated(program(first, base, last))
    assert amounts(evaluation) == [("BASE", EffectKind.EARN, 100), ("LAST", EffectKind.MULTIPLY_EARN, 100)]
    assert [(one.campaign_id, one.reason) for one in evaluation.not_applied] == [
        (first.campaign_id, NotAppliedReason.BUDGET_SPENT)
    ]


def test_an_account_is_filled_to_its_brim_and_not_a_point_over() -> None:
    each = program(version("EACH", earn(points=1, per=1)))
    assert amounts(evaluated(each, order(AMOUNT_MAX))) == [("EACH", EffectKind.EARN, AMOUNT_MAX)]
    with pytest.raises(LimitReached):
        evaluated(each, order(AMOUNT_MAX, shipping=1))


def test_of_an_unmet_condition_and_a_taken_group_the_condition_is_told() -> None:
    first = version("FIRST", AmountOff(1_00), group="ONE", priority=1)
    others = [version(f"UP_TO_{least}", AmountOff(1_00), condition=MinimumSpend(least), group="ONE", priority=2)
              for least in (50_00, 200_00)]  # fmt: skip
    evaluation = evaluated(program(first, *others))
    assert [(one.campaign_id, one.reason) for one in evaluation.not_applied] == [
        (others[1].campaign_id, NotAppliedReason.CONDITION_NOT_MET),
        (others[0].campaign_id, NotAppliedReason.EXCLUDED),
    ]


# ── what the result does not depend on ───────────────────────────────────────────────────────────────────────────────


lines = st.lists(
    st.builds(line, ref=st.uuids().map(str), unit_price=st.integers(0, 500_00), quantity=st.integers(1, 9)),
    min_size=1,
    max_size=5,
    unique_by=lambda row: row.ref,
).map(tuple)


@given(lines, st.integers(0, 20_00), st.sampled_from(TIERS), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(rows: tuple, shipping: int, tier: Tier, random: object) -> None:  # type: ignore[type-arg]
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    shop = program(BASE, TIERED, DOUBLE, SPEND)
    one = evaluated(shop, order(lines=rows, shipping=shipping), tier)
    assert evaluated(shop, order(lines=tuple(shuffled), shipping=shipping), tier) == one
    assert one.payable == sum(row.quantity * row.unit_price for row in rows) + shipping


@given(lines, st.sampled_from(TIERS))
def test_splitting_a_line_changes_nothing(rows: tuple, tier: Tier) -> None:  # type: ignore[type-arg]
    split = tuple(replace(row, ref=f"{row.ref}/{n}", quantity=1) for row in rows for n in range(row.quantity))
    shop = program(BASE, TIERED, DOUBLE, SPEND)
    assert evaluated(shop, order(lines=split), tier) == evaluated(shop, order(lines=rows), tier)


def campaigns() -> list[CampaignVersion]:
    return [
        version("A", earn()),
        version("B", earn(points=1, per=3_00)),
        version("C", MultiplyEarn(POINTS, Decimal("1.1"))),
        version("D", MultiplyEarn(POINTS, Decimal("1.25"))),
        version("E", MultiplyEarnByTier(POINTS, {"SILVER": Decimal("1.3")}), condition=MinimumSpend(20_00)),
    ]


@given(st.integers(0, 300_00), st.sampled_from(TIERS), st.sampled_from(list(permutations(range(5)))))
def test_the_order_of_campaigns_of_one_priority_changes_no_sum(paid: int, tier: Tier, places: tuple[int, ...]) -> None:
    rows = campaigns()
    one = evaluated(program(*rows), order(paid), tier)
    other = evaluated(program(*(rows[place] for place in places)), order(paid), tier)
    assert totals(other) == totals(one)
    assert {row.campaign_id for row in other.not_applied} | {e.version.campaign_id for e in other.effects} == {
        row.campaign_id for row in rows
    }


IMPOSSIBLE = (
    version("NEVER_MET", earn(), MultiplyEarn(POINTS, Decimal(9)), condition=MinimumSpend(AMOUNT_MAX)),
    version("OVER", earn(), MultiplyEarn(POINTS, Decimal(9)), ends_at=NOON),
    version("NOT_YET", earn(), starts_at=NOON + timedelta(microseconds=1)),
    version("OTHER_TIER", earn(), condition=TierIs(frozenset({"DIAMOND"}))),
)


@given(st.integers(0, 300_00), st.sampled_from(TIERS), st.integers(0, 4), st.sampled_from(IMPOSSIBLE))
def test_a_campaign_that_cannot_match_changes_nothing_but_its_own_reason(
    paid: int, tier: Tier, place: int, more: CampaignVersion
) -> None:
    rows = [BASE, TIERED, DOUBLE, SPEND]
    one = evaluated(program(*rows), order(paid), tier)
    other = evaluated(program(*rows[:place], more, *rows[place:]), order(paid), tier)
    assert other.effects == one.effects
    assert [row for row in other.not_applied if row.campaign_id != more.campaign_id] == list(one.not_applied)
    assert len(other.not_applied) == len(one.not_applied) + 1


@given(st.integers(0, 300_00), st.integers(0, 300_00), st.sampled_from(TIERS))
def test_paying_more_never_earns_less(paid: int, more: int, tier: Tier) -> None:
    shop = program(BASE, TIERED, SPEND)
    less, greater = (totals(evaluated(shop, order(amount), tier)) for amount in sorted([paid, more]))
    for asset_id, amount in less.items():
        assert greater[asset_id] >= amount


def test_a_condition_result_is_recorded_without_its_remedy() -> None:
    result = ConditionResult("tier", "GOLD", "MEMBER", met=False, remedy="Reach GOLD.")
    assert result.record() == {"condition": "tier", "required": "GOLD", "actual": "MEMBER", "met": False}
