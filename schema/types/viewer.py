"""Who is calling."""

import strawberry

from schema.enums import ActorKind
from schema.types.member import Member
from schema.types.program import Program


@strawberry.type(description="Who is calling, and what the credential may do.")
class Viewer:
    """The caller."""

    kind: ActorKind = strawberry.field(description="What sort of caller it is.")
    program: Program | None = strawberry.field(description="The program that the credential belongs to.")
    member: Member | None = strawberry.field(description="The member, when the caller is one.")
    scopes: list[str] = strawberry.field(description="What the credential may do.")
