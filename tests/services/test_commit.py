"""Commits through the writer, on both databases."""

import asyncio

import pytest
from tortoise.connection import get_connections
from tortoise.transactions import in_transaction
from uuid_utils.compat import uuid7

import models
from domain.refusals import DuplicateOrder, IdempotencyKeyReused
from services import orders
from services.database.config import Dialect
from services.engine import Engine
from services.templates import Template
from services.writer.load import OF_ORDERS
from services.writer.sqlite import translated
from services.writer.tables import ENTRIES
from tests.factories import order, world


async def test_an_order_earns_one_point_per_whole_unit(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol(name="Li Lei")
    outcome = await shop.buy(member, "29.99")
    assert not outcome.replayed
    assert await shop.balance(member) == 29
    (entry,) = await models.Entry.filter(member_id=member)
    assert (entry.kind, entry.change_available, entry.available, entry.seq) == ("EARN", 29, 29, 1)
    row = await models.Order.get(id=outcome.order_id)
    assert (row.payable, row.state) == (2999, "COMMITTED")
    kinds = await models.Event.filter(member_id=member).order_by("position").values_list("position", "kind")
    assert list(kinds) == [(1, "MEMBER_ENROLLED"), (2, "ORDER_COMMITTED"), (3, "BALANCE_CHANGED")]


async def test_the_standard_ladder_raises_the_tier_in_the_commit(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    member = await shop.enrol()
    await shop.buy(member, "999.99")
    assert await shop.tier(member) == "MEMBER"
    await shop.buy(member, "0.01")
    assert await shop.tier(member) == "SILVER"
    await shop.buy(member, "100.00")
    assert await shop.balance(member) == 999 + 0 + 110


async def test_two_tills_commit_the_same_order_at_once(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    same = order(member, external_id="A1")
    first, second = await asyncio.gather(
        orders.commit(house, shop.actor, same, key="till-1"), orders.commit(house, shop.actor, same, key="till-2")
    )
    assert first.order_id == second.order_id
    assert sorted([first.replayed, second.replayed]) == [False, True]
    assert await shop.balance(member) == 100
    again = await orders.commit(house, shop.actor, same, key="till-1")
    assert again.replayed
    assert again.entries == first.entries
    with pytest.raises(IdempotencyKeyReused):
        await orders.commit(house, shop.actor, order(member, "5.00", external_id="A1"), key="till-1")
    with pytest.raises(DuplicateOrder):
        await orders.commit(house, shop.actor, order(member, "5.00", external_id="A1"), key="till-3")
    assert await models.Order.all().count() == 1
    assert await shop.balance(member) == 100


async def test_adjustments_take_from_the_lots(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await shop.give(member, "50")
    await shop.buy(member, "10.00")
    await shop.give(member, "-55")
    assert await shop.balance(member) == 5
    lots = await models.Lot.filter(member_id=member).order_by("id").values_list("remaining", flat=True)
    assert list(lots) == [0, 5]


async def test_what_an_order_posted_is_found_by_an_index(house: Engine) -> None:
    statement = f"{ENTRIES.select} {OF_ORDERS}"
    (connection,) = get_connections().all()
    async with in_transaction(connection.connection_name) as client:
        if house.database.dialect is Dialect.POSTGRES:
            await client.execute_script("SET LOCAL enable_seqscan = off")  # the table is empty
            _, rows = await client.execute_query(f"EXPLAIN {statement}", [[uuid7()]])
        else:
            _, rows = await client.execute_query(f"EXPLAIN QUERY PLAN {translated(statement)}", ["[]"])
    assert "ix_entry_order" in str([tuple(row) for row in rows])
