"""The sweeper: it goes on after whatever passes."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from structlog.testing import capture_logs

import models
from app import sweeper
from services import programs
from services.templates import Template
from tests.factories import NOON, World, world
from tests.live.conftest import until
from tests.live.proxy import distant

YEARS_LATER = NOON.replace(year=NOON.year + 3)


async def with_points(shop: World) -> None:
    """Leave points behind that are due to expire."""
    await shop.buy(await shop.enrol(), "100.00")
    await programs.set_clock(shop.program.id, YEARS_LATER)


async def expired() -> int:
    return await models.Entry.filter(kind="EXPIRE").count()


async def until_expired() -> None:
    async with asyncio.timeout(30):
        while not await expired():  # noqa: ASYNC110  (the database has no event of its own)
            await asyncio.sleep(0.02)


async def stopped(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_the_sweeper_outlives_a_postgres_that_restarts(
    clean_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeper, "PAUSE_SECONDS", 0.01)
    async with distant(clean_postgres_url) as (house, proxy):
        shop = await world(house, Template.STANDARD)
        proxy.restart()
        with capture_logs() as logs:
            sweeping = asyncio.create_task(sweeper.sweep_forever(house))
            await until(lambda: sweeping.done() or sum(log["event"] == "sweeper.retry" for log in logs) >= 3)
            proxy.restore()
            await with_points(shop)
            await until_expired()
        assert all(log["reason"] for log in logs)
        await stopped(sweeping)
