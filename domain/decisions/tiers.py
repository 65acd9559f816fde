"""Tiers follow from progress."""

from datetime import datetime

from domain.book import Book
from domain.events import EventKind
from domain.members import Standing
from domain.program import tier_for
from domain.values import replace


def raise_tiers(book: Book, occurred_at: datetime) -> None:
    """Raise each standing to the tier that progress has reached. Tiers fall at review only."""
    program = book.program
    for ladder in program.ladders:
        tiers = program.tiers[ladder.id]
        standing = book.standings.get(ladder.id)
        current = program.tier_by_id(standing.tier_id) if standing else tiers[0]
        account = book.accounts.get(ladder.asset_id)
        earned = tier_for(tiers, account.available if account else 0)
        if standing is None:
            standing = Standing(
                book.new_id(), program.id, book.member.id, ladder.id, current.id, book.member.enrolled_at, None
            )
            book.standings[ladder.id] = standing
        if earned.rank > current.rank:
            # An order that is reported late raises nobody before the day on which they got where they are.
            since = max(occurred_at, standing.since)
            book.standings[ladder.id] = replace(standing, tier_id=earned.id, since=since)
            evidence = {"progress": account.available if account else 0, "threshold": earned.threshold}
            book.tell(
                EventKind.TIER_CHANGED,
                since,
                ladder_id=ladder.id,
                from_tier_id=current.id,
                to_tier_id=earned.id,
                details=evidence,
            )
