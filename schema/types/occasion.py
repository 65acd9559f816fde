"""What happened to a member that is no order, and what campaigns made of it."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from domain.campaigns import Trigger
from schema import ids
from schema.context import Info
from schema.enums import described
from schema.types.effect import Effect, occasion_effect_of
from schema.types.explanation import NOT_APPLIED, NotApplied
from schema.types.node import Node
from schema.types.order import Attribute, attributes_of

if TYPE_CHECKING:
    from schema.types.member import Member


if TYPE_CHECKING:
    OccasionTrigger = Trigger
else:  # what campaigns answer that is no order: a trigger that is added to them is one of these at once
    OccasionTrigger = Enum("OccasionTrigger", {one.name: one.value for one in Trigger if one is not Trigger.ORDER})


described(
    OccasionTrigger,
    "What sort of occasion it was.",
    {
        "ENROLLED": "The member was enrolled.",
        "EVENT": "The member did something that was reported.",
        "SCHEDULE": "The time of day came at which a campaign looks at all members.",
        "TIER_CHANGED": "The member reached a tier.",
        "SEGMENT_ENTERED": "The member entered a segment.",
    },
)


@strawberry.type(
    description="What happened to a member that is no order. Behaviour events are always kept, others when campaigns "
    "gave something for them."
)
class Occasion(Node):
    """An occasion."""

    row: strawberry.Private[models.Occasion]
    trigger: OccasionTrigger = strawberry.field(description="What sort of occasion it was.")
    code: str | None = strawberry.field(
        description="Code of the behaviour, of the tier that was reached, of the segment that was entered, or of the "
        "campaign whose schedule it was; null for an enrolment."
    )
    source: str | None = strawberry.field(description="The outside system that named it; null when none did.")
    external_id: str | None = strawberry.field(description="Its name for it, unique together with the source.")
    attributes: list[Attribute] = strawberry.field(description="Custom attributes of a behaviour event.")
    occurred_at: datetime = strawberry.field(description="When it happened in the world.")
    recorded_at: datetime = strawberry.field(description="When it was written here.")

    @strawberry.field(description="Whom it happened to.")
    async def member(self, info: Info) -> Annotated["Member", strawberry.lazy("schema.types.member")]:
        """Return the member."""
        from schema.types.member import Member  # noqa: PLC0415  (members know occasions and occasions members)

        row = await info.context.loaders.member.load(self.row.member_id)
        assert row is not None, "who sees an occasion sees its member"
        return Member.of(row)

    @strawberry.field(description="What campaigns gave for it, each with its reason.")
    async def effects(self, info: Info) -> list[Effect]:
        """Return the effects."""
        program = await info.context.loaders.program.load(self.row.program_id)
        rows = await info.context.loaders.occasion_effects.load(self.row.id)
        return [occasion_effect_of(row, program) for row in rows]

    @strawberry.field(description=NOT_APPLIED)
    def not_applied(self) -> list[NotApplied]:
        """Return what did not apply."""
        return [NotApplied.of(record) for record in self.row.not_applied]

    @classmethod
    def of(cls, row: models.Occasion) -> "Occasion":
        """Return the occasion of the contract."""
        return cls(
            id=ids.encode(ids.OCCASION, row.id),
            row=row,
            trigger=OccasionTrigger(row.trigger),
            code=row.code,
            source=row.source,
            external_id=row.external_id,
            attributes=attributes_of(row.attributes),
            occurred_at=row.occurred_at,
            recorded_at=row.recorded_at,
        )
