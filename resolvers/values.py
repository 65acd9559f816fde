"""Mutations of what is paid into balances and used of them."""

from typing import Annotated

import strawberry

from resolvers.members import entries_of, member_of
from schema.context import Info
from schema.payloads.values import ValueTopUpInput, ValueTopUpPayload
from schema.permissions import Needs
from schema.refusals import Refusals
from services import values
from services.actors import Scope


@strawberry.mutation(
    description="Pays money into a member's balance. The highest step of the asset's ladder that it reaches gives a "
    "bonus on top.",
    extensions=[Refusals(), Needs(Scope.VALUE_WRITE)],
)
async def value_top_up(
    info: Info, input: Annotated[ValueTopUpInput, strawberry.argument(description="The top-up.")]
) -> ValueTopUpPayload:
    """Top up."""
    context = info.context
    outcome = await values.top_up(
        context.engine,
        context.actor,
        input.member.ref(),
        asset=input.asset,
        amount=input.amount,
        reason=input.reason,
        key=input.idempotency_key,
    )
    entry, *bonus = await entries_of(info, outcome)
    return ValueTopUpPayload(
        member=await member_of(info, outcome),
        entry=entry,
        bonus=bonus[0] if bonus else None,
        replayed=outcome.replayed,
    )
