"""What is bought: an order as it is kept, who it is between, and what of it belongs to some of its pieces."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any, NamedTuple

from tests.services.oracle.books import Books
from tests.services.oracle.counts import Taken
from tests.services.oracle.deciding import SKUS, Effect
from tests.services.oracle.drafts import Line, Parts
from tests.services.oracle.people import Part, Person, Posted
from tests.services.oracle.rights import Drawing, drawing
from tests.services.oracle.terms import WORTH

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
    shipping: int = 0

    def lines(self) -> list[Line]:
        """Return the lines before anything is off."""
        return [
            Line(str(n + 1), sku, quantity, price, quantity * price)
            for n, ((quantity, price), sku) in enumerate(zip(self.basket, SKUS, strict=False))
        ]


@dataclass(eq=False)
class Order:
    number: int
    name: str
    content: Any
    person: int | None
    payer: int | None
    """Whose balances pay: the buyer's own, or another's."""
    lines: list[Line]
    """With what is to be paid for each, gifts at the end."""
    listed_shipping: int
    shipping: int
    """What is to be paid for it."""
    occurred: datetime
    recorded: datetime
    state: str
    subtotal: int
    payable: int
    spent: int
    paid: int
    effects: list[Effect]
    taken: list[Taken]
    """What it takes of campaigns, which count it while it is `counted`."""
    stopped: set[tuple[str, str]]
    """Campaigns that gave nothing because of a limit or a budget, and which."""
    counted: bool
    claimed: datetime | None = None
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
        return self.payable - self.paid

    @property
    def spends(self) -> list[tuple[str, int]]:
        """How much it uses of each asset."""
        return [(effect.asset, effect.amount) for effect in self.effects if effect.kind == "SPEND" and effect.asset]

    @property
    def earns(self) -> list[tuple[str, Effect]]:
        """What it gives of each asset."""
        earned = [effect for effect in self.effects if effect.kind in {"EARN", "MULTIPLY_EARN"}]
        return [(effect.asset, effect) for effect in earned if effect.asset]

    @property
    def quantities(self) -> dict[str, int]:
        """How many pieces each line has, by its ref."""
        return {line.ref: line.quantity for line in self.lines}

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


def part_of(order: Order, amount: int, pieces: list[int], parts: Parts | None = None) -> int:
    """Return how much of an amount belongs to so many pieces of each line, rounded down.

    Lines count by their parts in it, else by what they cost, or where all is free by pieces.
    """
    if parts:
        weights = [parts.get(line.ref, 0) for line in order.lines]
    else:
        weights = [line.left for line in order.lines]
        if not any(weights):
            weights = [line.quantity for line in order.lines]
    lines = zip(order.lines, weights, pieces, strict=True)
    return int(amount * sum(Fraction(weight * count, line.quantity) for line, weight, count in lines) / sum(weights))


def paid_for(order: Order) -> tuple[dict[str, int], int]:
    """Return how much of each asset, and how much outside, pays for what was captured: together what that costs.

    Of each asset as much as belongs to it, rounded down; the rest outside, or what was agreed there, and then more of
    the assets, of the finest first, and less of those again if the coarsest pays too much.
    """
    if not any(order.released):
        return dict(order.spends), order.due
    whole = order.payable + order.spent
    rest = whole - part_of(order, whole, order.released)
    captured = [line.quantity - released for line, released in zip(order.lines, order.released, strict=True)]
    pays = {asset: part_of(order, amount, captured) for asset, amount in order.spends}
    rest -= sum(WORTH[asset] * amount for asset, amount in pays.items())
    finest_first = sorted(order.spends, key=lambda one: WORTH[one[0]])
    for asset, amount in finest_first:
        more = min(amount - pays[asset], max(rest - order.due, 0) // WORTH[asset])
        pays[asset] += more
        rest -= more * WORTH[asset]
    for asset, amount in finest_first:
        if rest > order.due and pays[asset] < amount:
            pays[asset] += 1
            rest -= WORTH[asset]
    for asset, _ in finest_first:
        less = min(pays[asset], max(-rest, 0) // WORTH[asset])
        pays[asset] -= less
        rest += less * WORTH[asset]
    return pays, max(rest, 0)


def paid_back(order: Order, amount: int, back: list[int]) -> int:
    """Return how much of what paid for all that was captured belongs to what is back of it."""
    weights = [line.left for line in order.lines]
    captured = [line.quantity - released for line, released in zip(order.lines, order.released, strict=True)]
    if not any(weight * count for weight, count in zip(weights, captured, strict=True)):
        weights = [line.quantity for line in order.lines]

    def weigh(pieces: list[int]) -> Fraction:
        rows = zip(order.lines, weights, pieces, strict=True)
        return sum((Fraction(weight * count, line.quantity) for line, weight, count in rows), Fraction())

    return int(amount * weigh(back) / weigh(captured))
