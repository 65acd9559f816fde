"""`minimumSpend`: what an order comes to reaches a threshold."""

from dataclasses import dataclass
from enum import StrEnum

from domain.conditions.base import Facts
from domain.conditions.following import add_goods
from domain.explanation import ConditionResult


class SpendBasis(StrEnum):
    """What is compared with the threshold: all to be paid so far, the goods of it, or the goods before any discount."""

    PAYABLE = "PAYABLE"
    GOODS = "GOODS"
    LISTED = "LISTED"


@dataclass(frozen=True, slots=True)
class MinimumSpend:
    """What `of` names, in minor units of the program's currency, is at least `amount`. Without an order it is not."""

    amount: int
    of: SpendBasis = SpendBasis.PAYABLE

    def met(self, facts: Facts) -> bool:
        """Whether the order comes to the threshold."""
        return facts.order is not None and self._found(facts) >= self.amount

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the threshold and what was found; the remedy is the gap between them."""
        money, goods = facts.program.money, "" if self.of is SpendBasis.PAYABLE else " of goods"
        required = f"{money(self.amount)}{goods}"
        if facts.order is None:
            return (ConditionResult("minimumSpend", required, "no order", met=False),)
        found = self._found(facts)
        gap = max(self.amount - found, 0)
        remedy = self.more(facts, gap) if gap else None
        return (ConditionResult("minimumSpend", required, f"{money(found)}{goods}", not gap, remedy, gap),)

    def more(self, facts: Facts, gap: int) -> str:
        """Return that so much more is needed, in minor units of the program's currency."""
        return f"{facts.program.money(gap)} more{'' if self.of is SpendBasis.PAYABLE else ' of goods'}."

    def follow(self, facts: Facts) -> bool:
        """Add goods for the gap to copied facts."""
        add_goods(facts, max(self.amount - self._found(facts), 0))
        return True

    def _found(self, facts: Facts) -> int:
        if self.of is SpendBasis.LISTED:
            return facts.order.subtotal if facts.order else 0
        return facts.running.goods if self.of is SpendBasis.GOODS else facts.payable
