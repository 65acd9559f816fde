"""The one function that decides what an order earns. Preview, commit, import and the tests' oracle all call it."""

from datetime import datetime
from uuid import UUID

from domain.amounts import AMOUNT_MAX
from domain.conditions.base import Facts
from domain.effects.base import EffectRule, Outcome, Running
from domain.effects.spend import spent
from domain.explanation import ConditionResult, Explanation, NotApplied, NotAppliedReason
from domain.orders import OrderContent
from domain.program import CampaignVersion, Program, Tier
from domain.refusals import LimitReached
from domain.values import value


@value
class Effect:
    """One thing that was decided, by which version, and why. `amount` is minor units of the asset, never 0."""

    version: CampaignVersion | None
    """None for what the order is paid with."""
    outcome: Outcome
    explanation: Explanation


@value
class Evaluation:
    """What an order costs and gives. Amounts are minor units of the program's currency."""

    subtotal: int
    discount_total: int
    spent: int
    payable: int
    paid: int
    effects: tuple[Effect, ...]
    not_applied: tuple[NotApplied, ...]


def evaluate(
    program: Program,
    order: OrderContent,
    *,
    occurred_at: datetime,
    recorded_at: datetime,
    standings: dict[UUID, Tier],
) -> Evaluation:
    """Return what `program` decides for `order`, given the member's tier on each ladder (none for a guest).

    The result depends on nothing else: not on the clock, the order of lines, or the order of campaigns in the database.
    Raises `LimitReached`, and `InvalidInput` when more would be paid than there is to pay.
    """
    subtotal = order.subtotal
    payments, spent_value, paid = spent(program, order.spend, subtotal + order.shipping)
    payable = subtotal + order.shipping - spent_value
    facts = Facts(program, order, occurred_at, recorded_at, payable, order.member_id, standings)
    running = Running()
    applied: dict[UUID, tuple[ConditionResult, ...]] = {}
    not_applied: list[NotApplied] = []
    rules: list[tuple[int, int, CampaignVersion, EffectRule]] = []
    for rank, version in enumerate(program.campaigns):
        refused = _refused(version, facts)
        if refused:
            not_applied.append(refused)
            continue
        applied[version.id] = version.condition.results(facts) if version.condition else ()
        rules.extend((rule.stage, rank, version, rule) for rule in version.effects)
    effects = [Effect(None, outcome, Explanation(outcome.text, None, (), outcome.arithmetic)) for outcome in payments]
    for _, _, version, rule in sorted(rules, key=lambda row: row[:2]):
        outcome = rule.apply(facts, running)
        if outcome.amount > AMOUNT_MAX:
            limit = program.asset_by_id(outcome.asset_id).spelled(AMOUNT_MAX)
            raise LimitReached("The order would earn more than an account can hold.", limit=limit)
        if outcome.amount:
            conditions = applied[version.id]
            explanation = Explanation(outcome.text, version.label, conditions, outcome.arithmetic)
            effects.append(Effect(version, outcome, explanation))
        else:
            message = f"{version.name} gives nothing: {outcome.text}"
            reason = NotAppliedReason.NOTHING_TO_GIVE
            not_applied.append(NotApplied(version.campaign_id, reason, message, outcome.remedy))
    return Evaluation(subtotal, 0, spent_value, payable, paid, tuple(effects), tuple(not_applied))


def _refused(version: CampaignVersion, facts: Facts) -> NotApplied | None:
    if facts.member_id is None:
        message = f"{version.name} is for members; this order names none."
        return NotApplied(version.campaign_id, NotAppliedReason.NO_MEMBER, message, "Name the member of the order.")
    if not version.runs_at(facts.occurred_at):
        message = f"{version.name} does not run at the time of the order."
        return NotApplied(version.campaign_id, NotAppliedReason.OUTSIDE_WINDOW, message, None)
    if version.condition is None or version.condition.met(facts):
        return None
    results = [result for result in version.condition.results(facts) if not result.met]
    gaps = "; ".join(f"{r.condition}: {r.required} is required, the order has {r.actual}" for r in results)
    remedy = next((result.remedy for result in results if result.remedy), None)
    message = f"{version.name}: {gaps}."
    return NotApplied(version.campaign_id, NotAppliedReason.CONDITION_NOT_MET, message, remedy)
