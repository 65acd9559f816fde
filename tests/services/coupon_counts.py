"""What must be true of the coupons of a program whatever was done to them at once."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import models
from domain.codes import CodeMaker
from domain.coupons import CODE_PURPOSE, TALLIED
from domain.effects.base import DISCOUNTS
from services import coupon_batches
from services.campaign_rows import CampaignRef
from services.coupon_making import make_chunk
from services.engine import Engine
from services.verify.verification import verify
from tests.factories import World, new_key


async def enrolled(shop: World, number: int) -> list[UUID]:
    """Enrol so many members."""
    return list(await asyncio.gather(*(shop.enrol() for _ in range(number))))


async def code_of_nobody(shop: World, template: models.Campaign) -> tuple[UUID, str]:
    """Make a batch of one code, which nobody has; return its coupon and its text."""
    ref = CampaignRef(id=template.id)
    outcome = await coupon_batches.generate(shop.engine, shop.actor, ref, size=1, reason=None, key=new_key())
    while await models.CouponBatch.filter(id=outcome.batch_id, state="RUNNING").exists():
        await make_chunk(shop.engine)
    coupon = await models.Coupon.get(origin_id=outcome.batch_id)
    return coupon.id, CodeMaker(shop.engine.secret_key, CODE_PURPOSE).code_of(coupon.id)


async def sound(house: Engine, program_id: UUID) -> None:
    """Assert that nothing is broken, and that the counters of all templates are those of the rows."""
    found = (await verify(house.database, program_id=program_id)).findings
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
