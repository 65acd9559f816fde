"""Tiers follow from progress, and campaigns answer that they were raised."""

from datetime import datetime

from domain.book import Book
from domain.campaigns import Trigger
from domain.decisions.occasions import answer_occasion
from domain.events import EventKind
from domain.members import MemberStatus, Standing
from domain.program import Tier, tier_for
from domain.values import replace


def raise_tiers(book: Book, occurred_at: datetime) -> None:
    """Raise each standing to the tier that progress has reached; `occurred_at` is when what raised it happened.

    Tiers fall at review only. What campaigns give for a new tier may be progress that raises another: each round raises
    one standing at least, so there are no more rounds than tiers. Raises `LimitReached`.
    """
    for _ in range(1 + sum(len(tiers) for tiers in book.program.tiers.values())):
        reached = _raised(book, occurred_at)
        if not reached:
            return
        if book.member.status is MemberStatus.ACTIVE:
            for tier in reached:
                answer_occasion(book, Trigger.TIER_CHANGED, occurred_at, code=tier.code)
    raise AssertionError("a tier was raised more often than there are tiers")


def _raised(book: Book, occurred_at: datetime) -> list[Tier]:
    """Raise the standings that are to be raised; return the tiers that were reached."""
    program = book.program
    reached = []
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
            reached.append(earned)
    return reached
