"""Gift cards in short words, and what may be wrong with one in the town that the verifier's tests tamper with."""

import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import models
from services import gift_cards
from services.members import MemberRef
from services.writer.answers import Outcome
from tests.factories import World, new_key
from tests.services.saving import pay_in, transfer_of


async def issue(shop: World, amount: str, giver: UUID | None = None, **facts: Any) -> Outcome:
    given: dict[str, Any] = {"asset": "VALUE", "message": None, "reason": None, "key": new_key()} | facts
    ref = MemberRef(id=giver) if giver else None
    return await gift_cards.issue(shop.engine, shop.actor, ref, amount=Decimal(amount), **given)


async def card_of(outcome: Outcome) -> models.GiftCard:
    assert outcome.card_id is not None
    return await models.GiftCard.get(member_id=outcome.card_id)


async def code_of(shop: World, outcome: Outcome) -> str:
    code = gift_cards.code_of(shop.engine, await card_of(outcome))
    assert code is not None
    return code


async def claim(shop: World, code: str, member: UUID, *, key: str | None = None) -> Outcome:
    return await gift_cards.claim(shop.engine, shop.actor, code, MemberRef(id=member), key=key or new_key())


async def void(shop: World, card: UUID, *, reason: str | None = None, key: str | None = None) -> Outcome:
    return await gift_cards.void(shop.engine, shop.actor, card, reason=reason, key=key or new_key())


async def build(shop: World) -> dict[str, Any]:
    """Let one more member give cards of which one is claimed, and return the ids that the cases tamper with."""
    giver, taker = await shop.enrol(name="Giver"), await shop.enrol(name="Taker")
    await pay_in(shop, giver, "90")
    unclaimed = await card_of(await issue(shop, "25", message="Happy birthday"))
    given = await issue(shop, "30", giver)
    claimed = await card_of(given)
    await claim(shop, await code_of(shop, given), taker)
    refunded, returned = await card_of(await issue(shop, "15")), await card_of(await issue(shop, "10", giver))
    taken_back = [await transfer_of(await void(shop, card.member_id)) for card in (refunded, returned)]
    later = await transfer_of(await pay_in(shop, giver, "5"))
    key = await models.Idempotency.filter(scope__endswith=":giftCardIssue").order_by("recorded_at").first()
    assert key is not None
    return {
        "giver": giver,
        "nameless": await shop.enrol(),
        "claimed_account": (await models.Account.get(member_id=claimed.member_id)).id,
        "unclaimed": unclaimed.member_id,
        "claimed": claimed.member_id,
        "refunded": refunded.member_id,
        "returned": returned.member_id,
        "claim_transfer": (await card_of(given)).settlement_id,
        "put_back": taken_back[1],
        "later_lot": (await models.TopUp.get(transfer_id=later)).lot_id,
        "card_key": key.key,
        "card_scope": key.scope,
        "outcome_no_card": json.dumps((key.outcome or {}) | {"card": str(UUID(int=7))}),
    }


def _of(card: str) -> dict[str, Any]:
    return {"program_id": "{program}", "member_id": f"{{{card}}}"}


def _bearer(card: str) -> dict[str, Any]:
    return {"program_id": "{program}", "id": f"{{{card}}}"}


def _set(card: str, change: str) -> tuple[str, ...]:
    return (f"UPDATE gift_card SET {change} WHERE member_id = '{{{card}}}'",)


