"""The demo: a record shop of 1997, loaded up to a point and replayed live from there.

The purchases of the CDNOW sample are committed in the order of their days by the functions that the API calls, while
the program's clock is set to the noon of each day in turn. What is committed is known by its name, so a demo that was
killed goes on where it was.

In the live part the shop has campaigns and coupons, some orders are held and paid with points, and some come back,
which no customer of 1997 could do.

The data set ends after some minutes of the live part, and a demo in which nothing moves shows nothing. From there on
the last three months happen again and again, by the same customers on later days, as orders of another source.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count, groupby, islice
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import structlog

import models
from app import demo_coupons, demo_life
from app.sweeper import PASSING
from domain.instants import local_day, plus_days, plus_months
from domain.refusals import NotFound, Refusal
from services import balances, members, programs, visible
from services.actors import ALL_SCOPES, Actor, ActorKind
from services.engine import Engine
from services.members import Enrolment, MemberRef
from services.order_files.cdnow import SOURCE
from services.order_files.entries import ReadOrder
from services.order_files.lines import Lines
from services.order_files.reader import Format, read
from services.orders import OrderRequest
from services.orders_import import IMPORT_MAX, import_orders
from services.templates import Template

log = structlog.get_logger(__name__)

CODE = "CDNOW"
NAME = "CDNOW Records"
CURRENCY = "USD"
ZONE = ZoneInfo("America/New_York")
LIVE_MONTHS = 3
REPEATED = "cdnow-again"
"""Source of the orders that the demo makes up by repeating the last months; the data set's own are of `SOURCE`."""
WEEK_DAYS = 7
LAST_YEAR = 9_900
"""Where repeating ends, after half a year at the usual pace: well before the calendar does, for points expire later."""
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


def repeated(live: Sequence[Purchase], first_turn: int = 1) -> Iterator[Purchase]:
    """Yield the purchases of the last months again and again, each time on later days and under new names.

    They move by whole weeks, so that each stays on its day of the week: some campaigns look at that.
    """
    days = (local_day(live[-1].at, ZONE) - local_day(live[0].at, ZONE)).days + 1
    days += -days % WEEK_DAYS
    for turn in count(first_turn):
        for purchase in live:
            at = plus_days(purchase.at, turn * days, ZONE)
            if at.year > LAST_YEAR:
                return
            name = f"{turn}-{purchase.request.external_id}"
            request = replace(purchase.request, source=REPEATED, external_id=name, occurred_at=at)
            yield Purchase(at, purchase.customer, request)


async def still_repeated(actor: Actor, live: Sequence[Purchase]) -> Iterator[Purchase]:
    """Return what follows the last of the repeated purchases that was committed."""
    last = await visible.orders(actor).filter(source=REPEATED).order_by("-occurred_at", "-id").first()
    if last is None:
        return repeated(live)
    turn, _, name = last.external_id.partition("-")
    place = [purchase.request.external_id for purchase in live].index(name)
    return islice(repeated(live, int(turn)), place + 1, None)


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
    engine: Engine, actor: Actor, found: Iterable[Purchase], *, per_second: float, say: Callable[[str], None]
) -> None:
    """Commit purchases one by one at a visible pace; say when the data set is through, and when nothing comes after."""
    before = None
    for purchase in found:
        if before is not None and before.request.source != purchase.request.source:
            say(f"{through(before)} From here on the last three months are repeated, on later days.")
        await asyncio.sleep(1 / per_second)
        while True:
            try:
                await commit(engine, actor, purchase.at, [purchase], lively=True)
                break
            except PASSING as error:
                reason = str(error) or type(error).__name__
                log.warning("demo.retry", order=purchase.request.external_id, reason=reason)
                await asyncio.sleep(RETRY_SECONDS)
        before = purchase
    say(f"{through(before)} The server goes on without purchases.")


def through(last: Purchase | None) -> str:
    """Return the sentence that tells how far the demo came."""
    when = f" of {last.at:%d %B %Y}" if last else ""
    return f"The demo has replayed its last purchase{when}."


async def commit(
    engine: Engine, actor: Actor, at: datetime, batch: Sequence[Purchase], *, lively: bool = False
) -> None:
    """Commit purchases of one instant at that instant of the program's clock, which never goes back.

    When it is `lively`, some are held and paid with points, some come back, some have a gift card among them, some
    customers come to listen, and there are coupons.
    """
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
    if lively:
        for request in requests:
            await _live(engine, actor, request)
        return
    answers = await import_orders(engine, actor, requests, key=f"demo:{uuid4()}", enrol_unknown=False)
    for request, answer in zip(requests, answers, strict=True):
        if isinstance(answer, Refusal):  # somebody may have frozen the member meanwhile: the show goes on
            _say_refused(request, answer)


async def _live(engine: Engine, actor: Actor, request: OrderRequest) -> None:
    """Let a customer buy, and do all that comes with it."""
    await demo_coupons.have(engine, actor, request)
    try:
        await demo_life.buy(engine, actor, request, await demo_coupons.code_for(engine, actor, request))
    except Refusal as refusal:
        _say_refused(request, refusal)
    await demo_life.listen(engine, actor, request)
    await demo_coupons.bring_friend(engine, actor, request)
    await demo_life.bring_back(engine, actor, request)
    await demo_life.give(engine, actor, request)


def _say_refused(request: OrderRequest, refusal: Refusal) -> None:
    log.warning("demo.refused", order=request.external_id, reason=refusal.message)


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


def soon(ahead: Sequence[Purchase]) -> str:
    """Return the customer to watch: of those who buy soon, the one who buys most in what lies ahead."""
    counts = Counter(purchase.customer for purchase in ahead)
    candidates = ahead[SOON] or ahead
    return max(candidates, key=lambda purchase: counts[purchase.customer]).customer


async def member_of(actor: Actor, customer: str) -> models.Member:
    """Return the member that a customer became."""
    ref = MemberRef(identity=(SOURCE, customer))
    member_id = (await members.by_identities(actor, [(SOURCE, customer)]))[ref]
    return await visible.members(actor).get(id=member_id)
