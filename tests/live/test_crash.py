"""A server that is killed under load: what it acknowledged is there once, and what it did not is absent or whole."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import httpx
from tortoise.context import TortoiseContext

import models
from schema import ids
from services import credentials
from services.actors import ALL_SCOPES
from services.database.config import Database
from services.engine import engine
from services.templates import Template
from services.verify.verification import verify
from tests.factories import world
from tests.live.conftest import id_of
from tests.live.load import MUTATIONS, TRANSFERS, Load, Request
from tests.live.server import ServerProcess
from tests.services.saving import conversion, ladder

ROUNDS = 10
"""How often the server is killed, on each database."""
MEMBERS = 6
CALLERS = 8
ACKNOWLEDGED = 35
"""Answers that are waited for before the server is killed, with further requests on their way."""


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


def called(done: list[Request], *names: str) -> list[Request]:
    return [request for request in done if request.name in names]


async def check_transfers(done: list[Request]) -> None:
    """Check that each request made its transfer and the lines that were told, and that there are no others."""
    bearers = await models.GiftCard.all().values_list("member_id", flat=True)
    for kind in set(TRANSFERS.values()):
        moved = [request for request in done if request.kind == kind]
        transfers = await models.Transfer.filter(kind=kind).values_list("id", flat=True)
        assert len(transfers) == len(moved), kind
        written = models.Entry.filter(transfer_id__in=transfers)
        told = [line for request in moved for line in request.lines]
        cards = called(moved, "giftCardIssue", "giftCardClaim")  # each with one line of the bearer, which is not told
        assert await written.filter(member_id__in=bearers).count() == len(cards), kind
        assert await written.count() - len(cards) == len(told) == len(set(told)), kind
    paid_in = [request for request in done if request.kind == "TOP_UP"]
    assert await models.TopUp.all().count() == len(paid_in)


async def check_orders(done: list[Request]) -> None:
    """Check that each order is there once, paid by whom it named, and captured as far as was asked."""
    ordered = {request.order: request for request in called(done, "orderCommit", "orderHold")}
    captured = {request.order: request for request in called(done, "orderCapture")}
    assert len(captured) == len(called(done, "orderCapture"))
    assert any("lines" in request.input for request in captured.values())
    assert any("payer" in ordered[name].input["order"] for name in captured)
    rows = await models.Order.all()
    assert len(rows) == len(ordered) == len(called(done, "orderCommit", "orderHold"))
    released = {line.order_id: line.released_quantity for line in await models.OrderLine.all()}
    for row in rows:
        name = (row.source, row.external_id)
        payer = ordered[name].input["order"].get("payer")
        assert (row.payer_id and {"id": id_of(row.payer_id)}) == payer
        in_part = name in captured and "lines" in captured[name].input
        assert released[row.id] == (2 if in_part else 0)
    returned = called(done, "orderReturn")
    assert await models.OrderReturn.all().count() == len(returned)


async def check_rights(requests: list[Request]) -> None:
    """Check that each appointment is there once, and that nobody who was told of theirs was refused for want of it."""
    told = set()
    for request in called(requests, "agentAppoint"):
        assert request.answer is not None
        told.add((request.answer["agent"]["id"], request.input["payer"]["id"], request.input["agent"]["id"]))
    rows = await models.Agent.all()
    assert {(ids.encode(ids.AGENT, row.id), id_of(row.payer_id), id_of(row.member_id)) for row in rows} == told
    assert len(rows) == len(told)
    codes = {error["code"] for request in requests if request.answer for error in request.answer["userErrors"]}
    assert "NOT_AGENT" not in codes


async def check_cards(done: list[Request]) -> None:
    """Check that each card is there once, with one bearer, and was claimed by the one who was told so."""
    claimed = {
        request.answer["giftCard"]["id"]: request.input["member"]["id"]
        for request in called(done, "giftCardClaim")
        if request.answer
    }
    assert len(claimed) == len(called(done, "giftCardClaim"))
    issued = {request.answer["giftCard"]["id"] for request in called(done, "giftCardIssue") if request.answer}
    rows = {ids.encode(ids.GIFT_CARD, row.member_id): row for row in await models.GiftCard.all()}
    assert set(rows) == issued
    assert len(issued) == len(called(done, "giftCardIssue"))
    assert await models.Member.filter(kind="GIFT_CARD").count() == len(issued)
    states = {"ISSUED": issued - set(claimed), "CLAIMED": set(claimed)}
    assert {state: {key for key, row in rows.items() if row.state == state} for state in states} == states
    assert {key: id_of(row.claimed_by_id) for key, row in rows.items() if row.claimed_by_id} == claimed


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
        await check_transfers(done)
        await check_orders(done)
        await check_rights(load.requests)
        await check_cards(done)
    report = await verify(database)
    assert report.findings == []
