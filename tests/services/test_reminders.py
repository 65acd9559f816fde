"""Members are reminded of what expires: in time, once, whoever does it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import models
from domain.instants import local_day
from services import balances, programs, reminders
from services.engine import Engine
from services.transaction import transaction
from services.verify.verification import verify
from tests.factories import NOON, World, world
from tests.services.test_writer_parallel import writers


async def shop_with(house: Engine, days: int = 7, expires: int = 30) -> World:
    shop = await world(house)
    async with transaction():
        await models.Asset.filter(program_id=shop.program.id, code="POINTS").update(
            expiry="ROLLING_DAYS", expiry_length=expires, reminder_days=days
        )
        await models.Program.filter(id=shop.program.id).update(config_version=99)
    return shop


async def on_day(shop: World, day: int) -> int:
    """Sweep and remind at noon so many days after the start; return how many reminders were looked at."""
    await programs.set_clock(shop.program.id, NOON + timedelta(days=day))
    program = await shop.engine.program(shop.program.id)
    while await balances.sweep(shop.engine, program, 100):
        pass
    return await reminders.remind(shop.engine, program)


async def told(member: UUID) -> list[tuple[int, Any]]:
    rows = await models.Event.filter(member_id=member, kind="EXPIRY_REMINDED").order_by("position")
    return [((row.recorded_at - NOON).days, (row.details or {})["amount"]) for row in rows]


async def test_a_member_is_told_so_many_days_before_and_once(house: Engine) -> None:
    shop = await shop_with(house)
    member, other = await shop.enrol(), await shop.enrol()
    await shop.give(member, "40")
    await on_day(shop, 2)
    await shop.give(member, "60")
    await shop.give(member, "5")
    await shop.give(other, "9")
    for day in range(3, 40):
        await on_day(shop, day)
    assert await told(member) == [(23, 40), (25, 65)]
    assert await told(other) == [(25, 9)]
    (first, *_) = await models.Event.filter(member_id=member, kind="EXPIRY_REMINDED").order_by("position")
    points = await models.Asset.get(program_id=shop.program.id, code="POINTS")
    assert first.details == {"asset": str(points.id), "amount": 40, "at": (NOON + timedelta(days=30)).isoformat()}
    assert (await verify(house.database)).findings == []


async def test_what_is_spent_before_is_not_told(house: Engine) -> None:
    shop = await shop_with(house)
    member = await shop.enrol()
    await shop.give(member, "40")
    await shop.give(member, "-40")
    for day in range(20, 32):
        assert await on_day(shop, day) == 0
    assert await told(member) == []


async def test_days_that_no_server_saw_are_made_up_for(house: Engine) -> None:
    shop = await shop_with(house)
    member = await shop.enrol()
    await on_day(shop, 0)
    await shop.give(member, "40")
    await on_day(shop, 28)
    assert await told(member) == [(28, 40)]
    asset = await models.Asset.get(program_id=shop.program.id, code="POINTS")
    program = await house.program(shop.program.id)
    assert asset.reminded_through == local_day(program.now(), program.zone) + timedelta(days=7)


async def test_an_asset_without_reminders_has_none(house: Engine) -> None:
    shop = await shop_with(house, days=0)
    member = await shop.enrol()
    await shop.give(member, "40")
    assert [await on_day(shop, day) for day in range(20, 32)] == [0] * 12


async def test_several_servers_remind_once(postgres_house: Engine) -> None:
    shop = await shop_with(postgres_house)
    enrolled = [await shop.enrol() for _ in range(20)]
    for member in enrolled:
        await shop.give(member, "40")
    await programs.set_clock(shop.program.id, NOON + timedelta(days=25))
    async with writers(postgres_house, 3) as opened:
        shops = [replace(shop, engine=engine) for _, engine in opened]
        program = await postgres_house.program(shop.program.id)
        await asyncio.gather(*(reminders.remind(one.engine, program) for one in shops))
    assert [await told(member) for member in enrolled] == [[(25, 40)]] * 20
