"""What a simulation answers: how far it has come, and its report."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from domain import backtest_report as domain
from domain.amounts import from_minor
from domain.backtest import SHOWN_MAX
from domain.program import Program
from schema.context import Info
from schema.enums import NotAppliedReason
from schema.types.campaign import Campaign
from schema.types.member import Member
from schema.types.program import Asset, Tier, TierLadder
from services import simulations
from services.actors import Scope


@strawberry.type(description="An amount of one asset, as the program is and as it would be.")
class SimulatedPoints:
    """Points issued."""

    asset: Asset = strawberry.field(description="Of which asset.")
    before: Decimal = strawberry.field(description="As the program is.")
    after: Decimal = strawberry.field(description="As it would be.")


@strawberry.type(description="Members who end the period on another tier than they do in the program as it is.")
class SimulatedTierMove:
    """A tier move."""

    ladder: TierLadder = strawberry.field(description="On which ladder.")
    from_: Tier = strawberry.field(name="from", description="Where they end in the program as it is.")
    to: Tier = strawberry.field(description="Where they would end.")
    members: int = strawberry.field(description="How many.")


@strawberry.type(description="How much more of an asset a member would have earned.")
class SimulatedGain:
    """A gain of points."""

    asset: Asset = strawberry.field(description="Of which asset.")
    amount: Decimal = strawberry.field(description="How much more; negative is less.")


@strawberry.type(description="A member who would be better or worse off.")
class SimulatedMember:
    """A winner or loser."""

    member_id: strawberry.Private[UUID]
    benefit: Decimal = strawberry.field(
        description="Discounts, and what the points would pay at checkout, in the program's currency; negative is "
        "less. Points of an asset that pays nothing are worth nothing in it."
    )
    discount: Decimal = strawberry.field(description="How much more discount there would be; negative is less.")
    points: list[SimulatedGain] = strawberry.field(description="Of which assets more or less would have been earned.")

    @strawberry.field(description=f"Who. Null without `{Scope.MEMBERS_READ.value}`.")
    async def member(self, info: Info) -> Member | None:
        """Return the member; None to who may read sums over a program, and nobody's data."""
        if not info.context.actor.may(Scope.MEMBERS_READ):
            return None
        row = await info.context.loaders.member.load(self.member_id)
        return Member.of(row) if row else None

    @classmethod
    def of(cls, found: domain.MemberChange, program: Program) -> "SimulatedMember":
        """Return the member of the contract."""
        assets = [program.asset_by_id(asset_id) for asset_id in found.points]
        return cls(
            member_id=found.member_id,
            benefit=from_minor(found.benefit, program.currency_scale),
            discount=from_minor(found.discount, program.currency_scale),
            points=[
                SimulatedGain(asset=Asset.of(asset), amount=from_minor(found.points[asset.id], asset.scale))
                for asset in assets
            ],
        )


@strawberry.type(description="A reason for which the campaign gave nothing.")
class SimulatedReason:
    """A reason and its orders."""

    reason: NotAppliedReason = strawberry.field(description="Why.")
    orders: int = strawberry.field(description="To how many orders.")


