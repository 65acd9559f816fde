"""The terms of an asset as words, `12m` or `day-15`, as the command line and program documents say them."""

import re
from datetime import date
from typing import Any

from domain.assets import YEARLY_YEAR, ExpiryPolicy
from domain.refusals import InvalidInput

NEVER, AT_ONCE = "never", "none"
DIGITS = r"\d{1,9}"
"""More would not be allowed as a length in any case."""
ROLLING = {"d": ExpiryPolicy.ROLLING_DAYS, "m": ExpiryPolicy.ROLLING_MONTHS}
PERIODS = {
    "end-of-month": ExpiryPolicy.END_OF_MONTH,
    "end-of-quarter": ExpiryPolicy.END_OF_QUARTER,
    "end-of-year": ExpiryPolicy.END_OF_YEAR,
}


def expiry_of(text: str) -> dict[str, Any]:
    """Return the facts of an expiry policy by its words. Raises `InvalidInput`."""
    if text == NEVER:
        return {}
    if found := re.fullmatch(rf"({DIGITS})([dm])", text, re.ASCII):
        return {"expiry": ROLLING[found[2]], "expiry_length": int(found[1])}
    if found := re.fullmatch(rf"({'|'.join(PERIODS)})(?:\+({DIGITS}))?", text, re.ASCII):
        return {"expiry": PERIODS[found[1]], "expiry_length": int(found[2] or 0)}
    try:
        if re.fullmatch(r"\d\d-\d\d", text, re.ASCII):
            return {"expiry": ExpiryPolicy.YEARLY, "expiry_date": date.fromisoformat(f"{YEARLY_YEAR}-{text}")}
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return {"expiry": ExpiryPolicy.FIXED_DATE, "expiry_date": date.fromisoformat(text)}
    except ValueError:
        raise InvalidInput(f"{text!r} is no day of the calendar.", field=("expiry",)) from None
    raise InvalidInput(
        f"{text!r} is no expiry; examples: {NEVER}, 90d, 12m, end-of-month, end-of-quarter+1, end-of-year, 03-31, "
        "2027-03-31.",
        field=("expiry",),
    )


def pending_of(text: str) -> dict[str, Any]:
    """Return the facts of a pending time by its words. Raises `InvalidInput`."""
    if text == AT_ONCE:
        return {}
    if found := re.fullmatch(rf"({DIGITS})d", text, re.ASCII):
        return {"pending_days": _positive(found[1], text)}
    if found := re.fullmatch(rf"day-({DIGITS})(?:\+({DIGITS}))?", text, re.ASCII):
        return {"pending_day": int(found[1]), "pending_months": _positive(found[2] or "1", text)}
    examples = f"examples: {AT_ONCE}, 14d, day-15, day-15+2."
    raise InvalidInput(f"{text!r} is no pending time; {examples}", field=("pending",))


def _positive(digits: str, text: str) -> int:
    if not int(digits):
        message = f"{text!r} is no pending time: the number must not be 0; {AT_ONCE} is at once."
        raise InvalidInput(message, field=("pending",))
    return int(digits)


def expiry_text(asset: Any) -> str:
    """Return the words of the expiry policy of an asset, or of its row."""
    policy, length = ExpiryPolicy(asset.expiry), asset.expiry_length
    for letter, rolling in ROLLING.items():
        if policy is rolling:
            return f"{length}{letter}"
    for name, period in PERIODS.items():
        if policy is period:
            return f"{name}+{length}" if length else name
    if asset.expiry_date is None:
        return NEVER
    day: str = asset.expiry_date.isoformat()
    return day.removeprefix(f"{YEARLY_YEAR}-") if policy is ExpiryPolicy.YEARLY else day


def pending_text(asset: Any) -> str:
    """Return the words of the pending time of an asset, or of its row."""
    if asset.pending_months:
        return f"day-{asset.pending_day}" + (f"+{asset.pending_months}" if asset.pending_months > 1 else "")
    return f"{asset.pending_days}d" if asset.pending_days else AT_ONCE
