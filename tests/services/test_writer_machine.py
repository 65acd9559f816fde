"""The real services beside a naive oracle, at random: after every step both say the same of everything one can see.

Each run draws anew. The seed is printed; `HUIYUAN_TEST_SEED=…` repeats a run.
"""

import asyncio
import os
import secrets
import sys
import time
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import count, cycle, islice
from random import Random
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.control import current_build_context
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from domain.commands import Command
from domain.refusals import Refusal
from services import balances, programs
from services.database.config import Database, Dialect
from services.engine import Engine
from services.verify.verification import verify
from services.writer.answers import Outcome
from services.writer.writer import FURTHER_BATCH_MIN
from tests.factories import NOON
from tests.services.machine.calls import Call, came_when
from tests.services.machine.choosing import picked
from tests.services.machine.draws import PHONES, SEED, Draws
from tests.services.machine.early import refused_early
from tests.services.machine.flights import COUNTING, Flights
from tests.services.machine.seen import Seen
from tests.services.machine.shares import (
    CALLS,
    JUMPS,
    KINDS,
    asked,
    count_done,
    count_ended,
    made,
    refused,
    too_seldom,
)
from tests.services.machine.shop import FLAVOURS, opened_shop
from tests.services.oracle.books import Answer
from tests.services.oracle.engine import OPERATIONS, Oracle
from tests.services.oracle.terms import MONEY
from tests.services.test_writer_health import opened

T = TypeVar("T")
STEPS_MIN = 10_000
"""Steps of a run, over both databases and all flavours."""
STEPS = {Dialect.SQLITE: 1_980, Dialect.POSTGRES: 520}
"""Steps of each flavour: most where they cost least."""
STEPS_PER_EXAMPLE = 100
ROUNDS_MAX = 5
FURTHER_MAX = 8
"""Further runs that are made at most for what is drawn seldom."""
SHRINK_SECONDS = 30
"""For how long a failure is made smaller."""


