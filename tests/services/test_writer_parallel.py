"""Several writers on one PostgreSQL at once: no update is lost, nothing is done twice."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import orjson
import pytest
from tortoise.expressions import F

import models
from domain.commands import Command
from domain.instants import NEVER
from domain.members import PHONE_SOURCE
from domain.refusals import IdentityTaken, PhoneTaken, Refusal
from services.database.config import Database
from services.engine import Engine
from services.programs import BEGINNING
from services.publishing import publish
from services.templates import Template
from services.transaction import transaction
from services.writer import postgres as postgres_module
from services.writer.answers import Outcome
from services.writer.writer import Store
from tests.factories import NOON, world
from tests.services.test_writer_commands import Desk
from tests.services.test_writer_faults import Wrapped
from tests.services.test_writer_health import another, counts, faults, opened

PHONE = "+8613800000001"


@dataclass
class Paused(Wrapped):
    """Stops once before or after a call of this name, tells that it is there, and goes on when told."""

    name: str = ""
    late: bool = False
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def before(self, name: str, session: Any) -> None:  # noqa: ARG002
        if not self.late:
            await self._stop(name)

    async def after(self, name: str, session: Any) -> None:  # noqa: ARG002
        if self.late:
            await self._stop(name)

    async def _stop(self, name: str) -> None:
        if name == self.name and not self.reached.is_set():
            self.reached.set()
            await self.go_on.wait()


@asynccontextmanager
async def paused(house: Engine, name: str, *, late: bool = False) -> AsyncIterator[tuple[Paused, Engine]]:
    """Open a further writer that stops at a call."""
    stores: list[Paused] = []

    def wrap(store: Store) -> Store:
        stores.append(Paused(store, name=name, late=late))
        return stores[0]

    async with another(house.database, wrap=wrap) as second:
        try:
            yield stores[0], second
        finally:
            stores[0].go_on.set()


@asynccontextmanager
async def writers(house: Engine, number: int) -> AsyncIterator[list[tuple[Wrapped, Engine]]]:
    """Open further writers, each with a pool of its own, that count their transactions."""
    stores: list[Wrapped] = []

    def wrap(store: Store) -> Store:
        stores.append(Wrapped(store))
        return stores[-1]

    async with AsyncExitStack() as stack:
        engines = [await stack.enter_async_context(another(house.database, wrap=wrap)) for _ in range(number)]
        yield list(zip(stores, engines, strict=True))


async def answer(posted: Coroutine[Any, Any, Outcome]) -> Outcome | Refusal:
    try:
        return await posted
    except Refusal as refusal:
        return refusal


async def all_answers(engines: Sequence[Engine], commands: Sequence[Command]) -> list[Outcome | Refusal]:
    """Post each command at once, to the writers in turn."""
    posted = [answer(engines[n % len(engines)].writer.post(command)) for n, command in enumerate(commands)]
    return list(await asyncio.gather(*posted))


# ── hot members ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_parallel_commits_for_one_member_lose_nothing(postgres_house: Engine) -> None:
    shop = await world(postgres_house, Template.STANDARD)
    desk, member = await Desk.at(shop), await shop.enrol()
    async with writers(postgres_house, 4) as several:
        commands: list[Command] = [desk.commit(member, 100_00 + n * 1_00) for n in range(20)]
        answers = await all_answers([engine for _, engine in several], commands)
        assert max(store.begun for store, _ in several) <= 2, "who finds a lock puts off, then waits for it"
    outcomes = [row for row in answers if isinstance(row, Outcome)]
    assert [row.replayed for row in outcomes] == [False] * 20
    assert len({row.order_id for row in outcomes}) == 20
    assert await shop.balance(member, "TIER") == sum(100_00 + n * 1_00 for n in range(20)) == 2_190_00
    positions = await models.Event.filter(member_id=member).order_by("position").values_list("position", flat=True)
    row = await models.Member.get(id=member)
    assert list(positions) == list(range(1, row.position + 1))
    seqs = await models.Entry.filter(member_id=member).order_by("seq").values_list("seq", "asset_id")
    for asset_id in {asset_id for _, asset_id in seqs}:
        own = [seq for seq, asset in seqs if asset == asset_id]
        assert own == list(range(1, len(own) + 1))
    assert await shop.tier(member) == "SILVER"
    assert await models.Event.filter(member_id=member, kind="TIER_CHANGED").count() == 1
    assert await faults(postgres_house, shop.program.id) == []


async def test_of_parallel_debits_only_as_many_succeed_as_there_is_to_take(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    desk, member = await Desk.at(shop), await shop.enrol()
    for _ in range(5):
        await shop.give(member, "10")
    async with writers(postgres_house, 4) as several:
        answers = await all_answers([engine for _, engine in several], [desk.adjust(member, -7) for _ in range(12)])
        assert max(store.begun for store, _ in several) <= 2
    assert Counter(type(row).__name__ for row in answers) == {"Outcome": 7, "InsufficientBalance": 5}
    assert await shop.balance(member) == 1
    assert await faults(postgres_house, shop.program.id) == []


def mixed(desk: Desk, members: list[UUID], seed: int, number: int) -> list[Command]:
    """Return commands of every kind over the same few members; some want the same phones, orders and keys."""
    random = Random(seed)  # noqa: S311

    def drawn() -> Command:
        member, n = random.choice(members), random.randint(1, 40)
        kinds: list[Callable[[], Command]] = [
            lambda: desk.commit(member, random.randint(1, 300_00)),
            lambda: desk.commit(members[n % len(members)], 50_00, name=f"shared-{n}", key=f"shared-{n}"),
            lambda: desk.commit(None, 50_00, name=f"guest-{n}"),
            lambda: desk.adjust(member, random.randint(1, 50)),
            lambda: desk.adjust(member, -random.randint(1, 120)),
            lambda: desk.amend(member, phone=f"+8613800000{random.randint(100, 115)}"),
            lambda: desk.enrol(phone=f"+8613800000{random.randint(100, 130)}"),
            lambda: desk.sweep(member),
        ]
        return random.choices(kinds, [6, 3, 2, 4, 4, 2, 2, 1])[0]()

    return [drawn() for _ in range(number)]


async def test_eight_writers_on_twenty_hot_members_answer_everything_and_stay_sound(postgres_house: Engine) -> None:
    shop = await world(postgres_house, Template.STANDARD)
    members = [await shop.enrol() for _ in range(20)]
    desk = await Desk.at(shop)
    async with writers(postgres_house, 8) as several:
        commands = mixed(desk, members, 1, 480)
        answers = await all_answers([engine for _, engine in several], commands)
    done = [row for row in answers if isinstance(row, Outcome)]
    kinds = Counter(type(row).__name__ for row in answers)
    assert set(kinds) <= {"Outcome", "InsufficientBalance", "PhoneTaken"}
    assert kinds["InsufficientBalance"] > 5
    assert kinds["PhoneTaken"] > 5
    # each order once, whichever writer had it, and each answer names it
    named = [command.content.external_id for command in commands if hasattr(command, "content")]
    assert await models.Order.filter(program_id=shop.program.id).count() == len(set(named))
    assert {row.order_id for row in done if row.order_id} == set(
        await models.Order.filter(program_id=shop.program.id).values_list("id", flat=True)
    )
    assert sum(row.replayed for row in done) == len(named) - len(set(named)) > 10
    # each line that was answered is there
    entries = {entry for row in done for entry in row.entries}
    assert await models.Entry.filter(program_id=shop.program.id).count() == len(entries)
    keys = {(command.claim.scope, command.claim.key) for command in commands if command.claim}
    mine = await models.Idempotency.filter(program_id=shop.program.id, scope__startswith=desk.credential).count()
    assert mine == len(keys)
    assert await faults(postgres_house, shop.program.id) == []


async def test_writers_that_lock_the_same_members_in_other_orders_do_not_meet_in_a_deadlock(
    postgres_house: Engine,
) -> None:
    shop = await world(postgres_house)
    members = [await shop.enrol() for _ in range(10)]
    desk = await Desk.at(shop)
    async with writers(postgres_house, 4) as several:
        rounds = []
        for number, (_, engine) in enumerate(several):
            order = members if number % 2 else members[::-1]
            rounds += [engine.writer.post_all([desk.adjust(member, 1) for member in order * 5])]
        answers = await asyncio.gather(*rounds)
        assert {type(row) for rows in answers for row in rows} == {Outcome}
        assert max(store.begun for store, _ in several) <= 2, "no transaction was tried again"
    assert [await shop.balance(member) for member in members] == [20] * 10
    assert await faults(postgres_house, shop.program.id) == []


# ── two at once ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("guest", [True, False])
async def test_the_same_order_from_two_writers_at_once_is_one_order(postgres_house: Engine, guest: bool) -> None:
    shop = await world(postgres_house)
    one, two = await Desk.at(shop), await Desk.at(shop)
    member = None if guest else await shop.enrol()
    async with paused(postgres_house, "COMMIT") as (store, second):
        first = asyncio.create_task(second.writer.post(one.commit(member, 10_00, name="A1")))
        await store.reached.wait()  # written, and not committed yet
        async with paused(postgres_house, "claim") as (other, third):
            again = asyncio.create_task(third.writer.post(two.commit(member, 10_00, name="A1")))
            await other.reached.wait()
            other.go_on.set()
            store.go_on.set()
            outcomes = await asyncio.gather(first, again)
    assert outcomes[0].order_id == outcomes[1].order_id
    assert [row.replayed for row in outcomes] == [False, True]
    assert await models.Order.filter(program_id=shop.program.id).count() == 1
    assert await faults(postgres_house, shop.program.id) == []


async def test_two_orders_of_one_name_for_two_members_at_once_are_one_order_and_a_refusal(
    postgres_house: Engine,
) -> None:
    shop = await world(postgres_house)
    desk, one, two = await Desk.at(shop), await shop.enrol(), await shop.enrol()
    async with paused(postgres_house, "write") as (store, second), paused(postgres_house, "write") as (other, third):
        posted = [
            asyncio.create_task(answer(engine.writer.post(desk.commit(member, 10_00, name="A1"))))
            for engine, member in ((second, one), (third, two))
        ]
        await asyncio.gather(store.reached.wait(), other.reached.wait())  # both have found no such order
        store.go_on.set()
        other.go_on.set()
        answers = await asyncio.gather(*posted)
    assert sorted(type(row).__name__ for row in answers) == ["DuplicateOrder", "Outcome"]
    assert await models.Order.filter(program_id=shop.program.id).count() == 1
    assert sorted([await shop.balance(one), await shop.balance(two)]) == [0, 10]
    assert await faults(postgres_house, shop.program.id) == []


async def test_the_same_key_from_two_writers_is_one_outcome(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    desk, member = await Desk.at(shop), await shop.enrol()
    same, other_content = desk.adjust(member, 10, key="k"), desk.adjust(member, 11, key="k")
    async with paused(postgres_house, "COMMIT") as (store, second):
        first = asyncio.create_task(second.writer.post(same))
        await store.reached.wait()
        async with paused(postgres_house, "claim") as (other, third):
            rest = [asyncio.create_task(answer(third.writer.post(command))) for command in (same, other_content)]
            await other.reached.wait()  # its claim waits for the first one's transaction
            other.go_on.set()
            store.go_on.set()
            outcome, (again, refusal) = await first, await asyncio.gather(*rest)
    assert isinstance(again, Outcome)
    assert (outcome.replayed, again.replayed) == (False, True)
    assert outcome.entries == again.entries
    assert type(refusal).__name__ == "IdempotencyKeyReused"
    assert await shop.balance(member) == 10


async def test_a_key_whose_first_user_rolled_back_is_free(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    desk, member = await Desk.at(shop), await shop.enrol()
    async with paused(postgres_house, "COMMIT") as (store, second):
        broken = desk.amend(member, key="k", status="WRONG")
        first = asyncio.create_task(second.writer.post(desk.adjust(member, 1)))
        await store.reached.wait()
        failing = asyncio.create_task(second.writer.post(broken))
        store.go_on.set()
        await first
        with pytest.raises(Exception, match="member_status_check"):
            await failing
        assert not (await postgres_house.writer.post(desk.amend(member, key="k", name="Li Lei"))).replayed


async def test_an_identity_enrolled_from_two_writers_at_once_is_one_member_s(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    desk = await Desk.at(shop)
    wanted = {"phone": PHONE, "external": (("pos", "1"),)}
    commands = [desk.enrol(external=(("pos", "1"),)), desk.enrol(**wanted), desk.enrol(phone=PHONE)]
    async with paused(postgres_house, "COMMIT") as (store, second):
        first = asyncio.create_task(second.writer.post(commands[0]))
        await store.reached.wait()
        async with paused(postgres_house, "add_identities") as (other, third):
            rest = [asyncio.create_task(answer(third.writer.post(command))) for command in commands[1:]]
            await other.reached.wait()
            other.go_on.set()
            store.go_on.set()
            outcome, (taken, free) = await first, await asyncio.gather(*rest)
    assert outcome.member_id == commands[0].member_id
    assert isinstance(taken, IdentityTaken)
    assert taken.facts == {"source": "pos", "external_id": "1"}
    assert isinstance(free, Outcome), "the refused one gave the phone back"
    rows = await models.Identity.filter(program_id=shop.program.id).values_list("source", "external_id", "member_id")
    assert sorted(rows) == [
        (PHONE_SOURCE, PHONE, commands[2].member_id),
        ("pos", "1", commands[0].member_id),
    ]
    assert await models.Member.filter(program_id=shop.program.id).count() == 2
    assert await faults(postgres_house, shop.program.id) == []


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("name", ["add_identities", "named", "write", "COMMIT"])
async def test_a_phone_given_up_while_another_asks_for_it_is_claimed_or_refused(
    postgres_house: Engine, name: str, late: bool
) -> None:
    shop = await world(postgres_house)
    desk, member = await Desk.at(shop), await shop.enrol(phone=PHONE)
    enrol = desk.enrol(phone=PHONE)
    async with paused(postgres_house, name, late=late) as (store, second):
        asking = asyncio.create_task(answer(second.writer.post(enrol)))
        await store.reached.wait()
        await postgres_house.writer.post(desk.amend(member, phone=None))
        store.go_on.set()
        found = await asking
    owners = await models.Identity.filter(program_id=shop.program.id).values_list("member_id", flat=True)
    if isinstance(found, Outcome):
        assert list(owners) == [enrol.member_id]
    else:
        assert isinstance(found, PhoneTaken)
        assert list(owners) == []
    assert await faults(postgres_house, shop.program.id) == []


async def test_a_change_of_set_up_is_seen_by_the_next_batch_of_every_writer(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    desk, member = await Desk.at(shop), await shop.enrol()
    async with writers(postgres_house, 2) as several:
        for _, engine in several:
            await engine.writer.post(desk.commit(member, 10_00))
        assert await shop.balance(member) == 20
        campaign = await models.Campaign.get(program_id=shop.program.id, code="BASE")
        async with transaction():
            await publish(
                program_id=shop.program.id,
                campaign_id=campaign.id,
                number=2,
                priority=100,
                starts_at=BEGINNING,
                ends_at=NEVER,
                conditions=None,
                effects=[{"earn": {"asset": "POINTS", "points": "3", "per": "1", "rounding": "DOWN"}}],
                recorded_at=NOON,
            )
            await models.Campaign.filter(id=campaign.id).update(published_version=2)
            await models.Program.filter(id=shop.program.id).update(config_version=F("config_version") + 1)
        for _, engine in several:
            await engine.writer.post(desk.commit(member, 10_00))
        assert await shop.balance(member) == 20 + 60
    versions = await models.OrderEffect.filter(program_id=shop.program.id).values_list("campaign_version_id", flat=True)
    assert sorted(Counter(versions).values()) == [2, 2], "each order keeps the version that decided it"


# ── processes ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def shift(url: str, program_id: UUID, members: list[UUID], seed: int) -> list[Any]:
    """Work as one process: post commands from 32 tasks; return for each command its key and its answer's kind."""
    async with opened(Database.parse(url)) as house:
        program = await house.program(program_id)
        desk = Desk(program_id, {asset.code: asset.id for asset in program.assets}, credential=f"key:process{seed}")
        desk_shared = Desk(program_id, desk.assets, credential="key:shared")
        commands = mixed(desk, members, seed, 160) + mixed(desk_shared, members, 99, 40)
        answers = await all_answers([house], commands)
        return [[type(row).__name__, [[str(a), seq] for a, seq in getattr(row, "entries", ())]] for row in answers]


