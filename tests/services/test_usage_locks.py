"""Uses of campaigns that all members share: locked before they are read, in one order, and those that are looked at."""

import asyncio
from typing import Any

import asyncpg
import pytest

import models
from domain.campaigns import EVER
from domain.usage import Usage
from services.engine import Engine
from services.transaction import transaction
from services.writer.answers import Outcome
from services.writer.postgres import BEGIN, PostgresSession
from tests.factories import World, campaign, world
from tests.services.test_budgets import FIVE_OFF, discount, used
from tests.services.test_writer_commands import Desk
from tests.services.test_writer_faults import Wrapped
from tests.services.test_writer_parallel import paused, writers


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "published since"])
async def test_of_two_who_want_the_last_use_at_once_one_gets_it(postgres_house: Engine, is_known: bool) -> None:
    """Also when neither writer knew of the campaign as its batch began, and so did not lock its uses at first."""
    shop = await world(postgres_house)
    desk, *buyers = await Desk.at(shop), *[await shop.enrol() for _ in range(3)]
    async with paused(postgres_house, "write") as (pausing, first), writers(postgres_house, 1) as ((store, second),):
        if not is_known:
            await _meet(shop, first, second)
        made = await campaign(shop.program.id, "TWO", FIVE_OFF, limits={"total": 2})
        if is_known:
            await _meet(shop, first, second)
        await shop.buy(buyers[0], "20.00")  # so the row is there: else the second to write it would be rejected
        one = asyncio.create_task(first.writer.post(desk.commit(buyers[1], 20_00)))
        await pausing.reached.wait()
        other = asyncio.create_task(second.writer.post(desk.commit(buyers[2], 20_00)))
        await _at_the_lock(store, other)
        pausing.go_on.set()
        found = await asyncio.gather(one, other)
    assert [await discount(outcome) for outcome in found] == [5_00, 0]
    assert await used(made) == (2, 2, 10_00, 0)


async def _meet(shop: World, *engines: Engine) -> None:
    for engine in engines:
        await engine.program(shop.program.id)


async def _at_the_lock(store: Wrapped, posted: asyncio.Task[Outcome]) -> None:
    """Wait until a writer has asked for uses, or has answered without."""
    async with asyncio.timeout(30):
        while "lock_usages" not in store.calls and not posted.done():  # noqa: ASYNC110  (nothing tells of it)
            await asyncio.sleep(0.01)


async def test_uses_are_locked_in_the_order_of_their_keys(postgres_house: Engine) -> None:
    """Whichever way round they lie and are asked for: who waits for the first has not locked the second yet."""
    shop = await world(postgres_house)
    made = sorted([await campaign(shop.program.id, code, FIVE_OFF) for code in ("ONE", "TWO")], key=lambda row: row.id)
    usages = [Usage(row.id, row.id, EVER, shop.program.id, 0, 0, 0, 0) for row in reversed(made)]
    for usage in usages:
        async with transaction():
            names = ("campaign_id", "owner_id", "day", "program_id", "uses", "count", "money", "points")
            await models.CampaignUsage(**{name: getattr(usage, name) for name in names}).save(force_create=True)
    dsn = postgres_house.database.dsn
    holder, asker = [await asyncpg.connect(dsn) for _ in range(2)]
    try:
        async with holder.transaction():
            await holder.execute(LOCK, made[0].id)
            await asker.execute(BEGIN.format(lock_timeout_ms=30_000).replace("5s", "30s"))
            asked = asyncio.create_task(PostgresSession(asker).lock_usages(usages))
            await _waits(holder, asker, asked)
            await holder.execute(LOCK, made[1].id)
        await asked
    finally:
        for connection in (holder, asker):
            await connection.close()


LOCK = "SELECT 1 FROM campaign_usage WHERE campaign_id = $1 FOR UPDATE NOWAIT"


async def _waits(watching: Any, watched: Any, task: asyncio.Task[None]) -> None:
    """Wait until a connection waits for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'"
    async with asyncio.timeout(30):
        while not await watching.fetchval(waiting, watched.get_server_pid()):
            assert not task.done()
            await asyncio.sleep(0.01)
