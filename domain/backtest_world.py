"""One program with what its members have come to in it: a world in which past orders happen again."""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from math import gcd
from uuid import UUID

from domain.conditions.base import MemberFacts
from domain.decisions.consumption import take
from domain.effects.base import EARNINGS, EffectKind
from domain.effects.spend import worth
from domain.evaluate import Evaluation, evaluate
from domain.instants import NEVER
from domain.orders import OrderContent
from domain.program import Program, Tier, tier_for
from domain.refusals import InvalidInput
from domain.usage import Usage, UsageKey
from domain.values import replace, value


@value
class Credit:
    """So many minor units of a ladder's qualifying asset, which count in a half-open time."""

    asset_id: UUID
    amount: int
    available_at: datetime
    expires_at: datetime


@value
class PastMember:
    """A member as the period begins.

    `credits` are those made before and still counting, and those that came within the period by other ways than orders.
    """

    facts: MemberFacts
    """Standings, number of orders and the last one are as of the beginning; all else is as of today."""
    credits: tuple[Credit, ...] = ()


@value
class PastOrder:
    """An order to be replayed, with the instant at which it happened."""

    content: OrderContent
    occurred_at: datetime


class Progress:
    """The available balance of one qualifying asset, which moves with the time."""

    __slots__ = ("_coming", "_open", "available")

    def __init__(self) -> None:
        self.available = 0
        self._coming: list[tuple[datetime, datetime, int]] = []
        self._open: list[tuple[datetime, int]] = []

    def add(self, credit: Credit) -> None:
        """Add a credit, which counts from its own instant on."""
        heappush(self._coming, (credit.available_at, credit.expires_at, credit.amount))

    def reach(self, at: datetime) -> None:
        """Move on to an instant, which is never before the last."""
        while self._coming and self._coming[0][0] <= at:
            _, expires_at, amount = heappop(self._coming)
            self.available += amount
            if expires_at < NEVER:
                heappush(self._open, (expires_at, amount))
        while self._open and self._open[0][0] <= at:
            self.available -= heappop(self._open)[1]


@dataclass(slots=True)
class _Now:
    """What a member has come to."""

    facts: MemberFacts
    progress: dict[UUID, Progress] = field(default_factory=dict)

    def of(self, asset_id: UUID) -> Progress:
        return self.progress.setdefault(asset_id, Progress())


class World:
    """A program, its members and the uses of its campaigns. Uses are counted from the first order on."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.usages: dict[UsageKey, Usage] = {}
        self._members: dict[UUID, _Now] = {}
        self._qualifying = {ladder.asset_id for ladder in program.ladders}
        self._lowest = {ladder.id: program.tiers[ladder.id][0] for ladder in program.ladders}

    def meet(self, past: PastMember) -> None:
        """Let a member in, before the first of its orders."""
        facts = dataclasses.replace(past.facts, standings=self._lowest | past.facts.standings)
        now = self._members[facts.id] = _Now(facts)
        for credit in past.credits:
            now.of(credit.asset_id).add(credit)

    def standings(self, member_id: UUID) -> dict[UUID, Tier]:
        """Return the member's tier on each ladder."""
        return self._members[member_id].facts.standings

    def play(self, order: PastOrder) -> Evaluation:
        """Let an order happen, recorded at the instant at which it did. Instants never fall from order to order.

        Raises `LimitReached`.
        """
        member_id = order.content.member_id
        now = self._members[member_id] if member_id else None
        if now:
            for progress in now.progress.values():
                progress.reach(order.occurred_at)
        evaluation = self._evaluated(order, now.facts if now else None)
        if evaluation.consumed:
            take(self.usages, self.program.id, member_id, evaluation.consumed)
        if now:
            self._carry_out(now, order.occurred_at, evaluation)
        return evaluation

    def _evaluated(self, order: PastOrder, member: MemberFacts | None) -> Evaluation:
        """Decide. Where less is to be paid than in the past, less is paid with balances too."""
        content = replace(order.content, spend=fitting(self.program, order.content.spend))
        try:
            return self._decided(content, order.occurred_at, member)
        except InvalidInput:  # they pay more than there is to pay
            unpaid = self._decided(replace(content, spend=()), order.occurred_at, member)
            spend = fitting(self.program, content.spend, unpaid.payable)
            return self._decided(replace(content, spend=spend), order.occurred_at, member)

    def _decided(self, content: OrderContent, at: datetime, member: MemberFacts | None) -> Evaluation:
        return evaluate(self.program, content, occurred_at=at, recorded_at=at, member=member, usages=self.usages)

    def _carry_out(self, now: _Now, at: datetime, evaluation: Evaluation) -> None:
        """Count the order, and do to the member what its effects do: tags, progress, tiers."""
        tags = now.facts.tags
        for effect in evaluation.effects:
            outcome = effect.outcome
            if outcome.kind is EffectKind.TAG:
                tags |= {str(outcome.facts["tag"])}
            elif outcome.asset_id in self._qualifying and outcome.kind in EARNINGS:
                progress = now.of(outcome.asset_id)
                progress.add(self._credit(outcome.asset_id, outcome.amount, at))
                progress.reach(at)
        last = max(at, now.facts.last_order_at or at)
        standings = now.facts.standings
        risen = self._risen(now)
        now.facts = dataclasses.replace(
            now.facts,
            orders=now.facts.orders + 1,
            last_order_at=last,
            tags=tags,
            standings=standings | risen if risen else standings,
        )

    def _credit(self, asset_id: UUID, amount: int, at: datetime) -> Credit:
        asset, zone = self.program.asset_by_id(asset_id), self.program.zone
        available_at = asset.locked_until(at, zone) or at
        return Credit(asset_id, amount, available_at, max(asset.expires_at(at, at, zone), available_at))

    def _risen(self, now: _Now) -> dict[UUID, Tier]:
        """Return the ladders on which progress has reached a higher tier. Tiers do not fall within the period."""
        risen = {}
        for ladder in self.program.ladders:
            progress = now.progress.get(ladder.asset_id)
            tier = tier_for(self.program.tiers[ladder.id], progress.available if progress else 0)
            if tier.rank > now.facts.standings[ladder.id].rank:
                risen[ladder.id] = tier
        return risen


def fitting(
    program: Program, spend: Sequence[tuple[UUID, int]], payable: int | None = None
) -> tuple[tuple[UUID, int], ...]:
    """Return as much of what paid an order as pays by the terms of today, and no more than `payable` in all."""
    return tuple(_fitting(program, spend, payable))


def _fitting(program: Program, spend: Sequence[tuple[UUID, int]], payable: int | None) -> Iterable[tuple[UUID, int]]:
    left = payable
    for asset_id, amount in spend:
        asset = program.asset_by_id(asset_id)
        if not asset.pay_amount:
            continue
        divisor = gcd(asset.pay_amount, asset.pay_value)
        step, step_value = asset.pay_amount // divisor, asset.pay_value // divisor
        steps = amount // step if left is None else min(amount // step, left // step_value)
        if steps:
            if left is not None:
                left -= worth(asset, steps * step) or 0
            yield asset_id, steps * step
