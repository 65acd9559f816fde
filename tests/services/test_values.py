"""Stored value: what is paid in, and what the ladder gives on top."""

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
    InvalidInput,
    LimitReached,
    MemberNotActive,
    NotFound,
    Refusal,
)
from services import bonus, members, programs, value_terms
from services.engine import Engine
from services.members import MemberRef
from services.transaction import transaction
from services.value_terms import Step
from services.verify.verification import verify
from tests.factories import NOON, World, new_key, world
from tests.services.saving import ladder, pay_in
from tests.services.test_writer_parallel import writers


async def terms(shop: World, code: str = "VALUE", **facts: Any) -> None:
    """Change the terms of an asset."""
    async with transaction():
        await models.Asset.filter(program_id=shop.program.id, code=code).update(**facts)
        version = (await models.Program.get(id=shop.program.id)).config_version + 1
        await models.Program.filter(id=shop.program.id).update(config_version=version)


async def lots_of(member: UUID) -> list[tuple[int, int, int]]:
    """Return amount, remaining and priority of a member's lots, the oldest first."""
    rows = await models.Lot.filter(member_id=member).order_by("id")
    return [(row.amount, row.remaining, row.priority) for row in rows]


async def bonus_of(shop: World, member: UUID, at: Any = None) -> int:
    account = await models.Account.get(member_id=member, asset_id=(await asset(shop)).id)
    program = await shop.engine.program(shop.program.id)
    (found,) = await bonus.bonuses(shop.engine.reads, program, [account.id], at=at)
    return found


async def asset(shop: World, code: str = "VALUE") -> models.Asset:
    return await models.Asset.get(program_id=shop.program.id, code=code)


async def clean(shop: World) -> None:
    assert (await verify(shop.engine.database)).findings == []


@pytest.mark.parametrize(
    ("paid", "given"),
    [
        ("99.99", 0),
        ("100.00", 20_00),
        ("499.99", 20_00),
        ("500.00", 62_50),
        ("500.07", 62_50),  # 12.5 % are 62.50875
        ("2000", 400_00),
    ],
)
async def test_a_top_up_gets_the_bonus_of_the_highest_step_it_reaches(house: Engine, paid: str, given: int) -> None:
    shop = await world(house)
    await ladder(shop, ("500", "12.5%"), ("100", "20"), ("1000", "20%"))
    member = await shop.enrol()
    outcome = await pay_in(shop, member, paid, reason="receipt 7")
    minor = int(Decimal(paid) * 100)
    assert await shop.balance(member, "VALUE") == minor + given
    assert await lots_of(member) == [(minor, minor, 0)] + ([(given, given, -1)] if given else [])
    entries = await models.Entry.filter(member_id=member).order_by("seq")
    assert [(row.kind, row.change_available, row.contra) for row in entries] == [
        ("TOP_UP", minor, "LIABILITY"),
        *([("TOP_UP", given, "ISSUANCE")] if given else []),
    ]
    assert list(outcome.entries) == [(row.account_id, row.seq) for row in entries]
    (moved,) = await models.Transfer.all()
    assert (moved.kind, moved.reason, moved.member_id) == ("TOP_UP", "receipt 7", member)
    assert await models.Event.filter(member_id=member, kind="BALANCE_CHANGED").count() == len(entries)
    assert await bonus_of(shop, member) == given
    await clean(shop)


async def test_a_ladder_is_replaced_and_cleared_as_a_whole(house: Engine) -> None:
    shop = await world(house)
    await ladder(shop, ("100", "20"), ("500", "100"))
    await ladder(shop, ("200", "10%"))
    member = await shop.enrol()
    await pay_in(shop, member, "600")
    await ladder(shop)
    await pay_in(shop, member, "600")
    assert await lots_of(member) == [(600_00, 600_00, 0), (60_00, 60_00, -1), (600_00, 600_00, 0)]
    assert [row.step_threshold for row in await models.TopUp.all().order_by("recorded_at", "bonus")] == [0, 200_00]
    await clean(shop)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([("0", "5", False)], "Threshold and bonus of a step must be more than 0."),
        ([("5", "0", False)], "Threshold and bonus of a step must be more than 0."),
        ([("5", "-1", True)], "Threshold and bonus of a step must be more than 0."),
        ([("5", "100.01", True)], "A bonus is at most 100 % of what is paid in, not 100.01 %."),
        ([("5", "1.005", True)], "0.01005 has more than 4 decimal places."),
        ([("5.001", "1", False)], "5.001 has more than 2 decimal places."),
        ([("5", "1", False), ("5.00", "2", False)], "A threshold stands twice."),
        ([(str(n), "1", False) for n in range(1, 52)], "A ladder has at most 50 steps, not 51."),
    ],
)
async def test_a_step_that_makes_no_sense_is_refused_and_changes_nothing(
    house: Engine, steps: list[tuple[str, str, bool]], message: str
) -> None:
    shop = await world(house)
    await ladder(shop, ("100", "20"))
    rows = [Step(Decimal(at), Decimal(much), share) for at, much, share in steps]
    with pytest.raises(InvalidInput) as caught:
        await value_terms.set_ladder(shop.program, "VALUE", rows)
    assert caught.value.message == message
    assert await models.TopUpStep.all().values_list("threshold", "amount", "basis_points") == [(100_00, 20_00, 0)]
    with pytest.raises(InvalidInput):
        await value_terms.set_ladder(shop.program, "POINTS", [])
    with pytest.raises(NotFound):
        await value_terms.set_ladder(shop.program, "GOLD", [])


