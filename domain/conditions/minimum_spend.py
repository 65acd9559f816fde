"""`minimumSpend`: the amount to pay reaches a threshold."""

from dataclasses import dataclass

from domain.conditions.base import Facts
from domain.explanation import ConditionResult


@dataclass(frozen=True, slots=True)
class MinimumSpend:
    """The payable amount, in minor units of the program's currency, is at least `amount`."""

    amount: int

    def met(self, facts: Facts) -> bool:
        """Whether the payable amount reaches the threshold."""
        return facts.payable >= self.amount

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the threshold and the payable amount; the remedy is the gap between them."""
        money = facts.program.money
        remedy = f"{money(self.amount - facts.payable)} more." if facts.payable < self.amount else None
        return (ConditionResult("minimumSpend", money(self.amount), money(facts.payable), self.met(facts), remedy),)
