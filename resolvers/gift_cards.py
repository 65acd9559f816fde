"""Mutations of gift cards."""

from typing import Annotated

import strawberry

import models
from resolvers.members import entries_of
from schema import ids
from schema.context import Info
from schema.payloads.gift_cards import (
    GiftCardClaimInput,
    GiftCardClaimPayload,
    GiftCardIssueInput,
    GiftCardIssuePayload,
    GiftCardVoidInput,
    GiftCardVoidPayload,
)
from schema.payloads.inputs import NOBODY
from schema.permissions import Needs
from schema.refusals import Refusals
from schema.types.gift_card import GiftCard
from schema.types.ledger import Entry
from schema.types.member import Member
from services import gift_cards
from services.actors import Scope
from services.writer.answers import Outcome


async def _card(info: Info, outcome: Outcome) -> tuple[models.GiftCard, GiftCard]:
    """Return the card of an outcome, as it is now: its row, and itself."""
    assert outcome.card_id is not None, "what is done with a card names it"
    row = await info.context.loaders.gift_card.load(outcome.card_id)
    assert row is not None, "whoever writes sees what they wrote"
    return row, GiftCard.of(row, await info.context.loaders.program.load(row.program_id))


async def _other(info: Info, row: models.GiftCard, outcome: Outcome) -> tuple[Entry | None, Member | None]:
    """Return the line of the one member of an outcome who is not the bearer, and that member, as it is now."""
    lines = [line for line in await entries_of(info, outcome) if line.row.member_id != row.member_id]
    if not lines:
        return None, None
    member = await info.context.loaders.member.load(lines[0].row.member_id)
    return lines[0], Member.of(member) if member else None


@strawberry.mutation(
    description="Issues a gift card: of money that is paid in, without a bonus, or of a member's balance, of which "
    "each part keeps the expiry that it had.",
    extensions=[Refusals(), Needs(Scope.VALUE_WRITE)],
)
async def gift_card_issue(
    info: Info, input: Annotated[GiftCardIssueInput, strawberry.argument(description="The card.")]
) -> GiftCardIssuePayload:
    """Issue."""
    context = info.context
    outcome = await gift_cards.issue(
        context.engine,
        context.actor,
        input.giver.ref() if input.giver else None,
        asset=input.asset,
        amount=input.amount,
        message=input.message,
        reason=input.reason,
        key=input.idempotency_key,
    )
    row, card = await _card(info, outcome)
    entry, member = await _other(info, row, outcome)
    code = gift_cards.code_of(context.engine, row)
    return GiftCardIssuePayload(gift_card=card, code=code, entry=entry, member=member, replayed=outcome.replayed)


@strawberry.mutation(
    description="Moves everything that is left of a gift card to a member. Each part keeps the expiry that it had.",
    extensions=[Refusals(), Needs(Scope.BALANCES_SPEND, instead=Scope.VALUE_WRITE)],
)
async def gift_card_claim(
    info: Info, input: Annotated[GiftCardClaimInput, strawberry.argument(description="The claim.")]
) -> GiftCardClaimPayload:
    """Claim."""
    context = info.context
    outcome = await gift_cards.claim(
        context.engine, context.actor, input.code, input.member.ref(), key=input.idempotency_key
    )
    row, card = await _card(info, outcome)
    entry, member = await _other(info, row, outcome)
    return GiftCardClaimPayload(gift_card=card, entry=entry, member=member, replayed=outcome.replayed)


@strawberry.mutation(
    description="Takes back what is left of a gift card that nobody has claimed: it goes back to who gave it, or out "
    "of the ledger, to be paid back in money, if it was paid in.",
    extensions=[Refusals(), Needs(Scope.VALUE_WRITE)],
)
async def gift_card_void(
    info: Info, input: Annotated[GiftCardVoidInput, strawberry.argument(description="Which card.")]
) -> GiftCardVoidPayload:
    """Take back."""
    context = info.context
    outcome = await gift_cards.void(
        context.engine,
        context.actor,
        ids.decode(ids.GIFT_CARD, input.card) or NOBODY,
        reason=input.reason,
        key=input.idempotency_key,
    )
    row, card = await _card(info, outcome)
    entry, member = await _other(info, row, outcome)
    paid_back = None if entry else (await entries_of(info, outcome))[0]
    return GiftCardVoidPayload(gift_card=card, entry=entry or paid_back, member=member, replayed=outcome.replayed)
