"""A remedy followed in thought: what there would be to look at."""

from dataclasses import replace
from typing import Any

from domain import values
from domain.conditions.base import Facts
from domain.effects.base import RunningLine
from domain.orders import LineContent


def copied(facts: Facts) -> Facts:
    """Return facts that may be changed, to see what a campaign would do then."""
    return replace(facts, running=facts.running.copy(), expressions={})


def add_goods(facts: Facts, amount: int, pieces: int = 1, **known: Any) -> LineContent:
    """Let the order of facts that were `copied` have goods for `amount` minor units more, or a little above.

    They are a line of so many `pieces`, of which nothing is known but what is told: no rule that names goods means it.
    """
    assert facts.order is not None, "goods are added to an order"
    plain: dict[str, Any] = {"sku": "", "name": None, "category": None} | known
    ref, price = f"+{len(facts.running.lines)}", -(-amount // pieces)
    line = LineContent(ref=ref, quantity=pieces, unit_price=price, **plain)
    facts.order = values.replace(facts.order, lines=(*facts.order.lines, line))
    facts.running.lines.append(RunningLine(line, line.subtotal))
    return line
