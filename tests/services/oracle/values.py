"""Stored value: paid in with what comes on top, and paid back."""

from tests.services.oracle.books import Answer, Books, TopUp
from tests.services.oracle.members import active
from tests.services.oracle.people import Posted, lacking
from tests.services.oracle.terms import LADDER, MONEY


def top_up(books: Books, number: int, amount: int) -> Answer:
    (person,) = active(books, number)
    reached = [step for step in LADDER if step[0] <= amount]
    step = max(reached) if reached else (0, 0, 0)
    bonus = step[1] or amount * step[2] // 100_00
    lines = [person.credit(MONEY, amount, "TOP_UP", "LIABILITY", books)]
    books.top_ups[lines[0]] = made = TopUp(person.lots[-1], None, step)
    if bonus:
        lines.append(person.credit(MONEY, bonus, "TOP_UP", "ISSUANCE", books, bonus=True))
        made.bonus_lot = person.lots[-1]
    return Answer(person=number, lines=lines)


def refund(books: Books, line: Posted, amount: int | None) -> Answer:
    person, made = books.opened(line[0]), books.top_ups[line]
    principal, bonus = made.lot, made.bonus_lot
    left = 0 if principal.waits_until else principal.left
    if not left or (amount or 0) > left:
        raise lacking("INSUFFICIENT_BALANCE", MONEY, left, amount or principal.amount)
    amount = amount or left
    taken = back = 0
    if bonus:
        in_all = (made.taken + amount) * bonus.amount // principal.amount
        back = in_all - made.taken * bonus.amount // principal.amount
        taken = min(back, 0 if bonus.waits_until else bonus.left)
        bonus.left -= taken
    kept = back - taken
    if kept >= amount:
        raise lacking("INSUFFICIENT_BALANCE", MONEY, 0, amount)
    principal.left -= amount
    made.taken += amount
    lines = [("LIABILITY", amount - kept), ("REDEMPTION", kept), ("ISSUANCE", taken)]
    posted = [person.post(MONEY, "REFUND", -part, contra) for contra, part in lines if part]
    return Answer(person=line[0], lines=posted)
