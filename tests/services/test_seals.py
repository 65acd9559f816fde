"""Seals: every transfer is sealed once, whoever commits late, seals beside, or dies; and the newest hash is told."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from structlog.testing import capture_logs
from uuid_utils.compat import uuid7

import models
from app import sealer
from app.sealer import Sealer
from domain.digest import EPOCH
from domain.seals import BlockHash, beginning
from services import seals
from services.database.config import Database, Dialect
from services.database.migrate import migrate, pending
from services.engine import Engine
from services.templates import Template
from services.verify import verify
from tests.factories import NOON, World, seal_all, world
from tests.services.test_cli import PROJECT, answer, complaint, environment, huiyuan


async def _blocks(shop: World) -> list[models.Seal]:
    return await models.Seal.filter(program_id=shop.program.id).order_by("number")


async def _given(shop: World, times: int) -> UUID:
    member = await shop.enrol()
    for _ in range(times):
        await shop.give(member, "1")
    return member


async def _rewrite(database: Database, *statements: str) -> None:
    """Change rows past every trigger."""
    if database.dialect is Dialect.POSTGRES:
        connection = await asyncpg.connect(database.dsn)
        await connection.execute(f"SET session_replication_role = replica; {'; '.join(statements)}")
        await connection.close()
        return
    file = sqlite3.connect(database.path, isolation_level=None)
    for name in ("tr_seal_update", "tr_seal_delete", "tr_transfer_update", "tr_transfer_delete"):
        file.execute(f'DROP TRIGGER "{name}"')
    for statement in statements:
        file.execute(statement)
    file.close()


# ── blocks ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_block_is_the_hash_over_its_transfers_and_the_block_before(house: Engine) -> None:
    shop = await world(house)
    await _given(shop, 2)
    (first,) = await seal_all(house, shop.program.id)
    await _given(shop, 1)
    (second,) = await seal_all(house, shop.program.id)

    rows = await models.Transfer.filter(program_id=shop.program.id).order_by("commit_order")
    assert [row.commit_order for row in rows] == sorted({row.commit_order for row in rows})
    one = BlockHash(beginning(shop.program.id), 1)
    one.add(b"".join(row.id.bytes + row.hash for row in rows[:2]))
    two = BlockHash(first.hash, 2)
    two.add(rows[2].id.bytes + rows[2].hash)
    assert (first.hash, second.hash) == (one.digest(), two.digest())
    assert (first.number, first.transfers, first.previous_hash) == (1, 2, beginning(shop.program.id))
    assert (second.number, second.transfers, second.previous_hash) == (2, 1, first.hash)
    assert (second.last_order, second.last_id, second.sealed_at) == (rows[2].commit_order, rows[2].id, NOON)
    assert await seals.seal(house.reads, shop.program.id, now=NOON) is None
    assert await seals.head(house.reads, shop.program.id) == second
    assert (await verify(house.database)).clean


def test_a_transfer_that_differs_by_one_bit_makes_another_block() -> None:
    """The form is fixed: who keeps a hash may compute it in another language, years later."""
    block = BlockHash(beginning(UUID(int=1)), 1)
    block.add(UUID(int=2).bytes + bytes(32))
    assert block.digest().hex() == "7d806d60761908350d82590dc9bfea7ac6558168a75bce139fa7e1e65944c69b"
    other = BlockHash(beginning(UUID(int=1)), 1)
    other.add(UUID(int=2).bytes + bytes(31) + b"\1")
    assert other.digest() != block.digest()


async def test_each_program_has_a_chain_of_its_own(house: Engine) -> None:
    first, second = await world(house), await world(house, code="OTHER")
    await _given(first, 1)
    await _given(second, 2)
    (one,) = await seal_all(house, first.program.id)
    (two,) = await seal_all(house, second.program.id)
    assert (one.number, one.transfers, two.number, two.transfers) == (1, 1, 1, 2)
    assert one.previous_hash != two.previous_hash
    found = await verify(house.database, program_id=first.program.id, heads=[two.hash])
    assert [finding.check for finding in found.findings] == ["seal.head"]


async def test_a_block_takes_no_more_than_its_share(house: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = await world(house)
    await _given(shop, 7)
    monkeypatch.setattr(seals, "BLOCK_MAX", 3)
    assert [block.transfers for block in await seal_all(house, shop.program.id)] == [3, 3, 1]
    assert (await verify(house.database)).clean


# ── who commits late, seals beside, or dies ──────────────────────────────────────────────────────────────────────────

LATE = """
INSERT INTO transfer (id, program_id, member_id, kind, actor, occurred_at, recorded_at, hash)
SELECT $1, program_id, member_id, kind, actor, occurred_at, recorded_at, hash FROM transfer LIMIT 1
"""


async def test_a_late_commit_is_not_skipped(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    await _given(shop, 1)
    await seal_all(postgres_house, shop.program.id)
    late = uuid7()
    connection = await asyncpg.connect(postgres_house.database.dsn)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(LATE, late)
    await _given(shop, 2)  # younger, and committed before

    for _ in range(3):
        assert await seals.seal(postgres_house.reads, shop.program.id, now=NOON) is None
    await transaction.commit()
    await connection.close()

    blocks = await seal_all(postgres_house, shop.program.id)
    assert sum(block.transfers for block in blocks) == 3
    assert blocks[0].contents.startswith(UUID(str(late)).bytes), "the oldest transaction comes first"
    checks = {finding.check for finding in (await verify(postgres_house.database)).findings}
    assert not any(check.startswith("seal.") for check in checks)


async def test_a_transaction_that_is_undone_leaves_no_gap(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    await _given(shop, 1)
    connection = await asyncpg.connect(postgres_house.database.dsn)
    with suppress(ZeroDivisionError):
        async with connection.transaction():
            await connection.execute(LATE, uuid7())
            await _given(shop, 1)
            raise ZeroDivisionError
    await connection.close()
    assert sum(block.transfers for block in await seal_all(postgres_house, shop.program.id)) == 2
    assert (await verify(postgres_house.database)).clean


async def test_several_sealers_beside_writers_make_one_chain(house: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = await world(house, Template.STANDARD)
    monkeypatch.setattr(seals, "BLOCK_MAX", 2)
    members = [await shop.enrol() for _ in range(4)]
    writing = asyncio.gather(*(_buy_on(shop, member) for member in members))

    async def sealing() -> int:
        made = 0
        while not writing.done():
            made += await seals.seal(house.reads, shop.program.id, now=NOON) is not None
            await asyncio.sleep(0)
        return made

    made = sum(await asyncio.gather(*(sealing() for _ in range(4))))
    await writing
    made += len(await seal_all(house, shop.program.id))
    blocks = await _blocks(shop)
    assert [block.number for block in blocks] == list(range(1, made + 1))
    assert sum(block.transfers for block in blocks) == 40
    report = await verify(house.database)
    assert (report.findings, report.checked["seal.hash"]) == ([], made)


async def _buy_on(shop: World, member: UUID) -> None:
    for _ in range(10):
        await shop.buy(member, "10.00")


async def test_who_comes_second_with_a_block_looks_again(house: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = await world(house)
    await _given(shop, 2)
    settled = seals.settled_below
    calls = 0

    async def overtaken(reads: Any) -> int:
        nonlocal calls
        calls += 1
        if calls == 1:  # between reading the newest block and inserting the next, another process seals
            await _given(shop, 1)
            monkeypatch.setattr(seals, "BLOCK_MAX", 1)
            monkeypatch.setattr(seals, "settled_below", settled)
            while not await seals.seal(reads, shop.program.id, now=NOON):  # noqa: ASYNC110  (the database has no event)
                await asyncio.sleep(0.02)  # transactions of others may keep it waiting
            monkeypatch.setattr(seals, "settled_below", overtaken)
        return await settled(reads)

    monkeypatch.setattr(seals, "settled_below", overtaken)
    block = None
    while block is None:
        block = await seals.seal(house.reads, shop.program.id, now=NOON)
    assert block.number == 2
    await seal_all(house, shop.program.id)
    assert [row.number for row in await _blocks(shop)] == [1, 2, 3]
    assert (await verify(house.database)).clean


KILLED = """
import asyncio, sys
from datetime import UTC, datetime
from uuid import UUID
from services import seals
from services.database.config import Database
from services.reading import OrmSession
from tortoise.context import TortoiseContext

