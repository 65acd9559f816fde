"""The single pieces of an order's lines, for rules that pick some of them by price.

A line may have a million pieces, and an order five hundred lines, so pieces are never written out: those of one line
that cost the same are a run, of which each line has at most two.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from itertools import accumulate

from domain.amounts import spelled
from domain.effects.base import RunningLine
from domain.values import value

SHOWN_MAX = 10
"""So many runs are written out in an explanation; of more, the first."""


@value
class Run:
    """Pieces of one line that cost the same, in minor units of currency."""

    price: int
    ref: str
    count: int


class Pieces:
    """All pieces of some lines in a row by price, those of the same price by the ref of their line.

    The amount that is left to pay for a line of q pieces is spread over them evenly: those for which it does not come
    out even cost one minor unit more. So the row does not depend on the order of lines.
    """

    def __init__(self, lines: Iterable[RunningLine], *, dearest_first: bool) -> None:
        runs = []
        for line in lines:
            price, dearer = divmod(line.amount, line.content.quantity)
            runs += [Run(price + 1, line.ref, dearer), Run(price, line.ref, line.content.quantity - dearer)]
        sign = -1 if dearest_first else 1
        self.runs = sorted((run for run in runs if run.count), key=lambda run: (sign * run.price, run.ref))
        self._ends = [0, *accumulate(run.count for run in self.runs)]
        self._costs = [0, *accumulate(cost(run) for run in self.runs)]

    @property
    def count(self) -> int:
        """How many there are."""
        return self._ends[-1]

    def first_cost(self, count: int) -> int:
        """Return what the first `count` cost together."""
        place = bisect_left(self._ends, count)
        if self._ends[place] == count:
            return self._costs[place]
        return self._costs[place - 1] + (count - self._ends[place - 1]) * self.runs[place - 1].price

    def below(self, price: int) -> int:
        """Return how many cost less than `price`."""
        return sum(run.count for run in self.runs if run.price < price)

    def chosen(self, of_first: Callable[[int], int]) -> list[Run]:
        """Return the pieces that are chosen, when of the first k pieces `of_first(k)` are."""
        found = []
        for run, before, end in zip(self.runs, self._ends, self._ends[1:], strict=False):
            count = of_first(end) - of_first(before)
            if count:
                found.append(Run(run.price, run.ref, count))
        return found


def pieces_text(count: int, more: str = "") -> str:
    """Spell how many pieces there are, or how many `more`."""
    return f"{count}{more} piece{'' if count == 1 else 's'}"


def cost(run: Run) -> int:
    """Return what a run costs."""
    return run.price * run.count


def by_line(runs: Iterable[Run]) -> dict[str, int]:
    """Return what the pieces cost together, by the ref of their line."""
    found: dict[str, int] = {}
    for run in runs:
        found[run.ref] = found.get(run.ref, 0) + cost(run)
    return found


def sum_text(runs: list[Run], scale: int) -> str:
    """Return the sum of what pieces cost as a step: `2 × 5.00 + 1 × 3.00 = 13.00`."""
    shown = [f"{run.count} × {spelled(run.price, scale)}" for run in runs[:SHOWN_MAX]]
    if len(runs) > SHOWN_MAX:
        shown.append("…")
    return f"{' + '.join(shown)} = {spelled(sum(map(cost, runs)), scale)}"
