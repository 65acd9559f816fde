"""Attempts at codes: who gave too many that are none is not listened to for a while.

Time here is that of the wall: a sandbox program's clock, which can be set, must not let guessing go on.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tortoise.expressions import F

import models
from domain.refusals import TooManyAttempts
from services.actors import Actor
from services.transaction import transaction

ATTEMPTS_MAX = 20
"""Failures in one window after which no code is looked at until it ends: of a member, or of a key for nobody."""
OF_KEY_MAX = 1_000
"""The same of all that a key does for members: a shop has one key for all who buy there."""
WINDOW = timedelta(minutes=10)
"""Windows follow each other from the beginning of 1970, for everybody alike."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RECENT_MAX = 10_000
"""Of so many windows this process remembers what failed; the database remembers of all."""

Bounds = tuple[tuple[str, int], ...]
"""Whose failures count, and how many are borne of each."""

_recent: Counter[tuple[UUID, str, datetime]] = Counter()
"""Failures that this process counted, by window: what is read for one answer may be of before the last of them."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One look at codes."""

    program_id: UUID
    bounds: Bounds
    now: datetime

    async def failed(self) -> None:
        """Count that a code was none."""
        for who, _ in self.bounds:
            await failed(self.program_id, who, self.now)

    def check_again(self) -> None:
        """Refuse who failed too often since the look began, as far as this process knows. Raises `TooManyAttempts`.

        So of many looks at once, most of them wrong, not even a right one is answered.
        """
        for who, most in self.bounds:
            _check(_recent[self.program_id, who, _window_start(self.now)], self.now, most)


def bounds_of(credential: str, member_id: UUID | None) -> Bounds:
    """Return whose failures count when a credential names codes, for a member if one is named."""
    if member_id is None:
        return ((credential, ATTEMPTS_MAX),)
    return ((f"{credential}|{member_id.hex}", ATTEMPTS_MAX), (f"{credential}|*", OF_KEY_MAX))


async def begin(program_id: UUID, actor: Actor, member_id: UUID | None = None) -> Attempt:
    """Begin to look at codes, for a member if one is named. Raises `TooManyAttempts`."""
    now = datetime.now(UTC)
    bounds = bounds_of(actor.credential, None if member_id == actor.member_id else member_id)
    for who, most in bounds:
        await check(program_id, who, now, most)
    return Attempt(program_id, bounds, now)


async def check(program_id: UUID, who: str, now: datetime, most: int) -> None:
    """Refuse who failed so often of late. Raises `TooManyAttempts`."""
    start = _window_start(now)
    row = await models.CodeAttempt.get_or_none(program_id=program_id, who=who, window_start=start)
    _check(max(row.failures if row else 0, _recent[program_id, who, start]), now, most)


def _check(failures: int, now: datetime, most: int) -> None:
    if failures >= most:
        ends_at = _window_start(now) + WINDOW
        raise TooManyAttempts(
            f"{failures} codes within {WINDOW.seconds // 60} minutes were wrong; after {most} none is looked at until "
            f"{ends_at.isoformat()}.",
            retry_at=ends_at.isoformat(),
        )


async def failed(program_id: UUID, who: str, now: datetime) -> None:
    """Count a code that is none. Call it outside any transaction that the refusal of the caller undoes."""
    start = _window_start(now)
    if len(_recent) > RECENT_MAX:
        _recent.clear()
    _recent[program_id, who, start] += 1
    own = models.CodeAttempt(program_id=program_id, who=who, window_start=start, failures=1)
    of_all = models.CodeAttempt.filter(program_id=program_id, who=who)
    async with transaction():
        await models.CodeAttempt.bulk_create([own], ignore_conflicts=True)  # waits for another's that is in flight
        if not await of_all.filter(window_start=start).exclude(id=own.id).update(failures=F("failures") + 1):
            # The window before stays: it may still be the present one of a server whose clock is behind.
            await of_all.filter(window_start__lt=start - WINDOW).delete()


def _window_start(now: datetime) -> datetime:
    return (now - (now - EPOCH) % WINDOW).astimezone(UTC)  # SQLite compares instants as text
