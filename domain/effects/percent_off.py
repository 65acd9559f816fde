"""`percentOff` and `percentOffByTier`: a share of what is left to pay for some goods."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.amounts import Rounding, spelled
from domain.conditions.base import Facts
from domain.effects.base import NAME_MEMBER, NO_MEMBER, EffectKind, Outcome, Promotion, nothing
from domain.effects.by_tier import best, nearest
from domain.effects.discounts import amounts, discount, least, more, percent_text, percentage
from domain.matching import EVERYTHING, Match


@dataclass(frozen=True, slots=True)
class PercentOff(Promotion):
    """`percent` of what is left to pay for the lines that are meant, at most `cap` minor units of currency."""

    percent: Decimal
    match: Match = EVERYTHING
    cap: int | None = None
    rounding: Rounding = Rounding.HALF_UP

    def give(self, facts: Facts) -> Outcome:
        """Take the share off, spread over the lines."""
        return percent_off(facts, self.percent, self.match, self.rounding, cap=self.cap)


@dataclass(frozen=True, slots=True)
class PercentOffByTier(Promotion):
    """The share that the member's tier has, the highest where ladders differ; a tier that is not named has none."""

    percents: Mapping[str, Decimal]
    match: Match = EVERYTHING
    rounding: Rounding = Rounding.HALF_UP

    def give(self, facts: Facts) -> Outcome:
        """Take the share of the member's tier off."""
        if facts.member is None:
            return nothing(EffectKind.DISCOUNT, NO_MEMBER, NAME_MEMBER)
        code = best(facts, self.percents)
        if code is not None:
            return percent_off(facts, self.percents[code], self.match, self.rounding, tier=code)
        basis = sum(amounts(facts, self.match).values())
        tier = nearest(facts, self.percents, lambda percent: basis >= least(percent, self.rounding))
        remedy = f"{tier.code} members get {percent_text(self.percents[tier.code])} off." if tier else None
        return nothing(EffectKind.DISCOUNT, "the tier of the member has no share of its own.", remedy)


def percent_off(
    facts: Facts,
    percent: Decimal,
    match: Match,
    rounding: Rounding,
    *,
    cap: int | None = None,
    tier: str | None = None,
) -> Outcome:
    """Take so many percent off what is meant, which are those of `tier` if it is given."""
    money, scale = facts.program.money, facts.program.currency_scale
    weights = amounts(facts, match)
    basis = sum(weights.values())
    total, steps = percentage(basis, percent, rounding, scale)
    if not total:
        text = f"{percent_text(percent)} of {money(basis)} for {match.text} come to nothing."
        return nothing(EffectKind.DISCOUNT, text, more(facts, least(percent, rounding) - basis, match))
    words = f"{match.text}: {percent_text(percent)}"
    if tier is not None:
        words += f" as {tier}"
    details: dict[str, Any] = {"basis": basis, "percent": str(percent), "rounding": rounding.value}
    if cap is not None:
        details["cap"] = cap
        if cap < total:
            step = f"{spelled(total, scale)}, at most {spelled(cap, scale)} = {spelled(cap, scale)}"
            total, steps, words = cap, (*steps, step), f"{words}, at most {money(cap)}"
    return discount(facts, total, weights, text=words, arithmetic=steps, details=details)
