"""Every guard of the schema refuses what it is there for, on both databases, and leaves the rows as they were."""

import asyncio
import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import asyncpg
import pytest
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError

import models
from domain.coupons import TALLIED
from domain.instants import NEVER
from services import (
    code_attempts,
    coupon_batches,
    occasions,
    order_life,
    orders,
    programs,
    schedules,
    segments,
)
from services.campaign_rows import CampaignRef
from services.credentials import create_key
from services.database.config import Database, Dialect
from services.database.migrate import migrate
from services.engine import Engine, engine
from services.members import MemberRef
from services.occasions import EventRequest
from services.order_life import OrderRef
from services.orders import LineRequest
from services.templates import Template
from services.transaction import transaction
from tests.factories import NOON, campaign, coupon_template, new_key, order, seal_all, world
from tests.migrations.catalog import Catalog, read_postgres, read_sqlite
from tests.migrations.scratch import scratch
from tests.services.gifts import claim, code_of, issue
from tests.services.saving import conversion, ladder, pay_in, spend
from tests.services.test_agents import appoint
from tests.services.test_coupons import issue as issue_coupon

NOBODY = "00000000-0000-7000-8000-000000000007"
TOO_MUCH = 2**62
DAY_BEFORE = NOON - timedelta(days=1)

# ── a database with a row in every table ─────────────────────────────────────────────────────────────────────────────


async def _fill(database: Database) -> None:
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        async with engine(database) as house:
            await _use(house)


async def _use(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    member = await shop.enrol(phone="13800138000")
    await shop.buy(member, "600.00", shipping=Decimal(5))
    await shop.give(member, "50")
    await shop.give(member, "-20")
    payment = [("POINTS", Decimal(100))]
    await orders.hold(house, shop.actor, order(member, "30.00", spend=payment), seconds=900, key=new_key())
    lines = [LineRequest("1", "CD", 2, Decimal("10.00"))]
    part = await orders.hold(house, shop.actor, order(member, lines=lines), seconds=900, key=new_key())
    assert part.order_id
    await order_life.capture(house, shop.actor, OrderRef(id=part.order_id), [("1", 1)], key=new_key())
    guest = await shop.buy(None, "7.00")
    ref = OrderRef(id=guest.order_id)
    await order_life.return_(house, shop.actor, ref, None, reason=None, key=new_key())
    await ladder(shop, ("100", "20"))
    await pay_in(shop, member, "150")
    await issue(shop, "15")
    await claim(shop, await code_of(shop, await issue(shop, "25")), member)
    await conversion(shop, "POINTS", "VALUE", "100", "1.00")
    agent = await shop.enrol()
    await appoint(shop, member, agent, "100")
    await spend(shop, member, "10", asset="VALUE", agent=MemberRef(id=agent))
    gifts = [{"gift": {"sku": "CUP"}}, {"addTag": {"tag": "buyer"}}, {"percentOff": {"percent": "10"}}]
    await campaign(shop.program.id, "ZEST", gifts, limits={"total": 9}, audience="EVERYONE")
    await campaign(shop.program.id, "VISIT", [{"earnFixed": {"asset": "POINTS", "points": "1"}}], trigger="EVENT")
    daily = [{"addTag": {"tag": "seen"}}]
    await campaign(
        shop.program.id, "DAILY", daily, trigger="SCHEDULE", schedule={"at": "12:00"}, recorded_at=DAY_BEFORE
    )
    await shop.buy(member, "40.00")
    await occasions.record_event(house, shop.actor, EventRequest(MemberRef(id=member), "visit"), key=new_key())
    assert await schedules.run_due(house, await house.program(shop.program.id))
    await programs.list_items(shop.program.id, [("CD", None, None)])
    await segments.save(house, shop.actor, code="NEW", name="New", conditions={"firstOrder": {}}, key=new_key())
    made = await coupon_template(shop.program.id, "SPRING", [{"amountOff": {"amount": "5"}}])
    await issue_coupon(shop, member)
    spring = CampaignRef(id=made.id)
    await coupon_batches.generate(house, shop.actor, spring, size=5, reason=None, key=new_key())
    await code_attempts.failed(shop.program.id, "key:TEST", NOON)
    await create_key(shop.program.id, name="till", scopes=frozenset(), now=NOON)
    assert await seal_all(house, shop.program.id)


@dataclass(frozen=True)
class Store:
    """A filled database, what it consists of, and a way to try a statement on it."""

    database: Database
    catalog: Catalog

    def words(self, statement: str) -> str:
        bytes_32 = "'\\x00'::bytea" if self.database.dialect is Dialect.POSTGRES else "x'00'"
        return statement.format(short=bytes_32, nobody=NOBODY, too_much=TOO_MUCH)

    def copy(self, table: str, where: str = "true", **changed: str) -> str:
        """Return an INSERT of a row like one that is there, with some columns changed to these expressions."""
        columns = list(self.catalog[table].columns)
        values = ", ".join(changed.get(column, f'"{column}"') for column in columns)
        names = ", ".join(f'"{column}"' for column in columns)
        return f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}" WHERE {where} LIMIT 1'

    async def refused(self, statement: str) -> str:
        """Try the statement in a transaction; return why it was refused, having made sure that nothing changed."""
        if self.database.dialect is Dialect.POSTGRES:
            return await _refused_by_postgres(self.database, self.words(statement), list(self.catalog))
        return await asyncio.to_thread(_refused_by_sqlite, self.database, self.words(statement), list(self.catalog))

    async def rows(self) -> dict[str, list[str]]:
        """Return all rows, as text."""
        if self.database.dialect is Dialect.SQLITE:
            file = sqlite3.connect(self.database.path)
            try:
                return _sqlite_rows(file, list(self.catalog))
            finally:
                file.close()
        connection = await asyncpg.connect(self.database.dsn)
        try:
            return await _postgres_rows(connection, list(self.catalog))
        finally:
            await connection.close()


