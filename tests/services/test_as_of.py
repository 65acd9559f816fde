"""The books as they were: what is asked for later is what was seen then, on both databases."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

import models
from domain.ledger import Lot
from domain.refusals import Refusal
from services import as_of, balances, lots_as_of, programs
from services.engine import Engine
from services.listing import OwnPage
from services.templates import Template
from services.transaction import transaction
from services.writer.tables import ENTRIES, LOTS
from tests.factories import NOON, World, world

CLOSE = timedelta(microseconds=1)


async def town(house: Engine) -> World:
    """Make a program whose points wait three days and last ten since they were earned; its tier counter lasts five."""
    shop = await world(house, Template.STANDARD)
    async with transaction():
        own = models.Asset.filter(program_id=shop.program.id)
        rolling = {"expiry": "ROLLING_DAYS", "floor": 0}
        await own.filter(code="POINTS").update(**rolling, expiry_length=10, expiry_from="OCCURRED", pending_days=3)
        await own.filter(code="TIER").update(**rolling, expiry_length=5, expiry_from="RECORDED")
        await models.Program.filter(id=shop.program.id).update(config_version=2)
    return shop


async def state(shop: World, ids: list[UUID], at: datetime | None = None) -> Any:
    """Return balances, next expiries, lots and lines of the members, read as of `at`."""
    program, reads = await shop.engine.program(shop.program.id), shop.engine.reads
    amounts = await balances.balances(shop.engine, program, ids, at=at)
    at = at or program.now()
    keys = [found.account_id for by_asset in amounts.values() for found in by_asset.values() if found.account_id]
    expiries = dict(zip(keys, await balances.next_expiries(reads, program, keys, at=at), strict=True))
    pages = [OwnPage(id, 1000, asset_id=asset.id, at=at) for id in ids for asset in program.assets]
    lots = await lots_as_of.lots_pages(reads, program, shop.actor, pages)
    lines = await as_of.lines_pages(reads, shop.actor, [OwnPage(id, 1000, at=at) for id in ids])
    return (
        {
            key: {asset: (a.available, a.pending, a.held) for asset, a in found.items()}
            for key, found in amounts.items()
        },
        expiries,
        [[shown(lot) for lot in page] for page in lots],
        [[(line.account_id, line.seq) for line in page] for page in lines],
    )


def shown(lot: Lot) -> tuple[Any, ...]:
    return (lot.id, lot.amount, lot.remaining, lot.held, lot.locked_until, lot.expires_at)


async def swept_state(shop: World, ids: list[UUID]) -> Any:
    """Return the same from the rows of now alone, which a sweep has just brought up to date."""
    program = await shop.engine.program(shop.program.id)
    accounts = await models.Account.filter(program_id=program.id, seq__gt=0)
    amounts: dict[UUID, Any] = {}
    for row in accounts:
        amounts.setdefault(row.member_id, {})[row.asset_id] = (row.available, row.pending, row.held)
    keys = [row.id for row in accounts]
    expiries = dict(zip(keys, await balances.next_expiries(shop.engine.reads, program, keys), strict=True))
    rows = await shop.engine.reads.select(LOTS, "WHERE program_id = $1 AND remaining > 0 ORDER BY id DESC", program.id)
    entries = await shop.engine.reads.select(ENTRIES, "WHERE program_id = $1 ORDER BY position DESC", program.id)
    return (
        amounts,
        expiries,
        [
            [shown(lot) for lot in rows if (lot.member_id, lot.asset_id) == (id, asset.id)]
            for id in ids
            for asset in program.assets
        ],
        [[(line.account_id, line.seq) for line in entries if line.member_id == id] for id in ids],
    )


@dataclass
class Seen:
    """What was seen at an instant."""

    at: datetime
    state: Any


async def lived(shop: World, ids: list[UUID], chance: Random, steps: int, *, swept: bool) -> list[Seen]:
    """Carry out random commands with a moving clock; return what was seen after the last of each instant."""
    seen: dict[datetime, Any] = {}
    now = NOON
    for _ in range(steps):
        now += chance.choice([timedelta(0), CLOSE, timedelta(hours=7), timedelta(days=1), timedelta(days=4)])
        await programs.set_clock(shop.program.id, now)
        member = chance.choice(ids)
        if swept:
            while await balances.sweep(shop.engine, await shop.engine.program(shop.program.id), 100):
                pass
        try:
            if not swept and chance.random() < 0.4:
                pass  # only the clock goes on
            elif chance.random() < 0.5:
                age = chance.choice([None, timedelta(days=2), timedelta(days=9), timedelta(days=13)])
                await shop.buy(member, f"{chance.randint(1, 900)}.00", occurred_at=None if age is None else now - age)
            else:
                amount = chance.choice([-300, -40, -5, 20, 150])
                await shop.give(member, str(amount), asset=chance.choice(["POINTS", "TIER"]))
        except Refusal:
            pass
        seen[now] = await (swept_state if swept else state)(shop, ids)
    return [Seen(at, found) for at, found in seen.items()]


@pytest.mark.parametrize("seed", range(4))
async def test_the_books_as_of_an_instant_are_those_that_were_seen_then(house: Engine, seed: int) -> None:
    shop = await town(house)
    ids = [await shop.enrol() for _ in range(2)]
    seen = await lived(shop, ids, Random(seed), 45, swept=True)  # noqa: S311
    assert len(seen) > 20
    assert any(found.state[2] for found in seen)
    for found in seen:
        assert await state(shop, ids, found.at) == found.state
    assert {line.kind for line in await models.Entry.all()} >= {"EARN", "ADJUST", "RELEASE", "EXPIRE"}


@pytest.mark.parametrize("seed", range(3))
async def test_what_was_due_and_not_swept_is_subtracted_as_it_was_then(house: Engine, seed: int) -> None:
    shop = await town(house)
    ids = [await shop.enrol() for _ in range(2)]
    seen = await lived(shop, ids, Random(seed), 45, swept=False)  # noqa: S311
    for _ in range(2):  # swept up to some command, then to the end
        for found in seen:
            assert (await state(shop, ids, found.at))[:3] == found.state[:3]
        while await balances.sweep(house, await house.program(shop.program.id), 100):
            pass


async def test_nothing_was_there_before_the_first_line(house: Engine) -> None:
    shop = await town(house)
    id = await shop.enrol()
    await shop.give(id, "30", asset="TIER")
    assets = (await house.program(shop.program.id)).assets
    assert await state(shop, [id], NOON - CLOSE) == ({}, {}, [[]] * len(assets), [[]])


async def test_the_line_of_an_instant_is_found_by_halves(house: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = await town(house)
    id = await shop.enrol()
    for number in range(33):
        await programs.set_clock(shop.program.id, NOON + number * CLOSE)
        await shop.give(id, "1", asset="TIER")
    (account,) = await models.Account.filter(member_id=id)
    for number in range(33):
        for early in (timedelta(0), CLOSE):
            found = await as_of.newest_lines(house.reads, [account.id], NOON + number * CLOSE - early)
            seq = number + 1 - bool(early)
            assert [line.seq for line in found.values()] == [seq] * bool(seq)
    statements = []
    fetch = type(house.reads).fetch

    async def watched(self: Any, sql: str, *arguments: Any) -> Any:
        statements.append(sql)
        return await fetch(self, sql, *arguments)

    monkeypatch.setattr(type(house.reads), "fetch", watched)
    await as_of.newest_lines(house.reads, [account.id], NOON)
    assert len(statements) == 1
