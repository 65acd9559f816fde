"""What waits for the writer, and which of it travels together."""

import asyncio
from collections import deque
from collections.abc import Collection, Iterable
from uuid import UUID

from domain.commands import AmendMember, Command, CommitOrder
from domain.refusals import Refusal
from services.writer.answers import Outcome

BATCH_MAX = 256
LINES_PER_UNIT = 8
"""An order counts as one command for each so many lines: a statement's time is bounded as its number of rows is."""
BULK_SHARE = BATCH_MAX // 4
"""What bulk commands keep of a batch while urgent ones wait, so that both go on."""
PASSED_OVER_MAX = 2_000
"""Commands that are looked at and left where they are before a batch leaves as it is."""


class Job:
    """One command on its way, and the caller who waits for it."""

    __slots__ = ("answer", "blocked", "bulk", "command", "weight")

    def __init__(self, command: Command, *, bulk: bool) -> None:
        self.command = command
        self.bulk = bulk
        self.blocked = 0
        """How often it met a lock of somebody else's."""
        self.weight = 1
        if isinstance(command, CommitOrder):
            self.weight += (len(command.content.lines) - 1) // LINES_PER_UNIT
        self.answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    def settle(self, answer: Outcome | Refusal | Exception) -> None:
        """Answer the caller, unless they left."""
        if self.answer.done():
            return
        if isinstance(answer, Outcome):
            self.answer.set_result(answer)
        else:
            self.answer.set_exception(answer)


class Flight:
    """A batch under way, and what no other batch may touch meanwhile."""

    __slots__ = ("jobs", "members", "moves_identities", "names", "waits", "weight")

    def __init__(self, *, waits: bool) -> None:
        self.waits = waits
        """Whether it waits for locks of others. The jobs of a batch that does not are put off instead."""
        self.jobs: list[Job] = []
        self.weight = 0
        self.names: set[tuple[object, ...]] = set()
        self.members: set[UUID] = set()
        self.moves_identities = False

    def concerns(self, job: Job) -> bool:
        """Whether it has a command of the same member."""
        return not self.members.isdisjoint(job.command.locks)

    def add(self, job: Job, names: list[tuple[object, ...]]) -> None:
        """Take `job` along."""
        self.jobs.append(job)
        self.weight += job.weight
        self.names.update(names)
        self.members.update(job.command.locks)
        self.moves_identities = self.moves_identities or _moves_identities(job.command)


class Queue:
    """Commands in the order of their arrival. What a caller waits for alone goes before what came in bulk.

    Apart from both are those that met a lock of somebody else's, and what follows them by member: they wait for it in
    batches of their own.
    """

    def __init__(self) -> None:
        self._urgent: deque[Job] = deque()
        self._bulk: deque[Job] = deque()
        self._blocked: deque[Job] = deque()

    @property
    def free(self) -> int:
        """How many jobs wait for no lock, as far as is known."""
        return len(self._urgent) + len(self._bulk)

    @property
    def blocked(self) -> int:
        """How many jobs wait for somebody else's lock."""
        return len(self._blocked)

    def __len__(self) -> int:
        return self.free + self.blocked

    def add(self, jobs: Iterable[Job]) -> None:
        """Append new jobs."""
        for job in jobs:
            (self._bulk if job.bulk else self._urgent).append(job)

    def put_back(self, jobs: Iterable[Job]) -> None:
        """Put jobs that were put off in front again."""
        for job in reversed(list(jobs)):
            if job.blocked:
                self._blocked.appendleft(job)
            else:
                (self._bulk if job.bulk else self._urgent).appendleft(job)

    def drain(self) -> list[Job]:
        """Take everything out."""
        jobs = [*self._urgent, *self._bulk, *self._blocked]
        for queue in (self._urgent, self._bulk, self._blocked):
            queue.clear()
        return jobs

    def next(self, under_way: Collection[Flight], share: int = BATCH_MAX) -> Flight:
        """Take the next batch of jobs that wait for no lock; it may be empty.

        It is full with its `share` of them, but for those that could not travel beside it: of the same members.

        Left for later is what would meet itself, or a batch under way, in another transaction: a second use of a key,
        of an order's name or of an identity waits for the first, whose outcome it then finds.
        """
        flight = Flight(waits=False)
        choice = _Choice(flight, under_way)
        locked = {member_id for job in self._blocked for member_id in job.command.locks}
        room = BATCH_MAX - min(len(self._bulk), BULK_SHARE)
        for jobs, limit in ((self._urgent, room), (self._bulk, BATCH_MAX)):
            later: list[Job] = []
            while jobs and flight.weight < limit and len(later) < PASSED_OVER_MAX:
                job = jobs.popleft()
                if not locked.isdisjoint(job.command.locks):
                    locked.update(job.command.locks)
                    self._blocked.append(job)
                elif flight.weight >= share and not flight.concerns(job):
                    choice.leaves(job)
                    later.append(job)
                elif not choice.takes(job):
                    later.append(job)
            jobs.extendleft(reversed(later))
        return flight

    def next_blocked(self, under_way: Collection[Flight]) -> Flight:
        """Take the next batch of jobs that wait for a lock, which waits with them; it may be empty."""
        flight = Flight(waits=True)
        choice = _Choice(flight, under_way)
        later: list[Job] = []
        while self._blocked and flight.weight < BATCH_MAX:
            job = self._blocked.popleft()
            if not choice.takes(job):
                later.append(job)
        self._blocked.extendleft(reversed(later))
        return flight


class _Choice:
    """What a batch may not take: it is touched by a batch under way, or by a job that was left for later."""

    def __init__(self, flight: Flight, under_way: Collection[Flight]) -> None:
        self._flight = flight
        self._names: set[tuple[object, ...]] = set()
        self._members: set[UUID] = set()
        self._identities = False
        for other in under_way:
            self._names |= other.names
            self._members |= other.members
            self._identities = self._identities or other.moves_identities

    def takes(self, job: Job) -> bool:
        """Add `job` to the batch, or keep what it touches from the jobs after it."""
        names = _names(job.command)
        fits = (
            self._names.isdisjoint(names)
            and self._members.isdisjoint(job.command.locks)
            and not (self._identities and _moves_identities(job.command))
        )
        if fits:
            self._flight.add(job, names)
            self._names.update(names)
        else:
            self.leaves(job)
        return fits

    def leaves(self, job: Job) -> None:
        """Keep what `job` touches from the jobs after it."""
        self._members.update(job.command.locks)  # arrival order of one member's commands is kept
        # … and of all that take identities or give them up: who comes first gets one
        self._identities = self._identities or _moves_identities(job.command)
        self._names.update(_names(job.command))


def _moves_identities(command: Command) -> bool:
    """Whether the command takes an identity or gives one up."""
    return bool(command.identities) or (isinstance(command, AmendMember) and command.frees_identities)


def _names(command: Command) -> list[tuple[object, ...]]:
    """Return what no two commands of one batch may share."""
    names: list[tuple[object, ...]] = [(command.program_id, *identity) for identity in command.identities]
    if command.claim:
        names.append((command.program_id, "key", command.claim.scope, command.claim.key))
    if command.order_name:
        names.append((command.program_id, "order", *command.order_name))
    if command.occasion_name:
        names.append((command.program_id, "occasion", *command.occasion_name))
    names += [(command.program_id, "coupon", coupon_id) for coupon_id in command.coupons]
    if command.original:
        names.append((command.program_id, "original", command.original))
    return names
