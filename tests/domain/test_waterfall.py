"""The waterfall: all steps in their order, each beginning where the one before it ended."""

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.campaigns import Step
from domain.waterfall import step_of, waterfall
from tests.domain.makers import POINTS_ID, TIER_ID, VALUE_ID, program


def order(**facts: int) -> Any:
    plain = {"subtotal": 100_00, "shipping": 10_00, "shipping_discount": 0, "spent": 0, "payable": 110_00, "paid": 0}
    return SimpleNamespace(**plain | facts)


def effect(kind: str, amount: int = 0, step: str | None = None, asset_id: Any = None) -> Any:
    return SimpleNamespace(kind=kind, amount=amount, step=step, asset_id=asset_id)


def test_each_step_takes_off_what_is_its_own() -> None:
    effects = [
        effect("DISCOUNT", 10_00, "MEMBER_PRICE"),
        effect("DISCOUNT", 5_00, "PROMOTION"),
        effect("DISCOUNT", 4_00, "PROMOTION"),
        effect("GIFT", 2, "PROMOTION"),
        effect("SHIPPING_DISCOUNT", 6_00, "SHIPPING"),
        effect("SPEND", 300, "ASSETS", POINTS_ID),
        effect("SPEND", 50_00, "PAYMENT", VALUE_ID),
        effect("EARN", 82, "EARN", POINTS_ID),
        effect("TAG", 1, "PROGRESS"),
    ]
    row = order(shipping_discount=6_00, spent=3_00, payable=82_00, paid=50_00)
    found = waterfall(row, effects, program())
    assert [(line.step.value, line.before, line.after, len(line.effects)) for line in found] == [
        ("MEMBER_PRICE", 110_00, 100_00, 1),
        ("PROMOTION", 100_00, 91_00, 3),
        ("COUPON", 91_00, 91_00, 0),
        ("SHIPPING", 91_00, 85_00, 1),
        ("ASSETS", 85_00, 82_00, 1),
        ("PAYMENT", 82_00, 32_00, 1),
        ("EARN", 32_00, 32_00, 1),
        ("PROGRESS", 32_00, 32_00, 1),
    ]


def test_effects_of_before_there_were_steps_have_their_place() -> None:
    shop = program()
    old = [
        ("SPEND", POINTS_ID),
        ("SPEND", VALUE_ID),
        ("EARN", POINTS_ID),
        ("MULTIPLY_EARN", POINTS_ID),
        ("EARN", TIER_ID),
    ]
    steps = [step_of(effect(kind, asset_id=asset_id), shop) for kind, asset_id in old]
    assert steps == [Step.ASSETS, Step.PAYMENT, Step.EARN, Step.EARN, Step.EARN]


def test_an_order_without_effects_has_all_steps() -> None:
    found = waterfall(order(), [], program())
    assert [line.step for line in found] == list(Step)
    assert {(line.before, line.after) for line in found} == {(110_00, 110_00)}


@given(st.lists(st.tuples(st.sampled_from(["MEMBER_PRICE", "PROMOTION", "COUPON"]), st.integers(0, 20_00)), max_size=5))
def test_the_steps_join_and_end_at_what_is_due(discounts: list[tuple[str, int]]) -> None:
    total = sum(amount for _, amount in discounts)
    row = order(shipping_discount=1_00, spent=2_00, payable=107_00 - total, paid=3_00)
    found = waterfall(row, [effect("DISCOUNT", amount, step) for step, amount in discounts], program())
    assert [line.before for line in found] == [110_00, *(line.after for line in found[:-1])]
    by_step = {line.step: line for line in found}
    assert by_step[Step.ASSETS].after == row.payable
    assert found[-1].after == row.payable - row.paid
