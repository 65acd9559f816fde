"""Coupons at several writers on one PostgreSQL at once: none is used twice, and the counters say what the rows say."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs
from tortoise.expressions import F

import models
from domain.commands import ExpireOrder
from domain.coupon_commands import GiftCoupon
from domain.decisions.consumption import consumed_by
from domain.instants import NEVER
from domain.refusals import CouponNotUsable, Refusal
from services import balances, coupon_sweep, coupons, programs
from services.coupons import CouponRef
from services.engine import Engine
from services.members import MemberRef
from services.publishing import publish
from services.transaction import transaction
from services.writer.answers import Outcome
from tests.factories import BEGINNING, NOON, World, coupon_template, new_key, world
from tests.services.coupon_counts import code_of_nobody, enrolled, sound, tally_of, uses
from tests.services.test_coupons import claim, issue
from tests.services.test_order_life import cancel, capture, give_back, hold
from tests.services.test_writer_commands import Desk
from tests.services.test_writer_parallel import paused, writers

OFF = [{"amountOff": {"amount": "5"}}]
HOUR = timedelta(hours=1)


async def answer(asked: Coroutine[Any, Any, Outcome]) -> Outcome | Refusal:
    try:
        return await asked
    except Refusal as refusal:
        return refusal


@asynccontextmanager
async def shops(shop: World, number: int) -> AsyncIterator[list[World]]:
    """Open the same shop at further writers; assert that none wrote what another had changed, nor met in a deadlock."""
    with capture_logs() as logs:
        async with writers(shop.engine, number) as several:
            yield [replace(shop, engine=replace(engine, secret_key=shop.engine.secret_key)) for _, engine in several]
    assert [entry for entry in logs if entry["event"] == "writer.rejected" or "deadlock" in str(entry)] == []


async def discounts(found: list[Outcome | Refusal]) -> list[int]:
    """Return what was taken off the orders that were made, in order."""
    ids = [row.order_id for row in found if isinstance(row, Outcome)]
    return sorted(await models.Order.filter(id__in=ids).values_list("discount_total", flat=True))


async def expiry(order_id: UUID | None) -> ExpireOrder:
    """Return what the sweeper asks for about a hold that ran out."""
    row = await models.Order.get(id=order_id)
    return ExpireOrder(
        program_id=row.program_id,
        actor="system",
        claim=None,
        order_id=row.id,
        source=row.source,
        external_id=row.external_id,
        member_id=row.member_id,
        consumed=consumed_by(row),
    )


async def test_one_coupon_that_twenty_orders_choose_takes_something_off_one(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    made = await coupon_template(shop.program.id, "SPRING", OFF)
    (member,) = await enrolled(shop, 1)
    await issue(shop, member)
    async with shops(shop, 4) as several:
        found = await asyncio.gather(*(answer(several[n % 4].buy(member, "20.00")) for n in range(20)))
    assert await discounts(found) == [0] * 19 + [5_00]
    assert await tally_of(made, "issued", "used", "discount", "revenue") == (1, 1, 5_00, 15_00)
    await sound(shop.engine, shop.program.id)


@pytest.mark.parametrize("named", [True, False], ids=["named", "chosen"])
async def test_of_a_gift_and_a_use_at_once_one_has_the_coupon(postgres_house: Engine, named: bool) -> None:
    shop = await world(postgres_house)
    made = await coupon_template(shop.program.id, "SPRING", OFF, {"transferable": True})
    pairs = [await enrolled(shop, 2) for _ in range(12)]
    async with shops(shop, 4) as several:
        for number, (giver, taker) in enumerate(pairs):
            (coupon_id,) = (await issue(shop, giver)).coupon_ids
            row = await models.Coupon.get(id=coupon_id)
            code = coupons.code_of(shop.engine, row, {})
            codes = [code] if named and code else None
            ref, to = CouponRef(id=coupon_id), MemberRef(id=taker)
            asked = [
                coupons.gift(several[number % 4].engine, shop.actor, ref, to, key=new_key()),
                several[(number + 1) % 4].buy(giver, "20.00", coupon_codes=codes),
                several[(number + 2) % 4].buy(taker, "20.00", coupon_codes=codes),
                several[(number + 3) % 4].buy(taker, "20.00", coupon_codes=codes),
            ]
            found = await asyncio.gather(*(answer(one) for one in asked))
            after = await models.Coupon.get(id=coupon_id)
            assert sum(await discounts(found[1:])) == (5_00 if after.state == "USED" else 0)
            kinds = await models.CouponChange.filter(coupon_id=coupon_id).order_by("ordinal")
            said = [change.kind for change in kinds]
            by_giver = ["ISSUED", "USED"]
            assert said in (by_giver, ["ISSUED", "GIFTED"], ["ISSUED", "GIFTED", "USED"])
            assert after.member_id == (giver if said == by_giver else taker)
            assert isinstance(found[0], Outcome) == (said != by_giver)
    assert await tally_of(made, "issued") == (len(pairs),)
    await sound(shop.engine, shop.program.id)


async def test_a_code_that_a_guest_s_hold_let_go_is_taken_again_or_used_by_another_and_not_both(
    postgres_house: Engine,
) -> None:
    """The coupon does not name the order any more, so the order's name alone would not lock it."""
    shop = await world(postgres_house)
    made = await coupon_template(shop.program.id, "SPRING", OFF, audience="EVERYONE")
    found: Counter[tuple[str, str]] = Counter()
    async with shops(shop, 2) as (one, two):
        for _ in range(10):
            _, code = await code_of_nobody(shop, made)
            held = await hold(shop, None, "20.00", coupon_codes=[code])
            now = (await shop.engine.program(shop.program.id)).now() + HOUR
            await programs.set_clock(shop.program.id, now)
            await coupon_sweep.sweep(shop.engine, await shop.engine.program(shop.program.id), 100)
            answers = await asyncio.gather(
                answer(capture(one, held.order_id)), answer(two.buy(None, "20.00", coupon_codes=[code]))
            )
            first, second = (type(row).__name__ for row in answers)
            found[first, second] += 1
    assert set(found) <= {("Outcome", "CouponNotUsable"), ("HoldExpired", "Outcome")}
    assert await tally_of(made, "issued", "used") == (10, 10)
    await sound(shop.engine, shop.program.id)


