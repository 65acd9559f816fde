"""Reads of coupons: members' wallets, what happened to a coupon, and what orders hold or used."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import models
from domain.coupons import Coupon, CouponChange, CouponChangeKind, CouponOrigin, CouponState
from services import listing, visible
from services.actors import Actor
from services.listing import OwnPage
from services.reading import OrmSession

HISTORY_MAX = 100
"""So many changes of one coupon are shown, the last ones."""
LAPSED = "state = 'HELD' AND held_until <= $1"
ISSUED = f"(state = 'ISSUED' OR {LAPSED} AND origin <> 'SHARED_CODE')"
STATES = {
    CouponState.ISSUED: f"({ISSUED} AND expires_at > $1)",
    CouponState.HELD: "(state = 'HELD' AND held_until > $1)",
    CouponState.USED: "state = 'USED'",
    CouponState.EXPIRED: f"(state = 'EXPIRED' OR {ISSUED} AND expires_at <= $1)",
    CouponState.VOID: f"(state = 'VOID' OR {LAPSED} AND origin = 'SHARED_CODE')",
}
"""What `domain.coupons.Coupon.at` says, in the database's words; `$1` is now."""
FIELDS = tuple(field.name for field in fields(Coupon))
CHANGE_FIELDS = tuple(field.name for field in fields(CouponChange))


@dataclass(frozen=True, slots=True)
class WalletPage:
    """A page of a member's coupons; of those in these states as they are now, or of all."""

    page: OwnPage
    states: frozenset[CouponState] | None = None


def coupon_of(row: models.Coupon) -> Coupon:
    """Return the coupon that a row tells of."""
    known: dict[str, Any] = {name: getattr(row, name) for name in FIELDS}
    return Coupon(**known | {"origin": CouponOrigin(row.origin), "state": CouponState(row.state)})


async def wallet_pages(
    reads: OrmSession, actor: Actor, pages: Sequence[WalletPage], now: datetime
) -> list[list[models.Coupon]]:
    """Return each page of a member's coupons, the newest first; `before` is a coupon."""
    wanted: dict[frozenset[CouponState] | None, list[WalletPage]] = defaultdict(list)
    for page in pages:
        wanted[page.states].append(page)
    found: dict[WalletPage, list[models.Coupon]] = {}
    for states, some in wanted.items():
        conditions = [] if states is None else [_any(STATES[state] for state in sorted(states))]
        given = (now,) if any("$1" in condition for condition in conditions) else ()
        own = [page.page for page in some]
        rows = await listing.own_pages(reads, actor, models.Coupon, "id", own, *conditions, given=given)
        found |= dict(zip(some, rows, strict=True))
    return [found[page] for page in pages]


def _any(parts: Any) -> str:
    """Return that one of the parts holds; of none, none does."""
    return f"({' OR '.join(parts) or '1 = 0'})"


async def of_orders(actor: Actor, order_ids: Sequence[UUID]) -> list[list[models.Coupon]]:
    """Return the coupons that each order holds or used, of those that the actor can see, the first issued first."""
    found: dict[UUID | None, list[models.Coupon]] = defaultdict(list)
    for row in await visible.coupons(actor).filter(order_id__in=list(order_ids)).order_by("id"):
        found[row.order_id].append(row)
    return [found[key] for key in order_ids]


async def given_by(actor: Actor, origin_ids: Sequence[UUID]) -> list[list[models.Coupon]]:
    """Return the coupons that each order or occasion gave, of those that the actor can see, the first issued first."""
    found: dict[UUID | None, list[models.Coupon]] = defaultdict(list)
    origins = [CouponOrigin.CAMPAIGN, CouponOrigin.BUNDLE]
    for row in await visible.coupons(actor).filter(origin_id__in=list(origin_ids), origin__in=origins).order_by("id"):
        found[row.origin_id].append(row)
    return [found[key] for key in origin_ids]


async def versions_by_id(actor: Actor, ids: Sequence[UUID]) -> list[models.CampaignVersion]:
    """Return the version of each coupon's template. The coupons themselves must have been visible."""
    found = {row.id: row for row in await visible.campaign_versions(actor).filter(id__in=list(ids))}
    return [found[key] for key in ids]


async def templates_by_id(actor: Actor, ids: Sequence[UUID]) -> list[models.Campaign | None]:
    """Return each template of coupons."""
    found = {row.id: row for row in await visible.coupon_templates(actor).filter(id__in=list(ids))}
    return [found.get(key) for key in ids]


async def templates_by_code(actor: Actor, codes: Sequence[str]) -> list[models.Campaign | None]:
    """Return each template of coupons by its code."""
    found = {row.code: row for row in await visible.coupon_templates(actor).filter(code__in=list(codes))}
    return [found.get(code) for code in codes]


async def histories(reads: OrmSession, coupons: Sequence[models.Coupon]) -> list[list[CouponChange]]:
    """Return what happened to each coupon, in order: the last `HISTORY_MAX` changes.

    The making of a batch's code has no row of its own: it is told from the coupon and the batch. The coupons themselves
    must have been visible.
    """
    ids = sorted({row.id for row in coupons})
    columns = ", ".join(f"h.{name}" for name in CHANGE_FIELDS)
    places = ", ".join(f"${place + 1}" for place in range(len(ids)))
    found: dict[UUID, list[CouponChange]] = defaultdict(list)
    for record in await reads.fetch(
        f"SELECT {columns} FROM coupon_change h JOIN coupon c ON c.id = h.coupon_id WHERE h.coupon_id IN ({places}) "
        f"AND h.ordinal >= c.changes - {HISTORY_MAX} ORDER BY h.coupon_id, h.ordinal",
        *ids,
    ):
        change = _change(models.CouponChange._init_from_db(**dict(record)))  # noqa: SLF001  (the ORM's own description)
        found[change.coupon_id].append(change)
    of_batches = {row.origin_id for row in coupons if row.origin == CouponOrigin.BATCH}
    batches = {row.id: row for row in await models.CouponBatch.filter(id__in=list(of_batches))} if of_batches else {}
    for row in coupons:
        batch = batches.get(row.origin_id)
        if batch is not None and len(found[row.id]) < HISTORY_MAX:
            found[row.id].insert(0, _made(row, batch))
    return [found[row.id] for row in coupons]


def _change(row: models.CouponChange) -> CouponChange:
    known: dict[str, Any] = {name: getattr(row, name) for name in CHANGE_FIELDS}
    return CouponChange(**known | {"kind": CouponChangeKind(row.kind)})


def _made(coupon: models.Coupon, batch: models.CouponBatch) -> CouponChange:
    return CouponChange(
        coupon_id=coupon.id,
        ordinal=-1,
        program_id=coupon.program_id,
        kind=CouponChangeKind.ISSUED,
        actor=batch.actor,
        member_id=None,
        from_member_id=None,
        order_id=None,
        expires_at=None,
        reason=batch.reason,
        recorded_at=coupon.recorded_at,
    )
