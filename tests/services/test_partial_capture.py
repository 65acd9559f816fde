"""Parts of held orders, captured through the writer, on both databases."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

import models
from domain.refusals import AlreadyReturned, IdempotencyKeyReused, InvalidInput, MemberNotActive, OrderNotInState
from services import balances, members, order_life, programs
from services.engine import Engine
from services.members import MemberRef
from services.order_life import OrderRef
from services.orders import LineRequest
from services.templates import Template
from services.transaction import transaction
from services.writer.answers import Outcome
from tests.factories import NOON, World, new_key, world
from tests.services.saving import ladder, pay_in
from tests.services.test_order_life import buckets, cancel, capture, check, counts, give_back, hold, spend

LINES = [LineRequest("1", "CD", 4, Decimal("20.00")), LineRequest("2", "LP", 1, Decimal("20.00"))]


async def held(shop: World, member: UUID | None, points: int = 300, **facts: Any) -> UUID:
    """Hold an order of 100.00 in five pieces."""
    outcome = await hold(shop, member, lines=LINES, **({"spend": spend(points)} if points else {}), **facts)
    assert outcome.order_id is not None
    return outcome.order_id


async def pieces(order_id: UUID) -> list[tuple[int, int, int]]:
    rows = await models.OrderLine.filter(order_id=order_id).order_by("ordinal")
    return [(row.quantity, row.returned_quantity, row.released_quantity) for row in rows]


async def test_a_part_is_captured_and_returned(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await shop.give(member, "500")
    order_id = await held(shop, member)
    captured = await capture(shop, order_id, lines=[("1", 2), ("2", 1)])
    # two fifths are not captured: 120 of the 300 points, 38.80 of the 97.00 that are due, 38 of the 97 points earned
    assert await buckets(shop, member) == (320 + 59, 0)
    row = await models.Order.get(id=order_id)
    assert (row.state, row.payable, row.paid, row.released) == ("COMMITTED", 97_00, 0, 38_80)
    assert await pieces(order_id) == [(4, 0, 2), (1, 0, 0)]
    (found,) = await models.Hold.filter(order_id=order_id)
    assert (found.captured, found.released) == (180, 120)
    lines = await models.Entry.filter(order_id=order_id).order_by("position")
    assert [(one.kind, one.change_available, one.change_held) for one in lines] == [
        ("HOLD", -300, 300),
        ("RELEASE", 120, -120),
        ("SPEND", 0, -180),
        ("EARN", 59, 0),
    ]
    assert captured.entries == tuple((one.account_id, one.seq) for one in lines[1:])
    freed = await models.Transfer.get(id=lines[1].transfer_id)
    assert (freed.kind, freed.original_id) == ("RELEASE", found.transfer_id)
    await check(house)
    with pytest.raises(AlreadyReturned) as refused:
        await give_back(shop, order_id, [("1", 3)])
    assert refused.value.facts == {"left": Decimal(2)}
    await give_back(shop, order_id, [("1", 1)])
    assert (await models.Order.get(id=order_id)).state == "PARTIALLY_RETURNED"
    await check(house)
    await give_back(shop, order_id)
    assert await pieces(order_id) == [(4, 2, 2), (1, 1, 0)]
    assert (await models.Order.get(id=order_id)).state == "RETURNED"
    refunds = await models.OrderReturn.filter(order_id=order_id).order_by("ordinal").values_list("refund", flat=True)
    assert refunds == [19_40, 38_80]
    assert await buckets(shop, member) == (500, 0)
    await check(house)


async def test_a_part_that_stored_value_pays_releases_bonus_and_principal_in_proportion(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await ladder(shop, ("100", "50"))
    await pay_in(shop, member, "100")
    order_id = await held(shop, member, 0, spend=spend(90, "VALUE"))
    before = await models.Lot.filter(member_id=member).order_by("id").values_list("remaining", "held")
    assert before == [(60_00, 40_00), (0, 50_00)]
    await capture(shop, order_id, lines=[("1", 1)])
    row = await models.Order.get(id=order_id)
    assert (row.payable, row.paid, row.released) == (100_00, 90_00, 8_00)
    after = await models.Lot.filter(member_id=member, asset_id=(await _value(shop))).order_by("id")
    assert [(lot.remaining, lot.held) for lot in after] == [(92_00, 0), (40_00, 0)]
    await check(house)
    await give_back(shop, order_id)
    after = await models.Lot.filter(member_id=member, asset_id=(await _value(shop))).order_by("id")
    assert [(lot.remaining, lot.held) for lot in after] == [(100_00, 0), (50_00, 0)]
    await check(house)


async def _value(shop: World) -> UUID:
    return (await models.Asset.get(program_id=shop.program.id, code="VALUE")).id


async def test_a_tier_rises_by_what_was_captured(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    member = await shop.enrol()
    lines = [LineRequest("1", "CD", 3, Decimal("500.00"))]
    below, above = [(await hold(shop, member, lines=lines)).order_id for _ in range(2)]
    assert below
    assert above
    await capture(shop, below, lines=[("1", 1)])
    assert (await shop.balance(member, "TIER"), await shop.tier(member)) == (500_00, "MEMBER")
    await capture(shop, above, lines=[("1", 1)])
    assert (await shop.balance(member, "TIER"), await shop.tier(member)) == (1000_00, "SILVER")
    await check(house)


async def test_repeats_of_a_part_are_answered_as_before(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await shop.give(member, "500")
    order_id = await held(shop, member, external_id="P1")
    first = await capture(shop, order_id, "c", [("1", 2)])
    before = await counts()
    assert await capture(shop, order_id, "c", [("1", 2)]) == _replayed(first)
    for other in ([("1", 1)], [("2", 1)], None):
        with pytest.raises(IdempotencyKeyReused):
            await capture(shop, order_id, "c", other)
    with pytest.raises(OrderNotInState):
        await capture(shop, order_id, lines=[("2", 1)])
    with pytest.raises(OrderNotInState):
        await cancel(shop, order_id)
    again = await shop.buy(member, lines=LINES, spend=spend(300), external_id="P1")
    assert (again.order_id, again.replayed) == (order_id, True)
    assert again.entries == first.entries[1:]  # as of any commit: without what the end of the hold made available
    assert await counts() == before
    await check(house)


def _replayed(outcome: Outcome) -> Outcome:
    names = ("order_id", "member_id", "entries", "return_id")
    return Outcome(replayed=True, **{name: getattr(outcome, name) for name in names})


@pytest.mark.parametrize(
    ("lines", "message", "field"),
    [
        ([], "`lines` has 0 items; 1 to 500 are allowed.", ("lines",)),
        ([("1", 1), ("1", 1)], "The line '1' stands twice.", ("lines", "1", "ref")),
        ([("1", 0)], None, ("lines", "0", "quantity")),
        ([("1", 5)], "Of line '1' 4 are held, not 5.", ("lines", "0", "quantity")),
        ([("2", 1), ("9", 1)], "The order has no line '9'.", ("lines", "1", "ref")),
    ],
)
async def test_a_part_that_is_none_is_refused_and_changes_nothing(
    house: Engine, lines: list[tuple[str, int]], message: str | None, field: tuple[str, ...]
) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await shop.give(member, "500")
    order_id = await held(shop, member)
    before = await counts()
    with pytest.raises(InvalidInput) as refused:
        await capture(shop, order_id, lines=lines)
    assert refused.value.field == field
    assert message is None or refused.value.message == message
    assert await counts() == before
    assert await buckets(shop, member) == (200, 300)
    assert await pieces(order_id) == [(4, 0, 0), (1, 0, 0)]
    assert (await models.Order.get(id=order_id)).state == "HELD"


async def test_who_is_frozen_has_no_part_captured(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await shop.give(member, "500")
    order_id = await held(shop, member)
    await members.amend(house, shop.actor, MemberRef(id=member), {"status": "FROZEN"}, key=new_key())
    before = await counts()
    with pytest.raises(MemberNotActive):
        await capture(shop, order_id, lines=[("1", 1)])
    assert await counts() == before
    assert await buckets(shop, member) == (200, 300)
    assert await pieces(order_id) == [(4, 0, 0), (1, 0, 0)]


async def test_a_part_of_a_guest_s_order_is_captured(house: Engine) -> None:
    shop = await world(house)
    order_id = await held(shop, None, 0)
    ref = OrderRef(id=order_id)
    await order_life.capture(house, shop.actor, ref, [("2", 1)], key=new_key())
    row = await models.Order.get(id=order_id)
    assert (row.state, row.payable, row.released, row.transfer_id) == ("COMMITTED", 100_00, 80_00, None)
    await give_back(shop, order_id)
    assert (await models.Order.get(id=order_id)).state == "RETURNED"
    (back,) = await models.OrderReturn.filter(order_id=order_id)
    assert (back.quantities, back.refund) == ({"2": 1}, 20_00)
    await check(house)


async def test_the_books_show_a_part_from_its_capture_on_and_what_it_freed_too_late_expires_then(house: Engine) -> None:
    shop = await world(house)
    async with transaction():
        own = models.Asset.filter(program_id=shop.program.id, code="POINTS")
        await own.update(expiry="ROLLING_DAYS", expiry_length=3, expiry_from="RECORDED")
        await models.Program.filter(id=shop.program.id).update(config_version=99)
    member = await shop.enrol()
    await shop.give(member, "500")
    order_id = await held(shop, member, seconds=30 * 86_400)
    at = NOON + timedelta(days=5)
    await programs.set_clock(shop.program.id, at)
    seen = [await buckets(shop, member)]
    await capture(shop, order_id, lines=[("1", 2), ("2", 1)])
    seen.append(await buckets(shop, member))
    assert seen == [(0, 300), (59, 0)]  # a read says so before the sweep writes it
    await programs.set_clock(shop.program.id, at + timedelta(hours=1))
    program = await house.program(shop.program.id)
    assert await balances.sweep(house, program, 100) == 1
    assert await buckets(shop, member) == (59, 0)
    gone = await models.Entry.filter(kind="EXPIRE").order_by("-seq").first()
    assert gone is not None
    assert (gone.change_available, gone.occurred_at) == (-120, at)
    shown = []
    for instant in (NOON, at - timedelta(seconds=1), at):
        found = (await balances.balances(house, program, [member], at=instant))[member]
        shown += [(amounts.available, amounts.held) for amounts in found.values() if amounts.asset_id == gone.asset_id]
    assert shown == [(200, 300), (0, 300), (59, 0)]
    await check(house)
