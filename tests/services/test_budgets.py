"""Limits and budgets of campaigns: counted when something is reserved or given, never passed, given back exactly."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

import models
from domain.campaigns import EVER
from domain.refusals import HoldExpired
from services import balances, orders, programs
from services.engine import Engine
from services.orders import LineRequest
from services.transaction import transaction
from services.verify.verification import verify
from services.writer.answers import Outcome
from services.writer.load_usage import load_usages
from tests.factories import NOON, World, campaign, new_key, order, world
from tests.services.test_order_life import cancel, capture, give_back, hold
from tests.services.test_writer_parallel import writers

FIVE_OFF = [{"amountOff": {"amount": "5.00"}}]
DAY = timedelta(days=1)


async def reasons(outcome: Outcome) -> list[tuple[str, str]]:
    row = await models.Order.get(id=outcome.order_id)
    return [(str(one["reason"]), str(one["message"])) for one in row.not_applied]


async def discount(outcome: Outcome) -> int:
    return (await models.Order.get(id=outcome.order_id)).discount_total


async def used(made: models.Campaign, owner: UUID | None = None, day: Any = EVER) -> tuple[int, int, int, int]:
    """Return uses, count, money and points of everybody or of one."""
    row = await models.CampaignUsage.get_or_none(campaign_id=made.id, owner_id=owner or made.id, day=day)
    return (row.uses, row.count, row.money, row.points) if row else (0, 0, 0, 0)


async def test_what_is_left_of_a_limit_goes_to_the_first_and_the_others_hear_why(house: Engine) -> None:
    shop = await world(house)
    made = await campaign(shop.program.id, "FIRST", FIVE_OFF, limits={"total": 2})
    buyers = [await shop.enrol() for _ in range(3)]
    found = [await shop.buy(buyer, "20.00") for buyer in buyers]
    assert [await discount(one) for one in found] == [5_00, 5_00, 0]
    assert await reasons(found[2]) == [("LIMIT_REACHED", "FIRST: It applies 2 times in all, and did 2 times.")]
    assert await used(made) == (2, 2, 10_00, 0)


async def test_a_member_takes_part_so_often_and_so_often_a_day(house: Engine) -> None:
    shop = await world(house)
    made = await campaign(shop.program.id, "TWICE", FIVE_OFF, limits={"perMember": 2, "perMemberDay": 1})
    member = await shop.enrol()
    days = [NOON - 2 * DAY, NOON - 2 * DAY, NOON - DAY, NOON]
    found = [await shop.buy(member, "20.00", occurred_at=day) for day in days]
    assert [await discount(one) for one in found] == [5_00, 0, 5_00, 0]
    assert (await reasons(found[1]))[0][0] == "LIMIT_REACHED"
    said = "TWICE: A member takes part 2 times, and this one did 2."
    assert await reasons(found[3]) == [("LIMIT_REACHED", said)]
    assert await used(made, member) == (2, 2, 10_00, 0)
    assert await used(made, member, (NOON - 2 * DAY).date()) == (1, 1, 5_00, 0)
    assert await discount(await shop.buy(await shop.enrol(), "20.00")) == 5_00


async def test_a_budget_of_money_is_given_whole_or_not_at_all(house: Engine) -> None:
    shop = await world(house)
    made = await campaign(shop.program.id, "TENTH", [{"percentOff": {"percent": "10"}}], budget={"money": "12.00"})
    member = await shop.enrol()
    first, second, third = [await shop.buy(member, amount) for amount in ("80.00", "50.00", "40.00")]
    assert [await discount(one) for one in (first, second, third)] == [8_00, 0, 4_00]
    said = "TENTH: Of its budget of 12.00 CNY 4.00 CNY are left; this would take 5.00 CNY."
    assert await reasons(second) == [("BUDGET_SPENT", said)]
    assert await used(made) == (2, 2, 12_00, 0)


async def test_a_budget_of_points_counts_what_is_earned_of_that_asset(house: Engine) -> None:
    shop = await world(house)
    made = await campaign(
        shop.program.id,
        "DOUBLE",
        [{"multiplyEarn": {"asset": "POINTS", "factor": "2"}}],
        budget={"points": {"asset": "POINTS", "amount": "150"}},
        priority=200,
    )
    member = await shop.enrol()
    await shop.buy(member, "100.00")
    assert await shop.balance(member) == 200
    spent = await shop.buy(member, "60.00")
    assert await shop.balance(member) == 260  # the base rule still earns
    said = "DOUBLE: Of its budget of 150 POINTS 50 POINTS are left; this would take 60 POINTS."
    assert ("BUDGET_SPENT", said) in await reasons(spent)
    assert await used(made) == (1, 1, 0, 100)


async def test_a_campaign_without_budget_left_leaves_the_place_to_the_next_of_its_group(house: Engine) -> None:
    shop = await world(house)
    await campaign(
        shop.program.id, "HALF", [{"percentOff": {"percent": "50"}}], budget={"money": "1.00"}, stacking_group="ONE"
    )
    await campaign(shop.program.id, "TENTH", [{"percentOff": {"percent": "10"}}], stacking_group="ONE", priority=20)
    found = await shop.buy(await shop.enrol(), "100.00")
    assert await discount(found) == 10_00
    assert [reason for reason, _ in await reasons(found)] == ["BUDGET_SPENT"]


async def test_what_is_held_is_reserved_and_free_again_when_it_is_given_up(house: Engine) -> None:
    shop = await world(house)
    made = await campaign(shop.program.id, "ONE", FIVE_OFF, limits={"total": 1})
    one, two = await shop.enrol(), await shop.enrol()
    held = await hold(shop, one, "20.00")
    assert held.order_id is not None
    assert await used(made) == (1, 1, 5_00, 0)
    assert await discount(await shop.buy(two, "20.00")) == 0
    await cancel(shop, held.order_id)
    assert await used(made) == (0, 0, 0, 0)
    assert await discount(await shop.buy(two, "20.00")) == 5_00


@pytest.mark.parametrize("spends", [True, False])
async def test_what_a_hold_took_is_free_again_when_it_ran_out(house: Engine, spends: bool) -> None:
    """Whether the hold fell due with the member's points, by other work, or had reserved nothing but the discount."""
    shop = await world(house)
    made = await campaign(shop.program.id, "ONE", FIVE_OFF, limits={"total": 1})
    member = await shop.enrol()
    await shop.give(member, "100")
    payment = [("POINTS", Decimal(100))] if spends else []
    await hold(shop, member, "20.00", seconds=60, spend=payment)
    await programs.set_clock(shop.program.id, NOON + timedelta(seconds=60))
    await shop.give(member, "1")  # matures the member first
    program = await house.program(shop.program.id)
    await balances.sweep(house, program, 10)
    await balances.sweep(house, program, 10)
    assert await used(made) == (0, 0, 0, 0)
    assert await discount(await shop.buy(await shop.enrol(), "20.00")) == 5_00


