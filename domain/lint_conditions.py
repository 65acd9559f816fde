"""Conditions that can never hold together."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from domain.campaigns import Trigger
from domain.findings import Finding
from domain.rules_conditions import never_holds
from domain.setup import CampaignSetUp, SetUp

NAMES = {"store": "codes", "channel": "codes", "event": "codes", "weekday": "days"}
"""Conditions on a thing that is one at a time, with the part that lists what it may be."""
BETWEEN = frozenset({"daysSinceLastOrder", "daysSinceEnrolment"})
"""Conditions on a number of days, with `atLeast` and `atMost`."""
FROM_NONE = {"atLeast": 0}
HOUR, DAY = 60, 24 * 60
LAST_DAY = -1
MINUTES = range(DAY)

Leaf = tuple[tuple[str, ...], str, Any]
"""Path, name and body of a condition."""


def contradictions(setup: SetUp, one: CampaignSetUp) -> Iterator[Finding]:
    """Yield why a campaign can never apply: two of the conditions that must all hold exclude each other."""
    leaves = _leaves(one)
    for path, name, body in leaves:
        if reason := never_holds(name, body, Trigger(one.version.trigger)):
            yield _finding(one, path, reason)
    for first, second in combinations(leaves, 2):
        if reason := _excluded(setup, first, second):
            yield _finding(one, second[0], reason)


def never_meet(setup: SetUp, one: CampaignSetUp, other: CampaignSetUp) -> bool:
    """Whether nothing can meet the conditions of both campaigns."""
    return any(_excluded(setup, mine, theirs) for mine in _leaves(one) for theirs in _leaves(other))


def _leaves(one: CampaignSetUp) -> list[Leaf]:
    return [
        *_required(one.version.calendar or {}, ("calendar",)),
        *_required(one.version.conditions or {}, ("conditions",)),
    ]


def _finding(one: CampaignSetUp, path: tuple[str, ...], reason: str) -> Finding:
    remedy = "Take one of the conditions out, or put both under `any`."
    return Finding(
        rule="NEVER_HOLDS",
        section=one.section,
        code=one.code,
        below=path,
        message=f"Never applies: {reason}",
        remedy=remedy,
    )


def _required(form: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Leaf]:
    """Yield what must hold in any case; of `any` nothing must."""
    for name, body in form.items():
        at = (*path, name)
        if name == "all":
            for index, part in enumerate(body):
                yield from _required(part, (*at, str(index)))
        elif name != "any":
            yield at, name, body


def _excluded(setup: SetUp, first: Leaf, second: Leaf) -> str | None:
    """Return why two conditions exclude each other; None when they may hold together."""
    (_, one, mine), (_, other, theirs) = first, second
    if one == "tier" == other:
        return _tiers(setup, set(mine["codes"]), set(theirs["codes"]))
    if one == other:
        return _alike(one, mine, theirs)
    if "not" in (one, other):
        denied, held = (mine, {other: theirs}) if one == "not" else (theirs, {one: mine})
        return "what one condition asks for is what the other denies." if held == denied else None
    if {one, other} == {"firstOrder", "daysSinceLastOrder"}:
        return "on a first order there is no order before it."
    if {one, other} == {"firstOrder", "nthOrder"}:
        nth = mine if one == "nthOrder" else theirs
        return None if 1 in (nth.get("numbers") or ()) else "the first order is none of the numbers."
    return None


def _alike(name: str, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> str | None:
    """Return why two conditions of one name exclude each other."""
    if name in NAMES:
        part = NAMES[name]
        return None if set(mine[part]) & set(theirs[part]) else f"no {name} is in both lists."
    if name == "hours":
        return None if _minutes(mine) & _minutes(theirs) else "the hours do not overlap."
    if name == "monthDay":
        days = set(mine["days"]), set(theirs["days"])
        return None if days[0] & days[1] or any(LAST_DAY in part for part in days) else "no day is in both lists."
    if name in BETWEEN:
        least = max(part["atLeast"] for part in (mine, theirs, FROM_NONE) if part.get("atLeast") is not None)
        most = min((part["atMost"] for part in (mine, theirs) if part.get("atMost") is not None), default=least)
        return None if least <= most else f"no number of days is at least {least} and at most {most}."
    return None


def _tiers(setup: SetUp, mine: set[str], theirs: set[str]) -> str | None:
    """Return that no member stands on a tier of each: on one ladder a member stands on one tier."""
    for code, ladder in setup.ladders.items():
        if mine | theirs <= {tier.code for tier in ladder.tiers} and not mine & theirs:
            return f"nobody stands on {_or(mine)} and on {_or(theirs)}, which are tiers of {code}."
    return None


def _or(codes: set[str]) -> str:
    return " or ".join(sorted(codes))


def _minutes(body: Mapping[str, Any]) -> set[int]:
    """Return the minutes of a day in a half-open time that may pass midnight."""
    start, end = (int(body[name][:2]) * HOUR + int(body[name][3:]) for name in ("from", "until"))
    return {minute for minute in MINUTES if (start <= minute < end if start < end else minute >= start or minute < end)}
