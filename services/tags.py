"""Tags of members, set and taken away by hand."""

from collections.abc import Sequence

from domain import checks
from domain.commands import Claim
from domain.decisions.tags import TAGS_MAX
from domain.digest import content_hash
from domain.occasion_commands import TagMember
from domain.refusals import InvalidInput
from services import members
from services.actors import Actor
from services.engine import Engine
from services.members import Answered, MemberRef
from services.writer.answers import Outcome


async def tag(
    engine: Engine, actor: Actor, ref: MemberRef, add: Sequence[str], remove: Sequence[str], *, key: str
) -> Outcome:
    """Set tags on a member and take others away; what is so already stays as it is.

    Raises `InvalidInput`, `NotFound`, `MemberNotActive`, `LimitReached` or `IdempotencyKeyReused`.
    """
    assert actor.program_id is not None, "the field asked for a credential"
    key = checks.idempotency_key(key)
    program = await engine.program(actor.program_id)
    added, removed = _checked(add, ("add",)), _checked(remove, ("remove",))
    if not added and not removed:
        raise InvalidInput("`add` or `remove` names a tag.", field=("add",))
    if both := sorted(set(added) & set(removed)):
        raise InvalidInput(f"The tag {both[0]!r} is to be set and taken away.", field=("remove",))
    hash = content_hash((members.canonical(program, ref), added, removed))
    claim = Claim(f"{actor.credential}:memberTag", key, hash)
    try:
        member_id = await members.resolve(actor, program, ref, ("member",), claim)
    except Answered as before:
        return before.outcome
    return await engine.writer.post(
        TagMember(
            program_id=program.id,
            actor=actor.credential,
            claim=claim,
            member_id=member_id,
            add=added,
            remove=removed,
        )
    )


def _checked(tags: Sequence[str], path: checks.Path) -> tuple[str, ...]:
    """Return tags in their stored form, sorted, each once."""
    checks.count(len(tags), path, 0, TAGS_MAX)
    found = {checks.text(tag, (*path, str(index)), checks.CODE_MAX) for index, tag in enumerate(tags)}
    return tuple(sorted(found))
