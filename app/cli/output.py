"""What commands share: running a coroutine, and writing answers and errors."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Annotated, Any, TypeVar

import orjson
import typer
import uvloop
from rich.console import Console

T = TypeVar("T")

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


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end on an event loop of its own."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def write(text: str) -> None:
    """Write a line to standard output: the answer, and nothing else."""
    sys.stdout.write(f"{text}\n")


def write_json(record: dict[str, Any]) -> None:
    """Write a JSON object as one line to standard output."""
    write(orjson.dumps(record).decode())


def complain(text: str) -> None:
    """Write an error as one line to standard error."""
    sys.stderr.write(f"huiyuan: {' '.join(text.split())}\n")
