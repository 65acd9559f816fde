"""Sets of coupons tried on an order: the coupons one after the other, then what comes of shipping."""

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from uuid import UUID

from domain.campaigns import Stage
from domain.effects.amount_off import AmountOffStaged
from domain.effects.base import DISCOUNTS, EffectRule
from domain.effects.discounts import amounts
from domain.given import Given
from domain.remedies import may_break
from domain.sources import Placed, Source


class Candidate:
    """A coupon that may be chosen, with its rules that lower what is to be paid."""

    def __init__(self, source: Source, given: Given) -> None:
        """Take a coupon that may be used of an order as the promotions left it."""
        self.source = source
        assert source.coupon is not None, "only coupons are chosen"
        self.expires_at = source.coupon.expires_at
        self.rules = _at(source, Stage.COUPON)
        self.shipping_rules = _at(source, Stage.SHIPPING)
        self.gains = [_gain(given, rule) for rule in self.rules]
        """What each of its rules alone takes off the goods, in minor units: after any other coupons none takes more."""
        self.shipping_gain = sum(_gain(given, rule) for rule in self.shipping_rules)
        """What its rules take off the whole of the shipping, and no more than that."""

        self.gain = sum(self.gains) + self.shipping_gain
        """What it takes off in all at most; nothing if it cannot lower what is to be paid."""


def _at(source: Source, stage: Stage) -> tuple[EffectRule, ...]:
    return tuple(rule for rule in source.version.effects if source.stage_of(rule) == stage)


def _gain(given: Given, rule: EffectRule) -> int:
    if isinstance(rule, AmountOffStaged):  # a lower bracket may give more than a higher one
        basis = sum(amounts(given.facts, rule.match).values())
        return min(basis, max((row.gives for row in rule.brackets if row.least <= basis), default=0))
    outcome = given.alone(rule)
    return outcome.amount if outcome.kind in DISCOUNTS else 0


def _took(given: Given, source: Source) -> int:
    outcomes = given.outcomes.get(source.key, ())
    return sum(outcome.amount for outcome in outcomes if outcome.kind in DISCOUNTS)


class Trials:
    """Tries sets of coupons of one order, and counts how many."""

    def __init__(self, base: Given, rules: Iterable[Placed], refused: Collection[UUID]) -> None:
        """Take the order as the promotions left it, the rules from there on, and what was found not to apply."""
        self.base = base
        self.rules = [one for one in rules if one.source.key not in refused]
        self.shipping = [one for one in self.rules if one.stage == Stage.SHIPPING]
        self.tried = 0
        self._kept: dict[tuple[int, int], tuple[Given, Candidate, Given | None]] = {}

    def included(self, given: Given, candidate: Candidate) -> Given | None:
        """Return the order with one more coupon; None when it may not be used then, or takes nothing off."""
        key = (id(given), id(candidate))
        if key not in self._kept:
            # With `given`, whose id no other has then.
            self._kept[key] = (given, candidate, self._included(given, candidate))
        return self._kept[key][2]

    def _included(self, given: Given, candidate: Candidate) -> Given | None:
        source = candidate.source
        if given.eligibility.excluded(source) is not None:
            return None
        if not candidate.rules:
            return given
        self.tried += 1
        found = given.fork()
        for rule in candidate.rules:
            if found.attempt(source, rule)[1] is not None:
                return None
        return found if candidate.shipping_rules or _took(found, source) else None

    def payable(self, given: Given, coupons: Sequence[Candidate]) -> int | None:
        """Return what such a set leaves to pay with shipping, in minor units; None when one of it is not used then."""
        keys, out = {one.source.key for one in coupons}, set[UUID]()
        rules = [one for one in self.shipping if one.source.coupon is None or one.source.key in keys]
        if not rules:
            return given.facts.running.payable
        self.tried += 1
        found = given.fork()
        for one in rules:
            source = one.source
            if source.key in out:
                continue
            applies = found.gave(source) or self._applies(found, source)
            if not applies or found.attempt(source, one.rule)[1] is not None:
                out.add(source.key)
        if out & keys or not all(_took(found, one.source) for one in coupons if one.shipping_rules):
            return None
        return found.facts.running.payable

    def must_pay(self, given: Given) -> int:
        """Return what an order that uses no coupon leaves to pay."""
        payable = self.payable(given, ())
        assert payable is not None, "the set of no coupons is legal"
        return payable

    def alone(self, candidate: Candidate) -> int | None:
        """Return what a coupon leaves to pay by itself; None when its budget does not cover it."""
        given = self.included(self.base, candidate)
        return None if given is None else self.payable(given, (candidate,))

    def _applies(self, given: Given, source: Source) -> bool:
        if source.coupon is not None or source.key in given.outcomes:
            return given.eligibility.excluded(source) is None
        return given.eligibility.allows(source)

    @cached_property
    def least_shipping(self) -> int:
        """What is left to pay for shipping at least, whatever the coupons are that take nothing off it.

        Coupons lower what goods cost, so a condition that asks for so much and does not hold without them never does;
        of one with a `not` or an expression nobody knows.
        """
        given = self.base.fork()
        for one in self.shipping:
            version = one.source.version
            if one.source.coupon is None and (may_break(version) or self._applies(self.base, one.source)):
                one.rule.apply(given.facts)
        return given.facts.running.shipping
