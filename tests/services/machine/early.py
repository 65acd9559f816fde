"""What the services refuse before they look at the key of a call, which so stays as it is."""

from tests.services.machine.calls import Call, named, names_one_twice
from tests.services.machine.till import ABOUT_LINES, ABOUT_ORDERS
from tests.services.oracle.engine import Oracle
from tests.services.oracle.spending import is_step


def refused_early(oracle: Oracle, call: Call) -> str | None:
    """Return why a call of a till is refused, if it is before its key is looked at."""
    books, content = oracle.books, call.content
    if call.operation in ABOUT_LINES:
        return _of_line(oracle, call)
    missing = call.operation in {*ABOUT_ORDERS, "claim_order"} and content[0] not in books.orders
    if missing or (call.operation in {"claim", "void"} and content[0] not in books.cards):
        return "NOT_FOUND"
    is_known = ("till0", call.operation, call.key) in oracle.keys
    is_wrong = call.operation == "convert" and not is_step(*content[1:])
    if is_known and (is_wrong or call.operation in {"commit", "hold"}):
        return None
    names_bearer = any(number in books.cards for number in named(call))
    return "INVALID_INPUT" if is_wrong or names_bearer or names_one_twice(call) else None


def _of_line(oracle: Oracle, call: Call) -> str | None:
    books, line = oracle.books, call.content[0]
    number, asset, seq = line
    if line in (books.top_ups if call.operation == "refund" else books.uses):
        return None
    return "INVALID_INPUT" if seq <= len(books.people[number].lines.get(asset, [])) else "NOT_FOUND"
