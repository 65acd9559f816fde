"""Why a campaign does not apply: the one place where that is decided and said, with the numbers."""

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter
from uuid import UUID

from domain.campaigns import Audience, held_out
from domain.conditions.base import Condition, Facts
from domain.conditions.combine import All, AnyOf, leaves
from domain.conditions.days_since import DaysSinceEnrolment, DaysSinceLastOrder
from domain.conditions.following import copied
from domain.conditions.wording import counted
from domain.effects.base import NAME_MEMBER, Outcome
from domain.explanation import NotApplied, NotAppliedReason
from domain.instants import DAY, NEVER, at_time, local_day
from domain.program import CampaignVersion
from domain.remedies import may_break, remedy
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
BOUNDS = frozenset(SAID)
FOR_GOOD = BOUNDS - DAILY
"""What is as it is on another day too."""
ALWAYS = datetime(1901, 1, 1, tzinfo=UTC)
"""Who lets a campaign begin before this means that it always ran."""
WAITED = (DaysSinceLastOrder, DaysSinceEnrolment)
"""Conditions whose remedy is to wait so many days from the order on."""
MINUTE = timedelta(minutes=1)
PRECISIONS = ("minutes", "seconds", "milliseconds", "microseconds")

Wanted = Callable[[CampaignVersion, Sequence[Outcome]], Mapping[str, int]]