@pytest.mark.parametrize("meanwhile", [False, True])
async def test_a_late_capture_takes_again_what_is_still_there(house: Engine, meanwhile: bool) -> None:
    shop = await world(house)
    made = await campaign(shop.program.id, "ONE", FIVE_OFF, limits={"total": 1})
    held = await hold(shop, await shop.enrol(), "20.00", seconds=60)
    assert held.order_id is not None
    await programs.set_clock(shop.program.id, NOON + timedelta(seconds=60))
    await balances.sweep(house, await house.program(shop.program.id), 10)
    if meanwhile:
        assert await discount(await shop.buy(await shop.enrol(), "20.00")) == 5_00
        with pytest.raises(HoldExpired) as refused:
            await capture(shop, held.order_id)
        assert refused.value.field == ("order",)
    else:
        await capture(shop, held.order_id)
    assert await used(made) == (1, 1, 5_00, 0)


async def test_a_capture_in_parts_and_returns_give_back_their_share(house: Engine) -> None:
    shop = await world(house)
    made = await campaign(shop.program.id, "TENTH", [{"percentOff": {"percent": "10"}}], limits={"total": 9})
    lines = [LineRequest("1", "CD", 10, Decimal("10.00"))]
    held = await hold(shop, await shop.enrol(), lines=lines)
    assert held.order_id is not None
    assert await used(made) == (1, 1, 10_00, 0)
    await capture(shop, held.order_id, lines=[("1", 6)])
    assert await used(made) == (1, 1, 6_00, 0)
    await give_back(shop, held.order_id, [("1", 4)])
    assert await used(made) == (1, 1, 2_00, 0)
    await give_back(shop, held.order_id)
    assert await used(made) == (0, 0, 0, 0)


