"""What every draw chooses from: people, what they have, ledger lines, under keys and names that are new."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any, TypeVar

from tests.services.oracle.books import Books
from tests.services.oracle.people import Person, Posted
from tests.services.oracle.terms import MONEY

T = TypeVar("T")
PARTS = [5, 10, 25, 50, 80, 100, 100, 101]
"""So many percent of what there is."""

Content = tuple[Any, ...]


REST = {"FROZEN": 1, "CLOSED": 2}


@dataclass
class Choosing:
    books: Callable[[], Books]
    names: Any = field(default_factory=lambda: count(1))
    keys: Any = field(default_factory=lambda: count(1))

    def key(self) -> str:
        return f"k{next(self.keys)}"

    def people(self) -> list[Person]:
        """Return everybody but the bearers of gift cards."""
        return [person for person in self.books().people if not person.is_bearer]

    def _person(self, random: Random) -> int:
        """Draw somebody; now and then who is at rest, or the bearer of a card, with whom nothing is done."""
        if (resting := self._resting()) and random.random() < 0.08:
            return picked(random, resting).number
        return picked(random, self.books().people if random.random() < 0.02 else self.people()).number

    def _resting(self) -> list[Person]:
        """Return who is frozen or has left, the latter twice as often: they are fewer."""
        return [person for person in self.people() for _ in range(REST.get(person.status, 0))]

    def _other(self, random: Random, number: int) -> int:
        """Draw somebody else."""
        return picked(random, [person for person in self.people() if person.number != number]).number

    def _who_has(self, random: Random, least: dict[str, int]) -> tuple[Person, str]:
        """Draw somebody and one of these assets, most often one of which they have at least so much."""
        people = self._resting() if random.random() < 0.06 else []
        pairs = [(person, asset) for person in people or self.people() for asset in least]
        having = [(person, asset) for person, asset in pairs if person.available(asset) >= least[asset]]
        return picked(random, having if having and random.random() < 0.95 else pairs)

    def _line(self, random: Random, left: dict[Posted, int]) -> Posted:
        """Draw a ledger line: most often one of which something is left, now and then any, or one that is not there."""
        if random.random() < 0.06 or not left:
            return self._person(random), MONEY, picked(random, [1, 2, 3, 4, 5, 999])
        fitting = [line for line, much in left.items() if much]
        return picked(random, fitting[-12:] if fitting and random.random() < 0.85 else list(left)[-12:])


def picked(random: Random, choices: Sequence[T]) -> T:
    return choices[random.randrange(len(choices))]