async def test_four_processes_on_the_same_members_stay_sound(postgres_house: Engine, postgres_url: str) -> None:
    shop = await world(postgres_house, Template.STANDARD)
    members = [await shop.enrol() for _ in range(20)]
    before = await counts(postgres_house, shop.program.id)
    job = {"url": postgres_url, "program_id": str(shop.program.id), "members": [str(member) for member in members]}
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.services.test_writer_parallel", stdin=PIPE, stdout=PIPE, stderr=PIPE
        )
        for _ in range(4)
    ]
    outputs = await asyncio.gather(
        *(process.communicate(orjson.dumps(job | {"seed": seed})) for seed, process in enumerate(processes))
    )
    assert [process.returncode for process in processes] == [0] * 4, b"\n".join(error for _, error in outputs).decode()
    answers = [row for output, _ in outputs for row in orjson.loads(output.splitlines()[-1])]
    assert len(answers) == 800
    assert {kind for kind, _ in answers} <= {"Outcome", "InsufficientBalance", "PhoneTaken"}
    # the 40 commands that all four sent under the same keys were done by one of them
    entries = {(account, seq) for _, rows in answers for account, seq in rows}
    after = await counts(postgres_house, shop.program.id)
    assert after["Entry"] - before["Entry"] == len(entries)
    assert await faults(postgres_house, shop.program.id) == []


