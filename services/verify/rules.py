"""What each form of an effect comes to, given the order as it stood: measured again, and not taken from what was said.

What is said of an effect that looks at more than the order, such as the tier of a member at that time, is held against
each of the rates that it has.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.allocation import spread
from domain.amounts import EXACT, Rounding, rounded
from domain.effects.crediting import weights
from domain.effects.pieces import Pieces, Run, by_line, cost
from domain.matching import Match
from domain.orders import QUANTITY_MAX
from services.verify.basket import Basket, Facts, Found, Measure, Parts

Brackets = Sequence[tuple[int, int]]
"""(from so much on, so much)."""


# ── discounts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def percent(basis: int, share: Decimal, rounding: Rounding = Rounding.HALF_UP) -> int:
    """Return so many percent of an amount."""
    return rounded(EXACT.multiply(Decimal(basis), EXACT.scaleb(share, -2)), rounding)


def off(facts: Facts, amount: int, weights: Mapping[str, int]) -> Found:
    """Return a discount that is spread over lines by these weights; of more than there is no part can be told."""
    if not 0 <= amount <= sum(weights.values()):
        return Found(facts, amount)
    return Found(facts, amount, {ref: part for ref, part in spread(amount, weights).items() if part})


def left(basket: Basket, match: Match) -> dict[str, int]:
    """Return what is left to pay for each line that is meant."""
    return {line.ref: line.amount for line in basket.running.matching(match)}


def percent_off(share: Decimal, match: Match, rounding: Rounding, cap: int | None) -> Measure:
    """Measure `percentOff`."""

    def measure(basket: Basket) -> Found:
        weights = left(basket, match)
        basis = sum(weights.values())
        amount = percent(basis, share, rounding)
        return off({"basis": basis}, amount if cap is None else min(amount, cap), weights)

    return measure


def amount_off(each: int, match: Match, every: int | None, most: int | None) -> Measure:
    """Measure `amountOff`."""

    def measure(basket: Basket) -> Found:
        weights = left(basket, match)
        basis = sum(weights.values())
        if every is None:
            return off({"basis": basis}, min(each, basis), weights)
        times = _at_most(basis // every, most)
        return off({"basis": basis, "times": times}, min(each * times, basis), weights)

    return measure


def amount_off_staged(brackets: Brackets, match: Match) -> Measure:
    """Measure `amountOffStaged`."""

    def measure(basket: Basket) -> Found:
        weights = left(basket, match)
        basis = sum(weights.values())
        least, each = _reached(brackets, basis)
        return off({"basis": basis, "from": least, "each": each}, min(each, basis), weights)

    return measure


def _reached(brackets: Brackets, basis: int) -> tuple[int, int]:
    """Return the highest bracket that is reached. Raises `ValueError` when none is."""
    return max(bracket for bracket in brackets if bracket[0] <= basis)


def cheapest_off(group: int, free: int, share: Decimal, match: Match, most: int | None) -> Measure:
    """Measure `cheapestOff`."""

    def measure(basket: Basket) -> Found:
        pieces = Pieces(basket.running.matching(match), dearest_first=False)
        times = _at_most(pieces.count // group, most)
        runs = pieces.chosen(lambda k: min(k, times * free))
        return _off_pieces(runs, share, {"pieces": pieces.count, "times": times})

    return measure


def nth_item_off(n: int, share: Decimal, match: Match, most: int | None) -> Measure:
    """Measure `nthItemOff`."""

    def measure(basket: Basket) -> Found:
        pieces = Pieces(basket.running.matching(match), dearest_first=True)
        times = _at_most(pieces.count // n, most)
        return _off_pieces(pieces.chosen(lambda k: min(k // n, times)), share, {"pieces": pieces.count, "times": times})

    return measure


def _off_pieces(runs: list[Run], share: Decimal, facts: Facts) -> Found:
    basis = sum(map(cost, runs))
    return off({"basis": basis, **facts}, percent(basis, share), by_line(runs))


def fixed_price(price: int, match: Match, most: int | None = None) -> Measure:
    """Measure `fixedPrice`, or with `most`, which pieces can have the price, `exchange`."""

    def measure(basket: Basket) -> Found:
        pieces = Pieces(basket.running.matching(match), dearest_first=True)
        count = _at_most(sum(run.count for run in pieces.runs if run.price > price), most)
        dearer = pieces.chosen(lambda k: min(k, count))
        basis = sum(map(cost, dearer))
        over = by_line(Run(run.price - price, run.ref, run.count) for run in dearer)
        return off({"basis": basis, "pieces": count}, basis - count * price, over)

    return measure


def bundle_price(quantity: int, price: int, match: Match, most: int | None) -> Measure:
    """Measure `bundlePrice`."""

    def measure(basket: Basket) -> Found:
        pieces = Pieces(basket.running.matching(match), dearest_first=True)

        def cheap(bundle: int) -> bool:
            ends = pieces.first_cost((bundle + 1) * quantity), pieces.first_cost(bundle * quantity)
            return ends[0] - ends[1] <= price

        times = _at_most(bisect_left(range(pieces.count // quantity), True, key=cheap), most)
        runs = pieces.chosen(lambda k: min(k, times * quantity))
        basis = sum(map(cost, runs))
        return off({"basis": basis, "times": times}, basis - times * price, by_line(runs))

    return measure


def shipping_off(share: Decimal | None, amount: int) -> Measure:
    """Measure `shippingOff`: a share, or else an amount."""

    def measure(basket: Basket) -> Found:
        basis = basket.running.shipping
        return Found({"basis": basis}, min(amount, basis) if share is None else percent(basis, share))

    return measure


def gift(quantity: int, every: int | None, most: int | None) -> Measure:
    """Measure `gift`; the line that it adds is for `order.gifts`."""

    def measure(basket: Basket) -> Found:
        if every is None:
            return Found({"quantity": quantity}, quantity)
        goods = basket.running.goods
        times = min(_at_most(goods // every, most), QUANTITY_MAX // quantity)
        return Found({"basis": goods, "times": times, "quantity": quantity * times}, quantity * times)

    return measure


def _at_most(wanted: int, most: int | None) -> int:
    return wanted if most is None else min(wanted, most)


def bounded(*bounds: int | None) -> int | None:
    """Return the least bound of those that there are."""
    return min((bound for bound in bounds if bound is not None), default=None)


# ── what is earned ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Basis:
    """By what is earned: PAID, DISCOUNTED or LISTED."""

    of: str
    shipping: bool
    match: Match

    @property
    def record(self) -> Facts:
        """Return what facts say of it: what is not as usual."""
        found: Facts = {} if self.of == "PAID" else {"of": self.of}
        found |= {} if self.shipping else {"shipping": False}
        return found if self.match.everything else found | {"match": self.match.text}

    def measured(self, basket: Basket) -> tuple[int, Parts]:
        """Return how much it comes to, and of which lines; None for all that is paid."""
        if self.of == "PAID" and self.shipping and self.match.everything:
            return basket.placed.payable, None
        running = basket.running
        match self.of:
            case "PAID":
                if not 0 <= running.spent <= running.goods + running.shipping:
                    raise ValueError("points pay more than there is to pay")
                lines, shipping = running.paid_parts()
            case "DISCOUNTED":
                lines, shipping = {line.ref: line.amount for line in running.lines}, running.shipping
            case _:
                lines, shipping = {line.ref: line.content.subtotal for line in running.lines}, running.listed_shipping
        parts = {line.ref: lines[line.ref] for line in running.matching(self.match) if lines[line.ref]}
        return sum(parts.values()) + (shipping if self.shipping else 0), parts or None


def earn(basis: Basis, points: int, per: int, rounding: Rounding) -> Measure:
    """Measure `earn`."""

    def measure(basket: Basket) -> Found:
        amount, parts = basis.measured(basket)
        product = EXACT.multiply(Decimal(amount), Decimal(points))
        return Found({"basis": amount}, rounded(EXACT.divide(product, Decimal(per)), rounding), parts)

    return measure


def earn_staged(basis: Basis, brackets: Brackets) -> Measure:
    """Measure `earnStaged`."""

    def measure(basket: Basket) -> Found:
        amount, parts = basis.measured(basket)
        least, points = _reached(brackets, amount)
        return Found({"basis": amount, "from": least, "points": points}, points, parts)

    return measure


def multiplied(asset_id: Any) -> Measure:
    """Measure a multiplier. What it gives cannot be told: one that gave nothing has its part in the product too."""

    def measure(basket: Basket) -> Found:
        earned = basket.earned_of(asset_id)
        return Found({"before": earned.total}, None, weights(earned.by_line))

    return measure


def fixed(amount: int, goods: Sequence[Match] = ()) -> Measure:
    """Measure what is the same whatever was bought; it is for these goods, if the condition asks for any."""
    return lambda basket: Found({}, amount, basket.running.of_goods(goods) if goods and basket.order else None)
