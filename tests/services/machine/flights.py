"""Which commands of one batch the writer decides later than those after them, and so in another order."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.commands import Command
from services.writer.queue import _names

COUNTING = frozenset({"commit", "hold", "capture", "cancel", "return", "claim_order", "event"})
"""Operations that count uses of campaigns, which members share: their order makes a difference to all."""


@dataclass
class _Flight:
    names: set[Any] = field(default_factory=set)
    members: set[UUID] = field(default_factory=set)
    """Those of commands that it leaves to the next."""


@dataclass
class Flights:
    """What is decided together of a batch: what meets itself is left for the next one, and what follows by member."""

    flights: list[_Flight] = field(default_factory=list)
    latest: int = 0
    """The latest one that counts uses."""

    def keeps_order(self, command: Command, *, counts: bool) -> bool:
        """Add a command, unless it counts uses before one that came earlier."""
        names, members = set(_names(command)), set(command.locks)
        place = 0
        while place < len(self.flights) and self._meets(self.flights[place], names, members):
            place += 1
        if counts and place < self.latest:
            return False
        if place == len(self.flights):
            self.flights.append(_Flight())
        for flight in self.flights[:place]:
            flight.members |= members
        for flight in self.flights[: place + 1]:
            flight.names |= names
        if counts:
            self.latest = place
        return True

    @staticmethod
    def _meets(flight: _Flight, names: set[Any], members: set[UUID]) -> bool:
        return not (flight.names.isdisjoint(names) and flight.members.isdisjoint(members))