class Eligibility:
    """Says of one campaign after the other, in the order in which they are applied, whether it may."""

    def __init__(
        self, facts: Facts, day: date, usages: Usages, spent_up: Mapping[UUID, Reached], wanted: Wanted
    ) -> None:
        """Take what campaigns look at; `wanted` tells how much of its budgets a campaign takes that gives so much."""
        self.facts = facts
        self.day = day
        self.usages = usages
        self.spent_up = spent_up
        self.wanted = wanted
        self.groups: dict[str, tuple[UUID, str]] = {}
        """Who of each stacking group gave something: the version, and the campaign's name."""

    @property
    def what(self) -> str:
        """What it is that campaigns look at."""
        return "order" if self.facts.order else "event"

    def refusal(self, version: CampaignVersion) -> NotApplied | None:
        """Return why a campaign does not apply; None when it does. What nobody can mend is looked at first."""
        return (
            self._nobody(version)
            or self._absent(version)
            or self._limited(version, FOR_GOOD)
            or self._ahead(version)
            or self._unmet(version)
            or self.group_taken(version)
            or self._limited(version, DAILY)
        )

    def _nobody(self, version: CampaignVersion) -> NotApplied | None:
        """Return that it is for members alone and there is none; to name one helps where nothing else is in the way."""
        if self.facts.member is not None or version.audience is not Audience.MEMBERS:
            return None
        conditions = (version.calendar, version.condition)
        helps = (
            version.runs_at(self.facts.occurred_at)
            and all(one is None or one.met(self.facts) for one in conditions)
            and not may_break(version)
            and self.group_taken(version) is None
            and self._limited(version, FOR_GOOD) is None
            and self._limited(version, DAILY) is None
        )
        message = f"{version.name} is for members; this order names none."
        return not_applied(version, Reason.NO_MEMBER, message, NAME_MEMBER if helps else None)

    def _absent(self, version: CampaignVersion) -> NotApplied | None:
        """Return that it is over, or leaves this member out."""
        facts, name = self.facts, version.name
        if facts.occurred_at >= version.ends_at:
            return not_applied(version, Reason.OUTSIDE_WINDOW, self._window(version))
        if facts.member is not None and held_out(version.campaign_id, facts.member.id, version.holdout):
            share = f"{version.holdout / 100:g} %"
            message = f"{name} leaves out {share} of the members, to be compared with; this one is among them."
            return not_applied(version, Reason.HELD_OUT, message)
        return None

    def _ahead(self, version: CampaignVersion) -> NotApplied | None:
        """Return that it has not begun."""
        if self.facts.occurred_at >= version.starts_at:
            return None
        remedy = self._begun(version)
        return not_applied(version, Reason.OUTSIDE_WINDOW, self._window(version), remedy)

    def _begun(self, version: CampaignVersion) -> str | None:
        """Return when to order, to the minute, and what it takes then; None when that would not help."""
        start = version.starts_at.replace(second=0, microsecond=0)
        if start < version.starts_at:
            start += MINUTE  # at the minute that is told it has begun
        then = copied(self.facts)
        then.occurred_at, then.recorded_at = start, max(start, then.recorded_at)
        asked = [leaf for one in (version.calendar, version.condition) if one is not None for leaf in leaves(one)]
        if any(isinstance(leaf, WAITED) and not leaf.met(then) for leaf in asked):
            return None  # the days to wait would be counted from the start on, and are read as from the present order
        further = self._remedy(version, then)
        return None if further is None else f"Order on or after {self._clock(start)}. {further}".strip()

    def _window(self, version: CampaignVersion) -> str:
        bounds, at = (version.starts_at, version.ends_at), self.facts.occurred_at
        # As precisely as it takes to tell the instants apart; an order at the very end cannot be told from it.
        precision = next((one for one in PRECISIONS if _apart(at, bounds, one)), PRECISIONS[0])
        start = f" from {self._clock(version.starts_at, precision)}" if version.starts_at > ALWAYS else ""
        end = f" until {self._clock(version.ends_at, precision)}" if version.ends_at < NEVER else " on"
        return f"{version.name} runs{start}{end}; the {self.what} is of {self._clock(at, precision)}."

    def _clock(self, instant: datetime, precision: str = PRECISIONS[0]) -> str:
        """Return an instant as calendars and clocks in the program's time zone show it; without a clock at midnight."""
        local = instant.astimezone(self.facts.program.zone)
        if precision == PRECISIONS[0] and local.time() == time():
            return f"{local:%Y-%m-%d}"
        return local.replace(tzinfo=None).isoformat(" ", precision)

    def _remedy(self, version: CampaignVersion, facts: Facts) -> str | None:
        """Return what would make a campaign apply; None when nobody can bring it about."""
        conditions = (version.calendar, version.condition)
        asked = All(tuple(condition for condition in conditions if condition is not None))
        return remedy(asked, facts, lambda then: self._gives(version, then), version.ends_at)

    def _gives(self, version: CampaignVersion, then: Facts) -> bool:
        """Whether a campaign would apply to facts and give something, and has enough left for it."""
        conditions = (version.calendar, version.condition)
        if not version.runs_at(then.occurred_at) or not all(one is None or one.met(then) for one in conditions):
            return False
        if self.group_taken(version) is not None:
            return False
        then.running.most_times, then.goods = version.limits.per_order, version.goods
        effects = sorted(version.effects, key=attrgetter("stage"))
        outcomes = [effect.apply(then) for effect in effects]
        if not any(outcome.amount for outcome in outcomes):
            return False
        day = local_day(then.occurred_at, then.program.zone)
        return not version.counted or self.passed(version, self.wanted(version, outcomes), day=day) is None

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
            f"{result.condition}: {result.required} is required, {result.has or f'the {self.what} has'} {result.actual}"
            for result in results
            if not result.met
        ]
        told = (" or " if isinstance(condition, AnyOf) else "; ").join(gaps)
        remedy = self._remedy(version, self.facts)
        return NotApplied(version.campaign_id, reason, f"{version.name}: {told}.", remedy, version.label, results)

    def group_taken(self, version: CampaignVersion) -> NotApplied | None:
        """Return that another campaign of its stacking group gave something already."""
        other = self.groups.get(version.group) if version.group is not None else None
        if other is None or other[0] == version.id:
            return None
        message = f"{version.name} does not add to {other[1]}: of the group {version.group} only one applies."
        return not_applied(version, Reason.EXCLUDED, message)

    def passed(
        self,
        version: CampaignVersion,
        wanted: Mapping[str, int],
        *,
        names: Container[str] = BOUNDS,
        day: date | None = None,
    ) -> Reached | None:
        """Return which limit or budget, of these, would be passed if the campaign gave so much (on `day`)."""
        member = self.facts.member
        return reached(
            {name: bound for name, bound in bounds_of(version).items() if name in names},
            self.usages,
            campaign_id=version.campaign_id,
            member_id=member.id if member else None,
            day=day or self.day,
            wanted=wanted,
        )

    def _limited(self, version: CampaignVersion, names: Container[str]) -> NotApplied | None:
        """Return that a limit, of these, or a budget leaves too little."""
        if not version.counted:
            return None
        is_daily = names is DAILY
        limit = self.passed(version, {}, names=names) or (self.spent_up.get(version.id) if is_daily else None)
        if limit is None:
            return self._spent(version) if version.budget.bounded and not is_daily else None
        return self.bounded(version, limit)

    def bounded(self, version: CampaignVersion, limit: Reached) -> NotApplied:
        """Say which limit or budget a campaign has reached, with its numbers."""
        numbers = {"limit": limit.limit, "used": limit.used, "wanted": limit.wanted, "left": limit.limit - limit.used}
        spelled = {name: self._spelled(version, limit.bound, number) for name, number in numbers.items()}
        times = {f"{name}_times": counted(number, "time") for name, number in numbers.items()}
        message = f"{version.name}: {SAID[limit.bound].format(**spelled, **times)}"
        reason = Reason.BUDGET_SPENT if limit.bound in BUDGETS else Reason.LIMIT_REACHED
        return not_applied(version, reason, message, self._another_day(version) if limit.bound in DAILY else None)

    def _another_day(self, version: CampaignVersion) -> str | None:
        """Return what to do about a limit of a day, if it helps on the very next: an occasion comes by itself."""
        if self.facts.order is None:
            return None
        then, zone = copied(self.facts), self.facts.program.zone
        local = then.occurred_at.astimezone(zone)
        then.occurred_at = at_time(self.day + DAY, local.time(), zone)
        then.recorded_at = max(then.occurred_at, then.recorded_at)
        return "Order on another day." if self._gives(version, then) else None

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


def _apart(at: datetime, others: tuple[datetime, ...], precision: str) -> bool:
    """Whether an instant differs from each of the others when it is told so precisely."""
    return at.isoformat(" ", precision) not in {
        other.astimezone(at.tzinfo).isoformat(" ", precision) for other in others
    }
