"""How commands travel: one bad one harms no other, order is kept, the queue is bounded, everybody is answered."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tortoise.expressions import F
from uuid_utils.compat import uuid7

import models
from domain.assets import ExpiryPolicy
from domain.commands import Command
from domain.refusals import DuplicateOrder, IdempotencyKeyReused, NotFound, Refusal
from services import programs
from services.database.config import Database, Dialect
from services.engine import Engine
from services.transaction import transaction
from services.writer import writer as writer_module
from services.writer.answers import Outcome
from services.writer.load import DUE_LOTS_MAX
from services.writer.queue import BATCH_MAX
from services.writer.session import Rejected
from services.writer.writer import Overloaded, Store
from tests.factories import NOON, World, world
from tests.services.test_writer_commands import Desk
from tests.services.test_writer_faults import Wrapped, no_backoff
from tests.services.test_writer_health import another, counts, faults, opened, rows_of

__all__ = ["no_backoff"]


@dataclass
class Gated(Wrapped):
    """Counts transactions, and while it is shut keeps each from beginning."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: asyncio.Event = field(default_factory=asyncio.Event)

    async def entered(self) -> None:
        self.waiting.set()
        await self.gate.wait()
        self.waiting.clear()


@asynccontextmanager
async def gated(database: Database) -> AsyncIterator[tuple[Gated, Engine, World, Desk]]:
    """Open a program behind a gate, which stands open."""
    stores: list[Gated] = []

    def wrap(store: Store) -> Store:
        stores.append(Gated(store))
        return stores[0]

    async with opened(database, wrap=wrap) as house:
        stores[0].gate.set()
        shop = await world(house)
        yield stores[0], house, shop, await Desk.at(shop)


async def held(store: Gated, house: Engine, command: Command) -> asyncio.Task[Outcome]:
    """Shut the gate, post a command, and return once its batch waits there."""
    store.gate.clear()
    task = asyncio.ensure_future(house.writer.post(command))
    await store.waiting.wait()
    return task


def kinds(answers: list[Any]) -> list[str]:
    return [type(answer).__name__ for answer in answers]


# ── batches ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_queues_while_a_batch_is_in_flight_is_the_next_batch(database: Database) -> None:
    async with gated(database) as (store, house, shop, desk):
        member = await shop.enrol()
        begun = store.begun
        first = await held(store, house, desk.adjust(member, 1))
        rest = [asyncio.ensure_future(house.writer.post(desk.adjust(member, 1))) for _ in range(300)]
        await asyncio.sleep(0)  # let them queue
        store.gate.set()
        await asyncio.gather(first, *rest)
        assert store.begun - begun == 1 + 2, f"one, then {BATCH_MAX}, then 44"
        assert await shop.balance(member) == 301
        assert await faults(house, shop.program.id) == []


async def test_the_same_key_twice_in_one_batch_is_done_once(database: Database) -> None:
    async with gated(database) as (_, house, shop, desk):
        member = await shop.enrol()
        same = desk.adjust(member, 10, key="k")
        answers = await house.writer.post_all(
            [same, desk.adjust(member, 1), same, desk.adjust(member, 11, key="k"), desk.adjust(member, 2), same]
        )
        assert kinds(answers) == ["Outcome", "Outcome", "Outcome", "IdempotencyKeyReused", "Outcome", "Outcome"]
        outcomes = [answer for answer in answers if isinstance(answer, Outcome)]
        assert [outcome.replayed for outcome in outcomes] == [False, False, True, False, True]
        assert outcomes[0].entries == outcomes[2].entries == outcomes[4].entries
        assert await shop.balance(member) == 13
        assert isinstance(answers[3], IdempotencyKeyReused)


async def test_the_same_order_twice_in_one_batch_is_one_order(database: Database) -> None:
    async with gated(database) as (_, house, shop, desk):
        one, two = await shop.enrol(), await shop.enrol()
        answers = await house.writer.post_all(
            [
                desk.commit(one, 10_00, name="A1"),
                desk.commit(one, 10_00, name="A1"),
                desk.commit(two, 10_00, name="A1"),
                desk.commit(None, 5_00, name="A2"),
                desk.commit(None, 5_00, name="A2"),
                desk.commit(None, 6_00, name="A2"),
            ]
        )
        assert kinds(answers) == ["Outcome", "Outcome", "DuplicateOrder", "Outcome", "Outcome", "DuplicateOrder"]
        assert [a.replayed for a in answers if isinstance(a, Outcome)] == [False, True, False, True]
        assert len({a.order_id for a in answers if isinstance(a, Outcome)}) == 2
        assert isinstance(answers[2], DuplicateOrder)
        assert await models.Order.filter(program_id=shop.program.id).count() == 2
        assert (await shop.balance(one), await shop.balance(two)) == (10, 0)
        assert await faults(house, shop.program.id) == []


