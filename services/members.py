"""Members: finding, enrolling, amending."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

import models
from domain import checks
from domain.commands import AmendMember, Claim, Command, EnrolMember
from domain.digest import content_hash
from domain.members import PHONE_SOURCE, MemberKind, MemberStatus, refuse_bearer
from domain.program import Program
from domain.refusals import InvalidInput, NotFound
from services import phones, visible
from services.actors import Actor
from services.engine import Engine
from services.idempotency import answered
from services.writer.answers import Outcome
from services.writer.session import Rejected

IDENTITIES_MAX = 20
NUMBER_MAX = 32
NUMBER_DIGITS = 11
NUMBER_DRAWS = 8


Identity = tuple[str, str]
"""An outside system and its name for a member."""


@dataclass(frozen=True, slots=True)
class MemberRef:
    """How a caller names a member: exactly one of the fields."""

    id: UUID | None = None
    number: str | None = None
    phone: str | None = None
    identity: Identity | None = None


NO_MEMBER = MemberRef(id=UUID(int=0))
"""What a malformed or foreign id stands for: it is not found."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A new member as a caller describes it, unchecked."""

    phone: str | None = None
    email: str | None = None
    name: str | None = None
    birthday: date | None = None
    channel: str | None = None
    store: str | None = None
    identities: Sequence[Identity] = ()
    kind: MemberKind = MemberKind.PERSON
    referred_by: MemberRef | None = None
    occurred_at: datetime | None = None
    attributes: Sequence[tuple[str, str]] = ()


def canonical(program: Program, ref: MemberRef | None) -> tuple[str, ...] | None:
    """Return what a reference says in one form, whoever it names now: two spellings of one phone are the same."""
    if ref is None:
        return None
    if ref.id is not None:
        return ("id", str(ref.id))
    if ref.number is not None:
        return ("number", checks.sought(ref.number, NUMBER_MAX) or ref.number)
    if ref.phone is not None:
        try:
            return ("phone", phones.normal(ref.phone, program.zone.key, ("phone",)))
        except InvalidInput:
            return ("phone", ref.phone)
    assert ref.identity is not None, "a reference names its member in one way"
    return ("identity", *(stored_identity(ref.identity) or ref.identity))


async def find(actor: Actor, program: Program, ref: MemberRef) -> models.Member | None:
    """Return the member that `ref` names, if the actor can see it."""
    rows = visible.members(actor)
    if ref.id is not None:
        return await rows.get_or_none(id=ref.id)
    if ref.number is not None:
        number = checks.sought(ref.number, NUMBER_MAX)
        return await rows.get_or_none(number=number) if number else None
    if ref.phone is not None:
        try:
            identity: Identity | None = (PHONE_SOURCE, phones.normal(ref.phone, program.zone.key, ("phone",)))
        except InvalidInput:
            return None
    else:
        assert ref.identity is not None, "a reference names its member in one way"
        identity = stored_identity(ref.identity)
    if identity is None:
        return None
    found = await visible.identities(actor).get_or_none(source=identity[0], external_id=identity[1])
    return await rows.get_or_none(id=found.member_id) if found else None


def checked_identity(identity: Identity, path: checks.Path) -> Identity:
    """Return a (source, external id) pair in its stored form. Raises `InvalidInput` naming the field under `path`."""
    source, external_id = identity
    return (
        checks.source(source, (*path, "source")),
        checks.text(external_id, (*path, "externalId"), checks.EXTERNAL_ID_MAX),
    )


def stored_identity(identity: Identity) -> Identity | None:
    """Return a (source, external id) pair in its stored form, to look it up by; None when nobody can have it."""
    try:
        return checked_identity(identity, ())
    except InvalidInput:
        return None


async def by_identities(actor: Actor, wanted: Sequence[Identity]) -> dict[MemberRef, UUID]:
    """Return the members that hold these (source, external id) pairs, as far as the actor can see them."""
    stored = {identity: stored_identity(identity) for identity in wanted}
    by_source: dict[str, list[str]] = defaultdict(list)
    for pair in stored.values():
        if pair is not None:
            by_source[pair[0]].append(pair[1])
    found: dict[Identity | None, UUID] = {}
    for source, external_ids in by_source.items():
        rows = visible.identities(actor).filter(source=source, external_id__in=external_ids)
        for external_id, member_id in await rows.values_list("external_id", "member_id"):
            found[source, external_id] = member_id
    return {MemberRef(identity=identity): found[pair] for identity, pair in stored.items() if pair in found}


