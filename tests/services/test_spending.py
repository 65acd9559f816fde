"""Balances that are used outside an order, and given back to the lots from which they came."""

import asyncio
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest

import models
from domain.assets import AssetKind
from domain.refusals import (
    AlreadyReturned,
    IdempotencyKeyReused,
    InsufficientBalance,
    InvalidInput,
    MemberNotActive,
    NotFound,
    Refusal,
)
from domain.terms import Terms
from services import assets, members, order_life, programs
from services.engine import Engine
from services.members import MemberRef
from services.order_life import OrderRef
from services.templates import Template
from tests.factories import NOON, World, new_key, world
from tests.services.saving import ladder, pay_in, spend, undo
from tests.services.test_values import bonus_of, clean, terms
from tests.services.test_writer_parallel import writers

DAY = timedelta(days=1)


async def lots_of(member: UUID) -> list[tuple[int, int, datetime]]:
    rows = await models.Lot.filter(member_id=member).order_by("id")
    return [(row.amount, row.remaining, row.expires_at) for row in rows]


async def with_lots(house: Engine, **facts: Any) -> tuple[World, UUID]:
    """Return a program whose points last ten days, and a member with 5, 7 and 6 of three days, the last today's."""
    shop = await world(house, **facts)
    await terms(shop, "POINTS", expiry="ROLLING_DAYS", expiry_length=10, grace_days=30)
    member = await shop.enrol()
    for days, amount in ((-4, "5"), (-2, "7"), (0, "6")):
        await programs.set_clock(shop.program.id, NOON + days * DAY)
        await shop.give(member, amount)
    return shop, member


async def at(shop: World, days: int) -> None:
    await programs.set_clock(shop.program.id, NOON + days * DAY)


async def test_a_visit_is_used_and_given_back(house: Engine) -> None:
    shop = await world(house)
    await assets.create(shop.program, code="VISITS", name="Visits", kind=AssetKind.PASS, scale=None, terms=Terms())
    member = await shop.enrol()
    await shop.give(member, "10", "VISITS")
    used = await spend(shop, member, "1", asset="VISITS", reason="Sauna, 3 March")
    assert await shop.balance(member, "VISITS") == 9
    back = await undo(shop, used, reason="The sauna was closed")
    assert await shop.balance(member, "VISITS") == 10
    lines = await models.Entry.filter(member_id=member).order_by("seq")
    assert [(row.kind, row.change_available, row.contra) for row in lines] == [
        ("ADJUST", 10, "ADJUSTMENT"),
        ("SPEND", -1, "REDEMPTION"),
        ("RETURN", 1, "REDEMPTION"),
    ]
    assert used.entries == ((lines[1].account_id, 2),)
    assert back.entries == ((lines[1].account_id, 3),)
    moved = {row.kind: row for row in await models.Transfer.all()}
    assert (moved["SPEND"].reason, moved["SPEND"].original_id) == ("Sauna, 3 March", None)
    undone = moved["SPEND_UNDO"]
    assert (undone.reason, undone.original_id) == ("The sauna was closed", moved["SPEND"].id)
    assert [row[:2] for row in await lots_of(member)] == [(10, 10)]
    told = await models.Event.filter(member_id=member).order_by("position").values_list("kind", flat=True)
    assert list(told) == ["MEMBER_ENROLLED", *["BALANCE_CHANGED"] * 3]
    await clean(shop)


async def test_any_steps_of_undoing_lead_to_the_same_lots(house: Engine) -> None:
    shop, member = await with_lots(house)
    before = await lots_of(member)
    assert [row[:2] for row in before] == [(5, 5), (7, 7), (6, 6)]
    used = await spend(shop, member, "14")
    assert [row[1] for row in await lots_of(member)] == [0, 0, 4]
    seen = []
    for step in ("1", "1", "5", "7"):
        await undo(shop, used, step)
        seen.append([row[1] for row in await lots_of(member)])
    assert seen == [[0, 0, 5], [0, 0, 6], [0, 5, 6], [5, 7, 6]]
    assert await lots_of(member) == before
    assert await shop.balance(member) == 18
    await clean(shop)


async def test_what_expired_since_comes_back_with_the_grace(house: Engine) -> None:
    shop, member = await with_lots(house)
    used = await spend(shop, member, "14")
    await at(shop, 8)  # the first two lots are over: the second expired at this very instant
    await undo(shop, used, "3")
    await undo(shop, used)
    grace = NOON + 38 * DAY
    assert [row[:2] for row in await lots_of(member)] == [(5, 0), (7, 0), (6, 6), (1, 1), (11, 11)]
    assert [row[2] for row in (await lots_of(member))[3:]] == [grace, grace]
    assert await shop.balance(member) == 18
    await clean(shop)
    await at(shop, 38)
    assert await shop.balance(member) == 0
    await shop.give(member, "1")
    await clean(shop)


