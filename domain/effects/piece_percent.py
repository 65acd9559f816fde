"""`cheapestOff` and `nthItemOff`: a share off some pieces, picked by price."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.amounts import Rounding
from domain.conditions.base import Facts
from domain.effects.base import EffectKind, Outcome, Promotion, nothing
from domain.effects.discounts import discount, least, percent_text, percentage
from domain.effects.pieces import Pieces, Run, by_line, cost, pieces_text, sum_text
from domain.matching import EVERYTHING, Match

WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class CheapestOff(Promotion):
    """For every `group` pieces that are meant, `percent` off the `free` cheapest of all of them.

    Six pieces with one free of three: the two cheapest of the six, however they are put on the counter. At most `times`
    groups count; None: all of them.
    """

    group: int
    free: int
    percent: Decimal = WHOLE
    match: Match = EVERYTHING
    times: int | None = None

    def give(self, facts: Facts) -> Outcome:
        """Take the share off the cheapest pieces."""
        pieces = Pieces(facts.running.matching(self.match), dearest_first=False)
        could = pieces.count // self.group
        groups, bounded = facts.running.repeated(could, self.times)
        free = groups * self.free
        if not groups:
            text = f"{pieces_text(pieces.count)} of {self.match.text}, and {self.group} are needed."
            return nothing(EffectKind.DISCOUNT, text, self._remedy(facts, pieces))
        arithmetic = (f"{pieces_text(pieces.count)} ÷ {self.group} rounded down = {could}", *bounded)
        if self.free > 1:
            arithmetic += (f"{groups} × {pieces_text(self.free)} = {free}",)
        words = f"the {free} cheapest of {pieces_text(pieces.count)} of {self.match.text}"
        details = {"pieces": pieces.count, "group": self.group, "free": self.free, "times": groups}
        off = _percent_off(
            facts,
            pieces.chosen(lambda k: min(k, free)),
            self.percent,
            words=words,
            arithmetic=arithmetic,
            details=details,
        )
        return off or nothing(EffectKind.DISCOUNT, f"{words} cost too little.", self._remedy(facts, pieces))

    def _remedy(self, facts: Facts, pieces: Pieces) -> str | None:
        """Return how many more pieces it takes until one of the cheapest comes to something."""
        price = least(self.percent, Rounding.HALF_UP)
        groups = pieces.below(price) // self.free + 1
        if facts.running.repeated(groups, self.times)[0] < groups:
            return None  # more pieces do not make those dearer that are the cheapest
        return _more_pieces(facts, groups * self.group - pieces.count, price, self.match)


@dataclass(frozen=True, slots=True)
class NthItemOff(Promotion):
    """`percent` off every `n`-th piece that is meant, the dearest first; off at most `times` of them."""

    n: int
    percent: Decimal
    match: Match = EVERYTHING
    times: int | None = None

    def give(self, facts: Facts) -> Outcome:
        """Take the share off every n-th piece."""
        pieces = Pieces(facts.running.matching(self.match), dearest_first=True)
        could = pieces.count // self.n
        times, bounded = facts.running.repeated(could, self.times)
        if not times:
            text = f"{pieces_text(pieces.count)} of {self.match.text}, and {self.n} are needed."
            return nothing(EffectKind.DISCOUNT, text, self._remedy(facts, pieces))
        arithmetic = (f"{pieces_text(pieces.count)} ÷ {self.n} rounded down = {could}", *bounded)
        words = f"{times} of {pieces_text(pieces.count)} of {self.match.text}, each {self.n}. from the dearest down"
        details = {"pieces": pieces.count, "n": self.n, "times": times}
        off = _percent_off(
            facts,
            pieces.chosen(lambda k: min(k // self.n, times)),
            self.percent,
            words=words,
            arithmetic=arithmetic,
            details=details,
        )
        return off or nothing(EffectKind.DISCOUNT, f"{words} cost too little.", self._remedy(facts, pieces))

    def _remedy(self, facts: Facts, pieces: Pieces) -> str:
        """Return how many more pieces it takes until the n-th comes to something."""
        price = least(self.percent, Rounding.HALF_UP)
        missing = self.n - (pieces.count - pieces.below(price))
        return _more_pieces(facts, missing, price, self.match)


def _percent_off(
    facts: Facts,
    runs: list[Run],
    percent: Decimal,
    *,
    words: str,
    arithmetic: tuple[str, ...],
    details: dict[str, Any],
) -> Outcome | None:
    """Take so many percent off the pieces that are chosen; None when that comes to nothing."""
    scale = facts.program.currency_scale
    basis = sum(map(cost, runs))
    total, steps = percentage(basis, percent, Rounding.HALF_UP, scale)
    if not total:
        return None
    return discount(
        facts,
        total,
        by_line(runs),
        text=words if percent == WHOLE else f"{words}: {percent_text(percent)}",
        arithmetic=(*arithmetic, sum_text(runs, scale), *(steps if percent != WHOLE else ())),
        details={"basis": basis, "percent": str(percent), **details},
        times=details["times"],
    )


def _more_pieces(facts: Facts, count: int, price: int, match: Match) -> str:
    """Return how many more pieces are needed; what they have to cost is said when not every price will do."""
    dear = f" for {facts.program.money(price)} or more each" if price > 1 else ""
    return f"{pieces_text(count, ' more')} of {match.text}{dear}."
