"""Changes of a program's set-up that meet: each is checked against what the one before it left behind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs
from tortoise.expressions import F

import models
from domain.refusals import InvalidInput
from services import campaigns, segments, snapshots
from services.campaign_forms import VersionRequest
from services.campaign_rows import CampaignRef
from services.campaigns import NewCampaign
from services.engine import Engine
from services.program_apply import PlanChanged
from services.program_plan import TierInUse
from services.snapshots import ChangingProgramError, Snapshots
from services.templates import Template
from services.transaction import locked_program, transaction
from tests.factories import World, campaign, new_key, world
from tests.services.program_documents import applied, everything, exported, planned
from tests.services.test_writer_commands import Desk
from tests.services.test_writer_parallel import paused, writers

SEVEN: list[dict[str, Any]] = [{"earnFixed": {"asset": "POINTS", "points": "7"}}]
GOLDEN: dict[str, Any] = {"tier": {"codes": ["GOLD"]}}
X = CampaignRef(code="X")
STARS = """- code: STARRED
  name: Starred
  priority: 50
  effects:
  - earnFixed: {asset: STARS, points: 1}
"""


async def shop_of(house: Engine) -> World:
    return await world(house, Template.STANDARD)


async def without_gold(shop: World) -> str:
    text = await exported(shop.program)
    said = text.replace("  - code: GOLD\n    name: Gold\n    threshold: '5000.00'\n", "")
    found = said.replace("      - factor: '1.2'\n        tier: GOLD\n", "")
    assert "GOLD" not in found
    return found


async def with_stars(shop: World) -> str:
    text = await exported(shop.program)
    return text.replace("assets:\n", "assets:\n- code: STARS\n  name: Stars\n  kind: POINTS\n", 1) + STARS


async def draft(shop: World, target: NewCampaign | CampaignRef, **said: Any) -> None:
    await campaigns.draft(shop.engine, shop.actor, target, VersionRequest(effects=SEVEN, **said), key=new_key())


async def publish(shop: World, version: int) -> Any:
    return await campaigns.publish(shop.engine, shop.actor, X, version=version, key=new_key())


async def queued(shop: World, number: int) -> None:
    """Wait until so many wait for a lock, or a second: who does not wait has gone on."""
    sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    for _ in range(50):
        await shop.engine.reads.fetch("SELECT pg_stat_clear_snapshot()")
        if (await shop.engine.reads.fetch(sql))[0][0] >= number:
            return
        await asyncio.sleep(0.02)


@asynccontextmanager
async def held(shop: World, *waiting: Coroutine[Any, Any, Any]) -> AsyncIterator[list[asyncio.Task[Any]]]:
    """Hold the program's lock while `waiting` queue up for it, one after the other; at the end all are done."""
    turns = [asyncio.Event() for _ in waiting]

    async def after(turn: asyncio.Event, one: Coroutine[Any, Any, Any]) -> Any:
        await turn.wait()
        return await one

    # Made before the transaction, so that they have connections of their own.
    tasks = [asyncio.create_task(after(turn, one)) for turn, one in zip(turns, waiting, strict=True)]
    async with transaction():
        await locked_program(shop.program.id)
        for number, turn in enumerate(turns, 1):
            turn.set()
            await queued(shop, number)
        yield tasks
    await asyncio.wait(tasks)


# ── behind the program's lock ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_version_is_published_against_the_program_that_an_apply_left(postgres_house: Engine) -> None:
    shop = await shop_of(postgres_house)
    await draft(shop, NewCampaign("X", "X"), conditions=GOLDEN)
    await draft(shop, X)
    await publish(shop, 2)
    said = await without_gold(shop)
    async with held(shop, applied(shop.program, said), publish(shop, 1)) as (first, second):
        pass
    assert [one.code for one in first.result().changes] == ["STANDARD", "TIER_MULTIPLIER"]
    refused = second.exception()
    assert isinstance(refused, InvalidInput)
    assert refused.message == "X v1 does not fit the program any more: The program has no tier `GOLD`."
    assert (await models.Campaign.get(code="X")).published_version == 2


