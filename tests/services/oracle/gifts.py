"""Gift cards: issued of what is paid in or of what somebody gives, claimed, taken back."""

from tests.services.oracle.books import Answer, Books, Card, TopUp
from tests.services.oracle.members import active, check_active
from tests.services.oracle.people import Lot, Part, Person, Posted, Refused, lacking
from tests.services.oracle.spending import taken_back


def issue(books: Books, giver: int | None, asset: str, amount: int) -> Answer:
    sources: list[Lot] = []
    if giver is None:
        bearer = _bearer(books)
        lines = [bearer.credit(asset, amount, "TOP_UP", "LIABILITY", books)]
        books.top_ups[lines[0]] = TopUp(bearer.lots[-1], None, (0, 0, 0))
    else:
        (person,) = active(books, giver)
        bearer = _bearer(books)
        parts = person.take(asset, amount, books)
        lines = _given(person, bearer, asset, parts)
        sources = [part.lot for part in parts]
    books.cards[bearer.number] = Card(asset, amount, giver, books.now, sources=sources)
    return Answer(person=lines[0][0], lines=lines, card=bearer.number)


def claim(books: Books, number: int, to: int) -> Answer:
    taker = books.people[number] if to == number else books.opened(to)
    card, bearer = _open(books, number)
    if taker is bearer:
        raise Refused("INVALID_INPUT")
    check_active(taker)
    card.claimed_by = to
    parts = bearer.take(card.asset, _left(card, bearer), books)
    return _settled(books, bearer, "CLAIMED", _given(bearer, taker, card.asset, parts))


def void(books: Books, number: int) -> Answer:
    card, bearer = _open(books, number)
    left = _left(card, bearer)
    if card.giver is None:
        bearer.take(card.asset, left, books)
        return _settled(books, bearer, "VOID", [bearer.post(card.asset, "REFUND", -left, "LIABILITY")])
    giver = books.opened(card.giver)
    if giver.status == "CLOSED":  # one who is frozen gets back what was theirs
        raise Refused("MEMBER_NOT_ACTIVE", status="CLOSED")
    came_from = dict(zip(map(id, bearer.lots), card.sources, strict=True))
    back = [Part(came_from[id(part.lot)], part.amount) for part in bearer.take(card.asset, left, books)]
    owed = min(max(-giver.available(card.asset), 0), left)
    lines = [bearer.post(card.asset, "TRANSFER", -left, "CLEARING")]
    for lot, much in taken_back(back, left - owed):
        lot.left += much
    return _settled(books, bearer, "VOID", [*lines, giver.post(card.asset, "TRANSFER", left, "CLEARING")])


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _bearer(books: Books) -> Person:
    books.people.append(Person(len(books.people), None, is_bearer=True))
    return books.people[-1]


def _open(books: Books, number: int) -> tuple[Card, Person]:
    """Return a card that nobody has claimed yet, and its bearer."""
    card, bearer = books.cards[number], books.people[number]
    bearer.mature(books.now)
    if card.state != "ISSUED":
        raise Refused("GIFT_CARD_STATE", state=card.state)
    return card, bearer


def _left(card: Card, bearer: Person) -> int:
    """Return what is left of a card, all of which moves; nothing may be there, or nothing yet."""
    left = bearer.available(card.asset)
    if not left:
        raise lacking("INSUFFICIENT_BALANCE", card.asset, 0, card.amount)
    return left


def _given(giver: Person, taker: Person, asset: str, parts: list[Part]) -> list[Posted]:
    amount = sum(part.amount for part in parts)
    return [giver.post(asset, "TRANSFER", -amount, "CLEARING"), taker.receive(asset, parts)]


def _settled(books: Books, bearer: Person, state: str, lines: list[Posted]) -> Answer:
    """Say what became of a card; its bearer is closed then."""
    card = books.cards[bearer.number]
    card.state, card.settled, bearer.status = state, books.now, "CLOSED"
    bearer.events += 1
    return Answer(person=bearer.number, lines=lines, card=bearer.number)
