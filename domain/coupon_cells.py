"""Goods by *cells*, lines that the same rules of coupons mean, and what rules take off them at most.

Amounts are minor units times 2^40, and shares parts of 2^40.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from domain.amounts import Rounding
from domain.conditions.base import Facts
from domain.coupon_trials import Candidate
from domain.effects.amount_off import AmountOff, AmountOffByTier, AmountOffStaged
from domain.effects.base import EffectRule
from domain.effects.by_tier import best
from domain.effects.percent_off import PercentOff, PercentOffByTier
from domain.effects.piece_percent import CheapestOff, NthItemOff
from domain.effects.piece_price import FixedPrice
from domain.given import Given
from domain.matching import EVERYTHING, Match
from domain.values import value

BITS = 40
ONE = 1 << BITS
HALF = ONE >> 1
HUNDRED = 100
ROUNDED = {Rounding.DOWN: 0, Rounding.HALF_UP: HALF, Rounding.UP: ONE}
"""By how much at most what is taken off is more than the exact share."""


@value
class Take:
    """A share of what is left of some cells, or an amount off them."""

    cells: tuple[int, ...]
    keep: int
    """The share that is left, times 2^40; all of it for an amount."""
    most: int | None
    """What is taken off at most."""
    error: int
    """By how much less than that is left at most, by rounding."""
    ceiling: int | None = None
    """What is left of the one cell at most, when it is no share and no amount."""

    def of(self, left: Sequence[int]) -> int:
        """Return what it takes off cells with so much left, at most."""
        basis = sum([left[cell] for cell in self.cells])
        if self.ceiling is not None:
            return max(basis - self.ceiling, 0)
        taken = basis if self.keep == ONE else basis - (basis * self.keep >> BITS)
        return taken if self.most is None else min(taken, self.most)

    def move(self, left: list[int]) -> None:
        """Take it off."""
        if self.ceiling is not None:
            (cell,) = self.cells
            left[cell] = min(left[cell], self.ceiling)
            return
        if self.most is None:
            for cell in self.cells:
                left[cell] = left[cell] * self.keep >> BITS
            return
        basis = sum([left[cell] for cell in self.cells])
        rest = basis - self.of(left)
        for cell in self.cells if basis else ():
            left[cell] = left[cell] * rest // basis

    def weigh(self, weights: list[int]) -> None:
        """Change what a loss before it comes to, by the cell of the loss, from what it comes to after it."""
        if self.ceiling is not None:
            return
        if self.most is None:
            for cell in self.cells:
                weights[cell] = (weights[cell] * (self.keep + 1) >> BITS) + 1
        else:
            heaviest = max((weights[cell] for cell in self.cells), default=0)
            for cell in self.cells:
                weights[cell] = heaviest


class Cells:
    """The cells of an order and of the coupons that may be used for it."""

    def __init__(self, base: Given, candidates: Sequence[Candidate]) -> None:
        """Take the order as the promotions left it."""
        lines = [line for line in base.facts.running.lines if not line.is_gift and line.amount]
        matches = list(dict.fromkeys(_match(rule) for one in candidates for rule in one.rules))
        numbers: dict[tuple[bool | str, ...], int] = {}
        means: dict[str, tuple[bool | str, ...]] = {
            line.ref: tuple(match.matches(line.content) for match in matches) for line in lines
        }
        prices = {rule.match for one in candidates for rule in one.rules if isinstance(rule, FixedPrice)}
        for line in lines:
            # What a price for each piece takes off depends on each line: such lines are cells by themselves.
            if any(match.matches(line.content) for match in prices):
                means[line.ref] = (*means[line.ref], line.ref)
        self._cell_of = {ref: numbers.setdefault(one, len(numbers)) for ref, one in means.items()}
        self._places = [
            (place, self._cell_of[line.ref])
            for place, line in enumerate(base.facts.running.lines)
            if line.ref in self._cell_of
        ]
        self._pieces = {self._cell_of[line.ref]: line.content.quantity for line in lines}
        """Of a cell that is one line, how many pieces it has."""
        self._cells_of = {
            match: tuple(cell for one, cell in numbers.items() if one[place]) for place, match in enumerate(matches)
        }
        self._lines_of = {match: sum(bool(one[place]) for one in means.values()) for place, match in enumerate(matches)}
        self.count = len(numbers)

    def left(self, given: Given) -> list[int]:
        """Return what is left to pay for each cell."""
        found, lines = [0] * self.count, given.facts.running.lines
        for place, cell in self._places:
            found[cell] += lines[place].amount
        return [amount << BITS for amount in found]

    def takes_of(self, facts: Facts, candidate: Candidate) -> tuple[tuple[Take, ...], bool]:
        """Return what a coupon takes off at most, and whether such steps leave no less when there was more."""
        found = [self._take(facts, rule, gain) for rule, gain in zip(candidate.rules, candidate.gains, strict=True)]
        exact = [take for takes in found if takes is not None for take in takes]
        if None not in found:
            return tuple(exact), True
        return tuple(
            Take(self._cells_of[_match(rule)], ONE, gain << BITS, 0)
            for rule, gain in zip(candidate.rules, candidate.gains, strict=True)
        ), False

    def _take(self, facts: Facts, rule: EffectRule, gain: int) -> Sequence[Take] | None:
        """Return what a rule takes off in steps that leave no less when there was more; None if it has no such steps.

        What is given for each so much is bounded by the share that it is of that, and so is a bracket. Of every n-th
        piece from the dearest down none costs more than the mean of the n, and of the cheapest none more than the mean
        of all; which lines they are of depends on the others, so they have to be of one cell.
        """
        found: Sequence[Take] | None = None
        match rule:
            case PercentOff():
                found = self._share(rule.match, rule.percent, HUNDRED, rule.cap, ROUNDED[rule.rounding])
            case PercentOffByTier():
                code = best(facts, rule.percents)
                percent = rule.percents[code] if code else Decimal(0)
                found = self._share(rule.match, percent, HUNDRED, None, ROUNDED[rule.rounding])
            case AmountOff():
                found = self._share(rule.match, rule.amount, rule.every or rule.amount, gain)
            case AmountOffStaged():
                steepest = max(Fraction(row.gives, max(row.least, row.gives)) for row in rule.brackets)
                found = self._share(rule.match, steepest, 1, gain)
            case AmountOffByTier():
                found = self._share(rule.match, 1, 1, gain)
            case FixedPrice():
                found = [self._price(cell, rule.price) for cell in self._cells_of[rule.match]]
            case NthItemOff() if len(self._cells_of[rule.match]) <= 1:
                found = self._share(rule.match, rule.percent, HUNDRED * rule.n, gain, HALF)
            case CheapestOff() if len(self._cells_of[rule.match]) <= 1:
                found = self._share(rule.match, rule.percent * rule.free, HUNDRED * rule.group, gain, HALF)
        return found

    def _price(self, cell: int, price: int) -> Take:
        """Return that each piece of a line costs no more than so much: by the line that is exact."""
        return Take((cell,), ONE, None, 0, self._pieces[cell] * price << BITS)

    def _share(
        self, match: Match, part: int | Decimal | Fraction, whole: int, most: int | None, error: int = 0
    ) -> Sequence[Take]:
        """Return so many parts of a whole, at most `most` minor units, with the error by rounding the total."""
        left = max(1 - Fraction(part) / whole, Fraction(0))
        if most is None:
            return (Take(self._cells_of[match], int(left * ONE), None, error + self._spread_error(match)),)
        keep = int(left * ONE) or ONE  # for an amount there is no share to reckon with
        return (Take(self._cells_of[match], keep, most << BITS, error + self._spread_error(match)),)

    def _spread_error(self, match: Match) -> int:
        """Return what lines may lose to other cells by largest remainders: together a quarter unit for each line."""
        return self._lines_of[match] * ONE >> 2 if len(self._cells_of[match]) > 1 else 0


def _match(rule: EffectRule) -> Match:
    """Return the lines that a rule means; all of them when it names none."""
    found = getattr(rule, "match", EVERYTHING)
    assert isinstance(found, Match), "rules name lines by a match"
    return found
