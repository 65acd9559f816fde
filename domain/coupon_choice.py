"""Which of a member's coupons an order uses when it names none: the legal set that leaves least to pay.

Of sets that leave the same, the one whose coupons expire soonest, then the one of the fewest. Coupons are gone through
in the order in which they are applied, each in and out, and what cannot be better than the best so far is left aside.
"""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from domain.campaigns import Stage
from domain.coupon_bounds import Bounds
from domain.coupon_trials import Candidate, Trials
from domain.coupons import PROVEN_MAX, Choice
from domain.given import Given
from domain.sources import Source
from domain.values import value

SETS_MAX = 2_000
"""So many steps are gone at most when there are more than `PROVEN_MAX`, each with a coupon or without it."""
STEPS_MAX = 10_000
"""So many when there are fewer: none but made-up coupons come near it."""

LEAST = attrgetter("least")
Key = tuple[int, tuple[datetime, ...], tuple[UUID, ...]]
"""What a set leaves to pay, when its coupons expire, and which they are, each in order: the lowest is the best."""


@value
class Node:
    """A set that is being made: what the order is with it, and which of the candidates may be added."""

    given: Given
    coupons: tuple[Candidate, ...]
    rest: int
    """The places of those that may be added, a bit for each."""
    left: Sequence[int]
    """What is left to pay for each cell."""
    shipping_gain: int
    """What the coupons take off shipping at most, in minor units."""
    least: int
    """What is left to pay at least, whatever is added."""


@value
class Chosen:
    """What was chosen."""

    coupons: frozenset[UUID]
    payable: int
    """What is left to pay with them, before points are used as money, in minor units."""
    candidates: tuple[Candidate, ...]
    """Those that were looked at, in the order in which they are applied."""
    beyond: tuple[Source, ...]
    """Those of which an order may use fewer, and others expire sooner."""
    choice: Choice


def chosen(trials: Trials, candidates: Sequence[Candidate], *, is_cut: bool) -> Chosen:
    """Choose from candidates that stand in the order in which they are applied."""
    kept, beyond = _within_orders(candidates)
    search = _Search(trials, kept)
    best = search.best()
    is_proven = not (is_cut or search.is_cut or _is_entangled(trials, kept))
    return Chosen(
        frozenset(best[2]),
        best[0],
        tuple(kept),
        tuple(beyond),
        Choice(usable=len(candidates), is_proven=is_proven, looked_at=trials.tried),
    )


def _alike(one: Candidate, other: Candidate) -> bool:
    """Whether two coupons do the same: then of those beside each other the one that expires sooner is better."""
    return one.source.version.id == other.source.version.id and one.source.is_had is other.source.is_had


def _within_orders(candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[Source]]:
    """Leave out coupons of which an order uses fewer than there are alike beside each other."""
    kept: list[Candidate] = []
    beyond = []
    for candidate in candidates:
        terms = candidate.source.version.coupon
        most = terms.per_order if terms else 1
        if len(kept) >= most and all(_alike(one, candidate) for one in kept[-most:]):
            beyond.append(candidate.source)
        else:
            kept.append(candidate)
    return kept, beyond


def _is_entangled(trials: Trials, candidates: Sequence[Candidate]) -> bool:
    """Whether a budget may turn out short after something was drawn on it: then all is decided anew without it."""
    sources = {one.source.key: one.source for one in trials.rules if one.source.coupon is None}
    sources |= {one.source.key: one.source for one in candidates}
    for source in sources.values() if candidates else ():
        stages = [source.stage_of(rule) for rule in source.version.effects]
        is_split = source.version.budget.bounded and len(stages) > 1 and min(stages) < Stage.EARN
        # What a coupon draws before there is earning is looked at when sets are tried.
        if is_split and (source.coupon is None or max(stages) >= Stage.EARN):
            return True
    return False


