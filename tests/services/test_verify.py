"""The verifier: silent on a ledger made by real use, and naming the row that was tampered with, on both databases."""

import asyncio
import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tortoise.context import TortoiseContext

import models
from domain.amounts import AMOUNT_MAX
from domain.refusals import InsufficientBalance
from services import balances, members, order_life, orders, programs, seals
from services.database.config import Database, Dialect
from services.database.migrate import migrate
from services.engine import Engine, engine
from services.members import MemberRef
from services.order_life import OrderRef
from services.orders import LineRequest
from services.publishing import publish
from services.templates import Template
from services.transaction import transaction
from services.verify import Report, stream, verification, verify
from services.verify.source import sources
from services.verify.transfers import Transfers
from services.verify.verification import CHECKS, READ
from tests.factories import NOON, World, new_key, order, seal_all, world
from tests.migrations.scratch import scratch
from tests.services import (
    agency,
    campaign_cases,
    campaigning,
    coupon_cases,
    couponing,
    gifts,
    keeping,
    saving,
    taking_cases,
)

# ── a town with two programs, made by real use ───────────────────────────────────────────────────────────────────────


async def _set(shop: World, **days: int) -> None:
    """Move the program's clock to so long after its start, and sweep."""
    await programs.set_clock(shop.program.id, NOON + timedelta(**days))
    while await balances.sweep(shop.engine, await shop.engine.program(shop.program.id), 100):
        pass


async def _pending(shop: World, days: int) -> None:
    async with transaction():
        await models.Asset.filter(program_id=shop.program.id, code="POINTS").update(pending_days=days)
        await models.Program.filter(id=shop.program.id).update(config_version=2)


LONG = 25 * 86_400
"""For how many seconds orders are held that are held to the end: longer than all that comes after it takes."""
LARGE = {
    "all": [
        {"minimumSpend": {"amount": "500"}},
        {"not": {"any": [{"weekday": {"days": ["SUNDAY"]}}, {"tier": {"codes": ["DIAMOND"]}}]}},
        {"any": [{"tier": {"codes": ["GOLD"]}}, {"minimumSpend": {"amount": "1000"}}]},
    ]
}
"""A condition that has every form there is; its results are met, not met and turned round."""


async def _campaign(shop: World, code: str, state: str, conditions: dict[str, Any]) -> models.Campaign:
    async with transaction():
        campaign = await models.Campaign.create(
            program_id=shop.program.id, code=code, name=code, state=state, published_version=1
        )
        await publish(
            program_id=shop.program.id,
            campaign_id=campaign.id,
            number=1,
            priority=300,
            starts_at=programs.BEGINNING,
            conditions=conditions,
            effects=[{"multiplyEarn": {"asset": "POINTS", "factor": "1.5"}}],
            recorded_at=NOON,
        )
    return campaign


async def _keep_and_give_back(shop: World) -> dict[str, Any]:
    """Hold one order, cancel one, give one back in part; return their ids."""
    keeper = await shop.enrol()
    await shop.give(keeper, "900")
    facts: dict[str, Any] = {"lines": [LineRequest("1", "CD", 2, Decimal("10.00"))]}
    spend = [("POINTS", Decimal(200))]
    common = {"engine": shop.engine, "actor": shop.actor}
    held = await orders.hold(**common, request=order(keeper, spend=spend, **facts), seconds=LONG, key=new_key())
    given_up = await orders.hold(**common, request=order(keeper, spend=spend, **facts), seconds=900, key=new_key())
    assert given_up.order_id is not None
    await order_life.cancel(shop.engine, shop.actor, OrderRef(id=given_up.order_id), key=new_key())
    bought = await shop.buy(keeper, spend=spend, **facts)
    back = await order_life.return_(
        shop.engine, shop.actor, OrderRef(id=bought.order_id), [("1", 1)], reason=None, key=new_key()
    )
    hold = await models.Hold.get(order_id=held.order_id)
    (account_id, seq), *_ = back.entries
    return {
        "keeper": keeper,
        "keeper_account": hold.account_id,
        "hold": hold.id,
        "hold_transfer": hold.transfer_id,
        "held_order": held.order_id,
        "returned_order": bought.order_id,
        "return": back.return_id,
        "given_account": account_id,
        "given_seq": seq,
    }


async def _capture_a_part(shop: World) -> dict[str, Any]:
    """Capture two fifths of an order of which each piece costs the same; return its ids."""
    part_taker = await shop.enrol()
    await shop.give(part_taker, "900")
    lines = [LineRequest("1", "CD", 3, Decimal("10.00")), LineRequest("2", "LP", 2, Decimal("10.00"))]
    spend = [("POINTS", Decimal(500))]
    held = await orders.hold(
        shop.engine, shop.actor, order(part_taker, lines=lines, spend=spend), seconds=900, key=new_key()
    )
    ref = OrderRef(id=held.order_id)
    await order_life.capture(shop.engine, shop.actor, ref, [("1", 2)], key=new_key())
    await order_life.return_(shop.engine, shop.actor, ref, [("1", 1)], reason=None, key=new_key())
    hold = await models.Hold.get(order_id=held.order_id)
    assert (hold.captured, hold.released) == (200, 300)
    earned = await models.OrderEffect.filter(order_id=held.order_id, kind="EARN").order_by("ordinal")
    return {
        "part_taker": part_taker,
        "part_account": hold.account_id,
        "part_order": held.order_id,
        "part_hold": hold.id,
        "part_effect": earned[0].ordinal,
    }


async def _seal(house: Engine, *shops: World) -> None:
    """Seal everything in several blocks, the last of each shop not full."""
    usual, seals.BLOCK_MAX = seals.BLOCK_MAX, 3
    try:
        for shop in shops:
            await seal_all(house, shop.program.id)
    finally:
        seals.BLOCK_MAX = usual


async def _others(shop: World) -> dict[str, Any]:
    """Let further members do what one does not; return their ids."""
    ids = await _keep_and_give_back(shop) | await _capture_a_part(shop)
    for more in (saving, keeping, agency, gifts, campaigning, couponing):
        ids |= await more.build(shop)
    given = await models.Transfer.filter(kind="TRANSFER").values_list("id", flat=True)
    return ids | {"two_owners": [*given, *ids["drawn_transfers"]]}


