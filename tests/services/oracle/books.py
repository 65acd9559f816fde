"""The books: everything that the operations work on, and what they answer."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.services.oracle.counts import Counts
from tests.services.oracle.people import Lot, Part, Person, Posted, Refused
from tests.services.oracle.rights import Drawing
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
    card: int | None = None
    """Which gift card it was, by the number of its bearer."""
    right: tuple[int, int, str] | None = None
    """Which right it was: payer, agent, asset."""
    occasion: int | None = None
    """Which one it was, from 0."""


@dataclass(eq=False)
class TopUp:
    """What was paid in, and what was given on top."""

    lot: Lot
    bonus_lot: Lot | None
    step: tuple[int, int, int]
    """The step of the ladder that it reached."""
    taken: int = 0
    """How much of the principal refunds took."""


@dataclass(eq=False)
class Use:
    """What was used outside an order."""

    parts: list[Part]
    """The first used first."""
    drawing: Drawing | None = None
    """Who used it, if that was an agent."""
    back: int = 0
    """How much was given back: what did not pay a debt is in the parts again."""


@dataclass(eq=False)
class Card:
    """A gift card; what it is worth is with its bearer."""

    asset: str
    amount: int
    giver: int | None
    """Who gave what was theirs; nobody when it was paid in."""
    issued: datetime
    state: str = "ISSUED"
    claimed_by: int | None = None
    settled: datetime | None = None
    sources: list[Any] = field(default_factory=list)
    """The giver's lots, from which those of the bearer came, one for one."""


@dataclass(eq=False)
class Occasion:
    """What somebody did, as it was told, and what that brought."""

    content: tuple[int, str, datetime]
    """Who, what and when."""
    name: str | None
    posted: list[Posted]
    decided: Any
    """See `deciding.Decided`."""


@dataclass
class Books:
    now: datetime
    terms: dict[str, Terms]
    """Of each asset, in the order in which the assets were made."""
    people: list[Person] = field(default_factory=list)
    orders: dict[str, Any] = field(default_factory=dict)
    """`orders.Order` by name."""
    top_ups: dict[Posted, TopUp] = field(default_factory=dict)
    """By the line that paid in."""
    uses: dict[Posted, Use] = field(default_factory=dict)
    """By the line that used."""

    cards: dict[int, Card] = field(default_factory=dict)
    """By the number of the bearer."""
    counts: Counts = field(default_factory=dict)
    """What campaigns gave, where a limit or a budget looks."""
    occasions: list[Occasion] = field(default_factory=list)

    def opened(self, number: int) -> Person:
        """Return a person after what fell due until now; the bearer of a card is none with whom anything is done."""
        person = self.people[number]
        if person.is_bearer:
            raise Refused("INVALID_INPUT")
        person.mature(self.now)
        return person
