"""Simulations: what they say against what the ledger has, and that they write nothing."""

import asyncio
import os
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import pytest
from tortoise.functions import Count, Sum

import models
from app.demo import purchases
from domain.campaigns import Trigger
from domain.instants import NEVER
from domain.refusals import InvalidInput, NotFound, Refusal
from services import order_life, orders, programs, publishing, simulations
from services.backtest import pages
from services.backtest.process import worker
from services.backtest.worker import Task
from services.engine import Engine
from services.order_life import OrderRef
from services.orders import LineRequest
from services.orders_import import import_orders
from services.simulations import Progress, SimulationRequest
from services.templates import Template
from services.transaction import transaction
from tests.factories import BEGINNING, NOON, World, campaign, new_key, order, world

TEN_PERCENT = [{"percentOff": {"percent": "10"}}]


def asked(code: str | None = None, **facts: Any) -> SimulationRequest:
    plain: dict[str, Any] = {
        "campaign_id": None,
        "code": code,
        "version": None,
        "start": date(2026, 3, 1),
        "end": date(2026, 4, 1),
        "without": False,
    }
    return SimulationRequest(**(plain | facts))


async def simulated(made: World, request: SimulationRequest) -> list[Progress]:
    engine = made.engine
    program = await engine.program(made.program.id)
    simulation = await simulations.prepared(engine.reads, program, made.actor, request)
    return [step async for step in simulations.simulate(engine.reads, simulation, engine.simulating)]


async def reported(made: World, request: SimulationRequest) -> Any:
    return (await simulated(made, request))[-1].report


async def drafted(made: World, code: str, effects: list[dict[str, Any]], **version: Any) -> models.Campaign:
    """Return a campaign with one version that nobody has published."""
    async with transaction():
        row = await models.Campaign.create(program_id=made.program.id, code=code, name=code, state="DRAFT")
    await version_of(row, 1, effects, **version)
    return row


async def version_of(row: models.Campaign, number: int, effects: list[dict[str, Any]], **version: Any) -> None:
    said = {"priority": 10, "starts_at": BEGINNING, "ends_at": NEVER, "recorded_at": NOON, "conditions": None} | version
    async with transaction():
        await publishing.publish(program_id=row.program_id, campaign_id=row.id, number=number, effects=effects, **said)


async def test_the_baseline_is_what_the_ledger_has(house: Engine) -> None:
    made = await world(house, Template.DEMO, currency="USD", time_zone="America/New_York")
    found = list(islice(purchases(), 0, None, 20))
    assert len(found) > 300
    for day in sorted({purchase.at for purchase in found}):
        await programs.set_clock(made.program.id, day)
        some = [purchase.request for purchase in found if purchase.at == day]
        answers = await import_orders(house, made.actor, some, key=new_key(), enrol_unknown=True)
        assert not [answer for answer in answers if isinstance(answer, Refusal)]
    await drafted(made, "TEN", TEN_PERCENT)
    program = await house.program(made.program.id)
    for start in (date(1997, 1, 1), date(1997, 9, 1)):
        report = await reported(made, asked("TEN", start=start, end=date(1998, 7, 1)))
        since = datetime(start.year, start.month, 1, tzinfo=program.zone)
        orders = models.Order.filter(occurred_at__gte=since)
        ((payable, count),) = await orders.annotate(p=Sum("payable"), n=Count("id")).values_list("p", "n")
        assert (report.orders_considered, report.payable.before, report.discount.before) == (count, payable, 0)
        issued = Counter[Any]()
        for asset_id, amount in await models.OrderEffect.filter(
            order_id__in=await orders.values_list("id", flat=True), kind__in=["EARN", "MULTIPLY_EARN"]
        ).values_list("asset_id", "amount"):
            issued[asset_id] += amount
        assert {asset_id: change.before for asset_id, change in report.points.items()} == issued
        assert report.discount.after > 0
        assert report.orders_applied == report.orders_touched > 0.9 * count


# ── what a request may name ──────────────────────────────────────────────────────────────────────────────────────────


async def test_the_newest_version_is_simulated_unless_another_is_named(house: Engine) -> None:
    made = await world(house)
    member = await made.enrol()
    await made.buy(member, "100.00")
    row = await drafted(made, "TEN", TEN_PERCENT)
    await version_of(row, 2, [{"percentOff": {"percent": "20"}}])
    assert [(await reported(made, asked("TEN", version=number))).discount.after for number in (None, 1, 2)] == [
        20_00,
        10_00,
        20_00,
    ]


