"""Reads for the API's lists and nested fields: keyset pages, and many keys with one query."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID

from tortoise.expressions import Q
from tortoise.models import Model

import models
from domain import checks
from domain.members import MemberKind
from services import visible
from services.actors import Actor
from services.reading import OrmSession

M = TypeVar("M", bound=Model)
KINDS = (MemberKind.PERSON, MemberKind.COMPANY)
"""The kinds of members that a list shows if it is not asked for others: a gift card is nobody yet."""


@dataclass(frozen=True, slots=True)
class MemberCriteria:
    """Which members a list shows; None does not narrow it."""

    status: str | None = None
    kinds: Sequence[str] = KINDS
    channel: str | None = None
    store: str | None = None
    enrolled_from: datetime | None = None
    enrolled_until: datetime | None = None


async def members_page(
    actor: Actor, criteria: MemberCriteria, *, limit: int, before: UUID | None
) -> list[models.Member]:
    """Return up to `limit` members, newest first, older than `before`."""
    rows = visible.members(actor).filter(kind__in=list(criteria.kinds))
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


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A page of what belongs to one member, the newest first: up to `limit` rows older than `before`."""

    member_id: UUID
    limit: int
    before: UUID | int | None = None
    asset_id: UUID | None = None
    at: datetime | None = None
    """As of when: see `services.as_of`, which reads such pages. None for now."""


async def entries_pages(reads: OrmSession, actor: Actor, pages: Sequence[OwnPage]) -> list[list[models.Entry]]:
    """Return each page of ledger lines; `before` is a position."""
    return await own_pages(reads, actor, models.Entry, "position", pages)


async def lots_pages(reads: OrmSession, actor: Actor, pages: Sequence[OwnPage]) -> list[list[models.Lot]]:
    """Return each page of lots that still hold something."""
    return await own_pages(reads, actor, models.Lot, "id", pages, "remaining > 0")


async def orders_pages(reads: OrmSession, actor: Actor, pages: Sequence[OwnPage]) -> list[list[models.Order]]:
    """Return each page of orders, the last recorded first."""
    return await own_pages(reads, actor, models.Order, "id", pages)


async def gift_cards_pages(reads: OrmSession, actor: Actor, pages: Sequence[OwnPage]) -> list[list[models.GiftCard]]:
    """Return each page of gift cards that a member gave, the last issued first; `before` is a bearer."""
    return await own_pages(reads, actor, models.GiftCard, "member_id", pages, owner="giver_id")


async def own_pages(
    reads: OrmSession,
    actor: Actor,
    model: type[M],
    order: str,
    pages: Sequence[OwnPage],
    *also: str,
    owner: str = "member_id",
    given: Sequence[Any] = (),
) -> list[list[M]]:
    """Return the pages by one statement with a part for each, so that each is read from its index and no further.

    `owner` is the column of the member to whom the rows belong. `given` is what `also` names as $1 and so on.
    """
    meta = model._meta  # noqa: SLF001  (the ORM's own description)
    columns = ", ".join(meta.db_fields)
    arguments: list[Any] = [*given]
    parts = []
    for index, page in enumerate(pages):
        wanted = [(owner, "=", page.member_id), ("asset_id", "=", page.asset_id), (order, "<", page.before)]
        wanted += [(column, "=", value) for column, value in visible.of_members(actor, owner).items()]
        conditions = [*also]
        for column, operator, value in wanted:
            if value is not None:
                arguments.append(value)
                conditions.append(f"{column} {operator} ${len(arguments)}")
        parts.append(
            f"SELECT * FROM (SELECT {index} AS page, {columns} FROM {meta.db_table} WHERE {' AND '.join(conditions)} "
            f"ORDER BY {order} DESC LIMIT {page.limit}) AS page_{index}"
        )
    found: list[list[M]] = [[] for _ in pages]
    for record in await reads.fetch(" UNION ALL ".join(parts), *arguments):
        values = dict(record)
        found[values.pop("page")].append(model._init_from_db(**values))  # noqa: SLF001
    return [sorted(rows, key=attrgetter(order), reverse=True) for rows in found]


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
    wanted = Q(*(Q(account_id=account_id, seq__in=seqs) for account_id, seqs in by_account.items()), join_type=Q.OR)
    found = {(row.account_id, row.seq): row for row in await visible.entries(actor).filter(wanted)}
    return [found.get(key) for key in keys]


async def lines_of(order_ids: Sequence[UUID]) -> list[list[models.OrderLine]]:
    """Return the lines of each order, in their order. The orders themselves must have been visible."""
    found: dict[UUID, list[models.OrderLine]] = defaultdict(list)
    for row in await models.OrderLine.filter(order_id__in=list(order_ids)).order_by("order_id", "ordinal"):
        found[row.order_id].append(row)
    return [found[key] for key in order_ids]


async def returns_of(order_ids: Sequence[UUID]) -> list[list[models.OrderReturn]]:
    """Return the returns of each order, in their order. The orders themselves must have been visible."""
    found: dict[UUID, list[models.OrderReturn]] = defaultdict(list)
    for row in await models.OrderReturn.filter(order_id__in=list(order_ids)).order_by("order_id", "ordinal"):
        found[row.order_id].append(row)
    return [found[key] for key in order_ids]


async def holds_of(order_ids: Sequence[UUID]) -> list[list[models.Hold]]:
    """Return the holds of each order. The orders themselves must have been visible."""
    found: dict[UUID, list[models.Hold]] = defaultdict(list)
    for row in await models.Hold.filter(order_id__in=list(order_ids)).order_by("order_id", "asset_id"):
        found[row.order_id].append(row)
    return [found[key] for key in order_ids]


async def open_holds_of(member_ids: Sequence[UUID], now: datetime) -> list[list[models.Hold]]:
    """Return what each member has reserved at `now`, the first to run out first.

    The members themselves must have been visible.
    """
    accounts = await models.Account.filter(member_id__in=list(member_ids), held__gt=0).values_list("id", flat=True)
    found: dict[UUID, list[models.Hold]] = defaultdict(list)
    if accounts:
        rows = models.Hold.filter(account_id__in=list(accounts), expires_at__gt=now)
        for row in await rows.order_by("expires_at", "id"):
            if row.captured + row.released < row.amount:
                found[row.member_id].append(row)
    return [found[key] for key in member_ids]


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


async def drawn_by(transfer_ids: Sequence[UUID]) -> list[UUID | None]:
    """Return whose each transfer is, the agent's who drew by it. The entries that name them must have been visible."""
    rows = models.Transfer.filter(id__in=list(transfer_ids))
    found: dict[Any, UUID] = dict(await rows.values_list("id", "member_id"))
    return [found.get(key) for key in transfer_ids]


async def reasons_of(transfer_ids: Sequence[UUID]) -> list[str | None]:
    """Return the reason given for each transfer. The entries that name them must have been visible."""
    rows = models.Transfer.filter(id__in=list(transfer_ids))
    found: dict[Any, str | None] = dict(await rows.values_list("id", "reason"))
    return [found.get(key) for key in transfer_ids]
