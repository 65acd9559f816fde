"""The `huiyuan` command as a process: exit status, what is on standard output, one line on standard error."""

import asyncio
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import graphql
import httpx
import pytest
from tortoise.context import TortoiseContext
from typer.testing import CliRunner

import models
from app.cli import main
from schema import ids, root
from services import programs
from services.actors import ALL_SCOPES, Scope
from services.credentials import Credentials
from services.database.config import Database, Dialect
from services.database.lock import exclusive
from services.templates import Template
from tests.servers import free_port

PROJECT = Path(__file__).resolve().parents[2]
COMMANDS = [
    ("serve",),
    ("migrate",),
    ("demo",),
    ("verify",),
    ("program", "create"),
    ("program", "items"),
    ("key", "create"),
    ("member", "token"),
    ("import", "orders"),
    ("schema", "print"),
]
REFUSED_PORT = 1


def environment(url: str, **settings: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HUIYUAN_")}
    return inherited | {"HUIYUAN_DATABASE_URL": url} | {f"HUIYUAN_{name}": value for name, value in settings.items()}


def huiyuan(url: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli.main", *arguments],
        cwd=PROJECT,
        env=environment(url, **settings),
        capture_output=True,
        text=True,
        check=False,
    )


def started(url: str, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "app.cli.main", *arguments],
        cwd=PROJECT,
        env=environment(url, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer(url: str, *arguments: str, **settings: str) -> str:
    """Return what a command that goes well writes to standard output, and nothing to standard error."""
    done = huiyuan(url, *arguments, **settings)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def complaint(url: str, *arguments: str, **settings: str) -> str:
    """Return the one line of a command that fails, which answers nothing."""
    done = huiyuan(url, *arguments, **settings)
    assert (done.returncode, done.stdout) == (1, ""), done
    assert re.fullmatch(r"huiyuan: [^\n]+\n", done.stderr), done.stderr
    return done.stderr.removeprefix("huiyuan: ").strip()


@contextmanager
def serving(url: str, *arguments: str, **settings: str) -> Iterator[str]:
    """Run `huiyuan serve` until the block ends, and stop it as an operator would."""
    port = free_port()
    with started(url, "serve", "--port", str(port), *arguments, **settings) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            while not ready(address):
                assert server.poll() is None, server.stderr.read() if server.stderr else ""
                time.sleep(0.05)
            yield address
        finally:
            server.send_signal(signal.SIGTERM)
            _, errors = server.communicate()
    assert "Traceback" not in errors
    assert "Application shutdown complete" in errors


def ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz").status_code == 200
    except httpx.TransportError:
        return False


async def with_shop(url: str) -> str:
    async with TortoiseContext() as context:
        await context.init(config=Database.parse(url).tortoise())
        await programs.create(
            code="SHOP", name="Shop", currency="USD", time_zone="America/New_York", template=Template.BARE
        )
    return url


@pytest.fixture
def shop_url(database_url: str) -> str:
    """A database with the program SHOP."""
    return asyncio.run(with_shop(database_url))


@pytest.fixture
def sqlite_shop_url(sqlite_url: str) -> str:
    """The same on SQLite only, for what no database has a part in."""
    return asyncio.run(with_shop(sqlite_url))


# ── the command line ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(main.app, [*command, "--help"])
    assert shown.exit_code == 0
    assert f"Usage: huiyuan {' '.join(command)}" in shown.stdout
    assert len(shown.stdout.splitlines()) > 6


def test_a_wrong_command_line_is_told_apart(sqlite_url: str) -> None:
    assert "Usage:" in answer(sqlite_url, "--help")
    done = huiyuan(sqlite_url, "key", "create")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--scopes" in done.stderr
    assert "Traceback" not in done.stderr
    for arguments in (["nothing"], ["serve", "--port", "0"], ["demo", "--pace", "0"], ["import", "orders", "x"]):
        assert CliRunner().invoke(main.app, arguments).exit_code == 2


# ── the database ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/none/huiyuan.db"
    sample = str(PROJECT / "data" / "cdnow_sample.txt")
    for arguments in (
        ("import", "orders", sample, "--program", "SHOP", "--format", "cdnow"),
        ("verify",),
    ):
        assert "run `huiyuan migrate` first" in complaint(url, *arguments)
    assert list(tmp_path.iterdir()) == []


def test_migrate_brings_the_database_up_to_date_once(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/new/huiyuan.db"
    applied = answer(url, "migrate").splitlines()
    assert applied[0] == "applied 0_initial.py"
    assert answer(url, "migrate") == "The database is up to date.\n"
    assert answer(url, "program", "create", "--code", "SHOP").startswith("prg_")


@pytest.mark.parametrize(
    ("url", "command", "words"),
    [
        (f"postgres://root:secret@127.0.0.1:{REFUSED_PORT}/huiyuan", "migrate", f"huiyuan at 127.0.0.1:{REFUSED_PORT}"),
        (f"postgres://root:secret@127.0.0.1:{REFUSED_PORT}/huiyuan", "serve", f"huiyuan at 127.0.0.1:{REFUSED_PORT}"),
        ("mysql://127.0.0.1/huiyuan", "verify", "neither sqlite:// nor postgres://"),
        ("sqlite://", "demo", "names a file"),
        (f"sqlite://{PROJECT}", "migrate", "is not a file"),
    ],
)
def test_a_database_that_cannot_be_opened_is_told_in_one_line_without_its_password(
    url: str, command: str, words: str
) -> None:
    told = complaint(url, command)
    assert words in told
    assert "secret" not in told


def test_only_set_up_and_reads_go_beside_a_server_on_sqlite(sqlite_shop_url: str, tmp_path: Path) -> None:
    rows = tmp_path / "rows"
    rows.write_text("00004 0001 19970101 2 29.33\n")
    with exclusive(Database.parse(sqlite_shop_url).path):
        for arguments in (
            ("serve",),
            ("demo",),
            ("import", "orders", str(rows), "--program", "SHOP", "--format", "cdnow"),
        ):
            assert "is in use by another huiyuan process" in complaint(sqlite_shop_url, *arguments)
        assert answer(sqlite_shop_url, "verify").startswith("Every rule holds")
        assert answer(sqlite_shop_url, "key", "create", "--scopes", "all").startswith("hy_")
        assert answer(sqlite_shop_url, "program", "create", "--code", "OTHER").startswith("prg_")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"PORT": "many"}, "HUIYUAN_PORT: "),
        ({"ENV": "production"}, "HUIYUAN_SECRET_KEY must be set to 32 characters"),
        ({"ENV": "nowhere"}, "HUIYUAN_ENV: "),
        ({"BUS_URL": "carrier://pigeon"}, "HUIYUAN_BUS_URL has the scheme 'carrier'"),
    ],
)
def test_settings_that_cannot_be_served_with_are_told_in_one_line(
    sqlite_url: str, settings: dict[str, str], words: str
) -> None:
    assert words in complaint(sqlite_url, "serve", **settings)


