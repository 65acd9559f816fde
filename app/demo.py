"""The demo: a record shop of 1997, loaded up to a point and replayed live from there.

The purchases of the CDNOW sample are committed in the order of their days by the functions that the API calls, while
the program's clock is set to the noon of each day in turn. What is committed is known by its name, so a demo that was
killed goes on where it was.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import structlog
from tortoise.exceptions import BaseORMException

import models
from domain.instants import plus_months
from domain.refusals import NotFound, Refusal
from services import balances, members, orders, programs, visible
from services.actors import ALL_SCOPES, Actor, ActorKind
from services.engine import Engine
from services.members import Enrolment, MemberRef
from services.order_files.cdnow import SOURCE
from services.order_files.entries import ReadOrder
from services.order_files.lines import Lines
from services.order_files.reader import Format, read
from services.orders import IMPORT_MAX, OrderRequest
from services.templates import Template
from services.writer.writer import Overloaded

log = structlog.get_logger(__name__)

CODE = "CDNOW"
NAME = "CDNOW Records"
CURRENCY = "USD"
ZONE = ZoneInfo("America/New_York")
LIVE_MONTHS = 3
FILE = Path(__file__).resolve().parent.parent / "data" / "cdnow_sample.txt"

SOON = slice(10, 40)
"""Which of the coming purchases are soon: late enough to paste a subscription before, early enough to wait for."""
SWEEP_MAX = 500
RETRY_SECONDS = 1.0


class DemoError(Exception):
    """The demo cannot run on this database; the message says why."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """A purchase of the data set; all of a day happen at its noon."""

    at: datetime
    customer: str
    request: OrderRequest


def purchases(file: Path = FILE) -> list[Purchase]:
    """Return the purchases by day, and within a day in the order of the file. Raises `DemoError` for a bad file."""
    found = []
    with file.open("rb") as opened:
        for entry in read(Lines(opened), Format.CDNOW, ZONE):
            if not isinstance(entry, ReadOrder):
                raise DemoError(f"{file}, line {entry.number}: {entry.refusal.message}")
            at, member = entry.request.occurred_at, entry.request.member
            assert at is not None, "the format has days"
            assert member is not None, "the format has customers"
            assert member.identity is not None, "by their number"
            found.append(Purchase(at, member.identity[1], entry.request))
    return sorted(found, key=lambda purchase: purchase.at)


def parted(found: Sequence[Purchase]) -> tuple[list[Purchase], list[Purchase]]:
    """Return the purchases before the last three months, and those of them."""
    start = plus_months(found[-1].at, -LIVE_MONTHS, ZONE)
    return [p for p in found if p.at < start], [p for p in found if p.at >= start]


def actor_of(program_id: UUID) -> Actor:
    """Return who commits the purchases."""
    return Actor(ActorKind.SYSTEM, program_id, credential="system:demo", scopes=ALL_SCOPES)


async def program(first: datetime) -> models.Program:
    """Return the demo's program, making it with its clock at `first` when there is none. Raises `DemoError`."""
    try:
        found = await programs.by_code(CODE)
    except NotFound:
        return await programs.create(
            code=CODE,
            name=NAME,
            currency=CURRENCY,
            time_zone=ZONE.key,
            template=Template.DEMO,
            virtual_now=first,
        )
    if found.virtual_now is None or (found.currency, found.time_zone) != (CURRENCY, ZONE.key):
        raise DemoError(f"The program {CODE} of this database is not the demo's; set HUIYUAN_DATABASE_URL to another.")
    return found


async def missing(actor: Actor, found: Sequence[Purchase]) -> list[Purchase]:
    """Return the purchases that are not committed yet."""
    rows = await visible.orders(actor).filter(source=SOURCE).values_list("external_id")
    done = {external_id for (external_id,) in rows}
    return [purchase for purchase in found if purchase.request.external_id not in done]


async def load(
    engine: Engine, actor: Actor, found: Sequence[Purchase], progress: Callable[[int], None] = lambda _: None
) -> None:
    """Commit purchases day by day; `progress` is told after each how many are done."""
    done = 0
    for at, group in groupby(found, key=lambda purchase: purchase.at):
        day = list(group)
        for start in range(0, len(day), IMPORT_MAX):
            await commit(engine, actor, at, day[start : start + IMPORT_MAX])
        done += len(day)
        progress(done)


async def replay(
    engine: Engine, actor: Actor, found: Sequence[Purchase], *, per_second: float, say: Callable[[str], None]
) -> None:
    """Commit purchases one by one at a visible pace, and say when there are no more."""
    for purchase in found:
        await asyncio.sleep(1 / per_second)
        while True:
            try:
                await commit(engine, actor, purchase.at, [purchase])
                break
            except (Overloaded, BaseORMException, OSError) as error:
                log.warning("demo.retry", order=purchase.request.external_id, reason=str(error))
                await asyncio.sleep(RETRY_SECONDS)
    last = f"{found[-1].at:%d %B %Y}; " if found else ""
    say(f"The demo has replayed its last purchase: {last}the server goes on.")


async def commit(engine: Engine, actor: Actor, at: datetime, batch: Sequence[Purchase]) -> None:
    """Commit purchases of one instant at that instant of the program's clock, which never goes back."""
    assert actor.program_id is not None, "the demo has a program"
    shop = await engine.program(actor.program_id)
    if shop.now() < at:
        await programs.set_clock(shop.id, at)
        # What fell due is done on its own day, as a server that had been up would have done it.
        shop = await engine.program(shop.id)
        while await balances.sweep(engine, shop, SWEEP_MAX) == SWEEP_MAX:
            pass
    await enrol(engine, actor, batch)
    requests = [purchase.request for purchase in batch]
    answers = await orders.import_orders(engine, actor, requests, key=f"demo:{uuid4()}", enrol_unknown=False)
    for purchase, answer in zip(batch, answers, strict=True):
        if isinstance(answer, Refusal):  # somebody may have frozen the member meanwhile: the show goes on
            log.warning("demo.refused", order=purchase.request.external_id, reason=answer.message)


async def enrol(engine: Engine, actor: Actor, batch: Sequence[Purchase]) -> None:
    """Enrol customers who buy for the first time; the data has no names, so their number serves as one."""
    first = {purchase.customer: purchase.at for purchase in batch}
    known = await members.by_identities(actor, [(SOURCE, customer) for customer in first])
    await asyncio.gather(
        *(
            members.enrol(
                engine,
                actor,
                Enrolment(name=f"Customer {customer}", identities=[(SOURCE, customer)], occurred_at=at),
                key=f"demo:{customer}",
            )
            for customer, at in first.items()
            if MemberRef(identity=(SOURCE, customer)) not in known
        )
    )


def soon(found: Sequence[Purchase], everyone: Sequence[Purchase]) -> str:
    """Return the customer to watch: of those who buy soon, the one who buys most from now on.

    At the end of the data, when nobody buys any more, the one who bought most.
    """
    counts = Counter(purchase.customer for purchase in found or everyone)
    candidates = found[SOON] or found or everyone
    return max(candidates, key=lambda purchase: counts[purchase.customer]).customer


async def member_of(actor: Actor, customer: str) -> models.Member:
    """Return the member that a customer became."""
    ref = MemberRef(identity=(SOURCE, customer))
    member_id = (await members.by_identities(actor, [(SOURCE, customer)]))[ref]
    return await visible.members(actor).get(id=member_id)