class Machine(RuleBasedStateMachine):
    """Makes each call of both, and compares."""

    failed_at: float | None = None

    def __init__(self, runner: asyncio.Runner, house: Engine, code: str, flavour: str) -> None:
        super().__init__()
        self.runner, self.house, self.flavour = runner, house, flavour
        self.calls: list[Call] = []
        self.weights = CALLS
        self.failed = False
        self.till, tiers = self.wait(opened_shop(house, code, flavour))
        self.seen = Seen(house, self.till, tiers)
        self.oracle = Oracle(NOON, {asset: FLAVOURS[flavour][asset] for asset in self.till.assets})
        self.draws = Draws(lambda: self.oracle.books)

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    # ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────

    @initialize(moods=st.fixed_dictionaries({name: st.sampled_from([1, 1, 0, 3]) for name in CALLS}))
    def begin(self, moods: dict[str, int]) -> None:
        """Enrol some people; what is asked of them is each time mixed otherwise."""
        self.weights = {name: weight * moods[name] for name, weight in CALLS.items()}
        self.weights["commit"] += 1
        for phone in (None, None, *PHONES[:2]):
            self.make(Call("enrol", self.draws.key(), (phone,)))

    @rule(kind=st.sampled_from(KINDS), plan=st.integers(0, 2**32 - 1))
    def step(self, kind: str, plan: int) -> None:
        """Do one step. What it asks for follows from its plan, so that Hypothesis can leave out other steps."""
        if self.tired():
            return
        random = Random(plan)  # noqa: S311  (not for secrets)
        try:
            getattr(self, kind)(random)
            self.wait(self.seen.compare(self.oracle))
            if kind == "jump":
                self.wait(self.seen.compare_readers(self.oracle))
        except BaseException:
            self.failed = True
            type(self).failed_at = type(self).failed_at or time.monotonic()
            raise
        made[f"{self.house.database.dialect} {self.flavour}"] += 1

    def tired(self) -> bool:
        """Whether a failure has been made smaller for long enough."""
        failed_at = type(self).failed_at
        late = failed_at is not None and time.monotonic() > failed_at + SHRINK_SECONDS
        return late and not current_build_context().is_final

    def call(self, random: Random) -> None:
        if random.randrange(40) == 0:
            phone = picked(random, [None, *PHONES])
            self.make(Call("enrol", self.draws.key(), (phone,)))
        else:
            self.make(self.draws.call(random, self.weights))

    def replay(self, random: Random) -> None:
        self.make(picked(random, self.calls))

    def reuse(self, random: Random) -> None:
        """Send other content under a key that was used."""
        self.make(replace(self.draws.call(random, self.weights), key=picked(random, self.calls).key))

    def tills(self, random: Random) -> None:
        """Report one order from two tills at the same time."""
        content = self.draws.call(random, {"commit": 1}).content
        operation = picked(random, ["commit", "hold"])
        content = content if operation == "commit" else (*content, 900)
        self.at_once([Call(operation, self.draws.key(), content) for _ in range(2)])

    def rivals(self, random: Random) -> None:
        """Claim one card twice at the same time, or claim it and take it back."""
        card, people = self.draws.card(random), self.draws.people()
        if card is None:
            return self.make(Call("issue", self.draws.key(), (None, MONEY, 100_00)))
        claims = [("claim", (card, picked(random, people).number)) for _ in range(2)]
        rivals = [claims[0], ("void", (card,)) if random.random() < 0.5 else claims[1]]
        return self.at_once([Call(operation, self.draws.key(), content) for operation, content in rivals])

    def at_once(self, calls: list[Call]) -> None:
        """Make calls from several tills at the same time, and compare them in the order in which they came."""
        tills = list(enumerate(calls, 1))

        async def answered() -> list[Outcome | Refusal]:
            return await asyncio.gather(*(self.till.answer(call, till=till) for till, call in tills))

        answers = zip(tills, self.wait(answered()), strict=True)
        for (till, call), answer in sorted(answers, key=lambda one: came_when(one[1])):
            self.compare(call, self.oracle.ask(f"till{till}", call.key, call.operation, *call.content), answer)

    def jump(self, random: Random) -> None:
        self.oracle.books.now += timedelta(seconds=picked(random, JUMPS))
        self.wait(programs.set_clock(self.till.shop.program.id, self.oracle.now))
        if random.random() < 0.3:
            self.sweep(random)

    def sweep(self, _: Random) -> None:
        self.oracle.sweep()
        self.wait(self.swept())

    async def swept(self) -> None:
        program = await self.house.program(self.till.shop.program.id)
        await balances.sweep(self.house, program, 1000)
        assert await balances.sweep(self.house, program, 1000) == 0

    def several(self, random: Random) -> None:
        self.batch(random, random.randint(2, 16))

    def many(self, random: Random) -> None:
        self.batch(random, random.randint(17, picked(random, [40, 80, 256])))

    # ── calls ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def make(self, call: Call) -> None:
        """Make one call through the services."""
        if early := refused_early(self.oracle, call):
            self.compare(call, Answer(refusal=early), self.wait(self.till.answer(call)))
            return
        self.calls.append(call)
        expected = self.oracle.ask("till0", call.key, call.operation, *call.content)
        self.compare(call, expected, self.wait(self.till.answer(call)))

    def batch(self, random: Random, size: int) -> None:
        """Post several commands at once; the oracle takes them one by one."""
        self.wait(self.seen.learn_transfers())
        calls: list[tuple[Call, Answer]] = []
        commands: list[Command] = []
        flights = Flights()
        for _ in range(size):
            weights = self.weights_after(len(calls))
            while not self.till.can_command(call := self.draws.call(random, weights), self.oracle.books):
                pass
            if calls and random.random() < 0.05:
                earlier = picked(random, calls)[0]
                call = earlier if random.random() < 0.6 else replace(call, key=earlier.key)
            counts = call.operation in COUNTING and ("desk", call.operation, call.key) not in self.oracle.keys
            expected = self.oracle.ask("desk", call.key, call.operation, *call.content)
            command = self.till.command(call, self.oracle.books, expected.card)
            if not flights.keeps_order(command, counts=counts):
                self.oracle.take_back()
                break
            commands.append(command)
            calls.append((call, expected))
        answers = self.wait(self.house.writer.post_all(commands))
        for told, answer in zip(calls, answers, strict=True):
            self.compare(*told, answer)

    def weights_after(self, size: int) -> dict[str, int]:
        """Return what is drawn next for a batch: of two under way together either may count uses first."""
        together = size >= FURTHER_BATCH_MIN and self.house.database.dialect is Dialect.POSTGRES
        other = {name: weight for name, weight in self.weights.items() if name not in COUNTING} | {"adjust": 1}
        return other if together else self.weights

    def compare(self, call: Call, expected: Answer, found: Outcome | Refusal) -> None:
        asked[f"{self.house.database.dialect} {self.flavour}"] += 1
        note(f"{self.oracle.now:%m-%d %H:%M} {call}\n    → {found!r}")
        told = (call, found, getattr(found, "facts", None), expected)
        if isinstance(found, Refusal):
            assert (found.code, found.facts) == (expected.refusal, self.till.facts(expected)), told
            refused[call.operation, found.code] += 1
            return
        assert expected.refusal is None, told
        if not found.replayed:
            count_done(call, self.oracle.books)
        self.till.learn(call, expected, found)
        assert found.replayed == expected.replayed, told
        assert found.occasion_id == self.till.occasions.get(expected.occasion), told
        assert found.order_id == (self.till.orders[expected.order] if expected.order else None), told
        assert found.member_id == (None if expected.person is None else self.till.people[expected.person]), told
        assert (found.return_id is None) == (expected.returned is None), told
        assert found.card_id == (None if expected.card is None else self.till.people[expected.card]), told
        assert found.agent_id == (self.till.rights[expected.right] if expected.right else None), told
        told_lines, lines = self.lines(found), expected.lines
        if found.replayed and call.operation in {"commit", "hold"}:
            told_lines, lines = sorted(told_lines), sorted(lines)  # by another key they come by member
        if told_lines != lines:
            self.wait(self.seen.compare_lines(self.oracle))  # tells more
            raise AssertionError(told)

    def lines(self, found: Outcome) -> list[tuple[int, str, int]]:
        """Return the ledger lines that an answer names as the oracle names them."""
        if any(str(account) not in self.seen.accounts for account, _ in found.entries):
            self.wait(self.seen.learn())
        return [(*self.seen.accounts[str(account)], seq) for account, seq in found.entries]

    def teardown(self) -> None:
        if self.failed or self.tired():
            return
        try:
            self.wait(self.end())
        except BaseException:
            type(self).failed_at = type(self).failed_at or time.monotonic()
            raise

    async def end(self) -> None:
        count_ended(self.oracle.books)
        await self.seen.compare_readers(self.oracle)
        await self.seen.compare_history(self.oracle)
        report = await verify(self.house.database, program_id=self.till.shop.program.id)
        assert not report.findings, "\n".join(map(repr, report.findings))


