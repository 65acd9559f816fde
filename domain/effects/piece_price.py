"""`fixedPrice`, `exchange` and `bundlePrice`: what pieces cost, each by itself or so many together."""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

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
        money = facts.program.money
        pieces = Pieces(facts.running.matching(self.match), dearest_first=True)
        count = pieces.count - pieces.below(self.price + 1)
        if not count:
            text = f"no piece of {self.match.text} costs more than {money(self.price)}."
            remedy = f"A piece of {self.match.text} for {money(self.price + 1)} or more."
            return nothing(EffectKind.DISCOUNT, text, remedy)
        return _lowered(facts, pieces, count, self.price, words=f"{pieces_text(count)} of {self.match.text}")


@dataclass(frozen=True, slots=True)
class Exchange(Promotion):
    """The dearest `quantity` pieces that are meant, or as many as there are, cost `price` each if they cost more.

    The price is in minor units of currency; for 0 they are free.
    """

    match: Match
    quantity: int = 1
    price: int = 0

    def give(self, facts: Facts) -> Outcome:
        """Lower the dearest pieces to the price."""
        pieces = Pieces(facts.running.matching(self.match), dearest_first=True)
        dearer = pieces.count - pieces.below(self.price + 1)
        if not dearer:
            return self._missed(facts, pieces)
        count = min(dearer, self.quantity)
        price = spelled(self.price, facts.program.currency_scale)
        return _lowered(
            facts,
            pieces,
            count,
            self.price,
            words=f"{count} of {pieces_text(pieces.count)} of {self.match.text} in exchange",
            arithmetic=(f"{pieces_text(dearer)} dearer than {price}, at most {self.quantity} = {count}",),
            details={"quantity": self.quantity},
        )

    def _missed(self, facts: Facts, pieces: Pieces) -> Outcome:
        """Return that no piece can be exchanged; what one has to cost is said when not every price will do."""
        money = facts.program.money
        text = f"the order has no piece of {self.match.text}."
        if pieces.count:
            text = f"no piece of {self.match.text} costs more than {money(self.price)}."
        dear = f" for {money(self.price + 1)} or more" if self.price or pieces.count else ""
        return nothing(EffectKind.DISCOUNT, text, f"Add a piece of {self.match.text}{dear}.")


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


def _lowered(
    facts: Facts,
    pieces: Pieces,
    count: int,
    price: int,
    *,
    words: str,
    arithmetic: tuple[str, ...] = (),
    details: dict[str, Any] | None = None,
) -> Outcome:
    """Lower the first `count` pieces, each of which costs more, to `price`."""
    scale = facts.program.currency_scale
    runs = pieces.chosen(lambda k: min(k, count))
    basis = sum(map(cost, runs))
    total = basis - count * price
    # By the line, what is over the price is exact, and nothing is left to be spread.
    over = by_line(Run(run.price - price, run.ref, run.count) for run in runs)
    before, each, after = spelled(basis, scale), spelled(price, scale), spelled(total, scale)
    return discount(
        facts,
        total,
        over,
        text=f"{words}: {facts.program.money(price)} each",
        arithmetic=(*arithmetic, sum_text(runs, scale), f"{before} − {count} × {each} = {after}"),
        details={"basis": basis, "pieces": count, "price": price, **(details or {})},
    )
