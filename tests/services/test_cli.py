"""The `huiyuan` command as a process: exit status, what is on standard output, one line on standard error."""

import asyncio
import inspect
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import graphql
import httpx
import pytest
import typer
from aerich.models import Aerich
from tortoise.context import TortoiseContext
from typer.testing import CliRunner

import models
from app.cli import main
from app.cli.files import readable, writable
from app.cli.output import CommandError
from app.settings import DEVELOPMENT_SECRET, Settings
from schema import ids, root
from services.actors import ALL_SCOPES, Actor, ActorKind, Scope
from services.credentials import CACHE_SECONDS, BadCredentialError, Credentials, NewKey, create_key
from services.database.config import Database, Dialect
from services.database.lock import exclusive
from services.engine import engine
from services.transaction import transaction
from tests.factories import World
from tests.servers import free_port
from tests.services.commands import PROJECT, answer, complaint, environment, huiyuan, with_shop

COMMANDS = [
    ("serve",),
    ("migrate",),
    ("demo",),
    ("verify",),
    ("seal",),
    ("program", "create"),
    ("program", "items"),
    ("program", "export"),
    ("program", "plan"),
    ("program", "apply"),
    ("program", "lint"),
    ("asset", "create"),
    ("asset", "list"),
    ("asset", "topup"),
    ("asset", "convert"),
    ("key", "create"),
    ("key", "list"),
    ("key", "revoke"),
    ("member", "token"),
    ("import", "orders"),
    ("report", "liability"),
    ("campaign", "simulate"),
    ("schema", "print"),
]
REFUSED_PORT = 1


def started(url: str, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "app.cli.main", *arguments],
        cwd=PROJECT,
        env=environment(url, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


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


GROUPS = [(), ("program",), ("asset",), ("key",), ("member",), ("import",), ("schema",)]


def explained(command: tuple[str, ...]) -> str:
    """Return what --help shows, on a terminal that is wide enough for each text to stand on one line."""
    return CliRunner().invoke(main.app, [*command, "--help"], env={"COLUMNS": "400", "TERM": "dumb"}).stdout


def texts(command: tuple[str, ...]) -> Iterator[str]:
    """Yield the lines of help that a command was given: its own, its options' and its commands'."""
    found: Any = typer.main.get_command(main.app)
    for name in command:
        found = found.commands[name]
    given = [found.help, found.epilog, *(parameter.help for parameter in found.params)]
    given += [other.help.partition("\n\n")[0] for other in getattr(found, "commands", {}).values()]
    for text in filter(None, given):
        for paragraph in re.split(r"\n\n|\n(?=- )", inspect.cleandoc(text)):
            yield " ".join(paragraph.removeprefix("- ").replace("`", "").split())


@pytest.mark.parametrize("command", [*COMMANDS, *GROUPS], ids=" ".join)
def test_help_shows_every_word_also_those_in_brackets(command: tuple[str, ...]) -> None:
    shown = explained(command)
    for text in texts(command):
        assert text in shown


def test_help_names_the_defaults_that_settings_give() -> None:
    for command in ("serve", "demo"):
        assert "[default: (HUIYUAN_HOST, else 127.0.0.1)]" in explained((command,))
        assert "[default: (HUIYUAN_PORT, else 8000)]" in explained((command,))
    assert "[default: (FILE.errors.jsonl)]" in explained(("import", "orders"))
    shown = explained(())
    for name in Settings.model_fields:
        assert f"HUIYUAN_{name.upper()}: " in shown
    assert "[default: sqlite://var/huiyuan.db]" in shown
    assert DEVELOPMENT_SECRET not in shown


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
        (f"sqlite://{PROJECT}/README.md", "verify", "README.md is not a SQLite database."),
        ("sqlite:////proc/none/huiyuan.db", "migrate", "/proc/none cannot be used: No such file or directory."),
        ("sqlite:////proc/none/huiyuan.db", "serve", "/proc/none cannot be used: No such file or directory."),
        ("mysql://127.0.0.1/huiyuan", "serve", "HUIYUAN_DATABASE_URL: "),
        ("postgres://root:secret/word@127.0.0.1/huiyuan", "verify", "In a password, write / as %2F"),
        ("postgres://root@[::1/huiyuan", "demo", "The host or the port cannot be read."),
    ],
)
def test_a_database_that_cannot_be_opened_is_told_in_one_line_without_its_password(
    url: str, command: str, words: str
) -> None:
    told = complaint(url, command)
    assert words in told
    assert "secret" not in told


