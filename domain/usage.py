"""How often campaigns applied and how much they gave: the counts behind their limits and budgets."""

from collections.abc import Iterator, Mapping, MutableMapping
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from domain.campaigns import EVER
from domain.values import keyword_value, replace, value

if TYPE_CHECKING:
    from domain.program import CampaignVersion

UsageKey = tuple[UUID, UUID, date]
"""(campaign, whose uses: a member's, or the campaign's own id for everybody's, the day or `EVER`)."""


@value
class Usage:
    """Uses of one campaign by somebody or everybody, on a day or ever. What is held counts as used."""

    campaign_id: UUID
    owner_id: UUID
    day: date
    program_id: UUID
    uses: int
    """Orders and occasions."""
    count: int
    """Repetitions within them."""
    money: int
    """Discounts, in minor units of the program's currency."""
    points: int
    """Of the asset that the budget names, in its minor units."""

    @property
    def key(self) -> UsageKey:
        """By which it is found."""
        return (self.campaign_id, self.owner_id, self.day)


Usages = Mapping[UsageKey, Usage]


@keyword_value
class Consumed:
    """What one order or occasion used of one campaign, with the bounds that held then. It never changes."""

    campaign_id: UUID
    day: date
    count: int
    money: int
    points: int
    points_of: UUID | None
    """The asset of which `points` are."""
    bounds: dict[str, int]
    """Those that the version had, by the names of `bounds_of`."""
    uses: int = 1
    """How often it was used; of a template, how many coupons are given."""

    def record(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "campaign": str(self.campaign_id),
            "day": self.day.isoformat(),
            "count": self.count,
            "money": self.money,
            "points": self.points,
            "pointsOf": str(self.points_of) if self.points_of else None,
            "bounds": self.bounds,
            **({"uses": self.uses} if self.uses != 1 else {}),
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Consumed":
        """Return what `record` was made of."""
        return cls(
            campaign_id=UUID(record["campaign"]),
            day=date.fromisoformat(record["day"]),
            count=record["count"],
            money=record["money"],
            points=record["points"],
            points_of=UUID(record["pointsOf"]) if record["pointsOf"] else None,
            bounds=dict(record["bounds"]),
            uses=record.get("uses", 1),
        )

    def with_more(self, other: "Consumed") -> "Consumed":
        """Return it with what another use of the same campaign took."""
        return Consumed(
            campaign_id=self.campaign_id,
            day=self.day,
            bounds=other.bounds | self.bounds,
            points_of=self.points_of or other.points_of,
            uses=self.uses + other.uses,
            count=self.count + other.count,
            money=self.money + other.money,
            points=self.points + other.points,
        )

    def keys(self, member_id: UUID | None) -> Iterator[UsageKey]:
        """Return the counts that it is in."""
        yield from keys_of(self.campaign_id, self.bounds, member_id, self.day)


def bounds_of(version: "CampaignVersion") -> dict[str, int]:
    """Return the bounds of a version by name; `perOrder` is none, as it needs no count."""
    limits, budget = version.limits, version.budget
    found = {
        "perMember": limits.per_member,
        "perMemberDay": limits.per_member_day,
        "perDay": limits.per_day,
        "total": limits.total,
        "money": budget.money,
        "points": budget.points,
        "count": budget.count,
    }
    return {name: bound for name, bound in found.items() if bound is not None}


def keys_of(campaign_id: UUID, bounds: Mapping[str, int], member_id: UUID | None, day: date) -> Iterator[UsageKey]:
    """Return which counts these bounds look at."""
    if bounds.keys() & {"total", "money", "points", "count"}:
        yield (campaign_id, campaign_id, EVER)
    if "perDay" in bounds:
        yield (campaign_id, campaign_id, day)
    if member_id is not None and "perMember" in bounds:
        yield (campaign_id, member_id, EVER)
    if member_id is not None and "perMemberDay" in bounds:
        yield (campaign_id, member_id, day)


@value
class Reached:
    """A bound that leaves too little: which, what it is, how much of it is used, and how much was asked for."""

    bound: str
    limit: int
    used: int
    wanted: int


IN_USES = ("perMember", "perMemberDay", "perDay", "total")


def reached(
    bounds: Mapping[str, int],
    usages: Usages,
    *,
    campaign_id: UUID,
    member_id: UUID | None,
    day: date,
    wanted: Mapping[str, int],
) -> Reached | None:
    """Return the first bound that would be passed by what takes so much `money`, `points` and `count`.

    It is one more use, or as many as `uses` says.
    """
    places = {
        "perMember": (member_id, EVER, "uses"),
        "perMemberDay": (member_id, day, "uses"),
        "perDay": (campaign_id, day, "uses"),
        "total": (campaign_id, EVER, "uses"),
        "money": (campaign_id, EVER, "money"),
        "points": (campaign_id, EVER, "points"),
        "count": (campaign_id, EVER, "count"),
    }
    for bound, (owner_id, on, column) in places.items():  # always in this order: stored bounds have none
        limit = bounds.get(bound)
        if limit is None:
            continue
        asked = wanted.get("uses", 1) if bound in IN_USES else wanted.get(bound, 0)
        if owner_id is None or not asked:
            continue
        usage = usages.get((campaign_id, owner_id, on))
        used = getattr(usage, column) if usage else 0
        if used + asked > limit:
            return Reached(bound, limit, used, asked)
    return None


def counted(
    usages: MutableMapping[UsageKey, Usage],
    program_id: UUID,
    key: UsageKey,
    *,
    uses: int,
    count: int,
    money: int,
    points: int,
) -> None:
    """Add so much to one count; negative gives back."""
    campaign_id, owner_id, day = key
    before = usages.get(key) or Usage(campaign_id, owner_id, day, program_id, 0, 0, 0, 0)
    usages[key] = replace(
        before,
        uses=before.uses + uses,
        count=before.count + count,
        money=before.money + money,
        points=before.points + points,
    )
