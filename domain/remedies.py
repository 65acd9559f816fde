"""What would make a campaign apply that does not: found in the conditions, followed in thought, and told if it helps.

A remedy names all that is needed. So each way that the conditions name is followed on a copy of the facts: goods are
added, the day has come, the tier is reached. It is told only if the campaign then applies and gives something. What no
customer can bring about has no remedy, and where nobody can tell, none is better than a false one. Remedies are a help
and no part of the price, so what finding them may cost has a limit (`TRIES_MAX`); beyond it there are none.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import product

from domain.conditions.base import Condition, Facts
from domain.conditions.birthday import BirthdayNear
from domain.conditions.combine import All, AnyOf, Not, leaves
from domain.conditions.days_since import DaysSinceEnrolment, DaysSinceLastOrder
from domain.conditions.expression import Expression
from domain.conditions.following import add_goods, copied
from domain.conditions.hours import HOUR_MINUTES, Hours
from domain.conditions.minimum_spend import MinimumSpend, SpendBasis
from domain.conditions.month_day import MonthDay
from domain.conditions.orders_before import FirstOrder, NthOrder
from domain.conditions.tier import TierIs
from domain.conditions.weekday import Weekday
from domain.effects.amount_off import AmountOffByTier
from domain.effects.base import EffectRule
from domain.effects.multiply_earn import MultiplyEarnByTier
from domain.effects.percent_off import PercentOffByTier
from domain.instants import NEVER, at_time, local_day
from domain.program import CampaignVersion
from domain.values import value

WAYS_MAX = 8
"""So many ways to meet a condition are followed, the shortest first."""
DAYS_MAX = 366
"""So far ahead a day is looked for that meets all conditions on time; what has to be waited for comes before it."""
DAYS_OF_TRY = 16
"""To look at so many days costs about as much as to follow a remedy."""
MORE_DOUBLINGS_MAX = 24
"""How often what has to be spent more is doubled until the effects give something."""

OF_TIME = (Weekday, MonthDay, Hours, BirthdayNear, DaysSinceLastOrder, DaysSinceEnrolment)
"""Conditions that the passing of time meets."""

OF_CLOCK = (Weekday, MonthDay, Hours)
"""Conditions that no order and no member can change."""
BY_TIER = (PercentOffByTier, AmountOffByTier, MultiplyEarnByTier)
"""Effects whose remedy is another tier."""
OF_STANDING = (TierIs, FirstOrder, NthOrder)
"""Conditions that may hold no more once a member has reached another tier, which takes further orders."""

Helps = Callable[[Facts], bool]
"""Whether a campaign applies to facts, and gives something."""


@value
class Way:
    """Conditions that do not hold and that a customer may meet, all of them together."""

    leaves: tuple[Condition, ...]
    sentences: tuple[str, ...]
    gap: int
    """How much money they ask for, in minor units of the program's currency."""
    wait: int
    """How many days they ask to wait at least."""


def remedy(condition: Condition, facts: Facts, helps: Helps, until: datetime = NEVER) -> str | None:
    """Return the nearest change of what conditions name by which a campaign would apply; None if there is none.

    `helps` decides. It has to be followed before `until`. Of conditions that hold it is empty, if that helps.
    """
    if facts.order is None:
        return None  # what happened by itself, or once, is not done again otherwise
    for way in ways(condition, facts):
        said = _followed(way, facts, helps, until)
        if said is not None:
            return said
    return None


def of_effect(version: CampaignVersion, rule: EffectRule, remedy: str | None) -> str | None:
    """Return the remedy of an effect that gives nothing; None where the campaign may not apply to who follows it.

    The effect knows nothing of the condition and the calendar of its campaign, both of which hold at present.
    """
    return None if may_break(version, OF_STANDING if isinstance(rule, BY_TIER) else ()) else remedy


def may_break(version: CampaignVersion, kinds: tuple[type, ...] = ()) -> bool:
    """Whether what holds of a campaign's calendar and condition may not hold of another order or member.

    That is so of an `expression`, a `not` of more than the clock, and a condition of any of `kinds`.
    """
    parts = (version.calendar, version.condition)
    return any(part is not None and _may_break(part, (Expression, *kinds)) for part in parts)


def _may_break(condition: Condition, kinds: tuple[type, ...]) -> bool:
    if isinstance(condition, (All, AnyOf)):
        return any(_may_break(part, kinds) for part in condition.parts)
    if isinstance(condition, Not):
        return not all(isinstance(leaf, OF_CLOCK) for leaf in leaves(condition))
    return isinstance(condition, kinds)