async def main():
    database = Database.parse(sys.argv[1])
    seals.BLOCK_MAX = 1
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        while True:
            await seals.seal(OrmSession(database.dialect), UUID(sys.argv[2]), now=datetime.now(UTC))
            print("sealed", flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("after", [1, 4])
async def test_a_sealer_that_is_killed_leaves_whole_blocks(house: Engine, database_url: str, after: int) -> None:
    shop = await world(house)
    await _given(shop, 20)

    def killed() -> None:
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, database_url, str(shop.program.id)],
            stdout=subprocess.PIPE,
            cwd=PROJECT,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
        )
        assert process.stdout is not None
        for _ in range(after):
            assert process.stdout.readline() == b"sealed\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()

    await asyncio.to_thread(killed)
    await seal_all(house, shop.program.id)
    blocks = await _blocks(shop)
    assert [block.number for block in blocks] == list(range(1, len(blocks) + 1))
    assert sum(block.transfers for block in blocks) == 20
    assert (await verify(house.database)).clean


# ── a restore into another cluster ───────────────────────────────────────────────────────────────────────────────────

FAR = 10**15
"""Further than any cluster has counted."""


async def test_after_a_restore_into_a_younger_cluster_the_chain_goes_on(postgres_house: Engine) -> None:
    database = postgres_house.database
    shop = await world(postgres_house)
    await _given(shop, 3)
    (first,) = await seal_all(postgres_house, shop.program.id)
    await _given(shop, 1)  # not sealed when the dump was made
    assert not await pending(database)
    await _rewrite(  # as if another cluster had numbered them
        database,
        f"UPDATE transfer SET commit_order = commit_order + {FAR}",
        f"UPDATE seal SET last_order = last_order + {FAR}",
    )
    assert await pending(database)
    assert await migrate(database) == []
    assert not await pending(database)
    try:
        await _given(shop, 2)
        assert sum(block.transfers for block in await seal_all(postgres_house, shop.program.id)) == 3
        orders = await models.Transfer.all().order_by("recorded_at", "id").values_list("commit_order", flat=True)
        assert orders == sorted(orders)
        assert (await verify(database, heads=[first.hash])).findings == []
    finally:
        await _rewrite(
            database,
            "CREATE OR REPLACE FUNCTION commit_base() RETURNS bigint IMMUTABLE AS 'SELECT 0::bigint' LANGUAGE sql",
        )


