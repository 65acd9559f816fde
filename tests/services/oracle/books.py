"""The books: everything that the operations work on, and what they answer."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.services.oracle.people import Person, Posted
from tests.services.oracle.terms import Terms


@dataclass
class Answer:
    """What a caller is told."""

    refusal: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    replayed: bool = False
    order: str | None = None
    person: int | None = None
    lines: list[Posted] = field(default_factory=list)
    returned: int | None = None
    """Which return of the order it was."""


@dataclass
class Books:
    now: datetime
    terms: dict[str, Terms]
    """Of each asset, in the order in which the assets were made."""
    people: list[Person] = field(default_factory=list)
    orders: dict[str, Any] = field(default_factory=dict)
    """`orders.Order` by name."""

    def opened(self, number: int) -> Person:
        """Return a person after what fell due until now."""
        person = self.people[number]
        person.mature(self.now)
        return person
