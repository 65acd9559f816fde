"""What a program owes its members: the outstanding amount of an asset by month of issue and month of expiry.

It is computed twice, from the lots and from the ledger lines, and both are told: they differ by nothing on a healthy
ledger.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from domain.assets import Asset
from domain.instants import NEVER, local_day
from domain.program import Program
from domain.refusals import InvalidInput
from services import lots_as_of
from services.reading import OrmSession, one_moment


@dataclass(frozen=True, slots=True)
class Liability:
    """Outstanding minor units as of `at`: the end of the day `on`, or now when that day is not over.

    `cells` is by the first days of the month of issue and of the month of expiry, None for what never expires.
    """

    asset: Asset
    on: date
    at: datetime
    cells: dict[tuple[date, date | None], int]
    debt: int
    """What members owe, 0 or negative."""
    ledger: int
    """Available, pending and held value of all accounts, debts included."""

    @property
    def outstanding(self) -> int:
        """All cells together."""
        return sum(self.cells.values())

    @property
    def difference(self) -> int:
        """By how much the ledger says more than the lots and the debts."""
        return self.ledger - self.outstanding - self.debt


def end_of_day(on: date, program: Program) -> datetime:
    """Return the last instant of a local day that has begun, but no later than now. Raises `InvalidInput`."""
    now = program.now()
    today = local_day(now, program.zone)
    if on > today:
        raise InvalidInput(f"{on} has not begun; it is {today} in {program.zone.key}.", field=("on",))
    if on == today:
        return now
    midnight = datetime.combine(on + timedelta(days=1), time.min, program.zone)
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


async def liability(reads: OrmSession, program: Program, asset: Asset, on: date | None = None) -> Liability:
    """Return the report of a day, today's if none is named. Raises `InvalidInput` for a day that has not begun."""
    on = on or local_day(program.now(), program.zone)
    at = end_of_day(on, program)
    cells: dict[tuple[date, date | None], int] = defaultdict(int)
    debt = ledger = 0
    with one_moment():
        async for accounts, lots in lots_as_of.books(reads, program, asset, at):
            for account in accounts:
                debt += min(account.available, 0)
                ledger += account.available + account.pending + account.held
            async for lot in lots:
                issued, expires = (_month(instant, program) for instant in (lot.recorded_at, lot.expires_at))
                assert issued is not None, "a lot was recorded at some time"
                cells[issued, expires] += lot.remaining + lot.held
    ordered = sorted(cells.items(), key=lambda cell: (cell[0][0], cell[0][1] or date.max))
    return Liability(asset, on, at, dict(ordered), debt, ledger)


def _month(instant: datetime, program: Program) -> date | None:
    return None if instant >= NEVER else local_day(instant, program.zone).replace(day=1)
