"""`huiyuan program export`, `plan`, `apply` and `lint`: a program's set-up as one document."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.database import named, rows
from app.cli.files import readable
from app.cli.output import CommandError, Json, OnlyProgramCode, complain, run, write, write_json
from app.cli.plan_text import change_record, finding_record, finding_text, said_in_full
from app.cli.program import app
from app.settings import settings
from domain.findings import Finding
from domain.lint import lint as findings_of
from services import programs
from services.program_apply import Text, plan_of
from services.program_apply import apply as carry_out
from services.program_document import Document, code_of, export, read
from services.program_plan import Plan
from services.program_reach import Reach, reach_of
from services.program_setup import stored
from services.reading import OrmSession

__all__ = ["app"]

DIFFERENT = 2

File = Annotated[Path, typer.Argument(metavar="FILE", help="The document: YAML.")]
Prune = Annotated[bool, typer.Option("--prune", help="End the campaigns that the document does not have.")]
Strict = Annotated[bool, typer.Option("--strict", help="Take each warning of the linter for an error.")]


@app.command("export")
def export_(program: OnlyProgramCode = None) -> None:
    """Print the assets, conversions, ladders, segments and campaigns of a program as one YAML document.

    It is sorted and leaves out what goes without saying, so two exports of the same set-up are the same text.
    """

    async def work() -> str:
        async with rows(named(settings())):
            return export((await stored(await programs.only_or_by_code(program))).setup)

    sys.stdout.write(run(work()))


@app.command()
def lint(file: File, *, strict: Strict = False, json: Json = False) -> None:
    """Tell what is legal in a document and hardly meant, without looking at any database.

    The document has to be whole, as `huiyuan program export` prints it. The exit status is 1 for a document that cannot
    be read, and with --strict when there are findings.
    """
    text = text_of(file)
    document = read(text.said, name=text.name)
    found = findings_of(document.wanted)
    if json:
        write_json({"findings": [finding_record(document, one) for one in found]})
    elif found:
        write("\n".join(finding_text(document, one) for one in found))
    else:
        write(f"{file} has nothing that is hardly meant.")
    if strict and found:
        complain(refused(found))
        raise typer.Exit(1)


@app.command()
def plan(
    file: File,
    *,
    prune: Prune = False,
    strict: Strict = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with the status 2 when there is something to change.")
    ] = False,
    json: Json = False,
) -> None:
    """Print what applying a document would change, and how many members, orders and accounts that touches.

    Nothing is changed. What the program has and the document does not is left alone.
    """
    text = text_of(file)

    async def work() -> tuple[Plan, dict[tuple[str, str], Reach]]:
        database = named(settings())
        async with rows(database):
            found = await plan_of(await programs.by_code(code_of(text.said, name=text.name)), text, prune=prune)
            return found, await reach_of(found, OrmSession(database.dialect))

    found, reach = run(work())
    warned = findings_of(found.after)
    show(found, reach, warned, json=json)
    if strict and warned:
        complain(refused(warned))
        raise typer.Exit(1)
    if exit_code and found.changes:
        raise typer.Exit(DIFFERENT)


@app.command()
def apply(
    file: File,
    *,
    prune: Prune = False,
    strict: Strict = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether to go on.")] = False,
    json: Json = False,
) -> None:
    """Make a program what a document says: all of it in one transaction, or nothing.

    Every server knows it with its next request. A program that wants campaigns approved gets drafts of them, and apply
    publishes what was approved.
    """
    text = text_of(file)

    def check(made: Plan) -> None:
        if strict and (warned := findings_of(made.after)):
            raise CommandError(refused(warned))

    async def work() -> tuple[Plan, dict[tuple[str, str], Reach]]:
        database = named(settings())
        async with rows(database):
            program = await programs.by_code(code_of(text.said, name=text.name))
            shown, reach = None, dict[tuple[str, str], Reach]()
            if not yes:
                shown = await plan_of(program, text, prune=prune)
                reach = await reach_of(shown, OrmSession(database.dialect))
                show(shown, reach, findings_of(shown.after), json=False)
                if shown.changes:
                    ask()
            made = await carry_out(program.id, text, prune=prune, shown=shown, check=check)
            return made, reach

    if json and not yes:
        raise CommandError("--json answers nobody's questions: add --yes.")
    made, reach = run(work())
    if json:
        show(made, reach, findings_of(made.after), json=True)
        return
    if yes:
        show(made, reach, findings_of(made.after), json=False)
    number = len(made.changes)
    done = "1 change is made." if number == 1 else f"{number} changes are made."
    write(done if number else "Nothing had to be changed.")


def text_of(file: Path) -> Text:
    """Return a document's text with the name by which messages call it. Raises `CommandError`."""
    try:
        return Text(str(file), readable(file).read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise CommandError(f"{file} is no text in UTF-8.") from None


def ask() -> None:
    """Ask whether to go on. Raises `CommandError` when nobody says yes."""
    if not sys.stdin.isatty():
        raise CommandError("Nothing was changed: nobody is there to be asked. Add --yes to change it.")
    if not typer.confirm("Change it?"):
        raise CommandError("Nothing was changed.")


def refused(found: Sequence[Finding]) -> str:
    """Return why --strict ends a command."""
    if len(found) == 1:
        return "The linter has 1 warning, and --strict takes it for an error."
    return f"The linter has {len(found)} warnings, and --strict takes them for errors."


def show(found: Plan, reach: dict[tuple[str, str], Reach], warned: Sequence[Finding], *, json: bool) -> None:
    """Write a plan to standard output."""
    document: Document = found.document
    if not json:
        said_in_full(found, reach, warned)
        return
    record: dict[str, Any] = {
        "program": found.after.code,
        "changes": [change_record(one, reach.get((one.section, one.code))) for one in found.changes],
        "unchanged": found.unchanged,
        "absent": [{"section": section, "code": code} for section, code in found.absent],
        "waiting": list(found.waiting),
        "findings": [finding_record(document, one) for one in warned],
    }
    write_json(record)
