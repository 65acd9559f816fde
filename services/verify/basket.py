"""An order as each of its effects found it: what the effects before it left to pay, and what they had earned."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from domain.campaigns import Step
from domain.effects.base import EffectKind, Running, RunningLine
from domain.effects.crediting import ByLine, joined_by_line
from domain.orders import LineContent, Order, OrderEffect, OrderLine

Facts = dict[str, Any]
Parts = dict[str, int] | None


@dataclass(slots=True)
class Earned:
    """What was earned of an asset so far, and by which lines: see `domain.effects.crediting`."""

    total: int = 0
    by_line: ByLine = None


@dataclass(slots=True)
class Basket:
    """An order with what the effects before the present one left of it."""

    order: Order | None
    """None for an occasion, of which there is nothing to measure."""
    lines: list[OrderLine]
    earned: dict[Any, Earned] = field(default_factory=dict)
    _running: Running | None = None

    @property
    def placed(self) -> Order:
        """The order. Raises `ValueError` for an occasion."""
        if self.order is None:
            raise ValueError("there is no order")
        return self.order

    @property
    def running(self) -> Running:
        """What is left to pay; made when it is first asked for, which few effects do."""
        if self._running is None:
            # What is earned when a guest's order is claimed is earned of what it costs; its discounts are past.
            less = self.placed.shipping_discount if self.placed.claimed_at else 0
            self._running = Running(
                lines=[RunningLine(_content(line), line.quantity * line.unit_price) for line in self.lines],
                shipping=self.placed.shipping,
                listed_shipping=self.placed.shipping - less,
                spent=self.placed.spent,
            )
            for line, row in zip(self._running.lines, self.lines, strict=True):
                line.is_gift = row.campaign_id is not None
        return self._running

    @property
    def described(self) -> str:
        """Say what it is, with the numbers that most rules look at."""
        earned = ", ".join(str(one.total) for one in self.earned.values()) or "nothing"
        if self.order is None:
            return "an occasion"
        return f"an order of {self.order.payable} that earned {earned} so far"

    def earned_of(self, asset_id: Any) -> Earned:
        """Return what was earned of an asset."""
        return self.earned.setdefault(asset_id, Earned())

    def move_on(self, effect: OrderEffect, *, is_multiplied: bool) -> str | None:
        """Let an effect change what the next one finds; return what is wrong when it takes more than there is."""
        if effect.kind == EffectKind.SHIPPING_DISCOUNT:
            self.running.shipping -= effect.amount
            return "more is taken off shipping than it costs" if self.running.shipping < 0 else None
        if effect.kind == EffectKind.DISCOUNT:
            parts = dict(effect.parts or {})
            for line in self.running.lines:
                line.amount -= parts.pop(line.ref, 0)
                if line.amount < 0:
                    return f"more is taken off line {line.ref!r} than it costs"
            return f"it is of lines that the order has not: {', '.join(parts)}" if parts else None
        if is_multiplied:
            earned = self.earned_of(effect.asset_id)
            if effect.kind == EffectKind.EARN:
                running = self.running if self.order else Running()
                earned.by_line = joined_by_line(running, earned.total, earned.by_line, effect.amount, effect.parts)
            earned.total += effect.amount
        return None


def _content(line: OrderLine) -> LineContent:
    attributes = tuple(line.attributes.items())
    return LineContent(line.ref, line.sku, line.name, line.category, line.quantity, line.unit_price, attributes)


@dataclass(slots=True)
class Found:
    """What a rule measures, and what comes of it; `amount` None where that cannot be told."""

    facts: Facts
    amount: int | None
    parts: Parts = None


Measure = Callable[[Basket], Found]
"""Raises one of `UNREADABLE` where nothing would come of the rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which an effect may have come about. `said` are the facts that its form decides."""

    kind: EffectKind
    asset_id: Any
    step: Step
    said: Facts
    measure: Measure

    @property
    def multiplied(self) -> bool:
        """Whether it counts for what multipliers multiply."""
        return self.step == Step.EARN