@pytest.mark.parametrize("steps", [["18"], ["1", "17"], ["2", "9", "7"], ["3", "2", None]])
@pytest.mark.parametrize(("days", "lots"), [(0, [1, 7, 6]), (8, [0, 0, 6])])
async def test_what_is_owed_is_paid_by_what_is_undone_in_any_steps(
    house: Engine, days: int, lots: list[int], steps: list[str | None]
) -> None:
    shop, member = await with_lots(house, template=Template.STANDARD)
    bought = await shop.buy(member, "4.00")
    used = await spend(shop, member, "18")
    await spend(shop, member, "4")
    await order_life.return_(house, shop.actor, OrderRef(id=bought.order_id), None, reason=None, key=new_key())
    account = await models.Account.get(id=used.entries[0][0])
    assert account.available == -4
    await at(shop, days)
    for step in steps:
        await undo(shop, used, step)
    assert [row[1] for row in (await lots_of(member))[:3]] == lots
    assert await shop.balance(member) == 14
    await clean(shop)


async def test_bonus_comes_back_as_bonus(house: Engine) -> None:
    shop = await world(house)
    await terms(shop, bonus_cap=50)
    await ladder(shop, ("100", "40%"))
    member = await shop.enrol()
    await pay_in(shop, member, "100")
    with pytest.raises(InsufficientBalance) as caught:
        await spend(shop, member, "140.01", asset="VALUE")
    assert (caught.value.field, caught.value.facts["available"]) == (("amount",), Decimal("140.00"))
    used = await spend(shop, member, "60", asset="VALUE")
    assert (await shop.balance(member, "VALUE"), await bonus_of(shop, member)) == (80_00, 10_00)
    await undo(shop, used, "30.01")
    assert (await shop.balance(member, "VALUE"), await bonus_of(shop, member)) == (110_01, 25_01)
    await undo(shop, used)
    assert (await shop.balance(member, "VALUE"), await bonus_of(shop, member)) == (140_00, 40_00)
    await clean(shop)


async def test_the_cap_of_bonus_refuses_a_payment_that_the_principal_cannot_join(house: Engine) -> None:
    shop = await world(house)
    await terms(shop, bonus_cap=10)
    await ladder(shop, ("1", "100%"))
    member = await shop.enrol()
    for _ in range(3):
        await pay_in(shop, member, "30")
    with pytest.raises(InsufficientBalance) as caught:
        await spend(shop, member, "100.01", asset="VALUE")
    assert caught.value.message == (
        "The member has 180.00 VALUE, 90.00 of it bonus, of which a payment may use 10 %: 100.00 at most; "
        "100.01 are needed."
    )
    assert caught.value.facts == {"available": Decimal("100.00"), "required": Decimal("100.01")}
    assert (await shop.balance(member, "VALUE"), await bonus_of(shop, member)) == (180_00, 90_00)
    await spend(shop, member, "100.00", asset="VALUE")
    assert (await shop.balance(member, "VALUE"), await bonus_of(shop, member)) == (80_00, 80_00)
    await clean(shop)


@pytest.mark.parametrize(
    ("facts", "refusal", "field"),
    [
        ({"amount": "19"}, InsufficientBalance, ("amount",)),
        ({"amount": "0"}, InvalidInput, ("amount",)),
        ({"amount": "-1"}, InvalidInput, ("amount",)),
        ({"amount": "0.5"}, InvalidInput, ("amount",)),
        ({"asset": "GOLD"}, InvalidInput, ("asset",)),
        ({"asset": "TIER"}, InvalidInput, ("asset",)),
        ({"reason": " "}, InvalidInput, ("reason",)),
        ({"member": UUID(int=1)}, NotFound, ("member",)),
    ],
)
async def test_what_cannot_be_used_is_refused_and_changes_nothing(
    house: Engine, facts: dict[str, Any], refusal: type[Refusal], field: tuple[str, ...]
) -> None:
    shop, member = await with_lots(house)
    values = {"member": member, "amount": "5"} | facts
    with pytest.raises(refusal) as caught:
        await spend(shop, values.pop("member"), values.pop("amount"), **values)
    assert caught.value.field == field
    assert await shop.balance(member) == 18
    assert await models.Transfer.filter(kind="SPEND").count() == 0