async def test_a_database_of_a_newer_version_is_left_alone(database_url: str) -> None:
    async with TortoiseContext() as context:
        await context.init(config=Database.parse(database_url).tortoise())
        async with transaction():
            newer = await Aerich.create(version="99_what_is_to_come.py", app="models", content={})
    try:
        for arguments in (("migrate",), ("serve",), ("verify",), ("program", "create", "--code", "SHOP")):
            told = complaint(database_url, *arguments)
            assert "brought up to date by a newer version of Huiyuan (99_what_is_to_come.py)" in told
    finally:  # the tests on PostgreSQL share the table
        async with TortoiseContext() as context:
            await context.init(config=Database.parse(database_url).tortoise())
            assert await models.Program.all().count() == 0
            async with transaction():
                await newer.delete()


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
        key = json.loads(answer(sqlite_shop_url, "key", "create", "--scopes", "all", "--json"))
        assert key["id"] in answer(sqlite_shop_url, "key", "list")
        assert answer(sqlite_shop_url, "key", "revoke", key["id"]).endswith(" is revoked.\n")
        assert answer(sqlite_shop_url, "program", "create", "--code", "OTHER").startswith("prg_")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"PORT": "many"}, "HUIYUAN_PORT: "),
        ({"ENV": "production"}, "HUIYUAN_SECRET_KEY must be set to 32 characters"),
        ({"ENV": "nowhere"}, "HUIYUAN_ENV: "),
        ({"BUS_URL": "carrier://pigeon"}, "HUIYUAN_BUS_URL has the scheme 'carrier'"),
        ({"SECRET_KEY": ""}, "HUIYUAN_SECRET_KEY is too short to sign with: 14 characters are needed"),
        ({"HOST": "nowhere.invalid"}, "The server cannot listen on nowhere.invalid, port 8000: "),
    ],
)
def test_settings_that_cannot_be_served_with_are_told_in_one_line(
    sqlite_url: str, settings: dict[str, str], words: str
) -> None:
    assert words in complaint(sqlite_url, "serve", **settings)


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_in_use_is_told_in_one_line_before_anything_is_done(tmp_path: Path, command: str) -> None:
    path = tmp_path / "huiyuan.db"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = complaint(f"sqlite://{path}", command, "--port", str(port))
    assert told == (
        f"The server cannot listen on 127.0.0.1, port {port}: Address already in use. "
        "Choose another with --host and --port."
    )
    assert not path.exists()


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
        (("a b",), "'a b' is no code: 1 to 64 letters, digits, hyphens and underscores"),
        (("X", "--currency", "XYZ"), "'XYZ' is no ISO 4217 currency; examples: CNY, USD."),
        (("X", "--time-zone", "Mars"), "'Mars' is no time zone of the IANA database; example: Asia/Shanghai."),
        (("X", "--virtual-now", "noon"), "'noon' is no instant of ISO 8601"),
    ):
        assert words in complaint(sqlite_shop_url, *create, *arguments)


