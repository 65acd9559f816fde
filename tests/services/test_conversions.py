"""One asset becomes another, at a rate and without rounding."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

import models
from domain.refusals import (
    IdempotencyKeyReused,
    InsufficientBalance,
    InvalidInput,
    LimitReached,
    MemberNotActive,
    NotFound,
    Refusal,
)
from services import members, value_terms
from services.engine import Engine
from services.members import MemberRef
from services.templates import Template
from tests.factories import NOON, World, new_key, world
from tests.services.saving import conversion, convert, ladder, pay_in
from tests.services.test_values import bonus_of, clean, terms
from tests.services.test_writer_parallel import writers


async def with_points(house: Engine, **facts: Any) -> tuple[World, UUID]:
    """Return a program in which 100 points become 1.00 in steps of 50, and a member with 1000."""
    shop = await world(house, **facts)
    await conversion(shop, "POINTS", "VALUE", "100", "1.00", step="50")
    member = await shop.enrol()
    await shop.give(member, "1000")
    return shop, member


async def balances_of(shop: World, member: UUID) -> tuple[int, int]:
    return await shop.balance(member), await shop.balance(member, "VALUE")


async def test_points_become_money(house: Engine) -> None:
    shop, member = await with_points(house)
    await terms(shop, expiry="ROLLING_DAYS", expiry_length=10)
    outcome = await convert(shop, member, "250")
    assert await balances_of(shop, member) == (750, 2_50)
    lines = await models.Entry.filter(member_id=member, kind="CONVERT").order_by("position")
    assert [(row.change_available, row.contra) for row in lines] == [(-250, "CLEARING"), (2_50, "CLEARING")]
    assert list(outcome.entries) == [(row.account_id, row.seq) for row in lines]
    (moved,) = await models.Transfer.filter(kind="CONVERSION")
    assert moved.reason == "250 POINTS became 2.50 VALUE, at 100 for 1.00."
    lot = await models.Lot.get(member_id=member, transfer_id=moved.id)
    assert (lot.amount, lot.priority, lot.expires_at) == (2_50, 0, NOON + timedelta(days=10))
    await clean(shop)


async def test_bonus_becomes_points_as_far_as_a_payment_may_use_it(house: Engine) -> None:
    shop = await world(house)
    await terms(shop, bonus_cap=50)
    await ladder(shop, ("10", "100%"))
    await conversion(shop, "VALUE", "POINTS", "0.01", "1")
    member = await shop.enrol()
    await pay_in(shop, member, "10")
    await convert(shop, member, "5.01", source="VALUE", target="POINTS")
    assert (await balances_of(shop, member), await bonus_of(shop, member)) == ((501, 14_99), 7_50)
    await clean(shop)


async def test_what_counts_for_tiers_raises_them(house: Engine) -> None:
    shop, member = await with_points(house, template=Template.STANDARD)
    await conversion(shop, "POINTS", "TIER", "1", "1.00")
    assert await shop.tier(member) == "MEMBER"
    await convert(shop, member, "1000", target="TIER")
    assert (await shop.tier(member), await shop.balance(member, "TIER")) == ("SILVER", 1_000_00)
    await clean(shop)


@pytest.mark.parametrize(
    ("facts", "refusal", "field"),
    [
        ({"amount": "1050"}, InsufficientBalance, ("amount",)),
        ({"amount": "75"}, InvalidInput, ("amount",)),
        ({"amount": "0"}, InvalidInput, ("amount",)),
        ({"amount": "-50"}, InvalidInput, ("amount",)),
        ({"amount": "0.5"}, InvalidInput, ("amount",)),
        ({"source": "GOLD"}, InvalidInput, ("from",)),
        ({"target": "GOLD"}, InvalidInput, ("to",)),
        ({"source": "VALUE", "target": "POINTS"}, InvalidInput, ("to",)),
        ({"target": "POINTS"}, InvalidInput, ("to",)),
        ({"member": UUID(int=1)}, NotFound, ("member",)),
    ],
)
async def test_what_cannot_be_converted_is_refused_and_changes_nothing(
    house: Engine, facts: dict[str, Any], refusal: type[Refusal], field: tuple[str, ...]
) -> None:
    shop, member = await with_points(house)
    values = {"member": member, "amount": "100"} | facts
    with pytest.raises(refusal) as caught:
        await convert(shop, values.pop("member"), values.pop("amount"), **values)
    assert caught.value.field == field
    assert await balances_of(shop, member) == (1000, 0)
    assert await models.Transfer.filter(kind="CONVERSION").count() == 0


async def test_a_balance_that_would_be_too_large_keeps_both(house: Engine) -> None:
    shop, member = await with_points(house)
    await shop.give(member, "46116860184273879.03", "VALUE")
    with pytest.raises(LimitReached) as caught:
        await convert(shop, member, "100")
    assert caught.value.field == ("amount",)
    assert await shop.balance(member) == 1000


@pytest.mark.parametrize("status", ["FROZEN", "CLOSED"])
async def test_only_the_active_convert(house: Engine, status: str) -> None:
    shop, member = await with_points(house)
    await members.amend(house, shop.actor, MemberRef(id=member), {"status": status}, key=new_key())
    with pytest.raises(MemberNotActive):
        await convert(shop, member, "100")


async def test_nothing_becomes_what_expired_for_good(house: Engine) -> None:
    shop, member = await with_points(house)
    await terms(shop, expiry="FIXED_DATE", expiry_length=0, expiry_date=(NOON - timedelta(days=1)).date())
    with pytest.raises(InvalidInput) as caught:
        await convert(shop, member, "100")
    assert caught.value.field == ("to",)


async def test_a_repeated_conversion_is_done_once_and_at_the_rate_of_then(house: Engine) -> None:
    shop, member = await with_points(house)
    first = await convert(shop, member, "100", key="k")
    await conversion(shop, "POINTS", "VALUE", "100", "2.00")
    again = await convert(shop, member, "100", key="k")
    assert (again.replayed, again.entries) == (True, first.entries)
    with pytest.raises(IdempotencyKeyReused):
        await convert(shop, member, "200", key="k")
    assert await balances_of(shop, member) == (900, 1_00)
    await convert(shop, member, "1")  # the step was that of the other rate
    assert await balances_of(shop, member) == (899, 1_02)
    await value_terms.remove_conversion(shop.program, "POINTS", "VALUE")
    with pytest.raises(InvalidInput, match="POINTS cannot be converted into VALUE"):
        await convert(shop, member, "100", key="later")
    assert (await convert(shop, member, "100", key="k")).entries == first.entries
    with pytest.raises(IdempotencyKeyReused):
        await convert(shop, member, "200", key="k")
    await conversion(shop, "POINTS", "VALUE", "100", "1.00")
    assert not (await convert(shop, member, "100", key="later")).replayed
    await clean(shop)


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (("POINTS", "POINTS", "1", "1"), "POINTS is converted into another asset, not into itself."),
        (("TIER", "POINTS", "1", "1"), "TIER counts towards tiers and cannot be converted."),
        (("POINTS", "VALUE", "0", "1"), "Both amounts of a rate must be more than 0."),
        (("POINTS", "VALUE", "1", "-1"), "Both amounts of a rate must be more than 0."),
        (("POINTS", "VALUE", "1", "0.001"), "0.001 has more than 2 decimal places."),
        (("POINTS", "VALUE", "3", "0.02", "4"), "A step is a multiple of 3: less gives no whole VALUE."),
        (("POINTS", "VALUE", "3", "0.02", "0"), "A step is a multiple of 3: less gives no whole VALUE."),
    ],
)
async def test_a_rate_that_makes_no_sense_is_refused_and_changes_nothing(
    house: Engine, facts: tuple[str, ...], message: str
) -> None:
    shop, _ = await with_points(house)
    with pytest.raises(InvalidInput) as caught:
        await conversion(shop, *facts[:4], step=facts[4] if len(facts) > 4 else None)
    assert caught.value.message == message
    assert await models.Conversion.all().values_list("from_amount", "to_amount", "step") == [(100, 1_00, 50)]
    with pytest.raises(NotFound):
        await value_terms.remove_conversion(shop.program, "VALUE", "POINTS")


async def test_conversions_at_once_use_each_point_once(postgres_house: Engine) -> None:
    shop, member = await with_points(postgres_house)
    async with writers(postgres_house, 3) as several:
        shops = [World(engine, shop.program, shop.actor) for _, engine in several]

        async def ask(own: World) -> bool:
            try:
                await convert(own, member, "150")
            except InsufficientBalance:
                return False
            return True

        done = await asyncio.gather(*(ask(shops[n % 3]) for n in range(18)))
    assert (sum(done), await balances_of(shop, member)) == (6, (100, 9_00))
    await clean(shop)


async def test_a_program_has_no_more_conversions_than_it_may_have(
    house: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, _ = await with_points(house)
    monkeypatch.setattr(value_terms, "CONVERSIONS_MAX", 1)
    await conversion(shop, "POINTS", "VALUE", "200", "1.00")  # in place of the one there is
    with pytest.raises(LimitReached):
        await conversion(shop, "VALUE", "POINTS", "1.00", "100")
    assert [row[2].from_amount for row in await value_terms.conversions_of(shop.program)] == [200]
