"""A set-up as JSON values, in the words and the order of a program document; amounts are decimal strings."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.amounts import AMOUNT_MAX, from_minor, spelled
from domain.assets import Asset, AssetKind, ShortfallPolicy
from domain.campaigns import HOLDOUT_WHOLE
from domain.codes import checked_prefix
from domain.coupon_terms import PARTS, shared_code_of
from domain.instants import NEVER
from domain.setup import AssetSetUp, CampaignSetUp, ConversionSetUp, LadderSetUp, SegmentSetUp, SetUp
from domain.term_words import expiry_text, pending_text

Form = dict[str, Any]

BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)
"""From when a campaign runs that names no start, so that imported orders of the past earn too."""
IN_CURRENCY = frozenset({AssetKind.MONEY, AssetKind.QUALIFYING})
INTEGERS = frozenset(
    {"version", "scale", "graceDays", "bonusCap", "reminderDays", "priority", "perOrder", "perMember", "perMemberDay"}
    | {"perDay", "total", "count", "quantity", "numbers", "days", "daysBefore", "daysAfter", "atLeast", "atMost"}
    | {"group", "free", "times", "n", "afterDays", "months"}
)
"""Parts that are whole numbers; every other number is an amount or a name, and spelled as text."""
ASSET_DEFAULTS: Form = {
    "expiry": "never",
    "expiryFrom": "RECORDED",
    "pending": "none",
    "pays": None,
    "shortfall": "REFUSE",
    "debtLimit": None,
    "graceDays": 30,
    "burnOrder": "BONUS_FIRST",
    "bonusCap": 100,
    "reminderDays": 0,
    "topUp": [],
}
CAMPAIGN_DEFAULTS: Form = {
    "state": "RUNNING",
    "trigger": "ORDER",
    "step": "PROMOTION",
    "startsAt": None,
    "endsAt": None,
    "audience": "MEMBERS",
    "calendar": None,
    "schedule": None,
    "stackingGroup": None,
    "limits": None,
    "budget": None,
    "holdout": "0%",
    "conditions": None,
}
TEMPLATE_DEFAULTS: Form = {
    "state": "RUNNING",
    "startsAt": None,
    "endsAt": None,
    "audience": "MEMBERS",
    "calendar": None,
    "stackingGroup": None,
    "limits": None,
    "validity": None,
    "perOrder": 1,
    "claimable": False,
    "price": None,
    "sharedCode": None,
    "prefix": None,
    "transferable": False,
    "returnable": True,
    "graceDays": 0,
    "bundle": [],
    "conditions": None,
    "effects": [],
}


def canonical(form: Any, key: str = "", rule: str = "") -> Any:
    """Return the form of a rule as all forms of the same meaning are written: sorted keys, numbers as they are kept.

    `key` is what the form stands under, `rule` what that stands under.
    """
    if isinstance(form, Mapping):
        said = sorted((str(name), part) for name, part in form.items() if part is not None)
        return {name: canonical(part, name, key) for name, part in said}
    if isinstance(form, list):
        return [canonical(part, key, rule) for part in form]
    if isinstance(form, int) and not isinstance(form, bool):
        is_integer = key in INTEGERS or (key == "every" and rule == "nthOrder")
        return form if is_integer else str(form)
    return form


def forms_of(setup: SetUp) -> Form:
    """Return the whole document, every part of it spelled out."""
    return {
        "version": 1,
        "program": program_form(setup),
        "assets": [asset_form(one, setup.currency_scale) for _, one in sorted(setup.assets.items())],
        "conversions": [conversion_form(one, setup) for _, one in sorted(setup.conversions.items())],
        "ladders": [ladder_form(one, setup) for _, one in sorted(setup.ladders.items())],
        "segments": [segment_form(one) for _, one in sorted(setup.segments.items())],
        "campaigns": [campaign_form(one, setup.zone) for _, one in sorted(setup.campaigns.items())],
        "couponTemplates": [campaign_form(one, setup.zone) for _, one in sorted(setup.templates.items())],
    }


def without_defaults(document: Form) -> Form:
    """Return a document of `forms_of` without what is said by saying nothing."""
    found: Form = {"version": document["version"], "program": _less(document["program"], {"approval": False})}
    scale = document["program"]["currencyScale"]
    del found["program"]["currencyScale"]
    for section in ("assets", "conversions", "ladders", "segments", "campaigns", "couponTemplates"):
        rows = document[section]
        if section == "assets":
            rows = [_less(row, {**ASSET_DEFAULTS, **asset_defaults(row["kind"], scale)}) for row in rows]
        if section == "campaigns":
            rows = [_less(row, CAMPAIGN_DEFAULTS) for row in rows]
        if section == "couponTemplates":
            rows = [_less(row, TEMPLATE_DEFAULTS) for row in rows]
        if rows:
            found[section] = rows
    return found


def asset_defaults(kind: str, currency_scale: int) -> Form:
    """Return what of an asset's defaults depends on its kind."""
    one = spelled(10**currency_scale, currency_scale)
    return {
        "scale": currency_scale if kind in IN_CURRENCY else 0,
        "pays": {"amount": one, "value": one} if kind == AssetKind.MONEY else None,
    }


def _less(row: Form, defaults: Form) -> Form:
    return {name: said for name, said in row.items() if name not in defaults or said != defaults[name]}


