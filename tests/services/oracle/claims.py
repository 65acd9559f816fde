"""Orders of guests that somebody claims."""

from tests.services.oracle.books import Answer, Books
from tests.services.oracle.counts import give_back, take
from tests.services.oracle.deciding import Asked, order_decided
from tests.services.oracle.members import check_active
from tests.services.oracle.orders import count_order, earn, in_state
from tests.services.oracle.people import Refused
from tests.services.oracle.purchases import Order, part_of


def claim_order(books: Books, name: str, number: int) -> Answer:
    """Give what a guest's order would have given; what it costs stays, and what applied then gives nothing more."""
    person = books.opened(number)
    order: Order = books.orders[name]
    if order.person is not None:
        raise Refused("ORDER_CLAIMED")
    state = order.state_at(books.now)
    if state != "COMMITTED":
        raise in_state(order, state)
    check_active(person)
    gave = frozenset(
        effect.campaign
        for effect in order.effects
        if effect.campaign and effect.amount > part_of(order, effect.amount, order.released, effect.parts)
    )
    asked = Asked(
        books.counts, books.terms, person, order.occurred, books.now, order.lines, order.shipping, settled=gave
    )
    decided = order_decided(asked)
    first = len(order.effects)
    give_back(books.counts, order, lambda much, parts=None: much - part_of(order, much, order.released, parts))
    order.person = order.payer = number
    order.claimed = books.now
    order.effects += decided.effects
    order.taken += decided.taken
    order.stopped |= decided.stopped
    order.counted = bool(order.taken)
    take(books.counts, number, order.taken)
    give_back(books.counts, order, lambda much, parts=None: part_of(order, much, order.released, parts))
    count_order(person, order)
    person.events += 1
    earn(books, order, person, first)
    return Answer(order=name, person=number, lines=list(order.posted))
