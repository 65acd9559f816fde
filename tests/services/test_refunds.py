"""What was paid in is paid back: principal of one top-up, and the unspent bonus that belongs to it goes with it."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

import models
from domain.assets import BurnOrder
from domain.refusals import (
    IdempotencyKeyReused,
    InsufficientBalance,
    InvalidInput,
    NotFound,
    Refusal,
)
from services import members, order_life, orders, programs
from services.engine import Engine
from services.members import MemberRef
from services.order_life import OrderRef
from services.writer.answers import Outcome
from tests.factories import NOON, World, new_key, order, world
from tests.services.saving import ladder, pay_in, refund, spend, undo
from tests.services.test_values import bonus_of, clean, terms
from tests.services.test_writer_parallel import writers


async def saver(house: Engine, order: BurnOrder = BurnOrder.BONUS_FIRST) -> tuple[World, UUID, Outcome]:
    """Return a program, and a member who paid 100.00 in and got 33.33 on top."""
    shop = await world(house)
    await terms(shop, burn_order=order.value)
    await ladder(shop, ("100", "33.33%"))
    member = await shop.enrol()
    return shop, member, await pay_in(shop, member, "100")


async def left(shop: World, member: UUID) -> tuple[int, int]:
    """Return what is available, and how much of it is bonus."""
    return await shop.balance(member, "VALUE"), await bonus_of(shop, member)


async def test_a_refund_takes_principal_and_the_bonus_that_belongs_to_it(house: Engine) -> None:
    shop, member, paid = await saver(house)
    outcome = await refund(shop, paid, "40", reason="Moved away")
    assert await left(shop, member) == (80_00, 20_00)  # 13.33 of 33.33: 13.332 rounded down
    lines = await models.Entry.filter(member_id=member, kind="REFUND").order_by("seq")
    assert [(row.change_available, row.contra) for row in lines] == [(-40_00, "LIABILITY"), (-13_33, "ISSUANCE")]
    assert list(outcome.entries) == [(row.account_id, row.seq) for row in lines]
    (moved,) = await models.Transfer.filter(kind="REFUND")
    original = await models.Transfer.get(kind="TOP_UP")
    assert (moved.original_id, moved.reason) == (original.id, "Moved away")
    await clean(shop)


@pytest.mark.parametrize("steps", [["100"], ["40", "60"], ["0.01", "33.33", "33.33", None], [None]])
async def test_refunds_in_any_steps_take_all_of_both(house: Engine, steps: list[str | None]) -> None:
    shop, member, paid = await saver(house)
    for step in steps:
        await refund(shop, paid, step)
    assert await left(shop, member) == (0, 0)
    lines = await models.Entry.filter(kind="REFUND")
    assert sum(row.change_available for row in lines if row.contra == "LIABILITY") == -100_00
    assert sum(row.change_available for row in lines if row.contra == "ISSUANCE") == -33_33
    await clean(shop)


async def test_bonus_that_was_spent_is_kept_of_the_principal_and_never_paid_back(house: Engine) -> None:
    shop, member, paid = await saver(house)
    used = await spend(shop, member, "30", asset="VALUE")
    assert await left(shop, member) == (103_33, 3_33)
    await refund(shop, paid, "50")
    assert await left(shop, member) == (50_00, 0)  # 16.66 belong to it, 3.33 are left, and 13.33 are kept
    lines = await models.Entry.filter(kind="REFUND").order_by("position").values_list("contra", "change_available")
    assert list(lines) == [("LIABILITY", -36_67), ("REDEMPTION", -13_33), ("ISSUANCE", -3_33)]
    await undo(shop, used)
    assert await left(shop, member) == (80_00, 30_00)
    await refund(shop, paid, "25")
    # 24.99 belong to 75.00; 16.66 of it were settled before.
    assert await left(shop, member) == (46_67, 21_67)
    with pytest.raises(InsufficientBalance) as caught:
        await refund(shop, paid, "25.01")
    assert caught.value.message == "Of 100.00 VALUE paid in, 25.00 are left; 25.01 are needed."
    assert caught.value.facts == {"available": Decimal("25.00"), "required": Decimal("25.01")}
    await refund(shop, paid)
    assert await left(shop, member) == (13_33, 13_33)  # the bonus that came back had been paid for
    await clean(shop)


async def test_no_bonus_is_won_by_reserving_it_while_the_money_is_paid_back(house: Engine) -> None:
    shop, member, paid = await saver(house)
    content = order(member, "40.00", spend=[("VALUE", Decimal("33.33"))])
    held = await orders.hold(house, shop.actor, content, seconds=900, key=new_key())
    await refund(shop, paid)
    lines = await models.Entry.filter(kind="REFUND").order_by("position").values_list("contra", "change_available")
    assert list(lines) == [("LIABILITY", -66_67), ("REDEMPTION", -33_33)]
    await order_life.cancel(house, shop.actor, OrderRef(id=held.order_id), key=new_key())
    assert await left(shop, member) == (33_33, 33_33)
    await clean(shop)


async def test_a_refund_leaves_other_top_ups_and_gifts_alone(house: Engine) -> None:
    shop, member, paid = await saver(house, BurnOrder.PRINCIPAL_FIRST)
    await pay_in(shop, member, "200")
    await shop.give(member, "10", "VALUE")
    await spend(shop, member, "70", asset="VALUE")  # the oldest principal goes first
    with pytest.raises(InsufficientBalance) as caught:
        await refund(shop, paid, "30.01")
    assert caught.value.field == ("amount",)
    await refund(shop, paid)
    # 30.00 of it are paid back, and 9.99 of 33.33 taken.
    assert await left(shop, member) == (200_00 + 66_66 + 10_00 + 33_33 - 9_99, 66_66 + 33_33 - 9_99)
    with pytest.raises(InsufficientBalance) as nothing:
        await refund(shop, paid)
    assert nothing.value.message == "Of 100.00 VALUE paid in, 0.00 are left; 100.00 are needed."
    assert nothing.value.field == ("topUp",)
    await clean(shop)


async def test_what_expired_or_is_pending_is_not_paid_back(house: Engine) -> None:
    shop = await world(house)
    await terms(shop, expiry="ROLLING_DAYS", expiry_length=10, pending_days=2)
    member = await shop.enrol()
    paid = await pay_in(shop, member, "100")
    with pytest.raises(InsufficientBalance) as pending:
        await refund(shop, paid, "10")
    assert (
        pending.value.message == "Of 100.00 VALUE paid in, 100.00 are left, of it 100.00 are pending; 10.00 are needed."
    )
    assert pending.value.facts == {"available": Decimal(0), "required": Decimal(10)}
    await programs.set_clock(shop.program.id, NOON + timedelta(days=2))
    await refund(shop, paid, "10")
    await programs.set_clock(shop.program.id, NOON + timedelta(days=10))
    with pytest.raises(InsufficientBalance) as caught:
        await refund(shop, paid)
    assert caught.value.facts["available"] == 0
    await clean(shop)


async def test_what_is_reserved_is_not_paid_back_and_the_refusal_says_how_much(house: Engine) -> None:
    shop = await world(house)
    await terms(shop)
    member = await shop.enrol()
    paid = await pay_in(shop, member, "100")
    await spend(shop, member, "40", asset="VALUE")
    content = order(member, "40.00", spend=[("VALUE", Decimal(20))])
    held = await orders.hold(house, shop.actor, content, seconds=900, key=new_key())
    with pytest.raises(InsufficientBalance) as caught:
        await refund(shop, paid, "50")
    assert (
        caught.value.message == "Of 100.00 VALUE paid in, 60.00 are left, of it 20.00 are reserved; 50.00 are needed."
    )
    assert caught.value.facts == {"available": Decimal(40), "required": Decimal(50)}
    assert await left(shop, member) == (40_00, 0)
    await refund(shop, paid)
    with pytest.raises(InsufficientBalance) as all_of_it:
        await refund(shop, paid)
    message = "Of 100.00 VALUE paid in, 20.00 are left, of it 20.00 are reserved; 100.00 are needed."
    assert all_of_it.value.message == message
    await order_life.cancel(house, shop.actor, OrderRef(id=held.order_id), key=new_key())
    await refund(shop, paid, "20")
    assert await left(shop, member) == (0, 0)
    await clean(shop)


async def test_principal_that_came_back_after_its_time_is_spent_and_not_paid_back(house: Engine) -> None:
    shop = await world(house)
    await terms(shop, expiry="ROLLING_DAYS", expiry_length=10)
    member = await shop.enrol()
    paid = await pay_in(shop, member, "100")
    used = await spend(shop, member, "30", asset="VALUE")
    await programs.set_clock(shop.program.id, NOON + timedelta(days=10))
    await undo(shop, used)
    assert await left(shop, member) == (30_00, 0)
    with pytest.raises(InsufficientBalance) as caught:
        await refund(shop, paid)
    assert caught.value.message == "Of 100.00 VALUE paid in, 0.00 are left; 100.00 are needed."
    await spend(shop, member, "30", asset="VALUE")
    await clean(shop)


async def test_what_cannot_be_paid_back_is_refused_and_changes_nothing(house: Engine) -> None:
    shop, member, paid = await saver(house)
    gift = await shop.give(member, "10", "VALUE")
    rows = await models.Entry.all().count()
    account, seq = paid.entries[0]
    refusals: list[tuple[dict[str, Any], type[Refusal], tuple[str, ...]]] = [
        ({"amount": "100.01"}, InsufficientBalance, ("amount",)),
        ({"amount": "0"}, InvalidInput, ("amount",)),
        ({"amount": "-1"}, InvalidInput, ("amount",)),
        ({"amount": "0.001"}, InvalidInput, ("amount",)),
        ({"line": None}, NotFound, ("topUp",)),
        ({"line": (account, 99)}, NotFound, ("topUp",)),
        ({"line": (account, seq + 1)}, InvalidInput, ("topUp",)),  # the bonus
        ({"line": gift.entries[0]}, InvalidInput, ("topUp",)),
        ({"reason": ""}, InvalidInput, ("reason",)),
    ]
    for facts, refusal, field in refusals:
        with pytest.raises(refusal) as caught:
            await refund(shop, paid, facts.pop("amount", "5"), **facts)
        assert caught.value.field == field, facts
    rival = await world(house, code="RIVAL")
    with pytest.raises(NotFound):
        await refund(rival, paid)
    assert (await models.Entry.all().count(), await left(shop, member)) == (rows, (143_33, 33_33))


async def test_who_is_frozen_or_left_is_paid_back(house: Engine) -> None:
    shop, member, paid = await saver(house)
    await members.amend(house, shop.actor, MemberRef(id=member), {"status": "FROZEN"}, key=new_key())
    await refund(shop, paid, "10")
    await members.amend(house, shop.actor, MemberRef(id=member), {"status": "CLOSED"}, key=new_key())
    await refund(shop, paid, "10")
    assert await left(shop, member) == (133_33 - 20_00 - 2 * 3_33, 33_33 - 2 * 3_33)


async def test_a_repeated_refund_is_paid_back_once(house: Engine) -> None:
    shop, member, paid = await saver(house)
    first = await refund(shop, paid, "40", key="k")
    again = await refund(shop, paid, "40.00", key="k")
    assert (again.replayed, again.entries) == (True, first.entries)
    with pytest.raises(IdempotencyKeyReused):
        await refund(shop, paid, key="k")
    assert await left(shop, member) == (80_00, 20_00)


async def test_refunds_at_once_pay_back_no_more_than_was_paid_in(postgres_house: Engine) -> None:
    shop, member, paid = await saver(postgres_house)
    async with writers(postgres_house, 3) as several:
        shops = [World(engine, shop.program, shop.actor) for _, engine in several]

        async def ask(own: World) -> bool:
            try:
                await refund(own, paid, "7")
            except InsufficientBalance:
                return False
            return True

        done = await asyncio.gather(*(ask(shops[n % 3]) for n in range(24)))
    assert sum(done) == 14
    assert await left(shop, member) == (2_67, 67)  # 98.00 of principal, 32.66 of bonus
    await clean(shop)
