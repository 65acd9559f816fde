"""The `huiyuan` command. Exit status 0 means that all went well, 1 that something did not, 2 a wrong command line."""

import logging
import sqlite3
import sys

import asyncpg
import typer
from pydantic import ValidationError
from tortoise.exceptions import DBConnectionError, OperationalError

from app import logs
from app.cli import asset_value, campaign, demo, imports, key, member, program_code, report, schema, seal, serve, verify
from app.cli.output import CommandError, complain, fault
from app.demo import DemoError
from app.opening import NotMigratedError, UnreachableError, reason
from app.settings import DEVELOPMENT_SECRET, Settings, SettingsError
from domain.refusals import Refusal
from services.database.config import DatabaseUrlError
from services.database.lock import DatabaseInUseError
from services.writer.writer import Overloaded


def listed_settings() -> str:
    """Return a Markdown list of the settings with their defaults."""
    return "\n".join(
        f"- `HUIYUAN_{name.upper()}`: {field.description} "
        + ("[default: for development only]" if field.default == DEVELOPMENT_SECRET else f"[default: {field.default}]")
        for name, field in Settings.model_fields.items()
    )


app = typer.Typer(
    name="huiyuan",
    help="Huiyuan (会员): a self-hosted membership and loyalty engine behind one GraphQL API.",
    epilog=f"Settings come from the environment:\n\n{listed_settings()}",
    rich_markup_mode="markdown",  # the other mode takes what stands in square brackets for a style, and drops it
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(serve.serve)
app.command()(serve.migrate)
app.command()(demo.demo)
app.command()(verify.verify)
app.command()(seal.seal)
for noun in (program_code, campaign, asset_value, key, member, imports, report, schema):
    app.add_typer(noun.app)

EXPECTED = (
    CommandError,
    DatabaseInUseError,
    DemoError,
    NotMigratedError,
    Overloaded,
    Refusal,
    SettingsError,
    UnreachableError,
)
"""Errors that tell the user all there is to know."""

LOST = (DBConnectionError, OperationalError, asyncpg.PostgresError, asyncpg.InterfaceError, sqlite3.OperationalError)
"""What a database raises that cannot be asked any more, or not now."""


def main() -> None:
    """Run the command that the process's arguments name, and exit."""
    logs.configure(production=False)  # until the settings are read; never mixed with an answer on standard output
    # Its traceback of each failed attempt says no more than the error that reaches us in the end.
    logging.getLogger("asyncpg.pool").setLevel(logging.CRITICAL)
    try:
        app()
    except ValidationError as error:  # of the settings: nothing else here is validated by pydantic
        first = error.errors(include_input=False)[0]
        complain(f"HUIYUAN_{'_'.join(map(str, first['loc'])).upper()}: {first['msg']}.")
    except DatabaseUrlError as error:
        complain(f"HUIYUAN_DATABASE_URL: {error}")
    except EXPECTED as error:
        complain(str(error))
    except LOST as error:
        complain(f"The database did not do what was asked: {reason(error)}.")
    except OSError as error:
        complain(fault(error))
    sys.exit(1)


if __name__ == "__main__":
    main()
