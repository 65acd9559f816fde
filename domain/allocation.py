"""How an amount is spread over parts: in whole minor units, so that the parts add up to it."""

from collections.abc import Mapping


def spread(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Return `total` minor units, 0 to the sum of `weights`, spread in proportion to them, by name.

    By the largest-remainder method: each part is rounded down, and what is left goes, a unit each, to those that lost
    most by it, of equals to the first by name. So the parts add up to the whole, none is more than its weight, and it
    does not matter in which order they stand.
    """
    whole = sum(weights.values())
    assert 0 <= total <= whole, "no more is spread than there is"
    if not total:
        return dict.fromkeys(weights, 0)
    parts = {name: divmod(total * weight, whole) for name, weight in weights.items()}
    left = total - sum(part for part, _ in parts.values())
    first = sorted(parts, key=lambda name: (-parts[name][1], name))[:left]
    found = {name: part for name, (part, _) in parts.items()}
    for name in first:
        found[name] += 1
    return found