def test_asset_create_takes_the_terms_that_asset_list_shows(shop_url: str) -> None:
    create = ("asset", "create", "--program", "SHOP", "--code")
    told = answer(shop_url, *create, "MILES", "--name", "Air miles", "--expiry", "end-of-year+1", "--pending", "day-15")
    assert told == "SHOP has the asset MILES.\n"
    spring = json.loads(
        answer(
            shop_url,
            *(*create, "SPRING", "--kind", "money", "--expiry", "03-31", "--expiry-from", "released"),
            *("--pending", "day-1+2", "--json"),
        )
    )
    assert spring == {
        "code": "SPRING",
        "name": "SPRING",
        "kind": "MONEY",
        "scale": 2,
        "expiry": "03-31",
        "expiryFrom": "RELEASED",
        "pending": "day-1+2",
        "pays": "1.00=1.00",
        "shortfall": "REFUSE",
        "debtLimit": "0.00",
        "graceDays": 30,
        "burnOrder": "BONUS_FIRST",
        "bonusCap": 100,
        "reminderDays": 0,
    }
    use = ("--pays", "50=0.5", "--shortfall", "debt", "--debt-limit", "200", "--grace-days", "7")
    rest = ("--burn-order", "principal_first", "--bonus-cap", "30", "--reminder-days", "14", "--json")
    used = json.loads(answer(shop_url, *create, "USED", *use, *rest))
    assert used == spring | {
        "code": "USED",
        "name": "USED",
        "kind": "POINTS",
        "scale": 0,
        "expiry": "never",
        "expiryFrom": "RECORDED",
        "pending": "none",
        "pays": "50=0.50",
        "shortfall": "DEBT",
        "debtLimit": "200",
        "graceDays": 7,
        "burnOrder": "PRINCIPAL_FIRST",
        "bonusCap": 30,
        "reminderDays": 14,
    }
    for code, terms in (
        ("A", ("--expiry", "90d", "--pending", "14d")),
        ("B", ("--expiry", "12m", "--expiry-from", "OCCURRED", "--kind", "QUALIFYING")),
        ("C", ("--expiry", "end-of-month", "--kind", "pass")),
        ("D", ("--expiry", "end-of-quarter+2", "--scale", "3")),
        ("E", ("--expiry", "2099-12-31")),
        ("F", ("--expiry", "02-29")),
    ):
        answer(shop_url, *create, code, *terms)
    listed = json.loads(answer(shop_url, "asset", "list", "--program", "SHOP", "--json"))["assets"]
    assert [(*tuple(asset.values())[2:7], asset["code"]) for asset in listed if asset != used] == [
        ("POINTS", 0, "90d", "RECORDED", "14d", "A"),
        ("QUALIFYING", 2, "12m", "OCCURRED", "none", "B"),
        ("PASS", 0, "end-of-month", "RECORDED", "none", "C"),
        ("POINTS", 3, "end-of-quarter+2", "RECORDED", "none", "D"),
        ("POINTS", 0, "2099-12-31", "RECORDED", "none", "E"),
        ("POINTS", 0, "02-29", "RECORDED", "none", "F"),
        ("POINTS", 0, "end-of-year+1", "RECORDED", "day-15", "MILES"),
        ("POINTS", 0, "never", "RECORDED", "none", "POINTS"),
        ("MONEY", 2, "03-31", "RELEASED", "day-1+2", "SPRING"),
        ("QUALIFYING", 2, "never", "OCCURRED", "none", "TIER"),
        ("MONEY", 2, "never", "RECORDED", "none", "VALUE"),
    ]
    assert spring in listed
    shown = answer(shop_url, "asset", "list", "--program", "SHOP").splitlines()
    assert shown[0].split() == ["CODE", "KIND", "SCALE", "EXPIRES", "FROM", "PENDING", "NAME"]
    assert shown[7].split() == ["MILES", "POINTS", "0", "end-of-year+1", "RECORDED", "day-15", "Air", "miles"]
    assert len(shown) == 13


