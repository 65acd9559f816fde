"""The one function that decides what an order costs and gives, and what an occasion does.

Preview, hold, commit, import, back-test and the tests' oracle all call it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from domain.amounts import AMOUNT_MAX
from domain.campaigns import STEPS, Stage, Step, Trigger
from domain.conditions.base import Facts, MemberFacts, OccasionFacts
from domain.effects.base import (
    DISCOUNTS,
    EARNINGS,
    EffectKind,
    EffectRule,
    GiftLine,
    Outcome,
    Parts,
    Running,
    RunningLine,
    Settled,
)
from domain.effects.spend import spent
from domain.eligibility import Eligibility, not_applied
from domain.explanation import ConditionResult, Explanation, NotApplied, NotAppliedReason
from domain.instants import local_day
from domain.orders import LineContent, OrderContent
from domain.program import CampaignVersion, Program
from domain.refusals import InvalidInput, LimitReached
from domain.remedies import of_effect
from domain.usage import Consumed, Reached, Usages, bounds_of
from domain.values import replace, value


@value
class Effect:
    """One thing that was decided, by which version, at which step, and why. `amount` of its outcome is never 0."""

    version: CampaignVersion | None
    """None for what the order is paid with."""
    step: Step
    outcome: Outcome
    explanation: Explanation


@value
class Gift:
    """A line that a campaign adds to the order."""

    ref: str
    line: GiftLine
    campaign_id: UUID


@value
class Evaluation:
    """What an order costs and gives. Amounts are minor units of the program's currency."""

    subtotal: int
    discount_total: int
    """All discounts, that of shipping among them."""
    shipping_discount: int
    spent: int
    payable: int
    paid: int
    effects: tuple[Effect, ...]
    not_applied: tuple[NotApplied, ...]
    discounts: Mapping[str, int]
    """Of each line, by its ref, all its discounts together."""
    gifts: tuple[Gift, ...]
    consumed: tuple[Consumed, ...]
    """What it takes of the campaigns that have limits or budgets."""


def evaluate(
    program: Program,
    order: OrderContent | None,
    *,
    occurred_at: datetime,
    recorded_at: datetime,
    member: MemberFacts | None,
    usages: Usages | None = None,
    trigger: Trigger = Trigger.ORDER,
    occasion: OccasionFacts | None = None,
    settled: Settled | None = None,
) -> Evaluation:
    """Return what `program` decides for an order or an occasion, given what is known of the member (None: a guest).

    With `settled` what the order costs stays, nothing is paid, and only what is earned by it is decided.
    The result depends on nothing else: not on the clock, the order of lines, or the order of campaigns in the database.
    Raises `LimitReached`, and `InvalidInput` when more would be paid than there is to pay.
    """
    spent_up: dict[UUID, Reached] = {}
    while True:
        running = Running.after(settled) if settled else Running.of(order)
        facts = Facts(program, order, occasion, occurred_at, recorded_at, member, running)
        run = _Run(facts, usages or {}, spent_up, settled)
        run.apply(program.candidates(trigger, order, occasion, occurred_at))
        # A campaign whose budget does not cover all that it would give gives nothing. One that has given a part before
        # that is seen is left out, and the others are decided anew: what came after it may have looked at amounts that
        # it changed. So may what is refused.
        if run.passed is None:
            if run.refusal is not None:
                raise run.refusal
            return run.evaluation()
        version_id, limit = run.passed
        spent_up[version_id] = limit


@dataclass(slots=True)
class _Applied:
    """A campaign that applies, and what it gave so far."""

    conditions: tuple[ConditionResult, ...]
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def gave(self) -> bool:
        return any(outcome.amount for outcome in self.outcomes)


