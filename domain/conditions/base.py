"""What a condition is: a typed test over the facts of one evaluation."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.explanation import ConditionResult
from domain.orders import OrderContent
from domain.program import Program, Tier
from domain.values import value


@value
class Facts:
    """What conditions may look at. `standings` gives the member's tier by ladder id; it is empty for a guest."""

    program: Program
    order: OrderContent
    occurred_at: datetime
    recorded_at: datetime
    payable: int
    member_id: UUID | None
    standings: dict[UUID, Tier]


class Condition(Protocol):
    """A typed condition. `results` lists every leaf that was looked at, met or not."""

    def met(self, facts: Facts) -> bool:
        """Whether the condition holds."""

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return what was required and what was found."""
