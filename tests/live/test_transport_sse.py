"""Streams over HTTP: server-sent events as they stand on the wire, and multipart subscriptions."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import httpx
import orjson
import pytest
from structlog.testing import capture_logs

from app.transport import expiry
from app.transport.expiry import CredentialExpired, until_expiry
from app.transport.http import GraphQLView
from app.transport.responses import ClosingResponse
from app.transport.sse import EventStream, position_of, resumed
from tests.transport_toy import FAILURE, Toy, served

COUNT = "subscription ($after: String) { count(after: $after) { position number } }"
EVENT_STREAM = {"accept": "text/event-stream"}
MULTIPART = {"accept": 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json'}


async def streamed(query: str, headers: dict[str, str] | None = None, **more: Any) -> str:
    """Return a finite stream as text."""
    async with Toy().client() as client:
        response = await client.post("/graphql", json={"query": query, **more}, headers=EVENT_STREAM | (headers or {}))
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["x-request-id"]
    return response.content.decode()


@contextlib.asynccontextmanager
async def open_stream(host: str, query: str, **headers: str) -> AsyncIterator[AsyncIterator[str]]:
    """Yield the events of a running stream, each the text between two empty lines."""
    async with (
        httpx.AsyncClient(base_url=f"http://{host}", timeout=30) as client,
        client.stream("POST", "/graphql", json={"query": query}, headers=EVENT_STREAM | headers) as response,
    ):
        yield split(response)


async def split(response: httpx.Response) -> AsyncIterator[str]:
    waiting = ""
    async for text in response.aiter_text():
        *events, waiting = (waiting + text).split("\n\n")
        for event in events:
            yield event
    assert waiting == ""


def event(number: int) -> str:
    return f'id: {number}\nevent: next\ndata: {{"data":{{"count":{{"position":"{number}","number":{number}}}}}}}\n\n'


COMPLETE = "event: complete\ndata:\n\n"


async def test_each_event_carries_its_position_and_lines_end_with_lf() -> None:
    assert await streamed(COUNT) == event(1) + event(2) + event(3) + COMPLETE


async def test_a_stream_resumes_after_the_last_event_seen() -> None:
    assert await streamed(COUNT, {"last-event-id": "2"}) == event(3) + COMPLETE
    assert await streamed(COUNT, {"last-event-id": "2"}, variables={"after": "1"}) == event(3) + COMPLETE
    assert await streamed(COUNT, {"last-event-id": ""}, variables={"after": "1"}) == event(2) + event(3) + COMPLETE


async def test_a_document_without_after_ignores_the_last_event_seen() -> None:
    text = await streamed("subscription { count { position number } }", {"last-event-id": "2"})
    assert text == event(1) + event(2) + event(3) + COMPLETE


async def test_last_event_id_means_nothing_outside_a_stream() -> None:
    query = "query ($after: String) { hello(name: $after) }"
    async with Toy().client() as client:
        response = await client.post("/graphql", json={"query": query}, headers={"last-event-id": "2"})
    assert response.json() == {"data": {"hello": "Hello world"}}


async def test_a_batch_carries_its_cursor() -> None:
    text = await streamed("subscription { batches { cursor numbers } }")
    assert text.startswith("id: 2\nevent: next\n")


@pytest.mark.parametrize(
    ("data", "position"),
    [
        (None, None),
        ({}, None),
        ({"count": None}, None),
        ({"count": 5}, None),
        ({"count": {"number": 1}}, None),
        ({"count": {"position": "p1"}}, "p1"),
        ({"any": {"position": 7}}, "7"),
        ({"any": {"cursor": "c1"}}, "c1"),
        ({"any": {"cursor": "c1", "position": "p1"}}, "p1"),
        ({"a": {"position": "p1"}, "b": {"position": "p2"}}, None),
        ({"any": {"position": ""}}, None),
        ({"any": {"position": "p1\nevent: forged"}}, None),
        ({"any": {"position": {"deep": 1}}}, None),
    ],
)
def test_the_position_is_that_of_the_single_root_field(data: Any, position: str | None) -> None:
    assert position_of(data) == position


def test_resuming_leaves_the_other_variables_alone() -> None:
    variables = {"after": "1", "last": 5}
    assert resumed(variables, "2") == {"after": "2", "last": 5}
    assert resumed(variables, None) is variables
    assert variables == {"after": "1", "last": 5}
    assert resumed(None, "2") == {"after": "2"}


async def test_a_query_streams_its_one_result() -> None:
    assert await streamed("{ hello }") == 'event: next\ndata: {"data":{"hello":"Hello world"}}\n\n' + COMPLETE


async def test_a_stream_may_be_asked_for_by_get_but_runs_no_mutation() -> None:
    headers = EVENT_STREAM | {"graphql-require-preflight": "1"}
    mutation = 'mutation { commit(input: {idempotencyKey: "k", order: {source: "s", lines: []}}) }'
    async with Toy().client() as client:
        assert (await client.get("/graphql", params={"query": COUNT}, headers=EVENT_STREAM)).status_code == 400
        text = (await client.get("/graphql", params={"query": COUNT}, headers=headers)).text
        assert text == event(1) + event(2) + event(3) + COMPLETE
        text = (await client.get("/graphql", params={"query": mutation}, headers=headers)).text
    assert "mutations are not allowed" in text
    assert '"data":{' not in text


@pytest.mark.parametrize(
    ("query", "message"),
    [("{", "Syntax Error: Expected Name, found <EOF>."), ("{ nope }", "Cannot query field 'nope' on type 'Query'.")],
)
async def test_a_document_that_cannot_run_ends_the_stream_with_its_errors(query: str, message: str) -> None:
    text = await streamed(query, {"x-request-id": "stream-0001"})
    head, data = text.removesuffix(COMPLETE).split("data: ")
    assert head == "event: next\n"
    (error,) = orjson.loads(data)["errors"]
    assert error["message"] == message
    assert error["extensions"] == {"code": "BAD_REQUEST", "requestId": "stream-0001"}


async def test_a_bug_in_a_stream_is_masked_and_logged_once() -> None:
    with capture_logs() as logs:
        text = await streamed("subscription { broken(afterEvents: 1) { number } }", {"x-request-id": "stream-0001"})
    assert text.count("event: next\n") == 2
    assert '"Internal error."' in text
    assert "hunter2" not in text
    assert [(log["request_id"], log["exc_info"]) for log in logs] == [("stream-0001", FAILURE)]


async def test_a_bad_credential_is_refused_before_the_stream_begins() -> None:
    async with Toy().client() as client:
        headers = EVENT_STREAM | {"authorization": "Bearer wrong"}
        response = await client.post("/graphql", json={"query": COUNT}, headers=headers)
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_events_reach_the_client_as_they_happen() -> None:
    toy = Toy()
    async with served(toy) as host, open_stream(host, "subscription { hold { position } }") as events:
        assert (await anext(events)).startswith("id: 1\n")
        toy.gate.open.set()
        assert (await anext(events)).startswith("id: 2\n")
        assert await anext(events) == "event: complete\ndata:"


async def test_a_client_that_leaves_ends_its_subscription() -> None:
    toy = Toy()
    with capture_logs() as logs:
        async with served(toy) as host:
            async with open_stream(host, "subscription { hold { position } }") as events:
                await anext(events)
            await toy.gate.left.wait()
    assert logs == []


async def test_a_connection_lost_while_sending_closes_the_stream() -> None:
    left = []

    async def endless() -> AsyncGenerator[str, None]:
        try:
            while True:
                yield "x"
        finally:
            left.append(True)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            raise OSError

    stream = endless()
    with pytest.raises(OSError):  # noqa: PT011  (it has no text)
        await ClosingResponse(stream).stream_response(send)
    assert left == [True]


async def test_a_stream_under_a_credential_closes_its_source_and_passes_on_its_failures() -> None:
    left = []

    async def source() -> AsyncGenerator[int, None]:
        try:
            yield 1
            raise TimeoutError
        finally:
            left.append(True)

    first, second = source(), source()
    assert [item async for item in _first(until_expiry(first, None))] == [1]
    assert left == [True]
    items = until_expiry(second, expiry.now() + 1000)
    assert await anext(items) == 1
    with pytest.raises(TimeoutError):
        await anext(items)
    assert left == [True, True]
    with pytest.raises(CredentialExpired):
        await anext(until_expiry(source(), expiry.now()))


async def _first(items: AsyncGenerator[int, None]) -> AsyncGenerator[int, None]:
    async with contextlib.aclosing(items):
        yield await anext(items)


async def test_an_idle_stream_is_kept_alive_by_comments() -> None:
    class Beating(EventStream):
        def __init__(self) -> None:
            super().__init__(heartbeat_interval=0.01)

    class View(GraphQLView):
        stream_transport_classes_by_protocol = {  # noqa: RUF012  (as in the view)
            **GraphQLView.stream_transport_classes_by_protocol,
            "graphql-sse": Beating,
        }

    assert EventStream().heartbeat_interval == 15
    async with served(Toy(view_class=View)) as host, open_stream(host, "subscription { idle { number } }") as events:
        assert [await anext(events) for _ in range(2)] == [": ping", ": ping"]


async def test_the_end_of_the_credential_ends_the_stream_so_that_the_client_comes_back() -> None:
    toy = Toy()
    headers = {"authorization": "Bearer ada for 0.3", "x-request-id": "stream-0001"}
    async with served(toy) as host, open_stream(host, "subscription { idle { number } }", **headers) as events:
        (last,) = [event async for event in events]
        if toy.gate.entered.is_set():
            await toy.gate.left.wait()
    head, data = last.split("data: ")
    assert head == "event: next\n"
    assert orjson.loads(data)["errors"] == [
        {
            "message": "The credential has expired.",
            "extensions": {"code": "UNAUTHENTICATED", "requestId": "stream-0001"},
        }
    ]


async def test_a_credential_that_does_not_end_in_time_does_not_end_the_stream() -> None:
    headers = {"authorization": "Bearer ada for 1000"}
    assert await streamed(COUNT, headers) == event(1) + event(2) + event(3) + COMPLETE


async def test_multipart_subscriptions_are_spoken_and_end_with_the_credential() -> None:
    async with Toy().client() as client:
        text = (await client.post("/graphql", json={"query": COUNT}, headers=MULTIPART)).text
        assert text.count('{"payload":{"data":{"count":') == 3
        assert text.endswith("\r\n--graphql--\r\n")
        headers = MULTIPART | {"authorization": "Bearer ada for 0"}
        text = (await client.post("/graphql", json={"query": COUNT}, headers=headers)).text
    assert '"count"' not in text
    assert "The credential has expired." in text
    assert text.endswith("\r\n--graphql--\r\n")