def program_form(setup: SetUp) -> Form:
    """Return what a document says of the program itself."""
    return {
        "code": setup.code,
        "name": setup.name,
        "currency": setup.currency,
        "currencyScale": setup.currency_scale,
        "timeZone": setup.zone.key,
        "approval": setup.approval,
    }


def asset_form(one: AssetSetUp, currency_scale: int) -> Form:
    """Return what a document says of an asset, with the words of `huiyuan asset create`."""
    asset = one.asset
    return {
        "code": asset.code,
        "name": asset.name,
        "kind": asset.kind.value,
        "scale": asset.scale,
        "expiry": expiry_text(asset),
        "expiryFrom": asset.expiry_from.value,
        "pending": pending_text(asset),
        "pays": {"amount": asset.spelled(asset.pay_amount), "value": spelled(asset.pay_value, currency_scale)}
        if asset.pay_amount
        else None,
        "shortfall": asset.shortfall.value,
        "debtLimit": debt_limit(asset),
        "graceDays": asset.grace_days,
        "burnOrder": asset.burn_order.value,
        "bonusCap": asset.bonus_cap,
        "reminderDays": asset.reminder_days,
        "topUp": [
            {
                "from": asset.spelled(step.threshold),
                "bonus": asset.spelled(step.amount) if step.amount else percent_text(step.basis_points),
            }
            for step in one.steps
        ],
    }


def debt_limit(asset: Asset) -> str | None:
    """Return how far a debt may go; None where there is none, or as far as it takes."""
    bounded = asset.shortfall is ShortfallPolicy.DEBT and asset.floor > -AMOUNT_MAX
    return asset.spelled(-asset.floor) if bounded else None


def percent_text(hundredths: int) -> str:
    """Return hundredths of a percent as words: 1250 is 12.5%."""
    percent = from_minor(hundredths, 2)
    whole = percent == percent.to_integral_value()
    return f"{int(percent)}%" if whole else f"{percent.normalize():f}%"


def conversion_form(one: ConversionSetUp, setup: SetUp) -> Form:
    """Return what a document says of a conversion."""
    source, target = setup.assets[one.source].asset, setup.assets[one.target].asset
    return {
        "from": one.source,
        "to": one.target,
        "amount": source.spelled(one.amount),
        "gives": target.spelled(one.gives),
        "step": source.spelled(one.step),
    }


def ladder_form(one: LadderSetUp, setup: SetUp) -> Form:
    """Return what a document says of a ladder."""
    asset = setup.assets[one.asset].asset
    return {
        "code": one.code,
        "name": one.name,
        "metric": one.metric.value,
        "asset": one.asset,
        "tiers": [
            {"code": tier.code, "name": tier.name, "threshold": asset.spelled(tier.threshold)} for tier in one.tiers
        ],
    }


def segment_form(one: SegmentSetUp) -> Form:
    """Return what a document says of a segment."""
    return {"code": one.code, "name": one.name, "conditions": canonical(one.conditions)}


def campaign_form(one: CampaignSetUp, zone: ZoneInfo) -> Form:
    """Return what a document says of a campaign, or of a template of coupons."""
    version = one.version
    assert 0 <= version.holdout <= HOLDOUT_WHOLE, "the database checks it"
    form = {
        "code": one.code,
        "name": one.name,
        "state": one.state.value,
        "trigger": str(version.trigger),
        "step": str(version.step),
        "priority": version.priority,
        "startsAt": None if version.starts_at == BEGINNING else instant_text(version.starts_at, zone),
        "endsAt": None if version.ends_at == NEVER else instant_text(version.ends_at, zone),
        "audience": str(version.audience),
        "calendar": canonical(version.calendar) or None,
        "schedule": canonical(version.schedule) or None,
        "stackingGroup": version.stacking_group,
        "limits": canonical(version.limits) or None,
        "budget": canonical(version.budget) or None,
        "holdout": percent_text(version.holdout),
        "conditions": canonical(version.conditions),
        "effects": canonical(list(version.effects)),
    }
    if version.coupon is None:
        return form
    form |= terms_form(version.coupon, zone)
    return {name: form[name] for name in ("code", "name", "state", "priority", *TEMPLATE_DEFAULTS)}


def terms_form(coupon: Mapping[str, Any], zone: ZoneInfo) -> Form:
    """Return what a document says of the terms of coupons; what they do not say is there with its default."""
    said = canonical(coupon)
    form = {name: said.get(name, TEMPLATE_DEFAULTS[name]) for name in PARTS}
    return form | {
        "validity": _validity(said.get("validity"), zone),
        "sharedCode": shared_code_of(said),
        "prefix": None if form["prefix"] is None else checked_prefix(form["prefix"]),
    }


def _validity(form: Form | None, zone: ZoneInfo) -> Form | None:
    """Return a validity with its instants as people of the program write them; None for one without any bound."""
    if form is None:
        return None
    ((name, body),) = form.items()
    if name == "fixed":
        return {name: {part: instant_text(datetime.fromisoformat(said), zone) for part, said in body.items()}}
    bounded = {part: said for part, said in body.items() if part != "afterDays" or said}
    return {name: bounded} if bounded else None


def instant_text(instant: datetime, zone: ZoneInfo) -> str:
    """Return an instant as people of the program write it, with the offset from UTC."""
    return instant.astimezone(zone).isoformat(timespec="seconds" if not instant.microsecond else "microseconds")
