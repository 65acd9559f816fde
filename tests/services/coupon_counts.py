"""What must be true of the coupons of a program whatever was done to them at once."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

import models
from domain.codes import CodeMaker
from domain.coupons import CODE_PURPOSE, TALLIED
from domain.effects.base import DISCOUNTS
from domain.instants import NEVER
from services.engine import Engine
from services.verify.verification import verify
from tests.factories import NOON, World

UNREAD = {"effect.facts", "order.content", "event.kind", "campaign_usage.counts", "order.not_applied", "order.consumed"}


async def enrolled(shop: World, number: int) -> list[UUID]:
    """Enrol so many members."""
    return list(await asyncio.gather(*(shop.enrol() for _ in range(number))))


async def code_of_nobody(shop: World, template: models.Campaign) -> tuple[UUID, str]:
    """Make a code that nobody has, as a batch of codes does; return its coupon and its text."""
    maker, coupon_id = CodeMaker(shop.engine.secret_key, CODE_PURPOSE), uuid7()
    version = await models.CampaignVersion.get(campaign_id=template.id)
    row = models.Coupon(
        id=coupon_id,
        program_id=shop.program.id,
        campaign_id=template.id,
        version_id=version.id,
        code_hash=maker.hash_of(coupon_id),
        origin="BATCH",
        origin_id=uuid7(),
        state="ISSUED",
        valid_from=NOON - timedelta(days=1),
        expires_at=NEVER,
        changes=1,
        recorded_at=NOON,
    )
    await row.save(force_create=True)
    made = models.CouponChange(
        coupon_id=coupon_id, ordinal=0, program_id=shop.program.id, kind="ISSUED", actor="key:TEST", recorded_at=NOON
    )
    await made.save(force_create=True)
    tally, _ = await models.CouponTally.get_or_create(
        dict.fromkeys(TALLIED, 0), campaign_id=template.id, program_id=shop.program.id
    )
    tally.issued += 1
    await tally.save(update_fields=["issued"])
    return coupon_id, maker.code_of(coupon_id)


async def sound(house: Engine, program_id: UUID) -> None:
    """Assert that nothing is broken, and that the counters of all templates are those of the rows."""
    found = (await verify(house.database, program_id=program_id)).findings
    found = [one for one in found if one.check not in UNREAD]
    assert found == [], found[:5]
    rows = await models.Coupon.filter(program_id=program_id)
    told = await models.CouponChange.filter(program_id=program_id).values_list("coupon_id", "ordinal")
    assert sorted(told) == sorted((row.id, ordinal) for row in rows for ordinal in range(row.changes))
    for tally in await models.CouponTally.filter(program_id=program_id):
        own = [row for row in rows if row.campaign_id == tally.campaign_id]
        assert {name: getattr(tally, name) for name in TALLIED} == await recounted(tally.campaign_id, own)


async def recounted(template: UUID, own: Sequence[models.Coupon]) -> dict[str, int]:
    """Count again, from coupons, their changes and the orders that used them, what the counters of a template say."""
    states = Counter(row.state for row in own)
    changes = models.CouponChange.filter(coupon_id__in=[row.id for row in own])
    kinds = Counter(await changes.values_list("kind", flat=True))
    taken = sum(row.origin in {"CLAIM", "PURCHASE"} for row in own)
    discount = revenue = 0
    for order_id in {row.order_id for row in own if row.state == "USED"}:
        effects = models.OrderEffect.filter(order_id=order_id, campaign_id=template, kind__in=list(DISCOUNTS))
        discount += sum(await effects.values_list("amount", flat=True))
        revenue += sum(await models.OrderLine.filter(order_id=order_id).values_list("payable", flat=True))
    return {
        "issued": len(own),
        "claimed": taken + kinds["CLAIMED"],
        "held": states["HELD"],
        "used": states["USED"],
        "returned": kinds["RETURNED"],
        "expired": states["EXPIRED"],
        "voided": states["VOID"],
        "discount": discount,
        "revenue": revenue,
    }


async def uses(template: models.Campaign, owner: UUID | None = None) -> int:
    """Return how often a template was had, by all or by one."""
    rows = await models.CampaignUsage.filter(campaign_id=template.id, owner_id=owner or template.id)
    return sum(row.uses for row in rows)


async def tally_of(template: models.Campaign, *names: str) -> tuple[int, ...]:
    """Return these counters of a template."""
    row = await models.CouponTally.get(campaign_id=template.id)
    return tuple(getattr(row, name) for name in names)
