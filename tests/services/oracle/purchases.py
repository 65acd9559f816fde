"""What is bought: an order as it is kept, who it is between, and what of it belongs to some of its pieces."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from tests.services.oracle.books import Books
from tests.services.oracle.people import Part, Person, Posted
from tests.services.oracle.rights import Drawing, drawing

Basket = tuple[tuple[int, int], ...]
"""Quantity and price of each line, whose refs count from 1."""
Spend = tuple[tuple[str, int], ...]
Pieces = tuple[tuple[str, int], ...]
"""So many pieces of lines, by ref."""


class Purchase(NamedTuple):
    """What a till says of an order; without an instant it happened now."""

    basket: Basket
    spend: Spend
    occurred: datetime | None
    payer: int | None = None
    """Whose balances pay, when they are not the buyer's own."""


@dataclass(eq=False)
class Order:
    number: int
    name: str
    content: Any
    person: int | None
    payer: int | None
    """Whose balances pay: the buyer's own, or another's."""
    basket: Basket
    occurred: datetime
    recorded: datetime
    state: str
    subtotal: int
    spent: int
    paid: int
    spends: Spend
    earns: list[tuple[str, int]]
    until: datetime | None = None
    posted: list[Posted] = field(default_factory=list)
    """Lines of its commit."""
    used: dict[str, list[Part]] = field(default_factory=dict)
    returned: list[int] = field(default_factory=list)
    """How many pieces of each line are back."""
    released: list[int] = field(default_factory=list)
    """How many pieces of each line were not captured."""
    returns: list[tuple[dict[str, int], int]] = field(default_factory=list)
    """Pieces and refund of each return."""
    takings: dict[tuple[int, str], Any] = field(default_factory=dict)
    """What its returns took of each asset of each person in all: see `returns.Taking`."""

    @property
    def due(self) -> int:
        """What is to be paid outside when all of it is bought."""
        return self.subtotal - self.spent - self.paid

    @property
    def drawing(self) -> Drawing | None:
        """How it counts, when the buyer draws on another one."""
        return None if self.person is None or self.payer == self.person else drawing(self.person, self.recorded)

    def state_at(self, now: datetime) -> str:
        """Return the state as readers should know it: a hold whose time is over has run out."""
        return "EXPIRED" if self.state == "HELD" and self.until and self.until <= now else self.state


class Parties(NamedTuple):
    """Who buys, and who pays: mostly the same."""

    buyer: Person
    payer: Person

    @classmethod
    def of(cls, books: Books, number: int | None, payer: int | None) -> "Parties | None":
        """Return the parties as they are now; a guest's order has none."""
        if number is None:
            return None
        buyer = books.opened(number)
        return cls(buyer, buyer if payer is None else books.opened(payer))


def part_of(order: Order, amount: int, pieces: list[int]) -> int:
    """Return how much of an amount belongs to so many pieces: by price, or where all is free by pieces."""
    if all(pieces[n] == quantity for n, (quantity, _) in enumerate(order.basket)):
        return amount
    prices = [price for _, price in order.basket] if order.subtotal else [1] * len(order.basket)
    total = sum(quantity * price for (quantity, _), price in zip(order.basket, prices, strict=True))
    return amount * sum(count * price for count, price in zip(pieces, prices, strict=True)) // total
