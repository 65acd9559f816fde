"""The `huiyuan` command as a process, and a program to run it on."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tortoise.context import TortoiseContext

from services import programs
from services.database.config import Database
from services.templates import Template

PROJECT = Path(__file__).resolve().parents[2]


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


async def with_shop(url: str) -> str:
    async with TortoiseContext() as context:
        await context.init(config=Database.parse(url).tortoise())
        await programs.create(
            code="SHOP", name="Shop", currency="USD", time_zone="America/New_York", template=Template.BARE
        )
    return url