def of_examples(steps: int) -> settings:
    """Return settings for so many steps, one of each example being its beginning."""
    return settings(
        max_examples=-(-steps // (STEPS_PER_EXAMPLE - 1)),
        stateful_step_count=STEPS_PER_EXAMPLE,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def run(database: Database, flavour: str, start: int) -> None:
    """Make as many steps as a run of one flavour has. Raises what a step does."""
    codes, place = count(1), f"{database.dialect} {flavour}"
    steps = made[place]
    Machine.failed_at = None
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        house = runner.run(stack.enter_async_context(opened(database)))

        def machine() -> Machine:
            return Machine(runner, house, f"M{next(codes)}", flavour)

        try:
            for further in range(ROUNDS_MAX):
                wanted = STEPS[database.dialect] - (made[place] - steps)
                if wanted > 0:  # Hypothesis ends an example early now and then
                    run_state_machine_as_test(seed(start + further)(machine), settings=of_examples(wanted))
        except BaseException as error:
            error.add_note(f"{SEED}={start} repeats the run.")
            raise
        finally:
            runner.run(stack.aclose())


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_the_services_and_the_oracle_say_the_same(
    database: Database, flavour: str, capsys: pytest.CaptureFixture[str]
) -> None:
    start = int(os.environ.get(SEED) or secrets.randbelow(2**32))
    place = f"{database.dialect} {flavour}"
    steps, calls = made[place], asked[place]
    run(database, flavour, start)
    steps, calls = made[place] - steps, asked[place] - calls
    with capsys.disabled():
        sys.stdout.write(f"\n{place}: {steps:,} steps, {calls:,} calls; {SEED}={start}\n")
    assert steps >= STEPS[database.dialect]


def test_a_run_makes_ten_thousand_steps(sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each of the tests above makes as many as it should, or fails; here they are added up.

    What is drawn seldom may be missing by chance: then further runs are made, and it is a fault if those have none.
    """
    assert set(STEPS) == set(Dialect)
    assert sum(STEPS.values()) * len(FLAVOURS) >= STEPS_MIN
    if len(made) < len(STEPS) * len(FLAVOURS):
        return  # only some were asked for, or went to other processes
    assert sum(made.values()) >= STEPS_MIN
    further = islice(cycle(FLAVOURS), FURTHER_MAX)
    while (missing := too_seldom(OPERATIONS)) and (flavour := next(further, None)):
        with capsys.disabled():
            sys.stdout.write(f"\ntoo seldom so far: {missing}\n")
        run(Database.parse(sqlite_url), flavour, secrets.randbelow(2**32))
    assert missing == {}