async def build(house: Engine) -> dict[str, Any]:
    """Use two programs for more than a year and return the ids that the cases tamper with."""
    shop = await world(house, Template.STANDARD, code="A")
    member = await shop.enrol(name="Li Lei", phone="13800138000", identities=[("shop", "li")])
    second = await shop.enrol(referred_by=MemberRef(id=member))
    facts = {"store": "S1", "channel": "POS", "attributes": [("gift", "yes"), ("a", "1")]}
    lines = [LineRequest("1", "CD", 1, Decimal("600.00"), attributes=[("gift", "yes")])]
    first_order = (await shop.buy(member, lines=lines, **facts)).order_id
    await shop.buy(member, "500.00", shipping=Decimal(5))
    await shop.give(member, "50")
    await shop.give(member, "-700")
    with pytest.raises(InsufficientBalance):
        await shop.give(member, "-7000")
    await shop.buy(second, "29.99")
    guest_order = (await shop.buy(None, "10.00")).order_id
    unused = await _campaign(shop, "MONDAY", "PAUSED", {"weekday": {"days": ["TUESDAY"]}})
    await _set(shop, days=200)
    await members.amend(house, shop.actor, MemberRef(id=member), {"name": "Han Meimei"}, key=new_key())
    grown_order = (await shop.buy(member, "4000.00")).order_id
    await _set(shop, days=400)
    await shop.buy(member, "30.00")
    ids = await _others(shop)

    other = await world(house, Template.STANDARD, code="B", currency="EUR")
    await _campaign(other, "LARGE", "RUNNING", LARGE)
    await _pending(other, 7)
    foreign = await other.enrol(phone="13900139000")
    large_order = (await other.buy(foreign, "1200.00")).order_id
    await _set(other, days=10)
    await other.give(foreign, "20")
    await other.buy(foreign, "8.00")

    await _seal(house, shop, other)

    points = await models.Asset.get(program_id=shop.program.id, code="POINTS")
    account = await models.Account.get(member_id=member, asset_id=points.id)
    entries = await models.Entry.filter(account_id=account.id).order_by("seq")
    lots = await models.Lot.filter(account_id=account.id).order_by("id")
    tier_account = await models.Account.get(member_id=member, asset_id__not=points.id)
    events = await models.Event.filter(member_id=member).order_by("position")
    raised = [event for event in events if event.kind == "TIER_CHANGED"]
    moves = await models.LotMove.filter(lot_id=lots[0].id)
    standing = await models.Standing.get(member_id=member)
    tiers = await models.Tier.filter(program_id=shop.program.id).order_by("rank")
    effect = await models.OrderEffect.get(order_id=first_order, asset_id=points.id)
    growth = await models.OrderEffect.get(order_id=grown_order, kind="MULTIPLY_EARN")
    large = await models.OrderEffect.get(order_id=large_order, kind="MULTIPLY_EARN")
    number = (await models.Member.get(id=member)).number
    used = await models.Idempotency.filter(program_id=shop.program.id)
    key = next(row for row in used if (row.outcome or {}).get("order") == str(first_order))
    assert (len(entries), len(lots), len(moves), len(raised)) == (8, 7, 1, 2)
    last = entries[-1]
    end = await _end_of_block(shop, 2)
    outcome = {"order": str(first_order), "member": str(member), "entries": [[str(account.id), 1]]}
    return ids | {
        "program": shop.program.id,
        "other": other.program.id,
        "member": member,
        "second": second,
        "foreign": foreign,
        "nobody": UUID(int=7),
        "identity": (await models.Identity.get(member_id=member, source="shop")).id,
        "points": points.id,
        "value": (await models.Asset.get(program_id=shop.program.id, code="VALUE")).id,
        "foreign_asset": (await models.Asset.get(program_id=other.program.id, code="POINTS")).id,
        "account": account.id,
        "newest": account.seq,
        "tier_account": tier_account.id,
        "second_account": (await models.Account.get(member_id=second, asset_id=points.id)).id,
        "order": first_order,
        "second_order": entries[1].order_id,
        "last_order": last.order_id,
        "ordinal": effect.ordinal,
        "guest_order": guest_order,
        "grown_order": grown_order,
        "growth": growth.ordinal,
        "large_order": large_order,
        "large": large.ordinal,
        "version": effect.campaign_version_id,
        "campaign": effect.campaign_id,
        "unused_campaign": unused.id,
        "unused_version": (await models.CampaignVersion.get(campaign_id=unused.id)).id,
        "number_with_a_wrong_digit": number[:-1] + str((int(number[-1]) + 1) % 10),
        "number_changed_over": _changed_over(number),
        "foreign_campaign": (await models.Campaign.filter(program_id=other.program.id))[0].id,
        "transfer": entries[0].transfer_id,
        "second_transfer": entries[1].transfer_id,
        "gift": entries[2].transfer_id,
        "newest_transfer": last.transfer_id,
        "foreign_transfer": (await models.Transfer.filter(program_id=other.program.id))[0].id,
        "lot": lots[0].id,
        "gift_lot": lots[2].id,
        "tier_lot": (await models.Lot.filter(account_id=tier_account.id).order_by("-id"))[0].id,
        "move_transfer": moves[0].transfer_id,
        "position": entries[1].position,
        "committed": entries[0].position - 1,
        "committed_after": entries[0].position,
        "last_position": events[-1].position,
        "after_last": events[-1].position + 1,
        "raised_again": raised[1].position,
        "standing": standing.id,
        "second_standing": (await models.Standing.get(member_id=second)).id,
        "diamond": tiers[-1].id,
        "foreign_tier": (await models.Tier.filter(program_id=other.program.id))[0].id,
        "scope": key.scope,
        "key": key.key,
        "end_of_block_2": end.id,
        "order_of_end": end.order_id,
        "member_of_end": end.member_id,
        "near": await _sum_of_places(entries[0], entries[1]),
        "far": await _sum_of_places(entries[0], last),
        "outcome_other_order": json.dumps({"order": str(last.order_id), "member": str(second)}),
        "outcome_foreign": json.dumps({"member": str(foreign)}),
        "outcome_no_entry": json.dumps(outcome | {"entries": [[str(account.id), 99]]}),
    }


async def _end_of_block(shop: World, number: int) -> models.Transfer:
    block = await models.Seal.get(program_id=shop.program.id, number=number)
    return await models.Transfer.get(id=block.last_id)


async def _sum_of_places(*entries: models.Entry) -> int:
    rows = models.Transfer.filter(id__in=[entry.transfer_id for entry in entries])
    return sum(await rows.values_list("commit_order", flat=True))


def _changed_over(number: str) -> str:
    """Return the number with two neighbouring digits in each other's place; Luhn does not tell 09 from 90."""
    for place in range(1, len(number) - 1):
        pair = number[place : place + 2]
        if pair[0] != pair[1] and set(pair) != {"0", "9"}:
            return number[:place] + pair[::-1] + number[place + 2 :]
    raise AssertionError(f"no such neighbours in {number}")


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Engine]:
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        async with engine(database) as house:
            yield house


async def _built(database: Database) -> dict[str, Any]:
    async with opened(database) as house:
        return await build(house)


@dataclass
class Town:
    """A database with the town in it, and a way past everything that guards its rows."""

    database: Database
    ids: dict[str, Any]

    async def tamper(self, *statements: str) -> None:
        script = [statement.format_map(self.ids) for statement in statements]
        if self.database.dialect is Dialect.POSTGRES:
            await _tamper_postgres(self.database, script)
        else:
            await asyncio.to_thread(_tamper_sqlite, self.database.path, script)

    async def verify(self, **options: Any) -> Report:
        return await verify(self.database, **options)


async def _tamper_postgres(database: Database, script: list[str]) -> None:
    connection = await asyncpg.connect(database.dsn)
    try:
        await connection.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {'; '.join(script)}; COMMIT")
    finally:
        await connection.close()


def _tamper_sqlite(path: Path, script: list[str]) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement in script:
            connection.execute(statement)
    finally:
        connection.close()


@pytest.fixture(scope="session")
def sqlite_town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    path = tmp_path_factory.mktemp("town") / "huiyuan.db"
    shutil.copyfile(sqlite_template, path)
    return path, asyncio.run(_built(Database.parse(f"sqlite://{path}?synchronous=OFF")))


SAVE = """
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT conrelid::regclass AS place, conname FROM pg_constraint
        WHERE contype = 'c' AND connamespace = 'public'::regnamespace AND conrelid <> 0 LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.place, one.conname);
    END LOOP;
    CREATE SCHEMA saved;
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE TABLE saved.%1$I AS TABLE public.%1$I', one.tablename);
    END LOOP;
END $$
"""
RESTORE = """
SET session_replication_role = replica;
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'saved' LOOP
        EXECUTE format('DELETE FROM public.%1$I; INSERT INTO public.%1$I TABLE saved.%1$I', one.tablename);
    END LOOP;
END $$
"""


async def _execute(database: Database, script: str) -> None:
    connection = await asyncpg.connect(database.dsn)
    try:
        await connection.execute(script)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def postgres_town(postgres_url: str) -> Iterator[tuple[Database, dict[str, Any]]]:
    """A database of its own: its rows are put back before each test, and it has no CHECKs that stop a forger."""
    with scratch(postgres_url, "town") as url:
        database = Database.parse(url)
        asyncio.run(migrate(database))
        ids = asyncio.run(_built(database))
        asyncio.run(_execute(database, SAVE))
        yield database, ids


@pytest.fixture(params=[Dialect.SQLITE, Dialect.POSTGRES])
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Town:
    if request.param is Dialect.SQLITE:
        built, ids = request.getfixturevalue("sqlite_town")
        path = tmp_path / "huiyuan.db"
        shutil.copyfile(built, path)
        return Town(Database.parse(f"sqlite://{path}?synchronous=OFF"), ids)
    database, ids = request.getfixturevalue("postgres_town")
    asyncio.run(_execute(database, RESTORE))
    return Town(database, ids)


# ── what is healthy ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_ledger_made_by_real_use_is_clean(town: Town) -> None:
    report = await town.verify()
    assert report.findings == []
    assert report.clean
    names = ("transfer.hash", "entry.chain", "lot.moves", "lot_move.transfer", "event.position", "order.lines")
    assert [report.checked[name] for name in names] == [96, 199, 112, 86, 378, 43]


