"""A database that fails at any step: nothing is missing, nothing is double, nobody waits for ever."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import asyncpg
import pytest

from domain.commands import Command
from domain.refusals import InsufficientBalance
from services.database.config import Database
from services.templates import Template
from services.writer import writer as writer_module
from services.writer.answers import Outcome
from services.writer.session import Rejected, Session, Unavailable
from services.writer.writer import TRIES_MAX, Overloaded, Store
from tests.factories import World, world
from tests.services.test_writer_commands import Desk
from tests.services.test_writer_health import counts, faults, opened, rows_of

T = TypeVar("T")
STEPS = {"claim", "add_identities", "lock_members", "fetch", "select", "write", "COMMIT"}


@dataclass
class Wrapped:
    """A store around the real one. `before` and `after` see each call of a session, by its number and name."""

    inner: Store
    begun: int = 0
    calls: list[str] = field(default_factory=list)
    """What the sessions were asked, in order; a COMMIT is the last."""

    @property
    def batches_max(self) -> int:
        return self.inner.batches_max

    async def open(self) -> None:
        await self.inner.open()

    async def close(self) -> None:
        await self.inner.close()

    async def run(self, work: Callable[[Session], Coroutine[Any, Any, T]], *, waits: bool) -> T:
        self.begun += 1
        await self.entered()
        answer = await self.inner.run(lambda session: self._worked(session, work), waits=waits)
        await self.after("COMMIT", None)
        return answer

    async def _worked(self, session: Session, work: Callable[[Session], Coroutine[Any, Any, T]]) -> T:
        answer = await work(Watched(session, self))  # type: ignore[arg-type]
        self.calls.append("COMMIT")
        await self.before("COMMIT", session)
        return answer

    async def entered(self) -> None:
        """Do something before a transaction begins."""

    async def before(self, name: str, session: Any) -> None:
        """Do something before a call."""

    async def after(self, name: str, session: Any) -> None:
        """Do something after a call."""


class Watched:
    """A session that tells its store of every call."""

    def __init__(self, session: Any, store: Wrapped) -> None:
        self._session = session
        self._store = store

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def called(*arguments: Any, **named: Any) -> Any:
            self._store.calls.append(name)
            await self._store.before(name, self._session)
            answer = await getattr(self._session, name)(*arguments, **named)
            await self._store.after(name, self._session)
            return answer

        return called


When = Callable[[int, str], bool]
"""Whether to fail at a call, by its number in its transaction, from 0, and its name."""


@dataclass
class Failing(Wrapped):
    """Fails before or after the calls named, once in a transaction, for so many transactions."""

    when: When = lambda _, __: False
    late: bool = False
    times: int = 0
    error: Callable[[], Exception] = lambda: Unavailable("the cable is out")
    failed: list[str] = field(default_factory=list)
    """Names of the calls that failed."""
    number: int = 0

    async def entered(self) -> None:
        self.number = 0

    async def before(self, name: str, session: Any) -> None:  # noqa: ARG002
        if not self.late:
            self._fail(name)

    async def after(self, name: str, session: Any) -> None:  # noqa: ARG002
        if self.late:
            self._fail(name)
        self.number += 1

    def _fail(self, name: str) -> None:
        if len(self.failed) < self.times and self.when(self.number, name):
            self.failed.append(name)
            raise self.error()

    def arm(self, when: When, *, late: bool, times: int = 1) -> None:
        """Fail from now on."""
        self.when, self.late, self.times, self.failed, self.calls = when, late, times, [], []


@pytest.fixture
def no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once."""
    monkeypatch.setattr(writer_module, "BACKOFF_SECONDS", 0)


@asynccontextmanager
async def failing(database: Database) -> AsyncIterator[tuple[Failing, World, Desk]]:
    """Open a program whose writer can be made to fail."""
    stores: list[Failing] = []

    def wrap(store: Store) -> Store:
        stores.append(Failing(store))
        return stores[0]

    async with opened(database, wrap=wrap) as house:
        shop = await world(house, Template.STANDARD)
        yield stores[0], shop, await Desk.at(shop)


async def a_bit_of_everything(shop: World, desk: Desk) -> list[Command]:
    """Return a batch that uses every step: keys, identities, locks, loads, and rows in every table."""
    first, second = await shop.enrol(phone=f"+86137{next(desk.numbers):08}"), await shop.enrol()
    await shop.give(first, "50")
    return [
        desk.enrol(phone=f"+86138{next(desk.numbers):08}", external=(("pos", f"{next(desk.numbers)}"),)),
        desk.commit(first, 1_200_00),
        desk.adjust(first, -1250),
        desk.adjust(first, -1),  # refused: 50 and 1200 are gone
        desk.amend(first, phone=f"+86139{next(desk.numbers):08}"),
        desk.commit(second, 10_00),
        desk.commit(None, 5_00),
    ]


