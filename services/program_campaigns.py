"""From the campaigns and the templates of coupons of a program document to what they say, each part checked."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from domain import checks, forms
from domain.amounts import from_minor
from domain.campaigns import HOLDOUT_WHOLE, Audience, Step, Trigger
from domain.coupon_terms import PARTS, check_among
from domain.effects.issue_coupon import check_issued
from domain.forms import Path
from domain.instants import NEVER, start_of_day
from domain.program import CampaignVersion
from domain.refusals import InvalidInput
from domain.rules import RuleReader
from domain.setup import CampaignSetUp, SetUp, StoredState
from domain.setup_forms import BEGINNING, CAMPAIGN_DEFAULTS, TEMPLATE_DEFAULTS, campaign_form
from domain.versions import VersionForm, check_version
from services.program_sections import NOBODY, code_of, spoken, within

PRIORITY_MAX = 10_000
HUNDREDTHS = 2
CAMPAIGN_PARTS = ("code", "name", "priority", "effects", *CAMPAIGN_DEFAULTS)
TEMPLATE_PARTS = ("code", "name", "priority", *TEMPLATE_DEFAULTS)
IN_FORCE = frozenset({StoredState.RUNNING, StoredState.PAUSED})
"""States in which a template of coupons keeps its code, and may be part of a bundle."""


def read_campaign(body: Any, path: Path, base: SetUp) -> CampaignSetUp:
    """Return a campaign; its rules are looked at by `check_campaign`."""
    forms.known_parts(body, CAMPAIGN_PARTS, path)
    said = {**CAMPAIGN_DEFAULTS, **spoken(body)}
    step = forms.choice(said, "step", Step, path)
    if step not in (Step.MEMBER_PRICE, Step.PROMOTION):
        raise InvalidInput("`step` is MEMBER_PRICE or PROMOTION.", field=(*path, "step"))
    _check_parts(said, ("schedule", "budget"), path)
    further = {
        "trigger": forms.choice(said, "trigger", Trigger, path),
        "step": step,
        "schedule": said["schedule"],
        "budget": said["budget"],
        "holdout": _holdout(said, path),
    }
    return _campaign(said, path, base, further)


def read_template(body: Any, path: Path, base: SetUp) -> CampaignSetUp:
    """Return a template of coupons; its rules and terms are looked at by `check_campaign`."""
    forms.known_parts(body, TEMPLATE_PARTS, path)
    said = {**TEMPLATE_DEFAULTS, **spoken(body)}
    coupon = {name: said[name] for name in PARTS if said[name] != TEMPLATE_DEFAULTS[name]}
    if isinstance(validity := said["validity"], Mapping) and isinstance(validity.get("fixed"), Mapping):
        at = (*path, "validity", "fixed")
        fixed = {name: _instant(validity["fixed"], name, at, base).isoformat() for name in validity["fixed"]}
        coupon["validity"] = {**validity, "fixed": fixed}
    return _campaign(said, path, base, {"step": Step.COUPON, "coupon": coupon})


def _campaign(said: Mapping[str, Any], path: Path, base: SetUp, further: Mapping[str, Any]) -> CampaignSetUp:
    effects = said.get("effects")
    if not isinstance(effects, list):
        raise InvalidInput("`effects` lists one or more.", field=(*path, "effects"))
    _check_parts(said, ("calendar", "limits", "conditions"), path)
    group = said["stackingGroup"]
    version = VersionForm(
        priority=forms.integer(said, "priority", path, 0, PRIORITY_MAX),
        starts_at=BEGINNING if said["startsAt"] is None else _instant(said, "startsAt", path, base),
        ends_at=NEVER if said["endsAt"] is None else _instant(said, "endsAt", path, base),
        conditions=said["conditions"],
        effects=effects,
        audience=forms.choice(said, "audience", Audience, path),
        calendar=said["calendar"],
        stacking_group=None if group is None else forms.text(said, "stackingGroup", path, checks.CODE_MAX),
        limits=said["limits"],
        **further,
    )
    return CampaignSetUp(
        code=code_of(said, path),
        name=forms.text(said, "name", path, checks.NAME_MAX),
        state=forms.choice(said, "state", StoredState, path),
        version=version,
    )


def _check_parts(said: Mapping[str, Any], names: Sequence[str], path: Path) -> None:
    for name in names:
        if said[name] is not None and not isinstance(said[name], Mapping):
            raise InvalidInput(f"`{name}` has parts with names.", field=(*path, name))


def check_templates(wanted: SetUp, base: SetUp | None, place: Callable[[str, str], Path]) -> None:
    """Refuse templates of coupons that do not go with each other, and who gives coupons of none that is published.

    Only what a document changes in `base` is looked at. `wanted` is the set-up as it would be, `place` where a campaign
    or a template stands in the document, by its section and code. Raises `InvalidInput` naming the part at fault.
    """
    known = {} if base is None else {**base.campaigns, **base.templates}
    others = {code: one.version.coupon or {} for code, one in wanted.templates.items() if one.state in IN_FORCE}
    rules, zone = wanted.rules(), wanted.zone
    for code, one in sorted({**wanted.campaigns, **wanted.templates}.items()):
        was = known.get(code)
        if one.state is StoredState.ENDED or (was and campaign_form(was, zone) == campaign_form(one, zone)):
            continue
        _check_among(one, rules, others, place(one.section, code))


def _check_among(one: CampaignSetUp, rules: RuleReader, others: Mapping[str, Mapping[str, Any]], path: Path) -> None:
    version = check_campaign(one, rules, path)
    within(path, lambda: check_issued(version, others))
    if (terms := version.coupon) is not None:
        within(path, lambda: check_among(one.code, terms, others))


def check_campaign(one: CampaignSetUp, rules: RuleReader, path: Path) -> CampaignVersion:
    """Return the version that a campaign says. Raises `InvalidInput` naming what the program cannot carry out."""
    return within(
        path,
        lambda: check_version(
            rules, one.version, id=NOBODY, campaign_id=NOBODY, code=one.code, name=one.name, number=1
        ),
    )


def _instant(body: Any, name: str, path: Path, base: SetUp) -> datetime:
    """Return an instant; without an offset from UTC it is a local time, and a day alone is the beginning of it."""
    text = forms.text(body, name, path, checks.CODE_MAX)
    try:
        if len(text) == len("2026-01-01"):
            moment = start_of_day(date.fromisoformat(text), base.zone)
        else:
            found = datetime.fromisoformat(text)
            moment = found if found.tzinfo else found.replace(tzinfo=base.zone)
        if BEGINNING <= moment < NEVER:
            return moment.astimezone(NEVER.tzinfo)
    except (ValueError, OverflowError):
        pass
    message = f"{text!r} is no instant from 1900 to 9998; examples: 2026-11-11, 2026-11-11T20:00, 2026-11-11T12:00Z."
    raise InvalidInput(message, field=(*path, name))


def _holdout(body: Any, path: Path) -> int:
    text = forms.text(body, "holdout", path, checks.CODE_MAX)
    try:
        hundredths = Decimal(text.removesuffix("%")).scaleb(HUNDREDTHS)
    except InvalidOperation:
        hundredths = Decimal("NaN")
    if not text.endswith("%") or not hundredths.is_finite() or not 0 <= hundredths <= HOLDOUT_WHOLE:
        raise InvalidInput(f"{text!r} is no share of members; an example is 5%.", field=(*path, "holdout"))
    if hundredths != int(hundredths):
        finest = from_minor(1, HUNDREDTHS)
        raise InvalidInput(f"{text!r} is finer than {finest}%.", field=(*path, "holdout"))
    return int(hundredths)
