"""Batches of codes over real sockets: progress, counters, the download; and servers that are killed while they make."""

import asyncio
import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from tortoise.context import TortoiseContext

import models
from domain.codes import read_code, unique_hash
from schema import ids
from services import coupon_making, credentials, events, watching
from services.actors import ALL_SCOPES, Scope
from services.database.config import Database
from services.engine import engine
from tests.factories import NOON, ten_off, world
from tests.live.conftest import NEVER_SECONDS, Live
from tests.live.server import SECRET, ServerProcess

GENERATE = """mutation ($size: Int!) { couponBatchGenerate(input: {
  idempotencyKey: "g", template: { code: "TEN" }, size: $size, reason: "spring"
}) { batch { id codesUrl } userErrors { ... on UserError { code } } } }"""
BATCH = """query ($id: ID!) { couponBatch(id: $id) {
  size made state reason version recordedAt finishedAt template { code } } }"""
PROGRESS = "subscription ($id: ID!) { couponBatchProgress(batchId: $id) { made state } }"
COUNTERS = """subscription ($code: String!) { couponCounters(template: { code: $code }) {
  issued claimed held used returned expired voided left discount revenue } }"""
NOTHING = dict.fromkeys(("issued", "claimed", "held", "used", "returned", "expired", "voided"), 0)
KILLED = 12_000
"""Codes of the batch whose makers are killed: six chunks."""


async def generated(live: Live, size: int) -> str:
    answer = await live.ask(GENERATE, size=size)
    assert answer["userErrors"] == []
    return str(answer["batch"]["id"])


async def test_progress_and_counters_are_pushed_and_the_last_state_ends_the_stream(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "POLL_SECONDS", NEVER_SECONDS)
    monkeypatch.setattr(watching, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(coupon_making, "CHUNK", 40)
    await ten_off(live.program.id, "TEN", limits={"total": 500})
    counters = {"left": 500, "discount": "0.00", "revenue": "0.00"} | NOTHING
    async with live.subscribed(COUNTERS, code="TEN") as counted:
        assert await counted.next() == counters
        batch = await generated(live, 100)
        assert await counted.next() == counters | {"left": 400}
        async with live.subscribed(PROGRESS, id=batch) as stream:
            assert await stream.next() == {"made": 0, "state": "RUNNING"}
            for made in (40, 80):
                await coupon_making.make_chunk(live.engine)
                assert await stream.next() == {"made": made, "state": "RUNNING"}
                assert await counted.next() == counters | {"left": 400, "issued": made}
            await coupon_making.make_chunk(live.engine)
            assert await stream.next() == {"made": 100, "state": "DONE"}
            assert (await stream.message())["type"] == "complete"
    found = await live.ask(BATCH, id=batch)
    assert found.pop("recordedAt") == found.pop("finishedAt") == "2026-03-03T04:00:00.000Z"
    told = {"size": 100, "made": 100, "state": "DONE", "reason": "spring", "version": 1, "template": {"code": "TEN"}}
    assert found == told


async def test_what_is_not_there_is_not_watched(live: Live) -> None:
    absent = ids.encode(ids.COUPON_BATCH, live.program.id)
    async with live.subscribed(PROGRESS, id=absent) as stream:
        assert await stream.refusal() == {"code": "BAD_REQUEST", "field": ["batchId"]}
    async with live.subscribed(COUNTERS, code="GONE") as stream:
        assert await stream.refusal() == {"code": "BAD_REQUEST", "field": ["template", "code"]}
    narrow = await credentials.create_key(
        live.program.id, name="narrow", scopes=ALL_SCOPES - {Scope.COUPONS_READ}, now=NOON
    )
    async with live.subscribed(COUNTERS, narrow.key, code="TEN") as stream:
        assert await stream.refusal() == {"code": "FORBIDDEN"}


async def _made(http: httpx.AsyncClient, batch: str) -> tuple[str, int]:
    answer = (await http.post("/graphql", json={"query": BATCH, "variables": {"id": batch}})).json()
    found: dict[str, Any] = answer["data"]["couponBatch"]
    return found["state"], found["made"]


async def test_servers_that_are_killed_lose_no_code_and_double_none(database_url: str, tmp_path: Path) -> None:
    database = Database.parse(database_url)
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        async with engine(database, secret_key=SECRET) as house:
            shop = await world(house, now=None)
            made = await credentials.create_key(shop.program.id, name="codes", scopes=ALL_SCOPES, now=datetime.now(UTC))
            template = await ten_off(shop.program.id, "TEN", {"prefix": "TEN"}, limits={"total": KILLED})
    server = ServerProcess(database_url, tmp_path / "server.log")
    headers = {"authorization": f"Bearer {made.key}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60, trust_env=False) as http:
        await server.start()
        answer = (await http.post("/graphql", json={"query": GENERATE, "variables": {"size": KILLED}})).json()
        batch = answer["data"]["couponBatchGenerate"]["batch"]
        kills, before = 0, 0
        async with asyncio.timeout(600):
            while (found := await _made(http, batch["id"]))[0] == "RUNNING":
                if kills < 2 and found[1] > before:
                    await server.kill()
                    await server.start()
                    kills, before = kills + 1, found[1]
                await asyncio.sleep(0.01)
        assert (found, kills) == (("DONE", KILLED), 2)
        listed = await http.get(batch["codesUrl"])
        await server.kill()
    rows = list(csv.reader(io.StringIO(listed.text)))
    assert rows[0] == ["code", "state", "expires_at"]
    assert {tuple(row[1:]) for row in rows[1:]} == {("ISSUED", "")}
    hashes = {unique_hash(read_code(code)) for code, _, _ in rows[1:]}
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        stored = [bytes(value) for value in await models.Coupon.all().values_list("code_hash", flat=True)]
        assert (len(rows) - 1, len(stored), len(hashes)) == (KILLED, KILLED, KILLED)
        assert set(stored) == hashes
        assert (await models.CouponTally.get(campaign_id=template.id)).issued == KILLED
        assert (await models.CampaignUsage.get(campaign_id=template.id)).uses == KILLED
