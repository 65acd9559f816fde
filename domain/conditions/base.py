"""What a condition is: a typed test over the facts of one evaluation."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from domain.explanation import ConditionResult
from domain.orders import OrderContent
from domain.program import Program, Tier
from domain.values import keyword_value, value

if TYPE_CHECKING:
    from domain.effects.base import Running, RunningLine
    from domain.matching import Match
    from domain.usage import Usages


@keyword_value
class MemberFacts:
    """What rules may know of a member, as of before the order or occasion."""

    id: UUID
    standings: dict[UUID, Tier] = field(default_factory=dict)
    """The tier on each ladder, by ladder id."""
    tags: frozenset[str] = frozenset()
    attributes: dict[str, str] = field(default_factory=dict)
    birthday: date | None = None
    enrolled_at: datetime | None = None
    channel: str | None = None
    store: str | None = None
    orders: int = 0
    """Orders that were committed and did not come back as a whole."""
    last_order_at: datetime | None = None
    """When the latest of all that were committed happened."""


@value
class OccasionFacts:
    """What happened, when it is no order: `code` names a behaviour event or a segment, or the tier that was reached."""

    code: str | None
    attributes: tuple[tuple[str, str], ...] = ()


TRIES_MAX = 200
"""So often all remedies of one evaluation together are followed in thought: they must not cost more than the order."""


@dataclass(slots=True)
class Patience:
    """How often remedies may still be followed; shared by all copies of the facts of one evaluation."""

    left: int = TRIES_MAX

    def tries(self) -> bool:
        """Whether one more may be followed, which is counted."""
        self.left -= 1
        return self.left >= 0


@dataclass(slots=True)
class Facts:
    """What rules may look at. Of an order's amounts `running` tells, as the rules before this one left them."""

    program: Program
    order: OrderContent | None
    occasion: OccasionFacts | None
    occurred_at: datetime
    recorded_at: datetime
    member: MemberFacts | None
    running: "Running"
    goods: "tuple[Match, ...]" = ()
    """The goods that the present campaign asks for: a fixed amount that it gives comes back with these."""
    presented: frozenset[str] = frozenset()
    """The codes of the templates whose coupons the order names; of coupons that are chosen for it none is named."""
    patience: Patience = field(default_factory=Patience)
    usages: "Usages" = field(default_factory=dict)
    """How often campaigns were used and coupons had, before this."""
    expressions: dict[str, Any] = field(default_factory=dict)
    """What free expressions were given of these facts, kept for the next one."""

    @property
    def payable(self) -> int:
        """What is to be paid so far, shipping included, in minor units of the program's currency."""
        return self.running.payable

    @property
    def store(self) -> str | None:
        """Where the order was bought."""
        return self.order.store if self.order else None

    @property
    def channel(self) -> str | None:
        """Through which channel it was bought."""
        return self.order.channel if self.order else None

    @property
    def standings(self) -> dict[UUID, Tier]:
        """The member's tier on each ladder; none for a guest."""
        return self.member.standings if self.member else {}


def ordered_lines(facts: Facts) -> "list[RunningLine]":
    """Return the lines that were ordered, with what is left to pay for each; none without an order.

    Gifts of campaigns are no lines of the order: what was given must not make more be given.
    """
    return [line for line in facts.running.lines if not line.is_gift]


class Condition(Protocol):
    """A typed condition. `results` lists every leaf that was looked at, met or not."""

    def met(self, facts: Facts) -> bool:
        """Whether the condition holds."""

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return what was required and what was found."""
