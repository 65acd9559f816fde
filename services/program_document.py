"""Program documents: a program's set-up as one YAML text, written and read."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.numbers import get_currency_precision, list_currencies

from domain import checks, forms
from domain.amounts import SCALE_MAX
from domain.forms import Path
from domain.refusals import InvalidInput
from domain.setup import SetUp
from domain.setup_forms import canonical, forms_of, without_defaults
from domain.terms import check_terms
from services import program_yaml
from services.program_campaigns import check_campaign, check_templates, read_campaign, read_template
from services.program_sections import (
    MOST,
    NOBODY,
    read_asset,
    read_conversion,
    read_ladder,
    read_segment,
    within,
)
from services.program_yaml import Misread, Tree

T = TypeVar("T")

VERSION = 1
SECTIONS = ("assets", "conversions", "ladders", "segments", "campaigns", "couponTemplates")
NO_CURRENCY = "XXX"
"""What ISO 4217 calls no currency: that of a document that is looked at by itself and names none."""
HEADER = "# The program {code}: change this, then `huiyuan program plan FILE` and `huiyuan program apply FILE`.\n"


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was read: what it says, and in which line."""

    name: str
    wanted: SetUp
    """Only what the document has, but for the program itself."""
    tree: Tree
    places: dict[tuple[str, str], Path]
    """Where each asset, conversion, ladder, segment, campaign and template stands, by section and code."""

    def line(self, path: Path) -> int:
        """Return the line of a part by its path in the document."""
        return self.tree.line(path)

    def line_of(self, section: str, code: str, *below: str) -> int | None:
        """Return the line of what has a code, or of a part of it; None when the document does not have it."""
        place = self.places.get((section, code))
        return None if place is None else self.line((*place, *below))

    def where(self, section: str, code: str, *below: str) -> str:
        """Name the place of a part: `program.yaml:14`, or the document alone when it does not have it."""
        line = self.line_of(section, code, *below)
        return self.name if line is None else f"{self.name}:{line}"


def code_of(text: str, *, name: str) -> str:
    """Return which program a document is of, looking at nothing else. Raises `Misread`."""
    tree = _tree(text, name)
    code = tree.said.get("program", {}) if isinstance(tree.said, dict) else {}
    code = code.get("code") if isinstance(code, dict) else None
    if not isinstance(code, (str, int)):
        line = tree.line(("program",))
        raise Misread(f"{name}:{line}: The document names no program: `program: {{code: …}}`.", line=line)
    return str(code)


def export(setup: SetUp) -> str:
    """Return a program's set-up as a document: sorted, without what goes without saying, the same each time."""
    return HEADER.format(code=setup.code) + program_yaml.write(without_defaults(forms_of(setup)))


def read(text: str, *, name: str, base: SetUp | None = None, now: datetime | None = None) -> Document:
    """Return what a document says, checked against the program that it is for (`base`), as it would be afterwards.

    Without a program, the document has to be whole. Raises `Misread`, whose message begins with `name` and line.
    """
    tree = _tree(text, name)
    try:
        return _Reader(tree, name, now or datetime.now(UTC)).read(base)
    except InvalidInput as wrong:
        line = tree.line(wrong.field)
        part = f"`{wrong.field[-1]}`" if wrong.field else ""
        missing = "" if wrong.field in tree.lines or part in wrong.message else f"{part}: "
        message = f"{name}:{line}: {_where(tree, wrong.field)}{missing}{wrong.message}"
        raise Misread(message, line=line, field=wrong.field) from None


def _tree(text: str, name: str) -> Tree:
    try:
        return program_yaml.read(text)
    except Misread as wrong:
        raise Misread(f"{name}:{wrong.line}: {wrong.message}", line=wrong.line) from None


def _where(tree: Tree, path: Path) -> str:
    """Name the asset or campaign that a message is about, which its own words may leave open."""
    row = tree.said
    for step in path[:2]:
        row = row[int(step)] if isinstance(row, list) and step.isdigit() and int(step) < len(row) else _part(row, step)
    code = row.get("code") if isinstance(row, dict) and len(path) > 1 and path[0] in SECTIONS else None
    return f"{code}: " if isinstance(code, (str, int)) else ""


def _part(row: Any, name: str) -> Any:
    return row.get(name) if isinstance(row, dict) else None


