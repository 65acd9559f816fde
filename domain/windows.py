"""How the window of a campaign is told beside the instant of an order."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from domain.instants import NEVER
from domain.program import CampaignVersion

ALWAYS = datetime(1901, 1, 1, tzinfo=UTC)
"""Who lets a campaign begin before this means that it always ran."""
PRECISIONS = ("minutes", "seconds", "milliseconds", "microseconds")


def window_text(version: CampaignVersion, at: datetime, what: str, zone: ZoneInfo) -> str:
    """Return when a campaign runs, and of when the order or the event is, which is `what` happened at an instant."""
    bounds = (version.starts_at, version.ends_at)
    # As precisely as it takes to tell the instants apart; an order at the very end cannot be told from it.
    precision = next((one for one in PRECISIONS if _apart(at, bounds, one)), PRECISIONS[0])
    start = f" from {clock_text(version.starts_at, zone, precision)}" if version.starts_at > ALWAYS else ""
    end = f" until {clock_text(version.ends_at, zone, precision)}" if version.ends_at < NEVER else " on"
    return f"{version.name} runs{start}{end}; the {what} is of {clock_text(at, zone, precision)}."


def clock_text(instant: datetime, zone: ZoneInfo, precision: str = PRECISIONS[0]) -> str:
    """Return an instant as calendars and clocks in a time zone show it; without a clock at midnight."""
    local = instant.astimezone(zone)
    if precision == PRECISIONS[0] and local.time() == time():
        return f"{local:%Y-%m-%d}"
    return local.replace(tzinfo=None).isoformat(" ", precision)


def _apart(at: datetime, others: tuple[datetime, ...], precision: str) -> bool:
    """Whether an instant differs from each of the others when it is told so precisely."""
    return at.isoformat(" ", precision) not in {
        other.astimezone(at.tzinfo).isoformat(" ", precision) for other in others
    }
