"""What the suites over HTTP share: a served program, its limit without an engine, and rounds of load."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

import orjson

from benchmarks.databases import scratch
from benchmarks.load import Errand
from benchmarks.measure import Rate
from benchmarks.servers import send, served
from benchmarks.shop import analyze, engine_on, make_shop
from services.database.config import Dialect
from services.templates import Template

STARLETTE = "raw Starlette, same sizes"
WARM_UP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Web:
    """An engine that is served, and a constant answer of the same size beside it."""

    engine: Errand
    constant: Errand

    async def rate(self, connections: int, seconds: float) -> Rate:
        """Measure the engine."""
        return await _rate(replace(self.engine, connections=connections, seconds=seconds))

    async def limit(self, connections: int, seconds: float) -> Rate:
        """Measure the constant answer."""
        return await _rate(replace(self.constant, connections=connections, seconds=seconds))


async def _rate(errand: Errand) -> Rate:
    found = await send(errand)
    return Rate(found.per_second, found.p50_ms, found.p99_ms)


@asynccontextmanager
async def web(
    dialect: Dialect, template: Template, query: str, variables: Mapping[str, object], expected: str
) -> AsyncIterator[Web]:
    """Serve a program with members; every request sends `query`, and its answer must contain `expected`.

    In `variables`, `@MEMBER@` becomes some member's number, and `@NAME@` a text used once.
    """
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(scratch(dialect))
        async with engine_on(url) as engine:
            shop = await make_shop(engine, template)
            await analyze()
        port = await stack.enter_async_context(served("engine", url))
        constant_port = await stack.enter_async_context(served("constant"))
        errand = Errand(
            port=port,
            connections=4,
            seconds=WARM_UP_SECONDS,
            path="/graphql",
            body=orjson.dumps({"query": query, "variables": variables}).decode(),
            headers={"authorization": f"Bearer {shop.api_key}"},
            members=shop.numbers,
            expected=expected,
        )
        size = len((await send(errand)).answer)
        yield Web(errand, replace(errand, port=constant_port, path=f"/constant?size={size}", expected=""))
