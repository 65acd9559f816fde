"""`huiyuan key …`."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from app.cli.database import named, rows
from app.cli.output import AnyProgramCode, CommandError, Json, OnlyProgramCode, complain, run, table, write, write_json
from app.settings import settings
from domain import checks
from domain.instants import NEVER
from models import ApiKey, Program
from services import programs
from services.actors import ALL_SCOPES, Scope

app = typer.Typer(name="key", help="Make, list and revoke API keys.", no_args_is_help=True)

LISTED_MAX = 1_000
HEADINGS = ("ID", "PROGRAM", "NAME", "MADE", "STATE", "SCOPES")


@app.command()
def create(
    scopes: Annotated[
        str,
        typer.Option(metavar="all|SCOPE,…", help=f"What the key may do: all, or some of {', '.join(sorted(Scope))}."),
    ],
    program: OnlyProgramCode = None,
    name: Annotated[str, typer.Option(metavar="NAME", help="What the key is for.")] = "command line",
    json: Json = False,
) -> None:
    """Make an API key and print it. It is shown this once: only a hash of it is kept."""
    from services import credentials  # noqa: PLC0415  (its signatures take a fifth of a second to import)

    granted = scopes_of(scopes)
    label = checks.text(name, ("name",), checks.NAME_MAX)

    async def work() -> credentials.NewKey:
        async with rows(named(settings())):
            owner = await programs.only_or_by_code(program)
            return await credentials.create_key(owner.id, name=label, scopes=granted, now=datetime.now(UTC))

    made = run(work())
    if json:
        write_json({"id": credentials.key_name(made.id), "key": made.key})
    else:
        write(made.key)


@app.command("list")
def list_(
    program: AnyProgramCode = None,
    every: Annotated[bool, typer.Option("--all", help="List revoked and expired keys too.")] = False,
    json: Json = False,
) -> None:
    """List the API keys that are good, the newest first. No secret is shown: there is only a hash of it."""
    from services import credentials  # noqa: PLC0415  (its signatures take a fifth of a second to import)

    now = datetime.now(UTC)

    async def work() -> tuple[list[ApiKey], dict[UUID, str]]:
        async with rows(named(settings())):
            owner = await named_program(program)
            found = await credentials.list_keys(owner, now=now, with_ended=every, limit=LISTED_MAX + 1)
            return found, await programs.codes(key.program_id for key in found)

    found, codes = run(work())
    records = [record(key, codes[key.program_id], now) for key in found[:LISTED_MAX]]
    if json:
        write_json({"keys": records})
    elif records:
        write(table([HEADINGS, *(cells(each) for each in records)]))
    else:
        write("There is no key." if every else "There is no key that is good; --all lists the others.")
    if len(found) > LISTED_MAX:
        complain(f"Only the newest {LISTED_MAX:,} keys are listed; name a program with --program.")


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Its id, the beginning of the id, or the whole key.")],
    program: AnyProgramCode = None,
    json: Json = False,
) -> None:
    """Revoke an API key for good. A running server refuses it within a second; streams that are open go on.

    It is safe to do twice.
    """
    from services import credentials  # noqa: PLC0415  (its signatures take a fifth of a second to import)

    now = datetime.now(UTC)

    async def work() -> dict[str, Any]:
        async with rows(named(settings())):
            owner = await named_program(program)
            found = await credentials.key_by_name(key, owner)
            found.revoked_at = await credentials.revoke_key(found.id, now=now)
            codes = await programs.codes([found.program_id])
            return record(found, codes[found.program_id], now)

    told = run(work())
    if json:
        write_json(told)
    elif told["revokedAt"] == spelled(now):
        write(f"{told['id']} ({told['name']}, {told['program']}) is revoked.")
    else:
        write(f"{told['id']} ({told['name']}, {told['program']}) was revoked already, at {told['revokedAt']}.")


async def named_program(code: str | None) -> Program | None:
    """Return the program with this code, None when none is named. Raises `NotFound`."""
    return None if code is None else await programs.by_code(code)


def record(key: ApiKey, program: str, now: datetime) -> dict[str, Any]:
    """Return a key as JSON values."""
    from services import credentials  # noqa: PLC0415  (its signatures take a fifth of a second to import)

    expires = key.expires_at < NEVER
    return {
        "id": credentials.key_name(key.id),
        "program": program,
        "name": key.name,
        "state": "revoked" if key.revoked_at else "expired" if key.expires_at <= now else "good",
        "scopes": sorted(key.scopes),
        "createdAt": spelled(key.created_at),
        "expiresAt": spelled(key.expires_at) if expires else None,
        "revokedAt": spelled(key.revoked_at) if key.revoked_at else None,
    }


def spelled(instant: datetime) -> str:
    """Return an instant to the second, as UTC."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def cells(key: dict[str, Any]) -> tuple[str, ...]:
    """Return what a line of the list shows of a key."""
    scopes = "all" if set(key["scopes"]) == ALL_SCOPES else ",".join(key["scopes"])
    return (key["id"], key["program"], key["name"], key["createdAt"], key["state"], scopes)


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
