"""Orders that are held, captured, cancelled, returned: on both databases, through the writer."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest

import models
from domain.commands import Mature, ReturnOrder
from domain.refusals import (
    AlreadyReturned,
    DuplicateOrder,
    HoldExpired,
    IdempotencyKeyReused,
    InsufficientBalance,
    InvalidInput,
    MemberNotActive,
    NotFound,
    OrderNotInState,
    Refusal,
)
from services import balances, members, order_life, orders, programs
from services.engine import Engine
from services.members import MemberRef
from services.order_life import OrderRef
from services.orders import LineRequest
from services.templates import Template
from services.transaction import transaction
from services.verify.verification import verify
from services.writer.answers import Outcome
from tests.factories import NOON, World, campaign, new_key, order, world
from tests.services.test_writer_commands import Desk
from tests.services.test_writer_parallel import writers

POINTS = "POINTS"


def spend(amount: int, asset: str = POINTS) -> list[tuple[str, Decimal]]:
    return [(asset, Decimal(amount))]


async def hold(shop: World, member: UUID | None, amount: str = "100.00", **facts: Any) -> Outcome:
    seconds, key = facts.pop("seconds", 900), facts.pop("key", None) or new_key()
    return await orders.hold(shop.engine, shop.actor, order(member, amount, **facts), seconds=seconds, key=key)


async def capture(
    shop: World, order_id: UUID, key: str | None = None, lines: list[tuple[str, int]] | None = None
) -> Outcome:
    return await order_life.capture(shop.engine, shop.actor, OrderRef(id=order_id), lines, key=key or new_key())


async def cancel(shop: World, order_id: UUID, key: str | None = None) -> Outcome:
    return await order_life.cancel(shop.engine, shop.actor, OrderRef(id=order_id), key=key or new_key())


async def give_back(shop: World, order_id: UUID, lines: list[tuple[str, int]] | None = None, **facts: Any) -> Outcome:
    values = {"reason": None, "key": new_key()} | facts
    return await order_life.return_(shop.engine, shop.actor, OrderRef(id=order_id), lines, **values)


async def buckets(shop: World, member: UUID, asset: str = POINTS) -> tuple[int, int]:
    """Return what is available and what is held."""
    program = await shop.engine.program(shop.program.id)
    found = program.asset(asset)
    assert found is not None
    amounts = (await balances.balances(shop.engine, program, [member]))[member][found.id]
    return amounts.available, amounts.held


async def check(house: Engine) -> None:
    assert (await verify(house.database)).findings == []


async def counts() -> list[int]:
    tables: tuple[Any, ...] = (models.Transfer, models.Entry, models.LotMove, models.Event, models.Order, models.Hold)
    return [await table.all().count() for table in tables]


async def test_an_order_is_paid_with_points_and_stored_value(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await shop.give(member, "500")
    await shop.give(member, "60", asset="VALUE")
    outcome = await shop.buy(member, "100.00", spend=[*spend(300), ("VALUE", Decimal("50.00"))])
    row = await models.Order.get(id=outcome.order_id)
    assert (row.subtotal, row.spent, row.payable, row.paid, row.state) == (100_00, 3_00, 97_00, 50_00, "COMMITTED")
    assert await buckets(shop, member) == (500 - 300 + 97, 0)
    assert await buckets(shop, member, "VALUE") == (10_00, 0)
    effects = await models.OrderEffect.filter(order_id=row.id).order_by("ordinal")
    assert [(effect.kind, effect.amount, effect.campaign_id is None) for effect in effects] == [
        ("SPEND", 300, True),
        ("SPEND", 50_00, True),
        ("EARN", 97, False),
    ]
    assert effects[0].explanation["text"] == "300 POINTS pay 3.00 CNY."
    await check(house)


async def test_a_preview_says_what_a_payment_comes_to(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await shop.give(member, "500")
    found = await orders.preview(house, shop.actor, order(member, "100.00", spend=spend(300)), at=None)
    assert (found.order.spent, found.order.payable) == (3_00, 97_00)
    with pytest.raises(InsufficientBalance) as refused:
        await orders.preview(house, shop.actor, order(member, "100.00", spend=spend(600)), at=None)
    assert refused.value.field == ("order", "spend")
    assert await models.Order.all().count() == 0


@pytest.mark.parametrize(
    ("payment", "field", "message"),
    [
        ([("GOLD", Decimal(1))], ("order", "spend", "0", "asset"), "The program has no asset 'GOLD'."),
        ([("TIER", Decimal(1))], ("order", "spend", "0", "asset"), "TIER pays nothing at checkout."),
        (spend(0), ("order", "spend", "0", "amount"), "What pays must be more than 0."),
        ([*spend(1), *spend(2)], ("order", "spend", "1", "asset"), "POINTS stands twice."),
        (
            [(POINTS, Decimal("0.5"))],
            ("order", "spend", "0", "amount"),
            "0.5 has more than 0 decimal places.",
        ),
        (spend(10_001), ("order", "spend"), "100.01 CNY would pay an order of 100.00 CNY."),
    ],
)
async def test_what_cannot_pay_is_refused(house: Engine, payment: Any, field: tuple[str, ...], message: str) -> None:
    shop = await world(house)
    member = await shop.enrol()
    before = await counts()
    with pytest.raises(InvalidInput) as refused:
        await shop.buy(member, spend=payment)
    assert (refused.value.field, refused.value.message) == (field, message)
    assert await counts() == before


async def test_a_worth_that_is_not_whole_is_refused_with_the_step(house: Engine) -> None:
    shop = await world(house)
    async with transaction():
        await models.Asset.filter(program_id=shop.program.id, code=POINTS).update(pay_amount=30, pay_value=1_00)
        await models.Program.filter(id=shop.program.id).update(config_version=99)
    member = await shop.enrol()
    await shop.give(member, "100")
    with pytest.raises(InvalidInput) as refused:
        await shop.buy(member, spend=spend(10))
    assert refused.value.message == (
        "10 POINTS do not pay a whole amount: 30 POINTS pay 1.00 CNY. Take a multiple of 3."
    )


async def test_a_guest_has_nothing_to_pay_with(house: Engine) -> None:
    shop = await world(house)
    with pytest.raises(InvalidInput) as refused:
        await shop.buy(None, spend=spend(1))
    assert refused.value.field == ("order", "spend")


async def test_a_held_order_is_captured_and_returned(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await shop.give(member, "500")
    held = await hold(shop, member, "100.00", spend=spend(300))
    assert held.order_id is not None
    assert await buckets(shop, member) == (200, 300)
    await check(house)
    captured = await capture(shop, held.order_id)
    assert captured.order_id == held.order_id
    assert await buckets(shop, member) == (297, 0)
    await check(house)
    returned = await give_back(shop, held.order_id, reason="wrong size")
    assert returned.return_id is not None
    row = await models.OrderReturn.get(id=returned.return_id)
    assert (row.quantities, row.refund, row.reason) == ({"1": 1}, 97_00, "wrong size")
    assert await buckets(shop, member) == (500, 0)
    assert (await models.Order.get(id=held.order_id)).state == "RETURNED"
    kinds = await models.Event.filter(member_id=member).order_by("position").values_list("kind", flat=True)
    assert [kind for kind in kinds if kind != "BALANCE_CHANGED"] == [
        "MEMBER_ENROLLED",
        "ORDER_HELD",
        "ORDER_COMMITTED",
        "ORDER_RETURNED",
    ]
    await check(house)


async def test_a_hold_is_given_back_by_a_cancel_and_by_time(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await shop.give(member, "500")
    first = await hold(shop, member, spend=spend(300))
    second = await hold(shop, member, spend=spend(100), seconds=60)
    guest = await hold(shop, None, seconds=60)
    assert first.order_id
    assert second.order_id
    assert guest.order_id
    await cancel(shop, first.order_id)
    assert await buckets(shop, member) == (400, 100)
    await programs.set_clock(shop.program.id, NOON + timedelta(seconds=60))
    assert await buckets(shop, member) == (500, 0)  # a read says so before the sweep writes it
    assert await balances.sweep(house, await house.program(shop.program.id), 100) == 2
    assert await buckets(shop, member) == (500, 0)
    states = {row.id: row.state for row in await models.Order.all()}
    assert states == {first.order_id: "CANCELLED", second.order_id: "EXPIRED", guest.order_id: "EXPIRED"}
    assert await balances.sweep(house, await house.program(shop.program.id), 100) == 0
    await check(house)


async def test_a_late_capture_reserves_again_or_says_what_is_missing(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await shop.give(member, "500")
    one = await hold(shop, member, spend=spend(300))
    other = await hold(shop, member, spend=spend(150))
    assert one.order_id
    assert other.order_id
    await programs.set_clock(shop.program.id, NOON + timedelta(hours=1))
    await capture(shop, one.order_id)
    await shop.give(member, "-200")
    before = await counts()
    with pytest.raises(HoldExpired) as refused:
        await capture(shop, other.order_id)
    assert refused.value.facts == {"asset": POINTS, "available": Decimal(97), "required": Decimal(150)}
    assert await counts() == before
    await check(house)


async def test_a_late_capture_takes_of_a_campaign_again_or_says_what_is_left(house: Engine) -> None:
    shop = await world(house)
    off = [{"amountOff": {"amount": "20"}}]
    few = await campaign(shop.program.id, "FEW", off, audience="EVERYONE", budget={"money": "50"})
    one, other = await hold(shop, None), await hold(shop, None)
    assert one.order_id
    assert other.order_id
    await programs.set_clock(shop.program.id, NOON + timedelta(hours=1))
    assert await balances.sweep(house, await house.program(shop.program.id), 100) == 2
    assert (await models.CampaignUsage.get(campaign_id=few.id)).money == 0
    await capture(shop, one.order_id)
    await shop.buy(None)
    with pytest.raises(HoldExpired) as refused:
        await capture(shop, other.order_id)
    assert refused.value.facts == {"asset": None, "available": Decimal("10.00"), "required": Decimal("20.00")}
    assert (await models.CampaignUsage.get(campaign_id=few.id)).money == 40_00


async def test_repeats_are_answered_as_before(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await shop.give(member, "500")
    facts: dict[str, Any] = {
        "spend": spend(300),
        "external_id": "W1",
        "lines": [LineRequest("1", "CD", 2, Decimal(50))],
    }
    held = await hold(shop, member, key="h", **facts)
    assert await hold(shop, member, key="h", **facts) == Outcome(**_fields(held) | {"replayed": True})
    assert held.order_id is not None
    captured = await capture(shop, held.order_id, key="c")
    half = await give_back(shop, held.order_id, [("1", 1)], key="r")
    rest = await give_back(shop, held.order_id, key="r2")
    before = await counts()
    assert await capture(shop, held.order_id, key="c") == Outcome(**_fields(captured) | {"replayed": True})
    assert await give_back(shop, held.order_id, [("1", 1)], key="r") == Outcome(**_fields(half) | {"replayed": True})
    assert await give_back(shop, held.order_id, key="r2") == Outcome(**_fields(rest) | {"replayed": True})
    with pytest.raises(IdempotencyKeyReused):
        await give_back(shop, held.order_id, [("1", 2)], key="r")
    assert await counts() == before


def _fields(outcome: Outcome) -> dict[str, Any]:
    names = ("replayed", "order_id", "member_id", "entries", "return_id")
    return {name: getattr(outcome, name) for name in names}


async def test_what_cannot_be_done_in_a_state_is_refused_and_changes_nothing(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    bought, held = await shop.buy(member, external_id="B1"), await hold(shop, member, external_id="H1")
    before = await counts()
    for refused in (
        capture(shop, bought.order_id),
        cancel(shop, bought.order_id),
        give_back(shop, held.order_id),  # type: ignore[arg-type]
        hold(shop, member, external_id="B1"),
        shop.buy(member, external_id="H1"),
    ):
        with pytest.raises(OrderNotInState):
            await refused
    with pytest.raises(DuplicateOrder):
        await hold(shop, member, "7.00", external_id="H1")
    with pytest.raises(NotFound):
        await capture(shop, member)
    with pytest.raises(AlreadyReturned):
        await give_back(shop, bought.order_id, [("1", 2)])
    assert await counts() == before


async def test_another_program_s_order_is_not_found(house: Engine) -> None:
    shop, other = await world(house), await world(house, code="OTHER")
    bought = await shop.buy(await shop.enrol(), external_id="B1")
    for ref in (OrderRef(id=bought.order_id), OrderRef(name=("shop", "B1"))):
        with pytest.raises(NotFound):
            await order_life.return_(house, other.actor, ref, None, reason=None, key=new_key())


async def test_a_guest_s_order_comes_back_too(house: Engine) -> None:
    shop = await world(house)
    outcome = await shop.buy(None, lines=[LineRequest("1", "CD", 3, Decimal("10.00"))])
    await give_back(shop, outcome.order_id, [("1", 2)])
    await give_back(shop, outcome.order_id)
    rows = await models.OrderReturn.filter(order_id=outcome.order_id).order_by("ordinal")
    assert [(row.quantities, row.refund, row.member_id) for row in rows] == [
        ({"1": 2}, 20_00, None),
        ({"1": 1}, 10_00, None),
    ]
    await check(house)


async def test_a_return_lowers_progress_and_leaves_the_tier_until_its_review(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    member = await shop.enrol()
    outcome = await shop.buy(member, "1500.00")
    assert await shop.tier(member) == "SILVER"
    await give_back(shop, outcome.order_id)
    assert await shop.balance(member, "TIER") == 0
    assert await shop.tier(member) == "SILVER"
    await check(house)


async def test_what_expired_in_the_same_batch_is_not_taken_again(house: Engine) -> None:
    shop = await world(house)
    async with transaction():
        await models.Asset.filter(program_id=shop.program.id, code=POINTS).update(
            expiry="ROLLING_DAYS", expiry_length=3, expiry_from="RECORDED"
        )
        await models.Program.filter(id=shop.program.id).update(config_version=99)
    member = await shop.enrol()
    bought = await shop.buy(member, "50.00", external_id="B1")
    await programs.set_clock(shop.program.id, NOON + timedelta(days=4))
    desk = await Desk.at(shop)
    common = {"program_id": shop.program.id, "actor": desk.credential, "claim": None}
    names = {"order_id": bought.order_id, "source": "shop", "external_id": "B1", "member_id": member}
    matures = desk.adjust(member, 80)
    back = ReturnOrder(**common, **names, return_id=UUID(int=1), quantities=None, reason=None)
    await house.writer.post_all([matures, back])
    assert await buckets(shop, member) == (80, 0)
    rows = await models.Entry.filter(kind="RETURN").order_by("seq")
    assert [(row.contra, row.change_available) for row in rows] == [("BREAKAGE", 50), ("ISSUANCE", -50)]
    await check(house)


async def test_random_lives_leave_healthy_books(house: Engine) -> None:
    random = Random(11)  # noqa: S311  (a plan of a test)
    shop = await world(house)
    async with transaction():
        await models.Asset.filter(program_id=shop.program.id, code=POINTS).update(
            expiry="ROLLING_DAYS", expiry_length=3, expiry_from="RECORDED"
        )
        await models.Program.filter(id=shop.program.id).update(config_version=99)
    member = await shop.enrol()
    known: list[UUID] = []
    now = NOON
    refused = 0
    for _ in range(90):
        now += timedelta(hours=random.choice([0, 0, 1, 9, 30]))
        await programs.set_clock(shop.program.id, now)
        lines = [LineRequest(str(n), "CD", random.randint(1, 3), Decimal(random.randint(0, 90))) for n in range(2)]
        payment = spend(random.randint(1, 60)) if random.random() < 0.6 else []
        try:
            match random.choice(["buy", "hold", "hold", "capture", "cancel", "return", "return", "give"]):
                case "buy":
                    known.append((await shop.buy(member, lines=lines, spend=payment)).order_id)
                case "hold":
                    held = await hold(shop, member, lines=lines, spend=payment, seconds=random.choice([60, 90_000]))
                    known.append(held.order_id)  # type: ignore[arg-type]
                case "capture":
                    await capture(shop, random.choice(known), lines=random.choice([None, [("1", 1)]]))
                case "cancel":
                    await cancel(shop, random.choice(known))
                case "return":
                    part = [("1", 1)] if random.random() < 0.5 else None
                    await give_back(shop, random.choice(known), part)
                case _:
                    await shop.give(member, str(random.choice([40, -30])))
        except (Refusal, IndexError):
            refused += 1
    assert 0 < refused < 65
    await check(house)
    assert await models.OrderReturn.all().count() > 3


async def test_the_same_points_are_held_once_however_many_ask(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    member = await shop.enrol()
    await shop.give(member, "100")
    async with writers(postgres_house, 3) as opened:
        shops = [replace(shop, engine=engine) for _, engine in opened]
        answers = await asyncio.gather(
            *(hold(one, member, spend=spend(60)) for one in shops for _ in range(4)), return_exceptions=True
        )
    kinds = [type(answer).__name__ for answer in answers]
    assert sorted(kinds) == ["InsufficientBalance"] * 11 + ["Outcome"]
    assert await buckets(shop, member) == (40, 60)
    await check(postgres_house)


async def test_a_guest_s_pieces_come_back_once_however_many_ask(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    outcome = await shop.buy(None, lines=[LineRequest("1", "CD", 5, Decimal("10.00"))])
    async with writers(postgres_house, 3) as opened:
        shops = [replace(shop, engine=engine) for _, engine in opened]
        answers = await asyncio.gather(
            *(give_back(one, outcome.order_id, [("1", 1)]) for one in shops for _ in range(4)), return_exceptions=True
        )
    kinds = [type(answer).__name__ for answer in answers]
    assert sorted(kinds) == ["AlreadyReturned"] * 7 + ["Outcome"] * 5
    assert (await models.OrderLine.get(order_id=outcome.order_id)).returned_quantity == 5
    await check(postgres_house)


async def test_what_expired_in_the_same_batch_is_not_taken_back_again(house: Engine) -> None:
    found = []
    for number, together in enumerate((False, True)):
        shop = await world(house, code=f"T{number}")
        async with transaction():
            await models.Asset.filter(program_id=shop.program.id, code=POINTS).update(
                expiry="ROLLING_DAYS", expiry_length=10
            )
            await models.Program.filter(id=shop.program.id).update(config_version=99)
        member = await shop.enrol()
        bought = await shop.buy(member)
        await programs.set_clock(shop.program.id, NOON + timedelta(days=5))
        await shop.give(member, "500")
        await programs.set_clock(shop.program.id, NOON + timedelta(days=11))
        sweep = Mature(program_id=shop.program.id, actor="system", claim=None, member_id=member)
        if together:
            await asyncio.gather(house.writer.post(sweep), give_back(shop, bought.order_id))
        else:
            await house.writer.post(sweep)
            await give_back(shop, bought.order_id)
        found.append(await buckets(shop, member))
    assert found == [(500, 0), (500, 0)]
    await check(house)


async def test_a_hold_that_is_over_is_not_answered_as_if_it_held(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await shop.give(member, "500")
    facts: dict[str, Any] = {"spend": spend(300), "lines": [LineRequest("1", "CD", 1, Decimal(50))]}
    given_up, late = await hold(shop, member, external_id="C", **facts), None
    assert given_up.order_id
    again = await hold(shop, member, external_id="C", **facts)
    assert (again.order_id, again.replayed) == (given_up.order_id, True)
    await cancel(shop, given_up.order_id)
    late = await hold(shop, member, external_id="L", **facts)
    await programs.set_clock(shop.program.id, NOON + timedelta(hours=1))
    for name, state in (("C", "CANCELLED"), ("L", "EXPIRED")):
        for ask in (hold, shop.buy):
            arguments = (shop, member) if ask is hold else (member, "50.00")
            with pytest.raises(OrderNotInState) as refused:
                await ask(*arguments, external_id=name, **facts)
            assert refused.value.facts["state"] == state
    assert late.order_id
    await check(house)


async def test_who_left_can_still_be_given_back_to(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await shop.give(member, "500")
    bought = await shop.buy(member, "50.00", spend=spend(100))
    held = await hold(shop, member, "50.00", spend=spend(100))
    assert held.order_id
    await members.amend(house, shop.actor, MemberRef(id=member), {"status": "CLOSED"}, key=new_key())
    with pytest.raises(MemberNotActive):
        await capture(shop, held.order_id)
    await cancel(shop, held.order_id)
    await give_back(shop, bought.order_id)
    assert await buckets(shop, member) == (500, 0)
    await check(house)
