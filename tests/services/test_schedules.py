"""Schedules: each local day, each member once, whoever runs them and whenever one dies."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

import models
from domain.instants import local_day
from services import members, programs, schedules
from services.engine import Engine
from services.members import MemberRef
from tests.factories import NOON, World, campaign, new_key, world
from tests.services.gifts import card_of, issue
from tests.services.test_writer_parallel import writers

FIVE: list[dict[str, Any]] = [{"earnFixed": {"asset": "POINTS", "points": "5"}}]
SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = local_day(NOON, SHANGHAI)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a local time so many days after the day on which the world begins."""
    return datetime.combine(TODAY + timedelta(days=day), datetime.min.time(), SHANGHAI).replace(
        hour=hour, minute=minute
    )


async def morning(shop: World, conditions: dict[str, Any] | None = None, **version: Any) -> models.Campaign:
    """Publish a campaign that gives five points each day at nine."""
    said = {"trigger": "SCHEDULE", "schedule": {"at": "09:00"}} | version
    return await campaign(shop.program.id, "MORNING", FIVE, conditions, **said)


async def run_at(shop: World, instant: datetime, engine: Engine | None = None) -> int:
    await programs.set_clock(shop.program.id, instant)
    return await run(shop, engine)


async def run(shop: World, engine: Engine | None = None) -> int:
    engine = engine or shop.engine
    return await schedules.run_due(engine, await engine.program(shop.program.id))


async def days(member: UUID) -> list[tuple[date, int]]:
    """Return the local days that a member was given something for, and the day of March on which it was."""
    rows = await models.Occasion.filter(member_id=member, trigger="SCHEDULE").order_by("id")
    return [(local_day(row.occurred_at, SHANGHAI), row.recorded_at.astimezone(SHANGHAI).day) for row in rows]


