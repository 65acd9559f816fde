"""How much of an amount belongs to some pieces of an order's lines.

A line has pieces that were *released*: held and not captured, so never delivered. Pieces come back of the others only.
Each share is a function of all pieces that are gone by then, so it does not matter in how many steps they went.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import lcm

from domain.orders import OrderLine

Parts = Mapping[str, int] | None
"""The weight of each line, by its ref; None when lines count by what they cost."""
Weighted = tuple[int, OrderLine]


def together(parts: Iterable[Parts]) -> Parts:
    """Return the weights of several amounts as one; None when the lines of any of them count by what they cost."""
    found: dict[str, int] = {}
    for one in parts:
        if one is None:
            return None
        for ref, weight in one.items():
            found[ref] = found.get(ref, 0) + weight
    return found


def share(amount: int, lines: Sequence[OrderLine], pieces: Mapping[str, int], parts: Parts = None) -> int:
    """Return how much of `amount` belongs to so many pieces of each line, rounded down; to all pieces, all of it.

    Lines count by their `parts`, else by what they cost, or where all are free by their pieces.
    """
    weights = [(parts.get(line.ref, 0), line) for line in lines] if parts else by_cost(lines)
    gone, whole = _sum(weights, pieces), _sum(weights, {line.ref: line.quantity for line in lines})
    return amount * gone // whole


def by_cost(lines: Sequence[OrderLine]) -> list[Weighted]:
    """Return the lines, each with what it costs, or where all are free with how many pieces it has."""
    by_price = any(line.payable for line in lines)
    return [(line.payable if by_price else line.quantity, line) for line in lines]


def _sum(weights: Sequence[Weighted], pieces: Mapping[str, int]) -> int:
    """Return what so many pieces of each line weigh, in parts of one for all lines, so that it is exact."""
    common = lcm(*(line.quantity for _, line in weights))
    return sum(weight * pieces.get(line.ref, 0) * (common // line.quantity) for weight, line in weights)


def released_of(lines: Sequence[OrderLine]) -> dict[str, int]:
    """Return how many pieces of each line were not captured."""
    return {line.ref: line.released_quantity for line in lines if line.released_quantity}


def released_share(amount: int, lines: Sequence[OrderLine], parts: Parts = None) -> int:
    """Return how much of `amount` falls away because it was not captured."""
    released = released_of(lines)
    return share(amount, lines, released, parts) if released else 0


def returned_share(amount: int, lines: Sequence[OrderLine], returned: Mapping[str, int], parts: Parts = None) -> int:
    """Return how much of `amount` belongs to what came back in all, over and above what was not captured."""
    gone = {line.ref: line.released_quantity + returned.get(line.ref, 0) for line in lines}
    return share(amount, lines, gone, parts) - released_share(amount, lines, parts)


def paid_share(amount: int, lines: Sequence[OrderLine], returned: Mapping[str, int]) -> int:
    """Return how much of `amount`, which was paid for what was captured, belongs to what came back of that in all.

    It is rounded down; to all pieces that were captured belongs all of it.
    """
    weights = by_cost(lines)
    captured = {line.ref: line.quantity - line.released_quantity for line in lines}
    whole = _sum(weights, captured)
    if not whole:  # what was captured is free: it was paid for shipping, and comes back with the last piece
        weights = [(line.quantity, line) for line in lines]
        whole = _sum(weights, captured)
    return amount * _sum(weights, returned) // whole if whole else 0
