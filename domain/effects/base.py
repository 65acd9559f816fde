"""What an effect rule is: it decides one thing about an order, with the arithmetic of it."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any, Protocol
from uuid import UUID

from domain.amounts import Rounding
from domain.conditions.base import Facts
from domain.values import value


class EffectKind(StrEnum):
    """What an effect does."""

    SPEND = "SPEND"
    EARN = "EARN"
    MULTIPLY_EARN = "MULTIPLY_EARN"


class Stage(IntEnum):
    """Steps of the waterfall in which rules apply, in order; within a step, by priority and then code."""

    EARN = 70
    MULTIPLY_EARN = 71


@dataclass(slots=True)
class RunningEarn:
    """Points of one asset so far: the exact product, and the whole number that it rounds to."""

    exact: Decimal
    total: int
    rounding: Rounding


@dataclass(slots=True)
class Running:
    """What the rules before this one decided. Belongs to one evaluation."""

    earn: dict[UUID, RunningEarn] = field(default_factory=dict)


@value
class Outcome:
    """What a rule decided: `amount` minor units of an asset, or nothing and what would have given something."""

    kind: EffectKind
    asset_id: UUID
    amount: int
    text: str
    arithmetic: tuple[str, ...]
    facts: dict[str, Any]
    remedy: str | None = None


class EffectRule(Protocol):
    """A typed effect. `apply` is pure but for `running`, which it moves on."""

    @property
    def stage(self) -> Stage:
        """Step of the waterfall in which the rule applies."""

    def apply(self, facts: Facts, running: Running) -> Outcome:
        """Decide."""