async def test_what_cannot_be_given_back_is_refused_and_changes_nothing(house: Engine) -> None:
    shop, member = await with_lots(house)
    used = await spend(shop, member, "14")
    await undo(shop, used, "4")
    account, _ = used.entries[0]
    rows, lots = await models.Entry.all().count(), await lots_of(member)
    refusals: list[tuple[dict[str, Any], type[Refusal], tuple[str, ...]]] = [
        ({"amount": "11"}, AlreadyReturned, ("amount",)),
        ({"amount": "15"}, InvalidInput, ("amount",)),
        ({"amount": "-1"}, InvalidInput, ("amount",)),
        ({"amount": "0.5"}, InvalidInput, ("amount",)),
        ({"line": None}, NotFound, ("entry",)),
        ({"line": (account, 99)}, NotFound, ("entry",)),
        ({"line": (UUID(int=1), 1)}, NotFound, ("entry",)),
        ({"line": (account, 1)}, InvalidInput, ("entry",)),  # an adjustment
        ({"line": (account, 5)}, InvalidInput, ("entry",)),  # the undo itself
        ({"reason": ""}, InvalidInput, ("reason",)),
    ]
    for facts, refusal, field in refusals:
        with pytest.raises(refusal) as caught:
            await undo(shop, used, facts.pop("amount", None), **facts)
        assert caught.value.field == field, facts
    assert (await models.Entry.all().count(), await lots_of(member)) == (rows, lots)
    await undo(shop, used)
    with pytest.raises(AlreadyReturned) as nothing:
        await undo(shop, used)
    assert nothing.value.message == "Of 14 POINTS spent, 14 were given back before; 0 are left."
    assert (nothing.value.field, nothing.value.facts) == (("entry",), {"left": Decimal(0)})
    with pytest.raises(AlreadyReturned) as more:
        await undo(shop, used, "2")
    assert more.value.message == "Of 14 POINTS spent, 14 were given back before; 0 are left; 2 are asked for."
    await clean(shop)


async def test_nobody_undoes_what_another_program_spent(house: Engine) -> None:
    shop, member = await with_lots(house)
    used = await spend(shop, member, "14")
    rival = await world(house, code="RIVAL")
    with pytest.raises(NotFound):
        await undo(rival, used)
    assert await shop.balance(member) == 4


@pytest.mark.parametrize("status", ["FROZEN", "CLOSED"])
async def test_only_the_active_spend_and_all_are_given_back(house: Engine, status: str) -> None:
    shop, member = await with_lots(house)
    used = await spend(shop, member, "14")
    await members.amend(house, shop.actor, MemberRef(id=member), {"status": status}, key=new_key())
    with pytest.raises(MemberNotActive) as caught:
        await spend(shop, member, "1")
    assert caught.value.field == ("member",)
    await undo(shop, used)
    assert await shop.balance(member) == 18


async def test_a_repeated_use_is_used_once_and_undone_once(house: Engine) -> None:
    shop, member = await with_lots(house)
    first = await spend(shop, member, "4", key="k")
    again = await spend(shop, member, "4", key="k")
    assert (again.replayed, again.entries) == (True, first.entries)
    with pytest.raises(IdempotencyKeyReused):
        await spend(shop, member, "5", key="k")
    back = await undo(shop, first, "3", key="k")
    repeated = await undo(shop, first, "3", key="k")
    assert (repeated.replayed, repeated.entries) == (True, back.entries)
    with pytest.raises(IdempotencyKeyReused):
        await undo(shop, first, key="k")
    with pytest.raises(AlreadyReturned):
        await undo(shop, first, "2", key="refused")
    await undo(shop, first)
    with pytest.raises(AlreadyReturned) as same:  # as it was answered then
        await undo(shop, first, "2", key="refused")
    assert same.value.facts == {"left": Decimal(1)}
    assert await shop.balance(member) == 18
    await clean(shop)


async def test_no_more_is_given_back_than_was_used_however_many_ask_at_once(postgres_house: Engine) -> None:
    shop, member = await with_lots(postgres_house)
    before = await lots_of(member)
    used = await spend(shop, member, "16")
    chance = Random(5)  # noqa: S311  (not for secrets)
    async with writers(postgres_house, 3) as several:
        shops = [World(engine, shop.program, shop.actor) for _, engine in several]

        async def ask(own: World) -> int:
            amount = chance.randint(1, 5)
            try:
                await undo(own, used, str(amount))
            except AlreadyReturned:
                return 0
            return amount

        given = await asyncio.gather(*(ask(chance.choice(shops)) for _ in range(40)))
    assert sum(given) <= 16
    if sum(given) < 16:
        await undo(shop, used)
    assert await lots_of(member) == before
    assert await shop.balance(member) == 18
    await clean(shop)


async def test_uses_of_one_pass_at_once_use_each_visit_once(postgres_house: Engine) -> None:
    shop, member = await with_lots(postgres_house)
    async with writers(postgres_house, 3) as several:
        shops = [World(engine, shop.program, shop.actor) for _, engine in several]

        async def visit(own: World) -> bool:
            try:
                await spend(own, member, "1")
            except InsufficientBalance:
                return False
            return True

        went = await asyncio.gather(*(visit(shops[n % 3]) for n in range(30)))
    assert (sum(went), await shop.balance(member)) == (18, 0)
    await clean(shop)
