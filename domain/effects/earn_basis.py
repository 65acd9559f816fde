"""What earning is measured by: which goods, at which of their prices, with or without shipping."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.conditions.base import Facts
from domain.effects.base import Parts
from domain.matching import EVERYTHING, Match


class Basis(StrEnum):
    """At which price goods count: as paid, when points were used as money too; as left after discounts; as listed."""

    PAID = "PAID"
    DISCOUNTED = "DISCOUNTED"
    LISTED = "LISTED"


WORDS = {Basis.PAID: "paid", Basis.DISCOUNTED: "after discounts", Basis.LISTED: "at list prices"}


@dataclass(frozen=True, slots=True)
class EarnBasis:
    """The lines that are meant at one of their prices, and shipping if it counts."""

    of: Basis = Basis.PAID
    shipping: bool = True
    match: Match = EVERYTHING

    @property
    def usual(self) -> bool:
        """Whether it is all that is paid."""
        return self == ALL_PAID

    def measured(self, facts: Facts) -> tuple[int, Parts | None]:
        """Return how much it comes to, in minor units of currency, and the share of each line; None is as it is paid.

        The shares are without shipping, which comes back with no line. They are None too when none is more than 0.
        """
        running = facts.running
        if self.usual:
            return running.payable, None
        match self.of:
            case Basis.PAID:
                lines, shipping = running.paid_parts()
            case Basis.DISCOUNTED:
                lines, shipping = {line.ref: line.amount for line in running.lines}, running.shipping
            case Basis.LISTED:
                lines, shipping = {line.ref: line.content.subtotal for line in running.lines}, running.listed_shipping
        parts = {line.ref: lines[line.ref] for line in running.matching(self.match) if lines[line.ref]}
        return sum(parts.values()) + (shipping if self.shipping else 0), parts or None

    @property
    def text(self) -> str:
        """Say what is measured, after an amount: `paid for CAKE`."""
        words = WORDS[self.of]
        if not self.match.everything:
            return f"{words} for {self.match.text}{' with shipping' if self.shipping else ''}"
        return words if self.shipping else f"{words} without shipping"

    def more(self, facts: Facts, gap: int) -> str:
        """Return that so much more is needed. With points used as money that is what is paid after them."""
        more = f"{facts.program.money(gap)} more"
        if self.usual:
            return f"{more}."
        paid = " paid for" if self.of is Basis.PAID and facts.running.spent else " of"
        return f"{more}{paid} {self.match.text}."

    @property
    def record(self) -> dict[str, Any]:
        """Return what is not as usual, as JSON values."""
        found: dict[str, Any] = {}
        if self.of is not Basis.PAID:
            found["of"] = self.of.value
        if not self.shipping:
            found["shipping"] = False
        if not self.match.everything:
            found["match"] = self.match.text
        return found


ALL_PAID = EarnBasis()
