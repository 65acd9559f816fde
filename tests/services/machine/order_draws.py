"""What is asked of orders next: of new ones, of those that are held, of those that were bought."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from tests.services.machine.choosing import Content, picked
from tests.services.machine.right_draws import RightDraws
from tests.services.oracle.deciding import order_decided
from tests.services.oracle.orders import asking
from tests.services.oracle.people import Person
from tests.services.oracle.purchases import Basket, Pieces, Purchase, Spend
from tests.services.oracle.terms import PAYING, WORTH

PRICES = [0, 1, 99, 12_50, 33_33, 100_00, 100_00, 500_00, 999_99]
FREIGHT = [0, 0, 8_00, 15_99]
AGES = [0, 1, 4, 9, 10, 11, 29, 31]
SECONDS = [60, 900, 900, 86_400, 5 * 86_400, 12 * 86_400]
PERCENTS = [10, 50, 100, 100, 101]
HELD = ("HELD", "EXPIRED")
COMMITTED = ("COMMITTED", "PARTIALLY_RETURNED")


class OrderDraws(RightDraws):
    def _commit(self, random: Random) -> Content:
        orders = self.books().orders
        if orders and random.random() < 0.12:
            known = picked(random, list(orders))
            number, purchase = orders[known].content
            if random.random() < 0.5:
                purchase = purchase._replace(basket=self._basket(random))
            return number, known, purchase
        number = None if random.random() < 0.2 else self._person(random)
        payer = number if random.random() < 0.04 else None  # who pays with what is theirs needs no right
        priced = Purchase(self._basket(random), (), self._occurred(random), shipping=picked(random, FREIGHT))
        drawn = self._drawn(random) if number is not None and random.random() < 0.5 else None
        if drawn:
            drawn_on, number = drawn
            payer, spend = drawn_on.number, self._paying_for(random, drawn_on, number, priced)
        else:
            spend = self._paying(random, number, priced)
        payer = payer if spend and number is not None else None
        return number, f"A{next(self.names)}", priced._replace(spend=spend, payer=payer)

    def _hold(self, random: Random) -> Content:
        return *self._commit(random), picked(random, SECONDS)

    def _capture(self, random: Random) -> Content:
        if (dismissed := self._held_by_dismissed()) and random.random() < 0.5:
            return picked(random, dismissed), None
        late = any(order.state == "EXPIRED" for order in self.books().orders.values())
        name = self._order(random, ("EXPIRED",) if late and random.random() < 0.3 else HELD)
        order = self.books().orders.get(name)
        if order is None or random.random() < 0.4:
            return name, None
        return name, self._pieces(random, order.quantities)

    def _held_by_dismissed(self) -> list[str]:
        """Return orders whose hold has run out, and which the buyer may not pay any more with what another one has."""
        found = []
        for name, order in self.books().orders.items():
            if order.state == "EXPIRED" and order.drawing and order.payer is not None and order.person is not None:
                rights = self.books().people[order.payer].rights
                had = [rights.get((order.person, asset)) for asset, _ in order.spends]
                found += [name] if any(right is None or right.until for right in had) else []
        return found

    def _cancel(self, random: Random) -> Content:
        return (self._order(random, ("HELD",)),)

    def _return(self, random: Random) -> Content:
        name = self._order(random, COMMITTED)
        if random.random() < 0.3:
            name = picked(random, self._spent() or [name])
        order = self.books().orders.get(name)
        if order is None or random.random() < 0.3:
            return name, None
        gone = [released + returned for released, returned in zip(order.released, order.returned, strict=True)]
        pieces = zip(order.quantities.items(), gone, strict=True)
        return name, self._pieces(random, {ref: quantity - less for (ref, quantity), less in pieces})

    def _claim_order(self, random: Random) -> Content:
        """Draw somebody for a guest's order, now and then for one that is not there to be claimed, or for another."""
        orders, chance = self.books().orders, random.random()
        guests = self.guests()
        ready = [name for name in guests if orders[name].state == "COMMITTED"]
        others = [name for name in guests if orders[name].state != "COMMITTED"]
        wanted = ready if chance < 0.75 else others if chance < 0.9 else []
        name = picked(random, wanted[-6:]) if wanted else self._order(random, COMMITTED)
        resting = self._resting() if random.random() < 0.15 else []
        return name, picked(random, resting).number if resting else self._person(random)

    def guests(self) -> list[str]:
        """Return the orders that nobody has claimed."""
        return [name for name, order in self.books().orders.items() if order.person is None]

    # ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _order(self, random: Random, states: Sequence[str]) -> str:
        """Draw an order, most often one in these states; a name that nobody has when there is none."""
        orders = self.books().orders
        fitting = [name for name, order in orders.items() if order.state in states]
        by_agents = [name for name in fitting if orders[name].drawing]
        if by_agents and random.random() < 0.4:
            return picked(random, by_agents[-12:])
        if fitting and random.random() < 0.85:
            return picked(random, fitting[-12:])
        return picked(random, list(orders)[-12:]) if orders else "A0"

    def _pieces(self, random: Random, left: dict[str, int]) -> Pieces:
        """Draw some of the pieces that are left of each line; now and then of a line that is not, or one too many."""
        if random.random() < 0.05:
            return (("9", 1),)
        lines = [ref for ref, count in left.items() if count] or ["1"]
        chosen = sorted({picked(random, lines) for _ in range(2)})
        return tuple((ref, random.randint(1, max(left[ref], 1) + (random.random() < 0.05))) for ref in chosen)

    def _spent(self) -> list[str]:
        """Return the orders that earned more than is there: a return may leave a debt."""
        found = []
        for name, order in self.books().orders.items():
            person = None if order.person is None else self.books().people[order.person]
            if (
                person
                and order.state in COMMITTED
                and any(effect.amount > person.available(asset) for asset, effect in order.earns)
            ):
                found.append(name)
        return found[-12:]

    def _basket(self, random: Random) -> Basket:
        return tuple((random.randint(1, 4), picked(random, PRICES)) for _ in range(random.randint(1, 3)))

    def _occurred(self, random: Random) -> datetime | None:
        return self.books().now - timedelta(days=picked(random, AGES)) if random.random() < 0.3 else None

    def _paying(self, random: Random, number: int | None, priced: Purchase) -> Spend:
        """Draw what pays: parts of the balances, now and then more than there is, or than there is to pay."""
        if random.random() < 0.4:
            return ()
        if number is None:
            return (("POINTS", 1),) if random.random() < 0.2 else ()
        left = self._payable(number, priced)
        rooms = {asset: self.books().people[number].available(asset) for asset in PAYING if random.random() < 0.5}
        return self._parts_of(random, rooms, left)

    def _paying_for(self, random: Random, payer: Person, agent: int, priced: Purchase) -> Spend:
        """Draw what pays for somebody else: of what may be drawn, now and then of something else."""
        found = {asset: self._drawable(payer, agent, asset) for asset in PAYING}
        chances = {asset: 0.04 if room is None and any(found.values()) else 0.9 for asset, room in found.items()}
        rooms = {
            asset: payer.available(asset) if room is None else room
            for asset, room in found.items()
            if random.random() < chances[asset]
        }
        return self._parts_of(random, rooms, self._payable(agent, priced))

    def _payable(self, number: int, priced: Purchase) -> int:
        """Return what is to be paid for a purchase; what falls due until then may change it."""
        return order_decided(asking(self.books(), self.books().people[number], priced)).payable

    def _parts_of(self, random: Random, rooms: dict[str, int], left: int) -> Spend:
        """Draw how much of each room pays; `left` is what there is to pay."""
        spend = []
        for asset, room in rooms.items():
            percent = picked(random, PERCENTS)
            amount = room * percent // 100 + (percent > 100)
            if random.random() < 0.97:
                amount = min(amount, left // WORTH[asset])
            if amount > 0:
                spend.append((asset, amount))
                left -= amount * WORTH[asset]
        return tuple(spend)
