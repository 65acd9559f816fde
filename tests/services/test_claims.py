"""Orders of guests, claimed by members: once, at the terms of when they were bought, and undone like any other."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

import models
from domain.refusals import (
    IdempotencyKeyReused,
    InvalidInput,
    MemberNotActive,
    NotFound,
    OrderClaimed,
    OrderNotInState,
    Refusal,
)
from services import campaigns, members, order_life, orders, programs
from services.campaign_rows import CampaignRef
from services.engine import Engine
from services.members import MemberRef
from services.order_life import OrderRef
from services.orders import LineRequest
from services.templates import Template
from services.verify.verification import verify
from services.writer.answers import Outcome
from tests.factories import NOON, World, campaign, new_key, order, world
from tests.services.gifts import card_of, issue
from tests.services.test_order_life import cancel, capture, give_back, hold
from tests.services.test_writer_parallel import paused, writers

TWO = [LineRequest("1", "CD", 2, Decimal("50.00"))]
TEN_OFF: dict[str, Any] = {"percentOff": {"percent": "10"}}


async def claim(shop: World, order_id: UUID, member: UUID, key: str | None = None) -> Outcome:
    ref = OrderRef(id=order_id)
    return await order_life.claim(shop.engine, shop.actor, ref, MemberRef(id=member), key=key or new_key())


async def bought(shop: World, **facts: Any) -> UUID:
    """Let a guest buy for 100.00, and return the order's id."""
    outcome = await shop.buy(None, **facts)
    return UUID(str(outcome.order_id))


async def usage(campaign_id: UUID, owner: UUID | None = None) -> tuple[int, int, int, int]:
    """Return uses, count, money and points of a campaign: everybody's, or a member's."""
    row = await models.CampaignUsage.get(campaign_id=campaign_id, owner_id=owner or campaign_id)
    return row.uses, row.count, row.money, row.points


async def counts() -> list[int]:
    tables: tuple[Any, ...] = (models.Transfer, models.Entry, models.Event, models.OrderEffect, models.CampaignUsage)
    return [await table.all().count() for table in tables]


async def test_a_claim_earns_what_was_paid_and_leaves_the_price_alone(house: Engine) -> None:
    shop = await world(house)
    off = await campaign(shop.program.id, "OFF", [TEN_OFF], audience="EVERYONE", budget={"money": "50"})
    order_id = await bought(shop)
    first = await models.Order.get(id=order_id)
    assert [reason["reason"] for reason in first.not_applied] == ["NO_MEMBER"]
    member = await shop.enrol()
    outcome = await claim(shop, order_id, member)
    assert (outcome.order_id, outcome.member_id, len(outcome.entries)) == (order_id, member, 1)
    row = await models.Order.get(id=order_id)
    assert (row.member_id, row.state, row.claimed_at, row.not_applied) == (member, "COMMITTED", NOON, [])
    assert (row.subtotal, row.discount_total, row.payable) == (100_00, 10_00, 90_00)
    assert row.consumed == first.consumed
    assert await usage(off.id) == (1, 1, 10_00, 0)
    effects = await models.OrderEffect.filter(order_id=order_id).order_by("ordinal")
    assert [(row.ordinal, row.kind, row.step, row.amount) for row in effects] == [
        (0, "DISCOUNT", "PROMOTION", 10_00),
        (1, "EARN", "EARN", 90),
    ]
    assert await shop.balance(member) == 90
    transfer = await models.Transfer.get(id=row.transfer_id)
    assert (transfer.kind, transfer.member_id, transfer.order_id) == ("ORDER", member, order_id)
    event = await models.Event.get(kind="ORDER_CLAIMED")
    assert (event.member_id, event.order_id) == (member, order_id)
    person = await models.Member.get(id=member)
    assert (person.orders, person.last_order_at) == (1, row.occurred_at)


async def test_an_order_is_claimed_once(house: Engine) -> None:
    shop = await world(house)
    order_id = await bought(shop)
    first, second = await shop.enrol(), await shop.enrol()
    await claim(shop, order_id, first)
    before = await counts()
    for member in (first, second):
        with pytest.raises(OrderClaimed) as refused:
            await claim(shop, order_id, member)
        assert (refused.value.field, refused.value.facts) == (("order",), {})
        assert str(first) not in refused.value.message
    assert await counts() == before
    assert await shop.balance(second) == 0


