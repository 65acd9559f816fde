"""Due work is carried out soon after it falls due, in bounded batches.

Releases, ends of holds and expiries, of coupons too; then reminders, and what campaigns give by schedules.
"""

import asyncio

import structlog
from tortoise.exceptions import BaseORMException

import models
from services import balances, coupon_sweep, reminders, schedules
from services.database.away import AWAY
from services.engine import Engine
from services.writer.writer import Overloaded

log = structlog.get_logger(__name__)

PASSING = (*AWAY, Overloaded, BaseORMException)
"""What a database says that is busy or away, so that the same work succeeds later."""
PAUSE_SECONDS = 1.0
BATCH = 200
"""Members matured at a time. Balances are right without the sweeper too; it only brings the events in time."""

COUPONS = 1_000
"""Coupons looked at at a time."""


async def sweep_forever(engine: Engine) -> None:
    """Sweep every program again and again; any number of servers may do so at once."""
    while True:
        try:
            for program_id in await models.Program.all().values_list("id", flat=True):
                program = await engine.program(program_id)  # type: ignore[arg-type]  # a flat list of ids
                more = True
                while more:
                    more = await balances.sweep(engine, program, BATCH) == BATCH
                more = True
                while more:
                    more = await coupon_sweep.sweep(engine, program, COUPONS) == COUPONS
                await reminders.remind(engine, program)
                await schedules.run_due(engine, program)
        except PASSING as error:
            log.warning("sweeper.retry", reason=str(error) or type(error).__name__)
        await asyncio.sleep(PAUSE_SECONDS)
