"""Cases of single coupons, with the arithmetic of each in its name."""

from typing import Any

import pytest

from domain.campaigns import Step
from domain.effects.base import EffectKind
from domain.program import CampaignVersion
from tests.domain.campaigns import shop, version_of
from tests.domain.coupons import coupon, named, reasons, template, to_choose, used
from tests.domain.test_engine_laws import Row, content, decided


def off(rows: list[Row], *effects: dict[str, Any], shipping: int = 7_00, **form: Any) -> int:
    """Return what a coupon takes off, named or chosen alike."""
    offer = coupon(template("C", *effects, **form))
    by_name, by_choice = (decided(shop(), content(rows, shipping), coupons=how(offer)) for how in (named, to_choose))
    assert used(by_name) == used(by_choice)
    assert by_name.payable == by_choice.payable == content(rows, shipping).subtotal + shipping - by_name.discount_total
    return by_name.discount_total


def pieces(*priced: tuple[int, int]) -> list[Row]:
    """Return lines of (price, quantity), in fen."""
    return [(price, quantity, "CD", None) for price, quantity in priced]


def percent(percent: str, **more: Any) -> dict[str, Any]:
    return {"percentOff": {"percent": percent} | more}


@pytest.mark.parametrize(
    ("total", "effect", "taken"),
    [
        pytest.param(9_99, percent("15"), 1_50, id="9.99 × 15 % = 1.4985, half up 1.50"),
        pytest.param(9_99, percent("15", rounding="DOWN"), 1_49, id="9.99 × 15 % = 1.4985, down 1.49"),
        pytest.param(10_01, percent("15", rounding="UP"), 1_51, id="10.01 × 15 % = 1.5015, up 1.51"),
        pytest.param(3, percent("50"), 2, id="0.03 × 50 % = 0.015, half up 0.02"),
        pytest.param(1, percent("33.3333"), 0, id="0.01 × 33.3333 % = 0.0033, nothing"),
        pytest.param(1_00, percent("33.3333"), 33, id="1.00 × 33.3333 % = 0.333333, 0.33"),
        pytest.param(66_67, percent("15", cap="10"), 10_00, id="66.67 × 15 % = 10.0005, 10.00, the cap is 10.00"),
        pytest.param(66_70, percent("15", cap="10"), 10_00, id="66.70 × 15 % = 10.005, 10.01, at most 10.00"),
        pytest.param(66_60, percent("15", cap="10"), 9_99, id="66.60 × 15 % = 9.99, below the cap of 10.00"),
        pytest.param(12_34, percent("100"), 12_34, id="12.34 × 100 % = 12.34"),
    ],
)
def test_percent_of_odd_amounts(total: int, effect: dict[str, Any], taken: int) -> None:
    assert off(pieces((total, 1)), effect) == taken


HUNDRED = {"minimumSpend": {"amount": "100", "of": "GOODS"}}
STEPS = {"amountOffStaged": {"brackets": [{"from": "100", "amount": "10"}, {"from": "200", "amount": "30"}]}}
EVERY = {"amountOff": {"amount": "10", "every": "100", "times": 2}}


@pytest.mark.parametrize(
    ("total", "effect", "condition", "taken"),
    [
        pytest.param(99_99, {"amountOff": {"amount": "10"}}, HUNDRED, 0, id="99.99 is below 100.00"),
        pytest.param(100_00, {"amountOff": {"amount": "10"}}, HUNDRED, 10_00, id="100.00 is 100.00"),
        pytest.param(100_01, {"amountOff": {"amount": "10"}}, HUNDRED, 10_00, id="100.01 is above 100.00"),
        pytest.param(99_99, STEPS, None, 0, id="two thresholds: 99.99 reaches none"),
        pytest.param(100_00, STEPS, None, 10_00, id="two thresholds: 100.00 reaches the first"),
        pytest.param(199_99, STEPS, None, 10_00, id="two thresholds: 199.99 reaches the first"),
        pytest.param(200_00, STEPS, None, 30_00, id="two thresholds: 200.00 reaches the second, alone"),
        pytest.param(200_01, STEPS, None, 30_00, id="two thresholds: 200.01 reaches the second"),
        pytest.param(99_99, EVERY, None, 0, id="99.99 ÷ 100 rounded down = 0"),
        pytest.param(199_99, EVERY, None, 10_00, id="199.99 ÷ 100 rounded down = 1"),
        pytest.param(399_99, EVERY, None, 20_00, id="399.99 ÷ 100 rounded down = 3, at most 2"),
        pytest.param(5_00, {"amountOff": {"amount": "10"}}, None, 5_00, id="10.00 of 5.00 is cut to 5.00"),
    ],
)
def test_thresholds_on_their_boundary(
    total: int, effect: dict[str, Any], condition: dict[str, Any] | None, taken: int
) -> None:
    assert off(pieces((total, 1)), effect, conditions=condition) == taken


