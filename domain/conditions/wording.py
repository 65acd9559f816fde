"""How conditions say what they require and what they found."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.conditions.base import Facts

MEMBER_HAS = "the member has"
NAMED_MAX = 5
"""So many names of a list are spelled; of the others the number is told."""


def one_of(names: Iterable[str]) -> str:
    """Return `A or B`, in the order of the alphabet."""
    return alternatives(sorted(names))


def alternatives(names: list[str]) -> str:
    """Return `A or B`, in the order given."""
    rest = len(names) - NAMED_MAX
    spelled = " or ".join(names[:NAMED_MAX])
    return f"{spelled} or one of {rest} more" if rest > 0 else spelled


def listed(names: Iterable[str], none: str) -> str:
    """Return `A, B`, in the order of the alphabet; `none` when there are no names."""
    found = sorted(names)
    rest = len(found) - NAMED_MAX
    spelled = ", ".join(found[:NAMED_MAX])
    return (f"{spelled} and {rest} more" if rest > 0 else spelled) or none


def counted(number: int, noun: str) -> str:
    """Return `1 day`, `2 days`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def ordinal(number: int) -> str:
    """Return `1st`, `2nd`, `3rd`, `11th`."""
    is_teen = number // 10 % 10 == 1
    return f"{number}{'th' if is_teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def has_of(facts: "Facts") -> str | None:
    """Return who has what is known of the member; of a guest's order it is the order that names nobody."""
    return MEMBER_HAS if facts.member else None


def between(least: int | None, most: int | None, noun: str) -> str:
    """Return `at least 2 days`, `at most 9 days`, `2 to 9 days`, of which at least one bound is there."""
    if least is None:
        return f"at most {counted(most or 0, noun)}"
    return f"at least {counted(least, noun)}" if most is None else f"{least} to {counted(most, noun)}"
