"""Gift cards: issued, claimed, taken back, found."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from tortoise.expressions import Q
from uuid_utils.compat import uuid7

import models
from domain import checks, codes, gift_cards
from domain.assets import AssetKind
from domain.commands import Claim
from domain.digest import content_hash
from domain.gift_commands import ClaimGiftCard, IssueGiftCard, VoidGiftCard
from domain.refusals import InvalidInput, NotFound
from services import members, visible
from services.actors import Actor
from services.engine import Engine
from services.members import Answered, MemberRef
from services.movements import asset_of, positive
from services.writer.answers import Outcome


@dataclass(frozen=True, slots=True)
class CardRef:
    """How a caller names a card: exactly one of the fields."""

    id: UUID | None = None
    code: str | None = None


async def issue(
    engine: Engine,
    actor: Actor,
    giver: MemberRef | None,
    *,
    asset: str,
    amount: Decimal,
    message: str | None,
    reason: str | None,
    key: str,
) -> Outcome:
    """Issue a card of what is paid in, or of what a member gives.

    Raises `InvalidInput`, `NotFound`, `InsufficientBalance`, `MemberNotActive`, `LimitReached` or
    `IdempotencyKeyReused`.
    """
    assert actor.program_id is not None, "the field asked for a credential"
    key = checks.idempotency_key(key)
    program = await engine.program(actor.program_id)
    found = asset_of(program, asset)
    if giver is None and found.kind is not AssetKind.MONEY:
        raise InvalidInput(f"{found.code} is not money and cannot be paid in.", field=("asset",))
    if found.kind is AssetKind.QUALIFYING:
        raise InvalidInput(f"{found.code} counts towards tiers and cannot be given away.", field=("asset",))
    minor = positive(amount, found)
    words = checks.optional_text(message, ("message",), gift_cards.MESSAGE_MAX)
    why = checks.optional_text(reason, ("reason",), checks.REASON_MAX)
    said = (members.canonical(program, giver), found.id, minor, words, why)
    claim = Claim(f"{actor.credential}:giftCardIssue", key, content_hash(said))
    try:
        giver_id = await members.resolve(actor, program, giver, ("from",), claim) if giver else None
    except Answered as before:
        return before.outcome

    def command(number: str) -> IssueGiftCard:
        bearer_id = uuid7()
        return IssueGiftCard(
            program_id=program.id,
            actor=actor.credential,
            claim=claim,
            bearer_id=bearer_id,
            number=number,
            code_hash=codes.code_hash(gift_cards.code_for(engine.secret_key, bearer_id)),
            asset_id=found.id,
            amount=minor,
            giver_id=giver_id,
            message=words,
            reason=why,
        )

    return await members.with_number(engine, command)


async def claim(engine: Engine, actor: Actor, code: str, ref: MemberRef, *, key: str) -> Outcome:
    """Move everything that is left of a card to a member.

    Raises `InvalidInput` for what can be no code, `NotFound`, `GiftCardNotInState`, `InsufficientBalance`,
    `MemberNotActive`, `LimitReached` or `IdempotencyKeyReused`.
    """
    assert actor.program_id is not None, "the field asked for a credential"
    key = checks.idempotency_key(key)
    program = await engine.program(actor.program_id)
    wanted = codes.code_hash(gift_cards.normal_code(code))
    said = (wanted.hex(), members.canonical(program, ref))
    idempotency = Claim(f"{actor.credential}:giftCardClaim", key, content_hash(said))
    card = await visible.gift_cards(actor).get_or_none(code_hash=wanted)
    if card is None:
        raise NotFound("There is no such gift card.", field=("code",))
    try:
        member_id = await members.resolve(actor, program, ref, ("member",), idempotency)
    except Answered as before:
        return before.outcome
    return await engine.writer.post(
        ClaimGiftCard(
            program_id=program.id,
            actor=actor.credential,
            claim=idempotency,
            member_id=member_id,
            bearer_id=card.member_id,
            asset_id=card.asset_id,
            amount=card.amount,
        )
    )


async def void(engine: Engine, actor: Actor, card_id: UUID, *, reason: str | None, key: str) -> Outcome:
    """Take back what is left of a card.

    Raises `InvalidInput`, `NotFound`, `GiftCardNotInState`, `InsufficientBalance`, `MemberNotActive` for a giver who
    is closed, `LimitReached` or `IdempotencyKeyReused`.
    """
    key = checks.idempotency_key(key)
    why = checks.optional_text(reason, ("reason",), checks.REASON_MAX)
    card = await visible.gift_cards(actor).get_or_none(member_id=card_id)
    if card is None:
        raise NotFound("There is no such gift card.", field=("card",))
    return await engine.writer.post(
        VoidGiftCard(
            program_id=card.program_id,
            actor=actor.credential,
            claim=Claim(f"{actor.credential}:giftCardVoid", key, content_hash((card_id, why))),
            bearer_id=card.member_id,
            giver_id=card.giver_id,
            transfer_id=card.transfer_id,
            asset_id=card.asset_id,
            amount=card.amount,
            reason=why,
        )
    )


def code_of(engine: Engine, card: models.GiftCard) -> str | None:
    """Return the code of a card; None when the server's secret is not the one any more by which it was made."""
    code = gift_cards.code_for(engine.secret_key, card.member_id)
    return code if codes.code_hash(code) == bytes(card.code_hash) else None


async def find(actor: Actor, ref: CardRef) -> models.GiftCard | None:
    """Return the card that `ref` names, if the actor can see it."""
    rows = visible.gift_cards(actor)
    if ref.id is not None:
        return await rows.get_or_none(member_id=ref.id)
    assert ref.code is not None, "a reference names its card in one way"
    try:
        return await rows.get_or_none(code_hash=codes.code_hash(gift_cards.normal_code(ref.code)))
    except InvalidInput:
        return None


async def cards_by_id(actor: Actor, ids: Sequence[UUID]) -> list[models.GiftCard | None]:
    """Return each card by its bearer, or None when the actor cannot see it."""
    found = {row.member_id: row for row in await visible.gift_cards(actor).filter(member_id__in=list(ids))}
    return [found.get(key) for key in ids]


async def of_transfers(transfer_ids: Sequence[UUID]) -> list[models.GiftCard | None]:
    """Return the card that each transfer issued or settled. The lines that name them must have been visible."""
    ids = list(transfer_ids)
    rows = await models.GiftCard.filter(Q(transfer_id__in=ids) | Q(settlement_id__in=ids))
    found = {row.transfer_id: row for row in rows} | {row.settlement_id: row for row in rows}
    return [found.get(key) for key in transfer_ids]


async def numbers_of(bearer_ids: Sequence[UUID]) -> list[str]:
    """Return the number of each bearer. The cards themselves must have been visible."""
    found = {row.id: row.number for row in await models.Member.filter(id__in=list(bearer_ids)).only("id", "number")}
    return [found[key] for key in bearer_ids]