class _Reader:
    """Reads one document."""

    def __init__(self, tree: Tree, name: str, now: datetime) -> None:
        self.tree = tree
        self.name = name
        self.now = now
        self.said = canonical(tree.said) if isinstance(tree.said, dict) else tree.said
        self.places: dict[tuple[str, str], Path] = {}

    def read(self, base: SetUp | None) -> Document:
        """Return the document. Raises `InvalidInput`."""
        forms.known_parts(self.said, ("version", "program", *SECTIONS), ())
        if self.said.get("version") != VERSION:
            raise InvalidInput(f"`version` is {VERSION}: the form of this document.", field=("version",))
        start = self._program(base)
        wanted = replace(start, assets={}, conversions={}, ladders={}, segments={}, campaigns={}, templates={})
        wanted = replace(wanted, assets=self._section("assets", start, read_asset, lambda one: one.asset.code))
        for one in wanted.assets.values():
            self._check_time(one.asset, start)
        after = start.with_all_of(wanted)
        conversions = self._section("conversions", after, read_conversion, lambda one: (one.source, one.target))
        ladders = self._section("ladders", after, read_ladder, lambda one: one.code)
        wanted = replace(wanted, conversions=conversions, ladders=ladders)
        after = start.with_all_of(wanted)
        self._check_tiers(after)
        wanted = replace(wanted, segments=self._section("segments", after, read_segment, lambda one: one.code))
        after = start.with_all_of(wanted)
        campaigns = self._section("campaigns", after, read_campaign, lambda one: one.code)
        templates = self._section("couponTemplates", after, read_template, lambda one: one.code)
        wanted = replace(wanted, campaigns=campaigns, templates=templates)
        self._check_campaigns(start.with_all_of(wanted), wanted, base)
        return Document(self.name, wanted, self.tree, self.places)

    def _check_campaigns(self, after: SetUp, wanted: SetUp, base: SetUp | None) -> None:
        """Refuse campaigns and templates of coupons that cannot be, or share a code."""
        rules = after.rules()
        for one in (*wanted.campaigns.values(), *wanted.templates.values()):
            check_campaign(one, rules, self.places[one.section, one.code])
        for code in wanted.templates:
            if code in after.campaigns:
                message = f"There is a campaign {code} already, and a template of coupons needs a code of its own."
                raise InvalidInput(message, field=(*self.places["couponTemplates", code], "code"))
        for code in wanted.campaigns:
            if code in after.templates:
                message = f"There is a template of coupons {code} already, and a campaign needs a code of its own."
                raise InvalidInput(message, field=(*self.places["campaigns", code], "code"))
        check_templates(after, base, lambda section, code: self.places.get((section, code), (section,)))

    def _program(self, base: SetUp | None) -> SetUp:
        """Return the set-up that the document starts from: that of the program, or an empty one."""
        at = ("program",)
        said = self.said.get("program")
        forms.known_parts(said, ("code", "name", "currency", "timeZone", "approval"), at)
        code = checks.code(forms.text(said, "code", at, checks.NAME_MAX), (*at, "code"))
        start = base or self._empty(said, code)
        if code != start.code:
            raise InvalidInput(f"The document is of the program {code}, not of {start.code}.", field=(*at, "code"))
        for part, own in (("currency", start.currency), ("timeZone", start.zone.key)):
            if said.get(part) is not None and said[part] != own:
                raise InvalidInput(f"`{part}` of {code} is {own} for good, not {said[part]}.", field=(*at, part))
        name = start.name if said.get("name") is None else forms.text(said, "name", at, checks.NAME_MAX)
        return replace(start, name=name, approval=forms.flag(said, "approval", at))

    def _empty(self, said: dict[str, Any], code: str) -> SetUp:
        """Return a set-up with nothing in it. Without a currency, amounts may have any decimals."""
        currency, zone = said.get("currency"), said.get("timeZone") or "UTC"
        if currency is not None and currency not in list_currencies():
            raise InvalidInput(f"{currency!r} is no ISO 4217 currency.", field=("program", "currency"))
        try:
            found = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError, TypeError):
            field = ("program", "timeZone")
            raise InvalidInput(f"{zone!r} is no time zone of the IANA database.", field=field) from None
        return SetUp(
            id=NOBODY,
            code=code,
            name=code,
            approval=False,
            currency=currency or NO_CURRENCY,
            currency_scale=get_currency_precision(currency) if currency else SCALE_MAX,
            zone=found,
            assets={},
            conversions={},
            ladders={},
            campaigns={},
        )

    def _section(
        self, section: str, base: SetUp, read_one: Callable[[Any, Path, SetUp], T], key: Callable[[T], Any]
    ) -> dict[Any, T]:
        found: dict[Any, T] = {}
        if not self.said.get(section):
            return found
        for body, at in forms.rows(self.said, section, (), MOST[section]):
            one = read_one(body, at, base)
            if key(one) in found:
                raise InvalidInput("This stands twice.", field=at)
            found[key(one)] = one
            named = key(one) if isinstance(key(one), str) else ">".join(key(one))
            self.places[section, named] = at
        return found

    def _check_time(self, asset: Any, base: SetUp) -> None:
        """Refuse terms of which some credits could never be spent; an asset that stays as it is may have ended."""
        known = base.assets.get(asset.code)
        if known is None or known.asset != asset:
            within(self.places["assets", asset.code], lambda: check_terms(asset, self.now, base.zone))

    def _check_tiers(self, after: SetUp) -> None:
        """Refuse a code that two ladders have: rules name tiers by their codes alone."""
        owners: dict[str, str] = {}
        for ladder in after.ladders.values():
            for index, tier in enumerate(ladder.tiers):
                if tier.code in owners and owners[tier.code] != ladder.code:
                    place = self.places.get(("ladders", ladder.code), ("ladders",))
                    message = f"{owners[tier.code]} has a tier {tier.code} already."
                    raise InvalidInput(message, field=(*place, "tiers", str(index), "code"))
                owners[tier.code] = ladder.code
