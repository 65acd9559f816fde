"""Large ledgers, made through the writer as real use makes them: orders, gifts and debits, and their seals."""

import asyncio
from datetime import UTC, datetime

import models
from benchmarks.shop import Shop, analyze, make_shop
from domain.commands import Command
from domain.refusals import Refusal
from services import seals
from services.engine import Engine
from services.templates import Template

CHUNK = 1_000
"""Commands that are posted at a time, by each of two tasks."""
MEMBERS = 5_000


async def make_ledger(engine: Engine, entries: int) -> Shop:
    """Make a program with about so many ledger entries: of ten commands six orders, three credits and one debit."""
    shop = await make_shop(engine, Template.STANDARD, members_count=MEMBERS)
    await analyze()
    have = await models.Entry.all().count()

    async def post() -> None:
        nonlocal have
        while have < entries:
            answers = await engine.writer.post_all([_command(shop, number) for number in range(CHUNK)])
            have += sum(len(answer.entries) for answer in answers if not isinstance(answer, Refusal))

    await asyncio.gather(post(), post())
    await sealed(engine, shop)
    await analyze()
    return shop


def _command(shop: Shop, number: int) -> Command:
    match number % 10:
        case 6 | 7 | 8:
            return shop.adjustment(20)
        case 9:
            return shop.adjustment(-30)
    return shop.command()


async def sealed(engine: Engine, shop: Shop) -> None:
    """Seal all of it, when the last transaction has settled."""
    while await models.Transfer.all().count() > sum(await models.Seal.all().values_list("transfers", flat=True)):
        if await seals.seal(engine.reads, shop.program.id, now=datetime.now(UTC)) is None:
            await asyncio.sleep(0.1)
