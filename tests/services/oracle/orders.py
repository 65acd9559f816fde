"""Orders: committed, held, captured, cancelled, run out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.services.oracle.agents import authorise
from tests.services.oracle.books import Answer, Books
from tests.services.oracle.members import check_active
from tests.services.oracle.people import Hold, Part, Person, Posted, Refused
from tests.services.oracle.purchases import Order, Parties, Pieces, Purchase, part_of
from tests.services.oracle.spending import taken_back
from tests.services.oracle.terms import FEN_PER_STAR, MONEY, TIERS, WORTH


def commit(books: Books, number: int | None, name: str, purchase: Purchase) -> Answer:
    content = _content(number, purchase)
    if name in books.orders:
        return _again(books, name, content, ("COMMITTED", "PARTIALLY_RETURNED", "RETURNED"))
    order, parties = _decided(books, name, content)
    if parties:
        buyer, payer = parties
        buyer.events += 1
        for asset, amount in order.spends:
            order.used[asset] = payer.pay(asset, amount, books)
            order.posted.append(payer.post(asset, "SPEND", -amount, "REDEMPTION", drawing=order.drawing))
        _earn(books, order, buyer)
    return Answer(order=name, person=number, lines=list(order.posted))


def hold(books: Books, number: int | None, name: str, purchase: Purchase, seconds: int) -> Answer:
    content = _content(number, purchase)
    if name in books.orders:
        return _again(books, name, content, ("HELD",))
    order, parties = _decided(books, name, content)
    order.state, order.until = "HELD", books.now + timedelta(seconds=seconds)
    lines = []
    if parties:
        buyer, payer = parties
        buyer.events += 1
        reserved = Hold(order, order.until, {})
        for asset, amount in order.spends:
            reserved.parts[asset] = parts = payer.pay(asset, amount, books)
            for part in parts:
                part.lot.held += part.amount
            lines.append(payer.post(asset, "HOLD", -amount, None, held=amount, drawing=order.drawing))
        if order.spends:
            payer.holds.append(reserved)
    return Answer(order=name, person=number, lines=lines)


def capture(books: Books, name: str, pieces: Pieces | None = None) -> Answer:
    order, parties = opened(books, name)
    if order.state not in {"HELD", "EXPIRED"}:
        raise in_state(order)
    order.released = _not_named(order, pieces)
    freed: list[Posted] = []
    if parties:
        buyer, payer = parties
        check_active(*parties)
        buyer.events += 1
        spends = [(asset, whole - part_of(order, whole, order.released)) for asset, whole in order.spends]
        reserved = next((one for one in payer.holds if one.order is order), None)
        if reserved:
            freed = _let_go(order, payer, reserved, books.now)
            payer.holds.remove(reserved)
        else:
            _authorise(order, payer, spends)
        for asset, amount in spends:
            if not amount:
                continue
            if reserved:
                order.used[asset] = reserved.parts[asset]
                for part in reserved.parts[asset]:
                    part.lot.held -= part.amount
                line = payer.post(asset, "SPEND", 0, "REDEMPTION", held=-amount)
            else:
                order.used[asset] = payer.pay(asset, amount, books, "HOLD_EXPIRED")
                line = payer.post(asset, "SPEND", -amount, "REDEMPTION", drawing=order.drawing)
            order.posted.append(line)
        _earn(books, order, buyer)
    order.state = "COMMITTED"
    return Answer(order=name, person=order.person, lines=freed + order.posted)


def cancel(books: Books, name: str) -> Answer:
    order, parties = opened(books, name)
    if order.state != "HELD":
        raise in_state(order)
    lines = []
    if parties:
        buyer, payer = parties
        for reserved in [one for one in payer.holds if one.order is order]:
            lines += payer.free(reserved, books.now)
        buyer.events += 1
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


def opened(books: Books, name: str) -> tuple[Order, Parties | None]:
    """Return an order and whose it is, both as they are now."""
    if name not in books.orders:
        raise Refused("NOT_FOUND")
    order = books.orders[name]
    parties = Parties.of(books, order.person, order.payer)
    if order.state_at(books.now) != order.state:  # nothing of the buyer's fell due with it
        order.state = "EXPIRED"
        if parties:
            parties.buyer.events += 1
    return order, parties


def _content(number: int | None, purchase: Purchase) -> Any:
    """Return what makes an order the same again; who pays with what is theirs needs not be named."""
    return number, purchase._replace(payer=None if purchase.payer == number else purchase.payer)


def _authorise(order: Order, payer: Person, spends: Sequence[tuple[str, int]]) -> None:
    if order.drawing:
        for asset, amount in spends:
            if amount:
                authorise(payer, order.drawing, asset, amount)


def in_state(order: Order, state: str | None = None) -> Refused:
    return Refused("ORDER_STATE", state=state or order.state, order=order.name)


def _not_named(order: Order, pieces: Pieces | None) -> list[int]:
    """Return how many pieces of each line are not captured."""
    named = {str(n + 1): quantity for n, (quantity, _) in enumerate(order.basket)}
    if pieces is not None:
        if any(count > named.get(ref, 0) for ref, count in pieces):
            raise Refused("INVALID_INPUT")
        named = dict(pieces)
    return [quantity - named.get(str(n + 1), 0) for n, (quantity, _) in enumerate(order.basket)]


def _let_go(order: Order, payer: Person, reserved: Hold, now: datetime) -> list[Posted]:
    """Make available again what is not captured, as if it had been used and were given back. A debt is paid first."""
    lines = []
    for asset, whole in order.spends:
        rest = part_of(order, whole, order.released)
        if not rest:
            continue
        goes = taken_back(reserved.parts[asset], rest)
        freed = {id(lot): much for lot, much in goes}
        parts = [Part(lot, much) for lot, much in reversed(goes)]
        lines.append(payer.let_go(asset, parts, now, order.drawing))
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


def _decided(books: Books, name: str, content: Any) -> tuple[Order, Parties | None]:
    """Return a new order as it would be committed: what pays it, what it earns."""
    number, (basket, spend, occurred, payer) = content
    parties = Parties.of(books, number, payer)
    if parties:
        check_active(*parties)
    elif spend:
        raise Refused("INVALID_INPUT")
    subtotal = sum(quantity * price for quantity, price in basket)
    worth = {asset: amount * WORTH[asset] for asset, amount in spend}
    if sum(worth.values()) > subtotal:
        raise Refused("INVALID_INPUT")
    paid = worth.get(MONEY, 0)
    spent = sum(worth.values()) - paid
    at = occurred or books.now
    earns = _earned(books, parties.buyer, subtotal - spent, at) if parties else []
    spends = tuple(sorted(spend, key=lambda one: list(books.terms).index(one[0])))
    order = Order(
        number=len(books.orders),
        name=name,
        content=content,
        person=number,
        payer=number if payer is None else payer,
        basket=basket,
        occurred=at,
        recorded=books.now,
        state="COMMITTED",
        subtotal=subtotal,
        spent=spent,
        paid=paid,
        spends=spends,
        earns=earns,
        returned=[0] * len(basket),
        released=[0] * len(basket),
    )
    if parties:
        _authorise(order, parties.payer, spends)
    books.orders[name] = order
    return order, parties


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
