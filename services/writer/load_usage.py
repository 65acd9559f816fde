"""The uses of campaigns that a batch may change: which, locked, then read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from domain.campaigns import Trigger
from domain.claim_commands import ClaimOrder
from domain.commands import (
    AmendMember,
    BeginImport,
    CancelOrder,
    CaptureOrder,
    Command,
    CommitOrder,
    EnrolMember,
    ExpireOrder,
    HoldOrder,
    Mature,
    OrderCommand,
    Remind,
    ReturnOrder,
)
from domain.conditions.base import OccasionFacts
from domain.coupon_commands import IssueCoupons, TakeCoupon
from domain.having import counted_templates, having_bounds
from domain.instants import local_day
from domain.occasion_commands import RecordEvent, RunSchedule, TagMember
from domain.program import CampaignVersion, Program
from domain.usage import Usage, UsageKey, bounds_of, keys_of
from services.writer.session import Reads
from services.writer.tables import USAGES

RAISES_NO_TIER = (AmendMember, TagMember, BeginImport, HoldOrder, CancelOrder, ExpireOrder, ReturnOrder, Mature, Remind)
"""Commands that change no progress."""
CHANGES_MEMBER = (AmendMember, TagMember, ReturnOrder)
"""Those of them that may make a member enter a segment, and what is given for that may be progress."""


def usage_keys(
    commands: Iterable[Command], programs: Mapping[UUID, Program], now: Mapping[UUID, datetime]
) -> dict[UsageKey, UUID]:
    """Return the uses that deciding these commands may look at, each with its program."""
    found: dict[UsageKey, UUID] = {}
    for command in commands:
        program = programs[command.program_id]
        keys: list[UsageKey] = []
        keys += _of_coupons(program, command, now[program.id])
        if isinstance(command, OrderCommand):
            keys += [key for one in command.consumed for key in one.keys(command.member_id)]
        if program.index.bounded:
            keys += _of_campaigns(program, command, now[program.id])
        found.update(dict.fromkeys(keys, program.id))
    return found


def _of_coupons(program: Program, command: Command, now: datetime) -> Iterator[UsageKey]:
    """Yield the uses of templates that count what a member has: by the command itself, and by what campaigns give."""
    day = local_day(_happened_at(command) or now, program.zone)
    match command:
        case IssueCoupons():
            for version in counted_templates(program, command.campaign_id):
                yield from keys_of(version.campaign_id, having_bounds(version), command.member_id, day)
        case TakeCoupon():
            limits = dict.fromkeys(command.limits, 0)
            yield from keys_of(command.campaign_id, limits, command.member_id, day)
        case CommitOrder():
            # A code is taken today, whenever the order that names it happened.
            for days in {day, local_day(now, program.zone)}:
                for one in command.named:
                    limits = dict.fromkeys(one.limits, 0)
                    if one.is_shared and (published := program.templates.get(one.campaign_id)) is not None:
                        limits = having_bounds(published)  # of one that was published since the code was looked up, too
                    yield from keys_of(one.campaign_id, limits, command.content.member_id, days)


def _of_campaigns(program: Program, command: Command, now: datetime) -> Iterable[UsageKey]:
    """Yield the uses of campaigns that answer the command itself, and of those that answer what follows from it."""
    at = _happened_at(command) or now
    day = local_day(at, program.zone)
    member_id = command.member_id if isinstance(command, EnrolMember) else next(iter(command.locks), None)
    versions = list(_answering(program, command, at))
    enters = bool(program.index.entered) and isinstance(command, CHANGES_MEMBER)
    if member_id is not None and (enters or not isinstance(command, RAISES_NO_TIER)):
        versions += program.index.counted[Trigger.TIER_CHANGED] + program.index.counted[Trigger.SEGMENT_ENTERED]
    for version in versions:
        yield from keys_of(version.campaign_id, bounds_of(version), member_id, day)
        for code in version.gives:
            if (template := program.template(code)) is not None:
                for one in counted_templates(program, template.campaign_id):
                    yield from keys_of(one.campaign_id, having_bounds(one), member_id, day)


def _happened_at(command: Command) -> datetime | None:
    """Return when what a command reports happened; None when that is now."""
    match command:
        case CommitOrder() | ClaimOrder():
            return command.content.occurred_at
        case EnrolMember() | RecordEvent() | CaptureOrder():
            return command.occurred_at
        case RunSchedule():
            return command.due_at
    return None


def _answering(program: Program, command: Command, at: datetime) -> Iterable[CampaignVersion]:
    match command:
        case CommitOrder() | ClaimOrder():
            return program.candidates(Trigger.ORDER, command.content, None, at)
        case EnrolMember():
            return program.candidates(Trigger.ENROLLED, None, OccasionFacts(None), at)
        case RecordEvent():
            return program.candidates(Trigger.EVENT, None, OccasionFacts(command.code), at)
        case RunSchedule():
            counted = program.index.counted[Trigger.SCHEDULE]
            return [version for version in counted if version.campaign_id == command.campaign_id]
    return ()


def of_everybody(keys: Mapping[UsageKey, UUID]) -> list[Usage]:
    """Return those that all members share, blank, in the order in which they are locked; a member guards the others."""
    shared = sorted(key for key in keys if key[0] == key[1])
    return [Usage(*key, keys[key], 0, 0, 0, 0) for key in shared]


async def load_usages(session: Reads, keys: Sequence[UsageKey]) -> dict[UsageKey, Usage]:
    """Return those that there are."""
    if not keys:
        return {}
    campaigns, owners, days = (sorted(set(column)) for column in zip(*keys, strict=True))
    # Of each day of a campaign there is a row for ever: without the days all of them would be read.
    found = "WHERE campaign_id = ANY($1::uuid[]) AND owner_id = ANY($2::uuid[]) AND day = ANY($3::date[])"
    rows = await session.select(USAGES, found, campaigns, owners, days)
    wanted = set(keys)
    return {row.key: row for row in rows if row.key in wanted}
