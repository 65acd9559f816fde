"""Reads for the API's lists and nested fields: keyset pages, and many keys with one query."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import models
from domain import checks
from services import visible
from services.actors import Actor


@dataclass(frozen=True, slots=True)
class MemberCriteria:
    """Which members a list shows; None does not narrow it."""

    status: str | None = None
    channel: str | None = None
    store: str | None = None
    enrolled_from: datetime | None = None
    enrolled_until: datetime | None = None


async def members_page(
    actor: Actor, criteria: MemberCriteria, *, limit: int, before: UUID | None
) -> list[models.Member]:
    """Return up to `limit` members, newest first, older than `before`."""
    rows = visible.members(actor)
    if criteria.status is not None:
        rows = rows.filter(status=criteria.status)
    for column, wanted in (("channel", criteria.channel), ("store", criteria.store)):
        if wanted is not None:
            stored = checks.sought(wanted, checks.CODE_MAX)
            if stored is None:
                return []
            rows = rows.filter(**{column: stored})
    if criteria.enrolled_from is not None:
        rows = rows.filter(enrolled_at__gte=criteria.enrolled_from)
    if criteria.enrolled_until is not None:
        rows = rows.filter(enrolled_at__lt=criteria.enrolled_until)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return await rows.order_by("-id").limit(limit)


async def entries_page(
    actor: Actor, member_id: UUID, *, asset_id: UUID | None, limit: int, before: int | None
) -> list[models.Entry]:
    """Return up to `limit` ledger lines of a member, newest first, below the position `before`."""
    rows = visible.entries(actor).filter(member_id=member_id)
    if asset_id is not None:
        rows = rows.filter(asset_id=asset_id)
    if before is not None:
        rows = rows.filter(position__lt=before)
    return await rows.order_by("-position").limit(limit)


async def lots_page(
    actor: Actor, member_id: UUID, asset_id: UUID, *, limit: int, before: UUID | None
) -> list[models.Lot]:
    """Return up to `limit` lots of a member that still hold something, newest first, older than `before`."""
    account = await models.Account.get_or_none(member_id=member_id, asset_id=asset_id)
    if account is None:
        return []
    rows = visible.lots(actor).filter(account_id=account.id, remaining__gt=0)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return await rows.order_by("-id").limit(limit)


async def orders_page(actor: Actor, member_id: UUID, *, limit: int, before: UUID | None) -> list[models.Order]:
    """Return up to `limit` orders of a member, the last recorded first, older than `before`."""
    rows = visible.orders(actor).filter(member_id=member_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return await rows.order_by("-id").limit(limit)


async def order_named(actor: Actor, source: str, external_id: str) -> models.Order | None:
    """Return the order that the source system calls so."""
    stored = checks.sought(source, checks.CODE_MAX), checks.sought(external_id, checks.EXTERNAL_ID_MAX)
    return await visible.orders(actor).get_or_none(source=stored[0], external_id=stored[1]) if all(stored) else None


async def members_by_id(actor: Actor, ids: Sequence[UUID]) -> list[models.Member | None]:
    """Return each member, or None when the actor cannot see it."""
    found = {row.id: row for row in await visible.members(actor).filter(id__in=list(ids))}
    return [found.get(key) for key in ids]


async def orders_by_id(actor: Actor, ids: Sequence[UUID]) -> list[models.Order | None]:
    """Return each order, or None when the actor cannot see it."""
    found = {row.id: row for row in await visible.orders(actor).filter(id__in=list(ids))}
    return [found.get(key) for key in ids]


async def campaigns_by_id(actor: Actor, ids: Sequence[UUID]) -> list[models.Campaign | None]:
    """Return each campaign of the actor's program."""
    found = {row.id: row for row in await visible.campaigns(actor).filter(id__in=list(ids))}
    return [found.get(key) for key in ids]


async def entries_by_key(actor: Actor, keys: Sequence[tuple[UUID, int]]) -> list[models.Entry | None]:
    """Return each ledger line by (account, seq), or None when the actor cannot see it."""
    by_account: dict[UUID, list[int]] = defaultdict(list)
    for account_id, seq in keys:
        by_account[account_id].append(seq)
    found = {}
    for account_id, seqs in by_account.items():
        for row in await visible.entries(actor).filter(account_id=account_id, seq__in=seqs):
            found[row.account_id, row.seq] = row
    return [found.get(key) for key in keys]


async def lines_of(order_ids: Sequence[UUID]) -> list[list[models.OrderLine]]:
    """Return the lines of each order, in their order. The orders themselves must have been visible."""
    found: dict[UUID, list[models.OrderLine]] = defaultdict(list)
    for row in await models.OrderLine.filter(order_id__in=list(order_ids)).order_by("order_id", "ordinal"):
        found[row.order_id].append(row)
    return [found[key] for key in order_ids]


async def effects_of(order_ids: Sequence[UUID]) -> list[list[models.OrderEffect]]:
    """Return the effects of each order, in their order. The orders themselves must have been visible."""
    found: dict[UUID, list[models.OrderEffect]] = defaultdict(list)
    for row in await models.OrderEffect.filter(order_id__in=list(order_ids)).order_by("order_id", "ordinal"):
        found[row.order_id].append(row)
    return [found[key] for key in order_ids]


async def standings_of(member_ids: Sequence[UUID]) -> list[list[models.Standing]]:
    """Return the standings of each member. The members themselves must have been visible."""
    found: dict[UUID, list[models.Standing]] = defaultdict(list)
    for row in await models.Standing.filter(member_id__in=list(member_ids)):
        found[row.member_id].append(row)
    return [found[key] for key in member_ids]


async def identities_of(actor: Actor, member_ids: Sequence[UUID]) -> list[list[models.Identity]]:
    """Return the identities of each member, without the engine's own."""
    found: dict[UUID, list[models.Identity]] = defaultdict(list)
    rows = visible.identities(actor).filter(member_id__in=list(member_ids)).order_by("source", "external_id")
    for row in await rows:
        if not row.source.startswith("#"):
            found[row.member_id].append(row)
    return [found[key] for key in member_ids]


async def reason_of(transfer_id: UUID) -> str | None:
    """Return the reason given for a transfer. The entry that names it must have been visible."""
    row = await models.Transfer.get_or_none(id=transfer_id)
    return row.reason if row else None
