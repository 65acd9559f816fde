"""Members who draw on the balances of others: on both databases, through the writer."""

import asyncio
from datetime import date, datetime, timedelta
from decimal import Decimal
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
    NotAgent,
    NotFound,
    Refusal,
)
from services import agents, balances, members, order_life, orders, orders_import, programs
from services.engine import Engine
from services.members import MemberRef
from services.order_life import OrderRef
from services.writer.answers import Outcome
from tests.factories import NOON, World, new_key, order, world
from tests.services.saving import ladder, pay_in, spend, undo
from tests.services.test_values import clean, terms
from tests.services.test_writer_parallel import writers

VALUE = "VALUE"
MARCH = date(2026, 3, 1)


async def appoint(shop: World, payer: UUID, agent: UUID, limit: str | None = None, **facts: Any) -> Outcome:
    given: dict[str, Any] = {"asset": VALUE, "key": new_key()} | facts
    much = Decimal(limit) if limit else None
    parties = (MemberRef(id=payer), MemberRef(id=agent))
    return await agents.appoint(shop.engine, shop.actor, *parties, monthly_limit=much, **given)


async def dismiss(shop: World, payer: UUID, agent: UUID, **facts: Any) -> Outcome:
    given: dict[str, Any] = {"asset": VALUE, "key": new_key()} | facts
    return await agents.dismiss(shop.engine, shop.actor, MemberRef(id=payer), MemberRef(id=agent), **given)


async def buy(shop: World, agent: UUID, payer: UUID, amount: str, **facts: Any) -> Outcome:
    facts = {"spend": [(VALUE, Decimal(amount))], "payer": MemberRef(id=payer)} | facts
    return await shop.buy(agent, facts.pop("price", amount), **facts)  # type: ignore[no-any-return]


async def hold(shop: World, agent: UUID, payer: UUID, amount: str, seconds: int = 900) -> UUID:
    content = order(agent, amount, spend=[(VALUE, Decimal(amount))], payer=MemberRef(id=payer))
    held = await orders.hold(shop.engine, shop.actor, content, seconds=seconds, key=new_key())
    assert held.order_id is not None
    return held.order_id


async def firm(house: Engine, limit: str | None = None) -> tuple[World, UUID, UUID]:
    """Return a shop, a firm that paid 1,000 in, and its agent."""
    shop = await world(house)
    payer, agent = await shop.enrol(name="Firm"), await shop.enrol(name="Agent")
    await pay_in(shop, payer, "1000")
    await appoint(shop, payer, agent, limit)
    return shop, payer, agent


async def drawn() -> dict[date, int]:
    return {row.month: row.amount for row in await models.AgentDraw.all() if row.amount}


async def value_of(shop: World, *whose: UUID) -> list[int]:
    return [await shop.balance(member, VALUE) for member in whose]


async def counts() -> tuple[int, ...]:
    return tuple([await row.all().count() for row in (models.Order, models.Entry, models.Transfer, models.Event)])


async def refused(kind: type[Refusal], call: Any) -> Refusal:
    before = await counts(), await drawn()
    with pytest.raises(kind) as caught:
        await call
    assert (await counts(), await drawn()) == before
    return caught.value


async def test_the_payer_pays_and_the_agent_earns(house: Engine) -> None:
    shop, payer, agent = await firm(house)
    bought = await buy(shop, agent, payer, "300")
    assert await value_of(shop, payer, agent) == [700_00, 0]
    row = await models.Order.get(id=bought.order_id)
    assert (row.member_id, row.payer_id, row.paid) == (agent, payer, 300_00)
    (line,) = await models.Entry.filter(order_id=row.id, kind="SPEND")
    assert (line.member_id, line.change_available, line.contra) == (payer, -300_00, "REDEMPTION")
    assert (await models.Transfer.get(id=line.transfer_id)).member_id == agent
    earned = await models.Entry.filter(order_id=row.id, kind="EARN").values_list("member_id", flat=True)
    assert set(earned) == {agent}
    assert await drawn() == {MARCH: 300_00}
    told = await models.Event.filter(member_id=payer).order_by("-position").first()
    assert told is not None
    assert (told.kind, told.order_id) == ("BALANCE_CHANGED", row.id)
    await clean(shop)


