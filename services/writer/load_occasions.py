"""Part of step 4: the events that have the names under which others are to be recorded."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from domain.commands import Command
from domain.occasions import Occasion
from services.writer.session import Reads
from services.writer.tables import ENTRIES, OCCASIONS

POSTED = "WHERE member_id = ANY($1::uuid[]) AND transfer_id = ANY($2::uuid[]) ORDER BY member_id, position"


@dataclass(slots=True)
class OfOccasions:
    """What was found, by the program and the name."""

    named: dict[tuple[UUID, str, str], Occasion] = field(default_factory=dict)
    posted: dict[UUID, list[tuple[UUID, int]]] = field(default_factory=lambda: defaultdict(list))
    """(account, seq) of what each posted, by its transfer."""


async def load_occasions(session: Reads, commands: Sequence[Command]) -> OfOccasions:
    """Return the occasions that have the names of commands already, with what they posted."""
    found = OfOccasions()
    by_program: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for command in commands:
        if command.occasion_name:
            by_program[command.program_id].append(command.occasion_name)
    for program_id, names in by_program.items():
        for occasion in await session.named(OCCASIONS, program_id, names):
            assert occasion.source is not None, "it was looked up by it"
            assert occasion.external_id is not None, "it was looked up by it"
            found.named[program_id, occasion.source, occasion.external_id] = occasion
    posting = [occasion for occasion in found.named.values() if occasion.transfer_id]
    if posting:
        members, transfers = (
            sorted({occasion.member_id for occasion in posting}),
            [occasion.transfer_id for occasion in posting],
        )
        for entry in await session.select(ENTRIES, POSTED, members, transfers):
            found.posted[entry.transfer_id].append((entry.account_id, entry.seq))
    return found