def test_asset_create_refuses_what_makes_no_asset(sqlite_shop_url: str) -> None:
    create = ("asset", "create", "--program", "SHOP", "--code")
    before = answer(sqlite_shop_url, "asset", "list", "--program", "SHOP", "--json")
    for arguments, words in (
        (("POINTS",), "The program SHOP has an asset 'POINTS' already."),
        (("a b",), "'a b' is no code: 1 to 64 letters, digits, hyphens and underscores"),
        (("X", "--name", " "), "`name` must not be empty."),
        (("X", "--scale", "9"), "`scale` is 9; 0 to 8 is allowed."),
        (("X", "--kind", "money", "--scale", "3"), "Money has the 2 decimals of USD, not 3."),
        (("X", "--expiry", "soon"), "'soon' is no expiry; examples: never, 90d, 12m, end-of-month"),
        (("X", "--expiry", "02-30"), "'02-30' is no day of the calendar."),
        (("X", "--expiry", "2027-02-29"), "'2027-02-29' is no day of the calendar."),
        (("X", "--expiry", "2020-01-01"), "X expired for good at the end of 2020-01-01: choose a day to come."),
        (("X", "--expiry", "0d"), "`expiryLength` is 0; 1 to 36500 is allowed."),
        (("X", "--expiry", "end-of-year+36501"), "`expiryLength` is 36501; 0 to 36500 is allowed."),
        (("X", "--pending", "15"), "'15' is no pending time; examples: none, 14d, day-15, day-15+2."),
        (("X", "--pending", "0d"), "'0d' is no pending time: the number must not be 0; none is at once."),
        (("X", "--pending", "day-32"), "`pendingDay` is 32; 1 to 31 is allowed."),
        (("X", "--expiry", "10d", "--pending", "10d"), "too late to be spent. Count the expiry from the release."),
    ):
        assert words in complaint(sqlite_shop_url, *create, *arguments)
    assert answer(sqlite_shop_url, "asset", "list", "--program", "SHOP", "--json") == before
    assert complaint(sqlite_shop_url, "asset", "list", "--program", "X") == "There is no program 'X'; there is SHOP."


def test_asset_topup_sets_shows_and_clears_a_ladder(shop_url: str) -> None:
    topup = ("asset", "topup", "--program", "SHOP")
    assert answer(shop_url, *topup) == "Top-ups of VALUE get no bonus.\n"
    shown = answer(shop_url, *topup, "--step", "1000=12.5%", "--step", "500=50")
    assert shown.splitlines() == ["PAID IN  BONUS", "500.00   50.00", "1000.00  12.5%"]
    assert answer(shop_url, *topup) == shown
    steps = [{"threshold": "500.00", "bonus": "50.00"}, {"threshold": "1000.00", "bonus": "12.5%"}]
    assert json.loads(answer(shop_url, *topup, "--json")) == {"asset": "VALUE", "steps": steps}
    for more, told in (
        (("--step", "500"), "'500' is no step; examples: 500=50, 1000=12.5%."),
        (("--step", "500=many"), "'many' is no number."),
        (("--step", "500=0"), "Threshold and bonus of a step must be more than 0."),
        (("--step", "1=1", "--clear"), "Either name steps or clear the ladder."),
        (("--asset", "POINTS", "--step", "1=1"), "POINTS is not money and cannot be paid in."),
        (("--asset", "X"), "The program SHOP has no asset 'X'."),
    ):
        assert complaint(shop_url, *topup, *more) == told
    assert answer(shop_url, *topup) == shown
    assert answer(shop_url, *topup, "--clear") == "Top-ups of VALUE get no bonus.\n"


def test_asset_convert_sets_lists_and_removes_rates(shop_url: str) -> None:
    convert = ("asset", "convert", "--program", "SHOP")
    ways = ("--from", "POINTS", "--to", "VALUE")
    assert answer(shop_url, *convert) == "In SHOP nothing is converted.\n"
    assert answer(shop_url, *convert, *ways, "--rate", "100=1.00").splitlines()[1:] == ["POINTS  VALUE  100=1.00  1"]
    shown = answer(shop_url, *convert, *ways, "--rate", "100=1.00", "--step", "500")
    assert shown.splitlines() == ["FROM    TO     RATE      STEP", "POINTS  VALUE  100=1.00  500"]
    listed = {"from": "POINTS", "to": "VALUE", "rate": "100=1.00", "step": "500"}
    assert json.loads(answer(shop_url, *convert, "--json")) == {"conversions": [listed]}
    usage = "Name --from and --to with either --rate or --remove; or none of them, to list."
    for more, told in (
        (ways, usage),
        (ways[:2], usage),
        (("--rate", "1=1"), usage),
        (("--remove",), usage),
        ((*ways, "--rate", "1=1", "--remove"), usage),
        (("--step", "5"), "A step goes with a rate."),
        ((*ways, "--rate", "many"), "'many' is no worth; an example: 100=1.00."),
        ((*ways, "--rate", "3=0.02", "--step", "4"), "A step is a multiple of 3: less gives no whole VALUE."),
        (("--from", "POINTS", "--to", "X", "--rate", "1=1"), "The program SHOP has no asset 'X'."),
        (("--from", "VALUE", "--to", "POINTS", "--remove"), "VALUE is not converted into POINTS."),
    ):
        assert complaint(shop_url, *convert, *more) == told
    assert answer(shop_url, *convert) == shown
    assert answer(shop_url, *convert, *ways, "--remove") == "In SHOP nothing is converted.\n"


