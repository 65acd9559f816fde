"""`huiyuan import …`."""

import sqlite3
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from tortoise.exceptions import BaseORMException

from app.cli.database import engine, named
from app.cli.files import readable, writable
from app.cli.output import STDERR, CommandError, Json, OnlyProgramCode, complain, run, write, write_json
from app.opening import collect_seldom, reason
from app.settings import settings
from domain.refusals import InvalidInput
from services import importing, programs
from services.importing import Report
from services.order_files.reader import Format
from services.writer.writer import Overloaded

LOST = (Overloaded, BaseORMException, asyncpg.PostgresError, asyncpg.InterfaceError, sqlite3.OperationalError)
"""What a database raises that goes away in the middle."""

app = typer.Typer(name="import", help="Bring in what other systems recorded.", no_args_is_help=True)


@app.callback()
def imports() -> None:
    """Bring in what other systems recorded."""  # with one command only, Typer would leave out its name


@app.command()
def orders(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file; read as a stream, so it may be of any size.")],
    format: Annotated[
        Format,
        typer.Option(
            help="What the file holds.\n\n- cdnow: `master_id sample_id yyyymmdd cds dollars`\n"
            "- csv: a header, then a row for each order line\n"
            "- jsonl: an order on each line, as the API takes it",
        ),
    ],
    program: OnlyProgramCode = None,
    errors: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH", help="Where refused orders are told, as JSON lines.", show_default="FILE.errors.jsonl"
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Import orders. Each is evaluated and committed by itself; members that are not known are enrolled.

    An order that is refused, or a row that cannot be read, is told in the error file, and the others go on; the exit
    status is then 1. It is safe to import a file twice, or again after it was interrupted: what is there already with
    the same content is left as it is.
    """
    readable(file)
    if errors and writable(errors, option="--errors").exists() and errors.samefile(file):
        raise CommandError(f"--errors: {errors} is the file that is imported; it would be overwritten.")

    async def work(bar: Progress | None) -> Report:
        async with engine(named(settings())) as opened:
            row = await programs.only_or_by_code(program)
            owner = await opened.program(row.id)
            collect_seldom()
            task = bar.add_task("", total=file.stat().st_size or None, report="") if bar else None

            def show(report: Report, position_bytes: int) -> None:
                if bar and task is not None:
                    bar.update(task, completed=position_bytes, report=f"{report.orders:,} orders")

            return await importing.import_file(opened, owner, file, format, errors=errors, progress=show)

    try:
        with progress() if STDERR.is_terminal else nullcontext() as shown:
            report = run(work(shown))
    except InvalidInput as refusal:  # of the header; what is wrong further down is told in the error file
        raise CommandError(f"{file}: {refusal.message}") from None
    except LOST as error:
        raise CommandError(f"The import stopped: {reason(error)}. Run it again: it goes on from there.") from None
    if json:
        write_json(report.record())
    else:
        write(spelled(report))
    if report.refused:
        complain(f"{report.refused:,} of {report.orders:,} orders were refused; see {report.errors}.")
        raise typer.Exit(1)


def progress() -> Progress:
    """Return a bar that tells how much of the file was read."""
    return Progress(
        TextColumn("{task.fields[report]}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=STDERR,
        transient=True,
    )


def spelled(report: Report) -> str:
    """Return a report as people read it."""
    return (
        f"orders imported       {report.imported:>12,}\n"
        f"orders already there  {report.already_there:>12,}\n"
        f"orders refused        {report.refused:>12,}\n"
        f"members enrolled      {report.members_enrolled:>12,}\n"
        f"seconds               {report.seconds:>12,.1f}\n"
        f"orders per second     {report.orders_per_second:>12,.0f}"
    )
