"""Members: enrolled, amended and tagged."""

from uuid import UUID

from domain.book import Book
from domain.campaigns import Trigger
from domain.commands import AmendMember, EnrolMember
from domain.decisions.occasions import answer_occasion
from domain.decisions.segments import enter_segments, follow_up
from domain.decisions.situation import Decision, Situation, opened
from domain.decisions.tags import TAGS_MAX, set_tag
from domain.events import EventKind
from domain.members import PHONE_SOURCE, Identity, Member, MemberState, MemberStatus, Standing
from domain.occasion_commands import TagMember
from domain.refusals import (
    IdentityTaken,
    LimitReached,
    MemberNotActive,
    PhoneTaken,
)
from domain.values import replace


def _claimed(command: EnrolMember | AmendMember, member_id: UUID, situation: Situation) -> tuple[Identity, ...]:
    """Return the identities that the member gains, or refuse the first that is another's."""
    for source, external_id in command.identities:
        if situation.owners.get((source, external_id), member_id) == member_id:
            continue
        if source == PHONE_SOURCE:
            raise PhoneTaken(f"{external_id} belongs to another member.", field=("phone",))
        raise IdentityTaken(
            f"The identity {external_id} of {source} belongs to another member.",
            field=("identities",),
            source=source,
            external_id=external_id,
        )
    return tuple(
        Identity(situation.new_id(), situation.program.id, source, external_id, member_id, situation.now)
        for source, external_id in command.identities
    )


def enrol(command: EnrolMember, situation: Situation) -> Decision:
    """Return a new member on the lowest tier of each ladder, with what campaigns give for the enrolment.

    Raises `PhoneTaken`, `IdentityTaken` or `LimitReached`.
    """
    program, now = situation.program, situation.now
    identities = _claimed(command, command.member_id, situation)
    enrolled_at = command.occurred_at or now
    member = Member(
        id=command.member_id,
        program_id=program.id,
        number=command.number,
        name=command.name,
        phone=command.phone,
        email=command.email,
        birthday=command.birthday,
        status=MemberStatus.ACTIVE,
        channel=command.channel,
        store=command.store,
        referred_by_id=command.referred_by_id,
        position=0,
        enrolled_at=enrolled_at,
        recorded_at=now,
        kind=command.kind,
        attributes=dict(command.attributes),
    )
    book = Book(
        program,
        MemberState(member),
        now=now,
        actor=command.actor,
        new_id=situation.new_id,
        usages=situation.usages,
    )
    book.tell(EventKind.MEMBER_ENROLLED, enrolled_at)
    for ladder in program.ladders:
        lowest = program.tiers[ladder.id][0]
        book.standings[ladder.id] = Standing(
            situation.new_id(), program.id, member.id, ladder.id, lowest.id, enrolled_at, None
        )
    answer_occasion(book, Trigger.ENROLLED, enrolled_at)
    follow_up(book, enrolled_at, joins=True)
    return Decision({"member": str(member.id)}, (book.close(),), book.rows, identities=identities)


def amend(command: AmendMember, situation: Situation) -> Decision:
    """Return the member with the facts that changed. Raises `PhoneTaken` or `MemberNotActive`."""
    book = opened(command, situation)
    member = book.member
    if member.status is MemberStatus.CLOSED:
        raise MemberNotActive(
            "The member is closed; nothing of it changes any more.", field=("member",), status=member.status.value
        )
    changes = {name: value for name, value in command.changes.items() if getattr(member, name) != value}
    identities: tuple[Identity, ...] = ()
    freed: tuple[tuple[str, str], ...] = ()
    if "phone" in changes:
        identities = _claimed(command, member.id, situation)
        freed = ((PHONE_SOURCE, member.phone),) if member.phone else ()
    if command.closes:
        # The person may join again: nobody can use what a closed member holds, and the ledger names members by id.
        freed = tuple(dict.fromkeys((*freed, *situation.identities, *command.identities)))
        identities = ()
    if changes:
        book.member = replace(member, **changes)
        book.tell(EventKind.MEMBER_AMENDED, situation.now, details={"fields": sorted(changes)})
        enter_segments(book, situation.now)
    return Decision({"member": str(member.id)}, (book.close(),), book.rows, identities=identities, freed=freed)


def tag(command: TagMember, situation: Situation) -> Decision:
    """Return the member with the tags that were set and without those taken away; what is so already stays as it is.

    Raises `MemberNotActive` for a closed member and `LimitReached` when there would be too many tags.
    """
    book = opened(command, situation)
    before = book.member.tags
    if book.member.status is MemberStatus.CLOSED:
        raise MemberNotActive("The member is closed.", field=("member",), status=book.member.status.value)
    kept = {tag: mark for tag, mark in before.items() if tag not in command.remove}
    book.member = replace(book.member, tags=kept)
    for tag in command.add:
        set_tag(book, tag, command.actor)
    if command.add and len(book.member.tags) > TAGS_MAX:
        raise LimitReached(
            f"The member would have {len(book.member.tags)} tags; at most {TAGS_MAX} are allowed.",
            field=("add",),
            limit=str(TAGS_MAX),
        )
    if book.member.tags != before:
        book.tell(EventKind.MEMBER_AMENDED, situation.now, details={"fields": ["tags"]})
        enter_segments(book, situation.now)
    return Decision({"member": str(book.member.id)}, (book.close(),), book.rows)
