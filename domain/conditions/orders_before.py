"""`firstOrder` and `nthOrder`: how many orders a member had before."""

from dataclasses import dataclass

from domain.conditions.base import Facts
from domain.conditions.wording import alternatives, counted
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
        return (ConditionResult("firstOrder", "no order before", actual, self.met(facts)),)


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
        multiples = [f"each multiple of {self.every}"] if self.every else []
        required = f"order {alternatives([*map(str, sorted(self.numbers)), *multiples])}"
        if facts.order is None:
            actual = "no order"
        else:
            actual = f"order {facts.member.orders + 1}" if facts.member else "no member"
        return (ConditionResult("nthOrder", required, actual, self.met(facts)),)


def _before(orders: int) -> str:
    return f"{counted(orders, 'order')} before"
