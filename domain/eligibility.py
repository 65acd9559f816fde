"""Why a campaign or a coupon does not apply: the one place where that is decided and said, with the numbers."""

from collections.abc import Container, Mapping, Sequence
from datetime import date, timedelta
from operator import attrgetter
from uuid import UUID

from domain.campaigns import Audience, held_out
from domain.conditions.base import Condition, Facts
from domain.conditions.combine import All, AnyOf, leaves
from domain.conditions.days_since import DaysSinceEnrolment, DaysSinceLastOrder
from domain.conditions.following import copied
from domain.conditions.wording import counted
from domain.effects.base import NAME_MEMBER, Outcome
from domain.evaluation import wanted_by
from domain.explanation import ConditionResult, NotApplied, NotAppliedReason
from domain.instants import DAY, at_time, local_day
from domain.limit_words import SAID, reached_text, spent_text
from domain.remedies import may_break, remedy
from domain.sources import BUDGETS, Source
from domain.usage import Reached, Usages, keys_of, reached
from domain.usage import counted as count_use
from domain.windows import clock_text, window_text

Reason = NotAppliedReason
DAILY = frozenset({"perMemberDay", "perDay"})
BOUNDS = frozenset(SAID)
FOR_GOOD = BOUNDS - DAILY
"""What is as it is on another day too."""
WAITED = (DaysSinceLastOrder, DaysSinceEnrolment)
"""Conditions whose remedy is to wait so many days from the order on."""
MINUTE = timedelta(minutes=1)


