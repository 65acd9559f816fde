"""`graphql-transport-ws` against a real server: the protocol, its malformed frames, credentials and masking."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import orjson
import pytest
from starlette.websockets import WebSocket
from strawberry.http.exceptions import WebSocketDisconnected
from structlog.testing import capture_logs
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from app.transport import expiry
from app.transport.http import SOCKET_OPERATIONS_MAX, GraphQLView
from app.transport.websocket import REASON_BYTES_MAX, TextSocket
from tests.transport_toy import FAILURE, Toy, served

PROTOCOL = Subprotocol("graphql-transport-ws")
ACK = {"type": "connection_ack"}


class Client:
    """Speaks the protocol; every wait ends with the connection at the latest."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, *messages: dict[str, Any]) -> None:
        for message in messages:
            await self.connection.send(orjson.dumps(message).decode())

    async def receive(self) -> dict[str, Any]:
        text = await self.connection.recv()
        assert isinstance(text, str), "a client may expect text frames"
        message: dict[str, Any] = orjson.loads(text)
        return message

    async def init(self, **payload: Any) -> None:
        await self.send({"type": "connection_init", "payload": payload})
        assert await self.receive() == ACK

    async def subscribe(self, query: str, id: str = "1", **more: Any) -> None:
        await self.send({"type": "subscribe", "id": id, "payload": {"query": query, **more}})

    async def closed(self) -> tuple[int, str]:
        """Return code and reason of the close, past whatever is still to be read."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self.connection.recv()
        close = self.connection.protocol.close_rcvd
        assert close is not None
        return close.code, close.reason

    async def assert_alive(self) -> None:
        await self.send({"type": "ping", "payload": {"still": "there"}})
        assert await self.receive() == {"type": "pong", "payload": {"still": "there"}}


@contextlib.asynccontextmanager
async def opened(toy: Toy | None = None, **options: Any) -> AsyncIterator[Client]:
    """Yield a client of a server of its own; the connection is not initialised."""
    async with served(toy or Toy()) as host, joined(host, **options) as client:
        yield client


@contextlib.asynccontextmanager
async def joined(host: str, **options: Any) -> AsyncIterator[Client]:
    async with connect(f"ws://{host}/graphql", subprotocols=[PROTOCOL], **options) as connection:
        yield Client(connection)


async def collected(client: Client) -> list[dict[str, Any]]:
    """Return the messages of the only operation, up to its end."""
    messages = [await client.receive()]
    while messages[-1]["type"] == "next":
        messages.append(await client.receive())
    return messages


SCOPE = {"type": "websocket", "path": "/graphql", "headers": [], "query_string": b"", "subprotocols": [PROTOCOL]}
"""For the tests that play the server themselves."""


def frame(message: dict[str, Any]) -> dict[str, Any]:
    return {"type": "websocket.receive", "text": orjson.dumps(message).decode()}


# Operations


async def test_a_subscription_sends_each_event_and_completes() -> None:
    async with opened() as client:
        await client.init()
        await client.subscribe("subscription { count { position number } }")
        assert await collected(client) == [
            *(
                {"type": "next", "id": "1", "payload": {"data": {"count": {"position": str(n), "number": n}}}}
                for n in (1, 2, 3)
            ),
            {"type": "complete", "id": "1"},
        ]


async def test_a_query_and_a_mutation_give_one_result() -> None:
    async with opened() as client:
        await client.init()
        await client.subscribe(
            "query A { hello } query B($n: String) { hello(name: $n) }", operationName="B", variables={"n": "Ada"}
        )
        assert await collected(client) == [
            {"type": "next", "id": "1", "payload": {"data": {"hello": "Hello Ada"}}},
            {"type": "complete", "id": "1"},
        ]
        await client.subscribe('mutation { commit(input: {idempotencyKey: "k", order: {source: "s", lines: []}}) }')
        assert (await collected(client))[0]["payload"] == {"data": {"commit": "k 0"}}


async def test_nulls_in_the_payload_mean_absent() -> None:
    async with opened() as client:
        await client.send({"type": "connection_init", "payload": None})
        assert await client.receive() == ACK
        await client.subscribe("{ hello }", operationName=None, variables=None, extensions=None)
        assert [message["type"] for message in await collected(client)] == ["next", "complete"]


async def test_an_id_may_be_used_again_once_its_operation_has_ended() -> None:
    toy = Toy()
    async with opened(toy) as client:
        await client.init()
        await client.subscribe("subscription { hold { number } }")
        assert (await client.receive())["type"] == "next"
        await client.send({"type": "complete", "id": "1"})
        await client.subscribe("{ hello }")
        assert [message["type"] for message in await collected(client)] == ["next", "complete"]
        await toy.gate.left.wait()


async def test_completing_an_unknown_operation_is_ignored() -> None:
    async with opened() as client:
        await client.init()
        await client.send({"type": "complete", "id": "nope"})
        await client.assert_alive()


async def test_a_client_that_leaves_ends_its_subscriptions() -> None:
    toy = Toy()
    with capture_logs() as logs:
        async with served(toy) as host:
            async with joined(host) as client:
                await client.init()
                await client.subscribe("subscription { idle { number } }")
                await toy.gate.entered.wait()
            await toy.gate.left.wait()
    assert logs == []


async def test_each_operation_has_a_context_of_its_own() -> None:
    toy = Toy()
    async with opened(toy) as client:
        await client.init(authorization="Bearer ada", device="till 5")
        for _ in range(2):
            await client.subscribe("{ caller }")
            assert (await collected(client))[0]["payload"] == {"data": {"caller": "ada"}}
    of_socket, *of_operations = toy.contexts
    assert of_socket.actor.credential == ""
    assert [context.actor.credential for context in of_operations] == ["ada", "ada"]
    assert [context.connection_params for context in of_operations] == [
        {"authorization": "Bearer ada", "device": "till 5"}
    ] * 2
    assert len({context.request_id for context in toy.contexts}) == 1


async def test_a_socket_runs_a_limited_number_of_operations() -> None:
    async with opened() as client:
        await client.init()
        for number in range(SOCKET_OPERATIONS_MAX):
            await client.subscribe("subscription { idle { number } }", id=str(number))
        await client.subscribe("{ hello }", id="one more")
        message = await client.receive()
        assert (message["type"], message["id"]) == ("error", "one more")
        assert message["payload"][0]["extensions"]["code"] == "BAD_REQUEST"
        await client.send({"type": "complete", "id": "0"})
        await client.subscribe("{ hello }", id="one more")
        assert [message["type"] for message in await collected(client)] == ["next", "complete"]


async def test_a_connection_lost_while_sending_is_no_bug() -> None:
    lost = asyncio.Event()
    frames = iter(
        [
            {"type": "websocket.connect"},
            frame({"type": "connection_init"}),
            frame({"type": "subscribe", "id": "1", "payload": {"query": "subscription { count { number } }"}}),
        ]
    )
    sent: list[str] = []

    async def receive() -> dict[str, Any]:
        if message := next(frames, None):
            return message
        await lost.wait()
        return {"type": "websocket.disconnect", "code": 1006}

    async def send(message: Any) -> None:
        sent.append(message["type"])
        if "next" in message.get("text", ""):
            lost.set()
            raise OSError

    with capture_logs() as logs:
        await Toy().app()(SCOPE, receive, send)
    assert sent == ["websocket.accept", "websocket.send", "websocket.send"]
    assert logs == []


async def test_a_closed_socket_is_closed_once_and_sends_nothing() -> None:
    sent: list[str] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    socket = WebSocket({"type": "websocket", "headers": []}, receive, send)
    await socket.accept()
    adapter = TextSocket(None, socket, socket)  # type: ignore[arg-type]  # the view is not used
    await adapter.close(4400, "x")
    await adapter.close(4403, "y")
    with pytest.raises(WebSocketDisconnected):
        await adapter.send_json({"type": "ping"})
    assert sent == ["websocket.accept", "websocket.close"]


# Frames

MALFORMED = {
    "null": "null",
    "number": "5",
    "string": '"ping"',
    "array": "[]",
    "array of messages": '[{"type": "ping"}]',
    "empty": "",
    "not json": "{",
    "deep": "[" * 60_000,
    "no type": "{}",
    "null type": '{"type": null}',
    "object type": '{"type": {"type": "ping"}}',
    "unknown type": '{"type": "start", "id": "1"}',
    "type of the server": '{"type": "next", "id": "1", "payload": {}}',
    "long unknown type": orjson.dumps({"type": "é" * 1000}).decode(),
    "subscribe without id": '{"type": "subscribe", "payload": {"query": "{ hello }"}}',
    "subscribe with null id": '{"type": "subscribe", "id": null, "payload": {"query": "{ hello }"}}',
    "subscribe with number id": '{"type": "subscribe", "id": 1, "payload": {"query": "{ hello }"}}',
    "subscribe with object id": '{"type": "subscribe", "id": {"a": 1}, "payload": {"query": "{ hello }"}}',
    "subscribe with array id": '{"type": "subscribe", "id": ["1"], "payload": {"query": "{ hello }"}}',
    "subscribe with empty id": '{"type": "subscribe", "id": "", "payload": {"query": "{ hello }"}}',
    "subscribe without payload": '{"type": "subscribe", "id": "1"}',
    "subscribe with null payload": '{"type": "subscribe", "id": "1", "payload": null}',
    "subscribe with string payload": '{"type": "subscribe", "id": "1", "payload": "{ hello }"}',
    "subscribe without query": '{"type": "subscribe", "id": "1", "payload": {}}',
    "subscribe with null query": '{"type": "subscribe", "id": "1", "payload": {"query": null}}',
    "subscribe with object query": '{"type": "subscribe", "id": "1", "payload": {"query": {}}}',
    "variables": '{"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "variables": []}}',
    "operation name": '{"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "operationName": 5}}',
    "extensions": '{"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "extensions": "x"}}',
    "complete without id": '{"type": "complete"}',
    "complete with object id": '{"type": "complete", "id": {}}',
    "ping with number": '{"type": "ping", "payload": 5}',
    "pong with array": '{"type": "pong", "payload": []}',
    "init with array": '{"type": "connection_init", "payload": []}',
    "init with number": '{"type": "connection_init", "payload": 5}',
}


@pytest.mark.parametrize("acknowledged", [False, True], ids=["before init", "after init"])
async def test_a_malformed_frame_closes_the_socket_and_nothing_else(acknowledged: bool) -> None:
    toy = Toy()
    with capture_logs() as logs:
        async with served(toy) as host:
            for name, frame in MALFORMED.items():
                async with joined(host) as client:
                    if acknowledged:
                        await client.init()
                    await client.connection.send(frame)
                    code, reason = await client.closed()
                assert code == 4400, name
                assert 0 < len(reason.encode()) <= REASON_BYTES_MAX, name
            async with joined(host) as client:
                await client.init()
                await client.assert_alive()
    assert logs == []


async def test_a_binary_frame_is_malformed() -> None:
    async with opened() as client:
        await client.connection.send(b'{"type": "connection_init"}')
        assert await client.closed() == (4400, "WebSocket message type must be text")


async def test_a_frame_that_is_too_big_closes_with_1009() -> None:
    async with opened() as client:
        await client.init()
        await client.connection.send('{"type": "ping", "payload": {"x": "' + "x" * 2**16 + '"}}')
        assert (await client.closed())[0] == 1009


async def test_a_frame_that_is_too_big_is_refused_by_the_transport_itself() -> None:
    async with served(Toy(), ws_max_size=2**20) as host, joined(host) as client:
        await client.connection.send('"' + "x" * 2**16 + '"')
        assert await client.closed() == (1009, "The message is too big")


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        (["subscribe"], (4401, "Unauthorized")),
        (["init", "init"], (4429, "Too many initialisation requests")),
        (["init", "subscribe", "subscribe"], (4409, "Subscriber for 1 already exists")),
    ],
    ids=["subscribe before init", "two inits", "one id twice"],
)
async def test_messages_in_the_wrong_order_close_the_socket(frames: list[str], expected: tuple[int, str]) -> None:
    messages: dict[str, dict[str, Any]] = {
        "init": {"type": "connection_init"},
        "subscribe": {"type": "subscribe", "id": "1", "payload": {"query": "subscription { idle { number } }"}},
    }
    async with opened() as client:
        await client.send(*(messages[frame] for frame in frames))
        assert await client.closed() == expected


async def test_pings_are_answered_with_their_payload_before_and_after_the_init() -> None:
    async with opened() as client:
        await client.assert_alive()
        await client.init()
        await client.send({"type": "ping"}, {"type": "pong"}, {"type": "pong", "payload": {"a": 1}}, {"type": "ping"})
        assert [await client.receive() for _ in range(2)] == [{"type": "pong"}] * 2


async def test_a_socket_without_init_is_closed() -> None:
    class Impatient(GraphQLView):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            assert self.connection_init_wait_timeout == timedelta(seconds=5)
            self.connection_init_wait_timeout = timedelta(seconds=0.01)

    async with opened(Toy(view_class=Impatient)) as client:
        assert await client.closed() == (4408, "Connection initialisation timeout")


async def test_the_server_pings() -> None:
    class Chatty(GraphQLView):
        ping_seconds = 0.01

    async with opened(Toy(view_class=Chatty)) as client:
        await client.init()
        assert [await client.receive() for _ in range(3)] == [{"type": "ping"}] * 3


@pytest.mark.parametrize("protocols", [["graphql-ws"], ["nonsense"]])
async def test_other_protocols_are_not_spoken(protocols: list[Subprotocol]) -> None:
    async with served(Toy()) as host, connect(f"ws://{host}/graphql", subprotocols=protocols) as connection:
        assert connection.subprotocol is None
        assert (await Client(connection).closed())[0] == 4406


async def test_a_page_of_another_origin_is_refused() -> None:
    async with served(Toy()) as host:
        with pytest.raises(InvalidStatus) as refused:
            async with joined(host, origin="https://evil.example"):
                pass
    assert refused.value.response.status_code == 403


# Credentials


@pytest.mark.parametrize(
    ("header", "payload", "caller"),
    [
        (None, {}, "nobody"),
        (None, {"authorization": "Bearer ada"}, "ada"),
        (None, {"authorization": None}, "nobody"),
        ("Bearer ada", {}, "ada"),
        ("Bearer wrong", {"authorization": "Bearer ada"}, "ada"),
    ],
)
async def test_the_init_says_who_calls_and_else_the_upgrade(header: str | None, payload: Any, caller: str) -> None:
    headers = {"authorization": header} if header else {}
    async with opened(additional_headers=headers) as client:
        await client.init(**payload)
        await client.subscribe("{ caller }")
        assert (await collected(client))[0]["payload"] == {"data": {"caller": caller}}


@pytest.mark.parametrize(
    ("header", "authorization", "expected"),
    [
        (None, "Bearer wrong", (4403, "The credential is not valid.")),
        ("Bearer ada", "Bearer wrong", (4403, "The credential is not valid.")),
        ("Bearer wrong", None, (4403, "The credential is not valid.")),
        (None, {"token": "ada"}, (4403, "`authorization` must be a string.")),
        (None, "Bearer busy", (1013, "Too many sign-ins; try again later.")),
    ],
)
async def test_a_bad_credential_closes_the_socket(header: str | None, authorization: Any, expected: Any) -> None:
    headers = {"authorization": header} if header else {}
    async with opened(additional_headers=headers) as client:
        await client.send({"type": "connection_init", "payload": {"authorization": authorization}})
        with capture_logs() as logs:
            assert await client.closed() == expected
    assert logs == []


async def test_authentication_that_fails_is_logged_and_asks_to_come_back() -> None:
    with capture_logs() as logs:
        async with opened(additional_headers={"x-request-id": "socket-0001"}) as client:
            await client.send({"type": "connection_init", "payload": {"authorization": "Bearer broken"}})
            assert await client.closed() == (1013, "Try again later")
    assert [(log["request_id"], log["exc_info"]) for log in logs] == [("socket-0001", FAILURE)]


async def test_the_end_of_the_credential_closes_the_socket_and_ends_its_subscriptions() -> None:
    toy = Toy()
    async with opened(toy) as client:
        await client.init(authorization="Bearer ada for 0.3")
        await client.subscribe("subscription { idle { number } }")
        assert await client.closed() == (4403, "The credential has expired.")
        if toy.gate.entered.is_set():
            await toy.gate.left.wait()


async def test_the_end_of_the_credential_ends_operations_even_if_the_client_does_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Chatty(GraphQLView):
        ping_seconds = 0.01

    toy = Toy(view_class=Chatty)
    frames = iter(
        [
            {"type": "websocket.connect"},
            frame({"type": "connection_init", "payload": {"authorization": "Bearer ada for 1000"}}),
            frame({"type": "subscribe", "id": "1", "payload": {"query": "subscription { idle { number } }"}}),
        ]
    )
    closed: list[int] = []

    async def receive() -> dict[str, Any]:
        if message := next(frames, None):
            return message
        await toy.gate.entered.wait()
        monkeypatch.setattr(expiry, "now", lambda: float("inf"))
        await toy.gate.left.wait()
        return {"type": "websocket.disconnect", "code": 1006}

    async def send(message: Any) -> None:
        if message["type"] == "websocket.close":
            closed.append(message["code"])
            await asyncio.Event().wait()

    async with asyncio.timeout(10):
        await toy.app()(SCOPE, receive, send)
    assert closed == [4403]


# Errors


@pytest.mark.parametrize(
    ("query", "more"),
    [
        ("{", {}),
        ("", {}),
        ("# nothing", {}),
        ("{ nope }", {}),
        ("subscription { nope }", {}),
        ("fragment F on Query { hello }", {}),
        ("query A { hello } query B { hello }", {}),
        ("{ hello }", {"operationName": "B"}),
        ("{" * 300, {}),
    ],
)
async def test_a_document_that_cannot_run_is_an_error_of_its_operation_and_the_socket_stays(
    query: str, more: dict[str, Any]
) -> None:
    with capture_logs() as logs:
        async with opened() as client:
            await client.init()
            await client.subscribe(query, **more)
            message = await client.receive()
            assert (message["type"], message["id"]) == ("error", "1")
            for error in message["payload"]:
                assert error["message"] != "Internal error."
                assert error["extensions"]["code"] == "BAD_REQUEST"
            await client.assert_alive()
    assert logs == []


@pytest.mark.parametrize(
    "query",
    ["query ($n: Int!) { add(first: $n) }", "subscription ($n: Int!) { count(last: $n) { number } }"],
)
async def test_a_coercion_error_is_an_error_of_its_operation(query: str) -> None:
    async with opened(additional_headers={"x-request-id": "socket-0001"}) as client:
        await client.init()
        await client.subscribe(query, variables={"n": "x"})
        message = await client.receive()
        assert message["type"] == "error"
        argument = "first" if "first" in query else "last"
        assert [error["extensions"] for error in message["payload"]] == [
            {"code": "BAD_REQUEST", "field": [argument], "requestId": "socket-0001"}
        ]
        await client.assert_alive()


async def test_a_bug_in_a_field_is_masked_and_logged_once() -> None:
    with capture_logs() as logs:
        async with opened(additional_headers={"x-request-id": "socket-0001"}) as client:
            await client.init()
            await client.subscribe("query Front { hello boom }")
            payload = (await collected(client))[0]["payload"]
    assert payload["data"] == {"hello": "Hello world", "boom": None}
    (error,) = payload["errors"]
    assert error["message"] == "Internal error."
    assert error["extensions"] == {"code": "INTERNAL", "requestId": "socket-0001"}
    assert [(log["request_id"], log["operation"], log["exc_info"]) for log in logs] == [
        ("socket-0001", "Front", FAILURE)
    ]


@pytest.mark.parametrize("events", [0, 2])
async def test_a_subscription_that_fails_ends_with_an_error_never_silently(events: int) -> None:
    query = "subscription ($public: Boolean!, $n: Int!) { broken(public: $public, afterEvents: $n) { number } }"
    async with opened() as client:
        await client.init()
        for public, code in ((True, "CURSOR_EXPIRED"), (False, "INTERNAL")):
            with capture_logs() as logs:
                await client.subscribe(query, variables={"public": public, "n": events})
                messages = await collected(client)
            assert [message["type"] for message in messages] == ["next"] * events + ["error"]
            (error,) = messages[-1]["payload"]
            assert error["extensions"]["code"] == code
            assert error["message"] == ("Fetch a snapshot first." if public else "Internal error.")
            assert len(logs) == (0 if public else 1)
        await client.assert_alive()


async def test_a_context_that_cannot_be_made_is_a_bug_of_its_operation() -> None:
    class Broken(Toy):
        def make_context(self, actor: Any, request_id: str) -> Any:
            if self.contexts:
                raise FAILURE
            return super().make_context(actor, request_id)

    with capture_logs() as logs:
        async with opened(Broken()) as client:
            await client.init()
            await client.subscribe("{ hello }")
            (message,) = await collected(client)
            assert (message["type"], message["payload"][0]["message"]) == ("error", "Internal error.")
            await client.assert_alive()
    assert len(logs) == 1