@pytest.mark.parametrize(
    ("facts", "refusal", "field"),
    [
        ({"amount": "0"}, InvalidInput, ("amount",)),
        ({"amount": "-5"}, InvalidInput, ("amount",)),
        ({"amount": "0.001"}, InvalidInput, ("amount",)),
        ({"amount": str(2**62)}, InvalidInput, ("amount",)),
        ({"amount": "46116860184273879.03"}, LimitReached, ("amount",)),  # with the bonus it is too much
        ({"asset": "GOLD"}, InvalidInput, ("asset",)),
        ({"asset": "POINTS"}, InvalidInput, ("asset",)),
        ({"reason": ""}, InvalidInput, ("reason",)),
        ({"key": ""}, InvalidInput, ("idempotencyKey",)),
        ({"member": UUID(int=1)}, NotFound, ("member",)),
    ],
)
async def test_what_cannot_be_paid_in_is_refused_and_changes_nothing(
    house: Engine, facts: dict[str, Any], refusal: type[Refusal], field: tuple[str, ...]
) -> None:
    shop = await world(house)
    await ladder(shop, ("100", "20"))
    member = await shop.enrol()
    values = {"member": member, "amount": "100"} | facts
    with pytest.raises(refusal) as caught:
        await pay_in(shop, values.pop("member"), values.pop("amount"), **values)
    assert caught.value.field == field
    assert (await shop.balance(member, "VALUE"), await models.TopUp.all().count()) == (0, 0)
    assert await models.Transfer.all().count() == 0
    assert (await models.Member.get(id=member)).position == 1


@pytest.mark.parametrize("status", ["FROZEN", "CLOSED"])
async def test_only_the_active_are_topped_up(house: Engine, status: str) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await members.amend(house, shop.actor, MemberRef(id=member), {"status": status}, key=new_key())
    with pytest.raises(MemberNotActive) as caught:
        await pay_in(shop, member, "10")
    assert (caught.value.field, caught.value.facts) == (("member",), {"status": status})


async def test_nothing_is_paid_into_what_expired_for_good(house: Engine) -> None:
    shop = await world(house)
    day = {"expiry": "FIXED_DATE", "expiry_length": 0, "expiry_date": (NOON - timedelta(days=1)).date()}
    await terms(shop, **day)
    with pytest.raises(InvalidInput, match="nothing can be paid in"):
        await pay_in(shop, await shop.enrol(), "10")


async def test_a_repeated_top_up_is_paid_in_once(house: Engine) -> None:
    shop = await world(house)
    await ladder(shop, ("100", "20"))
    member = await shop.enrol()
    first = await pay_in(shop, member, "100", key="k")
    await ladder(shop)
    again = await pay_in(shop, member, "100.00", key="k")
    assert (again.replayed, again.entries) == (True, first.entries)
    with pytest.raises(IdempotencyKeyReused):
        await pay_in(shop, member, "101", key="k")
    assert await shop.balance(member, "VALUE") == 120_00


async def test_a_payment_loads_what_it_needs_of_both_parts(house: Engine) -> None:
    """Many small lots of the part that goes first must not hide the other."""
    for order, cap in ((BurnOrder.BONUS_FIRST, 10), (BurnOrder.PRINCIPAL_FIRST, 50)):
        shop = await world(house, code=order.value)
        await terms(shop, burn_order=order.value)
        await ladder(shop, ("1", "100%"))
        member = await shop.enrol()
        await asyncio.gather(*(pay_in(shop, member, "1") for _ in range(220)))
        assert (await shop.balance(member, "VALUE"), await bonus_of(shop, member)) == (440_00, 220_00)
        await terms(shop, bonus_cap=cap)
        await shop.give(member, "-300", "VALUE")  # an adjustment may take any part
        left = {"BONUS_FIRST": 0, "PRINCIPAL_FIRST": 140_00}[order.value]
        assert (await shop.balance(member, "VALUE"), await bonus_of(shop, member)) == (140_00, left)
    await clean(shop)


async def test_the_bonus_is_told_as_of_any_instant(house: Engine) -> None:
    shop = await world(house)
    await terms(shop, expiry="ROLLING_DAYS", expiry_length=10, pending_days=2)
    await ladder(shop, ("100", "20"))
    member = await shop.enrol()
    await pay_in(shop, member, "100")
    seen = []
    for days in (0, 3, 5, 12):
        await programs.set_clock(shop.program.id, NOON + timedelta(days=days))
        if days == 5:
            await shop.give(member, "-5", "VALUE")
        seen.append((days, await bonus_of(shop, member)))
    assert seen == [(0, 0), (3, 20_00), (5, 15_00), (12, 0)]
    for days, found in seen:
        assert await bonus_of(shop, member, NOON + timedelta(days=days)) == found
    assert await bonus_of(shop, member, NOON - timedelta(days=1)) == 0


async def test_top_ups_of_one_member_at_once_are_all_paid_in(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    await ladder(shop, ("10", "1"))
    member = await shop.enrol()
    async with writers(postgres_house, 3) as several:
        shops = [World(engine, shop.program, shop.actor) for _, engine in several]
        # Each of twenty keys three times, by three servers.
        posted = [pay_in(own, member, "10", key=f"k{n}") for n in range(20) for own in shops]
        outcomes = await asyncio.gather(*posted)
    assert sum(not outcome.replayed for outcome in outcomes) == 20
    assert (await shop.balance(member, "VALUE"), await bonus_of(shop, member)) == (220_00, 20_00)
    await clean(shop)
