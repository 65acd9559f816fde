"""The waterfall: what is left to pay of an order before and after each step, read from what is stored of it."""

from collections.abc import Sequence
from typing import Any

from domain.assets import AssetKind
from domain.campaigns import Step
from domain.effects.base import EffectKind
from domain.program import Program
from domain.values import value


@value
class StepAmounts:
    """One step: what is left to pay before and after it, in minor units of the program's currency, and its effects."""

    step: Step
    before: int
    after: int
    effects: tuple[Any, ...]


def step_of(effect: Any, program: Program) -> Step:
    """Return the step of an effect from any row of it; those of before there were steps had only these three."""
    if effect.step is not None:
        return Step(effect.step)
    if effect.kind != EffectKind.SPEND:
        return Step.EARN
    is_money = program.asset_by_id(effect.asset_id).kind is AssetKind.MONEY
    return Step.PAYMENT if is_money else Step.ASSETS


def waterfall(order: Any, effects: Sequence[Any], program: Program) -> tuple[StepAmounts, ...]:
    """Return every step in its order, from any rows of an order and its effects.

    It begins with the listed price, shipping included, and shows what was decided for the whole order: of one that was
    captured in part too, and whatever came back of it.
    """
    by_step: dict[Step, list[Any]] = {step: [] for step in Step}
    for effect in effects:
        by_step[step_of(effect, program)].append(effect)
    left = order.subtotal + order.shipping
    found = []
    for step, own in by_step.items():
        before = left
        left -= _taken_off(step, order, own)
        found.append(StepAmounts(step, before, left, tuple(own)))
    return tuple(found)


def _taken_off(step: Step, order: Any, effects: Sequence[Any]) -> int:
    """Return by how much a step lowers what is left to pay."""
    if step is Step.SHIPPING:
        amount: int = order.shipping_discount
    elif step is Step.ASSETS:
        amount = order.spent
    elif step is Step.PAYMENT:
        amount = order.paid
    else:
        amount = sum(effect.amount for effect in effects if effect.kind == EffectKind.DISCOUNT)
    return amount