KEY = {"program_id": "{program}", "scope": "{card_scope}", "key": "{card_key}"}
CASES: list[tuple[str, tuple[str, ...], str, dict[str, Any], bool]] = [
    (
        "a gift card is deleted",
        ("DELETE FROM gift_card WHERE member_id = '{claimed}'",),
        "member.gift_card",
        _bearer("claimed"),
        False,
    ),
    (
        "a person is made the bearer of a card",
        ("UPDATE member SET kind = 'GIFT_CARD' WHERE id = '{nameless}'",),
        "member.gift_card",
        _bearer("nameless"),
        False,
    ),
    (
        "a bearer is made a person",
        ("UPDATE member SET kind = 'PERSON' WHERE id = '{unclaimed}'",),
        "member.gift_card",
        _bearer("unclaimed"),
        True,
    ),
    (
        "a bearer gets a name",
        ("UPDATE member SET name = 'Li Lei' WHERE id = '{unclaimed}'",),
        "member.bearer",
        _bearer("unclaimed"),
        True,
    ),
    (
        "a bearer gets an identity",
        ("UPDATE identity SET member_id = '{unclaimed}' WHERE id = '{identity}'",),
        "member.bearer",
        _bearer("unclaimed"),
        True,
    ),
    ("a card was worth more", _set("unclaimed", "amount = amount + 1"), "gift_card.issue", _of("unclaimed"), True),
    ("a card has another giver", _set("returned", "giver_id = '{saver}'"), "gift_card.issue", _of("returned"), False),
    ("a card has no giver", _set("claimed", "giver_id = NULL"), "gift_card.issue", _of("claimed"), True),
    (
        "a card was issued by another transfer",
        _set("unclaimed", "transfer_id = '{top_up}'"),
        "gift_card.issue",
        _of("unclaimed"),
        False,
    ),
    ("a card is void with its value", _set("unclaimed", "state = 'VOID'"), "gift_card.state", _of("unclaimed"), True),
    ("a claimed card is open again", _set("claimed", "state = 'ISSUED'"), "gift_card.state", _of("claimed"), True),
    (
        "a claimed card is open again, and looks so",
        _set("claimed", "state = 'ISSUED', claimed_by_id = NULL, settled_at = NULL, settlement_id = NULL"),
        "gift_card.state",
        _of("claimed"),
        False,
    ),
    (
        "the bearer of a claimed card is alive",
        ("UPDATE member SET status = 'ACTIVE' WHERE id = '{claimed}'",),
        "gift_card.state",
        _of("claimed"),
        True,
    ),
    (
        "somebody else claimed the card",
        _set("claimed", "claimed_by_id = '{saver}'"),
        "gift_card.settlement",
        _of("claimed"),
        True,
    ),
    (
        "a member of another program claimed the card",
        _set("claimed", "claimed_by_id = '{foreign}'"),
        "gift_card.settlement",
        _of("claimed"),
        True,
    ),
    (
        "a card that was claimed was taken back",
        _set("claimed", "state = 'VOID', claimed_by_id = NULL"),
        "gift_card.settlement",
        _of("claimed"),
        False,
    ),
    (
        "a card that was taken back was claimed by its giver",
        _set("refunded", "state = 'CLAIMED', claimed_by_id = '{giver}'"),
        "gift_card.settlement",
        _of("refunded"),
        True,
    ),
    (
        "a card was settled by its issue",
        _set("claimed", "settlement_id = transfer_id"),
        "entry.gift_card",
        {"program_id": "{program}", "member_id": "{claimed}", "account_id": "{claimed_account}", "seq": 2},
        False,
    ),
    (
        "a card was settled at another time",
        _set("refunded", "settled_at = (SELECT recorded_at FROM transfer WHERE id = '{transfer}')"),
        "gift_card.settlement",
        _of("refunded"),
        True,
    ),
    (
        "a card that was taken back undoes nothing",
        ("UPDATE transfer SET original_id = NULL WHERE id = '{put_back}'",),
        "gift_card.settlement",
        _of("returned"),
        False,
    ),
    (
        "a claim undoes the issue of the card",
        (
            (
                "UPDATE transfer SET original_id = (SELECT transfer_id FROM gift_card WHERE member_id = '{claimed}') "
                "WHERE id = '{claim_transfer}'"
            ),
        ),
        "gift_card.settlement",
        _of("claimed"),
        False,
    ),
    (
        "what was taken back went to another lot of the giver",
        ("UPDATE lot_move SET lot_id = '{later_lot}' WHERE transfer_id = '{put_back}' AND remaining > 0",),
        "gift_card.put_back",
        _of("returned"),
        False,
    ),
    (
        "more went back to a lot than had come from it",
        ("UPDATE lot_move SET remaining = remaining + 1 WHERE transfer_id = '{put_back}' AND remaining > 0",),
        "gift_card.put_back",
        _of("returned"),
        False,
    ),
    (
        "what was taken back is a new lot",
        ("UPDATE lot SET transfer_id = '{put_back}' WHERE id = '{later_lot}'",),
        "gift_card.put_back",
        _of("returned"),
        False,
    ),
    (
        "a code is cut short",
        _set("unclaimed", "code_hash = substr(code_hash, 1, 31)"),
        "gift_card.code",
        _of("unclaimed"),
        True,
    ),
    (
        "a key answers with a card that is not",
        ("UPDATE idempotency SET outcome = '{outcome_no_card}' WHERE key = '{card_key}' AND scope = '{card_scope}'",),
        "idempotency.gift_card",
        KEY,
        True,
    ),
]
"""What `Case` takes."""
