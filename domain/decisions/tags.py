"""Marks on a member, each with what set it."""

from domain.book import Book
from domain.values import replace

TAGS_MAX = 50
"""Tags that are set by hand, beside those that a member has; what campaigns set is not held up by it."""


def set_tag(book: Book, tag: str, by: str) -> None:
    """Set a tag that the member has not; one that is there stays as it was set first."""
    if tag not in book.member.tags:
        since = book.now.isoformat()
        book.member = replace(book.member, tags=book.member.tags | {tag: {"since": since, "by": by}})


def unset_tags(book: Book, by: str) -> None:
    """Take away what was set by this and nothing else."""
    tags = {tag: mark for tag, mark in book.member.tags.items() if mark["by"] != by}
    if len(tags) < len(book.member.tags):
        book.member = replace(book.member, tags=tags)
