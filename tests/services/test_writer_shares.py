"""Who travels with whom: two batches that are under way share no member and no name, and arrival order is kept."""

from uuid import UUID

from domain.commands import Command
from services.writer.queue import BATCH_MAX, Job, Queue
from services.writer.writer import FURTHER_BATCH_MIN
from tests.services.test_writer_commands import Desk


def queued(*commands: Command) -> tuple[Queue, list[Job]]:
    queue, jobs = Queue(), [Job(command, bulk=False) for command in commands]
    queue.add(jobs)
    return queue, jobs


def desk() -> Desk:
    return Desk(UUID(int=1), {"POINTS": UUID(int=2)})


async def test_a_share_of_the_queue_leaves_the_rest_to_the_next_batch() -> None:
    till = desk()
    members = [UUID(int=10 + number) for number in range(6)]
    queue, jobs = queued(*(till.adjust(member, 1) for member in members))
    first = queue.next([], 3)
    second = queue.next([first])
    assert (first.jobs, second.jobs) == (jobs[:3], jobs[3:])


async def test_commands_of_a_member_who_travels_do_not_count() -> None:
    till = desk()
    one, two = UUID(int=10), UUID(int=11)
    queue, jobs = queued(*(till.adjust(member, 1) for member in (one, two, one, one, two)))
    first = queue.next([], 1)
    assert first.jobs == [jobs[0], jobs[2], jobs[3]], "they could not travel beside it"
    assert queue.next([first]).jobs == [jobs[1], jobs[4]]


async def test_one_hot_member_fills_the_batch() -> None:
    till = desk()
    queue, jobs = queued(*(till.adjust(UUID(int=10), 1) for _ in range(BATCH_MAX + 5)))
    assert queue.next([], FURTHER_BATCH_MIN).jobs == jobs[:BATCH_MAX]


async def test_what_a_share_leaves_behind_keeps_its_place() -> None:
    till = desk()
    one, two, three = (UUID(int=10 + number) for number in range(3))
    queue, jobs = queued(
        till.adjust(one, 1),
        till.adjust(two, 2, key="same"),
        till.commit(one, name="A1"),
        till.commit(two, name="A1"),
        till.adjust(one, 2, key="same"),
        till.adjust(three, 3),
        till.adjust(one, 3),
    )
    first = queue.next([], 1)
    assert first.jobs == [jobs[0], jobs[2]], "the key is of a command that was left, and one's later ones follow it"
    assert queue.next([first]).jobs == [jobs[1], jobs[5]]