async def _postgres_rows(connection: asyncpg.Connection, tables: list[str]) -> dict[str, list[str]]:
    return {table: sorted(map(repr, await connection.fetch(f'SELECT * FROM "{table}"'))) for table in tables}


def _sqlite_rows(connection: sqlite3.Connection, tables: list[str]) -> dict[str, list[str]]:
    return {table: sorted(map(repr, connection.execute(f'SELECT * FROM "{table}"'))) for table in tables}


async def _refused_by_postgres(database: Database, statement: str, tables: list[str]) -> str:
    connection = await asyncpg.connect(database.dsn)
    try:
        before = await _postgres_rows(connection, tables)
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refusal:
            async with connection.transaction():
                await connection.execute(statement)
        assert await _postgres_rows(connection, tables) == before
    finally:
        await connection.close()
    return f"{refusal.value} [{refusal.value.constraint_name}]"


def _refused_by_sqlite(database: Database, statement: str, tables: list[str]) -> str:
    connection = sqlite3.connect(database.path, isolation_level=None)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        before = _sqlite_rows(connection, tables)
        connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.IntegrityError) as refusal:  # noqa: PT012  (whichever of the two refuses)
            connection.execute(statement)
            connection.execute("COMMIT")  # references that are deferred are looked at here
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        assert _sqlite_rows(connection, tables) == before
    finally:
        connection.close()
    return str(refusal.value)


