"""An order or an occasion while it is decided: what is left to pay of each line, what is given so far."""

import math
from dataclasses import dataclass, field
from fractions import Fraction

from tests.services.oracle.people import Person

Parts = dict[str, int]
"""By the refs of lines."""


@dataclass(frozen=True)
class Gives:
    """What a rule gives: so much off, so much of an asset, so many pieces, or one tag."""

    kind: str
    amount: int
    asset: str | None = None
    parts: Parts | None = None
    """How much of it belongs to each line; of what is earned by what is paid, nobody says so."""
    times: int = 1
    name: str | None = None
    """Of the tag."""


@dataclass
class Line:
    ref: str
    sku: str
    quantity: int
    price: int
    left: int
    """What is left to pay for it, in fen."""
    gift_of: str | None = None
    """The campaign that added it."""


@dataclass
class Earned:
    total: int
    exact: tuple[int, int]
    """A fraction."""
    by_line: dict[str, Fraction] | None
    """How much of it each line earned, before multipliers; None while all earn as they cost."""


@dataclass
class Draft:
    person: Person | None
    lines: list[Line]
    shipping: int
    """What is left to pay for it."""
    over: dict[str, bool]
    """Assets of which what is given would be over at once."""
    spent: int = 0
    """What points pay that were used as money."""
    earned: dict[str, Earned] = field(default_factory=dict)

    # ── what it knows ────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def tier(self) -> int:
        return self.person.tier if self.person else 0

    @property
    def tags(self) -> set[str]:
        return set(self.person.tags) if self.person else set()

    @property
    def orders(self) -> int | None:
        return self.person.orders if self.person else None

    @property
    def payable(self) -> int:
        return self.goods() + self.shipping - self.spent

    def goods(self, sku: str | None = None) -> int:
        """Return what is left to pay for all goods, or for some."""
        return sum(line.left for line in self.lines if sku in {None, line.sku})

    def sku(self, ref: str) -> str | None:
        """Return what a line is of; nothing for shipping and for gifts."""
        return next((line.sku for line in self.lines if line.ref == ref and not line.gift_of), None)

    def paid(self) -> Parts:
        """Return what is paid for each line, and for shipping, when points pay a part of all."""
        left = {line.ref: line.left for line in self.lines} | {"~shipping": self.shipping}
        by_points = spread(self.spent, left)
        return {name: much - by_points[name] for name, much in left.items()}

    # ── what rules do ────────────────────────────────────────────────────────────────────────────────────────────────

    def off(self, amount: int, sku: str | None = None, times: int = 1) -> Gives | None:
        """Take so much off goods, each line its share of what is left to pay for it."""
        if not amount:
            return None
        lines = [line for line in self.lines if sku in {None, line.sku} and not line.gift_of]
        parts = spread(amount, {line.ref: line.left for line in lines})
        for line in lines:
            line.left -= parts[line.ref]
        return Gives("DISCOUNT", amount, parts={ref: part for ref, part in parts.items() if part}, times=times)

    def off_shipping(self, amount: int) -> Gives | None:
        self.shipping -= amount
        return Gives("SHIPPING_DISCOUNT", amount) if amount else None

    def add_gift(self, sku: str, quantity: int) -> Gives | None:
        if not quantity:
            return None
        taken = {line.ref for line in self.lines}
        ref = next(ref for n in range(1, 99) if (ref := f"gift-{n}") not in taken)
        self.lines.append(Line(ref, sku, quantity, 0, 0, gift_of="BAG"))
        return Gives("GIFT", quantity, times=quantity, parts={ref: quantity})

    def earn(self, asset: str, amount: int, parts: Parts | None = None) -> Gives | None:
        """Earn so much of an asset; a guest, and what would be over at once, earns nothing."""
        if self.person is None or self.over[asset]:
            return None
        before = self.earned.get(asset)
        if before is None:
            self.earned[asset] = Earned(amount, (amount, 1), self._by_line(amount, parts) if parts else None)
        elif amount:
            number, of = before.exact
            if not before.total:
                before.by_line = self._by_line(amount, parts) if parts else None
            elif before.by_line is not None or parts:
                was = before.by_line if before.by_line is not None else self._by_line(before.total, None)
                now = self._by_line(amount, parts)
                before.by_line = {ref: was.get(ref, Fraction()) + now.get(ref, Fraction()) for ref in {**was, **now}}
            before.exact = number + amount * of, of
            before.total += amount
        return Gives("EARN", amount, asset, parts or None) if amount else None

    def _by_line(self, amount: int, parts: Parts | None) -> dict[str, Fraction]:
        """Return how much each line earned; what is earned by no line in particular is by what they cost."""
        of = parts or {line.ref: line.left for line in self.lines if line.left}
        return {ref: Fraction(amount * part, sum(of.values())) for ref, part in of.items()}

    def multiply(self, asset: str, number: int, over: int) -> Gives | None:
        """Give the growth of the product of all that was earned, which is rounded down as a whole."""
        earned = self.earned.get(asset)
        if earned is None:
            return None
        earned.exact = earned.exact[0] * number, earned.exact[1] * over
        more = earned.exact[0] // earned.exact[1] - earned.total
        earned.total += more
        by_line = {ref: part for ref, part in (earned.by_line or {}).items() if part}
        common = math.lcm(*(part.denominator for part in by_line.values()))
        whole = {ref: int(part * common) for ref, part in by_line.items()}
        weights = {ref: part // math.gcd(*whole.values()) for ref, part in whole.items()}
        return Gives("MULTIPLY_EARN", more, asset, weights or None) if more else None

    def tag(self, name: str) -> Gives | None:
        has = self.person is None or name in self.person.tags
        return None if has else Gives("TAG", 1, name=name)


def spread(total: int, weights: Parts) -> Parts:
    """Share so much out in proportion: each part rounded down, what is left a fen each to those that lost most."""
    whole = sum(weights.values())
    if not total:
        return dict.fromkeys(weights, 0)
    parts = {name: total * weight // whole for name, weight in weights.items()}
    by_loss = sorted(weights, key=lambda name: (parts[name] * whole - total * weights[name], name))
    for name in by_loss[: total - sum(parts.values())]:
        parts[name] += 1
    return parts
