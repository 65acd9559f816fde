"""What becomes of the work when its caller hangs up: that of a query stops, that of a mutation is done whole."""

import asyncio
from typing import Any

import orjson
import pytest

import models
from services.snapshots import Snapshots
from tests.api.conftest import Api, scope_of

ENROLL = 'mutation { memberEnroll(input: {idempotencyKey: "k"}) { member { number } } }'


class Slow:
    """Looks programs up only when told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.go_on, self.stopped = asyncio.Event(), asyncio.Event(), asyncio.Event()
        load = Snapshots.load

        async def slowly(*arguments: Any) -> Any:
            self.reached.set()
            try:
                await self.go_on.wait()
            except asyncio.CancelledError:
                self.stopped.set()
                raise
            return await load(*arguments)

        monkeypatch.setattr(Snapshots, "load", slowly)


async def asked(api: Api, query: str, slow: Slow, sent: list[Any]) -> None:
    """Ask, and hang up when the program is being looked up."""
    headers = {"content-type": "application/json", "authorization": f"Bearer {api.key}"}
    body = [{"type": "http.request", "body": orjson.dumps({"query": query}), "more_body": False}]

    async def receive() -> Any:
        if body:
            return body.pop()
        await slow.reached.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await api.app(scope_of(headers), receive, send)


async def test_a_query_stops(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    slow, sent = Slow(monkeypatch), []
    await asked(api, "{ program { code } }", slow, sent)
    await slow.stopped.wait()
    assert sent == []
    slow.go_on.set()
    assert await api.data("{ program { code } }") == {"program": {"code": "SHOP"}}


async def test_a_mutation_is_done(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    slow, sent = Slow(monkeypatch), []
    asking = asyncio.create_task(asked(api, ENROLL, slow, sent))
    await slow.reached.wait()
    for _ in range(5):
        await asyncio.sleep(0)  # let it notice
    slow.go_on.set()
    await asking
    assert not slow.stopped.is_set()
    assert await models.Member.filter(program_id=api.program_id).count() == 1
