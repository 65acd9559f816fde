"""Whether what is written about a decision follows from the order, and from the version of the rule that it names."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from domain.amounts import EXACT, Rounding, rounded
from domain.assets import AssetKind
from domain.effects.base import EffectKind
from domain.explanation import NotAppliedReason
from domain.orders import Order, OrderEffect
from services.verify.setup import AssetRow, SetUp, Version

EXPLANATION = {"text", "ruleVersion", "conditions", "arithmetic"}
CONDITION = {"condition": str, "required": str, "actual": str, "met": bool}
REASONS = frozenset(NotAppliedReason)


def fault_of_facts(effect: OrderEffect, order: Order, version: Version, before: int) -> str | None:
    """Return what is wrong with an effect's facts, `before` being what the effects before it gave of the asset."""
    if not version.starts_at <= order.occurred_at < version.ends_at:
        return f"{version.label} did not run at {order.occurred_at.isoformat()}, when the order happened"
    earns = effect.kind == EffectKind.EARN
    measured = {"basis": order.payable} if earns else {"before": before}
    rules = version.rules.get((effect.kind, effect.asset_id), [])
    if not any(effect.facts == rule | measured for rule in rules):
        return f"{version.label} does not make {effect.facts} of an order of {order.payable}, {before} being there"
    if earns:
        # What a multiplier gives cannot be computed from the effects alone: one that gave nothing left none, and has
        # its part in the product all the same.
        per, points, rounding = effect.facts["per"], effect.facts["points"], Rounding(str(effect.facts["rounding"]))
        product = EXACT.multiply(Decimal(order.payable), Decimal(str(points)))
        amount = rounded(EXACT.divide(product, Decimal(str(per))), rounding)
        if amount != effect.amount:
            return f"{effect.facts} come to {amount}, not to {effect.amount}"
    return None


def fault_of_order(effects: Sequence[OrderEffect]) -> str | None:
    """Return what is wrong with the order in which effects are: numbered from 0, what pays before what is earned."""
    if [effect.ordinal for effect in effects] != list(range(len(effects))):
        return f"they are numbered {', '.join(str(effect.ordinal) for effect in effects)}"
    is_earned = [effect.kind != EffectKind.SPEND for effect in effects]
    return "something is earned before the order is paid" if is_earned != sorted(is_earned) else None


def fault_of_payments(order: Order, effects: Sequence[OrderEffect], set_up: SetUp) -> str | None:
    """Return what is wrong with what pays an order: by points, which lower what it costs, and by stored value."""
    by_points = by_value = 0
    for effect in effects:
        if effect.kind != EffectKind.SPEND:
            continue
        facts: dict[str, Any] = dict(effect.facts)
        if facts.keys() != {"value", "payAmount", "payValue"}:
            return f"{facts} do not say what {effect.amount} are worth"
        if facts["value"] * facts["payAmount"] != effect.amount * facts["payValue"] or facts["value"] < 0:
            return f"{effect.amount} are not worth {facts['value']} when {facts['payAmount']} are {facts['payValue']}"
        asset = set_up.assets.get(effect.asset_id)
        if asset is None:
            return f"there is no asset {effect.asset_id}"
        if asset.kind == AssetKind.MONEY:
            by_value += facts["value"]
        else:
            by_points += facts["value"]
    if (by_points, by_value) != (order.spent, order.paid):
        return f"points pay {by_points} and stored value {by_value}; it says {order.spent} and {order.paid}"
    return None


def fault_of_explanation(effect: OrderEffect, version: Version | None, asset: AssetRow) -> str | None:
    """Return what is wrong with an effect's explanation. Its wording is free but for the amount."""
    written: Any = effect.explanation
    if not isinstance(written, dict) or written.keys() != EXPLANATION:
        return f"it is not made of {', '.join(sorted(EXPLANATION))}"
    label = version.label if version else None
    if written["ruleVersion"] != label:
        return f"it names {written['ruleVersion']}, the effect {label}"
    amount = asset.spelled(effect.amount)
    if f"{amount} {asset.code} " not in f"{written['text']} ":
        return f"its text does not name {amount} {asset.code}"
    steps = written["arithmetic"]
    if version is None:
        return None if not written["conditions"] and isinstance(steps, list) and steps else "it has no arithmetic"
    if not isinstance(steps, list) or not steps or not str(steps[-1]).endswith(f" = {amount}"):
        return f"its arithmetic does not end in {amount}"
    return _fault_of_conditions(written["conditions"], version)


def _fault_of_conditions(results: Any, version: Version) -> str | None:
    if not isinstance(results, list) or not all(map(_is_result, results)):
        return "its conditions cannot be read"
    named = [] if version.condition is None else list(_leaves(version.condition))
    if [result["condition"] for result in results] != named:
        return f"its conditions are not those of {version.label}"
    if version.condition is not None and not _holds(version.condition, iter(results)):
        return f"by its own account the conditions of {version.label} do not hold"
    return None


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


def fault_of_not_applied(order: Order, set_up: SetUp) -> str | None:
    """Return what is wrong with the list of campaigns that did nothing for an order."""
    listed: Any = order.not_applied
    if not isinstance(listed, list):
        return "it is no list"
    for one in listed:
        if not isinstance(one, dict) or one.keys() != {"campaign", "reason", "message", "remedy"}:
            return f"{one} does not say which campaign, why and what would help"
        campaign = set_up.campaigns.get(one["campaign"])
        if campaign is None or campaign.program_id != order.program_id:
            return f"the program has no campaign {one['campaign']}"
        if one["reason"] not in REASONS or not one["message"]:
            return f"of campaign {campaign.code} it gives no reason"
        if (one["reason"] == NotAppliedReason.NO_MEMBER) is not (order.member_id is None):
            return f"of campaign {campaign.code} it says {one['reason']}"
    return None