async def test_what_was_captured_late_counts_for_its_member_and_comes_back(house: Engine) -> None:
    shop = await world(house)
    made = await campaign(shop.program.id, "ONE", FIVE_OFF, limits={"total": 9, "perMember": 1})
    member = await shop.enrol()
    held = await hold(shop, member, "20.00", seconds=60)
    assert held.order_id is not None
    await programs.set_clock(shop.program.id, NOON + timedelta(seconds=60))
    await balances.sweep(house, await house.program(shop.program.id), 10)
    assert (await used(made), await used(made, member)) == ((0, 0, 0, 0), (0, 0, 0, 0))
    await capture(shop, held.order_id)
    assert (await used(made), await used(made, member)) == ((1, 1, 5_00, 0), (1, 1, 5_00, 0))
    assert await discount(await shop.buy(member, "20.00")) == 0
    await give_back(shop, held.order_id)
    assert (await used(made), await used(made, member)) == ((0, 0, 0, 0), (0, 0, 0, 0))
    assert (await verify(house.database)).findings == []


async def test_a_tag_beside_a_discount_gives_no_use_back_with_other_goods(house: Engine) -> None:
    shop = await world(house)
    effects = [{"percentOff": {"percent": "10", "match": {"skus": ["A"]}}}, {"addTag": {"tag": "buyer"}}]
    made = await campaign(shop.program.id, "TENTH", effects, limits={"total": 1})
    lines = [LineRequest("1", "A", 1, Decimal("10.00")), LineRequest("2", "TV", 1, Decimal("9000.00"))]
    bought = await shop.buy(await shop.enrol(), lines=lines)
    assert bought.order_id is not None
    await give_back(shop, bought.order_id, [("2", 1)])
    assert await used(made) == (1, 2, 1_00, 0)
    await give_back(shop, bought.order_id, [("1", 1)])
    assert await used(made) == (0, 0, 0, 0)
    assert (await verify(house.database)).findings == []


async def test_a_day_of_a_limit_begins_at_the_program_s_midnight(house: Engine) -> None:
    now = datetime(2026, 3, 3, 18, tzinfo=UTC)  # two o'clock on the fourth in Shanghai
    midnight = now - timedelta(hours=2)
    shop = await world(house, now=now)
    made = await campaign(shop.program.id, "DAILY", FIVE_OFF, limits={"perMemberDay": 1, "perDay": 1})
    member = await shop.enrol()
    at = [midnight - timedelta(minutes=1), midnight, now]
    found = [await shop.buy(member, "20.00", occurred_at=instant) for instant in at]
    assert [await discount(one) for one in found] == [5_00, 5_00, 0]
    for owner in (None, member):
        assert [(await used(made, owner, date(2026, 3, day)))[0] for day in (3, 4)] == [1, 1]


async def test_fifty_orders_at_once_for_the_last_ten_units_of_a_budget(house: Engine) -> None:
    await _fifty(await world(house), [house])


async def test_fifty_orders_at_once_at_several_servers(postgres_house: Engine) -> None:
    async with writers(postgres_house, 4) as found:
        await _fifty(await world(postgres_house), [engine for _, engine in found])


async def _fifty(shop: World, engines: list[Engine]) -> None:
    """Exactly ten get it; the others are told why not; the count is what was given."""
    made = await campaign(shop.program.id, "TEN", FIVE_OFF, budget={"count": 10, "money": "50.00"})
    buyers = [await shop.enrol() for _ in range(50)]
    found = await asyncio.gather(
        *(
            orders.commit(engines[index % len(engines)], shop.actor, order(buyer, "20.00"), key=new_key())
            for index, buyer in enumerate(buyers)
        )
    )
    given = Counter([await discount(one) for one in found])
    assert given == {5_00: 10, 0: 40}
    said = Counter([reason for one in found for reason, _ in await reasons(one)])
    assert said == {"BUDGET_SPENT": 40}
    assert await used(made) == (10, 10, 50_00, 0)


