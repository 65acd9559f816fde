"""What the values of a free expression are made of, and how many there may be of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.checks import ATTRIBUTES_MAX
from domain.orders import LINES_MAX

MEMBER_LIST_MAX = 50
"""How many tags or tiers a member has at most."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Something with named parts."""

    parts: "Mapping[str, Shape]"


@dataclass(frozen=True, slots=True)
class Items:
    """A list, or a map, and the shape of what is in it; `keys` are those of a map, None when they may be any."""

    item: "Shape"
    most: int
    """How many there are at most."""
    is_map: bool = False
    keys: frozenset[str] | None = None
    unordered: bool = False
    """Whether it is lines, or made of them: their order tells nothing, so none of them has a number."""


@dataclass(frozen=True, slots=True)
class Single:
    """One value, which is of one of these kinds: see `KINDS`."""

    kinds: frozenset[str]


Shape = Fields | Items | Single

KINDS = {"truth": "true or false", "number": "a number", "text": "a text", "bytes": "bytes", "null": "null"}
"""What a single value may be, and how that is told."""
TRUTH, NUMBER, TEXT, BYTES, NULL = (Single(frozenset((kind,))) for kind in KINDS)
ANYTHING = Single(frozenset(KINDS))

UNTOLD = frozenset(
    {
        *(f"member.{name}" for name in ("id", "daysSinceEnrolment", "daysSinceLastOrder", "birthday")),
        *(f"{owner}.{name}" for owner in ("member", "order") for name in ("channel", "store")),
        *("order.source", "order.lines.category", "order.lines.name", "event.code"),
    }
)
"""What is null when it is not told; all else is there always."""


def shape_of(specimen: Any, path: str = "") -> Shape:
    """Return the shape of a value like `specimen`; a map without keys may be asked for any, and has texts."""
    if isinstance(specimen, dict):
        if not specimen:
            return Items(TEXT, ATTRIBUTES_MAX, is_map=True)
        return Fields({name: shape_of(part, f"{path}.{name}".strip(".")) for name, part in specimen.items()})
    if isinstance(specimen, list):
        item = shape_of(specimen[0], path)
        if isinstance(item, Fields):
            return Items(item, LINES_MAX, unordered=True)
        return Items(item, MEMBER_LIST_MAX)
    found = TRUTH if isinstance(specimen, bool) else NUMBER if isinstance(specimen, int) else TEXT
    return either(found, NULL) if path in UNTOLD else found


def either(*shapes: Single) -> Single:
    """Return what is of any of the kinds."""
    return Single(frozenset[str]().union(*(shape.kinds for shape in shapes)))


def kinds_told(shape: Single) -> str:
    """Return of which kinds a value is, in words."""
    return " or ".join(words for kind, words in KINDS.items() if kind in shape.kinds)


def names_told(names: Iterable[str]) -> str:
    """Return names in the order of the alphabet, each as it is written."""
    return ", ".join(f"`{name}`" for name in sorted(names))