async def test_a_version_takes_the_place_of_the_published_one_and_of_no_other(house: Engine) -> None:
    made = await world(house)
    member = await made.enrol()
    published = await campaign(made.program.id, "TEN", TEN_PERCENT)
    await campaign(made.program.id, "FIVE", [{"amountOff": {"amount": "5"}}], priority=20)
    await made.buy(member, "100.00")
    await version_of(published, 2, [{"percentOff": {"percent": "20"}}])
    report = await reported(made, asked("TEN"))
    assert (report.discount.before, report.discount.after) == (15_00, 25_00)
    assert (await models.Order.get(member_id=member)).discount_total == report.discount.before
    report = await reported(made, asked("TEN", without=True))
    assert (report.discount.before, report.discount.after, report.orders_applied) == (15_00, 5_00, 1)


async def test_a_window_outside_the_period_is_set_aside_and_another_is_kept(house: Engine) -> None:
    made = await world(house)
    await made.buy(await made.enrol(), "100.00")
    engine, actor = made.engine, made.actor
    program = await engine.program(made.program.id)
    await drafted(made, "LATER", TEN_PERCENT, starts_at=NOON + timedelta(days=60))
    await drafted(made, "WITHIN", TEN_PERCENT, starts_at=NOON + timedelta(days=3))
    seen = {}
    for code in ("LATER", "WITHIN"):
        simulation = await simulations.prepared(engine.reads, program, actor, asked(code))
        steps = [step async for step in simulations.simulate(engine.reads, simulation)]
        assert steps[-1].report is not None
        seen[code] = (simulation.is_window_set_aside, steps[-1].report.orders_applied)
    assert seen == {"LATER": (True, 1), "WITHIN": (False, 0)}


async def test_days_are_local_and_half_open(house: Engine) -> None:
    made = await world(house)  # in Shanghai, at noon of 3 March
    member = await made.enrol()
    begin = datetime(2026, 3, 1, 16, 0, tzinfo=NOON.tzinfo)  # where 2 March begins
    for at in (begin - timedelta(microseconds=1), begin, begin + timedelta(days=1, microseconds=-1)):
        await made.buy(member, "10.00", occurred_at=at)
    await drafted(made, "TEN", TEN_PERCENT)
    days = {
        start: (await reported(made, asked("TEN", start=date(2026, 3, start), end=date(2026, 3, start + 1))))
        for start in (1, 2, 3)
    }
    assert {day: report.orders_considered for day, report in days.items()} == {1: 1, 2: 2, 3: 0}


async def test_what_came_back_as_a_whole_or_was_never_committed_is_left_out(house: Engine) -> None:
    made = await world(house)
    member = await made.enrol()
    for name, lines in (("kept", ()), ("back", (("1", 2),)), ("part", (("1", 1),))):
        bought = await made.buy(member, external_id=name, lines=[LineRequest("1", "CD", 2, Decimal(50))])
        if lines:
            back = OrderRef(id=bought.order_id)
            await order_life.return_(house, made.actor, back, lines, reason=None, key=new_key())
    held = await orders.hold(house, made.actor, order(member, "100.00"), seconds=60, key=new_key())
    assert held.order_id
    await drafted(made, "TEN", TEN_PERCENT)
    report = await reported(made, asked("TEN"))
    assert (report.orders_considered, report.discount.after) == (2, 20_00)


async def test_a_member_begins_where_the_ledger_has_it(house: Engine) -> None:
    made = await world(house, Template.STANDARD)
    member, other = await made.enrol(), await made.enrol()
    await made.buy(member, "900.00")
    await programs.set_clock(made.program.id, NOON + timedelta(days=10))
    await made.give(member, "50.00", "TIER")
    await programs.set_clock(made.program.id, NOON + timedelta(days=20))
    for one in (member, other):
        await made.buy(one, "50.00")
    await programs.set_clock(made.program.id, NOON + timedelta(days=30))
    for one in (member, other):
        await made.buy(one, "100.00")
    assert await made.tier(member) == "SILVER"
    await drafted(made, "SILVER", [{"percentOffByTier": {"tiers": [{"tier": "SILVER", "percent": "10"}]}}], priority=1)
    third = [{"percentOff": {"percent": "1"}}]
    await drafted(made, "THIRD", third, priority=1, conditions={"nthOrder": {"numbers": [3]}})
    for start in (NOON, NOON + timedelta(days=15), NOON + timedelta(days=25)):
        first = start.date()
        report = await reported(made, asked("SILVER", start=first, end=date(2026, 4, 30)))
        assert (report.orders_applied, report.discount.after) == (1, 10_00)
        report = await reported(made, asked("THIRD", start=first, end=date(2026, 4, 30)))
        assert (report.orders_applied, report.discount.after) == (1, 1_00)


