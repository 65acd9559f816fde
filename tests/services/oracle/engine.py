"""The naive engine: every operation by its name, each under a key; a refused one leaves everything as it was."""

import pickle
from copy import deepcopy
from datetime import datetime
from typing import Any

from tests.services.oracle import agents, claims, gifts, happenings, members, orders, returns, spending, values
from tests.services.oracle.books import Answer, Books
from tests.services.oracle.people import Person, Refused
from tests.services.oracle.terms import Terms

OPERATIONS = {
    "enrol": members.enrol,
    "amend": members.amend,
    "adjust": members.adjust,
    "transfer": members.transfer,
    "commit": orders.commit,
    "hold": orders.hold,
    "capture": orders.capture,
    "cancel": orders.cancel,
    "return": returns.give_back,
    "top_up": values.top_up,
    "refund": values.refund,
    "spend": spending.spend,
    "undo": spending.undo,
    "convert": spending.convert,
    "appoint": agents.appoint,
    "dismiss": agents.dismiss,
    "issue": gifts.issue,
    "claim": gifts.claim,
    "void": gifts.void,
    "claim_order": claims.claim_order,
    "event": happenings.record,
    "tag": members.tag,
}


class Oracle:
    def __init__(self, now: datetime, terms: dict[str, Terms]) -> None:
        self.books = Books(now, terms)
        self.keys: dict[Any, tuple[Any, Answer]] = {}
        self.last: tuple[Any, bytes] = (None, b"")

    @property
    def now(self) -> datetime:
        return self.books.now

    def ask(self, scope: str, key: str, operation: str, *content: Any) -> Answer:
        """Answer a call: a known key as before, a new one by trying the operation."""
        known = self.keys.get((scope, operation, key))
        if known:
            return self._again(known, content)
        before = pickle.dumps(self.books)
        self.last = (scope, operation, key), before
        try:
            answer = OPERATIONS[operation](self.books, *content)
        except Refused as refused:
            answer = Answer(refusal=refused.code, facts=refused.facts)
            self.books = pickle.loads(before)  # noqa: S301
        for person in self.books.people:
            person.check()
        self.keys[scope, operation, key] = (content, answer)
        return deepcopy(answer)

    def take_back(self) -> None:
        """Forget the last call, which was new."""
        key, before = self.last
        del self.keys[key]
        self.books = pickle.loads(before)  # noqa: S301

    def _again(self, known: tuple[Any, Answer], content: Any) -> Answer:
        if known[0] != content:
            return Answer(refusal="IDEMPOTENCY_KEY_REUSED")
        answer = deepcopy(known[1])
        answer.replayed = answer.refusal is None
        return answer

    def sweep(self) -> None:
        orders.sweep(self.books)

    def seen(self) -> list[Person]:
        """Return everybody as readers see them: matured, though no command has done it."""
        copy: Books = pickle.loads(pickle.dumps(self.books))  # noqa: S301
        for person in copy.people:
            person.mature(copy.now)
        return copy.people
