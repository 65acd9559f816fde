"""The one way to write: a queue of commands, taken in batches that form by themselves.

What queued while the last batch was in flight is the next batch, so at low load a command travels alone, and under load
many share one transaction and one flush to disk. There is no timer.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, Protocol, Self, TypeVar
from uuid import UUID

import structlog
from uuid_utils.compat import uuid7

from domain.commands import AmendMember, Command, CommitOrder
from domain.refusals import Refusal
from services.hub import WakeSender
from services.snapshots import Snapshots
from services.writer.batch import Outcome, PutOff, Result, run
from services.writer.session import Rejected, Session, Unavailable

T = TypeVar("T")
log = structlog.get_logger(__name__)

BATCH_MAX = 256
QUEUE_MAX = 10_000
TRIES_MAX = 5
BACKOFF_SECONDS = 0.02


class Overloaded(Exception):  # noqa: N818  (a state, not a mistake)
    """The queue is full, or the database could not be reached in time: nothing was done, try again later."""


class Store(Protocol):
    """Where batches are carried out."""

    async def open(self) -> None:
        """Connect."""

    async def close(self) -> None:
        """Disconnect."""

    async def run(self, work: Callable[[Session], Coroutine[Any, Any, T]]) -> T:
        """Run `work` in one transaction. Raises `Unavailable` or `Rejected`, having changed nothing."""


class Job:
    """One command on its way, and the caller who waits for it."""

    __slots__ = ("answer", "command")

    def __init__(self, command: Command) -> None:
        self.command = command
        self.answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    def settle(self, answer: Outcome | Exception) -> None:
        """Answer the caller, unless they left."""
        if self.answer.done():
            return
        if isinstance(answer, Outcome):
            self.answer.set_result(answer)
        else:
            self.answer.set_exception(answer)


class Writer:
    """Takes commands and answers them. One for each process and database."""

    def __init__(
        self, store: Store, snapshots: Snapshots, waker: WakeSender, new_id: Callable[[], UUID] = uuid7
    ) -> None:
        self._store = store
        self._snapshots = snapshots
        self._waker = waker
        self._new_id = new_id
        self._queue: deque[Job] = deque()
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._store.open()
        self._task = asyncio.create_task(self._serve(), name="writer")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Finish the batch under way, answer what is still queued with `Overloaded`, disconnect."""
        task, self._task = self._task, None
        self._arrived.set()
        if task is not None:
            await task
        while self._queue:
            self._queue.popleft().settle(Overloaded("The server is stopping."))
        await self._store.close()

    async def post(self, command: Command) -> Outcome:
        """Carry out `command`. Raises its `Refusal`, or `Overloaded`."""
        job = self._enqueue([command])[0]
        return await job.answer

    async def post_all(self, commands: Iterable[Command]) -> list[Outcome | Refusal]:
        """Carry out many commands in order; each is atomic, a refusal of one does not touch the others.

        Raises `Overloaded` when they do not all fit into the queue (none is done then), or when the database failed
        some of them, which may be sent again: keys make it safe.
        """
        jobs = self._enqueue(list(commands))
        answers = await asyncio.gather(*(job.answer for job in jobs), return_exceptions=True)
        settled: list[Outcome | Refusal] = []
        for answer in answers:
            if not isinstance(answer, (Outcome, Refusal)):
                raise answer
            settled.append(answer)
        return settled

    def _enqueue(self, commands: Sequence[Command]) -> list[Job]:
        if self._task is None:
            raise Overloaded("The server is stopping.")
        if len(self._queue) + len(commands) > QUEUE_MAX:
            raise Overloaded("More writes are waiting than the server takes on; try again later.")
        jobs = [Job(command) for command in commands]
        self._queue.extend(jobs)
        self._arrived.set()
        return jobs

    async def _serve(self) -> None:
        while self._task is not None:
            await self._arrived.wait()
            self._arrived.clear()
            while self._queue and self._task is not None:
                batch = self._next_batch()
                put_off = await self._carry_out(batch)
                self._queue.extendleft(reversed(put_off))

    def _next_batch(self) -> list[Job]:
        """Take up to `BATCH_MAX` jobs from the front, leaving for later what would meet itself in one transaction.

        A second use of a key, of an order's name or of an identity waits for the first, whose outcome it then finds.
        """
        batch: list[Job] = []
        later: list[Job] = []
        taken: set[tuple[object, ...]] = set()
        members_waiting: set[UUID] = set()
        identities_waiting = False
        while self._queue and len(batch) < BATCH_MAX and len(later) < BATCH_MAX:
            job = self._queue.popleft()
            names = _names(job.command)
            member_id, moves = job.command.locks, _moves_identities(job.command)
            if taken.isdisjoint(names) and member_id not in members_waiting and not (moves and identities_waiting):
                taken.update(names)
                batch.append(job)
            else:
                later.append(job)
                taken.update(names)
                if member_id is not None:  # arrival order of one member's commands is kept
                    members_waiting.add(member_id)
                # … and of all that take identities or give them up: who comes first gets one
                identities_waiting = identities_waiting or moves
        self._queue.extendleft(reversed(later))
        return batch

    async def _carry_out(self, jobs: list[Job]) -> list[Job]:
        """Carry out `jobs` as one transaction and answer them; return those that were put off to the next."""
        commands = [job.command for job in jobs]
        failure: Exception = Overloaded("The database could not be reached in time; try again with the same key.")
        for attempt in range(TRIES_MAX):
            if attempt:
                await asyncio.sleep(random.uniform(0.5, 1.5) * BACKOFF_SECONDS * 2**attempt)  # noqa: S311
            try:
                result = await self._store.run(lambda session: run(session, self._snapshots, commands, self._new_id))
            except Unavailable as error:
                log.warning("writer.retry", attempt=attempt + 1, commands=len(jobs), reason=str(error))
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
            if isinstance(answer, PutOff):
                put_off.append(job)
            else:
                job.settle(answer)
        return put_off

    async def _bisected(self, jobs: list[Job]) -> list[Job]:
        """Carry out each half by itself, so that one bad command can not fail its neighbours."""
        middle = len(jobs) // 2
        put_off = await self._carry_out(jobs[:middle])
        waiting = {job.command.locks for job in put_off} - {None}  # what follows a command of theirs waits with it
        put_off += [job for job in jobs[middle:] if job.command.locks in waiting]
        return put_off + await self._carry_out([job for job in jobs[middle:] if job.command.locks not in waiting])


def _moves_identities(command: Command) -> bool:
    """Whether the command takes an identity or gives one up."""
    return bool(command.identities) or (isinstance(command, AmendMember) and "phone" in command.changes)


def _names(command: Command) -> list[tuple[object, ...]]:
    """Return what no two commands of one batch may share."""
    names: list[tuple[object, ...]] = [(command.program_id, *identity) for identity in command.identities]
    if command.claim:
        names.append((command.program_id, "key", command.claim.scope, command.claim.key))
    if isinstance(command, CommitOrder):
        names.append((command.program_id, "order", command.content.source, command.content.external_id))
    return names
