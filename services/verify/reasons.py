"""Whether what is written about a decision is of it: explanations, and why campaigns did nothing."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.amounts import spelled
from domain.campaigns import Audience, Trigger, held_out
from domain.effects.base import DISCOUNTS, EffectKind
from domain.explanation import NotAppliedReason
from domain.values import value
from services.verify.decided import Decided
from services.verify.setup import SetUp
from services.verify.versions import Version

EXPLANATION = {"text", "ruleVersion", "conditions", "arithmetic"}
CONDITION = {"condition": str, "required": str, "actual": str, "met": bool}
REASONS = frozenset(NotAppliedReason)
LEAST = {"campaign", "reason", "message", "remedy"}
"""What was written of a campaign that did nothing before there was more to say of it."""
NOT_APPLIED = LEAST | {"ruleVersion", "conditions", "coupon"}
"""What is written now; a coupon for those alone that are of one."""
OF_COUPONS = frozenset({NotAppliedReason.NOT_BEST})
"""Reasons that only coupons have."""
LIMITS = frozenset({"perMember", "perMemberDay", "perDay", "total"})
BUDGETS = frozenset({"money", "points", "count"})


def fault_of_explanation(effect: Decided, version: Version | None, set_up: SetUp) -> str | None:
    """Return what is wrong with an effect's explanation. Its wording is free but for the amount."""
    written: Any = effect.explanation
    if not isinstance(written, dict) or written.keys() != EXPLANATION:
        return f"it is not made of {', '.join(sorted(EXPLANATION))}"
    label = version.label if version else None
    if written["ruleVersion"] != label:
        return f"it names {written['ruleVersion']}, the effect {label}"
    amount, named = _named(effect, set_up)
    if named not in str(written["text"]):
        return f"its text does not name {named.strip()}"
    steps = written["arithmetic"]
    if version is None:
        return None if not written["conditions"] and isinstance(steps, list) and steps else "it has no arithmetic"
    if not isinstance(steps, list) or not steps or not str(steps[-1]).endswith(f" = {amount}"):
        return f"its arithmetic does not end in {amount}"
    return _fault_of_conditions(written["conditions"], version)


def _named(effect: Decided, set_up: SetUp) -> tuple[str, str]:
    """Return the amount as explanations spell it, and what their text has of it. Raises one of `UNREADABLE`."""
    if effect.kind == EffectKind.TAG:
        return str(effect.amount), str(effect.facts["tag"])
    if effect.kind in (EffectKind.GIFT, EffectKind.ISSUE_COUPON):
        return str(effect.amount), f"{effect.amount} "
    if effect.kind in DISCOUNTS:
        program = set_up.programs[effect.program_id]
        amount = spelled(effect.amount, program.currency_scale)
        return amount, f"{amount} {program.currency} "
    asset = set_up.assets[effect.asset_id]
    amount = asset.spelled(effect.amount)
    return amount, f"{amount} {asset.code} "


def _fault_of_conditions(results: Any, version: Version) -> str | None:
    if not _are_results(results):
        return "its conditions cannot be read"
    named = [] if version.condition is None else list(_leaves(version.condition))
    if [result["condition"] for result in results] != named:
        return f"its conditions are not those of {version.label}"
    if version.condition is not None and not _holds(version.condition, iter(results)):
        return f"by its own account the conditions of {version.label} do not hold"
    return None


def _are_results(results: Any) -> bool:
    return isinstance(results, list) and all(map(_is_result, results))


def _is_result(result: Any) -> bool:
    return (
        isinstance(result, dict)
        and result.keys() == CONDITION.keys()
        and all(isinstance(result[name], kind) for name, kind in CONDITION.items())
    )


def _leaves(form: Any) -> Iterator[str]:
    """Yield the names under which the parts of a condition are explained, in their order."""
    ((name, body),) = form.items()
    match name:
        case "all" | "any":
            for part in body:
                yield from _leaves(part)
        case "not":
            yield from (f"not {leaf}" for leaf in _leaves(body))
        case _:
            yield name


def _holds(form: Any, results: Iterator[dict[str, Any]], *, turned: bool = False) -> bool:
    """Whether the condition holds when its parts are met as `results` say; `not` turns what they say of its parts."""
    ((name, body),) = form.items()
    match name:
        case "all" | "any":
            parts = [_holds(part, results, turned=turned) for part in body]  # all of them: each takes its results
            return all(parts) if name == "all" else any(parts)
        case "not":
            return not _holds(body, results, turned=not turned)
        case _:
            return bool(next(results)["met"]) is not turned


@value
class Asked:
    """An order or an occasion, as campaigns looked at it."""

    program_id: Any
    member_id: Any
    occurred_at: datetime
    trigger: Trigger
    gave: Collection[Version]
    """Versions that gave something."""
    claimed: bool = False
    """Whether it was a guest's when it was decided at first, and a member's when it was decided again."""


def is_had(version: Version, coupon: Any) -> bool:
    """Whether what a version decides is of a coupon that somebody has: its window was that of having it."""
    return coupon is not None and version.shared_code is None


