"""From the stored form of what a template of coupons says beside its rules to `CouponTerms`, checking every part of it.

What of it depends on other templates is checked by `check_among`, when a version is drafted or published.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from domain import checks
from domain.assets import AssetKind
from domain.campaigns import Stage, Step, Trigger
from domain.checks import EARLIEST
from domain.codes import checked_prefix, normal_shared_code
from domain.coupons import BundlePart, CouponTerms, Price, Validity
from domain.forms import Path, flag, integer, known_parts, minor, only, optional_integer, part, rows, text
from domain.instants import NEVER
from domain.refusals import InvalidInput

if TYPE_CHECKING:
    from domain.effects.base import EffectRule
    from domain.rules import RuleReader
    from domain.versions import VersionForm

DAYS_MAX = 36_500
MONTHS_MAX = 1_200
PER_ORDER_MAX = 20
PARTS_MAX = 20
PART_COUNT_MAX = 100
PARTS = (
    "validity",
    "perOrder",
    "claimable",
    "price",
    "sharedCode",
    "prefix",
    "transferable",
    "returnable",
    "graceDays",
    "bundle",
)
"""The parts of the form, in the order in which documents write them."""
NOT_OF_TEMPLATES = (("schedule", None), ("holdout", 0), ("budget", None))
NOT_OF_BUNDLES = ("conditions", "calendar", "stacking_group")
"""What decides the use of a coupon: a bundle is not used itself."""


def read_terms(rules: "RuleReader", form: Mapping[str, Any], path: Path = ()) -> CouponTerms:
    """Return the terms that `form` spells. Raises `InvalidInput` naming the part at fault."""
    known_parts(form, PARTS, path)
    validity = form.get("validity")
    per_order = optional_integer(form, "perOrder", path, 1, PER_ORDER_MAX)
    returnable = form.get("returnable") is None or flag(form, "returnable", path)
    terms = CouponTerms(
        validity=Validity() if validity is None else _validity(validity, (*path, "validity")),
        per_order=1 if per_order is None else per_order,
        claimable=flag(form, "claimable", path),
        price=None if form.get("price") is None else _price(rules, form["price"], (*path, "price")),
        shared_code=_code(form, "sharedCode", path, normal_shared_code),
        prefix=_code(form, "prefix", path, checked_prefix),
        transferable=flag(form, "transferable", path),
        returnable=returnable,
        grace_days=optional_integer(form, "graceDays", path, 0, DAYS_MAX) or 0,
        bundle=() if form.get("bundle") is None else _bundle(form, path),
    )
    _check_together(terms, path)
    return terms


def check_template(form: "VersionForm", terms: CouponTerms) -> None:
    """Refuse what of a version does not go with its terms. Raises `InvalidInput` naming the part at fault."""
    if form.step != Step.COUPON:
        raise InvalidInput("A template of coupons has the step COUPON.", field=("step",))
    if form.trigger != Trigger.ORDER:
        raise InvalidInput("Coupons are used by orders: a template has the trigger ORDER.", field=("trigger",))
    for name, nothing in NOT_OF_TEMPLATES:
        if getattr(form, name) != nothing:
            raise InvalidInput(f"A template of coupons has no `{name}`.", field=(name,))
    if terms.bundle:
        for name in ("effects", *NOT_OF_BUNDLES):
            if getattr(form, name):
                at = "stackingGroup" if name == "stacking_group" else name
                raise InvalidInput(f"A bundle is not used itself, only its parts are: it has no `{at}`.", field=(at,))


def check_gives_none(effects: "Iterable[EffectRule]") -> None:
    """Refuse coupons that would give coupons. Raises `InvalidInput` naming the effect."""
    for index, effect in enumerate(effects):
        if effect.stage is Stage.ISSUE_COUPON:
            message = "A coupon gives no coupons: a campaign does, or a bundle has them in it."
            raise InvalidInput(message, field=("effects", str(index)))


def check_bounds(form: "VersionForm", terms: CouponTerms) -> None:
    """Refuse coupons that are over before the first can be had. Raises `InvalidInput`."""
    until = terms.validity.fixed_until
    if until is not None and until <= form.starts_at:
        message = "Coupons can be had from when the template starts, and these would be over by then."
        raise InvalidInput(message, field=("validity", "fixed", "until"))


def check_among(code: str, terms: CouponTerms, others: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse a template that the program's others do not go with. Raises `InvalidInput` naming the part at fault.

    `others` are the forms of the terms of the templates that are published and have not ended, by their codes; the one
    in question may be among them, and is not looked at.
    """
    others = {name: form for name, form in others.items() if name != code}
    if terms.shared_code is not None:
        for name, form in others.items():
            if shared_code_of(form) == terms.shared_code:
                message = f"{terms.shared_code} is the code of {name} already."
                raise InvalidInput(message, field=("sharedCode",))
    for index, one in enumerate(terms.bundle):
        at = ("bundle", str(index), "template")
        part_form = others.get(one.template)
        if part_form is None:
            raise InvalidInput(f"No other template {one.template} is published.", field=at)
        if part_form.get("bundle") or part_form.get("sharedCode") is not None:
            what = "a bundle" if part_form.get("bundle") else "a template with a shared code"
            raise InvalidInput(f"{one.template} is {what}, which cannot be part of a bundle.", field=at)
    if terms.bundle or terms.shared_code is not None:
        of = next((name for name, form in others.items() if code in parts_of(form)), None)
        if of is not None:
            name = "bundle" if terms.bundle else "sharedCode"
            message = f"{code} is part of the bundle {of}: it can neither be one itself nor have a shared code."
            raise InvalidInput(message, field=(name,))


