"""Attempts at codes: who gave too many that are none is not listened to for a while.

Both functions take the time of the wall: a sandbox program's clock, which can be set, must not let guessing go on.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from weakref import WeakValueDictionary

from tortoise.expressions import F

import models
from domain.refusals import TooManyAttempts
from services.actors import Actor
from services.reading import writing
from services.transaction import transaction

ATTEMPTS_MAX = 20
"""Failures in one window after which no code is looked at until it ends: of a member, or of a key for nobody."""
OF_KEY_MAX = 1_000
"""The same of all that a key does for members: a shop has one key for all who buy there."""
AT_ONCE = 4
"""Codes that are looked at for one and the same at a time; others wait. So many at most pass a limit unseen."""
WINDOW = timedelta(minutes=10)
"""Windows follow each other from the beginning of 1970, for everybody alike."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


_gates: WeakValueDictionary[tuple[UUID, str], asyncio.Semaphore] = WeakValueDictionary()
"""Of those whose codes this process looks at."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One look at codes."""

    program_id: UUID
    who: tuple[str, ...]
    now: datetime

    async def failed(self) -> None:
        """Count that a code was none."""
        for who in self.who:
            await failed(self.program_id, who, self.now)


@asynccontextmanager
async def attempt(program_id: UUID, actor: Actor, member_id: UUID | None = None) -> AsyncIterator[Attempt]:
    """Look at codes within, for a member if one is named; few at a time. Raises `TooManyAttempts`."""
    now, key = datetime.now(UTC), actor.credential
    of_member = f"{key}|{member_id.hex}" if member_id and member_id != actor.member_id else None
    who = of_member or key
    gate = _gates.get((program_id, who)) or _gates.setdefault((program_id, who), asyncio.Semaphore(AT_ONCE))
    async with gate:
        async with writing():  # what is read for one answer is of one moment, and failures are of this one
            await check(program_id, who, now, ATTEMPTS_MAX)
            if of_member:
                await check(program_id, key, now, OF_KEY_MAX)
        yield Attempt(program_id, (who, key) if of_member else (who,), now)


async def check(program_id: UUID, who: str, now: datetime, most: int) -> None:
    """Refuse who failed so often of late. Raises `TooManyAttempts`."""
    start = _window_start(now)
    row = await models.CodeAttempt.get_or_none(program_id=program_id, who=who, window_start=start)
    if row is not None and row.failures >= most:
        ends_at = start + WINDOW
        raise TooManyAttempts(
            f"{row.failures} codes within {WINDOW.seconds // 60} minutes were wrong; after {most} none is "
            f"looked at until {ends_at.isoformat()}.",
            retry_at=ends_at.isoformat(),
        )


async def failed(program_id: UUID, who: str, now: datetime) -> None:
    """Count a code that is none. Call it outside any transaction that the refusal of the caller undoes."""
    start = _window_start(now)
    own = models.CodeAttempt(program_id=program_id, who=who, window_start=start, failures=1)
    of_all = models.CodeAttempt.filter(program_id=program_id, who=who)
    async with transaction():
        await models.CodeAttempt.bulk_create([own], ignore_conflicts=True)  # waits for another's that is in flight
        if not await of_all.filter(window_start=start).exclude(id=own.id).update(failures=F("failures") + 1):
            # The window before stays: it may still be the present one of a server whose clock is behind.
            await of_all.filter(window_start__lt=start - WINDOW).delete()


def _window_start(now: datetime) -> datetime:
    return (now - (now - EPOCH) % WINDOW).astimezone(UTC)  # SQLite compares instants as text
