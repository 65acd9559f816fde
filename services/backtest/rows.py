"""From raw rows of either database to past orders and members."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from domain.backtest_world import Credit, PastMember, PastOrder
from domain.conditions.base import MemberFacts
from domain.orders import LineContent, OrderContent
from domain.program import Program, Tier
from services.backtest.pages import Page, Rows


def past_orders(page: Page) -> Iterator[PastOrder]:
    """Yield the orders of a page in its order."""
    lines, spends = _by_first(page.lines), _by_first(page.spends)
    for id, member_id, source, external_id, store, channel, shipping, attributes, occurred_at in page.orders:
        at = _instant(occurred_at)
        content = OrderContent(
            source=source,
            external_id=external_id,
            member_id=UUID(member_id) if member_id else None,
            store=store,
            channel=channel,
            occurred_at=at,
            shipping=shipping,
            lines=tuple(
                LineContent(ref, sku, name, category, quantity, unit_price, _pairs(own))
                for _, ref, sku, name, category, quantity, unit_price, own in lines[id]
            ),
            attributes=_pairs(attributes),
            spend=tuple((UUID(asset_id), amount) for _, asset_id, amount in spends[id]) if member_id else (),
        )
        yield PastOrder(content, at)


def past_members(page: Page, program: Program) -> Iterator[PastMember]:
    """Yield the members that come with a page."""
    counts = {row[0]: (int(row[1]), _instant(row[2])) for row in page.counts}
    standings: dict[str, dict[UUID, Tier]] = defaultdict(dict)
    for member_id, ladder_id, tier_id in page.tiers:  # by position, so the last of a ladder stays
        standings[member_id][UUID(ladder_id)] = program.tier_by_id(UUID(tier_id))
    credits = _by_first(page.credits)
    for id, tags, attributes, birthday, enrolled_at, channel, store in page.members:
        orders, last_order_at = counts.get(id, (0, None))
        facts = MemberFacts(
            id=UUID(id),
            standings=standings[id],
            tags=frozenset(_json(tags)),
            attributes=dict(_json(attributes)),
            birthday=date.fromisoformat(birthday) if isinstance(birthday, str) else birthday,
            enrolled_at=_instant(enrolled_at),
            channel=channel,
            store=store,
            orders=orders,
            last_order_at=last_order_at,
        )
        yield PastMember(facts, tuple(_credit(program, row) for row in credits[id]))


def _credit(program: Program, row: Sequence[Any]) -> Credit:
    """Return a credit; a lot forgets when it was to be released once it is, and that follows from its terms."""
    _, asset_id, amount, occurred_at, locked_until, expires_at = row
    asset, at = program.asset_by_id(UUID(asset_id)), _instant(occurred_at)
    released_at = _instant(locked_until) if locked_until is not None else asset.locked_until(at, program.zone)
    return Credit(asset.id, int(amount), released_at or at, _instant(expires_at))


def _by_first(rows: Rows) -> Mapping[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def _pairs(attributes: Any) -> tuple[tuple[str, str], ...]:
    return tuple(_json(attributes).items()) if attributes and attributes != "{}" else ()


def _json(form: Any) -> Any:
    return orjson.loads(form) if isinstance(form, str) else form


def _instant(moment: Any) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
