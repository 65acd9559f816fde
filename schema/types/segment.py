"""Segments, as they are read."""

import strawberry

import models
from schema.types.rules import Condition, condition_of


@strawberry.type(description="The members who meet a saved condition.")
class Segment:
    """A segment."""

    code: str = strawberry.field(description="Short name, unique in the program.")
    name: str = strawberry.field(description="Name for people.")
    conditions: Condition = strawberry.field(description="Who is in it.")

    @classmethod
    def of(cls, row: models.Segment) -> "Segment":
        """Return the segment of the contract."""
        return cls(code=row.code, name=row.name, conditions=condition_of(row.conditions))