async def test_a_running_server_knows_a_new_asset_at_once(shop_url: str) -> None:
    (key,) = await made_keys(shop_url, "desk")
    terms = "expiry { policy length month day endsOn countedFrom } pending { days months day }"
    with serving(shop_url) as address, httpx.Client(headers={"authorization": f"Bearer {key.key}"}) as client:

        def asked(query: str, **variables: Any) -> Any:
            body = {"query": query, "variables": variables}
            found = client.post(f"{address}/graphql", json=body).json()
            assert "errors" not in found, found
            return found["data"]

        def assets() -> dict[str, Any]:
            found = asked(f"{{ program {{ assets {{ code {terms} }} }} }}")["program"]["assets"]
            return {asset.pop("code"): asset for asset in found}

        assert list(assets()) == ["POINTS", "TIER", "VALUE"]
        create = ("asset", "create", "--program", "SHOP", "--code")
        answer(shop_url, *create, "MILES", "--expiry", "03-31")
        answer(shop_url, *create, "PARTY", "--expiry", "2099-12-31", "--pending", "day-15+2")
        answer(shop_url, *create, "STAMPS", "--expiry", "end-of-month", "--expiry-from", "released", "--pending", "3d")
        blank = {"length": None, "month": None, "day": None, "endsOn": None, "countedFrom": "RECORDED"}
        found = assets()
        assert found["MILES"] == {"expiry": blank | {"policy": "YEARLY", "month": 3, "day": 31}, "pending": None}
        assert found["PARTY"] == {
            "expiry": blank | {"policy": "FIXED_DATE", "endsOn": "2099-12-31"},
            "pending": {"days": None, "months": 2, "day": 15},
        }
        assert found["STAMPS"] == {
            "expiry": blank | {"policy": "END_OF_MONTH", "length": 0, "countedFrom": "RELEASED"},
            "pending": {"days": 3, "months": None, "day": None},
        }
        assert found["POINTS"] == {"expiry": blank | {"policy": "NONE"}, "pending": None}
        enrolled = asked('mutation { memberEnroll(input: {idempotencyKey: "a", name: "Li Lei"}) { member { id } } }')[
            "memberEnroll"
        ]["member"]["id"]
        adjusted = asked(
            'mutation($member: ID!) { balanceAdjust(input: {idempotencyKey: "b", member: {id: $member}, '
            'asset: "MILES", amount: "5", reason: "a gift"}) { userErrors { __typename } '
            'member { balance(asset: "MILES") { available nextExpiry { amount at } } } } }',
            member=enrolled,
        )["balanceAdjust"]
        assert adjusted["userErrors"] == []
        balance = adjusted["member"]["balance"]
        assert (balance["available"], balance["nextExpiry"]["amount"]) == ("5", "5")
        assert balance["nextExpiry"]["at"][4:] == "-04-01T04:00:00.000Z"  # New York's midnight, in summer time


async def test_key_create_prints_the_key_once_and_it_opens_its_program(shop_url: str) -> None:
    printed = answer(shop_url, "key", "create", "--program", "SHOP", "--scopes", "all")
    record = json.loads(
        answer(shop_url, "key", "create", "--scopes", "orders:write, members:read", "--name", "till 3", "--json")
    )
    assert list(record) == ["id", "key"]
    assert record["key"].startswith(record["id"] + "_")
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
    told = complaint(sqlite_shop_url, "key", "create", "--scopes", "all")
    assert told == "Name the program with --program CODE; there are OTHER, SHOP."
    told = complaint(sqlite_shop_url, "key", "create", "--scopes", "all", "--program", "X")
    assert told == "There is no program 'X'; there are OTHER, SHOP."