async def test_a_draft_is_checked_against_the_program_that_an_apply_left(postgres_house: Engine) -> None:
    shop = await shop_of(postgres_house)
    said = await without_gold(shop)
    async with held(shop, applied(shop.program, said), draft(shop, NewCampaign("X", "X"), conditions=GOLDEN)) as tasks:
        pass
    assert tasks[0].exception() is None
    assert isinstance(tasks[1].exception(), InvalidInput)
    assert await models.Campaign.filter(code="X").count() == 0


async def test_a_segment_is_checked_against_the_program_that_another_left(postgres_house: Engine) -> None:
    shop = await shop_of(postgres_house)
    saved = segments.save(shop.engine, shop.actor, code="TOP", name="Top", conditions=GOLDEN, key=new_key())
    async with held(shop, saved) as (task,):
        await models.Tier.filter(code="GOLD").delete()
        await models.Program.filter(id=shop.program.id).update(config_version=F("config_version") + 1)
    assert isinstance(task.exception(), InvalidInput)
    assert await models.Segment.all().count() == 0


async def test_an_apply_is_planned_on_what_another_left(postgres_house: Engine) -> None:
    shop = await shop_of(postgres_house)
    said = (await exported(shop.program)).replace("name: Points\n", "name: Leaves\n")
    shown = await planned(shop.program, said)
    async with held(shop, applied(shop.program, said, shown=shown)) as (task,):
        await models.Asset.filter(code="POINTS").update(name="Petals")
    assert isinstance(task.exception(), PlanChanged)
    assert (await models.Asset.get(code="POINTS")).name == "Petals"


async def test_an_apply_and_publishers_do_not_wait_for_each_other_in_a_circle(postgres_house: Engine) -> None:
    shop = await shop_of(postgres_house)
    text = await exported(shop.program)
    await draft(shop, NewCampaign("X", "X"))
    renamed = [text.replace("name: Points\n", f"name: P{number}\n") for number in range(8)]
    calls = [*(applied(shop.program, one) for one in renamed), *(publish(shop, 1) for _ in range(8))]
    await asyncio.wait_for(asyncio.gather(*calls), 20)


async def test_orders_go_on_while_the_set_up_is_locked(postgres_house: Engine) -> None:
    shop = await shop_of(postgres_house)
    member = await shop.enrol()
    go = asyncio.Event()

    async def buy() -> None:
        await go.wait()
        await shop.buy(member, "10.00")

    buying = asyncio.create_task(buy())
    async with transaction():
        await locked_program(shop.program.id)
        go.set()
        await asyncio.wait_for(buying, 5)
    assert await shop.balance(member) == 10


# ── a tier that is reached meanwhile ─────────────────────────────────────────────────────────────────────────────────


async def test_a_tier_that_is_reached_while_it_is_removed_is_refused_with_its_numbers(postgres_house: Engine) -> None:
    shop = await shop_of(postgres_house)
    member = await shop.enrol()
    said, before = await without_gold(shop), await everything()
    async with paused(postgres_house, "COMMIT") as (pause, other):
        buying = asyncio.create_task(World(other, shop.program, shop.actor).buy(member, "6000.00"))
        await pause.reached.wait()  # it has written the standing, and nobody sees it yet
        applying = asyncio.create_task(applied(shop.program, said))
        await queued(shop, 1)
        pause.go_on.set()
        await buying
        with pytest.raises(TierInUse) as refused:
            await applying
    assert refused.value.facts == {"tier": "GOLD", "standings": 1, "events": 1}
    assert await everything() == before
    assert await shop.tier(member) == "GOLD"


# ── read while it changes ────────────────────────────────────────────────────────────────────────────────────────────


class Between:
    """A reader to which something happens just before it reads a table for the first `times`; it began with assets."""

    def __init__(
        self, reader: Any, happens: Callable[[], Awaitable[Any]], times: int = 1, before: str = "FROM segment"
    ) -> None:
        self.reader, self.happens, self.times, self.before = reader, happens, times, before

    async def fetch(self, sql: str, *arguments: Any) -> Sequence[Sequence[Any]]:
        if self.before in sql and self.times:
            self.times -= 1
            await self.happens()
        found: Sequence[Sequence[Any]] = await self.reader.fetch(sql, *arguments)
        return found


