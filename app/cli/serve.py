"""`huiyuan serve` and `huiyuan migrate`."""

import errno
import socket
from typing import Annotated

import typer
import uvicorn
from starlette.types import ASGIApp

from app import logs
from app.cli.database import named, prepare
from app.cli.output import CommandError, run, signing_secret, write
from app.opening import collect_seldom, held
from app.settings import Settings, settings
from services.database.config import Dialect

SOCKET_BYTES_MAX = 65_536
SHUTDOWN_SECONDS = 10

Host = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Address to listen on.", show_default="HUIYUAN_HOST, else 127.0.0.1"),
]
Port = Annotated[
    int | None,
    typer.Option(
        metavar="NUMBER", min=1, max=65_535, help="Port to listen on.", show_default="HUIYUAN_PORT, else 8000"
    ),
]


def serve(
    host: Host = None,
    port: Port = None,
    workers: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, max=64, help="Server processes; on SQLite there is one.")
    ] = 1,
) -> None:
    """Serve the API, the live page and, outside production, the GraphQL IDE.

    A SQLite database is brought up to date at start. On PostgreSQL run `huiyuan migrate` first.
    """
    chosen = settings()
    check_bus(chosen)
    signing_secret(chosen)
    database = named(chosen)
    is_sqlite = database.dialect is Dialect.SQLITE
    if is_sqlite and workers > 1:
        raise CommandError(f"SQLite is served by one process, not by {workers}; PostgreSQL by any number.")
    with held(database):
        check_address(host or chosen.host, port or chosen.port)
        run(prepare(database, migrates=is_sqlite))
        listen("app.cli.serve:application", chosen, host=host, port=port, workers=workers, factory=True)


def migrate() -> None:
    """Bring the database up to date. It is safe to run at any time, and by several processes at once."""

    async def work() -> list[str]:
        return await prepare(named(settings()), migrates=True)

    applied = run(work())
    for name in applied:
        write(f"applied {name}")
    if not applied:
        write("The database is up to date.")


def check_bus(chosen: Settings) -> None:
    """Raise `SettingsError` now for what the server would otherwise tell in its log."""
    from app.bus import backend_for  # noqa: PLC0415  (its drivers take a fifth of a second to import)

    backend_for(chosen.bus_url, "check")


def check_address(host: str, port: int) -> None:
    """Raise `CommandError` now when the server could not listen there, and not after the demo's orders are loaded."""
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        faults = [refused for place in found if (refused := refusal(place[0], place[4]))]
    except OSError as error:  # the name leads to no address
        found, faults = [], [error]
    # A name may have addresses that this machine lacks, as localhost without IPv6: the others do.
    told = next((error for error in faults if error.errno != errno.EADDRNOTAVAIL), None)
    if told is None and len(faults) == len(found):
        told = faults[0]
    if told:
        raise CommandError(
            f"The server cannot listen on {host or 'every address'}, port {port}: {told.strerror}. "
            "Choose another with --host and --port."
        )


def refusal(family: int, place: tuple[object, ...]) -> OSError | None:
    """Return why nothing can be bound to an address, None when it can."""
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind(place)
        except OSError as error:
            return error
    return None


def application() -> ASGIApp:
    """Return the server's application. Each worker process calls it, and reads the settings anew."""
    from app.server import create_app  # noqa: PLC0415  (no other command pays for building the contract)

    chosen = settings()
    logs.configure(production=chosen.is_production)
    built = create_app(chosen)
    collect_seldom()
    return built


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
