"""Stock clients receive each event once and in order while the server is killed or stopped again and again.

The server is a process of its own, ended at moments that a seed decides, in the middle of commits and of deliveries,
and started again on the same port. SIGKILL lets it tidy up nothing; SIGTERM lets it end its streams. The clients tidy
up nothing either.
"""

import asyncio
import os
import random
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from tortoise.context import TortoiseContext

import models
from domain.events import EventKind
from schema import ids
from services import credentials, programs
from services.actors import ALL_SCOPES
from services.database.config import Database
from services.templates import Template
from services.verify import verify
from tests.live.server import ServerProcess
from tests.live.stock import StockClient, StockClients, Tally, installed_node

NET_SECONDS = 300
"""How long the whole may take before it counts as hung; nothing here measures time."""

MEMBER_CLIENTS = ("graphql-ws", "graphql-sse", "eventsource")
ORDERS_MIN = 150
TILLS = 4
"""Orders that are under way at the same time, and so when the server ends."""
END_AFTER_MAX = 20
"""At most so many orders are acknowledged, or events seen by one client, between a start and the next end."""
GIVE_UP = 0.3
"""How likely a till is to give an order up, rather than send it again, when the connection breaks."""

ENROL = """mutation ($key: String!) { memberEnroll(input: { idempotencyKey: $key }) {
  member { id position } } }"""
COMMIT = """mutation ($input: OrderCommitInput!) { orderCommit(input: $input) {
  replayed order { id externalId } userErrors { ... on UserError { message } } } }"""
POSITION = "query ($id: ID!) { member(by: { id: $id }) { position } }"


@pytest.fixture(scope="session")
def node() -> str:
    return installed_node()


class Caller:
    """The API as a partner's server calls it."""

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=url, headers={"authorization": f"Bearer {key}"}, timeout=NET_SECONDS, trust_env=False
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def ask(self, query: str, **variables: Any) -> Any:
        """Return the value of the one field of a query or mutation. Raises `httpx.TransportError`."""
        answer = (await self._http.post("/graphql", json={"query": query, "variables": variables})).json()
        assert "errors" not in answer, answer
        (value,) = answer["data"].values()
        return value

    async def enrol(self, key: str) -> Any:
        """Return the id and the position of a new member."""
        return (await self.ask(ENROL, key=key))["member"]

    async def position(self, member: str) -> str:
        """Return the cursor at which the member's stream stands: a snapshot's `position`."""
        return str((await self.ask(POSITION, id=member))["position"])


class Tills:
    """Commit orders, to the members by turns, one after another at each till, whatever happens to the server."""

    def __init__(self, server: ServerProcess, caller: Caller, members: list[str], chance: random.Random) -> None:
        self.acknowledged: dict[str, str] = {}
        self.given_up: set[str] = set()
        self.tally = Tally()
        self.broken = Counter[str]()
        self.replayed = 0
        self.is_open = True
        self._server = server
        self._caller = caller
        self._members = members
        self._chance = chance
        self._numbers = count(1)

    def __str__(self) -> str:
        return (
            f"{len(self.acknowledged)} orders acknowledged, {self.broken.total()} broken off, {self.replayed} answered "
            f"again, {len(self.given_up)} given up"
        )

    async def serve(self) -> None:
        """Be one till until all are closed; the last order is brought to its end."""
        while self.is_open:
            number = next(self._numbers)
            await self._sell(f"o-{number}", self._members[number % len(self._members)])

    async def _sell(self, name: str, member: str) -> None:
        line = {"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": "10.00"}
        order = {"source": "till", "externalId": name, "member": {"id": member}, "lines": [line]}
        while True:
            await self._server.ready.wait()
            try:
                committed = await self._caller.ask(COMMIT, input={"idempotencyKey": f"key-{name}", "order": order})
            except httpx.TransportError:
                self.broken[name] += 1
                if self._chance.random() < GIVE_UP:
                    self.given_up.add(name)
                    return
                continue
            assert committed["userErrors"] == []
            assert committed["order"]["externalId"] == name
            assert not committed["replayed"] or self.broken[name]
            self.replayed += committed["replayed"]
            self.acknowledged[name] = committed["order"]["id"]
            self.tally.add()
            return


@asynccontextmanager
async def orm(database: Database) -> AsyncIterator[None]:
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        yield


async def found_shop(database: Database) -> str:
    """Make a program and return its key."""
    async with orm(database):
        program = await programs.create(
            code="SHOP", name="Shop", currency="CNY", time_zone="Asia/Shanghai", template=Template.STANDARD
        )
        made = await credentials.create_key(program.id, name="till", scopes=ALL_SCOPES, now=datetime.now(UTC))
    return made.key


def number_of(position: str) -> int:
    return int(position.split("-")[1])


