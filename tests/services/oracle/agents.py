"""Agents: appointed, dismissed, and what they may draw."""

from decimal import Decimal

from tests.services.oracle.books import Answer, Books
from tests.services.oracle.members import active
from tests.services.oracle.people import Person, Refused
from tests.services.oracle.rights import Drawing, Right
from tests.services.oracle.terms import SCALES


def appoint(books: Books, number: int, agent: int, asset: str, limit: int | None) -> Answer:
    payer, member = active(books, number, agent)
    right = payer.rights.setdefault((agent, asset), Right(limit, books.now))
    right.limit = limit
    if right.until:
        right.since, right.until = books.now, None
    payer.events, member.events = payer.events + 1, member.events + 1
    return Answer(person=number, right=(number, agent, asset))


def dismiss(books: Books, number: int, agent: int, asset: str) -> Answer:
    """End a right; what was reserved by it stays reserved."""
    payer, member = books.opened(number), books.opened(agent)
    _right(payer, agent, asset).until = books.now
    payer.events, member.events = payer.events + 1, member.events + 1
    return Answer(person=number, right=(number, agent, asset))


def authorise(payer: Person, drawing: Drawing, asset: str, amount: int) -> None:
    """Refuse what somebody has no right to draw, or not in that month any more."""
    right = _right(payer, drawing.agent, asset)
    if right.limit is not None and payer.drawn.get((drawing, asset), 0) + amount > right.limit:
        raise Refused("LIMIT_REACHED", limit=str(Decimal(right.limit).scaleb(-SCALES[asset])))


def _right(payer: Person, agent: int, asset: str) -> Right:
    right = payer.rights.get((agent, asset))
    if right is None or right.until:
        raise Refused("NOT_AGENT", asset=asset)
    return right
