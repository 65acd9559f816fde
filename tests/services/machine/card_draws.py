"""What is asked of gift cards next: which are issued, claimed, taken back."""

from random import Random

from tests.services.machine.choosing import PARTS, Choosing, Content, picked
from tests.services.oracle.terms import MONEY, PAYING

PAID_INTO_CARDS = [1, 20_00, 100_00, 250_07]
NOBODYS_CARD = -1


class CardDraws(Choosing):
    def _issue(self, random: Random) -> Content:
        if random.random() < 0.3:
            return None, MONEY, picked(random, PAID_INTO_CARDS)
        giver, asset = self._who_has(random, dict.fromkeys(PAYING, 1))
        return giver.number, asset, max(giver.available(asset) * picked(random, PARTS) // 100, 1)

    def _claim(self, random: Random) -> Content:
        return self._card(random), self._person(random)

    def _void(self, random: Random) -> Content:
        people, cards = self.books().people, self.books().cards
        givers = {number: cards[number].giver for number in self._unclaimed()}
        at_rest = [number for number, who in givers.items() if who is not None and people[who].status != "ACTIVE"]
        return (picked(random, at_rest) if at_rest and random.random() < 0.5 else self._card(random),)

    def card(self, random: Random) -> int | None:
        """Draw a card that is there, most often one that nobody has claimed."""
        cards, unclaimed = list(self.books().cards), self._unclaimed()
        if not cards:
            return None
        return picked(random, unclaimed[-12:] if unclaimed and random.random() < 0.85 else cards[-12:])

    # ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _card(self, random: Random) -> int:
        """Draw a card; now and then one that is not there."""
        card = None if random.random() < 0.03 else self.card(random)
        return NOBODYS_CARD if card is None else card

    def _unclaimed(self) -> list[int]:
        return [number for number, card in self.books().cards.items() if card.state == "ISSUED"]
