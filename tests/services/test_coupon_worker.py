"""The worker that makes codes beside a server: it goes on after whatever passes, and tells every process."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

import models
from app import coupon_worker
from services import coupon_batches, coupon_making
from services.campaign_rows import CampaignRef
from services.engine import Engine
from services.engine import engine as opened_engine
from services.hub import batch_stream, template_stream
from tests.factories import World, new_key, ten_off, world
from tests.live.conftest import until
from tests.live.proxy import distant

TEN = CampaignRef(code="TEN")


async def asked(shop: World, size: int) -> None:
    await coupon_batches.generate(shop.engine, shop.actor, TEN, size=size, reason=None, key=new_key())


async def until_done() -> None:
    async with asyncio.timeout(60):
        while not await models.CouponBatch.filter(state="DONE").exists():  # noqa: ASYNC110  (it has no event here)
            await asyncio.sleep(0.02)


async def test_the_worker_outlives_a_postgres_that_restarts(
    clean_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coupon_worker, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(coupon_making, "CHUNK", 100)
    async with distant(clean_postgres_url) as (house, proxy):
        shop = await world(house)
        await ten_off(shop.program.id)
        await asked(shop, 350)
        proxy.restart()
        with capture_logs() as logs:
            making = asyncio.create_task(coupon_worker.make_codes_forever(house))
            await until(lambda: making.done() or sum(log["event"] == "coupons.retry" for log in logs) >= 3)
            proxy.restore()
            await until_done()
        assert all(log["reason"] for log in logs)
        making.cancel()
        with suppress(asyncio.CancelledError):
            await making
        assert await models.Coupon.all().count() == 350


class Noted:
    """A waker that notes the streams which it is to wake."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def wake(self, keys: Iterable[str]) -> None:
        self.keys += keys


async def test_every_process_hears_of_what_is_asked_for_and_made(house: Engine) -> None:
    noted = Noted()
    async with opened_engine(house.database, waker=noted) as engine:
        shop = await world(engine)
        template = await ten_off(shop.program.id)
        await asked(shop, 10)
        batch = await models.CouponBatch.get()
        both = [batch_stream(shop.program.id, batch.id), template_stream(shop.program.id, template.id)]
        assert noted.keys == both
        await coupon_making.make_chunk(engine)
        assert noted.keys == both * 2
        assert await coupon_making.make_chunk(engine) is None
        assert noted.keys == both * 2
