"""`firstOrder` and `nthOrder`: how many orders a member had before."""

from dataclasses import dataclass, replace

from domain.conditions.base import Facts
from domain.conditions.wording import alternatives, counted, has_of, ordinal
from domain.explanation import ConditionResult


@dataclass(frozen=True, slots=True)
class FirstOrder:
    """The member has no order yet. A guest does not meet it: nobody knows."""

    def met(self, facts: Facts) -> bool:
        """Whether the member has none."""
        return facts.member is not None and facts.member.orders == 0

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return how many there are. Nothing mends it."""
        actual = "no member" if facts.member is None else _before(facts.member.orders)
        met, has, opposite = self.met(facts), has_of(facts), "an order before"
        return (ConditionResult("firstOrder", "no order before", actual, met, has=has, opposite=opposite),)


@dataclass(frozen=True, slots=True)
class NthOrder:
    """This is the member's order of one of these `numbers`, the first being 1, or of a multiple of `every`."""

    numbers: frozenset[int] = frozenset()
    every: int | None = None

    def met(self, facts: Facts) -> bool:
        """Whether the order has the right number."""
        if facts.member is None or facts.order is None:
            return False
        number = facts.member.orders + 1
        return number in self.numbers or (self.every is not None and number % self.every == 0)

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the numbers required and that of the order."""
        numbers = [f"order {number}" for number in sorted(self.numbers)]
        required = alternatives(numbers + [f"every {ordinal(self.every or 0)} order"] * bool(self.every))
        if facts.order is None:
            actual = "no order"
        else:
            actual = f"order {facts.member.orders + 1}" if facts.member else "no member"
        is_met, wait = self.met(facts), self._missing(facts)
        remedy = f"{wait} more {'order' if wait == 1 else 'orders'}." if wait else None
        has = "this is" if facts.member else None
        return (ConditionResult("nthOrder", required, actual, is_met, remedy, has=has),)

    def follow(self, facts: Facts) -> bool:
        """Let the member of copied facts have bought as often as is needed before."""
        if facts.member is None:
            return False
        if missing := self._missing(facts):
            orders = facts.member.orders + missing
            facts.member = replace(facts.member, orders=orders, last_order_at=facts.occurred_at)
        return True

    def _missing(self, facts: Facts) -> int:
        """Return how many orders later one has the right number; 0 when none will, or this one has."""
        if facts.member is None or facts.order is None or self.met(facts):
            return 0
        number = facts.member.orders + 1
        later = [found for found in self.numbers if found > number]
        later += [number - number % self.every + self.every] if self.every else []
        return min(later, default=number) - number


def _before(orders: int) -> str:
    return f"{counted(orders, 'order')} before"
