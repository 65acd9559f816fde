"""`amountOff`, `amountOffStaged` and `amountOffByTier`: an amount off, never more than there is left to pay."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.amounts import spelled
from domain.conditions.base import Facts
from domain.effects.base import NAME_MEMBER, NO_MEMBER, EffectKind, Outcome, Promotion, nothing
from domain.effects.brackets import Bracket, lowest, reached
from domain.effects.by_tier import best, nearest
from domain.effects.discounts import amounts, discount, more, times_text
from domain.matching import EVERYTHING, Match


@dataclass(frozen=True, slots=True)
class AmountOff(Promotion):
    """`amount` off the lines that are meant; with `every`, once for each so much left to pay for them.

    Amounts are minor units of the program's currency. It is given at most `times` times; None: as often as it comes.
    """

    amount: int
    match: Match = EVERYTHING
    every: int | None = None
    times: int | None = None

    def give(self, facts: Facts) -> Outcome:
        """Take the amount off, as often as it comes."""
        money, scale = facts.program.money, facts.program.currency_scale
        basis = sum(amounts(facts, self.match).values())
        if self.every is None:
            words = f"{self.match.text}: {money(self.amount)}"
            return _amount_off(
                facts, self.match, self.amount, words=words, details={"basis": basis, "each": self.amount}
            )
        could = basis // self.every
        times, bounded = facts.running.repeated(could, self.times)
        if not times:
            text = f"{money(basis)} for {self.match.text}, and {money(self.every)} are needed."
            return nothing(EffectKind.DISCOUNT, text, more(facts, self.every - basis, self.match))
        each, every = spelled(self.amount, scale), spelled(self.every, scale)
        wanted = self.amount * times
        words = f"{self.match.text}: {money(self.amount)} for each {money(self.every)}, {times_text(times)}"
        arithmetic = (
            f"{spelled(basis, scale)} ÷ {every} rounded down = {could}",
            *bounded,
            f"{each} × {times} = {spelled(wanted, scale)}",
        )
        details = {"basis": basis, "each": self.amount, "every": self.every, "times": times}
        return _amount_off(facts, self.match, wanted, words=words, details=details, arithmetic=arithmetic, times=times)


@dataclass(frozen=True, slots=True)
class AmountOffStaged(Promotion):
    """What the highest bracket takes off that is reached by what is left to pay for the lines that are meant."""

    brackets: tuple[Bracket, ...]
    match: Match = EVERYTHING

    def give(self, facts: Facts) -> Outcome:
        """Take the amount of the bracket off."""
        money, scale = facts.program.money, facts.program.currency_scale
        basis = sum(amounts(facts, self.match).values())
        bracket = reached(self.brackets, basis)
        if bracket is None:
            needed = lowest(self.brackets)
            text = f"{money(basis)} for {self.match.text}, and {money(needed)} are needed."
            return nothing(EffectKind.DISCOUNT, text, more(facts, needed - basis, self.match))
        words = f"{self.match.text}: {money(bracket.gives)} from {money(bracket.least)} on"
        step = f"{spelled(basis, scale)} reaches {spelled(bracket.least, scale)} = {spelled(bracket.gives, scale)}"
        details = {"basis": basis, "from": bracket.least, "each": bracket.gives}
        return _amount_off(facts, self.match, bracket.gives, words=words, details=details, arithmetic=(step,))


@dataclass(frozen=True, slots=True)
class AmountOffByTier(Promotion):
    """The amount that the member's tier has, the highest where ladders differ; a tier that is not named has none.

    Amounts are minor units of the program's currency.
    """

    amounts: Mapping[str, int]
    match: Match = EVERYTHING

    def give(self, facts: Facts) -> Outcome:
        """Take the amount of the member's tier off."""
        if facts.member is None:
            return nothing(EffectKind.DISCOUNT, NO_MEMBER, NAME_MEMBER)
        money = facts.program.money
        code = best(facts, self.amounts)
        basis = sum(amounts(facts, self.match).values())
        if code is None:
            tier = nearest(facts, self.amounts, lambda _: basis > 0)
            remedy = f"{tier.code} members get {money(self.amounts[tier.code])} off." if tier else None
            return nothing(EffectKind.DISCOUNT, "the tier of the member has no amount of its own.", remedy)
        wanted = self.amounts[code]
        words = f"{self.match.text}: {money(wanted)} as {code}"
        return _amount_off(facts, self.match, wanted, words=words, details={"basis": basis, "each": wanted})


def _amount_off(
    facts: Facts,
    match: Match,
    wanted: int,
    *,
    words: str,
    details: dict[str, Any],
    arithmetic: tuple[str, ...] = (),
    times: int = 1,
) -> Outcome:
    """Take `wanted` off, or what there is left to pay if that is less."""
    weights = amounts(facts, match)
    basis = sum(weights.values())
    if not basis:
        return nothing(EffectKind.DISCOUNT, f"nothing is left to pay for {match.text}.", more(facts, 1, match))
    scale = facts.program.currency_scale
    total = min(wanted, basis)
    if total < wanted:
        words += ", cut to what is left to pay"
        arithmetic += (f"{spelled(wanted, scale)}, cut to what is left to pay = {spelled(total, scale)}",)
    arithmetic = arithmetic or (f"fixed = {spelled(total, scale)}",)
    return discount(facts, total, weights, text=words, arithmetic=arithmetic, details=details, times=times)
