"""What a choice of coupons leaves to pay at least: a bound that is found without trying the sets.

Goods are looked at by *cells*: lines that the same rules mean. A share or a fixed amount off leaves of each cell no
less when there was more of any, and what is less before it is no more less after it. So, rounding aside, no set of such
coupons leaves less than all of them one after the other. What other coupons take off, and the largest of those that
exclude each other, is subtracted as a loss, less the shares that later coupons would have taken of it anyway. Amounts
are minor units times 2^40, rounded so that the bound is never too high; what rules round comes off at the end.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from domain.coupon_cells import BITS, ONE, Cells, Take
from domain.coupon_trials import Candidate
from domain.given import Given
from domain.values import value


@value
class Loss:
    """What a coupon takes off at most: so much of each, of which so large a share counts."""

    takes: tuple[Take, ...]
    weight: int

    def of(self, left: Sequence[int]) -> int:
        """Return what is lost, rounded up."""
        return self.of_whole(sum([take.of(left) + take.error for take in self.takes]))

    def of_whole(self, whole: int) -> int:
        """Return what is lost when so much is taken off, rounded up."""
        return -(-whole * self.weight >> BITS)


@value
class Plan:
    """What becomes of the cells when none of the candidates but those of some places may be used."""

    takes: tuple[Take, ...]
    losses: tuple[Loss, ...]
    lost: int
    """What is taken off at most by coupons of which one template of a stacking group may be used."""
    touched: tuple[int, ...]
    error: int
    shipping_gain: int
    """What the coupons take off shipping at most, in minor units."""


def places_of(rest: int) -> list[int]:
    """Return the places whose bits are set, the first first."""
    found = []
    while rest:
        found.append((rest & -rest).bit_length() - 1)
        rest &= rest - 1
    return found


class Bounds:
    """Bounds for the candidates of one choice. Of these a set of places is a number, with a bit for each."""

    def __init__(self, base: Given, candidates: Sequence[Candidate], least_shipping: int) -> None:
        """Take the order as the promotions left it."""
        self.candidates = candidates
        self.least_shipping = least_shipping
        self.cells = Cells(base, candidates)
        self._base = self.cells.left(base)
        self._takes = [self.cells.takes_of(base.facts, one) for one in candidates]
        self._touched = [{cell for take in found for cell in take.cells} for found, _ in self._takes]
        self._most = [sum(take.of(self._base) + take.error for take in found) for found, _ in self._takes]
        """What each takes off at most, of the order as it is without coupons."""
        self._owners = self._of_groups()
        self._plans: dict[int, Plan] = {}
        self._shared: dict[tuple[tuple[int, ...], ...], list[Take] | None] = {}

    def _of_groups(self) -> list[list[int]]:
        """Return of each stacking group the places of each template, of the group first that may take most off.

        The choice of the others is known the more closely, the more is decided of what is taken off.
        """
        found: dict[str, dict[UUID, int]] = {}
        for place, one in enumerate(self.candidates):
            if one.source.version.group is not None:
                owners = found.setdefault(one.source.version.group, {})
                owners[one.source.owner] = owners.get(one.source.owner, 0) | 1 << place
        groups = [list(owners.values()) for owners in found.values()]
        return sorted(groups, key=lambda own: -max(sum(one.gain for one in self.of(mask)) for mask in own))

    def _owned(self, rest: int) -> Iterator[list[int]]:
        """Yield of each stacking group the places of each template that may take it, in a set of places."""
        for owners in self._owners:
            yield [mask & rest for mask in owners if mask & rest]

    def rivals(self, rest: int) -> list[int]:
        """Return what stays of the candidates with each template of one stacking group, if several may take it."""
        own = next((own for own in self._owned(rest) if len(own) > 1), [])
        others = rest & ~sum(own)
        return [others | mask for mask in own]

    def of(self, rest: int) -> list[Candidate]:
        """Return the candidates of a set of places."""
        return [self.candidates[place] for place in places_of(rest)]

    def least(self, left: Sequence[int], rest: int, shipping_gain: int) -> int:
        """Return what is left to pay at least, with any of the rest of the candidates, in minor units.

        `left` is what is left to pay for each cell; `shipping_gain` is what those that are included already take off
        shipping at most.
        """
        plan = self._plans.get(rest)
        if plan is None:
            plan = self._plans[rest] = self._planned(rest)
        after = [*left]
        for take in plan.takes:
            take.move(after)
        lost = plan.error + plan.lost + sum([loss.of(left) for loss in plan.losses])
        touched = sum([after[cell] for cell in plan.touched])
        goods = -(-(sum(after) - min(lost, touched)) >> BITS)
        return goods + max(self.least_shipping - plan.shipping_gain - shipping_gain, 0)

    # ── plans ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _planned(self, rest: int) -> Plan:
        places, rivals = places_of(rest), [own for own in self._owned(rest) if len(own) > 1]
        bound = sum(map(sum, rivals))
        # From the last to the first, for what a loss comes to depends on what is after it.
        takes: list[Take] = []
        losses: list[Loss] = []
        weights, by_place, gain, lost = [ONE] * self.cells.count, dict[int, int](), 0, 0
        for place in reversed(places):
            found, is_exact = self._takes[place]
            if is_exact and not bound >> place & 1:
                for take in reversed(found):
                    take.weigh(weights)
                    takes.append(take)
            else:
                loss = Loss(found, max([weights[cell] for cell in self._touched[place]], default=0))
                if bound >> place & 1:
                    by_place[place] = loss.of_whole(self._most[place])
                    continue
                losses.append(loss)
            gain += self.candidates[place].shipping_gain
        takes.reverse()
        first: list[Take] = []
        for own in rivals:
            alternatives = tuple([tuple(places_of(mask)) for mask in own])
            gain += max([sum([self.candidates[place].shipping_gain for place in one]) for one in alternatives])
            shares = self._shares(alternatives)
            if shares is not None:
                first += shares
                continue
            lost += max([sum([by_place[place] for place in one]) for one in alternatives])
        # Shares leave less before amounts than after them, but after a price for each piece than before it.
        prices = [take for take in takes if first and take.ceiling is not None]
        every = (*prices, *first, *takes)
        touched = set[int]().union(*[self._touched[place] for place in places])
        return Plan(every, tuple(losses), lost, tuple(touched), sum([one.error for one in every]), gain)

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