async def test_goods_that_a_campaign_was_not_for_bring_none_of_it_back(house: Engine) -> None:
    shop = await world(house)
    off = {"amountOff": {"amount": "1", "every": "10", "match": {"skus": ["A"]}}}
    made = await campaign(shop.program.id, "TENS", [off], budget={"count": 10})
    lines = [LineRequest("1", "A", 8, Decimal("10.00")), LineRequest("2", "TV", 1, Decimal("9000.00"))]
    bought = await shop.buy(await shop.enrol(), lines=lines)
    assert bought.order_id is not None
    await give_back(shop, bought.order_id, [("2", 1)])
    assert await used(made) == (1, 8, 8_00, 0)
    held = await hold(shop, await shop.enrol(), lines=[replace(lines[0], quantity=2), lines[1]])
    assert held.order_id is not None
    await capture(shop, held.order_id, lines=[("1", 2)])
    assert await used(made) == (2, 10, 10_00, 0)
    await give_back(shop, held.order_id)
    await give_back(shop, bought.order_id, [("1", 4)])
    assert await used(made) == (1, 4, 4_00, 0)
    assert (await verify(house.database)).findings == []


async def test_a_gift_that_is_kept_counts_and_comes_back_with_its_own_line(house: Engine) -> None:
    shop = await world(house)
    made = await campaign(
        shop.program.id, "CUP", [{"gift": {"sku": "CUP", "quantity": 2}}], limits={"perMember": 1}, budget={"count": 5}
    )
    member = await shop.enrol()
    bought = await shop.buy(member, "20.00")
    assert bought.order_id is not None
    await give_back(shop, bought.order_id, [("1", 1)])
    assert await used(made, member) == (1, 1, 0, 0)
    again = await shop.buy(member, "20.00")
    assert [reason for reason, _ in await reasons(again)] == ["LIMIT_REACHED"]
    await give_back(shop, bought.order_id, [("gift-1", 2)])
    assert await used(made, member) == (0, 0, 0, 0)
    assert (await models.Order.get(id=bought.order_id)).state == "RETURNED"
    assert (await verify(house.database)).findings == []


async def test_what_a_campaign_without_budget_would_have_done_refuses_no_other(house: Engine) -> None:
    """The second is out of pieces, so the points that it would give do not count towards the budget of the first."""
    shop = await world(house)
    doubled = [{"amountOff": {"amount": "1"}}, {"multiplyEarn": {"asset": "POINTS", "factor": "2"}}]
    points = {"points": {"asset": "POINTS", "amount": "100"}}
    await campaign(shop.program.id, "XTRA", doubled, {"minimumSpend": {"amount": "50"}}, budget=points)
    fifty = [{"earnFixed": {"asset": "POINTS", "points": "50"}}]
    await campaign(shop.program.id, "YONE", fifty, budget={"count": 1}, priority=20)
    first = await shop.buy(await shop.enrol(), "1.00")
    assert [reason for reason, _ in await reasons(first)] == ["CONDITION_NOT_MET"]
    member = await shop.enrol()
    found = await shop.buy(member, "99.00")
    assert await reasons(found) == [("BUDGET_SPENT", "YONE: All 1 are given.")]
    assert await shop.balance(member) == 98 + 98


@pytest.mark.parametrize("days", [0, 400])
async def test_days_that_are_over_cost_a_commit_nothing(house: Engine, days: int) -> None:
    shop = await world(house)
    made = await campaign(shop.program.id, "DAILY", FIVE_OFF, limits={"perDay": 9, "perMemberDay": 1})
    member = await shop.enrol()
    over = [(owner, (NOON - DAY * (1 + day)).date()) for day in range(days) for owner in (made.id, member)]
    rows = [
        models.CampaignUsage(
            campaign_id=made.id, owner_id=owner, day=day, program_id=shop.program.id, uses=9, count=9, money=0, points=0
        )
        for owner, day in over
    ]
    async with transaction():
        for row in rows:
            await row.save(force_create=True)
    today = NOON.date()
    keys = [(made.id, made.id, today), (made.id, member, today), (made.id, made.id, EVER)]
    assert await load_usages(house.reads, keys) == {}
    fetched = CountingReads(house.reads)
    await load_usages(fetched, keys)
    assert fetched.records == 0
    assert await discount(await shop.buy(member, "20.00")) == 5_00


class CountingReads:
    """Reads that count what the database gave."""

    def __init__(self, reads: Any) -> None:
        self.reads = reads
        self.records = 0

    async def select(self, table: Any, condition: str, *arguments: Any) -> Any:
        found = await self.reads.select(table, condition, *arguments)
        self.records += len(found)
        return found
