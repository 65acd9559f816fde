"""Subscribers as simple as can be: one socket with one operation, which goes on only as the test says."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any, Self

import orjson
from starlette.types import ASGIApp, Message
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

PROTOCOL = Subprotocol("graphql-transport-ws")
SCOPE = {"type": "websocket", "path": "/graphql", "query_string": b"", "headers": [], "subprotocols": [PROTOCOL]}
NET_SECONDS = 60
"""How long anything may take before it counts as hung; no test measures time."""

BRIEF = "position sequence kind ... on BalanceChanged { change }"
FULL = f"""{BRIEF} member {{ id }}
  ... on OrderCommitted {{ order {{ externalId }} }}
  ... on BalanceChanged {{ asset {{ code }} balance {{ available }} }}"""


def member_events(facts: str) -> str:
    return (
        f"subscription ($member: ID, $after: Cursor) {{ memberEvents(memberId: $member, after: $after) {{ {facts} }} }}"
    )


MEMBER_EVENTS = member_events(BRIEF)
MEMBER_STATE = "subscription ($member: ID) { memberState(memberId: $member) { position name balance { available } } }"
PROGRAM_EVENTS = (
    "subscription ($after: Cursor, $kinds: [EventKind!]) "
    f"{{ programEvents(after: $after, kinds: $kinds) {{ cursor caughtUp events {{ {BRIEF} member {{ id }} }} }} }}"
)


class Subscription:
    """One subscription and its socket."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def message(self) -> dict[str, Any]:
        """Return the next message of the operation."""
        async with asyncio.timeout(NET_SECONDS):
            while True:
                message: dict[str, Any] = orjson.loads(await self.connection.recv())
                if message["type"] != "ping":
                    return message

    async def next(self) -> Any:
        """Return the value of the subscription's field in the next result, which has no errors."""
        message = await self.message()
        assert message["type"] == "next", message
        assert set(message["payload"]) == {"data"}, message
        (value,) = message["payload"]["data"].values()
        return value

    async def take(self, count: int) -> list[Any]:
        """Return the next `count` values."""
        return [await self.next() for _ in range(count)]

    async def refusal(self) -> dict[str, Any]:
        """Return the one error that ends the operation: its extensions, without the request's id."""
        message = await self.message()
        assert message["type"] == "error", message
        (error,) = message["payload"]
        return {name: value for name, value in error["extensions"].items() if name != "requestId"}

    async def stop(self) -> None:
        """End the operation; the socket stays."""
        await self.connection.send('{"type": "complete", "id": "1"}')


@contextlib.asynccontextmanager
async def subscribed(
    host: str, key: str, query: str, receive_bytes: int | None = None, **variables: Any
) -> AsyncIterator[Subscription]:
    """Yield a subscription with a socket of its own, which holds about `receive_bytes` unread."""
    options: dict[str, Any] = {}
    if receive_bytes is not None:
        address, _, port = host.partition(":")
        options["sock"] = waiting = socket.socket()
        waiting.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        waiting.setblocking(False)
        await asyncio.get_running_loop().sock_connect(waiting, (address, int(port)))
    async with connect(f"ws://{host}/graphql", subprotocols=[PROTOCOL], **options) as connection:
        init = {"type": "connection_init", "payload": {"authorization": f"Bearer {key}"}}
        await connection.send(orjson.dumps(init).decode())
        assert orjson.loads(await connection.recv()) == {"type": "connection_ack"}
        start = {"type": "subscribe", "id": "1", "payload": {"query": query, "variables": variables}}
        await connection.send(orjson.dumps(start).decode())
        yield Subscription(connection)


class HeldSocket:
    """The server's side of a socket without a network: each result stays in the server's hands until it is taken."""

    def __init__(self, app: ASGIApp, key: str, query: str, **variables: Any) -> None:
        self.offered: list[Any] = []
        """Every result that the server has tried to send; of the last one the sending may still be held up."""
        self.closed: int | None = None
        """The code with which the server has closed the socket."""
        self._app = app
        self._takes = asyncio.Semaphore(0)
        self._left = asyncio.Event()
        self._grew = asyncio.Event()
        frames = [
            {"type": "connection_init", "payload": {"authorization": f"Bearer {key}"}},
            {"type": "subscribe", "id": "1", "payload": {"query": query, "variables": variables}},
        ]
        self._received = iter(
            [
                {"type": "websocket.connect"},
                *({"type": "websocket.receive", "text": orjson.dumps(frame).decode()} for frame in frames),
            ]
        )

    async def __aenter__(self) -> Self:
        scope = {
            "type": "websocket",
            "path": "/graphql",
            "headers": [],
            "query_string": b"",
            "subprotocols": [PROTOCOL],
        }
        self._task = asyncio.create_task(self._app(scope, self._receive, self._send))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._left.set()
        self._takes.release()
        await self._task

    async def until_offered(self, count: int) -> None:
        """Wait until the server has tried to send so many results."""
        async with asyncio.timeout(NET_SECONDS):
            while len(self.offered) < count:
                self._grew.clear()
                await self._grew.wait()

    def take(self, count: int = 1) -> None:
        """Let the server send the result that it holds, and so many in all."""
        for _ in range(count):
            self._takes.release()

    async def _receive(self) -> Message:
        if (frame := next(self._received, None)) is not None:
            return frame
        await self._left.wait()
        return {"type": "websocket.disconnect", "code": 1001}

    async def _send(self, message: Message) -> None:
        if message["type"] == "websocket.close":
            self.closed = message["code"]
        frame = orjson.loads(message.get("text") or "{}")
        if frame.get("type") == "next":
            assert set(frame["payload"]) == {"data"}, frame
            self.offered += frame["payload"]["data"].values()
            self._grew.set()
            await self._takes.acquire()
