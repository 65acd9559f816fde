"""What a version of a campaign is asked to say, and the columns that it is stored in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

import models
from domain import checks
from domain.campaigns import HOLDOUT_WHOLE, Step
from domain.checks import CODE_MAX, EARLIEST, Path
from domain.instants import NEVER
from domain.refusals import InvalidInput
from domain.values import keyword_value
from domain.versions import VersionForm

PRIORITY_MAX = 10_000
PRIORITY_DEFAULT = 100
PERCENT = HOLDOUT_WHOLE // 100
COLUMNS = tuple(VersionForm.__dataclass_fields__)


@keyword_value
class VersionRequest:
    """What a version is to say: see `VersionForm`.

    Without `starts_at` it starts when the version before it does; that of a new campaign starts when it is drafted.

    Without `ends_at` it never ends. `holdout_percent` has at most two decimals.
    """

    effects: Sequence[Mapping[str, Any]]
    conditions: Mapping[str, Any] | None = None
    priority: int = PRIORITY_DEFAULT
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    trigger: str = "ORDER"
    step: str = "PROMOTION"
    audience: str = "MEMBERS"
    calendar: Mapping[str, Any] | None = None
    schedule: Mapping[str, Any] | None = None
    stacking_group: str | None = None
    limits: Mapping[str, Any] | None = None
    budget: Mapping[str, Any] | None = None
    holdout_percent: Decimal = Decimal(0)
    coupon: Mapping[str, Any] | None = None
    """What a template of coupons says beside its rules; then `step` goes without saying."""


def columns_of(request: VersionRequest) -> dict[str, Any]:
    """Return the columns that a request stands for, but None for a start that is not named."""
    path: Path = ("version",)
    return (
        {
            "priority": checks.integer(request.priority, (*path, "priority"), 0, PRIORITY_MAX),
            "starts_at": _instant(request.starts_at, (*path, "startsAt")),
            "ends_at": _instant(request.ends_at, (*path, "endsAt")) or NEVER,
            "stacking_group": checks.optional_text(request.stacking_group, (*path, "stackingGroup"), CODE_MAX),
            "holdout": _holdout(request.holdout_percent, (*path, "holdoutPercent")),
        }
        | {
            name: getattr(request, name)
            for name in ("conditions", "effects", "trigger", "audience", "calendar", "schedule", "limits", "budget")
        }
        | ({"step": request.step} if request.coupon is None else {"step": Step.COUPON.value, "coupon": request.coupon})
    )


def _instant(value: datetime | None, path: Path) -> datetime | None:
    if value is not None and not EARLIEST <= value < NEVER:
        raise InvalidInput(
            f"`{path[-1]}` is {value.isoformat()}; {EARLIEST.year} to {NEVER.year - 1} is allowed.", field=path
        )
    return value


def _holdout(percent: Decimal, path: Path) -> int:
    parts = percent * PERCENT if 0 <= percent <= PERCENT else Decimal(-1)
    if parts < 0 or parts != int(parts):
        raise InvalidInput(f"`{path[-1]}` is 0 to 100, with at most two decimals.", field=path)
    return int(parts)


def content_of(form: Mapping[str, Any]) -> list[Any]:
    """Return what a draft says, in an order that does not depend on how its rules were written."""
    return [
        orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode() if isinstance(value, (dict, list)) else value
        for _, value in sorted(form.items())
    ]


def form_of(row: models.CampaignVersion) -> VersionForm:
    """Return what a stored version says."""
    return VersionForm(**{name: getattr(row, name) for name in COLUMNS})