async def test_who_left_and_came_back_is_clean(house: Engine) -> None:
    shop = await world(house)
    facts = {"phone": "+8613800138000", "identities": [("shop", "7")]}
    member = await shop.enrol(**facts)
    await members.amend(house, shop.actor, MemberRef(id=member), {"status": "CLOSED"}, key=new_key())
    await shop.enrol(**facts)
    assert (await verify(house.database)).findings == []


async def test_an_order_may_be_paid_with_the_points_that_its_tier_multiplies(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    member = await shop.enrol()
    await shop.buy(member, "1500.00")
    assert await shop.tier(member) == "SILVER"
    await shop.buy(member, "100.00", spend=[("POINTS", Decimal(500))])
    assert await shop.balance(member) == 1500 - 500 + 95 + 9
    assert (await verify(house.database)).findings == []


async def test_one_program_is_verified_by_itself(town: Town) -> None:
    await town.tamper("UPDATE account SET available = available + 1 WHERE id = '{account}'")
    other = await town.verify(program_id=town.ids["other"])
    assert other.clean
    assert (other.checked["transfer.hash"], other.checked["member.position"]) == (4, 1)
    mine = await town.verify(program_id=town.ids["program"])
    assert {finding.check for finding in mine.findings} == {"account.balance", "account.lots", "asset.trial_balance"}


async def test_a_sound_transfer_is_looked_at_once_and_a_careful_look_says_the_same(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = []
    monkeypatch.setattr(Transfers, "_look_at", lambda _, record, *__: looked_at.append(record["id"]))
    assert (await town.verify()).clean
    assert set(looked_at) == set(map(str, town.ids["two_owners"])), "only what two members share is looked at"
    monkeypatch.undo()
    monkeypatch.setattr(Transfers, "_is_sound", lambda *_: False)
    assert (await town.verify()).clean


async def test_an_empty_database_is_clean(database: Database) -> None:
    report = await verify(database)
    assert report.clean
    assert set(report.checked.values()) == {0}


@pytest.mark.parametrize("page", [1, 2, 5])
async def test_pages_may_end_anywhere(town: Town, page: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PAGE", page)
    assert (await town.verify()).clean


async def test_verification_sees_whole_transactions_while_the_ledger_goes_on(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    enrolled = [await shop.enrol() for _ in range(4)]
    writing = asyncio.create_task(_buy_on(shop, enrolled))
    checked = []
    while not writing.done():
        report = await verify(house.database)
        assert report.findings == []
        checked.append(report.checked["transfer.hash"])
    await writing
    report = await verify(house.database)
    assert (report.findings, report.checked["transfer.hash"]) == ([], 40)
    assert len(set(checked)) > 1, "the ledger grew while it was looked at"


async def _buy_on(shop: World, enrolled: list[UUID]) -> None:
    for index in range(40):
        await shop.buy(enrolled[index % 4], "300.00")
        await asyncio.sleep(0.01)


async def test_progress_is_told_for_every_check_that_takes_long(town: Town) -> None:
    told: list[tuple[str, int, int]] = []
    await town.verify(progress=lambda check, done, total: told.append((check, done, total)))
    assert ("transfer.hash", 96, 96) in told
    for check in CHECKS:
        (first, last) = [row for row in told if row[0] == check.name]
        assert (first[1], last[1]) == (0, last[2])


async def test_what_the_database_says_reaches_the_caller_as_it_is(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "CHECKS", (replace(CHECKS[0], sql="SELECT account_id, seq FROM nowhere"),))
    with pytest.raises((asyncpg.UndefinedTableError, sqlite3.OperationalError), match="nowhere"):
        await town.verify()
    with pytest.raises((asyncpg.InvalidCatalogNameError, sqlite3.OperationalError)):
        await verify(replace(town.database, path=Path("/nowhere/huiyuan.db"), dsn=f"{town.database.dsn}_nowhere"))


# ── what was tampered with ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Case:
    """Statements that break the ledger, the check that must find it, and the row that it must name."""

    name: str
    statements: tuple[str, ...]
    check: str
    key: dict[str, Any]
    alone: bool = False
    """Whether no other check finds it."""


OF_ACCOUNT = {"program_id": "{program}", "member_id": "{member}", "account_id": "{account}"}
ENTRY_2 = OF_ACCOUNT | {"order_id": "{second_order}", "seq": 2}
NEWEST_ENTRY = OF_ACCOUNT | {"order_id": "{last_order}", "seq": "{newest}"}
ACCOUNT = {"program_id": "{program}", "member_id": "{member}", "id": "{account}"}
LOT = {
    "program_id": "{program}",
    "member_id": "{member}",
    "account_id": "{account}",
    "order_id": "{order}",
    "id": "{lot}",
}
ORDER = {"program_id": "{program}", "member_id": "{member}", "id": "{order}"}
EFFECT = {"program_id": "{program}", "member_id": "{member}", "order_id": "{order}", "ordinal": "{ordinal}"}
TRANSFER = {"program_id": "{program}", "member_id": "{member}", "order_id": "{order}", "id": "{transfer}"}
MEMBER = {"program_id": "{program}", "id": "{member}"}
STANDING = {"program_id": "{program}", "member_id": "{member}", "id": "{standing}"}
KEY = {"program_id": "{program}", "scope": "{scope}", "key": "{key}"}
GIFT = {"program_id": "{program}", "member_id": "{member}", "id": "{gift}"}
GUEST_ORDER = {"program_id": "{program}", "id": "{guest_order}"}
LINE_KEY = {"program_id": "{program}", "member_id": "{member}", "order_id": "{order}", "ordinal": 0}
GROWTH = EFFECT | {"order_id": "{grown_order}", "ordinal": "{growth}"}
VERSION = {"program_id": "{program}", "id": "{version}"}
CONDITION = '{{"condition": "weekday", "required": "Monday", "actual": "Monday", "met": true}}'
NOT_APPLIED = '[{{"campaign": "{foreign_campaign}", "reason": "NOTHING_TO_GIVE", "message": "None.", "remedy": null}}]'
ENTRY = "account_id = '{account}' AND seq = 2"
EVENT = "member_id = '{member}' AND position"
LINE = "order_id = '{order}' AND ordinal = 0"
OF_EFFECT = "order_id = '{order}' AND ordinal = {ordinal}"
OF_LARGE = "order_id = '{large_order}' AND ordinal = {large}"
OF_GROWTH = "order_id = '{grown_order}' AND ordinal = {growth}"
ADD_ACCOUNT = (
    "INSERT INTO account (id, program_id, member_id, asset_id, available, pending, held, floor, seq, next_due_at) "
    "SELECT '{nobody}', program_id, member_id, '{value}', 0, 0, 0, 0, 0, next_due_at FROM account "
    "WHERE id = '{account}'"
)
HOLD = {
    "program_id": "{program}",
    "member_id": "{keeper}",
    "account_id": "{keeper_account}",
    "order_id": "{held_order}",
    "id": "{hold}",
}
RETURNED = {"program_id": "{program}", "member_id": "{keeper}", "id": "{returned_order}"}
PART = RETURNED | {"member_id": "{part_taker}", "id": "{part_order}"}
PART_LINE = "order_id = '{part_order}' AND ordinal = 1"
PART_EARNED = "order_id = '{part_order}' AND effect = {part_effect} AND kind = 'EARN'"
PART_HOLD = {
    "program_id": "{program}",
    "member_id": "{part_taker}",
    "account_id": "{part_account}",
    "order_id": "{part_order}",
}
OF_KEY = "program_id = '{program}' AND scope = '{scope}' AND key = '{key}'"


BLOCK_2 = "program_id = '{program}' AND number = 2"
SEAL = {"program_id": "{program}", "number": 2}
HASH_OF_BLOCK_1 = "(SELECT hash FROM seal WHERE program_id = '{program}' AND number = 1)"


def _explanation(
    *,
    text: str = "600 POINTS for 600.00 CNY paid.",
    version: str = "BASE v1",
    conditions: str = "",
    arithmetic: str = '"600.00 rounded down per order = 600"',
) -> str:
    """Return an explanation of the first order's points, as JSON in a format string."""
    return (
        f'{{{{"text": "{text}", "ruleVersion": "{version}", "conditions": [{conditions}], '
        f'"arithmetic": [{arithmetic}]}}}}'
    )


def _large(*flags: bool) -> str:
    """Return an explanation of what LARGE gave, its conditions met as the flags say."""
    names = ("minimumSpend", "not weekday", "not tier", "tier", "minimumSpend")
    conditions = ", ".join(
        f'{{{{"condition": "{name}", "required": "a", "actual": "b", "met": {str(met).lower()}}}}}'
        for name, met in zip(names, flags, strict=False)
    )
    return _explanation(
        text="600 POINTS more: ×1.5 points.",
        version="LARGE v1",
        conditions=conditions,
        arithmetic='"1800 − 1200 = 600"',
    )


def event(position: str, **more: str) -> dict[str, Any]:
    return {"program_id": "{program}", "member_id": "{member}", **more, "position": position}


CASES = [
    # entries and accounts
    Case(
        "an entry's amount is changed",
        (f"UPDATE entry SET change_available = change_available + 1 WHERE {ENTRY}",),
        "entry.chain",
        ENTRY_2,
    ),
    Case(
        "an entry is deleted",
        (f"DELETE FROM entry WHERE {ENTRY}",),
        "entry.chain",
        OF_ACCOUNT | {"seq": 3},
    ),
    Case(
        "two entries change places",
        (
            "UPDATE entry SET seq = 1000 WHERE account_id = '{account}' AND seq = 2",
            "UPDATE entry SET seq = 2 WHERE account_id = '{account}' AND seq = 3",
            "UPDATE entry SET seq = 3 WHERE account_id = '{account}' AND seq = 1000",
        ),
        "entry.chain",
        OF_ACCOUNT | {"seq": 2},
    ),
    Case(
        "the newest entry is deleted",
        ("DELETE FROM entry WHERE account_id = '{account}' AND seq = {newest}",),
        "account.balance",
        ACCOUNT,
    ),
    Case(
        "an account's balance is forged",
        ("UPDATE account SET available = available + 1 WHERE id = '{account}'",),
        "account.balance",
        ACCOUNT,
    ),
    Case(
        "an account without entries is given value",
        (
            ADD_ACCOUNT,
            "UPDATE account SET available = 5 WHERE id = '{nobody}'",
        ),
        "account.balance",
        ACCOUNT | {"id": "{nobody}"},
    ),
    Case(
        "value comes out of nothing",
        ("UPDATE account SET available = available + 1 WHERE id = '{account}'",),
        "asset.trial_balance",
        {"program_id": "{program}", "id": "{points}"},
    ),
    Case(
        "an entry loses its contra account",
        (f"UPDATE entry SET contra = NULL WHERE {ENTRY}",),
        "entry.contra",
        ENTRY_2,
    ),
    Case(
        "an entry is another member's",
        (f"UPDATE entry SET member_id = '{{second}}' WHERE {ENTRY}",),
        "entry.account",
        ENTRY_2 | {"member_id": "{second}"},
    ),
    Case(
        "an account's number is set back",
        ("UPDATE account SET seq = seq - 1 WHERE id = '{account}'",),
        "entry.account",
        NEWEST_ENTRY,
    ),
    Case(
        "an entry names another program's campaign",
        (f"UPDATE entry SET campaign_id = '{{foreign_campaign}}' WHERE {ENTRY}",),
        "entry.campaign",
        ENTRY_2,
    ),
    Case(
        "an account is a member's of another program",
        ("UPDATE account SET member_id = '{foreign}' WHERE id = '{account}'",),
        "account.owner",
        ACCOUNT | {"member_id": "{foreign}"},
    ),
    Case(
        "an account counts another program's asset",
        ("UPDATE account SET asset_id = '{foreign_asset}' WHERE id = '{account}'",),
        "account.owner",
        ACCOUNT,
    ),
    Case(
        "next_due_at is pushed later",
        ("UPDATE account SET next_due_at = '9998-01-01 00:00:00+00:00' WHERE id = '{tier_account}'",),
        "account.due",
        ACCOUNT | {"id": "{tier_account}"},
        alone=True,
    ),
    # lots
    Case(
        "value drifts from lot to lot",
        (
            "UPDATE lot SET remaining = remaining + 1 WHERE id = '{lot}'",
            "UPDATE lot SET remaining = remaining - 1 WHERE id = '{gift_lot}'",
        ),
        "lot.moves",
        LOT,
    ),
    Case(
        "a lot move is deleted",
        ("DELETE FROM lot_move WHERE lot_id = '{lot}'",),
        "lot.moves",
        LOT,
    ),
    Case(
        "a lot is locked again",
        (
            "UPDATE lot SET locked_until = '9000-01-01 00:00:00+00:00' WHERE id = '{gift_lot}'",
            "UPDATE lot SET due_at = '9000-01-01 00:00:00+00:00' WHERE id = '{gift_lot}'",
        ),
        "account.lots",
        ACCOUNT,
    ),
    Case(
        "a lot's due date hides its expiry",
        ("UPDATE lot SET due_at = '9999-12-31 00:00:00+00:00' WHERE id = '{tier_lot}'",),
        "lot.terms",
        LOT | {"account_id": "{tier_account}", "order_id": "{last_order}", "id": "{tier_lot}"},
        alone=True,
    ),
    Case(
        "a lot is moved to another account",
        ("UPDATE lot SET account_id = '{second_account}' WHERE id = '{lot}'",),
        "lot.account",
        LOT | {"account_id": "{second_account}"},
    ),
    Case(
        "a lot comes from another transfer",
        ("UPDATE lot SET transfer_id = '{second_transfer}' WHERE id = '{lot}'",),
        "lot.transfer",
        LOT,
    ),
    Case(
        "a lot comes from no transfer",
        ("UPDATE lot SET transfer_id = '{nobody}' WHERE id = '{lot}'",),
        "lot.transfer",
        LOT,
    ),
    Case(
        "a lot move was made by no transfer",
        ("UPDATE lot_move SET transfer_id = '{nobody}' WHERE lot_id = '{lot}'",),
        "lot_move.transfer",
        {"program_id": "{program}", "lot_id": "{lot}", "transfer_id": "{nobody}"},
    ),
    Case(
        "a lot move is of another program",
        ("UPDATE lot_move SET program_id = '{other}' WHERE lot_id = '{lot}'",),
        "lot_move.transfer",
        {"program_id": "{other}", "lot_id": "{lot}", "transfer_id": "{move_transfer}"},
    ),
    # transfers
    Case(
        "a whole history is forged without a gap",
        (
            "UPDATE entry SET change_available = change_available + 5 WHERE account_id = '{account}' AND seq = 1",
            "UPDATE entry SET available = available + 5 WHERE account_id = '{account}'",
            "UPDATE account SET available = available + 5 WHERE id = '{account}'",
            "UPDATE lot SET amount = amount + 5, remaining = remaining + 5 WHERE id = '{lot}'",
            f"UPDATE order_effect SET amount = amount + 5 WHERE {OF_EFFECT}",
        ),
        "transfer.hash",
        TRANSFER,
    ),
    Case(
        "a transfer's reason is changed",
        ("UPDATE transfer SET reason = 'none' WHERE id = '{gift}'",),
        "transfer.hash",
        GIFT,
        alone=True,
    ),
    Case(
        "a transfer's actor is changed",
        ("UPDATE transfer SET actor = 'key:B' WHERE id = '{gift}'",),
        "transfer.hash",
        GIFT,
        alone=True,
    ),
    Case(
        "a lot's terms are changed",
        ("UPDATE lot SET priority = 1 WHERE id = '{gift_lot}'",),
        "transfer.hash",
        GIFT,
        alone=True,
    ),
    Case(
        "a transfer is deleted",
        ("DELETE FROM transfer WHERE id = '{second_transfer}'",),
        "entry.transfer",
        ENTRY_2,
    ),
    Case(
        "the newest transfer is deleted",
        ("DELETE FROM transfer WHERE id = '{newest_transfer}'",),
        "entry.transfer",
        NEWEST_ENTRY,
    ),
    Case(
        "a transfer loses its entry",
        ("DELETE FROM entry WHERE transfer_id = '{gift}'",),
        "transfer.entries",
        GIFT,
    ),
    Case(
        "a gift to oneself is called one between members",
        ("UPDATE transfer SET kind = 'TRANSFER' WHERE id = '{gift}'",),
        "transfer.pair",
        GIFT,
    ),
    Case(
        "a transfer is another order's",
        ("UPDATE transfer SET order_id = '{second_order}' WHERE id = '{transfer}'",),
        "transfer.order",
        TRANSFER | {"order_id": "{second_order}"},
    ),
    Case(
        "a transfer undoes another program's",
        ("UPDATE transfer SET original_id = '{foreign_transfer}' WHERE id = '{gift}'",),
        "transfer.original",
        GIFT,
    ),
    Case(
        "a row holds a word that no program knows",
        ("UPDATE transfer SET kind = 'WHIM' WHERE id = '{gift}'",),
        "row.readable",
        GIFT,
        alone=True,
    ),
    # events and standings
    Case(
        "an event is deleted",
        (f"DELETE FROM event WHERE {EVENT} = {{committed}}",),
        "event.position",
        event("{committed_after}", account_id="{account}", order_id="{order}"),
    ),
    Case(
        "the newest event is deleted",
        (f"DELETE FROM event WHERE {EVENT} = {{last_position}}",),
        "member.position",
        MEMBER,
    ),
    Case(
        "a member skips a position",
        (
            f"UPDATE event SET position = position + 1 WHERE {EVENT} = {{last_position}}",
            "UPDATE entry SET position = position + 1 WHERE member_id = '{member}' AND position = {last_position}",
            "UPDATE member SET position = position + 1 WHERE id = '{member}'",
        ),
        "event.position",
        event("{after_last}", account_id="{account}", order_id="{last_order}"),
    ),
    Case(
        "a member's position is set back",
        ("UPDATE member SET position = position - 1 WHERE id = '{member}'",),
        "event.member",
        event("{last_position}", account_id="{account}", order_id="{last_order}"),
        alone=True,
    ),
    Case(
        "an event is moved to the front of the program's",
        (f"UPDATE event SET commit_order = 0 WHERE {EVENT} = {{last_position}}",),
        "event.commit_order",
        event("{last_position}", account_id="{account}", order_id="{last_order}"),
        alone=True,
    ),
    Case(
        "an event is moved to the end of the program's",
        (f"UPDATE event SET commit_order = commit_order + 1000000 WHERE {EVENT} = 1",),
        "event.commit_order",
        event("2", order_id="{order}"),
        alone=True,
    ),
    Case(
        "an event is another program's",
        (f"UPDATE event SET program_id = '{{other}}' WHERE {EVENT} = 1",),
        "event.member",
        event("1") | {"program_id": "{other}"},
    ),
    Case(
        "an event tells of another entry",
        (f"UPDATE event SET entry_seq = 3 WHERE {EVENT} = {{position}}",),
        "entry.event",
        ENTRY_2,
    ),
    Case(
        "an event tells of a change that never was",
        (f"UPDATE event SET kind = 'BALANCE_CHANGED', account_id = '{{account}}', entry_seq = 99 WHERE {EVENT} = 1",),
        "event.entry",
        event("1", account_id="{account}"),
    ),
    Case(
        "an order's event is made another kind",
        (f"UPDATE event SET kind = 'MEMBER_AMENDED' WHERE {EVENT} = {{committed}}",),
        "order.event",
        ORDER,
    ),
    Case(
        "an order is told of twice",
        (f"UPDATE event SET kind = 'ORDER_COMMITTED', order_id = '{{order}}' WHERE {EVENT} = 1",),
        "order.event",
        ORDER,
    ),
    Case(
        "a rise leads to another program's tier",
        (f"UPDATE event SET to_tier_id = '{{foreign_tier}}' WHERE {EVENT} = {{raised_again}}",),
        "event.tier",
        event("{raised_again}"),
    ),
    Case(
        "a rise starts where the member never was",
        (f"UPDATE event SET from_tier_id = '{{diamond}}' WHERE {EVENT} = {{raised_again}}",),
        "event.tier_chain",
        event("{raised_again}"),
        alone=True,
    ),
    Case(
        "a standing is forged",
        ("UPDATE standing SET tier_id = '{diamond}' WHERE id = '{standing}'",),
        "standing.tier",
        STANDING,
        alone=True,
    ),
    Case(
        "a standing is forged for a member who never rose",
        ("UPDATE standing SET tier_id = '{diamond}' WHERE id = '{second_standing}'",),
        "standing.tier",
        STANDING | {"member_id": "{second}", "id": "{second_standing}"},
        alone=True,
    ),
    Case(
        "a member has their tier since another day",
        ("UPDATE standing SET since = '2026-01-01 00:00:00+00:00' WHERE id = '{standing}'",),
        "standing.tier",
        STANDING,
        alone=True,
    ),
    Case(
        "a member who never rose has their tier since another day",
        ("UPDATE standing SET since = '2026-01-01 00:00:00+00:00' WHERE id = '{second_standing}'",),
        "standing.tier",
        STANDING | {"member_id": "{second}", "id": "{second_standing}"},
        alone=True,
    ),
    Case(
        "a standing ends",
        ("UPDATE standing SET until = '2030-01-01 00:00:00+00:00' WHERE id = '{standing}'",),
        "standing.tier",
        STANDING,
        alone=True,
    ),
    *(
        Case(
            f"a member's {column} is changed",
            (f"UPDATE member SET {column} = '2025-01-01 00:00:00+00:00' WHERE id = '{{member}}'",),
            "member.enrolled",
            MEMBER,
            alone=column == "recorded_at",
        )
        for column in ("enrolled_at", "recorded_at")
    ),
    Case(
        "a member's enrolment is told twice",
        (f"UPDATE event SET kind = 'MEMBER_ENROLLED', order_id = NULL WHERE {EVENT} = {{committed}}",),
        "member.enrolled",
        MEMBER,
    ),
    Case(
        "a standing is a member's of another program",
        ("UPDATE standing SET member_id = '{foreign}', ladder_id = '{nobody}' WHERE id = '{second_standing}'",),
        "standing.owner",
        STANDING | {"member_id": "{foreign}", "id": "{second_standing}"},
    ),
    Case(
        "a phone number is claimed by nobody",
        ("DELETE FROM identity WHERE member_id = '{member}' AND source = '#phone'",),
        "member.phone",
        MEMBER,
        alone=True,
    ),
    Case(
        "a phone number is claimed for a member who has another",
        ("UPDATE identity SET source = '#phone' WHERE member_id = '{member}' AND source = 'shop'",),
        "member.phone",
        MEMBER,
        alone=True,
    ),
    Case(
        "a phone number's identity is another member's",
        ("UPDATE identity SET member_id = '{second}' WHERE member_id = '{member}' AND source = '#phone'",),
        "member.phone",
        MEMBER,
        alone=True,
    ),
    Case(
        "a member's phone number is another",
        ("UPDATE member SET phone = '+8613700137000' WHERE id = '{member}'",),
        "member.phone",
        MEMBER,
        alone=True,
    ),
    *(
        Case(
            f"a member's number {name}",
            (f"UPDATE member SET number = {number} WHERE id = '{{member}}'",),
            "member.number",
            MEMBER,
            alone=True,
        )
        for name, number in (
            ("has another last digit", "'{number_with_a_wrong_digit}'"),
            ("has two digits changed over", "'{number_changed_over}'"),
            ("has letters", "'12345678901X'"),
            ("is too short", "'18'"),
            ("is too long", "'0' || number"),
            ("begins with 0", "'018000000000'"),
            ("is empty", "''"),
        )
    ),
    Case(
        "a member was referred by another program's",
        ("UPDATE member SET referred_by_id = '{foreign}' WHERE id = '{second}'",),
        "member.program",
        MEMBER | {"id": "{second}"},
        alone=True,
    ),
    Case(
        "an identity leads to another program's member",
        ("UPDATE identity SET member_id = '{foreign}' WHERE member_id = '{member}' AND source = 'shop'",),
        "identity.member",
        {"program_id": "{program}", "member_id": "{foreign}", "id": "{identity}"},
        alone=True,
    ),
    # orders
    Case(
        "an order's total is changed",
        ("UPDATE orders SET subtotal = subtotal + 1, payable = payable + 1 WHERE id = '{order}'",),
        "order.lines",
        ORDER,
    ),
    Case(
        "an order line is deleted",
        (f"DELETE FROM order_line WHERE {LINE}",),
        "order.lines",
        ORDER,
    ),
    Case(
        "an order's total is not its parts",
        ("UPDATE orders SET discount_total = discount_total + 1 WHERE id = '{order}'",),
        "order.payable",
        ORDER,
    ),
    Case(
        "a line's price is not its parts",
        (f"UPDATE order_line SET discount = discount + 1 WHERE {LINE}",),
        "order_line.payable",
        {"program_id": "{program}", "member_id": "{member}", "order_id": "{order}", "ordinal": 0},
    ),
    Case(
        "an order is a member's of another program",
        ("UPDATE orders SET member_id = '{foreign}' WHERE id = '{order}'",),
        "order.member",
        ORDER | {"member_id": "{foreign}"},
    ),
    Case(
        "an order loses its transfer",
        ("UPDATE orders SET transfer_id = '{nobody}' WHERE id = '{order}'",),
        "order.transfer",
        ORDER,
    ),
    Case(
        "an effect's amount is changed",
        (f"UPDATE order_effect SET amount = amount + 1 WHERE {OF_EFFECT}",),
        "effect.entry",
        EFFECT,
    ),
    Case(
        "an effect is deleted",
        (f"DELETE FROM order_effect WHERE {OF_EFFECT}",),
        "effect.entry",
        EFFECT,
    ),
    Case(
        "an effect is put down to no version",
        (f"UPDATE order_effect SET campaign_version_id = '{{nobody}}' WHERE {OF_EFFECT}",),
        "effect.version",
        EFFECT,
        alone=True,
    ),
    Case(
        "an order and its line are made dearer, every sum still right",
        (
            "UPDATE orders SET subtotal = subtotal + 1000000, payable = payable + 1000000 WHERE id = '{order}'",
            f"UPDATE order_line SET unit_price = unit_price + 1000000, payable = payable + 1000000 WHERE {LINE}",
        ),
        "order.content",
        ORDER,
    ),
    Case(
        "a guest's order is made dearer, every sum still right",
        (
            "UPDATE orders SET subtotal = subtotal + 1000000, payable = payable + 1000000 WHERE id = '{guest_order}'",
            (
                "UPDATE order_line SET unit_price = unit_price + 1000000, payable = payable + 1000000 "
                "WHERE order_id = '{guest_order}'"
            ),
        ),
        "order.content",
        GUEST_ORDER,
        alone=True,
    ),
    Case(
        "shipping becomes a price",
        (
            "UPDATE orders SET shipping = 0, subtotal = subtotal + shipping WHERE id = '{second_order}'",
            (
                "UPDATE order_line SET unit_price = unit_price + 500, payable = payable + 500 "
                "WHERE order_id = '{second_order}' AND ordinal = 0"
            ),
        ),
        "order.content",
        ORDER | {"id": "{second_order}"},
        alone=True,
    ),
    *(
        Case(
            f"an order's {column} is changed",
            (f"UPDATE orders SET {column} = {value} WHERE id = '{{order}}'",),
            "order.content",
            ORDER,
            alone=True,
        )
        for column, value in (
            ("source", "'till'"),
            ("external_id", "'another'"),
            ("store", "'S9'"),
            ("channel", "NULL"),
            ("attributes", "'{{}}'"),
            ("attributes", '\'{{"cds": "1"}}\''),
            ("attributes", "'[]'"),
        )
    ),
    *(
        Case(
            f"a line's {column} is changed",
            (f"UPDATE order_line SET {column} = {value} WHERE {LINE}",),
            "order.content",
            ORDER,
            alone=True,
        )
        for column, value in (
            ("ref", "'another'"),
            ("sku", "'LP'"),
            ("name", "'a name'"),
            ("category", "'a category'"),
            ("ordinal", "7"),
            ("attributes", '\'{{"gift": "no"}}\''),
        )
    ),
    Case(
        "a quantity is changed, every sum still right",
        (f"UPDATE order_line SET quantity = 2, unit_price = unit_price / 2 WHERE {LINE}",),
        "order.content",
        ORDER,
        alone=True,
    ),
    Case(
        "an order's hash is replaced",
        (
            (
                "UPDATE orders SET content_hash = (SELECT content_hash FROM orders WHERE id = '{second_order}') "
                "WHERE id = '{order}'"
            ),
        ),
        "order.content",
        ORDER,
        alone=True,
    ),
    Case(
        "a guest's order is moved in time",
        ("UPDATE orders SET occurred_at = '2025-01-01 00:00:00+00:00' WHERE id = '{guest_order}'",),
        "order.content",
        GUEST_ORDER,
        alone=True,
    ),
    Case(
        "a guest's order is said to have been recorded at another time",
        ("UPDATE orders SET recorded_at = '2025-01-01 00:00:00+00:00' WHERE id = '{guest_order}'",),
        "order.content",
        GUEST_ORDER,
        alone=True,
    ),
    Case(
        "an order's currency is changed",
        ("UPDATE orders SET currency = 'EUR' WHERE id = '{order}'",),
        "order.currency",
        ORDER,
        alone=True,
    ),
    Case(
        "an order is said to be paid otherwise",
        ("UPDATE orders SET paid = 100 WHERE id = '{returned_order}'",),
        "order.payment",
        RETURNED,
    ),
    Case(
        "more was to be paid back",
        ("UPDATE order_return SET refund = refund + 1 WHERE id = '{return}'",),
        "order.returned",
        RETURNED,
        alone=True,
    ),
    Case(
        "a return is of an order that is not",
        ("UPDATE order_return SET order_id = '{nobody}' WHERE id = '{return}'",),
        "order_return.order",
        {"program_id": "{program}", "member_id": "{keeper}", "order_id": "{nobody}", "id": "{return}"},
    ),
    Case(
        "what was given back is of an order that is not",
        ("UPDATE entry SET order_id = '{nobody}' WHERE account_id = '{given_account}' AND seq = {given_seq}",),
        "entry.return",
        {
            "program_id": "{program}",
            "member_id": "{keeper}",
            "order_id": "{nobody}",
            "account_id": "{given_account}",
            "seq": "{given_seq}",
        },
    ),
    Case(
        "a hold has less than its account",
        ("UPDATE hold SET amount = amount - 1 WHERE id = '{hold}'",),
        "account.holds",
        {"program_id": "{program}", "member_id": "{keeper}", "id": "{keeper_account}"},
    ),
    Case(
        "a hold was captured and its order is not committed",
        ("UPDATE hold SET captured = amount WHERE id = '{hold}'",),
        "hold.order",
        HOLD,
    ),
    Case(
        "less of a hold was captured and more released",
        ("UPDATE hold SET captured = captured - 1, released = released + 1 WHERE id = '{part_hold}'",),
        "hold.entries",
        PART_HOLD,
        alone=True,
    ),
    Case(
        "a hold that was captured is said to have run out",
        ("UPDATE hold SET captured = 0, released = amount WHERE id = '{part_hold}'",),
        "hold.entries",
        PART_HOLD,
        alone=True,
    ),
    *(
        Case(
            f"of a line {released} pieces are said not to be captured",
            (f"UPDATE order_line SET released_quantity = {released} WHERE {PART_LINE}",),
            "order.captured",
            PART,
            alone=True,
        )
        for released in (0, 1)
    ),
    Case(
        "another piece of a part is said to be captured, and its price to be due",
        (
            "UPDATE order_line SET released_quantity = 0 WHERE order_id = '{part_order}' AND ordinal = 0",
            "UPDATE orders SET released = released - 900 WHERE id = '{part_order}'",
        ),
        "order.captured",
        PART,
        alone=True,
    ),
    *(
        Case(
            f"{name} is said to be due of a part",
            (f"UPDATE orders SET released = released {change} WHERE id = '{{part_order}}'",),
            "order.captured",
            PART,
            alone=True,
        )
        for name, change in (("more", "- 1"), ("less", "+ 1"))
    ),
    Case(
        "less is said to be due of an order that was not held",
        ("UPDATE orders SET released = 1 WHERE id = '{order}'",),
        "order.captured",
        ORDER,
        alone=True,
    ),
    Case(
        "a part of what was captured earned for nothing",
        (f"UPDATE entry SET effect = NULL WHERE {PART_EARNED}",),
        "order.captured",
        PART,
    ),
    Case(
        "nothing of an order was captured",
        ("UPDATE order_line SET released_quantity = quantity WHERE order_id = '{part_order}'",),
        "order.state",
        PART,
        alone=True,
    ),
    Case(
        "a piece of an order that was not held is said not to be captured",
        (f"UPDATE order_line SET released_quantity = 1 WHERE {LINE}",),
        "order.state",
        ORDER,
        alone=True,
    ),
    Case(
        "a piece of an order that is held is said not to be captured",
        ("UPDATE order_line SET released_quantity = 1 WHERE order_id = '{held_order}'",),
        "order.state",
        RETURNED | {"id": "{held_order}"},
        alone=True,
    ),
    Case(
        "all that was captured is said to be back",
        ("UPDATE orders SET state = 'RETURNED' WHERE id = '{part_order}'",),
        "order.state",
        PART,
    ),
    Case(
        "more of a part was to be paid back",
        ("UPDATE order_return SET refund = refund + 1 WHERE order_id = '{part_order}'",),
        "order.returned",
        PART,
        alone=True,
    ),
    Case(
        "an account hides when a hold runs out",
        ("UPDATE account SET next_due_at = '9999-12-31 00:00:00+00:00' WHERE id = '{keeper_account}'",),
        "hold.due",
        HOLD,
        alone=True,
    ),
    Case(
        "a hold was made of more than its lots gave",
        ("UPDATE lot_move SET held = held + 1 WHERE transfer_id = '{hold_transfer}'",),
        "hold.lots",
        HOLD,
    ),
    Case(
        "an order is said to be returned",
        ("UPDATE orders SET state = 'RETURNED' WHERE id = '{order}'",),
        "order.state",
        ORDER,
    ),
    Case(
        "a guest's order is said to be cancelled",
        ("UPDATE orders SET state = 'CANCELLED' WHERE id = '{guest_order}'",),
        "order.state",
        GUEST_ORDER,
        alone=True,
    ),
    Case(
        "a piece of a line is said to be returned",
        (f"UPDATE order_line SET returned_quantity = 1 WHERE {LINE}",),
        "order.state",
        ORDER,
        alone=True,
    ),
    Case(
        "what did nothing for an order is another program's campaign",
        (f"UPDATE orders SET not_applied = '{NOT_APPLIED}' WHERE id = '{{order}}'",),
        "order.not_applied",
        ORDER,
        alone=True,
    ),
    Case(
        "what did nothing for an order is no list",
        ("UPDATE orders SET not_applied = '{{}}' WHERE id = '{order}'",),
        "order.not_applied",
        ORDER,
        alone=True,
    ),
    Case(
        "a line is of another program than its order",
        (f"UPDATE order_line SET program_id = '{{other}}' WHERE {LINE}",),
        "order_line.order",
        LINE_KEY | {"program_id": "{other}"},
    ),
    Case(
        "a line is of no order",
        ("UPDATE order_line SET order_id = '{nobody}' WHERE order_id = '{order}'",),
        "order_line.order",
        {"program_id": "{program}", "order_id": "{nobody}", "ordinal": 0},
    ),
    Case(
        "an effect is of no order",
        (f"UPDATE order_effect SET order_id = '{{nobody}}' WHERE {OF_EFFECT}",),
        "effect.order",
        {"program_id": "{program}", "order_id": "{nobody}", "ordinal": "{ordinal}"},
    ),
    # reasons
    *(
        Case(
            f"an effect's facts are {name}",
            (f"UPDATE order_effect SET facts = '{facts}' WHERE {OF_EFFECT}",),
            "effect.facts",
            EFFECT,
            alone=True,
        )
        for name, facts in (
            ("emptied", "{{}}"),
            ("no object", "[]"),
            ("of another basis", '{{"basis": 70000, "points": 1, "per": 100, "rounding": "DOWN"}}'),
            ("of another rule", '{{"basis": 60000, "points": 2, "per": 100, "rounding": "DOWN"}}'),
        )
    ),
    Case(
        "a multiplier's factor is another",
        (f'UPDATE order_effect SET facts = \'{{{{"factor": "2.5", "before": 4000}}}}\' WHERE {OF_GROWTH}',),
        "effect.facts",
        GROWTH,
        alone=True,
    ),
    Case(
        "a multiplier is said to start from more",
        (f'UPDATE order_effect SET facts = \'{{{{"factor": "1.1", "before": 4001}}}}\' WHERE {OF_GROWTH}',),
        "effect.facts",
        GROWTH,
    ),
    Case(
        "an effect and its entry give more than the rule, all hashes aside",
        (
            f"UPDATE order_effect SET amount = amount + 1 WHERE {OF_EFFECT}",
            "UPDATE entry SET change_available = change_available + 1 WHERE account_id = '{account}' AND seq = 1",
        ),
        "effect.facts",
        EFFECT,
    ),
    *(
        Case(
            f"an effect's explanation {name}",
            (f"UPDATE order_effect SET explanation = '{explanation}' WHERE {OF_EFFECT}",),
            "effect.explanation",
            EFFECT,
            alone=True,
        )
        for name, explanation in (
            ("is emptied", "{{}}"),
            ("is no object", "null"),
            ("has no words", _explanation(text="")),
            ("names another amount", _explanation(text="6000 POINTS for 600.00 CNY paid.")),
            ("names another version", _explanation(version="BASE v2")),
            ("has no arithmetic", _explanation(arithmetic="")),
            ("comes to another amount", _explanation(arithmetic='"600.00 = 601"')),
            ("has a condition that the rule has not", _explanation(conditions=CONDITION)),
            ("has a condition that is none", _explanation(conditions='"weekday"')),
        )
    ),
    *(
        Case(
            f"an explanation's conditions {name}",
            (f"UPDATE order_effect SET explanation = '{_large(*flags)}' WHERE {OF_LARGE}",),
            "effect.explanation",
            {"program_id": "{other}", "member_id": "{foreign}", "order_id": "{large_order}", "ordinal": "{large}"},
            alone=True,
        )
        for name, flags in (
            ("are fewer", (True, True, True, False)),
            ("do not hold: one of all", (False, True, True, False, True)),
            ("do not hold: none of any", (True, True, True, False, False)),
            ("do not hold: one that must not", (True, False, True, False, True)),
        )
    ),
    Case(
        "a version's rules are changed",
        (
            (
                "UPDATE campaign_version SET effects = "
                '\'[{{"earn": {{"asset": "POINTS", "points": "9", "per": "1", "rounding": "DOWN"}}}}]\' '
                "WHERE id = '{version}'"
            ),
        ),
        "campaign_version.hash",
        VERSION,
    ),
    *(
        Case(
            f"a version's {column} is changed",
            (f"UPDATE campaign_version SET {column} = {value} WHERE id = '{{unused_version}}'",),
            "campaign_version.hash",
            VERSION | {"id": "{unused_version}"},
            alone=True,
        )
        for column, value in (
            ("conditions", "NULL"),
            ("conditions", '\'{{"weekday": {{"days": ["MONDAY"]}}}}\''),
            ("priority", "1"),
            ("starts_at", "'1950-01-01 00:00:00+00:00'"),
            ("ends_at", "'2950-01-01 00:00:00+00:00'"),
            ("recorded_at", "'2950-01-01 00:00:00+00:00'"),
        )
    ),
    Case(
        "a version's rules cannot be read",
        ("UPDATE campaign_version SET effects = '[{{}}]' WHERE id = '{unused_version}'",),
        "row.readable",
        VERSION | {"id": "{unused_version}"},
        alone=True,
    ),
    Case(
        "an asset has fewer places than its rules",
        ("UPDATE asset SET scale = -1 WHERE id = '{points}'",),
        "row.readable",
        VERSION,
    ),
    Case(
        "a version is deleted",
        ("DELETE FROM campaign_version WHERE id = '{unused_version}'",),
        "campaign.versions",
        {"program_id": "{program}", "id": "{unused_campaign}"},
        alone=True,
    ),
    Case(
        "a version is renumbered",
        ("UPDATE campaign_version SET number = 2 WHERE id = '{version}'",),
        "campaign.versions",
        {"program_id": "{program}", "id": "{campaign}"},
    ),
    # seals
    Case(
        "a sealed transfer's hash is made anew",
        (f"UPDATE transfer SET hash = {HASH_OF_BLOCK_1} WHERE id = '{{gift}}'",),
        "seal.transfer",
        GIFT,
    ),
    Case(
        "a sealed transfer is deleted",
        ("DELETE FROM transfer WHERE id = '{gift}'",),
        "seal.transfer",
        {"id": "{gift}"},
    ),
    Case(
        "the last sealed transfer is deleted",
        ("DELETE FROM transfer WHERE id = '{newest_transfer}'",),
        "seal.transfer",
        {"id": "{newest_transfer}"},
    ),
    Case(
        "a transfer is put into the sealed past",
        (
            (
                "INSERT INTO transfer (id, program_id, member_id, kind, actor, occurred_at, recorded_at, hash, "
                "commit_order) SELECT '{nobody}', program_id, member_id, kind, actor, occurred_at, recorded_at, hash, "
                "commit_order FROM transfer WHERE id = '{gift}'"
            ),
        ),
        "seal.transfer",
        GIFT | {"id": "{nobody}"},
    ),
    Case(
        "two transfers of different blocks change places",
        (("UPDATE transfer SET commit_order = {far} - commit_order WHERE id IN ('{transfer}', '{newest_transfer}')"),),
        "seal.transfer",
        TRANSFER,
        alone=True,
    ),
    Case(
        "two transfers of one block change places",
        (("UPDATE transfer SET commit_order = {near} - commit_order WHERE id IN ('{transfer}', '{second_transfer}')"),),
        "seal.hash",
        SEAL | {"number": 1},
        alone=True,
    ),
    *(
        Case(f"a block's {column} is changed", (f"UPDATE seal SET {column} = {value} WHERE {BLOCK_2}",), check, SEAL)
        for column, value, check in (
            ("previous_hash", "hash", "seal.chain"),
            ("hash", "previous_hash", "seal.hash"),
            (
                "contents",
                "(SELECT s.contents FROM seal s WHERE s.number = 1 AND s.program_id = '{program}')",
                "seal.hash",
            ),
            ("transfers", "transfers + 1", "seal.hash"),
            ("last_order", "last_order + 0.5", "seal.hash"),
        )
    ),
    Case(
        "a block is renumbered",
        (f"UPDATE seal SET number = 99 WHERE {BLOCK_2}",),
        "seal.chain",
        SEAL | {"number": 99},
    ),
    Case(
        "a block ends elsewhere",
        (f"UPDATE seal SET last_id = '{{nobody}}' WHERE {BLOCK_2}",),
        "seal.transfer",
        {
            "program_id": "{program}",
            "member_id": "{member_of_end}",
            "order_id": "{order_of_end}",
            "id": "{end_of_block_2}",
        },
    ),
    Case(
        "a block between others is removed",
        (f"DELETE FROM seal WHERE {BLOCK_2}",),
        "seal.chain",
        SEAL | {"number": 3},
    ),
    Case(
        "the first block is removed",
        ("DELETE FROM seal WHERE program_id = '{program}' AND number = 1",),
        "seal.chain",
        SEAL,
    ),
    Case(
        "a block is of another program",
        ("UPDATE seal SET program_id = '{nobody}' WHERE program_id = '{program}' AND number = 1",),
        "seal.chain",
        {"program_id": "{nobody}", "number": 1},
    ),
    # idempotency
    Case(
        "an outcome is nulled",
        (f"UPDATE idempotency SET outcome = NULL WHERE {OF_KEY}",),
        "idempotency.outcome",
        KEY,
        alone=True,
    ),
    Case(
        "an outcome names another member's order",
        (f"UPDATE idempotency SET outcome = '{{outcome_other_order}}' WHERE {OF_KEY}",),
        "idempotency.order",
        KEY,
        alone=True,
    ),
    Case(
        "an outcome names another program's member",
        (f"UPDATE idempotency SET outcome = '{{outcome_foreign}}' WHERE {OF_KEY}",),
        "idempotency.member",
        KEY,
        alone=True,
    ),
    Case(
        "an outcome names an entry that is not",
        (f"UPDATE idempotency SET outcome = '{{outcome_no_entry}}' WHERE {OF_KEY}",),
        "idempotency.entries",
        KEY,
        alone=True,
    ),
    *(
        Case(*facts)
        for facts in (
            *saving.CASES,
            *keeping.CASES,
            *agency.CASES,
            *gifts.CASES,
            *campaign_cases.CASES,
            *taking_cases.CASES,
            *coupon_cases.CASES,
        )
    ),
]


@pytest.mark.parametrize("flags", [(True, True, True, False, True), (True, True, True, True, False)])
async def test_an_explanation_may_say_it_in_its_own_words(town: Town, flags: tuple[bool, ...]) -> None:
    await town.tamper(f"UPDATE order_effect SET explanation = '{_large(*flags)}' WHERE {OF_LARGE}")
    assert (await town.verify()).findings == []


def spelled(key: dict[str, Any], ids: dict[str, Any]) -> dict[str, str]:
    return {name: str(value).format_map(ids) for name, value in key.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_tampering_is_found_and_the_row_named(town: Town, case: Case) -> None:
    await town.tamper(*case.statements)
    report = await town.verify()
    found = [spelled(finding.key, {}) for finding in report.findings if finding.check == case.check]
    assert spelled(case.key, town.ids) in found
    if case.alone:
        assert {finding.check for finding in report.findings} == {case.check}


def test_every_check_has_a_case() -> None:
    checks = {check.name for check in CHECKS} | set(READ) | {"row.readable"}
    assert {case.check for case in CASES} == checks


async def test_the_first_broken_rows_by_key_are_named_whatever_their_order(town: Town) -> None:
    # Moved to the end of its table, the second entry is read after the fifth.
    await town.tamper(
        "UPDATE entry SET available = available + 1 WHERE account_id = '{account}' AND seq = 5",
        "UPDATE entry SET available = available + 1 WHERE account_id = '{account}' AND seq = 2",
    )
    report = await town.verify(findings_max=1)
    finding = next(finding for finding in report.findings if finding.check == "entry.chain")
    assert finding.key["seq"] == 2
    assert finding.message.startswith("After entry 1 with 600 available, 0 pending and 0 held comes entry 2,")
    assert str(finding).startswith("entry.chain: entry (program_id ")


async def test_no_more_than_so_many_rows_are_named_for_each_check(town: Town) -> None:
    await town.tamper("UPDATE entry SET seq = seq + 100", "UPDATE transfer SET reason = 'x'", "DELETE FROM lot_move")
    report = await town.verify(findings_max=2)
    counts = Counter(finding.check for finding in report.findings)
    assert counts["entry.chain"] == counts["transfer.hash"] == counts["lot.moves"] == 2
    assert max(counts.values()) == 2


async def test_values_beyond_every_range_are_found_and_stop_nothing(town: Town) -> None:
    await town.tamper(
        "UPDATE entry SET change_available = 9223372036854775807, change_pending = 9223372036854775807 "
        "WHERE account_id = '{account}' AND seq = 2",
        "UPDATE account SET pending = 4000000000000000000, held = 9223372036854775807 WHERE id = '{account}'",
    )
    report = await town.verify()
    found = {(finding.check, finding.key.get("seq")) for finding in report.findings}
    assert {("entry.chain", 2), ("account.balance", None)} <= found
    assert any(finding.check == "asset.trial_balance" for finding in report.findings)


async def test_large_balances_are_summed_exactly(house: Engine) -> None:
    shop = await world(house)
    for _ in range(4):
        await shop.give(await shop.enrol(), str(AMOUNT_MAX))
    assert (await verify(house.database)).findings == []


async def test_a_stream_that_is_left_early_leaves_the_transaction_usable(postgres_house: Engine) -> None:
    async with sources(postgres_house.database) as (source, _):
        async with stream.Sorted(source, "SELECT pg_sleep(0.3)::text AS id", (), key=0):
            await asyncio.sleep(0.1)  # its first page is being computed
        async with stream.Sorted(source, "SELECT 1 AS id", (), key=0) as whole:
            assert len(await whole.page()) == 1