async def test_any_returns_give_back_to_the_payer(house: Engine) -> None:
    shop, payer, agent = await firm(house)
    await ladder(shop, ("100", "20%"))
    await pay_in(shop, payer, "100")
    before = await models.Lot.filter(member_id=payer).order_by("id").values_list("id", "remaining")
    points = await shop.balance(agent)
    lines = [("1", 1), ("2", 3)]
    content = [orders.LineRequest(ref, "CD", count, Decimal(100)) for ref, count in lines]
    bought = await buy(shop, agent, payer, "400", lines=content)
    for back in ([("2", 1)], [("1", 1)], [("2", 2)]):
        await order_life.return_(
            shop.engine, shop.actor, OrderRef(id=bought.order_id), back, reason=None, key=new_key()
        )
    assert await models.Lot.filter(member_id=payer).order_by("id").values_list("id", "remaining") == before
    assert await shop.balance(agent) == points
    assert await drawn() == {}
    assert (await models.Order.get(id=bought.order_id)).state == "RETURNED"
    await clean(shop)


async def test_a_hold_reserves_what_is_the_payers(house: Engine) -> None:
    shop, payer, agent = await firm(house, limit="500")
    order_id = await hold(shop, agent, payer, "400")
    assert await value_of(shop, payer) == [600_00]
    assert await drawn() == {MARCH: 400_00}
    await refused(LimitReached, hold(shop, agent, payer, "101"))
    other = await hold(shop, agent, payer, "100")
    await order_life.cancel(shop.engine, shop.actor, OrderRef(id=other), key=new_key())
    assert await drawn() == {MARCH: 400_00}
    await order_life.capture(shop.engine, shop.actor, OrderRef(id=order_id), key=new_key())
    assert await value_of(shop, payer) == [600_00]
    assert await drawn() == {MARCH: 400_00}
    assert {row.member_id for row in await models.Hold.all()} == {payer}
    await clean(shop)


@pytest.mark.parametrize("looked_at", ["nobody", "the payer", "the order"])
async def test_a_hold_that_runs_out_frees_the_payers_value_and_the_limit(house: Engine, looked_at: str) -> None:
    shop, payer, agent = await firm(house, limit="500")
    order_id = await hold(shop, agent, payer, "500", seconds=60)
    await programs.set_clock(shop.program.id, NOON + timedelta(seconds=60))
    assert await value_of(shop, payer) == [1000_00]
    if looked_at == "the payer":
        await shop.give(payer, "1", VALUE)
        assert await drawn() == {}
        assert (await models.Order.get(id=order_id)).state == "HELD"
        await clean(shop)
    if looked_at != "nobody":
        await balances.sweep(house, await house.program(shop.program.id), 10)
        assert (await models.Order.get(id=order_id)).state == "EXPIRED"
        kinds = await models.Event.filter(member_id=agent, order_id=order_id).values_list("kind", flat=True)
        assert list(kinds) == ["ORDER_HELD", "ORDER_EXPIRED"]
    # A late capture reserves again, within the limit of the month of the order.
    await order_life.capture(shop.engine, shop.actor, OrderRef(id=order_id), key=new_key())
    assert await drawn() == {MARCH: 500_00}
    await clean(shop)


async def test_a_late_capture_asks_for_the_right_again(house: Engine) -> None:
    shop, payer, agent = await firm(house)
    order_id, held = await hold(shop, agent, payer, "10", seconds=60), await hold(shop, agent, payer, "20")
    await dismiss(shop, payer, agent)
    await programs.set_clock(shop.program.id, NOON + timedelta(seconds=60))
    late = order_life.capture(shop.engine, shop.actor, OrderRef(id=order_id), key=new_key())
    refusal = await refused(NotAgent, late)
    assert refusal.message == "The member may not draw on VALUE of the payer."
    # What was reserved while the right was there is captured.
    await order_life.capture(shop.engine, shop.actor, OrderRef(id=held), key=new_key())
    assert await value_of(shop, payer) == [980_00]
    await clean(shop)


