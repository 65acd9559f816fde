"""Tags of members."""

from collections.abc import Mapping
from datetime import datetime

import strawberry


@strawberry.type(description="A mark on a member, by which campaigns find them.")
class MemberTag:
    """A tag."""

    tag: str = strawberry.field(description="The word.")
    since: datetime = strawberry.field(description="Since when the member has it.")
    by: str = strawberry.field(description="What set it: a credential, `order:…` or `occasion:…` with the key of one.")


def tags_of(record: Mapping[str, Mapping[str, str]]) -> list[MemberTag]:
    """Return stored tags by name."""
    found = sorted(record.items())
    return [MemberTag(tag=tag, since=datetime.fromisoformat(mark["since"]), by=mark["by"]) for tag, mark in found]
