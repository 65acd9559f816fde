"""What it costs to choose the best of a wallet does not grow with the wallet, nor statements with a batch."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
import pytest

import models
from services import orders
from services.database.config import Dialect
from services.engine import Engine
from services.orders import Preview
from services.transaction import transaction
from services.writer.sqlite import argument, translated
from tests.factories import World, coupon_template, order, world
from tests.services.coupon_counts import enrolled
from tests.services.test_coupons import issue
from tests.services.test_writer_commands import Desk
from tests.services.test_writer_parallel import writers

TEMPLATES = 5
FEW, MANY = 100, 100_000
BY_EXPIRY = "ORDER BY expires_at, id"
"""Stands in the statement that takes of each version the coupons that expire first."""
COLUMNS = (
    "id, program_id, campaign_id, version_id, member_id, code_hash, origin, state, valid_from, expires_at, changes, "
    "recorded_at"
)
POSTGRES = (
    "SELECT lpad(to_hex(n), 32, '0')::uuid, $1::uuid, $2::uuid, $3::uuid, $4::uuid, decode(lpad(to_hex(n), 64, '0'), "
    "'hex'), 'STAFF', 'ISSUED', '2026-01-01Z'::timestamptz, '2027-01-01Z'::timestamptz + n * interval '1 minute', 1, "
    "'2026-01-01Z'::timestamptz FROM generate_series($5::int, $6::int) AS n"
)
SQLITE = (
    "WITH RECURSIVE s (n) AS (SELECT $5 UNION ALL SELECT n + 1 FROM s WHERE n < $6) "
    "SELECT printf('00000000-0000-0000-0000-%012x', n), $1, $2, $3, $4, randomblob(32), 'STAFF', 'ISSUED', "
    "'2026-01-01 00:00:00+00:00', datetime('2027-01-01', n || ' minutes') || '+00:00', 1, "
    "'2026-01-01 00:00:00+00:00' FROM s"
)


async def filled(shop: World, member: UUID, templates: list[models.Campaign], size: int, *, before: int) -> None:
    """Let a wallet have `size` coupons, of all templates alike, where it had some `before`; they expire one by one."""
    is_sqlite = shop.engine.database.dialect is Dialect.SQLITE
    insert = f"INSERT INTO coupon ({COLUMNS}) {SQLITE if is_sqlite else POSTGRES}"
    async with transaction() as connection:
        for place, template in enumerate(templates):
            version = await models.CampaignVersion.get(campaign_id=template.id)
            first, last = (place * MANY + number // TEMPLATES for number in (before, size))
            values = [shop.program.id, template.id, version.id, member, first + 1, last]
            sql = translated(insert) if is_sqlite else insert
            await connection.execute_query(sql, [argument(one) for one in values] if is_sqlite else values)
        await connection.execute_script("ANALYZE coupon")
    assert await models.Coupon.filter(member_id=member).count() == size


@contextmanager
def watching(house: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, tuple[Any, ...], int]]]:
    """Yield a list that gains what is asked through the reads, and how many records it found."""
    asked: list[tuple[str, tuple[Any, ...], int]] = []
    fetch = type(house.reads).fetch

    async def watched(self: Any, sql: str, *arguments: Any) -> Any:
        found = await fetch(self, sql, *arguments)
        asked.append((sql, arguments, len(found)))
        return found

    with monkeypatch.context() as patched:
        patched.setattr(type(house.reads), "fetch", watched)
        yield asked


async def chosen(shop: World, member: UUID) -> Preview:
    return await orders.preview(shop.engine, shop.actor, order(member, "20.00"), at=None)


async def test_a_preview_reads_as_little_of_a_large_wallet_as_of_a_small_one(
    house: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await world(house)
    effects = [[{"amountOff": {"amount": str(number + 1)}}] for number in range(TEMPLATES)]
    templates = [
        await coupon_template(shop.program.id, f"OFF-{number}", effect, stacking_group="ONE")
        for number, effect in enumerate(effects)
    ]
    (member,) = await enrolled(shop, 1)
    await chosen(shop, member)
    seen, size = [], 0
    for more in (FEW, MANY):
        await filled(shop, member, templates, more, before=size)
        size = more
        await chosen(shop, member)  # what is kept of versions is kept by now
        with watching(house, monkeypatch) as asked:
            found = await chosen(shop, member)
        assert found.order.payable == 20_00 - TEMPLATES * 100
        seen.append([(sql, records) for sql, _, records in asked])
        of_wallet = [(sql, arguments) for sql, arguments, _ in asked if BY_EXPIRY in sql or "RECURSIVE" in sql]
        statements = 2 if house.database.dialect is Dialect.POSTGRES else 1 + TEMPLATES
        assert len(of_wallet) == statements
    assert seen[0] == seen[1]
    for sql, arguments in of_wallet:
        await _looked_up(house, sql, arguments)
    assert sum(records for sql, records in seen[1] if BY_EXPIRY in sql) == 2 * TEMPLATES


async def _looked_up(house: Engine, sql: str, arguments: tuple[Any, ...]) -> None:
    """Assert that a statement goes by the index of wallets, and reads no more of it than it needs."""
    if house.database.dialect is Dialect.SQLITE:
        plan = await house.reads.fetch(f"EXPLAIN QUERY PLAN {sql}", *arguments)
        steps = [row[3] for row in plan]
        on_coupons = [step for step in steps if "coupon" in step or " c " in step]
        assert on_coupons
        assert all("SEARCH" in step and "ix_coupon_wallet" in step for step in on_coupons), steps
        assert not any("TEMP B-TREE" in step for step in steps), steps
        return
    ((plan,),) = await house.reads.fetch(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *arguments)
    scans = list(_scans(orjson.loads(plan)[0]["Plan"]))
    assert {scan["Index Name"] for scan in scans} == {"ix_coupon_wallet"}
    assert sum(scan["Actual Rows"] * scan["Actual Loops"] for scan in scans) <= 2 * TEMPLATES


def _scans(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the nodes of a plan that read coupons."""
    if node.get("Relation Name") == "coupon":
        yield {"Index Name": None} | node
    for child in node.get("Plans", ()):
        yield from _scans(child)