async def test_of_the_tiers_that_a_member_reached_before_the_last_stands(house: Engine) -> None:
    made = await world(house, Template.STANDARD)
    member = await made.enrol()
    for day, amount in enumerate(("1000.00", "4000.00", "100.00")):
        await programs.set_clock(made.program.id, NOON + timedelta(days=day))
        await made.buy(member, amount)
    assert await models.Event.filter(kind="TIER_CHANGED").count() == 2
    rates = [{"tier": "SILVER", "percent": "10"}, {"tier": "GOLD", "percent": "20"}]
    await drafted(made, "TIERS", [{"percentOffByTier": {"tiers": rates}}])
    report = await reported(made, asked("TIERS", start=(NOON + timedelta(days=2)).date()))
    assert (report.orders_considered, report.discount.after) == (1, 20_00)


@pytest.mark.parametrize(
    ("facts", "kind", "field"),
    [
        ({"code": "GONE"}, NotFound, "campaign"),
        ({"version": 2}, NotFound, "version"),
        ({"version": 0}, NotFound, "version"),
        ({"end": date(2026, 3, 1)}, InvalidInput, "until"),
        ({"end": date(2037, 3, 1)}, InvalidInput, "until"),
        ({"start": date(1899, 12, 31), "end": date(1900, 1, 1)}, InvalidInput, "from"),
        ({"without": True}, InvalidInput, "without"),
        ({"without": True, "version": 1}, InvalidInput, "version"),
        ({"code": "EVENTS"}, InvalidInput, "campaign"),
        ({"code": "RUNS", "without": True}, InvalidInput, "campaign"),
    ],
)
async def test_what_cannot_be_simulated_is_refused(
    house: Engine, facts: dict[str, Any], kind: type[Refusal], field: str
) -> None:
    made = await world(house)
    await drafted(made, "TEN", TEN_PERCENT)
    fixed = [{"earnFixed": {"asset": "POINTS", "points": "1"}}]
    await drafted(made, "EVENTS", fixed, trigger=Trigger.EVENT)
    await campaign(made.program.id, "RUNS", fixed, trigger=Trigger.ENROLLED)
    with pytest.raises(kind) as refused:
        await simulated(made, asked(**({"code": "TEN"} | facts)))
    assert refused.value.field == (field,)


async def test_another_programs_campaign_is_not_there(house: Engine) -> None:
    made = await world(house)
    rival = await world(house, code="RIVAL")
    row = await drafted(rival, "TEN", TEN_PERCENT)
    with pytest.raises(NotFound):
        await simulated(made, asked("TEN"))
    with pytest.raises(NotFound):
        await simulated(made, asked(campaign_id=row.id))
    assert (await reported(rival, asked("TEN"))).orders_considered == 0


