"""What is asked next, drawn at random with an eye on the books, so that most of it can be done and some cannot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any, TypeVar

from tests.services.oracle.books import Books
from tests.services.oracle.orders import Basket, Pieces, Purchase, Spend
from tests.services.oracle.terms import PAYING, WORTH

T = TypeVar("T")
SEED = "HUIYUAN_TEST_SEED"
"""The variable that repeats a run."""
PHONES = [f"+861380000000{n}" for n in range(6)]
PRICES = [0, 1, 99, 12_50, 33_33, 100_00, 100_00, 500_00, 999_99]
AGES = [0, 1, 4, 9, 10, 11, 29, 31]
AMOUNTS = [-200, -20, -7, -1, 1, 7, 20, 60, 1000]
SECONDS = [60, 900, 900, 86_400, 5 * 86_400, 12 * 86_400]
PERCENTS = [10, 50, 100, 100, 101]
COMMITTED = ("COMMITTED", "PARTIALLY_RETURNED")

Content = tuple[Any, ...]


@dataclass(frozen=True)
class Call:
    """One call of the API: which operation, under which key, with what."""

    operation: str
    key: str
    content: Content


@dataclass
class Draws:
    books: Callable[[], Books]
    names: Any = field(default_factory=lambda: count(1))
    keys: Any = field(default_factory=lambda: count(1))

    def key(self) -> str:
        return f"k{next(self.keys)}"

    def call(self, random: Random, weights: dict[str, int]) -> Call:
        """Draw a call under a new key."""
        operation = picked(random, [name for name, weight in weights.items() for _ in range(weight)])
        draw: Callable[[Random], Content] = getattr(self, f"_{operation}")
        return Call(operation, self.key(), draw(random))

    def _person(self, random: Random) -> int:
        return random.randrange(len(self.books().people))

    def _amend(self, random: Random) -> Content:
        person = self._person(random)
        if random.random() < 0.4:
            return person, "phone", picked(random, [None, *PHONES])
        return person, "status", picked(random, ["ACTIVE"] * 7 + ["FROZEN"] * 3 + ["CLOSED"])

    def _adjust(self, random: Random) -> Content:
        return self._person(random), picked(random, ["POINTS", "POINTS", "TIER", *PAYING]), picked(random, AMOUNTS)

    def _transfer(self, random: Random) -> Content:
        giver, asset = self._person(random), picked(random, PAYING)
        taker = (giver + random.randrange(1, len(self.books().people))) % len(self.books().people)
        available = self.books().people[giver].available(asset)
        return giver, taker, asset, max(available * picked(random, PERCENTS) // 100, 1)

    def _commit(self, random: Random) -> Content:
        orders = self.books().orders
        if orders and random.random() < 0.12:
            known = picked(random, list(orders))
            number, purchase = orders[known].content
            if random.random() < 0.5:
                purchase = purchase._replace(basket=self._basket(random))
            return number, known, purchase
        number = None if random.random() < 0.07 else self._person(random)
        basket = self._basket(random)
        spend = self._spend(random, number, basket)
        return number, f"A{next(self.names)}", Purchase(basket, spend, self._occurred(random))

    def _hold(self, random: Random) -> Content:
        return *self._commit(random), picked(random, SECONDS)

    def _capture(self, random: Random) -> Content:
        name = self._order(random, ("HELD", "EXPIRED"))
        order = self.books().orders.get(name)
        if order is None or random.random() < 0.4:
            return name, None
        return name, self._pieces(random, [quantity for quantity, _ in order.basket])

    def _cancel(self, random: Random) -> Content:
        return (self._order(random, ("HELD",)),)

    def _return(self, random: Random) -> Content:
        name = self._order(random, COMMITTED)
        order = self.books().orders.get(name)
        if order is None or random.random() < 0.3:
            return name, None
        bought = [quantity - order.released[n] for n, (quantity, _) in enumerate(order.basket)]
        return name, self._pieces(random, [quantity - order.returned[n] for n, quantity in enumerate(bought)])

    # ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _order(self, random: Random, states: Sequence[str]) -> str:
        """Draw an order, most often one in these states; a name that nobody has when there is none."""
        orders = self.books().orders
        fitting = [name for name, order in orders.items() if order.state in states]
        if fitting and random.random() < 0.85:
            return picked(random, fitting[-12:])
        return picked(random, list(orders)[-12:]) if orders else "A0"

    def _pieces(self, random: Random, left: Sequence[int]) -> Pieces:
        """Draw some of the pieces that are left of each line; now and then of a line that is not, or one too many."""
        if random.random() < 0.05:
            return (("9", 1),)
        lines = [n for n, count in enumerate(left) if count] or [0]
        chosen = sorted({picked(random, lines) for _ in range(2)})
        return tuple((str(n + 1), random.randint(1, max(left[n], 1) + (random.random() < 0.05))) for n in chosen)

    def _basket(self, random: Random) -> Basket:
        return tuple((random.randint(1, 4), picked(random, PRICES)) for _ in range(random.randint(1, 3)))

    def _occurred(self, random: Random) -> datetime | None:
        return self.books().now - timedelta(days=picked(random, AGES)) if random.random() < 0.3 else None

    def _spend(self, random: Random, number: int | None, basket: Basket) -> Spend:
        """Draw what pays: parts of the balances, now and then more than there is, or than there is to pay."""
        if random.random() < 0.4:
            return ()
        if number is None:
            return (("POINTS", 1),) if random.random() < 0.2 else ()
        left = sum(quantity * price for quantity, price in basket)
        spend = []
        for asset in PAYING:
            percent = picked(random, PERCENTS)
            if random.random() < 0.5:
                continue
            amount = self.books().people[number].available(asset) * percent // 100
            if random.random() < 0.97:
                amount = min(amount, left // WORTH[asset])
            if amount > 0:
                spend.append((asset, amount))
                left -= amount * WORTH[asset]
        return tuple(spend)


def picked(random: Random, choices: Sequence[T]) -> T:
    return choices[random.randrange(len(choices))]
