"""Large ledgers: made through the writer as real use makes them, or, of one member, a thousand lines at a time."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7

import models
from benchmarks.shop import Shop, analyze, make_shop
from domain.book import Book
from domain.commands import Command
from domain.decisions.situation import Decision
from domain.ledger import Contra, EntryKind, TransferKind
from domain.members import MemberState
from domain.refusals import Refusal
from services import seals
from services.engine import Engine
from services.templates import Template
from services.writer.changed import add_changes
from services.writer.load import Loaded
from services.writer.session import Changes, Session
from services.writer.tables import ACCOUNTS
from services.writer.tables import MEMBERS as MEMBER_ROWS

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
    while await models.Transfer.all().count() > await sealed_transfers():
        if await seals.seal(engine.reads, shop.program.id, now=datetime.now(UTC)) is None:
            await asyncio.sleep(0.1)


async def sealed_transfers() -> int:
    """Return of how many transfers the seals are."""
    counts: list[int] = await models.Seal.all().values_list("transfers", flat=True)  # type: ignore[assignment]
    return sum(counts)


async def grow(shop: Shop, member_id: UUID, entries: int) -> None:
    """Give points to a member until they have so many ledger entries, each with an open lot.

    What is written is what the writer would write, with hashes and all, but for the idempotency records. It takes a
    third of the time, as a batch is one book and not a command for each line.
    """
    store = shop.engine.writer._store  # noqa: SLF001  (the writer's, which counts transactions)
    have = await models.Entry.filter(member_id=member_id).count()
    while have < entries:
        count = min(CHUNK, entries - have)
        await store.run(lambda session: _given(session, shop, member_id, count), waits=True)  # noqa: B023
        have += count


async def _given(session: Session, shop: Shop, member_id: UUID, times: int) -> None:
    program = shop.program
    asset = program.asset("POINTS")
    assert asset is not None, "every template has it"
    (member,) = await session.select(MEMBER_ROWS, "WHERE id = ANY($1::uuid[])", [member_id])
    accounts = await session.select(ACCOUNTS, "WHERE member_id = ANY($1::uuid[])", [member_id])
    before = MemberState(member, {account.asset_id: account for account in accounts})
    book = Book(program, before, now=datetime.now(UTC), actor="bench", new_id=uuid7)
    for _ in range(times):
        with book.open(TransferKind.ADJUSTMENT, book.now, reason="benchmark") as transfer:
            transfer.credit(asset, 20, EntryKind.ADJUST, Contra.ADJUSTMENT)
    after, changes = book.close(), Changes()
    loaded = Loaded(members={member_id: before})
    add_changes(changes, loaded, {member_id: after}, {}, {}, {}, [Decision({}, (after,), book.rows)])
    await session.write(changes)