class Answered(Exception):  # noqa: N818  (not a failure)
    """The request repeats one that was answered before, and names what is not there any more."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


async def resolve(
    actor: Actor, program: Program, ref: MemberRef, path: tuple[str, ...], claim: Claim | None = None
) -> UUID:
    """Return the id of the member that `ref` names, which is no bearer of a gift card.

    Raises `NotFound` naming `path`, and `InvalidInput` for a bearer; but when `claim` was used before and nobody is
    found, `Answered` or the refusal that was given.
    """
    member = await find(actor, program, ref)
    if member is None:
        if claim and (outcome := await answered(program, claim)):
            raise Answered(outcome)
        raise NotFound("There is no such member.", field=path)
    refuse_bearer(member.kind, path)
    member_id: UUID = member.id
    return member_id


def draw_number() -> str:
    """Return a random member number: eleven digits, the first not 0, and a Luhn check digit."""
    least = 10 ** (NUMBER_DIGITS - 1)
    digits = str(least + secrets.randbelow(9 * least))
    doubled = [int(digit) * (2 - index % 2) for index, digit in enumerate(reversed(digits))]
    total = sum(value - 9 if value > 9 else value for value in doubled)  # noqa: PLR2004  (Luhn: the digit sum)
    return digits + str(-total % 10)


async def enrolment_command(program: Program, actor: Actor, enrolment: Enrolment, *, key: str | None) -> EnrolMember:
    """Return the checked command; without a key, only the identities keep it from being done twice.

    Raises `InvalidInput`, `NotFound` or `Answered`.
    """
    if key is not None:
        key = checks.idempotency_key(key)
    if enrolment.kind is MemberKind.GIFT_CARD:
        raise InvalidInput("Nobody is enrolled as a gift card: cards are issued.", field=("kind",))
    now = program.now()
    checks.count(len(enrolment.identities), ("identities",), 0, IDENTITIES_MAX)
    external = tuple(
        checked_identity(identity, ("identities", str(index))) for index, identity in enumerate(enrolment.identities)
    )
    if len(set(external)) < len(external):
        raise InvalidInput("An identity stands twice.", field=("identities",))
    facts: dict[str, Any] = {
        name: checked(name, getattr(enrolment, name), program, now)
        for name in ("name", "phone", "email", "birthday", "channel", "store")
    }
    occurred_at = enrolment.occurred_at
    if occurred_at is not None:
        occurred_at = checks.past_instant(occurred_at, now, ("occurredAt",))
    attributes = checks.attributes(enrolment.attributes, ("attributes",))
    claim = None
    if key is not None:
        referrer = canonical(program, enrolment.referred_by)
        said = (tuple(sorted(facts.items())), external, referrer, occurred_at)
        # Content without kind and attributes is what it was before there were any, so that keys of then answer still.
        kind = () if enrolment.kind is MemberKind.PERSON else (enrolment.kind.value,)
        hash = content_hash((*said, *kind, *((attributes,) if attributes else ())))
        claim = Claim(f"{actor.credential}:memberEnroll", key, hash)
    referred_by = None
    if enrolment.referred_by is not None:
        referred_by = await resolve(actor, program, enrolment.referred_by, ("referredBy",), claim)
    return EnrolMember(
        program_id=program.id,
        actor=actor.credential,
        claim=claim,
        member_id=uuid7(),
        number=draw_number(),
        referred_by_id=referred_by,
        external=external,
        kind=enrolment.kind,
        occurred_at=occurred_at,
        attributes=attributes,
        **facts,
    )


async def enrol(engine: Engine, actor: Actor, enrolment: Enrolment, *, key: str) -> Outcome:
    """Enrol a member. Raises `InvalidInput`, `NotFound`, `PhoneTaken`, `IdentityTaken`, `IdempotencyKeyReused`."""
    assert actor.program_id is not None, "the field asked for a credential"
    program = await engine.program(actor.program_id)
    try:
        command = await enrolment_command(program, actor, enrolment, key=key)
    except Answered as before:
        return before.outcome
    return await with_number(engine, lambda number: replace(command, number=number))


async def with_number(engine: Engine, command: Callable[[str], Command]) -> Outcome:
    """Have the writer carry out the command for a number that is drawn; for another if somebody has that one."""
    for draw in range(NUMBER_DRAWS):
        try:
            return await engine.writer.post(command(draw_number()))
        except Rejected as rejected:
            # Two of a hundred thousand million numbers met; anything else that the database rejects is a bug.
            if "number" not in str(rejected) or draw + 1 == NUMBER_DRAWS:
                raise
    raise AssertionError("the loop returns or raises")


async def amend(engine: Engine, actor: Actor, ref: MemberRef, changes: Mapping[str, Any], *, key: str) -> Outcome:
    """Set the given facts of a member, None clearing one. Raises as `enrol` does, and `MemberNotActive` when closed."""
    assert actor.program_id is not None, "the field asked for a credential"
    key = checks.idempotency_key(key)
    program = await engine.program(actor.program_id)
    now = program.now()
    facts = {name: checked(name, value, program, now) for name, value in changes.items()}
    hash = content_hash((canonical(program, ref), tuple(sorted(facts.items()))))
    claim = Claim(f"{actor.credential}:memberAmend", key, hash)
    try:
        member_id = await resolve(actor, program, ref, ("member",), claim)
    except Answered as before:
        return before.outcome
    if "attributes" in facts:
        facts["attributes"] = dict(facts["attributes"])
    command = AmendMember(
        program_id=program.id, actor=actor.credential, claim=claim, member_id=member_id, changes=facts
    )
    return await engine.writer.post(command)


def checked(name: str, value: Any, program: Program, now: datetime) -> Any:  # noqa: PLR0911  (one for each fact)
    """Return the value of a member's fact in its stored form. Raises `InvalidInput`."""
    path = (name,)
    if name == "status":
        if value is None:
            raise InvalidInput("`status` must not be null.", field=path)
        return MemberStatus(value)
    if name == "attributes":
        return checks.attributes(value or (), path)
    if value is None:
        return None
    match name:
        case "phone":
            return phones.normal(value, program.zone.key, path)
        case "email":
            return checks.email(value, path)
        case "birthday":
            return checks.birthday(value, now, path)
        case "name":
            return checks.text(value, path, checks.NAME_MAX)
    return checks.text(value, path, checks.CODE_MAX)