async def test_stock_clients_receive_each_event_once_and_in_order_while_the_server_ends_and_starts(
    node: str, database_url: str, tmp_path: Path
) -> None:
    seed = int(os.environ.get("HUIYUAN_TEST_SEED") or secrets.randbelow(2**32))
    print(f"HUIYUAN_TEST_SEED={seed}")  # noqa: T201  (shown when the test fails)
    chance = random.Random(seed)  # noqa: S311
    url = database_url.partition("?")[0]  # without the haste of other tests: every commit is flushed
    database = Database.parse(url)
    key = await found_shop(database)
    server = ServerProcess(url, tmp_path / "server.log")
    async with (
        asyncio.timeout(NET_SECONDS),
        server,
        Caller(server.url, key) as caller,
        StockClients(node, server.url, key) as clients,
    ):
        enrolled = [await caller.enrol(f"member-{number}") for number in (1, 2)]
        regular, other = (member["id"] for member in enrolled)
        starts = dict.fromkeys(MEMBER_CLIENTS, enrolled[0]["position"])
        for library, position in starts.items():
            await clients.join(library, library, "memberEvents", member=regular, after=position)
        program = await clients.join("program", "graphql-ws", "programEvents")
        await program.results.reach(1)  # its first batch tells where it starts

        tills = Tills(server, caller, [regular, other], chance)
        selling = [clients.tasks.create_task(tills.serve()) for _ in range(TILLS)]

        async def end_after(name: str, end: Callable[[], Awaitable[object]]) -> None:
            """End the server the moment something has happened so often, and start it again."""
            tally = tills.tally if name == "orders" else clients[name].seen
            await tally.reach(tally.count + chance.randint(1, END_AFTER_MAX))
            await end()
            await server.start()

        ends = [server.kill, server.kill, server.kill, server.stop, server.stop]
        for name, end in zip(chance.sample([*clients, "orders"], k=5), chance.sample(ends, k=5), strict=True):
            await end_after(name, end)
        starts["late"] = await caller.position(regular)
        await clients.join("late", "graphql-sse", "memberEvents", member=regular, after=starts["late"])
        await end_after("late", chance.choice(ends))
        await tills.tally.reach(max(ORDERS_MIN, tills.tally.count + END_AFTER_MAX))
        tills.is_open = False
        await asyncio.gather(*selling)

        newest = {member: number_of(await caller.position(member)) for member in (regular, other)}
        await program.has_seen(newest)
        for name in starts:
            await clients[name].has_seen({regular: newest[regular]})
    print(tills, {name: client.connections.count for name, client in clients.items()})  # noqa: T201

    for name, start in starts.items():
        expected = [(regular, number) for number in range(number_of(start) + 1, newest[regular] + 1)]
        assert clients[name].places == expected, name
    assert all(client.connections.count > 1 for client in clients.values()), "each was cut off at least once"
    assert "Traceback" not in server.log
    async with orm(database):
        await check_orders(tills)
        await check_events(program, clients["graphql-ws"], regular)
    assert (await verify(database)).findings == []


async def check_orders(tills: Tills) -> None:
    """Each acknowledged order is there once, under the id that was told; each other is there whole or not at all."""
    found = await models.Order.all().values_list("external_id", "id")
    orders = {name: ids.encode(ids.ORDER, key) for name, key in found}
    assert len(found) == len(orders)
    assert tills.acknowledged.items() <= orders.items()
    assert orders.keys() - tills.acknowledged.keys() <= tills.given_up
    keys = await models.Idempotency.filter(key__startswith="key-").values_list("key", flat=True)
    assert sorted(keys) == sorted(f"key-{name}" for name in orders)
    lines = await models.OrderLine.all().values_list("order_id", flat=True)
    assert Counter(lines) == dict.fromkeys((key for _, key in found), 1)
    told = await models.Event.filter(kind=EventKind.ORDER_COMMITTED).values_list("order_id", flat=True)
    assert Counter(told) == dict.fromkeys((key for _, key in found), 1)
    entries = await models.Entry.all().values_list("account_id", "seq")
    told = await models.Event.filter(kind=EventKind.BALANCE_CHANGED).values_list("account_id", "entry_seq")
    assert sorted(told) == sorted(entries)


async def check_events(program: StockClient, member: StockClient, member_id: str) -> None:
    """The program's client saw what the log holds, in the log's order; the member's saw each of its orders."""
    log = models.Event.exclude(kind=EventKind.MEMBER_ENROLLED).order_by("commit_order", "member_id", "position")
    rows = await log.values_list("member_id", "position")
    assert program.places == [(ids.encode(ids.MEMBER, owner), position) for owner, position in rows]
    names = await models.Order.filter(member_id=ids.decode(ids.MEMBER, member_id)).values_list("external_id", flat=True)
    seen = [event["order"]["externalId"] for event in member.events if "order" in event]
    assert sorted(seen) == sorted(names)
