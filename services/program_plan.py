"""What applying a document would change of a program: found, checked and said, and nothing done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import models
from domain.refusals import InvalidInput, Refusal
from domain.setup import AssetSetUp, CampaignSetUp, LadderSetUp, SetUp, StoredState
from domain.setup_forms import Form, asset_form, conversion_form, ladder_form, program_form, segment_form
from domain.values import keyword_value, value
from domain.versions import check_points_of
from services.program_campaigns import check_campaign
from services.program_document import SECTIONS, Document
from services.program_lives import CampaignStep, forbidden, step_for, step_for_new
from services.program_setup import Stored, version_form

FIXED = {
    "kind": "its ledger lines count that",
    "scale": "its balances are kept in units of that scale",
    "burnOrder": "lots that are there keep their place in the order",
    "shortfall": "accounts that are there keep their limit of debt",
    "debtLimit": "accounts that are there keep their limit of debt",
}
"""What of an asset never changes, and why."""


CAMPAIGNS = {"campaigns": "campaigns", "couponTemplates": "templates"}
"""The sections of what is drafted, published and ended, and what a set-up calls them."""


class Action(StrEnum):
    """What happens to a part of the set-up."""

    CREATE = "CREATE"
    CHANGE = "CHANGE"
    END = "END"


class CannotChange(Refusal):
    """Something of the set-up stays as it is for good. Facts: `line`, None for what the document does not have."""

    code = "CANNOT_CHANGE"


class TierInUse(Refusal):
    """A tier is not removed that somebody stands on or stood on. Facts: `tier`, `standings`, `events`."""

    code = "TIER_IN_USE"


@value
class FieldChange:
    """A part that changes, by its name, as JSON values; None where there was or will be none."""

    name: str
    old: Any
    new: Any


@keyword_value
class Change:
    """One asset, conversion, ladder, segment, campaign or template that is made or changed, or the program itself."""

    action: Action
    section: str
    code: str
    fields: tuple[FieldChange, ...]
    line: int | None
    note: str | None = None
    """What will not be as the document says, and why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes, in the order in which they are made. Nothing of it is stored."""

    document: Document
    stored: Stored
    after: SetUp
    changes: tuple[Change, ...]
    steps: tuple[CampaignStep, ...]
    unchanged: int
    """How many assets, conversions, ladders, segments, campaigns and templates of the document are as it says."""
    absent: tuple[tuple[str, str], ...]
    """Section and code of what the program has and the document does not: it is left alone."""
    waiting: tuple[str, ...] = field(default=())
    """Campaigns and templates whose wanted version waits for approval."""

    @property
    def said(self) -> list[Any]:
        """What it changes, to be compared with another plan."""
        return [(one.action, one.section, one.code, one.fields, one.note) for one in self.changes]


async def plan(stored: Stored, document: Document, *, prune: bool = False) -> Plan:
    """Return what has to change so that the program is as the document says; with `prune`, what is absent ends.

    Raises `CannotChange` and `TierInUse`, naming the line.
    """
    return await _Planner(stored, document, prune=prune).plan()


class _Planner:
    """Compares one document with one program."""

    def __init__(self, stored: Stored, document: Document, *, prune: bool) -> None:
        self.stored = stored
        self.before, self.wanted = stored.setup, document.wanted
        self.after = self.before.with_all_of(self.wanted)
        self.document = document
        self.prune = prune
        self.changes: list[Change] = []
        self.steps: list[CampaignStep] = []
        self.waiting: list[str] = []
        self.unchanged = 0

    async def plan(self) -> Plan:
        """Return the plan."""
        self._program()
        for code, asset in sorted(self.wanted.assets.items()):
            self._asset(code, asset)
        for pair, conversion in sorted(self.wanted.conversions.items()):
            known = self.before.conversions.get(pair)
            old = None if known is None else conversion_form(known, self.before)
            self._compare("conversions", ">".join(pair), old, conversion_form(conversion, self.after))
        for code, ladder in sorted(self.wanted.ladders.items()):
            await self._ladder(code, ladder)
        for code, segment in sorted(self.wanted.segments.items()):
            was = self.before.segments.get(code)
            self._compare("segments", code, None if was is None else segment_form(was), segment_form(segment))
        for section in CAMPAIGNS.values():
            for code, campaign in sorted(getattr(self.wanted, section).items()):
                self._campaign(code, campaign)
        absent = tuple(self._absent())
        return Plan(
            document=self.document,
            stored=self.stored,
            after=self.after,
            changes=tuple(self.changes),
            steps=tuple(self.steps),
            unchanged=self.unchanged,
            absent=absent,
            waiting=tuple(self.waiting),
        )

    # ── what is compared part by part ────────────────────────────────────────────────────────────────────────────────

    def _program(self) -> None:
        if fields := differences(program_form(self.before), program_form(self.after)):
            line = self.document.line(("program",))
            code = self.before.code
            self.changes.append(Change(action=Action.CHANGE, section="program", code=code, fields=fields, line=line))

    def _compare(self, section: str, code: str, old: Form | None, new: Form, note: str | None = None) -> None:
        """Add what differs, or count it as unchanged."""
        fields = differences(old or {}, new)
        if old is not None and not fields:
            self.unchanged += 1
            return
        action = Action.CREATE if old is None else Action.CHANGE
        line = self.document.line_of(section, code)
        self.changes.append(Change(action=action, section=section, code=code, fields=fields, line=line, note=note))

    def _asset(self, code: str, wanted: AssetSetUp) -> None:
        scale = self.before.currency_scale
        known = self.before.assets.get(code)
        old, new = None if known is None else asset_form(known, scale), asset_form(wanted, scale)
        for name, reason in FIXED.items() if old is not None else ():
            assert old is not None, "the loop is over nothing otherwise"
            if old[name] != new[name]:
                message = (
                    f"`{name}` of {code} stays {_word(old[name])} and does not become {_word(new[name])}: {reason}."
                )
                raise self._refusal(CannotChange, message, "assets", code, name)
        self._compare("assets", code, old, new)

    # ── ladders ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _ladder(self, code: str, wanted: LadderSetUp) -> None:
        known = self.before.ladders.get(code)
        if known is None:
            self._compare("ladders", code, None, _by_tier(ladder_form(wanted, self.after)))
            return
        if known.asset != wanted.asset:
            message = f"{code} measures {known.asset} for good, not {wanted.asset}: standings follow from its balances."
            raise self._refusal(CannotChange, message, "ladders", code, "asset")
        if known.tiers[0].code != wanted.tiers[0].code:
            lowest = known.tiers[0].code
            message = f"The lowest tier of {code} stays {lowest}: members who reached no other stand on it."
            raise self._refusal(CannotChange, message, "ladders", code, "tiers")
        kept = {tier.code for tier in wanted.tiers}
        removed = [row for row in self.stored.tiers[code] if row.code not in kept]
        for row in removed:
            await self._check_unused(code, row)
        if removed:
            self._check_others()
        old, new = ladder_form(known, self.before), ladder_form(wanted, self.after)
        self._compare("ladders", code, _by_tier(old), _by_tier(new))

    async def _check_unused(self, ladder: str, row: models.Tier) -> None:
        standings = await models.Standing.filter(program_id=row.program_id, tier_id=row.id).count()
        told = models.Event.filter(program_id=row.program_id, kind="TIER_CHANGED")
        events = await told.filter(to_tier_id=row.id).count() + await told.filter(from_tier_id=row.id).count()
        if standings or events:
            message = (
                f"The tier {row.code} of {ladder} cannot be removed: {standings} members stand on it, and {events} "
                "events name it. Give it a threshold that nobody reaches instead."
            )
            facts = {"tier": row.code, "standings": standings, "events": events}
            raise self._refusal(TierInUse, message, "ladders", ladder, "tiers", **facts)

    def _check_others(self) -> None:
        """Refuse to remove a tier that a campaign or a segment names which the document does not have."""
        rules = self.after.rules()
        for code, segment in self.before.segments.items():
            if code not in self.wanted.segments:
                try:
                    rules.segment(code, segment.name, segment.conditions)
                except InvalidInput as wrong:
                    message = f"The segment {code}, which the document does not have, would not fit: {wrong.message}"
                    raise CannotChange(message, line=None) from None
        wanted = {**self.wanted.campaigns, **self.wanted.templates}
        for code, campaign in {**self.before.campaigns, **self.before.templates}.items():
            if code in wanted or campaign.state is StoredState.ENDED or self.prune:  # ended with this
                continue
            try:
                check_campaign(campaign, rules, ())
            except InvalidInput as wrong:
                what = "campaign" if campaign.version.coupon is None else "template"
                message = f"The {what} {code}, which the document does not have, would not fit: {wrong.message}"
                raise CannotChange(message, line=None) from None

    # ── campaigns ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _campaign(self, code: str, wanted: CampaignSetUp) -> None:
        zone, approval = self.before.zone, self.stored.row.approval
        row, newest = self.stored.campaigns.get(code), self.stored.newest.get(code)
        if row is None or newest is None:
            step = step_for_new(wanted, zone, approval=approval)
        else:
            known = self._known(wanted.section)[code]
            if reason := forbidden(wanted, known, zone):
                raise self._refusal(CannotChange, reason, wanted.section, code, "state")
            version = (newest.number, version_form(newest))
            step = step_for(wanted, known, row, version, zone, approval=approval)
            if step.drafts or step.publishes:
                self._check_points(code, wanted)
        if step.waits:
            self.waiting.append(f"{code} v{step.number}")
        if step.old != step.new or step.drafts or step.publishes:
            self.steps.append(step)
        note = None
        if step.drafts and step.waits:
            note = f"v{step.number} is drafted and not published: the program wants it approved first."
        self._compare(wanted.section, code, step.old, step.new, note)

    def _known(self, section: str) -> Mapping[Any, Any]:
        """Return what the program has of a section."""
        found: Mapping[Any, Any] = getattr(self.before, CAMPAIGNS.get(section, section))
        return found

    def _check_points(self, code: str, wanted: CampaignSetUp) -> None:
        try:
            check_points_of(wanted.version.budget, sorted(self.stored.points_of[code]))
        except InvalidInput as wrong:
            raise self._refusal(CannotChange, wrong.message, wanted.section, code, *wrong.field) from None

    def _absent(self) -> Iterator[tuple[str, str]]:
        """Yield what only the program has; end its campaigns when that is asked for."""
        for section in SECTIONS:
            had = self._known(section)
            for key in sorted(set(had) - set(getattr(self.wanted, CAMPAIGNS.get(section, section)))):
                code = key if isinstance(key, str) else ">".join(key)
                if section not in CAMPAIGNS or had[key].state is StoredState.ENDED or not self.prune:
                    yield section, code
                else:
                    self._end(code, had[key])

    def _end(self, code: str, known: CampaignSetUp) -> None:
        row, newest = self.stored.campaigns[code], self.stored.newest[code]
        ended = CampaignSetUp(code=code, name=known.name, state=StoredState.ENDED, version=known.version)
        version = (newest.number, version_form(newest))
        self.after = self.after.with_campaign(ended)
        self.steps.append(step_for(ended, known, row, version, self.before.zone, approval=False))
        fields = (FieldChange("state", known.state.value, StoredState.ENDED.value),)
        self.changes.append(Change(action=Action.END, section=known.section, code=code, fields=fields, line=None))

    def _refusal(
        self, kind: type[Refusal], message: str, section: str, code: str, *below: str, **facts: Any
    ) -> Refusal:
        line = self.document.line_of(section, code, *below)
        if kind is CannotChange:
            facts["line"] = line
        return kind(f"{self.document.name}:{line}: {message}", field=(section, code, *below), **facts)


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def differences(old: Form, new: Form) -> tuple[FieldChange, ...]:
    """Return what differs between two forms of the same kind, in the order of the new one."""
    names = [*new, *(name for name in old if name not in new)]
    return tuple(
        FieldChange(name, old.get(name), new.get(name))
        for name in names
        if name != "code" and old.get(name) != new.get(name)
    )


def _by_tier(form: Form) -> Form:
    """Return the form of a ladder with a part for each tier, so that each is compared by itself."""
    tiers = {f"tiers.{tier['code']}": {"name": tier["name"], "threshold": tier["threshold"]} for tier in form["tiers"]}
    order = [tier["code"] for tier in form["tiers"]]
    return {**{name: part for name, part in form.items() if name != "tiers"}, "tiers": order, **tiers}


def _word(said: Any) -> str:
    return "without" if said is None else str(said)
