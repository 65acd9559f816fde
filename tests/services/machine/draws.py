"""What is asked next, drawn at random with an eye on the books, so that most of it can be done and some cannot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any, TypeVar

from tests.services.oracle.books import Books
from tests.services.oracle.orders import Basket, Pieces, Purchase, Spend
from tests.services.oracle.people import Person, Posted
from tests.services.oracle.terms import MONEY, PAYING, RATES, WORTH

T = TypeVar("T")
SEED = "HUIYUAN_TEST_SEED"
"""The variable that repeats a run."""
PHONES = [f"+861380000000{n}" for n in range(6)]
PRICES = [0, 1, 99, 12_50, 33_33, 100_00, 100_00, 500_00, 999_99]
AGES = [0, 1, 4, 9, 10, 11, 29, 31]
AMOUNTS = [-200, -20, -7, -1, 1, 7, 20, 60, 1000]
SECONDS = [60, 900, 900, 86_400, 5 * 86_400, 12 * 86_400]
PERCENTS = [10, 50, 100, 100, 101]
PARTS = [5, 10, 25, 50, 80, 100, 100, 101]
PAID_IN = [1, 3, 19_99, 20_00, 33_33, 99_99, 100_00, 250_07]
MADE_BY = {"refund": "top_up", "undo": "spend"}
"""Operations on what others make, which are asked for instead while there is nothing."""
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
        if operation in MADE_BY and not self._fitting(operation) and random.random() < 0.9:
            operation = MADE_BY[operation]
        draw: Callable[[Random], Content] = getattr(self, f"_{operation}")
        return Call(operation, self.key(), draw(random))

    def _fitting(self, operation: str) -> bool:
        """Whether something is left to pay back, or to undo."""
        books = self.books()
        if operation == "refund":
            return any(made.lot.left and not made.lot.waits_until for made in books.top_ups.values())
        return any(use.back < sum(part.amount for part in use.parts) for use in books.uses.values())

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
        people = len(self.books().people)
        giver, asset = self._who_has(random, dict.fromkeys(PAYING, 1))
        taker = (giver.number + random.randrange(1, people)) % people
        return giver.number, taker, asset, max(giver.available(asset) * picked(random, PARTS) // 100, 1)

    def _top_up(self, random: Random) -> Content:
        return self._person(random), picked(random, PAID_IN)

    def _refund(self, random: Random) -> Content:
        made = self.books().top_ups
        left = {line: 0 if one.lot.waits_until else one.lot.left for line, one in made.items()}
        line = self._line(random, left)
        amount = left.get(line, 1) * picked(random, PARTS) // 100
        return line, None if random.random() < 0.25 else max(amount, 1)

    def _spend(self, random: Random) -> Content:
        person, asset = self._who_has(random, dict.fromkeys(PAYING, 1))
        return person.number, asset, max(person.available(asset) * picked(random, PARTS) // 100, 1)

    def _undo(self, random: Random) -> Content:
        uses, people = self.books().uses, self.books().people
        left = {line: sum(part.amount for part in use.parts) - use.back for line, use in uses.items()}
        owing = {line: much for line, much in left.items() if much and people[line[0]].available(line[1]) < 0}
        line = self._line(random, owing if owing and random.random() < 0.6 else left)
        if line not in left or random.random() < 0.2:
            return line, None
        if random.random() < 0.06:
            return line, sum(part.amount for part in uses[line].parts) + 1
        return line, max(left[line] * picked(random, PARTS) // 100 + (random.random() < 0.06), 1)

    def _convert(self, random: Random) -> Content:
        steps_of = {asset: step for (asset, _), (*_, step) in RATES.items()}
        person, asset = self._who_has(random, steps_of)
        into, step = next(into for of, into in RATES if of == asset), steps_of[asset]
        steps = person.available(asset) * picked(random, PARTS) // 100 // step
        return person.number, asset, into, max(steps, 1) * step + (step > 1 and random.random() < 0.1)

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
        spend = self._paying(random, number, basket)
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
        if random.random() < 0.3:
            name = picked(random, self._spent() or [name])
        order = self.books().orders.get(name)
        if order is None or random.random() < 0.3:
            return name, None
        bought = [quantity - order.released[n] for n, (quantity, _) in enumerate(order.basket)]
        return name, self._pieces(random, [quantity - order.returned[n] for n, quantity in enumerate(bought)])

    # ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _who_has(self, random: Random, least: dict[str, int]) -> tuple[Person, str]:
        """Draw somebody and one of these assets, most often one of which they have at least so much."""
        pairs = [(person, asset) for person in self.books().people for asset in least]
        having = [(person, asset) for person, asset in pairs if person.available(asset) >= least[asset]]
        return picked(random, having if having and random.random() < 0.95 else pairs)

    def _line(self, random: Random, left: dict[Posted, int]) -> Posted:
        """Draw a ledger line: most often one of which something is left, now and then any, or one that is not there."""
        if random.random() < 0.06 or not left:
            return self._person(random), MONEY, picked(random, [1, 2, 3, 4, 5, 999])
        fitting = [line for line, much in left.items() if much]
        return picked(random, fitting[-12:] if fitting and random.random() < 0.85 else list(left)[-12:])

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

    def _spent(self) -> list[str]:
        """Return the orders that earned more than is there: a return may leave a debt."""
        found = []
        for name, order in self.books().orders.items():
            person = None if order.person is None else self.books().people[order.person]
            if (
                person
                and order.state in COMMITTED
                and any(much > person.available(asset) for asset, much in order.earns)
            ):
                found.append(name)
        return found[-12:]

    def _basket(self, random: Random) -> Basket:
        return tuple((random.randint(1, 4), picked(random, PRICES)) for _ in range(random.randint(1, 3)))

    def _occurred(self, random: Random) -> datetime | None:
        return self.books().now - timedelta(days=picked(random, AGES)) if random.random() < 0.3 else None

    def _paying(self, random: Random, number: int | None, basket: Basket) -> Spend:
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