WRITTEN = {
    "Member": 1,
    "Identity": 2,
    "Standing": 1,
    "Account": 3,
    "Lot": 4,
    "Transfer": 3,
    "Entry": 5,
    "LotMove": 2,
    "Event": 10,
    "Order": 3,
    "OrderLine": 3,
    "OrderEffect": 4,
    "Idempotency": 7,
}
"""What `a_bit_of_everything` adds to each table."""


def right(answers: list[Any], *, replayed: bool) -> bool:
    """Whether these are the answers to `a_bit_of_everything`."""
    done = [answer for answer in answers if isinstance(answer, Outcome) and answer.replayed is replayed]
    return len(done) == 6 and isinstance(answers[3], InsufficientBalance)


async def added(shop: World, before: dict[str, int]) -> dict[str, int]:
    after = await counts(shop.engine, shop.program.id)
    return {name: after[name] - before[name] for name in after}


@pytest.mark.parametrize("late", [False, True])
async def test_one_failure_at_any_call_is_made_good(database: Database, no_backoff: None, late: bool) -> None:
    async with failing(database) as (store, shop, desk):
        failed: list[str] = []
        for at in range(100):
            commands = await a_bit_of_everything(shop, desk)
            before = await counts(shop.engine, shop.program.id)
            store.arm(lambda number, _, at=at: number == at, late=late)  # type: ignore[misc]
            answers = await shop.engine.writer.post_all(commands)
            # only when the answer to the COMMIT was lost, the second try finds everything done
            assert right(answers, replayed=late and store.failed == ["COMMIT"]), (at, store.failed)
            assert await added(shop, before) == WRITTEN, (at, store.failed)
            failed += store.failed
            if not store.failed:
                break
        assert failed == store.calls, "each call of the last, whole transaction failed once"
        assert set(failed) >= STEPS
        assert failed[-2:] == ["write", "COMMIT"]
        assert await faults(shop.engine, shop.program.id) == []


@pytest.mark.parametrize(("step", "late"), [("claim", False), ("write", False), ("write", True), ("COMMIT", False)])
async def test_a_database_that_keeps_failing_is_given_up_with_nothing_done(
    database: Database, no_backoff: None, step: str, late: bool
) -> None:
    async with failing(database) as (store, shop, desk):
        commands = await a_bit_of_everything(shop, desk)
        store.arm(lambda _, name: name == step, late=late, times=TRIES_MAX)
        before, rows = await counts(shop.engine, shop.program.id), await rows_of(shop.engine, shop.program.id)
        with pytest.raises(Overloaded, match="could not be reached"):
            await shop.engine.writer.post_all(commands)
        assert store.failed == [step] * TRIES_MAX == [step] * 5
        assert await counts(shop.engine, shop.program.id) == before
        assert await rows_of(shop.engine, shop.program.id) == rows
        assert right(await shop.engine.writer.post_all(commands), replayed=False)
        assert await added(shop, before) == WRITTEN


async def test_answers_to_commit_that_are_lost_five_times_are_found_by_asking_again(
    database: Database, no_backoff: None
) -> None:
    async with failing(database) as (store, shop, desk):
        commands = await a_bit_of_everything(shop, desk)
        before = await counts(shop.engine, shop.program.id)
        store.arm(lambda _, name: name == "COMMIT", late=True, times=TRIES_MAX)
        with pytest.raises(Overloaded):
            await shop.engine.writer.post_all(commands)
        assert await added(shop, before) == WRITTEN
        assert right(await shop.engine.writer.post_all(commands), replayed=True)
        assert await added(shop, before) == WRITTEN
        assert await faults(shop.engine, shop.program.id) == []


@pytest.mark.parametrize("times", [1, 4])
async def test_a_database_that_recovers_in_time_does_everything_once(
    database: Database, no_backoff: None, times: int
) -> None:
    async with failing(database) as (store, shop, desk):
        commands = await a_bit_of_everything(shop, desk)
        before = await counts(shop.engine, shop.program.id)
        store.arm(lambda _, name: name == "write", late=True, times=times)
        begun = store.begun
        assert right(await shop.engine.writer.post_all(commands), replayed=False)
        assert store.begun - begun == times + 1
        assert await added(shop, before) == WRITTEN


POSTGRES_ERRORS = [
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.InterfaceError,
    ConnectionResetError,
    TimeoutError,
]