async def test_a_member_s_commands_are_done_in_the_order_of_their_arrival(database: Database) -> None:
    async with gated(database) as (_, house, shop, desk):
        one, two = await shop.enrol(), await shop.enrol()
        commands = [
            desk.adjust(one, 5, key="a"),
            desk.adjust(one, 5, key="a"),  # waits for the first
            desk.adjust(one, -5),  # and this one for that
            desk.adjust(two, 7),
            desk.adjust(one, 1),
            desk.adjust(one, -1),
            desk.commit(one, 3_00, name="A1"),
            desk.commit(one, 3_00, name="A1"),
            desk.adjust(one, -3),
        ]
        answers = await house.writer.post_all(commands)
        assert kinds(answers) == ["Outcome"] * 9
        rows = await models.Entry.filter(member_id=one).order_by("seq").values_list("change_available", "available")
        assert list(rows) == [(5, 5), (-5, 0), (1, 1), (-1, 0), (3, 3), (-3, 0)]
        assert await shop.balance(two) == 7


# ── one bad command ──────────────────────────────────────────────────────────────────────────────────────────────────


class Unknown(Command):
    """A command that nothing decides: a bug."""


BAD: list[tuple[str, Callable[[Desk, UUID], Command], type[Exception]]] = [
    ("a status that no member has", lambda desk, member: desk.amend(member, status="WRONG"), Rejected),
    ("a character that no text has", lambda desk, _: replace(desk.enrol(), name="\ud800"), Exception),
    ("a NUL", lambda desk, member: desk.amend(member, name="a\0b"), Exception),
    ("a number beyond the column", lambda desk, member: desk.commit(member, 2**63), Exception),
    (
        "a bug",
        lambda desk, _: Unknown(program_id=desk.program_id, actor="x", claim=desk.enrol().claim),
        TypeError,
    ),
]


@pytest.mark.parametrize("place", [0, 4, 8])
@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad[0])
async def test_a_command_that_the_database_or_a_bug_rejects_fails_alone(
    database: Database, no_backoff: None, bad: tuple[str, Callable[[Desk, UUID], Command], type[Exception]], place: int
) -> None:
    async with gated(database) as (_, house, shop, desk):
        members = [await shop.enrol() for _ in range(8)]
        commands: list[Command] = [desk.adjust(member, 10 + n) for n, member in enumerate(members)]
        broken = bad[1](desk, members[0])
        if bad[0] == "a NUL" and database.dialect is Dialect.SQLITE:
            return  # SQLite stores it; the checks in front of the writer refuse it
        before = await counts(house, shop.program.id)
        posted = [
            asyncio.ensure_future(house.writer.post(command))
            for command in (*commands[:place], broken, *commands[place:])
        ]
        answers = await asyncio.gather(*posted, return_exceptions=True)
        failure = answers.pop(place)
        assert isinstance(failure, bad[2])
        assert not isinstance(failure, (Refusal, Overloaded, asyncio.CancelledError))
        assert kinds(answers) == ["Outcome"] * 8
        assert [await shop.balance(member) for member in members] == [10, 11, 12, 13, 14, 15, 16, 17]
        after = await counts(house, shop.program.id)
        assert after["Idempotency"] == before["Idempotency"] + 8, "the key of the bad one is still free"
        assert after["Member"] == before["Member"]
        assert await faults(house, shop.program.id) == []


async def test_several_bad_commands_fail_alone(database: Database, no_backoff: None) -> None:
    async with gated(database) as (_, house, shop, desk):
        members = [await shop.enrol() for _ in range(20)]
        posted = []
        for number, member in enumerate(members):
            if number % 7 == 3:
                posted.append(asyncio.ensure_future(house.writer.post(desk.amend(member, status="WRONG"))))
            posted.append(asyncio.ensure_future(house.writer.post(desk.adjust(member, 1))))
        answers = await asyncio.gather(*posted, return_exceptions=True)
        assert sorted(kinds(answers)) == ["Outcome"] * 20 + ["Rejected"] * 3
        assert await models.Account.filter(program_id=shop.program.id, available=1).count() == 20


async def test_post_all_tells_of_a_failure_after_all_were_answered(database: Database, no_backoff: None) -> None:
    async with gated(database) as (_, house, shop, desk):
        member = await shop.enrol()
        with pytest.raises(Rejected):
            await house.writer.post_all(
                [desk.adjust(member, 1), desk.amend(member, status="WRONG"), desk.adjust(member, 2)]
            )
        assert await shop.balance(member) == 3