def shared_code_of(form: Mapping[str, Any]) -> str | None:
    """Return the shared code of stored terms in its normal form."""
    code = form.get("sharedCode")
    return None if code is None else normal_shared_code(code)


def parts_of(form: Mapping[str, Any]) -> Iterable[str]:
    """Return the codes of the templates that stored terms bundle."""
    return [str(one["template"]) for one in form.get("bundle") or ()]


def _check_together(terms: CouponTerms, path: Path) -> None:
    if terms.price is not None and not terms.claimable:
        raise InvalidInput("Only what members may claim has a price.", field=(*path, "price"))
    if terms.grace_days and not terms.returnable:
        raise InvalidInput("Only coupons that come back have days of grace.", field=(*path, "graceDays"))
    if terms.shared_code is not None:
        _check_none(
            terms, ("validity", "claimable", "prefix", "transferable", "graceDays"), "A code that many share", path
        )
    if terms.bundle:
        names = ("validity", "sharedCode", "prefix", "transferable", "graceDays")
        _check_none(terms, names, "A bundle, of which only the parts are coupons,", path)
        if terms.per_order != 1:
            raise InvalidInput("A bundle is not used itself: it has no `perOrder`.", field=(*path, "perOrder"))


def _check_none(terms: CouponTerms, names: Iterable[str], what: str, path: Path) -> None:
    said = {
        "validity": terms.validity != Validity(),
        "claimable": terms.claimable,
        "sharedCode": terms.shared_code is not None,
        "prefix": terms.prefix is not None,
        "transferable": terms.transferable,
        "graceDays": terms.grace_days > 0,
    }
    for name in names:
        if said[name]:
            raise InvalidInput(f"{what} does not go with `{name}`.", field=(*path, name))


def _validity(form: Any, path: Path) -> Validity:
    name, body = only(form, path)
    at = (*path, name)
    if name == "relative":
        known_parts(body, ("afterDays", "days", "months"), at)
        after = optional_integer(body, "afterDays", at, 0, DAYS_MAX)
        days = optional_integer(body, "days", at, 0, DAYS_MAX)
        months = optional_integer(body, "months", at, 1, MONTHS_MAX)
        if after is None and days is None and months is None:
            message = "A relative validity says after how many days it begins, or how long it is: `days` or `months`."
            raise InvalidInput(message, field=at)
        if days is not None and months is not None:
            raise InvalidInput("A validity is so many days or so many months, not both.", field=(*at, "months"))
        return Validity(after_days=after or 0, days=days, months=months)
    if name == "fixed":
        known_parts(body, ("from", "until"), at)
        start, end = _instant(body, "from", at), _instant(body, "until", at)
        if start is None and end is None:
            raise InvalidInput("A fixed validity says from when it is, until when, or both.", field=at)
        if start is not None and end is not None and end <= start:
            raise InvalidInput("A validity ends after it starts.", field=(*at, "until"))
        return Validity(fixed_from=start, fixed_until=end)
    raise InvalidInput(f"A validity is `relative` or `fixed`, not `{name}`.", field=at)


def _instant(body: Mapping[str, Any], name: str, path: Path) -> datetime | None:
    """Return an instant of ISO 8601 that names its offset; None when it is missing."""
    value, at = part(body, name, path), (*path, name)
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
        instant = None if found.tzinfo is None else found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        instant = None
    if instant is None:
        raise InvalidInput(f"`{name}` is an instant with its offset, as 2026-01-31T16:00:00Z.", field=at)
    if not EARLIEST <= instant < NEVER:
        message = f"`{name}` is {instant.isoformat()}; {EARLIEST.year} to {NEVER.year - 1} is allowed."
        raise InvalidInput(message, field=at)
    return instant


def _price(rules: "RuleReader", form: Any, path: Path) -> Price:
    known_parts(form, ("asset", "amount"), path)
    code = part(form, "asset", path)
    asset = rules.assets.get(code) if isinstance(code, str) else None
    if asset is None:
        raise InvalidInput(f"The program has no asset `{code}`.", field=(*path, "asset"))
    if asset.kind is AssetKind.QUALIFYING:
        raise InvalidInput(f"{asset.code} counts towards tiers and cannot be spent.", field=(*path, "asset"))
    amount = minor(form, "amount", asset.scale, path)
    if not amount:
        raise InvalidInput("A price is more than 0: what costs nothing has none.", field=(*path, "amount"))
    return Price(asset.id, amount)


def _code(form: Mapping[str, Any], name: str, path: Path, read: Any) -> str | None:
    value, at = form.get(name), (*path, name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidInput(f"{checks.spoken(at)} must be a text.", field=at)
    found: str = read(value, at)
    return found


def _bundle(form: Mapping[str, Any], path: Path) -> tuple[BundlePart, ...]:
    parts: dict[str, BundlePart] = {}
    for body, at in rows(form, "bundle", path, PARTS_MAX):
        known_parts(body, ("template", "count"), at)
        code = text(body, "template", at, checks.CODE_MAX)
        if code in parts:
            raise InvalidInput(f"{code} is part of the bundle already.", field=(*at, "template"))
        parts[code] = BundlePart(code, integer(body, "count", at, 1, PART_COUNT_MAX))
    return tuple(parts.values())
