"""Giving back what a transfer took, in any number of steps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from uuid import UUID

from domain.burning import LotPart, part_of
from domain.ledger import Lot, LotMove, Transfer
from domain.stored_value import TopUp
from domain.values import value


@value
class Original:
    """A transfer that is to be undone, whole or in part."""

    transfer: Transfer
    moves: tuple[LotMove, ...]
    """What it took from lots."""
    returned: int
    """What was given back of it before."""
    repaid: int = 0
    """How much of that paid what the member owed, so that no lot got it."""
    top_up: TopUp | None = None
    """What it paid in, if it did."""
    refunded: Mapping[UUID, int] = field(default_factory=dict)
    """What refunds took of each lot of the top-up before."""


def given_back(uses: Sequence[tuple[Lot, int]], returned: int, amount: int) -> list[tuple[Lot, int]]:
    """Return how much goes back to each lot when `amount` more is given back of what `uses` took, after `returned`.

    What paid a debt went to no lot: it is in neither of the two, so that the lots are as if it were still used.

    Bonus and principal go back in the proportion in which they were used, the bonus rounded so that it is never behind;
    of each part what was used last goes back first. So it does not matter in how many steps: after any of them the lots
    are as if all that was given back by then had been given back at once.
    """
    spent = sum(taken for _, taken in uses)
    assert 0 <= amount <= spent - returned, "nobody is given back more than was spent"
    ordered = sorted(uses, key=lambda use: (use[0].priority, use[0].expires_at, use[0].id))
    before = _kept(ordered, spent - returned)
    after = _kept(ordered, spent - returned - amount)
    shares = [(lot, had - has) for (lot, _), had, has in zip(ordered, before, after, strict=True)]
    return [(lot, share) for lot, share in shares if share]


def _kept(uses: Sequence[tuple[Lot, int]], kept: int) -> Iterator[int]:
    """Yield what stays taken of each lot while `kept` in all is not given back."""
    spent = sum(taken for _, taken in uses)
    bonus = sum(taken for lot, taken in uses if part_of(lot.priority) is LotPart.BONUS)
    left = {LotPart.BONUS: kept * bonus // spent}
    left[LotPart.PRINCIPAL] = kept - left[LotPart.BONUS]
    for lot, taken in uses:
        part = part_of(lot.priority)
        share = min(taken, left[part])
        left[part] -= share
        yield share
