"""The published campaigns of a program, read once each: a version never changes, and a brand may have thousands.

Templates of coupons are among them, and so are their older versions, which coupons go by that were had before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from domain.program import CampaignVersion
from domain.refusals import InvalidInput
from domain.rules import RuleReader
from domain.values import replace
from domain.versions import VersionForm, read_version
from services.raw import plain_id, plain_instant, plain_json

PUBLISHED = (
    "FROM campaign c JOIN campaign_version v ON v.program_id = c.program_id AND v.campaign_id = c.id "
    "AND v.number = c.published_version WHERE c.program_id = $1 AND c.state = 'RUNNING'"
)
CAMPAIGN = (
    "v.id, v.campaign_id, c.code, c.name, v.number, v.priority, v.starts_at, v.ends_at, v.conditions, v.effects, "
    "v.trigger, v.step, v.audience, v.calendar, v.stacking_group, v.limits, v.budget, v.holdout, v.schedule, "
    "v.coupon"
)


class Reader(Protocol):
    """Anything that can run a query: the writer's session, or a connection of the ORM."""

    async def fetch(self, sql: str, *arguments: Any) -> Sequence[Sequence[Any]]:
        """Return raw records."""


@dataclass(frozen=True, slots=True)
class Published:
    """The published versions of a program, of campaigns and templates of coupons, by id.

    They were read `against` its assets, ladders, tiers and segments.
    """

    against: Any
    versions: Mapping[UUID, CampaignVersion]
    unreadable: Mapping[UUID, str] = field(default_factory=dict)
    """Versions that do not fit the set-up, by id, each with its name and why: they decide nothing."""

    @property
    def in_order(self) -> tuple[CampaignVersion, ...]:
        """The versions of campaigns by priority, then code."""
        campaigns = (version for version in self.versions.values() if version.coupon is None)
        return tuple(sorted(campaigns, key=lambda version: (version.priority, version.code)))

    @property
    def templates(self) -> dict[UUID, CampaignVersion]:
        """The versions of templates of coupons, by the template's id."""
        return {version.campaign_id: version for version in self.versions.values() if version.coupon is not None}


async def read_published(
    reader: Reader, program_id: UUID, rules: RuleReader, against: Any, kept: Published | None
) -> Published:
    """Return the campaigns that are published now; of those `kept` that were read `against` the same, only names.

    One that cannot be read is left out, and does not keep the others from deciding.
    """
    same = kept if kept is not None and kept.against == against else None
    known = same.versions if same else {}
    names = {plain_id(row[0]): row[1] for row in await reader.fetch(f"SELECT v.id, c.name {PUBLISHED}", program_id)}
    found = {
        version_id: known[version_id] if known[version_id].name == name else replace(known[version_id], name=name)
        for version_id, name in names.items()
        if version_id in known
    }
    unreadable = {
        version_id: why for version_id, why in (same.unreadable if same else {}).items() if version_id in names
    }
    if missing := [version_id for version_id in names if version_id not in known and version_id not in unreadable]:
        wanted = f"SELECT {CAMPAIGN} {PUBLISHED} AND v.id = ANY($2::uuid[])"
        for row in await reader.fetch(wanted, program_id, missing):
            version = _read(rules, row)
            if isinstance(version, CampaignVersion):
                found[version.id] = version
            else:
                unreadable[plain_id(row[0])] = version
    return Published(against, found, unreadable)


async def read_version_of(
    reader: Reader, program_id: UUID, rules: RuleReader, campaign_id: UUID, number: int
) -> CampaignVersion | None:
    """Return a version of a campaign, whether or not it is published. None when there is none of this number.

    Raises `InvalidInput` when it does not fit the program any more.
    """
    rows = await reader.fetch(
        f"SELECT {CAMPAIGN} FROM campaign c JOIN campaign_version v ON v.program_id = c.program_id "
        "AND v.campaign_id = c.id WHERE c.program_id = $1 AND c.id = $2 AND v.number = $3",
        program_id,
        campaign_id,
        number,
    )
    return _version(rules, rows[0]) if rows else None


async def read_versions(
    reader: Reader, program_id: UUID, rules: RuleReader, ids: Sequence[UUID]
) -> dict[UUID, CampaignVersion | str]:
    """Return versions by their ids, published or not; for one that cannot be read, its name and why."""
    wanted = (
        f"SELECT {CAMPAIGN} FROM campaign_version v JOIN campaign c ON c.program_id = v.program_id "
        "AND c.id = v.campaign_id WHERE v.program_id = $1 AND v.id = ANY($2::uuid[])"
    )
    rows = await reader.fetch(wanted, program_id, list(ids))
    return {plain_id(row[0]): _read(rules, row) for row in rows}


def _read(rules: RuleReader, row: Sequence[Any]) -> CampaignVersion | str:
    try:
        return _version(rules, row)
    except InvalidInput as wrong:
        return f"{row[2]} v{row[4]}: {wrong.message}"


def _version(rules: RuleReader, row: Sequence[Any]) -> CampaignVersion:
    form = VersionForm(
        priority=row[5],
        starts_at=plain_instant(row[6]),
        ends_at=plain_instant(row[7]),
        conditions=plain_json(row[8]),
        effects=plain_json(row[9]),
        trigger=row[10],
        step=row[11],
        audience=row[12],
        calendar=plain_json(row[13]),
        stacking_group=row[14],
        limits=plain_json(row[15]),
        budget=plain_json(row[16]),
        holdout=row[17],
        schedule=plain_json(row[18]),
        coupon=plain_json(row[19]),
    )
    return read_version(
        rules, form, id=plain_id(row[0]), campaign_id=plain_id(row[1]), code=row[2], name=row[3], number=row[4]
    )
