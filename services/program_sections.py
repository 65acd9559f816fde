"""From the parts of a program document to the set-up that they say, each part checked."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from domain import checks, forms
from domain.amounts import SCALE_MAX
from domain.assets import Asset, AssetKind, BurnOrder, ExpiryFrom, ShortfallPolicy
from domain.forms import Path
from domain.program import TierMetric
from domain.refusals import InvalidInput
from domain.setup import (
    AssetSetUp,
    ConversionSetUp,
    LadderSetUp,
    SegmentSetUp,
    SetUp,
    TierSetUp,
)
from domain.setup_forms import ASSET_DEFAULTS, asset_defaults
from domain.term_words import expiry_of, pending_of
from domain.terms import LENGTH_MAX, Terms
from services import assets as asset_service
from services import value_terms
from services.assets import ASSETS_MAX, Pays
from services.segments import SEGMENTS_MAX
from services.value_terms import CONVERSIONS_MAX, STEPS_MAX

T = TypeVar("T")

NOBODY = UUID(int=0)
"""The id of what is not stored yet, or need not be."""
LADDERS_MAX = 20
TIERS_MAX = 50
CAMPAIGNS_MAX = 10_000
ASSET_PARTS = ("code", "name", "kind", "scale", *ASSET_DEFAULTS)


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
    code = code_of(body, path)
    kind = forms.choice(body, "kind", AssetKind, path)
    said = {**ASSET_DEFAULTS, **asset_defaults(kind, base.currency_scale), **spoken(body)}
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
        code = code_of(row, at)
        if code in tiers:
            raise InvalidInput(f"The tier {code} stands twice.", field=(*at, "code"))
        name = forms.text(row, "name", at, checks.NAME_MAX)
        tiers[code] = TierSetUp(code, name, forms.minor(row, "threshold", asset.scale, at))
    return LadderSetUp(
        code=code_of(body, path),
        name=forms.text(body, "name", path, checks.NAME_MAX),
        metric=forms.choice(body, "metric", TierMetric, path, TierMetric.SPEND),
        asset=asset.code,
        tiers=tuple(tiers.values()),
    )


# ── segments ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_segment(body: Any, path: Path, base: SetUp) -> SegmentSetUp:
    """Return a segment; the tiers that it names are of `base`."""
    forms.known_parts(body, ("code", "name", "conditions"), path)
    code, name = code_of(body, path), forms.text(body, "name", path, checks.NAME_MAX)
    conditions = body.get("conditions")
    within(path, lambda: base.rules().segment(code, name, conditions))
    return SegmentSetUp(code, name, conditions)


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def code_of(body: Any, path: Path) -> str:
    """Return the code of an entry."""
    return checks.code(forms.text(body, "code", path, checks.NAME_MAX), (*path, "code"))


def spoken(body: Mapping[str, Any]) -> dict[str, Any]:
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
    "couponTemplates": CAMPAIGNS_MAX,
}
"""How many of each a document may have."""
