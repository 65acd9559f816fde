"""A batch of codes of coupons, made in the background by a server that answers reads before, meanwhile and after."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import orjson

import models
from benchmarks.databases import scratch
from benchmarks.load import Errand
from benchmarks.measure import Case, Goal, Rate
from benchmarks.plan import Plan
from benchmarks.servers import process, send
from benchmarks.shop import analyze, engine_on, make_shop
from benchmarks.suite_read import QUERY, VARIABLES
from benchmarks.web import WARM_UP_SECONDS
from domain.instants import NEVER
from services.database.config import Dialect
from services.programs import BEGINNING
from services.publishing import publish
from services.templates import Template
from services.transaction import transaction

GOAL = 1_000_000 / 300
"""Codes per second: a million in five minutes."""
READS_GOAL = 0.5
"""Of the reads per second of the slowest of a hundred: twice the time."""
CONNECTIONS = 4
ROUND_SECONDS = 4.0
BEFORE = "p99 of reads before and after"
MIB = 2**20
GENERATE = """mutation ($key: String!, $size: Int!) { couponBatchGenerate(input: {
  idempotencyKey: $key, template: { code: "TEN" }, size: $size
}) { batch { id } } }"""
BATCH = "query ($id: ID!) { couponBatch(id: $id) { made state recordedAt finishedAt } }"


@asynccontextmanager
async def suite(plan: Plan, dialect: Dialect) -> AsyncIterator[Sequence[Case]]:
    """Yield how fast codes are made, and how long reads take meanwhile."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(scratch(dialect))
        async with engine_on(url) as engine:
            shop = await make_shop(engine, Template.STANDARD)
            await _publish_template(shop.program.id)
            await analyze()
        port, pid = await stack.enter_async_context(process("engine", url))
        reads = Errand(
            port=port,
            connections=CONNECTIONS,
            seconds=ROUND_SECONDS,
            path="/graphql",
            body=orjson.dumps({"query": QUERY, "variables": VARIABLES}).decode(),
            headers={"authorization": f"Bearer {shop.api_key}"},
            members=shop.numbers,
            expected='"balanceAfter"',
        )
        await send(replace(reads, seconds=WARM_UP_SECONDS))
        made = Making(plan.codes, url, reads, pid)
        name = f"{plan.codes:,} codes"
        yield [
            Case("codes", dialect.value, name, made.codes, goal=Goal(GOAL)),
            Case(
                "codes",
                dialect.value,
                f"p99 of reads meanwhile, connections: {CONNECTIONS}",
                made.meanwhile,
                {BEFORE: made.before},
                goal=Goal(READS_GOAL, BEFORE),
            ),
        ]


async def _publish_template(program_id: Any) -> None:
    async with transaction():
        row = await models.Campaign.create(
            program_id=program_id, code="TEN", name="Ten off", kind="COUPON", state="RUNNING", published_version=1
        )
        await publish(
            program_id=program_id,
            campaign_id=row.id,
            number=1,
            priority=10,
            step="COUPON",
            starts_at=BEGINNING,
            ends_at=NEVER,
            conditions=None,
            effects=[{"amountOff": {"amount": "10"}}],
            coupon={"prefix": "TEN"},
            recorded_at=BEGINNING,
        )


@dataclass
class Making:
    """A batch that is made by a server under load, and what was seen of it."""

    size: int
    url: str
    reads: Errand
    pid: int
    rounds: int = 0
    quiet: list[float] = field(default_factory=list)
    """Latencies, p99 in milliseconds, of rounds of reads while no codes are made."""
    busy: list[float] = field(default_factory=list)
    """The same while codes are made."""

    async def codes(self) -> Rate:
        """Make a batch; return codes per second, from when it was asked for until the last was there."""
        self.rounds += 1
        self.quiet, self.busy = [await self._p99()], []
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.reads.port}", headers=self.reads.headers, timeout=60, trust_env=False
        ) as http:
            batch = await self._asked(http)
            looking = asyncio.create_task(self._memory(http, batch))
            while not looking.done():
                latency = await self._p99()
                if not looking.done():  # all of the round was while codes were made
                    self.busy.append(latency)
            memory = await looking
            found = await _ask(http, BATCH, id=batch)
        self.quiet.append(await self._p99())
        first, last = (datetime.fromisoformat(found[name]) for name in ("recordedAt", "finishedAt"))
        seconds = (last - first).total_seconds()
        facts = memory | {"minutes": round(seconds / 60, 2), "duplicates": await self._duplicates()}
        return Rate(self.size / seconds, facts=facts)

    async def meanwhile(self) -> Rate:
        """Return how long reads took while codes were made."""
        return _rate(median(self.busy))

    async def before(self) -> Rate:
        """Return how long they took before and after."""
        return _rate(sum(self.quiet) / len(self.quiet))

    async def _p99(self) -> float:
        return (await send(self.reads)).p99_ms

    async def _asked(self, http: httpx.AsyncClient) -> str:
        answer = await _ask(http, GENERATE, key=f"codes {self.rounds}", size=self.size)
        id: str = answer["batch"]["id"]
        return id

    async def _memory(self, http: httpx.AsyncClient, batch: str) -> dict[str, float]:
        """Return the server's memory when a tenth of the codes was made, and when all were, in MiB."""
        seen: dict[str, float] = {}
        while True:
            found = await _ask(http, BATCH, id=batch)
            if found["made"] * 10 >= self.size:
                seen.setdefault("rssAtTenthMiB", self._resident())
            if found["state"] == "DONE":
                return seen | {"rssAtEndMiB": self._resident()}
            await asyncio.sleep(0.2)

    def _resident(self) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return round(int(line.split()[1]) * 1024 / MIB, 1)

    async def _duplicates(self) -> int:
        """Return how many codes there are too many, or too few."""
        async with engine_on(self.url) as engine:
            ((coupons, codes),) = await engine.reads.fetch("SELECT count(*), count(DISTINCT code_hash) FROM coupon")
        wanted = self.size * self.rounds
        return int(abs(coupons - wanted) + coupons - codes)


async def _ask(http: httpx.AsyncClient, query: str, **variables: Any) -> Any:
    answer = (await http.post("/graphql", json={"query": query, "variables": variables})).json()
    (value,) = answer["data"].values()
    return value


def _rate(p99_ms: float) -> Rate:
    """Return a latency as what is compared: how many times it goes into a second."""
    return Rate(1000 / p99_ms, p99_ms=p99_ms)
