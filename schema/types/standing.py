"""Standings: where a member is on a ladder, and how far the next tier is."""

from datetime import datetime
from decimal import Decimal

import strawberry

import models
from domain import program as domain
from domain.amounts import from_minor
from schema.enums import TierMetric
from schema.types.program import Tier, TierLadder
from services.balances import Amounts


@strawberry.type(description="How far a member is on the way to a tier.")
class TierProgress:
    """Progress in one metric."""

    metric: TierMetric = strawberry.field(description="What is measured.")
    current: Decimal = strawberry.field(description="What counts now.")
    required: Decimal = strawberry.field(description="What the next tier needs; on the highest tier, what it needed.")
    missing: Decimal = strawberry.field(description="What is still missing; 0 on the highest tier.")


@strawberry.type(description="A member's place on a ladder.")
class Standing:
    """A standing."""

    ladder: TierLadder = strawberry.field(description="The ladder.")
    tier: Tier = strawberry.field(description="The tier that the member stands on.")
    since: datetime = strawberry.field(description="Since when.")
    until: datetime | None = strawberry.field(description="When it is reviewed; null when it is kept.")
    next: Tier | None = strawberry.field(description="The next higher tier; null on the highest.")
    progress: list[TierProgress] = strawberry.field(description="How far it is to the next tier.")

    @classmethod
    def of(
        cls,
        ladder: domain.Ladder,
        row: models.Standing | None,
        member: models.Member,
        counted: Amounts | None,
        program: domain.Program,
    ) -> "Standing":
        """Return the standing of the contract; without a row the member stands on the lowest tier since enrolment."""
        tiers = program.tiers[ladder.id]
        tier = program.tier_by_id(row.tier_id) if row else tiers[0]
        higher = next((candidate for candidate in tiers if candidate.rank > tier.rank), None)
        scale = program.asset_by_id(ladder.asset_id).scale
        current = max(counted.available, 0) if counted else 0
        required = (higher or tier).threshold
        missing = max(required - current, 0) if higher else 0
        progress = TierProgress(
            metric=ladder.metric,
            current=from_minor(current, scale),
            required=from_minor(required, scale),
            missing=from_minor(missing, scale),
        )
        return cls(
            ladder=TierLadder.of(ladder, program),
            tier=Tier.of(tier),
            since=row.since if row else member.enrolled_at,
            until=row.until if row else None,
            next=Tier.of(higher) if higher else None,
            progress=[progress],
        )
