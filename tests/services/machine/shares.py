"""How often each thing is drawn, and what was done of it."""

from collections import Counter

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
}
"""How often each operation is drawn."""
WEIGHTS = {"call": 50, "replay": 4, "reuse": 3, "tills": 4, "jump": 14, "sweep": 3, "several": 6, "many": 1}
KINDS = [name for name, weight in WEIGHTS.items() for _ in range(weight)]
"""The kinds of steps, each as often as it is drawn."""
JUMPS = [60, 900, 901, 3_600, 86_400, 86_400, 2 * 86_400, 3 * 86_400, 5 * 86_400, 86_400 * 10, 86_400 * 33]

DONE_MIN = 50
"""How often a whole run does each operation at least; it does each several hundred times."""
REFUSED_MIN = 5
"""How often a whole run is refused each of these at least; most it is a hundred times."""
REFUSED = [
    *((operation, "MEMBER_NOT_ACTIVE") for operation in ("commit", "hold", "transfer", "top_up", "spend", "convert")),
    *((operation, "INSUFFICIENT_BALANCE") for operation in ("commit", "transfer", "refund", "spend", "convert")),
    *((operation, "ALREADY_RETURNED") for operation in ("return", "undo")),
    *((operation, "INVALID_INPUT") for operation in ("undo", "convert")),
]

made: Counter[str] = Counter()
"""Steps after which both said the same, by database and flavour."""
asked: Counter[str] = Counter()
"""Calls of those steps: a batch has many."""
done: Counter[str] = Counter()
"""Calls that did something, by operation."""
refused: Counter[tuple[str, str]] = Counter()
"""Calls that did nothing, by operation and why."""
