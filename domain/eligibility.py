"""Why a campaign does not apply: the one place where that is decided and said, with the numbers."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from domain.campaigns import Audience, held_out
from domain.conditions.base import Condition, Facts
from domain.conditions.combine import AnyOf, remedy_of
from domain.conditions.wording import counted
from domain.explanation import NotApplied, NotAppliedReason
from domain.program import CampaignVersion
from domain.usage import Reached, Usages, bounds_of, reached

Reason = NotAppliedReason
SAID = {
    "perMember": "A member takes part {limit_times}, and this one did {used}.",
    "perMemberDay": "A member takes part {limit_times} a day, and this one did {used} that day.",
    "perDay": "It applies {limit_times} a day, and did {used_times} that day.",
    "total": "It applies {limit_times} in all, and did {used_times}.",
    "money": "Of its budget of {limit} {left} are left; this would take {wanted}.",
    "points": "Of its budget of {limit} {left} are left; this would take {wanted}.",
    "count": "Of {limit} in all it has {left} left; this would take {wanted}.",
}
BUDGETS = frozenset({"money", "points", "count"})
DAILY = frozenset({"perMemberDay", "perDay"})


class Eligibility:
    """Says of one campaign after the other, in the order in which they are applied, whether it may."""

    def __init__(self, facts: Facts, day: date, usages: Usages, spent_up: Mapping[UUID, Reached]) -> None:
        self.facts = facts
        self.day = day
        self.usages = usages
        self.spent_up = spent_up
        self.groups: dict[str, tuple[UUID, str]] = {}
        """Who of each stacking group gave something: the version, and the campaign's name."""

    @property
    def what(self) -> str:
        """What it is that campaigns look at."""
        return "order" if self.facts.order else "event"

    @property
    def another_day(self) -> str | None:
        """What to do about a limit of a day; about an occasion that comes by itself there is nothing to do."""
        return "Order on another day." if self.facts.order else None

    def refusal(self, version: CampaignVersion) -> NotApplied | None:
        """Return why a campaign does not apply; None when it does."""
        return self._absent(version) or self._unmet(version) or self.group_taken(version) or self._limited(version)

    def _absent(self, version: CampaignVersion) -> NotApplied | None:
        """Return that it is not for this member, or not at this time."""
        facts, name = self.facts, version.name
        if facts.member is None and version.audience is Audience.MEMBERS:
            message = f"{name} is for members; this order names none."
            return not_applied(version, Reason.NO_MEMBER, message, "Name the member of the order.")
        if not version.runs_at(facts.occurred_at):
            return not_applied(version, Reason.OUTSIDE_WINDOW, f"{name} does not run at the time of the {self.what}.")
        if facts.member is not None and held_out(version.campaign_id, facts.member.id, version.holdout):
            share = f"{version.holdout / 100:g} %"
            message = f"{name} leaves out {share} of the members, to be compared with; this one is among them."
            return not_applied(version, Reason.HELD_OUT, message)
        return None

    def _unmet(self, version: CampaignVersion) -> NotApplied | None:
        """Return that its calendar or its condition does not hold."""
        calendar, condition = version.calendar, version.condition
        if calendar is not None and not calendar.met(self.facts):
            return self._gaps(version, Reason.OUTSIDE_CALENDAR, calendar)
        if condition is not None and not condition.met(self.facts):
            return self._gaps(version, Reason.CONDITION_NOT_MET, condition)
        return None

    def _gaps(self, version: CampaignVersion, reason: Reason, condition: Condition) -> NotApplied:
        results = condition.results(self.facts)
        gaps = [
            f"{result.condition}: {result.required} is required, the {self.what} has {result.actual}"
            for result in results
            if not result.met
        ]
        told = (" or " if isinstance(condition, AnyOf) else "; ").join(gaps)
        remedy = remedy_of(condition, self.facts)
        return NotApplied(version.campaign_id, reason, f"{version.name}: {told}.", remedy, version.label, results)

    def group_taken(self, version: CampaignVersion) -> NotApplied | None:
        """Return that another campaign of its stacking group gave something already."""
        other = self.groups.get(version.group) if version.group is not None else None
        if other is None or other[0] == version.id:
            return None
        message = f"{version.name} does not add to {other[1]}: of the group {version.group} only one applies."
        return not_applied(version, Reason.EXCLUDED, message)

    def passed(self, version: CampaignVersion, wanted: Mapping[str, int]) -> Reached | None:
        """Return which limit or budget would be passed if the campaign gave so much."""
        member = self.facts.member
        return reached(
            bounds_of(version),
            self.usages,
            campaign_id=version.campaign_id,
            member_id=member.id if member else None,
            day=self.day,
            wanted=wanted,
        )

    def _limited(self, version: CampaignVersion) -> NotApplied | None:
        """Return that a limit or a budget leaves too little."""
        limit = (self.passed(version, {}) if version.counted else None) or self.spent_up.get(version.id)
        if limit is None:
            return self._spent(version) if version.budget.bounded else None
        return self.bounded(version, limit)

    def bounded(self, version: CampaignVersion, limit: Reached) -> NotApplied:
        """Say which limit or budget a campaign has reached, with its numbers."""
        numbers = {"limit": limit.limit, "used": limit.used, "wanted": limit.wanted, "left": limit.limit - limit.used}
        spelled = {name: self._spelled(version, limit.bound, number) for name, number in numbers.items()}
        times = {f"{name}_times": counted(number, "time") for name, number in numbers.items()}
        message = f"{version.name}: {SAID[limit.bound].format(**spelled, **times)}"
        reason = Reason.BUDGET_SPENT if limit.bound in BUDGETS else Reason.LIMIT_REACHED
        return not_applied(version, reason, message, self.another_day if limit.bound in DAILY else None)

    def _spent(self, version: CampaignVersion) -> NotApplied | None:
        """Return that nothing is left of a budget: then nobody needs to work out what the campaign would give."""
        limit = self.passed(version, dict.fromkeys(BUDGETS, 1))
        if limit is None:
            return None
        bound = self._spelled(version, limit.bound, limit.limit)
        said = f"All {bound} are given." if limit.bound == "count" else f"Its budget of {bound} is spent."
        return not_applied(version, Reason.BUDGET_SPENT, f"{version.name}: {said}")

    def _spelled(self, version: CampaignVersion, bound: str, number: int) -> str:
        if bound == "money":
            return self.facts.program.money(number)
        if bound == "points" and version.budget.points_of is not None:
            asset = self.facts.program.asset_by_id(version.budget.points_of)
            return f"{asset.spelled(number)} {asset.code}"
        return str(number)


def not_applied(version: CampaignVersion, reason: Reason, message: str, remedy: str | None = None) -> NotApplied:
    """Return that a campaign did nothing."""
    return NotApplied(version.campaign_id, reason, message, remedy, version.label)
