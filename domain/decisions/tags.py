"""Marks on a member, each with what set it."""

from typing import Any

from domain.book import Book
from domain.values import replace

TAGS_MAX = 50
"""Tags that are set by hand, beside those that a member has; what campaigns set is not held up by it."""


ORDER = "order:"
"""What the mark begins with that an order set: it goes with the order's whole return."""


def set_tag(book: Book, tag: str, by: str) -> None:
    """Set a tag. One that is there stays as it was set first; of one that only orders set it is noted what else did."""
    mark = book.member.tags.get(tag)
    if mark is None:
        mark = {"since": book.now.isoformat(), "by": by}
    elif by not in (setters := _setters(mark)) and all(one.startswith(ORDER) for one in setters):
        mark = mark | {"also": [*mark.get("also", ()), by]}
    else:
        return
    book.member = replace(book.member, tags=book.member.tags | {tag: mark})


def unset_tags(book: Book, by: str) -> None:
    """Take away what was set by this and nothing else."""
    tags = {}
    for tag, mark in book.member.tags.items():
        left = [one for one in _setters(mark) if one != by]
        if left:
            also = {"also": left[1:]} if left[1:] else {}
            tags[tag] = {"since": mark["since"], "by": left[0], **also}
    if tags != book.member.tags:
        book.member = replace(book.member, tags=tags)


def _setters(mark: dict[str, Any]) -> list[str]:
    """Return who set a tag, the first first."""
    return [mark["by"], *mark.get("also", ())]
