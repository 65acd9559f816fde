"""`matchingLines`: an order has so many pieces, or so much, of certain goods."""

from dataclasses import dataclass

from domain.conditions.base import Condition, Facts
from domain.conditions.combine import All
from domain.conditions.following import add_goods
from domain.explanation import ConditionResult
from domain.finding import Anchor, Anchors
from domain.matching import EVERYTHING, Match


@dataclass(frozen=True, slots=True)
class MatchingLines:
    """Lines that match have `quantity` pieces (0: any number), and `amount` left to pay (0: any), at least.

    One of both is more than 0; the amount is in minor units of the program's currency. Gifts do not count.
    """

    match: Match = EVERYTHING
    quantity: int = 1
    amount: int = 0

    @property
    def anchors(self) -> tuple[Anchors, ...]:
        """Some goods must be there: by their SKUs if these are named, else by their categories."""
        if self.match.skus:
            return ((Anchor.SKU, self.match.skus),)
        return ((Anchor.CATEGORY, self.match.categories),) if self.match.categories else ()

    def met(self, facts: Facts) -> bool:
        """Whether there are enough."""
        return not any(self._gaps(facts))

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return what is required and what is there; the remedy is the gap between them."""
        required = f"{self._spelled(facts, self.quantity, self.amount)}{self._goods}"
        if facts.order is None:
            return (ConditionResult("matchingLines", required, "no order", met=False),)
        pieces, amount = self._found(facts)
        actual = " and ".join([str(pieces)] * bool(self.quantity) + [facts.program.money(amount)] * bool(self.amount))
        missing, short = self._gaps(facts)
        remedy = f"{self._spelled(facts, missing, short, ' more')}{self._goods}." if missing or short else None
        return (ConditionResult("matchingLines", required, actual, remedy is None, remedy, short),)

    def follow(self, facts: Facts) -> bool:
        """Add the goods that are missing to copied facts, and tell whether there are such."""
        match, (missing, short) = self.match, self._gaps(facts)
        prices = [line.content.unit_price for line in facts.running.matching(match)]
        pieces = max(missing, 1)
        line = add_goods(
            facts,
            max(short, pieces * min(prices, default=1)),
            pieces,
            sku=min(match.skus, default=""),
            category=min(match.categories, default=None),
            attributes=tuple(sorted(match.attributes)[:1]),
        )
        return match.matches(line)

    @property
    def _goods(self) -> str:
        return "" if self.match == EVERYTHING else f" of {self.match.text}"

    def _spelled(self, facts: Facts, pieces: int, amount: int, more: str = "") -> str:
        parts = [f"{pieces}{more}"] * bool(pieces) + [f"{facts.program.money(amount)}{more}"] * bool(amount)
        return " and ".join(parts)

    def _found(self, facts: Facts) -> tuple[int, int]:
        """Return how many pieces match, and what is left to pay for them."""
        lines = facts.running.matching(self.match)
        return sum(line.content.quantity for line in lines), sum(line.amount for line in lines)

    def _gaps(self, facts: Facts) -> tuple[int, int]:
        pieces, amount = self._found(facts)
        return max(self.quantity - pieces, 0), max(self.amount - amount, 0)


def goods_of(condition: Condition | None) -> tuple[Match, ...]:
    """Return the goods that have to be in an order for the condition to hold, alone or with other conditions."""
    if isinstance(condition, All):
        return tuple(match for part in condition.parts for match in goods_of(part))
    if not isinstance(condition, MatchingLines) or condition.match.everything:
        return ()
    return (condition.match,)