async def test_an_order_of_a_member_is_nobody_else_s_to_claim(house: Engine) -> None:
    shop = await world(house)
    buyer, other = await shop.enrol(), await shop.enrol()
    outcome = await shop.buy(buyer)
    with pytest.raises(OrderClaimed):
        await claim(shop, outcome.order_id, other)
    assert (await shop.balance(buyer), await shop.balance(other)) == (100, 0)


async def test_a_repeated_claim_answers_the_first_and_another_content_is_refused(house: Engine) -> None:
    shop = await world(house)
    order_id = await bought(shop)
    member, other = await shop.enrol(), await shop.enrol()
    first = await claim(shop, order_id, member, "once")
    again = await claim(shop, order_id, member, "once")
    assert (again.replayed, again.entries) == (True, first.entries)
    with pytest.raises(IdempotencyKeyReused):
        await claim(shop, order_id, other, "once")
    assert await shop.balance(member) == 100


async def test_a_resent_guest_order_still_answers_the_first(house: Engine) -> None:
    shop = await world(house)
    order_id = await bought(shop, external_id="web-1")
    member = await shop.enrol()
    claimed = await claim(shop, order_id, member)
    again = await shop.buy(None, external_id="web-1")
    assert (again.order_id, again.replayed, again.entries) == (order_id, True, claimed.entries)
    assert await models.Order.all().count() == 1


async def test_a_claimed_order_comes_back_like_any_other(house: Engine) -> None:
    shop = await world(house)
    off = await campaign(
        shop.program.id,
        "OFF",
        [TEN_OFF],
        audience="EVERYONE",
        limits={"perMember": 5, "total": 9},
        budget={"money": "50"},
    )
    double = await campaign(
        shop.program.id,
        "DOUBLE",
        [{"multiplyEarn": {"asset": "POINTS", "factor": "2"}}, {"addTag": {"tag": "buyer"}}],
        limits={"perMember": 3},
        budget={"points": {"asset": "POINTS", "amount": "1000"}},
        priority=200,
    )
    order_id = await bought(shop, lines=TWO)
    member = await shop.enrol()
    await claim(shop, order_id, member)
    assert await shop.balance(member) == 180
    assert await usage(off.id) == (1, 1, 10_00, 0)
    assert await usage(off.id, member) == (1, 1, 10_00, 0)
    assert await usage(double.id) == await usage(double.id, member) == (1, 2, 0, 90)
    assert list((await models.Member.get(id=member)).tags) == ["buyer"]
    half = await give_back(shop, order_id, [("1", 1)])
    assert (half.member_id, await shop.balance(member)) == (member, 90)
    await give_back(shop, order_id)
    assert await shop.balance(member) == 0
    assert await usage(off.id) == await usage(off.id, member) == (0, 0, 0, 0)
    assert await usage(double.id) == await usage(double.id, member) == (0, 0, 0, 0)
    person = await models.Member.get(id=member)
    assert (person.orders, person.tags) == (0, {})
    assert (await models.Order.get(id=order_id)).state == "RETURNED"


async def test_what_a_claim_alone_counted_comes_back_too(house: Engine) -> None:
    shop = await world(house)
    extra = [{"earnFixed": {"asset": "POINTS", "points": "50"}}]
    made = await campaign(shop.program.id, "EXTRA", extra, limits={"total": 9, "perMember": 1})
    order_id = await bought(shop)
    assert (await models.Order.get(id=order_id)).consumed == []
    member = await shop.enrol()
    await claim(shop, order_id, member)
    assert await usage(made.id) == await usage(made.id, member) == (1, 1, 0, 0)
    await give_back(shop, order_id)
    assert await usage(made.id) == await usage(made.id, member) == (0, 0, 0, 0)
    assert await shop.balance(member) == 0
    assert (await verify(house.database)).findings == []


async def test_what_was_captured_in_part_earns_for_that_part(house: Engine) -> None:
    shop = await world(house)
    off = await campaign(
        shop.program.id, "OFF", [TEN_OFF], audience="EVERYONE", limits={"perMember": 5}, budget={"money": "50"}
    )
    held = await hold(shop, None, lines=TWO)
    assert held.order_id is not None
    await capture(shop, held.order_id, lines=[("1", 1)])
    member = await shop.enrol()
    await claim(shop, held.order_id, member)
    assert await shop.balance(member) == 45
    assert (await models.OrderEffect.get(order_id=held.order_id, kind="EARN")).amount == 90
    assert await usage(off.id) == await usage(off.id, member) == (1, 1, 5_00, 0)
    await give_back(shop, held.order_id)
    assert await shop.balance(member) == 0
    assert await usage(off.id) == await usage(off.id, member) == (0, 0, 0, 0)


