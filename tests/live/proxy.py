"""A TCP proxy on a free local port that a test can cut or freeze, standing for the network."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit

from tortoise.context import TortoiseContext

from services.database.config import Database
from services.engine import Engine, engine

SSL_REQUEST = bytes.fromhex("0000000804d2162f")
STARTING_UP = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"


class Proxy:
    """Forwards connections to `host:port`, unless it is cut (connections are refused) or frozen (bytes vanish)."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._writers: set[asyncio.StreamWriter] = set()
        self._is_cut = False
        self._is_frozen = False
        self._is_starting = False

    def cut(self) -> None:
        """End every connection, and each new one as soon as it comes."""
        self._is_cut = True
        for writer in self._writers:
            writer.transport.abort()

    def restart(self) -> None:
        """End every connection, and answer each new one as a PostgreSQL that is not ready yet."""
        self.cut()
        self._is_starting = True

    def freeze(self) -> None:
        """Keep every connection open and carry nothing any more."""
        self._is_frozen = True

    def restore(self) -> None:
        """Serve new connections again; frozen ones have lost bytes and are ended."""
        if self._is_frozen:
            self.cut()
        self._is_cut = self._is_frozen = self._is_starting = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_starting:
            with suppress(OSError, EOFError):
                await _not_yet(reader, writer)
        if self._is_cut:
            writer.transport.abort()
            return
        with suppress(OSError):
            there_reader, there_writer = await asyncio.open_connection(*self._target)
            self._writers |= {writer, there_writer}
            await asyncio.gather(self._pump(reader, there_writer), self._pump(there_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(65_536):
                if not self._is_frozen:
                    writer.write(chunk)
                    await writer.drain()
        writer.transport.abort()
        self._writers.discard(writer)


async def _not_yet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say in PostgreSQL's protocol that connections are not taken yet."""
    if await reader.readexactly(len(SSL_REQUEST)) == SSL_REQUEST:
        writer.write(b"N")
        await reader.readexactly(len(SSL_REQUEST))
    writer.write(b"E" + (len(STARTING_UP) + 4).to_bytes(4) + STARTING_UP)
    writer.close()
    await writer.wait_closed()


@asynccontextmanager
async def proxied(url: str) -> AsyncIterator[tuple[Proxy, str]]:
    """Yield a proxy before the server that `url` names, and the URL that goes through it."""
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    proxy = Proxy(parts.hostname, parts.port)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.create_task(proxy.serve(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    user = f"{parts.username}@" if parts.username else ""
    try:
        yield proxy, urlunsplit(parts._replace(netloc=f"{user}127.0.0.1:{port}"))
    finally:
        server.close()
        proxy.cut()
        await asyncio.gather(*tasks)


@asynccontextmanager
async def distant(database_url: str) -> AsyncIterator[tuple[Engine, Proxy]]:
    """Open an engine, with the ORM's context around it, on a database behind a proxy."""
    async with proxied(Database.parse(database_url).dsn) as (proxy, url), TortoiseContext() as context:
        database = Database.parse(url)
        await context.init(config=database.tortoise())
        async with engine(database) as house:
            yield house, proxy