async def test_too_many_orders_are_refused_with_their_number(house: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await world(house)
    member = await made.enrol()
    for _ in range(3):
        await made.buy(member)
    await drafted(made, "TEN", TEN_PERCENT)
    monkeypatch.setattr(simulations, "ORDERS_MAX", 2)
    with pytest.raises(InvalidInput, match="There are 3 orders in this period; up to 2 can be simulated"):
        await simulated(made, asked("TEN"))


# ── the run ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_nothing_is_written(house: Engine) -> None:
    made = await world(house, Template.STANDARD)
    member = await made.enrol()
    await made.buy(member, "1500.00")
    await drafted(
        made, "ALL", [*TEN_PERCENT, {"addTag": {"tag": "x"}}], limits={"total": 5}, budget={"money": "900.00"}
    )
    before = await everything()
    assert before["Order"]
    report = await reported(made, asked("ALL"))
    assert report.orders_applied == 1
    assert await everything() == before


async def test_pages_add_up_to_the_whole(house: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await world(house, Template.STANDARD)
    members = [await made.enrol() for _ in range(3)]
    for number in range(7):  # all of one instant, so that pages end between equal ones
        await made.buy(members[number % 3], f"{number + 1}00.00")
    await drafted(made, "TEN", TEN_PERCENT)
    whole = await reported(made, asked("TEN"))
    assert (whole.orders_considered, whole.members_considered) == (7, 3)
    monkeypatch.setattr(pages, "ORDERS", pages.ORDERS.replace(f"LIMIT {pages.PAGE}", "LIMIT 2"))
    monkeypatch.setattr(pages, "PAGE", 2)
    monkeypatch.setattr(simulations, "PROGRESS_SECONDS", 0)
    steps = await simulated(made, asked("TEN"))
    assert [(step.orders_done, step.orders_total) for step in steps] == [(0, 7), (2, 7), (4, 7), (6, 7), (7, 7)]
    assert [step.report for step in steps[:-1]] == [None] * 4
    assert steps[-1].report == whole


async def test_a_run_that_is_given_up_ends_its_worker(house: Engine) -> None:
    made = await world(house)
    await made.buy(await made.enrol())
    await drafted(made, "TEN", TEN_PERCENT)
    program = await house.program(made.program.id)
    simulation = await simulations.prepared(house.reads, program, made.actor, asked("TEN"))
    task = Task(simulation.program, simulation.after, simulation.campaign.id)
    async with worker(task) as started:
        assert os.getpriority(os.PRIO_PROCESS, started.pid) == os.getpriority(os.PRIO_PROCESS, 0) + 10
    with pytest.raises(ProcessLookupError):
        os.kill(started.pid, 0)
    assert children() == []
    steps = simulations.simulate(house.reads, simulation, house.simulating)
    assert (await anext(steps)).orders_done == 0
    waiting = asyncio.create_task(anext(steps))
    async with asyncio.timeout(30):
        while not children():  # noqa: ASYNC110  (a process that starts has no event)
            await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (children(), house.simulating.locked()) == ([], False)


class Turn(asyncio.Lock):
    """Counts who asked for a turn, and knows how many workers there were as each got it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Semaphore(0)
        self.workers: list[int] = []

    async def acquire(self) -> Literal[True]:
        self.asked.release()
        got = await super().acquire()
        self.workers.append(len(children()))
        return got


async def test_simulations_take_turns(house: Engine) -> None:
    turn = Turn()
    made = await world(replace(house, simulating=turn))
    await made.buy(await made.enrol())
    await drafted(made, "TEN", TEN_PERCENT)
    async with asyncio.timeout(30):
        await turn.acquire()
        both = [asyncio.create_task(reported(made, asked("TEN"))) for _ in range(2)]
        for _ in range(3):
            await turn.asked.acquire()
        assert children() == [], "who has asked has started nothing yet"
        turn.release()
        assert [report.discount.after for report in await asyncio.gather(*both)] == [10_00, 10_00]
    assert (turn.workers, turn.locked()) == ([0, 0, 0], False)


async def test_an_order_that_cannot_be_decided_ends_the_run_with_its_reason(house: Engine) -> None:
    made = await world(house)
    await made.buy(await made.enrol())
    huge = [
        {"earnFixed": {"asset": "POINTS", "points": str(2**62 - 1)}},
        {"multiplyEarn": {"asset": "POINTS", "factor": "3"}},
    ]
    await drafted(made, "HUGE", huge)
    with pytest.raises(InvalidInput, match="An order cannot be replayed: The order would earn more"):
        await reported(made, asked("HUGE"))
    assert (children(), house.simulating.locked()) == ([], False)


async def everything() -> dict[str, list[Any]]:
    """Return every row of every table, each as text."""
    return {name: sorted(str(row) for row in await getattr(models, name).all().values()) for name in models.__all__}


def children() -> list[int]:
    """Return the workers of this process (Linux)."""
    found = []
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            if folder.name.isdigit() and b"services.backtest.worker" in (folder / "cmdline").read_bytes():
                parent = next(line for line in (folder / "status").read_text().splitlines() if line.startswith("PPid:"))
                if int(parent.split()[1]) == os.getpid():
                    found.append(int(folder.name))
    return found