class _Search:
    """The search for the best set."""

    def __init__(self, trials: Trials, candidates: Sequence[Candidate]) -> None:
        self.trials = trials
        self.candidates = candidates
        self.is_cut = len(candidates) > PROVEN_MAX
        self.found: Key = (trials.must_pay(trials.base), (), ())

    def best(self) -> Key:
        """Return the best set that was found."""
        if not self.candidates:
            return self.found
        self._dive(self.candidates)
        searched = list(self.candidates)
        if self.is_cut:
            most = sorted(searched, key=lambda one: (-one.gain, one.expires_at, one.source.key))[:PROVEN_MAX]
            searched = [one for one in searched if one in most]
        self._go_through(searched, SETS_MAX if self.is_cut else STEPS_MAX)
        return self.found

    def _dive(self, candidates: Sequence[Candidate]) -> None:
        """Make a good set to begin with: all coupons, of each stacking group those of the best template."""
        gains: dict[tuple[str | None, UUID], int] = {}
        for one in candidates:
            key = (one.source.version.group, one.source.owner)
            gains[key] = gains.get(key, 0) + one.gain
        best: dict[str | None, UUID] = {}
        for (group, owner), gain in gains.items():
            if group not in best or gain > gains[group, best[group]]:
                best[group] = owner
        given, coupons = self.trials.base, list[Candidate]()
        for one in candidates:
            group = one.source.version.group
            if group is None or best[group] == one.source.owner:
                found = self.trials.included(given, one)
                if found is not None:
                    given = found
                    coupons.append(one)
        self._note(given, coupons)

    def _note(self, given: Given, coupons: Sequence[Candidate]) -> None:
        payable = self.trials.payable(given, coupons)
        if payable is not None:
            expiries = tuple(sorted(one.expires_at for one in coupons))
            ids = tuple(sorted(one.source.key for one in coupons))
            self.found = min(self.found, (payable, expiries, ids))

    def _go_through(self, candidates: Sequence[Candidate], most: int) -> None:
        """Look at every set that may be better than the best so far.

        First it is decided which template may take each stacking group, the most promising first: what the others leave
        at least is known closely then. Of those that are left each is then in or out.
        """
        base = self.trials.base
        bounds = Bounds(base, candidates, self.trials.least_shipping)
        left = bounds.cells.left(base)
        every = (1 << len(candidates)) - 1
        after = self._after(candidates)
        nodes = [Node(base, (), every, left, 0, bounds.least(left, every, 0))]
        while nodes:
            node = nodes.pop()
            if not self._promises(bounds, node):
                continue
            if not node.rest:
                self._note(node.given, node.coupons)
                continue
            most -= 1
            if most < 0:
                self.is_cut = True
                return
            rivals = bounds.rivals(node.rest)
            if rivals:
                nodes += sorted((self._with_rest(bounds, node, rest) for rest in rivals), key=LEAST, reverse=True)
                continue
            place = (node.rest & -node.rest).bit_length() - 1
            nodes.append(self._with_rest(bounds, node, node.rest & after[place]))
            one, rest = candidates[place], node.rest & (node.rest - 1)
            given = self.trials.included(node.given, one)
            if given is not None:
                left, gain = bounds.cells.left(given), node.shipping_gain + one.shipping_gain
                nodes.append(Node(given, (*node.coupons, one), rest, left, gain, bounds.least(left, rest, gain)))

    def _with_rest(self, bounds: Bounds, node: Node, rest: int) -> Node:
        """Return a set to which fewer may be added."""
        least = bounds.least(node.left, rest, node.shipping_gain)
        return Node(node.given, node.coupons, rest, node.left, node.shipping_gain, least)

    def _after(self, candidates: Sequence[Candidate]) -> list[int]:
        """Return for each place those after it of another sort: without a coupon its like are left out too."""
        found = [0] * len(candidates)
        every = (1 << len(candidates)) - 1
        for place in range(len(candidates) - 2, -1, -1):
            same = _alike(candidates[place], candidates[place + 1])
            found[place] = found[place + 1] if same else every & ~((2 << place) - 1)
        return found

    def _promises(self, bounds: Bounds, node: Node) -> bool:
        """Whether a set that is made of this one may be better than the best so far."""
        payable, expiries, ids = self.found
        if node.least != payable:
            return node.least < payable
        rest = sorted(bounds.of(node.rest), key=lambda one: one.expires_at)
        needed = self._needed(bounds, node, rest, payable)
        if needed > len(rest):
            return False
        own = [one.expires_at for one in node.coupons]
        latest = max(own, default=None)
        # More of them make it better as long as they expire sooner than the last of it.
        sooner = sum(latest is not None and one.expires_at < latest for one in rest)
        soonest = tuple(sorted([*own, *(one.expires_at for one in rest[: max(sooner, needed)])]))
        if soonest != expiries:
            return soonest < expiries
        others = sorted(one.source.key for one in rest)[: len(ids) - len(own)]
        return tuple(sorted([*(one.source.key for one in node.coupons), *others])) < ids

    def _needed(self, bounds: Bounds, node: Node, rest: Sequence[Candidate], payable: int) -> int:
        """Return how many of the rest it takes at least to leave no more than so much."""
        left = node.given.facts.running.goods - payable
        left += max(bounds.least_shipping - node.shipping_gain, 0)
        needed = 0
        for gain in sorted((one.gain for one in rest), reverse=True):
            if left <= 0:
                return needed
            left -= gain
            needed += 1
        return needed if left <= 0 else needed + 1