async def test_transfers_from_before_seals_are_sealed_too(house: Engine) -> None:
    """What a migration adds the column to has one commit order throughout."""
    shop = await world(house)
    await _given(shop, 5)
    await _rewrite(house.database, "UPDATE transfer SET commit_order = 0")
    await _given(shop, 1)
    await seal_all(house, shop.program.id)
    assert (await verify(house.database)).clean


# ── what is published ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_chain_that_is_made_anew_contradicts_the_hash_that_was_kept(house: Engine) -> None:
    shop = await world(house)
    await _given(shop, 3)
    (kept,) = await seal_all(house, shop.program.id)
    await _given(shop, 1)
    (newest,) = await seal_all(house, shop.program.id)
    assert (await verify(house.database, heads=[kept.hash, newest.hash])).clean

    await _rewrite(house.database, "DELETE FROM seal")
    anew = await seal_all(house, shop.program.id)
    assert (await verify(house.database)).clean, "nothing in the database contradicts it"
    report = await verify(house.database, heads=[kept.hash, newest.hash])
    assert [finding.check for finding in report.findings] == ["seal.head", "seal.head"]
    assert kept.hash.hex() in report.findings[0].message
    assert report.checked["seal.head"] == 2
    assert (await verify(house.database, heads=[anew[-1].hash])).clean


async def test_blocks_removed_from_the_end_are_missed_by_who_kept_the_hash(house: Engine) -> None:
    shop = await world(house)
    await _given(shop, 1)
    (first,) = await seal_all(house, shop.program.id)
    await _given(shop, 1)
    (second,) = await seal_all(house, shop.program.id)
    await _rewrite(house.database, "DELETE FROM seal WHERE number = 2")
    assert (await verify(house.database, heads=[first.hash])).clean
    (finding,) = (await verify(house.database, heads=[first.hash, second.hash])).findings
    assert (finding.check, second.hash.hex() in finding.message) == ("seal.head", True)