SECOND_HALF = {"nthItemOff": {"n": 2, "percent": "50"}}
THIRD_FREE = {"nthItemOff": {"n": 3, "percent": "100"}}


@pytest.mark.parametrize(
    ("rows", "effect", "taken"),
    [
        pytest.param([(10_00, 1)], SECOND_HALF, 0, id="10: there is no second"),
        pytest.param([(10_00, 1), (6_00, 1)], SECOND_HALF, 3_00, id="10 6: 6 × 50 % = 3"),
        pytest.param([(10_00, 3), (6_00, 2)], SECOND_HALF, 8_00, id="10 10 10 6 6: (10 + 6) × 50 % = 8"),
        pytest.param([(6_00, 2), (10_00, 3)], SECOND_HALF, 8_00, id="the same lines turned round: (10 + 6) × 50 % = 8"),
        pytest.param([(10_00, 1), (9_99, 4)], THIRD_FREE, 9_99, id="10 9.99 9.99 9.99 9.99: the third, 9.99"),
        pytest.param([(5_00, 4), (3_00, 2)], THIRD_FREE, 8_00, id="5 5 5 5 3 3: the third and the sixth, 5 + 3"),
        pytest.param([(3_33, 2)], SECOND_HALF, 1_67, id="3.33 3.33: 3.33 × 50 % = 1.665, 1.67"),
    ],
)
def test_the_nth_piece_of_mixed_quantities(rows: list[tuple[int, int]], effect: dict[str, Any], taken: int) -> None:
    assert off(pieces(*rows), effect) == taken


CUP = {"exchange": {"match": {"skus": ["CUP"]}, "quantity": 1, "price": "1"}}


def test_an_exchange_of_an_item_that_is_not_in_the_cart_uses_no_coupon() -> None:
    offer = coupon(template("CUP", CUP))
    found = decided(shop(), content(pieces((10_00, 1))), coupons=named(offer))
    assert (used(found), found.payable) == ([], 17_00)
    message = "Cup gives nothing: the order has no piece of CUP."
    remedy = "Add a piece of CUP for 1.01 CNY or more."
    assert reasons(found) == [("CUP v1", "NOTHING_TO_GIVE", message, remedy)]


def test_an_exchange_lowers_the_dearest_piece_to_its_price() -> None:
    rows: list[Row] = [(12_00, 1, "CUP", None), (15_00, 2, "CUP", None), (99_00, 1, "CD", None)]
    assert off(rows, CUP) == 14_00  # the dearest cup costs 15.00, and 1.00 in exchange


def test_a_fixed_price_lowers_what_is_dearer() -> None:
    assert off(pieces((9_90, 2), (5_00, 1)), {"fixedPrice": {"price": "8"}}) == 3_80  # 2 × (9.90 − 8.00)


FIFTH_OFF_CD = percent("20", match={"skus": ["CD"]})


@pytest.mark.parametrize(
    ("group", "payable"),
    [
        pytest.param(None, 65_00, id="100.00 × 80 % = 80.00, less 15.00"),
        pytest.param("ONE", 80_00, id="one group: the campaign alone, 100.00 × 80 %"),
    ],
)
def test_a_coupon_and_a_campaign_for_the_same_line(group: str | None, payable: int) -> None:
    campaign = version_of("SALE", effects=[FIFTH_OFF_CD], stacking_group=group, priority=999)
    fifteen = template("C", {"amountOff": {"amount": "15"}}, stacking_group=group, priority=1)
    for how in (named, to_choose):
        found = decided(shop(campaign), content(pieces((100_00, 1)), 0), coupons=how(coupon(fifteen)))
        assert found.payable == payable


