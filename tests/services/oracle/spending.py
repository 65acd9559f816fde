"""Balances used outside an order, given back, converted."""

from decimal import Decimal

from tests.services.oracle.agents import authorise
from tests.services.oracle.books import Answer, Books, Use
from tests.services.oracle.members import active
from tests.services.oracle.people import Lot, Part, Posted, Refused
from tests.services.oracle.rights import drawing
from tests.services.oracle.terms import DAY, RATES, SCALES


def spend(books: Books, number: int, asset: str, amount: int, agent: int | None) -> Answer:
    person, *_ = active(books, *dict.fromkeys(who for who in (number, agent) if who is not None))
    draws = None if agent in {None, number} else drawing(agent or 0, books.now)
    if draws:
        authorise(person, draws, asset, amount)
    parts = person.pay(asset, amount, books)
    line = person.post(asset, "SPEND", -amount, "REDEMPTION", drawing=draws)
    books.uses[line] = Use(parts, draws)
    return Answer(person=number, lines=[line])


def undo(books: Books, line: Posted, amount: int | None) -> Answer:
    number, asset, _ = line
    person, use = books.opened(number), books.uses[line]
    used = sum(part.amount for part in use.parts)
    left = used - use.back
    amount = left if amount is None else amount
    if amount > used:
        raise Refused("INVALID_INPUT")
    if amount > left or not left:
        raise Refused("ALREADY_RETURNED", left=Decimal(left).scaleb(-SCALES[asset]))
    use.back += amount
    owed = min(max(-person.available(asset), 0), amount)
    new = {True: 0, False: 0}
    for lot, given in taken_back(use.parts, amount - owed):
        if lot.usable(books.now):
            lot.left += given
        else:
            new[lot.bonus] += given
    ends = books.now + books.terms[asset].grace_days * DAY
    person.lots += [Lot(asset, given, given, None, ends, bonus=bonus) for bonus, given in new.items() if given]
    return Answer(person=number, lines=[person.post(asset, "RETURN", amount, "REDEMPTION", drawing=use.drawing)])


def convert(books: Books, number: int, asset: str, into: str, amount: int) -> Answer:
    (person,) = active(books, number)
    if not is_step(asset, into, amount):
        raise Refused("INVALID_INPUT")
    gives_for, gives, _ = RATES[asset, into]
    person.pay(asset, amount, books)
    lines = [person.post(asset, "CONVERT", -amount, "CLEARING")]
    lines.append(person.credit(into, amount * gives // gives_for, "CONVERT", "CLEARING", books))
    person.raise_tier()
    return Answer(person=number, lines=lines)


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def is_step(asset: str, into: str, amount: int) -> bool:
    """Whether so much can be converted."""
    return amount % RATES[asset, into][2] == 0


def taken_back(parts: list[Part], amount: int) -> list[tuple[Lot, int]]:
    """Say to which lots so much goes back, beside what went back to them before.

    What stays used has bonus in the proportion in which it was used, rounded down; of each the first used stays used.
    """
    used, used_bonus = sum(part.amount for part in parts), sum(part.amount for part in parts if part.lot.bonus)
    stays = used - sum(part.back for part in parts) - amount
    stays_of = {True: stays * used_bonus // used, False: stays - stays * used_bonus // used}
    back = []
    for part in parts:
        stays_of_lot = min(part.amount, stays_of[part.lot.bonus])
        stays_of[part.lot.bonus] -= stays_of_lot
        back.append((part.lot, part.amount - part.back - stays_of_lot))
        part.back = part.amount - stays_of_lot
    assert not any(stays_of.values())
    return [(lot, given) for lot, given in reversed(back) if given]
