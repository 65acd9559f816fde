"""Conditions and effects of campaigns, as they are read: members of two interfaces, made from the tables."""

from collections.abc import Mapping
from typing import Any

import strawberry

from schema.types.condition_forms import CONDITIONS
from schema.types.effect_forms import EFFECTS
from schema.types.forms import OUTPUTS, output_of


@strawberry.interface(description="When a campaign applies.")
class Condition:
    """A condition."""

    rule: str = strawberry.field(description="What inputs and `ConditionResult.condition` call it.")


@strawberry.interface(description="What a campaign does.")
class EffectRule:
    """An effect."""

    rule: str = strawberry.field(description="What inputs call it.")


@strawberry.type(description="Met when all of some conditions are.")
class AllCondition(Condition):
    """All of them."""

    conditions: list[Condition] = strawberry.field(description="The conditions, one at least.")


@strawberry.type(description="Met when any of some conditions is.")
class AnyCondition(Condition):
    """Any of them."""

    conditions: list[Condition] = strawberry.field(description="The conditions, one at least.")


@strawberry.type(description="Met when a condition is not.")
class NotCondition(Condition):
    """Not this one."""

    condition: Condition = strawberry.field(description="The condition.")


_CONDITIONS = {form.name: form for form in CONDITIONS}
_EFFECTS = {form.name: form for form in EFFECTS}
RULES = (
    AllCondition,
    AnyCondition,
    NotCondition,
    *(OUTPUTS.of(form, Condition) for form in CONDITIONS),
    *(OUTPUTS.of(form, EffectRule) for form in EFFECTS),
)
"""All members of the interfaces."""


def condition_of(form: Mapping[str, Any]) -> Condition:
    """Return the condition of the contract from its stored form."""
    ((name, body),) = form.items()
    if name == "not":
        return NotCondition(rule=name, condition=condition_of(body))
    if name in {"all", "any"}:
        made = AllCondition if name == "all" else AnyCondition
        return made(rule=name, conditions=[condition_of(part) for part in body])
    condition: Condition = output_of(_CONDITIONS[name], body)
    return condition


def effect_rule_of(form: Mapping[str, Any]) -> EffectRule:
    """Return the effect of the contract from its stored form."""
    ((name, body),) = form.items()
    rule: EffectRule = output_of(_EFFECTS[name], body)
    return rule