class Eligibility:
    """Says of one campaign or coupon after the other, in the order in which they are applied, whether it may."""

    def __init__(self, facts: Facts, day: date, usages: Usages, spent_up: Mapping[UUID, Reached]) -> None:
        """Take what they look at, how often they were used, and by key what has too little left of a budget."""
        self.facts = facts
        self.day = day
        self.usages = usages
        self.spent_up = spent_up
        self.groups: dict[str, tuple[UUID, str]] = {}
        """Who of each stacking group gave something: see `Source.owner`, and its name."""
        self.taken: list[Source] = []
        """The coupons that gave something and that nobody had before."""
        self.used: dict[UUID, dict[UUID, Mapping[str, int]]] = {}
        """Of each template the coupons that gave something, and what they take of its budgets."""

    def fork(self, facts: Facts) -> "Eligibility":
        """Return a copy that looks at other facts."""
        forked = Eligibility(facts, self.day, self.usages, self.spent_up)
        forked.groups = dict(self.groups)
        forked.taken = list(self.taken)
        forked.used = {campaign_id: dict(coupons) for campaign_id, coupons in self.used.items()}
        return forked

    def note(self, source: Source, outcomes: Sequence[Outcome]) -> None:
        """Note that a source gave something, in all these outcomes."""
        version = source.version
        if version.group is not None:
            self.groups.setdefault(version.group, (source.owner, version.name))
        if source.coupon is not None and source.coupon.is_taken and source not in self.taken:
            self.taken.append(source)
        if source.coupon is not None:
            self.used.setdefault(version.campaign_id, {})[source.key] = wanted_by(version, outcomes)

    @property
    def what(self) -> str:
        """What it is that campaigns look at."""
        return "order" if self.facts.order else "event"

    def refusal(self, source: Source) -> NotApplied | None:
        """Return why a campaign does not apply; None when it does. What nobody can mend is looked at first."""
        return (
            self._nobody(source)
            or self._absent(source)
            or self._limited(source, FOR_GOOD)
            or self._ahead(source)
            or self._unmet(source)
            or self.excluded(source)
            or self._limited(source, DAILY)
        )

    def allows(self, source: Source) -> bool:
        """Whether there is no `refusal` of a campaign; that costs less than to find the words for one."""
        version, facts = source.version, self.facts
        return (
            (facts.member is not None or version.audience is not Audience.MEMBERS)
            and version.runs_at(facts.occurred_at)
            and not (facts.member and held_out(version.campaign_id, facts.member.id, version.holdout))
            and source.key not in self.spent_up
            and _holds(source, facts)
            and self.excluded(source) is None
            and not (source.counted and self.passed(source, dict.fromkeys(BUDGETS, 1)))
        )

    def _nobody(self, source: Source) -> NotApplied | None:
        """Return that it is for members alone and there is none; to name one helps where nothing else is in the way."""
        version = source.version
        if self.facts.member is not None or version.audience is not Audience.MEMBERS:
            return None
        helps = (
            source.runs_at(self.facts.occurred_at)
            and _holds(source, self.facts)
            and not may_break(version)
            and self.excluded(source) is None
            and self._limited(source, FOR_GOOD) is None
            and self._limited(source, DAILY) is None
        )
        message = f"{version.name} is for members; this order names none."
        return not_applied(source, Reason.NO_MEMBER, message, NAME_MEMBER if helps else None)

    def _absent(self, source: Source) -> NotApplied | None:
        """Return that it is over, or leaves this member out."""
        if source.is_had:
            return None  # both were looked at when somebody got it
        facts, version, name = self.facts, source.version, source.version.name
        if facts.occurred_at >= version.ends_at:
            return not_applied(source, Reason.OUTSIDE_WINDOW, self._window(source))
        if facts.member is not None and held_out(version.campaign_id, facts.member.id, version.holdout):
            share = f"{version.holdout / 100:g} %"
            message = f"{name} leaves out {share} of the members, to be compared with; this one is among them."
            return not_applied(source, Reason.HELD_OUT, message)
        return None

    def _ahead(self, source: Source) -> NotApplied | None:
        """Return that it has not begun."""
        if source.is_had or self.facts.occurred_at >= source.version.starts_at:
            return None
        remedy = self._begun(source)
        return not_applied(source, Reason.OUTSIDE_WINDOW, self._window(source), remedy)

    def _begun(self, source: Source) -> str | None:
        """Return when to order, to the minute, and what it takes then; None when that would not help."""
        version = source.version
        start = version.starts_at.replace(second=0, microsecond=0)
        if start < version.starts_at:
            start += MINUTE  # at the minute that is told it has begun
        then = copied(self.facts)
        then.occurred_at, then.recorded_at = start, max(start, then.recorded_at)
        asked = [leaf for one in (version.calendar, version.condition) if one is not None for leaf in leaves(one)]
        if any(isinstance(leaf, WAITED) and not leaf.met(then) for leaf in asked):
            return None  # the days to wait would be counted from the start on, and are read as from the present order
        further, when = self._remedy(source, then), clock_text(start, self.facts.program.zone)
        return None if further is None else f"Order on or after {when}. {further}".strip()

    def _window(self, source: Source) -> str:
        return window_text(source.version, self.facts.occurred_at, self.what, self.facts.program.zone)

    def _remedy(self, source: Source, facts: Facts) -> str | None:
        """Return what would make a campaign apply; None when nobody can bring it about."""
        conditions = (source.version.calendar, source.version.condition)
        asked = All(tuple(condition for condition in conditions if condition is not None))
        return remedy(asked, facts, lambda then: self._gives(source, then), source.until)

    def _gives(self, source: Source, then: Facts) -> bool:
        """Whether a campaign would apply to facts and give something, and has enough left for it."""
        version = source.version
        if not source.runs_at(then.occurred_at) or not _holds(source, then) or self._is_excluded(source):
            return False
        then.running.most_times, then.goods = version.limits.per_order, version.goods
        effects = sorted(version.effects, key=attrgetter("stage"))
        outcomes = [effect.apply(then) for effect in effects]
        if not any(outcome.amount for outcome in outcomes):
            return False
        day = local_day(then.occurred_at, then.program.zone)
        return not source.counted or self.passed(source, wanted_by(version, outcomes), day=day) is None

    def _unmet(self, source: Source) -> NotApplied | None:
        """Return that its calendar or its condition does not hold."""
        calendar, condition = source.version.calendar, source.version.condition
        if calendar is not None and not calendar.met(self.facts):
            return self._gaps(source, Reason.OUTSIDE_CALENDAR, calendar)
        if condition is not None and not condition.met(self.facts):
            return self._gaps(source, Reason.CONDITION_NOT_MET, condition)
        return None

    def _gaps(self, source: Source, reason: Reason, condition: Condition) -> NotApplied:
        results = condition.results(self.facts)
        gaps = [
            f"{result.condition}: {result.required} is required, {result.has or f'the {self.what} has'} {result.actual}"
            for result in results
            if not result.met
        ]
        told = (" or " if isinstance(condition, AnyOf) else "; ").join(gaps)
        remedy = self._remedy(source, self.facts)
        return not_applied(source, reason, f"{source.version.name}: {told}.", remedy, results)

    def excluded(self, source: Source) -> NotApplied | None:
        """Return that others took its stacking group, or that its template gave as many coupons as an order may use."""
        version = source.version
        other = self.groups.get(version.group) if version.group is not None else None
        if other is not None and other[0] != source.owner:
            message = f"{version.name} does not add to {other[1]}: of the group {version.group} only one applies."
            return not_applied(source, Reason.EXCLUDED, message)
        if source.coupon is None or version.coupon is None:
            return None
        others, most = self.used.get(version.campaign_id, ()), version.coupon.per_order
        if len(others) >= most:
            return self.beyond(source, most)
        limit = self.passed(source, {}) if others and source.counted else None
        return self.bounded(source, limit) if limit else None

    def _is_excluded(self, source: Source) -> bool:
        """Whether it is excluded, without a word on it: to say what would help is to ask this again."""
        version = source.version
        other = self.groups.get(version.group) if version.group is not None else None
        if other is not None and other[0] != source.owner:
            return True
        return version.coupon is not None and len(self.used.get(version.campaign_id, ())) >= version.coupon.per_order

    def beyond(self, source: Source, most: int) -> NotApplied:
        """Return that an order uses no more coupons of its template."""
        message = f"{source.version.name}: an order uses {counted(most, 'coupon')} of it at most."
        return not_applied(source, Reason.LIMIT_REACHED, message)

    def passed(
        self,
        source: Source,
        wanted: Mapping[str, int],
        *,
        names: Container[str] = BOUNDS,
        day: date | None = None,
    ) -> Reached | None:
        """Return which limit or budget, of these, would be passed if the campaign gave so much (on `day`)."""
        member = self.facts.member
        return reached(
            {name: bound for name, bound in source.bounds.items() if name in names},
            self.usages if source.coupon is None else self._usages_beside(source),
            campaign_id=source.version.campaign_id,
            member_id=member.id if member else None,
            day=day or self._day_of(source),
            wanted=wanted,
        )

    def _day_of(self, source: Source) -> date:
        """Return on which day its use counts: a code is taken on the day on which it is named."""
        is_taken = source.coupon is not None and source.coupon.is_taken
        return local_day(self.facts.recorded_at, self.facts.program.zone) if is_taken else self.day

    def _usages_beside(self, source: Source) -> Usages:
        """Return the uses of a template with those of the other coupons that the order uses of it."""
        campaign_id, member = source.version.campaign_id, self.facts.member
        others = [wanted for key, wanted in self.used.get(campaign_id, {}).items() if key != source.key]
        if not others:
            return self.usages
        usages = dict(self.usages)
        for key in keys_of(campaign_id, source.bounds, member.id if member else None, self._day_of(source)):
            for wanted in others:
                count_use(usages, self.facts.program.id, key, uses=1, **wanted)
        return usages

    def usages_with_taken(self) -> Usages:
        """Return how often coupons were had, with the codes that the order takes by using them."""
        member, usages = self.facts.member, self.usages
        for source in self.taken:
            usages = dict(usages)
            for key in keys_of(
                source.version.campaign_id, source.bounds, member.id if member else None, self._day_of(source)
            ):
                count_use(usages, self.facts.program.id, key, uses=1, count=0, money=0, points=0)
        return usages

    def _limited(self, source: Source, names: Container[str]) -> NotApplied | None:
        """Return that a limit, of these, or a budget leaves too little."""
        if not source.counted:
            return None
        is_daily = names is DAILY
        limit = self.passed(source, {}, names=names) or (self.spent_up.get(source.key) if is_daily else None)
        if limit is None:
            return self._spent(source) if source.version.budget.bounded and not is_daily else None
        return self.bounded(source, limit)

    def bounded(self, source: Source, limit: Reached) -> NotApplied:
        """Say which limit or budget a campaign has reached, with its numbers."""
        message = f"{source.version.name}: {reached_text(source.version, limit, self.facts.program)}"
        reason = Reason.BUDGET_SPENT if limit.bound in BUDGETS else Reason.LIMIT_REACHED
        return not_applied(source, reason, message, self._another_day(source) if limit.bound in DAILY else None)

    def _another_day(self, source: Source) -> str | None:
        """Return what to do about a limit of a day, if it helps on the very next: an occasion comes by itself."""
        if self.facts.order is None:
            return None
        then, zone = copied(self.facts), self.facts.program.zone
        local = then.occurred_at.astimezone(zone)
        then.occurred_at = at_time(self.day + DAY, local.time(), zone)
        then.recorded_at = max(then.occurred_at, then.recorded_at)
        return "Order on another day." if self._gives(source, then) else None

    def _spent(self, source: Source) -> NotApplied | None:
        """Return that nothing is left of a budget: then nobody needs to work out what the campaign would give."""
        limit = self.passed(source, dict.fromkeys(BUDGETS, 1))
        if limit is None:
            return None
        said = spent_text(source.version, limit, self.facts.program)
        return not_applied(source, Reason.BUDGET_SPENT, f"{source.version.name}: {said}")


def not_applied(
    source: Source,
    reason: Reason,
    message: str,
    remedy: str | None = None,
    conditions: tuple[ConditionResult, ...] = (),
) -> NotApplied:
    """Return that a campaign or a coupon did nothing."""
    version = source.version
    return NotApplied(
        version.campaign_id, reason, message, remedy, version.label, conditions, coupon_id=source.coupon_id
    )


def _holds(source: Source, facts: Facts) -> bool:
    """Whether its calendar and its condition hold."""
    calendar, condition = source.version.calendar, source.version.condition
    return (calendar is None or calendar.met(facts)) and (condition is None or condition.met(facts))
