"""What went wrong in practice with these databases and their drivers, each once: it must not again."""

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tortoise.connection import get_connections
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError
from tortoise.transactions import in_transaction
from uuid_utils.compat import uuid7

import models
from domain.amounts import AMOUNT_MAX
from services.database.config import Database, Dialect
from services.database.lock import DatabaseInUseError, exclusive
from services.database.migrate import MIGRATIONS
from services.database.sqlite_engine import Client, statements
from services.engine import Engine, engine
from services.transaction import transaction
from services.verify import verify
from tests.factories import NOON, world

ROOT = MIGRATIONS.parent


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Database:
    return Database.parse(sqlite_url)


def program(code: str = "P") -> models.Program:
    return models.Program(
        code=code,
        name="Test",
        currency="CNY",
        currency_scale=2,
        time_zone="Asia/Shanghai",
        item_policy="OPEN",
        created_at=NOON,
    )


def client() -> Client:
    found = get_connections().get("sqlite")
    assert isinstance(found, Client)
    return found


# ── SQLite: one reader, one writer ───────────────────────────────────────────────────────────────────────────────────


async def test_a_write_outside_a_transaction_is_refused_on_sqlite(sqlite_database: Database) -> None:
    async with TortoiseContext() as context:
        await context.init(config=sqlite_database.tortoise())
        with pytest.raises(OperationalError, match="readonly database"):
            await program().save()
        assert await models.Program.all().count() == 0


async def test_reads_do_not_wait_for_a_transaction_on_sqlite(sqlite_database: Database) -> None:
    async with TortoiseContext() as context:
        await context.init(config=sqlite_database.tortoise())
        writing, reading = asyncio.Event(), asyncio.Event()

        async def write() -> None:
            async with transaction():
                await program().save()
                assert await models.Program.all().count() == 1, "a transaction sees what it wrote"
                writing.set()
                await reading.wait()

        task = asyncio.create_task(write())
        await writing.wait()
        assert client().write_gate.locked()
        assert await models.Program.all().count() == 0, "others see it when it is committed"
        reading.set()
        await task
        assert not client().write_gate.locked()
        assert await models.Program.all().count() == 1


async def test_a_begin_that_fails_releases_the_gate(sqlite_database: Database) -> None:
    config = sqlite_database.tortoise()
    config["connections"]["sqlite"]["credentials"]["busy_timeout"] = 1
    async with TortoiseContext() as context:
        await context.init(config=config)
        other = sqlite3.connect(sqlite_database.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TransactionManagementError, match="locked"):
            async with transaction():
                raise AssertionError("the transaction never began")
        assert not client().write_gate.locked()
        assert await models.Program.all().count() == 0
        other.execute("ROLLBACK")
        other.close()
        async with transaction():
            await program().save()
        assert await models.Program.all().count() == 1


async def test_who_stops_waiting_for_the_gate_does_not_take_it_along(sqlite_database: Database) -> None:
    async with TortoiseContext() as context:
        await context.init(config=sqlite_database.tortoise())

        async def write(code: str) -> None:
            async with transaction():
                await program(code).save()

        await models.Program.all().count()
        async with client().write_gate:
            waiting = asyncio.create_task(write("A"))
            await asyncio.sleep(0.01)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        await write("B")
        assert await models.Program.all().values_list("code", flat=True) == ["B"]


