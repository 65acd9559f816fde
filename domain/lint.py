"""What is legal in a set-up and hardly meant: each finding names the part, why it is one, and how to mend it.

Nothing here looks at a database or a clock: a set-up has the same findings on every day.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import prod
from typing import Any

from domain.amounts import spelled
from domain.campaigns import Step, Trigger
from domain.findings import Finding
from domain.instants import NEVER
from domain.lint_conditions import BETWEEN, contradictions, never_meet
from domain.lint_stacks import BY_TIER, SHARES, stacks
from domain.setup import CampaignSetUp, SetUp, StoredState

FACTOR_HIGH = Decimal(5)
"""A multiplier of so much is worth a bound or an end."""
EARNINGS = frozenset({"earn", "earnFixed", "earnStaged", "grantChances"})
FIXED = frozenset({"earnFixed", "grantChances", "addProgress"})
"""Effects that need no order."""
MULTIPLIERS = frozenset({"multiplyEarn", "multiplyEarnByTier"})
GIFTS = frozenset({*SHARES, "shippingOff", "gift"})
BOUNDS = ("perMember", "perMemberDay", "perDay", "total")


def lint(setup: SetUp) -> list[Finding]:
    """Return the findings, by section, code and part. Campaigns and templates that have ended are left aside."""
    campaigns = [one for _, one in sorted(setup.campaigns.items()) if one.state is not StoredState.ENDED]
    running = [one for one in campaigns if one.state is StoredState.RUNNING]
    found = [*_ladders(setup, running), *_exclusives(setup, running), *stacks(setup, running)]
    for one in campaigns:
        found += [*_unbounded(one), *_without_base(one, running), *contradictions(setup, one)]
    for one in (one for _, one in sorted(setup.templates.items()) if one.state is not StoredState.ENDED):
        found += [
            *(_unbounded(one) if _is_open(one) else ()),
            *_without_base(one, running),
            *contradictions(setup, one),
        ]
    return sorted(found, key=lambda one: (one.section, one.code, one.rule, one.below))


def effects_of(one: CampaignSetUp) -> Iterator[tuple[int, str, Any]]:
    """Yield place, name and body of each effect."""
    for index, form in enumerate(one.version.effects):
        ((name, body),) = form.items()
        yield index, name, body


# ── ladders ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _ladders(setup: SetUp, running: list[CampaignSetUp]) -> Iterator[Finding]:
    earned = {asset for one in running for _, _, asset in _earned(setup, one)}
    for code, ladder in sorted(setup.ladders.items()):
        scale = setup.assets[ladder.asset].asset.scale
        for index, tier in enumerate(ladder.tiers):
            # The lowest tier is where members stand who have nothing; any other needs what it asks for.
            least = tier.threshold if index else 0
            above = next((one for one in ladder.tiers[index + 1 :] if one.threshold <= least), None)
            if above is not None:
                yield Finding(
                    rule="UNREACHABLE_TIER",
                    section="ladders",
                    code=code,
                    below=("tiers", str(index)),
                    message=f"Nobody stays on {tier.code}: the higher tier {above.code} asks for "
                    f"{spelled(above.threshold, scale)}, and {tier.code} for {spelled(tier.threshold, scale)}.",
                    remedy=f"Let {above.code} ask for more than {tier.code}, or leave {tier.code} out.",
                )
        if len(ladder.tiers) > 1 and ladder.asset not in earned:
            names = ", ".join(tier.code for tier in ladder.tiers[1:])
            yield Finding(
                rule="UNREACHABLE_TIER",
                section="ladders",
                code=code,
                below=("asset",),
                message=f"No running campaign earns {ladder.asset}, so nobody reaches {names} but by hand.",
                remedy=f"Earn {ladder.asset}: `earn: {{asset: {ladder.asset}, points: 1, per: 1, rounding: DOWN}}`.",
            )


def _earned(setup: SetUp, one: CampaignSetUp) -> Iterator[tuple[int, str, str]]:
    """Yield place, name and asset of each effect that earns something by itself."""
    for index, name, body in effects_of(one):
        if name in EARNINGS:
            yield index, name, body["asset"]
        elif name == "addProgress":
            yield index, name, setup.ladders[body["ladder"]].asset


# ── one campaign or template ─────────────────────────────────────────────────────────────────────────────────────────


def _is_open(template: CampaignSetUp) -> bool:
    """Whether anybody may have coupons of a template for nothing: those of others somebody issues."""
    coupon = template.version.coupon or {}
    return coupon.get("sharedCode") is not None or bool(coupon.get("claimable") and coupon.get("price") is None)


def _unbounded(one: CampaignSetUp) -> Iterator[Finding]:
    version = one.version
    bounded = any((version.limits or {}).get(name) is not None for name in BOUNDS)
    if bounded or any(part is not None for part in (version.budget or {}).values()) or version.ends_at != NEVER:
        return
    together = _products(one)
    for index, name, body in effects_of(one):
        if name in GIFTS - BY_TIER and version.step != Step.MEMBER_PRICE:
            what = "gives without end or bound"
        elif name in FIXED and version.trigger == Trigger.EVENT:
            what = f"gives {_given(body)} for each event, however many are sent"
        elif name in FIXED and version.trigger == Trigger.SCHEDULE and not _on_one_day(version.conditions or {}):
            what = f"gives {_given(body)} on each day, for ever"
        elif name == "multiplyEarn" and Decimal(str(body["factor"])) >= FACTOR_HIGH:
            what = f"multiplies by {body['factor']} without end or bound"
        elif index in together:
            what = f"and the multipliers before it multiply by {together[index]} together, without end or bound"
        else:
            continue
        yield Finding(
            rule="UNBOUNDED_BUDGET",
            section=one.section,
            code=one.code,
            below=("effects", str(index), name),
            message=f"`{name}` {what}.",
            remedy=f"Give it `limits`{', a `budget`' if version.coupon is None else ''} or an `endsAt`.",
        )


def _given(body: Any) -> str:
    return str(body["asset"] if "asset" in body else f"progress of {body['ladder']}")


def _on_one_day(form: Mapping[str, Any]) -> bool:
    """Whether a condition that must hold keeps a schedule to one day: of a year, or after an enrolment or an order."""
    for name, body in form.items():
        if name == "all" and any(_on_one_day(part) for part in body):
            return True
        if name == "birthday" and not any(body.get(part) for part in ("daysBefore", "daysAfter", "wholeMonth")):
            return True
        if name in BETWEEN and body.get("atLeast") is not None and body.get("atLeast") == body.get("atMost"):
            return True
    return False


def _products(one: CampaignSetUp) -> dict[int, str]:
    """Return what several multipliers of one asset make together, by the place with which it is worth a bound.

    Of a multiplier by tier the highest counts; such ones alone are meant to go on.
    """
    factors: dict[str, list[Decimal]] = defaultdict(list)
    flat, named, found = set[str](), set[str](), {}
    for index, name, body in effects_of(one):
        if name not in MULTIPLIERS:
            continue
        asset, is_flat = body["asset"], name == "multiplyEarn"
        most = max(Decimal(str(row["factor"])) for row in ([body] if is_flat else body["factors"]))
        factors[asset].append(most)
        flat |= {asset} if is_flat else set()
        product = prod(factors[asset], start=Decimal(1))
        if is_flat and most >= FACTOR_HIGH:
            named.add(asset)  # by itself
        elif len(factors[asset]) > 1 and product >= FACTOR_HIGH and asset in flat - named:
            named.add(asset)
            found[index] = f"{product.normalize():f}"
    return found


def _without_base(one: CampaignSetUp, running: list[CampaignSetUp]) -> Iterator[Finding]:
    for index, name, body in effects_of(one):
        if name not in MULTIPLIERS:
            continue
        asset = body["asset"]
        others = [other for other in running if other.version.trigger == Trigger.ORDER and _overlap(one, other)]
        if not any(
            base in EARNINGS and said["asset"] == asset for other in others for _, base, said in effects_of(other)
        ):
            yield Finding(
                rule="MULTIPLIER_WITHOUT_BASE",
                section=one.section,
                code=one.code,
                below=("effects", str(index), name),
                message=f"Orders earn no {asset} while it runs, so there is nothing to multiply.",
                remedy=f"Let a campaign with the trigger ORDER earn {asset}.",
            )


# ── campaigns beside each other ──────────────────────────────────────────────────────────────────────────────────────


def _exclusives(setup: SetUp, running: list[CampaignSetUp]) -> Iterator[Finding]:
    rivals: dict[tuple[str, str, int, str], list[CampaignSetUp]] = defaultdict(list)
    for one in running:
        version = one.version
        if version.stacking_group is not None:
            # Of two steps the earlier one comes first, whatever the priorities.
            rivals[version.stacking_group, str(version.trigger), version.priority, str(version.step)].append(one)
    for (group, _, priority, _), members in sorted(rivals.items()):
        members.sort(key=lambda one: one.code)
        for index, second in enumerate(members):
            rival = (one for one in members[:index] if _overlap(one, second) and not never_meet(setup, one, second))
            if first := next(rival, None):
                yield Finding(
                    rule="OVERLAPPING_EXCLUSIVE",
                    section="campaigns",
                    code=second.code,
                    below=("priority",),
                    message=f"{first.code} and {second.code} exclude each other (group {group}), run at the same time "
                    f"and have the priority {priority}: that {first.code} goes first is decided by its code alone.",
                    remedy="Give them different priorities, or windows that do not overlap.",
                )


def _overlap(one: CampaignSetUp, other: CampaignSetUp) -> bool:
    mine, theirs = one.version, other.version
    return mine.starts_at < theirs.ends_at and theirs.starts_at < mine.ends_at
