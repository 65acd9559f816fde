"""What became of the coupons of a template, in numbers."""

from decimal import Decimal
from uuid import UUID

import strawberry

from domain.amounts import from_minor
from domain.program import Program
from schema.context import Info
from services.coupon_counters import Counters


@strawberry.type(description="What became of the coupons of a template, in numbers of one moment.")
class CouponCounters:
    """Counters."""

    issued: int = strawberry.field(description="Coupons made, codes of batches among them.")
    claimed: int = strawberry.field(description="Coupons that members took: claimed, bought, or by a code.")
    held: int = strawberry.field(description="Coupons that orders hold now.")
    used: int = strawberry.field(description="Coupons that are used now.")
    returned: int = strawberry.field(description="How often one came back with all of the order that had used it.")
    expired: int = strawberry.field(description="Coupons that are expired, as far as it is written down.")
    voided: int = strawberry.field(description="Coupons that were made void.")
    left: int | None = strawberry.field(description="What is left of the template's stock; null when it has none.")
    discount: Decimal = strawberry.field(
        description="What they took off, less what of it was returned, in the program's currency."
    )
    revenue: Decimal = strawberry.field(
        description="What was to be paid for the orders that used one, less what of it was returned, in the program's "
        "currency."
    )

    @classmethod
    def of(cls, found: Counters, program: Program) -> "CouponCounters":
        """Return the counters of the contract."""
        tally, scale = found.tally, program.currency_scale
        return cls(
            issued=tally.issued,
            claimed=tally.claimed,
            held=tally.held,
            used=tally.used,
            returned=tally.returned,
            expired=tally.expired,
            voided=tally.voided,
            left=found.left,
            discount=from_minor(tally.discount, scale),
            revenue=from_minor(tally.revenue, scale),
        )

    @classmethod
    async def load(cls, info: Info, campaign_id: UUID) -> "CouponCounters":
        """Return the counters of a template that the caller can see."""
        loaders = info.context.loaders
        found = await loaders.coupons.counters.load(campaign_id)
        assert found is not None, "who sees a template sees its counters"
        return cls.of(found, await loaders.program.load(info.context.program_id))
