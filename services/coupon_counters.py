"""What became of the coupons of a template, in numbers, live."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any
from uuid import UUID

from domain.campaigns import EVER, CampaignKind
from domain.coupons import TALLIED, Tally
from domain.values import value
from services import watching
from services.actors import Actor
from services.engine import Engine
from services.hub import template_stream
from services.raw import plain_id, plain_json
from services.reading import OrmSession

COUNTERS = (
    f"SELECT c.id, v.limits, COALESCE(u.uses, 0), {', '.join(f'COALESCE(t.{name}, 0)' for name in TALLIED)} "
    "FROM campaign c "
    "LEFT JOIN campaign_version v ON v.program_id = c.program_id AND v.campaign_id = c.id "
    "AND v.number = c.published_version "
    "LEFT JOIN campaign_usage u ON u.campaign_id = c.id AND u.owner_id = c.id AND u.day = $3 "
    "LEFT JOIN coupon_tally t ON t.campaign_id = c.id "
    f"WHERE c.program_id = $1 AND c.kind = '{CampaignKind.COUPON.value}' AND c.id = ANY($2::uuid[])"
)
"""One statement, so that the numbers are of one moment."""


@value
class Counters:
    """The counters of a template at one moment."""

    tally: Tally
    left: int | None
    """What is left of the stock that the published version says; None without one."""


async def of_templates(reads: OrmSession, actor: Actor, ids: Sequence[UUID]) -> list[Counters | None]:
    """Return the counters of each template, None for what is none that the actor can see."""
    rows = await reads.fetch(COUNTERS, actor.program_id, list(ids), EVER)
    found = {plain_id(row[0]): _counters(*tuple(row)[1:]) for row in rows}
    return [found.get(key) for key in ids]


def _counters(limits: Any, used: int, *tallied: int) -> Counters:
    stock = (plain_json(limits) or {}).get("total")
    # A version with a smaller stock than its predecessor leaves nothing, and not less.
    left = None if stock is None else max(int(stock) - used, 0)
    return Counters(Tally(**dict(zip(TALLIED, tallied, strict=True))), left)


async def watch(
    engine: Engine, actor: Actor, campaign_id: UUID, *, pause: watching.Pause = watching.paused
) -> AsyncGenerator[Counters, None]:
    """Yield the counters of a template at once and after changes: see `watching.newest`.

    Yields nothing when there is none that the actor can see.
    """
    assert actor.program_id is not None, "the field asked for a credential"

    async def read() -> Counters | None:
        (found,) = await of_templates(engine.reads, actor, [campaign_id])
        return found

    key = template_stream(actor.program_id, campaign_id)
    async with aclosing(watching.newest(engine.hub, key, read, pause=pause)) as stream:
        async for counters in stream:
            yield counters
