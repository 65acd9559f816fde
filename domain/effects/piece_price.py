"""`fixedPrice` and `bundlePrice`: what pieces cost, each by itself or so many together."""

from bisect import bisect_left
from dataclasses import dataclass

from domain.amounts import spelled
from domain.conditions.base import Facts
from domain.effects.base import EffectKind, Outcome, Promotion, nothing
from domain.effects.discounts import discount, times_text
from domain.effects.pieces import Pieces, Run, by_line, cost, pieces_text, sum_text
from domain.matching import EVERYTHING, Match


@dataclass(frozen=True, slots=True)
class FixedPrice(Promotion):
    """Each piece that is meant costs `price`, in minor units of currency, if it cost more."""

    price: int
    match: Match = EVERYTHING

    def give(self, facts: Facts) -> Outcome:
        """Lower the dearer pieces to the price."""
        money, scale = facts.program.money, facts.program.currency_scale
        pieces = Pieces(facts.running.matching(self.match), dearest_first=True)
        dearer = [run for run in pieces.runs if run.price > self.price]
        if not dearer:
            text = f"no piece of {self.match.text} costs more than {money(self.price)}."
            remedy = f"A piece of {self.match.text} for {money(self.price + 1)} or more."
            return nothing(EffectKind.DISCOUNT, text, remedy)
        count, basis = sum(run.count for run in dearer), sum(map(cost, dearer))
        total = basis - count * self.price
        # By the line, what is over the price is exact, and nothing is left to be spread.
        over = by_line(Run(run.price - self.price, run.ref, run.count) for run in dearer)
        before, price, after = spelled(basis, scale), spelled(self.price, scale), spelled(total, scale)
        return discount(
            facts,
            total,
            over,
            text=f"{pieces_text(count)} of {self.match.text}: {money(self.price)} each",
            arithmetic=(sum_text(dearer, scale), f"{before} − {count} × {price} = {after}"),
            details={"basis": basis, "pieces": count, "price": self.price},
        )


@dataclass(frozen=True, slots=True)
class BundlePrice(Promotion):
    """Every `quantity` pieces that are meant, the dearest first, cost `price` together if they cost more.

    At most `times` such bundles; None: all of them.
    """

    quantity: int
    price: int
    match: Match = EVERYTHING
    times: int | None = None

    def give(self, facts: Facts) -> Outcome:
        """Lower the dearer bundles to the price."""
        money, scale = facts.program.money, facts.program.currency_scale
        pieces = Pieces(facts.running.matching(self.match), dearest_first=True)
        could = self._dearer(pieces)
        times, bounded = facts.running.repeated(could, self.times)
        if not times:
            text = f"no {pieces_text(self.quantity)} of {self.match.text} cost more than {money(self.price)} together."
            return nothing(EffectKind.DISCOUNT, text, self._remedy(facts, pieces))
        count = times * self.quantity
        words = f"{self.quantity} for {money(self.price)}"
        runs = pieces.chosen(lambda k: min(k, count))
        basis = sum(map(cost, runs))
        total = basis - times * self.price
        before, price, after = spelled(basis, scale), spelled(self.price, scale), spelled(total, scale)
        return discount(
            facts,
            total,
            by_line(runs),
            text=f"{pieces_text(count)} of {self.match.text}: {words}, {times_text(times)}",
            arithmetic=(
                f"{pieces_text(pieces.count)}, {self.quantity} together dearer than {price} = {could}",
                *bounded,
                sum_text(runs, scale),
                f"{before} − {times} × {price} = {after}",
            ),
            details={"basis": basis, "quantity": self.quantity, "price": self.price, "times": times},
            times=times,
        )

    def _dearer(self, pieces: Pieces) -> int:
        """Return how many bundles cost more than the price: none is dearer than the one before it."""

        def cheap(bundle: int) -> bool:
            together = pieces.first_cost((bundle + 1) * self.quantity) - pieces.first_cost(bundle * self.quantity)
            return together <= self.price

        return bisect_left(range(pieces.count // self.quantity), True, key=cheap)

    def _remedy(self, facts: Facts, pieces: Pieces) -> str:
        """Return how many pieces more are needed, and what they have to cost for the bundle to be dearer."""
        missing = max(self.quantity - pieces.count, 1)
        needed = self.price + 1 - pieces.first_cost(self.quantity - missing)
        dear = f" for {facts.program.money(needed)} or more together" if needed > 0 else ""
        return f"{pieces_text(missing, ' more')} of {self.match.text}{dear}."
