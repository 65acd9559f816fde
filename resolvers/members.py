"""Mutations of members and their balances."""

from typing import Annotated

import strawberry

from schema.context import Info
from schema.payloads.inputs import BalanceAdjustInput, BalanceTransferInput, MemberAmendInput, MemberEnrollInput
from schema.payloads.results import (
    BalanceAdjustPayload,
    BalanceTransferPayload,
    MemberAmendPayload,
    MemberEnrollPayload,
)
from schema.permissions import Needs
from schema.refusals import Refusals
from schema.types.ledger import Entry
from schema.types.member import Member
from services import balances, members
from services.actors import Scope
from services.writer.answers import Outcome


async def member_of(info: Info, outcome: Outcome) -> Member | None:
    """Return the member of an outcome, as it is now."""
    row = await info.context.loaders.member.load(outcome.member_id) if outcome.member_id else None
    return Member.of(row) if row else None


async def entries_of(info: Info, outcome: Outcome) -> list[Entry]:
    """Return the ledger lines of an outcome, as they were written."""
    rows = [row for row in await info.context.loaders.entry.load_many(list(outcome.entries)) if row]
    return [Entry.of(row, await info.context.loaders.program.load(row.program_id)) for row in rows]


@strawberry.mutation(description="Enrols a member.", extensions=[Refusals(), Needs(Scope.MEMBERS_WRITE)])
async def member_enroll(
    info: Info, input: Annotated[MemberEnrollInput, strawberry.argument(description="The new member.")]
) -> MemberEnrollPayload:
    """Enrol."""
    context = info.context
    outcome = await members.enrol(context.engine, context.actor, input.enrolment(), key=input.idempotency_key)
    return MemberEnrollPayload(member=await member_of(info, outcome), replayed=outcome.replayed)


@strawberry.mutation(description="Changes facts of a member.", extensions=[Refusals(), Needs(Scope.MEMBERS_WRITE)])
async def member_amend(
    info: Info, input: Annotated[MemberAmendInput, strawberry.argument(description="What changes.")]
) -> MemberAmendPayload:
    """Amend."""
    context = info.context
    outcome = await members.amend(
        context.engine, context.actor, input.member.ref(), input.changes(), key=input.idempotency_key
    )
    return MemberAmendPayload(member=await member_of(info, outcome), replayed=outcome.replayed)


@strawberry.mutation(
    description="Adds to a member's balance, or takes from it, for a stated reason.",
    extensions=[Refusals(), Needs(Scope.BALANCES_ADJUST)],
)
async def balance_adjust(
    info: Info, input: Annotated[BalanceAdjustInput, strawberry.argument(description="The adjustment.")]
) -> BalanceAdjustPayload:
    """Adjust."""
    context = info.context
    outcome = await balances.adjust(
        context.engine,
        context.actor,
        input.member.ref(),
        asset=input.asset,
        amount=input.amount,
        reason=input.reason,
        key=input.idempotency_key,
    )
    (entry,) = await entries_of(info, outcome)
    return BalanceAdjustPayload(member=await member_of(info, outcome), entry=entry, replayed=outcome.replayed)


@strawberry.mutation(
    description="Moves value from one member to another. Each part keeps the expiry that it had.",
    extensions=[Refusals(), Needs(Scope.BALANCES_ADJUST)],
)
async def balance_transfer(
    info: Info, input: Annotated[BalanceTransferInput, strawberry.argument(description="The transfer.")]
) -> BalanceTransferPayload:
    """Transfer."""
    context = info.context
    outcome = await balances.transfer(
        context.engine,
        context.actor,
        input.member.ref(),
        input.to.ref(),
        asset=input.asset,
        amount=input.amount,
        reason=input.reason,
        key=input.idempotency_key,
    )
    given, received = await entries_of(info, outcome)
    taker = await context.loaders.member.load(received.row.member_id)
    return BalanceTransferPayload(
        member=await member_of(info, outcome),
        to=Member.of(taker) if taker else None,
        given=given,
        received=received,
        replayed=outcome.replayed,
    )
