"""How much of an amount belongs to some pieces of an order's lines.

A line has pieces that were *released*: held and not captured, so never delivered. Pieces come back of the others only.
Each share is a function of all pieces that are gone by then, so it does not matter in how many steps they went.
"""

from collections.abc import Iterable, Mapping, Sequence

from domain.orders import OrderLine

Parts = Mapping[str, int] | None
"""The weight of each line, by its ref; None when lines count by what they cost."""


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
    if parts:
        weights = [(parts.get(line.ref, 0), line) for line in lines]
    else:
        by_price = any(line.payable for line in lines)
        weights = [(line.payable if by_price else line.quantity, line) for line in lines]
    gone = sum(weight * pieces.get(line.ref, 0) // line.quantity for weight, line in weights)
    return amount * gone // sum(weight for weight, _ in weights)


def released_share(amount: int, lines: Sequence[OrderLine], parts: Parts = None) -> int:
    """Return how much of `amount` falls away because it was not captured."""
    released = {line.ref: line.released_quantity for line in lines if line.released_quantity}
    return share(amount, lines, released, parts) if released else 0


def returned_share(amount: int, lines: Sequence[OrderLine], returned: Mapping[str, int], parts: Parts = None) -> int:
    """Return how much of `amount` belongs to what came back in all, over and above what was not captured."""
    gone = {line.ref: line.released_quantity + returned.get(line.ref, 0) for line in lines}
    return share(amount, lines, gone, parts) - released_share(amount, lines, parts)