@pytest.mark.parametrize("named", [True, False], ids=["none named", "chosen"])
async def test_a_batch_of_many_members_takes_as_many_statements_as_one_of_two(
    postgres_house: Engine, named: bool
) -> None:
    shop = await world(postgres_house)
    for number in range(TEMPLATES):
        await coupon_template(shop.program.id, f"OFF-{number}", [{"amountOff": {"amount": str(number + 1)}}])
    desk, members = await Desk.at(shop), await enrolled(shop, 32)
    for member in members:
        for number in range(TEMPLATES):
            await issue(shop, member, f"OFF-{number}")
    async with writers(postgres_house, 1) as ((store, engine),):
        taken = []
        for some in (members[:1], members[1:3], members[3:]):
            before = len(store.calls)
            await engine.writer.post_all([replace(desk.commit(one, 20_00), chooses=not named) for one in some])
            taken.append(store.calls[before:])
    assert taken[1] == taken[2]
    used = await models.Coupon.filter(state="USED").count()
    assert used == (0 if named else len(members) * TEMPLATES)


async def test_without_a_template_nothing_is_asked_of_coupons(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    desk, (member,) = await Desk.at(shop), await enrolled(shop, 1)
    async with writers(postgres_house, 1) as ((store, engine),):
        await engine.writer.post(desk.commit(member, 20_00))
        before = len(store.calls)
        await engine.writer.post(replace(desk.commit(member, 20_00), chooses=True))
        calls = store.calls[before:]
    assert not {"lock_coupons", "select_each", "fetch_each"} & set(calls)