@strawberry.type(
    description="A program over past orders, as it is (before) and as it would be with a version of a campaign, or "
    "without the campaign (after). Amounts of money are in `currency`."
)
class SimulationReport:
    """A report."""

    campaign: Campaign = strawberry.field(description="The campaign.")
    version: int | None = strawberry.field(description="Which version of it; null: the program without the campaign.")
    first_day: date = strawberry.field(name="from", description="The first day of the period.")
    until: date = strawberry.field(description="The first day after the period.")
    is_window_set_aside: bool = strawberry.field(
        name="windowSetAside",
        description="Whether the version's own window lies outside the period, so that it was taken to run all through "
        "it.",
    )
    currency: str = strawberry.field(description="ISO 4217 currency of the amounts.")
    orders_considered: int = strawberry.field(description="Orders of the period that did not come back as a whole.")
    orders_applied: int = strawberry.field(description="To which the campaign gave something.")
    orders_touched: int = strawberry.field(
        description="Of which discounts, the amount to pay, what they earn or gifts would be others."
    )
    members_considered: int = strawberry.field(description="Members who bought in the period.")
    members_touched: int = strawberry.field(description="Members of the orders touched.")
    cost: Decimal = strawberry.field(description="How much more discount there would be; negative is less.")
    discount_before: Decimal = strawberry.field(description="All discounts, as the program is.")
    discount_after: Decimal = strawberry.field(description="All discounts, as it would be.")
    payable_before: Decimal = strawberry.field(description="What is to be paid in all, as the program is.")
    payable_after: Decimal = strawberry.field(description="What is to be paid in all, as it would be.")
    gifts_before: int = strawberry.field(description="Pieces given, as the program is.")
    gifts_after: int = strawberry.field(description="Pieces given, as it would be.")
    points: list[SimulatedPoints] = strawberry.field(description="What orders earn, by asset.")
    tier_moves: list[SimulatedTierMove] = strawberry.field(description="Who ends on another tier.")
    winners: list[SimulatedMember] = strawberry.field(
        description=f"Up to {SHOWN_MAX} members who would be best off, by benefit, then by points that pay nothing."
    )
    losers: list[SimulatedMember] = strawberry.field(description=f"Up to {SHOWN_MAX} members who would be worst off.")
    not_applied: list[SimulatedReason] = strawberry.field(description="Why the campaign gave nothing, by reason.")
    budget_spent_at: datetime | None = strawberry.field(
        description="When the first order happened that its budget did not cover; null when it covered all."
    )
    limit_reached_at: datetime | None = strawberry.field(
        description="When the first order happened that one of its limits kept out; null when none did."
    )

    @classmethod
    def of(cls, found: domain.BacktestReport, simulation: simulations.Simulation) -> "SimulationReport":
        """Return the report of the contract."""
        program = simulation.program
        scale = program.currency_scale
        points = [(program.asset_by_id(asset_id), change) for asset_id, change in found.points.items()]
        return cls(
            campaign=Campaign.of(simulation.campaign),
            version=simulation.version.number if simulation.version else None,
            first_day=simulation.start,
            until=simulation.end,
            is_window_set_aside=simulation.is_window_set_aside,
            currency=program.currency,
            orders_considered=found.orders_considered,
            orders_applied=found.orders_applied,
            orders_touched=found.orders_touched,
            members_considered=found.members_considered,
            members_touched=found.members_touched,
            cost=from_minor(found.discount.difference, scale),
            discount_before=from_minor(found.discount.before, scale),
            discount_after=from_minor(found.discount.after, scale),
            payable_before=from_minor(found.payable.before, scale),
            payable_after=from_minor(found.payable.after, scale),
            gifts_before=found.gifts.before,
            gifts_after=found.gifts.after,
            points=[
                SimulatedPoints(
                    asset=Asset.of(asset),
                    before=from_minor(change.before, asset.scale),
                    after=from_minor(change.after, asset.scale),
                )
                for asset, change in points
            ],
            tier_moves=[
                SimulatedTierMove(
                    ladder=TierLadder.of(program.ladder_by_id(move.ladder_id), program),
                    from_=Tier.of(program.tier_by_id(move.from_id)),
                    to=Tier.of(program.tier_by_id(move.to_id)),
                    members=move.members,
                )
                for move in found.tier_moves
            ],
            winners=[SimulatedMember.of(change, program) for change in found.winners],
            losers=[SimulatedMember.of(change, program) for change in found.losers],
            not_applied=[SimulatedReason(reason=reason, orders=number) for reason, number in found.not_applied.items()],
            budget_spent_at=found.budget_spent_at,
            limit_reached_at=found.limit_reached_at,
        )


@strawberry.type(description="How far a simulation has come.")
class SimulationProgress:
    """Progress, with the report at the end."""

    orders_done: int = strawberry.field(description="Orders replayed so far.")
    orders_total: int = strawberry.field(description="Orders to be replayed.")
    report: SimulationReport | None = strawberry.field(description="What was found; only the last answer has it.")

    @classmethod
    def of(cls, found: simulations.Progress, simulation: simulations.Simulation) -> "SimulationProgress":
        """Return the progress of the contract."""
        report = SimulationReport.of(found.report, simulation) if found.report else None
        return cls(orders_done=found.orders_done, orders_total=found.orders_total, report=report)