# ── programs and credentials ─────────────────────────────────────────────────────────────────────────────────────────


async def row_of(url: str, code: str) -> models.Program:
    async with TortoiseContext() as context:
        await context.init(config=Database.parse(url).tortoise())
        return await models.Program.get(code=code)


async def test_program_create_prints_the_id_that_the_api_shows(database_url: str) -> None:
    printed = answer(
        database_url,
        *("program", "create", "--code", "SHOP", "--name", "A shop", "--currency", "USD"),
        *("--time-zone", "America/New_York", "--template", "bare", "--virtual-now", "1998-07-01T12:00:00-04:00"),
    )
    row = await row_of(database_url, "SHOP")
    assert printed == f"{ids.encode(ids.PROGRAM, row.id)}\n"
    assert (row.name, row.currency, row.time_zone) == ("A shop", "USD", "America/New_York")
    assert row.virtual_now is not None
    assert row.virtual_now.isoformat() == "1998-07-01T16:00:00+00:00"
    other = json.loads(answer(database_url, "program", "create", "--code", "OTHER", "--json"))
    assert other == {"id": ids.encode(ids.PROGRAM, (await row_of(database_url, "OTHER")).id), "code": "OTHER"}


def test_program_create_refuses_what_makes_no_program(sqlite_shop_url: str) -> None:
    create = ("program", "create", "--code")
    for arguments, words in (
        (("SHOP",), "There is a program 'SHOP' already."),
        (("X", "--currency", "XYZ"), "'XYZ' is no ISO 4217 currency."),
        (("X", "--virtual-now", "noon"), "'noon' is no instant of ISO 8601"),
    ):
        assert words in complaint(sqlite_shop_url, *create, *arguments)


