"""A ledger's health, checked from its rows alone, and that the check finds planted damage.

The other tests of the writer end with `assert await faults(...) == []`.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from tortoise.connection import get_connections
from tortoise.context import TortoiseContext
from uuid_utils.compat import uuid7

import models
from domain.digest import transfer_hash
from domain.instants import NEVER
from domain.members import PHONE_SOURCE
from services.database.config import Database
from services.engine import Engine, LocalWaker, store_for
from services.hub import Hub
from services.snapshots import Snapshots
from services.templates import Template
from services.transaction import transaction
from services.writer.tables import (
    ACCOUNTS,
    ENTRIES,
    EVENTS,
    IDENTITIES,
    LOT_MOVES,
    LOTS,
    MEMBERS,
    ORDER_EFFECTS,
    ORDER_LINES,
    ORDERS,
    STANDINGS,
    TRANSFERS,
    Table,
)
from services.writer.writer import Store, Writer
from tests.factories import World, world

TABLES: tuple[tuple[Table[Any], str], ...] = (
    (MEMBERS, "id"),
    (IDENTITIES, "source, external_id"),
    (STANDINGS, "member_id, ladder_id"),
    (ACCOUNTS, "id"),
    (LOTS, "id"),
    (TRANSFERS, "id"),
    (ENTRIES, "account_id, seq"),
    (LOT_MOVES, "lot_id, transfer_id"),
    (EVENTS, "member_id, position"),
    (ORDERS, "id"),
    (ORDER_LINES, "order_id, ordinal"),
    (ORDER_EFFECTS, "order_id, ordinal"),
)


@asynccontextmanager
async def opened(
    database: Database,
    *,
    wrap: Callable[[Store], Store] = lambda store: store,
    new_id: Callable[[], UUID] = uuid7,
    hub: Hub | None = None,
) -> AsyncIterator[Engine]:
    """Open an engine with its ORM context, its store wrapped and its ids made as the test wants."""
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        async with another(database, wrap=wrap, new_id=new_id, hub=hub) as house:
            yield house


@asynccontextmanager
async def another(
    database: Database,
    *,
    wrap: Callable[[Store], Store] = lambda store: store,
    new_id: Callable[[], UUID] = uuid7,
    hub: Hub | None = None,
) -> AsyncIterator[Engine]:
    """Open a further engine, with a writer and a pool of its own, inside an open ORM context."""
    hub, snapshots = hub or Hub(), Snapshots()
    async with Writer(wrap(store_for(database)), snapshots, LocalWaker(hub), new_id) as writer:
        yield Engine(database, hub, snapshots, writer, "secret")


async def rows_of(engine: Engine, program_id: UUID) -> dict[str, list[Any]]:
    """Return every row that the writer wrote for a program, by table, as the values that were written."""
    return {
        table.row.__name__: await engine.reads.select(table, f"WHERE program_id = $1 ORDER BY {order}", program_id)
        for table, order in TABLES
    }


async def counts(engine: Engine, program_id: UUID) -> dict[str, int]:
    """Return how many rows each table has for a program; what a refusal must leave as it was."""
    found = {name: len(rows) for name, rows in (await rows_of(engine, program_id)).items()}
    return found | {"Idempotency": await models.Idempotency.filter(program_id=program_id).count()}


async def faults(engine: Engine, program_id: UUID) -> list[str]:
    """Return what is wrong with a program's ledger: nothing, unless there is a bug."""
    rows = await rows_of(engine, program_id)
    found = [*_accounts(rows), *_lots(rows), *_transfers(rows), *_members(rows), *_orders(rows)]
    keys = await models.Idempotency.filter(program_id=program_id, outcome__isnull=True).count()
    return [*found, f"{keys} keys without an outcome"] if keys else found


def _by(rows: list[Any], *names: str) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[tuple(getattr(row, name) for name in names) if len(names) > 1 else getattr(row, names[0])].append(row)
    return found


