"""Orders: committed, held, captured, cancelled, run out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tests.services.oracle.books import Answer, Books
from tests.services.oracle.people import Hold, Part, Person, Posted, Refused
from tests.services.oracle.spending import taken_back
from tests.services.oracle.terms import FEN_PER_STAR, MONEY, TIERS, WORTH

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


@dataclass(eq=False)
class Order:
    number: int
    name: str
    content: Any
    person: int | None
    basket: Basket
    occurred: datetime
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
    takings: dict[str, Any] = field(default_factory=dict)
    """What its returns took of each asset in all: see `returns.Taking`."""

    @property
    def due(self) -> int:
        """What is to be paid outside when all of it is bought."""
        return self.subtotal - self.spent - self.paid

    def state_at(self, now: datetime) -> str:
        """Return the state as readers should know it: a hold whose time is over has run out."""
        return "EXPIRED" if self.state == "HELD" and self.until and self.until <= now else self.state


def commit(books: Books, number: int | None, name: str, purchase: Purchase) -> Answer:
    content = (number, purchase)
    if name in books.orders:
        return _again(books, name, content, ("COMMITTED", "PARTIALLY_RETURNED", "RETURNED"))
    order, person = _decided(books, name, content)
    if person:
        person.events += 1
        for asset, amount in order.spends:
            order.used[asset] = person.pay(asset, amount, books)
            order.posted.append(person.post(asset, "SPEND", -amount, "REDEMPTION"))
        _earn(books, order, person)
    return Answer(order=name, person=number, lines=list(order.posted))


def hold(books: Books, number: int | None, name: str, purchase: Purchase, seconds: int) -> Answer:
    content = (number, purchase)
    if name in books.orders:
        return _again(books, name, content, ("HELD",))
    order, person = _decided(books, name, content)
    order.state, order.until = "HELD", books.now + timedelta(seconds=seconds)
    lines = []
    if person:
        person.events += 1
        reserved = Hold(order, order.until, {})
        for asset, amount in order.spends:
            reserved.parts[asset] = parts = person.pay(asset, amount, books)
            for part in parts:
                part.lot.held += part.amount
            lines.append(person.post(asset, "HOLD", -amount, None, held=amount))
        if order.spends:
            person.holds.append(reserved)
    return Answer(order=name, person=number, lines=lines)


def capture(books: Books, name: str, pieces: Pieces | None = None) -> Answer:
    order, person = opened(books, name)
    if order.state not in {"HELD", "EXPIRED"}:
        raise in_state(order)
    order.released = _not_named(order, pieces)
    freed: list[Posted] = []
    if person:
        if person.status != "ACTIVE":
            raise Refused("MEMBER_NOT_ACTIVE", status=person.status)
        person.events += 1
        reserved = next((one for one in person.holds if one.order is order), None)
        if reserved:
            freed = _let_go(order, person, reserved, books.now)
        for asset, whole in order.spends:
            amount = whole - part_of(order, whole, order.released)
            if not amount:
                continue
            if reserved:
                order.used[asset] = reserved.parts[asset]
                for part in reserved.parts[asset]:
                    part.lot.held -= part.amount
                order.posted.append(person.post(asset, "SPEND", 0, "REDEMPTION", held=-amount))
            else:
                order.used[asset] = person.pay(asset, amount, books, "HOLD_EXPIRED")
                order.posted.append(person.post(asset, "SPEND", -amount, "REDEMPTION"))
        if reserved:
            person.holds.remove(reserved)
        _earn(books, order, person)
    order.state = "COMMITTED"
    return Answer(order=name, person=order.person, lines=freed + order.posted)


def cancel(books: Books, name: str) -> Answer:
    order, person = opened(books, name)
    if order.state != "HELD":
        raise in_state(order)
    lines = []
    if person:
        for reserved in [one for one in person.holds if one.order is order]:
            lines += person.free(reserved, books.now)
        person.events += 1
    order.state = "CANCELLED"
    return Answer(order=name, person=order.person, lines=lines)


def sweep(books: Books) -> None:
    """Do what a sweep does: end the holds whose time is over, and mature everybody."""
    for order in books.orders.values():
        if order.state_at(books.now) != order.state:
            opened(books, order.name)
    for person in books.people:
        person.mature(books.now)


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def opened(books: Books, name: str) -> tuple[Order, Person | None]:
    """Return an order and whose it is, both as they are now."""
    if name not in books.orders:
        raise Refused("NOT_FOUND")
    order = books.orders[name]
    person = None if order.person is None else books.opened(order.person)
    if order.state_at(books.now) != order.state:  # it reserved nothing, so nothing of the person's fell due
        order.state = "EXPIRED"
        if person:
            person.events += 1
    return order, person


def in_state(order: Order, state: str | None = None) -> Refused:
    return Refused("ORDER_STATE", state=state or order.state, order=order.name)


def part_of(order: Order, amount: int, pieces: list[int]) -> int:
    """Return how much of an amount belongs to so many pieces: by price, or where all is free by pieces."""
    if all(pieces[n] == quantity for n, (quantity, _) in enumerate(order.basket)):
        return amount
    prices = [price for _, price in order.basket] if order.subtotal else [1] * len(order.basket)
    total = sum(quantity * price for (quantity, _), price in zip(order.basket, prices, strict=True))
    return amount * sum(count * price for count, price in zip(pieces, prices, strict=True)) // total


def _not_named(order: Order, pieces: Pieces | None) -> list[int]:
    """Return how many pieces of each line are not captured."""
    named = {str(n + 1): quantity for n, (quantity, _) in enumerate(order.basket)}
    if pieces is not None:
        if any(count > named.get(ref, 0) for ref, count in pieces):
            raise Refused("INVALID_INPUT")
        named = dict(pieces)
    return [quantity - named.get(str(n + 1), 0) for n, (quantity, _) in enumerate(order.basket)]


def _let_go(order: Order, person: Person, reserved: Hold, now: datetime) -> list[Posted]:
    """Make available again what is not captured, as if it had been used and were given back. A debt is paid first."""
    lines = []
    for asset, whole in order.spends:
        rest = part_of(order, whole, order.released)
        if not rest:
            continue
        goes = taken_back(reserved.parts[asset], rest)
        freed = {id(lot): much for lot, much in goes}
        lines.append(person.let_go(asset, [Part(lot, much) for lot, much in reversed(goes)], now))
        stays = [Part(part.lot, part.amount - freed.get(id(part.lot), 0)) for part in reserved.parts[asset]]
        reserved.parts[asset] = stays
    return lines


def _again(books: Books, name: str, content: Any, states: Sequence[str]) -> Answer:
    """Answer a name that is known: the same content is the same order, if it is where the call would bring it."""
    order = books.orders[name]
    if order.content != content:
        raise Refused("DUPLICATE_ORDER", order=name)
    state = order.state_at(books.now)
    if state not in states:
        raise in_state(order, state)
    return Answer(replayed=True, order=name, person=order.person, lines=list(order.posted))


def _decided(books: Books, name: str, content: Any) -> tuple[Order, Person | None]:
    """Return a new order as it would be committed: what pays it, what it earns."""
    number, (basket, spend, occurred) = content
    person = None if number is None else books.opened(number)
    if person and person.status != "ACTIVE":
        raise Refused("MEMBER_NOT_ACTIVE", status=person.status)
    if spend and not person:
        raise Refused("INVALID_INPUT")
    subtotal = sum(quantity * price for quantity, price in basket)
    worth = {asset: amount * WORTH[asset] for asset, amount in spend}
    if sum(worth.values()) > subtotal:
        raise Refused("INVALID_INPUT")
    paid = worth.get(MONEY, 0)
    spent = sum(worth.values()) - paid
    at = occurred or books.now
    earns = _earned(books, person, subtotal - spent, at) if person else []
    spends = tuple(sorted(spend, key=lambda one: list(books.terms).index(one[0])))
    order = Order(
        len(books.orders), name, content, number, basket, at, "COMMITTED", subtotal, spent, paid, spends, earns
    )
    order.returned, order.released = [0] * len(basket), [0] * len(basket)
    books.orders[name] = order
    return order, person


def _earned(books: Books, person: Person, total: int, occurred: datetime) -> list[tuple[str, int]]:
    """Return what an order gives: points, stars, progress, then what the tier adds to the points; nothing that is 0."""
    over = {asset: terms.over(occurred, books.now) for asset, terms in books.terms.items()}
    points = 0 if over["POINTS"] else total // 100
    stars = 0 if over["STARS"] else total // FEN_PER_STAR
    progress = 0 if over["TIER"] else total
    more = points * TIERS[person.tier][2] // 10 - points
    return [(a, n) for a, n in (("POINTS", points), ("STARS", stars), ("TIER", progress), ("POINTS", more)) if n]


def _earn(books: Books, order: Order, person: Person) -> None:
    for asset, whole in order.earns:
        amount = whole - part_of(order, whole, order.released)
        if amount:
            order.posted.append(
                person.credit(asset, amount, "EARN", "ISSUANCE", books, occurred=order.occurred, order=order.name)
            )
    person.raise_tier()
