"""`expression`: a text of the Common Expression Language over `member`, `order` and `event`."""

from dataclasses import dataclass
from typing import Any

from domain.conditions.base import Facts, ordered_lines
from domain.conditions.days_since import days_since
from domain.conditions.weekday import DAYS
from domain.conditions.wording import NAMED_MAX, counted, listed
from domain.explanation import ConditionResult
from domain.expressions import context, evaluated, reading

SHOWN_MAX = 120
VALUE_MAX = 60
"""So many characters of a text are told."""
LINES = ("order", "lines")
AMOUNTS = frozenset(("order", name) for name in ("subtotal", "goods", "shipping", "payable"))
"""What is told as money."""
UNTOLD = frozenset({("member", "id")})
"""What no other condition tells either."""


@dataclass(frozen=True, slots=True)
class Expression:
    """The expression `text`, which was checked, comes to true. One that cannot be evaluated is not met."""

    text: str

    def met(self, facts: Facts) -> bool:
        """Whether it comes to true."""
        return _found(self.text, facts) is True

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the expression and what it comes to. Nobody but its author knows what would mend it."""
        found = _found(self.text, facts)
        actual = f"error: {found}" if isinstance(found, str) else _named(self.text, facts) or str(found).lower()
        required = self.text if len(self.text) <= SHOWN_MAX else f"{self.text[:SHOWN_MAX]}…"
        failed = isinstance(found, str)
        return (ConditionResult("expression", required, actual, found is True, failed=failed, has="there is"),)


def _found(text: str, facts: Facts) -> bool | str:
    """Return what an expression comes to.

    What it is evaluated on is made once for all expressions of an evaluation, and the order anew when its rules changed
    an amount; until then what was found is kept as well, for whoever asks whether it is met asks for the reason next.
    """
    kept, running = facts.expressions, facts.running
    amounts = (running.payable, running.goods, running.shipping, *(line.amount for line in running.lines))
    if "context" not in kept:
        variables = {"member": member_variables(facts), "event": event_variables(facts)}
        kept["context"] = context(variables, facts.program.currency_scale)
    if kept.get("amounts") != amounts:
        kept["amounts"] = amounts
        kept["context"].add_variable("order", order_variables(facts))
        kept["found"] = {}
    found: dict[str, bool | str] = kept["found"]
    if text not in found:
        found[text] = evaluated(text, kept["context"])
    return found[text]


def _named(text: str, facts: Facts) -> str:
    """Return what the expression names, each with what was found: `member.orders = 1, order.payable = 19.40 USD`.

    It is what other conditions tell too: neither ids nor what single lines are, and no more than some of each.
    """
    variables = {"member": member_variables(facts), "order": order_variables(facts), "event": event_variables(facts)}
    paths = reading(text, facts.program.currency_scale).paths
    told = [path for path in paths if path not in UNTOLD]
    spelled = [f"{'.'.join(path)} = {_value(path, variables, facts)}" for path in told[:NAMED_MAX]]
    rest = len(told) - NAMED_MAX
    return ", ".join(spelled) + (f" and {rest} more" if rest > 0 else "")


def _value(path: tuple[str, ...], variables: Any, facts: Facts) -> str:
    """Return what stands at a path, as a reason tells it."""
    for name in path:
        variables = variables.get(name) if isinstance(variables, dict) else None
    if path in AMOUNTS:
        return facts.program.money(variables)
    if isinstance(variables, bool) or variables is None:
        return "none" if variables is None else str(variables).lower()
    if path == LINES:
        return counted(len(variables), "line")
    if isinstance(variables, (list, dict)):
        return f"[{listed((name[:VALUE_MAX] for name in variables), '')}]"
    return str(variables)[:VALUE_MAX]


def member_variables(facts: Facts) -> dict[str, Any]:
    """Return what expressions know of the member. A guest has nothing and is not known."""
    member = facts.member
    if member is None:
        nothing = dict.fromkeys(
            ("id", "daysSinceEnrolment", "daysSinceLastOrder", "birthday", "channel", "store"), None
        )
        return {"known": False, "orders": 0, "tags": [], "tiers": [], "attributes": {}, **nothing}
    return {
        "known": True,
        "id": str(member.id),
        "tags": sorted(member.tags),
        "tiers": sorted(tier.code for tier in member.standings.values()),
        "attributes": dict(member.attributes),
        "orders": member.orders,
        "daysSinceEnrolment": days_since(facts, member.enrolled_at) if member.enrolled_at else None,
        "daysSinceLastOrder": days_since(facts, member.last_order_at) if member.last_order_at else None,
        "birthday": f"{member.birthday:%m-%d}" if member.birthday else None,
        "channel": member.channel,
        "store": member.store,
    }


def order_variables(facts: Facts) -> dict[str, Any]:
    """Return what expressions know of the order as the rules so far left it. Amounts are minor units.

    Without an order there is the time alone: that at which the occasion happened.
    """
    order, running = facts.order, facts.running
    local = facts.occurred_at.astimezone(facts.program.zone)
    lines = [
        {
            "sku": line.content.sku,
            "category": line.content.category,
            "name": line.content.name,
            "quantity": line.content.quantity,
            "unitPrice": line.content.unit_price,
            "amount": line.amount,
            "attributes": dict(line.content.attributes),
        }
        for line in ordered_lines(facts)
    ]
    return {
        "source": order.source if order else None,
        "store": facts.store,
        "channel": facts.channel,
        "subtotal": order.subtotal if order else 0,
        "goods": running.goods,
        "shipping": running.shipping,
        "payable": running.payable,
        "quantity": sum(line["quantity"] for line in lines),
        "attributes": dict(order.attributes) if order else {},
        "lines": lines,
        "weekday": DAYS[local.weekday()],
        "hour": local.hour,
        "day": local.day,
        "month": local.month,
        "year": local.year,
    }


def event_variables(facts: Facts) -> dict[str, Any]:
    """Return what expressions know of the occasion; an order is none."""
    occasion = facts.occasion
    return {
        "code": occasion.code if occasion else None,
        "attributes": dict(occasion.attributes) if occasion else {},
    }