def _accounts(rows: dict[str, list[Any]]) -> list[str]:
    found = []
    entries, lots = _by(rows["Entry"], "account_id"), _by(rows["Lot"], "account_id")
    for account in rows["Account"]:
        own = entries[account.id]
        if [row.seq for row in own] != list(range(1, account.seq + 1)):
            found.append(f"account {account.id}: entries {[row.seq for row in own]} for seq {account.seq}")
        balance = (0, 0, 0)
        for row in own:
            changes = (row.change_available, row.change_pending, row.change_held)
            balance = tuple(map(sum, zip(balance, changes, strict=True)))
            if balance != (row.available, row.pending, row.held):
                found.append(f"entry {account.id}/{row.seq}: {row.available} is not {balance}")
            if (sum(changes) == 0) != (row.contra is None):
                found.append(f"entry {account.id}/{row.seq}: unbalanced")
        if balance != (account.available, account.pending, account.held):
            found.append(f"account {account.id}: {account.available, account.pending} is not {balance}")
        free = sum(lot.remaining for lot in lots[account.id] if lot.locked_until is None)
        locked = sum(lot.remaining for lot in lots[account.id] if lot.locked_until is not None)
        if (free, locked) != (max(account.available, 0), account.pending):
            found.append(f"account {account.id}: lots {free, locked} for {account.available, account.pending}")
        due = min((lot.due_at for lot in lots[account.id] if lot.remaining), default=NEVER)
        if account.next_due_at > due:
            found.append(f"account {account.id}: looks at {account.next_due_at}, due at {due}")
    known = {account.id for account in rows["Account"]}
    return found + [f"account {key} is missing" for key in {*entries, *lots} - known if entries[key] or lots[key]]


def _lots(rows: dict[str, list[Any]]) -> list[str]:
    found, moves, transfers = [], _by(rows["LotMove"], "lot_id"), {row.id: row for row in rows["Transfer"]}
    for lot in rows["Lot"]:
        if lot.amount + sum(move.remaining for move in moves.pop(lot.id, [])) != lot.remaining:
            found.append(f"lot {lot.id}: {lot.remaining} is not its amount and moves")
        maker = transfers.get(lot.transfer_id)
        if maker is None or (maker.order_id, maker.member_id) != (lot.order_id, lot.member_id):
            found.append(f"lot {lot.id}: not of its transfer")
    return found + [f"lot {key} is missing" for key in moves]


def _transfers(rows: dict[str, list[Any]]) -> list[str]:
    entries, lots = _by(rows["Entry"], "transfer_id"), _by(rows["Lot"], "transfer_id")
    moves, found = _by(rows["LotMove"], "transfer_id"), []
    for row in rows["Transfer"]:
        if row.hash != transfer_hash(row, entries[row.id], lots[row.id], moves[row.id]):
            found.append(f"transfer {row.id}: hash")
        if not entries.pop(row.id):
            found.append(f"transfer {row.id}: no entry")
    return found + [f"transfer {key} is missing" for key in entries]


def _members(rows: dict[str, list[Any]]) -> list[str]:
    found = []
    events, entries, standings = _by(rows["Event"], "member_id"), _by(rows["Entry"], "member_id"), rows["Standing"]
    phones = {row.external_id: row.member_id for row in rows["Identity"] if row.source == PHONE_SOURCE}
    for member in rows["Member"]:
        told = events.pop(member.id, [])
        if [row.position for row in told] != list(range(1, member.position + 1)):
            found.append(f"member {member.id}: events {[row.position for row in told]} for {member.position}")
        tells = {row.position: (row.account_id, row.entry_seq) for row in told if row.account_id}
        if tells != {row.position: (row.account_id, row.seq) for row in entries[member.id]}:
            found.append(f"member {member.id}: events do not tell of the entries")
        if member.claimed_phone and phones.pop(member.claimed_phone, None) != member.id:
            found.append(f"member {member.id}: {member.phone} is not claimed")
        if not [row for row in standings if row.member_id == member.id]:
            found.append(f"member {member.id}: no standing")
    known = {member.id for member in rows["Member"]}
    found += [f"phone {phone} is claimed for a member who has another" for phone in phones]
    found += [f"identity {r.source} {r.external_id}: no member" for r in rows["Identity"] if r.member_id not in known]
    return found + [f"events of {key}: no member" for key in events]


