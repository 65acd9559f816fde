"""A naive engine to compare the real one with: lists, one command after the other, no SQL, no code in common.

It keeps what callers can see: balances, lots, tiers, positions, answers. It works in fen and in Shanghai, which has no
summer time, so that a day is twenty-four hours.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

SHANGHAI = timedelta(hours=8)
TIERS = [("MEMBER", 0, 10), ("SILVER", 1_000_00, 11), ("GOLD", 5_000_00, 12), ("DIAMOND", 20_000_00, 20)]
"""Code, threshold in fen, and tenths of the factor on points."""


@dataclass
class Policy:
    """How long value lasts, in days or months, from which instant, and how many days it waits."""

    days: int = 0
    months: int = 0
    from_occurrence: bool = False
    pending_days: int = 0

    def end(self, occurred: datetime, now: datetime) -> datetime | None:
        """Return when value given now expires; None when it does not."""
        start = occurred if self.from_occurrence else now
        if self.days:
            return start + self.days * timedelta(days=1)
        if not self.months:
            return None
        local = start + SHANGHAI
        month = local.month - 1 + self.months
        year, month = local.year + month // 12, month % 12 + 1
        day = local.day
        while True:
            try:
                return local.replace(year=year, month=month, day=day) - SHANGHAI
            except ValueError:  # 31 April
                day -= 1


@dataclass
class Lot:
    asset: str
    amount: int
    left: int
    waits_until: datetime | None
    ends: datetime | None

    def due(self) -> tuple[datetime, bool] | None:
        """Return when something happens to the lot next, and whether that is its end."""
        if not self.left:
            return None
        if self.waits_until:
            return self.waits_until, False
        return (self.ends, True) if self.ends else None


@dataclass
class Person:
    phone: str | None
    status: str = "ACTIVE"
    tier: int = 0
    lots: list[Lot] = field(default_factory=list)
    entries: dict[str, int] = field(default_factory=dict)
    """How many ledger lines each asset has."""
    events: int = 1

    def available(self, asset: str) -> int:
        return sum(lot.left for lot in self.lots if lot.asset == asset and not lot.waits_until)

    def pending(self, asset: str) -> int:
        return sum(lot.left for lot in self.lots if lot.asset == asset and lot.waits_until)

    def line(self, asset: str) -> tuple[str, int]:
        """Write a ledger line, which is also an event; return its asset and number."""
        self.entries[asset] = self.entries.get(asset, 0) + 1
        self.events += 1
        return asset, self.entries[asset]

    def mature(self, now: datetime) -> None:
        """Do what is due, one instant after the other; what happens at one instant to one asset is one line."""
        while True:
            due = [(*what, lot.asset) for lot in self.lots if (what := lot.due()) and what[0] <= now]
            if not due:
                return
            first = min(due)
            for lot in self.lots:
                what = lot.due()
                if what and (*what, lot.asset) == first:
                    if first[1]:
                        lot.left = 0
                    lot.waits_until = None
            self.line(first[2])


@dataclass
class Answer:
    """What a caller is told. `lines` are (asset, number) of the ledger lines."""

    refusal: str | None = None
    replayed: bool = False
    order: str | None = None
    person: int | None = None
    lines: list[tuple[str, int]] = field(default_factory=list)


class Refused(Exception):  # noqa: N818
    pass


class Oracle:
    """The naive engine. Every operation is a method that takes a key; a refused one leaves everything as it was."""

    def __init__(self, now: datetime, policies: dict[str, Policy]) -> None:
        self.now = now
        self.policies = policies
        self.people: list[Person] = []
        self.orders: dict[str, tuple[Any, list[tuple[str, int]]]] = {}
        self.keys: dict[Any, tuple[Any, Answer]] = {}

    # ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def ask(self, scope: str, key: str, operation: str, *content: Any) -> Answer:
        """Answer a call: a known key as before, a new one by trying the operation on a copy."""
        known = self.keys.get((scope, operation, key))
        if known:
            return self._again(known, content)
        trial = deepcopy(self)
        try:
            answer: Answer = getattr(trial, operation)(*content)
        except Refused as refused:
            answer = Answer(refusal=str(refused))
        else:
            self.people, self.orders = trial.people, trial.orders
        self.keys[scope, operation, key] = (content, answer)
        return deepcopy(answer)

    def _again(self, known: tuple[Any, Answer], content: Any) -> Answer:
        if known[0] != content:
            return Answer(refusal="IDEMPOTENCY_KEY_REUSED")
        answer = deepcopy(known[1])
        answer.replayed = answer.refusal is None
        return answer

    # ── operations ───────────────────────────────────────────────────────────────────────────────────────────────────

    def enrol(self, phone: str | None) -> Answer:
        self._free(phone)
        self.people.append(Person(phone))
        return Answer(person=len(self.people) - 1)

    def commit(self, number: int | None, name: str, total: int, occurred: datetime | None) -> Answer:
        content = (number, total, occurred)
        if name in self.orders:
            if self.orders[name][0] != content:
                raise Refused("DUPLICATE_ORDER")
            return Answer(replayed=True, order=name, person=number, lines=self.orders[name][1])
        self.orders[name] = (content, [])
        if number is None:
            return Answer(order=name)
        person = self._opened(number)
        if person.status != "ACTIVE":
            raise Refused("MEMBER_NOT_ACTIVE")
        person.events += 1
        lines = [
            self._credit(person, asset, amount, occurred or self.now)
            for asset, amount in self._earned(person, total, occurred or self.now)
        ]
        self.orders[name] = (content, lines)
        self._raise_tier(person)
        return Answer(order=name, person=number, lines=lines)

    def adjust(self, number: int, asset: str, amount: int) -> Answer:
        person = self._opened(number)
        line = self._credit(person, asset, amount, self.now) if amount > 0 else self._debit(person, asset, -amount)
        self._raise_tier(person)
        return Answer(person=number, lines=[line])

    def amend(self, number: int, field_name: str, value: str | None) -> Answer:
        person = self._opened(number)
        if getattr(person, field_name) != value:
            if field_name == "phone":
                self._free(value)
            setattr(person, field_name, value)
            person.events += 1
        return Answer(person=number)

    def sweep(self) -> None:
        for person in self.people:
            person.mature(self.now)

    def seen(self, number: int) -> Person:
        """Return a person as readers see them: matured, though no command has done it."""
        person = deepcopy(self.people[number])
        person.mature(self.now)
        return person

    # ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _opened(self, number: int) -> Person:
        person = self.people[number]
        person.mature(self.now)
        return person

    def _free(self, phone: str | None) -> None:
        if phone and any(person.phone == phone and person.status != "CLOSED" for person in self.people):
            raise Refused("PHONE_TAKEN")

    def _earned(self, person: Person, total: int, occurred: datetime) -> list[tuple[str, int]]:
        """Return what an order gives: points, progress, and the growth of the points by the tier; nothing that is 0."""
        points, progress, more = total // 100, total, 0
        if self._over("POINTS", occurred):
            points = 0
        if self._over("TIER", occurred):
            progress = 0
        more = points * TIERS[person.tier][2] // 10 - points
        return [(a, n) for a, n in (("POINTS", points), ("TIER", progress), ("POINTS", more)) if n]

    def _over(self, asset: str, occurred: datetime) -> bool:
        end = self.policies[asset].end(occurred, self.now)
        return end is not None and end <= self.now

    def _credit(self, person: Person, asset: str, amount: int, occurred: datetime) -> tuple[str, int]:
        policy = self.policies[asset]
        waits = self.now + policy.pending_days * timedelta(days=1) if policy.pending_days else None
        ends = policy.end(occurred, self.now)
        if waits and ends:
            ends = max(ends, waits)  # nothing expires while it waits
        person.lots.append(Lot(asset, amount, amount, waits, ends))
        return person.line(asset)

    def _debit(self, person: Person, asset: str, amount: int) -> tuple[str, int]:
        if person.available(asset) < amount:
            raise Refused("INSUFFICIENT_BALANCE")
        open_lots = [lot for lot in person.lots if lot.asset == asset and not lot.waits_until and lot.left]
        never = datetime.max.replace(tzinfo=self.now.tzinfo)
        for lot in sorted(open_lots, key=lambda lot: lot.ends or never):  # sorted keeps the older of two first
            taken = min(lot.left, amount)
            lot.left -= taken
            amount -= taken
        return person.line(asset)

    def _raise_tier(self, person: Person) -> None:
        reached = [rank for rank, (_, threshold, _) in enumerate(TIERS) if person.available("TIER") >= threshold]
        if reached and max(reached) > person.tier:
            person.tier = max(reached)
            person.events += 1
