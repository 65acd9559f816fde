"""Answers that were given before.

The writer looks a key up before it decides anything. But some requests are refused before they reach it, because what
they name is not there any more: a phone number that changed hands, an item that is no longer listed. If such a request
is a repetition, its caller must hear what became of the first.
"""

from collections.abc import Sequence

import models
from domain.commands import Claim
from domain.program import Program
from domain.refusals import Refusal
from services.writer.answers import Outcome, replayed
from services.writer.session import StoredKey


async def answered(program: Program, claim: Claim) -> Outcome | None:
    """Return the answer that was given under the claim's key, None when it is new.

    Raises the refusal that it was answered with, or `IdempotencyKeyReused`.
    """
    (answer,) = await answers(program, [claim])
    if isinstance(answer, Refusal):
        raise answer
    return answer


async def answers(program: Program, claims: Sequence[Claim]) -> list[Outcome | Refusal | None]:
    """Return the answer that was given under each key, None for those that are new. The claims have one scope."""
    keys = [claim.key for claim in claims]
    rows = await models.Idempotency.filter(program_id=program.id, scope=claims[0].scope, key__in=keys)
    stored = {row.key: StoredKey(program.id, row.scope, row.key, bytes(row.hash), row.outcome or {}) for row in rows}
    return [replayed(stored[claim.key], claim.hash) if claim.key in stored else None for claim in claims]
