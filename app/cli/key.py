"""`huiyuan key …`."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from app.cli.output import CommandError, Json, OnlyProgramCode, run, write, write_json
from app.opening import rows
from app.settings import settings
from domain import checks
from services import programs
from services.actors import ALL_SCOPES, Scope
from services.database.config import Database

app = typer.Typer(name="key", help="Make API keys.", no_args_is_help=True)


@app.command()
def create(
    scopes: Annotated[
        str,
        typer.Option(metavar="all|SCOPE,…", help=f"What the key may do: all, or some of {', '.join(sorted(Scope))}."),
    ],
    program: OnlyProgramCode = None,
    name: Annotated[str, typer.Option(help="What the key is for.")] = "command line",
    json: Json = False,
) -> None:
    """Make an API key and print it. It is shown this once: only a hash of it is kept."""
    from services import credentials  # noqa: PLC0415  (its signatures take a fifth of a second to import)

    granted = scopes_of(scopes)
    label = checks.text(name, ("name",), checks.NAME_MAX)

    async def work() -> str:
        async with rows(Database.parse(settings().database_url)):
            owner = await programs.only_or_by_code(program)
            made = await credentials.create_key(owner.id, name=label, scopes=granted, now=datetime.now(UTC))
            return made.key

    key = run(work())
    if json:
        write_json({"key": key})
    else:
        write(key)


def scopes_of(text: str) -> frozenset[Scope]:
    """Return the scopes that an option names. Raises `CommandError`."""
    if text == "all":
        return ALL_SCOPES
    names = [name.strip() for name in text.split(",")]
    unknown = [name for name in names if name not in ALL_SCOPES]
    if unknown:
        known = ", ".join(sorted(ALL_SCOPES))
        raise CommandError(f"{unknown[0]!r} is no scope; there are {known}, and all of them as `all`.")
    return frozenset(Scope(name) for name in names)
