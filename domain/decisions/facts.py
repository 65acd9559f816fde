"""What rules may know of a member, from the book that is open for them or from their rows."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domain.book import Book
from domain.conditions.base import MemberFacts
from domain.program import Program


def member_facts(book: Book) -> MemberFacts:
    """Return the facts as the book stands."""
    tiers = {ladder_id: row.tier_id for ladder_id, row in book.standings.items()}
    return facts_of(book.member, tiers, book.program)


def facts_of(member: Any, tiers: Mapping[UUID, UUID], program: Program) -> MemberFacts:
    """Return the facts from any row of a member, and the id of their tier on each ladder."""
    return MemberFacts(
        id=member.id,
        standings={ladder_id: program.tier_by_id(tier_id) for ladder_id, tier_id in tiers.items()},
        tags=frozenset(member.tags),
        attributes=member.attributes,
        birthday=member.birthday,
        enrolled_at=member.enrolled_at,
        channel=member.channel,
        store=member.store,
        orders=member.orders,
        last_order_at=member.last_order_at,
    )