async def test_a_program_that_changes_while_it_is_read_is_read_again(house: Engine) -> None:
    shop = await shop_of(house)
    said = await with_stars(shop)
    with capture_logs() as logs:
        program = await Snapshots().load(Between(house.reads, lambda: applied(shop.program, said)), shop.program.id)
    assert logs == []
    assert program.config_version == (await models.Program.get(id=shop.program.id)).config_version
    assert program.asset("STARS") is not None
    assert "STARRED v1" in [version.label for version in program.campaigns]


async def test_a_ladder_of_a_new_asset_is_read_again_with_its_asset(house: Engine) -> None:
    shop = await shop_of(house)
    ladder = "- code: BOUGHT\n  name: Bought\n  asset: COUNT\n  tiers:\n  - {code: ANY, name: Any, threshold: 0}\n"
    asset = "assets:\n- {code: COUNT, name: Count, kind: QUALIFYING}\n"
    text = (await exported(shop.program)).replace("assets:\n", asset, 1).replace("ladders:\n", f"ladders:\n{ladder}", 1)
    reader = Between(house.reads, lambda: applied(shop.program, text), before="FROM ladder")
    program = await Snapshots().load(reader, shop.program.id)
    assert [one.code for one in program.ladders] == ["BOUGHT", "STANDARD"]


async def test_an_order_is_decided_though_the_set_up_changes_while_the_writer_reads_it(
    postgres_house: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await shop_of(postgres_house)
    member, said = await shop.enrol(), await with_stars(shop)
    read, done = snapshots._read, []

    async def reading(reader: Any, *rest: Any) -> Any:
        done.append(reader)
        if len(done) == 1:
            reader = Between(reader, lambda: applied(shop.program, said))
        return await read(reader, *rest)

    desk = await Desk.at(shop)
    async with writers(postgres_house, 1) as ((_, other),):  # which has read nothing yet
        monkeypatch.setattr(snapshots, "_read", reading)
        await other.writer.post(desk.commit(member, 10_00))
    assert len(done) > 1
    assert (await shop.balance(member), await shop.balance(member, "STARS")) == (10, 1)


async def test_a_program_that_never_stands_still_is_given_up(house: Engine) -> None:
    shop = await shop_of(house)

    async def again() -> None:
        async with transaction():
            await models.Program.filter(id=shop.program.id).update(config_version=F("config_version") + 1)

    with pytest.raises(ChangingProgramError, match="changed 10 times"):
        await Snapshots().load(Between(house.reads, again, times=100), shop.program.id)
    before = (await models.Program.get(id=shop.program.id)).config_version
    between = Between(house.reads, again, times=9)
    assert (await Snapshots().load(between, shop.program.id)).config_version == before + 9


# ── what cannot be read ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_campaign_that_cannot_be_read_decides_nothing_and_is_told_once(house: Engine) -> None:
    shop = await shop_of(house)
    member = await shop.enrol()
    made = await campaign(shop.program.id, "LOST", SEVEN, {"tier": {"codes": ["NOWHERE"]}})
    await campaign(shop.program.id, "GOOD", SEVEN)
    with capture_logs() as logs:
        await shop.buy(member, "10.00")
        await shop.buy(member, "10.00")
        await segments.save(
            shop.engine, shop.actor, code="TOP", name="Top", conditions={"firstOrder": {}}, key=new_key()
        )
        await shop.buy(member, "10.00")
    assert await shop.balance(member) == 3 * 17
    version = await models.CampaignVersion.get(campaign_id=made.id)
    told = [one for one in logs if one["event"] == "campaign.unreadable"]
    assert {one["version"] for one in told} == {str(version.id)}
    assert {(one["log_level"], one["why"]) for one in told} == {
        ("error", "LOST v1: The program has no tier `NOWHERE`.")
    }
    assert len(told) == 1
    await campaigns.end(shop.engine, shop.actor, CampaignRef(code="LOST"), key=new_key())
    assert (await models.Campaign.get(code="LOST")).state == "ENDED"
