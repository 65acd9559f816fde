"""From the parts of a program document to the set-up that they say, each part checked."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from uuid import UUID

from domain import checks, forms
from domain.amounts import SCALE_MAX, from_minor
from domain.assets import Asset, AssetKind, BurnOrder, ExpiryFrom, ShortfallPolicy
from domain.campaigns import HOLDOUT_WHOLE, Audience, Step, Trigger
from domain.forms import Path
from domain.instants import NEVER, start_of_day
from domain.program import TierMetric
from domain.refusals import InvalidInput
from domain.rules import RuleReader
from domain.setup import (
    AssetSetUp,
    CampaignSetUp,
    ConversionSetUp,
    LadderSetUp,
    SegmentSetUp,
    SetUp,
    StoredState,
    TierSetUp,
)
from domain.setup_forms import ASSET_DEFAULTS, BEGINNING, CAMPAIGN_DEFAULTS, asset_defaults
from domain.term_words import expiry_of, pending_of
from domain.terms import LENGTH_MAX, Terms
from domain.versions import VersionForm, check_version
from services import assets as asset_service
from services import value_terms
from services.assets import ASSETS_MAX, Pays
from services.segments import SEGMENTS_MAX
from services.value_terms import CONVERSIONS_MAX, STEPS_MAX

T = TypeVar("T")

NOBODY = UUID(int=0)
"""The id of what is not stored yet, or need not be."""
PRIORITY_MAX = 10_000
LADDERS_MAX = 20
TIERS_MAX = 50
CAMPAIGNS_MAX = 10_000
HUNDREDTHS = 2
ASSET_PARTS = ("code", "name", "kind", "scale", *ASSET_DEFAULTS)
CAMPAIGN_PARTS = ("code", "name", "priority", "effects", *CAMPAIGN_DEFAULTS)


def within(path: Path, read: Callable[[], T]) -> T:
    """Return what `read` returns; a refusal of it names the part below `path`. Raises `InvalidInput`."""
    try:
        return read()
    except InvalidInput as wrong:
        raise InvalidInput(wrong.message, field=(*path, *wrong.field)) from None


# ── assets ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_asset(body: Any, path: Path, base: SetUp) -> AssetSetUp:
    """Return an asset; one that the program has keeps its id. Its terms of time are not looked at here."""
    forms.known_parts(body, ASSET_PARTS, path)
    code = _code(body, path)
    kind = forms.choice(body, "kind", AssetKind, path)
    said = {**ASSET_DEFAULTS, **asset_defaults(kind, base.currency_scale), **_spoken(body)}
    expiry, pending = (forms.text(said, name, path, checks.CODE_MAX) for name in ("expiry", "pending"))
    terms = Terms(
        **within(path, lambda: expiry_of(expiry)),
        expiry_from=forms.choice(said, "expiryFrom", ExpiryFrom, path),
        **within(path, lambda: pending_of(pending)),
        shortfall=forms.choice(said, "shortfall", ShortfallPolicy, path),
        grace_days=forms.integer(said, "graceDays", path, 1, LENGTH_MAX),
        burn_order=forms.choice(said, "burnOrder", BurnOrder, path),
        bonus_cap=forms.integer(said, "bonusCap", path, 0, 100),
        reminder_days=forms.integer(said, "reminderDays", path, 0, LENGTH_MAX),
    )
    pays = None if said["pays"] is None else _pays(said["pays"], (*path, "pays"))
    limit = None if said["debtLimit"] is None else forms.decimal(said, "debtLimit", path)
    name = forms.text(said, "name", path, checks.NAME_MAX)
    scale = forms.integer(said, "scale", path, 0, SCALE_MAX)
    asset = within(
        path,
        lambda: asset_service.defined(
            base,
            code=code,
            name=name,
            kind=kind,
            scale=scale,
            terms=terms,
            pays=pays,
            debt_limit=limit,
        ),
    )
    return AssetSetUp(_known(asset, base), _steps(said, asset, path))


def _known(asset: Asset, base: SetUp) -> Asset:
    known = base.assets.get(asset.code)
    if known is None:
        return asset
    said = {name: getattr(asset, name) for name in Asset.__dataclass_fields__}
    return Asset(**said | {"id": known.asset.id})


def _pays(body: Any, path: Path) -> Pays:
    forms.known_parts(body, ("amount", "value"), path)
    return Pays(forms.decimal(body, "amount", path), forms.decimal(body, "value", path))


def _steps(body: Any, asset: Asset, path: Path) -> Any:
    if not body["topUp"]:
        return ()
    found = []
    for row, at in forms.rows(body, "topUp", path, STEPS_MAX):
        forms.known_parts(row, ("from", "bonus"), at)
        bonus = forms.text(row, "bonus", at, checks.CODE_MAX)
        number = forms.decimal({"bonus": bonus.removesuffix("%")}, "bonus", at)
        found.append(value_terms.Step(forms.decimal(row, "from", at), number, bonus.endswith("%")))
    at = (*path, "topUp")
    try:
        return value_terms.checked_steps(asset.code, asset.kind, asset.scale, found)
    except InvalidInput as wrong:
        raise InvalidInput(wrong.message, field=at) from None


def read_conversion(body: Any, path: Path, base: SetUp) -> ConversionSetUp:
    """Return what one asset becomes of another; both are of `base`."""
    forms.known_parts(body, ("from", "to", "amount", "gives", "step"), path)
    giver, taker = _asset(body, "from", path, base), _asset(body, "to", path, base)
    step = None if body.get("step") is None else forms.decimal(body, "step", path)
    amount, gives = forms.decimal(body, "amount", path), forms.decimal(body, "gives", path)
    given, gained, chosen = within(
        path, lambda: value_terms.rate_of(giver, taker, amount=amount, gives=gives, step=step)
    )
    return ConversionSetUp(source=giver.code, target=taker.code, amount=given, gives=gained, step=chosen)


# ── ladders ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_ladder(body: Any, path: Path, base: SetUp) -> LadderSetUp:
    """Return a ladder with its tiers; its asset is of `base`."""
    forms.known_parts(body, ("code", "name", "metric", "asset", "tiers"), path)
    asset = _asset(body, "asset", path, base)
    if asset.kind is not AssetKind.QUALIFYING:
        message = f"A ladder measures an asset of the kind QUALIFYING; {asset.code} is {asset.kind.value}."
        raise InvalidInput(message, field=(*path, "asset"))
    tiers: dict[str, TierSetUp] = {}
    for row, at in forms.rows(body, "tiers", path, TIERS_MAX):
        forms.known_parts(row, ("code", "name", "threshold"), at)
        code = _code(row, at)
        if code in tiers:
            raise InvalidInput(f"The tier {code} stands twice.", field=(*at, "code"))
        name = forms.text(row, "name", at, checks.NAME_MAX)
        tiers[code] = TierSetUp(code, name, forms.minor(row, "threshold", asset.scale, at))
    return LadderSetUp(
        code=_code(body, path),
        name=forms.text(body, "name", path, checks.NAME_MAX),
        metric=forms.choice(body, "metric", TierMetric, path, TierMetric.SPEND),
        asset=asset.code,
        tiers=tuple(tiers.values()),
    )


# ── segments ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_segment(body: Any, path: Path, base: SetUp) -> SegmentSetUp:
    """Return a segment; the tiers that it names are of `base`."""
    forms.known_parts(body, ("code", "name", "conditions"), path)
    code, name = _code(body, path), forms.text(body, "name", path, checks.NAME_MAX)
    conditions = body.get("conditions")
    within(path, lambda: base.rules().segment(code, name, conditions))
    return SegmentSetUp(code, name, conditions)


# ── campaigns ────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_campaign(body: Any, path: Path, base: SetUp) -> CampaignSetUp:
    """Return a campaign; its rules are looked at by `check_campaign`."""
    forms.known_parts(body, CAMPAIGN_PARTS, path)
    said = {**CAMPAIGN_DEFAULTS, **_spoken(body)}
    effects = said.get("effects")
    if not isinstance(effects, list):
        raise InvalidInput("`effects` lists one or more.", field=(*path, "effects"))
    for name in ("calendar", "schedule", "limits", "budget", "conditions"):
        if said[name] is not None and not isinstance(said[name], Mapping):
            raise InvalidInput(f"`{name}` has parts with names.", field=(*path, name))
    group = said["stackingGroup"]
    version = VersionForm(
        priority=forms.integer(said, "priority", path, 0, PRIORITY_MAX),
        starts_at=BEGINNING if said["startsAt"] is None else _instant(said, "startsAt", path, base),
        ends_at=NEVER if said["endsAt"] is None else _instant(said, "endsAt", path, base),
        conditions=said["conditions"],
        effects=effects,
        trigger=forms.choice(said, "trigger", Trigger, path),
        step=forms.choice(said, "step", Step, path),
        audience=forms.choice(said, "audience", Audience, path),
        calendar=said["calendar"],
        schedule=said["schedule"],
        stacking_group=None if group is None else forms.text(said, "stackingGroup", path, checks.CODE_MAX),
        limits=said["limits"],
        budget=said["budget"],
        holdout=_holdout(said, path),
    )
    if version.step not in (Step.MEMBER_PRICE, Step.PROMOTION):
        raise InvalidInput("`step` is MEMBER_PRICE or PROMOTION.", field=(*path, "step"))
    return CampaignSetUp(
        code=_code(body, path),
        name=forms.text(said, "name", path, checks.NAME_MAX),
        state=forms.choice(said, "state", StoredState, path),
        version=version,
    )


def check_campaign(one: CampaignSetUp, rules: RuleReader, path: Path) -> None:
    """Refuse a campaign whose rules the program cannot carry out. Raises `InvalidInput` naming the part at fault."""
    within(
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


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _code(body: Any, path: Path) -> str:
    return checks.code(forms.text(body, "code", path, checks.NAME_MAX), (*path, "code"))


def _spoken(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts that say something: null is as good as missing."""
    return {name: part for name, part in body.items() if part is not None}


def _asset(body: Any, name: str, path: Path, base: SetUp) -> Asset:
    code = forms.text(body, name, path, checks.NAME_MAX)
    if code not in base.assets:
        raise InvalidInput(f"Neither the program nor the document has an asset {code}.", field=(*path, name))
    return base.assets[code].asset


MOST = {
    "assets": ASSETS_MAX,
    "conversions": CONVERSIONS_MAX,
    "ladders": LADDERS_MAX,
    "segments": SEGMENTS_MAX,
    "campaigns": CAMPAIGNS_MAX,
}
"""How many of each a document may have."""