def main() -> None:
    job = orjson.loads(sys.stdin.buffer.read())
    members = [UUID(member) for member in job["members"]]
    answers = asyncio.run(shift(job["url"], UUID(job["program_id"]), members, job["seed"]))
    sys.stdout.buffer.write(orjson.dumps(answers) + b"\n")


if __name__ == "__main__":
    main()


# ── a row that somebody else holds ───────────────────────────────────────────────────────────────────────────────────


HELD = {
    "member": "SELECT id FROM member WHERE id = $1 FOR UPDATE",
    "account": "SELECT id FROM account WHERE member_id = $1 FOR UPDATE",
    "key": "INSERT INTO idempotency (program_id, scope, key, hash, recorded_at) "
    "SELECT program_id, '{scope}', '1', sha256(''), now() FROM member WHERE id = $1",
}


@pytest.mark.parametrize("what", HELD)
async def test_who_waits_for_somebody_elses_lock_holds_nobody_up(postgres_house: Engine, what: str) -> None:
    shop = await world(postgres_house)
    desk, held, *others = await Desk.at(shop), *[await shop.enrol() for _ in range(4)]
    await shop.give(held, "1")
    async with writers(postgres_house, 1) as several:
        ((_, engine),) = several
        locked, free = asyncio.Event(), asyncio.Event()

        async def hold() -> None:
            with suppress(InterruptedError):
                async with transaction() as connection:
                    await connection.execute_query(HELD[what].format(scope=f"{desk.credential}:adjust"), [held])
                    locked.set()
                    await free.wait()
                    raise InterruptedError

        holder = asyncio.create_task(hold())
        await asyncio.wait([holder, asyncio.create_task(locked.wait())], return_when=asyncio.FIRST_COMPLETED)
        assert not holder.done()
        first = asyncio.create_task(engine.writer.post(desk.adjust(held, 2, key="1")))
        second = asyncio.create_task(engine.writer.post(desk.adjust(held, 3, key="2")))
        for _ in range(3):
            answers = await all_answers([engine], [desk.adjust(member, 5) for member in others])
            assert [type(row).__name__ for row in answers] == ["Outcome"] * 3
        assert not first.done()
        free.set()
        await holder
        assert [row.replayed for row in await asyncio.gather(first, second)] == [False, False]
    entries = await models.Entry.filter(member_id=held).order_by("seq").values_list("change_available", flat=True)
    assert sorted(entries) == [1, 2, 3]
    if what != "key":
        assert list(entries) == [1, 2, 3], "in the order of their arrival"
    assert await shop.balance(others[0]) == 15
    assert await faults(postgres_house, shop.program.id) == []


async def test_a_member_who_stays_locked_is_given_up_with_nothing_done(
    postgres_house: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        postgres_module, "BEGIN", postgres_module.BEGIN.replace("lock_timeout = '2s'", "lock_timeout = '20ms'")
    )
    shop = await world(postgres_house)
    desk, held, other = await Desk.at(shop), await shop.enrol(), await shop.enrol()
    async with writers(postgres_house, 1) as several, transaction() as connection:
        ((_, engine),) = several
        await connection.execute_query("SELECT id FROM member WHERE id = $1 FOR UPDATE", [held])
        commands = [desk.adjust(held, 1, key="1"), desk.adjust(other, 1), desk.adjust(held, 2)]
        answers = await asyncio.gather(*map(engine.writer.post, commands), return_exceptions=True)
        assert [type(row).__name__ for row in answers] == ["Overloaded", "Outcome", "Overloaded"]
    assert await shop.balance(held) == 0
    again = await postgres_house.writer.post(commands[0])
    assert not again.replayed, "the key was given back"
    assert await faults(postgres_house, shop.program.id) == []