def test_a_threshold_looks_at_what_the_campaign_for_the_same_line_left() -> None:
    # 100.00 × 80 % = 80.00, which is below 100.00.
    campaign = version_of("SALE", effects=[FIFTH_OFF_CD])
    offer = coupon(template("C", {"amountOff": {"amount": "15"}}, conditions=HUNDRED))
    found = decided(shop(campaign), content(pieces((100_00, 1)), 0), coupons=named(offer))
    assert (found.payable, reasons(found)[0][1], reasons(found)[0][3]) == (
        80_00,
        "CONDITION_NOT_MET",
        "20.00 CNY more of goods.",
    )


@pytest.mark.parametrize(
    ("effect", "taken"),
    [
        pytest.param({"shippingOff": {"percent": "100"}}, 7_00, id="7.00 × 100 %"),
        pytest.param({"shippingOff": {"percent": "50"}}, 3_50, id="7.00 × 50 %"),
        pytest.param({"shippingOff": {"amount": "10"}}, 7_00, id="10.00 of 7.00 is cut to 7.00"),
    ],
)
def test_a_coupon_for_shipping(effect: dict[str, Any], taken: int) -> None:
    assert off(pieces((10_00, 1)), effect) == taken
    found = decided(shop(), content(pieces((10_00, 1))), coupons=named(coupon(template("C", effect))))
    assert [(one.step, one.outcome.amount) for one in found.effects] == [(Step.SHIPPING, taken)]
    assert (found.shipping_discount, found.discounts) == (taken, {})


def test_a_coupon_for_shipping_that_is_free_is_not_used() -> None:
    free = version_of("FREE", effects=[{"shippingOff": {"percent": "100"}}], priority=1)
    offer = coupon(template("C", {"shippingOff": {"amount": "3"}}, priority=2))
    found = decided(shop(free), content(pieces((10_00, 1))), coupons=named(offer))
    assert (used(found), found.payable, reasons(found)[0][1]) == ([], 10_00, "NOTHING_TO_GIVE")


def test_a_coupon_that_multiplies_points() -> None:
    # 10.00 less 20 % = 8.00, and 3.00 of shipping: 11 points, twice.
    earn = {"earn": {"asset": "POINTS", "points": "1", "per": "1", "rounding": "DOWN"}}
    campaign = version_of("EARN", effects=[earn], priority=999)
    double = template("C", percent("20"), {"multiplyEarn": {"asset": "POINTS", "factor": "2"}})
    found = decided(shop(campaign), content(pieces((10_00, 1)), 3_00), coupons=to_choose(coupon(double)))
    assert [(one.outcome.kind, one.outcome.amount) for one in found.effects] == [
        (EffectKind.DISCOUNT, 2_00),
        (EffectKind.EARN, 11),
        (EffectKind.MULTIPLY_EARN, 11),
    ]


TIERS = {"amountOffByTier": {"tiers": [{"tier": "SILVER", "amount": "8"}, {"tier": "GOLD", "amount": "20"}]}}


def test_the_face_value_is_that_of_the_tier() -> None:
    assert off(pieces((100_00, 1)), TIERS) == 8_00
    gold_alone = {"amountOffByTier": {"tiers": [{"tier": "GOLD", "amount": "20"}]}}
    found = decided(shop(), content(pieces((100_00, 1))), coupons=named(coupon(template("C", gold_alone))))
    message = "C gives nothing: the tier of the member has no amount of its own."
    assert reasons(found) == [("C v1", "NOTHING_TO_GIVE", message, "GOLD members get 20.00 CNY off.")]


def test_a_discount_of_several_lines_is_spread_by_what_they_cost() -> None:
    # 10.00 over 60.00 and 30.00: 6.666… and 3.333…, so 6.67 and 3.33.
    version: CampaignVersion = template("C", {"amountOff": {"amount": "10"}})
    found = decided(shop(), content(pieces((60_00, 1), (30_00, 1))), coupons=named(coupon(version)))
    assert found.discounts == {"0": 6_67, "1": 3_33}
