"""A person: ledger lines, the lots behind them, what is reserved, and what time does to all of it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.services.oracle.rights import Drawing, Right
from tests.services.oracle.terms import DAY, SCALES, TIERS

Posted = tuple[int, str, int]
"""A ledger line as callers hear of it: person, asset, number."""


class Refused(Exception):  # noqa: N818
    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def lacking(code: str, asset: str, available: int, required: int) -> Refused:
    """Return the refusal that tells what there is and what is needed."""
    scale = SCALES[asset]
    amounts = {"available": Decimal(max(available, 0)).scaleb(-scale), "required": Decimal(required).scaleb(-scale)}
    return Refused(code, **amounts, **({"asset": asset} if code == "HOLD_EXPIRED" else {}))


@dataclass(eq=False)
class Lot:
    asset: str
    amount: int
    left: int
    waits_until: datetime | None
    ends: datetime | None
    order: str | None = None
    """Name of the order that earned it."""
    bonus: bool = False
    """Whether it was given on top of what was paid in."""
    held: int = 0
    expired: int = 0
    freed_at: datetime | None = None
    """When a hold gave something back that was past its expiry: it expires then."""

    def due(self) -> tuple[datetime, bool] | None:
        """Return when something happens to the lot next, and whether that is its end."""
        if not self.left:
            return None
        if self.waits_until:
            return self.waits_until, False
        return (max(self.ends, self.freed_at or self.ends), True) if self.ends else None

    def usable(self, now: datetime) -> bool:
        return not self.waits_until and (self.ends is None or self.ends > now)


@dataclass(eq=False)
class Part:
    """So much of a lot."""

    lot: Lot
    amount: int
    back: int = 0
    """How much of it was given back, by returns or undone."""


@dataclass(eq=False)
class Hold:
    """What one order reserves, of each asset."""

    order: Any
    until: datetime
    parts: dict[str, list[Part]]


Line = tuple[str, int, int, int, str | None]
"""Kind, change of what is available, pending and held, and the contra account."""


@dataclass(eq=False)
class Person:
    number: int
    phone: str | None
    is_bearer: bool = False
    """Whether this is nobody, but what a gift card is worth."""
    status: str = "ACTIVE"
    tier: int = 0
    lots: list[Lot] = field(default_factory=list)
    """By age."""
    lines: dict[str, list[Line]] = field(default_factory=dict)
    balances: dict[str, list[int]] = field(default_factory=dict)
    """Available, pending, held: the sums of the lines."""
    holds: list[Hold] = field(default_factory=list)
    """Those that are open, by age; also those of orders that another one makes and this one pays."""
    rights: dict[tuple[int, str], Right] = field(default_factory=dict)
    """Of others to draw on this one, by agent and asset."""
    drawn: dict[tuple[Drawing, str], int] = field(default_factory=dict)
    """What they drew of each asset, less what came back."""
    events: int = 1
    orders: int = 0
    """How many were committed and have not come back as a whole."""
    last_order: datetime | None = None
    """When the latest one happened."""
    tags: dict[str, tuple[datetime, tuple[str, ...]]] = field(default_factory=dict)
    """Since when, and by what: an order's name, an occasion or a hand."""

    def available(self, asset: str) -> int:
        return self.balances.get(asset, [0])[0]

    def post(
        self,
        asset: str,
        kind: str,
        available: int,
        contra: str | None,
        *,
        pending: int = 0,
        held: int = 0,
        drawing: Drawing | None = None,
    ) -> Posted:
        """Write a ledger line, which is also an event; what an agent draws counts as theirs."""
        if drawing and available:
            self.drawn[drawing, asset] = self.drawn.get((drawing, asset), 0) - available
        self.lines.setdefault(asset, []).append((kind, available, pending, held, contra))
        balance = self.balances.setdefault(asset, [0, 0, 0])
        for bucket, change in enumerate((available, pending, held)):
            balance[bucket] += change
        self.events += 1
        return self.number, asset, len(self.lines[asset])

    # ── in and out ───────────────────────────────────────────────────────────────────────────────────────────────────

    def credit(
        self,
        asset: str,
        amount: int,
        kind: str,
        contra: str,
        books: Any,
        *,
        occurred: datetime | None = None,
        order: str | None = None,
        bonus: bool = False,
    ) -> Posted:
        """Give something as a new lot; a debt is paid first, once it may be used."""
        now, terms = books.now, books.terms[asset]
        waits, ends = terms.waits_until(now), terms.end(occurred or now, now)
        if ends and ends <= now:
            ends = now + terms.grace_days * DAY  # a held order that was captured so late
        if waits and ends:
            ends = max(ends, waits)  # nothing expires while it waits
        if waits:
            self.lots.append(Lot(asset, amount, amount, waits, ends, order, bonus))
            return self.post(asset, kind, 0, contra, pending=amount)
        before = self.available(asset)
        line = self.post(asset, kind, amount, contra)
        self.lots.append(self._reduced(Lot(asset, amount, amount, None, ends, order, bonus), before))
        return line

    def receive(self, asset: str, parts: list[Part]) -> Posted:
        """Take what another person gave: each part keeps its expiry, and bonus stays bonus."""
        before = self.available(asset)
        line = self.post(asset, "TRANSFER", sum(part.amount for part in parts), "CLEARING")
        for part in parts:
            lot = Lot(asset, part.amount, part.amount, None, part.lot.ends, bonus=part.lot.bonus)
            self.lots.append(self._reduced(lot, before))
            before += part.amount
        return line

    @staticmethod
    def _reduced(lot: Lot, balance_before: int) -> Lot:
        """Pay from a lot what was owed before it."""
        lot.left -= min(lot.left, max(-balance_before, 0))
        return lot

    def take(self, asset: str, amount: int, books: Any) -> list[Part]:
        """Take so much from lots, whichever are next in burn order."""
        if self.available(asset) < amount:
            raise lacking("INSUFFICIENT_BALANCE", asset, self.available(asset), amount)
        return self._taken(self.burn_order(asset, books), amount)

    def pay(self, asset: str, amount: int, books: Any, code: str = "INSUFFICIENT_BALANCE") -> list[Part]:
        """Pay so much: of bonus no more than its cap, of principal the rest."""
        terms, lots = books.terms[asset], self.burn_order(asset, books)
        given, paid_in = [lot for lot in lots if lot.bonus], [lot for lot in lots if not lot.bonus]
        bonus, principal = sum(lot.left for lot in given), sum(lot.left for lot in paid_in)

        def least(payment: int) -> int:
            """Return how much of a payment the principal has to pay."""
            return payment - min(payment * terms.bonus_cap // 100, bonus)

        if least(amount) > principal:
            most = bonus + principal
            while least(most) > principal:
                most -= 1
            raise lacking(code, asset, most, amount)
        from_principal = least(amount) if terms.bonus_first else min(amount, principal)
        from_bonus = amount - from_principal
        if terms.bonus_first:
            return self._taken(given, from_bonus) + self._taken(paid_in, from_principal)
        return self._taken(paid_in, from_principal) + self._taken(given, from_bonus)

    @staticmethod
    def _taken(lots: list[Lot], amount: int) -> list[Part]:
        parts = []
        for lot in lots:
            taken = min(lot.left, amount)
            if taken:
                lot.left -= taken
                amount -= taken
                parts.append(Part(lot, taken))
        assert not amount
        return parts

    def burn_order(self, asset: str, books: Any) -> list[Lot]:
        """Return what may be used now: bonus first or last, then the soonest to expire, then the oldest."""
        never = datetime.max.replace(tzinfo=books.now.tzinfo)
        usable = [lot for lot in self.lots if lot.asset == asset and lot.usable(books.now)]
        bonus_first = books.terms[asset].bonus_first
        return sorted(
            usable, key=lambda lot: (lot.bonus != bonus_first, lot.ends or never)
        )  # sorted keeps the older first

    # ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def mature(self, now: datetime) -> None:
        """Do what is due, one instant after the other; at one, what waits is released, holds are freed, lots expire."""
        while True:
            due = [(what[0], 2 if what[1] else 0, lot.asset) for lot in self.lots if (what := lot.due())]
            due += [(hold.until, 1, hold.order.number) for hold in self.holds]
            due = [one for one in due if one[0] <= now]
            if not due:
                return
            at, sort, of = min(due)
            if sort == 1:
                (hold,) = (hold for hold in self.holds if hold.order.number == of)
                self.free(hold, at)
                if hold.order.person == self.number:  # else it ends when it is its own turn
                    hold.order.state = "EXPIRED"
                    self.events += 1
            else:
                lots = [lot for lot in self.lots if lot.asset == of and lot.due() == (at, sort == 2)]
                (self._expire if sort == 2 else self._release)(str(of), lots)

    def _release(self, asset: str, lots: list[Lot]) -> None:
        before = self.available(asset)
        amount = sum(lot.left for lot in lots)
        self.post(asset, "RELEASE", amount, None, pending=-amount)
        for lot in lots:
            lot.waits_until = None
            released = lot.left
            self._reduced(lot, before)
            before += released

    def _expire(self, asset: str, lots: list[Lot]) -> None:
        self.post(asset, "EXPIRE", -sum(lot.left for lot in lots), "BREAKAGE")
        for lot in lots:
            lot.expired += lot.left
            lot.left = 0

    def free(self, hold: Hold, at: datetime) -> list[Posted]:
        """Make available again what an order reserved, on the lots on which it did; a debt is paid first."""
        self.holds.remove(hold)
        parts = sorted(hold.parts.items(), key=lambda one: list(SCALES).index(one[0]))
        return [self.let_go(asset, own, at, hold.order.drawing) for asset, own in parts]

    def let_go(self, asset: str, parts: list[Part], at: datetime, drawing: Drawing | None) -> Posted:
        """Make available again what was reserved on these parts; a debt is paid first."""
        before = self.available(asset)
        amount = sum(part.amount for part in parts)
        line = self.post(asset, "RELEASE", amount, None, held=-amount, drawing=drawing)
        for part in parts:
            lot = part.lot
            lot.held -= part.amount
            lot.left += part.amount
            if lot.ends and lot.ends < at:
                lot.freed_at = at
            self._reduced(lot, before)
            before += part.amount
        return line

    def set_tag(self, tag: str, since: datetime, by: str) -> None:
        """Set a tag. One that is there stays as it was set; of one that an order set it is known who else did."""
        first, setters = self.tags.setdefault(tag, (since, (by,)))
        if by not in setters and all(one.startswith("order ") for one in setters):
            self.tags[tag] = first, (*setters, by)

    def raise_tier(self) -> None:
        reached = [rank for rank, (_, threshold, _) in enumerate(TIERS) if self.available("TIER") >= threshold]
        if reached and max(reached) > self.tier:
            self.tier = max(reached)
            self.events += 1

    def check(self) -> None:
        """Lots and lines say the same, or this model is wrong."""
        for asset, (available, pending, held) in self.balances.items():
            lots = [lot for lot in self.lots if lot.asset == asset]
            assert sum(lot.left for lot in lots if not lot.waits_until) == max(available, 0), (asset, self)
            assert sum(lot.left for lot in lots if lot.waits_until) == pending, (asset, self)
            assert sum(lot.held for lot in lots) == held, (asset, self)
