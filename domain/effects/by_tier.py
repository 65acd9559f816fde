"""Rates and amounts by tier: which of them counts for a member, and which tier above would give more."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeVar

from domain.conditions.base import Facts
from domain.program import Tier

Rate = TypeVar("Rate", bound=int | Decimal)
"""A percentage, a factor, or an amount in minor units."""


def best(facts: Facts, rates: Mapping[str, Rate]) -> str | None:
    """Return the member's tier whose rate counts, the highest where ladders differ; None when no tier has one."""
    own = {tier.code: rates[tier.code] for tier in facts.standings.values() if tier.code in rates}
    return max(own, key=lambda name: own[name], default=None)


def nearest(facts: Facts, rates: Mapping[str, Rate], helps: Callable[[Rate], bool]) -> Tier | None:
    """Return the nearest tier above the member's own whose rate helps; those below are not to be reached."""
    higher = (
        tier
        for ladder_id, own in facts.standings.items()
        for tier in facts.program.tiers[ladder_id]
        if tier.rank > own.rank and tier.code in rates and helps(rates[tier.code])
    )
    return min(higher, key=lambda tier: tier.rank, default=None)
