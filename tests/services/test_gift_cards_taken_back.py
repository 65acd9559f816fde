"""A given card that is taken back: the exact inverse of the gift, down to the giver's lots."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

import models
from domain.assets import ExpiryPolicy
from domain.refusals import LimitReached, Refusal
from services import balances, liability, order_life, programs
from services.engine import Engine
from services.order_life import OrderRef
from services.publishing import publish
from services.templates import Template
from services.transaction import transaction
from services.writer.answers import Outcome
from tests.factories import NOON, World, new_key, world
from tests.services.gifts import card_of, issue, void
from tests.services.saving import ladder, pay_in, refund, spend
from tests.services.test_values import clean, terms


async def lots(member: UUID) -> list[dict[str, Any]]:
    """Return everything that is written of the member's lots."""
    return [dict(row) for row in await models.Lot.filter(member_id=member).order_by("id").values()]


async def remaining(member: UUID) -> list[int]:
    return [row["remaining"] for row in await lots(member)]


async def take_back(shop: World, issued: Outcome) -> Outcome:
    return await void(shop, (await card_of(issued)).member_id)


async def cash_back(shop: World) -> None:
    """Let each order earn its amount in VALUE."""
    async with transaction():
        campaign = await models.Campaign.create(
            program_id=shop.program.id, code="CASH", name="CASH", state="RUNNING", published_version=1
        )
        await publish(
            program_id=shop.program.id,
            campaign_id=campaign.id,
            number=1,
            priority=300,
            starts_at=programs.BEGINNING,
            conditions=None,
            effects=[{"earn": {"asset": "VALUE", "points": "1", "per": "1", "rounding": "DOWN"}}],
            recorded_at=NOON,
        )
        version = (await models.Program.get(id=shop.program.id)).config_version + 1
        await models.Program.filter(id=shop.program.id).update(config_version=version)


async def owe(shop: World, member: UUID, amount: int, asset: str = "POINTS") -> None:
    """Let a member earn so much, use it up, and give back what it was earned for."""
    sold = await shop.buy(member, f"{amount}.00")
    await spend(shop, member, str(amount), asset=asset)
    before = await shop.balance(member, asset)
    await order_life.return_(shop.engine, shop.actor, OrderRef(id=sold.order_id), None, reason=None, key=new_key())
    assert (before, await shop.balance(member, asset) < 0) == (0, True)


async def outstanding(shop: World, asset: str) -> tuple[Any, ...]:
    program = await shop.engine.program(shop.program.id)
    found = program.asset(asset)
    assert found is not None
    report = await liability.liability(shop.engine.reads, program, found, None)
    return (report.cells, report.debt, report.difference)


