"""Members: enrolled and amended."""

from uuid import UUID

from domain.book import Book
from domain.commands import AmendMember, EnrolMember
from domain.decisions.situation import Decision, Situation, opened
from domain.events import EventKind
from domain.members import PHONE_SOURCE, Identity, Member, MemberState, MemberStatus, Standing
from domain.refusals import (
    IdentityTaken,
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
    """Return a new member on the lowest tier of each ladder. Raises `PhoneTaken` or `IdentityTaken`."""
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
    )
    book = Book(program, MemberState(member), now=now, actor=command.actor, new_id=situation.new_id)
    book.tell(EventKind.MEMBER_ENROLLED, enrolled_at)
    for ladder in program.ladders:
        lowest = program.tiers[ladder.id][0]
        book.standings[ladder.id] = Standing(
            situation.new_id(), program.id, member.id, ladder.id, lowest.id, enrolled_at, None
        )
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
    return Decision({"member": str(member.id)}, (book.close(),), book.rows, identities=identities, freed=freed)
