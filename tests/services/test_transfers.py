"""Value that moves from one member to another: nothing is lost, nothing gained, and expiry stays."""

import asyncio
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest

import models
from domain.assets import ExpiryPolicy
from domain.refusals import InsufficientBalance, InvalidInput, LimitReached, MemberNotActive, NotFound, Refusal
from services import balances, members
from services.engine import Engine
from services.members import MemberRef
from services.transaction import transaction
from services.verify.verification import verify
from services.writer.answers import Outcome
from tests.factories import World, new_key, world
from tests.services.test_writer_commands import Desk
from tests.services.test_writer_parallel import writers


async def give(shop: World, giver: UUID, taker: UUID, amount: str = "10", **facts: Any) -> Outcome:
    values: dict[str, Any] = {"asset": "POINTS", "reason": None, "key": new_key()} | facts
    refs = MemberRef(id=giver), MemberRef(id=taker)
    return await balances.transfer(shop.engine, shop.actor, *refs, amount=Decimal(amount), **values)


async def lots_of(member: UUID) -> list[tuple[int, int, datetime]]:
    rows = await models.Lot.filter(member_id=member).order_by("expires_at", "id")
    return [(row.amount, row.remaining, row.expires_at) for row in rows]


async def test_points_go_from_one_member_to_another(house: Engine) -> None:
    shop = await world(house)
    one, two = await shop.enrol(), await shop.enrol()
    await shop.give(one, "30")
    outcome = await give(shop, one, two, "12", reason="for your birthday")
    assert (await shop.balance(one), await shop.balance(two)) == (18, 12)
    entries = await models.Entry.filter(transfer_id__isnull=False, kind="TRANSFER").order_by("change_available")
    assert [(row.member_id, row.change_available, row.contra) for row in entries] == [
        (one, -12, "CLEARING"),
        (two, 12, "CLEARING"),
    ]
    assert outcome.member_id == one
    assert [account for account, _ in outcome.entries] == [row.account_id for row in entries]
    transfer = await models.Transfer.get(id=entries[0].transfer_id)
    assert (transfer.id, transfer.member_id, transfer.kind) == (entries[1].transfer_id, one, "TRANSFER")
    assert transfer.reason == "for your birthday"
    for member, kinds in ((one, ["MEMBER_ENROLLED", "BALANCE_CHANGED", "BALANCE_CHANGED"]), (two, None)):
        told = await models.Event.filter(member_id=member).order_by("position").values_list("kind", flat=True)
        assert list(told) == (kinds or ["MEMBER_ENROLLED", "BALANCE_CHANGED"])
    assert (await verify(house.database)).findings == []


async def test_each_part_keeps_its_expiry(house: Engine) -> None:
    shop = await world(house)
    async with transaction():
        await models.Asset.filter(program_id=shop.program.id, code="POINTS").update(
            expiry=ExpiryPolicy.ROLLING_DAYS, expiry_length=10, expiry_from="OCCURRED"
        )
        await models.Program.filter(id=shop.program.id).update(config_version=99)
    one, two = await shop.enrol(), await shop.enrol()
    now = (await house.program(shop.program.id)).now()
    for days, amount in ((9, "5.00"), (2, "7.00"), (5, "6.00")):
        await shop.buy(one, amount, occurred_at=now - timedelta(days=days))
    await give(shop, one, two, "8")
    assert [row[:2] for row in await lots_of(one)] == [(5, 0), (6, 3), (7, 7)]
    mine, theirs = await lots_of(one), await lots_of(two)
    assert [row[:2] for row in theirs] == [(5, 5), (3, 3)]
    assert [row[2] for row in theirs] == [row[2] for row in mine[:2]]
    assert (await verify(house.database)).findings == []


async def test_a_gift_pays_the_receivers_debt_first(house: Engine) -> None:
    shop = await world(house)
    one, two = await shop.enrol(), await shop.enrol()
    await shop.give(one, "30")
    await shop.give(two, "1")
    desk = await Desk.at(shop)
    await house.writer.post(desk.adjust(two, -1))
    await give(shop, one, two, "30")
    assert await shop.balance(two) == 30
    assert (await verify(house.database)).findings == []