def test_without_any_program_a_command_says_how_to_make_one(sqlite_url: str) -> None:
    for arguments in (("key", "create", "--scopes", "all"), ("member", "token", "--member", "1")):
        assert complaint(sqlite_url, *arguments) == (
            "There is no program yet: `huiyuan program create --code CODE` makes one."
        )
    assert complaint(sqlite_url, "verify", "--program", "X") == (
        "There is no program 'X'; there is none yet: `huiyuan program create --code CODE` makes one."
    )


async def made_keys(url: str, *names: str) -> list[NewKey]:
    async with TortoiseContext() as context:
        await context.init(config=Database.parse(url).tortoise())
        program = await models.Program.get(code="SHOP")
        start = datetime.now(UTC) - timedelta(hours=1)
        return [
            await create_key(program.id, name=name, scopes=ALL_SCOPES, now=start + timedelta(minutes=number))
            for number, name in enumerate(names)
        ]


def listed(url: str, *arguments: str) -> list[dict[str, Any]]:
    keys: list[dict[str, Any]] = json.loads(answer(url, "key", "list", "--json", *arguments))["keys"]
    return keys


async def test_key_list_shows_what_is_good_and_with_all_what_has_ended(shop_url: str) -> None:
    assert answer(shop_url, "key", "list") == "There is no key that is good; --all lists the others.\n"
    till, web, old = await made_keys(shop_url, "till 3", "收银台", "old")
    async with TortoiseContext() as context:
        await context.init(config=Database.parse(shop_url).tortoise())
        async with transaction():
            await models.ApiKey.filter(id=web.id).update(scopes=["orders:read", "orders:write"])
            await models.ApiKey.filter(id=old.id).update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
        made = (await models.ApiKey.get(id=till.id)).created_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    good = listed(shop_url)
    assert [row["name"] for row in good] == ["收银台", "till 3"]
    assert good[1] == {
        "id": f"hy_{till.id.hex}",
        "program": "SHOP",
        "name": "till 3",
        "state": "good",
        "scopes": sorted(ALL_SCOPES),
        "createdAt": made,
        "expiresAt": None,
        "revokedAt": None,
    }
    answer(shop_url, "key", "revoke", f"hy_{till.id.hex}")
    assert [row["name"] for row in listed(shop_url, "--program", "SHOP")] == ["收银台"]
    assert [(row["name"], row["state"]) for row in listed(shop_url, "--all")] == [
        ("old", "expired"),
        ("收银台", "good"),
        ("till 3", "revoked"),
    ]
    printed = answer(shop_url, "key", "list", "--all")
    lines = printed.splitlines()
    assert lines[0].split() == ["ID", "PROGRAM", "NAME", "MADE", "STATE", "SCOPES"]
    assert lines[2].split()[2:] == ["收银台", good[0]["createdAt"], "good", "orders:read,orders:write"]
    assert lines[2].index("good") + 3 == lines[3].index("revoked"), "each of the three characters is two columns wide"
    for key in (till, web, old):
        assert key.key.rpartition("_")[2] not in printed
    answer(shop_url, "program", "create", "--code", "OTHER")
    assert listed(shop_url, "--program", "OTHER", "--all") == []
    assert "There is no program 'X'" in complaint(shop_url, "key", "list", "--program", "X")


