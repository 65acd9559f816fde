"""What follows when a member changes: tiers are raised, and campaigns answer the segments that the member enters."""

from datetime import datetime

from domain.book import Book
from domain.campaigns import Trigger
from domain.conditions.segment import segments_of
from domain.decisions.facts import facts_of, member_facts
from domain.decisions.occasions import answer_occasion
from domain.decisions.tiers import raise_tiers
from domain.members import MemberStatus


def follow_up(book: Book, occurred_at: datetime, *, joins: bool = False) -> None:
    """Raise tiers as `raise_tiers` does, then let campaigns answer as `enter_segments` does. Raises `LimitReached`."""
    raise_tiers(book, occurred_at)
    enter_segments(book, occurred_at, joins=joins)


def enter_segments(book: Book, occurred_at: datetime, *, joins: bool = False) -> None:
    """Let campaigns answer each segment that the member is in now and was not in when the book was opened.

    A new member, who `joins`, was in none. Both are looked at as of the same instants: what time alone does is not
    entering. What is given may make the member enter another; each is entered once at most, so it ends. Nothing is
    looked at unless a campaign waits for segments. Raises `LimitReached`.
    """
    program, codes = book.program, book.program.index.entered
    if not codes or book.member.status is not MemberStatus.ACTIVE:
        return
    known = set[str]()
    if not joins:
        tiers = {ladder_id: row.tier_id for ladder_id, row in book.before.standings.items()}
        before = facts_of(book.before.member, tiers, program)
        known.update(segments_of(program, before, codes, occurred_at, book.now))
    while entered := segments_of(program, member_facts(book), codes - known, occurred_at, book.now):
        known |= entered
        answers = [answer_occasion(book, Trigger.SEGMENT_ENTERED, occurred_at, code=code) for code in sorted(entered)]
        if any(answers):
            raise_tiers(book, occurred_at)
