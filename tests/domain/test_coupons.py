"""Coupons that an order names: which are used, what they take off, and why others are not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.campaigns import EVER, Step
from domain.coupons import CouponOffer, UsedCoupon
from domain.effects.base import Settled
from domain.evaluate import Evaluation, evaluate
from domain.explanation import NotAppliedReason
from domain.instants import NEVER
from domain.program import CampaignVersion
from domain.usage import Usage, UsageKey
from tests.domain.campaigns import shop, version_of
from tests.domain.coupons import coupon, named, reasons, template, used
from tests.domain.makers import LONG_AGO, NOON, PROGRAM_ID
from tests.domain.test_engine_laws import Row, content, decided

CART: list[Row] = [(100_00, 1, "CD", "MUSIC"), (50_00, 2, "TEA", "DRINKS")]
"""200.00 of goods, and 7.00 of shipping."""
TEN_OFF = {"amountOff": {"amount": "10"}}
FIFTH_OFF = {"percentOff": {"percent": "20"}}
FREE_SHIPPING = {"shippingOff": {"percent": "100"}}
DOUBLE = {"multiplyEarn": {"asset": "POINTS", "factor": "2"}}
EARN = version_of(
    "EARN", effects=[{"earn": {"asset": "POINTS", "points": "1", "per": "1", "rounding": "DOWN"}}], priority=900
)


def bought(*offers: CouponOffer, campaigns: tuple[CampaignVersion, ...] = (), **facts: Any) -> Evaluation:
    return decided(shop(*campaigns), content(facts.pop("rows", CART)), coupons=named(*offers), **facts)


def test_a_named_coupon_is_applied_after_promotions_and_before_shipping_and_earning() -> None:
    promotion = version_of("HALF", effects=[{"percentOff": {"percent": "50"}}], priority=999)
    card = coupon(template("FIFTH", FIFTH_OFF, FREE_SHIPPING, DOUBLE, priority=1))
    found = bought(card, campaigns=(promotion, EARN))
    told = [(one.version and one.version.code, one.step, one.outcome.amount, one.coupon_id) for one in found.effects]
    assert told == [
        ("HALF", Step.PROMOTION, 100_00, None),  # 200.00 × 50 %
        ("FIFTH", Step.COUPON, 20_00, card.coupon_id),  # (200.00 − 100.00) × 20 %
        ("FIFTH", Step.SHIPPING, 7_00, card.coupon_id),
        ("EARN", Step.EARN, 80, None),
        ("FIFTH", Step.EARN, 80, card.coupon_id),
    ]
    assert found.coupons == (UsedCoupon(card.coupon_id, card.version, 27_00),)
    assert (found.payable, found.discount_total, found.shipping_discount, found.choice) == (80_00, 127_00, 7_00, None)
    assert found.effects[1].explanation.rule_version == "FIFTH v1"


def test_coupons_are_applied_by_priority_then_code_then_expiry_whatever_their_order() -> None:
    late = coupon(template("B", FIFTH_OFF, per_order=2, priority=5))
    soon = replace(coupon(late.version), expires_at=NOON + timedelta(days=1))
    first = coupon(template("C", TEN_OFF, priority=1))
    for offers in ((late, soon, first), (first, late, soon), (soon, first, late)):
        found = bought(*offers)
        assert [one.coupon_id for one in found.coupons] == [first.coupon_id, soon.coupon_id, late.coupon_id]
        # 200 − 10 = 190; 190 × 20 % = 38; (190 − 38) × 20 % = 30.40
        assert used(found) == [("C", 10_00), ("B", 38_00), ("B", 30_40)]


def test_without_coupons_nothing_is_said_of_them() -> None:
    found = decided(shop(EARN), content(CART))
    assert (found.coupons, found.choice) == ((), None)
    assert found == decided(shop(EARN), content(CART), coupons=named())
    assert all("coupon" not in one.record() for one in found.not_applied)


def test_a_condition_that_is_not_met_is_told_with_its_remedy_and_the_order_goes_on() -> None:
    asking = coupon(template("BIG", TEN_OFF, conditions={"minimumSpend": {"amount": "250", "of": "GOODS"}}))
    found = bought(asking, coupon(template("ANY", TEN_OFF)))
    assert used(found) == [("ANY", 10_00)]
    assert reasons(found) == [
        (
            "BIG v1",
            "CONDITION_NOT_MET",
            "Big: minimumSpend: 250.00 CNY of goods is required, the order has 200.00 CNY of goods.",
            "50.00 CNY more of goods.",
        )
    ]
    assert found.not_applied[0].record()["coupon"] == str(asking.coupon_id)


def test_no_coupon_changes_whether_another_may_be_used() -> None:
    # 200.00 of goods: the first takes 60.00 off, and the second still asks for 150.00.
    first = coupon(template("A", {"amountOff": {"amount": "60"}}, priority=1))
    second = coupon(template("B", TEN_OFF, conditions={"minimumSpend": {"amount": "150", "of": "GOODS"}}, priority=2))
    assert used(bought(first, second)) == [("A", 60_00), ("B", 10_00)]


def test_conditions_look_at_what_the_promotions_left() -> None:
    promotion = version_of("HALF", effects=[{"percentOff": {"percent": "50"}}])
    asking = coupon(template("BIG", TEN_OFF, conditions={"minimumSpend": {"amount": "150", "of": "GOODS"}}))
    found = bought(asking, campaigns=(promotion,))
    assert (used(found), found.payable) == ([], 107_00)
    assert reasons(found)[0][3] == "50.00 CNY more of goods."


def test_the_window_of_a_version_is_that_of_having_the_coupon() -> None:
    over = template("OVER", TEN_OFF, starts_at=LONG_AGO, ends_at=NOON)
    assert used(bought(coupon(over))) == [("OVER", 10_00)]
    found = bought(coupon(over, is_new=True))
    assert (used(found), reasons(found)[0][1]) == ([], "OUTSIDE_WINDOW")


def test_calendar_and_audience_decide_the_use() -> None:
    monday = coupon(template("MONDAY", TEN_OFF, calendar={"weekday": {"days": ["MONDAY"]}}))
    soon = replace(monday, expires_at=NOON + timedelta(days=2))
    assert [row[1:] for row in reasons(bought(monday))] == [
        (
            "OUTSIDE_CALENDAR",
            "Monday: weekday: Monday is required, the order has Tuesday.",
            "Order on Monday.",
        )
    ]
    assert reasons(bought(soon))[0][3] is None, "by Monday it has expired"
    found = bought(coupon(template("OWN", TEN_OFF)), member=None)
    assert [row[1:] for row in reasons(found)] == [
        ("NO_MEMBER", "Own is for members; this order names none.", "Name the member of the order.")
    ]
    assert used(bought(coupon(template("ALL", TEN_OFF, audience="EVERYONE")), member=None)) == [("ALL", 10_00)]


def test_a_discount_of_nothing_uses_no_coupon() -> None:
    first = coupon(template("A", {"percentOff": {"percent": "100"}}, priority=1, stacking_group=None))
    second = coupon(template("B", TEN_OFF, priority=2, stacking_group="ONE"))
    found = bought(first, second)
    assert (used(found), found.payable) == ([("A", 200_00)], 7_00)
    assert reasons(found) == [
        ("B v1", "NOTHING_TO_GIVE", "B gives nothing: nothing is left to pay for all goods.", "0.01 CNY more.")
    ]


def test_what_gives_nothing_takes_no_stacking_group() -> None:
    none = coupon(template("A", {"amountOff": {"amount": "5", "match": {"skus": ["LP"]}}}, stacking_group="ONE"))
    other = coupon(template("B", TEN_OFF, stacking_group="ONE"))
    found = bought(none, other)
    assert used(found) == [("B", 10_00)]
    assert [row[:2] for row in reasons(found)] == [("A v1", "NOTHING_TO_GIVE")]


def test_an_order_uses_no_more_coupons_of_a_template_than_its_terms_say() -> None:
    version = template("TEN", TEN_OFF, per_order=2)
    offers = [coupon(version, NOON + timedelta(days=days)) for days in (3, 1, 2)]
    found = bought(*offers)
    assert [one.coupon_id for one in found.coupons] == [offers[1].coupon_id, offers[2].coupon_id]
    assert reasons(found) == [("TEN v1", "LIMIT_REACHED", "Ten: an order uses 2 coupons of it at most.", None)]
    assert found.not_applied[0].coupon_id == offers[0].coupon_id


def test_a_promotion_that_takes_a_group_excludes_coupons_of_it() -> None:
    promotion = version_of("SALE", effects=[FIFTH_OFF], stacking_group="ONE")
    found = bought(coupon(template("TEN", TEN_OFF, stacking_group="ONE")), campaigns=(promotion,))
    assert used(found) == []
    message = "Ten does not add to Sale: of the group ONE only one applies."
    assert reasons(found) == [("TEN v1", "EXCLUDED", message, None)]


def test_a_coupon_that_takes_a_group_excludes_campaigns_of_later_steps() -> None:
    promotion = version_of("FREE", effects=[FREE_SHIPPING], stacking_group="ONE")
    found = bought(coupon(template("TEN", TEN_OFF, stacking_group="ONE")), campaigns=(promotion,))
    assert (used(found), found.shipping_discount) == ([("TEN", 10_00)], 0)
    assert [one.message for one in found.not_applied] == [
        "Free does not add to Ten: of the group ONE only one applies."
    ]


def test_of_a_group_coupons_of_one_template_are_used_together_and_those_of_two_are_not() -> None:
    ten = template("TEN", TEN_OFF, per_order=2, stacking_group="ONE", priority=1)
    found = bought(coupon(ten), coupon(ten), coupon(template("X", FIFTH_OFF, stacking_group="ONE", priority=2)))
    assert used(found) == [("TEN", 10_00), ("TEN", 10_00)]
    assert [row[1] for row in reasons(found)] == ["EXCLUDED"]


def uses(version: CampaignVersion, **numbers: int) -> dict[UsageKey, Usage]:
    """Return uses that everybody together had of a template."""
    plain = {"uses": 0, "count": 0, "money": 0, "points": 0}
    usage = Usage(version.campaign_id, version.campaign_id, EVER, PROGRAM_ID, **(plain | numbers))
    return {usage.key: usage}


def test_limits_bind_a_shared_code_and_not_a_coupon_that_somebody_has() -> None:
    version = template("SHARED", TEN_OFF, limits={"total": 5, "perMember": 1})
    full = uses(version, uses=5)
    assert used(bought(coupon(version), usages=full)) == [("SHARED", 10_00)]
    found = bought(coupon(version, is_new=True), usages=full)
    assert used(found) == []
    assert [row[1:3] for row in reasons(found)] == [
        ("LIMIT_REACHED", "Shared: It applies 5 times in all, and did 5 times.")
    ]
    one_left = bought(coupon(version, is_new=True), usages=uses(version, uses=4))
    (taken,) = one_left.consumed
    assert (taken.uses, taken.bounds) == (1, {"perMember": 1, "total": 5})
    assert one_left.coupons[0].is_new
    assert bought(coupon(version), usages=full).consumed == ()


def test_two_uses_of_a_shared_code_need_two_that_are_left() -> None:
    version = template("SHARED", TEN_OFF, limits={"total": 5}, per_order=2)
    offers = coupon(version, is_new=True), coupon(version, is_new=True)
    found = bought(*offers, usages=uses(version, uses=4))
    assert used(found) == [("SHARED", 10_00)]
    assert [row[1] for row in reasons(found)] == ["LIMIT_REACHED"]
    both = bought(*offers, usages=uses(version, uses=3))
    assert [(one.uses, one.count, one.money) for one in both.consumed] == [(2, 2, 20_00)]


def test_what_takes_nothing_off_is_used_when_it_is_named() -> None:
    double, gift = coupon(template("DOUBLE", DOUBLE)), coupon(template("CUP", {"gift": {"sku": "CUP"}}))
    found = bought(double, gift, campaigns=(EARN,))
    assert sorted(used(found)) == [("CUP", 0), ("DOUBLE", 0)]
    assert (found.payable, [one.line.sku for one in found.gifts]) == (207_00, ["CUP"])
    (cup,) = [effect for effect in found.effects if effect.outcome.gift]
    assert (cup.step, cup.coupon_id) == (Step.COUPON, gift.coupon_id)


PRESENTED = version_of("WITH", effects=[FIFTH_OFF], conditions={"couponPresented": {"templates": ["TEN", "OTHER"]}})


def test_a_campaign_may_ask_for_a_coupon_that_the_order_names() -> None:
    ten = coupon(template("TEN", TEN_OFF))
    assert bought(ten, campaigns=(PRESENTED,)).payable == 200_00 - 40_00 - 10_00 + 7_00
    found = bought(coupon(template("OFF", TEN_OFF)), campaigns=(PRESENTED,))
    assert (found.payable, found.not_applied[0].reason) == (197_00, NotAppliedReason.CONDITION_NOT_MET)
    assert found.not_applied[0].message == "With: couponPresented: OTHER or TEN is required, the order has OFF."
    assert found.not_applied[0].remedy == "Name a coupon of OTHER or TEN."
    none = decided(shop(PRESENTED), content(CART)).not_applied[0]
    assert (none.message, none.remedy) == (
        "With: couponPresented: OTHER or TEN is required, the order has no coupon.",
        "Name a coupon of OTHER or TEN.",
    )


def test_a_settled_order_uses_no_coupon() -> None:
    settled = Settled(tuple((line, line.subtotal, False) for line in content(CART).lines), 7_00, frozenset())
    found = evaluate(
        shop(EARN),
        content(CART),
        occurred_at=NOON,
        recorded_at=NOON,
        member=None,
        settled=settled,
        coupons=named(coupon(template("TEN", TEN_OFF, audience="EVERYONE"))),
    )
    assert (found.coupons, found.payable, found.not_applied[0].coupon_id) == ((), 207_00, None)


@pytest.mark.parametrize("times", [1, 2])
def test_the_same_coupon_named_twice_is_one_coupon(times: int) -> None:
    ten = coupon(template("TEN", TEN_OFF, per_order=2), NEVER)
    assert used(bought(*[ten] * times)) == [("TEN", 10_00)]


def test_the_id_of_a_new_coupon_is_that_of_its_effects() -> None:
    offer = CouponOffer(UUID(int=7), template("TEN", TEN_OFF), NEVER, is_new=True)
    found = bought(offer)
    assert (found.coupons[0].coupon_id, found.effects[0].coupon_id) == (UUID(int=7), UUID(int=7))
