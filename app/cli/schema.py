"""`huiyuan schema …`."""

import typer

from app.cli.output import write

app = typer.Typer(name="schema", help="The GraphQL contract.", no_args_is_help=True)


@app.callback()
def schema() -> None:
    """The GraphQL contract."""  # with one command only, Typer would leave out its name


@app.command("print")
def print_() -> None:
    """Print the GraphQL schema in its definition language."""
    from schema.root import schema as contract  # noqa: PLC0415  (no other command pays for building it)

    write(contract.as_str())