async def test_key_create_prints_the_key_once_and_it_opens_its_program(shop_url: str) -> None:
    printed = answer(shop_url, "key", "create", "--program", "SHOP", "--scopes", "all")
    record = json.loads(
        answer(shop_url, "key", "create", "--scopes", "orders:write, members:read", "--name", "till 3", "--json")
    )
    assert list(record) == ["key"]
    async with TortoiseContext() as context:
        await context.init(config=Database.parse(shop_url).tortoise())
        credentials = Credentials("x" * 40)
        everything = await credentials.actor(f"Bearer {printed.strip()}")
        some = await credentials.actor(f"Bearer {record['key']}")
        names = await models.ApiKey.all().order_by("created_at").values_list("name", flat=True)
        program = await models.Program.get(code="SHOP")
    assert (everything.program_id, everything.scopes) == (program.id, ALL_SCOPES)
    assert some.scopes == {Scope.ORDERS_WRITE, Scope.MEMBERS_READ}
    assert names == ["command line", "till 3"]


def test_key_create_asks_which_program_is_meant(sqlite_shop_url: str) -> None:
    assert "'orders:eat' is no scope" in complaint(
        sqlite_shop_url, "key", "create", "--scopes", "orders:read,orders:eat"
    )
    answer(sqlite_shop_url, "program", "create", "--code", "OTHER")
    assert "--program CODE" in complaint(sqlite_shop_url, "key", "create", "--scopes", "all")


async def test_a_member_token_is_the_members_and_for_development_only(shop_url: str, tmp_path: Path) -> None:
    rows = tmp_path / "rows"
    rows.write_text("00004 0001 19970101 2 29.33\n")
    answer(shop_url, "import", "orders", str(rows), "--program", "SHOP", "--format", "cdnow")
    database = Database.parse(shop_url)
    secret = "s" * 40
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        (member,) = await models.Member.all()
    command = ("member", "token", "--member", member.number)
    with exclusive(database.path) if database.dialect is Dialect.SQLITE else closing(rows.open()):
        printed = answer(shop_url, *command, SECRET_KEY=secret)  # a server may be running
    record = json.loads(answer(shop_url, *command, "--program", "SHOP", "--json", SECRET_KEY=secret))
    assert list(record) == ["token"]
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        for token in (printed.strip(), record["token"]):
            actor = await Credentials(secret).actor(f"Bearer {token}")
            assert (actor.member_id, actor.program_id) == (member.id, member.program_id)
    assert "has no member 1" in complaint(shop_url, "member", "token", "--member", "1")
    assert "development only" in complaint(shop_url, *command, ENV="production", SECRET_KEY=secret)