async def test_key_revoke_takes_the_id_its_beginning_or_the_key_and_is_safe_to_repeat(shop_url: str) -> None:
    first, second, third, fourth = await made_keys(shop_url, "first", "second", "third", "fourth")
    begin = f"hy_{second.id.hex[:30]}"  # the keys were made within a second, and share many digits
    assert answer(shop_url, "key", "revoke", f"hy_{first.id.hex}") == (f"hy_{first.id.hex} (first, SHOP) is revoked.\n")
    told = json.loads(answer(shop_url, "key", "revoke", begin.upper(), "--program", "SHOP", "--json"))
    assert (told["id"], told["state"]) == (f"hy_{second.id.hex}", "revoked")
    printed = answer(shop_url, "key", "revoke", third.key)
    assert printed == f"hy_{third.id.hex} (third, SHOP) is revoked.\n"
    again = answer(shop_url, "key", "revoke", second.id.hex)
    assert again == f"hy_{second.id.hex} (second, SHOP) was revoked already, at {told['revokedAt']}.\n"
    assert json.loads(answer(shop_url, "key", "revoke", second.id.hex, "--json")) == told
    assert [row["name"] for row in listed(shop_url)] == ["fourth"]
    async with TortoiseContext() as context:
        await context.init(config=Database.parse(shop_url).tortoise())
        credentials = Credentials("x" * 40)
        for key in (first, second, third):
            with pytest.raises(BadCredentialError):
                await credentials.actor(f"Bearer {key.key}")
        assert (await credentials.actor(f"Bearer {fourth.key}")).scopes == ALL_SCOPES


async def test_key_revoke_refuses_what_names_no_key_or_several(shop_url: str) -> None:
    (first,) = await made_keys(shop_url, "first")
    async with TortoiseContext() as context:
        await context.init(config=Database.parse(shop_url).tortoise())
        twin = await models.ApiKey.get(id=first.id)
        async with transaction():
            await twin.clone(pk=UUID(int=first.id.int ^ 1)).save()
    answer(shop_url, "program", "create", "--code", "OTHER")
    shared = first.id.hex[:31]
    secret = "a" * 32
    for arguments, words in (
        ((shared,), f"Several keys begin with hy_{shared}; name more of the id."),
        (
            (first.id.hex[:7],),
            "A key is named by its id, hy_ and 32 hexadecimal digits, or the first 8 of them or",
        ),
        (("",), "A key is named by its id"),
        (("hy_%",), "A key is named by its id"),
        ((f"{first.id.hex}0",), "A key is named by its id"),
        ((f"hy_{'0' * 32}_{secret}",), f"There is no key hy_{'0' * 32}."),
        ((first.id.hex, "--program", "OTHER"), f"There is no key hy_{first.id.hex} of the program OTHER."),
        ((first.id.hex, "--program", "X"), "There is no program 'X'; there are OTHER, SHOP."),
    ):
        told = complaint(shop_url, "key", "revoke", *arguments)
        assert told.startswith(words)
        assert secret not in told
    assert len(listed(shop_url)) == 2


async def test_a_running_server_refuses_a_revoked_key_within_a_second(shop_url: str) -> None:
    revoked, other = await made_keys(shop_url, "revoked", "other")

    def asked(address: str, key: NewKey) -> int:
        body = {"query": "{ program { code } }"}
        return httpx.post(f"{address}/graphql", json=body, headers={"authorization": f"Bearer {key.key}"}).status_code

    with serving(shop_url) as address:
        assert (asked(address, revoked), asked(address, other)) == (200, 200)
        answer(shop_url, "key", "revoke", revoked.key)
        await asyncio.sleep(CACHE_SECONDS)
        assert (asked(address, revoked), asked(address, other)) == (401, 200)


async def test_a_member_token_is_the_members_and_for_development_only(shop_url: str, tmp_path: Path) -> None:
    rows = tmp_path / "rows"
    rows.write_text("00004 0001 19970101 2 29.33\n")
    answer(shop_url, "import", "orders", str(rows), "--program", "SHOP", "--format", "cdnow")
    database = Database.parse(shop_url)
    secret = "q8Zk1vT0mX4rB7nJ2pW6sY9dF3hL5cGa"
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
        ("sku,name\nTEA,\n", f"{file}: The header lacks the column category"),
        ("", f"{file}: The file is empty"),
        ("sku,name,category\nTEA\udcff,,\n", f"{file}, line 2: The line is not UTF-8: its byte 4 is 0xff."),
        ("\udcff\udcfes\0k\0u\0", f"{file}: The header cannot be read. The line is not UTF-8"),
    ):
        file.write_text(content, errors="surrogateescape")
        assert words in complaint(sqlite_shop_url, *command)
    file.write_text("sku,name,category\nTEA,,\n")
    assert json.loads(answer(sqlite_shop_url, *command, "--json")) == {"items": 1, "new": 1}


