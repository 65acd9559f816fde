"""`huiyuan report …`."""

import csv as csv_file
import io
from datetime import datetime
from typing import Annotated

import typer

from app.cli.database import named, rows
from app.cli.output import CommandError, Json, OnlyProgramCode, complain, run, write, write_json
from app.settings import settings
from services import programs
from services.liability import Liability
from services.liability import liability as reported
from services.reading import OrmSession
from services.snapshots import Snapshots

app = typer.Typer(name="report", help="Reports.", no_args_is_help=True)
NEVER = "NEVER"


@app.callback()
def report() -> None:
    """Reports."""  # with one command only, Typer would leave out its name


@app.command()
def liability(
    asset: Annotated[str, typer.Option(metavar="CODE", help="Code of the asset.")] = "POINTS",
    on: Annotated[
        datetime | None,
        typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="At the end of which day; as of now if left out."),
    ] = None,
    program: OnlyProgramCode = None,
    *,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Answer with the cells as CSV on standard output.")] = False,
) -> None:
    """Print what the program owes its members of an asset, by month of issue and month of expiry.

    It is computed from the lots and from the ledger lines; the exit status is 1 when the two differ. Nothing is locked
    or written, so it is safe at any time beside a server.
    """
    if json and csv:
        raise CommandError("Choose one of --json and --csv.")
    database = named(settings())

    async def work() -> Liability:
        async with rows(database):
            reads = OrmSession(database.dialect)
            owner = await Snapshots().load(reads, (await programs.only_or_by_code(program)).id)
            found = owner.asset(asset)
            if found is None:
                raise CommandError(f"The program {owner.code} has no asset {asset!r}.")
            return await reported(reads, owner, found, on.date() if on else None)

    found = run(work())
    if json:
        write_json(record(found))
    elif csv:
        write(table(found))
    else:
        write(text(found))
    if found.difference:
        complain(f"The ledger says {found.asset.spelled(found.difference)} more than lots and debts.")
        raise typer.Exit(1)


def cells(found: Liability) -> list[tuple[str, str, str]]:
    """Return month of issue, month of expiry and amount of each cell."""
    return [
        (f"{issued:%Y-%m}", f"{expires:%Y-%m}" if expires else NEVER, found.asset.spelled(amount))
        for (issued, expires), amount in found.cells.items()
    ]


def sums(found: Liability) -> dict[str, str]:
    """Return the sums of a report by their names."""
    names = ("outstanding", "debt", "ledger", "difference")
    return {name: found.asset.spelled(getattr(found, name)) for name in names}


def record(found: Liability) -> dict[str, object]:
    """Return a report as JSON says it."""
    facts: dict[str, object] = {
        "asset": found.asset.code,
        "on": found.on.isoformat(),
        "at": found.at.isoformat(),
        "cells": [dict(zip(("issued", "expires", "amount"), cell, strict=True)) for cell in cells(found)],
    }
    return {**facts, **sums(found)}


def table(found: Liability) -> str:
    """Return the cells as CSV, with the debt as a line of its own."""
    made = io.StringIO()
    writer = csv_file.writer(made, lineterminator="\n")
    writer.writerow(("issued", "expires", "amount"))
    writer.writerows(cells(found))
    if found.debt:
        writer.writerow(("DEBT", "", found.asset.spelled(found.debt)))
    return made.getvalue().rstrip("\n")


def text(found: Liability) -> str:
    """Return a report for people: a line for each month of issue, then the sums."""
    lines = [f"{found.asset.code} outstanding at the end of {found.on}, by month of issue and of expiry:"]
    lines += [f"  {issued}  {expires:7}  {amount:>20}" for issued, expires, amount in cells(found)]
    lines += [f"  {name:16}  {amount:>20}" for name, amount in sums(found).items()]
    return "\n".join(lines)