async def test_each_day_at_its_time_each_member_gets_it_once(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    made = await morning(shop)
    looked_at = [await run_at(shop, at(*when)) for when in ((1, 8, 59), (1, 9), (1, 10), (1, 23), (2, 8), (2, 12))]
    assert looked_at == [0, 1, 0, 0, 0, 1]
    tomorrow = TODAY + timedelta(days=1)
    assert await days(member) == [(tomorrow, tomorrow.day), (tomorrow + timedelta(days=1), tomorrow.day + 1)]
    row = await models.Occasion.filter(member_id=member).order_by("id").first()
    assert row is not None
    assert (row.code, row.occurred_at, await shop.balance(member)) == ("MORNING", at(1, 9), 10)
    runs = await models.CampaignRun.filter(campaign_id=made.id).order_by("day")
    assert [(run.day, run.reached_id, run.finished_at) for run in runs] == [
        (tomorrow, member, at(1, 9)),
        (tomorrow + timedelta(days=1), member, at(2, 12)),
    ]


async def test_days_that_no_server_saw_are_left_out_but_the_last(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await morning(shop)
    await run_at(shop, at(1, 9))
    await run_at(shop, at(9, 8))
    assert await days(member) == [
        (TODAY + timedelta(days=n), (TODAY + timedelta(days=late)).day) for n, late in ((1, 1), (8, 9))
    ]


async def test_a_campaign_runs_for_no_time_before_it_was_drafted(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await programs.set_clock(shop.program.id, at(1, 10))
    await morning(shop, recorded_at=at(1, 10))
    assert await run(shop) == 0
    assert await run_at(shop, at(2, 9)) == 1
    assert [day for day, _ in await days(member)] == [TODAY + timedelta(days=2)]


async def test_who_joined_after_the_time_or_is_at_rest_is_left_out(house: Engine) -> None:
    shop = await world(house)
    member, frozen = await shop.enrol(), await shop.enrol()
    await members.amend(house, shop.actor, MemberRef(id=frozen), {"status": "FROZEN"}, key=new_key())
    await morning(shop)
    await programs.set_clock(shop.program.id, at(1, 9, 1))
    late = await shop.enrol()
    assert await run(shop) == 1
    assert [len(await days(who)) for who in (member, frozen, late)] == [1, 0, 0]


async def test_only_those_to_whom_something_is_given_are_written_about(house: Engine) -> None:
    shop = await world(house)
    birthday = TODAY + timedelta(days=1)
    born = await shop.enrol(birthday=birthday.replace(year=1990))
    others = [await shop.enrol(birthday=date(1990, 12, 24)), await shop.enrol()]
    await morning(shop, {"birthday": {}})
    assert await run_at(shop, at(1, 9)) == 3
    assert [len(await days(who)) for who in (born, *others)] == [1, 0, 0]
    assert await models.Idempotency.filter(scope=schedules.SCOPE).count() == 1


async def test_the_window_and_the_calendar_are_those_of_the_time_that_was_due(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    weekday = (TODAY + timedelta(days=2)).strftime("%A").upper()
    await morning(shop, calendar={"weekday": {"days": [weekday]}}, ends_at=at(3, 0))
    assert [await run_at(shop, at(day, 9)) for day in (1, 2, 3, 9)] == [0, 1, 0, 0]
    assert [day for day, _ in await days(member)] == [TODAY + timedelta(days=2)]


async def test_a_limit_holds_and_those_beyond_it_cost_nothing(house: Engine) -> None:
    shop = await world(house)
    people = [await shop.enrol() for _ in range(5)]
    await morning(shop, limits={"total": 3})
    for day in (1, 2):
        await run_at(shop, at(day, 9))
    assert sorted([await shop.balance(member) for member in people]) == [0, 0, 5, 5, 5]
    assert await models.Idempotency.filter(scope=schedules.SCOPE).count() == 5, "the second day asks nobody"


async def test_a_run_that_dies_goes_on_where_it_was_and_gives_nobody_twice(
    house: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedules, "PAGE", 2)
    monkeypatch.setattr(schedules, "PAGES_MAX", 2)
    shop = await world(house)
    people = [await shop.enrol() for _ in range(7)]
    made = await morning(shop)
    await programs.set_clock(shop.program.id, at(1, 9))
    post = house.writer.post_all
    pages = 0

    async def dying(commands: Any) -> Any:
        nonlocal pages
        pages += 1
        answers = await post(commands)
        if pages == 2:
            raise OSError("the server is killed after a page was written and before that was noted")
        return answers

    monkeypatch.setattr(house.writer, "post_all", dying)
    with pytest.raises(OSError, match="killed"):
        await run(shop)
    assert (await models.CampaignRun.get(campaign_id=made.id)).reached_id == people[1]
    assert [await run(shop) for _ in range(3)] == [4, 1, 0]
    assert [len(await days(member)) for member in people] == [1] * 7
    assert (await models.CampaignRun.get(campaign_id=made.id)).finished_at == at(1, 9)


async def test_what_carries_a_gift_card_is_nobody_to_give_to(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    card = await card_of(await issue(shop, "25"))
    await morning(shop)
    assert await run_at(shop, at(1, 9)) == 1
    assert [await shop.balance(one) for one in (member, card.member_id)] == [5, 0]
    assert await models.Occasion.all().count() == 1


@pytest.mark.parametrize(("page", "is_last"), [(2, False), (500, True)], ids=["further", "finished"])
async def test_who_is_slower_takes_nothing_back_of_how_far_another_came(
    house: Engine, monkeypatch: pytest.MonkeyPatch, page: int, is_last: bool
) -> None:
    monkeypatch.setattr(schedules, "PAGE", page)
    monkeypatch.setattr(schedules, "PAGES_MAX", 1)
    shop = await world(house)
    people = [await shop.enrol() for _ in range(3)]
    made = await morning(shop)
    await programs.set_clock(shop.program.id, at(1, 9))
    earlier = await house.program(shop.program.id)
    await programs.set_clock(shop.program.id, at(1, 10))
    post = house.writer.post_all

    async def overtaken(commands: Any) -> Any:
        """Let another server, which began earlier, do the whole day while this one's first page is on its way."""
        monkeypatch.setattr(house.writer, "post_all", post)
        monkeypatch.setattr(schedules, "PAGES_MAX", 20)
        assert await schedules.run_due(house, earlier) == 3
        return await post(commands)

    monkeypatch.setattr(house.writer, "post_all", overtaken)
    assert await run(shop) == (3 if is_last else 2)
    progress = await models.CampaignRun.get(campaign_id=made.id)
    assert (progress.reached_id, progress.finished_at) == (people[2], at(1, 9))
    assert [len(await days(member)) for member in people] == [1] * 3


async def test_any_number_of_servers_may_run_it(postgres_house: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "PAGE", 3)
    shop = await world(postgres_house)
    people = [await shop.enrol() for _ in range(10)]
    await morning(shop)
    await programs.set_clock(shop.program.id, at(1, 9))
    async with writers(postgres_house, 3) as several:
        await asyncio.gather(*(run(shop, engine) for _, engine in several))
    assert [len(await days(member)) for member in people] == [1] * 10
    assert await models.CampaignRun.all().count() == 1
