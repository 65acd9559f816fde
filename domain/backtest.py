"""Back-tests: past orders happen again, in the program as it is and in the program as it would be.

Pure: orders and members are handed in, in the order in which the orders happened. Memory grows with the members and
with what limits count of them, not with the orders.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from heapq import nlargest
from uuid import UUID

from domain.assets import Asset, AssetKind
from domain.backtest_report import BacktestReport, Change, MemberChange, TierMove
from domain.backtest_world import PastMember, PastOrder, World
from domain.effects.base import EARNINGS
from domain.evaluate import Evaluation
from domain.explanation import NotAppliedReason
from domain.program import Program
from domain.values import value

SHOWN_MAX = 10
"""How many of the members best off and worst off are named."""


@value
class _Sums:
    """What one world gave to one order."""

    discount: int
    payable: int
    points: dict[UUID, int]
    gifts: dict[str, int]

    @classmethod
    def of(cls, evaluation: Evaluation) -> "_Sums":
        points: dict[UUID, int] = {}
        for effect in evaluation.effects:
            outcome = effect.outcome
            if outcome.asset_id is not None and outcome.kind in EARNINGS:
                points[outcome.asset_id] = points.get(outcome.asset_id, 0) + outcome.amount
        gifts: dict[str, int] = {}
        for gift in evaluation.gifts:
            gifts[gift.line.sku] = gifts.get(gift.line.sku, 0) + gift.line.quantity
        return cls(evaluation.discount_total, evaluation.payable, points, gifts)


@dataclass(slots=True)
class _Totals:
    """What one world gave in all."""

    discount: int = 0
    payable: int = 0
    gifts: int = 0
    points: Counter[UUID] = field(default_factory=Counter)

    def add(self, sums: _Sums) -> None:
        self.discount += sums.discount
        self.payable += sums.payable
        self.gifts += sum(sums.gifts.values())
        for asset_id, amount in sums.points.items():
            self.points[asset_id] += amount


@dataclass(slots=True)
class _Gain:
    """What one member would have more of."""

    discount: int = 0
    points: Counter[UUID] = field(default_factory=Counter)


class Backtest:
    """Compares two programs, of which one lacks a campaign or has another version of it, over past orders."""

    def __init__(self, before: Program, after: Program, campaign_id: UUID) -> None:
        self.before, self.after = World(before), World(after)
        self._campaign_id = campaign_id
        self._without = all(version.campaign_id != campaign_id for version in after.campaigns)
        self._totals = _Totals(), _Totals()
        self._members: set[UUID] = set()
        self._gains: dict[UUID, _Gain] = {}
        self._considered = self._applied = self._touched = 0
        self._reasons: Counter[NotAppliedReason] = Counter()
        self._first_at: dict[NotAppliedReason, datetime] = {}

    def meet(self, past: PastMember) -> None:
        """Let a member into both worlds, before the first of its orders."""
        self._members.add(past.facts.id)
        self.before.meet(past)
        self.after.meet(past)

    def replay(self, order: PastOrder) -> None:
        """Let an order happen in both worlds, no earlier than the one before it. Raises `LimitReached`."""
        evaluations = self.before.play(order), self.after.play(order)
        before, after = _Sums.of(evaluations[0]), _Sums.of(evaluations[1])
        self._considered += 1
        self._totals[0].add(before)
        self._totals[1].add(after)
        self._look_at_campaign(order, evaluations[0] if self._without else evaluations[1])
        if before != after:
            self._touched += 1
            if order.content.member_id is not None:
                self._gain(order.content.member_id, before, after)

    def _look_at_campaign(self, order: PastOrder, evaluation: Evaluation) -> None:
        """Note whether the campaign gave something in the world that has it, and if not, why."""
        if any(effect.version and effect.version.campaign_id == self._campaign_id for effect in evaluation.effects):
            self._applied += 1
            return
        for reason in {one.reason for one in evaluation.not_applied if one.campaign_id == self._campaign_id}:
            self._reasons[reason] += 1
            self._first_at.setdefault(reason, order.occurred_at)

    def _gain(self, member_id: UUID, before: _Sums, after: _Sums) -> None:
        gain = self._gains.setdefault(member_id, _Gain())
        gain.discount += after.discount - before.discount
        for asset_id, amount in after.points.items():
            gain.points[asset_id] += amount
        for asset_id, amount in before.points.items():
            gain.points[asset_id] -= amount

    def report(self) -> BacktestReport:
        """Return what was found so far."""
        before, after = self._totals
        winners, losers = self._ranked()
        return BacktestReport(
            orders_considered=self._considered,
            orders_applied=self._applied,
            orders_touched=self._touched,
            members_considered=len(self._members),
            members_touched=len(self._gains),
            discount=Change(before.discount, after.discount),
            payable=Change(before.payable, after.payable),
            gifts=Change(before.gifts, after.gifts),
            points={
                asset.id: Change(before.points[asset.id], after.points[asset.id])
                for asset in self.before.program.assets
                if asset.id in before.points or asset.id in after.points
            },
            tier_moves=self._tier_moves(),
            winners=winners,
            losers=losers,
            not_applied=dict(sorted(self._reasons.items())),
            budget_spent_at=self._first_at.get(NotAppliedReason.BUDGET_SPENT),
            limit_reached_at=self._first_at.get(NotAppliedReason.LIMIT_REACHED),
        )

    def _tier_moves(self) -> tuple[TierMove, ...]:
        """Return where members end, when it is another tier; by ladder, then from the lowest tier up."""
        program = self.before.program
        found: Counter[tuple[UUID, UUID, UUID]] = Counter()
        for member_id in self._members:
            after = self.after.standings(member_id)
            for ladder_id, tier in self.before.standings(member_id).items():
                if tier.id != after[ladder_id].id:
                    found[ladder_id, tier.id, after[ladder_id].id] += 1
        ladders = [ladder.id for ladder in program.ladders]
        moves = [TierMove(*key, members) for key, members in found.items()]
        return tuple(
            sorted(
                moves,
                key=lambda move: (
                    ladders.index(move.ladder_id),
                    program.tier_by_id(move.from_id).rank,
                    program.tier_by_id(move.to_id).rank,
                ),
            )
        )

    # ── winners and losers ───────────────────────────────────────────────────────────────────────────────────────────

    def _ranked(self) -> tuple[tuple[MemberChange, ...], tuple[MemberChange, ...]]:
        """Return those best off and those worst off: by their benefit, then by points that pay nothing."""
        changes = [self._change(member_id, gain) for member_id, gain in self._gains.items()]
        ranks = {change.member_id: (change.benefit, self._idle(change)) for change in changes}
        up = [change for change in changes if ranks[change.member_id] > (0, 0)]
        down = [change for change in changes if ranks[change.member_id] < (0, 0)]
        winners = nlargest(SHOWN_MAX, up, key=lambda one: (*ranks[one.member_id], one.member_id))
        losers = nlargest(SHOWN_MAX, down, key=lambda one: (*(-part for part in ranks[one.member_id]), one.member_id))
        return tuple(winners), tuple(losers)

    def _change(self, member_id: UUID, gain: _Gain) -> MemberChange:
        points = {asset.id: gain.points[asset.id] for asset in self._assets() if gain.points[asset.id]}
        assets = {asset.id: asset for asset in self._assets()}
        paid = sum(_worth(assets[asset_id], amount) for asset_id, amount in points.items())
        return MemberChange(member_id, gain.discount + paid, gain.discount, points)

    def _idle(self, change: MemberChange) -> Fraction:
        """Return how many points there are that pay nothing, in whole units, of all assets together."""
        return sum(
            (
                Fraction(change.points.get(asset.id, 0), 10**asset.scale)
                for asset in self._assets()
                if asset.kind is AssetKind.POINTS and not asset.pay_amount
            ),
            Fraction(0),
        )

    def _assets(self) -> Iterable[Asset]:
        return self.before.program.assets


def _worth(asset: Asset, amount: int) -> int:
    """Return what points would pay at checkout, in minor units of currency, rounded towards nothing."""
    if not asset.pay_amount:
        return 0
    paid = abs(amount) * asset.pay_value // asset.pay_amount
    return paid if amount > 0 else -paid
