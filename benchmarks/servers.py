"""Server processes: the engine as it is served, and the least that an ASGI server could do in its place."""

import asyncio
import os
import secrets
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.cli.serve import application, listen
from app.settings import settings
from benchmarks.load import Errand, Found

READY_SECONDS = 30


async def constant(request: Request) -> Response:
    """Take a JSON body and answer with as many bytes as the query string says."""
    orjson.loads(await request.body())
    return Response(b" " * int(request.query_params["size"]), media_type="application/json")


def constant_application() -> Starlette:
    """Return the limit: routing, a parsed body, an answer of the right size."""
    return Starlette(routes=[Route("/constant", constant, methods=["POST"])])


@asynccontextmanager
async def served(kind: str, url: str = "") -> AsyncIterator[int]:
    """Run a server process (`engine` or `constant`) and yield its port."""
    async with process(kind, url) as (port, _):
        yield port


@asynccontextmanager
async def process(kind: str, url: str = "") -> AsyncIterator[tuple[int, int]]:
    """Run a server process (`engine` or `constant`) and yield its port and its id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "HUIYUAN_DATABASE_URL": url,
        "HUIYUAN_ENV": "production",
        "HUIYUAN_SECRET_KEY": secrets.token_urlsafe(32),
        "HUIYUAN_BUS_URL": "memory://",
    }
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.servers",
        kind,
        str(port),
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    drain = asyncio.create_task(started.communicate())
    try:
        await _listening(port, drain)
        yield port, started.pid
    finally:
        if started.returncode is None:
            started.terminate()
        await asyncio.wait_for(drain, READY_SECONDS)


async def _listening(port: int, ended: "asyncio.Task[tuple[bytes, bytes]]") -> None:
    async with asyncio.timeout(READY_SECONDS):
        while True:
            if ended.done():
                raise RuntimeError(f"the server did not start:\n{ended.result()[1].decode()[-2000:]}")
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


async def send(errand: Errand) -> Found:
    """Run a load process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.load",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate(orjson.dumps(asdict(errand)))
    if process.returncode:
        raise RuntimeError(f"the load failed:\n{errors.decode()[-2000:]}")
    return Found(**orjson.loads(output))


def main(kind: str, port: int) -> None:
    """Serve until terminated, both kinds with the same options of the server."""
    if kind == "engine":
        listen(application(), settings(), host="127.0.0.1", port=port)
        return
    uvicorn.run(
        constant_application(), port=port, loop="uvloop", http="httptools", access_log=False, log_level="warning"
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
