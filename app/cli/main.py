"""The `huiyuan` command. Exit status 0 means that all went well, 1 that something did not, 2 a wrong command line."""

import logging
import sys

import typer
from pydantic import ValidationError

from app import logs
from app.cli import demo, imports, key, member, program, schema, serve, verify
from app.cli.output import CommandError, complain
from app.demo import DemoError
from app.opening import NotMigratedError, UnreachableError
from app.settings import SettingsError
from domain.refusals import Refusal
from services.database.config import DatabaseUrlError
from services.database.lock import DatabaseInUseError
from services.writer.writer import Overloaded

app = typer.Typer(
    name="huiyuan",
    help="Huiyuan (会员): a self-hosted membership and loyalty engine behind one GraphQL API.",
    epilog=(
        "Settings come from the environment: HUIYUAN_DATABASE_URL (sqlite://var/huiyuan.db), HUIYUAN_BUS_URL, "
        "HUIYUAN_SECRET_KEY, HUIYUAN_HOST, HUIYUAN_PORT (8000), HUIYUAN_ENV (development)."
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(serve.serve)
app.command()(serve.migrate)
app.command()(demo.demo)
app.command()(verify.verify)
for noun in (program, key, member, imports, schema):
    app.add_typer(noun.app)

EXPECTED = (
    CommandError,
    DatabaseInUseError,
    DatabaseUrlError,
    DemoError,
    NotMigratedError,
    OSError,
    Overloaded,
    Refusal,
    SettingsError,
    UnreachableError,
)
"""Errors that tell the user all there is to know."""


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
    except EXPECTED as error:
        complain(str(error))
    sys.exit(1)


if __name__ == "__main__":
    main()
