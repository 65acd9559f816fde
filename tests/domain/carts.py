"""Carts: lines with prices, and what rules look at when they are bought."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from domain.conditions.base import Facts, MemberFacts
from domain.effects.base import EffectRule, Outcome, Running
from domain.orders import LineContent
from domain.program import Tier
from tests.domain.makers import LADDER_ID, MEMBER_ID, NOON, TIERS, line, order, program


def shopper(tier: Tier | None = TIERS[0], **facts: Any) -> MemberFacts:
    """Return a member of the lowest tier."""
    standings: dict[UUID, Tier] = {LADDER_ID: tier} if tier else {}
    return MemberFacts(id=MEMBER_ID, **({"standings": standings} | facts))


def cart(
    *lines: LineContent,
    shipping: int = 0,
    member: MemberFacts | None = shopper(),  # noqa: B008  (a value that nobody changes)
    most_times: int | None = None,
    spent: int = 0,
    at: datetime = NOON,
    recorded_at: datetime = NOON,
) -> Facts:
    """Return what rules see of these lines; the amounts are before any rule, but for `spent`, which points paid."""
    content = order(lines=lines, shipping=shipping)
    running = Running.of(content)
    running.most_times, running.spent = most_times, spent
    return Facts(program(), content, None, at, recorded_at, member, running)


def goods(total: int = 100_00, **facts: Any) -> Facts:
    """Return a cart with one piece at this price."""
    return cart(line(unit_price=total), **facts)


def occasion(member: MemberFacts | None = shopper()) -> Facts:  # noqa: B008
    """Return what rules see when something happens that is no order."""
    return Facts(program(), None, None, NOON, NOON, member, Running.of(None))


def amounts(facts: Facts) -> dict[str, int]:
    """Return what is left to pay for each line."""
    return {row.ref: row.amount for row in facts.running.lines}


def applied(rules: Iterable[EffectRule], facts: Facts) -> list[Outcome]:
    """Apply rules one after the other."""
    return [rule.apply(facts) for rule in rules]


def with_more(facts: Facts, *lines: LineContent) -> Facts:
    """Return the cart with lines added, before any rule."""
    assert facts.order is not None
    return cart(*facts.order.lines, *lines, shipping=facts.order.shipping, most_times=facts.running.most_times)


def minor(remedy: str) -> int:
    """Return the amount that a remedy names, in fen."""
    return int(remedy.partition(" CNY")[0].rpartition(" ")[2].replace(".", ""))


@st.composite
def cart_lines(draw: st.DrawFn, most: int = 5) -> list[LineContent]:
    """Draw lines of few pieces at low prices, of two SKUs, so that prices are often alike."""
    row = st.tuples(st.integers(0, 30), st.integers(1, 7), st.sampled_from(["CD", "LP"]))
    rows = draw(st.lists(row, min_size=1, max_size=most))
    return [line(str(ref), price, quantity, sku=sku) for ref, (price, quantity, sku) in enumerate(rows)]


@st.composite
def uneven_carts(draw: st.DrawFn) -> Facts:
    """Draw a cart of which something was taken off before, so that the pieces of a line do not all cost the same."""
    facts = cart(*draw(cart_lines()), most_times=draw(st.none() | st.integers(1, 3)))
    facts.running.take_off({ref: draw(st.integers(0, amount)) for ref, amount in amounts(facts).items()})
    return facts


def shuffled(facts: Facts, order: list[int]) -> Facts:
    """Return the same cart with its lines in another order."""
    running = replace(facts.running, lines=[replace(facts.running.lines[place]) for place in order])
    return replace(facts, running=running)
