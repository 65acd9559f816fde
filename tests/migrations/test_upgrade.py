"""Migrating: up, down and up again, all or nothing, and by one process at a time."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from aerich.models import Aerich
from tortoise.exceptions import OperationalError

from services.database import migrate as module
from services.database.config import Database, Dialect
from services.database.migrate import MIGRATIONS, migrate, pending
from tests.migrations.catalog import Catalog, Table, read_postgres, read_sqlite
from tests.migrations.scratch import scratch

FILES = sorted(path.name for path in (MIGRATIONS / "sqlite").glob("[0-9]*.py"))
ROOT = MIGRATIONS.parent
LATER = {
    "agent",
    "agent_draw",
    "campaign_run",
    "campaign_usage",
    "code_attempt",
    "conversion",
    "coupon",
    "coupon_batch",
    "coupon_change",
    "coupon_tally",
    "gift_card",
    "occasion",
    "occasion_effect",
    "seal",
    "segment",
    "top_up",
    "top_up_step",
}
"""Tables of migrations after the first."""


@pytest.fixture(params=Dialect)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database that was never migrated."""
    if request.param is Dialect.SQLITE:
        yield Database.parse(f"sqlite://{tmp_path / 'empty.db'}?synchronous=OFF")
        return
    with scratch(request.getfixturevalue("postgres_url"), "empty") as url:
        yield Database.parse(url)


async def _read(database: Database) -> Catalog:
    if database.dialect is Dialect.SQLITE:
        return await asyncio.to_thread(read_sqlite, database.path)
    return await read_postgres(database.dsn)


async def _downgrade(database: Database, version: int) -> list[str]:
    async with module._command(database) as command:
        return await command.downgrade(version, delete=False)


async def test_upgrade_applies_what_is_missing_and_then_nothing(empty: Database) -> None:
    assert await pending(empty)
    assert await migrate(empty) == FILES
    assert not await pending(empty)
    assert await migrate(empty) == []


async def test_down_and_up_again_leads_to_the_same_tables(empty: Database) -> None:
    await migrate(empty)
    tables = await _read(empty)
    assert await _downgrade(empty, 1) == FILES[:0:-1]
    without_guards = await _read(empty)
    assert without_guards.keys() == tables.keys() - LATER
    assert not any(table.triggers for table in without_guards.values())
    assert await migrate(empty) == FILES[1:]
    assert await _read(empty) == tables
    assert await _downgrade(empty, 0) == FILES[::-1]
    assert (await _read(empty)).keys() == {"aerich"}
    assert await pending(empty)
    assert await migrate(empty) == FILES
    assert await _read(empty) == tables


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One migration more, whose third statement fails."""
    copy = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for dialect in Dialect:
        last = (copy / dialect.value / FILES[-1]).read_text()
        state = last[last.index("MODELS_STATE") :]
        statements = (
            'CREATE TABLE "half" ("id" INT); ALTER TABLE "item" ADD COLUMN "half" INT; INSERT INTO "none" VALUES (1);'
        )
        text = (
            "RUN_IN_TRANSACTION = True\n\n\n"
            f"async def upgrade(db):\n    return '''{statements}'''\n\n\n"
            f"async def downgrade(db):\n    return 'DROP TABLE \"half\"'\n\n\n{state}"
        )
        (copy / dialect.value / f"{int(FILES[-1].partition('_')[0]) + 1}_broken.py").write_text(text)
    monkeypatch.setattr(module, "MIGRATIONS", copy)


@pytest.mark.usefixtures("broken")
async def test_a_migration_that_fails_half_way_leaves_nothing(empty: Database) -> None:
    with pytest.raises(OperationalError, match="none"):
        await migrate(empty)
    tables = await _read(empty)
    assert "half" not in tables
    assert "half" not in tables["item"].columns
    assert tables["transfer"] != Table(), "the migrations before it stay"
    async with module._command(empty):
        assert sorted(await Aerich.all().values_list("version", flat=True)) == FILES
    with pytest.raises(OperationalError, match="none"):  # and it is tried again, not taken for done
        await migrate(empty)


@pytest.mark.usefixtures("broken")
async def test_a_first_migration_that_fails_leaves_an_empty_database(empty: Database, tmp_path: Path) -> None:
    folder = tmp_path / "migrations" / empty.dialect.value
    first = folder / FILES[0]
    text = first.read_text()
    first.write_text(text.replace('CREATE TABLE "orders"', 'INSERT INTO "none" VALUES (1); CREATE TABLE "orders"'))
    with pytest.raises(OperationalError, match="none"):
        await migrate(empty)
    assert await _read(empty) == {}


# ── several at once ──────────────────────────────────────────────────────────────────────────────────────────────────

CHILD = """
import asyncio, json, sys
from services.database.config import Database
from services.database.lock import DatabaseInUseError
from services.database.migrate import migrate

async def main():
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        return await migrate(Database.parse(sys.argv[1]))
    except DatabaseInUseError as error:
        return str(error)

print(json.dumps(asyncio.run(main())), flush=True)
"""


def _migrate_at_once(url: str, processes: int) -> list[list[str] | str]:
    """Start so many processes, let them go at one moment, and return what each of them answered."""
    children = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", CHILD, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for _ in range(processes)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    answers = [child.communicate()[0] for child in children]
    assert [child.returncode for child in children] == [0] * processes
    return [json.loads(answer) for answer in answers]


def test_of_four_processes_that_migrate_at_once_one_does_it(postgres_url: str) -> None:
    with scratch(postgres_url, "crowd") as url:
        answers = _migrate_at_once(url, 4)
        assert not asyncio.run(pending(Database.parse(url)))
    assert sorted(map(len, answers)) == [0, 0, 0, len(FILES)]


def test_of_four_processes_that_migrate_a_file_at_once_one_does_it(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path / 'crowd.db'}"
    answers = _migrate_at_once(url, 4)
    assert [answer for answer in answers if isinstance(answer, list) and answer] == [FILES]
    for answer in answers:
        assert answer in ([], FILES) or "in use by another huiyuan process" in answer
    assert not asyncio.run(pending(Database.parse(url)))
