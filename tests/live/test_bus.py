import asyncio
import gc
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped, unused-ignore]
import pytest
from broadcaster import Broadcast
from redis.asyncio import Redis
from structlog.testing import capture_logs

from app import bus_postgres, bus_redis
from app.bus import KEYS_PER_MESSAGE, OUTGOING_KEYS_MAX, Bus, backend_for
from app.bus_backend import CHANNEL, INCOMING_MESSAGES_MAX, WAKE_ALL, Link, MemoryBackend
from app.settings import SettingsError
from services.hub import Hub, member_stream
from tests.live.proxy import proxied

REDIS_URL = os.environ.get("HUIYUAN_TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
POSTGRES_URL = os.environ.get("HUIYUAN_TEST_POSTGRES_URL", "postgres://root@127.0.0.1:5432/postgres")

NET_SECONDS = 60
"""How long a test may take before it counts as hung; no test measures time."""

across_processes = pytest.mark.parametrize("url", [REDIS_URL, POSTGRES_URL], ids=["redis", "postgres"])
everywhere = pytest.mark.parametrize("url", ["memory://", REDIS_URL, POSTGRES_URL], ids=["memory", "redis", "postgres"])


PROGRAM = uuid4()
"""In every key of this run: the servers may carry the hints of other test runs too."""


def new_key() -> str:
    return member_stream(PROGRAM, uuid4())


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(NET_SECONDS):
        while not condition():  # noqa: ASYNC110  (what is waited for has no event)
            await asyncio.sleep(0.01)


class RecordingHub(Hub):
    """The hub, with a record of what woke it: `*`, and the keys of this run."""

    def __init__(self) -> None:
        super().__init__()
        self._woken: asyncio.Queue[str] = asyncio.Queue()

    def wake(self, key: str) -> None:
        super().wake(key)
        if PROGRAM.hex in key:
            self._woken.put_nowait(key)

    def wake_all(self) -> None:
        super().wake_all()
        self._woken.put_nowait(WAKE_ALL)

    async def until(self, *keys: str) -> list[str]:
        """Wait until all `keys` came, and return everything that did since the last call."""
        seen: list[str] = []
        async with asyncio.timeout(NET_SECONDS):
            while not set(keys) <= set(seen):
                seen.append(await self._woken.get())
        return seen


@pytest.fixture(autouse=True)
def _silence(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Whatever happens to a server, nobody prints a traceback or leaves an exception to the event loop."""
    with caplog.at_level(logging.WARNING):
        yield
        gc.collect()  # an exception that nobody fetched is reported when its task goes
    assert [record for record in caplog.records if record.name == "asyncio" or record.exc_info] == []
    assert "Traceback" not in capfd.readouterr().err


@asynccontextmanager
async def running(url: str) -> AsyncIterator[tuple[Bus, RecordingHub]]:
    """Yield a bus that listens, as one server process has it, and its hub."""
    hub = RecordingHub()
    async with Bus(url, hub) as bus:
        await hub.until(WAKE_ALL)
        assert bus.is_listening
        yield bus, hub


async def kill_connections(url: str, bus: Bus) -> None:
    """Let the server end every connection of `bus`."""
    if url.startswith("redis"):
        async with Redis.from_url(url) as redis:
            mine = [row for row in await redis.client_list() if row["name"] == bus.client_name]
            for row in mine:
                await redis.client_kill_filter(_id=row["id"])
    else:
        connection = await asyncpg.connect(url)
        mine = await connection.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", bus.client_name
        )
        await connection.close()
    assert mine


class OwnRedis:
    """A Redis server of the test's own, which it may kill."""

    def __init__(self, directory: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._directory = directory
        self._process: asyncio.subprocess.Process | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *("redis-server", "--port", str(self._port), "--bind", "127.0.0.1", "--save", ""),
            *("--dir", str(self._directory)),
            stdout=asyncio.subprocess.DEVNULL,
        )

    async def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
            self._process = None


@pytest.fixture
async def own_redis(tmp_path: Path) -> AsyncIterator[OwnRedis]:
    server = OwnRedis(tmp_path)
    yield server
    await server.kill()


@asynccontextmanager
async def messages(url: str) -> AsyncIterator[asyncio.Queue[list[str]]]:
    """Yield a queue of what is sent over the channel: the words of each message, its origin first."""
    queue: asyncio.Queue[list[str]] = asyncio.Queue()
    broadcast = Broadcast(backend=backend_for(url, "huiyuan-test"))
    async with broadcast, broadcast.subscribe(CHANNEL) as subscriber:

        async def follow() -> None:
            while True:
                queue.put_nowait((await subscriber.get()).message.split(" "))

        following = asyncio.create_task(follow())
        async with asyncio.timeout(NET_SECONDS):
            assert await queue.get() == [WAKE_ALL]
        yield queue
        following.cancel()


# --- delivery


@everywhere
async def test_fifty_concurrent_publishes_reach_each_of_ten_subscribers_once(url: str) -> None:
    sent = [uuid4().hex for _ in range(50)]

    async def collect(receive: Callable[[], Any]) -> list[str]:
        got: list[str] = []
        while len(got) < len(sent):
            message = (await receive()).message
            if message in sent:  # the server may carry the messages of others too
                got.append(message)
        return got

    broadcast = Broadcast(backend=backend_for(url, "huiyuan-test"))
    async with asyncio.timeout(NET_SECONDS), broadcast, AsyncExitStack() as stack:
        subscribers = [await stack.enter_async_context(broadcast.subscribe(CHANNEL)) for _ in range(10)]
        for subscriber in subscribers:
            assert (await subscriber.get()).message == WAKE_ALL
        collecting = [asyncio.create_task(collect(subscriber.get)) for subscriber in subscribers]
        await asyncio.gather(*(broadcast.publish(CHANNEL, message) for message in sent))
        results = await asyncio.gather(*collecting)
    assert [sorted(result) for result in results] == [sorted(sent)] * 10


@everywhere
async def test_local_listeners_are_woken_at_once(url: str) -> None:
    key = new_key()
    async with running(url) as (bus, hub):
        with hub.listen(key) as listener:
            handle = listener.handle()
            bus.wake([key])
            assert await listener.wait(handle, 0) is True


@across_processes
async def test_fifty_concurrent_wakes_reach_ten_processes(url: str) -> None:
    keys = [new_key() for _ in range(50)]
    async with AsyncExitStack() as stack:
        sender, _ = await stack.enter_async_context(running(url))
        hubs = [(await stack.enter_async_context(running(url)))[1] for _ in range(10)]

        async def commit(key: str) -> None:
            await asyncio.sleep(0)
            sender.wake([key])

        listening = [(stack.enter_context(hub.listen(key)), key) for hub in hubs for key in keys]
        handles = [(listener, listener.handle()) for listener, _ in listening]
        waits = [listener.wait(handle, NET_SECONDS) for listener, handle in handles]
        woken, *_ = await asyncio.gather(asyncio.gather(*waits), *(commit(key) for key in keys))
        assert woken == [True] * 500


@across_processes
async def test_own_echo_does_not_wake_twice(url: str) -> None:
    ours, theirs = new_key(), new_key()
    async with running(url) as (bus, hub), running(url) as (other_bus, other_hub):
        bus.wake([ours])
        await other_hub.until(ours)
        other_bus.wake([theirs])  # comes after the echo
        assert await hub.until(theirs) == [ours, theirs]


@across_processes
async def test_messages_of_strangers_do_no_harm(url: str) -> None:
    key = new_key()
    backend = backend_for(url, "huiyuan-test")
    async with running(url) as (_, hub), Broadcast(backend=backend):
        async with asyncio.timeout(NET_SECONDS):
            assert (await backend.next_published()).message == WAKE_ALL
        for message in ("", "nonsense", " ", "\x00\n" if url.startswith("redis") else "\n", "{}", f"stranger {key}"):
            await backend.publish(CHANNEL, message)
        await hub.until(key)


@across_processes
async def test_what_is_queued_is_sent_before_the_bus_closes(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.bus.FLUSH_TIMEOUT_SECONDS", 10 * NET_SECONDS)  # not waited for in full
    key = new_key()
    async with running(url) as (_, hub):
        async with asyncio.timeout(NET_SECONDS), running(url) as (leaving, _):
            leaving.wake([key])
        assert await hub.until(key) == [key]


@everywhere
async def test_closed_bus_leaves_no_task(url: str) -> None:
    before = asyncio.all_tasks()
    async with running(url):
        assert len(asyncio.all_tasks()) > len(before)
    assert asyncio.all_tasks() == before


# --- coalescing


@across_processes
async def test_keys_woken_together_travel_once_in_one_message(url: str) -> None:
    keys = [new_key() for _ in range(50)]
    last = new_key()
    async with messages(url) as queue, running(url) as (bus, _), running(url) as (_, hub):
        for _ in range(100):
            bus.wake(keys)
        await hub.until(*keys)
        bus.wake([last])
        async with asyncio.timeout(NET_SECONDS):
            origin = bus.client_name.removeprefix("huiyuan-bus-")
            sent: list[list[str]] = []
            while [origin, last] not in sent:
                message = await queue.get()
                sent += [message] if message[0] == origin else []
    assert sent == [[origin, *keys], [origin, last]]


class HeldBackend(MemoryBackend):
    """A backend whose publishing takes until the test lets it go on."""

    def __init__(self) -> None:
        super().__init__()
        self._sent: asyncio.Queue[list[str]] = asyncio.Queue()
        self.answers: asyncio.Queue[Exception | None] = asyncio.Queue()

    async def next_keys(self) -> list[str]:
        """Wait for the next message that is being published."""
        async with asyncio.timeout(NET_SECONDS):
            return await self._sent.get()

    async def publish(self, channel: str, message: str) -> None:
        assert channel == CHANNEL
        self._sent.put_nowait(message.split(" ")[1:])
        answer = await self.answers.get()
        if answer is not None:
            raise answer


@pytest.fixture
async def held(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Bus, HeldBackend]]:
    backend = HeldBackend()
    monkeypatch.setattr("app.bus.backend_for", lambda *_: backend)
    async with Bus("memory://", Hub()) as bus:
        yield bus, backend


async def test_keys_of_one_moment_share_a_message(
    held: tuple[Bus, HeldBackend], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.bus.COALESCE_SECONDS", 0.5)
    bus, backend = held
    for key in ("a", "b", "c"):
        bus.wake([key])
        await asyncio.sleep(0)
    assert await backend.next_keys() == ["a", "b", "c"]
    backend.answers.put_nowait(None)


async def test_full_message_is_sent_without_waiting_for_more(
    held: tuple[Bus, HeldBackend], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.bus.COALESCE_SECONDS", 10 * NET_SECONDS)
    bus, backend = held
    bus.wake(str(number) for number in range(KEYS_PER_MESSAGE))
    assert len(await backend.next_keys()) == KEYS_PER_MESSAGE
    backend.answers.put_nowait(None)


async def test_full_messages_stay_below_what_postgresql_takes(held: tuple[Bus, HeldBackend]) -> None:
    bus, backend = held
    keys = [new_key() for _ in range(2 * KEYS_PER_MESSAGE + 50)]
    bus.wake(keys)
    for _ in range(3):
        backend.answers.put_nowait(None)
    sent = [await backend.next_keys() for _ in range(3)]
    assert [len(message) for message in sent] == [100, 100, 50]
    assert [key for message in sent for key in message] == keys
    assert max(len(" ".join(("origin89", *message)).encode()) for message in sent) < 8_000


async def test_key_woken_while_its_message_is_under_way_is_sent_again(held: tuple[Bus, HeldBackend]) -> None:
    bus, backend = held
    bus.wake(["a"])
    assert await backend.next_keys() == ["a"]
    bus.wake(["a"])
    backend.answers.put_nowait(None)
    assert await backend.next_keys() == ["a"]
    backend.answers.put_nowait(None)


async def test_keys_are_kept_while_sending_fails(held: tuple[Bus, HeldBackend]) -> None:
    bus, backend = held
    bus.wake(["a", "b"])
    with capture_logs() as logs:
        for _ in range(3):
            assert set(await backend.next_keys()) == {"a", "b"}
            backend.answers.put_nowait(ConnectionError("gone"))
        bus.wake(["b", "c"])
        assert set(await backend.next_keys()) == {"a", "b", "c"}
        backend.answers.put_nowait(None)
        bus.wake(["d"])
        assert await backend.next_keys() == ["d"]
        backend.answers.put_nowait(None)
    assert [(log["event"], log["link"]) for log in logs] == [
        ("bus link down", "memory sender"),
        ("bus link up", "memory sender"),
    ]
    assert logs[0]["error"] == "ConnectionError: gone"


async def test_more_keys_than_can_be_kept_become_one_wake_all(held: tuple[Bus, HeldBackend]) -> None:
    bus, backend = held
    bus.wake(["first"])
    assert await backend.next_keys() == ["first"]
    bus.wake(str(number) for number in range(OUTGOING_KEYS_MAX))
    bus.wake(["one too many"])
    backend.answers.put_nowait(None)
    assert await backend.next_keys() == [WAKE_ALL]
    backend.answers.put_nowait(None)


# --- a full queue


async def test_full_incoming_queue_becomes_one_wake_all() -> None:
    backend = MemoryBackend()
    for number in range(INCOMING_MESSAGES_MAX):
        backend.receive(f"sender {number}")
    backend.receive("one too many")
    backend.receive("sender after")
    assert [(await backend.next_published()).message for _ in range(2)] == [WAKE_ALL, "sender after"]
    assert backend._incoming.empty()


async def test_incoming_queue_that_is_just_full_keeps_every_message() -> None:
    backend = MemoryBackend()
    sent = [f"sender {number}" for number in range(INCOMING_MESSAGES_MAX)]
    for message in sent:
        backend.receive(message)
    assert [(await backend.next_published()).message for _ in sent] == sent


async def test_wake_all_of_another_process_wakes_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = MemoryBackend()
    monkeypatch.setattr("app.bus.backend_for", lambda *_: backend)
    first, second, hub = new_key(), new_key(), RecordingHub()
    async with Bus("memory://", hub):
        assert await hub.until(WAKE_ALL) == [WAKE_ALL]
        await backend.publish(CHANNEL, f"other {WAKE_ALL} {first}")
        await backend.publish(CHANNEL, f"other {second}")
        assert await hub.until(second) == [WAKE_ALL, second]


# --- failures


@across_processes
async def test_killed_connections_come_back_and_wake_everybody(url: str) -> None:
    sent_meanwhile, sent_back = new_key(), new_key()
    async with running(url) as (bus, hub), running(url) as (other_bus, other_hub):
        with hub.listen("any") as listener:
            handle = listener.handle()
            await kill_connections(url, bus)
            bus.wake([sent_meanwhile])
            assert await other_hub.until(sent_meanwhile) == [sent_meanwhile]
            assert await listener.wait(handle, NET_SECONDS) is True
            assert bus.is_listening
        other_bus.wake([sent_back])
        assert await hub.until(sent_back) == [sent_meanwhile, WAKE_ALL, sent_back]


@across_processes
async def test_key_woken_while_the_network_is_cut_arrives_afterwards(url: str) -> None:
    key = new_key()
    async with proxied(url) as (proxy, through), running(through) as (bus, hub), running(url) as (_, other_hub):
        with capture_logs() as logs:
            proxy.cut()
            bus.wake([key])
            await until(lambda: len(logs) == 2)
            assert [log["event"] for log in logs] == ["bus link down"] * 2
            assert not bus.is_listening
            proxy.restore()
            assert await other_hub.until(key) == [key]
            assert await hub.until(WAKE_ALL) == [key, WAKE_ALL]
            await until(lambda: len(logs) == 4)  # the key may arrive before its sender hears that it left
        assert sorted(log["event"] for log in logs) == ["bus link down"] * 2 + ["bus link up"] * 2


@across_processes
async def test_network_that_drops_every_packet_is_noticed(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (bus_redis, bus_postgres):
        for name in ("QUIET_SECONDS", "COMMAND_TIMEOUT_SECONDS", "CONNECT_TIMEOUT_SECONDS", "CLOSE_TIMEOUT_SECONDS"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, 0.2)
    key = new_key()
    async with proxied(url) as (proxy, through), running(through) as (bus, hub), running(url) as (other_bus, _):
        proxy.freeze()
        await until(lambda: not bus.is_listening)
        proxy.restore()
        await hub.until(WAKE_ALL)
        other_bus.wake([key])
        await hub.until(key)


@across_processes
async def test_quiet_connection_is_kept(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus_redis, "QUIET_SECONDS", 0.5)
    monkeypatch.setattr(bus_postgres, "QUIET_SECONDS", 0.5)
    key = new_key()
    async with running(url) as (_, hub), running(url) as (other_bus, _):
        with capture_logs() as logs:
            await asyncio.sleep(2)  # four times the quiet after which it asks for a sign of life
        assert logs == []
        other_bus.wake([key])
        assert await hub.until(key) == [key]


async def test_redis_killed_and_restarted(own_redis: OwnRedis) -> None:
    await own_redis.start()
    sent_meanwhile, sent_after = new_key(), new_key()
    async with running(own_redis.url) as (bus, hub), running(own_redis.url) as (_, other_hub):
        with other_hub.listen(sent_meanwhile) as listener:
            with capture_logs() as logs:
                await own_redis.kill()
                handle = listener.handle()
                bus.wake([sent_meanwhile])
                await until(lambda: len(logs) >= 3)
                await asyncio.sleep(1)  # several more attempts
                assert not bus.is_listening
                assert sorted((log["event"], log["link"]) for log in logs) == [
                    ("bus link down", "redis listener"),
                    ("bus link down", "redis listener"),
                    ("bus link down", "redis sender"),
                ]
            await own_redis.start()
            assert await listener.wait(handle, NET_SECONDS) is True
        assert await hub.until(WAKE_ALL) == [sent_meanwhile, WAKE_ALL]
        await other_hub.until(WAKE_ALL)
        assert bus.is_listening
        bus.wake([sent_after])
        await other_hub.until(sent_after)


async def test_start_succeeds_while_redis_is_down(own_redis: OwnRedis) -> None:
    key = new_key()
    hub = RecordingHub()
    async with Bus(own_redis.url, hub) as bus:
        assert not bus.is_listening
        bus.wake([key])
        assert await hub.until(key) == [key]
        await own_redis.start()
        assert await hub.until(WAKE_ALL) == [WAKE_ALL]
        later = new_key()
        async with running(own_redis.url) as (other_bus, _):
            other_bus.wake([later])
            await hub.until(later)


@pytest.mark.parametrize("scheme", ["redis", "postgres"])
async def test_bus_that_never_connects_opens_and_closes(scheme: str) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        key, hub = new_key(), RecordingHub()
        async with Bus(f"{scheme}://127.0.0.1:{closed.getsockname()[1]}/0", hub) as bus:
            bus.wake([key])
            await asyncio.sleep(0.5)
            assert await hub.until(key) == [key]
            assert not bus.is_listening


# --- settings


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (
            "kafka://user:secret@host:9092",
            "HUIYUAN_BUS_URL has the scheme 'kafka'; use memory://, redis://, rediss://, postgres:// or postgresql://.",
        ),
        (
            "",
            "HUIYUAN_BUS_URL has the scheme ''; use memory://, redis://, rediss://, postgres:// or postgresql://.",
        ),
        (
            "redis://user:secret@host:port/0",
            "HUIYUAN_BUS_URL is malformed; example: redis://user:password@host:6379/0.",
        ),
        (
            "redis://host:6379/0?socket_timeout=secret",
            "HUIYUAN_BUS_URL is malformed; example: redis://user:password@host:6379/0.",
        ),
    ],
)
def test_url_that_names_no_bus_is_refused_without_repeating_it(url: str, message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Bus(url, Hub())
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("url", "backend"),
    [
        ("memory://", "MemoryBackend"),
        ("redis://host:6379/0", "RedisBackend"),
        ("rediss://host:6379/0", "RedisBackend"),
        ("postgres://host/database", "PostgresBackend"),
        ("postgresql://host/database", "PostgresBackend"),
    ],
)
def test_scheme_names_the_backend(url: str, backend: str) -> None:
    assert type(backend_for(url, "huiyuan-test")).__name__ == backend


# --- waiting between attempts


def test_waits_double_up_to_five_seconds_less_a_part_by_chance() -> None:
    link = Link("test")
    ceilings = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2] + [5.0] * 2_000
    with capture_logs() as logs:
        for ceiling in ceilings:
            assert ceiling / 2 <= link.down(ConnectionError("refused")) <= ceiling
    assert [log["event"] for log in logs] == ["bus link down"]


def test_only_a_link_that_lasted_is_tried_again_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    now_seconds = 0.0
    monkeypatch.setattr("app.bus_backend.monotonic", lambda: now_seconds)
    link = Link("test")
    for _ in range(10):
        link.down(ConnectionError("refused"))
    link.up()
    now_seconds += 4.9
    assert link.down(ConnectionError("again")) >= 2.5
    link.up()
    now_seconds += 5.0
    assert link.down(ConnectionError("again")) <= 0.1


def test_each_change_of_state_is_logged_once() -> None:
    link = Link("test")
    with capture_logs() as logs:
        for _ in range(3):
            link.down(ConnectionError("refused"))
        for _ in range(3):
            link.up()
        link.down(OSError("broken"))
    assert [(log["log_level"], log["event"], log.get("error")) for log in logs] == [
        ("warning", "bus link down", "ConnectionError: refused"),
        ("info", "bus link up", None),
        ("warning", "bus link down", "OSError: broken"),
    ]