async def test_the_server_seals_and_tells_each_hash(
    house: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealer, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(sealer, "LOG_SECONDS", 0.0)
    shop = await world(house)
    await _given(shop, 1)
    (before,) = await seal_all(house, shop.program.id)
    file = tmp_path / "heads"
    with capture_logs() as logs:
        sealing = asyncio.create_task(Sealer(file).seal_forever(house))
        await _given(shop, 2)
        await _until_sealed(shop, 3)
        async with asyncio.timeout(60):
            while len(_told(logs)) < len(await _blocks(shop)):  # noqa: ASYNC110  (what was sealed last is told next)
                await asyncio.sleep(0.01)
        await _stopped(sealing)
    told = _told(logs)
    assert [log["event"] for log in told] == ["seal.head"] + ["seal.block"] * (len(told) - 1)
    assert [log["hash"] for log in told] == [block.hash.hex() for block in await _blocks(shop)]
    assert told[0]["hash"] == before.hash.hex()
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    facts = ("program", "block", "transfers", "sealed_at", "hash")
    assert lines == [{name: log[name] for name in facts} for log in told]
    assert lines[0] | {"program": "TEST", "block": 1, "transfers": 1} == lines[0]


async def test_a_file_that_cannot_be_written_stops_no_sealing(
    house: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealer, "PAUSE_SECONDS", 0.01)
    shop = await world(house)
    await _given(shop, 1)
    with capture_logs() as logs:
        sealing = asyncio.create_task(Sealer(tmp_path).seal_forever(house))
        await _until_sealed(shop, 1)
        async with asyncio.timeout(30):
            while not any(log["event"] == "seal.file" for log in logs):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await _stopped(sealing)
    reasons = {log["reason"] for log in logs if log["event"] == "seal.file"}
    assert reasons == {"Is a directory"}


async def _until_sealed(shop: World, transfers: int) -> None:
    async with asyncio.timeout(60):
        while sum(block.transfers for block in await _blocks(shop)) < transfers:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def _told(logs: Any) -> list[Any]:
    return [log for log in logs if log["event"] in {"seal.head", "seal.block"}]


async def test_the_log_tells_one_hash_a_minute_and_the_file_each(
    house: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealer, "PAUSE_SECONDS", 0.01)
    shop = await world(house)
    file = tmp_path / "heads"
    with capture_logs() as logs:
        sealing = asyncio.create_task(Sealer(file).seal_forever(house))
        for number in range(3):
            await _given(shop, 1)
            await _until_sealed(shop, number + 1)
        async with asyncio.timeout(60):
            while not file.exists() or len(file.read_text().splitlines()) < len(await _blocks(shop)):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await _stopped(sealing)
    assert len(_told(logs)) == 1


async def _stopped(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


# ── the command line ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_commands_seal_and_compare(house: Engine, database_url: str, tmp_path: Path) -> None:
    shop = await world(house)
    await _given(shop, 2)
    assert answer(database_url, "seal", "--head") == "TEST: nothing is sealed.\n"
    record = {}
    async with asyncio.timeout(60):
        while record.get("block") != 1:  # transactions of others may keep it waiting
            (record,) = json.loads(await asyncio.to_thread(answer, database_url, "seal", "--json"))["heads"]
    (block,) = await _blocks(shop)
    head = block.hash.hex()
    assert record == {
        "program": "TEST",
        "block": 1,
        "transfers": 2,
        "sealed_at": block.sealed_at.isoformat(),
        "hash": head,
    }
    assert block.sealed_at > EPOCH
    line = f"TEST: block 1, sealed {block.sealed_at:%Y-%m-%dT%H:%M:%SZ}: {head}\n"
    assert answer(database_url, "seal", "--program", "TEST", "--head") == line
    assert answer(database_url, "verify", "--head", head).startswith("Every rule holds")
    done = huiyuan(database_url, "verify", "--head", head, "--head", "0" * 64)
    assert done.returncode == 1
    assert f"seal.head: seal (): No block has the hash {'0' * 64}" in done.stdout
    assert huiyuan(database_url, "verify", "--head", "short").returncode == 2
    assert "There is no program 'X'" in complaint(database_url, "seal", "--program", "X")
    file = tmp_path / "heads"
    await _given(shop, 1)
    async with asyncio.timeout(60):
        while not file.exists():
            await asyncio.to_thread(huiyuan, database_url, "seal", SEAL_FILE=str(file))
    assert json.loads(file.read_text())["block"] == 2
    assert "HUIYUAN_SEAL_FILE" not in environment(database_url)
