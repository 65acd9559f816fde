"""Gift cards: what is in one is exactly what was put in, until exactly one member has it."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

import models
from domain.assets import ExpiryPolicy
from domain.members import MemberKind
from domain.refusals import (
    GiftCardNotInState,
    IdempotencyKeyReused,
    InsufficientBalance,
    InvalidInput,
    LimitReached,
    MemberNotActive,
    NotFound,
    Refusal,
)
from services import balances, gift_cards, liability, members, order_life, programs, spending, values
from services.engine import Engine
from services.gift_cards import CardRef
from services.members import MemberRef
from services.order_life import OrderRef
from services.templates import Template
from services.writer.answers import Outcome
from tests.factories import NOON, World, new_key, world
from tests.services.gifts import card_of, claim, code_of, issue, void
from tests.services.saving import ladder, pay_in, spend
from tests.services.test_transfers import lots_of
from tests.services.test_values import clean, terms
from tests.services.test_writer_parallel import writers


async def lines_of(outcome: Outcome) -> list[tuple[UUID, str, int, str]]:
    rows = [await models.Entry.get(account_id=account, seq=seq) for account, seq in outcome.entries]
    return [(row.member_id, row.kind, row.change_available, row.contra) for row in rows]


async def counts() -> list[int]:
    """Return how much there is of everything that a gift card touches."""
    tables = (models.Member, models.GiftCard, models.Transfer, models.Entry, models.Lot, models.Event, models.TopUp)
    return [await table.all().count() for table in tables]


async def status_of(member: UUID) -> str:
    return str((await models.Member.get(id=member)).status)


async def test_a_card_that_is_paid_in_is_worth_what_was_paid_and_gets_no_bonus(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    await ladder(shop, ("10", "5"))
    outcome = await issue(shop, "25", message="Happy birthday", reason="receipt 7")
    card = await card_of(outcome)
    bearer = await models.Member.get(id=card.member_id)
    assert (bearer.kind, bearer.status, bearer.name, bearer.phone) == ("GIFT_CARD", "ACTIVE", None, None)
    assert (card.amount, card.state, card.giver_id, card.message) == (25_00, "ISSUED", None, "Happy birthday")
    assert (card.claimed_by_id, card.settled_at, card.settlement_id) == (None, None, None)
    assert await lines_of(outcome) == [(bearer.id, "TOP_UP", 25_00, "LIABILITY")]
    transfer = await models.Transfer.get(id=card.transfer_id)
    assert (transfer.kind, transfer.member_id, transfer.reason) == ("TOP_UP", bearer.id, "receipt 7")
    made = await models.TopUp.get(transfer_id=transfer.id)
    assert (made.amount, made.bonus, made.bonus_lot_id, made.step_threshold) == (25_00, 0, None, 0)
    assert await shop.balance(bearer.id, "VALUE") == 25_00
    assert await models.Standing.filter(member_id=bearer.id).count() == 0
    told = await models.Event.filter(member_id=bearer.id).order_by("position").values_list("kind", flat=True)
    assert list(told) == ["MEMBER_ENROLLED", "BALANCE_CHANGED"]
    await clean(shop)


async def test_a_claim_moves_everything_to_the_member_and_closes_the_bearer(house: Engine) -> None:
    shop = await world(house)
    issued = await issue(shop, "25")
    code, card = await code_of(shop, issued), await card_of(issued)
    member = await shop.enrol(name="Li Lei")
    outcome = await claim(shop, code, member)
    assert await lines_of(outcome) == [
        (card.member_id, "TRANSFER", -25_00, "CLEARING"),
        (member, "TRANSFER", 25_00, "CLEARING"),
    ]
    assert (await shop.balance(member, "VALUE"), await shop.balance(card.member_id, "VALUE")) == (25_00, 0)
    settled = await card_of(issued)
    assert (settled.state, settled.claimed_by_id, settled.settled_at) == ("CLAIMED", member, NOON)
    transfer = await models.Transfer.get(id=settled.settlement_id)
    assert (transfer.kind, transfer.member_id) == ("TRANSFER", card.member_id)
    assert await status_of(card.member_id) == "CLOSED"
    (lot,) = await models.Lot.filter(member_id=member)
    assert (lot.amount, lot.remaining, lot.priority) == (25_00, 25_00, 0)
    for owner, kinds in (
        (member, ["MEMBER_ENROLLED", "BALANCE_CHANGED"]),
        (card.member_id, ["MEMBER_ENROLLED", "BALANCE_CHANGED", "BALANCE_CHANGED", "MEMBER_AMENDED"]),
    ):
        told = await models.Event.filter(member_id=owner).order_by("position").values_list("kind", flat=True)
        assert list(told) == kinds
    await clean(shop)


async def test_a_card_of_a_members_value_keeps_the_expiry_of_each_part(house: Engine) -> None:
    shop = await world(house)
    await terms(shop, "POINTS", expiry=ExpiryPolicy.ROLLING_DAYS.value, expiry_length=10, expiry_from="OCCURRED")
    giver, taker = await shop.enrol(), await shop.enrol()
    for days, amount in ((9, "5.00"), (2, "7.00"), (5, "6.00")):
        await shop.buy(giver, amount, occurred_at=NOON - timedelta(days=days))
    issued = await issue(shop, "8", giver, asset="POINTS")
    bearer = (await card_of(issued)).member_id
    assert await lines_of(issued) == [(giver, "TRANSFER", -8, "CLEARING"), (bearer, "TRANSFER", 8, "CLEARING")]
    mine = await lots_of(giver)
    assert [row[:2] for row in mine] == [(5, 0), (6, 3), (7, 7)]
    given = [(5, 5, mine[0][2]), (3, 3, mine[1][2])]
    assert await lots_of(bearer) == given
    await clean(shop)
    await claim(shop, await code_of(shop, issued), taker)
    assert await lots_of(taker) == given
    assert [row[:2] for row in await lots_of(bearer)] == [(5, 0), (3, 0)]
    await clean(shop)


async def test_bonus_that_is_given_stays_bonus_and_principal_principal(house: Engine) -> None:
    shop = await world(house)
    await ladder(shop, ("100", "20"))
    giver, taker = await shop.enrol(), await shop.enrol()
    await pay_in(shop, giver, "100")
    issued = await issue(shop, "110", giver)
    await claim(shop, await code_of(shop, issued), taker)
    got = await models.Lot.filter(member_id=taker).order_by("priority").values_list("priority", "remaining")
    parts = await models.Lot.filter(member_id=giver).order_by("priority").values_list("priority", "remaining")
    assert {priority == 0: remaining for priority, remaining in got} == {False: 20_00, True: 90_00}
    assert {priority == 0: remaining for priority, remaining in parts} == {False: 0, True: 10_00}
    await clean(shop)


async def test_a_claim_pays_the_members_debt_first(house: Engine) -> None:
    shop = await world(house)
    giver, taker = await shop.enrol(), await shop.enrol()
    await shop.give(giver, "30")
    sold = await shop.buy(taker, "10.00")
    await spend(shop, taker, "10")
    await order_life.return_(house, shop.actor, OrderRef(id=sold.order_id), None, reason=None, key=new_key())
    assert await shop.balance(taker) == -10
    issued = await issue(shop, "30", giver, asset="POINTS")
    await claim(shop, await code_of(shop, issued), taker)
    assert await shop.balance(taker) == 20
    (lot,) = await models.Lot.filter(member_id=taker, amount=30)
    assert lot.remaining == 20
    await clean(shop)


async def test_the_giver_may_claim_their_own_card(house: Engine) -> None:
    shop = await world(house)
    giver = await shop.enrol()
    await pay_in(shop, giver, "40")
    issued = await issue(shop, "40", giver)
    assert await shop.balance(giver, "VALUE") == 0
    await claim(shop, await code_of(shop, issued), giver)
    assert await shop.balance(giver, "VALUE") == 40_00
    await clean(shop)


async def test_a_card_of_paid_in_money_that_is_taken_back_is_refunded(house: Engine) -> None:
    shop = await world(house)
    issued = await issue(shop, "25")
    card = await card_of(issued)
    outcome = await void(shop, card.member_id, reason="bought twice")
    assert await lines_of(outcome) == [(card.member_id, "REFUND", -25_00, "LIABILITY")]
    settled = await card_of(issued)
    assert (settled.state, settled.claimed_by_id, settled.settled_at) == ("VOID", None, NOON)
    transfer = await models.Transfer.get(id=settled.settlement_id)
    assert (transfer.kind, transfer.original_id, transfer.reason) == ("REFUND", card.transfer_id, "bought twice")
    assert await status_of(card.member_id) == "CLOSED"
    await clean(shop)


@pytest.mark.parametrize("status", ["ACTIVE", "FROZEN"])
async def test_a_members_card_that_is_taken_back_goes_back_to_them(house: Engine, status: str) -> None:
    shop = await world(house)
    giver = await shop.enrol()
    await pay_in(shop, giver, "40")
    issued = await issue(shop, "25", giver)
    card = await card_of(issued)
    if status == "FROZEN":
        await members.amend(house, shop.actor, MemberRef(id=giver), {"status": status}, key=new_key())
    outcome = await void(shop, card.member_id)
    assert await lines_of(outcome) == [
        (card.member_id, "TRANSFER", -25_00, "CLEARING"),
        (giver, "TRANSFER", 25_00, "CLEARING"),
    ]
    assert await shop.balance(giver, "VALUE") == 40_00
    assert ((await card_of(issued)).state, await status_of(card.member_id)) == ("VOID", "CLOSED")
    await clean(shop)


async def test_a_call_that_is_repeated_answers_the_same_and_does_nothing_more(house: Engine) -> None:
    shop = await world(house)
    giver, taker = await shop.enrol(), await shop.enrol()
    await pay_in(shop, giver, "40")
    first = await issue(shop, "25", giver, key="i")
    again = await issue(shop, "25", giver, key="i")
    code = await code_of(shop, first)
    assert (again.card_id, again.entries, again.replayed) == (first.card_id, first.entries, True)
    assert await code_of(shop, again) == code
    claimed = await claim(shop, code, taker, key="c")
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    repeated = await claim(shop, typed, taker, key="c")
    assert (repeated.card_id, repeated.entries, repeated.replayed) == (first.card_id, claimed.entries, True)
    paid = await issue(shop, "5", key="p")
    assert (await issue(shop, "5", key="p")).card_id == paid.card_id
    assert paid.card_id is not None
    voided = await void(shop, paid.card_id, key="v")
    assert (await void(shop, paid.card_id, key="v")).entries == voided.entries
    before = await counts()
    for other in (
        issue(shop, "26", giver, key="i"),
        issue(shop, "25", key="i"),
        issue(shop, "25", giver, message="…", key="i"),
        claim(shop, code, giver, key="c"),
        void(shop, paid.card_id, reason="…", key="v"),
    ):
        with pytest.raises(IdempotencyKeyReused):
            await other
    assert await counts() == before
    await clean(shop)


async def test_a_card_is_settled_once(house: Engine) -> None:
    shop = await world(house)
    member, other = await shop.enrol(), await shop.enrol()
    one, two = await issue(shop, "25"), await issue(shop, "30")
    code = await code_of(shop, one)
    await claim(shop, code, member)
    assert two.card_id is not None
    await void(shop, two.card_id)
    before = await counts()
    assert one.card_id is not None
    for posted, state, field in (
        (claim(shop, code, other), "CLAIMED", ("code",)),
        (claim(shop, code, member), "CLAIMED", ("code",)),
        (void(shop, one.card_id), "CLAIMED", ("card",)),
        (claim(shop, await code_of(shop, two), other), "VOID", ("code",)),
        (void(shop, two.card_id), "VOID", ("card",)),
    ):
        with pytest.raises(GiftCardNotInState) as caught:
            await posted
        assert (caught.value.facts, caught.value.field) == ({"state": state}, field)
    assert await counts() == before
    await clean(shop)


async def test_of_two_claims_in_one_batch_one_wins(house: Engine) -> None:
    shop = await world(house)
    takers = [await shop.enrol() for _ in range(5)]
    issued = await issue(shop, "25")
    code = await code_of(shop, issued)
    answers = await asyncio.gather(*(claim(shop, code, taker) for taker in takers), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["GiftCardNotInState"] * 4 + ["Outcome"]
    assert sorted([await shop.balance(taker, "VALUE") for taker in takers]) == [0, 0, 0, 0, 25_00]
    await clean(shop)


async def test_of_claims_on_parallel_servers_exactly_one_wins(postgres_house: Engine) -> None:
    house = postgres_house
    shop = await world(house)
    takers = [await shop.enrol() for _ in range(4)]
    cards = [await issue(shop, "10") for _ in range(12)]
    codes = [await code_of(shop, card) for card in cards]
    ids = [(await card_of(card)).member_id for card in cards]
    async with writers(house, 3) as several:

        async def attempt(number: int, code: str, card: UUID) -> str:
            desk = World(several[number % 3][1], shop.program, shop.actor)
            try:
                if number == 3:
                    await void(desk, card)
                    return "void"
                await claim(desk, code, takers[number])
            except Refusal as refusal:
                return refusal.code
            return "claimed"

        calls = [attempt(number, code, card) for card, code in zip(ids, codes, strict=True) for number in range(4)]
        answers = await asyncio.gather(*calls)
    for start in range(0, len(answers), 4):
        of_card = sorted(answers[start : start + 4])
        assert of_card[:3] == ["GIFT_CARD_STATE"] * 3
        assert of_card[3] in {"claimed", "void"}
    claimed = answers.count("claimed")
    assert sum([await shop.balance(taker, "VALUE") for taker in takers]) == claimed * 10_00
    assert await models.GiftCard.filter(state="CLAIMED").count() == claimed
    await clean(shop)


async def test_an_expired_card_can_be_neither_claimed_nor_taken_back(house: Engine) -> None:
    shop = await world(house)
    await terms(shop, "VALUE", expiry=ExpiryPolicy.ROLLING_DAYS.value, expiry_length=10, expiry_from="RECORDED")
    member = await shop.enrol()
    issued = await issue(shop, "25")
    code, card = await code_of(shop, issued), await card_of(issued)
    await programs.set_clock(shop.program.id, NOON + timedelta(days=10))
    for posted, field in ((claim(shop, code, member), ("code",)), (void(shop, card.member_id), ("card",))):
        with pytest.raises(InsufficientBalance) as caught:
            await posted
        assert caught.value.message == "Nothing is left of the 25.00 VALUE of the gift card: they expired."
        assert (caught.value.facts, caught.value.field) == (
            {"available": Decimal("0.00"), "required": Decimal("25.00")},
            field,
        )
    assert ((await card_of(issued)).state, await status_of(card.member_id)) == ("ISSUED", "ACTIVE")
    assert await shop.balance(member, "VALUE") == 0
    await balances.sweep(house, await house.program(shop.program.id), 100)
    last = await models.Entry.filter(member_id=card.member_id).order_by("-seq").first()
    assert last is not None
    assert (last.kind, last.change_available, last.contra) == ("EXPIRE", -25_00, "BREAKAGE")
    await clean(shop)


async def test_a_card_that_expired_in_part_is_claimed_for_the_rest(house: Engine) -> None:
    shop = await world(house)
    await terms(shop, "POINTS", expiry=ExpiryPolicy.ROLLING_DAYS.value, expiry_length=10, expiry_from="OCCURRED")
    giver, taker = await shop.enrol(), await shop.enrol()
    for days, amount in ((9, "5.00"), (2, "7.00")):
        await shop.buy(giver, amount, occurred_at=NOON - timedelta(days=days))
    issued = await issue(shop, "12", giver, asset="POINTS")
    await programs.set_clock(shop.program.id, NOON + timedelta(days=1))
    await claim(shop, await code_of(shop, issued), taker)
    assert await shop.balance(taker) == 7
    await clean(shop)


async def test_what_is_pending_on_a_card_is_claimed_when_it_is_released(house: Engine) -> None:
    shop = await world(house)
    await terms(shop, "VALUE", pending_days=3)
    member = await shop.enrol()
    issued = await issue(shop, "25")
    code, card = await code_of(shop, issued), await card_of(issued)
    await clean(shop)
    for posted in (claim(shop, code, member), void(shop, card.member_id)):
        with pytest.raises(InsufficientBalance) as caught:
            await posted
        assert caught.value.message == "The 25.00 VALUE of the gift card are pending until 2026-03-06T04:00:00Z."
    await programs.set_clock(shop.program.id, NOON + timedelta(days=3))
    await claim(shop, code, member)
    assert await shop.balance(member, "VALUE") == 25_00
    await clean(shop)


async def test_what_cannot_be_issued_is_refused_and_changes_nothing(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    giver, frozen = await shop.enrol(), await shop.enrol()
    await pay_in(shop, giver, "40")
    await pay_in(shop, frozen, "40")
    await members.amend(house, shop.actor, MemberRef(id=frozen), {"status": "FROZEN"}, key=new_key())
    card = await issue(shop, "1")
    before = await counts()
    cases: list[tuple[type[Refusal], tuple[str, ...], dict[str, Any]]] = [
        (InvalidInput, ("asset",), {"asset": "POINTS"}),
        (InvalidInput, ("asset",), {"asset": "TIER", "giver": giver}),
        (InvalidInput, ("asset",), {"asset": "GOLD"}),
        (InvalidInput, ("amount",), {"amount": "0"}),
        (InvalidInput, ("amount",), {"amount": "0.001"}),
        (InvalidInput, ("message",), {"message": "x" * 501}),
        (InvalidInput, ("reason",), {"reason": " "}),
        (NotFound, ("from",), {"giver": UUID(int=7)}),
        (InvalidInput, ("from",), {"giver": card.card_id}),
        (InsufficientBalance, ("amount",), {"giver": giver, "amount": "40.01"}),
        (MemberNotActive, ("from",), {"giver": frozen}),
    ]
    for kind, field, facts in cases:
        with pytest.raises(kind) as caught:
            await issue(shop, **({"amount": "5"} | facts))
        assert caught.value.field == field, facts
    assert await counts() == before
    await clean(shop)


async def test_what_cannot_be_claimed_or_taken_back_is_refused_and_changes_nothing(house: Engine) -> None:
    shop = await world(house)
    giver, closed, rich = await shop.enrol(), await shop.enrol(), await shop.enrol()
    await pay_in(shop, giver, "40")
    await shop.give(rich, str(2**62 - 1), "POINTS")
    await shop.give(giver, "9")
    issued = await issue(shop, "25", giver)
    points = await issue(shop, "9", giver, asset="POINTS")
    code, card = await code_of(shop, issued), await card_of(issued)
    for member in (closed, giver):
        await members.amend(house, shop.actor, MemberRef(id=member), {"status": "CLOSED"}, key=new_key())
    before = await counts()
    for posted, kind, field, facts in (
        (claim(shop, code, closed), MemberNotActive, ("member",), {"status": "CLOSED"}),
        (claim(shop, code, UUID(int=7)), NotFound, ("member",), {}),
        (claim(shop, code, card.member_id), InvalidInput, ("member",), {}),
        (claim(shop, await code_of(shop, points), rich), LimitReached, ("code",), {"limit": str(2**62 - 1)}),
        (void(shop, card.member_id), MemberNotActive, ("card",), {"status": "CLOSED"}),
        (void(shop, giver), NotFound, ("card",), {}),
    ):
        with pytest.raises(kind) as caught:
            await posted
        assert (caught.value.field, caught.value.facts) == (field, facts)
    assert await counts() == before
    assert (await card_of(issued)).state == "ISSUED"
    await clean(shop)


async def test_a_typo_is_told_apart_from_an_unknown_card(house: Engine) -> None:
    shop, other = await world(house), await world(house, code="OTHER")
    member, stranger = await shop.enrol(), await other.enrol()
    code = await code_of(shop, await issue(shop, "25"))
    typo = code[:-1] + ("0" if code[-1] != "0" else "1")
    for text, kind in ((typo, InvalidInput), ("GC-0000-0000-0000-0000-0", NotFound), ("gift", InvalidInput)):
        with pytest.raises(kind) as caught:
            await claim(shop, text, member)
        assert caught.value.field == ("code",)
    with pytest.raises(NotFound):
        await claim(other, code, stranger)
    assert await gift_cards.find(other.actor, CardRef(code=code)) is None
    assert await gift_cards.find(shop.actor, CardRef(code=typo)) is None
    assert await gift_cards.find(shop.actor, CardRef(code=code)) is not None
    assert await shop.balance(member, "VALUE") == 0


async def test_nothing_else_can_be_done_with_a_bearer(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await pay_in(shop, member, "40")
    issued = await issue(shop, "25")
    bearer = (await card_of(issued)).member_id
    one, two = MemberRef(id=bearer), MemberRef(id=member)
    common: dict[str, Any] = {"asset": "VALUE", "amount": Decimal(1), "reason": "why"}
    before = await counts()
    for posted in (
        balances.adjust(house, shop.actor, one, **common, key=new_key()),
        balances.transfer(house, shop.actor, one, two, **common, key=new_key()),
        balances.transfer(house, shop.actor, two, one, **common, key=new_key()),
        spending.spend(house, shop.actor, one, **common, key=new_key()),
        values.top_up(house, shop.actor, one, **common, key=new_key()),
        values.refund(house, shop.actor, issued.entries[0], amount=None, reason=None, key=new_key()),
        members.amend(house, shop.actor, one, {"name": "Li Lei"}, key=new_key()),
        members.amend(house, shop.actor, one, {"status": "CLOSED"}, key=new_key()),
        shop.buy(bearer, "10.00"),
        shop.enrol(referred_by=one),
        shop.enrol(kind=MemberKind.GIFT_CARD),
    ):
        with pytest.raises(InvalidInput):
            await posted
    assert await counts() == before
    await clean(shop)


async def test_a_code_can_be_told_again_only_with_the_secret_by_which_it_was_made(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    issued = await issue(shop, "25")
    code, card = await code_of(shop, issued), await card_of(issued)
    changed = World(
        Engine(house.database, house.hub, house.snapshots, house.writer, "changed"), shop.program, shop.actor
    )
    assert gift_cards.code_of(changed.engine, card) is None
    await claim(changed, code, member)
    assert await shop.balance(member, "VALUE") == 25_00
    assert "changed" not in repr(changed.engine)


async def test_an_open_card_is_part_of_what_is_owed(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await pay_in(shop, member, "40")
    await issue(shop, "25")
    await issue(shop, "15", member)
    program = await house.program(shop.program.id)
    asset = program.asset("VALUE")
    assert asset is not None
    found = await liability.liability(house.reads, program, asset, None)
    assert (found.outstanding, found.difference) == (65_00, 0)
    await clean(shop)


async def test_a_company_is_a_member_as_others_are(house: Engine) -> None:
    shop = await world(house)
    firm = await shop.enrol(name="Acme", kind=MemberKind.COMPANY)
    assert (await models.Member.get(id=firm)).kind == "COMPANY"
    await pay_in(shop, firm, "40")
    await shop.buy(firm, "10.00")
    assert (await shop.balance(firm), await shop.balance(firm, "VALUE")) == (10, 40_00)
    await clean(shop)
