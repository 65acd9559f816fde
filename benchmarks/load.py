"""Load over HTTP from a process of its own: keep-alive connections, each sending its next request on the last answer.

It reads what to do as JSON from standard input and writes what it found as JSON to standard output.
"""

import asyncio
import random
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import Any

import orjson
import uvloop

MEMBER, NAME = b"@MEMBER@", b"@NAME@"
"""Places in a body that are filled with some member, and with a text that nothing else has."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What to send, for how long, and what an answer must and must not contain."""

    port: int
    connections: int
    seconds: float
    path: str
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    members: list[str] = field(default_factory=list)
    expected: str = ""
    forbidden: str = '"errors":'

    def requests(self) -> Callable[[], bytes]:
        """Return a maker of requests, head and body."""
        body, token, numbers = self.body.encode(), secrets.token_hex(4), count(1)
        members = [member.encode() for member in self.members] or [b""]
        lines = [f"POST {self.path} HTTP/1.1", f"host: 127.0.0.1:{self.port}", "content-type: application/json"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        head = "\r\n".join([*lines, "content-length: "]).encode()

        def make() -> bytes:
            filled = body.replace(MEMBER, random.choice(members)).replace(
                NAME, b"%s-%d" % (token.encode(), next(numbers))
            )
            return b"%s%d\r\n\r\n%s" % (head, len(filled), filled)

        return make


class Connection(asyncio.Protocol):
    """One connection: a request, its answer, the next request, until the time is over."""

    def __init__(self, make: Callable[[], bytes], errand: Errand) -> None:
        self._make = make
        self._expected, self._forbidden = errand.expected.encode(), errand.forbidden.encode()
        self._answer = bytearray()
        self._sent = self._until = 0.0
        self.latencies: list[float] = []
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.last_answer = b""

    def connection_made(self, transport: Any) -> None:
        """Keep the connection for `start`."""
        self._transport = transport

    def start(self, until: float) -> None:
        """Send the first request; the last one is sent before `until`."""
        self._until = until
        self._send()

    def _send(self) -> None:
        self._sent = time.perf_counter()
        if self._sent >= self._until:
            self.finished.set_result(None)
            return
        self._transport.write(self._make())

    def data_received(self, data: bytes) -> None:
        """Take a piece of an answer; when it is whole, check it and go on."""
        self._answer += data
        end = self._answer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._answer[:end]).lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(self._answer) < end + 4 + length:
            return
        body = bytes(self._answer[end + 4 :])
        self._answer.clear()
        if b" 200 " not in head[:13] or self._expected not in body or self._forbidden in body:
            self.finished.set_exception(RuntimeError(f"unexpected answer: {head[:15]!r} {body[:500]!r}"))
            return
        self.latencies.append(time.perf_counter() - self._sent)
        self.last_answer = body
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        """Fail when the server hung up."""
        if not self.finished.done():
            self.finished.set_exception(error or ConnectionResetError("the server closed the connection"))


@dataclass(frozen=True, slots=True)
class Found:
    """What the load found: rate, latencies, and the last answer's body."""

    per_second: float
    p50_ms: float
    p99_ms: float
    answer: str


async def run(errand: Errand) -> Found:
    """Open all connections, then send for as long as the errand says."""
    make = errand.requests()
    loop = asyncio.get_running_loop()
    connections = [
        (await loop.create_connection(lambda: Connection(make, errand), "127.0.0.1", errand.port))[1]
        for _ in range(errand.connections)
    ]
    started = time.perf_counter()
    for connection in connections:
        connection.start(started + errand.seconds)
    await asyncio.gather(*(connection.finished for connection in connections))
    elapsed = time.perf_counter() - started
    latencies = sorted(latency for connection in connections for latency in connection.latencies)
    size = len(latencies)
    return Found(
        size / elapsed,
        latencies[size // 2] * 1000,
        latencies[size * 99 // 100] * 1000,
        connections[0].last_answer.decode(),
    )


if __name__ == "__main__":
    found = uvloop.run(run(Errand(**orjson.loads(sys.stdin.buffer.read()))))
    sys.stdout.buffer.write(orjson.dumps(asdict(found)))
