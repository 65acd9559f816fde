"""What a choice of coupons leaves to pay at least: a bound that is found without trying the sets.

Goods are looked at by *cells*: lines that the same rules mean. A share or a fixed amount off leaves of each cell no
less when there was more of any, and what is less before it is no more less after it. So, rounding aside, no set of such
coupons leaves less than all of them one after the other. What other coupons take off, and the largest of those that
exclude each other, is subtracted as a loss, less the shares that later coupons would have taken of it anyway. Amounts
are minor units times 2^40, rounded so that the bound is never too high; what rules round comes off at the end.
"""

from collections.abc import Sequence
from uuid import UUID

from domain.coupon_cells import BITS, ONE, Cells, Take
from domain.coupon_trials import Candidate
from domain.given import Given
from domain.values import value

Owners = tuple[tuple[str, UUID], ...]
"""Of stacking groups who took each."""


@value
class Loss:
    """What a coupon takes off at most: so much of each, of which so large a share counts."""

    takes: tuple[Take, ...]
    weight: int

    def of(self, left: Sequence[int]) -> int:
        """Return what is lost, rounded up."""
        return -(-sum(take.of(left) + take.error for take in self.takes) * self.weight >> BITS)


@value
class Plan:
    """What becomes of the cells from one place on."""

    takes: tuple[Take, ...]
    losses: tuple[tuple[tuple[Loss, ...], ...], ...]
    """Of the alternatives of each the largest counts, all coupons of one together."""
    touched: tuple[int, ...]
    error: int
    shipping_gain: int
    """What the coupons take off shipping at most, in minor units."""


class Bounds:
    """Bounds for the candidates of one choice, by their places."""

    def __init__(self, base: Given, candidates: Sequence[Candidate], least_shipping: int) -> None:
        """Take the order as the promotions left it."""
        self.candidates = candidates
        self.least_shipping = least_shipping
        self.cells = Cells(base, candidates)
        self._base = self.cells.left(base)
        self._takes = [self.cells.takes_of(base.facts, one) for one in candidates]
        self._groups = sorted({one.source.version.group for one in candidates if one.source.version.group is not None})
        self._touched = [{cell for take in found for cell in take.cells} for found, _ in self._takes]
        self._plans: dict[tuple[int, Owners], Plan] = {}
        self._shared: dict[tuple[tuple[int, ...], ...], list[Take] | None] = {}

    def allowed(self, given: Given, place: int) -> list[Candidate]:
        """Return the candidates from a place on whose stacking group no other template has taken."""
        taken = given.eligibility.groups
        return [
            one
            for one in self.candidates[place:]
            if (owner := taken.get(one.source.version.group or "")) is None or owner[0] == one.source.owner
        ]

    def least(self, given: Given, place: int, shipping_gain: int) -> int:
        """Return what is left to pay at least, with any of the candidates from a place on, in minor units.

        `shipping_gain` is what those that are included already take off shipping at most.
        """
        plan = self._plan(given, place)
        before = self.cells.left(given)
        left = before[:]
        for take in plan.takes:
            take.move(left)
        lost = plan.error
        for alternatives in plan.losses:
            lost += max(sum(loss.of(before) for loss in one) for one in alternatives)
        touched = sum(left[cell] for cell in plan.touched)
        goods = -(-(sum(left) - min(lost, touched)) >> BITS)
        return goods + max(self.least_shipping - plan.shipping_gain - shipping_gain, 0)

    # ── plans ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _plan(self, given: Given, place: int) -> Plan:
        groups = given.eligibility.groups
        key = (place, tuple((group, groups[group][0]) for group in self._groups if group in groups))
        if key not in self._plans:
            places = {id(one): number for number, one in enumerate(self.candidates)}
            taken = frozenset(group for group, _ in key[1])
            self._plans[key] = self._planned([places[id(one)] for one in self.allowed(given, place)], taken)
        return self._plans[key]

    def _planned(self, places: Sequence[int], taken: frozenset[str]) -> Plan:
        rivals: dict[str, dict[UUID, list[int]]] = {}
        for place in places:
            version = self.candidates[place].source.version
            if version.group is not None and version.group not in taken:
                rivals.setdefault(version.group, {}).setdefault(version.campaign_id, []).append(place)
        rivals = {group: templates for group, templates in rivals.items() if len(templates) > 1}
        bound = {place for templates in rivals.values() for own in templates.values() for place in own}
        # From the last to the first, for what a loss comes to depends on what is after it.
        takes: list[Take] = []
        losses: list[tuple[tuple[Loss, ...], ...]] = []
        weights, by_place = [ONE] * self.cells.count, dict[int, Loss]()
        for place in reversed(places):
            found, is_exact = self._takes[place]
            if place in bound or not is_exact:
                heaviest = max((weights[cell] for take in found for cell in take.cells), default=0)
                by_place[place] = Loss(found, heaviest)
                if place not in bound:
                    losses.append(((by_place[place],),))
                continue
            for take in reversed(found):
                take.weigh(weights)
                takes.append(take)
        takes.reverse()
        gain = sum(self.candidates[place].shipping_gain for place in places if place not in bound)
        first: list[Take] = []
        for templates in rivals.values():
            alternatives = tuple(tuple(own) for own in templates.values())
            gain += max(sum(self.candidates[place].shipping_gain for place in own) for own in alternatives)
            shares = self._shares(alternatives)
            if shares is None:
                losses.append(tuple(tuple(by_place[place] for place in own) for own in alternatives))
            else:
                first += shares
        every = (*first, *takes)
        touched = set[int]().union(*(self._touched[place] for place in places))
        return Plan(every, tuple(losses), tuple(sorted(touched)), sum(one.error for one in every), gain)

    def _shares(self, alternatives: tuple[tuple[int, ...], ...]) -> list[Take] | None:
        """Return the largest share of each cell that any of several templates takes.

        None if one takes other than shares, or it comes to more than what any takes by itself.
        """
        if alternatives not in self._shared:
            self._shared[alternatives] = self._largest_shares(alternatives)
        return self._shared[alternatives]

    def _largest_shares(self, alternatives: tuple[tuple[int, ...], ...]) -> list[Take] | None:
        keeps, error, most = [ONE] * self.cells.count, 0, 0
        for own in alternatives:
            mine, takes = [ONE] * self.cells.count, [take for place in own for take in self._takes[place][0]]
            if any(take.most is not None or take.ceiling is not None for take in takes):
                return None
            for take in takes:
                for cell in take.cells:
                    mine[cell] = mine[cell] * take.keep >> BITS
            keeps = [min(pair) for pair in zip(keeps, mine, strict=True)]
            error = max(error, sum(take.error for take in takes))
            most = max(most, sum(take.of(self._base) for take in takes))
        shares = [Take((cell,), keep, None, 0) for cell, keep in enumerate(keeps) if keep < ONE]
        shares.append(Take((), ONE, None, error))
        return shares if sum(take.of(self._base) for take in shares) <= most else None