def fault_of_version(version: Version, asked: Asked, coupon: Any = None) -> str | None:
    """Return why a version can have given nothing: it did not run, or not for this, or not for this member.

    `coupon` is the coupon that it decided of; None for a campaign.
    """
    had = is_had(version, coupon)
    if version.is_template is (coupon is None):
        return f"{version.label} is of coupons, or of none, and this names {coupon}"
    if not had and not version.runs_at(asked.occurred_at):
        return f"{version.label} did not run at {asked.occurred_at.isoformat()}"
    if version.row.trigger != asked.trigger:
        return f"{version.label} answers {version.row.trigger}, and this is {asked.trigger}"
    if asked.member_id is None and version.row.audience == Audience.MEMBERS:
        return f"{version.label} is for members"
    if not had and not asked.claimed and is_held_out(version, asked.member_id):
        return f"{version.label} leaves the member out, to be compared with"
    return None


def fault_of_not_applied(listed: Any, asked: Asked, set_up: SetUp) -> str | None:
    """Return what is wrong with the list of campaigns that did nothing for an order or an occasion."""
    if not isinstance(listed, list):
        return "it is no list"
    for one in listed:
        if not isinstance(one, dict) or not LEAST <= one.keys() <= NOT_APPLIED:
            return f"{one} does not say which campaign, why and what would help"
        campaign = set_up.campaigns.get(one["campaign"])
        if campaign is None or campaign.program_id != asked.program_id:
            return f"the program has no campaign {one['campaign']}"
        if one["reason"] not in REASONS or not one["message"]:
            return f"of campaign {campaign.code} it gives no reason"
        if one.keys() == LEAST:
            fault = _fault_of_absence(one["reason"], Audience.MEMBERS, asked)
        elif version := set_up.labelled.get((one["campaign"], one["ruleVersion"])):
            fault = _fault_of_reason(one, version, asked)
        else:
            fault = f"there is no version {one['ruleVersion']}"
        if fault:
            return f"of campaign {campaign.code} it says {one['reason']}: {fault}"
    return None


def _fault_of_absence(reason: str, audience: str, asked: Asked) -> str | None:
    absent = asked.member_id is None and audience == Audience.MEMBERS
    if asked.claimed:
        return None  # what a guest was told stays, where nobody looked at it again
    return None if (reason == NotAppliedReason.NO_MEMBER) is absent else "that is not whether a member was there"


def _fault_of_reason(one: dict[str, Any], version: Version, asked: Asked) -> str | None:
    """Return why a version cannot have had this reason, as far as the order and the version tell."""
    row, reason, results, coupon = version.row, one["reason"], one["conditions"], one.get("coupon")
    if version.is_template is (coupon is None) or (reason in OF_COUPONS and coupon is None):
        return f"{version.label} is of coupons, or of none, and this names {coupon}"
    if fault := _fault_of_absence(reason, row.audience, asked):
        return fault
    if row.trigger != asked.trigger or not _are_results(results):
        return f"{version.label} answers {row.trigger}, or its conditions cannot be read"
    runs = is_had(version, coupon) or version.runs_at(asked.occurred_at)
    match reason:
        case NotAppliedReason.NO_MEMBER:
            holds = not results
        case NotAppliedReason.OUTSIDE_WINDOW:
            holds = not results and not runs
        case NotAppliedReason.OUTSIDE_CALENDAR:
            names = sorted(result["condition"] for result in results)
            holds = runs and names == sorted(row.calendar or {}) and not all(result["met"] for result in results)
        case NotAppliedReason.CONDITION_NOT_MET:
            holds = runs and _is_not_met(results, version)
        case _:
            holds = runs and not results and _may_be(reason, version, asked)
    return None if holds else f"{version.label} gives no such reason"


def _is_not_met(results: list[dict[str, Any]], version: Version) -> bool:
    condition = version.condition
    if condition is None or [result["condition"] for result in results] != list(_leaves(condition)):
        return False
    return not _holds(condition, iter(results))


def _may_be(reason: str, version: Version, asked: Asked) -> bool:
    row = version.row
    match reason:
        case NotAppliedReason.HELD_OUT:
            return is_held_out(version, asked.member_id)
        case NotAppliedReason.LIMIT_REACHED:
            return version.is_template or bool(LIMITS & version.bounds.keys())  # of coupons an order uses so many
        case NotAppliedReason.BUDGET_SPENT:
            return bool(BUDGETS & version.bounds.keys())
        case NotAppliedReason.EXCLUDED:
            group = row.stacking_group
            return group is not None and any(
                other.row.stacking_group == group and other.row.campaign_id != row.campaign_id for other in asked.gave
            )
        case _:
            return True


def is_held_out(version: Version, member_id: Any) -> bool:
    """Whether a member is among those whom a version leaves out, to be compared with."""
    row = version.row
    return bool(row.holdout) and member_id is not None and held_out(UUID(row.campaign_id), UUID(member_id), row.holdout)
