"""Stock GraphQL clients as Node processes: see the folder `clients`."""

import asyncio
import fcntl
import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import orjson
import pytest

CLIENTS = Path(__file__).parent / "clients"
LINE_BYTES_MAX = 2**20


def installed_node() -> str:
    """Return Node's path, with the clients' packages installed as their lockfile names them; fail the test if not."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.fail("Node 20 or newer and npm are needed: this test runs the stock clients of other projects.")
    stamp = CLIENTS / "node_modules" / ".huiyuan-installed"
    with (CLIENTS / "package-lock.json").open("rb") as lockfile:
        fcntl.flock(lockfile, fcntl.LOCK_EX)  # several test processes may start at once
        digest = hashlib.sha256(lockfile.read()).hexdigest()
        if not stamp.exists() or stamp.read_text() != digest:
            command = [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"]
            answer = subprocess.run(command, cwd=CLIENTS, capture_output=True, text=True, check=False)
            if answer.returncode:
                pytest.fail(f"npm could not install the clients:\n{answer.stdout}{answer.stderr}")
            stamp.write_text(digest)
    return node


class Tally:
    """A count, and waiting for what comes with it; one task waits at a time."""

    def __init__(self) -> None:
        self.count = 0
        self._grew = asyncio.Event()

    def add(self) -> None:
        self.count += 1
        self._grew.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition that comes true with a growth of the count."""
        while not condition():
            self._grew.clear()
            await self._grew.wait()

    async def reach(self, goal: int) -> None:
        await self.until(lambda: self.count >= goal)


class StockClient:
    """One process, and what it has printed: a line for each event, each result and each connection."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.events: list[dict[str, Any]] = []
        self.seen = Tally()
        self.results = Tally()
        self.connections = Tally()

    @property
    def places(self) -> list[tuple[str, int]]:
        """Member and number of each event, in the order of their arrival."""
        return [(event["member"]["id"], int(event["sequence"])) for event in self.events]

    async def has_seen(self, newest: dict[str, int]) -> None:
        """Wait until the newest event of each of these members has come."""
        await self.seen.until(lambda: newest.items() <= set(self.places))

    async def follow(self) -> None:
        """Note what it prints, for ever; a client that gives up fails the test."""
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            match orjson.loads(line):
                case {"event": event}:
                    self.events.append(event)
                    self.seen.add()
                case {"place": _}:
                    self.results.add()
                case {"connected": True}:
                    self.connections.add()
                case fact:
                    raise AssertionError(f"A client gave up: {fact}")
        raise AssertionError(f"A client ended by itself, with status {await self.process.wait()}.")


class StockClients(dict[str, StockClient]):
    """Clients by the names that a test gives them, for as long as a `with` block runs; one that gives up ends it."""

    def __init__(self, node: str, url: str, key: str) -> None:
        super().__init__()
        self.tasks = asyncio.TaskGroup()
        self._node = node
        self._asked = {"url": f"{url}/graphql", "key": key}
        self._following: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await self.tasks.__aenter__()
        return self

    async def __aexit__(self, *failure: object) -> None:
        for task in self._following:
            task.cancel()
        try:
            await self.tasks.__aexit__(*failure)  # type: ignore[arg-type]  # as they came
        finally:
            for client in self.values():
                if client.process.returncode is None:
                    client.process.kill()
                await client.process.wait()

    async def join(self, name: str, library: str, stream: str, **variables: Any) -> StockClient:
        """Start a client of a library that subscribes to `stream`, and return it once it is connected."""
        asked = {**self._asked, "stream": stream, "variables": variables}
        process = await asyncio.create_subprocess_exec(
            *(self._node, f"{library}.mjs", orjson.dumps(asked).decode()),
            cwd=CLIENTS,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_BYTES_MAX,
        )
        client = self[name] = StockClient(process)
        self._following.append(self.tasks.create_task(client.follow()))
        await client.connections.reach(1)
        return client