def _orders(rows: dict[str, list[Any]]) -> list[str]:
    found, lines, effects = [], _by(rows["OrderLine"], "order_id"), _by(rows["OrderEffect"], "order_id")
    entries = _by([row for row in rows["Entry"] if row.order_id], "order_id")
    told = _by([row for row in rows["Event"] if row.kind == "ORDER_COMMITTED"], "order_id")
    for order in rows["Order"]:
        if order.subtotal != sum(line.payable for line in lines.pop(order.id, [])):
            found.append(f"order {order.id}: lines")
        given = [(row.ordinal, row.asset_id, row.amount) for row in effects.pop(order.id, [])]
        posted = sorted(
            (row.effect, row.asset_id, row.change_available + row.change_pending) for row in entries.pop(order.id, [])
        )
        if given != posted:
            found.append(f"order {order.id}: effects {given}, entries {posted}")
        if len(told.pop(order.id, [])) != (order.member_id is not None):
            found.append(f"order {order.id}: events")
    return found + [f"order {key} is missing" for key in {*lines, *effects, *entries, *told}]


# ── the check itself ─────────────────────────────────────────────────────────────────────────────────────────────────


async def lively(engine: Engine) -> World:
    """Return a program with a member who has a bit of everything."""
    shop = await world(engine, Template.STANDARD)
    member = await shop.enrol(name="Li Lei", phone="13800000001", identities=[("pos", "8001")])
    await shop.buy(member, "1200.00")
    await shop.give(member, "-150")
    await shop.buy(None, "9.99")
    return shop


async def damaged(engine: Engine, sql: str) -> None:
    """Run a statement on SQLite past every trigger and check."""
    client = get_connections().get(engine.database.dialect.value)
    triggers = await client.execute_query_dict("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    async with transaction() as writing:
        for row in triggers:
            await writing.execute_script(f"DROP TRIGGER {row['name']}")
        await writing.execute_script(sql)


async def test_a_ledger_without_damage_has_no_faults(house: Engine) -> None:
    shop = await lively(house)
    assert await faults(house, shop.program.id) == []
    found = await counts(house, shop.program.id)
    assert {name: found[name] for name in ("Member", "Order", "Entry", "Lot", "LotMove", "Event")} == {
        "Member": 1,
        "Order": 2,
        "Entry": 3,
        "Lot": 2,
        "LotMove": 1,
        "Event": 6,
    }


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        ("UPDATE account SET available = available + 1", "account"),
        ("UPDATE account SET seq = seq + 1", "seq"),
        ("UPDATE account SET next_due_at = '9999-12-31 00:00:00+00:00'", "due at"),
        ("UPDATE entry SET change_available = change_available + 1 WHERE seq = 2", "entry"),
        ("DELETE FROM entry WHERE seq = 2", "seq 2"),
        ("UPDATE lot SET remaining = remaining - 1 WHERE remaining > 1", "lot"),
        ("UPDATE lot SET amount = amount + 1", "hash"),
        ("UPDATE lot SET order_id = NULL", "not of its transfer"),
        ("DELETE FROM lot_move", "lot"),
        ("UPDATE transfer SET reason = 'another'", "hash"),
        ("UPDATE transfer SET actor = 'somebody'", "hash"),
        ("DELETE FROM transfer", "missing"),
        ("DELETE FROM event WHERE position = 2", "events"),
        ("UPDATE member SET position = position + 1", "events"),
        ("UPDATE member SET phone = '+8613800000009'", "not claimed"),
        ("DELETE FROM identity WHERE source = '#phone'", "not claimed"),
        ("DELETE FROM standing", "no standing"),
        ("DELETE FROM order_line", "lines"),
        ("DELETE FROM order_effect WHERE ordinal = 0", "effects"),
        ("UPDATE idempotency SET outcome = NULL", "without an outcome"),
    ],
)
async def test_damage_is_found(sqlite_url: str, damage: str, word: str) -> None:
    async with opened(Database.parse(sqlite_url)) as house:
        shop = await lively(house)
        await damaged(house, damage)
        found = await faults(house, shop.program.id)
    assert [line for line in found if word in line]
