"""A small schema of its own and a real server for it, so that the transport is tested without the product."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any, NewType

import httpx
import strawberry
import uvicorn
from graphql import GraphQLError
from starlette.applications import Starlette
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import create_type

from app.transport.http import GraphQLView, routes
from app.transport.schema import Schema
from schema.context import Context
from schema.errors import PublicError, RequestErrorCode
from services.actors import ANONYMOUS, Actor, ActorKind

Info = strawberry.Info[Context, None]
Amount = NewType("Amount", Decimal)


def parse_amount(value: object) -> Decimal:
    """Raise what an untidy scalar raises: `GraphQLError` for one mistake, something else for the other."""
    if not isinstance(value, str):
        raise GraphQLError("An amount is a string.")
    return Decimal(value)


@strawberry.enum
class Channel(Enum):
    STORE = "STORE"
    WEB = "WEB"


@strawberry.input
class Line:
    ref: str
    quantity: int


@strawberry.input
class Content:
    source: str
    lines: list[Line]
    channel: Channel = Channel.STORE
    amount: Amount | None = None
    note: strawberry.Maybe[str] = None


@strawberry.input
class CommitInput:
    idempotency_key: str
    order: Content


@strawberry.input(one_of=True)
class By:
    id: strawberry.Maybe[strawberry.ID]
    number: strawberry.Maybe[str]


@strawberry.type
class Row:
    @strawberry.field
    def name(self) -> str:
        raise FAILURE


@strawberry.type
class Event:
    position: str
    number: int


@strawberry.type
class Batch:
    cursor: str
    numbers: list[int]


FAILURE = RuntimeError("the password is hunter2")


@strawberry.field
def hello(name: str = "world") -> str:
    return f"Hello {name}"


@strawberry.field
def boom() -> str | None:
    raise FAILURE


@strawberry.field
def rows() -> list[Row]:
    return [Row(), Row(), Row()]


@strawberry.field
def too_large() -> int | None:
    return 2**40


@strawberry.field
def forbidden() -> str | None:
    raise PublicError(RequestErrorCode.FORBIDDEN, "Not yours.", scope="members:read")


@strawberry.field
def caller(info: Info) -> str:
    return info.context.actor.credential or "nobody"


@strawberry.field
def pick(by: By) -> str:
    return str(by.id or by.number)


@strawberry.field
def add(first: int, second: int = 1) -> int:
    return first + second


@strawberry.field
def channels(among: list[Channel]) -> int:
    return len(among)


@strawberry.mutation
def commit(input: CommitInput) -> str:
    return f"{input.idempotency_key} {len(input.order.lines)}"


@strawberry.subscription
async def count(after: str | None = None, last: int = 3) -> AsyncGenerator[Event, None]:
    for number in range(int(after or 0) + 1, last + 1):
        yield Event(position=str(number), number=number)


@strawberry.subscription
async def batches() -> AsyncGenerator[Batch, None]:
    yield Batch(cursor="2", numbers=[1, 2])


@strawberry.subscription
async def hold(info: Info) -> AsyncGenerator[Event, None]:
    gate: Gate = info.context.engine
    try:
        yield Event(position="1", number=1)
        await gate.open.wait()
        yield Event(position="2", number=2)
    finally:
        gate.left.set()


@strawberry.subscription
async def idle(info: Info) -> AsyncGenerator[Event, None]:
    gate: Gate = info.context.engine
    try:
        gate.entered.set()
        await gate.open.wait()
        yield Event(position="1", number=1)
    finally:
        gate.left.set()


@strawberry.subscription
async def broken(public: bool = False, after_events: int = 0) -> AsyncGenerator[Event, None]:
    for number in range(1, after_events + 1):
        yield Event(position=str(number), number=number)
    if public:
        raise PublicError(RequestErrorCode.CURSOR_EXPIRED, "Fetch a snapshot first.")
    raise FAILURE


@dataclass
class Gate:
    """Lets a test see and hold the subscriptions `hold` and `idle`."""

    entered: asyncio.Event = field(default_factory=asyncio.Event)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)


def make_schema(extensions: list[Any] | None = None, **config: Any) -> Schema:
    amount = strawberry.scalar(name="Amount", serialize=str, parse_value=parse_amount)
    return Schema(
        create_type("Query", [hello, boom, rows, too_large, forbidden, caller, pick, add, channels]),
        mutation=create_type("Mutation", [commit]),
        subscription=create_type("Subscription", [count, batches, hold, idle, broken]),
        extensions=extensions or [],
        config=StrawberryConfig(scalar_map={Amount: amount}, **config),
    )


SCHEMA = make_schema()


async def authenticate(credential: str | None) -> Actor:
    """`Bearer ada` is Ada; `Bearer ada for 5` is Ada for five seconds."""
    if credential is None:
        return ANONYMOUS
    match credential.split():
        case ["Bearer", "broken"]:
            raise FAILURE
        case ["Bearer", "busy"]:
            raise PublicError(RequestErrorCode.OVERLOADED, "Too many sign-ins; try again later.")
        case ["Bearer", "ada"]:
            return Actor(kind=ActorKind.MEMBER, credential="ada")
        case ["Bearer", "ada", "for", seconds]:
            return Actor(kind=ActorKind.MEMBER, credential="ada", expires_at=time.time() + float(seconds))
    raise PublicError(RequestErrorCode.UNAUTHENTICATED, "The credential is not valid.")


@dataclass
class Toy:
    """A view with what its resolvers share."""

    schema: Schema = SCHEMA
    view_class: type[GraphQLView] = GraphQLView
    gate: Gate = field(default_factory=Gate)
    contexts: list[Context] = field(default_factory=list)

    def make_context(self, actor: Actor, request_id: str) -> Context:
        context = Context(actor=actor, request_id=request_id, engine=self.gate)
        self.contexts.append(context)
        return context

    def app(self) -> Starlette:
        view = self.view_class(self.schema, authenticate=authenticate, make_context=self.make_context)
        return Starlette(routes=routes(view))

    def client(self) -> httpx.AsyncClient:
        """Return a client that calls the application directly."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app()), base_url="http://toy")


@contextlib.asynccontextmanager
async def served(toy: Toy, *, ws_max_size: int = 2**16) -> AsyncIterator[str]:
    """Serve `toy` on a free port by a real server; yields `host:port`."""
    before = asyncio.all_tasks()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            toy.app(),
            log_config=None,
            lifespan="off",
            ws_max_size=ws_max_size,
            ws_per_message_deflate=False,
        )
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listener])  # `serve` would poll, and take over the signals of the test run
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            for listening in server.servers:
                listening.close()
            for connection in list(server.server_state.connections):
                connection.shutdown()
            if tasks := server.server_state.tasks:
                await asyncio.wait(tasks, timeout=10)
            # A fixture's end runs in a task of its own.
            others = asyncio.all_tasks() - before - {asyncio.current_task()}
            left = {task for task in others if not task.done() and not task.cancelling()}
            if left:  # a database connection, say, is given back beside the answer, which does not wait for that
                _, left = await asyncio.wait(left, timeout=10)
            assert not left, f"outlived its connection: {left}"
