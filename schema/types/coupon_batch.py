"""Batches of codes of coupons."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from schema import ids
from schema.context import Info
from schema.enums import BatchState
from schema.types.node import Node
from services.actors import Scope

if TYPE_CHECKING:
    from schema.types.coupon_template import CouponTemplate

OneTemplate = Annotated["CouponTemplate", strawberry.lazy("schema.types.coupon_template")]

CODES_PATH = "/coupon-batches/{id}/codes"
"""Where the codes are downloaded."""


@strawberry.type(
    description="Unique codes of a template that are made in the background, for whoever gets one: nobody has them yet."
)
class CouponBatch(Node):
    """A batch of codes."""

    row: strawberry.Private[models.CouponBatch]
    size: int = strawberry.field(description="How many codes were asked for.")
    made: int = strawberry.field(description="How many of them are made.")
    state: BatchState = strawberry.field(description="Where their making is.")
    actor: str = strawberry.field(description="The credential that asked for them.")
    reason: str | None = strawberry.field(description="Why, as it was given.")
    recorded_at: datetime = strawberry.field(description="When they were asked for.")
    finished_at: datetime | None = strawberry.field(
        description="When the last of them was made, or the batch cancelled; null while codes are made."
    )
    codes_url: str = strawberry.field(
        description="Path on this server from which a GET downloads the codes that are made, as CSV with the columns "
        f"`code`, `state` and `expires_at`. It takes the same `Authorization`. Requires `{Scope.COUPONS_READ.value}`."
    )

    @strawberry.field(description="What they are codes of.")
    async def template(self, info: Info) -> OneTemplate:
        """Return the template."""
        from schema.types.coupon_template import CouponTemplate  # noqa: PLC0415  (templates know their counters)

        row = await info.context.loaders.coupons.template.load(self.row.campaign_id)
        assert row is not None, "who sees a batch sees its template"
        return CouponTemplate.of(row)

    @strawberry.field(description="Number of the version of the template that holds for them, for ever.")
    async def version(self, info: Info) -> int:
        """Return the version."""
        return (await info.context.loaders.coupons.version.load(self.row.version_id)).number

    @classmethod
    def of(cls, row: models.CouponBatch) -> "CouponBatch":
        """Return the batch of the contract."""
        id = ids.encode(ids.COUPON_BATCH, row.id)
        return cls(
            id=id,
            row=row,
            size=row.size,
            made=row.made,
            state=BatchState(row.state),
            actor=row.actor,
            reason=row.reason,
            recorded_at=row.recorded_at,
            finished_at=row.finished_at,
            codes_url=CODES_PATH.format(id=id),
        )
