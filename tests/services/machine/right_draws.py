"""What is asked of agents next: who is appointed, who is dismissed, and who draws."""

from random import Random

from tests.services.machine.choosing import Choosing, Content, picked
from tests.services.oracle.people import Person
from tests.services.oracle.rights import drawing
from tests.services.oracle.terms import PAYING

LIMITS = [None, None, 20, 50, 100, 100, 250]
"""Of a month, in percent of what is there."""


class RightDraws(Choosing):
    def _appoint(self, random: Random) -> Content:
        payer, asset = self._who_has(random, dict.fromkeys(PAYING, 1))
        percent = picked(random, LIMITS)
        limit = None if percent is None else max(payer.available(asset) * percent // 100, 1)
        agent = payer.number if random.random() < 0.03 else self._other(random, payer.number)
        return payer.number, agent, asset, limit

    def _dismiss(self, random: Random) -> Content:
        rights = self._rights(least=0)
        waiting = {
            (order.payer, order.person) for order in self.books().orders.values() if order.state in {"HELD", "EXPIRED"}
        }
        if (used := [right for right in rights if right[:2] in waiting]) and random.random() < 0.4:
            return picked(random, used)
        if rights and random.random() < 0.8:
            return picked(random, rights)
        payer = self._person(random)
        return payer, self._other(random, payer), picked(random, PAYING)

    # ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _drawn(self, random: Random) -> tuple[Person, int] | None:
        """Draw a payer and who draws on them: most often somebody who may, and nobody while there is none."""
        if random.random() < 0.06:
            payer, _ = self._who_has(random, dict.fromkeys(PAYING, 1))
            return payer, self._other(random, payer.number)
        rights = self._rights(least=1)
        number, agent, _ = picked(random, rights) if rights else (None, None, None)
        return None if number is None or agent is None else (self.books().people[number], agent)

    def _drawable(self, payer: Person, agent: int, asset: str) -> int | None:
        """Return how much may be drawn now; None when nothing may be."""
        right = payer.rights.get((agent, asset))
        if right is None or right.until:
            return None
        allowed, available = self._allowed(payer, agent, asset), max(payer.available(asset), 0)
        return available if allowed is None else min(available, allowed)

    def _allowed(self, payer: Person, agent: int, asset: str) -> int | None:
        """Return how much the limit of this month leaves; None when there is none."""
        right = payer.rights.get((agent, asset))
        if right is None or right.limit is None:
            return None
        return max(right.limit - payer.drawn.get((drawing(agent, self.books().now), asset), 0), 0)

    def _rights(self, least: int) -> list[tuple[int, int, str]]:
        """Return who may draw now on whose what, of which so much can be had."""
        return [
            (payer.number, agent, asset)
            for payer in self.books().people
            for agent, asset in payer.rights
            if (room := self._drawable(payer, agent, asset)) is not None and room >= least
        ]
