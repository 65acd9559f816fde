"""What campaigns and coupons gave so far in an evaluation, or in the trial of a set of coupons."""

from dataclasses import dataclass, field
from uuid import UUID

from domain.conditions.base import Facts
from domain.effects.base import EffectKind, EffectRule, Outcome, Promotion
from domain.effects.shipping_off import ShippingOff
from domain.eligibility import Eligibility
from domain.evaluation import wanted_by
from domain.sources import Source
from domain.usage import Reached
from domain.values import replace

Decided = tuple[int, int | None, tuple[int, ...]]
"""A rule by its identity, how often it may repeat, and the amounts of which it decided."""


@dataclass(slots=True)
class Given:
    """The amounts, who took which stacking group, and what each of those gave that apply."""

    eligibility: Eligibility
    outcomes: dict[UUID, list[Outcome]] = field(default_factory=dict)
    """By the key of its source; a source that is not there was not found to apply yet."""
    decided: dict[Decided, Outcome] = field(default_factory=dict)
    """What rules of coupons decided, in this and in all forks: many sets have the same beginning."""

    @property
    def facts(self) -> Facts:
        """What rules look at."""
        return self.eligibility.facts

    def fork(self) -> "Given":
        """Return a copy that may be moved on by itself."""
        facts = replace(self.facts, running=self.facts.running.copy(), expressions={})
        return Given(self.eligibility.fork(facts), dict(self.outcomes), self.decided)

    def gave(self, source: Source) -> bool:
        """Whether a source gave something."""
        return any(outcome.amount for outcome in self.outcomes.get(source.key, ()))

    def attempt(self, source: Source, rule: EffectRule) -> tuple[Outcome, Reached | None]:
        """Let a source give what one of its rules decides, or return with it the bound that this would pass."""
        facts, version = self.facts, source.version
        facts.running.most_times, facts.goods = version.limits.per_order, version.goods
        before = facts.running.copy() if version.budget.bounded else None
        outcome = self.decide(rule) if source.coupon else rule.apply(facts)
        outcomes = [*self.outcomes.get(source.key, ()), outcome]
        if before is not None:
            limit = self.eligibility.passed(source, wanted_by(version, outcomes))
            if limit is not None:
                facts.running.restore(before)
                return outcome, limit
        self.outcomes[source.key] = outcomes
        if outcome.amount:
            self.eligibility.note(source, outcomes)
        return outcome, None

    def alone(self, rule: EffectRule) -> Outcome:
        """Return what a rule would decide by itself, as often as it comes; the amounts stay."""
        facts, before = self.facts, self.facts.running
        facts.running = before.copy()
        facts.running.most_times = None
        outcome = self.decide(rule)
        facts.running = before
        return outcome

    def decide(self, rule: EffectRule) -> Outcome:
        """Return what a rule decides, and move the amounts on; what it decided of the same amounts is not made anew."""
        running = self.facts.running
        if isinstance(rule, Promotion):
            amounts = tuple([line.amount for line in running.lines])
        elif isinstance(rule, ShippingOff):
            amounts = (running.shipping,)
        else:
            return rule.apply(self.facts)
        key = (id(rule), running.most_times, amounts)
        outcome = self.decided.get(key)
        if outcome is None:
            outcome = self.decided[key] = rule.apply(self.facts)
        elif outcome.kind is EffectKind.DISCOUNT:
            running.take_off(outcome.parts or {})
        elif outcome.kind is EffectKind.SHIPPING_DISCOUNT:
            running.shipping -= outcome.amount
        return outcome
