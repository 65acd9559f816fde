"""Simulations: a version of a campaign over past orders. Nothing is written, and nothing is kept."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, nullcontext
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import models
from domain import checks
from domain.backtest_report import BacktestReport
from domain.campaigns import Trigger
from domain.instants import start_of_day
from domain.program import CampaignVersion, Program
from domain.refusals import InvalidInput, NotFound
from domain.values import keyword_value, value
from services import visible
from services.actors import Actor
from services.backtest.pages import Period, count, pages
from services.backtest.process import worker
from services.backtest.worker import Task
from services.published import read_version_of
from services.reading import OrmSession
from services.snapshots import rules_of

ORDERS_MAX = 1_000_000
PERIOD_DAYS_MAX = 3_660
PROGRESS_SECONDS = 0.25
"""How long there is no further progress after one."""


@keyword_value
class SimulationRequest:
    """What is to be simulated, unchecked. The campaign is named by id or code; days are local and half-open."""

    campaign_id: UUID | None
    code: str | None
    version: int | None
    """None is the newest, published or not."""
    start: date
    end: date
    without: bool
    """Whether to simulate the program without the campaign."""


@keyword_value
class Simulation:
    """What is to be simulated, checked."""

    program: Program
    after: Program
    campaign: models.Campaign
    version: CampaignVersion | None
    """None is the program without the campaign."""
    is_window_set_aside: bool
    """Whether the version runs at another time than the period, and is taken to run all through it."""
    start: date
    end: date
    period: Period
    orders: int


@value
class Progress:
    """How far a simulation has come; the last one has the report."""

    orders_done: int
    orders_total: int
    report: BacktestReport | None = None


async def prepared(reads: OrmSession, program: Program, actor: Actor, request: SimulationRequest) -> Simulation:
    """Return what is to be simulated. Raises `NotFound`, and `InvalidInput` naming the field at fault."""
    period = _period(program, request)
    campaign = await _campaign(actor, request)
    others = tuple(version for version in program.campaigns if version.campaign_id != campaign.id)
    version, is_set_aside = None, False
    if request.without:
        _check_without(program, campaign, request)
        after = others
    else:
        version = await _version(reads, program, campaign, request.version)
        is_set_aside = not (version.starts_at < period.end and period.start < version.ends_at)
        if is_set_aside:
            version = replace(version, starts_at=period.start, ends_at=period.end)
        after = (*others, version)
    orders = await count(reads, program, period)
    if orders > ORDERS_MAX:
        raise InvalidInput(
            f"There are {orders:,} orders in this period; up to {ORDERS_MAX:,} can be simulated.", field=("until",)
        )
    return Simulation(
        program=replace(program),  # without the index that it keeps: the worker makes its own
        after=replace(program, campaigns=after),
        campaign=campaign,
        version=version,
        is_window_set_aside=is_set_aside,
        start=request.start,
        end=request.end,
        period=period,
        orders=orders,
    )


def _period(program: Program, request: SimulationRequest) -> Period:
    if request.start >= request.end:
        raise InvalidInput("`until` is a day after `from`: it is the first day that does not count.", field=("until",))
    if request.end - request.start > timedelta(days=PERIOD_DAYS_MAX):
        raise InvalidInput(f"A period has up to {PERIOD_DAYS_MAX:,} days.", field=("until",))
    if request.start < checks.EARLIEST.date():
        raise InvalidInput(f"A period begins on {checks.EARLIEST.date()} or later.", field=("from",))
    return Period(start_of_day(request.start, program.zone), start_of_day(request.end, program.zone))


async def _campaign(actor: Actor, request: SimulationRequest) -> models.Campaign:
    named = {"id": request.campaign_id} if request.campaign_id else {"code": request.code}
    found = await visible.campaigns(actor).get_or_none(**named)
    if found is None:
        raise NotFound("There is no such campaign.", field=("campaign",))
    return found


def _check_without(program: Program, campaign: models.Campaign, request: SimulationRequest) -> None:
    """Refuse to leave out what is not there, or changes no order."""
    if request.version is not None:
        raise InvalidInput("Without the campaign there is no version of it: leave one of both out.", field=("version",))
    running = next((version for version in program.campaigns if version.campaign_id == campaign.id), None)
    if running is None:
        raise InvalidInput(f"{campaign.code} does not run, so the program is without it.", field=("without",))
    _check_trigger(running)


async def _version(
    reads: OrmSession, program: Program, campaign: models.Campaign, number: int | None
) -> CampaignVersion:
    rows = models.CampaignVersion.filter(program_id=program.id, campaign_id=campaign.id)
    newest = await rows.order_by("-number").first()
    if newest is None or (number is not None and not 1 <= number <= newest.number):
        raise NotFound(f"{campaign.code} has no such version.", field=("version",))
    rules = rules_of(program)
    version = await read_version_of(reads, program.id, rules, campaign.id, number or newest.number)
    if version is None:
        raise NotFound(f"{campaign.code} has no such version.", field=("version",))
    _check_trigger(version)
    return version


def _check_trigger(version: CampaignVersion) -> None:
    if version.trigger is not Trigger.ORDER:
        raise InvalidInput(
            f"{version.label} has the trigger {version.trigger.value}; only campaigns of orders can be simulated.",
            field=("campaign",),
        )


async def simulate(
    reads: OrmSession, simulation: Simulation, turn: asyncio.Lock | None = None
) -> AsyncGenerator[Progress, None]:
    """Yield progress, at once and then at most four times a second, and in the end the report.

    One simulation at a time holds `turn`, if there is one; others wait for it. Close the generator to end the worker.
    Raises `InvalidInput` when an order cannot be replayed.
    """
    total = simulation.orders
    yield Progress(0, total)
    async with (
        turn or nullcontext(),
        worker(Task(simulation.program, simulation.after, simulation.campaign.id)) as replay,
    ):
        is_busy, done, told_at = False, 0, time.monotonic()
        async with aclosing(pages(reads, simulation.program, simulation.period)) as read:
            async for page in read:  # while the worker is busy with the page before
                if is_busy:
                    done = await replay.answer()
                    if time.monotonic() - told_at >= PROGRESS_SECONDS:
                        yield Progress(done, max(total, done))
                        told_at = time.monotonic()
                await replay.send(page)
                is_busy = True
        if is_busy:
            done = await replay.answer()
        await replay.send(None)
        report: BacktestReport = await replay.answer()
    yield Progress(done, done, report)