async def test_a_group_of_which_one_applied_gives_nothing_more(house: Engine) -> None:
    shop = await world(house)
    await campaign(shop.program.id, "OFF", [TEN_OFF], audience="EVERYONE", stacking_group="SPRING")
    extra = [{"earnFixed": {"asset": "POINTS", "points": "500"}}]
    await campaign(shop.program.id, "EXTRA", extra, stacking_group="SPRING", priority=500)
    order_id = await bought(shop)
    member = await shop.enrol()
    await claim(shop, order_id, member)
    assert await shop.balance(member) == 90
    (reason,) = (await models.Order.get(id=order_id)).not_applied
    assert (reason["reason"], reason["ruleVersion"]) == ("EXCLUDED", "EXTRA v1")


async def test_why_no_discount_was_given_stays_as_it_was_said(house: Engine) -> None:
    shop = await world(house)
    mine = await campaign(shop.program.id, "MINE", [TEN_OFF])
    order_id = await bought(shop)
    member = await shop.enrol()
    await claim(shop, order_id, member)
    (reason,) = (await models.Order.get(id=order_id)).not_applied
    assert (reason["campaign"], reason["reason"]) == (str(mine.id), "NO_MEMBER")


async def test_a_claim_raises_the_tier(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    order_id = await bought(shop, amount="1000.00")
    member = await shop.enrol()
    assert await shop.tier(member) == "MEMBER"
    await claim(shop, order_id, member)
    assert (await shop.tier(member), await shop.balance(member)) == ("SILVER", 1000)


async def test_what_is_not_committed_or_came_back_is_not_claimed(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    held, cancelled = await hold(shop, None), await hold(shop, None)
    assert held.order_id is not None
    assert cancelled.order_id is not None
    await cancel(shop, cancelled.order_id)
    partly, whole = await bought(shop, lines=TWO), await bought(shop)
    await give_back(shop, partly, [("1", 1)])
    await give_back(shop, whole)
    before = await counts()
    states = {}
    for order_id in (held.order_id, cancelled.order_id, partly, whole):
        with pytest.raises(OrderNotInState) as refused:
            await claim(shop, order_id, member)
        states[order_id] = refused.value.facts["state"]
    assert [*states.values()] == ["HELD", "CANCELLED", "PARTIALLY_RETURNED", "RETURNED"]
    assert await counts() == before


async def test_who_is_frozen_unknown_or_a_gift_card_claims_nothing(house: Engine) -> None:
    shop = await world(house)
    order_id = await bought(shop)
    frozen = await shop.enrol()
    await members.amend(house, shop.actor, MemberRef(id=frozen), {"status": "FROZEN"}, key=new_key())
    with pytest.raises(MemberNotActive):
        await claim(shop, order_id, frozen)
    with pytest.raises(NotFound) as refused:
        await claim(shop, order_id, UUID(int=1))
    assert refused.value.field == ("member",)
    with pytest.raises(NotFound) as refused:
        await claim(shop, UUID(int=1), await shop.enrol())
    assert refused.value.field == ("order",)
    with pytest.raises(InvalidInput):
        await claim(shop, order_id, (await card_of(await issue(shop, "25"))).member_id)
    assert (await models.Order.get(id=order_id)).member_id is None


async def test_of_two_who_claim_at_once_one_gets_the_order(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    order_ids = [await bought(shop) for _ in range(8)]
    people = [await shop.enrol() for _ in range(2)]
    async with writers(postgres_house, 2) as opened:
        answers = await asyncio.gather(
            *(
                claim(World(engine, shop.program, shop.actor), order_id, person)
                for order_id in order_ids
                for person, (_, engine) in zip(people, opened, strict=True)
            ),
            return_exceptions=True,
        )
    assert sum(isinstance(answer, Outcome) for answer in answers) == 8
    assert sum(isinstance(answer, OrderClaimed) for answer in answers) == 8
    assert sum([await shop.balance(person) for person in people]) == 800
    assert await models.Event.filter(kind="ORDER_CLAIMED").count() == 8


async def test_a_return_that_a_claim_overtakes_takes_the_points_back(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    order_id = await bought(shop)
    member = await shop.enrol()
    async with paused(postgres_house, "lock_orders") as (pause, second):
        returning = asyncio.create_task(give_back(World(second, shop.program, shop.actor), order_id))
        await pause.reached.wait()
        await claim(shop, order_id, member)
        assert await shop.balance(member) == 100
        pause.go_on.set()
        outcome = await returning
    assert (outcome.member_id, await shop.balance(member)) == (member, 0)
    assert (await models.OrderReturn.get(order_id=order_id)).member_id == member


async def test_a_claim_decides_as_of_when_it_was_bought(house: Engine) -> None:
    shop = await world(house)
    spring = [{"earnFixed": {"asset": "POINTS", "points": "50"}}]
    await campaign(shop.program.id, "SPRING", spring, starts_at=NOON.replace(day=2), ends_at=NOON.replace(day=4))
    order_id = await bought(shop)
    await programs.set_clock(shop.program.id, NOON.replace(day=20))
    member = await shop.enrol()
    await claim(shop, order_id, member)
    assert await shop.balance(member) == 150
    assert (await models.Event.get(kind="ORDER_CLAIMED")).occurred_at == NOON.replace(day=20)
    assert (await models.Transfer.get(order_id=order_id)).occurred_at == NOON


async def test_a_preview_of_a_claimed_order_shows_it_as_it_is(house: Engine) -> None:
    shop = await world(house)
    order_id = await bought(shop, external_id="web-1")
    member = await shop.enrol()
    await claim(shop, order_id, member)
    found = await orders.preview(house, shop.actor, order(None, external_id="web-1"), at=None)
    assert (found.order.id, found.order.member_id, len(found.effects)) == (order_id, member, 1)


def test_the_refusal_is_stored_and_read_again() -> None:
    refusal = OrderClaimed("Order 1 of web is a member's already.", field=("order",))
    again = Refusal.from_record(refusal.record())
    assert (type(again), again.record()) == (OrderClaimed, refusal.record())


async def test_a_group_stays_taken_by_a_campaign_that_was_stopped_since(house: Engine) -> None:
    shop = await world(house)
    await campaign(shop.program.id, "OFF", [TEN_OFF], audience="EVERYONE", stacking_group="SPRING")
    extra = [{"earnFixed": {"asset": "POINTS", "points": "500"}}]
    await campaign(shop.program.id, "EXTRA", extra, stacking_group="SPRING", priority=500)
    order_id = await bought(shop)
    await campaigns.pause(shop.engine, shop.actor, CampaignRef(code="OFF"), key=new_key())
    member = await shop.enrol()
    await claim(shop, order_id, member)
    assert await shop.balance(member) == 90
    (reason,) = (await models.Order.get(id=order_id)).not_applied
    assert reason["message"] == "EXTRA does not add to OFF: of the group SPRING only one applies."


async def test_a_gift_that_was_never_delivered_takes_no_group(house: Engine) -> None:
    shop = await world(house)
    gift = [{"gift": {"sku": "CUP"}}]
    await campaign(shop.program.id, "CUP", gift, audience="EVERYONE", stacking_group="SPRING")
    extra = [{"earnFixed": {"asset": "POINTS", "points": "500"}}]
    await campaign(shop.program.id, "EXTRA", extra, stacking_group="SPRING", priority=500)
    held = await hold(shop, None)
    assert held.order_id is not None
    await capture(shop, held.order_id, lines=[("1", 1)])
    member = await shop.enrol()
    await claim(shop, held.order_id, member)
    assert await shop.balance(member) == 100 + 500


async def test_of_a_claimed_order_nobody_says_that_it_names_no_member(house: Engine) -> None:
    shop = await world(house)
    both = [{"amountOff": {"amount": "1"}}, {"earnFixed": {"asset": "POINTS", "points": "9"}}]
    await campaign(shop.program.id, "BOTH", both, audience="EVERYONE")
    order_id = await bought(shop)
    assert [reason["remedy"] for reason in (await models.Order.get(id=order_id)).not_applied].count(
        "Name the member of the order."
    )
    await claim(shop, order_id, await shop.enrol())
    said = [str(reason["message"]) for reason in (await models.Order.get(id=order_id)).not_applied]
    assert [message for message in said if "no member" in message or "names none" in message] == []
