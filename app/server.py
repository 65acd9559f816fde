"""The server as one ASGI application: what is opened when it starts, and closed in reverse when it stops."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import cast

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from tortoise.contrib.starlette import RegisterTortoise
from tortoise.exceptions import BaseORMException

from app import pages
from app.bus import Bus
from app.coupon_codes import download
from app.coupon_worker import make_codes_forever
from app.opening import held
from app.sealer import Sealer
from app.settings import Settings
from app.stopping import told_to_stop
from app.sweeper import sweep_forever
from app.transport.http import GraphQLView
from app.transport.schema import Schema
from schema import root
from schema.context import Context
from schema.errors import PublicError, RequestErrorCode
from schema.loaders import Loaders
from schema.types.coupon_batch import CODES_PATH
from services.actors import ANONYMOUS, Actor
from services.credentials import BadCredentialError, Credentials
from services.database.away import AWAY
from services.database.config import Database
from services.engine import Engine, engine
from services.hub import Hub

log = structlog.get_logger(__name__)

Background = Callable[[Engine], Awaitable[None]]
"""Work that runs beside the server, and is cancelled when it stops."""


@dataclass
class House:
    """What lives as long as the server does."""

    settings: Settings
    credentials: Credentials
    engine: Engine = field(default_factory=lambda: cast("Engine", None))
    bus: Bus = field(default_factory=lambda: cast("Bus", None))

    async def authenticate(self, authorization: str | None) -> Actor:
        """Return who is calling. Raises UNAUTHENTICATED for a credential that is no good, and OVERLOADED."""
        if authorization is None:
            return ANONYMOUS
        try:
            return await self.credentials.actor(authorization)
        except BadCredentialError:
            message = "The credential is not valid: it is malformed, unknown, expired or revoked."
            raise PublicError(RequestErrorCode.UNAUTHENTICATED, message) from None
        except AWAY:
            message = "The database cannot be reached; try again later."
            raise PublicError(RequestErrorCode.OVERLOADED, message) from None

    def context(self, actor: Actor, request_id: str) -> Context:
        """Return what resolvers see."""
        return Context(actor, request_id, self.engine, Loaders(self.engine, actor))


def create_app(settings: Settings, *, background: Sequence[Background] = ()) -> Starlette:
    """Return the application; the database must be up to date. `background` runs beside it, given its engine.

    On SQLite the application holds the database's lock for as long as it runs.
    """
    house = House(settings, Credentials(settings.secret_key))
    schema = root.build(Schema, introspection=not settings.is_production)
    view = GraphQLView(schema, authenticate=house.authenticate, make_context=house.context)
    graphql = pages.IdeFor(view, settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        database = Database.parse(settings.database_url)
        hub = Hub()
        async with AsyncExitStack() as stack:
            stack.enter_context(held(database))
            await stack.enter_async_context(RegisterTortoise(app, config=database.tortoise()))
            house.bus = await stack.enter_async_context(Bus(settings.bus_url, hub))
            house.engine = await stack.enter_async_context(
                engine(database, hub, house.bus, secret_key=settings.secret_key)
            )
            works = (sweep_forever, make_codes_forever, Sealer(settings.seal_file).seal_forever)
            for work in (*works, *background):
                stack.push_async_callback(_stopped, asyncio.create_task(_watched(work, house.engine)))
            stack.enter_context(told_to_stop(view.streams.end))
            yield

    return Starlette(
        routes=[
            Route("/graphql", graphql),
            WebSocketRoute("/graphql", graphql),
            Route("/healthz", healthz),
            Route("/readyz", partial(readyz, house)),
            Route(CODES_PATH, partial(codes, house)),
            *pages.routes(settings),
        ],
        lifespan=lifespan,
    )


async def healthz(_: Request) -> Response:
    """Answer that the process lives."""
    return JSONResponse({"status": "ok"})


async def readyz(house: House, _: Request) -> Response:
    """Answer whether the database can be read; 503 if not. A bus that is down only makes live updates slower."""
    try:
        await house.engine.reads.fetch("SELECT 1")
    except (*AWAY, BaseORMException):
        return JSONResponse({"status": "unavailable", "database": False}, status_code=503)
    return JSONResponse({"status": "ok", "database": True, "bus": house.bus.is_listening})


async def codes(house: House, request: Request) -> Response:
    """Answer with the codes of a batch."""
    return await download(request, house.authenticate, house.engine)


async def _watched(work: Background, opened: Engine) -> None:
    """Run background work; whatever ends it early is logged and does not touch the server."""
    try:
        await work(opened)
    except Exception:
        log.exception("background.failed", work=getattr(work, "__qualname__", repr(work)))


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
