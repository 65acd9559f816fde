"""The one way to write: a queue of commands, taken in batches that form by themselves.

What queued while the last batch was in flight is the next batch, so at low load a command travels alone, and under load
many share one transaction and one flush to disk. There is no timer. Where the store can, the next batch is decided
while the database writes the last one; two that are under way together share no member and no name.

No batch waits long for what somebody else has locked, another server or an operator's session: the commands that want
it are put off, and travel by themselves in batches that do wait.
"""

import asyncio
import random
import secrets
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, Protocol, Self, TypeVar
from uuid import UUID

import structlog
from uuid_utils.compat import uuid7

from domain.codes import CodeMaker
from domain.commands import Command
from domain.coupons import CODE_PURPOSE
from domain.refusals import Refusal
from services.hub import WakeSender
from services.snapshots import Snapshots
from services.writer.answers import Outcome, PutOff
from services.writer.batch import CodeHash, Result, run
from services.writer.queue import BATCH_MAX, Flight, Job, Queue
from services.writer.session import Rejected, Session, Unavailable

T = TypeVar("T")
log = structlog.get_logger(__name__)

QUEUE_MAX = 10_000
FURTHER_BATCH_MIN = 32
"""Commands that must wait before a batch starts beside one under way: fewer join the next, which costs them less."""
TRIES_MAX = 5
BACKOFF_SECONDS = 0.02
AWAY = "The database could not be reached in time; try again with the same key."
LOCKED = "What the request changes is being changed by somebody else; try again with the same key."


class Overloaded(Exception):  # noqa: N818  (a state, not a mistake)
    """The queue is full, or the database could not be reached in time: nothing was done, try again later."""


class Store(Protocol):
    """Where batches are carried out."""

    batches_max: int
    """How many batches it carries out at a time, beside one that waits for locks."""

    async def open(self) -> None:
        """Connect."""

    async def close(self) -> None:
        """Disconnect."""

    async def run(self, work: Callable[[Session], Coroutine[Any, Any, T]], *, waits: bool) -> T:
        """Run `work` in one transaction, which `waits` for locks of others or gives up on them soon.

        Raises `Unavailable` or `Rejected`, having changed nothing.
        """


