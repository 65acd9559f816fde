"""Mutations of what is paid into balances and used of them."""

from typing import Annotated

import strawberry

from domain.ledger import Contra
from resolvers.members import entries_of, member_of
from schema import ids
from schema.context import Info
from schema.payloads.values import (
    BalanceConvertInput,
    BalanceConvertPayload,
    BalanceSpendInput,
    BalanceSpendPayload,
    BalanceSpendUndoInput,
    BalanceSpendUndoPayload,
    ValueRefundInput,
    ValueRefundPayload,
    ValueTopUpInput,
    ValueTopUpPayload,
)
from schema.permissions import Needs
from schema.refusals import Refusals
from services import spending, values
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


@strawberry.mutation(
    description="Takes what a top-up paid in out of the balance again, to be paid back in money, and the unspent bonus "
    "that belongs to it. Bonus itself is never paid back.",
    extensions=[Refusals(), Needs(Scope.VALUE_WRITE)],
)
async def value_refund(
    info: Info, input: Annotated[ValueRefundInput, strawberry.argument(description="The refund.")]
) -> ValueRefundPayload:
    """Refund."""
    context = info.context
    outcome = await values.refund(
        context.engine,
        context.actor,
        ids.decode_numbered(ids.ENTRY, input.top_up),
        amount=input.amount,
        reason=input.reason,
        key=input.idempotency_key,
    )
    lines = {line.row.contra: line for line in await entries_of(info, outcome)}
    return ValueRefundPayload(
        member=await member_of(info, outcome),
        entry=lines[Contra.LIABILITY],
        kept=lines.get(Contra.REDEMPTION),
        bonus=lines.get(Contra.ISSUANCE),
        replayed=outcome.replayed,
    )


@strawberry.mutation(
    description="Uses so much of a member's balance for something outside an order, such as a visit.",
    extensions=[Refusals(), Needs(Scope.BALANCES_SPEND)],
)
async def balance_spend(
    info: Info, input: Annotated[BalanceSpendInput, strawberry.argument(description="What is used.")]
) -> BalanceSpendPayload:
    """Spend."""
    context = info.context
    outcome = await spending.spend(
        context.engine,
        context.actor,
        input.member.ref(),
        asset=input.asset,
        amount=input.amount,
        reason=input.reason,
        key=input.idempotency_key,
        agent=input.agent.ref() if input.agent else None,
    )
    (entry,) = await entries_of(info, outcome)
    return BalanceSpendPayload(member=await member_of(info, outcome), entry=entry, replayed=outcome.replayed)


@strawberry.mutation(
    description="Gives back what `balanceSpend` used, or a part of it, to the lots that it came from. They keep their "
    "expiry; for those that expired since there are new ones, which live for the asset's grace days.",
    extensions=[Refusals(), Needs(Scope.BALANCES_SPEND)],
)
async def balance_spend_undo(
    info: Info, input: Annotated[BalanceSpendUndoInput, strawberry.argument(description="What is given back.")]
) -> BalanceSpendUndoPayload:
    """Undo."""
    context = info.context
    outcome = await spending.undo(
        context.engine,
        context.actor,
        ids.decode_numbered(ids.ENTRY, input.entry),
        amount=input.amount,
        reason=input.reason,
        key=input.idempotency_key,
    )
    (entry,) = await entries_of(info, outcome)
    return BalanceSpendUndoPayload(member=await member_of(info, outcome), entry=entry, replayed=outcome.replayed)


@strawberry.mutation(
    description="Turns so much of one asset into another, at a rate of `Program.conversions` and without rounding.",
    extensions=[Refusals(), Needs(Scope.BALANCES_SPEND)],
)
async def balance_convert(
    info: Info, input: Annotated[BalanceConvertInput, strawberry.argument(description="The conversion.")]
) -> BalanceConvertPayload:
    """Convert."""
    context = info.context
    outcome = await spending.convert(
        context.engine,
        context.actor,
        input.member.ref(),
        source=input.source,
        target=input.target,
        amount=input.amount,
        key=input.idempotency_key,
    )
    given, received = await entries_of(info, outcome)
    return BalanceConvertPayload(
        member=await member_of(info, outcome), given=given, received=received, replayed=outcome.replayed
    )