# ── members with much that is due ────────────────────────────────────────────────────────────────────────────────────


async def rolling(shop: World, **facts: Any) -> None:
    """Let points expire, or wait, as told, from now on."""
    async with transaction():
        await models.Asset.filter(program_id=shop.program.id, code="POINTS").update(**facts)
        await models.Program.filter(id=shop.program.id).update(config_version=F("config_version") + 1)


async def with_due_lots(shop: World, desk: Desk, lots: int) -> UUID:
    """Return a member with so many lots of one point that are due, each with an expiry of its own."""
    await rolling(shop, expiry=ExpiryPolicy.ROLLING_DAYS, expiry_length=10)
    member = await shop.enrol()
    for hour in range(3):
        await programs.set_clock(shop.program.id, NOON + timedelta(hours=hour))
        share = lots // 3 + (hour < lots % 3)
        await shop.engine.writer.post_all([desk.adjust(member, 1) for _ in range(share)])
    await programs.set_clock(shop.program.id, NOON + timedelta(days=11))
    return member


@pytest.mark.parametrize(
    ("lots", "transactions"), [(DUE_LOTS_MAX, 1), (DUE_LOTS_MAX + 1, 2), (2 * DUE_LOTS_MAX + 1, 3)]
)
async def test_a_member_with_many_due_lots_is_matured_in_several_batches(
    database: Database, lots: int, transactions: int
) -> None:
    async with gated(database) as (store, house, shop, desk):
        member, other = await with_due_lots(shop, desk, lots), await shop.enrol()
        begun = store.begun
        commands = [
            desk.adjust(member, 7, key="first"),
            desk.adjust(other, 1),
            desk.adjust(member, -7),
            desk.commit(member, 9_00),
            desk.adjust(member, 7, key="first"),
            desk.adjust(other, -1),
        ]
        answers = await house.writer.post_all(commands)
        assert kinds(answers) == ["Outcome"] * 6
        assert [answer.replayed for answer in answers if isinstance(answer, Outcome)] == [False] * 4 + [True, False]
        # the repeated key and what follows it of the same member take one batch more
        assert store.begun - begun == transactions + 1
        assert (await shop.balance(member), await shop.balance(other)) == (9, 0)
        rows = (
            await models.Entry.filter(member_id=member)
            .order_by("-seq")
            .limit(4)
            .values_list("kind", "change_available", "available")
        )
        assert list(rows)[:3] == [("EARN", 9, 9), ("ADJUST", -7, 0), ("ADJUST", 7, 7)]
        assert list(rows)[3][::2] == ("EXPIRE", 0)
        expired = await models.Entry.filter(member_id=member, kind="EXPIRE").values_list("change_available", flat=True)
        assert -sum(expired) == lots  # type: ignore[arg-type]
        assert await faults(house, shop.program.id) == []


async def test_a_sweep_of_many_due_lots_is_finished_by_repeating_it(house: Engine) -> None:
    shop = await world(house)
    desk = await Desk.at(shop)
    member = await with_due_lots(shop, desk, DUE_LOTS_MAX + 100)
    left = []
    for _ in range(3):
        await house.writer.post(desk.sweep(member))
        left.append(await models.Lot.filter(member_id=member, remaining__gt=0).count())
    assert left == [100, 0, 0]
    assert await faults(house, shop.program.id) == []


async def test_a_put_off_member_stays_in_order_though_the_batch_is_halved(database: Database, no_backoff: None) -> None:
    async with gated(database) as (_, house, shop, desk):
        member, other = await with_due_lots(shop, desk, DUE_LOTS_MAX + 1), await shop.enrol()
        posted = [
            asyncio.ensure_future(house.writer.post(command))
            for command in (
                desk.adjust(member, 7),
                desk.adjust(other, 1),
                desk.amend(other, status="WRONG"),
                desk.adjust(member, -7),
            )
        ]
        answers = await asyncio.gather(*posted, return_exceptions=True)
        assert kinds(answers) == ["Outcome", "Outcome", "Rejected", "Outcome"]
        assert (await shop.balance(member), await shop.balance(other)) == (0, 1)