def ways(condition: Condition, facts: Facts) -> list[Way]:
    """Return the ways to meet a condition, of several the shortest first, and of such the cheapest."""
    found = [*_ways(condition, facts)]
    return sorted(found, key=lambda way: (len(way.sentences), way.gap))[:WAYS_MAX]


def _ways(condition: Condition, facts: Facts) -> Iterator[Way]:
    if condition.met(facts):
        yield Way((), (), 0, 0)
    elif isinstance(condition, AnyOf):
        for part in condition.parts:
            yield from _ways(part, facts)
    elif isinstance(condition, All):
        for chosen in product(*(ways(part, facts) for part in condition.parts if not part.met(facts))):
            yield _joined(chosen)
    else:
        (result, *others) = condition.results(facts)
        if not others and result.remedy is not None:
            yield Way((condition,), (result.remedy,), result.gap, result.wait)


def _joined(chosen: Iterable[Way]) -> Way:
    parts = [*chosen]
    return Way(
        tuple(leaf for way in parts for leaf in way.leaves),
        tuple(dict.fromkeys(sentence for way in parts for sentence in way.sentences)),
        sum(way.gap for way in parts),
        max((way.wait for way in parts), default=0),
    )


# ── followed ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _followed(way: Way, facts: Facts, helps: Helps, until: datetime) -> str | None:
    """Return how a way is told, if the campaign applies to who follows it."""
    if not facts.patience.tries():
        return None
    then = copied(facts)
    for leaf in way.leaves:
        if not isinstance(leaf, OF_TIME):
            follow = getattr(leaf, "follow", None)
            if follow is None or not follow(then):
                return None
    if then.member != facts.member and any(isinstance(leaf, DaysSinceLastOrder) for leaf in way.leaves):
        return None  # further orders begin the wait anew
    when: list[Condition] = [leaf for leaf in way.leaves if isinstance(leaf, OF_TIME)]
    if when:
        instant = _first(when, then, way.wait, until)
        if instant is None:
            return None
        then.occurred_at, then.recorded_at = instant, max(instant, facts.recorded_at)
    if helps(copied(then)):
        return " ".join(way.sentences)
    return _with_more(way, then, helps)


def _first(leaves: list[Condition], facts: Facts, wait: int, until: datetime) -> datetime | None:
    """Return the first instant later on that meets all conditions on time; None when none does in time."""
    zone, begins = facts.program.zone, facts.occurred_at
    start = begins.astimezone(zone)
    minutes = {start.hour * HOUR_MINUTES + start.minute, *(leaf.start for leaf in leaves if isinstance(leaf, Hours))}
    then = copied(facts)
    day = local_day(begins, zone)
    for later in range(wait, wait + DAYS_MAX + 1):
        if later % DAYS_OF_TRY == 0 and not facts.patience.tries():
            return None
        if day > NEVER.date() - timedelta(days=later + 1):
            return None
        for minute in sorted(minutes):
            instant = at_time(day + timedelta(days=later), time(*divmod(minute, HOUR_MINUTES)), zone)
            if instant >= until:
                return None
            if instant > begins and all(_holds(leaf, then, instant) for leaf in leaves):
                return instant
    return None


def _holds(leaf: Condition, facts: Facts, instant: datetime) -> bool:
    facts.occurred_at = instant.astimezone(UTC)
    return leaf.met(facts)


def _with_more(way: Way, facts: Facts, helps: Helps) -> str | None:
    """Return a way with so much more to spend that the effects give something too; None when no more does it."""
    spends = [leaf for leaf in way.leaves if isinstance(leaf, MinimumSpend)]
    if len(spends) != 1 or spends[0].of is SpendBasis.LISTED:
        return None

    def enough(more: int) -> bool:
        if not facts.patience.tries():
            return False
        then = copied(facts)
        add_goods(then, more)
        return helps(then)

    most = next((1 << power for power in range(MORE_DOUBLINGS_MAX) if enough(1 << power)), None)
    if most is None:
        return None
    least = most >> 1
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (least, middle) if enough(middle) else (middle, most)
    # What the way asked for is added to the facts already, so it is the gap of this condition alone that grows.
    asked, told = spends[0].more(facts, way.gap), spends[0].more(facts, way.gap + most)
    return (
        " ".join(told if sentence == asked else sentence for sentence in way.sentences)
        if asked in way.sentences
        else None
    )
