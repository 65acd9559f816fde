"""How often each thing is drawn, and what was done of it."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from tests.services.machine.calls import Call
from tests.services.oracle.books import Books
from tests.services.oracle.campaigns import BY_CODE
from tests.services.oracle.rights import drawing

CALLS = {
    "commit": 8,
    "hold": 5,
    "capture": 4,
    "cancel": 2,
    "return": 7,
    "adjust": 5,
    "transfer": 3,
    "amend": 2,
    "top_up": 4,
    "refund": 3,
    "spend": 4,
    "undo": 4,
    "convert": 4,
    "appoint": 3,
    "dismiss": 2,
    "issue": 3,
    "claim": 3,
    "void": 2,
    "claim_order": 5,
    "event": 3,
    "tag": 2,
}
"""How often each operation is drawn."""
WEIGHTS = {
    "call": 50,
    "replay": 4,
    "reuse": 3,
    "tills": 4,
    "jump": 14,
    "sweep": 3,
    "several": 6,
    "many": 1,
    "rivals": 3,
}
KINDS = [name for name, weight in WEIGHTS.items() for _ in range(weight)]
"""The kinds of steps, each as often as it is drawn."""
JUMPS = [60, 900, 901, 3_600, 86_400, 86_400, 2 * 86_400, 3 * 86_400, 5 * 86_400, 86_400 * 10, 86_400 * 33]

DONE_MIN = 50
"""How often a whole run does each operation at least; it does each several hundred times."""
AGENTS_MIN = {
    **{f"{operation} by an agent": 5 for operation in ("commit", "hold", "capture", "return", "spend", "undo")},
    **{f"{operation} in a later month": 1 for operation in ("return", "undo")},
    "cancel by an agent": 3,
    "run out by an agent": 3,
}
"""How often a whole run does what agents do, on a payer, and what comes back in a later month than it was drawn."""
CARDS = ("issue", "claim", "void")
CARDS_MIN = {f"{operation} of what was {way}": 5 for operation in CARDS for way in ("paid in", "given")}
"""How often a whole run does what is done with gift cards, of each kind."""
BOUNDED = {code: campaign.most for code, campaign in BY_CODE.items() if campaign.most}
CAMPAIGNS_MIN = {
    **{f"{code} gave": 20 for code in BY_CODE},
    **{f"{code} came back": 2 for code in BOUNDED if code != "CHECK_IN"},
    **{f"{code} was stopped by {bound}": 1 for code, bounds in BOUNDED.items() for bound in bounds},
}
"""How often a whole run does what campaigns do: give, come back with their order, stop at each limit and budget."""
REFUSED_MIN = 1
"""How often a whole run is refused each of these at least; the rarest some twenty times, most a hundred times."""
REFUSED = [
    *((operation, "MEMBER_NOT_ACTIVE") for operation in ("commit", "hold", "transfer", "top_up", "spend", "convert")),
    *((operation, "INSUFFICIENT_BALANCE") for operation in ("commit", "transfer", "refund", "spend", "convert")),
    *((operation, "ALREADY_RETURNED") for operation in ("return", "undo")),
    *((operation, "INVALID_INPUT") for operation in ("undo", "convert")),
    *((operation, "NOT_AGENT") for operation in ("commit", "hold", "capture", "spend", "dismiss")),
    *((operation, "LIMIT_REACHED") for operation in ("commit", "hold", "spend")),
    ("appoint", "MEMBER_NOT_ACTIVE"),
    *((operation, "GIFT_CARD_STATE") for operation in ("claim", "void")),
    *((operation, "INSUFFICIENT_BALANCE") for operation in ("issue", "claim", "void")),
    *((operation, "MEMBER_NOT_ACTIVE") for operation in ("issue", "claim")),
    *((operation, "MEMBER_NOT_ACTIVE") for operation in ("claim_order", "event", "tag")),
    *(("claim_order", code) for code in ("ORDER_CLAIMED", "ORDER_STATE")),
    ("event", "DUPLICATE_EVENT"),
    ("capture", "HOLD_EXPIRED"),
]

made: Counter[str] = Counter()
"""Steps after which both said the same, by database and flavour."""
asked: Counter[str] = Counter()
"""Calls of those steps: a batch has many."""
done: Counter[str] = Counter()
"""Calls that did something, by operation."""
refused: Counter[tuple[str, str]] = Counter()
"""Calls that did nothing, by operation and why."""


def count_done(call: Call, books: Books) -> None:
    """Count a call that did something, also as an agent's, and as one that came in a later month than the draw."""
    done[call.operation] += 1
    draws = None
    if call.operation in {"commit", "hold"}:
        draws = books.orders[call.content[1]].drawing
    elif call.operation in {"capture", "cancel", "return"}:
        draws = books.orders[call.content[0]].drawing
    elif call.operation == "undo":
        draws = books.uses[call.content[0]].drawing
    elif call.operation == "spend" and call.content[3] not in {None, call.content[0]}:
        draws = drawing(call.content[3], books.now)
    elif call.operation in CARDS:
        number = next(reversed(books.cards)) if call.operation == "issue" else call.content[0]
        done[f"{call.operation} of what was {'paid in' if books.cards[number].giver is None else 'given'}"] += 1
    if draws:
        done[f"{call.operation} by an agent"] += 1
        done[f"{call.operation} in a later month"] += draws.month < drawing(0, books.now).month


def count_ended(books: Books) -> None:
    """Count, at the end of some steps, the orders of agents whose time ran out, and what campaigns did."""
    ended = (order for order in books.orders.values() if order.state == "EXPIRED" and order.drawing)
    done["run out by an agent"] += len(list(ended))
    for order in books.orders.values():
        done.update(f"{code} gave" for code in {effect.campaign for effect in order.effects if effect.campaign})
        done.update(f"{code} was stopped by {bound}" for code, bound in order.stopped)
        if order.state == "RETURNED":
            done.update(f"{one.code} came back" for one in order.taken)
    for occasion in books.occasions:
        done.update(f"{one.code} gave" for one in occasion.decided.taken)
        done.update(f"{code} was stopped by {bound}" for code, bound in occasion.decided.stopped)


def too_seldom(operations: Iterable[str]) -> dict[Any, int]:
    """Return what a whole run did, or was refused, too seldom, and how often it was."""
    least = dict.fromkeys(operations, DONE_MIN) | AGENTS_MIN | CARDS_MIN | CAMPAIGNS_MIN
    return {name: done[name] for name in least if done[name] < least[name]} | {
        why: refused[why] for why in REFUSED if refused[why] < REFUSED_MIN
    }