# ── the queue ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_full_queue_refuses_at_once_and_takes_none(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "QUEUE_MAX", 10)
    async with gated(database) as (store, house, shop, desk):
        member = await shop.enrol()
        first = await held(store, house, desk.adjust(member, 1))
        fitting = [asyncio.create_task(house.writer.post_all([desk.adjust(member, 1) for _ in range(8)]))]
        await asyncio.sleep(0)  # let them queue
        late = [desk.adjust(member, 100) for _ in range(3)]
        with pytest.raises(Overloaded, match="More writes are waiting"):
            await house.writer.post_all(late)
        fitting += [asyncio.create_task(house.writer.post_all([desk.adjust(member, 1) for _ in range(2)]))]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await house.writer.post(late[0])
        store.gate.set()
        await asyncio.gather(first, *fitting)
        assert await shop.balance(member) == 11
        assert not (await house.writer.post(late[0])).replayed


async def test_a_caller_who_leaves_harms_nobody(database: Database) -> None:
    async with gated(database) as (store, house, shop, desk):
        member = await shop.enrol()
        commands = [desk.adjust(member, 1), desk.adjust(member, 10), desk.adjust(member, 100)]
        first = await held(store, house, commands[0])
        second, third = (asyncio.ensure_future(house.writer.post(command)) for command in commands[1:])
        await asyncio.sleep(0)  # let them queue
        first.cancel()
        second.cancel()
        store.gate.set()
        assert not (await third).replayed
        assert [task.cancelled() for task in (first, second)] == [True, True]
        # what was asked for is done, though nobody waits for the answer; asking again finds it
        assert await shop.balance(member) == 111
        assert [(await house.writer.post(command)).replayed for command in commands] == [True] * 3
        assert await shop.balance(member) == 111


async def test_a_writer_that_stops_finishes_its_batch_and_answers_who_waits(house: Engine) -> None:
    shop = await world(house)
    desk, member = await Desk.at(shop), await shop.enrol()
    stores: list[Gated] = []

    def wrap(store: Store) -> Store:
        stores.append(Gated(store))
        return stores[0]

    async with AsyncExitStack() as stack:
        second = await stack.enter_async_context(another(house.database, wrap=wrap))
        first = await held(stores[0], second, desk.adjust(member, 1))
        queued = [asyncio.ensure_future(second.writer.post(desk.adjust(member, 10))) for _ in range(3)]
        await asyncio.sleep(0)  # let them queue
        stopping = asyncio.ensure_future(stack.aclose())
        await asyncio.sleep(0)  # let it begin to stop
        with pytest.raises(Overloaded, match="stopping"):
            await second.writer.post(desk.adjust(member, 100))
        stores[0].gate.set()
        assert not (await first).replayed
        await stopping
        answers = await asyncio.gather(*queued, return_exceptions=True)
    assert kinds(answers) == ["Overloaded"] * 3
    assert [str(answer) for answer in answers] == ["The server is stopping."] * 3
    assert await shop.balance(member) == 1
    with pytest.raises(Overloaded, match="stopping"):
        await second.writer.post(desk.adjust(member, 100))


async def test_nothing_is_posted_for_nothing(house: Engine) -> None:
    assert await house.writer.post_all([]) == []


async def test_commands_of_several_programs_share_a_batch(database: Database) -> None:
    async with gated(database) as (store, house, shop, desk):
        other = await world(house, code="OTHER", now=NOON + timedelta(days=5))
        theirs = await Desk.at(other)
        one, two = await shop.enrol(), await other.enrol()
        begun = store.begun
        commands: list[Command] = [
            desk.commit(one, 5_00, name="A1"),
            theirs.commit(two, 6_00, name="A1"),
            desk.commit(two, 7_00),
            desk.amend(two, name="Somebody else", phone="+8613800000009"),
            theirs.adjust(two, 1),
            desk.adjust(two, 1),
        ]
        answers = await house.writer.post_all(commands)
        assert kinds(answers) == ["Outcome", "Outcome", "NotFound", "NotFound", "Outcome", "NotFound"]
        assert isinstance(answers[2], NotFound)
        assert store.begun == begun + 1
        assert (await models.Member.get(id=two)).name is None
        assert (await shop.balance(one), await other.balance(two)) == (5, 7)
        moments = await models.Order.all().order_by("recorded_at").values_list("recorded_at", flat=True)
        assert list(moments) == [NOON, NOON + timedelta(days=5)]
        for program in (shop.program.id, other.program.id):
            assert await faults(house, program) == []


async def test_a_mature_of_nobody_is_refused_and_nothing_is_written(house: Engine) -> None:
    shop = await world(house)
    desk = await Desk.at(shop)
    rows = await rows_of(house, shop.program.id)
    answers = await house.writer.post_all([desk.sweep(uuid7()), desk.sweep(uuid7())])
    assert kinds(answers) == ["NotFound", "NotFound"]
    assert await rows_of(house, shop.program.id) == rows