class _Run:
    """One pass over the rules."""

    def __init__(self, facts: Facts, usages: Usages, spent_up: Mapping[UUID, Reached], settled: Settled | None) -> None:
        self.facts = facts
        self.settled = settled
        self.program, self.order, self.running = facts.program, facts.order, facts.running
        self.day = local_day(facts.occurred_at, facts.program.zone)
        self.eligibility = Eligibility(facts, self.day, usages, spent_up, _wanted)
        self.applied: dict[UUID, _Applied] = {}
        self.refused: set[UUID] = set()
        self.effects: list[Effect] = []
        self.not_applied: list[NotApplied] = []
        self.gifts: list[Gift] = []
        self.discounts: dict[str, int] = {}
        self.versions: dict[UUID, CampaignVersion] = {}
        self.paid = 0
        self.passed: tuple[UUID, Reached] | None = None
        """A campaign that has given a part of more than its budget has left; the run ends there."""
        self.refusal: InvalidInput | LimitReached | None = None
        """Why the order is refused, unless a campaign is without budget that brought it about."""

    # ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def apply(self, versions: Iterable[CampaignVersion]) -> None:
        """Apply every rule in its place, and the payments between discounts and earning."""
        rules: list[tuple[int, int, CampaignVersion, EffectRule]] = []
        if self.settled:
            self.eligibility.groups.update(self.settled.groups)
        for rank, version in enumerate(sorted(versions, key=lambda one: (one.priority, one.code))):
            self.versions[version.id] = version
            if self.settled and version.campaign_id in self.settled.campaigns:
                continue
            rules.extend((_stage(version, rule), rank, version, rule) for rule in version.effects)
        if self.settled:
            rules = [row for row in rules if row[0] >= Stage.EARN]
        rules.sort(key=lambda row: row[:2])
        is_paid = self.settled is not None
        for stage, _, version, rule in rules:
            if not is_paid and stage >= Stage.EARN:
                is_paid = True
                self._pay()
            if isinstance(self.refusal, LimitReached):
                return
            self._apply(Stage(stage), version, rule)
            if self.passed is not None:
                return
        if not is_paid:
            self._pay()

    def _pay(self) -> None:
        if self.order is None:
            return
        try:
            payments, self.running.spent, self.paid = spent(self.program, self.order.spend, self.running.payable)
        except InvalidInput as refusal:
            self.refusal = refusal
            self.running.spent = self.running.payable
            return
        for step, outcome in payments:
            explanation = Explanation(outcome.text, None, (), outcome.arithmetic)
            self.effects.append(Effect(None, step, outcome, explanation))

    def _apply(self, stage: Stage, version: CampaignVersion, rule: EffectRule) -> None:
        applied = self._applies(version)
        if applied is None:
            return
        self.running.most_times, self.facts.goods = version.limits.per_order, version.goods
        before = self.running.copy() if version.budget.bounded else None
        outcome = rule.apply(self.facts)
        applied.outcomes.append(outcome)
        if before is not None and (passed := self.eligibility.passed(version, _wanted(version, applied.outcomes))):
            self._pass_over(version, applied, passed, before)
            return
        if outcome.amount > AMOUNT_MAX:
            limit = self._spelled_max(outcome)
            self.refusal = LimitReached("The order would earn more than an account can hold.", limit=limit)
            return
        if not outcome.amount:
            message = f"{version.name} gives nothing: {outcome.text}"
            remedy = of_effect(version, rule, outcome.remedy)
            self.not_applied.append(not_applied(version, NotAppliedReason.NOTHING_TO_GIVE, message, remedy))
            return
        if version.group is not None:
            self.eligibility.groups.setdefault(version.group, (version.id, version.name))
        if outcome.gift is not None:
            outcome = self._with_gift(version, outcome, outcome.gift)
        for ref, part in (outcome.parts or {}).items() if outcome.kind is EffectKind.DISCOUNT else ():
            self.discounts[ref] = self.discounts.get(ref, 0) + part
        explanation = Explanation(outcome.text, version.label, applied.conditions, outcome.arithmetic)
        self.effects.append(Effect(version, STEPS[stage], outcome, explanation))

    def _applies(self, version: CampaignVersion) -> _Applied | None:
        """Return what a campaign gave so far, if it applies; else say why not, once."""
        if version.id in self.refused:
            return None
        known = self.applied.get(version.id)
        if known is not None and known.gave:
            return known
        refusal = self.eligibility.refusal(version) if known is None else self.eligibility.group_taken(version)
        if refusal is not None:
            self.refused.add(version.id)
            self.not_applied.append(refusal)
            return None
        if known is None:
            condition = version.condition
            known = self.applied[version.id] = _Applied(condition.results(self.facts) if condition else ())
        return known

    def _pass_over(self, version: CampaignVersion, applied: _Applied, limit: Reached, before: Running) -> None:
        """Let a campaign give nothing whose budget does not cover it."""
        applied.outcomes.pop()
        if applied.gave:
            self.passed = (version.id, limit)
            return
        self.running.restore(before)
        self.refused.add(version.id)
        self.not_applied.append(self.eligibility.bounded(version, limit))

    def _spelled_max(self, outcome: Outcome) -> str:
        if outcome.asset_id is None:
            return self.program.money(AMOUNT_MAX)
        return self.program.asset_by_id(outcome.asset_id).spelled(AMOUNT_MAX)

    def _with_gift(self, version: CampaignVersion, outcome: Outcome, gift: GiftLine) -> Outcome:
        """Add a line for what is given, under a name that no other line has."""
        taken = {line.ref for line in self.running.lines}
        ref = next(name for number in count(1) if (name := f"gift-{number}") not in taken)
        content = LineContent(ref, gift.sku, gift.name, None, gift.quantity, 0)
        self.running.lines.append(RunningLine(content, 0, is_gift=True))
        self.gifts.append(Gift(ref, gift, version.campaign_id))
        # What is given comes back with its own line and no other.
        return replace(outcome, facts=outcome.facts | {"ref": ref, "name": gift.name}, parts={ref: gift.quantity})

    # ── limits and budgets ───────────────────────────────────────────────────────────────────────────────────────────

    def _consumed(self) -> tuple[Consumed, ...]:
        found = []
        for version_id, applied in self.applied.items():
            version = self.versions[version_id]
            if applied.gave and (bounds := bounds_of(version)):
                wanted = _wanted(version, applied.outcomes)
                points_of = version.budget.points_of
                found.append(
                    Consumed(
                        campaign_id=version.campaign_id, day=self.day, bounds=bounds, points_of=points_of, **wanted
                    )
                )
        return tuple(found)

    # ── result ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def evaluation(self) -> Evaluation:
        """Return what was decided."""
        running = self.running
        shipping_discount = running.listed_shipping - running.shipping
        return Evaluation(
            subtotal=self.order.subtotal if self.order else 0,
            discount_total=sum(self.discounts.values()) + shipping_discount,
            shipping_discount=shipping_discount,
            spent=running.spent,
            payable=running.payable,
            paid=self.paid,
            effects=tuple(self.effects),
            not_applied=tuple(self.not_applied),
            discounts=self.discounts,
            gifts=tuple(self.gifts),
            consumed=self._consumed(),
        )


def _stage(version: CampaignVersion, rule: EffectRule) -> int:
    """Return when a rule is applied: discounts of lines at the step that their campaign names."""
    return version.stage if rule.stage is Stage.PROMOTION else rule.stage


def _wanted(version: CampaignVersion, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return how much of its budgets a campaign takes."""
    gave = [outcome for outcome in outcomes if outcome.amount]
    return {
        "money": sum(outcome.amount for outcome in gave if outcome.kind in DISCOUNTS),
        "points": sum(
            outcome.amount
            for outcome in gave
            if outcome.kind in EARNINGS and outcome.asset_id == version.budget.points_of
        ),
        "count": sum(outcome.times for outcome in gave),
    }


def parts_of(outcome: Outcome) -> Parts | None:
    """Return the parts of an outcome that are worth writing down."""
    return {ref: part for ref, part in outcome.parts.items() if part} if outcome.parts is not None else None
