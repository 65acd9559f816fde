"""Attempts at codes: each failure counts once, and who has too many waits for the next window."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

import models
from domain.refusals import TooManyAttempts
from services import code_attempts
from services.code_attempts import ATTEMPTS_MAX, WINDOW
from services.engine import Engine
from services.transaction import transaction

PROGRAM = UUID("01a20342-f3f0-720a-8eab-a4a4701fe871")
OTHER = UUID("01a20342-f3f0-720a-8eab-a4a4701fe872")
START = datetime(2026, 3, 3, 12, 10, tzinfo=UTC)
NOW = START + timedelta(minutes=3, seconds=7, microseconds=5)
WHO = "key:till-1"


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Let the process forget what failed in other tests, which use the same names."""
    code_attempts._recent.clear()


async def _fail(times: int, *, who: str = WHO, now: datetime = NOW, program_id: UUID = PROGRAM) -> None:
    for _ in range(times):
        await code_attempts.failed(program_id, who, now)


async def _rows() -> list[tuple[UUID, str, datetime, int]]:
    rows = await models.CodeAttempt.all().order_by("window_start", "program_id", "who")
    return [(row.program_id, row.who, row.window_start, row.failures) for row in rows]


async def test_the_twentieth_failure_is_the_last_until_the_window_ends(house: Engine) -> None:
    await _fail(ATTEMPTS_MAX - 1)
    await code_attempts.check(PROGRAM, WHO, NOW, ATTEMPTS_MAX)
    await _fail(1)
    with pytest.raises(TooManyAttempts) as caught:
        await code_attempts.check(PROGRAM, WHO, START + WINDOW - timedelta(microseconds=1), ATTEMPTS_MAX)
    assert caught.value.facts == {"retry_at": "2026-03-03T12:20:00+00:00"}
    assert caught.value.message == (
        "20 codes within 10 minutes were wrong; after 20 none is looked at until 2026-03-03T12:20:00+00:00."
    )
    await code_attempts.check(PROGRAM, WHO, START + WINDOW, ATTEMPTS_MAX)
    assert await _rows() == [(PROGRAM, WHO, START, 20)], "to check counts nothing"


async def test_failures_are_of_one_caller_and_one_program(house: Engine) -> None:
    await _fail(ATTEMPTS_MAX)
    await code_attempts.check(PROGRAM, "key:till-2", NOW, ATTEMPTS_MAX)
    await code_attempts.check(OTHER, WHO, NOW, ATTEMPTS_MAX)
    await _fail(1, who="key:till-2")
    await _fail(2, program_id=OTHER)
    assert await _rows() == [(PROGRAM, WHO, START, 20), (PROGRAM, "key:till-2", START, 1), (OTHER, WHO, START, 2)]


async def test_a_window_is_ten_minutes_of_utc_whatever_the_zone_of_the_clock(house: Engine) -> None:
    kathmandu = timezone(timedelta(hours=5, minutes=45))
    await _fail(1, now=START.astimezone(kathmandu))
    await _fail(1, now=(START + WINDOW - timedelta(microseconds=1)).astimezone(kathmandu))
    assert await _rows() == [(PROGRAM, WHO, START, 2)]


async def test_a_new_window_deletes_those_of_its_caller_that_are_over(house: Engine) -> None:
    await _fail(2)
    await _fail(1, who="member:1")
    await _fail(1, now=NOW + WINDOW)
    await _fail(1, now=NOW)
    assert await _rows() == [
        (PROGRAM, WHO, START, 3),
        (PROGRAM, "member:1", START, 1),
        (PROGRAM, WHO, START + WINDOW, 1),
    ]
    await _fail(2, now=NOW + 2 * WINDOW)
    assert await _rows() == [
        (PROGRAM, "member:1", START, 1),
        (PROGRAM, WHO, START + WINDOW, 1),
        (PROGRAM, WHO, START + 2 * WINDOW, 2),
    ]


async def test_no_failure_of_many_at_once_is_lost(house: Engine) -> None:
    await asyncio.gather(*(code_attempts.failed(PROGRAM, WHO, NOW) for _ in range(50)))
    assert await _rows() == [(PROGRAM, WHO, START, 50)]
    with pytest.raises(TooManyAttempts, match=r"^50 codes within 10 minutes were wrong"):
        await code_attempts.check(PROGRAM, WHO, NOW, ATTEMPTS_MAX)


async def test_failures_of_two_connections_wait_for_each_other(postgres_house: Engine) -> None:
    """One begins the window and is not done yet; the other counts after it, or begins it when that one fails."""

    async def beside(*, commits: bool, now: datetime) -> None:
        held, go_on = asyncio.Event(), asyncio.Event()

        async def first() -> None:
            async with transaction():
                await code_attempts.failed(PROGRAM, WHO, now)
                held.set()
                await go_on.wait()
                if not commits:
                    raise LookupError

        one = asyncio.create_task(first())
        await held.wait()
        two = asyncio.create_task(code_attempts.failed(PROGRAM, WHO, now))
        await asyncio.sleep(0.2)
        assert not two.done()
        go_on.set()
        await asyncio.gather(one, two, return_exceptions=True)
        assert two.exception() is None

    await beside(commits=True, now=NOW)
    await beside(commits=False, now=NOW + WINDOW)
    assert await _rows() == [(PROGRAM, WHO, START, 2), (PROGRAM, WHO, START + WINDOW, 1)]