@pytest.mark.parametrize(
    ("facts", "refusal", "field"),
    [
        ({"amount": "31"}, InsufficientBalance, ("amount",)),
        ({"amount": "0"}, InvalidInput, ("amount",)),
        ({"amount": "-1"}, InvalidInput, ("amount",)),
        ({"amount": "0.5"}, InvalidInput, ("amount",)),
        ({"asset": "GOLD"}, InvalidInput, ("asset",)),
        ({"asset": "TIER"}, InvalidInput, ("asset",)),
        ({"reason": " "}, InvalidInput, ("reason",)),
        ({"giver": UUID(int=1)}, NotFound, ("member",)),
        ({"taker": UUID(int=1)}, NotFound, ("to",)),
        ({"taker": "giver"}, InvalidInput, ("to",)),
    ],
)
async def test_what_cannot_be_given_is_refused_and_changes_nothing(
    house: Engine, facts: dict[str, Any], refusal: type[Refusal], field: tuple[str, ...]
) -> None:
    shop = await world(house)
    one, two = await shop.enrol(), await shop.enrol()
    await shop.give(one, "30")
    await shop.give(one, "5.00", asset="TIER")
    values = {"giver": one, "taker": two} | facts
    if values["taker"] == "giver":
        values["taker"] = one
    with pytest.raises(refusal) as caught:
        await give(shop, **values)
    assert caught.value.field == field
    assert (await shop.balance(one), await shop.balance(two)) == (30, 0)
    assert await models.Entry.filter(kind="TRANSFER").count() == 0


@pytest.mark.parametrize("status", ["FROZEN", "CLOSED"])
async def test_both_members_must_be_active(house: Engine, status: str) -> None:
    shop = await world(house)
    one, two, three = await shop.enrol(), await shop.enrol(), await shop.enrol()
    for member in (one, two):
        await shop.give(member, "30")
    await members.amend(house, shop.actor, MemberRef(id=two), {"status": status}, key=new_key())
    for giver, taker, field in ((one, two, ("to",)), (two, three, ("member",))):
        with pytest.raises(MemberNotActive) as caught:
            await give(shop, giver, taker)
        assert (caught.value.field, caught.value.facts["status"]) == (field, status)


async def test_nobody_can_be_given_more_than_an_account_holds(house: Engine) -> None:
    shop = await world(house)
    one, two = await shop.enrol(), await shop.enrol()
    for member in (one, two):
        await shop.give(member, str(2**62 - 10))
    with pytest.raises(LimitReached) as caught:
        await give(shop, one, two, "10")
    assert caught.value.field == ("amount",)


async def test_a_repeated_gift_is_given_once(house: Engine) -> None:
    shop = await world(house)
    one, two = await shop.enrol(phone="+8613800138000"), await shop.enrol()
    await shop.give(one, "30")
    refs = MemberRef(phone="+8613800138000"), MemberRef(id=two)
    values: dict[str, Any] = {"asset": "POINTS", "amount": Decimal(7), "reason": None, "key": "k"}
    first = await balances.transfer(house, shop.actor, *refs, **values)
    await members.amend(house, shop.actor, MemberRef(id=one), {"phone": None}, key=new_key())
    again = await balances.transfer(house, shop.actor, *refs, **values)
    assert (again.replayed, again.entries) == (True, first.entries)
    assert (await shop.balance(one), await shop.balance(two)) == (23, 7)


async def test_gifts_in_both_directions_at_once_meet_in_no_deadlock(postgres_house: Engine) -> None:
    house, chance = postgres_house, Random(7)  # noqa: S311  (not for secrets)
    shop = await world(house)
    crowd = [await shop.enrol() for _ in range(6)]
    for member in crowd:
        await shop.give(member, "100")
    async with writers(house, 3) as several:

        async def gift() -> None:
            giver, taker = chance.sample(crowd, 2)
            world_of = World(chance.choice(several)[1], shop.program, shop.actor)
            try:
                await give(world_of, giver, taker, str(chance.randint(1, 60)))
            except InsufficientBalance:
                return

        await asyncio.gather(*(gift() for _ in range(120)))
    left = [await shop.balance(member) for member in crowd]
    assert sum(left) == 600
    assert min(left) >= 0
    assert (await verify(house.database)).findings == []