async def test_who_stops_waiting_for_the_begin_leaves_no_transaction_behind(sqlite_database: Database) -> None:
    async with TortoiseContext() as context:
        await context.init(config=sqlite_database.tortoise())
        await models.Program.all().count()
        other = sqlite3.connect(sqlite_database.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        async def write(code: str) -> None:
            async with transaction():
                await program(code).save()

        waiting = asyncio.create_task(write("A"))
        await asyncio.sleep(0.05)
        waiting.cancel()
        other.execute("ROLLBACK")
        other.close()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await write("B")
        assert await models.Program.all().values_list("code", flat=True) == ["B"]


async def test_transactions_and_the_writer_share_one_gate(sqlite_database: Database) -> None:
    """Without it, of transactions that read and then write beside the writer nearly all fail with "locked"."""
    async with TortoiseContext() as context:
        await context.init(config=sqlite_database.tortoise())
        async with engine(sqlite_database) as house:
            await _crowd(house)


async def test_transactions_and_the_writer_work_side_by_side_on_postgres(postgres_house: Engine) -> None:
    await _crowd(postgres_house)


async def _crowd(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()

    async def configure(task: int) -> None:
        for index in range(10):
            async with transaction():
                known = await models.Item.filter(program_id=shop.program.id).count()
                await models.Item.create(program_id=shop.program.id, sku=f"{task}-{index}", name=str(known))

    async def give() -> None:
        for _ in range(10):
            await shop.give(member, "1")

    async def read() -> None:
        for _ in range(20):
            assert 0 <= await shop.balance(member) <= 20

    await asyncio.gather(configure(1), configure(2), give(), give(), read(), read())
    assert await models.Item.all().count() == 20
    assert await shop.balance(member) == 20
    assert (await verify(house.database)).clean


async def test_the_answer_of_a_write_is_seen_by_the_next_read(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    for total in range(1, 31):
        await shop.give(member, "1")
        assert await shop.balance(member) == total


# ── transactions within transactions ─────────────────────────────────────────────────────────────────────────────────


async def test_an_inner_transaction_is_undone_alone(house: Engine) -> None:
    async with transaction():
        await program("outer").save()
        with pytest.raises(IntegrityError):
            await _save("inner", "outer")
        async with transaction():
            await program("second").save()
        assert await models.Program.all().count() == 2
    assert sorted(await models.Program.all().values_list("code", flat=True)) == ["outer", "second"]


async def test_an_outer_transaction_undoes_the_inner_ones(house: Engine) -> None:
    with pytest.raises(IntegrityError):
        await _nested()
    assert await models.Program.all().count() == 0


async def _nested() -> None:
    async with transaction():
        await _save("inner")
        await _save("outer", "inner")


async def _save(*codes: str) -> None:
    async with transaction():
        for code in codes:
            await program(code).save()


# ── scripts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_script_is_taken_apart_at_the_ends_of_statements() -> None:
    trigger = "CREATE TRIGGER t BEFORE UPDATE ON a BEGIN SELECT 1; SELECT RAISE(ABORT, 'no; never'); END;"
    script = f"CREATE TABLE a (b TEXT DEFAULT ';'); -- a remark; it ends here\n{trigger}\nINSERT INTO a VALUES (';')"
    parts = [part.strip() for part in statements(script)]
    assert parts == [
        "CREATE TABLE a (b TEXT DEFAULT ';');",
        f"-- a remark; it ends here\n{trigger}",
        "INSERT INTO a VALUES (';');",
    ]
    connection = sqlite3.connect(":memory:")
    for part in parts:
        connection.execute(part)
    assert connection.execute("SELECT b FROM a").fetchall() == [(";",)]
    connection.close()


def test_an_unfinished_statement_is_not_left_out_in_silence() -> None:
    script = "CREATE TABLE a (b INT); CREATE TRIGGER t BEFORE UPDATE ON a BEGIN SELECT 1;"
    connection = sqlite3.connect(":memory:")
    with pytest.raises((sqlite3.OperationalError, ValueError)):  # noqa: PT012  (whichever of the two refuses)
        for part in statements(script):
            connection.execute(part)
    connection.close()


async def test_a_script_stays_in_its_transaction(house: Engine) -> None:
    with pytest.raises(OperationalError):
        async with in_transaction(house.database.dialect.value) as connection:
            await connection.execute_script(
                "CREATE TABLE half (id INT); INSERT INTO half VALUES (1); INSERT INTO none VALUES (1);"
            )
    with pytest.raises(OperationalError, match="half"):
        await house.reads.fetch("SELECT * FROM half")


# ── one process at a time ────────────────────────────────────────────────────────────────────────────────────────────

HOLDER = """
import sys, time
from pathlib import Path
from services.database.lock import exclusive
with exclusive(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_process_is_refused_until_the_first_is_dead(tmp_path: Path) -> None:
    path = tmp_path / "huiyuan.db"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        for _ in range(2):
            with (
                pytest.raises(DatabaseInUseError, match=r"huiyuan\.db is in use by another huiyuan process"),
                exclusive(path),
            ):
                raise AssertionError("both held it")
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with exclusive(path):
        pass


def test_one_process_may_enter_its_lock_again(tmp_path: Path) -> None:
    path = tmp_path / "huiyuan.db"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with exclusive(path):
        with exclusive(path):
            pass
        refused = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
        assert "DatabaseInUseError" in refused.stderr, "leaving the inner block frees nothing"
    with exclusive(path):
        pass


# ── what is stored ───────────────────────────────────────────────────────────────────────────────────────────────────


async def test_values_come_back_as_they_were_stored(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol(name="李雷 🎵", birthday=date(1990, 2, 28))
    rich = await shop.enrol()
    await shop.give(rich, str(AMOUNT_MAX))
    instant = datetime(2026, 3, 3, 4, 5, 6, 789, tzinfo=UTC)
    await shop.buy(member, "1.00", occurred_at=instant - timedelta(days=1), attributes=[("鍵", '"; --')])
    row = await models.Member.get(id=member)
    assert (row.name, str(row.birthday)) == ("李雷 🎵", "1990-02-28")
    order = await models.Order.get()
    assert order.occurred_at == instant - timedelta(days=1)
    assert order.attributes == {"鍵": '"; --'}
    assert (await models.Lot.get(member_id=rich)).amount == AMOUNT_MAX == 2**62 - 1


async def test_the_writer_stores_what_the_orm_would(sqlite_database: Database) -> None:
    """Both sort and compare the text of the other."""
    async with TortoiseContext() as context:
        await context.init(config=sqlite_database.tortoise())
        async with engine(sqlite_database) as house:
            shop = await world(house, now=NOON + timedelta(microseconds=10))
            written = await shop.enrol()
            row = await models.Member.get(id=written)
            other = uuid7()
            async with transaction():
                values = {name: getattr(row, name) for name in row._meta.fields_map}
                await models.Member.create(**values | {"id": other, "number": "2"})
    connection = sqlite3.connect(sqlite_database.path)
    columns = ", ".join(name for name in values if name not in {"id", "number"})
    rows = connection.execute(f"SELECT {columns} FROM member ORDER BY number").fetchall()
    (stored,) = connection.execute("SELECT recorded_at FROM member WHERE id = ?", (str(written),)).fetchone()
    connection.close()
    assert rows[0] == rows[1]
    assert stored == "2026-03-03 04:00:00.000010+00:00"


def test_stored_instants_sort_as_instants() -> None:
    whole = NOON.isoformat(" ")
    fraction = (NOON + timedelta(microseconds=1)).isoformat(" ")
    later = (NOON + timedelta(seconds=1)).isoformat(" ")
    assert whole < fraction < later


def test_rows_with_a_key_of_two_columns_are_told_apart() -> None:
    one, other = UUID(int=1), UUID(int=2)
    rows = {
        models.Entry(account_id=one, seq=1),
        models.Entry(account_id=other, seq=1),
        models.Entry(account_id=one, seq=1),
    }
    assert len(rows) == 2
    assert len({models.Event(member_id=one, position=1), models.Event(member_id=other, position=1)}) == 2
    assert len({models.LotMove(lot_id=one, transfer_id=one), models.LotMove(lot_id=other, transfer_id=one)}) == 2
    assert len({models.OrderLine(order_id=one, ordinal=0), models.OrderLine(order_id=other, ordinal=0)}) == 2
    assert len({models.OrderEffect(order_id=one, ordinal=0), models.OrderEffect(order_id=other, ordinal=0)}) == 2
    keys = [models.Idempotency(program_id=one, scope=scope, key="k") for scope in ("a", "b", "a")]
    assert len(set(keys)) == 2


async def test_keys_are_made_before_the_insert(house: Engine) -> None:
    shop = await world(house)
    items = [models.Item(program_id=shop.program.id, sku=str(index)) for index in range(3)]
    async with transaction():
        await models.Item.bulk_create(items)
    stored = await models.Item.all().order_by("id").values_list("id", "sku")
    assert stored == [(item.id, item.sku) for item in items]
    assert {item.id.version for item in items} == {7}


# ── two databases in one process ─────────────────────────────────────────────────────────────────────────────────────


async def test_one_process_uses_both_databases_in_turn(sqlite_url: str, clean_postgres_url: str) -> None:
    """The ORM keeps generated SQL by alias: under one alias the second would be sent the first one's placeholders."""
    for url in (sqlite_url, clean_postgres_url, sqlite_url):
        database = Database.parse(url)
        async with TortoiseContext() as context:
            await context.init(config=database.tortoise())
            async with engine(database) as house:
                shop = await world(house, code=f"C{uuid4().hex[:8]}")
                member = await shop.enrol()
                await shop.buy(member, "5.00")
                assert await shop.balance(member) == 5
                assert list(database.tortoise()["connections"]) == [database.dialect.value]


async def test_without_a_statement_cache_everything_works(clean_postgres_url: str) -> None:
    """As it must behind a pooler in transaction mode."""
    database = Database.parse(f"{clean_postgres_url}?statement_cache=off")
    assert database.dialect is Dialect.POSTGRES
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        async with engine(database) as house:
            shop = await world(house)
            member = await shop.enrol()
            await asyncio.gather(*(shop.buy(member, "5.00") for _ in range(5)))
            assert await shop.balance(member) == 25
            rows = await house.reads.fetch("SELECT count(*) FROM pg_prepared_statements WHERE NOT from_sql")
            assert rows[0][0] <= 1, "no more than the one that asks"
    assert (await verify(database)).clean


@pytest.mark.parametrize("name", ["with space", "per%41cent", "hash#tag", "what?", "会员"])
async def test_any_folder_may_hold_the_file(sqlite_template: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    shutil.copyfile(sqlite_template, folder / "huiyuan.db")
    database = Database(Dialect.SQLITE, path=folder / "huiyuan.db", synchronous="OFF")
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        async with engine(database) as house:
            shop = await world(house)
            member = await shop.enrol()
            await shop.give(member, "5")
            assert await shop.balance(member) == 5
    assert (await verify(database)).clean
    assert os.listdir(tmp_path) == [name], "no other file was made"  # noqa: PTH208  (no blocking call on a path object)
