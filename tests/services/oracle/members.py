"""Members enrolled and amended; balances adjusted, and moved from one member to another."""

from tests.services.oracle.books import Answer, Books
from tests.services.oracle.people import Person, Refused


def enrol(books: Books, phone: str | None) -> Answer:
    _free(books, phone)
    books.people.append(Person(len(books.people), phone))
    return Answer(person=len(books.people) - 1)


def amend(books: Books, number: int, field_name: str, value: str | None) -> Answer:
    person = books.opened(number)
    if person.status == "CLOSED":
        raise Refused("MEMBER_NOT_ACTIVE", status="CLOSED")
    if getattr(person, field_name) != value:
        if field_name == "phone":
            _free(books, value)
        setattr(person, field_name, value)
        person.events += 1
    return Answer(person=number)


def adjust(books: Books, number: int, asset: str, amount: int) -> Answer:
    person = books.opened(number)
    if person.status == "CLOSED":
        raise Refused("MEMBER_NOT_ACTIVE", status="CLOSED")
    if amount > 0:
        line = person.credit(asset, amount, "ADJUST", "ADJUSTMENT", books)
    else:
        person.take(asset, -amount, books)
        line = person.post(asset, "ADJUST", amount, "ADJUSTMENT")
    person.raise_tier()
    return Answer(person=number, lines=[line])


def tag(books: Books, number: int, add: tuple[str, ...], remove: tuple[str, ...]) -> Answer:
    person = books.opened(number)
    if person.status == "CLOSED":
        raise Refused("MEMBER_NOT_ACTIVE", status="CLOSED")
    before = dict(person.tags)
    for one in remove:
        person.tags.pop(one, None)
    for one in add:
        person.set_tag(one, books.now, "hand")
    person.events += person.tags != before
    return Answer(person=number)


def transfer(books: Books, number: int, to: int, asset: str, amount: int) -> Answer:
    giver, taker = active(books, number, to)
    parts = giver.take(asset, amount, books)
    lines = [giver.post(asset, "TRANSFER", -amount, "CLEARING"), taker.receive(asset, parts)]
    return Answer(person=number, lines=lines)


def active(books: Books, *numbers: int) -> list[Person]:
    """Return people after what fell due until now, each of whom may act."""
    people = [books.opened(number) for number in numbers]
    check_active(*people)
    return people


def check_active(*people: Person) -> None:
    for person in people:
        if person.status != "ACTIVE":
            raise Refused("MEMBER_NOT_ACTIVE", status=person.status)


def _free(books: Books, phone: str | None) -> None:
    if phone and any(person.phone == phone and person.status != "CLOSED" for person in books.people):
        raise Refused("PHONE_TAKEN")