async def test_passing_errors_of_postgres_are_tried_again(clean_postgres_url: str, no_backoff: None) -> None:
    async with failing(Database.parse(clean_postgres_url)) as (store, shop, desk):
        for error in POSTGRES_ERRORS:
            commands = await a_bit_of_everything(shop, desk)
            store.error = lambda error=error: error("it passes")  # type: ignore[misc]
            store.arm(lambda _, name: name == "write", late=False)
            assert right(await shop.engine.writer.post_all(commands), replayed=False), error
            assert store.failed == ["write"]


async def test_a_locked_database_file_is_tried_again(sqlite_url: str, no_backoff: None) -> None:
    async with failing(Database.parse(sqlite_url)) as (store, shop, desk):
        commands = await a_bit_of_everything(shop, desk)
        store.error = lambda: sqlite3.OperationalError("database is locked")
        store.arm(lambda _, name: name == "write", late=True)
        assert right(await shop.engine.writer.post_all(commands), replayed=False)


@dataclass
class Terminating(Failing):
    """Ends the connection of the transaction from outside, as a fail-over does, where `Failing` would raise."""

    dsn: str = ""

    async def before(self, name: str, session: Any) -> None:
        if len(self.failed) < self.times and self.when(self.number, name):
            self.failed.append(name)
            other = await asyncpg.connect(self.dsn)
            try:
                await other.fetchval(
                    "SELECT pg_terminate_backend($1, 5000)", session._connection.get_server_pid(), timeout=10
                )
            finally:
                await other.close()

    async def after(self, name: str, session: Any) -> None:  # noqa: ARG002
        self.number += 1


async def test_a_connection_cut_at_any_call_is_made_good(clean_postgres_url: str, no_backoff: None) -> None:
    database = Database.parse(clean_postgres_url)
    stores: list[Terminating] = []

    def wrap(store: Store) -> Store:
        stores.append(Terminating(store, dsn=database.dsn))
        return stores[0]

    async with opened(database, wrap=wrap) as house:
        shop = await world(house, Template.STANDARD)
        desk, store = await Desk.at(shop), stores[0]
        cut: list[str] = []
        for at in range(100):
            commands = await a_bit_of_everything(shop, desk)
            before = await counts(house, shop.program.id)
            store.arm(lambda number, _, at=at: number == at, late=False)  # type: ignore[misc]
            assert right(await house.writer.post_all(commands), replayed=False), (at, store.failed)
            assert await added(shop, before) == WRITTEN, (at, store.failed)
            cut += store.failed
            if not store.failed:
                break
        assert cut == store.calls
        assert await faults(house, shop.program.id) == []


@pytest.mark.parametrize("error", [Rejected("refused"), RuntimeError("a bug")])
async def test_a_batch_that_is_rejected_is_done_in_halves(
    database: Database, no_backoff: None, error: Exception
) -> None:
    async with failing(database) as (store, shop, desk):
        commands = await a_bit_of_everything(shop, desk)
        before = await counts(shop.engine, shop.program.id)
        store.error = lambda: error
        store.arm(lambda _, name: name == "write", late=True)
        begun = store.begun
        assert right(await shop.engine.writer.post_all(commands), replayed=False)
        assert store.begun - begun == 3, "the whole, and each half"
        assert await added(shop, before) == WRITTEN
        assert await faults(shop.engine, shop.program.id) == []


async def test_a_command_alone_that_clashes_is_looked_at_again(database: Database, no_backoff: None) -> None:
    async with failing(database) as (store, shop, desk):
        member = await shop.enrol()
        store.error = lambda: Rejected("another process was faster")
        store.arm(lambda _, name: name == "write", late=True, times=TRIES_MAX - 1)
        assert not (await shop.engine.writer.post(desk.adjust(member, 5))).replayed
        store.arm(lambda _, name: name == "write", late=True, times=TRIES_MAX)
        with pytest.raises(Rejected, match="another process was faster"):
            await shop.engine.writer.post(desk.adjust(member, 6))
        assert await shop.balance(member) == 5


async def test_a_bug_is_told_at_once_and_not_tried_again(database: Database) -> None:
    async with failing(database) as (store, shop, desk):
        member = await shop.enrol()
        store.error = lambda: RuntimeError("a bug")
        store.arm(lambda _, name: name == "write", late=True)
        begun, before = store.begun, await counts(shop.engine, shop.program.id)
        command = desk.adjust(member, 5)
        with pytest.raises(RuntimeError, match="a bug"):
            await shop.engine.writer.post(command)
        assert store.begun == begun + 1
        assert await counts(shop.engine, shop.program.id) == before
        assert not (await shop.engine.writer.post(command)).replayed, "the key is still free"
