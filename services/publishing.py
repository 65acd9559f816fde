"""Publishing a version of a campaign: inserted once, with the hash by which it is known to be what was published."""

from typing import Any
from uuid import UUID

import orjson
from tortoise.expressions import F
from tortoise.queryset import QuerySet
from uuid_utils.compat import uuid7

import models
from domain.digest import content_hash


async def publish(**said: Any) -> models.CampaignVersion:
    """Insert a version of a campaign, of the columns that it is given, with its hash. Needs a transaction.

    Which version of the campaign decides is up to the campaign's own row.
    """
    version = models.CampaignVersion(**{"id": uuid7()} | said)
    version.hash = version_hash(version)
    await version.save(force_create=True)
    return version


def with_points(program_id: UUID) -> QuerySet[models.CampaignUsage]:
    """Return what campaigns gave to all, of those that count points."""
    return models.CampaignUsage.filter(program_id=program_id, owner_id=F("campaign_id"), points__gt=0)


def version_hash(version: Any) -> bytes:
    """Return the SHA-256 of all that a version says and is known by, in canonical form: its row without the hash."""
    return content_hash(
        (
            version.id,
            version.program_id,
            version.campaign_id,
            version.number,
            version.priority,
            version.starts_at,
            version.ends_at,
            _form(version.conditions),
            _form(version.effects),
            version.recorded_at,
            *_further(version),
        )
    )


PLAIN = {
    "trigger": "ORDER",
    "step": "PROMOTION",
    "audience": "MEMBERS",
    "calendar": None,
    "schedule": None,
    "stacking_group": None,
    "limits": None,
    "budget": None,
    "holdout": 0,
    "drafted_by": None,
    "coupon": None,
}
"""What a version says that says nothing about these: as all did before there were such columns."""


def _further(version: Any) -> list[tuple[str, Any]]:
    """Return what else a version says, so that the hashes of those that say nothing else are as they were."""
    said = [(name, getattr(version, name)) for name in PLAIN]
    return [(name, _form(value)) for name, value in said if value != PLAIN[name]]


def _form(form: Any) -> str:
    """Return the form of a rule as text that does not depend on the order in which a database keeps its keys."""
    return orjson.dumps(form, option=orjson.OPT_SORT_KEYS).decode()
