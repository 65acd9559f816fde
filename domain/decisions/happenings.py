"""Behaviour events that are reported, and schedules that come round."""

from domain.campaigns import Trigger
from domain.decisions.occasions import answer_occasion, occasion_outcome
from domain.decisions.segments import follow_up
from domain.decisions.situation import Decision, Situation, opened
from domain.decisions.values import check_active
from domain.members import MemberStatus
from domain.occasion_commands import RecordEvent, RunSchedule
from domain.occasions import Occasion
from domain.refusals import DuplicateEvent, LimitReached


def record(command: RecordEvent, situation: Situation) -> Decision:
    """Return the event with what campaigns give for it, and the tiers that this raises.

    Raises `DuplicateEvent`, `MemberNotActive` or `LimitReached`.
    """
    if situation.occasion is not None:
        return _same_again(command, situation.occasion, situation)
    book = opened(command, situation)
    check_active(book)
    occurred_at = command.occurred_at or situation.now
    try:
        answered = answer_occasion(
            book,
            Trigger.EVENT,
            occurred_at,
            code=command.code,
            attributes=dict(command.attributes),
            name=command.occasion_name,
        )
        follow_up(book, occurred_at)
    except LimitReached as refusal:
        refusal.field = ("code",)
        raise
    assert answered is not None, "a behaviour event is always recorded"
    occasion, entries = answered
    outcome = occasion_outcome(occasion, tuple((entry.account_id, entry.seq) for entry in entries))
    return Decision(outcome, (book.close(),), book.rows)


def _same_again(command: RecordEvent, first: Occasion, situation: Situation) -> Decision:
    """Answer a known (source, external id): the first event when it says the same, else a refusal.

    An event that does not say when it happened did so when it was first recorded.
    """
    said = (command.member_id, command.code, dict(command.attributes), command.occurred_at or first.occurred_at)
    if said != (first.member_id, first.code, first.attributes, first.occurred_at):
        raise DuplicateEvent(
            f"Event {first.external_id} of {first.source} is known already, with other content.",
            field=("identity", "externalId"),
            occasion_id=str(first.id),
        )
    return Decision(occasion_outcome(first, tuple(situation.occasion_entries)) | {"again": True})


def run(command: RunSchedule, situation: Situation) -> Decision:
    """Return what a campaign gives a member on its day; nothing when it stopped, or the member is at rest."""
    book = opened(command, situation)
    version = next(
        (
            one
            for one in book.program.campaigns
            if one.campaign_id == command.campaign_id and one.trigger is Trigger.SCHEDULE
        ),
        None,
    )
    if version is not None and book.member.status is MemberStatus.ACTIVE:
        answer_occasion(book, Trigger.SCHEDULE, command.due_at, code=version.code, version=version)
        follow_up(book, command.due_at)
    return Decision({"member": str(book.member.id)}, (book.close(),), book.rows)
