"""`huiyuan serve` and `huiyuan migrate`."""

from typing import Annotated

import typer
import uvicorn
from starlette.types import ASGIApp

from app import logs
from app.cli.output import CommandError, run, write
from app.opening import held, prepare
from app.settings import Settings, settings
from services.database.config import Database, Dialect

SOCKET_BYTES_MAX = 65_536
SHUTDOWN_SECONDS = 10

Host = Annotated[str | None, typer.Option(help="Address to listen on.  [default: HUIYUAN_HOST, else 127.0.0.1]")]
Port = Annotated[
    int | None, typer.Option(min=1, max=65_535, help="Port to listen on.  [default: HUIYUAN_PORT, else 8000]")
]


def serve(
    host: Host = None,
    port: Port = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Server processes; on SQLite there is one.")] = 1,
) -> None:
    """Serve the API, the live page and, outside production, the GraphQL IDE.

    A SQLite database is brought up to date at start. On PostgreSQL run `huiyuan migrate` first.
    """
    chosen = settings()
    check_bus(chosen)
    database = Database.parse(chosen.database_url)
    is_sqlite = database.dialect is Dialect.SQLITE
    if is_sqlite and workers > 1:
        raise CommandError(f"SQLite is served by one process, not by {workers}; PostgreSQL by any number.")
    with held(database):
        run(prepare(database, migrates=is_sqlite))
        listen("app.cli.serve:application", chosen, host=host, port=port, workers=workers, factory=True)


def migrate() -> None:
    """Bring the database up to date. It is safe to run at any time, and by several processes at once."""

    async def work() -> list[str]:
        return await prepare(Database.parse(settings().database_url), migrates=True)

    applied = run(work())
    for name in applied:
        write(f"applied {name}")
    if not applied:
        write("The database is up to date.")


def check_bus(chosen: Settings) -> None:
    """Raise `SettingsError` now for what the server would otherwise tell in its log."""
    from app.bus import backend_for  # noqa: PLC0415  (its drivers take a fifth of a second to import)

    backend_for(chosen.bus_url, "check")


def application() -> ASGIApp:
    """Return the server's application. Each worker process calls it, and reads the settings anew."""
    from app.server import create_app  # noqa: PLC0415  (no other command pays for building the contract)

    chosen = settings()
    logs.configure(production=chosen.is_production)
    return create_app(chosen)


def listen(
    application: ASGIApp | str,
    chosen: Settings,
    *,
    host: str | None,
    port: int | None,
    workers: int = 1,
    factory: bool = False,
) -> None:
    """Serve an application until the process is told to stop."""
    uvicorn.run(
        application,
        factory=factory,
        host=host or chosen.host,
        port=port or chosen.port,
        workers=workers,
        loop="uvloop",
        http="httptools",
        ws="auto",
        ws_max_size=SOCKET_BYTES_MAX,
        ws_per_message_deflate=False,
        access_log=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
