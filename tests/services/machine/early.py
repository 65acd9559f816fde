"""What the services refuse before they look at the key of a call, which so stays as it is."""

from tests.services.machine.draws import Call
from tests.services.machine.till import ABOUT_LINES, ABOUT_ORDERS
from tests.services.oracle.engine import Oracle
from tests.services.oracle.spending import is_step


def refused_early(oracle: Oracle, call: Call) -> str | None:
    """Return why a call of a till is refused, if it is before its key is looked at."""
    books = oracle.books
    if call.operation in ABOUT_ORDERS:
        return None if call.content[0] in books.orders else "NOT_FOUND"
    if call.operation in ABOUT_LINES:
        line = call.content[0]
        number, asset, seq = line
        if line in (books.top_ups if call.operation == "refund" else books.uses):
            return None
        return "INVALID_INPUT" if seq <= len(books.people[number].lines.get(asset, [])) else "NOT_FOUND"
    if call.operation == "convert" and ("till0", "convert", call.key) not in oracle.keys:
        _, *rate_and_amount = call.content
        return None if is_step(*rate_and_amount) else "INVALID_INPUT"
    if call.operation == "appoint":
        payer, agent, *_ = call.content
        return "INVALID_INPUT" if payer == agent else None
    return None
