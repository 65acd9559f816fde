"""The liability report: lots and ledger agree, on any day, and with a recomputation in plain Python."""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from uuid_utils.compat import uuid7

import models
from domain.refusals import InvalidInput
from services import balances, lots_as_of, programs
from services.engine import Engine
from services.liability import liability
from services.templates import Template
from services.transaction import transaction
from tests.factories import NOON, World, world
from tests.services.test_as_of import lived, town

SHANGHAI = ZoneInfo("Asia/Shanghai")


async def reported(shop: World, on: date | None = None, asset: str = "POINTS") -> Any:
    program = await shop.engine.program(shop.program.id)
    found = program.asset(asset)
    assert found is not None
    return await liability(shop.engine.reads, program, found, on)


async def recomputed(asset: str, at: datetime) -> dict[tuple[date, date | None], int]:
    """Add up lots and moves as of an instant, from all rows of a ledger that was swept."""
    (row,) = await models.Asset.filter(code=asset)
    moves: dict[UUID, int] = defaultdict(int)
    transfers = {transfer.id: transfer for transfer in await models.Transfer.all()}
    for move in await models.LotMove.all():
        transfer = transfers[move.transfer_id]
        since = transfer.occurred_at if transfer.kind in {"RELEASE", "EXPIRY"} else transfer.recorded_at
        if since <= at:
            moves[move.lot_id] += move.remaining + move.held
    cells: dict[tuple[date, date | None], int] = defaultdict(int)
    for lot in await models.Lot.filter(asset_id=row.id, recorded_at__lte=at):
        months = [instant.astimezone(SHANGHAI).date().replace(day=1) for instant in (lot.recorded_at, lot.expires_at)]
        cells[months[0], None if lot.expires_at.year == 9999 else months[1]] += lot.amount + moves[lot.id]
    return {key: amount for key, amount in cells.items() if amount}


@pytest.mark.parametrize("seed", range(3))
async def test_the_report_of_every_day_reconciles_and_is_what_lots_and_moves_say(
    house: Engine, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lots_as_of, "BOOKS_LOTS_PAGE", 3)
    monkeypatch.setattr(lots_as_of, "BOOKS_PAGE", 2)
    monkeypatch.setattr(lots_as_of, "ACCOUNTS_PAGE", lots_as_of.ACCOUNTS_PAGE.replace("LIMIT 200", "LIMIT 2"))
    shop = await town(house)
    ids = [await shop.enrol() for _ in range(5)]
    await lived(shop, ids, Random(seed), 40, swept=False)  # noqa: S311
    program = await house.program(shop.program.id)
    today = program.now().astimezone(SHANGHAI).date()
    days = [NOON.date() + timedelta(days=n) for n in range(-1, (today - NOON.date()).days + 1)]
    late = {day: [await reported(shop, day, asset) for asset in ("POINTS", "TIER", "VALUE")] for day in days}
    while await balances.sweep(house, program, 100):
        pass
    for day in days:
        swept = [await reported(shop, day, asset) for asset in ("POINTS", "TIER", "VALUE")]
        assert swept == late[day]
        for found in swept:
            assert (found.difference, found.debt, found.ledger) == (0, 0, found.outstanding)
            assert found.cells == await recomputed(found.asset.code, found.at)
    assert len({str(found[0].cells) for found in late.values()}) > 5
    assert await reported(shop) == await reported(shop, today)


async def test_a_day_ends_at_local_midnight_and_what_never_expires_is_apart(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    id = await shop.enrol()
    midnight = datetime.combine(date(2026, 4, 1), time.min, SHANGHAI).astimezone(UTC)
    for now, amount in ((midnight - timedelta(microseconds=1), "7"), (midnight, "5")):
        await programs.set_clock(shop.program.id, now)
        await shop.give(id, amount)
        await shop.give(id, amount, asset="TIER")
    march, april = date(2026, 3, 1), date(2026, 4, 1)
    found = await reported(shop, date(2026, 3, 31))
    assert (found.cells, found.at) == ({(march, None): 7}, midnight - timedelta(microseconds=1))
    assert (await reported(shop)).cells == {(march, None): 7, (april, None): 5}
    assert (await reported(shop, asset="TIER")).cells == {
        (march, date(2027, 3, 1)): 700,
        (april, date(2027, 4, 1)): 500,
    }
    with pytest.raises(InvalidInput, match="2026-04-02 has not begun; it is 2026-04-01 in Asia/Shanghai"):
        await reported(shop, date(2026, 4, 2))


async def indebted(shop: World, id: UUID, debt: int) -> None:
    """Give a member a debt, which no operation makes yet."""
    program = await shop.engine.program(shop.program.id)
    points = program.asset("POINTS")
    assert points is not None
    own = {"program_id": program.id, "member_id": id}
    when = {"occurred_at": NOON, "recorded_at": NOON}
    account, transfer = uuid7(), uuid7()
    async with transaction():
        await models.Account.create(
            **own, id=account, asset_id=points.id, available=-debt, pending=0, held=0, floor=-debt, seq=1
        )
        await models.Transfer.create(
            **own, **when, id=transfer, kind="ADJUSTMENT", actor="x", hash=bytes(32), commit_order=1
        )
        zero = dict.fromkeys(("change_pending", "change_held", "pending", "held"), 0)
        await models.Entry.create(
            **own, **when, **zero, account_id=account, seq=1, asset_id=points.id, transfer_id=transfer,
            kind="ADJUST", change_available=-debt, available=-debt, contra="ADJUSTMENT", position=99,
        )  # fmt: skip


async def test_a_debt_is_a_line_of_its_own(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    await shop.give(await shop.enrol(), "40")
    await indebted(shop, await shop.enrol(), 15)
    found = await reported(shop)
    assert (found.outstanding, found.debt, found.ledger, found.difference) == (40, -15, 25, 0)


async def test_a_ledger_that_says_more_than_its_lots_is_told(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    await shop.give(await shop.enrol(), "40")
    await indebted(shop, id := await shop.enrol(), 15)
    (account,) = await models.Account.filter(member_id=id)
    (line,) = await models.Entry.filter(member_id=id)
    facts = {name: getattr(line, name) for name in models.Entry._meta.db_fields}
    changed = {"seq": 2, "position": 100, "available": 5, "change_available": 20}
    async with transaction():
        await models.Entry.create(**facts | changed)
        await models.Account.filter(id=account.id).update(seq=2, available=5)
    found = await reported(shop)
    assert (found.outstanding, found.debt, found.ledger, found.difference) == (40, 0, 45, 5)
