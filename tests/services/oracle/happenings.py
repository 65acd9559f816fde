"""What somebody did, as it is told, and what campaigns give for it."""

from datetime import datetime

from tests.services.oracle.books import Answer, Books, Occasion
from tests.services.oracle.counts import take
from tests.services.oracle.deciding import Asked, event_decided
from tests.services.oracle.members import active
from tests.services.oracle.people import Refused


def record(books: Books, number: int, code: str, occurred: datetime | None, name: str | None) -> Answer:
    """Record it; under a name only once, and one that does not say when it happened did so when it came."""
    known = next((n for n, one in enumerate(books.occasions) if name and one.name == name), None)
    if known is not None:
        first = books.occasions[known]
        if (number, code, occurred or first.content[2]) != first.content:
            raise Refused("DUPLICATE_EVENT", occasion=known)
        return Answer(replayed=True, person=number, lines=list(first.posted), occasion=known)
    (person,) = active(books, number)
    at = occurred or books.now
    decided = event_decided(Asked(books.counts, books.terms, person, at, books.now), code)
    person.events += 1
    posted = []
    for effect in decided.effects:
        if effect.name:
            person.set_tag(effect.name, books.now, "occasion")
        elif effect.asset:
            line = person.credit(effect.asset, effect.amount, "EARN", "ISSUANCE", books, occurred=at)
            posted.append(line)
    take(books.counts, number, decided.taken)
    books.occasions.append(Occasion((number, code, at), name, posted, decided))
    person.raise_tier()
    return Answer(person=number, lines=posted, occasion=len(books.occasions) - 1)