async def test_a_limit_is_of_the_calendar_month_where_the_program_is(house: Engine) -> None:
    shop, payer, agent = await firm(house, limit="500")
    last = datetime.fromisoformat("2026-03-31T15:59:59+00:00")  # one second before April in Shanghai
    await programs.set_clock(shop.program.id, last)
    bought = await buy(shop, agent, payer, "450.50")
    refusal = await refused(LimitReached, buy(shop, agent, payer, "49.51"))
    assert refusal.message == (
        "The member may draw 500.00 VALUE of the payer a month; 450.50 are drawn in 2026-03, and 49.51 are asked for."
    )
    assert (refusal.field, refusal.facts) == (("order", "payer"), {"limit": "500.00"})
    await buy(shop, agent, payer, "49.50")
    await programs.set_clock(shop.program.id, last + timedelta(seconds=1))
    await buy(shop, agent, payer, "500")
    await programs.set_clock(shop.program.id, last + timedelta(days=75))
    # What comes back counts for the month in which it was drawn.
    await order_life.return_(shop.engine, shop.actor, OrderRef(id=bought.order_id), None, reason=None, key=new_key())
    assert await drawn() == {MARCH: 49_50, date(2026, 4, 1): 500_00}
    await programs.set_clock(shop.program.id, last + timedelta(days=1))
    await refused(LimitReached, buy(shop, agent, payer, "0.01"))
    await clean(shop)


async def test_only_agents_draw_and_only_on_their_asset(house: Engine) -> None:
    shop, payer, agent = await firm(house)
    stranger = await shop.enrol()
    await shop.give(payer, "1000")
    await terms(shop, "POINTS", pay_amount=100, pay_value=100)
    assert (await refused(NotAgent, buy(shop, stranger, payer, "1"))).facts == {"asset": "VALUE"}
    await refused(NotAgent, buy(shop, payer, agent, "1"))  # a right is not mutual
    await refused(NotAgent, buy(shop, agent, payer, "1", spend=[("POINTS", Decimal(100))]))
    nobody = MemberRef(id=UUID(int=1))
    await refused(NotFound, shop.buy(agent, "1", spend=[(VALUE, Decimal(1))], payer=nobody))
    await refused(InvalidInput, shop.buy(None, "1", payer=MemberRef(id=payer)))
    await refused(InvalidInput, shop.buy(agent, "1", payer=MemberRef(id=payer)))
    await refused(InsufficientBalance, buy(shop, agent, payer, "1000.01"))
    await members.amend(house, shop.actor, MemberRef(id=payer), {"status": "FROZEN"}, key=new_key())
    refusal = await refused(MemberNotActive, buy(shop, agent, payer, "1"))
    assert (refusal.message, refusal.field) == ("The payer is frozen.", ("order", "payer"))
    await clean(shop)


async def test_who_pays_with_what_is_theirs_needs_no_right(house: Engine) -> None:
    shop, payer, _ = await firm(house)
    bought = await buy(shop, payer, payer, "10")
    assert (await models.Order.get(id=bought.order_id)).payer_id is None
    assert await drawn() == {}
    await clean(shop)


async def test_an_agent_uses_a_visit_of_the_payer(house: Engine) -> None:
    shop, payer, agent = await firm(house, limit="100")
    used = await spend(shop, payer, "60", asset=VALUE, agent=MemberRef(id=agent))
    assert await value_of(shop, payer) == [940_00]
    refusal = await refused(LimitReached, spend(shop, payer, "41", asset=VALUE, agent=MemberRef(id=agent)))
    assert refusal.field == ("agent",)
    await undo(shop, used, "20")
    await programs.set_clock(shop.program.id, NOON + timedelta(days=40))
    await undo(shop, used, "10")
    assert await drawn() == {MARCH: 30_00}
    assert await value_of(shop, payer) == [970_00]
    stranger = await shop.enrol()
    await refused(NotAgent, spend(shop, payer, "1", asset=VALUE, agent=MemberRef(id=stranger)))
    await clean(shop)


async def test_a_right_is_given_changed_ended_and_given_again(house: Engine) -> None:
    shop, payer, agent = await firm(house, limit="100")
    (first,) = await models.Agent.all()
    assert (first.payer_id, first.member_id, first.monthly_limit, first.since, first.until) == (
        payer,
        agent,
        100_00,
        NOON,
        None,
    )
    await buy(shop, agent, payer, "100")
    await programs.set_clock(shop.program.id, NOON + timedelta(days=1))
    more = await appoint(shop, payer, agent, "150", key="more")
    assert more.agent_id == first.id
    await buy(shop, agent, payer, "50")
    await dismiss(shop, payer, agent)
    await refused(NotAgent, buy(shop, agent, payer, "1"))
    refusal = await refused(NotAgent, dismiss(shop, payer, agent))
    assert refusal.message == "The member may not draw on VALUE of the payer anyway."
    await appoint(shop, payer, agent)
    (again,) = await models.Agent.all()
    assert (again.id, again.monthly_limit, again.since) == (first.id, None, NOON + timedelta(days=1))
    await buy(shop, agent, payer, "500")
    assert (await appoint(shop, payer, agent, "150", key="more")).replayed
    assert (await models.Agent.get(id=first.id)).monthly_limit is None
    await refused(IdempotencyKeyReused, appoint(shop, payer, agent, "151", key="more"))
    await clean(shop)


