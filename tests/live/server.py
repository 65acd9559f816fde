"""The engine behind a real socket: in this process for most tests, in one of its own for those that kill it."""

import asyncio
import os
import random
import signal
import socket
import sys
from pathlib import Path
from typing import Any, Self

import httpx
from starlette.applications import Starlette

from app.server import House
from app.settings import Settings
from app.transport.http import GraphQLView, routes
from app.transport.schema import Schema
from schema import root
from services.credentials import Credentials
from services.engine import Engine

SECRET = "x" * 40
START_SECONDS = 120
"""How long a server may take to start before the test counts as hung."""

PATIENT = "from app.cli import main, serve; serve.SHUTDOWN_SECONDS = 86_400; main.main()"
"""The command line as it is, but with a server that waits a day for what does not end when it is told to stop."""

ROOT = Path(__file__).resolve().parent.parent.parent
SCHEMA = root.build(Schema, introspection=True)


class Site:
    """The contract over an engine that a test has opened; `tests.transport_toy.served` serves it."""

    def __init__(self, engine: Engine) -> None:
        settings = Settings(database_url="sqlite://unused", secret_key=SECRET)
        self.house = House(settings, Credentials(SECRET), engine)
        self.view = GraphQLView(SCHEMA, authenticate=self.house.authenticate, make_context=self.house.context)

    def app(self) -> Starlette:
        return Starlette(routes=routes(self.view))


def free_port() -> int:
    """Return a port below those that the system gives to outgoing connections, so that it is free for restarts too."""
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class ServerProcess:
    """`huiyuan serve` as a process; it may be stopped or killed, and started again, on the same port and database."""

    def __init__(self, database_url: str, log: Path, *options: str, **settings: Any) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ready = asyncio.Event()
        self._log = log
        self._options = options
        self._process: asyncio.subprocess.Process | None = None
        facts = {"database_url": database_url, "secret_key": SECRET, **settings}
        self._environment = {**os.environ, **{f"HUIYUAN_{name.upper()}": str(value) for name, value in facts.items()}}

    @property
    def log(self) -> str:
        """What all the server's lives have printed."""
        return self._log.read_text()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()

    async def start(self) -> None:
        """Start, and return when it answers."""
        with self._log.open("a") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", PATIENT, "serve", "--port", str(self.port), *self._options),
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        async with asyncio.timeout(START_SECONDS), httpx.AsyncClient(base_url=self.url) as http:
            while True:
                assert self._process.returncode is None, self.log
                try:
                    if (await http.get("/readyz")).is_success:
                        break
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
        self.ready.set()

    async def stop(self) -> int:
        """End the process as an operator does, and return its exit status."""
        self.ready.clear()
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return await self._process.wait()

    async def kill(self) -> None:
        """End the process, and any workers of it, without a chance to tidy up."""
        self.ready.clear()
        if self._process is not None and self._process.returncode is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()
