"""`huiyuan program …`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.cli.database import named, rows
from app.cli.files import readable
from app.cli.output import CommandError, Json, ProgramCode, run, write, write_json
from app.settings import settings
from domain.refusals import InvalidInput
from services import programs
from services.order_files.csv_rows import cells, header
from services.order_files.lines import Lines, MalformedRow
from services.templates import Template

app = typer.Typer(name="program", help="Make a program; list its items; change its set-up.", no_args_is_help=True)

ITEM_COLUMNS = ("sku", "name", "category")
ITEMS_MAX = 1_000_000


@app.command()
def create(
    *,
    code: Annotated[
        str,
        typer.Option(
            metavar="CODE", help="Code by which commands name the program: letters, digits, hyphens and underscores."
        ),
    ],
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name that people read.", show_default="the code")
    ] = None,
    currency: Annotated[
        str, typer.Option(metavar="CODE", help="ISO 4217 code of the money that orders are in.")
    ] = "CNY",
    time_zone: Annotated[
        str, typer.Option(metavar="ZONE", help="IANA time zone in which days are counted.")
    ] = "Asia/Shanghai",
    template: Annotated[
        Template,
        typer.Option(
            help="What the program starts with.\n\n- bare: one point per unit of money, one tier\n"
            "- standard: four tiers by the spend of twelve months, which multiply points\n"
            "- demo: the set-up of `huiyuan demo`",
        ),
    ] = Template.STANDARD,
    virtual_now: Annotated[
        str | None,
        typer.Option(metavar="ISO", help="Make a sandbox whose clock stands at this instant until it is set."),
    ] = None,
    json: Json = False,
) -> None:
    """Make a program from a template and print its id."""
    from schema import ids  # noqa: PLC0415  (the contract takes half a second to import)

    clock = None if virtual_now is None else instant(virtual_now)

    async def work() -> str:
        async with rows(named(settings())):
            made = await programs.create(
                code=code,
                name=code if name is None else name,
                currency=currency,
                time_zone=time_zone,
                template=template,
                virtual_now=clock,
            )
            return ids.encode(ids.PROGRAM, made.id)

    id = run(work())
    if json:
        write_json({"id": id, "code": code})
    else:
        write(id)


@app.command()
def items(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV file with the header sku,name,category.")],
    program: ProgramCode,
    json: Json = False,
) -> None:
    """List the items that a program sells; from then on, orders with any other SKU are refused.

    Items that are listed already stay as they are. A row that is wrong refuses the whole file.
    """
    found, numbers = read_items(file)

    async def work() -> int:
        async with rows(named(settings())):
            owner = await programs.by_code(program)
            return await programs.list_items(owner.id, found)

    try:
        new = run(work())
    except InvalidInput as refusal:
        line = numbers[int(refusal.field[0])]
        raise CommandError(f"{file}, line {line}: {refusal.message}") from None
    if json:
        write_json({"items": len(found), "new": new})
    else:
        write(f"{len(found)} items, {new} of them new.")


Item = tuple[str, str | None, str | None]


def read_items(file: Path) -> tuple[list[Item], list[int]]:
    """Return the items of a CSV file and the numbers of their lines. Raises `CommandError` naming the line at fault."""
    found: list[Item] = []
    numbers: list[int] = []
    with readable(file).open("rb") as opened:
        lines = iter(Lines(opened))
        try:
            columns = header(next(lines, None), ITEM_COLUMNS)
        except InvalidInput as refusal:
            raise CommandError(f"{file}: {refusal.message}") from None
        for line in lines:
            try:
                row = dict(zip(columns, cells(line), strict=True))
            except MalformedRow as error:
                raise CommandError(f"{file}, line {line.number}: {error.message}") from None
            except ValueError:
                raise CommandError(f"{file}, line {line.number}: the header has {len(columns)} columns.") from None
            if len(found) == ITEMS_MAX:
                raise CommandError(f"{file} lists more than {ITEMS_MAX} items.")
            found.append((row["sku"], row["name"] or None, row["category"] or None))
            numbers.append(line.number)
    return found, numbers


def instant(text: str) -> datetime:
    """Return the instant that an option names; without an offset it is UTC. Raises `CommandError`."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise CommandError(f"{text!r} is no instant of ISO 8601; example: 2026-03-03T12:00:00+08:00.") from None