async def test_a_right_never_ends_before_it_began(house: Engine) -> None:
    shop, payer, agent = await firm(house)
    await programs.set_clock(shop.program.id, NOON - timedelta(seconds=1))
    await dismiss(shop, payer, agent)
    (row,) = await models.Agent.all()
    assert (row.since, row.until) == (NOON, NOON)
    await refused(NotAgent, buy(shop, agent, payer, "1"))
    await clean(shop)


async def test_what_cannot_be_appointed_is_refused(house: Engine) -> None:
    shop, payer, agent = await firm(house)
    await refused(InvalidInput, appoint(shop, payer, payer))
    await refused(InvalidInput, appoint(shop, payer, agent, "-1"))
    await refused(InvalidInput, appoint(shop, payer, agent, "0.001"))
    await refused(InvalidInput, appoint(shop, payer, agent, asset="TIER"))
    await refused(InvalidInput, appoint(shop, payer, agent, asset="NONE"))
    await refused(NotFound, appoint(shop, payer, UUID(int=1)))
    await members.amend(house, shop.actor, MemberRef(id=agent), {"status": "FROZEN"}, key=new_key())
    assert (await refused(MemberNotActive, appoint(shop, payer, agent))).field == ("agent",)
    assert await models.Agent.all().count() == 1


async def test_an_import_names_a_payer(house: Engine) -> None:
    shop, payer, agent = await firm(house)
    paid = {"spend": [(VALUE, Decimal(5))], "payer": MemberRef(id=payer)}
    unknown = paid | {"payer": MemberRef(identity=("erp", "nobody"))}
    requests = [order(agent, "5", **paid), order(agent, "5", **unknown)]
    done, missing = await orders_import.import_orders(house, shop.actor, requests, key=new_key(), enrol_unknown=True)
    assert isinstance(done, Outcome)
    assert isinstance(missing, NotFound)
    assert missing.field == ("orders", "1", "payer")
    assert await value_of(shop, payer) == [995_00]
    assert await models.Member.all().count() == 2
    await clean(shop)


async def test_a_preview_shows_what_the_payer_pays(house: Engine) -> None:
    shop, payer, agent = await firm(house, limit="10")
    content = order(agent, "10", spend=[(VALUE, Decimal(10))], payer=MemberRef(id=payer))
    seen = await orders.preview(house, shop.actor, content, at=None)
    assert (seen.order.paid, seen.order.payer_id) == (10_00, payer)
    more = order(agent, "11", spend=[(VALUE, Decimal(11))], payer=MemberRef(id=payer))
    with pytest.raises(LimitReached):
        await orders.preview(house, shop.actor, more, at=None)
    assert await drawn() == {}


async def test_agents_who_draw_at_once_stay_within_limit_and_balance(postgres_house: Engine) -> None:
    shop, payer, agent = await firm(postgres_house, limit="100")
    other = await shop.enrol()
    await appoint(shop, payer, other)
    async with writers(postgres_house, 3) as engines:
        sellers = [World(engine, shop.program, shop.actor) for _, engine in engines]
        asked = [buy(sellers[n % 3], (agent, other)[n % 2], payer, "30") for n in range(60)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers if not isinstance(answer, Outcome)] == [LimitReached] * 27
    assert {row.member_id: row.amount for row in await models.AgentDraw.all()} == {agent: 90_00, other: 900_00}
    assert await value_of(shop, payer) == [10_00]
    await clean(shop)


async def test_what_agents_draw_in_a_month_stays_an_amount(house: Engine) -> None:
    shop, payer, agent = await firm(house)
    most = "46116860184273879.03"
    for amount in (most, most):
        await shop.give(payer, str(Decimal(most) - Decimal(await shop.balance(payer, VALUE)).scaleb(-2)), VALUE)
        call = spend(shop, payer, amount, asset=VALUE, agent=MemberRef(id=agent))
        if await drawn():
            assert (await refused(LimitReached, call)).facts == {"limit": most}
        else:
            await call
    assert await drawn() == {MARCH: 2**62 - 1}
    await clean(shop)