async def test_program_items_lists_what_may_be_sold(shop_url: str, tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    file.write_text('sku,name,category\nTEA,"Tea, green",drinks\n\nCUP,杯子,\n')
    command = ("program", "items", str(file), "--program", "SHOP")
    assert answer(shop_url, *command) == "2 items, 2 of them new.\n"
    assert json.loads(answer(shop_url, *command, "--json")) == {"items": 2, "new": 0}
    async with TortoiseContext() as context:
        await context.init(config=Database.parse(shop_url).tortoise())
        rows = await models.Item.all().order_by("sku").values_list("sku", "name", "category")
        assert list(rows) == [("CUP", "杯子", None), ("TEA", "Tea, green", "drinks")]
        assert (await models.Program.get(code="SHOP")).item_policy == "LISTED"


def test_program_items_refuses_a_whole_file_for_one_row(sqlite_shop_url: str, tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    command = ("program", "items", str(file), "--program", "SHOP")
    for content, words in (
        ("sku,name,category\nTEA,,\n\n,Cup,\n", "line 4: `sku` must not be empty."),
        ("sku,name,category\nTEA,,\nCUP\n", "line 3: the header has 3 columns."),
        ("sku,name\nTEA,\n", "lacks the column category"),
    ):
        file.write_text(content)
        assert words in complaint(sqlite_shop_url, *command)
    file.write_text("sku,name,category\nTEA,,\n")
    assert json.loads(answer(sqlite_shop_url, *command, "--json")) == {"items": 1, "new": 1}


# ── import and verify ────────────────────────────────────────────────────────────────────────────────────────────────


def test_import_reports_and_fails_when_a_row_was_refused(shop_url: str, tmp_path: Path) -> None:
    file = tmp_path / "rows"
    file.write_text("00004 0001 19970101 2 29.33\n00021 0002 19970101 3 63.34\n")
    command = ("import", "orders", str(file), "--program", "SHOP", "--format", "cdnow")
    report = json.loads(answer(shop_url, *command, "--json"))
    assert {name: value for name, value in report.items() if "econd" not in name} == {
        "imported": 2,
        "alreadyThere": 0,
        "refused": 0,
        "membersEnrolled": 2,
        "errors": None,
    }
    assert report["seconds"] > 0
    assert re.search(r"orders already there +2\n", answer(shop_url, *command))
    assert not (tmp_path / "rows.errors.jsonl").exists()

    file.write_text("00004 0001 19970101 2 29.33\n00021 0002\n")
    done = huiyuan(shop_url, *command, "--json")
    assert done.returncode == 1
    assert done.stderr == f"huiyuan: 1 of 2 orders were refused; see {file}.errors.jsonl.\n"
    report = json.loads(done.stdout)
    assert (report["alreadyThere"], report["refused"], report["errors"]) == (1, 1, f"{file}.errors.jsonl")
    elsewhere = tmp_path / "elsewhere"
    done = huiyuan(shop_url, *command, "--errors", str(elsewhere))
    assert (done.returncode, len(elsewhere.read_text().splitlines())) == (1, 1)


def test_import_of_what_is_not_there_is_refused(sqlite_shop_url: str, tmp_path: Path) -> None:
    file = tmp_path / "rows"
    file.write_text("00004 0001 19970101 2\n")
    rest = ("--format", "cdnow", "--program")
    assert "There is no program 'X'" in complaint(sqlite_shop_url, "import", "orders", str(file), *rest, "X")
    assert "There is no file /none" in complaint(sqlite_shop_url, "import", "orders", "/none", *rest, "SHOP")
    assert "Is a directory" in complaint(sqlite_shop_url, "import", "orders", str(tmp_path), *rest, "SHOP")
    told = complaint(sqlite_shop_url, "import", "orders", str(file), *rest, "SHOP", "--errors", "/none/x")
    assert "No such file" in told
    csv = ("--format", "csv", "--program", "SHOP")
    assert "The header lacks the columns" in complaint(sqlite_shop_url, "import", "orders", str(file), *csv)


async def test_import_says_in_one_line_that_the_database_was_lost(clean_postgres_url: str, tmp_path: Path) -> None:
    url = await with_shop(clean_postgres_url)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    gone = f"lost_{os.getpid()}"
    admin = await asyncpg.connect(Database.parse(url).dsn.rpartition("/")[0] + "/postgres")
    try:
        await admin.execute(f'CREATE DATABASE "{gone}" TEMPLATE "{url.rpartition("/")[2]}"')
        lost = f"{url.rpartition('/')[0]}/{gone}"
        process = started(lost, "import", "orders", str(pipe), "--program", "SHOP", "--format", "cdnow")
        with pipe.open("w") as rows:  # the import has opened the database when it opens the file
            await admin.execute(f'DROP DATABASE "{gone}" WITH (FORCE)')
            rows.write("00004 0001 19970101 2 29.33\n")
        output, errors = process.communicate()
    finally:
        await admin.execute(f'DROP DATABASE IF EXISTS "{gone}" WITH (FORCE)')
        await admin.close()
    assert (process.returncode, output) == (1, "")
    assert re.search(r"huiyuan: The import stopped: [^\n]+ Run it again: it goes on from there\.\n$", errors)
    assert "Traceback" not in errors


def test_verify_fails_on_a_ledger_that_breaks_a_rule(sqlite_shop_url: str, tmp_path: Path) -> None:
    file = tmp_path / "rows"
    file.write_text("00004 0001 19970101 2 29.33\n")
    answer(sqlite_shop_url, "import", "orders", str(file), "--program", "SHOP", "--format", "cdnow")
    clean = json.loads(answer(sqlite_shop_url, "verify", "--program", "SHOP", "--json"))
    assert (clean["clean"], clean["findings"]) == (True, [])
    assert clean["checked"]["transfer.hash"] == 1

    spoil(sqlite_shop_url, "UPDATE account SET available = available + 1")

    done = huiyuan(sqlite_shop_url, "verify")
    assert done.returncode == 1
    assert "account.balance: account (" in done.stdout
    assert re.fullmatch(r"huiyuan: \d+ rows break a rule\.\n", done.stderr)
    done = huiyuan(sqlite_shop_url, "verify", "--json")
    record: dict[str, Any] = json.loads(done.stdout)
    assert (done.returncode, record["clean"]) == (1, False)
    assert {"account.balance"} <= {finding["check"] for finding in record["findings"]}
    assert "There is no program 'X'" in complaint(sqlite_shop_url, "verify", "--program", "X")


def spoil(url: str, statement: str) -> None:
    with closing(sqlite3.connect(Database.parse(url).path)) as connection:
        connection.execute(statement)
        connection.commit()


# ── schema and serve ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_schema_print_is_the_contract(tmp_path: Path) -> None:
    printed = answer(f"sqlite://{tmp_path}/none.db", "schema", "print")
    assert printed == root.schema.as_str() + "\n"
    assert graphql.build_schema(printed).mutation_type is not None
    assert list(tmp_path.iterdir()) == []


def test_serve_on_sqlite_brings_the_database_up_to_date(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/new/huiyuan.db"
    with serving(url) as address:
        assert httpx.get(f"{address}/healthz").json() == {"status": "ok"}
        asked = httpx.post(f"{address}/graphql", json={"query": "{ __typename }"}).json()
        assert asked["data"] == {"__typename": "Query"}
        assert "in use by another" in complaint(url, "migrate")
        answer(url, "program", "create", "--code", "SHOP")
        key = answer(url, "key", "create", "--scopes", "all").strip()
        asked = httpx.post(
            f"{address}/graphql", json={"query": "{ program { code } }"}, headers={"authorization": f"Bearer {key}"}
        ).json()
        assert asked["data"] == {"program": {"code": "SHOP"}}
    assert answer(url, "migrate") == "The database is up to date.\n"


def test_serve_refuses_several_workers_on_sqlite(sqlite_url: str) -> None:
    assert "SQLite is served by one process, not by 2" in complaint(sqlite_url, "serve", "--workers", "2")


def test_serve_on_postgres_takes_workers_but_no_pending_migration(clean_postgres_url: str) -> None:
    with serving(clean_postgres_url, "--workers", "2") as address:
        assert httpx.get(f"{address}/healthz").json() == {"status": "ok"}
    missing = clean_postgres_url.rpartition("/")[0] + "/postgres"
    assert "run `huiyuan migrate` first" in complaint(missing, "serve")
