"""The counters of a template: exact, of one moment, and not told more often than people can read."""

from contextlib import aclosing
from dataclasses import asdict
from uuid import uuid4

import pytest

import models
from domain.coupons import TALLIED
from services import coupon_batches, coupon_counters, coupon_making, events
from services.campaign_rows import CampaignRef
from services.engine import Engine
from services.hub import template_stream
from services.transaction import transaction
from tests.factories import World, new_key, ten_off, world
from tests.live.conftest import NEVER_SECONDS

TEN = CampaignRef(code="TEN")


async def asked(shop: World, size: int) -> None:
    await coupon_batches.generate(shop.engine, shop.actor, TEN, size=size, reason=None, key=new_key())


async def test_counters_are_those_of_the_tally_and_of_the_stock(house: Engine) -> None:
    shop, other = await world(house), await world(house, code="OTHER")
    ten = await ten_off(shop.program.id, "TEN", limits={"total": 500})
    plain = await ten_off(shop.program.id, "PLAIN")
    theirs = await ten_off(other.program.id, "TEN")
    await asked(shop, 120)
    await coupon_making.make_chunk(house)
    numbers = dict(zip(TALLIED, (120, 30, 5, 40, 3, 2, 1, 12345, 67890), strict=True))
    async with transaction():
        await models.CouponTally.filter(campaign_id=ten.id).update(**numbers)
    ids = [ten.id, plain.id, theirs.id, uuid4()]
    first, second, third, fourth = await coupon_counters.of_templates(house.reads, shop.actor, ids)
    assert first is not None
    assert second is not None
    assert (asdict(first.tally), first.left) == (numbers, 380)
    assert (asdict(second.tally), second.left) == (dict.fromkeys(TALLIED, 0), None)
    assert (third, fourth) == (None, None)


async def test_without_a_published_version_there_is_no_stock(house: Engine) -> None:
    shop = await world(house)
    ten = await ten_off(shop.program.id, "TEN", limits={"total": 500})
    await asked(shop, 300)
    async with transaction():
        await models.Campaign.filter(id=ten.id).update(published_version=None)
    (counters,) = await coupon_counters.of_templates(house.reads, shop.actor, [ten.id])
    assert counters is not None
    assert counters.left is None


async def test_a_hundred_changes_in_a_pause_are_told_as_one(house: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "POLL_SECONDS", NEVER_SECONDS)
    shop = await world(house)
    ten = await ten_off(shop.program.id, "TEN")
    await asked(shop, 1)
    await coupon_making.make_chunk(house)
    pauses = 0

    async def pause() -> None:
        nonlocal pauses
        pauses += 1
        for _ in range(100):
            async with transaction():
                row = await models.CouponTally.get(campaign_id=ten.id)
                row.issued += 1
                await row.save(update_fields=["issued"])
            house.wake([template_stream(shop.program.id, ten.id)])

    seen = []
    async with aclosing(coupon_counters.watch(house, shop.actor, ten.id, pause=pause)) as stream:
        async for counters in stream:
            seen.append(counters.tally.issued)
            if len(seen) == 4:
                break
    assert (seen, pauses) == ([1, 101, 201, 301], 3)
    assert house.hub.stream_count == 0


async def test_what_is_no_template_is_not_watched(house: Engine) -> None:
    shop, other = await world(house), await world(house, code="OTHER")
    ten = await ten_off(shop.program.id, "TEN")
    assert [found async for found in coupon_counters.watch(house, other.actor, ten.id)] == []
