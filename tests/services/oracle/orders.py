"""Orders: committed, held, captured, cancelled, run out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.services.oracle.agents import authorise
from tests.services.oracle.books import Answer, Books
from tests.services.oracle.counts import give_back, passed, take
from tests.services.oracle.deciding import Asked, order_decided
from tests.services.oracle.members import check_active
from tests.services.oracle.people import Hold, Part, Person, Posted, Refused
from tests.services.oracle.purchases import Order, Parties, Pieces, Purchase, paid_for, part_of
from tests.services.oracle.spending import taken_back
from tests.services.oracle.terms import MONEY, SCALES


def commit(books: Books, number: int | None, name: str, purchase: Purchase) -> Answer:
    content = _content(number, purchase)
    if name in books.orders:
        return _again(books, name, content, ("COMMITTED", "PARTIALLY_RETURNED", "RETURNED"))
    order, parties = _decided(books, name, content)
    if parties:
        buyer, payer = parties
        count_order(buyer, order)
        buyer.events += 1
        for asset, amount in order.spends:
            order.used[asset] = payer.pay(asset, amount, books)
            order.posted.append(payer.post(asset, "SPEND", -amount, "REDEMPTION", drawing=order.drawing))
        earn(books, order, buyer)
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
    if not order.counted:
        _take_again(books, order)
    give_back(books.counts, order, lambda much, parts=None: part_of(order, much, order.released, parts))
    order.counted = bool(order.taken)
    freed: list[Posted] = []
    if parties:
        buyer, payer = parties
        check_active(*parties)
        count_order(buyer, order)
        buyer.events += 1
        spends = list(paid_for(order)[0].items())
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
        earn(books, order, buyer)
    order.state = "COMMITTED"
    return Answer(order=name, person=order.person, lines=freed + order.posted)


def cancel(books: Books, name: str) -> Answer:
    order, parties = opened(books, name)
    if order.state != "HELD":
        raise in_state(order)
    _end_uses(books, order)
    lines = []
    if parties:
        buyer, payer = parties
        for reserved in [one for one in payer.holds if one.order is order]:
            lines += payer.free(reserved, books.now)
        buyer.events += 1
    order.state = "CANCELLED"
    return Answer(order=name, person=order.person, lines=lines)


def sweep(books: Books) -> None:
    """Do what a sweep does: end the holds whose time is over, with their uses of campaigns, and mature everybody."""
    for order in books.orders.values():
        if order.state_at(books.now) != order.state:
            opened(books, order.name)
        if order.state == "EXPIRED":
            _end_uses(books, order)
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


def count_order(person: Person, order: Order) -> None:
    person.orders += 1
    person.last_order = max(order.occurred, person.last_order or order.occurred)


def _end_uses(books: Books, order: Order) -> None:
    """Count no more what an order took of campaigns that came to nothing."""
    if order.counted:
        take(books.counts, order.person, order.taken, sign=-1)
        order.counted = False


def _take_again(books: Books, order: Order) -> None:
    """Count again what an order took whose time had run out, unless others have it now."""
    for one in order.taken:
        wanted = {"money": one.money, "points": one.points, "count": one.times}
        reached = passed(books.counts, one.campaign, order.person, one.day, wanted)
        if reached:
            scale = 2 if reached.bound == "money" else 0
            left, needed = (Decimal(much).scaleb(-scale) for much in (reached.limit - reached.used, reached.wanted))
            raise Refused("HOLD_EXPIRED", asset=None, available=left, required=needed)
    take(books.counts, order.person, order.taken)


def _not_named(order: Order, pieces: Pieces | None) -> list[int]:
    """Return how many pieces of each line are not captured."""
    held = named = order.quantities
    if pieces is not None:
        if any(count > held.get(ref, 0) for ref, count in pieces):
            raise Refused("INVALID_INPUT")
        named = dict(pieces)
    return [quantity - named.get(ref, 0) for ref, quantity in held.items()]


def _let_go(order: Order, payer: Person, reserved: Hold, now: datetime) -> list[Posted]:
    """Make available again what is not captured, as if it had been used and were given back. A debt is paid first."""
    lines = []
    for asset, whole in sorted(order.spends, key=lambda one: list(SCALES).index(one[0])):
        rest = whole - paid_for(order)[0][asset]
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
    """Return a new order as it would be committed: what it costs, what pays it, what it earns."""
    number, purchase = content
    parties = Parties.of(books, number, purchase.payer)
    if parties:
        check_active(*parties)
    elif purchase.spend:
        raise Refused("INVALID_INPUT")
    asked = asking(books, parties.buyer if parties else None, purchase)
    decided = order_decided(asked)
    order = Order(
        number=len(books.orders),
        name=name,
        content=content,
        person=number,
        payer=number if purchase.payer is None else purchase.payer,
        lines=decided.lines,
        listed_shipping=purchase.shipping,
        shipping=decided.shipping,
        occurred=asked.occurred,
        recorded=books.now,
        state="COMMITTED",
        subtotal=sum(quantity * price for quantity, price in purchase.basket),
        payable=decided.payable,
        spent=decided.spent,
        paid=decided.paid,
        effects=decided.effects,
        taken=decided.taken,
        stopped=decided.stopped,
        counted=bool(decided.taken),
        returned=[0] * len(decided.lines),
        released=[0] * len(decided.lines),
    )
    if parties:
        _authorise(order, parties.payer, order.spends)
    take(books.counts, number, order.taken)
    books.orders[name] = order
    return order, parties


def asking(books: Books, buyer: Person | None, purchase: Purchase) -> Asked:
    """Return what is to be decided for a purchase: points pay before stored value, each by the age of the asset."""
    spend = sorted(purchase.spend, key=lambda one: (one[0] == MONEY, list(books.terms).index(one[0])))
    at = purchase.occurred or books.now
    return Asked(books.counts, books.terms, buyer, at, books.now, purchase.lines(), purchase.shipping, spend)


def earn(books: Books, order: Order, person: Person, first: int = 0) -> None:
    """Carry out what an order gives to a person, from one of its effects on."""
    for effect in order.effects[first:]:
        amount = effect.amount - part_of(order, effect.amount, order.released, effect.parts)
        if not amount:
            continue
        if effect.kind == "TAG" and effect.name:
            person.set_tag(effect.name, books.now, f"order {order.name}")
        if effect.kind in {"EARN", "MULTIPLY_EARN"} and effect.asset:
            of = {"occurred": order.occurred, "order": order.name}
            order.posted.append(person.credit(effect.asset, amount, "EARN", "ISSUANCE", books, **of))
    person.raise_tier()
