"""Whether what was decided for an order or an occasion follows from it, and from the version that each effect names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from domain.assets import AssetKind
from domain.campaigns import Step
from domain.effects.base import DISCOUNTS, EARNINGS, LEDGER, EffectKind
from domain.occasions import OccasionEffect
from domain.orders import Order, OrderEffect, OrderLine
from services.verify.basket import Basket, Rule
from services.verify.parts import UNREADABLE
from services.verify.setup import SetUp
from services.verify.versions import Version

STEPS = {step.value: place for place, step in enumerate(Step)}


Decided = OrderEffect | OccasionEffect
"""An effect; as a verification reads it, its ids are text."""
E = TypeVar("E", OrderEffect, OccasionEffect, Decided)


def rule_of(effect: Decided, version: Version, basket: Basket, parts: Any) -> tuple[Rule | None, str | None]:
    """Return the rule of the version that the effect came of, or what is wrong with its facts."""
    facts, near = dict(effect.facts), None
    facts.pop("coupon", None)  # `effect.coupon` looks at it, and `order.given` at what a coupon is called
    if effect.kind == EffectKind.ISSUE_COUPON:
        facts.pop("name", None)
        facts.pop("counts", None)
        facts.pop("versions", None)
    is_gift = effect.kind == EffectKind.GIFT
    ref = str(facts.pop("ref", None)) if is_gift else ""  # the line that it added, of which `order.gifts` tells
    for rule in version.rules.get((effect.kind, effect.asset_id), ()):
        try:
            found = rule.measure(basket)
        except UNREADABLE:
            continue  # nothing would come of it
        if facts != rule.said | found.facts:
            continue
        if is_gift and found.amount is not None:
            found = replace(found, parts={ref: found.amount})
        if found.amount in (None, effect.amount) and parts == found.parts:
            return rule, None
        near = found
    if near is not None:
        return None, f"{facts} come to {near.amount} by lines {near.parts}, not to {effect.amount} by {parts}"
    return None, f"{version.label} does not make {facts} of {basket.described} at this place"


def fault_of_order(effects: Sequence[OrderEffect]) -> str | None:
    """Return what is wrong with the order in which effects are: numbered from 0, one step after the other.

    Orders of before there were steps have none, and what pays before what is earned.
    """
    if [effect.ordinal for effect in effects] != list(range(len(effects))):
        return f"they are numbered {', '.join(str(effect.ordinal) for effect in effects)}"
    if any(effect.step is not None for effect in effects):
        places = [STEPS.get(str(effect.step), -1) for effect in effects]
        return None if places == sorted(places) else f"their steps are {', '.join(str(one.step) for one in effects)}"
    if any(effect.kind not in LEDGER for effect in effects):
        return "a discount or a gift is of no step"
    is_earned = [effect.kind != EffectKind.SPEND for effect in effects]
    return "something is earned before the order is paid" if is_earned != sorted(is_earned) else None


def fault_of_step(effect: OrderEffect, rule: Rule | None, set_up: SetUp) -> str | None:
    """Return what is wrong with the step at which an effect stands."""
    if effect.kind == EffectKind.SPEND:
        asset = set_up.assets.get(effect.asset_id)
        due = Step.PAYMENT if asset is not None and asset.kind == AssetKind.MONEY else Step.ASSETS
    elif rule is not None:
        due = rule.step
    else:
        return None  # its facts are wrong, and a finding by themselves
    return (
        None if effect.step in (None, due) else f"{effect.kind} of this kind is decided at {due}, not at {effect.step}"
    )


def fault_of_payments(order: Order, effects: Sequence[OrderEffect], set_up: SetUp) -> str | None:
    """Return what is wrong with what pays an order: by points, which lower what it costs, and by stored value."""
    by_points = by_value = 0
    for effect in effects:
        if effect.kind != EffectKind.SPEND:
            continue
        if effect.parts is not None:
            return f"what points and stored value pay is of no line, and it says {effect.parts}"
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


def fault_of_discounts(order: Order, lines: Iterable[OrderLine], effects: Iterable[OrderEffect]) -> str | None:
    """Return what is wrong with discounts: those of effects are those of lines and of shipping."""
    of_lines: dict[str, int] = {}
    of_shipping = 0
    for effect in effects:
        if effect.kind == EffectKind.SHIPPING_DISCOUNT:
            of_shipping += effect.amount
        elif effect.kind == EffectKind.DISCOUNT:
            parts = effect.parts or {}
            if sum(parts.values()) != effect.amount or min(parts.values(), default=0) < 1:
                return f"effect {effect.ordinal} takes {effect.amount} off, and {parts} off lines"
            for ref, part in parts.items():
                of_lines[ref] = of_lines.get(ref, 0) + part
    if of_shipping != order.shipping_discount:
        return f"effects take {of_shipping} off shipping, and it says {order.shipping_discount}"
    if sum(of_lines.values()) != order.discount_total - of_shipping:
        return f"effects take {sum(of_lines.values()) + of_shipping} off in all, and it says {order.discount_total}"
    for line in lines:
        if line.discount != of_lines.get(line.ref, 0):
            return f"effects take {of_lines.get(line.ref, 0)} off line {line.ref!r}, and the line says {line.discount}"
    return None


def fault_of_gifts(lines: Sequence[OrderLine], effects: Iterable[OrderEffect]) -> str | None:
    """Return what is wrong with gifts: each is a line at no price, after those that were bought, and an effect."""
    given = [line.campaign_id is not None for line in lines]
    if given != sorted(given):
        return "a gift stands before what was bought"
    added = [
        (line.campaign_id, line.ref, line.sku, line.name, line.quantity)
        for line in lines
        if line.campaign_id is not None
    ]
    due = [
        (effect.campaign_id, *map(effect.facts.get, ("ref", "sku", "name")), effect.amount)
        for effect in effects
        if effect.kind == EffectKind.GIFT
    ]
    if added != due:
        return f"its lines are {len(added)} gifts, its effects {len(due)}, or of other pieces"
    dear = [line.ref for line in lines if line.campaign_id is not None and (line.unit_price or line.category)]
    return f"{dear[0]} is no gift" if dear else None


def fault_of_consumed(
    records: Sequence[Mapping[str, Any]], effects: Sequence[Decided], day: str, set_up: SetUp
) -> str | None:
    """Return what is wrong with what an order or occasion took of campaigns: all that its effects came to.

    Of a template it takes what it gives of its coupons, and the use of a code that many share; to use a coupon that
    somebody has takes nothing more.
    """
    due: dict[Any, dict[str, Any]] = {}
    coupons: dict[Any, set[Any]] = {}
    for effect in effects:
        version = set_up.versions.get(effect.campaign_version_id)
        if version is None or not version.bounds or (version.is_template and version.shared_code is None):
            continue
        none = {"campaign": effect.campaign_id, "day": day, "count": 0, "money": 0, "points": 0}
        taken = due.setdefault(
            effect.campaign_id, none | {"pointsOf": version.points_of, "bounds": dict(version.bounds)}
        )
        facts: Any = effect.facts
        taken["count"] += facts.get("times", 1)
        if effect.kind in DISCOUNTS:
            taken["money"] += effect.amount
        elif effect.kind in EARNINGS and effect.asset_id == version.points_of:
            taken["points"] += effect.amount
        used = coupons.setdefault(effect.campaign_id, set())
        used.add(facts.get("coupon"))
        taken |= {"uses": len(used)} if len(used) > 1 else {}
    found = {record["campaign"]: dict(record) for record in records}
    given = {record["campaign"] for record in records if not record["count"]}
    of_coupons = {campaign: found.pop(campaign) for campaign in given}
    if len(found) + len(of_coupons) != len(records) or found != due:
        return f"it says {list(records)}, and its effects took {list(due.values())}"
    return _fault_of_given(of_coupons, effects, day, set_up)


def coupons_given(effects: Iterable[E]) -> dict[str, list[tuple[E, int]]]:
    """Return of each template which effects give coupons of it, and how many of it one piece of an effect is.

    Raises one of `UNREADABLE`.
    """
    found: dict[str, list[tuple[E, int]]] = {}
    for effect in effects:
        if effect.kind == EffectKind.ISSUE_COUPON:
            counts: Any = effect.facts["counts"]
            for template, pieces in counts.items():
                found.setdefault(template, []).append((effect, pieces))
    return found


def _fault_of_given(
    found: dict[Any, dict[str, Any]], effects: Iterable[Decided], day: str, set_up: SetUp
) -> str | None:
    """Return what is wrong with what was taken of templates by giving their coupons.

    Which version was published then no row says: it took by the limits of one of them.
    """
    for template, parts in coupons_given(effects).items():
        uses = sum(effect.amount * pieces for effect, pieces in parts)
        record = found.pop(template, None)
        bounds = [dict(version.bounds) for version in set_up.templates.get(template, ())]
        none = {"campaign": template, "day": day, "count": 0, "money": 0, "points": 0, "pointsOf": None}
        due = [none | {"bounds": one} | ({"uses": uses} if uses != 1 else {}) for one in bounds if one]
        if record not in due and (record is not None or all(bounds)):
            return f"it gave {uses} coupons of {template}, and says {record}"
    return f"it gave no coupons of {', '.join(found)}" if found else None


def fault_of_pieces(effect: Decided, set_up: SetUp) -> str | None:
    """Return what is wrong with the templates of which an effect gives coupons: its own, and of a bundle its parts'."""
    if effect.kind != EffectKind.ISSUE_COUPON:
        return None
    facts: Any = effect.facts
    campaign = set_up.coded.get((effect.program_id, facts["template"]))
    if campaign is None or not facts["name"]:
        return f"the program has no template {facts['template']}"
    for version in set_up.templates.get(campaign.id, ()):
        counts = {campaign.id: 1}
        for part in (version.row.coupon or {}).get("bundle") or ():
            of = set_up.coded[effect.program_id, part["template"]].id
            counts[of] = counts.get(of, 0) + part["count"]
        if counts == facts["counts"]:
            return None
    return f"one of {facts['template']} is not {facts['counts']}"
