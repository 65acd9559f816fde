"""Everything that a use case reaches for: the writer, the hub, the programs, the database that reads come from."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from tortoise.connection import get_connections
from typing_extensions import override

from domain.codes import CodeMaker
from domain.commands import Command
from domain.coupons import CODE_PURPOSE
from domain.program import Program
from domain.refusals import Refusal
from services.database.config import Database, Dialect
from services.database.sqlite_engine import Client
from services.hub import Hub, WakeSender
from services.reading import OrmSession, moment, writing
from services.snapshots import Snapshots
from services.writer.answers import Outcome
from services.writer.postgres import PostgresStore
from services.writer.sqlite import SqliteStore
from services.writer.writer import Store, Writer


class PostingWriter(Writer):
    """The writer as use cases meet it: what they read after a command, they read as of after it."""

    @override
    async def post(self, command: Command) -> Outcome:
        """Carry out `command` as `Writer.post` does."""
        if moment() is None:  # as without an answer to read for: of many posts, the context would be a part of the cost
            return await super().post(command)
        async with writing():
            return await super().post(command)

    @override
    async def post_all(self, commands: Iterable[Command]) -> list[Outcome | Refusal]:
        """Carry out many commands as `Writer.post_all` does."""
        async with writing():
            return await super().post_all(commands)


@dataclass(frozen=True, slots=True)
class Engine:
    """One process's engine. The ORM's context must be open for as long as it is."""

    database: Database
    hub: Hub
    snapshots: Snapshots
    writer: Writer
    secret_key: str = field(repr=False)
    """The server's secret: codes of gift cards and coupons follow from it."""
    simulating: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by whoever simulates: a process starts one worker at a time, and others wait."""
    waker: WakeSender | None = None
    """Wakes who listens to a stream, in this process and others; None for this process only."""

    @property
    def reads(self) -> OrmSession:
        """Reads outside the writer's transactions; of one moment inside `one_moment`."""
        return OrmSession(self.database.dialect)

    def wake(self, keys: Iterable[str]) -> None:
        """Wake whoever listens to the streams `keys`: for what was committed by another door than the writer."""
        (self.waker or LocalWaker(self.hub)).wake(keys)

    async def program(self, program_id: UUID) -> Program:
        """Return the program as it is now."""
        return await self.snapshots.load(self.reads, program_id)


def store_for(database: Database) -> Store:
    """Return the writer's store for this database; the ORM's context must be open."""
    if database.dialect is Dialect.POSTGRES:
        return PostgresStore(database)
    client = get_connections().get(database.dialect.value)
    assert isinstance(client, Client), "the SQLite alias is configured with our client"
    return SqliteStore(database, client.write_gate)


class LocalWaker:
    """Wakes the subscribers of this process only: for tools and tests that have no bus."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def wake(self, keys: Iterable[str]) -> None:
        """Wake each stream."""
        for key in keys:
            self._hub.wake(key)


@asynccontextmanager
async def engine(
    database: Database, hub: Hub | None = None, waker: WakeSender | None = None, *, secret_key: str | None = None
) -> AsyncIterator[Engine]:
    """Open an engine inside an open ORM context; without a waker, only this process's subscribers are woken.

    Without a secret it has one of its own: then no other process can tell again the code of a card issued here.
    """
    hub = hub or Hub()
    snapshots = Snapshots()
    secret_key = secret_key or secrets.token_urlsafe(32)
    code_hash = CodeMaker(secret_key, CODE_PURPOSE).hash_of
    store, waker = store_for(database), waker or LocalWaker(hub)
    async with PostingWriter(store, snapshots, waker, code_hash=code_hash) as writer:
        yield Engine(database, hub, snapshots, writer, secret_key, waker=waker)
