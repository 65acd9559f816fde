"""What commands share: running a coroutine, and writing answers and errors."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Annotated, Any, TypeVar

import orjson
import typer
import uvloop
from rich.cells import cell_len
from rich.console import Console

from app.settings import SECRET_LENGTH_MIN, Settings

T = TypeVar("T")

SIGNING_BYTES_MIN = 14
"""112 bits: of a shorter secret the library that signs warns each time, and an empty one it does not take."""

STDERR = Console(stderr=True, highlight=False)

Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON object on standard output.")]
ProgramCode = Annotated[str, typer.Option("--program", metavar="CODE", help="Code of the program.")]
AnyProgramCode = Annotated[
    str | None, typer.Option("--program", metavar="CODE", help="Code of the program; all of them when it is left out.")
]
OnlyProgramCode = Annotated[
    str | None,
    typer.Option("--program", metavar="CODE", help="Code of the program; not needed while there is only one."),
]


class CommandError(Exception):
    """The command cannot be carried out; the message says why."""


def signing_secret(chosen: Settings) -> str:
    """Return what tokens are signed with. Raises `CommandError` for a secret that nobody should sign with."""
    if len(chosen.secret_key.encode()) < SIGNING_BYTES_MIN:
        raise CommandError(
            f"HUIYUAN_SECRET_KEY is too short to sign with: {SIGNING_BYTES_MIN} characters are needed, in production "
            f"{SECRET_LENGTH_MIN}. Leave it out for the development secret."
        )
    return chosen.secret_key


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end on an event loop of its own."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def write(text: str) -> None:
    """Write a line to standard output: the answer, and nothing else."""
    sys.stdout.write(f"{text}\n")


def table(lines: list[tuple[str, ...]]) -> str:
    """Return columns side by side, by the width that characters have on a terminal; the last is as long as it is."""
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    padded = (
        [cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)] for line in lines
    )
    return "\n".join("  ".join(line).rstrip() for line in padded)


def write_json(record: dict[str, Any]) -> None:
    """Write a JSON object as one line to standard output."""
    write(orjson.dumps(record).decode())


def fault(error: OSError) -> str:
    """Return what the system refused, by its words and not by its numbers."""
    words = error.strerror or str(error) or type(error).__name__
    return f"{words}." if error.filename is None else f"{error.filename} cannot be used: {words}."


def complain(text: str) -> None:
    """Write an error as one line to standard error."""
    sys.stderr.write(f"huiyuan: {' '.join(text.split())}\n")