@pytest.mark.parametrize(
    "command",
    [("program", "items", "--program", "SHOP"), ("import", "orders", "--format", "csv")],
    ids=["items", "orders"],
)
def test_a_file_that_cannot_be_read_is_told_in_plain_words(
    sqlite_shop_url: str, tmp_path: Path, command: tuple[str, ...]
) -> None:
    assert complaint(sqlite_shop_url, *command, "/none/x.csv") == "There is no file /none/x.csv."
    assert complaint(sqlite_shop_url, *command, str(tmp_path)) == f"{tmp_path} is a directory; name a file."
    odd = tmp_path / "odd.csv"
    odd.write_bytes("sku,name,category\n".encode("utf-16"))
    told = complaint(sqlite_shop_url, *command, str(odd))
    assert told == f"{odd}: The header cannot be read. The line is not UTF-8: its byte 1 is 0xff."


def test_a_file_of_somebody_else_is_told_in_plain_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, folder = Path("mine.csv"), Path("folder")
    monkeypatch.chdir(tmp_path)  # the way here is root's own where root tests
    tmp_path.chmod(0o755)
    file.touch(0)
    folder.mkdir()
    (folder / "hidden.csv").touch()
    folder.chmod(0)
    with unprivileged():
        for path in (file, folder / "hidden.csv"):
            with pytest.raises(CommandError, match=f"The file {path} may not be read by this user."):
                readable(path)
        for path in (file, folder / "new"):
            with pytest.raises(CommandError, match=f"--errors: {path} may not be written by this user."):
                writable(path, option="--errors")
    folder.chmod(0o700)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Give up root's right to read and write everything, where root tests."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(was)


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
    orders = ("import", "orders", str(file), *rest, "SHOP", "--errors")
    assert complaint(sqlite_shop_url, *orders, "/none/x") == "--errors: there is no directory /none."
    assert complaint(sqlite_shop_url, *orders, str(tmp_path)) == f"--errors: {tmp_path} is a directory; name a file."
    same = tmp_path / "same"
    same.symlink_to(file)
    told = complaint(sqlite_shop_url, *orders, str(same))
    assert told == f"--errors: {same} is the file that is imported; it would be overwritten."
    assert file.read_text() == "00004 0001 19970101 2\n"
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


async def with_points(url: str, amount: int) -> None:
    """Give a new member of SHOP points."""
    database = Database.parse(url)
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        async with engine(database) as house:
            program = await models.Program.get(code="SHOP")
            shop = World(house, program, Actor(ActorKind.API_KEY, program.id, None, "key:x", ALL_SCOPES))
            await shop.give(await shop.enrol(), str(amount))


def test_what_is_owed_is_reported_in_three_forms(shop_url: str) -> None:
    asyncio.run(with_points(shop_url, 250))
    report = json.loads(answer(shop_url, "report", "liability", "--program", "SHOP", "--json"))
    (cell,) = report["cells"]
    assert (cell["amount"], cell["expires"]) == ("250", "NEVER")
    assert [report[name] for name in ("asset", "outstanding", "debt", "ledger", "difference")] == (
        ["POINTS", "250", "0", "250", "0"]
    )
    table = answer(shop_url, "report", "liability", "--csv")
    assert table == f"issued,expires,amount\n{cell['issued']},NEVER,250\n"
    assert re.search(r"difference +0\n", answer(shop_url, "report", "liability"))
    before = json.loads(answer(shop_url, "report", "liability", "--on", "2026-01-31", "--json"))
    assert (before["cells"], before["outstanding"], before["difference"]) == ([], "0", "0")
    assert "has not begun" in complaint(shop_url, "report", "liability", "--on", "2999-01-01")
    assert complaint(shop_url, "report", "liability", "--asset", "X") == "The program SHOP has no asset 'X'."
    assert complaint(shop_url, "report", "liability", "--csv", "--json") == "Choose one of --json and --csv."
