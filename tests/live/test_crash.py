"""A server that is killed under load: what it acknowledged is there once, and what it did not is absent or whole."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import httpx
from tortoise.context import TortoiseContext

import models
from services import credentials
from services.actors import ALL_SCOPES
from services.database.config import Database
from services.engine import engine
from services.templates import Template
from services.verify.verification import verify
from tests.factories import world
from tests.live.conftest import id_of
from tests.live.server import ServerProcess
from tests.services.saving import conversion, ladder

ROUNDS = 10
"""How often the server is killed, on each database."""
MEMBERS = 6
CALLERS = 8
ACKNOWLEDGED = 25
"""Answers that are waited for before the server is killed, with further requests on their way."""
ERRORS = "userErrors { ... on UserError { code } }"
LINE = "{ id amount balanceAfter }"
ENTRIES = f"entries {LINE}"
MUTATIONS = {
    "balanceAdjust": f"entry {LINE} {ERRORS}",
    "balanceTransfer": f"given {LINE} received {LINE} {ERRORS}",
    "valueTopUp": f"entry {LINE} bonus {LINE} {ERRORS}",
    "valueRefund": f"entry {LINE} bonus {LINE} kept {LINE} {ERRORS}",
    "balanceSpend": f"entry {LINE} {ERRORS}",
    "balanceSpendUndo": f"entry {LINE} {ERRORS}",
    "balanceConvert": f"given {LINE} received {LINE} {ERRORS}",
    "orderCommit": f"order {{ id }} {ENTRIES} {ERRORS}",
    "orderHold": f"order {{ id }} {ENTRIES} {ERRORS}",
    "orderCapture": f"order {{ id }} {ENTRIES} {ERRORS}",
    "orderCancel": f"order {{ id }} {ENTRIES} {ERRORS}",
    "orderReturn": f"order {{ id }} return {{ id }} {ENTRIES} {ERRORS}",
}
MADE_BY = {
    "orderCapture": ("orderHold",),
    "orderCancel": ("orderHold",),
    "orderReturn": ("orderCommit", "orderHold"),
    "valueRefund": ("valueTopUp",),
    "balanceSpendUndo": ("balanceSpend",),
}
"""Mutations about what others made, which are sent instead while there is nothing."""
TRANSFERS = {
    "balanceAdjust": "ADJUSTMENT",
    "balanceTransfer": "TRANSFER",
    "valueTopUp": "TOP_UP",
    "valueRefund": "REFUND",
    "balanceSpend": "SPEND",
    "balanceSpendUndo": "SPEND_UNDO",
    "balanceConvert": "CONVERSION",
}
"""The kind of the one transfer that each makes."""


@dataclass
class Request:
    """A mutation with its key, and what was answered when it was; None while nothing was."""

    name: str
    input: dict[str, Any]
    answer: dict[str, Any] | None = None

    @property
    def answered(self) -> bool:
        """Whether it was done, and that was told."""
        return self.answer is not None and not self.answer["userErrors"]

    @property
    def lines(self) -> list[str]:
        """The ledger lines that the answer names."""
        assert self.answer is not None
        named = [self.answer.get(name) for name in ("entry", "bonus", "kept", "given", "received")]
        return [line["id"] for line in (*named, *(self.answer.get("entries") or ())) if line]

    @property
    def body(self) -> dict[str, Any]:
        type_ = f"{self.name[0].upper()}{self.name[1:]}Input"
        query = f"mutation($input: {type_}!) {{ {self.name}(input: $input) {{ {MUTATIONS[self.name]} }} }}"
        return {"query": query, "variables": {"input": self.input}}


@dataclass
class Load:
    """Callers who think of ever new requests, and remember each."""

    members: list[str]
    random: Random
    requests: list[Request] = field(default_factory=list)
    numbers: Any = field(default_factory=count)

    def next(self) -> Request:
        """Return a new request; what is returned, refunded or undone is some of what was made before."""
        number = next(self.numbers)
        name = self.random.choice(list(MUTATIONS))
        before = [one for one in self.requests if one.name in MADE_BY.get(name, ()) and one.answered]
        if name in MADE_BY and not before:
            name = MADE_BY[name][0]
        made = Request(name, {"idempotencyKey": f"k{number}", **self._input(name, number, before[-12:])})
        self.requests.append(made)
        return made

    def _input(self, name: str, number: int, before: list[Request]) -> dict[str, Any]:
        if name in MADE_BY:
            return self._about(name, self.random.choice(before))
        member, other = ({"id": of} for of in self.random.sample(self.members, 2))
        if name in {"orderCommit", "orderHold"}:
            line = {"ref": "1", "sku": "TEA", "quantity": 3, "unitPrice": "9.90"}
            spend = [{"asset": "POINTS", "amount": self.random.randint(1, 60)}]
            order = {"source": "till", "externalId": f"o{number}", "member": member, "lines": [line]}
            return {"order": order | ({"spend": spend} if self.random.random() < 0.7 else {})}
        amounts = {"balanceAdjust": (1, 90), "valueTopUp": (1, 50)}
        amount = self.random.randint(*amounts.get(name, (1, 20)))
        rest: dict[str, dict[str, Any]] = {
            "balanceAdjust": {"asset": "POINTS", "reason": "load"},
            "balanceTransfer": {"asset": self.random.choice(["POINTS", "VALUE"]), "to": other},
            "valueTopUp": {},
            "balanceSpend": {"asset": "VALUE", "reason": "load"},
            "balanceConvert": {"from": "POINTS", "to": "VALUE"},
        }
        return {"member": member, "amount": amount, **rest[name]}

    def _about(self, name: str, made: Request) -> dict[str, Any]:
        """Return the input of a mutation about what another made."""
        if name in {"valueRefund", "balanceSpendUndo"}:
            line = "topUp" if name == "valueRefund" else "entry"
            return {line: made.lines[0], "amount": self.random.choice([None, 1, 2])}
        order = made.input["order"]
        named = {"order": {"identity": {"source": order["source"], "externalId": order["externalId"]}}}
        in_part = name == "orderReturn" or (name == "orderCapture" and self.random.random() < 0.5)
        return named | ({"lines": [{"ref": "1", "quantity": 1}]} if in_part else {})


async def ask(http: httpx.AsyncClient, request: Request) -> dict[str, Any]:
    answer = (await http.post("/graphql", json=request.body)).json()
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"][request.name]
    return payload


async def press(http: httpx.AsyncClient, load: Load, acknowledged: asyncio.Semaphore) -> None:
    """Send one request after the other until the server is gone."""
    while True:
        request = load.next()
        try:
            request.answer = await ask(http, request)
        except httpx.TransportError:
            return
        acknowledged.release()


async def send_again(http: httpx.AsyncClient, requests: list[Request]) -> None:
    """Send each request once more: what was answered is answered the same, and the rest is now answered."""
    for request in requests:
        again = await ask(http, request)
        if request.answer is None:
            request.answer = again
        assert again == request.answer, request


async def test_what_was_acknowledged_is_there_once_however_often_the_server_is_killed(
    database_url: str, tmp_path: Path
) -> None:
    database = Database.parse(database_url)
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        async with engine(database) as house:
            shop = await world(house, Template.STANDARD)
            made = await credentials.create_key(shop.program.id, name="load", scopes=ALL_SCOPES, now=datetime.now(UTC))
            enrolled = [await shop.enrol() for _ in range(MEMBERS)]
            await ladder(shop, ("20", "10%"))
            await conversion(shop, "POINTS", "VALUE", "1", "0.10")
    seed = Random().randrange(2**32)  # noqa: S311
    print(f"seed {seed}")  # noqa: T201  (shown when the test fails)
    load = Load([id_of(member) for member in enrolled], Random(seed))  # noqa: S311
    server = ServerProcess(database_url, tmp_path / "server.log")
    headers = {"authorization": f"Bearer {made.key}"}
    checked = 0
    async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60, trust_env=False) as http:
        for _ in range(ROUNDS):
            await server.start()
            await send_again(http, load.requests[checked:])
            checked = len(load.requests)
            acknowledged = asyncio.Semaphore(0)
            callers = [asyncio.create_task(press(http, load, acknowledged)) for _ in range(CALLERS)]
            for _ in range(ACKNOWLEDGED):
                await acknowledged.acquire()
            await server.kill()
            await asyncio.gather(*callers)
        await server.start()
        await send_again(http, load.requests)  # all of them, the oldest too
        await server.kill()
    assert len(load.requests) >= ROUNDS * ACKNOWLEDGED
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        done = [request for request in load.requests if request.answered]
        assert {request.name for request in done} == set(MUTATIONS)
        for name, kind in TRANSFERS.items():
            moved = [request for request in done if request.name == name]
            assert await models.Transfer.filter(kind=kind).count() == len(moved), name
            written = models.Entry.filter(
                transfer_id__in=await models.Transfer.filter(kind=kind).values_list("id", flat=True)
            )
            told = [line for request in moved for line in request.lines]
            assert await written.count() == len(told) == len(set(told)), name
        ordered = [request for request in done if request.name in {"orderCommit", "orderHold"}]
        assert await models.Order.all().count() == len(ordered)
        returned = [request for request in done if request.name == "orderReturn"]
        assert await models.OrderReturn.all().count() == len(returned)
        paid_in = [request for request in done if request.name == "valueTopUp"]
        assert await models.TopUp.all().count() == len(paid_in)
    report = await verify(database)
    assert report.findings == []
