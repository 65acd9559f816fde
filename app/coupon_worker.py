"""Codes of coupons are made beside the server, a chunk at a time, with a rest after each in which others go first."""

import asyncio
import random

import structlog
from tortoise.exceptions import BaseORMException

from services.coupon_making import make_chunk
from services.database.away import AWAY
from services.engine import Engine

log = structlog.get_logger(__name__)

PASSING = (*AWAY, BaseORMException)
"""What a database says that is busy or away, so that the same work succeeds later."""
PAUSE_SECONDS = 1.0
"""How long there is no look for a batch after there was nothing to do."""
REST, REST_MAX_SECONDS = 1.0, 0.2
"""How long a rest is, in the times that the chunk before it took: what waited for it goes on meanwhile."""


async def make_codes_forever(engine: Engine) -> None:
    """Make the codes of all batches again and again; any number of servers may do so at once."""
    while True:
        chunk = None
        try:
            chunk = await make_chunk(engine)
        except PASSING as error:
            log.warning("coupons.retry", reason=str(error) or type(error).__name__)
        spread = random.uniform(0.8, 1.2)  # noqa: S311  (spreads servers)
        await asyncio.sleep(min(chunk.seconds * REST, REST_MAX_SECONDS) if chunk else PAUSE_SECONDS * spread)
