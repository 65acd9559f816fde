"""The real services beside a naive oracle, at random: after every step both say the same of everything one can see."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tortoise.expressions import F

import models
from domain.assets import ExpiryFrom, ExpiryPolicy
from domain.commands import Command
from domain.instants import NEVER
from domain.members import PHONE_SOURCE, MemberStatus
from domain.refusals import Refusal
from services import balances, members, orders, programs
from services.database.config import Database
from services.engine import Engine
from services.members import Enrolment, MemberRef
from services.templates import Template
from services.transaction import transaction
from services.writer.answers import Outcome
from tests.factories import NOON, World, order, world
from tests.services.oracle import TIERS, Answer, Oracle, Policy
from tests.services.test_writer_commands import Desk
from tests.services.test_writer_health import faults, opened

T = TypeVar("T")
FLAVOURS = {
    "waiting points that end in days": {
        "POINTS": Policy(days=10, from_occurrence=True, pending_days=3),
        "TIER": Policy(days=30, from_occurrence=True),
        "VALUE": Policy(),
    },
    "points and progress that end in months": {
        "POINTS": Policy(months=1),
        "TIER": Policy(months=2, from_occurrence=True),
        "VALUE": Policy(days=5, pending_days=7),
    },
}
PHONES = [f"+861380000000{n}" for n in range(4)]


@dataclass(frozen=True)
class Call:
    """One call of the API: which operation, under which key, with what."""

    operation: str
    key: str
    content: tuple[Any, ...]


people = st.integers(0, 3)
totals = st.sampled_from([0, 99, 100, 12_34, 500_00, 999_99, 1_000_00, 4_000_01])
ages = st.none() | st.sampled_from([0, 1, 9, 10, 11, 29, 31]).map(lambda days: timedelta(days=days))
amounts = st.sampled_from([-200, -20, -7, -1, 1, 7, 20, 1000])
commits = st.tuples(st.just("commit"), st.none() | people, st.integers(0, 12).map(lambda n: f"A{n}"), totals, ages)
adjustments = st.tuples(st.just("adjust"), people, st.sampled_from(["POINTS", "POINTS", "TIER", "VALUE"]), amounts)
amendments = st.one_of(
    st.tuples(st.just("amend"), people, st.just("phone"), st.none() | st.sampled_from(PHONES)),
    st.tuples(st.just("amend"), people, st.just("status"), st.sampled_from(["ACTIVE", "FROZEN"])),
)
drawn = st.one_of(commits, commits, adjustments, amendments)


class Machine(RuleBasedStateMachine):
    """Makes each call of both, and compares."""

    def __init__(self, runner: asyncio.Runner, house: Engine, code: str, policies: dict[str, Policy]) -> None:
        super().__init__()
        self.runner, self.house = runner, house
        self.oracle = Oracle(NOON, policies)
        self.keys = count(1)
        self.calls: list[Call] = []
        self.ids: list[UUID] = []
        self.orders: dict[str, UUID] = {}
        self.shop, self.desk = self.wait(self.set_up(code, policies))

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    async def set_up(self, code: str, policies: dict[str, Policy]) -> tuple[World, Desk]:
        shop = await world(self.house, Template.STANDARD, code=code)
        async with transaction():
            for asset, policy in policies.items():
                expiry = ExpiryPolicy.ROLLING_DAYS if policy.days else ExpiryPolicy.ROLLING_MONTHS
                await models.Asset.filter(program_id=shop.program.id, code=asset).update(
                    expiry=expiry if policy.days or policy.months else ExpiryPolicy.NONE,
                    expiry_length=policy.days or policy.months,
                    expiry_from=ExpiryFrom.OCCURRED if policy.from_occurrence else ExpiryFrom.RECORDED,
                    pending_days=policy.pending_days,
                )
            await models.Program.filter(id=shop.program.id).update(config_version=F("config_version") + 1)
        return shop, await Desk.at(shop)

    # ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────────

    @initialize()
    def begin(self) -> None:
        for phone in (None, None, *PHONES[:2]):
            self.make(Call("enrol", self.key(), (phone,)))

    @rule(call=drawn)
    def one(self, call: tuple[Any, ...]) -> None:
        self.make(self.call(call))

    @rule(phone=st.none() | st.sampled_from(PHONES))
    def enrol(self, phone: str | None) -> None:
        self.make(Call("enrol", self.key(), (phone,)))

    @rule(calls=st.lists(drawn, min_size=2, max_size=8))
    def several(self, calls: list[tuple[Any, ...]]) -> None:
        """Post several commands as one batch; the oracle takes them one by one."""
        made = [self.call(call) for call in calls]
        answers = self.wait(self.house.writer.post_all([self.command(call) for call in made]))
        for call, answer in zip(made, answers, strict=True):
            self.compare(call, self.oracle.ask("desk", call.key, call.operation, *call.content), answer)

    @rule(place=st.integers(0, 99))
    def replay(self, place: int) -> None:
        if self.calls:
            self.make(self.calls[place % len(self.calls)])

    @rule(place=st.integers(0, 99), call=drawn)
    def reuse(self, place: int, call: tuple[Any, ...]) -> None:
        """Send other content under a key that was used."""
        if self.calls:
            made = self.call(call)
            self.make(Call(made.operation, self.calls[place % len(self.calls)].key, made.content))

    @rule(hours=st.sampled_from([1, 24, 71, 72, 73, 100, 240, 241, 700, 800]), sweep=st.booleans())
    def jump(self, hours: int, sweep: bool) -> None:
        self.oracle.now += timedelta(hours=hours)
        self.wait(programs.set_clock(self.shop.program.id, self.oracle.now))
        if sweep:
            self.oracle.sweep()
            self.wait(self.swept())

    async def swept(self) -> None:
        program = await self.house.program(self.shop.program.id)
        await balances.sweep(self.house, program, 1000)
        assert await balances.sweep(self.house, program, 1000) == 0

    # ── calls ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def key(self) -> str:
        return f"k{next(self.keys)}"

    def call(self, drawn_call: tuple[Any, ...]) -> Call:
        operation, *content = drawn_call
        if operation == "commit" and content[-1] is not None:
            content[-1] = self.oracle.now - content[-1]
        return Call(operation, self.key(), tuple(content))

    def make(self, call: Call) -> None:
        """Make one call through the services."""
        self.calls.append(call)
        expected = self.oracle.ask("services", call.key, call.operation, *call.content)
        self.compare(call, expected, self.wait(self.answer(call)))

    async def answer(self, call: Call) -> Outcome | Refusal:
        house, actor, key = self.house, self.shop.actor, call.key
        try:
            match call.operation, call.content:
                case "enrol", (phone,):
                    return await members.enrol(house, actor, Enrolment(phone=phone), key=key)
                case "commit", (number, name, total, occurred):
                    member = None if number is None else self.ids[number]
                    request = order(member, str(Decimal(total) / 100), external_id=name, occurred_at=occurred)
                    return await orders.commit(house, actor, request, key=key)
                case "adjust", (number, asset, amount):
                    ref, exact = MemberRef(id=self.ids[number]), Decimal(amount)
                    exact = exact if asset == "POINTS" else exact / 100
                    return await balances.adjust(house, actor, ref, asset=asset, amount=exact, reason="r", key=key)
                case "amend", (number, name, value):
                    ref, facts = MemberRef(id=self.ids[number]), {name: value}
                    return await members.amend(house, actor, ref, facts, key=key)
        except Refusal as refusal:
            return refusal
        raise AssertionError(call)

    def command(self, call: Call) -> Command:
        match call.operation, call.content:
            case "commit", (number, name, total, occurred):
                member = None if number is None else self.ids[number]
                return self.desk.commit(member, total, name=name, key=call.key, occurred_at=occurred)
            case "adjust", (number, asset, amount):
                return self.desk.adjust(self.ids[number], amount, asset, key=call.key)
            case "amend", (number, name, value):
                facts = {name: MemberStatus(value) if name == "status" else value}
                return self.desk.amend(self.ids[number], key=call.key, **facts)
        raise AssertionError(call)

    # ── comparison ───────────────────────────────────────────────────────────────────────────────────────────────────

    def compare(self, call: Call, expected: Answer, found: Outcome | Refusal) -> None:
        if isinstance(found, Refusal):
            assert found.code == expected.refusal, (call, found, expected)
            return
        assert expected.refusal is None, (call, found, expected)
        if call.operation == "enrol" and not expected.replayed:
            assert found.member_id is not None
            self.ids.append(found.member_id)
        if expected.order is not None and expected.order not in self.orders:
            assert found.order_id is not None
            self.orders[expected.order] = found.order_id
        assert found.replayed == expected.replayed, (call, found, expected)
        assert found.order_id == (self.orders[expected.order] if expected.order else None)
        assert found.member_id == (None if expected.person is None else self.ids[expected.person])
        lines = [(self.accounts[account][1], seq) for account, seq in found.entries] if found.entries else []
        assert lines == expected.lines, (call, found, expected)

    @property
    def accounts(self) -> dict[UUID, tuple[UUID, str]]:
        """The member and asset of each account."""
        codes = {asset_id: code for code, asset_id in self.desk.assets.items()}
        rows = self.wait(_rows(models.Account, self.shop.program.id, "id", "member_id", "asset_id"))
        return {account: (member, codes[asset]) for account, member, asset in rows}

    @invariant()
    def both_say_the_same(self) -> None:
        if self.ids:
            self.wait(self.compare_all())

    async def compare_all(self) -> None:
        program_id = self.shop.program.id
        program = await self.house.program(program_id)
        codes = {asset_id: code for code, asset_id in self.desk.assets.items()}
        seen = await balances.balances(self.house, program, self.ids)
        rows = {row.id: row for row in await models.Member.filter(program_id=program_id)}
        accounts = await models.Account.filter(program_id=program_id)
        lots = await models.Lot.filter(program_id=program_id).order_by("id")
        tier_codes = {row.id: row.code for row in await models.Tier.filter(program_id=program_id)}
        tiers = {row.member_id: tier_codes[row.tier_id] for row in await models.Standing.filter(program_id=program_id)}
        phones = await models.Identity.filter(program_id=program_id).values_list("source", "external_id", "member_id")
        assert len(rows) == len(self.ids) == len(self.oracle.people)
        for number, member_id in enumerate(self.ids):
            person, row, now = self.oracle.people[number], rows[member_id], self.oracle.seen(number)
            assert (row.status, row.phone, row.position) == (person.status, person.phone, person.events)
            assert tiers[member_id] == TIERS[person.tier][0]
            found = {codes[asset]: (a.available, a.pending, a.held) for asset, a in seen.get(member_id, {}).items()}
            assert found == {asset: (now.available(asset), now.pending(asset), 0) for asset in person.entries}
            own = {codes[a.asset_id]: (a.available, a.pending, a.seq) for a in accounts if a.member_id == member_id}
            assert own == {a: (person.available(a), person.pending(a), seq) for a, seq in person.entries.items()}
            assert [
                (codes[lot.asset_id], lot.amount, lot.remaining, lot.locked_until, _end(lot.expires_at))
                for lot in lots
                if lot.member_id == member_id
            ] == [(lot.asset, lot.amount, lot.left, lot.waits_until, lot.ends) for lot in person.lots]
        assert sorted(phones) == sorted(
            (PHONE_SOURCE, person.phone, self.ids[number])
            for number, person in enumerate(self.oracle.people)
            if person.phone
        )
        assert await models.Order.filter(program_id=program_id).count() == len(self.oracle.orders)

    def teardown(self) -> None:
        assert self.wait(faults(self.house, self.shop.program.id)) == []


async def _rows(model: Any, program_id: UUID, *columns: str) -> list[Any]:
    return list(await model.filter(program_id=program_id).values_list(*columns))


def _end(instant: datetime) -> datetime | None:
    return None if instant == NEVER else instant


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_the_services_and_the_oracle_say_the_same(database: Database, flavour: str) -> None:
    codes = count(1)
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        house = runner.run(stack.enter_async_context(opened(database)))
        try:
            run_state_machine_as_test(
                lambda: Machine(runner, house, f"M{next(codes)}", FLAVOURS[flavour]),
                settings=settings(
                    max_examples=20,
                    stateful_step_count=25,
                    derandomize=True,
                    deadline=None,
                    database=None,
                    print_blob=True,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(stack.aclose())