async def test_a_cancelled_hold_leaves_a_coupon_alone_that_is_another_s_by_now(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    await coupon_template(shop.program.id, "SPRING", OFF, {"transferable": True})
    giver, taker = await enrolled(shop, 2)
    (coupon_id,) = (await issue(shop, giver)).coupon_ids
    first = await hold(shop, giver, "20.00", seconds=7200)
    assert (await models.Coupon.get(id=coupon_id)).state == "HELD"
    await programs.set_clock(shop.program.id, NOON + 2 * HOUR + timedelta(seconds=1))
    await coupons.gift(shop.engine, shop.actor, CouponRef(id=coupon_id), MemberRef(id=taker), key=new_key())
    second = await hold(shop, taker, "20.00", seconds=900)
    await programs.set_clock(shop.program.id, NOON + 4 * HOUR)
    before = await models.Coupon.get(id=coupon_id)
    assert (before.state, before.order_id, before.member_id) == ("HELD", second.order_id, taker)
    async with shops(shop, 1) as (other,), paused(shop.engine, "write") as (pausing, engine):
        at = replace(shop, engine=engine)
        using = asyncio.create_task(answer(at.buy(taker, "20.00")))
        await pausing.reached.wait()  # it has settled the lapsed hold, and not written it yet
        expiring = asyncio.create_task(other.engine.writer.post(await expiry(first.order_id)))
        await asyncio.wait([expiring], timeout=30)
        pausing.go_on.set()
        assert isinstance(await using, Outcome)
        assert (await expiring).order_id == first.order_id
    kinds = await models.CouponChange.filter(coupon_id=coupon_id).order_by("ordinal").values_list("kind", flat=True)
    assert list(kinds) == ["ISSUED", "HELD", "RELEASED", "GIFTED", "HELD", "RELEASED", "USED"]
    await sound(shop.engine, shop.program.id)


async def test_an_order_finds_the_coupons_that_are_left_after_gifts_of_the_same_batch(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF, {"transferable": True})
    desk, (giver, taker) = await Desk.at(shop), await enrolled(shop, 2)
    *given, left = sorted((await issue(shop, giver, count=4)).coupon_ids)
    common = {"program_id": shop.program.id, "actor": "key:TEST", "claim": None, "owner_id": giver, "to_id": taker}
    gifts = [GiftCoupon(coupon_id=coupon_id, **common) for coupon_id in given]
    *_, bought = await house.writer.post_all([*gifts, replace(desk.commit(giver, 20_00), chooses=True)])
    assert await discounts([bought]) == [5_00]
    row = await models.Coupon.get(id=left)
    assert row.state == "USED"
    await sound(house, shop.program.id)


async def test_a_limit_that_is_published_while_a_code_is_on_its_way_counts(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    made = await coupon_template(shop.program.id, "SPRING", OFF, {"sharedCode": "HELLO"})
    (member,) = await enrolled(shop, 1)
    async with paused(postgres_house, "claim") as (pausing, engine):
        buying = asyncio.create_task(replace(shop, engine=engine).buy(member, "20.00", coupon_codes=["HELLO"]))
        await pausing.reached.wait()
        async with transaction():
            await publish(
                program_id=shop.program.id,
                campaign_id=made.id,
                number=2,
                conditions=None,
                effects=OFF,
                coupon={"sharedCode": "HELLO"},
                step="COUPON",
                limits={"perMember": 1},
                priority=10,
                starts_at=BEGINNING,
                ends_at=NEVER,
                recorded_at=NOON,
            )
            await models.Campaign.filter(id=made.id).update(published_version=2)
            await models.Program.filter(id=shop.program.id).update(config_version=F("config_version") + 1)
        pausing.go_on.set()
        assert await discounts([await buying]) == [5_00]
    assert await uses(made, member) == 1
    with pytest.raises(CouponNotUsable):
        await shop.buy(member, "20.00", coupon_codes=["HELLO"])


async def stormy(  # noqa: C901  (one branch for each thing)
    several: list[World], random: Random, members: list[UUID], codes: list[str], held: list[UUID]
) -> None:
    """Do one thing of many to coupons at any of the writers; what it comes to is for the counters to say."""
    at = random.choice(several)
    member, other = random.sample(members, 2)
    named = random.choice([None, None, [], ["HELLO"], [random.choice(codes)]])
    own = await models.Coupon.filter(member_id=member).values_list("id", flat=True)
    ref = CouponRef(id=random.choice(list(own))) if own else None
    done = random.choices(
        ["buy", "hold", "end", "back", "gift", "void", "extend", "issue", "claim", "sweep"],
        [6, 6, 7, 4, 3, 1, 1, 2, 2, 1],
    )[0]
    guest = None if random.random() < 0.2 else member
    match done:
        case "buy":
            found = await answer(at.buy(guest, "20.00", coupon_codes=named))
            held += [found.order_id] if isinstance(found, Outcome) and found.order_id else []
        case "hold":
            found = await answer(hold(at, guest, "20.00", coupon_codes=named, seconds=random.choice([60, 3600])))
            held += [found.order_id] if isinstance(found, Outcome) and found.order_id else []
        case "end" if held:
            await answer(random.choice([capture, cancel])(at, random.choice(held)))
        case "back" if held:
            await answer(give_back(at, random.choice(held)))
        case "gift" if ref:
            await answer(coupons.gift(at.engine, at.actor, ref, MemberRef(id=other), key=new_key()))
        case "void" if ref:
            await answer(coupons.void(at.engine, at.actor, ref, reason="lost", key=new_key()))
        case "extend" if ref:
            until = NOON + timedelta(days=random.randint(1, 90))
            await answer(coupons.extend(at.engine, at.actor, ref, until=until, reason=None, key=new_key()))
        case "issue":
            await answer(issue(at, member))
        case "claim":
            await answer(claim(at, member, "SPRING" if random.random() < 0.5 else None, random.choice(codes)))
        case "sweep":
            now = (await at.engine.program(at.program.id)).now()
            await programs.set_clock(at.program.id, now + timedelta(minutes=random.choice([0, 2, 90])))
            await coupon_sweep.sweep(at.engine, await at.engine.program(at.program.id), 50)
            await balances.sweep(at.engine, await at.engine.program(at.program.id), 50)


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_storm_of_uses_holds_returns_gifts_and_expiries_leaves_every_counter_right(
    postgres_house: Engine, seed: int
) -> None:
    shop = await world(postgres_house)
    terms = {"claimable": True, "transferable": True, "validity": {"relative": {"days": 1}}}
    limits = {"total": 60, "perMember": 15}
    spring = await coupon_template(shop.program.id, "SPRING", OFF, terms, limits=limits, audience="EVERYONE")
    shared = await coupon_template(
        shop.program.id, "ALL", OFF, {"sharedCode": "HELLO"}, limits={"total": 8, "perMember": 2}, audience="EVERYONE"
    )
    batch = await coupon_template(shop.program.id, "BATCH", OFF, {}, audience="EVERYONE")
    members = await enrolled(shop, 6)
    codes = [(await code_of_nobody(shop, batch))[1] for _ in range(12)]
    random, held = Random(seed), list[UUID]()  # noqa: S311
    async with shops(shop, 4) as several:
        for _ in range(15):
            await asyncio.gather(*(stormy(several, random, members, codes, held) for _ in range(16)))
    reserved = await models.Coupon.filter(campaign_id=shared.id, state__in=["USED", "HELD"]).count()
    assert await uses(shared) == reserved <= 8
    assert await uses(spring) <= 60
    assert await models.Coupon.filter(campaign_id=spring.id).count() == await uses(spring)
    used = await models.Coupon.filter(program_id=shop.program.id, state="USED").count()
    assert used > 5
    await sound(shop.engine, shop.program.id)