class Writer:
    """Takes commands and answers them. One for each process and database."""

    def __init__(
        self,
        store: Store,
        snapshots: Snapshots,
        waker: WakeSender,
        new_id: Callable[[], UUID] = uuid7,
        code_hash: CodeHash | None = None,
    ) -> None:
        """Take where it writes. Without a `code_hash` nobody can present the codes of the coupons that it makes."""
        self._store = store
        self._batches_max = store.batches_max
        self._snapshots = snapshots
        self._waker = waker
        self._new_id = new_id
        self._code_hash = code_hash or CodeMaker(secrets.token_urlsafe(32), CODE_PURPOSE).hash_of
        self._queue = Queue()
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._flights: dict[Flight, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        await self._store.open()
        self._task = asyncio.create_task(self._serve(), name="writer")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Finish the batches under way, answer what is still queued with `Overloaded`, disconnect."""
        task, self._task = self._task, None
        self._arrived.set()
        if task is not None:
            await task
        await asyncio.gather(*self._flights.values())
        for job in self._queue.drain():
            job.settle(Overloaded("The server is stopping."))
        await self._store.close()

    async def post(self, command: Command) -> Outcome:
        """Carry out `command`. Raises its `Refusal`, or `Overloaded`."""
        (job,) = self._enqueue([command], bulk=False)
        return await job.answer

    async def post_all(self, commands: Iterable[Command]) -> list[Outcome | Refusal]:
        """Carry out many commands, each member's in order; each is atomic, a refusal of one does not touch the others.

        They wait behind what others `post`, but for a share of each batch. All are queued before the first await.
        Raises `Overloaded` when they do not all fit into the queue (none is done then), or when the database failed
        some of them, which may be sent again: keys make it safe.
        """
        jobs = self._enqueue(list(commands), bulk=True)
        answers = await asyncio.gather(*(job.answer for job in jobs), return_exceptions=True)
        settled: list[Outcome | Refusal] = []
        for answer in answers:
            if not isinstance(answer, (Outcome, Refusal)):
                raise answer
            settled.append(answer)
        return settled

    def _enqueue(self, commands: Sequence[Command], *, bulk: bool) -> list[Job]:
        if self._task is None:
            raise Overloaded("The server is stopping.")
        if len(self._queue) + len(commands) > QUEUE_MAX:
            raise Overloaded("More writes are waiting than the server takes on; try again later.")
        jobs = [Job(command, bulk=bulk) for command in commands]
        self._queue.add(jobs)
        self._arrived.set()
        return jobs

    async def _serve(self) -> None:
        while self._task is not None:
            await self._arrived.wait()
            self._arrived.clear()
            while self._task is not None and (flight := self._next_flight()):
                self._flights[flight] = asyncio.create_task(self._fly(flight), name="writer.batch")

    def _next_flight(self) -> Flight | None:
        """Take the next batch that may start: the first at once, a further one when it is worth a transaction."""
        waiting = sum(flight.waits for flight in self._flights)
        others = len(self._flights) - waiting
        free = self._queue.free
        if free and (not others or (others < self._batches_max and free >= FURTHER_BATCH_MIN)):
            flight = self._queue.next(self._flights, self._share(free, others))
            if flight.jobs:
                return flight
        if self._queue.blocked and not waiting:
            flight = self._queue.next_blocked(self._flights)
            if flight.jobs:
                return flight
        return None

    def _share(self, free: int, others: int) -> int:
        """Return how many of `free` commands the next batch takes.

        Callers who all wait for one batch send their next commands all at once, so nothing would be decided while the
        database writes. Half of them are left to a second batch, and the two then take turns.
        """
        if others or self._batches_max == 1 or free < 2 * FURTHER_BATCH_MIN:
            return BATCH_MAX
        return min(BATCH_MAX, (free + 1) // 2)

    async def _fly(self, flight: Flight) -> None:
        try:
            self._queue.put_back(await self._carry_out(flight.jobs, waits=flight.waits))
        finally:
            del self._flights[flight]
            self._arrived.set()

    async def _carry_out(self, jobs: list[Job], *, waits: bool) -> list[Job]:
        """Carry out `jobs` as one transaction and answer them; return those that were put off to the next."""
        commands = [job.command for job in jobs]
        failure: Exception = Overloaded(AWAY)
        for attempt in range(TRIES_MAX):
            if attempt:
                await asyncio.sleep(random.uniform(0.5, 1.5) * BACKOFF_SECONDS * 2**attempt)  # noqa: S311
            try:
                result = await self._store.run(
                    lambda session: run(session, self._snapshots, commands, self._new_id, self._code_hash, waits=waits),  # noqa: B023
                    waits=waits,
                )
            except Unavailable as error:
                log.warning("writer.retry", attempt=attempt + 1, commands=len(jobs), reason=str(error))
                if error.too_slow and not waits:
                    return await self._bisected(jobs) if len(jobs) > 1 else self._put_off(jobs)
                waits = waits and not error.too_slow  # who is still locked then is put off, so that the others go on
            except Exception as error:  # noqa: BLE001  (whatever it is, its callers must hear of it)
                if len(jobs) > 1:
                    return await self._bisected(jobs)
                failure = error
                if not isinstance(error, Rejected):
                    break
                # Alone, a clash with what another process wrote meanwhile is cured by looking again.
                log.warning("writer.rejected", command=type(commands[0]).__name__, reason=str(error))
            else:
                return self._answered(jobs, result)
        for job in jobs:
            job.settle(failure)
        return []

    def _answered(self, jobs: list[Job], result: Result) -> list[Job]:
        """Wake the subscribers, answer the callers, return the jobs that were put off."""
        self._waker.wake(result.wake)
        put_off = []
        for job, answer in zip(jobs, result.answers, strict=True):
            if not isinstance(answer, PutOff):
                job.settle(answer)
            elif answer.blocked:
                put_off += self._put_off([job])
            else:
                put_off.append(job)
        return put_off

    def _put_off(self, jobs: list[Job]) -> list[Job]:
        """Return the jobs that met a lock and may wait for it once more; answer the others."""
        put_off = []
        for job in jobs:
            job.blocked += 1
            if job.blocked < TRIES_MAX:
                put_off.append(job)
            else:
                job.settle(Overloaded(LOCKED))
        return put_off

    async def _bisected(self, jobs: list[Job]) -> list[Job]:
        """Carry out each half by itself, so that one bad command can not fail its neighbours."""
        middle = len(jobs) // 2
        put_off = await self._carry_out(jobs[:middle], waits=False)
        waiting = {member_id for job in put_off for member_id in job.command.locks}
        rest = []
        for job in jobs[middle:]:
            if waiting.isdisjoint(job.command.locks):
                rest.append(job)
            else:  # what follows a command of theirs waits with it
                put_off.append(job)
                waiting.update(job.command.locks)
        return put_off + (await self._carry_out(rest, waits=False) if rest else [])
