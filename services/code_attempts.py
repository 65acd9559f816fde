"""Attempts at codes: who gave too many that are none is not listened to for a while.

Both functions take the time of the wall: a sandbox program's clock, which can be set, must not let guessing go on.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from tortoise.expressions import F

import models
from domain.refusals import TooManyAttempts
from services.transaction import transaction

ATTEMPTS_MAX = 20
"""Failures in one window after which no code is looked at until it ends."""
WINDOW = timedelta(minutes=10)
"""Windows follow each other from the beginning of 1970, for everybody alike."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def check(program_id: UUID, who: str, now: datetime) -> None:
    """Refuse who failed too often of late; ask before a code is looked at. Raises `TooManyAttempts`.

    `who` is a credential or `member:` and an id. Attempts at the same time are all let through that begin before the
    last failure is counted.
    """
    start = _window_start(now)
    row = await models.CodeAttempt.get_or_none(program_id=program_id, who=who, window_start=start)
    if row is not None and row.failures >= ATTEMPTS_MAX:
        ends_at = start + WINDOW
        raise TooManyAttempts(
            f"{row.failures} codes within {WINDOW.seconds // 60} minutes were wrong; after {ATTEMPTS_MAX} none is "
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
