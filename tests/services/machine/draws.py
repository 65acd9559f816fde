"""What is asked next, drawn at random with an eye on the books, so that most of it can be done and some cannot."""

from collections.abc import Callable
from random import Random

from tests.services.machine.calls import Call
from tests.services.machine.card_draws import CardDraws
from tests.services.machine.choosing import PARTS, Content, picked
from tests.services.machine.order_draws import HELD, OrderDraws
from tests.services.oracle.terms import PAYING, RATES

SEED = "HUIYUAN_TEST_SEED"
"""The variable that repeats a run."""
PHONES = [f"+861380000000{n}" for n in range(6)]
AMOUNTS = [-200, -20, -7, -1, 1, 7, 20, 60, 1000]
PAID_IN = [1, 3, 19_99, 20_00, 33_33, 99_99, 100_00, 250_07]
MADE_BY = {
    "refund": "top_up",
    "undo": "spend",
    "capture": "hold",
    "cancel": "hold",
    "dismiss": "appoint",
    "claim": "issue",
    "void": "issue",
    "claim_order": "commit",
}
"""Operations on what others make, which are asked for instead while there is nothing."""


CHECK_INS = ["CHECK_IN", "CHECK_IN", "CHECK_IN", "VISIT"]
"""What somebody does: campaigns answer the first."""
TAGS = ("vip", "active", "regular", "old")


class Draws(OrderDraws, CardDraws):
    def call(self, random: Random, weights: dict[str, int]) -> Call:
        """Draw a call under a new key."""
        operation = picked(random, [name for name, weight in weights.items() for _ in range(weight)])
        if operation in MADE_BY and not self._fitting(operation) and random.random() < 0.9:
            operation = MADE_BY[operation]
        draw: Callable[[Random], Content] = getattr(self, f"_{operation}")
        return Call(operation, self.key(), draw(random))

    def _fitting(self, operation: str) -> bool:
        """Whether something is left to pay back, or to undo."""
        books = self.books()
        if operation == "refund":
            made = [made for line, made in books.top_ups.items() if line[0] not in books.cards]
            return any(one.lot.left and not one.lot.waits_until for one in made)
        if operation in {"capture", "cancel"}:
            return any(order.state in HELD for order in books.orders.values())
        if operation == "claim_order":
            return any(books.orders[name].state == "COMMITTED" for name in self.guests())
        if operation in {"claim", "void"}:
            return bool(self._unclaimed())
        if operation == "dismiss":
            return bool(self._rights(least=0))
        return any(use.back < sum(part.amount for part in use.parts) for use in books.uses.values())

    def _event(self, random: Random) -> Content:
        """Draw what somebody did, now and then under a name, which may be known."""
        known = [one for one in self.books().occasions if one.name]
        if known and random.random() < 0.25:
            again = picked(random, known)
            number, code, at = again.content
            code = picked(random, sorted({*CHECK_INS} - {code})) if random.random() < 0.4 else code
            return number, code, picked(random, [at, None]), again.name
        name = f"e{next(self.names)}" if random.random() < 0.4 else None
        latest = [one.content[0] for one in self.books().occasions[-3:]]
        number = picked(random, latest) if latest and random.random() < 0.4 else self._person(random)
        return number, picked(random, CHECK_INS), self._occurred(random), name

    def _tag(self, random: Random) -> Content:
        add = tuple(sorted({picked(random, TAGS) for _ in range(random.randint(0, 2))}))
        left = [tag for tag in TAGS if tag not in add]
        remove = tuple(sorted({picked(random, left) for _ in range(random.randint(0 if add else 1, 2))}))
        return self._person(random), add, remove

    def _amend(self, random: Random) -> Content:
        person = self._person(random)
        if random.random() < 0.4:
            return person, "phone", picked(random, [None, *PHONES])
        return person, "status", picked(random, ["ACTIVE"] * 7 + ["FROZEN"] * 3 + ["CLOSED"])

    def _adjust(self, random: Random) -> Content:
        return self._person(random), picked(random, ["POINTS", "POINTS", "TIER", *PAYING]), picked(random, AMOUNTS)

    def _transfer(self, random: Random) -> Content:
        giver, asset = self._who_has(random, dict.fromkeys(PAYING, 1))
        taker = self._other(random, giver.number)
        return giver.number, taker, asset, max(giver.available(asset) * picked(random, PARTS) // 100, 1)

    def _top_up(self, random: Random) -> Content:
        return self._person(random), picked(random, PAID_IN)

    def _refund(self, random: Random) -> Content:
        made = self.books().top_ups
        bearers = self.books().cards if random.random() < 0.95 else ()
        left = {
            line: 0 if one.lot.waits_until else one.lot.left for line, one in made.items() if line[0] not in bearers
        }
        line = self._line(random, left)
        amount = left.get(line, 1) * picked(random, PARTS) // 100
        return line, None if random.random() < 0.25 else max(amount, 1)

    def _spend(self, random: Random) -> Content:
        person, asset = self._who_has(random, dict.fromkeys(PAYING, 1))
        agent, room = None, person.available(asset)
        if random.random() < 0.4 and (drawn := self._drawn(random)):
            person, agent = drawn
            rights = [of for payer, who, of in self._rights(least=1) if (payer, who) == (person.number, agent)]
            asset = picked(random, rights) if rights else asset
            room = self._drawable(person, agent, asset) or person.available(asset)
        elif random.random() < 0.04:
            agent = person.number
        percent = picked(random, PARTS)
        amount = max(room * percent // 100 + (percent > 100), 1)
        if agent is not None and random.random() < 0.15:
            amount = (self._allowed(person, agent, asset) or amount) + 1
        return person.number, asset, amount, agent

    def _undo(self, random: Random) -> Content:
        uses, people = self.books().uses, self.books().people
        left = {line: sum(part.amount for part in use.parts) - use.back for line, use in uses.items()}
        owing = {line: much for line, much in left.items() if much and people[line[0]].available(line[1]) < 0}
        line = self._line(random, owing if owing and random.random() < 0.6 else left)
        if line not in left or random.random() < 0.2:
            return line, None
        if random.random() < 0.06:
            return line, sum(part.amount for part in uses[line].parts) + 1
        return line, max(left[line] * picked(random, PARTS) // 100 + (random.random() < 0.06), 1)

    def _convert(self, random: Random) -> Content:
        steps_of = {asset: step for (asset, _), (*_, step) in RATES.items()}
        person, asset = self._who_has(random, steps_of)
        into, step = next(into for of, into in RATES if of == asset), steps_of[asset]
        steps = person.available(asset) * picked(random, PARTS) // 100 // step
        return person.number, asset, into, max(steps, 1) * step + (step > 1 and random.random() < 0.1)
