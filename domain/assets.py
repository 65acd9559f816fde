"""What a ledger counts, and the terms of it: expiry, pending time, use, debt."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.amounts import spelled
from domain.instants import (
    NEVER,
    end_of_day,
    end_of_period,
    end_of_yearly_day,
    plus_days,
    plus_months,
    start_of_day_in_month,
)


class AssetKind(StrEnum):
    """What an asset counts."""

    POINTS = "POINTS"
    MONEY = "MONEY"
    QUALIFYING = "QUALIFYING"
    PASS = "PASS"  # noqa: S105  (a visit pass)


class ExpiryPolicy(StrEnum):
    """When a lot of an asset expires.

    The rolling ones keep the time of day. All others end with a local day, at the midnight that begins the next.

    A fixed day comes in two kinds. `YEARLY` (each 31 March) is what programs mean who have one: it comes again, so the
    asset may earn for ever and every lot lasts up to a year. `FIXED_DATE` (31 March 2027) is for what ends for good, as
    the points of an anniversary: after it nothing can be credited. With a date alone, somebody would have to set the
    next one each year at midnight; with a month and a day alone, what is to end could not.
    """

    NONE = "NONE"
    ROLLING_DAYS = "ROLLING_DAYS"
    ROLLING_MONTHS = "ROLLING_MONTHS"
    END_OF_MONTH = "END_OF_MONTH"
    END_OF_QUARTER = "END_OF_QUARTER"
    END_OF_YEAR = "END_OF_YEAR"
    YEARLY = "YEARLY"
    FIXED_DATE = "FIXED_DATE"


PERIOD_MONTHS = {ExpiryPolicy.END_OF_MONTH: 1, ExpiryPolicy.END_OF_QUARTER: 3, ExpiryPolicy.END_OF_YEAR: 12}
"""How many months the period has at whose end a lot expires."""


YEARLY_YEAR = 2000
"""The year in which the day of `YEARLY` is written: a leap year, so that 29 February can be."""


class ExpiryFrom(StrEnum):
    """What the expiry of a lot is counted from: when it happened in the world, was recorded here, or is released."""

    OCCURRED = "OCCURRED"
    RECORDED = "RECORDED"
    RELEASED = "RELEASED"


class ShortfallPolicy(StrEnum):
    """What a return does when it has to take back more than the member has.

    `REFUSE` refuses the return. `DEBT` lets the balance go below zero, down to the floor, and what comes next pays it;
    beyond the floor it is written off. `WRITE_OFF` lets the member keep it, and the ledger says what it cost.
    """

    REFUSE = "REFUSE"
    DEBT = "DEBT"
    WRITE_OFF = "WRITE_OFF"


class BurnOrder(StrEnum):
    """Which part of stored value a payment uses first: what was paid in, or what was given on top."""

    PRINCIPAL_FIRST = "PRINCIPAL_FIRST"
    BONUS_FIRST = "BONUS_FIRST"


PRINCIPAL_PRIORITY = 0
"""Priority of the lots of what was paid in, and of all lots of assets that have no bonus."""
BONUS_PRIORITY = {BurnOrder.PRINCIPAL_FIRST: 1, BurnOrder.BONUS_FIRST: -1}
"""Priority of the lots of what was given on top."""


@dataclass(frozen=True, slots=True)
class Asset:
    """What a ledger counts. `floor` (≤ 0) is how far the available balance may go into debt.

    `expiry_length` is in days or months for the rolling policies, and for the ends of periods how many more are waited
    for: 0 ends with the present one. `expiry_date` is the day of `FIXED_DATE`; of `YEARLY` its month and day count, and
    its year is `YEARLY_YEAR`.

    Value is pending for `pending_days`, or until `pending_day` of the `pending_months`-th following month; all 0 is not
    pending at all. A day of a following month is what shops settle by (returns of March are over on 15 April), and
    comes again each month. A fixed date would serve one launch, and from then on say nothing.

    What a return gives back to a lot that has expired since lives for `grace_days`. `bonus_cap` is how many percent of
    a payment the bonus may pay. At checkout `pay_amount` minor units of the asset pay `pay_value` minor units of the
    program's currency; 0 and 0 pay nothing. Members are reminded `reminder_days` before something expires; 0 is never.
    """

    id: UUID
    program_id: UUID
    code: str
    name: str
    kind: AssetKind
    scale: int
    expiry: ExpiryPolicy
    expiry_length: int
    expiry_from: ExpiryFrom
    pending_days: int
    floor: int
    expiry_date: date | None = None
    pending_months: int = 0
    pending_day: int = 0
    shortfall: ShortfallPolicy = ShortfallPolicy.REFUSE
    grace_days: int = 30
    burn_order: BurnOrder = BurnOrder.BONUS_FIRST
    bonus_cap: int = 100
    pay_amount: int = 0
    pay_value: int = 0
    reminder_days: int = 0

    @property
    def bonus_priority(self) -> int:
        """Priority of the lots of what is given on top of what is paid in."""
        return BONUS_PRIORITY[self.burn_order]

    def locked_until(self, recorded_at: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when a lot credited at this instant is released; None when it is available at once."""
        if self.pending_months:
            return start_of_day_in_month(recorded_at, self.pending_months, self.pending_day, zone)
        return plus_days(recorded_at, self.pending_days, zone) if self.pending_days else None

    def expires_at(self, occurred_at: datetime, recorded_at: datetime, zone: ZoneInfo) -> datetime:
        """Return when a lot credited at these instants expires; `NEVER` when it does not.

        That may have been before: of what happened too long ago, or after the date of `FIXED_DATE`.
        """
        match self.expiry_from:
            case ExpiryFrom.OCCURRED:
                start = occurred_at
            case ExpiryFrom.RECORDED:
                start = recorded_at
            case ExpiryFrom.RELEASED:
                start = self.locked_until(recorded_at, zone) or recorded_at
        match self.expiry:
            case ExpiryPolicy.NONE:
                return NEVER
            case ExpiryPolicy.ROLLING_DAYS:
                return plus_days(start, self.expiry_length, zone)
            case ExpiryPolicy.ROLLING_MONTHS:
                return plus_months(start, self.expiry_length, zone)
            case ExpiryPolicy.END_OF_MONTH | ExpiryPolicy.END_OF_QUARTER | ExpiryPolicy.END_OF_YEAR:
                return end_of_period(start, PERIOD_MONTHS[self.expiry], self.expiry_length, zone)
            case ExpiryPolicy.YEARLY:
                day = self._day()
                return end_of_yearly_day(start, day.month, day.day, zone)
            case ExpiryPolicy.FIXED_DATE:
                return end_of_day(self._day(), zone)

    def ended(self, now: datetime, zone: ZoneInfo) -> str | None:
        """Return since when nothing can be credited any more, as words; None while something can."""
        if self.expiry is ExpiryPolicy.FIXED_DATE and self.expires_at(now, now, zone) <= now:
            return f"{self.code} expired for good at the end of {self._day()}"
        return None

    def _day(self) -> date:
        assert self.expiry_date is not None, "the policies of a day have one: the database checks it"
        return self.expiry_date

    def spelled(self, minor: int) -> str:
        """Return `minor` units as text with the asset's decimals."""
        return spelled(minor, self.scale)