async def test_nothing_tells_a_gift_that_was_taken_back_from_none(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    await ladder(shop, ("100", "20"))
    giver = await shop.enrol()
    first, second = await pay_in(shop, giver, "100"), await pay_in(shop, giver, "30")
    before, owed = await lots(giver), await outstanding(shop, "VALUE")
    await programs.set_clock(shop.program.id, NOON + timedelta(days=70))
    issued = await issue(shop, "140", giver)
    assert await lots(giver) != before
    outcome = await take_back(shop, issued)
    assert await lots(giver) == before
    assert await outstanding(shop, "VALUE") == owed
    assert await shop.balance(giver, "VALUE") == 150_00
    card = await card_of(issued)
    transfer = await models.Transfer.get(id=card.settlement_id)
    assert (transfer.kind, transfer.original_id) == ("TRANSFER", card.transfer_id)
    assert await remaining(card.member_id) == [0, 0, 0]
    assert len(outcome.entries) == 2
    await clean(shop)
    for paid in (first, second):
        await refund(shop, paid)
    assert await shop.balance(giver, "VALUE") == 0
    assert await remaining(giver) == [0, 0, 0]
    await clean(shop)


async def test_a_card_may_be_given_and_taken_back_again_and_again(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    await ladder(shop, ("100", "20"))
    giver = await shop.enrol()
    paid = await pay_in(shop, giver, "100")
    before = await lots(giver)
    cards = [await issue(shop, amount, giver) for amount in ("50", "30", "40")]
    assert await shop.balance(giver, "VALUE") == 0
    for number in (1, 0, 2):
        await take_back(shop, cards[number])
        await clean(shop)
    assert await lots(giver) == before
    await take_back(shop, await issue(shop, "120", giver))
    assert await lots(giver) == before
    await refund(shop, paid)
    assert await shop.balance(giver, "VALUE") == 0
    await clean(shop)


async def test_a_refund_meanwhile_is_of_what_was_not_given(house: Engine) -> None:
    shop = await world(house)
    giver = await shop.enrol()
    paid = await pay_in(shop, giver, "100")
    issued = await issue(shop, "60", giver)
    await refund(shop, paid, "40")
    await take_back(shop, issued)
    assert await remaining(giver) == [60_00]
    await refund(shop, paid)
    assert await shop.balance(giver, "VALUE") == 0
    await clean(shop)


async def test_lots_of_one_expiry_each_get_back_their_own(house: Engine) -> None:
    shop = await world(house)
    giver = await shop.enrol()
    paid = [await pay_in(shop, giver, amount) for amount in ("10", "30", "20")]
    before = await lots(giver)
    assert len({row["expires_at"] for row in before}) == 1
    issued = await issue(shop, "55", giver)
    assert await remaining(giver) == [0, 0, 5_00]
    await take_back(shop, issued)
    assert await lots(giver) == before
    for one, amount in zip(paid, ("10", "30", "20"), strict=True):
        await refund(shop, one, amount)
    await clean(shop)


async def test_a_debt_of_the_giver_is_paid_first(house: Engine) -> None:
    shop = await world(house)
    giver = await shop.enrol()
    for amount in ("6", "20"):
        await shop.give(giver, amount)
    issued = await issue(shop, "26", giver, asset="POINTS")
    await owe(shop, giver, 10)
    made = len(await lots(giver))
    await take_back(shop, issued)
    assert await shop.balance(giver) == 16
    assert (await remaining(giver))[:2] == [0, 16]
    assert len(await lots(giver)) == made
    await clean(shop)


async def test_a_debt_takes_of_bonus_and_principal_in_proportion(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    await ladder(shop, ("100", "20"))
    await terms(shop, shortfall="DEBT", floor=-1000_00)
    giver = await shop.enrol()
    paid = await pay_in(shop, giver, "100")
    issued = await issue(shop, "120", giver)
    await cash_back(shop)
    await owe(shop, giver, 30, "VALUE")
    await take_back(shop, issued)
    assert await shop.balance(giver, "VALUE") == 90_00
    assert (await remaining(giver))[:2] == [75_00, 15_00]
    await clean(shop)
    await refund(shop, paid)
    assert await shop.balance(giver, "VALUE") == 0
    await clean(shop)


async def test_a_debt_may_take_everything(house: Engine) -> None:
    shop = await world(house)
    giver = await shop.enrol()
    await shop.give(giver, "8")
    issued = await issue(shop, "8", giver, asset="POINTS")
    await owe(shop, giver, 10)
    await take_back(shop, issued)
    assert await shop.balance(giver) == -2
    assert set(await remaining(giver)) == {0}
    await clean(shop)


async def test_what_expired_meanwhile_stays_expired(house: Engine) -> None:
    shop = await world(house)
    await terms(shop, "POINTS", expiry=ExpiryPolicy.ROLLING_DAYS.value, expiry_length=10, expiry_from="OCCURRED")
    giver = await shop.enrol()
    for days, amount in ((9, "5.00"), (2, "7.00")):
        await shop.buy(giver, amount, occurred_at=NOON - timedelta(days=days))
    before = await lots(giver)
    issued = await issue(shop, "11", giver, asset="POINTS")
    await programs.set_clock(shop.program.id, NOON + timedelta(days=1))
    await take_back(shop, issued)
    assert await shop.balance(giver) == 7
    after = await lots(giver)
    assert [row["remaining"] for row in after] == [0, 7]
    assert after[1] == before[1]
    await clean(shop)
    await programs.set_clock(shop.program.id, NOON + timedelta(days=8))
    await balances.sweep(house, await house.program(shop.program.id), 100)
    assert (await shop.balance(giver), await remaining(giver)) == (0, [0, 0])
    await clean(shop)


async def test_what_the_giver_cannot_hold_is_refused_and_changes_nothing(house: Engine) -> None:
    shop = await world(house)
    giver = await shop.enrol()
    await shop.give(giver, "9")
    issued = await issue(shop, "9", giver, asset="POINTS")
    await shop.give(giver, str(2**62 - 1))
    before, entries = await lots(giver), await models.Entry.all().count()
    with pytest.raises(Refusal) as caught:
        await take_back(shop, issued)
    assert isinstance(caught.value, LimitReached)
    assert (caught.value.field, caught.value.facts) == (("card",), {"limit": str(2**62 - 1)})
    assert (await lots(giver), await models.Entry.all().count()) == (before, entries)
    assert (await card_of(issued)).state == "ISSUED"
    await clean(shop)