@pytest.fixture(scope="module")
def sqlite_store(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    path = tmp_path_factory.mktemp("guards") / "huiyuan.db"
    shutil.copyfile(sqlite_template, path)
    database = Database.parse(f"sqlite://{path}?synchronous=OFF")
    asyncio.run(_fill(database))
    return Store(database, read_sqlite(path))


@pytest.fixture(scope="module")
def postgres_store(postgres_url: str) -> Iterator[Store]:
    with scratch(postgres_url, "guards") as url:
        database = Database.parse(url)
        asyncio.run(migrate(database))
        asyncio.run(_fill(database))
        yield Store(database, asyncio.run(read_postgres(database.dsn)))


@pytest.fixture(params=Dialect)
def store(request: pytest.FixtureRequest) -> Store:
    filled: Store = request.getfixturevalue(f"{request.param.value}_store")
    return filled


async def test_every_table_has_a_row(store: Store) -> None:
    assert [table for table, rows in (await store.rows()).items() if not rows] == []


# ── insert only ──────────────────────────────────────────────────────────────────────────────────────────────────────

INSERT_ONLY = (
    "campaign_version",
    "coupon_change",
    "entry",
    "event",
    "lot_move",
    "occasion",
    "occasion_effect",
    "order_effect",
    "order_return",
    "seal",
    "top_up",
    "transfer",
)
NEVER_DELETED = (
    "account",
    "agent",
    "agent_draw",
    "campaign_run",
    "campaign_usage",
    "coupon",
    "coupon_batch",
    "coupon_tally",
    "gift_card",
    "hold",
    "lot",
    "order_line",
    "orders",
)
DECIDED = {
    "agent": {"monthly_limit", "since", "until"},
    "agent_draw": {"amount"},
    "gift_card": {"state", "claimed_by_id", "settled_at", "settlement_id"},
    "hold": {"captured", "released"},
    "campaign_run": {"reached_id", "finished_at"},
    "campaign_usage": {"uses", "count", "money", "points"},
    "coupon": {"member_id", "state", "order_id", "held_until", "valid_from", "expires_at", "changes"},
    "coupon_batch": {"made", "state", "finished_at"},
    "coupon_tally": set(TALLIED),
    "orders": {
        "state",
        "transfer_id",
        "released",
        "counted",
        "member_id",
        "not_applied",
        "consumed",
        "claimed_at",
    },
    "order_line": {"returned_quantity", "released_quantity"},
}
"""Table → the columns that may change; all others were decided once."""


@pytest.mark.parametrize("table", INSERT_ONLY)
async def test_rows_of_an_insert_only_table_are_not_changed(store: Store, table: str) -> None:
    for column in store.catalog[table].columns:
        assert "insert only" in await store.refused(f'UPDATE "{table}" SET "{column}" = "{column}"')


@pytest.mark.parametrize("table", INSERT_ONLY)
async def test_rows_of_an_insert_only_table_are_not_deleted(store: Store, table: str) -> None:
    assert "insert only" in await store.refused(f'DELETE FROM "{table}"')


@pytest.mark.parametrize("table", NEVER_DELETED)
async def test_accounts_lots_orders_and_their_lines_are_not_deleted(store: Store, table: str) -> None:
    assert "never deleted" in await store.refused(f'DELETE FROM "{table}"')


@pytest.mark.parametrize("table", INSERT_ONLY + NEVER_DELETED)
async def test_postgres_refuses_to_truncate(postgres_store: Store, table: str) -> None:
    assert "TRUNCATE on" in await postgres_store.refused(f'TRUNCATE "{table}"')


@pytest.mark.parametrize("column", ["amount", "expires_at", "priority"])
async def test_the_terms_of_a_lot_are_not_changed(store: Store, column: str) -> None:
    assert "the terms of a lot never change" in await store.refused(f'UPDATE "lot" SET "{column}" = "{column}"')


@pytest.mark.parametrize("table", DECIDED)
async def test_what_was_decided_for_an_order_is_not_changed(store: Store, table: str) -> None:
    decided = store.catalog[table].columns.keys() - DECIDED[table]
    assert len(decided) == len(store.catalog[table].columns) - len(DECIDED[table])
    for column in decided:
        assert "change" in await store.refused(f'UPDATE "{table}" SET "{column}" = "{column}"')
    together = ", ".join(f'"{column}" = "{column}"' for column in store.catalog[table].columns)
    assert "change" in await store.refused(f'UPDATE "{table}" SET {together}')


CLAIMED = ("claimed_at = recorded_at", "consumed = '[1]'", "not_applied = '[1]'")


@pytest.mark.parametrize("change", ["member_id = NULL", "member_id = program_id", *CLAIMED])
async def test_an_order_of_a_member_is_nobody_s_to_claim(store: Store, change: str) -> None:
    assert "claimed once" in await store.refused(f"UPDATE orders SET {change} WHERE member_id IS NOT NULL")


@pytest.mark.parametrize("change", CLAIMED)
async def test_an_order_of_a_guest_changes_by_a_claim_alone(store: Store, change: str) -> None:
    assert "claimed once" in await store.refused(f"UPDATE orders SET {change} WHERE member_id IS NULL")


async def test_what_was_not_captured_is_written_once(store: Store) -> None:
    reason = "what is released changes with their capture only"
    for statement in (
        "UPDATE orders SET released = 1 WHERE state = 'COMMITTED'",
        "UPDATE orders SET released = 1 WHERE state = 'HELD'",
        "UPDATE orders SET released = 1, state = 'RETURNED' WHERE state = 'HELD'",
        "UPDATE orders SET released = 0 WHERE released > 0",
        "UPDATE orders SET released = released - 1, state = 'COMMITTED' WHERE released > 0",
    ):
        assert reason in await store.refused(statement)
    for statement in (
        "UPDATE order_line SET released_quantity = 0 WHERE released_quantity > 0",
        "UPDATE order_line SET released_quantity = 1, returned_quantity = 0 WHERE returned_quantity > 0",
    ):
        assert "what is released changes once" in await store.refused(statement)


async def test_the_kind_of_a_member_is_not_changed(store: Store) -> None:
    assert "the kind of a member never changes" in await store.refused("UPDATE member SET kind = 'COMPANY'")


async def test_a_gift_card_is_settled_once(store: Store) -> None:
    for change in ("state = 'VOID', claimed_by_id = NULL", "settled_at = recorded_at", "claimed_by_id = '{nobody}'"):
        statement = f"UPDATE gift_card SET {change} WHERE state = 'CLAIMED'"
        assert "a gift card is settled once" in await store.refused(statement)


async def test_an_order_is_not_made_dearer(store: Store) -> None:
    """What a forger would try: every sum still right, every check of the columns passed."""
    for statement in (
        "UPDATE orders SET subtotal = subtotal + 1000000, payable = payable + 1000000",
        "UPDATE order_line SET unit_price = unit_price + 1000000, payable = payable + quantity * 1000000",
        "UPDATE orders SET currency = 'EUR'",
        "UPDATE orders SET external_id = 'another'",
        "UPDATE order_line SET sku = 'another'",
        "UPDATE order_effect SET explanation = '{{}}', facts = '{{}}'",
        "UPDATE campaign_version SET effects = '[]'",
        "UPDATE event SET commit_order = 0",
    ):
        assert re.search("only (its state|what was returned of it) changes|insert only", await store.refused(statement))


async def test_the_orm_hears_of_the_refusal_as_an_integrity_error(house: Engine) -> None:
    await _use(house)
    entry, transfer = await models.Entry.first(), await models.Transfer.first()
    lot = await models.Lot.first()
    assert entry is not None
    assert transfer is not None
    assert lot is not None
    with pytest.raises(IntegrityError, match="insert only"):
        async with transaction():
            await models.Transfer.filter(id=transfer.id).update(actor="nobody")
    with pytest.raises(IntegrityError, match="insert only"):
        async with transaction():
            await entry.delete()
    with pytest.raises(IntegrityError, match="never change"):
        async with transaction():
            await models.Lot.filter(id=lot.id).update(amount=lot.amount + 1)
    with pytest.raises(IntegrityError, match="never deleted"):
        async with transaction():
            await models.Account.all().delete()
    assert await models.Transfer.get(id=transfer.id) == transfer
    assert (await models.Transfer.get(id=transfer.id)).actor == transfer.actor
    assert (await models.Lot.get(id=lot.id)).amount == lot.amount
    assert await models.Account.all().count() == 5


# ── checks ───────────────────────────────────────────────────────────────────────────────────────────────────────────

CHANGES = [
    "UPDATE program SET item_policy = 'ANY'",
    "UPDATE program SET currency_scale = 9",
    "UPDATE asset SET kind = 'GOLD'",
    "UPDATE asset SET scale = -1",
    "UPDATE asset SET expiry = 'SOON', expiry_length = 0",
    "UPDATE asset SET expiry_length = 0 WHERE expiry <> 'NONE'",
    "UPDATE asset SET expiry_from = 'NOW'",
    "UPDATE asset SET expiry = 'END_OF_MONTH', expiry_length = -1",
    "UPDATE asset SET expiry_length = 1 WHERE expiry = 'NONE'",
    "UPDATE asset SET expiry = 'FIXED_DATE', expiry_length = 0",
    "UPDATE asset SET expiry_date = '2027-03-31'",
    "UPDATE asset SET expiry = 'YEARLY', expiry_length = 0, expiry_date = '2027-03-31'",
    "UPDATE asset SET pending_days = -1",
    "UPDATE asset SET pending_months = -1, pending_day = 15",
    "UPDATE asset SET pending_day = 15",
    "UPDATE asset SET pending_months = 1",
    "UPDATE asset SET pending_months = 1, pending_day = 32",
    "UPDATE asset SET pending_months = 1, pending_day = 15, pending_days = 1",
    "UPDATE asset SET floor = 1, shortfall = 'DEBT'",
    "UPDATE asset SET floor = 0, shortfall = 'SHRUG'",
    "UPDATE asset SET floor = -1, shortfall = 'WRITE_OFF'",
    "UPDATE asset SET grace_days = 0",
    "UPDATE asset SET burn_order = 'RANDOM'",
    "UPDATE asset SET bonus_cap = 101",
    "UPDATE asset SET pay_amount = 1, pay_value = 0",
    "UPDATE asset SET reminder_days = -1",
    "UPDATE ladder SET metric = 'LUCK'",
    "UPDATE tier SET rank = -1 WHERE rank = 0",
    "UPDATE tier SET threshold = -1",
    "UPDATE campaign SET state = 'GONE'",
    "UPDATE campaign SET approved_version = 1",
    "UPDATE campaign SET kind = 'WHIM'",
    "UPDATE coupon_batch SET state = 'PAUSED', finished_at = recorded_at",
    "UPDATE coupon_batch SET made = size + 1",
    "UPDATE coupon_batch SET made = size",
    "UPDATE coupon_batch SET finished_at = recorded_at",
    "UPDATE coupon_tally SET returned = -1",
    "UPDATE coupon_tally SET held = issued + 1",
    "UPDATE coupon_tally SET discount = -1",
    "UPDATE code_attempt SET failures = 0",
    "UPDATE member SET orders = -1",
    "UPDATE campaign_usage SET uses = -1",
    "UPDATE campaign_usage SET money = {too_much}",
    "UPDATE member SET status = 'ASLEEP'",
    "UPDATE member SET position = -1",
    "UPDATE account SET available = floor - 1",
    "UPDATE account SET pending = -1",
    "UPDATE account SET held = -1",
    "UPDATE account SET floor = 1",
    "UPDATE account SET seq = -1",
    "UPDATE account SET available = {too_much}",
    "UPDATE account SET held = {too_much}",
    "UPDATE lot SET remaining = -1",
    "UPDATE lot SET held = -1",
    "UPDATE lot SET remaining = amount, held = 1",
    "UPDATE lot SET due_at = '2026-01-01 00:00:00+00:00'",
    "UPDATE lot SET locked_until = '2026-01-01 00:00:00+00:00'",
    "UPDATE idempotency SET hash = {short}",
    "UPDATE conversion SET to_asset_id = from_asset_id",
    "UPDATE conversion SET step = 0",
    "UPDATE conversion SET to_amount = {too_much}",
    "UPDATE top_up_step SET threshold = 0",
    "UPDATE top_up_step SET basis_points = 1",
    "UPDATE top_up_step SET threshold = {too_much}",
    "UPDATE orders SET state = 'LOST'",
    "UPDATE order_line SET returned_quantity = quantity + 1",
    "UPDATE order_line SET released_quantity = quantity - returned_quantity + 1 WHERE returned_quantity = 0",
    "UPDATE orders SET state = 'COMMITTED', released = payable - paid + 1 WHERE state = 'HELD'",
]
CARD = {"member_id": "'{nobody}'", "claimed_by_id": "NULL"}
SETTLED = CARD | {"settled_at": "recorded_at", "settlement_id": "transfer_id"}
COUPON = {"id": "'{nobody}'", "code_hash": "(SELECT hash FROM transfer LIMIT 1)"}
OTHER = {"id": "'{nobody}'", "external_id": "'another'"}
COPIES: list[tuple[str, dict[str, str]]] = [
    ("campaign_version", {"id": "'{nobody}'", "number": "0"}),
    ("campaign_version", {"id": "'{nobody}'", "number": "99", "ends_at": "starts_at"}),
    ("campaign_version", {"id": "'{nobody}'", "number": "99", "hash": "{short}"}),
    ("campaign_version", {"id": "'{nobody}'", "number": "99", "trigger": "'WHIM'"}),
    ("campaign_version", {"id": "'{nobody}'", "number": "99", "schedule": "'{{}}'", "trigger": "'ORDER'"}),
    ("campaign_version", {"id": "'{nobody}'", "number": "99", "step": "'PAYMENT'"}),
    ("campaign_version", {"id": "'{nobody}'", "number": "99", "audience": "'STAFF'"}),
    ("campaign_version", {"id": "'{nobody}'", "number": "99", "holdout": "10001"}),
    ("campaign_version", {"id": "'{nobody}'", "number": "99", "step": "'PROMOTION'", "coupon": "'{{}}'"}),
    ("coupon", COUPON | {"origin": "'FOUND'"}),
    ("coupon", COUPON | {"state": "'LOST'"}),
    ("coupon", COUPON | {"state": "'USED'"}),
    ("coupon", COUPON | {"state": "'HELD'", "order_id": "'{nobody}'"}),
    ("coupon", COUPON | {"member_id": "NULL"}),
    ("coupon", COUPON | {"origin": "'SHARED_CODE'"}),
    ("coupon", COUPON | {"expires_at": "valid_from"}),
    ("coupon", COUPON | {"changes": "-1"}),
    ("coupon", COUPON | {"code_hash": "{short}"}),
    ("coupon_change", {"ordinal": "99", "kind": "'SOLD'"}),
    ("coupon_change", {"ordinal": "99", "kind": "'GIFTED'"}),
    ("coupon_change", {"ordinal": "-1"}),
    ("occasion", {"id": "'{nobody}'", "trigger": "'ORDER'", "transfer_id": "NULL"}),
    ("occasion", {"id": "'{nobody}'", "source": "'x'", "external_id": "NULL", "transfer_id": "NULL"}),
    ("occasion_effect", {"ordinal": "99", "amount": "0"}),
    ("occasion_effect", {"ordinal": "99", "kind": "'TAG'", "asset_id": "'{nobody}'"}),
    ("occasion_effect", {"ordinal": "99", "kind": "'SPEND'", "asset_id": "'{nobody}'"}),
    ("transfer", {"id": "'{nobody}'", "kind": "'WHIM'"}),
    ("transfer", {"id": "'{nobody}'", "hash": "{short}"}),
    ("seal", {"number": "0"}),
    ("seal", {"number": "99", "transfers": "0", "contents": "''"}),
    ("seal", {"number": "99", "hash": "{short}"}),
    ("seal", {"number": "99", "previous_hash": "{short}"}),
    ("seal", {"number": "99", "contents": "{short}"}),
    ("entry", {"seq": "99", "position": "99", "kind": "'WHIM'"}),
    ("entry", {"seq": "99", "position": "99", "contra": "'POCKET'"}),
    ("entry", {"seq": "99", "position": "99", "contra": "NULL"}),
    ("entry", {"seq": "99", "position": "99", "change_held": "-change_available"}),
    ("entry", {"seq": "0", "position": "99"}),
    ("entry", {"seq": "99", "position": "0"}),
    ("entry", {"seq": "99", "position": "99", "pending": "-1"}),
    ("entry", {"seq": "99", "position": "99", "held": "-1"}),
    ("entry", {"seq": "99", "position": "99", "available": "{too_much}"}),
    ("entry", {"seq": "99", "position": "99", "available": "-{too_much}"}),
    ("lot", {"id": "'{nobody}'", "amount": "0", "remaining": "0"}),
    ("lot", {"id": "'{nobody}'", "amount": "{too_much}"}),
    ("lot_move", {"lot_id": "'{nobody}'", "remaining": "0", "held": "0"}),
    ("top_up", {"transfer_id": "'{nobody}'", "amount": "0", "step_threshold": "0"}),
    ("top_up", {"transfer_id": "'{nobody}'", "bonus": "-1"}),
    ("top_up", {"transfer_id": "'{nobody}'", "bonus": "0"}),
    ("top_up", {"transfer_id": "'{nobody}'", "step_threshold": "amount + 1"}),
    ("agent", {"id": "'{nobody}'", "member_id": "payer_id"}),
    ("agent", {"id": "'{nobody}'", "member_id": "'{nobody}'", "monthly_limit": "0"}),
    ("agent", {"id": "'{nobody}'", "member_id": "'{nobody}'", "until": "'2000-01-01 00:00:00+00:00'"}),
    ("agent_draw", {"month": "'2000-01-01'", "amount": "-1"}),
    ("member", {"id": "'{nobody}'", "number": "'7'", "kind": "'ROBOT'"}),
    ("member", {"id": "'{nobody}'", "number": "'7'", "kind": "'GIFT_CARD'", "name": "'Li Lei'"}),
    ("gift_card", CARD | {"code_hash": "{short}"}),
    ("gift_card", {"member_id": "'{nobody}'", "amount": "0"}),
    ("gift_card", SETTLED | {"state": "'LOST'"}),
    ("gift_card", SETTLED | {"state": "'ISSUED'"}),
    ("gift_card", CARD | {"state": "'ISSUED'", "settled_at": "NULL", "settlement_id": "transfer_id"}),
    ("gift_card", SETTLED | {"state": "'CLAIMED'"}),
    ("event", {"position": "99", "kind": "'RUMOUR'"}),
    ("event", {"position": "0"}),
    ("orders", OTHER | {"shipping": "-1", "payable": "subtotal - discount_total - 1"}),
    ("orders", OTHER | {"discount_total": "subtotal + 1", "payable": "shipping - 1"}),
    ("orders", OTHER | {"payable": "payable + 1"}),
    ("orders", OTHER | {"shipping_discount": "shipping + 1"}),
    ("orders", OTHER | {"member_id": "NULL", "claimed_at": "recorded_at"}),
    ("orders", OTHER | {"subtotal": "{too_much}", "payable": "{too_much} + shipping"}),
    ("orders", OTHER | {"content_hash": "{short}"}),
    ("order_line", {"ordinal": "99", "quantity": "0", "payable": "0"}),
    ("order_line", {"ordinal": "99", "unit_price": "-1", "payable": "-quantity"}),
    ("order_line", {"ordinal": "99", "discount": "-1", "payable": "payable + 1"}),
    ("order_line", {"ordinal": "99", "payable": "payable + 1"}),
    ("order_line", {"ordinal": "99", "campaign_id": "'{nobody}'", "unit_price": "1", "payable": "quantity - discount"}),
    ("order_effect", {"ordinal": "99", "amount": "{too_much}"}),
    ("order_effect", {"ordinal": "99", "asset_id": "NULL", "kind": "'EARN'"}),
    ("order_effect", {"ordinal": "99", "step": "'LUNCH'"}),
    ("order_effect", {"ordinal": "99", "kind": "'MAGIC'", "asset_id": "NULL"}),
    ("order_effect", {"ordinal": "99", "kind": "'SPEND'", "campaign_id": "'{nobody}'"}),
    ("hold", {"id": "'{nobody}'", "order_id": "'{nobody}'", "amount": "0"}),
    ("hold", {"id": "'{nobody}'", "order_id": "'{nobody}'", "captured": "-1"}),
    ("hold", {"id": "'{nobody}'", "order_id": "'{nobody}'", "released": "-1"}),
    ("hold", {"id": "'{nobody}'", "order_id": "'{nobody}'", "captured": "amount", "released": "1"}),
    ("order_return", {"id": "'{nobody}'", "ordinal": "-1"}),
    ("order_return", {"id": "'{nobody}'", "ordinal": "9", "refund": "-1"}),
    ("orders", OTHER | {"spent": "-1", "payable": "payable + spent + 1"}),
    ("orders", OTHER | {"paid": "payable + 1"}),
    ("orders", OTHER | {"state": "'EXPIRED'", "held_until": "NULL"}),
]


def _check_cases(store: Store) -> list[str]:
    return [*CHANGES, *(store.copy(table, **changed) for table, changed in COPIES)]


@pytest.mark.parametrize("index", range(len(CHANGES) + len(COPIES)))
async def test_a_value_that_cannot_be_is_refused(store: Store, index: int) -> None:
    reason = await store.refused(_check_cases(store)[index])
    assert "check constraint" in reason.lower()


IMPLIED = {"order_line_unit_price_check"}
"""A negative price makes the line's payable or discount negative too, which another check refuses first."""


async def test_every_check_has_a_case(postgres_store: Store) -> None:
    reasons = [await postgres_store.refused(statement) for statement in _check_cases(postgres_store)]
    seen = {reason.rpartition("[")[2].strip("]") for reason in reasons}
    connection = await asyncpg.connect(postgres_store.database.dsn)
    names = await connection.fetch(
        "SELECT conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
    )
    await connection.close()
    assert seen == {row["conname"] for row in names} - IMPLIED


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

NEW = {"id": "'{nobody}'"}
TWICE: dict[str, list[dict[str, str]]] = {
    "program": [NEW],
    "asset": [NEW],
    "ladder": [NEW],
    "tier": [NEW | {"rank": "99"}, NEW | {"code": "'X'"}],
    "campaign": [NEW],
    "campaign_version": [NEW],
    "campaign_run": [{}],
    "campaign_usage": [{}],
    "occasion_effect": [{}],
    "coupon": [{}, NEW],
    "coupon_change": [{}],
    "coupon_batch": [{}],
    "coupon_tally": [{}],
    "code_attempt": [NEW],
    "item": [NEW],
    "segment": [NEW],
    "member": [NEW],
    "identity": [NEW],
    "standing": [NEW],
    "account": [NEW],
    "orders": [NEW],
    "hold": [NEW],
    "order_return": [NEW],
    "entry": [{"position": "99"}, {"seq": "99"}],
    "lot_move": [{}],
    "agent": [NEW],
    "agent_draw": [{}],
    "event": [{}],
    "idempotency": [{}],
    "conversion": [NEW],
    "top_up": [{}],
    "gift_card": [
        {},
        {"member_id": "'{nobody}'", "transfer_id": "'{nobody}'"},
        {"member_id": "'{nobody}'", "code_hash": "(SELECT hash FROM transfer LIMIT 1)"},
    ],
    "top_up_step": [NEW],
    "order_line": [{}],
    "order_effect": [{}],
    "seal": [{}],
}


@pytest.mark.parametrize(("table", "changed"), [(table, c) for table, rows in TWICE.items() for c in rows])
async def test_what_is_unique_stays_so(store: Store, table: str, changed: dict[str, str]) -> None:
    assert "unique" in (await store.refused(store.copy(table, **changed))).lower()


# ── references ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_row_names_only_what_its_own_program_has(store: Store) -> None:
    tried = 0
    for table, described in store.catalog.items():
        for reference in described.references:
            column = reference.partition(")")[0].strip("(").split(", ")[-1]
            if table in {"agent", "campaign_version"}:  # it may not be changed: a new row instead
                number = {"number": "99"} if table == "campaign_version" else {"member_id": "program_id"}
                statement = store.copy(table, **{"id": "'{nobody}'"} | number | {column: "'{nobody}'"})
            elif table in {"campaign_run", "campaign_usage", "coupon_batch", "coupon_tally"}:
                statement = store.copy(table, **{"id": "'{nobody}'", column: "'{nobody}'"})
            else:
                one = f'(SELECT "id" FROM "{table}" ORDER BY "id" LIMIT 1)'
                statement = f'UPDATE "{table}" SET "{column}" = \'{{nobody}}\' WHERE "id" = {one}'
            assert "foreign key" in (await store.refused(statement)).lower(), (table, reference)
            tried += 1
    assert tried == 26


@pytest.mark.parametrize("table", ["program", "asset", "ladder", "tier", "campaign", "member"])
async def test_what_others_name_is_not_deleted(store: Store, table: str) -> None:
    assert "foreign key" in (await store.refused(f'DELETE FROM "{table}"')).lower()


async def test_every_reference_restricts(store: Store) -> None:
    rules = {reference.rpartition(" ")[2] for table in store.catalog.values() for reference in table.references}
    assert rules == {"RESTRICT"}


# ── what stays possible ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_lot_is_used_and_an_order_goes_on(house: Engine) -> None:
    await _use(house)
    async with transaction():
        await models.Lot.all().update(remaining=0, held=1, locked_until=None)
        await models.Account.all().update(next_due_at=NEVER)
        await models.Order.all().update(state="RETURNED")
        await models.OrderLine.all().update(returned_quantity=1)
        await models.Idempotency.all().delete()
    assert await models.Lot.filter(remaining=0, held=1).count() == await models.Lot.all().count() == 13
    assert await models.Order.filter(state="RETURNED").count() == await models.Order.all().count() == 5
    assert await models.OrderLine.filter(returned_quantity=1).count() == await models.OrderLine.all().count() == 6
