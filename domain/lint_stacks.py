"""Discounts that together may leave nothing, or next to nothing, to pay for the goods."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from domain.campaigns import Step, Trigger
from domain.findings import Finding
from domain.setup import CampaignSetUp, SetUp
from domain.values import keyword_value

ONE, PERCENT = Decimal(1), Decimal(100)
STEEP = Decimal("0.8")
"""A stack that takes off so much is worth a look."""
CAMPAIGNS_MAX = 300
"""Of more discounts than this, those that take off most are looked at."""
AMOUNTS = frozenset({"amountOff", "amountOffStaged", "amountOffByTier"})
"""Effects that take the same off however much is left of the listed price."""
BY_TIER = frozenset({"percentOffByTier", "amountOffByTier"})
"""Effects that give nothing to members of a tier which they do not name."""
NAMED_MAX = 5
"""Of a stack of more campaigns than this, those are named that take off most."""


@keyword_value
class Taken:
    """What one campaign takes off at most: a share of what is left before it, or of the listed price."""

    campaign: CampaignSetUp
    share: Decimal
    of_listed: bool
    tiers: frozenset[str] | None
    """The tiers that it is for; None for all."""
    below: tuple[str, ...]


def stacks(setup: SetUp, running: list[CampaignSetUp]) -> Iterator[Finding]:
    """Yield the campaigns that alone may leave nothing to pay, and of the others the stack that leaves least."""
    taken = []
    for one in running:
        if one.version.trigger != Trigger.ORDER:
            continue
        most = _taken(one)
        if most.share >= ONE:
            yield Finding(
                rule="STACK_REACHES_ZERO",
                section="campaigns",
                code=one.code,
                below=most.below,
                message="It can take off all that the goods cost.",
                remedy="Ask for a `minimumSpend` above the amount, or take less off.",
            )
        elif most.share > 0:
            taken.append(most)
    taken.sort(key=lambda one: (-one.share, one.campaign.code))
    yield from _worst(setup, taken[:CAMPAIGNS_MAX])


def _worst(setup: SetUp, taken: list[Taken]) -> Iterator[Finding]:
    """Yield the stack of several campaigns that leaves the least, if that is little."""
    tiers = [None, *(tier.code for ladder in setup.ladders.values() for tier in ladder.tiers)]
    least, stack = ONE, list[Taken]()
    for start in sorted({one.campaign.version.starts_at for one in taken}):
        now = [one for one in taken if one.campaign.version.starts_at <= start < one.campaign.version.ends_at]
        for tier in tiers:
            together = _together([one for one in now if one.tiers is None or tier in one.tiers])
            left = _left(together)
            if len(together) > 1 and left < least:
                least, stack = left, together
    if not stack or ONE - least < STEEP:
        return
    shown = sorted(sorted(stack, key=lambda one: (-one.share, one.campaign.code))[:NAMED_MAX], key=_place)
    names = [one.campaign.code for one in shown]
    more = len(stack) - len(shown)
    said = [*names, f"{more} more"] if more else names
    zero = least <= 0
    share = f"{(ONE - max(least, Decimal(0))) * PERCENT:.2f}".rstrip("0").rstrip(".")
    yield Finding(
        rule="STACK_REACHES_ZERO" if zero else "STEEP_STACK",
        section="campaigns",
        code=names[-1],
        below=shown[-1].below,
        message=f"{', '.join(said[:-1])} and {said[-1]} may apply to one order, and take off up to {share} % of the "
        "goods together.",
        remedy="Give them one `stackingGroup`, so that only one of them applies.",
    )


def _together(taken: list[Taken]) -> list[Taken]:
    """Return what may apply to one order, in the order of evaluation: of each stacking group what takes off most."""
    groups: dict[str, Taken] = {}
    found = []
    for one in taken:  # the largest first
        group = one.campaign.version.stacking_group
        if group is None:
            found.append(one)
        else:
            groups.setdefault(group, one)
    return sorted([*found, *groups.values()], key=_place)


def _place(one: Taken) -> tuple[bool, int, str]:
    version = one.campaign.version
    return (version.step != Step.MEMBER_PRICE, version.priority, one.campaign.code)


def _left(stack: list[Taken]) -> Decimal:
    """Return which share of the listed price is left after all of them, each on what the one before it left."""
    left = ONE
    for one in stack:
        left -= one.share if one.of_listed else left * one.share
    return left


def _taken(one: CampaignSetUp) -> Taken:
    """Return what a campaign takes off at most, by all its effects."""
    conditions = list(_required(one.version.conditions or {}))
    least, of_listed = _minimum(conditions)
    tiers = [frozenset(part["codes"]) for condition, part in conditions if condition == "tier"]
    left, largest = ONE, Decimal(0)
    below: tuple[str, ...] = ("effects",)
    names = set()
    by_tier = set[str]()
    for index, form in enumerate(one.version.effects):
        ((name, body),) = form.items()
        share = SHARES[name](body, least) if name in SHARES else Decimal(0)
        left *= ONE - share
        names |= {name} if share else set()
        if share > largest:
            largest, below = share, ("effects", str(index), name)
        if name in BY_TIER:
            by_tier |= {row["tier"] for row in body["tiers"]}
    if names and names <= BY_TIER:  # any other discount is for every tier that the conditions let in
        tiers.append(frozenset(by_tier))
    return Taken(
        campaign=one,
        share=ONE - left,
        of_listed=of_listed and names <= AMOUNTS,
        tiers=frozenset.intersection(*tiers) if tiers else None,
        below=below,
    )


def _number(body: Mapping[str, Any], name: str) -> Decimal:
    return Decimal(str(body[name]))


def _percent(body: Mapping[str, Any], _: Decimal) -> Decimal:
    return _number(body, "percent") / PERCENT


def _percent_by_tier(body: Mapping[str, Any], _: Decimal) -> Decimal:
    return max(_number(row, "percent") for row in body["tiers"]) / PERCENT


def _amount(body: Mapping[str, Any], least: Decimal) -> Decimal:
    return _part(_number(body, "amount"), _number(body, "every") if body.get("every") is not None else least)


def _amount_by_tier(body: Mapping[str, Any], least: Decimal) -> Decimal:
    return max(_part(_number(row, "amount"), least) for row in body["tiers"])


def _staged(body: Mapping[str, Any], least: Decimal) -> Decimal:
    return max(_part(_number(row, "amount"), max(least, _number(row, "from"))) for row in body["brackets"])


def _cheapest(body: Mapping[str, Any], _: Decimal) -> Decimal:
    percent = _number(body, "percent") if body.get("percent") is not None else PERCENT
    return Decimal(body["free"]) / Decimal(body["group"]) * percent / PERCENT


def _nth(body: Mapping[str, Any], _: Decimal) -> Decimal:
    return _number(body, "percent") / PERCENT / Decimal(body["n"])


def _price(body: Mapping[str, Any], _: Decimal) -> Decimal:
    """Return all of it for a price of nothing; what another one takes off depends on prices that nobody knows."""
    return Decimal(0) if body.get("price") is not None and _number(body, "price") else ONE


SHARES: dict[str, Callable[[Mapping[str, Any], Decimal], Decimal]] = {
    "percentOff": _percent,
    "percentOffByTier": _percent_by_tier,
    "amountOff": _amount,
    "amountOffStaged": _staged,
    "amountOffByTier": _amount_by_tier,
    "cheapestOff": _cheapest,
    "nthItemOff": _nth,
    "fixedPrice": _price,
    "exchange": _price,
    "bundlePrice": _price,
}
"""Which share of the goods an effect takes off at most, by its name, of an order that costs so much at least."""


def _part(amount: Decimal, least: Decimal) -> Decimal:
    return ONE if least <= amount else amount / least


def _minimum(conditions: list[tuple[str, Any]]) -> tuple[Decimal, bool]:
    """Return what an order has to cost at least, and whether that is meant before discounts."""
    found = [
        (Decimal(str(body["amount"])), body.get("of") == "LISTED")
        for name, body in conditions
        if name == "minimumSpend"
    ]
    return max(found, default=(Decimal(0), False))


def _required(form: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what must hold in any case."""
    for name, body in form.items():
        if name == "all":
            for part in body:
                yield from _required(part)
        else:
            yield name, body
