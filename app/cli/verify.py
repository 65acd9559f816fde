"""`huiyuan verify`."""

import re
from contextlib import nullcontext
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from app.cli.database import named, rows
from app.cli.output import STDERR, AnyProgramCode, Json, complain, run, write, write_json
from app.settings import settings
from services import programs
from services.verify import Report
from services.verify import verify as verified

HASH = re.compile("[0-9a-f]{64}")


def hash_of(text: str) -> bytes:
    """Return the hash that 64 hexadecimal digits spell."""
    if not HASH.fullmatch(text.lower()):
        raise typer.BadParameter("A hash is 64 hexadecimal digits.")
    return bytes.fromhex(text)


def verify(
    program: AnyProgramCode = None,
    *,
    head: Annotated[
        list[bytes] | None,
        typer.Option(
            metavar="HASH", parser=hash_of, help="A hash that `huiyuan seal` printed: is it still in the chain?"
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Compute every rule of the ledger again from its rows, and tell each row that breaks one.

    Nothing is locked or written, so it is safe at any time beside a server. The exit status is 1 when there are
    findings.
    """
    database = named(settings())

    async def work(bar: Progress | None) -> Report:
        tasks: dict[str, TaskID] = {}

        def show(check: str, done: int, total: int) -> None:
            if bar:
                if check not in tasks:
                    tasks[check] = bar.add_task(check, total=total)
                bar.update(tasks[check], completed=done)

        async with rows(database):
            program_id = None if program is None else (await programs.by_code(program)).id
        return await verified(database, program_id=program_id, heads=head or (), progress=show)

    with progress() if STDERR.is_terminal else nullcontext() as shown:
        report = run(work(shown))
    if json:
        write_json(
            {
                "clean": report.clean,
                "checked": report.checked,
                "findings": [
                    {"check": found.check, "table": found.table, "key": found.key, "message": found.message}
                    for found in report.findings
                ],
            }
        )
    else:
        for found in report.findings:
            write(str(found))
        if report.clean:
            write(f"Every rule holds: {len(report.checked)} checks of {sum(report.checked.values()):,} rows in all.")
    if not report.clean:
        complain(f"{len(report.findings):,} rows break a rule.")
        raise typer.Exit(1)


def progress() -> Progress:
    """Return a bar for each check."""
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=STDERR, transient=True)
