"""From what is stored of a version of a campaign to the version, checking every part of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from domain.amounts import to_minor
from domain.campaigns import HOLDOUT_WHOLE, Audience, Budget, Limits, Stage, Step, Trigger
from domain.conditions.base import Condition
from domain.conditions.combine import All
from domain.conditions.hours import HOUR_MINUTES
from domain.conditions.matching_lines import goods_of
from domain.conditions.segment import Entered, InSegment
from domain.coupon_terms import check_bounds, check_gives_none, check_template, read_terms
from domain.coupons import CouponTerms
from domain.effects.add_tag import AddTag
from domain.effects.base import EffectKind, EffectRule, Promotion
from domain.effects.earn import EarnPerAmount
from domain.effects.earn_fixed import AddProgress, EarnFixed, GrantChances
from domain.effects.earn_staged import EarnStaged
from domain.effects.issue_coupon import IssueCoupon
from domain.effects.multiply_earn import MultiplyEarn, MultiplyEarnByTier
from domain.effects.shipping_off import ShippingOff
from domain.forms import Path, decimal, known_parts, part
from domain.program import CampaignVersion
from domain.refusals import InvalidInput
from domain.rules import RuleReader
from domain.rules_conditions import clock_minute, never_holds
from domain.schedules import Schedule
from domain.values import keyword_value

CALENDAR = ("weekday", "hours", "monthDay")
LIMIT_NAMES = ("perOrder", "perMember", "perMemberDay", "perDay", "total")
USES_MAX = 2**31 - 1
EFFECTS_MAX = 20
STAGES = {Step.MEMBER_PRICE: Stage.MEMBER_PRICE, Step.PROMOTION: Stage.PROMOTION, Step.COUPON: Stage.COUPON}
"""The stages of the steps that a version may have."""
EARNING = (
    EarnPerAmount,
    EarnFixed,
    EarnStaged,
    MultiplyEarn,
    MultiplyEarnByTier,
    AddProgress,
    GrantChances,
)
"""Effects that earn an asset."""
WITHOUT_ORDER = (EarnFixed, GrantChances, AddProgress, AddTag, IssueCoupon)
"""Effects that need no order."""


@keyword_value
class VersionForm:
    """What a version says, as it is stored: its rules as JSON values, of which one key names each."""

    priority: int
    starts_at: datetime
    ends_at: datetime
    conditions: Mapping[str, Any] | None
    effects: Sequence[Mapping[str, Any]]
    trigger: str = Trigger.ORDER
    step: str = Step.PROMOTION
    audience: str = Audience.MEMBERS
    calendar: Mapping[str, Any] | None = None
    schedule: Mapping[str, Any] | None = None
    stacking_group: str | None = None
    limits: Mapping[str, Any] | None = None
    budget: Mapping[str, Any] | None = None
    holdout: int = 0
    coupon: Mapping[str, Any] | None = None
    """What a template of coupons says beside its rules: see `domain.coupon_terms`. None for a campaign."""


def read_version(
    rules: RuleReader, form: VersionForm, *, id: UUID, campaign_id: UUID, code: str, name: str, number: int
) -> CampaignVersion:
    """Return the version that `form` spells. Raises `InvalidInput` naming the part at fault."""
    trigger = Trigger(form.trigger)
    terms = None if form.coupon is None else read_terms(rules, form.coupon)
    _check_step(form, terms)
    if not (terms and terms.bundle) and not 1 <= len(form.effects) <= EFFECTS_MAX:
        what = "campaign" if terms is None else "template"
        raise InvalidInput(f"A {what} has 1 to {EFFECTS_MAX} effects.", field=("effects",))
    effects = tuple(rules.effect(effect, ("effects", str(index))) for index, effect in enumerate(form.effects))
    if terms is not None:
        check_gives_none(effects)
    if trigger is not Trigger.ORDER:
        _check_without_order(effects)
    schedule = None if form.schedule is None else _schedule(form.schedule)
    if (schedule is None) is (trigger is Trigger.SCHEDULE):
        raise InvalidInput("A schedule goes with the trigger SCHEDULE, and only with it.", field=("schedule",))
    if not 0 <= form.holdout <= HOLDOUT_WHOLE:
        raise InvalidInput("`holdout` is a share of 0 to 100 percent.", field=("holdout",))
    if form.starts_at >= form.ends_at:
        raise InvalidInput("A campaign ends after it starts.", field=("endsAt",))
    condition = None
    if form.conditions is not None:
        condition = rules.condition(form.conditions, trigger=trigger)
        _check_trigger(form.conditions, trigger, ("conditions",))
    segments = frozenset[str]()
    if trigger is Trigger.SEGMENT_ENTERED:
        condition, segments = _entering(condition)
    return CampaignVersion(
        id=id,
        campaign_id=campaign_id,
        code=code,
        name=name,
        number=number,
        priority=form.priority,
        starts_at=form.starts_at,
        ends_at=form.ends_at,
        condition=condition,
        effects=effects,
        trigger=trigger,
        stage=STAGES[Step(form.step)],
        audience=Audience(form.audience),
        calendar=_calendar(rules, form.calendar) if form.calendar is not None else None,
        group=form.stacking_group,
        limits=_limits(form.limits or {}),
        budget=_budget(rules, form.budget or {}),
        holdout=form.holdout,
        schedule=schedule,
        segments=segments,
        coupon=terms,
        goods=goods_of(condition),
    )


def _check_step(form: VersionForm, terms: CouponTerms | None) -> None:
    if terms is not None:
        check_template(form, terms)
    elif form.step == Step.COUPON:
        raise InvalidInput("The step COUPON is that of templates of coupons.", field=("step",))


def check_version(
    rules: RuleReader, form: VersionForm, *, id: UUID, campaign_id: UUID, code: str, name: str, number: int
) -> CampaignVersion:
    """Return the version as `read_version` does, for one that is to be stored or published.

    A bound that nothing of the version can reach is refused too, and a tier that nobody can reach: whoever names it
    believes that it holds. What is stored goes on with it, as before it was looked at. Raises `InvalidInput` naming the
    part at fault.
    """
    version = read_version(rules, form, id=id, campaign_id=campaign_id, code=code, name=name, number=number)
    if version.coupon is not None:
        check_bounds(form, version.coupon)
    if version.limits.per_order is not None and version.trigger is not Trigger.ORDER:
        message = f"`perOrder` bounds what an order repeats, and {version.trigger} comes with none."
        raise InvalidInput(message, field=("limits", "perOrder"))
    if version.trigger is Trigger.TIER_CHANGED and form.conditions is not None:
        _check_tiers_reached(form.conditions, rules.tier_codes, ("conditions",))
    budget = version.budget
    for bound, at in ((budget.money, ("budget", "money")), (budget.points, ("budget", "points", "amount"))):
        if bound == 0:
            raise InvalidInput(f"`{at[-1]}` of a budget is more than 0.", field=at)
    if budget.money is not None and not any(_takes_off(effect) for effect in version.effects):
        message = "`money` bounds discounts, and no effect of the campaign is one."
        raise InvalidInput(message, field=("budget", "money"))
    if budget.points is not None and not any(_earned(effect) == budget.points_of for effect in version.effects):
        asset = part((form.budget or {})["points"], "asset", ("budget", "points"))
        message = f"`points` bounds what is earned of {asset}, and no effect of the campaign earns that."
        raise InvalidInput(message, field=("budget", "points", "asset"))
    return version


def _takes_off(effect: EffectRule) -> bool:
    return isinstance(effect, ShippingOff) or (isinstance(effect, Promotion) and effect.kind is EffectKind.DISCOUNT)


def _earned(effect: EffectRule) -> UUID | None:
    """Return the asset that an effect earns; None when it earns nothing."""
    return effect.asset.id if isinstance(effect, EARNING) else None


def check_points_of(budget: Mapping[str, Any] | None, earlier: Iterable[str]) -> None:
    """Refuse a budget of another asset than the `earlier` ones that the campaign counts: all go into one number.

    Raises `InvalidInput` naming the part.
    """
    points = (budget or {}).get("points")
    if points is None:
        return
    for asset in earlier:
        if asset != points["asset"]:
            message = (
                f"The budget of this campaign counts {asset}, since an earlier version, and cannot count "
                f"{points['asset']} instead: give that a campaign of its own."
            )
            raise InvalidInput(message, field=("budget", "points", "asset"))


def points_of(budget: Mapping[str, Any] | None) -> str | None:
    """Return the asset that a stored budget of points is of, by its code; None when it has none."""
    points = (budget or {}).get("points")
    return None if points is None else str(points["asset"])


def counted_assets(
    published: Mapping[str, Any] | None, every: Iterable[Mapping[str, Any] | None], *, counted: bool
) -> frozenset[str]:
    """Return the assets, by their codes, of which a campaign may have counted points.

    `published` is the budget of its published version, `every` those of all versions; `counted` says whether points are
    counted. With a budget of points that is the one asset. When the published version has none and points are counted,
    some version counted them that was published before: which one is not stored, so all are taken for it.
    """
    now = points_of(published)
    if now is not None:
        return frozenset({now})
    return frozenset(of for one in every if (of := points_of(one))) if counted else frozenset()


def _entering(condition: Condition | None) -> tuple[Condition, frozenset[str]]:
    """Return the condition, held only by who entered one of the segments that it names, and their codes."""
    parts = condition.parts if isinstance(condition, All) else (condition,)
    codes = frozenset[str]().union(*(part.codes for part in parts if isinstance(part, InSegment)))
    if condition is None or not codes:
        message = "With the trigger SEGMENT_ENTERED the condition `segment`, alone or in `all`, says which segments."
        raise InvalidInput(message, field=("conditions",))
    return Entered(codes, condition), codes


def _check_without_order(effects: Sequence[EffectRule]) -> None:
    for index, effect in enumerate(effects):
        if not isinstance(effect, WITHOUT_ORDER):
            at = ("effects", str(index))
            raise InvalidInput("This effect needs an order, so the trigger has to be ORDER.", field=at)


def _check_trigger(form: Mapping[str, Any], trigger: Trigger, path: Path) -> None:
    """Refuse what has to hold and never can, for nothing of the kind comes with the trigger."""
    for name, body in form.items():
        at = (*path, name)
        if name == "all":
            for index, part in enumerate(body):
                _check_trigger(part, trigger, (*at, str(index)))
        elif reason := never_holds(name, body, trigger):
            raise InvalidInput(f"Never applies: {reason}", field=at)


def _check_tiers_reached(form: Mapping[str, Any], known: frozenset[str], path: Path) -> None:
    """Refuse `event` of a tier that the program does not have, wherever it stands."""
    for name, body in form.items():
        at = (*path, name)
        if name in ("all", "any"):
            for index, one in enumerate(body):
                _check_tiers_reached(one, known, (*at, str(index)))
        elif name == "not":
            _check_tiers_reached(body, known, at)
        elif name == "event":
            for index, code in enumerate(body["codes"]):
                if code.strip() not in known:
                    message = f"The program has no tier `{code}`, and `event` is the tier that was reached."
                    raise InvalidInput(message, field=(*at, "codes", str(index)))


def _calendar(rules: RuleReader, form: Mapping[str, Any]) -> Condition:
    parts: list[Condition] = []
    for name, body in form.items():
        if name not in CALENDAR:
            raise InvalidInput(f"A calendar has {', '.join(CALENDAR)}, not `{name}`.", field=("calendar", name))
        parts.append(rules.condition({name: body}, ("calendar",)))
    if not parts:
        raise InvalidInput(f"A calendar names at least one of {', '.join(CALENDAR)}.", field=("calendar",))
    return All(tuple(parts))


def _schedule(form: Mapping[str, Any]) -> Schedule:
    path: Path = ("schedule",)
    minute = clock_minute(form, "at", path)
    return Schedule(time(*divmod(minute, HOUR_MINUTES)))


def _limits(form: Mapping[str, Any]) -> Limits:
    path: Path = ("limits",)
    for name in form:
        if name not in LIMIT_NAMES:
            raise InvalidInput(f"There is no limit `{name}`.", field=(*path, name))
    return Limits(*(_count(form, name, path) for name in LIMIT_NAMES))


def _count(form: Mapping[str, Any], name: str, path: Path) -> int | None:
    number = form.get(name)
    if number is not None and (type(number) is not int or not 1 <= number <= USES_MAX):
        raise InvalidInput(f"`{name}` is a number from 1 to {USES_MAX}.", field=(*path, name))
    return number


def _budget(rules: RuleReader, form: Mapping[str, Any]) -> Budget:
    path: Path = ("budget",)
    for name in form:
        if name not in {"money", "points", "count"}:
            raise InvalidInput(f"There is no budget `{name}`.", field=(*path, name))
    money = points = of = None
    if form.get("money") is not None:
        money = to_minor(decimal(form, "money", path), rules.currency_scale, (*path, "money"))
    if form.get("points") is not None:
        at = (*path, "points")
        if not isinstance(form["points"], Mapping):
            raise InvalidInput("`points` of a `budget` is `{asset: POINTS, amount: 1000}`.", field=at)
        known_parts(form["points"], ("asset", "amount"), at)
        code = part(form["points"], "asset", at)
        asset = rules.assets.get(code) if isinstance(code, str) else None
        if asset is None:
            message = f"The program has no asset `{code}`, of which the `points` of a `budget` would be."
            raise InvalidInput(message, field=(*at, "asset"))
        points = to_minor(decimal(form["points"], "amount", at), asset.scale, (*at, "amount"))
        of = asset.id
    return Budget(money=money, points=points, points_of=of, count=_count(form, "count", path))
