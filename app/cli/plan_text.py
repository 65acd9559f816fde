"""A plan, and what the linter found, as people and as programs read them."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from rich.console import Console
from rich.text import Text as Line

from domain.findings import Finding
from domain.setup_forms import ASSET_DEFAULTS, CAMPAIGN_DEFAULTS, TEMPLATE_DEFAULTS
from services.program_document import Document
from services.program_plan import Action, Change, FieldChange, Plan
from services.program_reach import Reach

DEFAULTS = {"assets": ASSET_DEFAULTS, "campaigns": CAMPAIGN_DEFAULTS, "couponTemplates": TEMPLATE_DEFAULTS}
"""What of something new need not be shown, by section."""
SIGNS = {Action.CREATE: ("+", "green"), Action.CHANGE: ("~", "yellow"), Action.END: ("-", "red")}


def said_in_full(found: Plan, reach: Mapping[tuple[str, str], Reach], warned: Sequence[Finding]) -> None:
    """Write a plan to standard output, in colour on a terminal."""
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    changes = f"{len(found.changes)} to change" if found.changes else "nothing to change"
    console.print(f"{found.after.code}: {changes}, {found.unchanged} as they are.", markup=False)
    for change in found.changes:
        sign, colour = SIGNS[change.action]
        line = "" if change.line is None else f"  ({found.document.name}:{change.line})"
        console.print(Line(f"{sign} {change.section} {change.code}{line}", style=colour))
        is_new = change.action is Action.CREATE
        for field in change.fields:
            if is_new and DEFAULTS.get(change.section, {}).get(field.name) == field.new:
                continue
            console.print(f"    {_difference(field, is_new=is_new)}", markup=False)
        for sentence in (*([change.note] if change.note else []), *_reached(reach, change)):
            console.print(f"    {sentence}", markup=False, style="dim")
    if found.waiting:
        console.print(f"Waits for approval: {', '.join(found.waiting)}.", markup=False)
    if found.absent:
        named = ", ".join(f"{section} {code}" for section, code in found.absent)
        console.print(f"Not in the document, and left alone: {named}.", markup=False)
    for one in warned:
        console.print(Line(finding_text(found.document, one), style="yellow"))


def _reached(reach: Mapping[tuple[str, str], Reach], change: Change) -> tuple[str, ...]:
    known = reach.get((change.section, change.code))
    return known.said if known else ()


def _difference(field: FieldChange, *, is_new: bool) -> str:
    if is_new:
        return f"{field.name}: {_word(field.new)}"
    return f"{field.name}: {_word(field.old)} → {_word(field.new)}"


def _word(said: Any) -> str:
    if said is None:
        return "nothing"
    return said if isinstance(said, str) else orjson.dumps(said).decode()


def finding_text(document: Document, one: Finding) -> str:
    """Return a finding as one line that begins with its place."""
    where = document.where(one.section, one.code, *one.below)
    return f"{where}: {one.rule}: {one.code}: {one.message} {one.remedy}"


def finding_record(document: Document, one: Finding) -> dict[str, Any]:
    """Return a finding as JSON values."""
    return {
        "rule": one.rule,
        "section": one.section,
        "code": one.code,
        "path": list(one.below),
        "line": document.line_of(one.section, one.code, *one.below),
        "message": one.message,
        "remedy": one.remedy,
    }


def change_record(change: Change, reach: Reach | None) -> dict[str, Any]:
    """Return a change as JSON values."""
    return {
        "action": change.action.value,
        "section": change.section,
        "code": change.code,
        "line": change.line,
        "fields": [{"name": field.name, "old": field.old, "new": field.new} for field in change.fields],
        "note": change.note,
        "reach": None if reach is None else reach.numbers,
    }
